"""From the queue to a signed checkpoint: in order, once, and never behind what was published."""

from pathlib import Path
from threading import Thread

import pytest

from exchange.hub import Hub
from exchange.services import ledger, sequencing
from exchange.services.ledger import Fact
from exchange.services.sequencing import OlderDatabaseError
from exchange.store import ledger as rows
from exchange.store import transaction
from relay_protocol import chain, ids, merkle, note, tiles
from relay_protocol.entry import Entry
from relay_protocol.note import VerifierKey, open_checkpoint


def declined(number: int) -> Fact:
    """Return a fact of the hub's own."""
    return Fact(
        kind="claim.declined", refs={"claim": ids.new_id("clm", number.to_bytes(16, "big"))}
    )


def queue(hub: Hub, count: int) -> list[str]:
    """Attest that many facts; return the attestations' ids in order."""
    with hub.work() as work:
        return [ledger.attest_as_hub(work, declined(n)).id for n in range(count)]


def all_entries(hub: Hub) -> list[bytes]:
    """Return every entry's bytes."""
    with hub.reading() as work:
        return list(rows.entries(work.session, 0, rows.size(work.session)))


def test_entries_come_in_the_order_of_the_queue_and_are_chained(hub: Hub) -> None:
    start = len(all_entries(hub))
    attested = queue(hub, 5)
    hub.sequence()
    entries = all_entries(hub)
    decoded = [Entry.decode(entry) for entry in entries]
    assert [entry.seq for entry in decoded] == list(range(start + 5))
    assert decoded[0].prev == chain.FIRST_PREV
    for before, after in zip(entries, decoded[1:], strict=False):
        assert after.prev == chain.link(before)
    with hub.reading() as work:
        places = [rows.attestation(work.session, one) for one in attested]
    assert [row.seq for row in places if row] == list(range(start, start + 5))


@pytest.mark.parametrize("count", [1, 238, 239, 240, 600])
def test_the_checkpoint_s_root_is_that_of_all_entries(hub: Hub, count: int) -> None:
    # 17 entries stand already: 238 more make 255, then 256, then 257.
    queue(hub, count)
    size = hub.sequence()
    entries = all_entries(hub)
    assert size == len(entries) == 17 + count
    with hub.reading() as work:
        newest = rows.checkpoint(work.session)
        assert newest is not None
    checkpoint, _ = open_checkpoint(newest.note, VerifierKey.parse(hub.scheme.ledger_vkey))
    assert checkpoint.size == size
    assert checkpoint.root == merkle.root(map(merkle.leaf_hash, entries))


def test_batches_meet_seamlessly(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sequencing, "BATCH", 7)
    queue(hub, 40)
    size = hub.sequence()
    entries = all_entries(hub)
    with hub.reading() as work:
        newest = rows.checkpoint(work.session)
        assert newest is not None
        assert newest.root == merkle.root(map(merkle.leaf_hash, entries))
        node = tiles.nodes_of(ledger.stored_tiles(work.session), size)
        for seq in range(size):
            path = merkle.inclusion_path(seq, size, node)
            merkle.check_inclusion(merkle.leaf_hash(entries[seq]), seq, size, path, newest.root)


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


def test_the_day_of_entries_never_decreases(hub: Hub) -> None:
    clock = hub.settings.clock
    assert clock is not None
    clock.write_text(str(3 * 86_400))
    queue(hub, 1)
    clock.write_text("0")
    queue(hub, 1)
    hub.sequence()
    days = [Entry.decode(entry).day for entry in all_entries(hub)]
    assert days == sorted(days)
    assert days[-1] == days[-2] > days[-3]


def test_several_sequencers_at_once_write_each_entry_once(hub: Hub) -> None:
    start = len(all_entries(hub))
    queue(hub, 60)
    threads = [Thread(target=hub.sequence) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    entries = [Entry.decode(entry) for entry in all_entries(hub)]
    assert [entry.seq for entry in entries] == list(range(start + 60))


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


def test_a_crash_between_batch_and_checkpoint_is_taken_up_again(hub: Hub) -> None:
    before = hub.sequence()
    queue(hub, 3)
    with transaction.writing(hub.sessions) as session:
        assert sequencing.sequence(session) == 3
    with hub.reading() as work:
        newest = rows.checkpoint(work.session)
        assert newest is not None
        assert newest.size == before
    assert hub.sequence() == before + 3


def test_a_checkpoint_stored_but_not_published_is_published_at_the_next_turn(hub: Hub) -> None:
    queue(hub, 1)
    hub.sequence()
    published: Path = hub.published
    newest = published.read_bytes()
    published.unlink()
    hub.sequence()
    assert published.read_bytes() == newest


def sign(hub: Hub, size: int, root: bytes) -> bytes:
    """Return a checkpoint that the log's own key signed."""
    signer = note.SignerKey(
        name=hub.scheme.origin, kind=note.ED25519, private_key=hub.keyring.signing["log"]
    )
    text = note.Checkpoint(origin=hub.scheme.origin, size=size, root=root).text()
    return note.sign_note(text, signer)
