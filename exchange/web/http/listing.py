"""Listings of the API that go by id: which page is asked for, and what is answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from exchange.web.http.paging import listed, page
from exchange.web.http.wiring import cursors

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ById:
    """One page of a listing, for one reader.

    Attributes:
        after: only rows with a greater id; "" for the first page.
        limit: how many rows the page has at most.
    """

    listing: str
    reader: str
    after: str
    limit: int

    @property
    def fetch(self) -> int:
        """How many rows the store is asked for: one more tells whether another page follows."""
        return self.limit + 1

    def answer(
        self,
        rows: Sequence[Row],
        *,
        name: Callable[[Row], str],
        show: Callable[[Row], Mapping[str, object]],
    ) -> dict[str, object]:
        """Return the page as it is answered.

        Args:
            rows: as the store gave them for `fetch`.
            name: the id of a row.
            show: what is answered of a row.
        """
        shown, last = page(rows, self.limit)
        following = (
            None
            if last is None
            else cursors().issue((name(last),), listing=self.listing, reader=self.reader)
        )
        return listed([show(row) for row in shown], following)


def by_id(query: Mapping[str, object], *, listing: str, reader: str) -> ById:
    """Return which page a query asks for.

    Args:
        query: what shapes.ListQuery has read.
        listing: the listing's name.
        reader: slug of who reads.

    Raises:
        BadInputError: the cursor is none of this listing, or another's.
    """
    cursor = str(query["cursor"])
    after = cursors().open(cursor, listing=listing, reader=reader)[0] if cursor else ""
    return ById(listing=listing, reader=reader, after=str(after), limit=int(str(query["limit"])))
