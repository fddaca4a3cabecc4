"""A key that follows another is believed for what the known key has signed, and nothing else."""

from dataclasses import replace
from pathlib import Path

import pytest

from relay_protocol.directory import PUBLIC_KINDS
from relay_protocol.errors import AuditError, DirectoryError, LogKeyError, ProofError
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import Checkpoint
from relay_protocol.served_tree import ServedTree
from relay_protocol.succession import Successor, successors
from tests.story.hand_ledger import AGENCY, LOG, OFFICE, HandLedger, kid_of, log_key

OLD, NEW, THIRD = (log_key(name).verifier for name in ("log", "log-2", "log-3"))


@pytest.fixture
def hand() -> HandLedger:
    """Return a ledger in which a second key has just been registered for the log."""
    made = HandLedger()
    made.open()
    made.register_signing(OFFICE, "log-2", "log")
    return made


def tree_of(hand: HandLedger, folder: Path, size: int | None = None) -> ServedTree:
    """Return the tree of the first entries, or of all, as files."""
    covered = replace(hand, entries=hand.entries[:size])
    place = covered.write_out(folder / f"{covered.size}")
    checkpoint = Checkpoint(origin=LOG, size=covered.size, root=covered.tree.root(covered.size))
    return ServedTree(FolderReader(place), checkpoint)


def raw(hand: HandLedger) -> list[bytes]:
    """Return the bytes of every entry that everybody may read."""
    return [entry.encode() for entry in hand.entries if entry.kind in PUBLIC_KINDS]


def test_the_key_that_a_covered_entry_registers_follows(hand: HandLedger, tmp_path: Path) -> None:
    (found,) = successors(raw(hand), tree_of(hand, tmp_path), [OLD])
    assert found == Successor(vkey=NEW, seq=hand.size - 1, size=hand.size)
    assert found.line == f"log {NEW.encode()}"


def test_one_entry_earlier_there_is_none(hand: HandLedger, tmp_path: Path) -> None:
    assert successors(raw(hand), tree_of(hand, tmp_path, hand.size - 1), [OLD]) == ()


def test_a_key_that_has_signed_as_well_follows_nobody(hand: HandLedger, tmp_path: Path) -> None:
    assert successors(raw(hand), tree_of(hand, tmp_path), [OLD, NEW]) == ()


def test_a_key_that_was_revoked_before_the_checkpoint_does_not_follow(
    hand: HandLedger, tmp_path: Path
) -> None:
    size = hand.size
    hand.revoke(OFFICE, kid_of("log-2"))
    hand.enter(hand.sign("reveals.closed", "hub", body={"count": 0}))
    public = raw(hand)
    assert successors(public, tree_of(hand, tmp_path), [OLD]) == ()
    # The checkpoint right before it had been revoked covers its registration alone.
    assert [one.vkey for one in successors(public, tree_of(hand, tmp_path, size), [OLD])] == [NEW]


def test_keys_that_follow_one_another_are_told_in_order(hand: HandLedger, tmp_path: Path) -> None:
    hand.register_signing(OFFICE, "log-3", "log")
    found = successors(raw(hand), tree_of(hand, tmp_path), [OLD])
    assert [(one.vkey, one.seq) for one in found] == [(NEW, hand.size - 2), (THIRD, hand.size - 1)]


def test_an_entry_that_was_not_signed_for_makes_nobody_a_successor(
    hand: HandLedger, tmp_path: Path
) -> None:
    tree = tree_of(hand, tmp_path)
    forged = HandLedger()
    forged.open()
    forged.register_signing(OFFICE, "log-3", "log")
    with pytest.raises(ProofError, match=f"entry {hand.size - 1}"):
        successors(raw(forged), tree, [OLD])


def test_a_tile_of_another_tree_makes_nobody_a_successor(hand: HandLedger, tmp_path: Path) -> None:
    tree = tree_of(hand, tmp_path)
    other = tmp_path / "other"
    hand.write_out(other)
    (tile,) = (other / "tile" / "0").rglob("*.p/*")
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    with pytest.raises(AuditError, match="tile-changed"):
        ServedTree(FolderReader(other), tree.checkpoint)


def test_an_agency_registers_no_key_of_the_log(hand: HandLedger, tmp_path: Path) -> None:
    hand.register_signing(AGENCY, "log-3", "log")
    with pytest.raises(DirectoryError, match="only the operator"):
        successors(raw(hand), tree_of(hand, tmp_path), [OLD])


def test_whoever_has_signed_must_be_a_key_of_this_log(hand: HandLedger, tmp_path: Path) -> None:
    tree = tree_of(hand, tmp_path)
    with pytest.raises(LogKeyError):
        successors(raw(hand), tree, [THIRD])
    with pytest.raises(LogKeyError):
        successors(raw(hand), tree, [])


def test_a_key_that_was_revoked_vouches_for_nobody_any_more(
    hand: HandLedger, tmp_path: Path
) -> None:
    hand.revoke(OFFICE, kid_of("log"))
    hand.register_signing(OFFICE, "log-3", "log")
    with pytest.raises(LogKeyError):
        successors(raw(hand), tree_of(hand, tmp_path), [OLD])
