"""The published vectors, and the tree as its definition has it, for the tests of the protocol."""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from hypothesis import settings

from relay_protocol.canonical import Value
from relay_protocol.facts import Fact, Introduced, Started
from relay_protocol.points import Book
from relay_protocol.rules import DEMO, Adoption, Rules
from relay_protocol.settlement import Closing, settle

# The machine that runs the tests may be busy: a slow example is no failure. The same examples
# each time: a failure can be seen again.
settings.register_profile("protocol", deadline=None, derandomize=True, database=None)
settings.load_profile("protocol")

TESTS = Path(__file__).parent


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
