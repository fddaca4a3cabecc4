"""What the log commits to: signed once a size, and never behind what was published."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from exchange.hub import Hub
from exchange.services import checkpoints, key_rotation, ledger, published
from exchange.services.checkpoints import GuardLostError, OlderDatabaseError
from exchange.services.ledger import Fact
from exchange.store import ledger as rows
from exchange.vault import keyring
from relay_protocol import ids, note, tiles
from tests.story.stored_ledger import lengthen


def declined(number: int) -> Fact:
    """Return a fact of the hub's own."""
    return Fact(
        kind="claim.declined", refs={"claim": ids.new_id("clm", number.to_bytes(16, "big"))}
    )


def queue(hub: Hub, count: int) -> list[str]:
    """Attest that many facts; return the attestations' ids in order."""
    with hub.work() as work:
        return [ledger.attest_as_hub(work, declined(n)).id for n in range(count)]


def test_an_idle_ledger_is_not_signed_again(hub: Hub) -> None:
    size = hub.sequence()
    with hub.reading() as work:
        first = rows.checkpoint(work.session)
    assert hub.sequence() == size
    with hub.reading() as work:
        again = rows.checkpoint(work.session)
    assert first is not None
    assert again is not None
    assert (again.note, again.signed_at) == (first.note, first.signed_at)


def test_the_last_checkpoint_is_kept_outside_the_database_too(hub: Hub) -> None:
    queue(hub, 1)
    hub.sequence()
    with hub.reading() as work:
        newest = rows.checkpoint(work.session)
    assert newest is not None
    assert hub.published.read_bytes() == newest.note


def test_a_restored_older_database_refuses_to_sign(hub: Hub) -> None:
    queue(hub, 2)
    hub.sequence()
    # The database keeps what it has; what was published elsewhere is further.
    with hub.reading() as work:
        newest = rows.checkpoint(work.session)
        assert newest is not None
        ahead = sign(hub, newest.size + 1, newest.root)
    hub.published.write_bytes(ahead)
    with pytest.raises(OlderDatabaseError, match="older database"):
        hub.sequence()


def test_a_database_with_another_history_refuses_to_sign(hub: Hub) -> None:
    queue(hub, 2)
    size = hub.sequence()
    hub.published.write_bytes(sign(hub, size - 1, b"\x07" * 32))
    queue(hub, 1)
    with pytest.raises(OlderDatabaseError, match="another root"):
        hub.sequence()
    with hub.reading() as work:
        newest = rows.checkpoint(work.session)
        assert newest is not None
        assert newest.size == size


def test_a_database_that_is_not_the_one_it_has_signed_refuses_to_sign(hub: Hub) -> None:
    size = hub.sequence()
    queue(hub, 1)
    hub.drain()
    root = b"\x07" * 32
    with hub.noting() as work:
        # Signed and never published: the file outside the database knows nothing of it.
        row = rows.CheckpointRow(
            size=size + 1, root=root, note=sign(hub, size + 1, root), signed_at=work.now
        )
        work.session.add(row)
    queue(hub, 1)
    with pytest.raises(OlderDatabaseError, match=r"the signed checkpoint of 18 .* another root"):
        hub.sequence()


def test_a_checkpoint_stored_but_not_published_is_published_at_the_next_turn(hub: Hub) -> None:
    before = hub.publish()
    queue(hub, 1)
    hub.sign()
    with hub.reading() as work:
        assert checkpoints.signed_and_published(work.session) == (before + 1, before)
        served = published.newest(work.session)
    assert served is not None
    assert served.size == before
    assert hub.publish() == before + 1
    with hub.reading() as work:
        served = published.newest(work.session)
    assert served is not None
    assert hub.published.read_bytes() == served.note


def test_a_checkpoint_kept_outside_but_not_noted_as_published_is_published_too(hub: Hub) -> None:
    # The file is written first: here the power went before the database knew of it.
    queue(hub, 1)
    hub.sign()
    with hub.reading() as work:
        newest = rows.checkpoint(work.session)
    assert newest is not None
    hub.published.write_bytes(newest.note)
    assert hub.sequence() == newest.size
    with hub.reading() as work:
        assert checkpoints.signed_and_published(work.session) == (newest.size, newest.size)


@pytest.mark.parametrize("left", [None, b"", b"localhost:8400/ledger\n17\n", b"\xff" * 40])
def test_without_what_was_published_last_nothing_is_signed_until_it_is_put_back(
    hub: Hub, left: bytes | None
) -> None:
    before = hub.sequence()
    kept = hub.published.read_bytes()
    if left is None:
        hub.published.unlink()
    else:
        hub.published.write_bytes(left)
    queue(hub, 1)
    with pytest.raises(GuardLostError, match="exchange ledger guard"):
        hub.sequence()
    with hub.reading() as work:
        assert checkpoints.signed_and_published(work.session) == (before, before)
    hub.published.write_bytes(kept)
    assert hub.sequence() == before + 1


def test_a_flipped_bit_in_what_was_published_last_is_found(hub: Hub) -> None:
    hub.sequence()
    kept = bytearray(hub.published.read_bytes())
    kept[-10] ^= 1
    hub.published.write_bytes(kept)
    with pytest.raises(GuardLostError, match="damaged"):
        hub.sequence()


class TestPuttingTheGuardBack:
    def test_never_from_what_the_log_has_not_signed(self, hub: Hub) -> None:
        hub.sequence()
        kept = hub.published.read_bytes()
        refused = pytest.raises(GuardLostError, match="what is brought is no checkpoint")
        with refused, hub.noting() as work:
            checkpoints.restore_guard(work, hub.published, b"nonsense")
        assert hub.published.read_bytes() == kept

    def test_from_what_a_witness_holds(self, hub: Hub) -> None:
        size = hub.sequence()
        kept = hub.published.read_bytes()
        hub.published.unlink()
        with hub.noting() as work:
            assert checkpoints.restore_guard(work, hub.published, kept) == size
        assert hub.published.read_bytes() == kept
        assert hub.sequence() == size

    def test_by_trusting_this_database(self, hub: Hub) -> None:
        size = hub.sequence()
        kept = hub.published.read_bytes()
        hub.published.write_bytes(b"scratched")
        with hub.noting() as work:
            assert checkpoints.restore_guard(work, hub.published, None) == size
        assert hub.published.read_bytes() == kept

    def test_never_where_the_witness_has_seen_more(self, hub: Hub) -> None:
        size = hub.sequence()
        hub.published.unlink()
        with pytest.raises(OlderDatabaseError, match="older database"), hub.noting() as work:
            checkpoints.restore_guard(work, hub.published, sign(hub, size + 1, bytes(32)))
        assert not hub.published.exists()

    def test_never_from_what_this_log_has_not_signed(self, hub: Hub) -> None:
        hub.sequence()
        other = Ed25519PrivateKey.generate()
        signer = note.SignerKey(name=hub.scheme.origin, kind=note.ED25519, private_key=other)
        text = note.Checkpoint(origin=hub.scheme.origin, size=1, root=bytes(32)).text()
        with pytest.raises(GuardLostError), hub.noting() as work:
            checkpoints.restore_guard(work, hub.published, note.sign_note(text, signer))


def test_what_a_key_has_signed_that_is_in_no_file_any_more_is_still_known(hub: Hub) -> None:
    path, following = keyring.draw(hub.settings.keys, "log")
    with hub.work() as work:
        key_rotation.register(work, "log", following)
    size = hub.sequence()
    newest = hub.published.read_bytes()
    signer = note.SignerKey(name=hub.scheme.origin, kind=note.ED25519, private_key=following)
    lines = [
        line for line in note.Note.parse(newest).lines if line.key_id == signer.verifier.key_id
    ]
    hub.published.write_bytes(
        note.Note(text=note.Note.parse(newest).text, lines=tuple(lines)).encode()
    )
    path.unlink()
    queue(hub, 1)
    assert open_again(hub).sequence() == size + 1


def open_again(hub: Hub) -> Hub:
    """Return the hub as a process that starts now finds it."""
    return replace(hub, keyring=keyring.load(hub.settings.keys))


class TestParts:
    """Partial tiles: one for every published size, until the full tile is published."""

    @pytest.mark.parametrize(("count", "left"), [(238, {17, 255}), (239, {256}), (240, {256, 1})])
    def test_go_once_the_full_tile_is_published(self, hub: Hub, count: int, left: set[int]) -> None:
        # 17 entries stand already.
        queue(hub, count)
        hub.sequence()
        assert set(widths(hub)) == left

    def test_stay_while_the_full_tile_is_not_published_yet(self, hub: Hub) -> None:
        queue(hub, 239)
        hub.sign()
        assert set(widths(hub)) == {17, 256}
        hub.publish()
        assert set(widths(hub)) == {256}

    def test_go_at_every_level(self, hub: Hub) -> None:
        lengthen(hub, 65_535)
        assert (0, 255, 255) in parts(hub)
        assert (1, 0, 255) in parts(hub)
        lengthen(hub, 65_536)
        assert parts(hub) == {(2, 0, 1)}

    def test_that_are_gone_are_still_read_from_the_full_one(self, hub: Hub) -> None:
        with hub.reading() as work:
            before = ledger.stored_tiles(work.session)(0, 0, 17)
        queue(hub, 240)
        hub.sequence()
        with hub.reading() as work:
            assert ledger.stored_tiles(work.session)(0, 0, 17) == before


def widths(hub: Hub) -> list[int]:
    """Return the widths of the lowest level's tiles."""
    with hub.reading() as work:
        return list(work.session.scalars(select(rows.TileRow.width).where(rows.TileRow.level == 0)))


def parts(hub: Hub) -> set[tuple[int, int, int]]:
    """Return level, index and width of every partial tile."""
    with hub.reading() as work:
        found = select(rows.TileRow).where(rows.TileRow.width < tiles.FULL_WIDTH)
        return {(row.level, row.index, row.width) for row in work.session.scalars(found)}


def sign(hub: Hub, size: int, root: bytes) -> bytes:
    """Return a checkpoint that the log's own key signed."""
    signer = note.SignerKey(
        name=hub.scheme.origin, kind=note.ED25519, private_key=hub.keyring.signing["log"]
    )
    text = note.Checkpoint(origin=hub.scheme.origin, size=size, root=root).text()
    return note.sign_note(text, signer)
