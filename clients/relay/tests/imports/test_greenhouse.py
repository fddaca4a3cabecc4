"""Greenhouse: candidates, applications and webhooks in the published shapes, and what is none."""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from career_relay.application import Application, Outcome, Rating
from career_relay.imports.greenhouse import holds_greenhouse, read_greenhouse
from career_relay.imports.reader import read
from career_relay.imports.verdicts import Reading, gather
from career_relay.samples.files import greenhouse_bytes
from career_relay.words import same

Json = dict[str, object]

# How many applications each published file holds; 0 is named for what it is instead.
PUBLISHED = {
    "harvest-activity-feed.json": 0,
    "harvest-application-hired.json": 1,
    "harvest-application-rejected.json": 1,
    "harvest-applications-list.json": 2,
    "harvest-candidate-anonymized.json": 1,
    "harvest-candidate-merged.json": 1,
    "harvest-candidate.json": 2,
    "harvest-candidates-list.json": 2,
    "harvest-job-stages.json": 0,
    "harvest-job.json": 0,
    "harvest-merge-request.json": 0,
    "harvest-offer.json": 0,
    "harvest-reject-request.json": 0,
    "harvest-rejection-reasons.json": 0,
    "harvest-scheduled-interviews.json": 0,
    "harvest-scorecard.json": 0,
    "harvest-scorecards-for-application.json": 0,
    "harvest-sources.json": 0,
    "harvest-tags.json": 0,
    "ingestion-candidate-status.json": 0,
    "ingestion-post-candidate.json": 0,
    "ingestion-prospect-pools.json": 0,
    "jobboard-jobs-with-content.json": 0,
    "webhook-candidate_anonymized.json": 0,
    "webhook-candidate_stage_change.json": 1,
    "webhook-delete_candidate.json": 0,
    "webhook-hire_candidate.json": 1,
    "webhook-merge_candidate.json": 0,
    "webhook-new_candidate_application.json": 1,
    "webhook-reject_candidate.json": 1,
    "webhook-unhire_candidate.json": 1,
    "webhook-unreject_candidate.json": 1,
}


def application(**changes: object) -> Json:
    return {
        "id": 501,
        "candidate_id": 601,
        "prospect": False,
        "applied_at": "2026-06-11T02:07:06.282Z",
        "rejected_at": "2026-07-01T01:00:00.000Z",
        "last_activity_at": "2026-07-02T01:00:00.000Z",
        "source": {"id": 1, "public_name": "Indeed"},
        "rejection_reason": {
            "id": 1,
            "name": "Too junior",
            "type": {"id": 1, "name": "We rejected them"},
        },
        "jobs": [{"id": 1, "name": "Software Engineer"}],
        "status": "rejected",
        "current_stage": {"id": 1, "name": "Face to Face"},
        **changes,
    }


def candidate(*applications: Json, **changes: object) -> Json:
    return {
        "id": 601,
        "first_name": "Sora",
        "last_name": "Yumehara",
        "company": "Kakuu Denki",
        "can_email": True,
        "phone_numbers": [{"value": "090-0000-0001", "type": "mobile"}],
        "email_addresses": [
            {"value": "sora@work.example.com", "type": "work"},
            {"value": "sora@example.com", "type": "personal"},
        ],
        "tags": ["Python", "SQL"],
        "applications": list(applications or (application(),)),
        "employments": [{"company_name": "Mihon Shoji", "title": "Engineer"}],
        **changes,
    }


def reading(document: object) -> Reading:
    return gather("x.json", same("Greenhouse"), read_greenhouse(document))


def one(document: object) -> Application:
    result = reading(document)
    assert result.refusals == ()
    (row,) = result.rows
    return row.application


def test_a_candidate_with_an_application_is_read_whole() -> None:
    taken = one(candidate())
    person, selection = taken.person, taken.selection
    assert taken.key == "greenhouse:501"
    assert taken.locale == "en"
    assert person.name == "Sora Yumehara"
    assert person.email == "sora@example.com"
    assert person.phone == "090-0000-0001"
    assert person.employers == ("Kakuu Denki", "Mihon Shoji")
    assert taken.career.skills == ("Python", "SQL")
    assert taken.career.occupation == "software"
    assert selection.outcome == "rejected"
    assert selection.channel == "job-board"
    assert selection.stage == "second-interview"
    assert selection.reason == "Too junior"
    assert selection.applied_at == datetime(2026, 6, 11, 2, 7, 6, tzinfo=UTC)
    assert selection.ended_at == datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def test_a_japanese_name_is_written_surname_first() -> None:
    taken = one(candidate(first_name="空太", last_name="夢原"))
    assert taken.person.name == "夢原 空太"
    assert taken.locale == "ja"


def test_a_list_gives_one_verdict_per_application_numbered_by_candidate() -> None:
    other = candidate(application(id=503), id=602)
    result = reading([candidate(application(), application(id=502)), other])
    assert [row.row for row in result.rows] == [1, 1, 2]
    assert [row.application.key for row in result.rows] == [
        "greenhouse:501",
        "greenhouse:502",
        "greenhouse:503",
    ]


def test_an_application_without_its_candidate_counts_and_is_noted() -> None:
    result = reading([application()])
    assert result.rows[0].application.person.name == ""
    assert [note.code for note in result.notes] == ["no-person"]


@pytest.mark.parametrize(
    ("status", "whose", "prospect", "outcome"),
    [
        ("rejected", "We rejected them", False, "rejected"),
        ("rejected", "They rejected us", False, "withdrawn"),
        ("rejected", "None specified", False, "rejected"),
        ("rejected", "Wrong skill set", False, "rejected"),
        ("rejected", "We rejected them", True, "set-aside"),
        ("hired", "", False, "hired"),
        ("active", "", False, "ongoing"),
    ],
)
def test_whose_decision_it_was_is_told_by_the_reasons_type(
    status: str, whose: str, outcome: Outcome, *, prospect: bool
) -> None:
    reason = {"id": 1, "name": "x", "type": {"id": 1, "name": whose}}
    taken = one(candidate(application(status=status, prospect=prospect, rejection_reason=reason)))
    assert taken.selection.outcome == outcome


def test_a_hire_ends_with_its_last_activity() -> None:
    taken = one(candidate(application(status="hired", rejected_at=None, rejection_reason=None)))
    assert taken.selection.ended_at == datetime(2026, 7, 2, 1, 0, tzinfo=UTC)


def test_an_open_application_has_no_end() -> None:
    taken = one(candidate(application(status="active", rejected_at=None, rejection_reason=None)))
    assert taken.selection.ended_at is None


@pytest.mark.parametrize(
    ("action", "changes", "outcome"),
    [
        ("reject_candidate", {}, "rejected"),
        ("unreject_candidate", {"status": "active", "rejected_at": None}, "ongoing"),
        ("hire_candidate", {"status": None, "rejected_at": None}, "hired"),
        ("unhire_candidate", {"status": "active", "rejected_at": None}, "ongoing"),
        ("candidate_stage_change", {"status": "active", "rejected_at": None}, "ongoing"),
        ("new_candidate_application", {"status": "active", "rejected_at": None}, "ongoing"),
    ],
)
def test_a_webhook_tells_what_happened(
    action: str, changes: Mapping[str, object], outcome: Outcome
) -> None:
    own = {**application(**changes), "candidate": candidate()}
    taken = one({"action": action, "payload": {"application": own}})
    assert taken.key == "greenhouse:501"
    assert taken.person.email == "sora@example.com"
    assert taken.selection.outcome == outcome


def test_a_hires_webhook_ends_when_the_offer_was_answered() -> None:
    own = application(status=None, rejected_at=None, offer={"resolved_at": "2026-07-05T03:00:00Z"})
    taken = one({"action": "hire_candidate", "payload": {"application": own}})
    assert taken.selection.ended_at == datetime(2026, 7, 5, 3, 0, tzinfo=UTC)


@pytest.mark.parametrize("action", ["delete_candidate", "merge_candidate", "candidate_anonymized"])
def test_other_webhooks_hold_no_application_and_are_named(action: str) -> None:
    result = reading({"action": action, "payload": {}})
    assert result.rows == ()
    (note,) = result.notes
    assert note.code == "no-application"
    assert "candidate" in note.what.en


def test_the_fields_a_company_added_are_known_by_their_names() -> None:
    fields = {
        "kana": {"name": "フリガナ", "value": "ユメハラ ソラ"},
        "born": {"name": "生年月日", "value": "1991-04-02"},
        "salary": {"name": "希望年収(万円)", "value": 600},
        "place": {"name": "希望勤務地", "value": "東京都"},
        "remote": {"name": "Work Remotely", "value": True},
        "gender": {"name": "性別", "value": "男性"},
        "colour": {"name": "Favourite colour", "value": "blue"},
    }
    taken = one(candidate(keyed_custom_fields=fields))
    assert taken.person.kana == "ユメハラ ソラ"
    assert taken.person.born_on == date(1991, 4, 2)
    assert taken.career.desired_salary_yen == 6_000_000
    assert taken.career.prefecture == "13"
    assert taken.career.remote is True
    assert "男性" not in repr(taken)
    assert "blue" not in repr(taken)


def test_an_added_field_that_cannot_be_read_is_noted_and_left_out() -> None:
    fields = {"salary": {"name": "Desired Salary", "value": "120K"}}
    result = reading(candidate(keyed_custom_fields=fields))
    assert result.rows[0].application.career.desired_salary_yen is None
    assert [(note.column, note.code) for note in result.notes] == [("Desired Salary", "wrong-type")]


def test_an_added_field_never_replaces_id_or_status() -> None:
    fields = {
        "a": {"name": "応募ID", "value": "9"},
        "b": {"name": "選考ステータス", "value": "入社決定"},
    }
    taken = one(candidate(application(keyed_custom_fields=fields)))
    assert taken.key == "greenhouse:501"
    assert taken.selection.outcome == "rejected"


def test_scorecards_beside_the_candidates_become_ratings() -> None:
    cards = [
        {"application_id": 501, "interview": "Phone", "overall_recommendation": "strong_yes"},
        {"application_id": 501, "interview": "Onsite", "overall_recommendation": "no"},
        {"application_id": 501, "interview": "Later", "overall_recommendation": "no_decision"},
        {"application_id": 999, "interview": "Other", "overall_recommendation": "yes"},
    ]
    taken = one({"candidates": [candidate()], "scorecards": cards})
    assert taken.selection.ratings == (
        Rating(interview="Phone", mark=4),
        Rating(interview="Onsite", mark=1),
    )


def test_private_notes_and_attachments_are_not_even_read() -> None:
    taken = one(
        candidate(
            application(answers=[{"question": "Why?", "answer": "secret-answer"}]),
            attachments=[{"filename": "secret-file.pdf", "url": "https://example.com/secret"}],
            addresses=[{"value": "secret-address", "type": "home"}],
            photo_url="secret-photo",
        )
    )
    assert "secret" not in repr(taken)


def test_an_anonymized_candidate_keeps_nobodys_name() -> None:
    taken = one(candidate(first_name="Anonymized", last_name="601", email_addresses=[]))
    assert taken.person.name == ""
    assert taken.person.email == ""
    assert taken.person.employers == ()


@pytest.mark.parametrize("own_id", [None, 2.5e-42, 1.0, True, [1], {"id": 1}])
def test_an_id_that_is_no_id_is_refused(own_id: object) -> None:
    (refusal,) = reading(candidate(application(id=own_id))).refusals
    assert (refusal.row, refusal.column, refusal.code) == (1, "id", "wrong-type")


@pytest.mark.parametrize("own_id", [501, "501", "d1a2-uuid"])
def test_whole_numbers_and_text_are_ids(own_id: object) -> None:
    assert one(candidate(application(id=own_id))).key == f"greenhouse:{own_id}"


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"rejected_at": "soon"}, "rejected_at"),
        ({"rejected_at": 1750000000000}, "rejected_at"),
        ({"applied_at": "2026-02-30T00:00:00Z"}, "applied_at"),
        ({"status": "Abgelehnt"}, "status"),
        ({"status": 3}, ""),
    ],
)
def test_wrong_values_are_refused_by_their_path(changes: Json, column: str) -> None:
    (refusal,) = reading(candidate(application(**changes))).refusals
    assert (refusal.row, refusal.column) == (1, column)


@pytest.mark.parametrize("thing", [None, 3, "text", [], ["x"]])
def test_a_candidate_that_is_no_object_is_refused_and_the_rest_read(thing: object) -> None:
    result = reading([candidate(), thing])
    assert len(result.rows) == 1
    assert [refusal.row for refusal in result.refusals] == [2]


@pytest.mark.parametrize("applications", [[], "x", None, [3]])
def test_a_candidate_without_an_application_is_noted(applications: object) -> None:
    result = reading([{**candidate(), "applications": applications}, candidate()])
    assert len(result.rows) == 1
    assert [(note.row, note.code) for note in result.notes] == [(1, "no-application")]


def test_one_application_twice_is_read_once_and_two_contents_are_refused() -> None:
    result = reading([candidate(), candidate(), candidate(application(status="hired"))])
    assert len(result.rows) == 1
    assert [(note.row, note.code) for note in result.notes] == [(2, "repeated")]
    assert [(refusal.row, refusal.code) for refusal in result.refusals] == [(3, "duplicate")]


def test_null_lists_and_fields_are_empty() -> None:
    taken = one(
        candidate(
            application(source=None, current_stage=None, jobs=None),
            phone_numbers=None,
            email_addresses=None,
            tags=None,
            employments=None,
            company=None,
            keyed_custom_fields=None,
        )
    )
    assert taken.person.email == ""
    assert taken.selection.stage == ""
    assert taken.career.skills == ()


def test_a_written_sample_is_read_back_as_it_was(an_application: Application) -> None:
    taken = one(json.loads(greenhouse_bytes([an_application])))
    assert taken.person == an_application.person
    assert taken.career == an_application.career
    assert taken.selection == an_application.selection


@pytest.mark.parametrize(
    "document", [{}, [], 3, None, "x", {"data": []}, {"candidates": []}, [{"id": 1}]]
)
def test_what_greenhouse_never_publishes_is_not_taken_for_it(document: object) -> None:
    assert not holds_greenhouse(document)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "type", "value", "public_name", "first_name"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@given(
    own=st.dictionaries(st.sampled_from(list(application())), JSON_VALUES),
    whole=st.dictionaries(st.sampled_from(list(candidate())), JSON_VALUES),
)
def test_whatever_stands_in_the_fields_there_is_a_verdict(own: Json, whole: Json) -> None:
    document = {**candidate({**application(), **own}), **whole}
    result = reading([document])
    assert len(result.rows) + len(result.refusals) + len(result.notes) >= 1


@pytest.mark.parametrize("name", list(PUBLISHED))
def test_every_published_file_gets_a_sensible_verdict(vendor_samples: Path, name: str) -> None:
    result = read(vendor_samples / "greenhouse" / name)
    assert result.refusals == ()
    assert len(result.rows) == PUBLISHED[name]
    if not result.rows:
        (note,) = result.notes
        assert note.code == "no-application"
        assert "no application" in note.what.en


def test_no_published_file_was_left_out(vendor_samples: Path) -> None:
    names = {path.name for path in (vendor_samples / "greenhouse").glob("*.json")}
    assert names == set(PUBLISHED)


def test_the_published_rejection_is_read_as_it_says(vendor_samples: Path) -> None:
    (row,) = read(vendor_samples / "greenhouse" / "harvest-application-rejected.json").rows
    selection = row.application.selection
    assert row.application.key == "greenhouse:985314"
    assert selection.outcome == "rejected"
    assert selection.stage == "first-interview"
    assert selection.ended_at == datetime(2016, 8, 17, 21, 8, 29, tzinfo=UTC)
