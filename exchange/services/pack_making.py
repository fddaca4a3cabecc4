"""A pack of reveals made part by part, so that the largest ledger needs no more memory."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_hex
from typing import Final

from exchange.domain.errors import ForbiddenError, NotFoundError, StepRefusedError
from exchange.services import books, ledger, published
from exchange.services.intake import REVEAL, person_key
from exchange.services.ledger import Fact
from exchange.services.packs import stated_counts
from exchange.services.work import Work, local_day
from exchange.store import audits as rows
from exchange.store import candidates as candidate_rows
from exchange.store import ledger as ledger_rows
from exchange.store import organizations as organization_rows
from exchange.store import points as point_rows
from exchange.store.audits import PackDraftRow, PackPartRow, PackRow
from exchange.vault.person_keys import PersonKey
from relay_protocol import contents, sealed
from relay_protocol.encoding import b64url_encode
from relay_protocol.jwk import to_p256_key
from relay_protocol.manifest import (
    REVEALS_A_PART,
    CloseDocuments,
    Listed,
    Manifest,
    closed_runs,
)
from relay_protocol.sealed import Cover

USABLE_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """The making of one pack, which goes on from transaction to transaction.

    Attributes:
        slug: the auditor's.
        id: drawn for this making alone.
    """

    slug: str
    id: str


def begin(work: Work, slug: str, since: int = 0) -> Making:
    """Begin the newest pack of an auditor, cut at the newest checkpoint.

    The caller has let close_reveals() be entered under that checkpoint. What another making
    for the same auditor has left is forgotten.

    Args:
        slug: the auditor's.
        since: the entry from which on the pack holds reveals.

    Raises:
        NotFoundError: there is no such organization, or no checkpoint yet.
        ForbiddenError: the organization is no auditor.
        StepRefusedError: the auditor has registered no key for reveals, or the ledger is
            shorter than that.
    """
    kid = _reveal_key(work, slug)
    checkpoint = published.newest(work.session)
    if checkpoint is None:
        raise NotFoundError(
            "the ledger has no checkpoint yet", detail_ja="台帳には、まだ要約署名がありません。"
        )
    if since > checkpoint.size:
        raise StepRefusedError(
            f"the ledger has {checkpoint.size} entries so far",
            field="since",
            mend="give the size of the ledger at your last audit",
            detail_ja=f"台帳の記載は、いまのところ {checkpoint.size} 件です。",
            mend_ja="前回の監査のときの件数を指定してください。",
        )
    rows.forget_draft(work.session, slug)
    making = Making(slug=slug, id=token_hex(16))
    work.session.add(
        PackDraftRow(
            slug=slug,
            making=making.id,
            kid=kid,
            first=since,
            cut=checkpoint.size,
            checkpoint=checkpoint.note,
            until=local_day(work) + USABLE_FOR,
        )
    )
    work.session.flush()
    return making


def add_reveals(work: Work, making: Making, after: int) -> int | None:
    """Add the next part with reveals, and return the last entry that it opens.

    Args:
        making: what begin() gave.
        after: the last entry of the part before; -1 for none.

    Returns:
        The entry; None where there is nothing left to add, or the making was withdrawn.
    """
    drafted = rows.draft_now(work.session, making.slug, making.id)
    if drafted is None:
        return None
    reveals = next(contents.gather(_reveals(work, max(after, drafted.first - 1), drafted.cut)), [])
    # Nobody of these goes until the commit. Whoever is being erased withdraws the making first.
    locked = rows.draft(work.session, making.slug, making.id)
    if locked is None or not reveals:
        return None
    raw = contents.encode_reveals(reveals)
    _add(work, locked, raw, contents.list_reveals(reveals, raw))
    return reveals[-1][0]


def finish(work: Work, making: Making) -> PackRow | None:
    """Add the documents of settled months and the manifest, attest it, and hand the pack out.

    Returns:
        The pack; None where somebody was erased since close_reveals(), which must come again.
    """
    drafted = rows.draft(work.session, making.slug, making.id)
    if drafted is None:
        return None
    closed = tuple(closed_runs(rows.held_numbers(work.session, before=drafted.cut), drafted.cut))
    said = sum(one.count for one in stated_counts(work, before=drafted.cut))
    if said != sum(last - first + 1 for first, last in closed):
        return None
    for raw in contents.encode_documents(_closes(work, drafted)):
        _add(work, drafted, raw, None)
    listed = list(rows.parts(work.session, making.id))
    manifest = Manifest(
        log=work.scheme.origin,
        auditor=making.slug,
        first=drafted.first,
        cut=drafted.cut,
        until=drafted.until.isoformat(),
        checkpoint=drafted.checkpoint,
        closed=closed,
        parts=tuple(
            Listed(first=first, last=last, count=count, digest=digest)
            for first, last, count, digest in listed
            if first is not None and last is not None
        ),
        documents=tuple(digest for first, _, _, digest in listed if first is None),
    )
    return _hand_out(work, drafted, manifest)


def _hand_out(work: Work, drafted: PackDraftRow, manifest: Manifest) -> PackRow:
    """Attest a manifest, and let its pack take the place of the one before."""
    slug, raw = drafted.slug, manifest.encode()
    digest = hashlib.sha256(raw).digest()
    body = {"digest": b64url_encode(digest), "until": manifest.until}
    recorded = ledger.attest_as_hub(work, Fact(kind="pack.made", body=dict(body)), orgs=(slug,))
    row = PackRow(
        slug=slug,
        first=drafted.first,
        cut=drafted.cut,
        digest=digest,
        sealed=_seal(work, drafted, raw, 0),
        attestation_id=recorded.id,
        until=drafted.until,
        made_at=work.now,
        making=drafted.making,
    )
    kept = work.session.merge(row)
    work.session.flush()
    rows.forget_draft(work.session, slug)
    return kept


def _add(work: Work, drafted: PackDraftRow, raw: bytes, listed: Listed | None) -> None:
    """Seal the next part of a pack, and write it."""
    number = rows.last_part(work.session, drafted.making)[0] + 1
    rows.add_part(
        work.session,
        PackPartRow(
            making=drafted.making,
            number=number,
            first=None if listed is None else listed.first,
            last=None if listed is None else listed.last,
            count=0 if listed is None else listed.count,
            digest=hashlib.sha256(raw).digest(),
            sealed=_seal(work, drafted, raw, number),
        ),
    )


def _seal(work: Work, drafted: PackDraftRow, raw: bytes, number: int) -> bytes:
    """Return a line of the pack's file, sealed to the auditor's key."""
    key = organization_rows.key(work.session, drafted.kid)
    if key is None:
        message = "the auditor's key is gone"
        raise LookupError(message)
    public = to_p256_key(key.jwk)
    cover = Cover.of(
        public,
        log=work.scheme.origin,
        auditor=drafted.slug,
        until=drafted.until.isoformat(),
    )
    return sealed.seal(raw, public, cover, number)


def _reveals(work: Work, after: int, cut: int) -> Iterator[tuple[int, bytes]]:
    """Yield what opens the next entries, nobody of whom goes until the commit."""
    window = {"after": after, "before": cut, "limit": REVEALS_A_PART}
    seen = rows.held_reveals(work.session, **window)
    people = sorted({row.candidate_id for row in seen if row.candidate_id is not None})
    candidate_rows.lock_all(work.session, people)
    # One key opens all that a person has in a part: it is unwrapped once.
    keys: dict[str, PersonKey] = {}
    for row in rows.held_reveals(work.session, **window):
        person = row.candidate_id
        if row.seq is None or row.reveal is None:
            continue
        if person is None:
            yield row.seq, row.reveal
            continue
        if person not in keys:
            keys[person] = person_key(work, person)
        yield row.seq, keys[person].open(row.reveal, REVEAL)


def _closes(work: Work, drafted: PackDraftRow) -> Iterator[CloseDocuments]:
    """Yield the documents of the months that were settled within what the pack covers."""
    for run in point_rows.runs(work.session):
        attested = ledger_rows.attestation(work.session, run.attestation_id or "")
        seq = None if attested is None else attested.seq
        if seq is not None and drafted.first <= seq < drafted.cut:
            yield books.close_documents_of(work.session, run)


def _reveal_key(work: Work, slug: str) -> str:
    """Return the name of the newest key to which an auditor's packs are sealed."""
    organization = organization_rows.organization(work.session, slug)
    if organization is None:
        raise NotFoundError(
            "there is no such organization", field="for", detail_ja="その組織はありません。"
        )
    if organization.role != "auditor":
        raise ForbiddenError(
            "packs are for auditors only",
            field="for",
            detail_ja="開示片の束は、監査人だけが受け取れます。",
        )
    keys = organization_rows.keys(work.session, slug, purpose="reveal")
    if not keys:
        raise StepRefusedError(
            "the auditor has registered no key for reveals",
            field="for",
            mend="let the auditor run `relay keys register`",
            detail_ja="監査人が、開示片を受け取る鍵を登録していません。",
            mend_ja="監査人に `relay keys register` の実行を依頼してください。",
        )
    return keys[-1].name
