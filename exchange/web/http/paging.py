"""Lists that come in pages, and the cursors that lead from one page to the next."""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeAlias, TypeVar

from exchange.domain.errors import BadInputError
from relay_protocol import canonical
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.errors import ProtocolError

DEFAULT_LIMIT: Final = 100
LARGEST_LIMIT: Final = 1000
TAG_BYTES: Final = 16

Position: TypeAlias = tuple[str | int, ...]
"""Where a page ends: the sort values of its last row."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursors:
    """Makes cursors that nobody can read a meaning into or write by hand."""

    secret: bytes

    def issue(self, position: Position, *, listing: str, reader: str) -> str:
        """Return the cursor of the page after a position.

        Args:
            position: sort values of the last row given out.
            listing: name of the listing; the cursor serves there only.
            reader: who reads; the cursor serves them only.
        """
        body = canonical.encode(list(position))
        return b64url_encode(self._tag(body, listing, reader) + body)

    def open(self, cursor: str, *, listing: str, reader: str) -> Position:
        """Return the position of a cursor.

        Raises:
            BadInputError: this exchange gave out no such cursor for this listing and reader.
        """
        try:
            raw = b64url_decode(cursor)
            body = raw[TAG_BYTES:]
            if not hmac.compare_digest(raw[:TAG_BYTES], self._tag(body, listing, reader)):
                raise _foreign()
            values = canonical.decode(body)
        except (ProtocolError, UnicodeEncodeError) as error:
            raise _foreign() from error
        if not isinstance(values, Sequence) or isinstance(values, str):
            raise _foreign()
        return tuple(value for value in values if isinstance(value, str | int))

    def _tag(self, body: bytes, listing: str, reader: str) -> bytes:
        message = b"\x00".join((b"career-relay/cursor/v1", listing.encode(), reader.encode(), body))
        return hmac.digest(self.secret, message, sha256)[:TAG_BYTES]


def page(rows: Sequence[Row], limit: int) -> tuple[Sequence[Row], Row | None]:
    """Return the rows of one page, and its last row when another page follows.

    Args:
        rows: up to limit + 1 rows, as the store was asked for.
        limit: how many rows a page has.
    """
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], rows[limit - 1]


def listed(items: Sequence[Mapping[str, object]], following: str | None) -> dict[str, object]:
    """Return a page as it is answered: {"items": [...], "next": cursor or null}."""
    return {"items": list(items), "next": following}


def _foreign() -> BadInputError:
    return BadInputError(
        "This cursor is none of this listing.",
        field="cursor",
        mend="Begin again without a cursor.",
        detail_ja="この一覧のカーソルではありません。",
        mend_ja="カーソルなしで、最初から取得してください。",
    )
