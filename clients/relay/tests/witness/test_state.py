"""The witness's file: whole transactions, one owner, and a kill between keeping and answering."""

import os
import signal
import sqlite3
import stat
import subprocess
import sys
import textwrap
from contextlib import closing
from pathlib import Path

import pytest

from career_relay.witness import state as state_room
from career_relay.witness.state import Cosigned, WitnessState, WitnessStateError
from relay_protocol.note import Checkpoint, SignerKey
from tests.story.plain_log import named_key

ORIGIN = "log.example/other"


def cosigned(size: int, root: int = 1) -> Cosigned:
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=bytes([root]) * 32)
    return Cosigned(checkpoint=checkpoint, note=b"note of %d" % size, at=7)


@pytest.fixture
def state(tmp_path: Path, signer: SignerKey) -> WitnessState:
    return WitnessState.begin(tmp_path / "deep" / "w.db", signer.verifier)


def test_a_new_file_knows_nothing_and_is_its_owners_alone(
    state: WitnessState, tmp_path: Path
) -> None:
    assert state.cosigned(ORIGIN) is None
    assert state.alarms() == ()
    assert stat.S_IMODE((tmp_path / "deep" / "w.db").stat().st_mode) == 0o600


def test_what_was_decided_is_what_stands_there_also_for_who_opens_the_file_anew(
    state: WitnessState, tmp_path: Path, signer: SignerKey
) -> None:
    seen: list[Cosigned | None] = []
    for size in (3, 8):

        def decide(kept: Cosigned | None, size: int = size) -> Cosigned:
            seen.append(kept)
            return cosigned(size)

        assert state.replace(ORIGIN, decide) == cosigned(size)
    assert seen == [None, cosigned(3)]
    again = WitnessState(tmp_path / "deep" / "w.db", signer.verifier)
    assert again.cosigned(ORIGIN) == cosigned(8)
    assert again.cosigned("log.example/unknown") is None


def test_a_decision_that_raises_leaves_everything_as_it_was(state: WitnessState) -> None:
    state.replace(ORIGIN, lambda _: cosigned(3))

    def refuse(kept: Cosigned | None) -> Cosigned:
        raise KeyError(str(kept))

    with pytest.raises(KeyError):
        state.replace(ORIGIN, refuse)
    assert state.cosigned(ORIGIN) == cosigned(3)
    assert state.replace(ORIGIN, lambda _: cosigned(4)) == cosigned(4)


def test_the_file_of_one_witness_is_not_that_of_another(
    state: WitnessState, tmp_path: Path, signer: SignerKey
) -> None:
    del state
    other = named_key("witness.example/w2", signer.kind)
    with pytest.raises(WitnessStateError, match=r"belongs to the witness witness\.example/w1"):
        WitnessState(tmp_path / "deep" / "w.db", other.verifier)


def test_a_file_is_begun_once_and_never_by_the_way(
    state: WitnessState, tmp_path: Path, signer: SignerKey
) -> None:
    state.replace(ORIGIN, lambda _: cosigned(3))
    with pytest.raises(WitnessStateError, match="never begun anew"):
        WitnessState.begin(tmp_path / "deep" / "w.db", signer.verifier)
    assert state.cosigned(ORIGIN) == cosigned(3)
    with pytest.raises(WitnessStateError, match="cannot be used"):
        WitnessState(tmp_path / "missing.db", signer.verifier)
    assert not (tmp_path / "missing.db").exists()


def test_a_file_of_something_else_is_refused(tmp_path: Path, signer: SignerKey) -> None:
    (tmp_path / "text").write_text("no database, but text " * 100)
    connection = sqlite3.connect(tmp_path / "other.db")
    connection.execute("CREATE TABLE t (a)")
    connection.close()
    (tmp_path / "folder").mkdir()
    for name in ("text", "other.db", "folder"):
        with pytest.raises(WitnessStateError, match="cannot be used"):
            WitnessState(tmp_path / name, signer.verifier)


def test_a_file_that_is_gone_or_damaged_later_signs_nothing(
    state: WitnessState, tmp_path: Path
) -> None:
    state.replace(ORIGIN, lambda _: cosigned(3))
    path = tmp_path / "deep" / "w.db"
    path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])
    with pytest.raises(WitnessStateError):
        state.replace(ORIGIN, lambda _: cosigned(4))
    path.unlink()
    with pytest.raises(WitnessStateError):
        state.replace(ORIGIN, lambda _: cosigned(4))
    with pytest.raises(WitnessStateError):
        state.cosigned(ORIGIN)
    assert not path.exists()


def test_a_lock_that_another_process_does_not_give_back_is_waited_for_and_then_refused(
    state: WitnessState, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_room, "_PATIENCE_S", 0.1)
    holder = sqlite3.connect(tmp_path / "deep" / "w.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(WitnessStateError):
        state.replace(ORIGIN, lambda _: cosigned(3))
    holder.execute("ROLLBACK")
    holder.close()
    assert state.replace(ORIGIN, lambda _: cosigned(3)) == cosigned(3)


def test_what_is_answered_is_on_the_disk_with_the_name_of_its_file(
    state: WitnessState, tmp_path: Path
) -> None:
    del state
    with closing(state_room._connect(tmp_path / "deep" / "w.db")) as connection:  # noqa: SLF001
        (synchronous,) = connection.execute("PRAGMA synchronous").fetchone()
        (journal,) = connection.execute("PRAGMA journal_mode").fetchone()
    # EXTRA: the folder too is synced, once the journal of the transaction is deleted.
    assert (synchronous, journal) == (3, "delete")


def test_an_alarm_is_kept_once_with_both_notes(state: WitnessState) -> None:
    against = cosigned(8, root=2).checkpoint
    assert state.raise_alarm("same-size", cosigned(8), b"shown", against, at=9)
    assert not state.raise_alarm("same-size", cosigned(8), b"shown again", against, at=10)
    assert state.raise_alarm("same-size", cosigned(8), b"third", cosigned(8, 3).checkpoint, at=11)
    first, second = state.alarms()
    assert (first.number, first.kind, first.checkpoint) == (1, "same-size", against)
    assert (first.cosigned, first.shown, first.at) == (b"note of 8", b"shown", 9)
    assert first.said_at == "1970-01-01T00:00:09+00:00"
    assert (second.number, second.shown) == (2, b"third")


def test_alarms_are_kept_up_to_a_limit(
    state: WitnessState, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_room, "MAX_ALARMS", 2)
    kept = [
        state.raise_alarm("same-size", cosigned(8), b"", cosigned(8, root).checkpoint, at=9)
        for root in (2, 3, 4)
    ]
    assert kept == [True, True, False]
    assert len(state.alarms()) == 2


@pytest.mark.parametrize("moment", ["before", "after"])
def test_killed_before_the_commit_nothing_was_kept_and_killed_after_it_all_of_it(
    tmp_path: Path, signer: SignerKey, moment: str
) -> None:
    path = tmp_path / "w.db"
    WitnessState.begin(path, signer.verifier).replace(ORIGIN, lambda _: cosigned(3))
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from career_relay.witness.state import Cosigned, WitnessState
        from relay_protocol.note import Checkpoint, VerifierKey

        path, vkey, origin, moment = sys.argv[1:]
        state = WitnessState(Path(path), VerifierKey.parse(vkey))

        def decide(kept):
            if moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            checkpoint = Checkpoint(origin=origin, size=8, root=bytes([1]) * 32)
            return Cosigned(checkpoint=checkpoint, note=b"note of 8", at=7)

        state.replace(origin, decide)
        os.kill(os.getpid(), signal.SIGKILL)  # kept, and the answer is never given
        """
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, path, signer.verifier.encode(), ORIGIN, moment],
        check=False,
        timeout=60,
        env={**os.environ},
    )
    assert ended.returncode == -signal.SIGKILL
    after = WitnessState(path, signer.verifier)
    assert after.cosigned(ORIGIN) == cosigned(3 if moment == "before" else 8)


def test_killed_at_any_statement_it_never_answers_what_it_has_not_kept(
    tmp_path: Path, signer: SignerKey
) -> None:
    program = textwrap.dedent(
        """
        import os, signal, sys
        from pathlib import Path
        from career_relay.witness import state as room
        from relay_protocol.note import Checkpoint, VerifierKey

        path, vkey, origin, fatal = sys.argv[1:]
        state = room.WitnessState(Path(path), VerifierKey.parse(vkey))
        connect, left = room._connect, int(fatal)

        def count(statement):
            global left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

        def traced(path):
            connection = connect(path)
            connection.set_trace_callback(count)
            return connection

        room._connect = traced
        checkpoint = Checkpoint(origin=origin, size=8, root=bytes([1]) * 32)
        kept = room.Cosigned(checkpoint=checkpoint, note=b"note of 8", at=7)
        state.replace(origin, lambda _: kept)
        print("answered", flush=True)
        """
    )
    kept_sizes = []
    for fatal in range(1, 20):
        path = tmp_path / f"{fatal}.db"
        WitnessState.begin(path, signer.verifier).replace(ORIGIN, lambda _: cosigned(3))
        ended = subprocess.run(
            [sys.executable, "-c", program, path, signer.verifier.encode(), ORIGIN, str(fatal)],
            check=False,
            timeout=60,
            stdout=subprocess.PIPE,
        )
        kept = WitnessState(path, signer.verifier).cosigned(ORIGIN)
        assert kept in (cosigned(3), cosigned(8))
        kept_sizes.append(kept.checkpoint.size)
        if ended.stdout:
            break
        assert ended.returncode == -signal.SIGKILL
    # BEGIN, SELECT, INSERT and COMMIT at the least; whoever got its answer finds it kept.
    assert len(kept_sizes) >= 5
    assert kept_sizes[-1] == 8
    assert kept_sizes[:-1] == [3] * (len(kept_sizes) - 1)
