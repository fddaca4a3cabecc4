"""What a browser sends, as fields, and back."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from exchange.web.candidates import forms
from relay_protocol import profile
from relay_protocol.codes import GROUPS


def written(**sent: str) -> dict[str, object]:
    """Return the fields of a form that asked for everything."""
    return forms.written(MultiDict(sent), GROUPS)


def test_an_empty_form_says_nothing() -> None:
    assert written() == {}
    assert written(occupation="", skills=" \r\n", experience_years=" ", remote="") == {}


def test_a_full_form_says_everything() -> None:
    assert written(
        occupation="software",
        industry="finance",
        experience_years="6",
        age_band="30-34",
        skills="Python\r\nSQL",
        prefecture="13",
        remote="no",
        desired_salary_man="700",
        available_from="2027-04",
        employment="permanent",
        summary="一行目\r\n二行目 ",
        language_0="en",
        level_0="B2",
    ) == {
        "occupation": "software",
        "industry": "finance",
        "experience_years": 6,
        "age_band": "30-34",
        "skills": ["Python", "SQL"],
        "prefecture": "13",
        "remote": False,
        "desired_salary_yen": 7_000_000,
        "available_from": "2027-04",
        "employment": "permanent",
        "summary": "一行目\n二行目",
        "languages": ["en:B2"],
    }


def test_a_full_form_makes_a_profile_and_stands_in_the_inputs_again() -> None:
    sent = {
        "occupation": "software",
        "experience_years": "6",
        "skills": "Python\nSQL",
        "remote": "yes",
        "desired_salary_man": "700",
        "language_0": "en",
        "level_0": "B2",
    }
    inputs = forms.shown(profile.check_fields(written(**sent)))
    assert inputs == sent


def test_an_empty_profile_leaves_the_inputs_empty() -> None:
    assert forms.shown(profile.check_fields({})) == {"skills": ""}


@pytest.mark.parametrize(
    ("text", "skills"),
    [
        ("Python,SQL", ["Python", "SQL"]),
        ("Python、SQL\uff0cGo", ["Python", "SQL", "Go"]),
        ("Python\n\nPython\n", ["Python"]),
        (" C++ , C# ", ["C++", "C#"]),
        ("machine learning", ["machine learning"]),
    ],
)
def test_skills_are_told_apart_by_lines_and_commas(text: str, skills: list[str]) -> None:
    assert written(skills=text)["skills"] == skills


@pytest.mark.parametrize(
    ("text", "years"),
    [("6", 6), ("\uff16", 6), (" 10 ", 10), ("6.5", "6.5"), ("-1", "-1"), ("²", "²")],
)
def test_whole_numbers_are_read_and_all_else_is_passed_on(text: str, years: int | str) -> None:
    assert written(experience_years=text)["experience_years"] == years


@pytest.mark.parametrize(
    ("text", "yen"),
    [
        ("700", 7_000_000),
        ("1,200", 12_000_000),
        ("\uff11\uff0c\uff12\uff10\uff10", 12_000_000),
        ("0", 0),
        ("seven", "seven"),
        ("9" * 11, "9" * 11),
    ],
)
def test_salaries_are_meant_in_ten_thousands(text: str, yen: int | str) -> None:
    assert written(desired_salary_man=text)["desired_salary_yen"] == yen


def test_a_language_stands_once_with_its_last_level() -> None:
    sent = {
        "language_0": "en",
        "level_0": "B1",
        "language_1": "en",
        "level_1": "C1",
        "language_2": "tlh",
        "level_2": "C2",
    }
    assert written(**sent)["languages"] == ["en:C1"]


def test_only_fields_of_the_groups_that_were_asked_for_are_taken() -> None:
    sent = MultiDict({"skills": "Go", "prefecture": "13"})
    assert forms.written(sent, ["skills"]) == {"skills": ["Go"]}
    assert forms.written(sent, []) == {}


def test_months_begin_with_this_one_and_go_on_for_a_year_and_a_half() -> None:
    months = forms.months_from(date(2026, 11, 30))
    assert (months[0], months[1], months[-1], len(months)) == ("2026-11", "2026-12", "2028-05", 19)
