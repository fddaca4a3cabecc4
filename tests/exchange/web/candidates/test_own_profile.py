"""The form, the preview as agencies see it, and listing exactly that."""

from collections.abc import Mapping

import httpx
import pytest

from exchange.hub import Hub
from exchange.services import consents
from tests.story import referrals
from tests.story.forms import Form, form_to, send
from tests.story.referrals import Candidate
from tests.story.scheme import Consortium

FILLED: Mapping[str, str | list[str]] = {
    "occupation": "software",
    "experience_years": "6",
    "age_band": "30-34",
    "skills": "Python\r\nSQL、Go",
    "prefecture": "13",
    "desired_salary_man": "700",
    "available_from": "",
    "summary": "受発注システムを担当しました。",
    "language_0": "en",
    "level_0": "B2",
}


def post(visitor: httpx.Client, form: Form, /, **typed: str | list[str]) -> httpx.Response:
    """Send a form as it is filled in."""
    return send(visitor, form, "", **typed)


def form_of(visitor: httpx.Client, person: Candidate) -> Form:
    """Open the form."""
    return form_to(visitor.get(f"/c/{person.token}/form").text, "/form")


def fill_in(visitor: httpx.Client, person: Candidate, **typed: str | list[str]) -> httpx.Response:
    """Send the form filled in."""
    return post(visitor, form_of(visitor, person), **{**FILLED, **typed})


def test_the_form_leads_to_the_preview_and_the_preview_to_the_list(
    visitor: httpx.Client, person: Candidate, hub: Hub
) -> None:
    preview = fill_in(visitor, person)
    assert preview.status_code == 200
    assert "This is how agencies see you" in preview.text
    for shown in ("Technology", "5 years or more", "Under 35", "Eastern Japan", "¥6 million"):
        assert shown in preview.text
    for hidden in ("Software development", "Tokyo", "7000000", "30–34"):
        assert hidden not in preview.text
    listed = post(visitor, form_to(preview.text, "/list"))
    assert listed.status_code == 200
    assert "Your profile is shown to agencies." in listed.text
    assert referrals.profile_of(hub, person).state == "listed"


def test_what_was_written_stands_in_the_form_again(
    visitor: httpx.Client, person: Candidate
) -> None:
    fill_in(visitor, person)
    form = form_of(visitor, person)
    assert form.value("occupation") == "software"
    assert form.value("skills") == "Python\nSQL\nGo"
    assert form.value("desired_salary_man") == "700"
    assert (form.value("language_0"), form.value("level_0")) == ("en", "B2")


def test_the_form_asks_for_the_consented_groups_alone(
    visitor: httpx.Client, consortium: Consortium
) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0], groups=["skills"])
    names = {name for name, _ in form_of(visitor, person).fields}
    assert names == {"form_key", "skills"}


def test_a_field_beyond_the_consent_is_not_taken(
    visitor: httpx.Client, consortium: Consortium
) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0], groups=["skills"])
    form = form_of(visitor, person)
    page = visitor.post(form.action, data={**form.filled(), "prefecture": "13", "skills": "Go"})
    assert page.status_code == 200
    assert "Eastern Japan" not in page.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (
            {"summary": "taro@example.com まで"},
            "「About your work」 seems to hold an e-mail address",
        ),
        ({"summary": "電話は090-0000-1234"}, "seems to hold a telephone number (at character 4)"),
        ({"summary": "私は山田太郎です。"}, "seems to hold a person"),
        ({"summary": "あ" * 601}, "「About your work」 is too long"),
        ({"skills": "a" * 41}, "「Skills」 is too long"),
        ({"skills": "\n".join(f"s{number}" for number in range(21))}, "holds too many"),
        ({"experience_years": "many"}, "「Years of experience」 is not an integer"),
        ({"experience_years": "61"}, "lies outside its range"),
        ({"desired_salary_man": "1e9"}, "「Wished yearly salary」 is not an integer"),
        ({"language_0": "en", "level_0": ""}, "「Languages」"),
    ],
)
def test_what_cannot_be_taken_is_named_in_the_readers_words_and_nothing_is_lost(
    visitor: httpx.Client,
    person: Candidate,
    hub: Hub,
    typed: Mapping[str, str | list[str]],
    said: str,
) -> None:
    page = fill_in(visitor, person, **typed)
    assert page.status_code == 422
    assert said in page.text.replace("&#39;", "'")
    assert 'aria-invalid="true"' in page.text or "language_0" in typed
    form = form_to(page.text, "/form")
    assert form.value("prefecture") == "13"
    assert referrals.profile_of(hub, person).sealed_form is None


def test_the_place_of_what_is_refused_is_told_in_japanese_too(
    visitor: httpx.Client, person: Candidate
) -> None:
    form = form_to(visitor.get(f"/c/{person.token}/form?lang=ja").text, "/form")
    page = post(visitor, form, **{**FILLED, "summary": "電話は090-0000-1234"})
    said = "「仕事について」に電話番号らしい文字列があります(4文字目)。消してください。"
    assert said in page.text


def test_full_width_digits_are_digits(visitor: httpx.Client, person: Candidate) -> None:
    assert (
        fill_in(
            visitor, person, experience_years="\uff16", desired_salary_man="1\uff0c200"
        ).status_code
        == 200
    )


def test_only_what_the_page_showed_is_listed(
    visitor: httpx.Client, person: Candidate, hub: Hub
) -> None:
    seen = form_to(fill_in(visitor, person).text, "/list")
    fill_in(visitor, person, skills="Rust")
    late = post(visitor, seen)
    assert late.status_code == 409
    assert "changed since you saw it" in late.text
    assert referrals.profile_of(hub, person).state == "draft"
    assert post(visitor, form_to(late.text, "/list")).status_code == 200


def test_what_the_origin_added_is_marked_and_can_be_left_out(
    visitor: httpx.Client, consortium: Consortium
) -> None:
    person = referrals.consent(
        consortium.hub, consortium.members[0], groups=["skills", "stage", "endorsement"]
    )
    referrals.add(
        consortium.hub,
        person,
        {"stage_reached": "final-interview", "endorsement": "話を聞く力がありました。"},
    )
    preview = visitor.get(f"/c/{person.token}/preview").text
    assert preview.count("From the company that introduced you") == 2
    form = form_of(visitor, person)
    assert [value for name, value in form.fields if name == "kept"] == [
        "stage_reached",
        "endorsement",
    ]
    without = post(visitor, form, skills="Python", kept=["stage_reached"]).text
    assert "話を聞く力" not in without
    assert "Final interview" in without


def test_an_empty_profile_leads_back_to_the_form(visitor: httpx.Client, person: Candidate) -> None:
    page = visitor.get(f"/c/{person.token}/preview").text
    assert "Nothing would be shown yet." in page
    assert f"/c/{person.token}/form" in page


def test_after_a_withdrawal_form_and_preview_show_the_page(
    visitor: httpx.Client, person: Candidate, hub: Hub
) -> None:
    form = form_of(visitor, person)
    preview = form_to(fill_in(visitor, person).text, "/list")
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    for path in ("form", "preview", "list"):
        assert "You have withdrawn" in visitor.get(f"/c/{person.token}/{path}").text
    assert post(visitor, form, **FILLED).status_code == 403
    assert post(visitor, preview).status_code == 403


@pytest.mark.parametrize("path", ["form", "list"])
def test_a_form_without_its_key_is_refused(
    visitor: httpx.Client, person: Candidate, hub: Hub, path: str
) -> None:
    assert visitor.post(f"/c/{person.token}/{path}", data=FILLED).status_code in {409, 422}
    assert referrals.profile_of(hub, person).sealed_form is None


@pytest.mark.parametrize("path", ["form", "preview", "list"])
def test_an_unknown_link_leads_nowhere(
    visitor: httpx.Client, consortium: Consortium, path: str
) -> None:
    assert visitor.get(f"/c/{referrals.new_token()}/{path}").status_code == 404
