"""True things that somebody wrote of one small ledger: what parsers must read, and tests damage."""

import json
from datetime import UTC, datetime
from functools import cache

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relay_protocol import (
    canonical,
    contents,
    envelope,
    jwk,
    note,
    pack,
)
from relay_protocol.attestation import SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.forks import Side
from relay_protocol.note import Checkpoint, SignerKey, VerifierKey
from relay_protocol.policy import LogLine, Policy, WitnessLine
from relay_protocol.watching import Alarm, Watched
from tests.rogue import RogueHub, busy, first_of
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import AGENCY, AUDITOR, HIRER, LOG, sealing_key, signing_key

KEY = sealing_key(AUDITOR)
"""Opens the pack."""
WITNESS = SignerKey(name="witness.example/w1", kind=note.COSIGNATURE, private_key=signing_key("w1"))


@cache
def hub() -> RogueHub:
    """Return a small ledger with a settled month."""
    opened = RogueHub.opened()
    busy(opened)
    HandBooks(ledger=opened).settle("2026-12")
    return opened


@cache
def other() -> RogueHub:
    """Return another history of it."""
    forked = hub().fork()
    forked.edit(20, orgs=(HIRER, AGENCY))
    return forked


def place_of(kind: str) -> int:
    """Return where the first entry of a kind stands."""
    return first_of(hub().entries, kind)


def log_key() -> VerifierKey:
    """Return the log's key."""
    return hub().log_key.verifier


def checkpoint() -> Checkpoint:
    """Return what the log commits to."""
    return Checkpoint(origin=LOG, size=hub().size, root=hub().tree.root(hub().size))


def cosignature() -> bytes:
    """Return a witness's line."""
    return note.cosign(checkpoint(), WITNESS, time_s=1_800_000_000).encode().encode()


def policy() -> Policy:
    """Return a policy of one witness."""
    return Policy(
        logs=(LogLine(vkey=log_key(), url="https://hub.example/ledger/"),),
        witnesses=(WitnessLine(name="w1", vkey=WITNESS.verifier, url="https://w1.example/"),),
        quorum="w1",
    )


def side_of(of: RogueHub) -> Side:
    """Return a history as a side of a fork."""
    stated = Checkpoint(origin=LOG, size=of.size, root=of.tree.root(of.size))
    return Side(note=of.checkpoint(), checkpoint=stated, node=of.tree.node)


def by_passkey() -> SignedAttestation:
    """Return an act that a person has signed."""
    claim = hub().said(place_of("claim.made")).attestation
    return hub().sign_by_passkey(
        hub().sign("claim.ended", AGENCY, refs=claim.refs, body={"reason": "filled"})
    )


def held() -> pack.Pack:
    """Return the pack of all reveals."""
    return hub().pack()


def pack_lines() -> list[bytes]:
    """Return the lines of a sealed pack."""
    return pack.seal_pack(held(), KEY.public_key()).splitlines(keepends=True)


def register() -> bytes:
    """Return a page of the directory, as the hub gives it to anybody."""
    public = [hub().prove(seq).document() for seq in (0, 1, 2)]
    return json.dumps({"items": public, "next": None}).encode()


def watched() -> bytes:
    """Return what a watch remembers, an alarm too."""
    alarm = Alarm(
        code="two-histories",
        detail="here",
        since=datetime(2026, 12, 1, tzinfo=UTC),
        kept=hub().checkpoint(),
        other=other().checkpoint(),
    )
    return Watched(log=LOG, notes=(hub().checkpoint(),), alarms=(alarm,)).encode()


def pem(of: object) -> bytes:
    """Return the file of a key: one to sign with, or the auditor's for packs."""
    key = signing_key(AUDITOR) if of == "sign" else KEY
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def document_of(raw: bytes) -> Value:
    """Return the value of canonical bytes."""
    return canonical.decode(raw, limit_bytes=contents.MAX_BYTES)


def kid() -> str:
    """Return the name of KEY."""
    return jwk.kid_of(KEY.public_key())


def sealed_envelope() -> Value:
    """Return an envelope that KEY opens."""
    return envelope.seal_envelope(
        {"name": "夢原 空太", "email": "yumehara@example.jp"},
        {kid(): KEY.public_key()},
        claim=f"clm_{'0' * 26}",
        approval="A" * 22,
        agency=AGENCY,
    )


def kept() -> Value:
    """Return the body of what was kept of a gain."""
    moved = hub().said(place_of("points.moved")).attestation.body
    lots = moved["lots"]
    assert isinstance(lots, list)
    assert isinstance(lots[0], dict)
    return {
        "agency": AGENCY,
        "commodity": moved["commodity"],
        "count": 1,
        "credit": moved["credit"],
        "debit": moved["debit"],
        "due": "2027-01-01",
        "expires": "2027-12-31",
        "lot": lots[0]["lot"],
    }
