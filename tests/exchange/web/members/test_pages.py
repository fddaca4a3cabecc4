"""The members' pages: what they hold, a hire confirmed with a passkey, and to whom they open."""

import re

import httpx
import pytest
from flask import Flask

from exchange.hub import Hub
from exchange.store.hires import HireRow
from tests.story import api, books, relays
from tests.story.portal import PortalPerson, signed_in
from tests.story.scheme import Consortium

HOME = "/portal/member/overview"
HIRES = "/portal/member/hires"
STATEMENTS = "/portal/member/statements"


@pytest.fixture
def hirer(consortium: Consortium, visitor: httpx.Client) -> PortalPerson:
    """Return a person of the second member, signed in and reading English."""
    return signed_in(consortium.hub, consortium.members[1], visitor)


def reported(consortium: Consortium) -> HireRow:
    _, introduced = books.introduce(consortium)
    return relays.start(consortium.hub, consortium.agencies[0], introduced)


def settled(hub: Hub, consortium: Consortium) -> str:
    """Settle a month in which ten points became a slot; return it."""
    books.begin(hub)
    books.introduce_ten(consortium)
    books.next_month(hub)
    month = books.this_month(hub)
    books.next_month(hub)
    books.settle(hub)
    return month


def confirm_in_portal(person: PortalPerson, hire: HireRow) -> httpx.Response:
    """Press the button beside a hire, and sign what the next page shows."""
    listed = person.http.get(HIRES).text
    token = listed.split('name="csrf_token" value="')[-1].split('"')[0]
    page = person.http.post(f"{HIRES}/{hire.id}/signature", data={"csrf_token": token})
    page.raise_for_status()
    return person.answer_passkey(page.text)


def test_before_any_close_the_overview_says_so(hirer: PortalPerson) -> None:
    page = hirer.http.get(HOME)

    assert page.status_code == 200
    assert "No month has been settled yet." in page.text
    assert "wait for your confirmation" not in page.text


def test_signing_in_leads_a_member_to_the_overview(hirer: PortalPerson) -> None:
    assert hirer.http.get("/portal/", follow_redirects=True).url.path == HOME


def test_the_overview_tells_slots_and_points(
    hub: Hub, consortium: Consortium, visitor: httpx.Client
) -> None:
    month = settled(hub, consortium)
    origin = signed_in(hub, consortium.members[0], visitor)

    page = origin.http.get(HOME).text

    assert "Free placements that you can use: 1." in page
    assert f"As of the close of {month}." in page
    assert "10 points become one free placement." in page
    assert "fewer than 3" in page  # nobody withdrew, and nobody learns that it was nobody


def test_a_reported_start_waits_and_is_confirmed_with_a_passkey(
    consortium: Consortium, hirer: PortalPerson
) -> None:
    hire = reported(consortium)
    assert "Reported hires that wait for your confirmation: 1." in hirer.http.get(HOME).text
    assert "Confirm the start" in hirer.http.get(HIRES).text

    after = confirm_in_portal(hirer, hire)

    assert after.status_code == 200
    assert "by your company" in after.text
    assert "Confirm the start" not in after.text


def test_a_hirer_is_offered_no_receipt_that_it_cannot_open(
    hub: Hub, consortium: Consortium, hirer: PortalPerson
) -> None:
    # The agency's report names the agency alone; the confirmation names both.
    hire = reported(consortium)
    hub.sequence()
    waiting = hirer.http.get(HIRES).text
    after = confirm_in_portal(hirer, hire)
    hub.sequence()
    assert "/portal/receipts/" in after.text
    for page in (waiting, after.text):
        for link in re.findall(r"/portal/receipts/[A-Za-z0-9_-]{22}", page):
            assert hirer.http.get(link).status_code == 200


def test_a_confirmed_start_is_not_confirmed_again(
    consortium: Consortium, hirer: PortalPerson
) -> None:
    hire = reported(consortium)
    relays.confirm(consortium.hub, consortium.members[1], hire)
    token = hirer.http.get(HIRES).text.split('name="csrf_token" value="')[-1].split('"')[0]

    page = hirer.http.post(f"{HIRES}/{hire.id}/signature", data={"csrf_token": token})

    assert page.status_code == 409


def test_another_members_hire_looks_absent(consortium: Consortium, visitor: httpx.Client) -> None:
    hire = reported(consortium)
    stranger = signed_in(consortium.hub, consortium.members[2], visitor)
    page = stranger.http.get(HIRES).text
    token = page.split('name="csrf_token" value="')[-1].split('"')[0]
    assert "No hire has been reported yet." in page

    for name in (hire.id, f"hir_{'0' * 26}"):
        answer = stranger.http.post(f"{HIRES}/{name}/signature", data={"csrf_token": token})
        assert answer.status_code == 404


def test_a_form_without_its_key_confirms_nothing(
    consortium: Consortium, hirer: PortalPerson
) -> None:
    hire = reported(consortium)

    assert hirer.http.post(f"{HIRES}/{hire.id}/signature").status_code == 403
    assert "Confirm the start" in hirer.http.get(HIRES).text


def test_statements_are_listed_and_each_is_shown_with_its_hash(
    hub: Hub, consortium: Consortium, visitor: httpx.Client
) -> None:
    month = settled(hub, consortium)
    origin = signed_in(hub, consortium.members[0], visitor)
    told = books.statement(hub, "mirai", month)

    assert f"{STATEMENTS}/{month}" in origin.http.get(STATEMENTS).text
    page = origin.http.get(f"{STATEMENTS}/{month}").text

    assert told.digest().hex() in page
    assert told.prev.hex() in page
    assert "+10" in page
    assert "−10" in page


def test_the_original_is_given_to_the_byte(
    hub: Hub, consortium: Consortium, visitor: httpx.Client
) -> None:
    month = settled(hub, consortium)
    origin = signed_in(hub, consortium.members[0], visitor)

    answer = origin.http.get(f"{STATEMENTS}/{month}/original")

    assert answer.content == books.statement(hub, "mirai", month).encode()
    assert f'filename="{month}-mirai.json"' in answer.headers["Content-Disposition"]


def test_a_month_never_settled_is_not_found(hirer: PortalPerson) -> None:
    assert hirer.http.get(f"{STATEMENTS}/1999-01").status_code == 404
    assert hirer.http.get(f"{STATEMENTS}/nonsense/original").status_code == 404


def test_the_pages_speak_japanese(hub: Hub, consortium: Consortium, app: Flask) -> None:
    month = settled(hub, consortium)
    with api.visitor(app, language="ja") as http:
        origin = signed_in(hub, consortium.members[0], http)
        assert "いま使える無償紹介枠は 1 枠です。" in origin.http.get(HOME).text
        assert "入社の報告はまだありません。" in origin.http.get(HIRES).text
        assert "枠明細書" in origin.http.get(STATEMENTS).text
        page = origin.http.get(f"{STATEMENTS}/{month}").text
        for word in ("前月繰越", "翌月繰越", "原本のSHA-256", "株式会社mirai"):
            assert word in page


@pytest.mark.parametrize("path", [HOME, HIRES, STATEMENTS])
def test_an_agency_is_refused_and_who_is_not_signed_in_too(
    consortium: Consortium, visitor: httpx.Client, path: str
) -> None:
    assert visitor.get(path).status_code in {303, 401}
    signed_in(consortium.hub, consortium.agencies[0], visitor)
    assert visitor.get(path).status_code == 403
