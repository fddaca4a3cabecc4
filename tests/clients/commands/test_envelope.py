"""Envelopes opened on the agency's own machine."""

import json
from collections.abc import Callable
from pathlib import Path

from career_relay import keys
from exchange.hub import Hub
from tests.story import relays
from tests.story.clients import Client, the_one
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Client]

IDENTITY = {
    "name": "夢原 空太1",
    "kana": "ユメハラ ソラタ1",
    "email": "yumehara1@example.jp",
    "phone": "090-0000-0001",
}


def test_an_envelope_opens_on_the_agencys_machine_after_its_provenance_is_confirmed(
    sakura: Client, envelope: str
) -> None:
    listed = the_one(sakura.json("envelope", "list"), "envelopes")
    assert (listed["id"], listed["opened"]) == (envelope, False)
    said = sakura.run("--json", "envelope", "open", envelope, answer="y\n")
    assert said.code == 0
    assert "株式会社mirai" in said.err
    assert json.loads(said.out)["identity"] == IDENTITY
    (reception,) = sakura.receptions()
    assert (reception.origin, reception.person) == ("mirai", IDENTITY["name"])
    assert the_one(sakura.json("envelope", "list"), "envelopes")["opened"] is True


def test_without_a_yes_it_stays_closed(sakura: Client, envelope: str) -> None:
    said = sakura.run("envelope", "open", envelope, answer="n\n")
    assert said.code == 1
    assert "夢原" not in said.out + said.err
    assert sakura.receptions() == []
    assert the_one(sakura.json("envelope", "list"), "envelopes")["opened"] is False


def test_it_opens_again_without_a_second_receipt(sakura: Client, envelope: str) -> None:
    for _ in range(2):
        said = sakura.json("envelope", "open", envelope, "--confirm-provenance")
        assert said["identity"] == IDENTITY
    posted = [request for request in sakura.wire.requests if request.url.path.endswith("/receipt")]
    assert len(posted) == 1
    assert len(sakura.receptions()) == 1


def test_an_identity_goes_into_a_file_that_its_owner_alone_can_read(
    sakura: Client, envelope: str
) -> None:
    out = sakura.folder / "candidate.json"
    said = sakura.run("envelope", "open", envelope, "--confirm-provenance", "--out", str(out))
    assert said.code == 0
    assert "夢原" not in said.out
    assert json.loads(out.read_text(encoding="utf-8")) == IDENTITY
    assert out.stat().st_mode & 0o777 == 0o600
    again = sakura.run("envelope", "open", envelope, "--confirm-provenance", "--out", str(out))
    assert again.code == 1


def test_another_agency_sees_no_envelope(
    consortium: Consortium,
    client_of: ClientOf,
    envelope: str,
) -> None:
    hayabusa = client_of(consortium.agencies[1])
    assert hayabusa.json("envelope", "list") == {"envelopes": []}
    assert hayabusa.run("envelope", "open", envelope, "--confirm-provenance").code == 1


def test_with_another_key_it_does_not_open_and_no_receipt_is_given(
    sakura: Client, envelope: str
) -> None:
    seal = sakura.folder / "seal.pem"
    seal.unlink()
    keys.keep(keys.draw("seal"), seal)
    said = sakura.run("envelope", "open", envelope, "--confirm-provenance")
    assert said.code == 1
    assert "not sealed to the key" in " ".join(said.err.split())
    assert the_one(sakura.json("envelope", "list"), "envelopes")["opened"] is False


def test_a_week_later_the_hub_has_it_no_more(hub: Hub, sakura: Client, envelope: str) -> None:
    relays.wait(hub, days=8)
    said = sakura.run("envelope", "open", envelope, "--confirm-provenance")
    assert said.code == 1


def test_the_private_key_never_leaves(sakura: Client, envelope: str) -> None:
    sakura.json("envelope", "open", envelope, "--confirm-provenance")
    sent = sakura.wire.bytes_sent()
    for name in ("seal.pem", "sign.pem"):
        body = Path(sakura.folder / name).read_text(encoding="ascii").splitlines()[1:-1]
        assert all(line.encode() not in sent for line in body)
