"""The state file: what is committed is there, what is not is not, whatever happens to it."""

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from relay_protocol import disclosure, walkthrough
from relay_protocol.audit import Brought, verify
from relay_protocol.cli import state
from relay_protocol.cli.state import StateFile
from relay_protocol.documents import Form
from relay_protocol.errors import AuditError, StateError
from relay_protocol.findings import Finding, Telling
from relay_protocol.log_reader import FolderReader
from relay_protocol.memory import Kind, PlainMemory
from relay_protocol.pack import seal_pack
from relay_protocol.walkthrough import NEWEST, PROGRESS
from tests.story.hand_audit import silent
from tests.story.hand_growth import HandGrowth
from tests.story.hand_ledger import AUDITOR, HandLedger, sealing_key
from tests.story.hand_relay import HandRelay


@dataclass(slots=True, kw_only=True)
class Person:
    """Somebody who may change."""

    since: int
    name: str


NUMBERS = Kind[int](name="numbers", form=Form[int](int))
PEOPLE = Kind[Person](name="people", form=Form[Person](Person), born=lambda one: one.since)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state"


def test_what_is_committed_is_there_again(path: Path) -> None:
    with StateFile.open(path) as memory:
        memory.shelf(NUMBERS)["a"] = 5
        memory.commit()
        memory.shelf(NUMBERS)["b"] = 6
    with StateFile.open(path) as memory:
        assert memory.shelf(NUMBERS).get("a") == 5
        assert memory.shelf(NUMBERS).get("b") is None


def test_what_changes_in_place_is_kept(path: Path) -> None:
    with StateFile.open(path) as memory:
        memory.shelf(PEOPLE)["a"] = Person(since=1, name="old")
        memory.commit()
    with StateFile.open(path) as memory:
        person = memory.shelf(PEOPLE).get("a")
        assert person is not None
        person.name = "new"
        memory.commit()
    with StateFile.open(path) as memory:
        assert memory.shelf(PEOPLE).get("a") == Person(since=1, name="new")


def test_what_was_dropped_is_gone(path: Path) -> None:
    with StateFile.open(path) as memory:
        memory.shelf(PEOPLE)["a"] = Person(since=1, name="a")
        memory.commit()
        assert memory.shelf(PEOPLE).drop("a") == Person(since=1, name="a")
        assert memory.shelf(PEOPLE).get("a") is None
        memory.commit()
    with StateFile.open(path) as memory:
        assert "a" not in memory.shelf(PEOPLE)
    assert b'[1,"a"]' not in path.read_bytes()


def test_everything_is_cleared_but_what_shall_stay(path: Path) -> None:
    with StateFile.open(path) as memory:
        memory.shelf(NUMBERS)["a"] = 1
        memory.shelf(PEOPLE)["a"] = Person(since=1, name="a")
        memory.commit()
    for committed in (False, True):
        with StateFile.open(path) as memory:
            memory.clear(NUMBERS)
            assert memory.shelf(PEOPLE).get("a") is None
            assert memory.shelf(NUMBERS).get("a") == 1
            if committed:
                memory.commit()
        with StateFile.open(path) as memory:
            assert (memory.shelf(PEOPLE).get("a") is None) == committed


Steps = st.lists(
    st.tuples(
        st.sampled_from(["put", "drop", "change", "commit", "look", "born", "between"]),
        st.sampled_from("abcdef"),
        st.integers(0, 5),
    ),
    max_size=40,
)


@settings(max_examples=40)
@given(Steps)
def test_a_file_remembers_as_a_plain_memory_does(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str, int]]
) -> None:
    plain = PlainMemory().shelf(PEOPLE)
    with (
        pytest.MonkeyPatch.context() as patch,
        StateFile.open(tmp_path_factory.mktemp("state") / "file") as memory,
    ):
        # Nothing stays in memory once it is written.
        patch.setattr(state, "HELD", 0)
        for step, name, number in steps:
            found: list[object] = []
            for shelf in (plain, memory.shelf(PEOPLE)):
                match step:
                    case "put":
                        shelf[name] = Person(since=number, name=name)
                    case "drop":
                        found.append(shelf.drop(name))
                    case "change":
                        person = shelf.get(name)
                        if person is not None:
                            person.name = f"{name}{number}"
                    case "commit":
                        memory.commit()
                    case "look":
                        found.append((shelf.get(name), name in shelf))
                    case "born":
                        found.append(sorted(shelf.born_at([number, number + 1])))
                    case _:
                        found.append(list(shelf.between("b", name)))
            assert found in ([], found[:1] * 2)


@pytest.fixture
def ledger() -> HandLedger:
    growth = HandGrowth(chance=random.Random(3))
    for _ in range(6):
        HandRelay(ledger=growth.ledger).until_confirmed()
    growth.settle()
    return growth.ledger


def audit(ledger: HandLedger, folder: Path, path: Path | None) -> list[Finding]:
    telling = Telling(silent)
    brought = Brought(log=ledger.log_key.verifier, pack=ledger.pack())
    source = FolderReader(ledger.write_out(folder))
    if path is None:
        verify(source, brought, telling)
    else:
        with StateFile.open(path) as memory:
            verify(source, brought, telling, memory=memory)
    return telling.findings


def test_a_state_in_which_a_byte_was_changed_is_refused_or_makes_no_difference(
    ledger: HandLedger, path: Path, tmp_path: Path
) -> None:
    honest = audit(ledger, tmp_path / "copy", None)
    audit(ledger, tmp_path / "copy", path)
    raw, chance = path.read_bytes(), random.Random(5)
    refused = 0
    for _ in range(150):
        changed = bytearray(raw)
        for _ in range(chance.choice([1, 1, 40])):
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        path.write_bytes(changed)
        try:
            found = audit(ledger, tmp_path / "copy", path)
        except StateError as error:
            refused += "move it away" in str(error)
        else:
            assert [one for one in found if one.part in {5, 7, 8}] == [
                one for one in honest if one.part in {5, 7, 8}
            ]
    assert refused > 20


@pytest.mark.parametrize("size", [0, 50, 4_096])
def test_a_state_that_was_cut_is_refused_or_begins_anew(
    ledger: HandLedger, path: Path, tmp_path: Path, size: int
) -> None:
    audit(ledger, tmp_path / "copy", path)
    path.write_bytes(path.read_bytes()[:size])
    if not size:
        audit(ledger, tmp_path / "copy", path)
        return
    with pytest.raises(StateError, match="move it away"):
        audit(ledger, tmp_path / "copy", path)


def test_a_state_that_finds_no_room_is_not_called_damaged_and_goes_on_later(path: Path) -> None:
    with StateFile.open(path) as kept:
        kept.shelf(NUMBERS)["one"] = 1
        kept.commit()
    with StateFile.open(path) as full:
        full.run("PRAGMA max_page_count = 1")
        for number in range(5_000):
            full.shelf(NUMBERS)[str(number)] = number
        with pytest.raises(StateError, match=r"disk is full.*go on with the same file"):
            full.commit()
    with StateFile.open(path) as again:
        assert again.shelf(NUMBERS).get("one") == 1
        assert again.shelf(NUMBERS).get("4999") is None


def test_a_state_with_anything_that_runs_is_refused(path: Path) -> None:
    with StateFile.open(path) as memory:
        memory.shelf(NUMBERS)["a"] = 1
        memory.commit()
    connection = sqlite3.connect(path)
    connection.execute("CREATE TRIGGER t AFTER INSERT ON numbers BEGIN DELETE FROM numbers; END")
    connection.close()
    with pytest.raises(StateError, match="more than tables"), StateFile.open(path):
        pass


@pytest.mark.parametrize("value", ['"five"', "5.0", "[]", "{}", "5 5", "NaN", "[" * 5_000])
def test_a_value_of_another_kind_is_refused(path: Path, value: str) -> None:
    with StateFile.open(path) as memory:
        shelf = memory.shelf(NUMBERS)
        shelf["a"] = 5
        memory.commit()
        digest = shelf._digest("a", value)  # type: ignore[attr-defined] # noqa: SLF001
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE numbers SET value = ?, digest = ?", (value, digest))
    connection.close()
    with StateFile.open(path) as memory, pytest.raises(StateError, match="numbers a"):
        memory.shelf(NUMBERS).get("a")


KILLED = dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from relay_protocol import disclosure, walkthrough
    from relay_protocol.cli import main, state

    disclosure.WINDOW, walkthrough.KEPT_EVERY = 8, 16
    left = [int(sys.argv[1])]
    run = state.StateFile.run

    def killing(self, statement, *values):
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return run(self, statement, *values)

    state.StateFile.run = killing
    sys.exit(main(sys.argv[2:]))
    """
)


def run(statements: int, *options: str | Path) -> int:
    """Run the command in another process that is killed before one of its statements."""
    given = [sys.executable, "-c", KILLED, str(statements), *map(str, options)]
    done = subprocess.run(given, capture_output=True, check=False, timeout=120)
    return done.returncode


def test_an_audit_that_is_killed_anywhere_goes_on_and_finds_the_same(
    ledger: HandLedger, path: Path, tmp_path: Path
) -> None:
    copy = ledger.write_out(tmp_path / "copy")
    key, pack = tmp_path / "reveal.pem", tmp_path / "pack"
    key.write_bytes(
        sealing_key(AUDITOR).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    pack.write_bytes(seal_pack(ledger.pack(), sealing_key(AUDITOR).public_key()))
    options: list[str | Path] = [
        "verify",
        copy,
        "--vkey",
        ledger.log_key.verifier.encode(),
        "--pack",
        pack,
    ]
    options += ["--key", key, "--state", path, "--json"]
    whole = audit(ledger, tmp_path / "copy", None)
    chance, reached = random.Random(1), set()
    for _ in range(12):
        assert run(chance.randint(20, 90), *options) in {-signal.SIGKILL, 0}
        with StateFile.open(path) as memory:
            progress = memory.shelf(PROGRESS).get(NEWEST)
            reached.add(progress.position if progress else 0)
    assert run(10**6, *options) == 0
    # It was killed in the middle, and did not begin anew each time.
    assert len(reached - {0, ledger.size}) >= 1
    found = audit(ledger, tmp_path / "copy", path)
    assert [one for one in found if one.part in {5, 7, 8}] == [
        one for one in whole if one.part in {5, 7, 8}
    ]


def test_an_audit_that_was_killed_does_not_go_on_with_another_history(
    ledger: HandLedger, path: Path, tmp_path: Path
) -> None:
    with pytest.MonkeyPatch.context() as patch, StateFile.open(path) as memory:
        patch.setattr(disclosure, "WINDOW", 8)
        patch.setattr(walkthrough, "KEPT_EVERY", 16)
        brought = Brought(log=ledger.log_key.verifier, pack=ledger.pack())
        source = FolderReader(ledger.write_out(tmp_path / "copy"))
        stopping = Telling(stop_at(60))
        with pytest.raises(KeyboardInterrupt):
            verify(source, brought, stopping, memory=memory)
    with StateFile.open(path) as memory:
        progress = memory.shelf(PROGRESS).get(NEWEST)
        assert progress is not None
        assert 0 < progress.position < ledger.size - 20
    ledger.entries[30:] = ledger.entries[31:]
    with pytest.raises(AuditError) as refusal:
        audit(ledger, tmp_path / "other", path)
    assert refusal.value.part == 2


def stop_at(place: int) -> Callable[[int, int, int], None]:
    def progress(part: int, done: int, _total: int) -> None:
        if part > 4 and done >= place:
            raise KeyboardInterrupt

    return progress
