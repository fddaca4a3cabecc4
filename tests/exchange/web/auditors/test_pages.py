"""The auditor's page tells what there is to check, and how, to auditors alone."""

import httpx
import pytest
from flask import Flask

from exchange.cli.audit import new_pack
from exchange.services import audits
from exchange.services.ledger import Fact
from exchange.store import points as point_rows
from tests.story import books, relays
from tests.story.portal import signed_in
from tests.story.scheme import Consortium

HOME = "/portal/audit/"


def browser(app: Flask, language: str = "en") -> httpx.Client:
    return httpx.Client(
        transport=httpx.WSGITransport(app=app),
        base_url="http://localhost:8400",
        headers={"Accept-Language": language},
    )


def settle(consortium: Consortium) -> str:
    relays.wait(consortium.hub, days=32)
    books.settle(consortium.hub)
    with consortium.hub.reading() as work:
        newest = point_rows.newest_run(work.session)
    assert newest is not None
    return newest.period


def sign(consortium: Consortium, period: str) -> None:
    hub = consortium.hub
    with hub.reading() as work:
        run = point_rows.run(work.session, period)
    assert run is not None
    fact = Fact(
        kind="period.audited",
        refs={"settled": str(run.attestation_id)},
        body={"period": period, "verdict": "sound"},
    )
    signed = consortium.auditor.sign(hub, fact)
    with hub.work() as work:
        audits.take(work, consortium.auditor.actor, signed)


def test_the_auditor_sees_ledger_pack_and_how_to_check(consortium: Consortium, app: Flask) -> None:
    made = new_pack(consortium.hub, "kansa")
    with browser(app) as http:
        signed_in(consortium.hub, consortium.auditor, http)
        page = http.get(HOME)
    assert page.status_code == 200
    assert consortium.hub.scheme.ledger_vkey in page.text.replace("&#43;", "+")
    assert f"of {made.cut} entries" in page.text
    assert "relay-audit verify http://localhost:8400 " in page.text
    assert "--slug kansa " in page.text
    assert "No month has been settled yet." in page.text


def test_each_settled_month_tells_whether_it_was_signed(consortium: Consortium, app: Flask) -> None:
    period = settle(consortium)
    with browser(app) as http:
        signed_in(consortium.hub, consortium.auditor, http)
        before = http.get(HOME).text
        sign(consortium, period)
        after = http.get(HOME).text
    assert f"--sign {period}" in before
    assert "signed as sound" not in before
    assert "signed as sound" in after


def test_without_a_pack_the_page_says_whom_to_ask(consortium: Consortium, app: Flask) -> None:
    with browser(app) as http:
        signed_in(consortium.hub, consortium.auditor, http)
        assert "ask the office for one" in http.get(HOME).text


def test_the_page_speaks_japanese(consortium: Consortium, app: Flask) -> None:
    with browser(app, "ja") as http:
        signed_in(consortium.hub, consortium.auditor, http)
        page = http.get(HOME).text
    for word in ("監査", "台帳の鍵", "最新の開示片の束", "ご自身で確かめる方法"):
        assert word in page


def test_it_is_where_an_auditors_work_begins(consortium: Consortium, app: Flask) -> None:
    with browser(app) as http:
        signed_in(consortium.hub, consortium.auditor, http)
        assert http.get("/portal/").headers["Location"] == HOME


@pytest.mark.parametrize("role", ["members", "agencies"])
def test_another_role_is_refused(consortium: Consortium, app: Flask, role: str) -> None:
    with browser(app) as http:
        signed_in(consortium.hub, getattr(consortium, role)[0], http)
        assert http.get(HOME).status_code == 403


def test_who_is_not_signed_in_is_led_to_signing_in(app: Flask) -> None:
    with browser(app) as http:
        assert http.get(HOME).status_code in {303, 401}
