"""From the queue into the ledger: in order, once, chained, and in one tree."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Event, Thread

import pytest
from sqlalchemy import event

from exchange.hub import Hub
from exchange.services import ledger, sequencing
from exchange.services.ledger import Fact
from exchange.store import appending, transaction
from exchange.store import ledger as rows
from relay_protocol import chain, ids, merkle, tiles
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


def test_what_comes_behind_the_asked_position_is_left_to_the_next_turn(hub: Hub) -> None:
    start = len(all_entries(hub))
    queue(hub, 3)
    with hub.reading() as work:
        upto = appending.queue_end(work.session)
    queue(hub, 2)
    with transaction.writing(hub.sessions) as session:
        assert sequencing.sequence(session, upto=upto) == 3
        assert sequencing.sequence(session, upto=upto) == 0
    assert hub.drain() == 2
    assert hub.drain() == 0
    assert len(all_entries(hub)) == start + 5


def test_writers_and_sequencers_all_at_once_lose_nothing_and_write_nothing_twice(
    hub: Hub,
) -> None:
    start = len(all_entries(hub))
    done = Event()

    def write() -> list[str]:
        return [name for _ in range(8) for name in queue(hub, 3)]

    def sequence() -> None:
        while not done.is_set():
            hub.sequence()

    with ThreadPoolExecutor(6) as pool:
        sequencers = [pool.submit(sequence) for _ in range(2)]
        attested = [name for names in pool.map(lambda _: write(), range(4)) for name in names]
        done.set()
        for one in sequencers:
            one.result(60)
    hub.sequence()
    entries = all_entries(hub)
    assert [Entry.decode(raw).seq for raw in entries] == list(range(start + len(attested)))
    with hub.reading() as work:
        places = [rows.attestation(work.session, name) for name in attested]
        assert rows.queue_length(work.session) == 0
    assert sorted(row.seq or 0 for row in places if row) == list(range(start, start + 96))


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_writer_whose_turn_came_first_and_who_commits_last_is_not_lost(hub: Hub) -> None:
    # Only PostgreSQL lets two write at a time. The slow one has the lower position.
    start = hub.sequence()
    with hub.work() as slow:
        late = ledger.attest_as_hub(slow, declined(1))
        early = queue(hub, 1)
        assert hub.sequence() == start + 1
    assert hub.sequence() == start + 2
    assert seqs(hub, [*early, late.id]) == [start, start + 1]


@pytest.mark.parametrize("engine", ["postgresql"])
def test_a_writer_who_commits_while_the_queue_is_emptied_waits_for_the_next_turn(
    hub: Hub,
) -> None:
    # The lowest position of all becomes visible after the queue was read, and before it is
    # emptied of what was read.
    start = hub.sequence()
    with ExitStack() as slow:
        late = ledger.attest_as_hub(slow.enter_context(hub.work()), declined(1))
        early = queue(hub, 2)

        def commit_the_slow_one(*told: object) -> None:
            if str(told[2]).startswith("DELETE FROM ledger_queue"):
                slow.close()

        event.listen(hub.engine, "before_cursor_execute", commit_the_slow_one)
        with transaction.writing(hub.sessions) as session:
            assert sequencing.sequence(session) == 2
        event.remove(hub.engine, "before_cursor_execute", commit_the_slow_one)
    assert hub.sequence() == start + 3
    assert seqs(hub, [*early, late.id]) == [start, start + 1, start + 2]


@pytest.mark.parametrize("engine", ["postgresql"])
def test_who_does_not_wait_for_another_sequencer_does_nothing_beside_it(hub: Hub) -> None:
    queue(hub, 1)
    with transaction.writing(hub.sessions) as one, transaction.writing(hub.sessions) as other:
        assert sequencing.sequence(one) == 1
        assert sequencing.sequence(other, wait=False) == 0


def seqs(hub: Hub, attested: list[str]) -> list[int | None]:
    """Return the places of attestations."""
    with hub.reading() as work:
        held = [rows.attestation(work.session, name) for name in attested]
    return [None if row is None else row.seq for row in held]
