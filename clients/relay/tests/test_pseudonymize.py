"""Profiles: only what was consented to, nothing that tells who it is about."""

import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from career_relay.application import Application, Career, Person, Rating, Selection
from career_relay.pseudonymize import (
    IdentityLeakError,
    age_band,
    known_names,
    profile_of,
    profile_without_leaks,
)
from career_relay.samples.generate import SAMPLE_DAY, Mix, applications
from relay_protocol import canonical, codes, profile
from relay_protocol.errors import ProfileError

Change = Callable[..., Application]
SUMMARY = ("summary",)


def test_every_consented_group_gives_its_fields(an_application: Application, today: date) -> None:
    fields = profile_of(an_application, codes.GROUPS, today=today)
    assert fields.document() == {
        "skills": ["Python", "要件定義"],
        "occupation": "software",
        "industry": "information",
        "experience_years": 9,
        "age_band": "35-39",
        "desired_salary_yen": 6_000_000,
        "available_from": "2027-01",
        "employment": "permanent",
        "prefecture": "13",
        "remote": True,
        "languages": ["en:B2"],
        "stage_reached": "second-interview",
        "endorsement": "質問への答えが具体的でした。",
        "summary": "業務システムの設計から運用までを担当しました。",
    }


@pytest.mark.parametrize("group", codes.GROUPS)
def test_one_consented_group_gives_nothing_of_any_other(
    an_application: Application, today: date, group: str
) -> None:
    fields = profile_of(an_application, [group], today=today, with_evaluation=True)
    assert profile.groups_of(fields) == (group,)
    assert set(fields.document()) <= set(profile.FIELDS_OF_GROUP[group])


def test_without_a_consented_group_nothing_leaves(an_application: Application, today: date) -> None:
    assert profile_of(an_application, [], today=today).document() == {}


def test_a_group_that_does_not_exist_gives_nothing(
    an_application: Application, today: date
) -> None:
    assert profile_of(an_application, ["identity"], today=today).document() == {}


def test_our_ratings_stay_here_even_where_the_candidate_would_show_them(
    an_application: Application, today: date
) -> None:
    assert profile_of(an_application, ["evaluation"], today=today).evaluation is None


@pytest.mark.parametrize(
    ("marks", "evaluation"),
    [
        ((4,), 4),
        ((4, 3), 4),
        ((3, 3, 2), 3),
        ((3, 2, 2), 2),
        ((1, 1, 2, 2), 2),
        ((1, 1, 1, 2), 1),
        ((), None),
    ],
)
def test_ratings_leave_as_their_mean_halves_upward_where_the_member_says_so(
    with_selection: Change, today: date, marks: tuple[int, ...], evaluation: int | None
) -> None:
    application = with_selection(ratings=tuple(Rating(interview="面接", mark=m) for m in marks))
    fields = profile_of(application, ["evaluation"], today=today, with_evaluation=True)
    assert fields.evaluation == evaluation


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (18, "under-20"),
        (19, "under-20"),
        (20, "20-24"),
        (24, "20-24"),
        (25, "25-29"),
        (59, "55-59"),
        (60, "60-plus"),
        (99, "60-plus"),
    ],
)
def test_an_age_leaves_as_its_band(age: int, band: str) -> None:
    assert age_band(age) == band
    assert band in codes.AGE_BANDS


def test_the_band_is_the_one_of_the_day(with_person: Change) -> None:
    application = with_person(born_on=date(1986, 10, 2))
    before = profile_of(application, ["experience"], today=date(2026, 10, 1))
    after = profile_of(application, ["experience"], today=date(2026, 10, 2))
    assert (before.age_band, after.age_band) == ("35-39", "40-44")


def test_what_is_not_known_is_left_out_and_not_sent_as_nothing(
    an_application: Application, with_career: Change, today: date
) -> None:
    application = with_career(
        skills=(), languages=(), desired_salary_yen=None, available_from="", remote=None
    )
    document = profile_of(application, codes.GROUPS, today=today).document()
    assert None not in document.values()
    assert not {"skills", "languages", "desired_salary_yen", "remote"} & set(document)
    assert an_application != application


@pytest.mark.parametrize("remote", [True, False])
def test_a_wish_against_remote_work_is_a_wish_too(
    with_career: Change, today: date, *, remote: bool
) -> None:
    application = with_career(remote=remote)
    assert profile_of(application, ["location"], today=today).remote is remote


def test_zero_years_of_experience_are_experience_years(with_career: Change, today: date) -> None:
    application = with_career(experience_years=0)
    assert profile_of(application, ["experience"], today=today).experience_years == 0


def wide(text: str) -> str:
    """Return a text in full width, as it is often typed in Japan."""
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


LEAKS = [
    ("夢原と申します。", "known-name"),
    ("夢原空太です。", "known-name"),
    ("夢 原 空 太", "known-name"),
    ("名前はソラタです。", "known-name"),
    ("ゆめはら そらた と読みます。", "known-name"),
    ("ﾕﾒﾊﾗ", "known-name"),
    ("I am Yumehara.", "known-name"),
    ("YUMEHARA SORATA", "known-name"),
    ("Sorata Yumehara (engineer)", "known-name"),
    ("架空電機で設計を担当。", "known-name"),
    ("株式会社架空電機に勤務。", "company"),
    ("連絡はyumehara@example.jpまで。", "email"),
    ("連絡はYUMEHARA@EXAMPLE.JPまで。", "email"),
    ("メール: other@example.com", "email"),
    ("電話は090-0000-0001です。", "phone"),
    ("電話は09000000001です。", "phone"),
    (f"電話は{wide('090-0000-0001')}です。", "phone"),
    (f"連絡は{wide('yumehara@example.jp')}まで。", "email"),
    (f"私は{wide('Yumehara')}です。", "known-name"),
    ("電話は080 0000 0002です。", "phone"),
    ("https://example.com/me", "url"),
    ("〒100-0001", "postal-code"),
    ("上司の鈴木さんに学びました。", "honorific"),
    ("本籍は別の県です。", "special-care"),
]


@pytest.mark.parametrize(("text", "kind"), LEAKS)
def test_a_summary_that_tells_who_it_is_is_refused_and_not_masked(
    with_career: Change, today: date, text: str, kind: str
) -> None:
    with pytest.raises(IdentityLeakError) as leak:
        profile_of(with_career(summary=text), SUMMARY, today=today)
    assert leak.value.field == "summary"
    assert leak.value.kind == kind
    assert leak.value.start >= 1


@pytest.mark.parametrize(
    "text",
    [
        "業務システムの設計から運用までを担当しました。",
        "売上を前年比120%に伸ばしました。",
        "10名のチームを率い、2023年に受注の仕組みを整えました。",
        "夢のあるものづくりが好きです。空いた時間に学んでいます。",
        "Designed and ran a billing system for 300 shops.",
    ],
)
def test_a_summary_about_the_work_leaves_as_it_stands(
    with_career: Change, today: date, text: str
) -> None:
    assert profile_of(with_career(summary=text), SUMMARY, today=today).summary == text


def test_the_leak_is_told_with_its_place_in_both_languages(
    with_career: Change, today: date
) -> None:
    with pytest.raises(IdentityLeakError) as leak:
        profile_of(with_career(summary="電話は090-0000-0001です。"), SUMMARY, today=today)
    assert leak.value.start == 4
    assert "4文字目" in leak.value.into("ja")
    assert "at character 4" in leak.value.into("en")
    assert "090" not in leak.value.into("ja")


def test_a_number_kept_in_a_foreign_shape_is_found_too(
    an_application: Application, today: date
) -> None:
    application = replace(
        an_application,
        person=replace(an_application.person, phone="555-010-0199"),
        career=replace(an_application.career, summary="Call (555) 010 0199 any time."),
    )
    with pytest.raises(IdentityLeakError) as leak:
        profile_of(application, SUMMARY, today=today)
    assert leak.value.kind == "phone"
    assert leak.value.start == 7


def test_an_endorsement_is_screened_like_a_summary(with_career: Change, today: date) -> None:
    with pytest.raises(IdentityLeakError) as leak:
        profile_of(with_career(endorsement="夢原は優秀です。"), ["endorsement"], today=today)
    assert leak.value.field == "endorsement"


def test_a_skill_is_named_by_its_place_in_the_list(with_career: Change, today: date) -> None:
    with pytest.raises(IdentityLeakError) as leak:
        profile_of(with_career(skills=("Python", "架空電機の社内規格")), ["skills"], today=today)
    assert leak.value.field == "skills/1"


def test_what_stays_here_is_not_screened(with_career: Change, today: date) -> None:
    application = with_career(summary="夢原と申します。")
    assert profile_of(application, ["skills"], today=today).skills == ("Python", "要件定義")


def test_a_summary_too_long_for_a_profile_is_refused(with_career: Change, today: date) -> None:
    longest = "あ" * profile.MAX_SUMMARY_CHARACTERS
    assert profile_of(with_career(summary=longest), SUMMARY, today=today).summary == longest
    with pytest.raises(ProfileError) as refusal:
        profile_of(with_career(summary=longest + "あ"), SUMMARY, today=today)
    assert (refusal.value.field, refusal.value.reason) == ("summary", "too-long")


def test_a_refused_field_can_be_left_out_whole_and_is_named(
    with_career: Change, today: date
) -> None:
    application = with_career(summary="夢原と申します。")
    made = profile_without_leaks(application, codes.GROUPS, today=today)
    assert made.fields.summary is None
    assert made.fields.endorsement == "質問への答えが具体的でした。"
    (withheld,) = made.withheld
    assert withheld.field == "summary"
    assert "summary" in withheld.why.en
    assert "summary" in withheld.why.ja


def test_of_a_list_only_the_refused_skill_is_left_out(with_career: Change, today: date) -> None:
    application = with_career(skills=("夢原流", "Python", "ゆめはら"))
    made = profile_without_leaks(application, ["skills"], today=today)
    assert made.fields.skills == ("Python",)
    assert [one.field for one in made.withheld] == ["skills/0", "skills/1"]


def test_a_list_of_nothing_but_leaks_is_left_out_altogether(
    with_career: Change, today: date
) -> None:
    made = profile_without_leaks(with_career(skills=("夢原流",)), ["skills"], today=today)
    assert made.fields.skills is None
    assert made.fields.document() == {}


def test_a_field_that_no_profile_can_hold_is_left_out_like_a_leak(
    with_career: Change, today: date
) -> None:
    made = profile_without_leaks(with_career(summary="あ" * 601), SUMMARY, today=today)
    assert made.fields.document() == {}
    assert [one.field for one in made.withheld] == ["summary"]


def test_a_clean_application_has_nothing_withheld(an_application: Application, today: date) -> None:
    made = profile_without_leaks(an_application, codes.GROUPS, today=today)
    assert made.withheld == ()
    assert made.fields == profile_of(an_application, codes.GROUPS, today=today)


def test_a_person_is_known_by_kanji_kana_latin_letters_address_and_employers(
    an_application: Application,
) -> None:
    assert set(known_names(an_application.person)) == {
        "夢原 空太",
        "ユメハラ ソラタ",
        "Yumehara Sorata",
        "株式会社架空電機",
        "yumehara",
    }


def test_a_short_mailbox_such_as_info_is_nobodys_name() -> None:
    assert known_names(Person(name="夢原 空太", email="info@example.jp")) == ("夢原 空太",)


def test_a_person_of_whom_nothing_is_known_has_no_names() -> None:
    assert known_names(Person(name="")) == ()


def test_a_reading_with_many_spellings_gives_a_bounded_number_of_names() -> None:
    person = Person(name="大野 裕子", kana="オオジョウ シュウジョウ")
    assert len(known_names(person)) <= 2 + 16


@settings(max_examples=60, deadline=None)
@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_whatever_stands_around_it_the_own_address_never_leaves(before: str, after: str) -> None:
    person = Person(name="夢原 空太", email="yumehara@example.jp")
    application = _with_summary(person, f"{before}yumehara@example.jp{after}")
    made = profile_without_leaks(application, SUMMARY, today=date(2026, 10, 1))
    assert "summary" not in made.fields.document()


def _with_summary(person: Person, summary: str) -> Application:
    return Application(
        key="sheet:1",
        kind="mid-career",
        locale="ja",
        person=person,
        career=Career(summary=summary),
        selection=Selection(outcome="rejected"),
    )


SEEN_AS: dict[str, Callable[[str], bytes]] = {
    "utf-8": lambda text: text.encode(),
    "utf-16-le": lambda text: text.encode("utf-16-le"),
    "utf-16-be": lambda text: text.encode("utf-16-be"),
    "cp932": lambda text: text.encode("cp932", "ignore"),
    "base64": lambda text: base64.b64encode(text.encode()).rstrip(b"="),
    "hex": lambda text: text.encode().hex().encode(),
    "escaped": lambda text: json.dumps(text).strip('"').encode(),
    "percent": lambda text: quote(text).encode(),
}


@pytest.fixture(scope="module")
def left() -> list[tuple[Application, bytes]]:
    """Everything that would leave of a drawn list in which one in three tells who they are."""
    made = applications(8, 60, today=SAMPLE_DAY, mix=Mix(leaking=0.34))
    return [
        (
            one,
            canonical.encode(
                profile_without_leaks(one, codes.GROUPS, today=SAMPLE_DAY).fields.document()
            ),
        )
        for one in made
    ]


@pytest.mark.parametrize("form", list(SEEN_AS))
def test_of_a_whole_list_nobodys_marks_leave_in_any_coding(
    left: list[tuple[Application, bytes]], form: str
) -> None:
    for application, body in left:
        person = application.person
        marks = (person.name, person.kana, person.email, person.phone, *person.employers)
        parts = (*marks, *person.name.split(), *person.kana.split(), application.key[6:])
        for mark in filter(None, parts):
            seen = SEEN_AS[form](mark)
            assert not seen or seen not in body, f"{mark} as {form}"


def test_in_that_list_there_was_something_to_hold_back(
    left: list[tuple[Application, bytes]],
) -> None:
    leaking = [one for one, _ in left if any(mark in one.career.summary for mark in marks_of(one))]
    assert len(leaking) >= 10
    assert all(b'"summary"' not in body for one, body in left if one in leaking)


def marks_of(application: Application) -> list[str]:
    person = application.person
    return [person.name.partition(" ")[0], person.phone, *person.employers]


def test_what_leaves_is_always_a_profile_within_the_consent(
    left: list[tuple[Application, bytes]],
) -> None:
    for application, _ in left:
        for groups in (("skills",), ("experience", "location"), ("summary", "stage")):
            made = profile_without_leaks(application, groups, today=SAMPLE_DAY)
            assert set(profile.groups_of(made.fields)) <= set(groups)
            assert profile.check_fields(made.fields.document()) == made.fields
