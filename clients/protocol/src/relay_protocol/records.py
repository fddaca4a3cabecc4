"""Documents of transfers, resolutions and terms, for whoever keeps a book from close to close."""

from collections.abc import Callable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final, Literal, TypeVar, get_args

from relay_protocol.canonical import Encodable
from relay_protocol.errors import PointsError
from relay_protocol.points import (
    Account,
    Because,
    Cause,
    Outcome,
    Reason,
    Resolution,
    Term,
    Transfer,
)

Choice = TypeVar("Choice", bound=str)
Record = TypeVar("Record", Transfer, Resolution, Term)


def _choices(kind: tuple[Choice, ...]) -> Mapping[str, Choice]:
    """Return the codes of a closed list by their own text."""
    return MappingProxyType({str(code): code for code in kind})


_REASONS: Final[Mapping[str, Reason]] = _choices(get_args(Reason))
_OUTCOMES: Final[Mapping[str, Outcome]] = _choices(get_args(Outcome))
_BECAUSE: Final[Mapping[str, Because]] = _choices(get_args(Because))
_KINDS: Final[Mapping[str, Literal["referral", "hire"]]] = _choices(("referral", "hire"))


def transfer_document(transfer: Transfer) -> dict[str, Encodable]:
    """Return the document that transfer_from() reads back."""
    return {
        "agency": transfer.agency,
        "belongs_to": transfer.belongs_to,
        **_cause_document(transfer.cause),
        "count": transfer.count,
        "credit": str(transfer.credit),
        "debit": str(transfer.debit),
        "expires_on": transfer.expires_on.isoformat(),
        "id": transfer.id,
        "lot": transfer.lot,
        "period": transfer.period,
        "posts_on": transfer.posts_on.isoformat() if transfer.posts_on else None,
        "reason": transfer.reason,
    }


def transfer_from(document: Mapping[str, object]) -> Transfer:
    """Return the transfer that a document states.

    Raises:
        PointsError: it lacks a part, has one more, or states no transfer of the scheme.
    """
    return _read(document, _transfer, transfer_document)


def resolution_document(resolution: Resolution) -> dict[str, Encodable]:
    """Return the document that resolution_from() reads back."""
    return {
        "because": resolution.because,
        "outcome": resolution.outcome,
        "period": resolution.period,
        "transfer": resolution.transfer,
    }


def resolution_from(document: Mapping[str, object]) -> Resolution:
    """Return the resolution that a document states.

    Raises:
        PointsError: it lacks a part, has one more, or states no resolution.
    """
    return _read(document, _resolution, resolution_document)


def term_document(term: Term) -> dict[str, Encodable]:
    """Return the document that term_from() reads back."""
    return {
        "agency": term.agency,
        "began_on": term.began_on.isoformat(),
        **_cause_document(term.cause),
        "count": term.count,
        "ends_on": term.ends_on.isoformat(),
        "expires_on": term.expires_on.isoformat(),
        "kind": term.kind,
        "lot": term.lot,
        "member": term.member,
        "subject": term.subject,
        "undone": term.undone,
    }


def term_from(document: Mapping[str, object]) -> Term:
    """Return the term that a document states.

    Raises:
        PointsError: it lacks a part, has one more, or states no term.
    """
    return _read(document, _term, term_document)


def _read(
    document: Mapping[str, object],
    parse: Callable[[Mapping[str, object]], Record],
    write: Callable[[Record], Mapping[str, object]],
) -> Record:
    """Return what a document states, if it is just the one that would be written of it."""
    try:
        record = parse(document)
    except (KeyError, ValueError) as error:
        raise PointsError("a record lacks a part, or has another in its place") from error
    if write(record) != document:
        raise PointsError("a record has more than its parts, or is written in another way")
    return record


def _transfer(document: Mapping[str, object]) -> Transfer:
    """Return the transfer of a document whose form is not checked yet."""
    posts_on = document["posts_on"]
    return Transfer(
        id=_text(document, "id"),
        cause=_cause(document),
        debit=Account.parse(_text(document, "debit")),
        credit=Account.parse(_text(document, "credit")),
        count=_count(document),
        reason=_REASONS[_text(document, "reason")],
        lot=_text(document, "lot"),
        agency=_text(document, "agency"),
        expires_on=_day(document, "expires_on"),
        posts_on=None if posts_on is None else _day(document, "posts_on"),
        period=_text(document, "period"),
        belongs_to=_text(document, "belongs_to"),
    )


def _resolution(document: Mapping[str, object]) -> Resolution:
    """Return the resolution of a document whose form is not checked yet."""
    return Resolution(
        transfer=_text(document, "transfer"),
        outcome=_OUTCOMES[_text(document, "outcome")],
        because=_BECAUSE[_text(document, "because")],
        period=_text(document, "period"),
    )


def _term(document: Mapping[str, object]) -> Term:
    """Return the term of a document whose form is not checked yet."""
    undone = document["undone"]
    if not isinstance(undone, bool):
        raise PointsError("undone: neither true nor false")
    return Term(
        lot=_text(document, "lot"),
        kind=_KINDS[_text(document, "kind")],
        subject=_text(document, "subject"),
        member=_text(document, "member"),
        agency=_text(document, "agency"),
        cause=_cause(document),
        count=_count(document),
        began_on=_day(document, "began_on"),
        ends_on=_day(document, "ends_on"),
        expires_on=_day(document, "expires_on"),
        undone=undone,
    )


def _cause_document(cause: Cause) -> dict[str, Encodable]:
    """Return the parts of a document that name a cause."""
    return {"fact": cause.fact, "leg": cause.leg, "rules": cause.rules}


def _cause(document: Mapping[str, object]) -> Cause:
    """Return the cause that a document names."""
    return Cause(
        rules=_text(document, "rules"), fact=_text(document, "fact"), leg=_text(document, "leg")
    )


def _text(document: Mapping[str, object], part: str) -> str:
    """Return a part that is a text."""
    value = document[part]
    if not isinstance(value, str):
        raise PointsError(f"{part}: not a text")
    return value


def _day(document: Mapping[str, object], part: str) -> date:
    """Return a part that is a day, `YYYY-MM-DD`."""
    return date.fromisoformat(_text(document, part))


def _count(document: Mapping[str, object]) -> int:
    """Return the part that says how many."""
    value = document["count"]
    if type(value) is not int:
        raise PointsError("count: not a whole number")
    return value
