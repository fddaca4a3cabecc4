"""The witness: what it grants and keeps, what it never grants twice, what alarms it."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from career_relay.witness.cosigner import Happening, Witness, tell_stderr
from relay_protocol.errors import (
    InconsistentCheckpointError,
    MalformedRequestError,
    StaleSizeError,
    UnknownLogError,
    WitnessRefusal,
)
from relay_protocol.evidence import same_size
from relay_protocol.note import Checkpoint, SignatureLine, open_checkpoint
from relay_protocol.witnessing import AddCheckpoint, monitoring_path, read_cosignatures
from tests.story.plain_log import NAME, PlainLog

Asks = Callable[[PlainLog, int, int], bytes]
NOON = 1_800_000_000
FORK = PlainLog.of(300, "another")


def test_the_first_checkpoint_and_what_continues_it_are_cosigned_and_kept(
    witness: Witness, log: PlainLog, asked: Asks, clock: dict[str, int]
) -> None:
    for old, new, now_s in ((0, 3, NOON), (3, 8, NOON + 1), (8, 8, NOON + 2), (8, 300, NOON + 3)):
        clock["now_s"] = now_s
        answer = witness.add_checkpoint(asked(log, old, new))
        (line,) = read_cosignatures(answer, log.note(new), witness.signer.verifier)
        kept = witness.shown(monitoring_path(NAME))
        assert kept is not None
        checkpoint, opened = open_checkpoint(kept, log.key.verifier, [witness.signer.verifier])
        assert checkpoint == Checkpoint(origin=NAME, size=new, root=log.root(new))
        assert opened.cosigned_at(witness.signer.name) == now_s
        assert line.encode() in kept.decode()


def test_what_a_witness_keeps_has_the_logs_lines_and_its_own_alone(
    witness: Witness, asked: Asks, log: PlainLog
) -> None:
    request = AddCheckpoint.decode(asked(log, 0, 8))
    stranger = SignatureLine(name="stranger.example", key_id=b"1234", signature=bytes(64))
    witness.add_checkpoint(
        replace(request, note=request.note + stranger.encode().encode()).encode()
    )
    kept = witness.shown(monitoring_path(NAME))
    assert kept is not None
    assert b"stranger" not in kept


def test_who_begins_elsewhere_learns_the_size_and_nothing_changes(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    witness.add_checkpoint(asked(log, 0, 8))
    for old, new in ((0, 300), (3, 300), (7, 7)):
        with pytest.raises(StaleSizeError) as refused:
            witness.add_checkpoint(asked(log, old, new))
        assert refused.value.size == 8
    assert witness.state.alarms() == ()


def test_two_roots_of_one_size_are_refused_and_their_proof_is_kept(
    witness: Witness, log: PlainLog, asked: Asks, happenings: list[Happening]
) -> None:
    witness.add_checkpoint(asked(log, 0, 300))
    with pytest.raises(InconsistentCheckpointError):
        witness.add_checkpoint(asked(FORK, 300, 300))
    (alarm,) = witness.state.alarms()
    assert alarm.kind == "same-size"
    proven = same_size([log.key.verifier], alarm.cosigned, alarm.shown).check(log.key.verifier)
    assert proven.first.root == log.root()
    assert proven.second.root == FORK.root()
    # Our own cosignature stands in the proof.
    assert witness.signer.name in alarm.cosigned.decode()
    assert [told["event"] for told in happenings] == ["cosigned", "alarm", "refused"]
    # What was cosigned first stays, and goes on.
    witness.add_checkpoint(asked(log, 300, 300))


def test_the_proof_is_kept_also_where_the_answer_is_another(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    witness.add_checkpoint(asked(log, 0, 300))
    with pytest.raises(StaleSizeError):
        witness.add_checkpoint(asked(FORK, 0, 300))
    assert [alarm.kind for alarm in witness.state.alarms()] == ["same-size"]


def test_the_same_fork_asked_again_and_again_is_one_alarm(
    witness: Witness, log: PlainLog, asked: Asks, happenings: list[Happening]
) -> None:
    witness.add_checkpoint(asked(log, 0, 300))
    for _ in range(3):
        with pytest.raises(InconsistentCheckpointError):
            witness.add_checkpoint(asked(FORK, 300, 300))
    assert len(witness.state.alarms()) == 1
    assert [told["event"] for told in happenings].count("alarm") == 1


def test_a_false_proof_that_anybody_may_send_is_refused_and_accuses_nobody(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    witness.add_checkpoint(asked(log, 0, 8))
    request = AddCheckpoint.decode(asked(log, 8, 300))
    with pytest.raises(InconsistentCheckpointError):
        witness.add_checkpoint(replace(request, path=request.path[::-1]).encode())
    assert witness.state.alarms() == ()


def test_a_fork_that_nobody_signed_accuses_nobody(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    witness.add_checkpoint(asked(log, 0, 300))
    request = AddCheckpoint.decode(asked(FORK, 300, 300))
    with pytest.raises(WitnessRefusal) as refused:
        witness.add_checkpoint(
            replace(request, note=request.note.replace(b"\n300\n", b"\n299\n")).encode()
        )
    assert refused.value.status == 403
    assert witness.state.alarms() == ()


def test_two_logs_do_not_get_in_each_others_way(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    other = PlainLog.of(20, name="log.example/second")
    both = replace(witness, log_keys=(log.key.verifier, other.key.verifier))
    with pytest.raises(UnknownLogError):
        witness.add_checkpoint(asked(other, 0, 20))
    both.add_checkpoint(asked(other, 0, 5))
    both.add_checkpoint(asked(log, 0, 8))
    both.add_checkpoint(asked(other, 5, 20))
    both.add_checkpoint(asked(log, 8, 300))
    sizes = {one["origin"]: one["size"] for one in both.health()["logs"]}  # type: ignore[attr-defined]
    assert sizes == {NAME: 300, "log.example/second": 20}
    second = both.shown(monitoring_path("log.example/second"))
    assert second is not None
    assert open_checkpoint(second, other.key.verifier)[0].size == 20


def test_nothing_is_shown_where_nothing_was_cosigned_or_nothing_is_watched(
    witness: Witness,
) -> None:
    assert witness.shown(monitoring_path(NAME)) is None
    assert witness.shown(monitoring_path("log.example/second")) is None
    assert witness.shown("") is None


def test_health_tells_of_the_key_the_logs_and_the_alarms(
    witness: Witness, log: PlainLog, asked: Asks
) -> None:
    assert witness.health() == {
        "status": "ok",
        "witness": witness.signer.verifier.encode(),
        "logs": [
            {"origin": NAME, "path": monitoring_path(NAME), "size": None, "cosigned_at": None}
        ],
        "alarms": 0,
    }
    witness.add_checkpoint(asked(log, 0, 300))
    with pytest.raises(InconsistentCheckpointError):
        witness.add_checkpoint(asked(FORK, 300, 300))
    health = witness.health()
    assert (health["status"], health["alarms"]) == ("alarm", 1)


def test_a_refusal_is_told_in_one_line_without_who_asked(
    witness: Witness, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(MalformedRequestError):
        replace(witness, tell=tell_stderr).add_checkpoint(b"old x\n\n")
    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line) == {
        "event": "refused",
        "status": 400,
        "reason": "a size is a plain decimal number below 2^63",
    }


def race(*asks: Callable[[], object]) -> list[object]:
    """Do all this at the same moment; return each result or refusal."""
    barrier = threading.Barrier(len(asks))
    ended: list[object] = [None] * len(asks)

    def run(place: int, ask: Callable[[], object]) -> None:
        barrier.wait()
        try:
            ended[place] = ask()
        except WitnessRefusal as refusal:
            ended[place] = refusal

    threads = [threading.Thread(target=run, args=(place, ask)) for place, ask in enumerate(asks)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


@pytest.mark.parametrize("round_", range(5))
def test_of_two_histories_asked_for_at_the_same_moment_one_alone_is_ever_cosigned(
    witness: Witness, log: PlainLog, asked: Asks, round_: int
) -> None:
    del round_
    true, forked = asked(log, 0, 300), asked(FORK, 0, 300)
    requests = [true, forked] * 4
    ended = race(*(lambda raw=raw: witness.add_checkpoint(raw) for raw in requests))
    granted = [place for place, end in enumerate(ended) if isinstance(end, bytes)]
    assert len(granted) == 1
    kept = witness.state.cosigned(NAME)
    assert kept is not None
    assert kept.checkpoint.root == (log, FORK)[granted[0] % 2].root()
    # Whoever was late learned that another root of this size stands: it is proof.
    assert [alarm.kind for alarm in witness.state.alarms()] == ["same-size"]


@pytest.mark.parametrize("round_", range(3))
def test_of_many_sizes_asked_for_at_the_same_moment_none_rolls_another_back(
    witness: Witness, log: PlainLog, asked: Asks, round_: int
) -> None:
    del round_
    witness.add_checkpoint(asked(log, 0, 8))
    sizes = [9, 20, 100, 255, 256, 257, 299, 300]
    requests = [asked(log, 8, size) for size in sizes]
    ended = race(*(lambda raw=raw: witness.add_checkpoint(raw) for raw in requests))
    (winner,) = (size for size, end in zip(sizes, ended, strict=True) if isinstance(end, bytes))
    kept = witness.state.cosigned(NAME)
    assert kept is not None
    assert kept.checkpoint.size == winner
    told = {end.size for end in ended if isinstance(end, StaleSizeError)}
    assert told == {winner}
