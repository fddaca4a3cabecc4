"""What is typed into the form of a vacancy becomes its document."""

import pytest
from werkzeug.datastructures import MultiDict

from exchange.domain.vacancies import FIELDS
from exchange.web.agencies.vacancy_form import document_of


def typed(**values: str | list[str]) -> MultiDict[str, str]:
    return MultiDict(values)


def test_an_empty_form_has_every_field_and_asks_for_nothing() -> None:
    document = document_of(typed())
    assert document.keys() == FIELDS
    assert document["required_skills"] == []
    assert document["languages"] == []
    assert document["salary_max_yen"] == 0
    assert document["remote"] is False
    assert not document["title"]


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Python、Go", ["Python", "Go"]),
        (" Python, Go ;SQL\nR ", ["Python", "Go", "SQL", "R"]),
        ("、,;", []),
        ("C++ / C#", ["C++ / C#"]),
    ],
)
def test_skills_stand_between_commas(text: str, skills: list[str]) -> None:
    assert document_of(typed(required_skills=text))["required_skills"] == skills


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("salary_max_yen", "800", 8_000_000),
        ("salary_max_yen", "1,250", 12_500_000),
        ("salary_max_yen", " ", 0),
        ("experience_years_min", "3", 3),
        ("fee_percent", "35", 35),
        ("fee_percent", "３５", 35),
        # The service refuses what stays a text, and names the field.
        ("salary_max_yen", "800万円", "800万円"),
        ("salary_max_yen", "-1", "-1"),
        ("salary_max_yen", "1000000", "1000000"),
        ("fee_percent", "2.5e-42", "2.5e-42"),
    ],
)
def test_numbers_are_read_in_their_units(name: str, text: str, value: object) -> None:
    assert document_of(typed(**{name: text}))[name] == value


def test_ticks_and_choices_become_lists_and_truth() -> None:
    document = document_of(
        typed(prefectures=["13", "27"], languages=["en:B2"], remote="on", description="a\r\nb")
    )
    assert document["prefectures"] == ["13", "27"]
    assert document["languages"] == ["en:B2"]
    assert document["remote"] is True
    assert document["description"] == "a\nb"
