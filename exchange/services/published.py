"""What readers get as the ledger's checkpoint: the newest published one, with its cosignatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from exchange.store import witnesses as witness_rows
from relay_protocol import note
from relay_protocol.note import SignatureLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published checkpoint as it is served.

    Attributes:
        note: signed by the log, and cosigned by every witness that has answered so far.
    """

    size: int
    root: bytes
    note: bytes
    signed_at: datetime


def newest(session: Session) -> Published | None:
    """Return the newest published checkpoint, or None before the first."""
    found = witness_rows.published(session)
    if found is None:
        return None
    row, lines = found
    return Published(
        size=row.size,
        root=row.root,
        note=_joined(row.note, lines),
        signed_at=row.signed_at,
    )


def with_cosignatures(session: Session, size: int, signed: bytes) -> bytes:
    """Return a signed checkpoint of a size with the cosignatures that are held for it."""
    return _joined(signed, [row.line for row in witness_rows.cosignatures(session, size)])


def _joined(signed: bytes, lines: Sequence[str]) -> bytes:
    """Return a signed checkpoint with further signature lines at its end."""
    parsed = [SignatureLine.parse(line.removesuffix("\n")) for line in lines]
    return note.add_signatures(signed, parsed) if parsed else signed
