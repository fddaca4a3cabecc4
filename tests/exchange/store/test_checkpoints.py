"""Rows of publication, and the partial tiles that may go."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.hub import Hub
from exchange.store import checkpoints as rows
from exchange.store.ledger import TileRow


def widths(session: Session) -> list[tuple[int, int]]:
    """Return index and width of every tile of level 3."""
    query = select(TileRow.index, TileRow.width).where(TileRow.level == 3)
    return [(index, width) for index, width in session.execute(query)]


@pytest.mark.parametrize(
    ("first", "beyond", "left"),
    [
        (5, 6, {(4, 17), (4, 256), (5, 256), (6, 17)}),
        (4, 7, {(4, 256), (5, 256), (6, 17)}),
        (5, 5, {(4, 17), (4, 256), (5, 17), (5, 256), (6, 17)}),
    ],
)
def test_parts_go_within_the_range_and_only_where_the_whole_stands(
    hub: Hub, first: int, beyond: int, left: set[tuple[int, int]]
) -> None:
    with hub.noting() as work:
        for index, width in ((4, 17), (4, 256), (5, 17), (5, 256), (6, 17)):
            work.session.add(TileRow(level=3, index=index, width=width, hashes=b""))
        work.session.flush()
        rows.prune_parts(work.session, 3, first, beyond)
        assert set(widths(work.session)) == left


def test_published_is_what_was_said_to_be(hub: Hub) -> None:
    with hub.noting() as work:
        newest = rows.published(work.session)
        assert newest is not None
        assert newest.size == rows.published_size(work.session) == 17
        publication = rows.publication(work.session, 17)
        assert publication is not None
        assert publication.is_quorate
        assert rows.publication(work.session, 16) is None
        assert rows.checkpoint_of(work.session, 16) is None
