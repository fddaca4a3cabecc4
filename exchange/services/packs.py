"""What auditors are told: how many reveals are closed; and the pack of those that are not."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Final

from exchange.domain.errors import NotFoundError
from exchange.services import ledger
from exchange.services.ledger import Fact
from exchange.services.work import Work, local_day
from exchange.store import audits as rows
from exchange.store import ledger as ledger_rows
from exchange.store.audits import PackRow
from relay_protocol.attestation import SignedAttestation
from relay_protocol.entry import Entry

CLOSED: Final = "reveals.closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """One time that the hub has said how many reveals were closed since the time before."""

    day: date
    count: int


def close_reveals(work: Work) -> int:
    """Attest how many reveals were closed since it was said last; return that number.

    An entry is closed when it only commits to an attestation that nobody holds any more.
    """
    size = ledger_rows.size(work.session)
    closed = size - ledger_rows.held_count(work.session, before=size)
    newly = closed - sum(one.count for one in stated_counts(work))
    ledger.attest_as_hub(work, Fact(kind=CLOSED, body={"count": newly}))
    return newly


def close_day(work: Work) -> int:
    """Attest, once a day, what was closed on the days before; return how many there were."""
    rows.forget_packs(work.session, before=local_day(work))
    stated = list(stated_counts(work))
    if stated and stated[-1].day >= local_day(work):
        return 0
    size = ledger_rows.size(work.session)
    closed = size - ledger_rows.held_count(work.session, before=size)
    return close_reveals(work) if closed > sum(one.count for one in stated) else 0


def latest(work: Work, slug: str) -> PackRow:
    """Return the newest pack of an auditor.

    Raises:
        NotFoundError: there is none, or its last day is over.
    """
    row = rows.pack(work.session, slug)
    if row is None or row.until < local_day(work):
        raise _no_pack()
    return row


def size_of(work: Work, pack: PackRow) -> int:
    """Return how many bytes the file of a pack has."""
    return len(pack.sealed) + rows.parts_size(work.session, pack.making or "")


def lines(reading: Callable[[], AbstractContextManager[Work]], pack: PackRow) -> Iterator[bytes]:
    """Yield the lines of a pack's file, each in a transaction of its own.

    Args:
        reading: opens a transaction.
        pack: what latest() gave.

    Raises:
        NotFoundError: the pack was withdrawn, or another took its place.
    """
    yield pack.sealed
    for number in count(1):
        with reading() as work:
            kept = rows.pack(work.session, pack.slug)
            if kept is None or kept.making != pack.making:
                raise _no_pack()
            line = rows.part_line(work.session, kept.making or "", number)
        if line is None:
            return
        yield line


def stated_counts(work: Work, before: int | None = None) -> Iterator[Stated]:
    """Give what the hub has said of closed reveals, oldest first.

    Args:
        before: only what stands before a place of the ledger; else also what waits for its place.
    """
    end = ledger_rows.size(work.session) if before is None else before
    held = ledger_rows.attestations_of_kinds(
        work.session, (CLOSED,), after=-1, before=end, limit=end
    )
    for row in held:
        entry = ledger_rows.entry(work.session, row.seq or 0)
        if entry is not None:
            signed = Entry.decode(entry.entry).signed_bytes or b""
            yield Stated(day=entry.day, count=_count(signed))
    if before is None:
        for _, queued in ledger_rows.waiting_of_kinds(work.session, (CLOSED,)):
            yield Stated(day=queued.day, count=_count(queued.signed or b""))


def _no_pack() -> NotFoundError:
    return NotFoundError(
        "There is no pack for you at present.",
        mend="Ask the office for one: it runs `exchange audit-pack`.",
        detail_ja="いま受け取れる開示片の束はありません。",
        mend_ja="事務局に `exchange audit-pack` の実行を依頼してください。",
    )


def _count(signed: bytes) -> int:
    """Return the number that an attestation of closed reveals states."""
    stated = SignedAttestation(wire=signed).attestation.body["count"]
    return stated if isinstance(stated, int) else 0
