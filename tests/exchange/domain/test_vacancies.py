"""A vacancy's form is closed, and its digest is that of what it says."""

import hashlib
import json
from datetime import date

import pytest

from exchange.domain.errors import BadInputError
from exchange.domain.vacancies import FIELDS, Vacancy, skill_key

BACKEND: dict[str, object] = {
    "title": "バックエンドエンジニア",
    "hirer": "",
    "hirer_name": "株式会社かなめ",
    "job_kind": "mid-career",
    "occupation": "software",
    "required_skills": ["Python", "PostgreSQL"],
    "welcome_skills": ["Kubernetes", "Go"],
    "languages": ["en:B2"],
    "experience_years_min": 3,
    "prefectures": ["13", "14"],
    "remote": True,
    "salary_min_yen": 6_000_000,
    "salary_max_yen": 8_000_000,
    "employment": "permanent",
    "fee_percent": 35,
    "description": "受発注システムの開発です。",
    "open_until": "2026-12-20",
}


def vacancy(**changes: object) -> Vacancy:
    return Vacancy.from_document({**BACKEND, **changes})


def test_given_every_field_then_the_vacancy_says_what_the_document_says() -> None:
    read = vacancy()
    assert read.document() == BACKEND
    assert read.open_until == date(2026, 12, 20)
    assert BACKEND.keys() == FIELDS


def test_given_a_vacancy_then_its_digest_is_the_sha256_of_its_sorted_compact_json() -> None:
    text = json.dumps(BACKEND, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert vacancy().digest() == hashlib.sha256(text.encode()).digest()


def test_given_another_salary_then_the_digest_is_another() -> None:
    assert vacancy().digest() != vacancy(salary_max_yen=8_000_001).digest()


def test_given_the_least_that_a_vacancy_says_then_it_is_read() -> None:
    bare = vacancy(
        hirer_name="",
        occupation="",
        required_skills=[],
        welcome_skills=[],
        languages=[],
        experience_years_min=0,
        prefectures=[],
        remote=False,
        salary_min_yen=0,
        salary_max_yen=0,
        employment="",
        fee_percent=0,
        description="",
    )
    assert bare.required_skills == ()
    assert not bare.occupation


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_given_a_missing_field_then_it_is_named(name: str) -> None:
    document = {field: value for field, value in BACKEND.items() if field != name}
    with pytest.raises(BadInputError, match="missing") as refused:
        Vacancy.from_document(document)
    assert refused.value.field == name


def test_given_a_field_that_no_vacancy_has_then_it_is_named() -> None:
    with pytest.raises(BadInputError) as refused:
        vacancy(nationality="JP")
    assert refused.value.field == "nationality"


@pytest.mark.parametrize(
    ("name", "value", "field"),
    [
        ("title", "", "title"),
        ("title", "あ" * 81, "title"),
        ("title", 7, "title"),
        ("hirer_name", "あ" * 81, "hirer_name"),
        ("description", "あ" * 601, "description"),
        ("hirer", "1234567890123", "hirer"),
        ("hirer", "70000120500", "hirer"),
        ("job_kind", "", "job_kind"),
        ("job_kind", "freelance", "job_kind"),
        ("occupation", "astronaut", "occupation"),
        ("employment", "volunteer", "employment"),
        ("required_skills", "Python", "required_skills"),
        ("required_skills", ["x"] * 11, "required_skills"),
        ("required_skills", ["Python", 3], "required_skills"),
        ("required_skills", ["Python", " "], "required_skills/1"),
        ("welcome_skills", ["x" * 41], "welcome_skills/0"),
        ("languages", ["en"], "languages/0"),
        ("languages", ["ja:native", "xx:B2"], "languages/1"),
        ("prefectures", ["13", "48"], "prefectures/1"),
        ("experience_years_min", 61, "experience_years_min"),
        ("experience_years_min", -1, "experience_years_min"),
        ("experience_years_min", 2.5e-42, "experience_years_min"),
        ("experience_years_min", True, "experience_years_min"),
        ("experience_years_min", "3", "experience_years_min"),
        ("salary_max_yen", 100_000_001, "salary_max_yen"),
        ("salary_min_yen", 8_000_001, "salary_min_yen"),
        ("fee_percent", 101, "fee_percent"),
        ("remote", "yes", "remote"),
        ("open_until", "2026-02-30", "open_until"),
        ("open_until", "soon", "open_until"),
    ],
)
def test_given_a_value_outside_its_form_then_its_place_is_named(
    name: str, value: object, field: str
) -> None:
    with pytest.raises(BadInputError) as refused:
        vacancy(**{name: value})
    assert refused.value.field == field
    assert refused.value.detail_ja


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "あ"),
        ("title", "あ" * 80),
        ("description", "あ" * 600),
        ("hirer", "7000012050002"),
        ("required_skills", ["x" * 40]),
        ("experience_years_min", 60),
        ("salary_max_yen", 100_000_000),
        ("salary_min_yen", 8_000_000),
        ("fee_percent", 100),
        ("prefectures", ["01", "47"]),
    ],
)
def test_given_a_value_at_the_end_of_its_range_then_it_stands(name: str, value: object) -> None:
    assert vacancy(**{name: value}).document()[name] == value


def test_given_an_open_end_of_the_salary_then_the_lower_one_may_stand_alone() -> None:
    assert vacancy(salary_max_yen=0).salary_min_yen == 6_000_000


def test_given_two_spellings_of_one_skill_then_the_first_stands() -> None:
    read = vacancy(required_skills=["Python", "PYTHON", "Ｐｙｔｈｏｎ", "Go"])
    assert read.required_skills == ("Python", "Go")


def test_given_one_language_twice_then_its_last_level_stands() -> None:
    assert vacancy(languages=["en:B2", "en:C1"]).languages == ("en:C1",)


def test_given_prefectures_in_any_order_then_they_stand_once_and_sorted() -> None:
    assert vacancy(prefectures=["27", "13", "27"]).prefectures == ("13", "27")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Python", "ＰＹＴＨＯＮ", True),
        ("Machine  Learning", "machine learning", True),
        ("ｶｲｹｲ", "カイケイ", True),
        ("Java", "JavaScript", False),
    ],
)
def test_skills_are_the_same_when_only_width_case_and_spaces_differ(
    left: str, right: str, *, same: bool
) -> None:
    assert (skill_key(left) == skill_key(right)) is same
