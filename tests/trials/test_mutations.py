"""Ten thousand changes to what a ledger is made of, each of which somebody refuses, and at once.

None is taken for sound, none hangs, and none is met with anything but the one refusal of whoever
reads: AuditError and LogReadError for a ledger's files, and each room's own for the others. A
change that leaves the bytes as they were, or touches what nobody has signed, is drawn again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

import relay_protocol
from relay_protocol import note, pack, sealed, tiles
from relay_protocol.audit import SEEN, Brought, verify
from relay_protocol.cli import main, receipt
from relay_protocol.cli.state import StateFile
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import (
    AuditError,
    EvidenceError,
    LogReadError,
    NoteError,
    PackError,
    PolicyError,
    ProtocolError,
    StateError,
)
from relay_protocol.evidence import Evidence
from relay_protocol.findings import Telling
from relay_protocol.forks import Side, prove_fork
from relay_protocol.log_reader import FolderReader
from relay_protocol.memory import Kind
from relay_protocol.note import Checkpoint, Note, SignerKey, VerifierKey
from relay_protocol.pack import seal_pack
from relay_protocol.policy import GroupLine, LogLine, Policy, WitnessLine
from relay_protocol.proof_file import encode_proof
from relay_protocol.sealed import Cover
from relay_protocol.trust import Trust
from tests.rogue import RogueHub, busy
from tests.story import mutations
from tests.story.hand_audit import codes, silent
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import AGENCY, AUDITOR, HIRER, HUB, LOG, sealing_key, signing_key
from tests.story.mutations import Way, mutated

pytestmark = pytest.mark.timeout(300)

SIZE = 520
"""Two full bundles and a part of a third: tiles of two levels."""
OLDER = (40, 300, 515)
"""Sizes that were published before, whose partial tiles and bundles are still there."""
TEXT_WAYS = (mutations.rearrange_lines, mutations.rearrange_words)
WITNESSES = tuple(
    SignerKey(name=f"witness.example/{name}", kind=note.COSIGNATURE, private_key=signing_key(name))
    for name in ("w1", "w2")
)


def policy_of(hub: RogueHub) -> Policy:
    """Return a policy by which all of two witnesses must have cosigned."""
    lines = [WitnessLine(name=f"w{n}", vkey=key.verifier) for n, key in enumerate(WITNESSES)]
    return Policy(
        logs=(LogLine(vkey=hub.log_key.verifier),),
        witnesses=tuple(lines),
        groups=(GroupLine(name="all-of-them", threshold=2, members=("w0", "w1")),),
        quorum="all-of-them",
    )


def cosigned(hub: RogueHub, raw: bytes) -> bytes:
    """Return a signed checkpoint with the lines of all witnesses."""
    checkpoint = Checkpoint.parse(Note.parse(raw).text)
    at = int(hub.now.timestamp())
    lines = [note.cosign(checkpoint, key, time_s=at) for key in WITNESSES]
    return note.add_signatures(raw, lines)


@pytest.fixture(scope="module")
def hub() -> RogueHub:
    """Return the hub of a ledger of some size, all of it true."""
    opened = RogueHub.opened()
    while opened.size < SIZE - 30:
        busy(opened)
    HandBooks(ledger=opened).settle("2026-12")
    while opened.size < SIZE:
        opened.count_closed(0)
    return opened


@pytest.fixture(scope="module")
def folder(hub: RogueHub, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return its files, with those of older sizes."""
    written = tmp_path_factory.mktemp("ledger")
    for size in OLDER:
        older = hub.fork()
        older.cut(size)
        older.write_out(written)
    hub.files[tiles.CHECKPOINT_PATH] = cosigned(hub, hub.checkpoint())
    return hub.write_out(written)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> RogueHub:
    """Return the hub of a small ledger: one candidate, one settled month, a pack attested."""
    opened = RogueHub.opened()
    busy(opened)
    HandBooks(ledger=opened).settle("2026-12")
    return opened


@contextmanager
def holding(path: Path, raw: bytes | None) -> Iterator[None]:
    """Let a file have other bytes for a moment, or not be there."""
    before = path.read_bytes() if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    if raw is None:
        path.unlink()
    else:
        path.write_bytes(raw)
    yield
    if before is None:
        path.unlink()
    else:
        path.write_bytes(before)


def establish(folder: Path, policy: Policy) -> None:
    """Go through what can be told of a folder without a pack."""
    verify(FolderReader(folder), Brought(trust=Trust(policy=policy)), Telling(silent))


def is_refused(folder: Path, policy: Policy) -> bool:
    """Return whether a folder is refused; any other exception is a fault of ours."""
    try:
        establish(folder, policy)
    except (AuditError, LogReadError):
        return True
    return False


def files_of(folder: Path) -> dict[str, list[Path]]:
    """Return the files of a folder by what they are."""
    kinds: dict[str, list[Path]] = {"checkpoint": [folder / tiles.CHECKPOINT_PATH]}
    for path in sorted((folder / "tile").rglob("*")):
        if path.is_file():
            part = path.relative_to(folder).parts
            kind = "bundle" if part[1] == "entries" else f"tile {part[1]}"
            kinds.setdefault(f"{kind}, partial" if ".p" in part[-2] else kind, []).append(path)
    return kinds


WAYS: dict[str, tuple[Way, ...]] = {
    "checkpoint": TEXT_WAYS,
    "tile 0": (mutations.rearrange_hashes,),
    "tile 0, partial": (mutations.rearrange_hashes,),
    "tile 1, partial": (mutations.rearrange_hashes,),
    "bundle": (mutations.rearrange_entries,),
    "bundle, partial": (mutations.rearrange_entries,),
}
ROUNDS = {
    "checkpoint": 1_000,
    "tile 0": 500,
    "tile 0, partial": 600,
    "tile 1, partial": 500,
    "bundle": 700,
    "bundle, partial": 900,
    "pack": 1_500,
    "part": 600,
    "manifest": 600,
    "receipt": 1_500,
    "evidence": 1_500,
    "honest notes": 500,
    "policy": 1_000,
    "state": 1_000,
}
"""How many changes of each kind of file."""


def test_there_are_ten_thousand_changes() -> None:
    assert sum(ROUNDS.values()) >= 10_000


def test_the_true_folder_holds_every_kind_of_file_and_is_sound(hub: RogueHub, folder: Path) -> None:
    assert files_of(folder).keys() == WAYS.keys()
    assert WAYS.keys() <= ROUNDS.keys()
    assert not is_refused(folder, policy_of(hub))


def says_the_same(raw: bytes, other: bytes, keys: tuple[VerifierKey, ...]) -> bool:
    """Return whether two notes have the same text and the same lines of known keys."""
    known = {(key.name, key.key_id) for key in keys}
    try:
        one, two = Note.parse(raw), Note.parse(other)
    except NoteError:
        return False
    lines = (
        {line for line in one.lines if (line.name, line.key_id) in known} for one in (one, two)
    )
    return one.text == two.text and next(lines) == next(lines)


@pytest.mark.parametrize("kind", WAYS)
def test_a_file_of_a_ledger_that_was_changed_is_refused(
    hub: RogueHub, folder: Path, kind: str
) -> None:
    chance, policy = Random(kind), policy_of(hub)
    keys = (hub.log_key.verifier, *(key.verifier for key in WITNESSES))
    paths, others = files_of(folder)[kind], [p for p in folder.rglob("*") if p.is_file()]
    counted = 0
    while counted < ROUNDS[kind]:
        path = chance.choice(paths)
        true = path.read_bytes()
        changed = mutated(chance, true, WAYS[kind])
        if chance.random() < 0.05:
            changed = chance.choice(others).read_bytes()
        if changed == true or says_the_same(true, changed, keys):
            continue
        counted += 1
        with holding(path, changed):
            assert is_refused(folder, policy), (counted, path.relative_to(folder))


def test_a_ledger_that_lacks_a_file_or_has_one_more_is_refused(hub: RogueHub, folder: Path) -> None:
    chance, policy = Random("files"), policy_of(hub)
    here = [path for path in folder.rglob("*") if path.is_file()]
    needed = [tiles.CHECKPOINT_PATH]
    needed += [one.path for one in tiles.new_tiles(0, SIZE)]
    needed += [one.path for one in tiles.new_bundles(0, SIZE)]
    for path in needed:
        with holding(folder / path, None):
            assert is_refused(folder, policy), path
    counted = 0
    while counted < 100:
        part = chance.choice(here).relative_to(folder).as_posix()
        moved = mutated(chance, part.encode()).decode("ascii", "ignore")
        place = folder / "tile" / moved.replace("\0", "").strip("/")
        if ".." in moved or any(one.is_file() for one in (place, *place.parents)) or place.is_dir():
            continue
        counted += 1
        with holding(place, (folder / part).read_bytes()):
            assert is_refused(folder, policy), moved


@pytest.mark.parametrize("kind", WAYS)
def test_the_command_ends_with_1_or_2(
    hub: RogueHub, folder: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    chance = Random(f"command {kind}")
    command = ["verify", str(folder), "--vkey", hub.log_key.verifier.encode()]
    assert main(command) == 0
    path = files_of(folder)[kind][-1]
    for _ in range(5):
        raw = path.read_bytes()
        # In a checkpoint: of what the log itself has signed.
        with holding(path, mutations.flip_bit(chance, raw[:64]) + raw[64:]):
            assert main(command) == 1
    if "partial" not in kind:
        with holding(path, None):
            assert main(command) == 2
    assert capsys.readouterr().out


# Packs of reveals.

KEY = sealing_key(AUDITOR)


def read_through(raw: bytes) -> pack.Pack:
    """Return a sealed pack, read whole."""
    return pack.open_pack(raw, KEY)


@pytest.fixture(scope="module")
def sealed_pack(small: RogueHub) -> bytes:
    """Return the file of a pack as the auditor gets it."""
    return seal_pack(small.pack(), KEY.public_key())


def test_a_sealed_pack_that_was_changed_is_refused(small: RogueHub, sealed_pack: bytes) -> None:
    chance = Random("pack")
    assert read_through(sealed_pack) == small.pack()
    for _ in range(ROUNDS["pack"]):
        changed = mutated(chance, sealed_pack, TEXT_WAYS)
        with pytest.raises(PackError):
            read_through(changed)


def lines_of(held: pack.Pack) -> list[bytes]:
    """Return manifest and parts of a pack, before they are sealed."""
    return list(held.lines())


def resealed(held: pack.Pack, lines: list[bytes]) -> bytes:
    """Return the file of a pack with other lines in it: the hub may seal what it wants."""
    cover = Cover.of(KEY.public_key(), log=held.log, auditor=held.auditor, until=held.until)
    return b"".join(
        sealed.seal(raw, KEY.public_key(), cover, number) for number, raw in enumerate(lines)
    )


def test_a_part_that_was_changed_before_it_was_sealed_is_refused(small: RogueHub) -> None:
    chance, held = Random("part"), small.pack()
    lines = lines_of(held)
    assert read_through(resealed(held, lines)) == held
    for _ in range(ROUNDS["part"]):
        number = chance.randrange(1, len(lines))
        changed = list(lines)
        changed[number] = mutated(chance, lines[number], TEXT_WAYS)
        with pytest.raises(PackError):
            read_through(resealed(held, changed))


def test_a_manifest_that_was_changed_before_it_was_sealed_is_not_the_one_that_was_attested(
    small: RogueHub, tmp_path: Path
) -> None:
    chance, held = Random("manifest"), small.pack()
    attesting = small.fork()
    body = {"digest": b64url_encode(held.digest()), "until": held.until}
    attesting.state("pack.made", HUB, AUDITOR, body=body)
    source = FolderReader(attesting.write_out(tmp_path))
    lines = lines_of(held)

    def found(raw: bytes) -> list[str]:
        telling = Telling(silent)
        brought = Brought(log=attesting.log_key.verifier, pack=read_through(raw))
        verify(source, brought, telling)
        return codes(telling.findings, 6)

    assert "pack-attested" in found(resealed(held, lines))
    refused = 0
    for _ in range(ROUNDS["manifest"]):
        changed = [mutated(chance, lines[0], TEXT_WAYS), *lines[1:]]
        try:
            assert "pack-attested" not in found(resealed(held, changed))
        except (PackError, AuditError, StateError):  # it begins where nobody has audited yet
            refused += 1
    assert (
        refused > 0.98 * ROUNDS["manifest"]
    )  # only another day until which it may be used goes unnoticed


# Receipts, evidence, policies.


@pytest.mark.parametrize("kind", ["claim.made", "org.admitted"])
def test_a_receipt_that_was_changed_is_refused(hub: RogueHub, kind: str) -> None:
    chance, policy = Random(f"receipt {kind}"), policy_of(hub)
    seq = [entry.seq for entry in hub.entries if entry.kind == kind][-1]
    proof = hub.prove(seq)
    checkpoint = cosigned(hub, proof.checkpoint)
    true = encode_proof(replace(proof, checkpoint=checkpoint))
    assert receipt.check(true, policy, None).witnessed.is_quorate
    keys = (hub.log_key.verifier, *(key.verifier for key in WITNESSES))
    counted = 0
    while counted < ROUNDS["receipt"] // 2:
        changed = mutated(chance, true, TEXT_WAYS)
        head, _, tail = changed.partition(b"\n\n")
        if head == true.partition(b"\n\n")[0] and says_the_same(tail, checkpoint, keys):
            continue
        counted += 1
        try:
            is_taken = receipt.check(changed, policy, None).witnessed.is_quorate
        except ProtocolError:
            continue
        assert not is_taken, changed


def side_of(hub: RogueHub) -> Side:
    checkpoint = Checkpoint(origin=LOG, size=hub.size, root=hub.tree.root(hub.size))
    return Side(note=cosigned(hub, hub.checkpoint()), checkpoint=checkpoint, node=hub.tree.node)


@pytest.mark.parametrize("more", [0, 1])
def test_evidence_that_was_changed_proves_nothing(small: RogueHub, more: int) -> None:
    chance, key = Random(f"evidence {more}"), small.log_key.verifier
    other = small.fork()
    other.edit(20, orgs=(HIRER, AGENCY))
    for _ in range(more):
        other.count_closed(0)
    true = prove_fork([key], side_of(small), side_of(other))
    proved = true.check(key)
    counted = 0
    while counted < ROUNDS["evidence"] // 2:
        changed = mutated(chance, true.encode(), TEXT_WAYS)
        try:
            if Evidence.decode(changed).check(key) == proved:
                continue  # a witness's line, which the log has not signed
        except EvidenceError:
            counted += 1
            continue
        pytest.fail(f"another contradiction: {changed!r}")


def test_no_change_to_one_history_makes_it_two(small: RogueHub) -> None:
    """Nobody can make evidence against an honest hub out of what it has signed."""
    chance, key = Random("honest"), small.log_key.verifier
    grown = small.fork()
    grown.count_closed(0)
    sides = (side_of(small), side_of(grown))
    forms = [
        Evidence(notes=(sides[0].note, sides[0].note)),
        Evidence(notes=(sides[0].note, sides[1].note)),
    ]
    for _ in range(ROUNDS["honest notes"]):
        changed = mutated(chance, chance.choice(forms).encode(), TEXT_WAYS)
        with pytest.raises(EvidenceError):
            Evidence.decode(changed).check(key)


def test_a_policy_that_was_changed_is_refused_or_takes_nothing_that_the_true_one_refuses(
    hub: RogueHub, folder: Path
) -> None:
    """The file is the auditor's own, and unsigned: names and addresses in it may be anything."""
    chance, true = Random("policy"), policy_of(hub)
    raw, bare = true.text().encode(), hub.checkpoint()
    refused = 0
    for _ in range(ROUNDS["policy"]):
        changed = mutated(chance, raw, TEXT_WAYS)
        try:
            policy = Policy.decode(changed)
            is_taken = policy.check(bare).is_quorate
        except (PolicyError, NoteError):
            refused += 1
            continue
        assert not is_taken, changed
    assert refused > 0.9 * ROUNDS["policy"]


# What an auditor remembers.


def kinds() -> list[Kind[object]]:
    """Return the kind of everything that is remembered."""
    found: dict[str, Kind[object]] = {}
    for name in relay_protocol_rooms():
        for value in vars(__import__(f"relay_protocol.{name}", fromlist=["_"])).values():
            if isinstance(value, Kind):
                found[value.name] = value
    return list(found.values())


def relay_protocol_rooms() -> list[str]:
    """Return the names of the protocol's rooms."""
    (home,) = relay_protocol.__path__
    return sorted(path.stem for path in Path(home).glob("[a-z]*.py"))


def remembered(path: Path) -> dict[str, list[tuple[str, object]]]:
    """Return all that is remembered, as a later audit would read it."""
    with StateFile.open(path) as state:
        return {
            kind.name: [
                (name, kind.form.write(value)) for name, value in state.shelf(kind).between("", "~")
            ]
            for kind in kinds()
        }


def test_a_state_that_was_changed_is_refused_or_the_same(small: RogueHub, tmp_path: Path) -> None:
    chance, path = Random("state"), tmp_path / "kansa.state"
    source = FolderReader(small.write_out(tmp_path / "ledger"))
    brought = Brought(log=small.log_key.verifier, pack=small.pack())
    with StateFile.open(path) as state:
        verify(source, brought, Telling(silent), memory=state)
    true, raw = remembered(path), path.read_bytes()
    assert true[SEEN.name]
    counted = tried = 0
    while counted < ROUNDS["state"]:
        tried += 1
        # What is empty is a state in which nothing is remembered yet, and the audit says so.
        path.write_bytes(mutated(chance, raw) or raw)
        try:
            found = remembered(path)
        except StateError:
            counted += 1
            continue
        assert found == true, (tried, counted)
    assert tried < 4 * counted
