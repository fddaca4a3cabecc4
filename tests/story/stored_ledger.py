"""A hub's ledger of many entries, made in a moment: rows through the store, not act by act."""

from datetime import date

from sqlalchemy import insert

from exchange.hub import Hub
from exchange.services.ledger import stored_tiles
from exchange.store import ledger as rows
from relay_protocol import merkle, tiles

DAY = date(2026, 12, 1)
A_BATCH = 20_000


def lengthen(hub: Hub, size: int) -> int:
    """Let the ledger have that many entries, signed and published; return the published size.

    The further entries mean nothing, but their tree is true.
    """
    while True:
        with hub.noting() as work:
            start = rows.size(work.session)
            end = min(start + A_BATCH, size)
            if start >= end:
                break
            entries = [b'{"made":%d}' % seq for seq in range(start, end)]
            work.session.execute(
                insert(rows.EntryRow),
                [
                    {"seq": seq, "entry": entry, "day": DAY}
                    for seq, entry in enumerate(entries, start=start)
                ],
            )
            leaves = [merkle.leaf_hash(entry) for entry in entries]
            grown = tiles.grow(stored_tiles(work.session), start, leaves)
            work.session.execute(
                insert(rows.TileRow),
                [
                    {
                        "level": tile.level,
                        "index": tile.index,
                        "width": tile.width,
                        "hashes": hashes,
                    }
                    for tile, hashes in grown.items()
                ],
            )
    return hub.sequence()
