"""What readers get as the ledger's checkpoint: published, and with every cosignature held."""

from datetime import UTC, datetime

from exchange.hub import Hub
from exchange.services import published
from exchange.store import witnesses as rows
from relay_protocol import note
from tests.story.stored_ledger import lengthen
from tests.story.witnesses import OtherWitness

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def cosigned(hub: Hub, name: str, size: int) -> str:
    """Keep a cosignature of the served checkpoint, and return its line."""
    witness = OtherWitness(name=name, origin=hub.scheme.origin, log_key=bytes(32))
    with hub.noting() as work:
        newest = published.newest(work.session)
        assert newest is not None
        line = witness.cosignature(note.Note.parse(newest.note).text).decode()
        work.session.add(
            rows.CosignatureRow(
                size=size, witness=name, line=line, cosigned_at=NOW, received_at=NOW
            )
        )
    return line


def test_before_the_first_there_is_none(empty_hub: Hub) -> None:
    with empty_hub.reading() as work:
        assert published.newest(work.session) is None
    empty_hub.sign()
    with empty_hub.reading() as work:
        assert published.newest(work.session) is None
    empty_hub.publish()
    with empty_hub.reading() as work:
        assert published.newest(work.session) is not None


def test_it_carries_its_own_cosignatures_and_those_of_no_other_size(hub: Hub) -> None:
    lines = {cosigned(hub, name, 17) for name in ("w1", "w2")}
    cosigned(hub, "w3", 16)
    with hub.reading() as work:
        newest = published.newest(work.session)
    assert newest is not None
    assert newest.note.decode().endswith("".join(sorted(lines)))
    assert "\n— w3 " not in newest.note.decode()
    lengthen(hub, 18)
    with hub.reading() as work:
        newest = published.newest(work.session)
    assert newest is not None
    assert newest.size == 18
    assert "\n— w" not in newest.note.decode()
