"""Who may be invited: each reason beside its absence, and both sides of every boundary."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from career_relay.application import (
    Application,
    Career,
    Channel,
    Kind,
    Outcome,
    Person,
    Selection,
)
from career_relay.eligible import REASON_WORDS, Judgement, Reason, judge

Change = Callable[..., Application]


def judged(application: Application, today: date, **settings: object) -> Judgement:
    (judgement,) = judge([application], today=today, **settings)  # type: ignore[arg-type]
    return judgement


def test_a_recent_rejection_with_nothing_against_it_is_eligible(
    an_application: Application, today: date
) -> None:
    judgement = judged(an_application, today)
    assert judgement.eligible
    assert judgement.reasons == ()


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        ("hired", "hired"),
        ("withdrawn", "withdrew"),
        ("ongoing", "still-open"),
        ("set-aside", "never-screened"),
    ],
)
def test_only_our_own_rejection_makes_anyone_eligible(
    with_selection: Change, today: date, outcome: Outcome, reason: Reason
) -> None:
    assert judged(with_selection(outcome=outcome), today).reasons == (reason,)


@pytest.mark.parametrize(
    ("days_ago", "reasons"),
    [
        (-1, ("not-yet-ended",)),
        (0, ()),
        (1, ()),
        (180, ()),
        (181, ("too-old",)),
        (3650, ("too-old",)),
    ],
)
def test_a_decision_is_recent_for_so_many_days_its_own_included(
    with_selection: Change, today: date, days_ago: int, reasons: tuple[Reason, ...]
) -> None:
    noon = datetime(2026, 10, 1, 3, tzinfo=UTC)
    application = with_selection(ended_at=noon - timedelta(days=days_ago))
    assert judged(application, today).reasons == reasons


def test_how_long_a_decision_is_recent_can_be_set(with_selection: Change, today: date) -> None:
    application = with_selection(ended_at=datetime(2026, 9, 1, 3, tzinfo=UTC))
    assert judged(application, today, recent_days=30).eligible
    assert judged(application, today, recent_days=29).reasons == ("too-old",)


def test_the_day_is_japans_and_not_greenwichs(with_selection: Change) -> None:
    # 15:00 in Greenwich is midnight in Japan: the second of April already.
    application = with_selection(ended_at=datetime(2026, 4, 1, 15, tzinfo=UTC))
    assert judged(application, date(2026, 9, 29)).eligible
    assert judged(application, date(2026, 9, 30)).reasons == ("too-old",)


def test_without_an_end_nobody_counts_as_recent(with_selection: Change, today: date) -> None:
    assert judged(with_selection(ended_at=None), today).reasons == ("no-end-date",)


@pytest.mark.parametrize(
    "channel", ["job-board", "scout", "own-site", "employee", "school", "event", "other"]
)
def test_every_channel_but_an_agency_may_be_passed_on(
    with_selection: Change, today: date, channel: Channel
) -> None:
    assert judged(with_selection(channel=channel), today).eligible


def test_whoever_an_agency_introduced_is_not_ours_to_pass_on(
    with_selection: Change, today: date
) -> None:
    assert judged(with_selection(channel="agency"), today).reasons == ("through-agency",)


def test_a_promise_to_destroy_the_documents_is_kept(with_selection: Change, today: date) -> None:
    application = with_selection(destroy_documents=True)
    assert judged(application, today).reasons == ("documents-destroyed",)


def test_whoever_wants_no_messages_gets_none(with_selection: Change, today: date) -> None:
    assert judged(with_selection(may_contact=False), today).reasons == ("asked-for-silence",)


@pytest.mark.parametrize(
    ("born_on", "reasons"),
    [
        (date(2008, 10, 1), ()),
        (date(2008, 10, 2), ("under-age",)),
        (date(2010, 1, 1), ("under-age",)),
    ],
)
def test_eighteen_is_grown_up_on_the_birthday_itself(
    with_person: Change, today: date, born_on: date, reasons: tuple[Reason, ...]
) -> None:
    assert judged(with_person(born_on=born_on, age=None), today).reasons == reasons


@pytest.mark.parametrize(("age", "reasons"), [(17, ("under-age",)), (18, ())])
def test_without_a_birth_date_the_written_age_counts(
    with_person: Change, today: date, age: int, reasons: tuple[Reason, ...]
) -> None:
    assert judged(with_person(born_on=None, age=age), today).reasons == reasons


@pytest.mark.parametrize(
    ("kind", "reasons"),
    [
        ("mid-career", ()),
        ("new-graduate", ("age-unknown",)),
        ("part-time", ("age-unknown",)),
    ],
)
def test_of_unknown_age_only_mid_career_people_count_as_grown_up(
    with_person: Change, today: date, kind: Kind, reasons: tuple[Reason, ...]
) -> None:
    application = replace(with_person(born_on=None, age=None), kind=kind)
    assert judged(application, today).reasons == reasons


@pytest.mark.parametrize(("field", "reason"), [("name", "no-name"), ("email", "no-email")])
def test_without_name_or_address_there_is_nobody_to_write_to(
    with_person: Change, today: date, field: str, reason: Reason
) -> None:
    assert judged(with_person(**{field: ""}), today).reasons == (reason,)


def test_without_a_telephone_number_an_invitation_is_possible(
    with_person: Change, today: date
) -> None:
    assert judged(with_person(phone=""), today).eligible


def test_every_reason_is_told_and_not_only_the_first(with_selection: Change, today: date) -> None:
    application = with_selection(channel="agency", destroy_documents=True, ended_at=None)
    assert judged(application, today).reasons == (
        "no-end-date",
        "through-agency",
        "documents-destroyed",
    )


def test_an_invited_application_is_not_invited_again(
    an_application: Application, today: date
) -> None:
    assert judged(an_application, today, invited=["sheet:A-1"]).reasons == ("already-invited",)
    assert judged(an_application, today, invited=["sheet:A-2"]).eligible


def test_a_person_invited_for_another_application_is_not_invited_for_this_one(
    an_application: Application, today: date
) -> None:
    earlier = replace(
        an_application,
        key="sheet:A-0",
        selection=replace(an_application.selection, ended_at=datetime(2026, 6, 1, tzinfo=UTC)),
    )
    judgements = judge([an_application, earlier], today=today, invited=["sheet:A-0"])
    assert judgements[0].reasons == ("already-invited",)


def test_of_two_rejections_of_one_person_the_later_is_written_about(
    an_application: Application, today: date
) -> None:
    earlier = replace(
        an_application,
        key="sheet:A-0",
        selection=replace(an_application.selection, ended_at=datetime(2026, 6, 1, tzinfo=UTC)),
    )
    later, before = judge([an_application, earlier], today=today)
    assert later.eligible
    assert before.reasons == ("later-application",)


def test_of_two_rejections_at_one_moment_exactly_one_is_written_about(
    an_application: Application, today: date
) -> None:
    twin = replace(an_application, key="sheet:A-2")
    assert [one.eligible for one in judge([an_application, twin], today=today)] == [False, True]


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [("hired", "hired-elsewhere-here"), ("ongoing", "open-elsewhere-here")],
)
def test_whoever_was_hired_or_is_still_here_for_another_job_is_not_invited(
    an_application: Application, today: date, outcome: Outcome, reason: Reason
) -> None:
    other = replace(
        an_application,
        key="sheet:B-1",
        selection=replace(an_application.selection, outcome=outcome),
    )
    rejected, _ = judge([an_application, other], today=today)
    assert rejected.reasons == (reason,)


def test_a_withdrawal_elsewhere_speaks_against_nothing(
    an_application: Application, today: date
) -> None:
    other = replace(
        an_application,
        key="sheet:B-1",
        selection=replace(an_application.selection, outcome="withdrawn"),
    )
    rejected, withdrew = judge([an_application, other], today=today)
    assert rejected.eligible
    assert withdrew.reasons == ("withdrew",)


def test_one_address_in_two_cases_is_one_person(
    an_application: Application, with_person: Change, today: date
) -> None:
    other = replace(
        with_person(email="YUMEHARA@EXAMPLE.JP"),
        key="sheet:B-1",
        selection=replace(an_application.selection, outcome="hired"),
    )
    rejected, _ = judge([an_application, other], today=today)
    assert rejected.reasons == ("hired-elsewhere-here",)


def test_people_without_an_address_are_not_taken_for_one(with_person: Change, today: date) -> None:
    nobody = with_person(email="")
    other = replace(nobody, key="sheet:B-1")
    assert [one.reasons for one in judge([nobody, other], today=today)] == [("no-email",)] * 2


def test_judgements_stand_in_the_order_of_the_applications(
    an_application: Application, today: date
) -> None:
    keys = ["sheet:C", "sheet:A", "sheet:B"]
    applications = [
        replace(
            an_application, key=key, person=replace(an_application.person, email=f"{n}@example.jp")
        )
        for n, key in enumerate(keys)
    ]
    assert [one.application.key for one in judge(applications, today=today)] == keys


def test_nobody_gives_no_judgement(today: date) -> None:
    assert judge([], today=today) == []


def test_every_reason_has_words_in_both_languages() -> None:
    assert set(REASON_WORDS) == set(get_args(Reason))
    assert all(words.en and words.ja for words in REASON_WORDS.values())


LISTS = st.lists(
    st.tuples(
        st.integers(min_value=0, max_value=300),
        st.sampled_from(["rejected", "hired", "withdrawn", "ongoing", "set-aside"]),
        st.sampled_from(["agency", "job-board"]),
        st.sampled_from(["a@example.jp", "b@example.jp", "c@example.jp", ""]),
    ),
    max_size=12,
)
Drawn = list[tuple[int, Outcome, Channel, str]]


def drawn(people: Drawn) -> list[Application]:
    noon = datetime(2026, 10, 1, 3, tzinfo=UTC)
    return [
        Application(
            key=f"sheet:{number}",
            kind="mid-career",
            locale="ja",
            person=Person(name="夢原 空太", email=email),
            career=Career(),
            selection=Selection(
                outcome=outcome, channel=channel, ended_at=noon - timedelta(days=days_ago)
            ),
        )
        for number, (days_ago, outcome, channel, email) in enumerate(people)
    ]


def eligible_keys(applications: list[Application], today: date, recent_days: int = 180) -> set[str]:
    judgements = judge(applications, today=today, recent_days=recent_days)
    return {one.application.key for one in judgements if one.eligible}


@given(people=LISTS)
def test_no_address_is_ever_invited_twice(people: Drawn) -> None:
    applications = drawn(people)
    keys = eligible_keys(applications, date(2026, 10, 1))
    addresses = [one.person.email for one in applications if one.key in keys]
    assert len(addresses) == len(set(addresses))
    assert "" not in addresses


@given(people=LISTS)
def test_only_our_own_rejections_without_an_agency_are_ever_eligible(people: Drawn) -> None:
    applications = {one.key: one for one in drawn(people)}
    for key in eligible_keys(list(applications.values()), date(2026, 10, 1)):
        selection = applications[key].selection
        assert (selection.outcome, selection.channel) == ("rejected", "job-board")


@given(people=LISTS, days=st.integers(min_value=1, max_value=300))
def test_of_people_with_one_application_a_longer_time_never_makes_fewer_eligible(
    people: Drawn, days: int
) -> None:
    single = [(*person[:3], f"{number}@example.jp") for number, person in enumerate(people)]
    shorter = eligible_keys(drawn(single), date(2026, 10, 1), days)
    longer = eligible_keys(drawn(single), date(2026, 10, 1), days + 1)
    assert shorter <= longer


@given(people=LISTS, other=st.integers(min_value=0, max_value=300))
def test_a_stranger_changes_nobodys_judgement(people: Drawn, other: int) -> None:
    stranger: Drawn = [(other, "hired", "job-board", "stranger@example.jp")]
    without = judge(drawn(people), today=date(2026, 10, 1))
    beside = judge(drawn(people + stranger), today=date(2026, 10, 1))
    assert beside[: len(without)] == without
