"""The books: transfers, terms and resolutions between the rows and the rules of settlement."""

from collections.abc import Iterable, Mapping

from sqlalchemy.orm import Session

from exchange.store import hires as hire_rows
from exchange.store import points as rows
from exchange.store import referrals as referral_rows
from exchange.store.points import ResolutionRow, RunRow, TermRow, TransferFactRow, TransferRow
from relay_protocol import journal, records
from relay_protocol.canonical import Encodable
from relay_protocol.errors import PointsError
from relay_protocol.manifest import CloseDocuments
from relay_protocol.points import Book, Resolution, Term, Transfer


def book_of(session: Session) -> Book:
    """Return where everything stands: the fold of all that was ever written.

    Raises:
        PointsError: what is written breaks an invariant of the scheme.
    """
    return journal.fold(transfers_of(session), resolutions_of(session), terms_of(session))


def transfers_of(session: Session) -> list[Transfer]:
    """Return every transfer, in the order of period and id."""
    return [_transfer(row, fact) for row, fact in rows.transfers(session)]


def resolutions_of(session: Session) -> list[Resolution]:
    """Return what became of pending transfers."""
    return [records.resolution_from(_mapping(row.document)) for row in rows.resolutions(session)]


def terms_of(session: Session) -> list[Term]:
    """Return what may still be undone, by lot."""
    return [records.term_from(_mapping(row.document)) for row in rows.terms(session)]


def posted_by_period(session: Session) -> dict[str, list[Transfer]]:
    """Return the transfers that took effect in each period, whenever they were written."""
    posted_in = {
        one.transfer: one.period for one in resolutions_of(session) if one.outcome == "posted"
    }
    posted: dict[str, list[Transfer]] = {}
    for one in transfers_of(session):
        period = one.period if one.posts_on is None else posted_in.get(one.id)
        if period is not None:
            posted.setdefault(period, []).append(one)
    return posted


def write(session: Session, transfers: Iterable[Transfer]) -> None:
    """Write transfers; one that is written already, just so, is fine.

    Raises:
        PointsError: one is written already with other contents.
    """
    new = {one.id: one for one in transfers}
    for row, fact in rows.known_transfers(session, list(new)):
        if _transfer(row, fact) != new.pop(row.id):
            raise PointsError(f"the transfer {row.id} is written already, with other contents")
    facts = []
    for one in new.values():
        document = records.transfer_document(one)
        candidate_id = _candidate_behind(session, one.cause.fact)
        if candidate_id is not None:
            document["fact"] = ""
            facts.append(
                TransferFactRow(transfer_id=one.id, candidate_id=candidate_id, fact=one.cause.fact)
            )
        session.add(TransferRow(id=one.id, period=one.period, document=_json(document)))
    session.flush()
    session.add_all(facts)
    session.flush()


def resolve(session: Session, resolutions: Iterable[Resolution]) -> None:
    """Write what became of pending transfers."""
    for one in resolutions:
        document = _json(records.resolution_document(one))
        session.add(ResolutionRow(transfer_id=one.transfer, period=one.period, document=document))
    session.flush()


def keep_terms(session: Session, terms: Iterable[Term]) -> None:
    """Keep just these terms, each with the person whom it is about."""
    new = {term.lot: term for term in terms}
    old = {row.lot: row for row in rows.terms(session)}
    rows.forget_terms(session, old.keys() - new.keys())
    for lot in sorted(new):
        document = _json(records.term_document(new[lot]))
        if lot in old:
            old[lot].document = document
        else:
            candidate_id = _candidate_of(session, new[lot])
            session.add(TermRow(lot=lot, candidate_id=candidate_id, document=document))
    session.flush()


def close_documents_of(session: Session, run: RunRow) -> CloseDocuments:
    """Return what an auditor needs of one settled period."""
    return CloseDocuments(
        period=run.period,
        salt=run.salt,
        statements=tuple(row.statement for row in rows.statements_of_period(session, run.period)),
        netting=run.netting,
    )


def _transfer(row: TransferRow, fact: str | None) -> Transfer:
    """Return a transfer; one whose person is forgotten bears the cause of what was kept."""
    document = dict(_mapping(row.document))
    if not document["fact"]:
        document["fact"] = fact or document["lot"]
        if fact is None:
            document["leg"] = f"kept:{document['debit']}"
    return records.transfer_from(document)


def _candidate_behind(session: Session, fact: str) -> str | None:
    """Return whom a fact is about: an introduction's or hire's person, nobody behind any other."""
    if fact.startswith("int_"):
        introduction = session.get(hire_rows.IntroductionRow, fact)
        return None if introduction is None else introduction.candidate_id
    return hire_rows.candidate_of(session, fact) if fact.startswith("hir_") else None


def _candidate_of(session: Session, term: Term) -> str:
    """Return whom a term is about."""
    if term.kind == "hire":
        found = hire_rows.candidate_of(session, term.subject)
    else:
        referral = referral_rows.referral(session, term.subject)
        found = None if referral is None else referral.candidate_id
    if found is None:
        message = "a term is kept of somebody who is not held"
        raise LookupError(message)
    return found


def _mapping(document: object) -> Mapping[str, object]:
    """Return a stored document as the mapping that it is."""
    return document if isinstance(document, Mapping) else {}


def _json(document: Mapping[str, Encodable]) -> dict[str, bool | int | str | None]:
    """Return a document of plain values as a JSON column takes it."""
    return {
        name: value
        for name, value in document.items()
        if value is None or isinstance(value, bool | int | str)
    }
