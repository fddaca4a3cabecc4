"""Receipts between a real hub and the clients of a member, an agency and an auditor."""

import re
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from flask import Flask

from career_relay import receipts as receipt_room
from career_relay.assets import receipts
from career_relay.assets.receipts import Receipt
from career_relay.assets.store import open_store
from exchange.hub import Hub
from exchange.services import consents, subject_requests
from exchange.web.http import waiting
from relay_protocol.cli import main as relay_audit
from tests.story import clients, relays
from tests.story.clients import Client
from tests.story.relays import Candidate
from tests.story.scheme import Consortium, Organization
from tests.story.second_reader import check_receipt


def kept(client: Client) -> dict[str, Receipt]:
    """Return a client's receipts by their kinds."""
    with open_store(client.config.store) as store, store.reading() as rows:
        return {one.kind: one for one in receipts.every(rows)}


def states(client: Client) -> dict[str, str]:
    """Return how the receipts of a client stand, by their kinds."""
    listed = client.run("--json", "receipts", "list").document["receipts"]
    assert isinstance(listed, list)
    return {one["kind"]: one["state"] for one in listed}


def test_an_agencys_receipts_come_with_its_next_command(
    hub: Hub, sakura: Client, claimed: str
) -> None:
    assert claimed.startswith("clm_")
    assert states(sakura)["claim.made"] == "waiting"
    hub.sequence()
    sakura.json("agency", "vacancies")
    assert states(sakura) == {
        "org.admitted": "kept",
        "org.cosigned": "kept",
        "key.registered": "kept",
        "claim.made": "kept",
    }
    one = kept(sakura)["claim.made"]
    assert one.sent
    assert one.accepted_at is not None


def test_an_agency_keeps_what_the_hub_says_of_it_too(
    hub: Hub, sakura: Client, listed: Candidate, claimed: str
) -> None:
    relays.approve(hub, listed, claimed)
    hub.sequence()
    sakura.json("receipts", "collect")
    one = kept(sakura)["claim.approved"]
    assert (one.sent, states(sakura)["claim.approved"]) == (b"", "kept")


def test_a_member_keeps_what_it_has_sent_without_a_round(
    hub: Hub, mirai: Client, invited: Callable[..., object]
) -> None:
    invited(1)
    assert states(mirai) == {"referral.invited": "waiting"}
    hub.sequence()
    mirai.json("hires", "list")
    assert states(mirai) == {"referral.invited": "kept"}


def test_a_consent_that_came_before_a_receipt_was_fetched_is_not_missed(
    hub: Hub,
    mirai: Client,
    invited: Callable[..., object],
    says_yes: Callable[..., Candidate],
) -> None:
    referral = invited(1)
    says_yes(referral)
    invited(2)
    hub.sequence()
    # The later act's receipt is fetched first; the round still collects the consent before it.
    mirai.json("hires", "list")
    done = mirai.json("sync")
    assert done["consented"] == [referral.referral]  # type: ignore[attr-defined]


def test_a_command_waits_a_moment_for_the_receipt_of_what_it_does(
    hub: Hub,
    app: Flask,
    consortium: Consortium,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # However slow this machine is: the moment ends when the receipt is there.
    monkeypatch.setitem(receipt_room.complete.__kwdefaults__ or {}, "wait_s", 60)
    monkeypatch.setattr(waiting, "LONGEST_WAIT_S", 60)
    client = clients.client_of(hub, app, consortium.agencies[1], tmp_path / "patient")
    client.wire.is_patient = True
    stop = Event()

    def keep_sequencing() -> None:
        while not stop.is_set():
            if hub.written.wait(0.1):
                hub.written.clear()
                stop.wait(0.3)
                hub.sequence()

    worker = Thread(target=keep_sequencing)
    worker.start()
    following = str(client.folder / "following.pem")
    said = client.run("keys", "register", "--purpose", "sign", "--key", following)
    stop.set()
    worker.join(30)
    assert said.code == 0, said.err
    assert set(states(client).values()) == {"kept"}


def test_a_cosigner_keeps_the_receipt_of_what_shows_another(
    hub: Hub,
    consortium: Consortium,
    client_of: Callable[[Organization], Client],
    newcomer: Client,
) -> None:
    kansa = client_of(consortium.auditor)
    fingerprint = newcomer.fingerprint()
    kansa.json("cosign", "kita", "--fingerprint", fingerprint)
    hub.sequence()
    kansa.json("receipts", "collect")
    mine = [one for one in kept_all(kansa) if one.kind == "org.cosigned" and one.sent]
    assert [one.proof != "" for one in mine] == [True]


def kept_all(client: Client) -> list[Receipt]:
    """Return every receipt of a client."""
    with open_store(client.config.store) as store, store.reading() as rows:
        return list(receipts.every(rows))


def test_saved_files_are_checked_by_anybody(
    hub: Hub,
    sakura: Client,
    claimed: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert claimed
    hub.sequence()
    sakura.json("receipts", "collect")
    folder = tmp_path / "receipts"
    first = sakura.run("--lang", "en", "receipts", "save", str(folder))
    assert "4 receipts written" in first.out
    assert "relay-audit receipt FILE --vkey" in re.sub(r"\s+", " ", first.out)
    again = sakura.json("receipts", "save", str(folder))
    assert (again["written"], again["known"]) == ([], 4)
    for path in sorted(folder.iterdir()):
        assert path.stat().st_mode & 0o777 == 0o600
        said = check_receipt(path.read_bytes(), hub.scheme.ledger_vkey)
        assert path.name.endswith(f"-{said['kind']}-{said['id']}.tlog-proof")
        assert relay_audit(["receipt", str(path), "--vkey", hub.scheme.ledger_vkey]) == 0
    assert "claim.made" in capsys.readouterr().out


def test_a_receipt_that_never_comes_ends_commands_with_1(
    hub: Hub, sakura: Client, claimed: str
) -> None:
    assert claimed
    relays.wait(hub, days=1, minutes=1)
    said = sakura.run("--lang", "ja", "agency", "vacancies")
    assert said.code == 1
    assert "1日たっても届きません" in re.sub(r"\s+", "", said.err)
    assert "バックエンド" in said.out
    listed = sakura.run("--json", "receipts", "list")
    assert (listed.code, states(sakura)["claim.made"]) == (1, "late")
    hub.sequence()
    assert sakura.run("agency", "vacancies").code == 0
    assert states(sakura)["claim.made"] == "kept"


def test_after_an_erasure_a_receipt_that_cannot_come_is_no_alarm(
    hub: Hub, sakura: Client, listed: Candidate, claimed: str
) -> None:
    with hub.work() as work:
        consents.withdraw(work, listed.actor)
    with hub.work() as work:
        subject_requests.erase(work, listed.actor)
    hub.sequence()
    for telling in sakura.json("tellings")["tellings"]:  # type: ignore[attr-defined]
        assert telling["reference"] == claimed
        sakura.json("tellings", "--done", str(telling["number"]))
    relays.wait(hub, days=2)
    assert sakura.run("agency", "vacancies").code == 0
    assert "claim.made" not in states(sakura)
