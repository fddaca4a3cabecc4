"""A recruiter describes vacancies and reads what matches them."""

import pytest

from exchange.hub import Hub
from tests.story import recruiting, relays
from tests.story.forms import form_to
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium


def test_given_a_vacancy_then_its_matches_are_shown_with_reasons(
    hub: Hub, consortium: Consortium, recruiter: PortalPerson
) -> None:
    relays.enlist(hub, consortium.members[0])
    page = recruiting.describe(hub, recruiter)
    assert page.status_code == 200
    assert "&lt;3 matches" in page.text
    assert "Technology" in page.text
    assert "met: Occupation" in page.text
    assert "¥6.0m–¥8.0m" in page.text
    assert "another agency" not in page.text
    listed = recruiter.http.get("/portal/vacancies?lang=ja")
    assert "600万円〜800万円" in listed.text
    assert "東京都・神奈川県" in listed.text


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"salary_min_yen": "many"}, "a whole number"),
        ({"hirer": "1234567890123"}, "no 法人番号"),
        ({"description": "お電話ください 090-0000-1234"}, "telephone number"),
        ({"open_until": "2020-01-01"}, "over already"),
    ],
)
def test_given_a_field_at_fault_then_the_form_comes_back_as_it_was_filled_in(
    hub: Hub, recruiter: PortalPerson, typed: dict[str, str], words: str
) -> None:
    page = recruiting.describe(hub, recruiter, **typed)
    assert page.status_code == 422
    assert words in page.text
    assert 'aria-invalid="true"' in page.text
    form = form_to(page.text, "/portal/vacancies/new")
    assert form.value("title") == "バックエンドエンジニア"
    assert form.value("required_skills") == "Python、PostgreSQL"
    for name, value in typed.items():
        assert form.value(name) == value


def test_given_the_formula_then_it_is_told_in_both_languages(recruiter: PortalPerson) -> None:
    assert "How many of the required skills are met" in recruiter.http.get("/portal/formula").text
    assert "必須スキルがいくつ合うか" in recruiter.http.get("/portal/formula?lang=ja").text
