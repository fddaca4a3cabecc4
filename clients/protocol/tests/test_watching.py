"""Each look at a log is held against what was seen before, and what is wrong gets its name."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from relay_protocol.errors import LogReadError, StateError
from relay_protocol.mirroring import Kept
from relay_protocol.note import (
    COSIGNATURE,
    Note,
    add_signatures,
    cosign,
    open_checkpoint,
    sign_note,
)
from relay_protocol.policy import LogLine, Policy, WitnessLine
from relay_protocol.succession import Successor
from relay_protocol.watching import EARLY, MAX_NOTES, Alarm, Looked, Watched, look
from tests.story.plain_log import NAME, PlainLog, named_key

HOUR = timedelta(hours=1)
WITNESS = named_key("witness.example", COSIGNATURE)
COSIGNED_AT = datetime.fromtimestamp(PlainLog().time_s, UTC)
ALONE = Policy(logs=(LogLine(vkey=PlainLog().key.verifier),))
WITNESSED = Policy(
    logs=ALONE.logs, witnesses=(WitnessLine(name="w", vkey=WITNESS.verifier),), quorum="w"
)


def see(log: PlainLog) -> Kept:
    """Return the newest checkpoint of a log as it was seen."""
    return Kept(note=log.note(), checkpoint=open_checkpoint(log.note(), log.key.verifier)[0])


def look_at(
    log: PlainLog, *seen: Kept, policy: Policy = ALONE, now: datetime = COSIGNED_AT
) -> Looked:
    return look(log, policy, seen, now=now, fresh_within=HOUR)


def codes(looked: Looked) -> list[str]:
    return [one.code for one in looked.alarms]


def test_a_log_that_goes_on_is_sound() -> None:
    log = PlainLog.of(300)
    first = see(log)
    assert look_at(log) == look_at(log, first)
    log.grow(70_000)
    looked = look_at(log, first)
    assert (looked.alarms, looked.note) == ((), log.note())


def test_a_log_that_stands_still_needs_no_tile() -> None:
    log = PlainLog.of(300)
    first = see(log)
    log.asked.clear()
    assert codes(look_at(log, first)) == []
    assert log.asked == ["checkpoint"]


@pytest.mark.parametrize(
    ("log", "code"),
    [
        (PlainLog.of(300, "other"), "two-histories"),
        (PlainLog.of(700, "other"), "history-rewritten"),
        (PlainLog.of(299), "ledger-shrank"),
    ],
)
def test_a_log_that_does_not_go_on_is_an_alarm(log: PlainLog, code: str) -> None:
    first = see(PlainLog.of(300))
    looked = look_at(log, first)
    (alarm,) = looked.alarms
    assert (alarm.code, alarm.kept, alarm.other) == (code, first.note, log.note())
    assert looked.note is None


def test_two_roots_of_a_size_seen_long_ago_prove_more_than_a_shrunk_log() -> None:
    earlier, later = see(PlainLog.of(300)), see(PlainLog.of(500))
    assert codes(look_at(PlainLog.of(300, "other"), earlier, later)) == ["two-histories"]


def test_every_checkpoint_seen_is_continued() -> None:
    log = PlainLog.of(900)
    assert codes(look_at(log, see(PlainLog.of(300)), see(PlainLog.of(500)))) == []
    mixed = (see(PlainLog.of(300)), see(PlainLog.of(500, "other")))
    assert codes(look_at(log, *mixed)) == ["history-rewritten"]


def test_what_nobody_known_has_signed_is_an_alarm() -> None:
    looked = look_at(PlainLog.of(3, name="log.example/third"))
    assert (codes(looked), looked.witnessed) == (["checkpoint-invalid"], None)


def test_a_false_tile_is_an_alarm_but_no_fork() -> None:
    log = PlainLog.of(300)
    first = see(log)
    log.grow(700)
    log.files["tile/0/001"] = bytes(256 * 32)
    (alarm,) = look_at(log, first).alarms
    assert (alarm.code, alarm.other) == ("tile-changed", b"")


def test_a_log_that_does_not_answer_is_no_alarm() -> None:
    log = PlainLog.of(300)
    first = see(log)
    log.grow(700)
    del log.files["tile/0/002.p/188"]
    with pytest.raises(LogReadError):
        look_at(log, first)


# Witnesses.


def witnessed(at: datetime) -> PlainLog:
    log = PlainLog(witnesses=[WITNESS], time_s=int(at.timestamp()))
    log.grow(10)
    return log


def test_a_missed_quorum_is_an_alarm() -> None:
    assert codes(look_at(PlainLog.of(10), policy=WITNESSED)) == ["quorum-missed"]
    assert codes(look_at(witnessed(COSIGNED_AT), policy=WITNESSED)) == []


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (timedelta(0), []),
        (HOUR, []),
        (HOUR + timedelta(seconds=1), ["checkpoint-stale"]),
        (-EARLY, []),
        (-EARLY - timedelta(seconds=1), ["cosigned-early"]),
    ],
)
def test_old_cosignatures_are_an_alarm_and_so_are_those_to_come(
    after: timedelta, expected: list[str]
) -> None:
    looked = look_at(witnessed(COSIGNED_AT), policy=WITNESSED, now=COSIGNED_AT + after)
    assert codes(looked) == expected
    # It is the log's own checkpoint all the same.
    assert looked.note is not None


def test_only_signatures_of_known_keys_are_remembered() -> None:
    log = witnessed(COSIGNED_AT)
    honest = log.files["checkpoint"]
    stranger = named_key("stranger.example", COSIGNATURE)
    line = cosign(see(log).checkpoint, stranger, time_s=1)
    log.files["checkpoint"] = add_signatures(honest, [line])
    assert look_at(log, policy=WITNESSED).note == honest


# What is remembered.

AT = datetime(2026, 12, 1, 4, 5, 6, tzinfo=UTC)
LATER = AT + HOUR


def test_what_is_remembered_is_read_back() -> None:
    fork = Alarm(code="two-histories", detail="x", since=AT, kept=b"k", other=b"o", told=True)
    key = Successor(vkey=named_key(NAME, seed="next").verifier, seq=2, size=3)
    watched = replace(Watched(log=NAME).after(PlainLog.of(3).note(), [fork]), keys=(key,))
    assert Watched.decode(watched.encode()) == watched


def test_what_was_remembered_before_keys_followed_one_another_is_read_too() -> None:
    raw = Watched(log=NAME).encode().replace(b'"keys":[],', b"")
    assert b"keys" not in raw
    assert Watched.decode(raw) == Watched(log=NAME)


def test_only_a_key_of_the_logs_own_name_is_a_stranger_to_it() -> None:
    log = PlainLog.of(3)
    assert not look_at(log).has_strangers
    honest = log.files["checkpoint"]
    for key, expected in (
        (named_key("stranger.example"), False),
        (named_key(NAME, seed="next"), True),
    ):
        also = Note.parse(sign_note(Note.parse(honest).text, key)).lines
        log.files["checkpoint"] = add_signatures(honest, also)
        assert look_at(log).has_strangers is expected
        # Where the known key is gone it is told as well.
        log.files["checkpoint"] = sign_note(Note.parse(honest).text, key)
        assert look_at(log).has_strangers is expected


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{}",
        b'{"alarms":[],"log":"x","notes":["AAAA"],"v":1}',
        b'{"alarms":[{}],"v":1}',
        b'{"alarms":[],"keys":[{}],"log":"x","notes":[],"v":1}',
        b'{"alarms":[],"keys":7,"log":"x","notes":[],"v":1}',
        b'{"alarms":[],"keys":[{"seq":1,"size":2,"vkey":"x"}],"log":"x","notes":[],"v":1}',
    ],
)
def test_other_bytes_are_not_taken_for_memory(raw: bytes) -> None:
    with pytest.raises(StateError):
        Watched.decode(raw)


def test_the_newest_notes_are_kept_each_checkpoint_once() -> None:
    watched = Watched(log=NAME)
    for size in range(1, MAX_NOTES + 10):
        for _ in range(2):
            watched = watched.after(PlainLog.of(size).note(), [])
    sizes = [one.checkpoint.size for one in watched.kept()]
    assert sizes == list(range(10, MAX_NOTES + 10))


def test_an_alarm_that_is_over_is_forgotten_and_one_that_goes_on_keeps_its_beginning() -> None:
    stale = Alarm(code="checkpoint-stale", detail="1", since=AT)
    watched = Watched(log=NAME, alarms=(Alarm(code=stale.code, detail="0", since=AT, told=True),))
    again = Alarm(code=stale.code, detail="1", since=LATER)
    (kept,) = watched.after(None, [again]).alarms
    assert (kept.detail, kept.since, kept.told) == ("1", AT, True)
    assert watched.after(None, []).alarms == ()


def test_a_fork_stays_an_alarm_whatever_is_served_later() -> None:
    fork = Alarm(code="two-histories", detail="", since=AT, kept=b"k", other=b"o", told=True)
    watched = Watched(log=NAME, alarms=(fork,))
    assert watched.after(PlainLog.of(3).note(), []).alarms == (fork,)
    # The first evidence is enough: a forked log grows on, and would fill the memory.
    more = Alarm(code="two-histories", detail="", since=LATER, kept=b"k", other=b"p")
    assert watched.after(None, [more]).alarms == (fork,)
