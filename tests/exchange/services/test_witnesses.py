"""What witnesses are asked and what is kept of their answers; the rest is tested with real ones."""

import pytest

from exchange.domain.errors import NotFoundError
from exchange.hub import Hub
from exchange.services import published, witnesses
from relay_protocol import merkle, note
from relay_protocol.errors import NoteError
from relay_protocol.note import SignatureLine, VerifierKey
from relay_protocol.policy import LogLine, Policy, WitnessLine
from tests.story.stored_ledger import lengthen
from tests.story.witnesses import OtherWitness


def line_of(name: str = "w1", url: str = "http://127.0.0.1:1") -> WitnessLine:
    """Return a witness of a policy."""
    witness = OtherWitness(name=name, origin="x", log_key=bytes(32))
    return WitnessLine(name=name, vkey=VerifierKey.parse(witness.vkey), url=url)


def policy_of(hub: Hub, *lines: WitnessLine) -> Policy:
    """Return a policy whose quorum is its first witness."""
    log = LogLine(vkey=VerifierKey.parse(hub.scheme.ledger_vkey))
    return Policy(logs=(log,), witnesses=lines, quorum=lines[0].name)


def signature(time_s: int) -> tuple[SignatureLine, ...]:
    """Return a line that states a time; its signature was verified elsewhere."""
    return (
        SignatureLine(name="w1", key_id=b"1234", signature=time_s.to_bytes(8, "big") + bytes(64)),
    )


def test_the_first_question_has_no_proof_and_the_next_begins_where_the_witness_stands(
    hub: Hub,
) -> None:
    line = line_of()
    with hub.noting() as work:
        first = witnesses.request_for(work, line, 17)
        witnesses.keep(work, line, 17, signature(1))
    assert (first.old_size, first.path) == (0, ())
    lengthen(hub, 300)
    with hub.reading() as work:
        second = witnesses.request_for(work, line, 300)
        newest = published.newest(work.session)
    assert newest is not None
    before = note.Checkpoint.parse(note.Note.parse(first.note).text)
    assert second.old_size == 17
    merkle.check_consistency(17, before.root, 300, newest.root, second.path)


def test_only_what_was_signed_can_be_asked_about(hub: Hub) -> None:
    with hub.reading() as work, pytest.raises(NotFoundError):
        witnesses.request_for(work, line_of(), 16)


def test_who_has_an_address_is_asked_at_once_and_again_after_ten_minutes(hub: Hub) -> None:
    asked, offline = line_of("w1"), line_of("w2", url="")
    policy = policy_of(hub, asked, offline)
    clock = hub.settings.clock
    assert clock is not None
    with hub.noting() as work:
        assert witnesses.due(work, policy, 17) == [asked]
        witnesses.keep(work, asked, 17, signature(1))
        assert witnesses.due(work, policy, 17) == []
    for seconds, due in ((590, []), (660, [asked])):
        clock.write_text(str(seconds))
        with hub.reading() as work:
            assert witnesses.due(work, policy, 17) == due


@pytest.mark.parametrize(("size", "is_there"), [(0, True), (17, True), (18, False)])
def test_a_witness_may_stand_wherever_this_ledger_has_been(
    hub: Hub,
    size: int,
    is_there: bool,  # noqa: FBT001 - a case
) -> None:
    with hub.noting() as work:
        assert witnesses.stands_at(work, line_of(), size) is is_there


def test_the_state_tells_who_cosigned_lately(hub: Hub) -> None:
    line, other = line_of("w1"), line_of("w2")
    policy = policy_of(hub, line, other)
    with hub.noting() as work:
        assert witnesses.state(work, None).quorum == "none"
        assert witnesses.state(work, policy).quorum == "missed"
        witnesses.note_failure(work, other, "late")
        witnesses.keep(work, line, 17, signature(1))
        state = witnesses.state(work, policy)
        now = work.now
    assert state.quorum == "met"
    assert [(one.name, one.is_current, one.failure) for one in state.witnesses] == [
        ("w1", True, ""),
        ("w2", False, "late"),
    ]
    assert state.witnesses[0].succeeded_at == now
    assert state.signed_at is not None
    assert state.signed_at <= now


def test_a_time_that_no_calendar_has_is_refused(hub: Hub) -> None:
    with hub.noting() as work, pytest.raises(NoteError, match="no possible time"):
        witnesses.keep(work, line_of(), 17, signature(2**62))


class TestAnAlarm:
    def test_is_kept_once_for_what_a_witness_says(self, hub: Hub) -> None:
        with hub.noting() as work:
            for name, raised in (("w1", True), ("w1", False), ("w2", True)):
                alarm = witnesses.raise_alarm(work, name, status=422, size=17, theirs=None)
                assert (alarm is not None) is raised

    def test_keeps_nothing_that_this_log_has_not_signed(self, hub: Hub) -> None:
        with hub.noting() as work:
            alarm = witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=b"x" * 60_000)
        assert alarm is not None
        assert alarm.theirs is None


def test_after_the_clock_was_set_back_nobody_waits_until_it_has_caught_up(hub: Hub) -> None:
    asked = line_of("w1")
    policy = policy_of(hub, asked)
    clock = hub.settings.clock
    assert clock is not None
    clock.write_text("3600")
    with hub.noting() as work:
        witnesses.keep(work, asked, 17, signature(1))
    for seconds, due in ((3060, []), (2940, [asked])):
        clock.write_text(str(seconds))
        with hub.reading() as work:
            assert witnesses.due(work, policy, 17) == due
