"""Several processes give attestations their places at the same moment, while others write."""

from threading import Thread
from typing import TYPE_CHECKING

from exchange.services import ledger
from exchange.store import ledger as rows
from relay_protocol import chain, merkle
from relay_protocol.entry import Entry
from tests.story import traced
from tests.story.machine import START_S

if TYPE_CHECKING:
    from tests.trials.conftest import Scene

PROCESSES = 3
WAITING, COMING = 200, 40


def test_processes_that_sequence_at_once_make_one_ledger(scene: "Scene") -> None:
    hub = scene.hub
    start = hub.sequence()
    with hub.work() as work:
        facts = [traced.declined(1, number) for number in range(WAITING)]
        ledger.attest_all_as_hub(work, facts)

    def write() -> None:
        for number in range(COMING):
            with hub.work() as work:
                ledger.attest_as_hub(work, traced.declined(2, number))

    writer = Thread(target=write)
    writer.start()
    workers = [scene.machine.start("worker", "--once") for _ in range(PROCESSES)]
    assert [worker.wait(timeout=START_S) for worker in workers] == [0] * PROCESSES
    writer.join(START_S)
    hub.sequence()

    with hub.reading() as work:
        entries = list(rows.entries(work.session, 0, 1 << 30))
        newest = rows.checkpoint(work.session)
        assert rows.queue_length(work.session) == 0
        own = rows.attestations_of_kinds(
            work.session, ("claim.declined",), after=start - 1, before=1 << 30, limit=1 << 30
        )
    # The workers' own chores may have added entries of the hub's; none is double, none missing.
    assert len(own) == len({row.seq for row in own}) == WAITING + COMING
    prev = chain.FIRST_PREV
    for seq, raw in enumerate(entries):
        entry = Entry.decode(raw)
        assert (entry.seq, entry.prev) == (seq, prev)
        prev = chain.link(raw)
    assert newest is not None
    assert newest.size == len(entries)
    assert newest.root == merkle.root(map(merkle.leaf_hash, entries))
