"""What agencies are shown, and who looks alike."""

import hashlib
import json

import pytest

from exchange.domain import listing
from exchange.domain.listing import Published
from relay_protocol import codes, profile
from relay_protocol.codes import GROUPS

WHOLE = profile.check_fields(
    {
        "skills": ["Python", "SQL"],
        "occupation": "software",
        "industry": "finance",
        "experience_years": 6,
        "age_band": "30-34",
        "desired_salary_yen": 6_500_000,
        "available_from": "2027-04",
        "employment": "permanent",
        "prefecture": "13",
        "remote": True,
        "languages": ["en:B2"],
        "stage_reached": "final-interview",
        "endorsement": "落ち着いて話を聞く力がありました。",
        "evaluation": 3,
        "summary": "受発注システムを担当しました。",
    }
)


def shown(**fields: object) -> Published:
    """Return what is shown of a profile that says only this, all groups allowed."""
    return listing.visible(profile.check_fields(fields), GROUPS, "mid-career")


def test_the_whole_profile_is_shown_with_its_quasi_identifiers_generalised() -> None:
    assert listing.visible(WHOLE, GROUPS, "mid-career") == {
        "job_kind": "mid-career",
        "skills": ["Python", "SQL"],
        "occupation_group": "technology",
        "experience": "5-plus",
        "age": "under-35",
        "salary": "6m-plus",
        "available_from": "2027-04",
        "employment": "permanent",
        "region": "east",
        "remote": True,
        "languages": ["en:B2"],
        "stage_reached": "final-interview",
        "endorsement": "落ち着いて話を聞く力がありました。",
        "evaluation": 3,
        "summary": "受発注システムを担当しました。",
    }


def test_no_exact_quasi_identifier_is_shown() -> None:
    published = json.dumps(listing.visible(WHOLE, GROUPS, "mid-career"), ensure_ascii=False)
    assert not {"software", "finance", "30-34", "6500000", "13"} & set(published.split('"'))
    assert "6500000" not in published


@pytest.mark.parametrize(
    ("fields", "name", "expected"),
    [
        ({"experience_years": 4}, "experience", "0-4"),
        ({"experience_years": 5}, "experience", "5-plus"),
        ({"desired_salary_yen": 5_999_999}, "salary", "under-6m"),
        ({"desired_salary_yen": 6_000_000}, "salary", "6m-plus"),
        ({"age_band": "30-34"}, "age", "under-35"),
        ({"age_band": "35-39"}, "age", "35-plus"),
        ({"age_band": "under-20"}, "age", "under-35"),
        ({"age_band": "60-plus"}, "age", "35-plus"),
        ({"prefecture": "23"}, "region", codes.region("23")),
        ({"prefecture": "47"}, "region", "west"),
        ({"occupation": "logistics"}, "occupation_group", "making"),
    ],
)
def test_values_are_generalised_on_both_sides_of_each_boundary(
    fields: dict[str, object], name: str, expected: str
) -> None:
    assert shown(**fields)[name] == expected


@pytest.mark.parametrize("group", GROUPS)
def test_nothing_of_a_group_is_shown_without_consent_to_it(group: str) -> None:
    others = [other for other in GROUPS if other != group]
    published = listing.visible(WHOLE, others, "mid-career")
    assert group not in listing.shown_groups(published)
    assert listing.shown_groups(published) == tuple(others)


def test_every_group_has_something_to_show() -> None:
    assert {listing.GROUP_OF[name] for name in listing.GROUP_OF} == set(GROUPS)


def test_a_profile_is_narrowed_to_the_groups_that_are_left() -> None:
    published = listing.visible(WHOLE, GROUPS, "mid-career")
    assert listing.narrowed(published, ["skills"]) == {
        "job_kind": "mid-career",
        "skills": ["Python", "SQL"],
    }
    assert listing.narrowed(published, GROUPS) == published


def test_profiles_of_one_class_differ_in_nothing_but_what_identifies_nobody() -> None:
    one = shown(occupation="software", experience_years=6, skills=["Python"])
    other = shown(occupation="data", experience_years=20, skills=["R"], summary="分析。")
    assert listing.class_of(one) == listing.class_of(other)


@pytest.mark.parametrize(
    "changed",
    [
        {"occupation": "retail"},
        {"experience_years": 2},
        {"age_band": "40-44"},
        {"desired_salary_yen": 4_000_000},
        {"prefecture": "27"},
    ],
)
def test_each_quasi_identifier_makes_a_class_of_its_own(changed: dict[str, object]) -> None:
    told = {
        "occupation": "software",
        "experience_years": 6,
        "age_band": "30-34",
        "desired_salary_yen": 7_000_000,
        "prefecture": "13",
    }
    assert listing.class_of(shown(**told)) != listing.class_of(shown(**{**told, **changed}))


def test_what_is_not_shown_makes_another_class_than_any_value() -> None:
    named = [listing.class_of(shown(prefecture=code)) for code in ("13", "27")]
    assert listing.class_of(shown()) not in named


def test_the_kind_of_job_makes_a_class_of_its_own() -> None:
    kinds = [listing.visible(WHOLE, GROUPS, kind) for kind in codes.JOB_KINDS]
    assert len({listing.class_of(published) for published in kinds}) == len(codes.JOB_KINDS)


def test_a_class_is_written_in_canonical_bytes() -> None:
    assert listing.class_of({"job_kind": "part-time", "region": "east"}) == (
        b'{"age":"","experience":"","job_kind":"part-time","occupation_group":"","region":"east",'
        b'"salary":""}'
    )


def test_a_listing_is_attested_by_the_hash_of_what_is_shown() -> None:
    published = {"job_kind": "mid-career", "age": "under-35"}
    written = b'{"age":"under-35","job_kind":"mid-career"}'
    assert listing.digest(published) == hashlib.sha256(written).digest()


@pytest.mark.parametrize(
    ("profiles", "members", "enough"),
    [(5, 3, True), (4, 3, False), (5, 2, False), (50, 3, True), (0, 0, False)],
)
def test_a_class_needs_enough_profiles_of_enough_members(
    profiles: int, members: int, *, enough: bool
) -> None:
    assert (
        listing.is_large_enough(profiles=profiles, members=members, k=5, members_per_class=3)
        is enough
    )


@pytest.mark.parametrize(
    ("name", "value", "ja", "en"),
    [
        ("age", "under-35", "35歳未満", "Under 35"),
        ("region", "west", "西日本", "Western Japan"),
        ("occupation_group", "sales", "営業・マーケティング", "Sales and marketing"),
        ("remote", True, "リモート希望", "Remote wished"),
        ("evaluation", 4, "◎", "4 of 4"),
        ("languages", ["en:B2", "ja:native"], "英語 B2(中上級)、日本語 母語", None),
        ("skills", ["Python", "SQL"], "Python、SQL", "Python, SQL"),
        ("summary", "開発。", "開発。", "開発。"),
    ],
)
def test_shown_values_have_words_in_both_languages(
    name: str, value: str | list[str], ja: str, en: str | None
) -> None:
    assert listing.words(name, value, "ja") == ja
    assert listing.words(name, value, "en") == (
        en or "English B2 (upper intermediate), Japanese native"
    )
