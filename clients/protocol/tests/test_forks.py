"""Where two histories part is found, and proved to anybody by what the log itself has signed."""

import pytest

from relay_protocol import tiles
from relay_protocol.errors import AuditError, EvidenceError
from relay_protocol.evidence import Evidence
from relay_protocol.forks import Side, parting, prove_fork
from relay_protocol.note import Checkpoint
from relay_protocol.served_tree import ServedTree
from tests.story.plain_log import NAME, PlainLog


def side(log: PlainLog) -> Side:
    checkpoint = Checkpoint(origin=NAME, size=len(log.entries), root=log.root())
    return Side(note=log.note(), checkpoint=checkpoint, node=ServedTree(log, checkpoint).node)


def forked(log: PlainLog, size: int, changed: int) -> PlainLog:
    """Return another history of a log, which differs in one entry."""
    other = PlainLog.of(size)
    other.entries[changed] = b"another one"
    other.publish()
    return other


@pytest.mark.parametrize("changed", [0, 1, 255, 256, 511, 598, 599])
@pytest.mark.parametrize("size", [601, 1_024, 66_000])
def test_the_entry_is_found_at_which_two_histories_part(changed: int, size: int) -> None:
    log = PlainLog.of(600)
    other = forked(log, size, changed)
    evidence = prove_fork([log.key.verifier], side(log), side(other))
    proved = Evidence.decode(evidence.encode()).check(log.key.verifier)
    assert (proved.form, proved.index) == ("same-index", changed)
    assert {proved.first.size, proved.second.size} == {600, size}


def test_two_roots_of_one_size_need_no_tile() -> None:
    log = PlainLog.of(600)
    other = forked(log, 600, 5)
    evidence = prove_fork([log.key.verifier], side(log), side(other))
    assert evidence.check(log.key.verifier).form == "same-size"


def test_one_history_is_no_fork() -> None:
    log = PlainLog.of(600)
    assert parting(side(log).node, side(PlainLog.of(900)).node, 600) is None
    with pytest.raises(EvidenceError, match="one history"):
        prove_fork([log.key.verifier], side(log), side(PlainLog.of(900)))


def test_histories_that_part_beyond_the_older_are_no_fork() -> None:
    log = PlainLog.of(600)
    with pytest.raises(EvidenceError):
        prove_fork([log.key.verifier], side(log), side(forked(log, 900, 600)))


def test_what_another_log_has_signed_proves_nothing() -> None:
    log, stranger = PlainLog.of(600), PlainLog(name="log.example/third")
    with pytest.raises(EvidenceError):
        prove_fork([stranger.key.verifier], side(log), side(forked(log, 900, 7)))


def test_false_tiles_prove_nothing() -> None:
    log, other = PlainLog.of(600), PlainLog.of(900, "other")
    shown = side(other)
    other.files["tile/0/000"] = bytes(tiles.FULL_WIDTH * 32)
    with pytest.raises(AuditError):
        prove_fork([log.key.verifier], side(log), shown)
