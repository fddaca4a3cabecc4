"""What auditors get: how many reveals are closed, and packs of those that are not."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from exchange.domain.errors import ForbiddenError, NotFoundError, StepRefusedError
from exchange.services import books, ledger
from exchange.services.ledger import Fact
from exchange.services.work import Work, local_day
from exchange.store import audits as rows
from exchange.store import candidates as candidate_rows
from exchange.store import ledger as ledger_rows
from exchange.store import organizations as organization_rows
from exchange.store.audits import PackRow
from exchange.store.ledger import AttestationRow
from relay_protocol.attestation import SignedAttestation
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Entry
from relay_protocol.jwk import to_p256_key
from relay_protocol.pack import Pack, seal_pack

USABLE_FOR: Final = timedelta(days=7)
CLOSED: Final = "reveals.closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stated:
    """One time that the hub has said how many reveals were closed since the time before."""

    day: date
    count: int


def close_reveals(work: Work) -> int:
    """Attest how many reveals were closed since it was said last; return that number.

    An entry is closed when it only commits to an attestation that nobody holds any more.
    """
    size = ledger_rows.size(work.session)
    closed = size - ledger_rows.held_count(work.session, before=size)
    count = closed - sum(one.count for one in _stated(work))
    ledger.attest_as_hub(work, Fact(kind=CLOSED, body={"count": count}))
    return count


def close_day(work: Work) -> int:
    """Attest, once a day, what was closed on the days before; return how many there were."""
    rows.forget_packs(work.session, before=local_day(work))
    stated = list(_stated(work))
    if stated and stated[-1].day >= local_day(work):
        return 0
    size = ledger_rows.size(work.session)
    closed = size - ledger_rows.held_count(work.session, before=size)
    return close_reveals(work) if closed > sum(one.count for one in stated) else 0


def make(work: Work, slug: str) -> PackRow | None:
    """Make the newest pack of an auditor, cut at the newest checkpoint, and attest it.

    The caller has let close_reveals() be entered under that checkpoint.

    Returns:
        The pack; None where somebody was erased since close_reveals(), which must come again.

    Raises:
        NotFoundError: there is no such organization, or no checkpoint yet.
        ForbiddenError: the organization is no auditor.
        StepRefusedError: the auditor has registered no key for reveals.
    """
    kid = _reveal_key(work, slug)
    key = organization_rows.key(work.session, kid)
    checkpoint = ledger_rows.checkpoint(work.session)
    if checkpoint is None or key is None:
        raise NotFoundError("the ledger has no checkpoint yet")
    cut = checkpoint.size
    held = _held_still(work, cut)
    if cut - len(held) != sum(one.count for one in _stated(work, before=cut)):
        return None
    until = local_day(work) + USABLE_FOR
    pack = Pack(
        log=work.scheme.origin,
        auditor=slug,
        cut=cut,
        until=until.isoformat(),
        checkpoint=checkpoint.note,
        reveals={
            row.seq: reveal.encode()
            for row in held
            if row.seq is not None and (reveal := ledger.reveal_of(work, row)) is not None
        },
        closes=books.close_documents(work.session),
    )
    body = {"digest": b64url_encode(pack.digest()), "until": until.isoformat()}
    recorded = ledger.attest_as_hub(work, Fact(kind="pack.made", body=dict(body)), orgs=(slug,))
    row = PackRow(
        slug=slug,
        cut=cut,
        digest=pack.digest(),
        sealed=seal_pack(pack, to_p256_key(key.jwk)),
        attestation_id=recorded.id,
        until=until,
        made_at=work.now,
    )
    kept = work.session.merge(row)
    work.session.flush()
    return kept


def latest(work: Work, slug: str) -> PackRow:
    """Return the newest pack of an auditor.

    Raises:
        NotFoundError: there is none, or its last day is over.
    """
    row = rows.pack(work.session, slug)
    if row is None or row.until < local_day(work):
        raise NotFoundError(
            "There is no pack for you at present.",
            mend="Ask the office for one: it runs `exchange audit-pack`.",
            detail_ja="いま受け取れる開示片の束はありません。",
            mend_ja="事務局に `exchange audit-pack` の実行を依頼してください。",
        )
    return row


def _reveal_key(work: Work, slug: str) -> str:
    """Return the name of the newest key to which an auditor's packs are sealed."""
    organization = organization_rows.organization(work.session, slug)
    if organization is None:
        raise NotFoundError("there is no such organization", field="for")
    if organization.role != "auditor":
        raise ForbiddenError("packs are for auditors only", field="for")
    keys = organization_rows.keys(work.session, slug, purpose="reveal")
    if not keys:
        raise StepRefusedError(
            "the auditor has registered no key for reveals",
            field="for",
            mend="let the auditor run `relay keys register`",
        )
    return keys[-1].name


def _held_still(work: Work, cut: int) -> Sequence[AttestationRow]:
    """Return the attestations that are held before a cut, nobody of whom goes until the commit."""
    seen = ledger_rows.held(work.session, before=cut)
    people = sorted({row.candidate_id for row in seen if row.candidate_id is not None})
    candidate_rows.lock_all(work.session, people)
    return ledger_rows.held(work.session, before=cut)


def _stated(work: Work, before: int | None = None) -> Iterator[_Stated]:
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
            yield _Stated(day=entry.day, count=_count(signed))
    if before is None:
        for _, queued in ledger_rows.waiting_of_kinds(work.session, (CLOSED,)):
            yield _Stated(day=queued.day, count=_count(queued.signed or b""))


def _count(signed: bytes) -> int:
    """Return the number that an attestation of closed reveals states."""
    count = SignedAttestation(wire=signed).attestation.body["count"]
    return count if isinstance(count, int) else 0
