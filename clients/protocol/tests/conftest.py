"""The published vectors, and the tree as its definition has it, for the tests of the protocol."""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import settings

from relay_protocol import canonical, chain, merkle
from relay_protocol.attestation import Attestation, SignedAttestation, sign_jws
from relay_protocol.canonical import Value
from relay_protocol.entry import CLEAR_KINDS, Entry, Reveal
from relay_protocol.facts import Fact, Introduced, Started
from relay_protocol.note import ED25519, Checkpoint, SignerKey, sign_note
from relay_protocol.points import Book
from relay_protocol.proof import Proof
from relay_protocol.rules import DEMO, Adoption, Rules
from relay_protocol.settlement import Closing, settle
from tests.story.surroundings import plain_surroundings

# The machine that runs the tests may be busy: a slow example is no failure. The same examples
# each time: a failure can be seen again.
settings.register_profile("protocol", deadline=None, derandomize=True, database=None)
settings.load_profile("protocol")

TESTS = Path(__file__).parent


@pytest.fixture(scope="session", autouse=True)
def _surroundings() -> Iterator[None]:
    """Let the tests be the same wherever they run."""
    with plain_surroundings():
        yield


@pytest.fixture(scope="session")
def vectors() -> dict[str, str | list[str]]:
    """Return our copy of the published vectors: keys, notes and proofs made by other tools."""
    published: dict[str, str | list[str]] = json.loads(
        (TESTS / "vectors" / "ledger_vectors.json").read_text("utf-8")
    )
    return published


@pytest.fixture(scope="session")
def stated() -> dict[str, dict[str, Value]]:
    """Return one thing to say for every kind of fact: its `by`, `refs` and `body`."""
    facts: dict[str, dict[str, Value]] = json.loads(
        (TESTS / "vectors" / "facts.json").read_text("utf-8")
    )
    return facts


@pytest.fixture(scope="session")
def rfc_leaves() -> tuple[bytes, ...]:
    """Return the eight leaves that implementations of RFC 6962 are commonly tested with."""
    leaves = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")
    return tuple(map(bytes.fromhex, (*leaves, "606162636465666768696a6b6c6d6e6f")))


@pytest.fixture(scope="session")
def defined_root() -> Callable[[Sequence[bytes]], bytes]:
    """Return the Merkle tree hash over leaf hashes, as RFC 9162, section 2.1.1 defines it."""

    def root(leaves: Sequence[bytes]) -> bytes:
        if not leaves:
            return hashlib.sha256(b"").digest()
        if len(leaves) == 1:
            return leaves[0]
        half = 1
        while half * 2 < len(leaves):
            half *= 2
        return hashlib.sha256(b"\x01" + root(leaves[:half]) + root(leaves[half:])).digest()

    return root


@pytest.fixture(scope="session")
def demo_rules() -> Rules:
    """Return the demo's rules: ten points a slot, holds of 30 days, guarantees of 90."""
    return Rules.from_document(DEMO)


@pytest.fixture(scope="session")
def adoptions(demo_rules: Rules) -> tuple[Adoption, ...]:
    """Return the adoptions of a scheme that plays by the demo's rules from 2026 on."""
    return (Adoption(rules=demo_rules, valid_from=date(2026, 1, 1)),)


@pytest.fixture(scope="session")
def introduced(demo_rules: Rules) -> Callable[..., Introduced]:
    """Return a maker of introductions: of a referral, by an agency, at noon (UTC) of a day."""

    def make(referral: str, on: date, agency: str = "agency-x", **others: str) -> Introduced:
        return Introduced(
            id=others.get("id", f"int-of-{referral}-{on}"),
            referral=referral,
            origin=others.get("origin", "acme"),
            origin_group=others.get("origin_group", "1000000000001"),
            agency=agency,
            agency_group=others.get("agency_group", "2000000000002"),
            hirer_group=others.get("hirer_group", "3000000000003"),
            at=datetime.combine(on, time(12), UTC),
            rules=others.get("rules", demo_rules.version),
        )

    return make


@pytest.fixture(scope="session")
def started(demo_rules: Rules) -> Callable[..., Started]:
    """Return a maker of confirmed hires: that started on a day, confirmed at its noon (UTC)."""

    def make(hire: str, on: date, agency: str = "agency-x", **others: str) -> Started:
        return Started(
            hire=hire,
            referral=others.get("referral", f"referral-of-{hire}"),
            origin=others.get("origin", "acme"),
            origin_group=others.get("origin_group", "1000000000001"),
            agency=agency,
            agency_group=others.get("agency_group", "2000000000002"),
            hirer_group=others.get("hirer_group", "3000000000003"),
            on=on,
            confirmed_at=datetime.combine(on, time(12), UTC),
            rules=others.get("rules", demo_rules.version),
        )

    return make


@pytest.fixture
def close(adoptions: tuple[Adoption, ...]) -> Callable[..., Closing]:
    """Return settle() by the demo's rules, for the member acme, where nothing else is said."""

    def settled(
        period: str,
        opening: Book | Closing | None = None,
        facts: Sequence[Fact] = (),
        *,
        by: Sequence[Adoption] = adoptions,
        members: Sequence[str] = ("acme",),
    ) -> Closing:
        before = opening if isinstance(opening, Closing) else None
        book = opening if isinstance(opening, Book) else Book()
        return settle(
            before.book if before else book,
            facts,
            adoptions=by,
            period=period,
            members=members,
            salt=bytes(range(32)),
            previous=before.statement_digests() if before else {},
        )

    return settled


@pytest.fixture(scope="session")
def log_signer() -> SignerKey:
    """Return the key of a small ledger."""
    private_key = Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32)
    return SignerKey(name="exchange.example/ledger", kind=ED25519, private_key=private_key)


@pytest.fixture(scope="session")
def small_ledger(
    stated: dict[str, dict[str, Value]], log_signer: SignerKey
) -> dict[str, tuple[Proof, SignedAttestation]]:
    """Return the proofs of a ledger of three entries, with what was said, by its kind."""
    maker = Ed25519PrivateKey.from_private_bytes(bytes([2]) * 32)
    proofs: dict[str, tuple[bytes, Reveal | None, SignedAttestation]] = {}
    prev = chain.FIRST_PREV
    for seq, kind in enumerate(("org.cosigned", "claim.made", "claim.approved")):
        said = stated[kind]
        signed = sign_jws(
            Attestation(
                log=log_signer.name,
                id="A" * 21 + "AQgw"[seq],
                kind=kind,
                at=datetime(2026, 12, 1, 4, 5, 6, tzinfo=UTC),
                by=cast("str", said["by"]),
                refs=cast("dict[str, str]", said["refs"]),
                body=cast("dict[str, Value]", said["body"]),
            ),
            maker,
        )
        clear = kind in CLEAR_KINDS
        reveal = None if clear else Reveal(salt=bytes([seq]) * 32, signed=signed.wire)
        raw = Entry(
            seq=seq,
            prev=prev,
            day="2026-12-01",
            kind=kind,
            orgs=("sakura",),
            rules="2026-12-A",
            signed=cast("dict[str, Value]", canonical.decode(signed.wire)) if clear else None,
            commitment=None if reveal is None else reveal.commitment,
        ).encode()
        proofs[kind] = (raw, reveal, signed)
        prev = chain.link(raw)
    # Three leaves: their root is node(node(0, 1), 2).
    leaves = [merkle.leaf_hash(raw) for raw, _, _ in proofs.values()]
    pair = merkle.node_hash(leaves[0], leaves[1])
    paths = ((leaves[1], leaves[2]), (leaves[0], leaves[2]), (pair,))
    root = merkle.node_hash(pair, leaves[2])
    note = sign_note(Checkpoint(origin=log_signer.name, size=3, root=root).text(), log_signer)
    return {
        kind: (Proof(entry=raw, reveal=reveal, path=path, checkpoint=note), signed)
        for (kind, (raw, reveal, signed)), path in zip(proofs.items(), paths, strict=True)
    }


@pytest.fixture(scope="session")
def proof(small_ledger: dict[str, tuple[Proof, SignedAttestation]]) -> Proof:
    """Return the proof of an agency's claim, entry 1 of the small ledger."""
    return small_ledger["claim.made"][0]


@pytest.fixture(scope="session")
def told(small_ledger: dict[str, tuple[Proof, SignedAttestation]]) -> SignedAttestation:
    """Return what that agency has signed."""
    return small_ledger["claim.made"][1]


@pytest.fixture(scope="session")
def clear_proof(small_ledger: dict[str, tuple[Proof, SignedAttestation]]) -> Proof:
    """Return the proof of a cosignature, the clear entry 0 of the small ledger."""
    return small_ledger["org.cosigned"][0]
