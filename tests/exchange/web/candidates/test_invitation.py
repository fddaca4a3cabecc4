"""From the letter's link to a consent: three screens, "no" first, nothing by a mere look."""

import re
from collections.abc import Mapping
from datetime import timedelta

import httpx
import pytest

from exchange.hub import Hub
from exchange.services import permissions
from exchange.store import ledger as ledger_rows
from exchange.store import referrals as referral_rows
from tests.story import referrals
from tests.story.forms import Form, form_to, send
from tests.story.referrals import Candidate, Invited
from tests.story.scheme import Consortium

CHOSEN: Mapping[str, str | list[str]] = {"groups": ["skills", "experience"], "adult": "yes"}


def post(visitor: httpx.Client, form: Form, /, **typed: str | list[str]) -> httpx.Response:
    """Send a form as it is filled in."""
    return send(visitor, form, "", **typed)


def asking(visitor: httpx.Client, invited: Invited) -> Form:
    """Open the page of consent; return its form."""
    page = visitor.get(f"/i/{invited.token}/consent")
    assert page.status_code == 200
    return form_to(page.text, "/consent")


def own_link(page: httpx.Response) -> str:
    """Return the path of the candidate's link that a page shows."""
    found = re.search(r"/c/[A-Za-z0-9_-]{43}", page.text)
    assert found is not None
    return found[0]


def state_of(hub: Hub, invited: Invited) -> str:
    """Return where a referral stands."""
    with hub.reading() as work:
        row = referral_rows.referral(work.session, invited.referral)
        assert row is not None
        return row.state


def test_the_first_screen_tells_from_whom_and_has_no_before_yes(
    visitor: httpx.Client, invited: Invited
) -> None:
    page = visitor.get(f"/i/{invited.token}?lang=ja").text
    assert "株式会社miraiからのご案内です" in page
    assert "選考の結果は変わりません。" in page
    assert "saiyo@mirai.example.jp" in page
    assert 0 < page.index("希望しない") < page.index("内容を見て決める")
    assert "無償で人材紹介を受けられる枠を得ることがあります" in page


def test_the_first_screen_speaks_english_too(visitor: httpx.Client, invited: Invited) -> None:
    page = visitor.get(f"/i/{invited.token}").text
    assert "A note from mirai Inc." in page
    assert page.index("No, thank you") < page.index("Show me what it means")


def test_a_no_writes_nothing_and_leaves_the_link_as_it_was(
    visitor: httpx.Client, invited: Invited, hub: Hub
) -> None:
    with hub.reading() as work:
        before = ledger_rows.queue_length(work.session)
    page = visitor.get(f"/i/{invited.token}/no")
    assert "Nothing was recorded" in page.text
    with hub.reading() as work:
        assert ledger_rows.queue_length(work.session) == before
    assert state_of(hub, invited) == "invited"
    assert visitor.get(f"/i/{invited.token}").status_code == 200


def test_no_page_sets_a_cookie_holds_a_script_or_lets_the_link_leak(
    visitor: httpx.Client, invited: Invited
) -> None:
    for path in ("", "/no", "/consent", "/stop"):
        page = visitor.get(f"/i/{invited.token}{path}")
        assert "set-cookie" not in page.headers
        assert "<script" not in page.text
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "script-src" not in page.headers["Content-Security-Policy"]
        assert page.headers["Cache-Control"] == "no-store"
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page.text)


def test_nothing_is_switched_on_beforehand(visitor: httpx.Client, invited: Invited) -> None:
    form = asking(visitor, invited)
    assert {name for name, _ in form.fields} == {"form_key", "notice", "nonce", "companies"}


def test_the_page_of_consent_tells_what_a_candidate_must_know(
    visitor: httpx.Client, invited: Invited
) -> None:
    page = visitor.get(f"/i/{invited.token}/consent").text
    assert "The agencies (2) see what you switch on below" in page
    assert "13-ユ-000001" in page
    assert "sakura Inc." in page
    assert "office@example.jp" in page
    assert "Your consent lasts until" in page
    assert "2026-12-A" in page


def test_a_yes_shows_the_candidates_own_link_and_opens_it(
    visitor: httpx.Client, invited: Invited, hub: Hub
) -> None:
    answer = post(visitor, asking(visitor, invited), **CHOSEN, modules=["exception"])
    assert answer.status_code == 200
    link = own_link(answer)
    assert f"{hub.scheme.web_origin}{link}" in answer.text
    assert visitor.get(link).status_code == 200
    with hub.reading() as work:
        permission = permissions.require(work, invited.referral)
    assert permission.groups == ("skills", "experience")
    assert permission.modules == ("publish", "exception")


def test_a_form_that_is_sent_twice_shows_the_same_link(
    visitor: httpx.Client, invited: Invited
) -> None:
    form = asking(visitor, invited)
    assert own_link(post(visitor, form, **CHOSEN)) == own_link(post(visitor, form, **CHOSEN))


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"adult": "yes"}, "Choose at least one thing"),
        ({"groups": ["skills"]}, "18 years or older"),
        ({**CHOSEN, "companies": "1234567890123"}, "no corporate number"),
        ({**CHOSEN, "notice": "2020-01-A"}, "notice has changed"),
        ({**CHOSEN, "nonce": "short"}, "incomplete"),
    ],
)
def test_an_incomplete_answer_comes_back_with_what_to_mend(
    visitor: httpx.Client,
    invited: Invited,
    hub: Hub,
    typed: Mapping[str, str | list[str]],
    said: str,
) -> None:
    answer = post(visitor, asking(visitor, invited), **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert state_of(hub, invited) == "invited"


def test_what_was_filled_in_stands_in_the_form_that_comes_back(
    visitor: httpx.Client, invited: Invited
) -> None:
    typed: Mapping[str, str | list[str]] = {
        "groups": ["skills", "summary"],
        "modules": ["outcome"],
        "companies": "みらい販売",
    }
    answer = post(visitor, asking(visitor, invited), **typed)
    form = form_to(answer.text, "/consent")
    assert [value for name, value in form.fields if name == "groups"] == ["skills", "summary"]
    assert form.value("modules") == "outcome"
    assert form.value("companies") == "みらい販売"
    again = post(visitor, form, adult="yes")
    assert again.status_code == 200


@pytest.mark.parametrize("key", ["", "x" * 43])
def test_a_form_that_this_page_did_not_give_out_is_refused(
    visitor: httpx.Client, invited: Invited, hub: Hub, key: str
) -> None:
    answer = post(visitor, asking(visitor, invited), **CHOSEN, form_key=key)
    assert answer.status_code == 422
    assert "open for too long" in answer.text
    assert state_of(hub, invited) == "invited"


def test_a_form_of_another_link_is_refused(
    visitor: httpx.Client, invited: Invited, consortium: Consortium
) -> None:
    other = referrals.invite(consortium.hub, consortium.members[1])
    theirs = asking(visitor, other).value("form_key")
    assert post(visitor, asking(visitor, invited), **CHOSEN, form_key=theirs).status_code == 422


def test_a_form_is_taken_for_an_hour_and_not_for_a_day(
    visitor: httpx.Client, invited: Invited, hub: Hub
) -> None:
    form = asking(visitor, invited)
    referrals.move_clock(hub, timedelta(hours=24))
    stale = post(visitor, form, **CHOSEN)
    assert stale.status_code == 422
    assert post(visitor, form_to(stale.text, "/consent"), **CHOSEN).status_code == 200


def test_a_form_that_another_site_made_the_browser_send_is_refused(
    visitor: httpx.Client, invited: Invited, hub: Hub
) -> None:
    form = asking(visitor, invited)
    crossed = visitor.post(
        form.action, data=form.filled(**CHOSEN), headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert crossed.status_code == 422
    assert state_of(hub, invited) == "invited"
    own = visitor.post(
        form.action, data=form.filled(**CHOSEN), headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert own.status_code == 200


@pytest.mark.parametrize("path", ["", "/no", "/consent"])
def test_an_unknown_link_and_a_malformed_one_lead_nowhere(
    visitor: httpx.Client, consortium: Consortium, path: str
) -> None:
    assert visitor.get(f"/i/{referrals.new_token()}{path}").status_code == 404
    assert visitor.get(f"/i/short{path}").status_code == 404


def test_an_invitation_that_has_run_out_says_so(
    visitor: httpx.Client, invited: Invited, hub: Hub
) -> None:
    form = asking(visitor, invited)
    referrals.move_clock(hub, timedelta(days=62))
    for path in ("", "/consent"):
        page = visitor.get(f"/i/{invited.token}{path}")
        assert page.status_code == 410
        assert "has run out" in page.text
    assert post(visitor, form, **CHOSEN).status_code in {410, 422}


def test_an_answered_link_tells_no_more_than_that_and_can_stop_everything(
    visitor: httpx.Client, person: Candidate, hub: Hub
) -> None:
    page = visitor.get(f"/i/{person.invited.token}")
    assert page.status_code == 200
    assert "was answered" in page.text
    assert person.token not in page.text
    form = form_to(page.text, "/stop")
    unsure = post(visitor, form)
    assert unsure.status_code == 422
    assert state_of(hub, person.invited) == "consented"
    done = post(visitor, form, sure="yes")
    assert "Everything is stopped" in done.text
    assert state_of(hub, person.invited) == "withdrawn"


def test_a_late_answer_sees_that_the_link_was_answered(
    visitor: httpx.Client, invited: Invited
) -> None:
    first, second = asking(visitor, invited), asking(visitor, invited)
    post(visitor, first, **CHOSEN)
    late = post(visitor, second, **CHOSEN)
    assert "was answered" in late.text
    assert not re.search(r"/c/[A-Za-z0-9_-]{43}", late.text)


def test_looking_changes_nothing_however_often(
    visitor: httpx.Client, invited: Invited, hub: Hub
) -> None:
    with hub.reading() as work:
        before = ledger_rows.queue_length(work.session)
    for path in ("", "/no", "/consent", "/stop", ""):
        visitor.get(f"/i/{invited.token}{path}")
        visitor.head(f"/i/{invited.token}{path}")
    with hub.reading() as work:
        assert ledger_rows.queue_length(work.session) == before
    assert state_of(hub, invited) == "invited"


def test_a_chosen_language_goes_with_the_reader(visitor: httpx.Client, invited: Invited) -> None:
    page = visitor.get(f"/i/{invited.token}?lang=ja").text
    assert f'href="/i/{invited.token}/consent?lang=ja"' in page
    form = form_to(visitor.get(f"/i/{invited.token}/consent?lang=ja").text, "/consent")
    assert "ありがとうございます" in post(visitor, form, **CHOSEN).text
