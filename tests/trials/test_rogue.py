"""What a hub that lies gets from an auditor: each lie is refused, in the part that is meant for it.

The hub is no fool: whatever else its lie touches, it makes fit. What shows itself to clients,
witnesses and watches stands in test_rogue_readers, what nobody can catch in test_uncaught.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from relay_protocol import chain, note, tiles
from relay_protocol.audit import Brought
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Reveal
from relay_protocol.errors import AuditError
from relay_protocol.memory import PlainMemory
from relay_protocol.note import Checkpoint, SignerKey
from relay_protocol.pack import Pack
from relay_protocol.policy import GroupLine, LogLine, Policy, WitnessLine
from relay_protocol.trust import Trust
from tests.rogue import RogueHub, busy
from tests.story.hand_audit import audit, codes
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import (
    AGENCY,
    HIRER,
    HUB,
    LOG,
    OFFICE,
    kid_of,
    signing_key,
)
from tests.story.hand_relay import HandRelay

OTHERS = (HIRER, AGENCY)
"""Whom an entry may show that has nothing to do with them."""
Caught = tuple[int, str, int | None]


@pytest.fixture
def hub() -> RogueHub:
    """Return a hub that was honest so far: two candidates have gone all the way."""
    opened = RogueHub.opened()
    busy(opened, 2)
    return opened


@pytest.fixture
def relay(hub: RogueHub) -> HandRelay:
    """Return a third candidate, of whom nothing is known yet."""
    return HandRelay(ledger=hub)


def caught(
    hub: RogueHub,
    folder: Path,
    pack: Pack | None = None,
    *,
    earlier: Checkpoint | None = None,
    trust: Trust | None = None,
) -> Caught:
    """Return how an auditor refuses what the hub serves: part, code and first entry at fault."""
    brought = Brought(
        log=hub.log_key.verifier if trust is None else None,
        trust=trust or Trust(),
        earlier=() if earlier is None else (earlier,),
        pack=pack or hub.pack(),
    )
    with pytest.raises(AuditError) as refusal:
        audit(hub, folder, brought)
    return refusal.value.part, refusal.value.code, refusal.value.seq


def seen(hub: RogueHub) -> Checkpoint:
    """Return what anybody who looks at the hub now may keep."""
    return Checkpoint(origin=LOG, size=hub.size, root=hub.tree.root(hub.size))


def test_a_hub_that_has_not_lied_is_found_sound(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    HandBooks(ledger=hub).settle("2026-12")
    _, findings = audit(hub, tmp_path)
    assert codes(findings, 8) == ["closes-agree"]


# It signs with what nobody has seen.

WITNESSES = [
    SignerKey(name=f"witness.example/{name}", kind=note.COSIGNATURE, private_key=signing_key(name))
    for name in ("w1", "w2", "w3")
]


def trusted(hub: RogueHub) -> Trust:
    """Return an auditor's trust: two of three witnesses must have cosigned."""
    names = ("w1", "w2", "w3")
    keys = zip(names, WITNESSES, strict=True)
    return Trust(
        policy=Policy(
            logs=(LogLine(vkey=hub.log_key.verifier),),
            witnesses=tuple(WitnessLine(name=one, vkey=key.verifier) for one, key in keys),
            groups=(GroupLine(name="most", threshold=2, members=names),),
            quorum="most",
        ),
        now=hub.now,
        is_live=True,
    )


def cosigned(hub: RogueHub, *witnesses: SignerKey, ago: timedelta = timedelta(0)) -> bytes:
    """Return the newest checkpoint with the lines of some witnesses, written a while ago."""
    at = int((hub.now - ago).timestamp())
    lines = [note.cosign(seen(hub), key, time_s=at) for key in witnesses]
    return note.add_signatures(hub.checkpoint(), lines)


def test_a_checkpoint_that_enough_witnesses_have_seen_is_taken(
    hub: RogueHub, tmp_path: Path
) -> None:
    hub.files[tiles.CHECKPOINT_PATH] = cosigned(hub, *WITNESSES[:2])
    _, findings = audit(hub, tmp_path, Brought(trust=trusted(hub), pack=hub.pack()))
    assert "witnesses-agree" in codes(findings, 1)


@pytest.mark.parametrize("count", [0, 1])
def test_a_checkpoint_without_a_quorum_is_refused(
    hub: RogueHub, tmp_path: Path, count: int
) -> None:
    hub.turn()
    hub.files[tiles.CHECKPOINT_PATH] = cosigned(hub, *WITNESSES[:count])
    assert caught(hub, tmp_path, trust=trusted(hub)) == (1, "quorum-missed", None)


def test_witnesses_of_the_hubs_own_count_for_nothing(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    puppets = [replace(key, private_key=signing_key("puppet")) for key in WITNESSES]
    hub.files[tiles.CHECKPOINT_PATH] = cosigned(hub, *puppets)
    assert caught(hub, tmp_path, trust=trusted(hub)) == (1, "quorum-missed", None)


def test_a_checkpoint_that_witnesses_saw_long_ago_is_not_the_ledger_as_it_is_now(
    hub: RogueHub, tmp_path: Path
) -> None:
    hub.turn()
    hub.files[tiles.CHECKPOINT_PATH] = cosigned(hub, *WITNESSES, ago=timedelta(days=2))
    assert caught(hub, tmp_path, trust=trusted(hub)) == (1, "checkpoint-stale", None)


def test_a_checkpoint_signed_by_another_key_is_refused(hub: RogueHub, tmp_path: Path) -> None:
    trust = Trust(logs=(hub.log_key.verifier,))
    pack = hub.pack()
    hub.turn()
    hub.log_signer = "another"
    assert caught(hub, tmp_path, pack, trust=trust) == (1, "checkpoint-invalid", None)


def test_a_key_of_the_log_that_the_ledger_does_not_name_is_refused(
    hub: RogueHub, tmp_path: Path
) -> None:
    """Even an auditor who was told of the new key by the hub asks the ledger itself."""
    hub.turn()
    hub.log_signer = "another"
    trust = Trust(logs=(hub.log_key.verifier,))
    assert caught(hub, tmp_path, trust=trust) == (5, "log-key-differs", 0)


def rotate(hub: RogueHub) -> None:
    """Let a second key of the log follow the first, which is revoked."""
    hub.register_signing(OFFICE, "log-2", "log")
    hub.revoke(OFFICE, kid_of("log"))
    hub.log_signer = "log-2"


def test_a_key_that_nobody_registered_is_no_successor(hub: RogueHub, tmp_path: Path) -> None:
    rotate(hub)
    audit(hub, tmp_path / "before")
    hub.turn()
    hub.log_signer = "log-3"
    trust = Trust(logs=(hub.log_key.verifier,))
    assert caught(hub, tmp_path / "after", trust=trust) == (5, "log-key-differs", 0)


def test_a_key_that_was_revoked_signs_no_checkpoint_more(hub: RogueHub, tmp_path: Path) -> None:
    rotate(hub)
    revoked_at = hub.size - 1
    hub.turn()
    hub.log_signer = "log"
    assert caught(hub, tmp_path) == (5, "log-key-revoked", revoked_at)


# It changes what stands there.


@pytest.mark.parametrize("seq", [20, 39])
def test_an_entry_that_is_dropped_is_missed_by_who_saw_it(
    hub: RogueHub, tmp_path: Path, seq: int
) -> None:
    before = seen(hub)
    hub.turn()
    hub.drop(seq)
    assert caught(hub, tmp_path / "short", earlier=before) == (2, "ledger-shrank", hub.size)
    hub.count_closed(0)  # as long as it was
    assert caught(hub, tmp_path / "filled", earlier=before) == (2, "two-histories", None)
    hub.count_closed(0)
    assert caught(hub, tmp_path / "longer", earlier=before) == (2, "history-rewritten", None)


def test_an_entry_that_is_dropped_is_missed_by_what_followed_from_it(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_claimed()
    hub.turn()
    given = relay.seqs[1]
    hub.drop(given)
    # The profile is added without any consent.
    assert caught(hub, tmp_path) == (7, "step-out-of-turn", given)


def test_a_hole_is_seen_without_any_history(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    del hub.entries[20]
    assert caught(hub, tmp_path) == (3, "entry-misplaced", 20)


def test_entries_in_another_order_are_found_out(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_claimed()
    before = seen(hub)
    hub.turn()
    invited, given = relay.seqs[:2]
    hub.swap(invited, given)
    assert caught(hub, tmp_path / "saw", earlier=before) == (2, "two-histories", None)
    assert caught(hub, tmp_path / "new") == (7, "referral-unknown", invited)


def test_an_entry_that_says_something_else_is_found_out(hub: RogueHub, tmp_path: Path) -> None:
    before = seen(hub)
    hub.turn()
    hub.edit(20, orgs=OTHERS)
    assert caught(hub, tmp_path / "saw", earlier=before) == (2, "two-histories", None)
    assert caught(hub, tmp_path / "new") == (7, "shown-differs", 20)


def test_an_entry_that_is_edited_alone_does_not_fit_its_neighbours(
    hub: RogueHub, tmp_path: Path
) -> None:
    hub.turn()
    hub.entries[20] = replace(hub.entries[20], orgs=OTHERS)
    # The tree is made anew and signed, the chain is not.
    assert caught(hub, tmp_path) == (3, "chain-broken", 21)


def test_an_entry_that_was_signed_otherwise_is_found_out(hub: RogueHub, tmp_path: Path) -> None:
    signed = hub.checkpoint()
    pack = hub.pack()
    hub.turn()
    hub.edit(20, orgs=OTHERS)
    hub.files[tiles.CHECKPOINT_PATH] = signed
    assert caught(hub, tmp_path, pack) == (3, "root-differs", None)


def test_a_fact_is_not_exchanged_for_another(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    """The commitment binds what an organization has said; the hub cannot say it otherwise."""
    relay.until_claimed()
    hub.turn()
    made = relay.seqs[4]
    other = hub.sign(
        "claim.made",
        AGENCY,
        refs=hub.said(made).attestation.refs,
        body={**hub.said(made).attestation.body, "vacancy": b64url_encode(bytes([1]) * 32)},
    )
    hub.reveals[made] = Reveal(salt=made.to_bytes(32), signed=other.wire).encode()
    assert caught(hub, tmp_path / "reveal") == (6, "reveal-differs", made)
    hub.edit(made, commitment=Reveal.decode(hub.reveals[made]).commitment)
    assert caught(hub, tmp_path / "both") == (6, "signature-invalid", made)


def test_an_act_that_is_backdated_does_not_fit_its_day(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    hub.wait(days=30)
    signed = hub.sign("reveals.closed", HUB, body={"count": 0}, at=hub.now - timedelta(days=20))
    hub.enter(signed, day=hub.now.date())
    assert caught(hub, tmp_path) == (5, "day-differs", hub.size - 1)


def test_an_entry_that_is_backdated_lies_before_the_last(hub: RogueHub, tmp_path: Path) -> None:
    hub.wait(days=30)
    hub.count_closed(0)
    hub.turn()
    hub.now -= timedelta(days=20)
    hub.count_closed(0)
    assert caught(hub, tmp_path) == (5, "day-decreases", hub.size - 1)


def ahead(days: int) -> RogueHub:
    """Return the hub of a real scheme that settles months before they are over."""
    hub = RogueHub.opened(demo=False)
    busy(hub)
    hub.turn()
    hub.wait(days=days)
    HandBooks(ledger=hub).settle("2026-12")
    return hub


@pytest.mark.parametrize("has_pack", [True, False])
def test_a_hub_that_runs_ahead_of_the_time_is_refused_by_who_has_a_clock(
    tmp_path: Path, *, has_pack: bool
) -> None:
    hub = ahead(35)
    key, pack = hub.log_key.verifier, hub.pack() if has_pack else None
    at = next(one.seq for one in hub.entries if one.day == hub.entries[-1].day)
    # A scheme's day may begin before that of UTC: one day ahead is none.
    for days, is_refused in ((1, False), (2, True), (30, True)):
        trust = Trust(now=hub.now - timedelta(days=days), is_live=True)
        brought = Brought(log=key, trust=trust, pack=pack)
        if is_refused:
            with pytest.raises(AuditError) as refusal:
                audit(hub, tmp_path / str(days), brought)
            assert (refusal.value.part, refusal.value.code, refusal.value.seq) == (
                5,
                "day-ahead",
                at,
            )
        else:
            audit(hub, tmp_path / str(days), brought)


def test_a_demo_s_clock_may_run_ahead_and_without_a_clock_nobody_can_tell(
    hub: RogueHub, tmp_path: Path
) -> None:
    before = hub.now
    hub.wait(days=35)
    hub.count_closed(0)
    moved = Brought(log=hub.log_key.verifier, trust=Trust(now=before))
    _, findings = audit(hub, tmp_path / "demo", moved)
    assert "demo-scheme" in codes(findings, 9)
    real = ahead(35)
    audit(real, tmp_path / "real", Brought(log=real.log_key.verifier))


def test_what_is_slipped_into_the_past_is_found_by_who_saw_the_past(
    hub: RogueHub, tmp_path: Path
) -> None:
    hub.wait(days=30)
    hub.count_closed(0)
    before = seen(hub)
    hub.turn()
    hub.now -= timedelta(days=30)
    hub.count_closed(0)
    last = hub.size - 1
    hub.swap(last, last - 1)
    # Without a history nothing is wrong with it: that is what earlier checkpoints are for.
    _, findings = audit(hub, tmp_path / "new")
    assert "no-history" in codes(findings, 9)
    assert caught(hub, tmp_path / "saw", earlier=before) == (2, "history-rewritten", None)


def test_a_ledger_that_shrinks_is_refused(hub: RogueHub, tmp_path: Path) -> None:
    before = seen(hub)
    hub.turn()
    hub.cut(30)
    assert caught(hub, tmp_path, earlier=before) == (2, "ledger-shrank", 30)


def test_what_the_auditor_remembers_is_as_good_as_a_checkpoint_it_brings(
    hub: RogueHub, tmp_path: Path
) -> None:
    memory = PlainMemory(lasts=True)
    audit(hub, tmp_path / "before", memory=memory)
    hub.turn()
    hub.edit(20, orgs=OTHERS)
    with pytest.raises(AuditError) as refusal:
        audit(hub, tmp_path / "after", memory=memory)
    assert (refusal.value.part, refusal.value.code) == (2, "two-histories")


def test_an_old_size_is_signed_again_with_another_root(hub: RogueHub, tmp_path: Path) -> None:
    before = seen(hub)
    pack = hub.pack()
    hub.turn()
    hub.files[tiles.CHECKPOINT_PATH] = hub.signed(hub.size, bytes(32))
    assert caught(hub, tmp_path / "saw", pack, earlier=before) == (2, "two-histories", None)
    assert caught(hub, tmp_path / "new", pack) == (3, "root-differs", None)


def test_a_pack_of_another_history_than_the_ledger_is_refused(
    hub: RogueHub, tmp_path: Path
) -> None:
    hub.turn()
    other = hub.fork()
    other.edit(20, orgs=OTHERS)
    assert caught(hub, tmp_path, other.pack()) == (6, "two-histories", None)


# It smuggles.


def partial(hub: RogueHub) -> tuple[str, str]:
    """Return the paths of the last tile of leaves and the last bundle."""
    width = hub.size % tiles.FULL_WIDTH
    index = hub.size // tiles.FULL_WIDTH
    return tiles.tile_path(0, index, width), tiles.entries_path(index, width)


def served(hub: RogueHub, folder: Path, path: str) -> bytes:
    """Return the true bytes of a file."""
    return (hub.write_out(folder) / path).read_bytes()


def test_entries_behind_the_last_one_are_refused(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    _, path = partial(hub)
    true = served(hub, tmp_path / "true", path)
    raw = replace(hub.entries[-1], seq=hub.size, prev=chain.link(hub.entries[-1].encode())).encode()
    hub.files[path] = true + tiles.encode_bundle([raw])
    assert caught(hub, tmp_path / "false") == (4, "bytes-beyond", hub.size)


def test_bytes_behind_a_tile_are_refused(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    path, _ = partial(hub)
    hub.files[path] = served(hub, tmp_path / "true", path) + bytes(32)
    assert caught(hub, tmp_path / "false") == (4, "tile-changed", 0)


def test_a_tile_of_another_tree_is_refused(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    path, _ = partial(hub)
    true = served(hub, tmp_path / "true", path)
    hub.files[path] = true[:-32] + bytes(32)
    assert caught(hub, tmp_path / "false") == (4, "tile-changed", hub.size - 1)


@pytest.mark.parametrize("path", ["tile/notes.txt", "tile/0/000.bak", "tile/entries/000.p/0"])
def test_a_file_that_is_no_part_of_a_ledger_is_refused(
    hub: RogueHub, tmp_path: Path, path: str
) -> None:
    hub.turn()
    hub.files[path] = b"something"
    assert caught(hub, tmp_path) == (4, "file-unknown", None)


def test_a_file_beyond_what_was_signed_is_refused(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    hub.files[tiles.entries_path(1, 1)] = tiles.encode_bundle([hub.entries[0].encode()])
    assert caught(hub, tmp_path) == (4, "file-beyond", None)


def test_an_older_partial_bundle_that_tells_another_story_is_refused(
    hub: RogueHub, tmp_path: Path
) -> None:
    hub.turn()
    other = hub.fork()
    other.edit(20, orgs=OTHERS)
    hub.files[tiles.entries_path(0, 25)] = tiles.encode_bundle(
        one.encode() for one in other.entries[:25]
    )
    assert caught(hub, tmp_path) == (4, "bundle-changed", 0)


# It withholds reveals, or counts them wrongly.


def test_a_reveal_that_is_withheld_is_missed(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    missing = max(hub.reveals)
    hub.forget(missing)
    assert caught(hub, tmp_path) == (6, "closed-count-differs", missing)


def test_a_reveal_is_not_withheld_from_one_pack_alone(hub: RogueHub, tmp_path: Path) -> None:
    """What the manifest does not call closed must be there, or the pack itself is not whole."""
    hub.turn()
    pack = hub.pack()
    missing = max(pack.reveals)
    fewer = {seq: raw for seq, raw in pack.reveals.items() if seq != missing}
    told = replace(pack, reveals=fewer, closed=((missing, missing),))
    assert caught(hub, tmp_path, told) == (6, "closed-count-differs", missing)


def test_what_was_open_and_is_closed_now_is_named(hub: RogueHub, tmp_path: Path) -> None:
    memory = PlainMemory(lasts=True)
    audit(hub, tmp_path / "before", memory=memory)
    hub.turn()
    missing = max(hub.reveals)
    hub.forget(missing)
    hub.count_closed(1)
    _, findings = audit(hub, tmp_path / "after", memory=memory)
    (named,) = [one for one in findings if one.code == "closed-since"]
    assert dict(named.figures) == {"count": 1, "entries": (missing,)}


def test_reveals_that_are_closed_and_not_counted_are_missed(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_claimed()
    hub.turn()
    hub.forget(*relay.seqs)
    hub.count_closed(len(relay.seqs) - 1)
    assert caught(hub, tmp_path) == (6, "closed-count-differs", relay.seqs[-1])


def test_more_that_are_counted_than_closed_are_refused(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_claimed()
    hub.turn()
    hub.forget(*relay.seqs)
    hub.count_closed(len(relay.seqs) + 1)
    assert caught(hub, tmp_path) == (6, "closed-count-differs", hub.size - 1)


def test_what_is_closed_does_not_come_back_as_something_else(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    memory = PlainMemory(lasts=True)
    relay.until_claimed()
    kept = dict(hub.reveals)
    hub.forget(*relay.seqs)
    hub.count_closed(len(relay.seqs))
    audit(hub, tmp_path / "before", memory=memory)
    hub.turn()
    hub.reveals = kept
    with pytest.raises(AuditError) as refusal:
        audit(hub, tmp_path / "after", memory=memory)
    assert (refusal.value.part, refusal.value.code) == (6, "closed-reopened")
