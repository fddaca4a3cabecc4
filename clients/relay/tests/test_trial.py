"""A trial: everything that would leave is shown to the byte, and nobody can be told from it."""

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date

import pytest

from career_relay.application import Application
from career_relay.imports.verdicts import Reading, Row
from career_relay.samples.generate import SAMPLE_DAY, applications
from career_relay.trial import Example, Trial, try_reading
from career_relay.words import Language, same
from relay_protocol import canonical, ids
from relay_protocol.attestation import Attestation
from relay_protocol.encoding import b64url_decode

Change = Callable[..., Application]


def reading(*those: Application) -> Reading:
    return Reading(
        file="list.csv",
        format=same("CSV"),
        rows=tuple(Row(row=number, application=one) for number, one in enumerate(those, start=2)),
        refusals=(),
        notes=(),
    )


def counting() -> Callable[[int], bytes]:
    """Gives other bytes each time, the same on every run."""
    numbers = itertools.count(1)
    return lambda count: next(numbers).to_bytes(count, "big")


def tried(*those: Application, today: date = date(2026, 10, 1), language: Language = "ja") -> Trial:
    return try_reading(reading(*those), today=today, language=language, draw=counting())


def example(*those: Application) -> Example:
    shown = tried(*those).example
    assert shown is not None
    return shown


def bodies(shown: Example) -> list[dict[str, object]]:
    return [json.loads(sent.body) for sent in shown.sent]


def test_a_trial_judges_everybody_and_counts_the_funnel(
    an_application: Application, with_selection: Change
) -> None:
    hired = replace(
        with_selection(outcome="hired"),
        key="sheet:A-2",
        person=replace(an_application.person, email="other@example.jp"),
    )
    trial = tried(an_application, hired)
    assert [one.eligible for one in trial.judgements] == [True, False]
    assert trial.eligible == (an_application,)
    assert trial.funnel.total.counts == (2, 2, 2, 1, 1)


def test_where_nobody_is_eligible_there_is_no_example(with_selection: Change) -> None:
    trial = tried(with_selection(outcome="hired"))
    assert trial.example is None
    assert trial.eligible == ()


def test_an_empty_file_is_tried_without_fail() -> None:
    trial = tried()
    assert trial.example is None
    assert trial.funnel.total.counts == (0, 0, 0, 0, 0)


def test_before_consent_a_random_id_a_digest_and_a_date_leave_and_nothing_else(
    an_application: Application,
) -> None:
    invitation, _ = bodies(example(an_application))
    assert set(invitation) == {
        *("referral", "token_digest", "job_kind", "locale", "expires_on", "attestation"),
    }
    assert ids.is_id("ref", str(invitation["referral"]))
    assert len(b64url_decode(str(invitation["token_digest"]))) == 32
    assert invitation["job_kind"] == "mid-career"
    assert invitation["locale"] == "ja"
    assert invitation["expires_on"] == "2026-11-30"


def test_the_link_in_the_letter_is_not_among_what_leaves(an_application: Application) -> None:
    shown = example(an_application)
    token = shown.letter.link.rpartition("/")[2]
    assert token
    assert all(token.encode() not in sent.body for sent in shown.sent)


def test_after_consent_the_profiles_fields_leave(an_application: Application) -> None:
    _, posted = bodies(example(an_application))
    assert set(posted) == {"referral", "consent", "fields", "attestation"}
    fields = posted["fields"]
    assert isinstance(fields, dict)
    assert fields["occupation"] == "software"
    assert fields["age_band"] == "35-39"
    assert "evaluation" not in fields


def test_what_is_shown_is_what_would_be_sent_byte_for_byte(an_application: Application) -> None:
    for sent in example(an_application).sent:
        assert canonical.encode(canonical.decode(sent.body)) == sent.body


def test_the_attestations_inside_are_ones_the_protocol_accepts(
    an_application: Application,
) -> None:
    kinds = []
    for body in bodies(example(an_application)):
        raw = json.dumps(body["attestation"], ensure_ascii=False).encode()
        attestation = Attestation.decode(canonical.encode(json.loads(raw)))
        assert attestation.refs["referral"] == body["referral"]
        kinds.append(attestation.kind)
    assert kinds == ["referral.invited", "profile.added"]


def test_every_mark_of_the_person_is_looked_for_and_none_found(
    an_application: Application,
) -> None:
    searched = example(an_application).searched
    values = {one.value for one in searched}
    assert {
        *("夢原 空太", "ユメハラ ソラタ", "Yumehara Sorata", "株式会社架空電機"),
        *("yumehara@example.jp", "090-0000-0001", "1991-04-02", "A-1"),
        *("募集人数に達したため", "面接官二名で実施。"),
    } <= values
    assert {one.found for one in searched} == {0}


def test_a_mark_that_does_leave_is_counted_and_not_hidden(with_career: Change) -> None:
    # The reason of the decision copied into the summary: no name, yet ours alone to know.
    shown = example(with_career(summary="募集人数に達したため、見送りでした。"))
    found = {one.value: one.found for one in shown.searched}
    assert found["募集人数に達したため"] == 1


def test_a_text_that_tells_who_it_is_is_held_back_and_named(
    an_application: Application, with_career: Change
) -> None:
    leaking = replace(
        with_career(summary="夢原と申します。"),
        key="sheet:A-2",
        person=replace(an_application.person, email="other@example.jp"),
    )
    trial = tried(leaking, an_application)
    (held,) = trial.held_back
    assert held.application.key == "sheet:A-2"
    assert held.withheld.field == "summary"
    assert trial.example is not None
    assert trial.example.application == an_application


def test_the_example_is_the_person_of_whom_most_could_leave(
    an_application: Application, with_career: Change
) -> None:
    bare = replace(
        with_career(summary="", endorsement="", skills=()),
        key="sheet:A-0",
        person=replace(an_application.person, email="other@example.jp"),
    )
    assert example(bare, an_application).application == an_application


@pytest.mark.parametrize(
    ("language", "says"), [("ja", "選考の結果"), ("en", "We have decided not to offer")]
)
def test_the_letter_is_shown_in_the_readers_language(
    an_application: Application, language: Language, says: str
) -> None:
    shown = tried(an_application, language=language).example
    assert shown is not None
    assert says in shown.letter.text


def test_the_eligible_pass_by_whoever_watches(
    an_application: Application, with_selection: Change
) -> None:
    seen: list[str] = []

    def watch(things: Sequence[Application]) -> Iterator[Application]:
        for one in things:
            seen.append(one.key)
            yield one

    hired = replace(with_selection(outcome="hired"), key="sheet:A-2")
    other = replace(hired, person=replace(hired.person, email="other@example.jp"))
    try_reading(
        reading(an_application, other),
        today=date(2026, 10, 1),
        language="ja",
        draw=counting(),
        watch=watch,
    )
    assert seen == ["sheet:A-1"]


def test_of_a_whole_sample_nothing_that_tells_who_it_is_would_leave() -> None:
    made = applications(11, 60, today=SAMPLE_DAY)
    trial = tried(*made, today=SAMPLE_DAY)
    assert trial.example is not None
    assert {one.found for one in trial.example.searched} == {0}
    assert len(trial.judgements) == 60
