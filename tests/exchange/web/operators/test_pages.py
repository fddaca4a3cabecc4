"""The office's page tells how the hub is, to the office alone."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from flask import Flask

from exchange.app import create_app
from exchange.hub import Hub, open_hub
from exchange.services import witnesses
from exchange.store import witnesses as rows
from relay_protocol import note
from tests.story import forms
from tests.story.portal import signed_in
from tests.story.scheme import OFFICE, Consortium, Organization
from tests.story.witnesses import OtherWitness

HOME = "/portal/office/"


@pytest.fixture
def office(consortium: Consortium) -> Organization:
    """Return the office with its key."""
    signing = consortium.hub.keyring.signing["operator"]
    return Organization(slug=OFFICE, role="operator", number="", signing=signing)


def browser(app: Flask, language: str = "en") -> httpx.Client:
    """Return a browser that keeps cookies and asks for a language."""
    return httpx.Client(
        transport=httpx.WSGITransport(app=app),
        base_url="http://localhost:8400",
        headers={"Accept-Language": language},
    )


def test_the_office_sees_ledger_queue_and_organizations(
    consortium: Consortium, app: Flask, office: Organization
) -> None:
    with browser(app) as http:
        signed_in(consortium.hub, office, http)
        consortium.hub.sequence()
        page = http.get(HOME)
        assert page.status_code == 200
        assert "Entries in the ledger" in page.text
        assert "18" in page.text  # the consortium's 17, and the passkey's registration
        for organization in (*consortium.members, *consortium.agencies):
            assert organization.slug in page.text


def test_the_page_speaks_japanese(consortium: Consortium, app: Flask, office: Organization) -> None:
    with browser(app, "ja") as http:
        signed_in(consortium.hub, office, http)
        page = http.get(HOME)
        for word in ("稼働状況", "台帳の記載", "参加企業", "有効"):
            assert word in page.text


def test_tables_that_may_be_wider_than_a_phone_are_scrolled_by_the_keyboard_too(
    consortium: Consortium, app: Flask, office: Organization
) -> None:
    with browser(app) as http:
        signed_in(consortium.hub, office, http)
        page = http.get(HOME).text
    named = re.findall(r'<div class="wide" tabindex="0" role="region" aria-label="(\w+)">', page)
    assert len(named) == page.count('class="wide"') > 0


def test_another_role_is_refused(consortium: Consortium, app: Flask) -> None:
    with browser(app) as http:
        signed_in(consortium.hub, consortium.agencies[0], http)
        assert http.get(HOME).status_code == 403


def test_who_is_not_signed_in_is_led_to_signing_in(app: Flask) -> None:
    with browser(app) as http:
        page = http.get(HOME)
        assert page.status_code in {303, 401}
        assert "Entries in the ledger" not in page.text


class TestAnAlarm:
    def test_is_shown_until_a_person_of_the_office_acknowledges_it(
        self, consortium: Consortium, app: Flask, office: Organization
    ) -> None:
        with consortium.hub.noting() as work:
            witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=None)
        with browser(app) as http:
            signed_in(consortium.hub, office, http)
            page = http.get(HOME).text
            assert "A witness contradicts this ledger" in page
            assert "w1 refused the checkpoint of 17 entries" in page
            answer = forms.send(http, forms.form_to(page, "/alarms/1/acknowledgement"))
            assert (answer.status_code, answer.headers["Location"]) == (303, HOME)
            assert "A witness contradicts" not in http.get(HOME).text
        with consortium.hub.reading() as work:
            (alarm,) = rows.alarms(work.session)
        assert alarm.acknowledged_at is not None
        assert alarm.acknowledged_by.startswith("usr_")

    def test_that_proves_names_the_command_that_writes_its_evidence(
        self, consortium: Consortium, app: Flask, office: Organization
    ) -> None:
        hub = consortium.hub
        with hub.noting() as work:
            witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=None)
            witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=forked(hub))
        with browser(app) as http:
            signed_in(hub, office, http)
            page = http.get(HOME).text
        assert "exchange ledger alarms --number 2 --out evidence.txt" in page
        assert "--number 1" not in page
        assert page.index("prove two histories") < page.index("has shown no checkpoint")

    def test_that_nobody_refused_says_that_a_checkpoint_was_brought(
        self, consortium: Consortium, app: Flask, office: Organization
    ) -> None:
        hub = consortium.hub
        with hub.noting() as work:
            witnesses.raise_alarm(work, witnesses.BROUGHT, status=409, size=17, theirs=forked(hub))
        with browser(app) as http:
            signed_in(hub, office, http)
            page = http.get(HOME).text
        assert "somebody brought a checkpoint of 17 entries" in page
        assert "brought refused" not in page

    def test_is_acknowledged_by_nobody_else(self, consortium: Consortium, app: Flask) -> None:
        with consortium.hub.noting() as work:
            witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=None)
        with browser(app) as http:
            signed_in(consortium.hub, consortium.auditor, http)
            answer = http.post(f"{HOME}alarms/1/acknowledgement")
            assert answer.status_code == 403
        with consortium.hub.reading() as work:
            assert len(rows.open_alarms(work.session)) == 1

    def test_speaks_japanese(
        self, consortium: Consortium, app: Flask, office: Organization
    ) -> None:
        with consortium.hub.noting() as work:
            witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=None)
        with browser(app, "ja") as http:
            signed_in(consortium.hub, office, http)
            assert "立会人の記録が、この台帳と食い違っています" in http.get(HOME).text


def forked(hub: Hub) -> bytes:
    """Return a checkpoint of another tree of 17 entries, signed by the log's own key."""
    signer = note.SignerKey(
        name=hub.scheme.origin, kind=note.ED25519, private_key=hub.keyring.signing["log"]
    )
    text = note.Checkpoint(origin=hub.scheme.origin, size=17, root=b"\x07" * 32).text()
    return note.sign_note(text, signer)


@pytest.mark.usefixtures("translated")
class TestItsWitnesses:
    """Three must cosign; two of them cannot, each in its own way."""

    @pytest.fixture
    def watched(self, consortium: Consortium, tmp_path: Path) -> Iterator[tuple[Hub, Flask]]:
        """Yield the hub with its witnesses, and its application."""
        vkey = consortium.hub.scheme.ledger_vkey
        three = [
            OtherWitness(name=name, origin=consortium.hub.scheme.origin, log_key=bytes(32))
            for name in ("w1", "w2", "w3")
        ]
        lines = [f"log {vkey}", *(one.policy_line for one in three)]
        path = tmp_path / "policy"
        path.write_text(
            "\n".join([*lines, "group all-of-them all w1 w2 w3", "quorum all-of-them\n"])
        )
        opened = open_hub(replace(consortium.hub.settings, policy=path))
        assert opened.policy is not None
        first, second, third = opened.policy.witnesses
        with opened.noting() as work:
            raw = three[0].cosignature("a\n").decode().removesuffix("\n")
            witnesses.keep(work, first, 17, (note.SignatureLine.parse(raw),))
            witnesses.note_failure(work, second, "late")
            witnesses.note_failure(work, third, "status-403")
        yield opened, create_app(opened)
        opened.close()

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            (
                "en",
                (
                    "Fewer witnesses than agreed have cosigned the last checkpoint",
                    "Has cosigned the last checkpoint",
                    "does not answer in time",
                    "answers with status 403",
                ),
            ),
            (
                "ja",
                (
                    "最後の要約署名に、必要な数の立会人の連署がありません",
                    "最後の要約署名に連署済み",
                    "時間内に応答がない",
                    "応答の状態コードが 403",
                ),
            ),
        ],
    )
    def test_are_told_one_by_one_and_a_missed_quorum_first(
        self,
        watched: tuple[Hub, Flask],
        office: Organization,
        language: str,
        said: tuple[str, ...],
    ) -> None:
        hub, app = watched
        with browser(app, language) as http:
            signed_in(hub, office, http)
            page = http.get(HOME).text
        places = [page.index(words) for words in said]
        assert places == sorted(places)

    def test_that_all_cosign_leave_nothing_to_tell(
        self, watched: tuple[Hub, Flask], office: Organization
    ) -> None:
        hub, app = watched
        assert hub.policy is not None
        with hub.noting() as work:
            for line in hub.policy.witnesses[1:]:
                raw = OtherWitness(name=line.name, origin="", log_key=b"").cosignature("a\n")
                signed = note.SignatureLine.parse(raw.decode().removesuffix("\n"))
                witnesses.keep(work, line, 17, (signed,))
        with browser(app) as http:
            signed_in(hub, office, http)
            page = http.get(HOME).text
        assert "Fewer witnesses than agreed" not in page
        assert "Quorum met" in page
