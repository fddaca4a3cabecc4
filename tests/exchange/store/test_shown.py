"""What names an organization is found bundle by bundle, and is the same that a full scan finds."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.hub import Hub
from exchange.store import appending, shown, transaction
from exchange.store import ledger as rows
from exchange.store.appending import Placed, Taken
from exchange.store.shown import BUNDLES_AT_ONCE, TOGETHER, ShownRow
from relay_protocol.entry import Entry

AT = datetime(2026, 12, 1, 4, 5, 6, tzinfo=UTC)
DAY = date(2026, 12, 1)
BUNDLE = 256
# A slug that is the end, or the beginning, of another one is still another one.
SLUGS = ("aozora", "aozora-2", "mirai", "zora")
KINDS = ("claim.made", "consent.given")

Line = tuple[int, tuple[str, ...], str, bool]
"""An entry's seq, whom it names, its kind, and whether its attestation is still held."""


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """Yield a session on an empty database."""
    engine = transaction.connect(database_url)
    with transaction.writing(transaction.sessions_of(engine)) as session:
        yield session
    engine.dispose()


def write(session: Session, lines: Sequence[Line]) -> None:
    """Append one batch of entries; attestations that are not held are erased already."""
    held = [line for line in lines if line[3]]
    appending.record(session, [taken(seq, orgs, kind) for seq, orgs, kind, _ in held])
    appending.append(
        session,
        [
            Placed(seq=seq, entry=b"%d" % seq, day=DAY, attestation_id=f"id-{seq}", orgs=orgs)
            for seq, orgs, _, _ in lines
        ],
    )


def taken(seq: int, orgs: tuple[str, ...], kind: str) -> Taken:
    """Return an attestation that names some organizations."""
    return Taken(
        id=f"id-{seq}",
        digest=b"digest",
        kind=kind,
        orgs=orgs,
        candidate_id=None,
        reveal=None,
        commitment=bytes(32),
        signed=None,
        rules="",
        day=DAY,
        at=AT,
    )


def forwards(
    session: Session, slug: str, *, after: int = -1, before: int = 2**53, limit: int = 10_000
) -> list[int | None]:
    """Return the numbers of what names an organization, in order."""
    found = shown.attestations_of(session, slug, after=after, before=before, limit=limit)
    return [row.seq for row in found]


def newest(
    session: Session,
    slug: str,
    *,
    without: Sequence[str] = (),
    before: int = 2**53,
    limit: int = 10_000,
) -> list[int | None]:
    """Return the numbers of what names an organization, the newest first."""
    found = shown.newest_of(session, slug, without=without, before=before, limit=limit)
    return [row.seq for row in found]


@st.composite
def ledgers(draw: st.DrawFn) -> list[list[Line]]:
    """Draw the batches of a ledger in which most bundles have few entries, at either end."""
    ends = st.tuples(st.integers(0, 40), st.sampled_from([0, 1, 100, 254, 255]))
    seqs = sorted(BUNDLE * bundle + at for bundle, at in draw(st.sets(ends, max_size=40)))
    orgs = st.sets(st.sampled_from(SLUGS), max_size=3).map(lambda names: tuple(sorted(names)))
    lines = [
        (seq, draw(orgs), draw(st.sampled_from(KINDS)), draw(st.integers(0, 4)) > 0) for seq in seqs
    ]
    cuts = sorted({0, len(lines), *draw(st.sets(st.integers(0, len(lines)), max_size=3))})
    return [lines[start:end] for start, end in pairwise(cuts)]


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    ledger=ledgers(),
    slug=st.sampled_from(SLUGS),
    after=st.integers(-1, 41 * BUNDLE),
    before=st.integers(0, 41 * BUNDLE),
    limit=st.integers(1, 12),
)
@example(ledger=[], slug="mirai", after=-1, before=0, limit=1)
def test_it_is_what_a_full_scan_finds_either_way_and_page_by_page(
    session: Session, ledger: list[list[Line]], slug: str, after: int, before: int, limit: int
) -> None:
    lines = [line for batch in ledger for line in batch]
    named = [(seq, kind) for seq, orgs, kind, held in lines if held and slug in orgs]
    between = [seq for seq, _ in named if after < seq < before]
    listed = [seq for seq, kind in named if seq < before and kind != "consent.given"][::-1]
    within = session.begin_nested()
    for batch in ledger:
        write(session, batch)

    assert forwards(session, slug, after=after, before=before) == between
    paged: list[int | None] = []
    page = forwards(session, slug, after=after, before=before, limit=limit)
    while page:
        assert len(page) <= limit
        paged += page
        page = forwards(session, slug, after=paged[-1] or 0, before=before, limit=limit)
    assert paged == between

    veiled = ("consent.given",)
    assert newest(session, slug, without=veiled, before=before) == listed
    paged = []
    page = newest(session, slug, without=veiled, before=before, limit=limit)
    while page:
        assert len(page) <= limit
        paged += page
        page = newest(session, slug, without=veiled, before=paged[-1] or 0, limit=limit)
    assert paged == listed
    within.rollback()


@pytest.mark.parametrize(
    "count", [TOGETHER - 1, TOGETHER, TOGETHER + 1, BUNDLES_AT_ONCE, BUNDLES_AT_ONCE + 1]
)
@pytest.mark.parametrize("apart", [1, 2])
def test_as_many_bundles_as_name_an_organization_are_gone_through(
    session: Session, count: int, apart: int
) -> None:
    seqs = [BUNDLE * apart * number + number % BUNDLE for number in range(count)]
    write(session, [(seq, ("mirai",), "claim.made", True) for seq in seqs])
    assert forwards(session, "mirai") == seqs
    assert newest(session, "mirai") == seqs[::-1]
    assert newest(session, "mirai", limit=count - 1) == seqs[:0:-1]


def test_a_bundle_that_names_nobody_of_that_name_is_not_looked_at(session: Session) -> None:
    write(session, [(seq, ("mirai",), "claim.made", True) for seq in (0, 255, 512)])
    write(session, [(300, ("zora",), "claim.made", True)])
    held = rows.attestation(session, "id-300")
    assert held is not None
    held.orgs = ["mirai"]
    session.flush()
    assert forwards(session, "mirai", limit=2) == [0, 255]
    # Only as a neighbour's entries may it be: from bundle 0 to bundle 2 there is a gap.
    assert forwards(session, "mirai") == [0, 255, 512]


def test_whatever_the_ledger_names_is_noted_once_for_each_bundle(hub: Hub) -> None:
    with hub.reading() as work:
        entries = list(rows.entries(work.session, 0, rows.size(work.session)))
        noted = [(row.slug, row.bundle) for row in work.session.scalars(select(ShownRow))]
    assert entries
    assert len(entries) < BUNDLE
    named = {slug for raw in entries for slug in Entry.decode(raw).orgs}
    assert sorted(noted) == sorted((slug, 0) for slug in named)
