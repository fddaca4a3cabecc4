"""The hub asks its witnesses: all that any maker's may answer, and none of it stops the ledger."""

import itertools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

import pytest

from exchange import witnessing
from exchange.domain.errors import NotFoundError
from exchange.domain.organizations import Actor
from exchange.hub import Hub, open_hub
from exchange.services import alarms, checkpoints, ledger, published, witnesses
from exchange.services.ledger import Fact
from exchange.services.work import Work
from exchange.store import checkpoints as checkpoint_rows
from exchange.store import witnesses as rows
from exchange.witnessing import Witnesses
from relay_protocol import ids, note
from relay_protocol.evidence import Evidence
from tests.story.local_hub import Asked, Told
from tests.story.witnesses import SIZE, TEXT, OtherWitness, listening

PATIENCE_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A hub, and the witnesses of its policy."""

    hub: Hub
    three: tuple[OtherWitness, ...]

    def write(self) -> int:
        """Attest one more fact, and publish it; return the published size."""
        self.sign()
        return self.hub.publish()

    def sign(self) -> int:
        """Attest one more fact, and sign it only; return the signed size."""
        refs = {"claim": ids.new_id("clm", next(NUMBERS).to_bytes(16, "big"))}
        with self.hub.work() as work:
            ledger.attest_as_hub(work, Fact(kind="claim.declined", refs=refs))
        self.hub.sign()
        with self.hub.reading() as work:
            return checkpoints.signed_and_published(work.session)[0]

    def state(self) -> witnesses.State:
        """Return how the ledger stands with its witnesses."""
        assert self.hub.witnesses is not None
        with self.hub.reading() as work:
            return witnesses.state(work, self.hub.witnesses.policy)

    def served(self) -> bytes:
        """Return the checkpoint that readers get."""
        with self.hub.reading() as work:
            newest = published.newest(work.session)
        assert newest is not None
        return newest.note

    def cosigners(self) -> set[str]:
        """Return who has cosigned what readers get; every cosignature is verified."""
        assert self.hub.witnesses is not None
        return set(self.hub.witnesses.policy.check(self.served()).cosigned)

    def standing(self, name: str) -> witnesses.Standing:
        """Return how one witness stands."""
        return next(one for one in self.state().witnesses if one.name == name)

    def alarms(self) -> list[rows.AlarmRow]:
        """Return every alarm."""
        with self.hub.reading() as work:
            return list(rows.alarms(work.session))

    def forgive(self) -> None:
        """Ask again at once whoever has failed."""
        assert self.hub.witnesses is not None
        self.hub.witnesses.forgive()


NUMBERS = itertools.count(1)


@pytest.fixture
def watched(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Watched]:
    """Yield a hub with three witnesses, of which two must cosign."""
    # However slow this machine is: who answers at all is waited for.
    monkeypatch.setattr(witnessing, "WAIT_S", PATIENCE_S)
    log = note.VerifierKey.parse(hub.scheme.ledger_vkey)
    with ExitStack() as stack:
        three = tuple(
            stack.enter_context(
                listening(OtherWitness(name=name, origin=hub.scheme.origin, log_key=log.public_key))
            )
            for name in ("w1", "w2", "w3")
        )
        yield stack.enter_context(watching(hub, three, tmp_path / "policy"))


@contextmanager
def watching(hub: Hub, three: tuple[OtherWitness, ...], path: Path) -> Iterator[Watched]:
    """Open a hub with a policy of two of three."""
    lines = [f"log {hub.scheme.ledger_vkey}", *(one.policy_line for one in three)]
    path.write_text("\n".join((*lines, "group all-of-them 2 w1 w2 w3", "quorum all-of-them\n")))
    opened = open_hub(replace(hub.settings, policy=path))
    try:
        yield Watched(hub=opened, three=three)
    finally:
        opened.close()


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for at most half a minute."""
    ends_at = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < ends_at, "it never came to hold"
        time.sleep(0.02)


def always(told: Told) -> Callable[[Asked], Told]:
    """Return what answers every request so."""
    return lambda _: told


def logged(capsys: pytest.CaptureFixture[str]) -> str:
    """Return what was logged, wherever this process writes its log by now."""
    told = capsys.readouterr()
    return told.out + told.err


def test_a_published_checkpoint_carries_the_cosignatures_of_its_quorum(watched: Watched) -> None:
    size = watched.write()
    assert len(watched.cosigners()) >= 2
    eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
    state = watched.state()
    assert (state.quorum, state.size, state.alarms) == ("met", size, 0)
    with watched.hub.reading() as work:
        row = checkpoint_rows.publication(work.session, size)
    assert row is not None
    assert row.is_quorate


def test_the_next_checkpoint_is_proved_to_continue_the_one_before(watched: Watched) -> None:
    for _ in range(4):
        watched.write()
        eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
    # The first question begins at 0; each further one where the witness stands: no 409 at all.
    assert [one.asked for one in watched.three] == [4, 4, 4]


def test_a_witness_that_already_stands_somewhere_is_met_there(watched: Watched) -> None:
    watched.write()
    eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
    with watched.hub.noting() as work:
        for row in rows.known_witnesses(work.session).values():
            row.size = 0
    watched.write()
    eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
    assert [one.asked for one in watched.three] == [3, 3, 3]


def test_a_witness_that_has_lost_its_memory_begins_again(watched: Watched) -> None:
    watched.write()
    eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
    watched.three[0].seen = None
    watched.write()
    eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
    assert watched.alarms() == []


def endless() -> Iterator[bytes]:
    """Yield bytes for as long as somebody reads them."""
    while True:
        yield b"x" * 4_096


def drops() -> Iterator[bytes]:
    """Yield a byte now and then, for ever."""
    while True:
        time.sleep(0.2)
        yield b"x"


def sleepy(_: Asked) -> Told:
    """Answer too late."""
    time.sleep(7)
    return Told(status=500, body=b"", headers=TEXT)


SILENT: dict[str, tuple[Callable[[Asked], Told], str]] = {
    "is no witness but a page": (
        always(Told(body=b"<html>", headers={"Content-Type": "text/html"})),
        "false-answer",
    ),
    "fails": (always(Told(status=500, body=b"", headers=TEXT)), "status-500"),
    "is busy": (always(Told(status=503, body=b"", headers=TEXT)), "status-503"),
    "does not know the log": (always(Told(status=404, body=b"", headers=TEXT)), "status-404"),
    "sends elsewhere": (
        always(Told(status=307, body=b"", headers={"Location": "http://127.0.0.1:1/"})),
        "status-307",
    ),
    "says nothing": (always(Told(body=b"", headers=TEXT)), "false-answer"),
    "says something else": (always(Told(body="— 嘘\n".encode(), headers=TEXT)), "false-answer"),
    "goes on for ever": (lambda _: Told(body=endless(), headers=TEXT), "too-long"),
    "packs its answer": (
        always(Told(body=b"\x1f\x8b", headers={**TEXT, "Content-Encoding": "gzip"})),
        "packed",
    ),
    "signs a hundred times": (
        always(Told(body=b"\xe2\x80\x94 x AAAAAAE=\n" * 101, headers=TEXT)),
        "false-answer",
    ),
    "names no size": (always(Told(status=409, body=b"many\n", headers=SIZE)), "malformed-size"),
    "names a size with a leading zero": (
        always(Told(status=409, body=b"017\n", headers=SIZE)),
        "malformed-size",
    ),
    "names the size it was told": (
        always(Told(status=409, body=b"0\n", headers=SIZE)),
        "no-common-size",
    ),
}


@pytest.mark.parametrize("how", SILENT)
def test_a_witness_that_misbehaves_is_told_of_and_stops_nothing(watched: Watched, how: str) -> None:
    answers, reason = SILENT[how]
    watched.three[0].misbehaves = answers
    size = watched.write()
    assert watched.state().quorum == "met"
    assert watched.state().size == size
    eventually(lambda: watched.standing("w1").failure == reason)
    assert watched.alarms() == []
    # It is left alone for a moment, and trusted again once it answers as it should.
    watched.three[0].misbehaves = None

    def cosigns_again() -> bool:
        watched.forgive()
        watched.hub.publish()
        return "w1" in watched.cosigners()

    eventually(cosigns_again)
    assert watched.standing("w1").failure == ""


@pytest.mark.parametrize(
    "answers", [lambda _: Told(body=drops(), headers=TEXT), sleepy], ids=["drops", "sleeps"]
)
def test_a_stalled_witness_holds_up_nobody_and_is_given_up(
    watched: Watched, answers: Callable[[Asked], Told]
) -> None:
    watched.three[0].misbehaves = answers
    watched.write()
    watched.write()
    assert watched.three[0].asked == 1
    eventually(lambda: watched.standing("w1").failure == "late")


def test_a_witness_that_still_answers_about_one_checkpoint_is_asked_about_the_next(
    watched: Watched,
) -> None:
    first, busy, dead = watched.three
    released = Event()

    def hesitates(asked: Asked) -> Told:
        assert released.wait(PATIENCE_S)
        busy.misbehaves = None
        return busy.judge(asked.body)

    asking = watched.hub.witnesses
    assert asking is not None
    busy.misbehaves = hesitates
    dead.misbehaves = always(Told(status=503, body=b"closed", headers=TEXT))
    assert not asking.ask(watched.sign(), wait_s=0)
    eventually(lambda: busy.asked == 1)
    size = watched.sign()
    with ThreadPoolExecutor() as pool:
        is_met = pool.submit(asking.ask, size, wait_s=PATIENCE_S)
        eventually(lambda: first.seen is not None and first.seen.size == size)
        released.set()
        assert is_met.result()
    assert busy.seen is not None
    assert busy.seen.size == size


def test_a_false_signature_is_no_cosignature(watched: Watched) -> None:
    other = replace(watched.three[1], name="w1", _lock=watched.three[1]._lock)  # noqa: SLF001

    def forged(asked: Asked) -> Told:
        told = other.judge(asked.body)
        return Told(body=told.body, headers=TEXT)

    watched.three[0].misbehaves = forged
    watched.write()
    eventually(lambda: watched.standing("w1").failure == "false-answer")
    assert watched.cosigners() == {"w2", "w3"}


def test_a_missed_quorum_is_published_and_told_and_mended_when_they_answer(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in watched.three[1:]:
        one.misbehaves = sleepy
    size = watched.write()
    assert watched.cosigners() == {"w1"}
    assert (watched.state().quorum, watched.state().size) == ("missed", size)
    with watched.hub.reading() as work:
        row = checkpoint_rows.publication(work.session, size)
    assert row is not None
    assert not row.is_quorate
    assert "quorum missed" in logged(capsys)
    for one in watched.three[1:]:
        one.misbehaves = None
    eventually(lambda: watched.standing("w2").failure == "late")
    watched.forgive()
    watched.hub.publish()
    eventually(lambda: watched.state().quorum == "met")
    # That this one was published without them stays on record.
    with watched.hub.reading() as work:
        row = checkpoint_rows.publication(work.session, size)
    assert row is not None
    assert not row.is_quorate


def test_a_quorum_that_stays_missed_is_told_once_and_so_is_its_end(
    watched: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    for one in watched.three[1:]:
        one.misbehaves = lambda _: Told(status=503)
    watched.write()
    watched.write()
    for one in watched.three[1:]:
        one.misbehaves = None
    watched.forgive()
    watched.write()

    told = logged(capsys)
    assert told.count("quorum missed") == 1
    assert told.count("quorum met again") == 1


def test_an_idle_ledger_s_witnesses_are_asked_again_after_ten_minutes(watched: Watched) -> None:
    clock = watched.hub.settings.clock
    assert clock is not None
    size = watched.write()
    eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
    assert watched.hub.publish() == size
    assert [one.asked for one in watched.three] == [1, 1, 1]
    for one in watched.three:
        one.time_s += 600
    clock.write_text("600")
    assert watched.hub.publish() == size
    eventually(lambda: [one.asked for one in watched.three] == [2, 2, 2])
    policy = watched.hub.witnesses.policy if watched.hub.witnesses else None
    assert policy is not None
    eventually(
        lambda: (
            {int(at.timestamp()) for at in policy.check(watched.served()).cosigned.values()}
            == {watched.three[0].time_s}
        )
    )


def test_cosignatures_that_grow_old_no_longer_make_a_quorum(watched: Watched) -> None:
    clock = watched.hub.settings.clock
    assert clock is not None
    watched.write()
    eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
    clock.write_text(str(30 * 60 - 5))
    assert watched.state().quorum == "met"
    clock.write_text(str(30 * 60 + 60))
    assert watched.state().quorum == "missed"


class TestTheAlarm:
    @pytest.mark.parametrize("status", [422, 409])
    def test_is_raised_once_and_keeps_both_checkpoints(
        self, watched: Watched, status: int, capsys: pytest.CaptureFixture[str]
    ) -> None:
        watched.write()
        eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
        liar = watched.three[0]
        # This log has signed another tree of that size for somebody else.
        assert liar.seen is not None
        forked = forked_note(watched.hub, liar.seen.size)
        liar.seen = replace(liar.seen, note=forked + liar.cosignature("x\n"))
        liar.misbehaves = always(Told(status=status, body=b"no", headers=TEXT))
        size = watched.write()
        eventually(lambda: watched.standing("w1").failure == "alarm")
        (alarm,) = watched.alarms()
        assert (alarm.witness, alarm.status) == ("w1", status)
        assert alarm.theirs is not None
        assert alarm.theirs.startswith(forked)
        assert alarm.size == size - 1
        with watched.hub.reading() as work:
            assert [one.is_proof for one in alarms.listed(work)] == [True]
            proof = Evidence.decode(alarms.evidence(work))
        # A third person needs the log's key alone.
        proof.check(note.VerifierKey.parse(watched.hub.scheme.ledger_vkey))
        assert "EQUIVOCATION ALARM" in logged(capsys)
        assert watched.state().quorum == "met"
        # The same again is the same alarm.
        first_failure = watched.standing("w1").failed_at

        def has_failed_again() -> bool:
            watched.forgive()
            watched.write()
            return watched.standing("w1").failed_at != first_failure

        eventually(has_failed_again)
        assert liar.asked > 2
        assert len(watched.alarms()) == 1

    def test_is_raised_where_a_witness_stands_at_this_size_and_still_names_it(
        self, watched: Watched
    ) -> None:
        """Some makers refuse another root of the same size so, and never say more."""
        size = watched.write()
        eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
        told = always(Told(status=409, body=b"%d\n" % (size + 1), headers=SIZE))
        watched.three[0].misbehaves = told
        assert watched.write() == size + 1
        eventually(lambda: watched.state().alarms == 1)
        (alarm,) = watched.alarms()
        assert (alarm.witness, alarm.status, alarm.size) == ("w1", 409, size + 1)

    def test_is_not_raised_where_a_witness_names_an_older_size_again_and_again(
        self, watched: Watched
    ) -> None:
        size = watched.write()
        eventually(lambda: watched.cosigners() == {"w1", "w2", "w3"})
        told = always(Told(status=409, body=b"%d\n" % size, headers=SIZE))
        watched.three[0].misbehaves = told
        watched.write()
        eventually(lambda: watched.standing("w1").failure == "no-common-size")
        assert watched.alarms() == []

    def test_that_cannot_be_kept_is_logged_and_raised_at_the_next_turn(
        self, watched: Watched, capsys: pytest.CaptureFixture[str]
    ) -> None:
        watched.three[0].misbehaves = always(Told(status=422, body=b"", headers=TEXT))
        size = watched.hub.sequence()

        @contextmanager
        def full_disk() -> Iterator[Work]:
            raise OSError

        assert watched.hub.policy is not None
        failing = Witnesses(watched.hub.policy, writing=full_disk, reading=watched.hub.reading)
        failing.ask(size)
        told: list[str] = []

        def is_logged() -> bool:
            told.append(logged(capsys))
            return "asking a witness failed" in "".join(told)

        eventually(is_logged)
        failing.close()
        watched.write()
        eventually(lambda: watched.state().alarms == 1)

    def test_is_raised_too_where_the_witness_shows_nothing(self, watched: Watched) -> None:
        watched.three[0].misbehaves = always(Told(status=422, body=b"", headers=TEXT))
        watched.write()
        eventually(lambda: watched.state().alarms == 1)
        (alarm,) = watched.alarms()
        assert alarm.theirs is None
        with watched.hub.reading() as work:
            assert [one.is_proof for one in alarms.listed(work)] == [False]
            with pytest.raises(NotFoundError):
                alarms.evidence(work)

    def test_is_raised_where_a_witness_has_cosigned_more_than_this_database_holds(
        self, watched: Watched
    ) -> None:
        watched.three[0].misbehaves = always(Told(status=409, body=b"1000000\n", headers=SIZE))
        watched.write()
        eventually(lambda: watched.state().alarms == 1)
        assert watched.alarms()[0].status == 409

    def test_stays_after_it_is_acknowledged(self, watched: Watched) -> None:
        watched.three[0].misbehaves = always(Told(status=422, body=b"", headers=TEXT))
        watched.write()
        eventually(lambda: watched.state().alarms == 1)
        (alarm,) = watched.alarms()
        with watched.hub.noting() as work:
            alarms.acknowledge(work, officer(), alarm.id)
        assert watched.state().alarms == 0
        (kept,) = watched.alarms()
        assert kept.acknowledged_by == "usr_office"
        assert kept.ours == alarm.ours


def test_closing_the_hub_gives_up_what_is_being_asked(watched: Watched) -> None:
    for one in watched.three:
        one.misbehaves = sleepy
    watched.write()
    watched.hub.close()


def officer() -> Actor:
    """Return a person of the office."""
    return Actor(kind="person", slug="office", role="operator", user_id="usr_office")


def forked_note(hub: Hub, size: int) -> bytes:
    """Return a checkpoint of another tree of that size, signed by the log's own key."""
    signer = note.SignerKey(
        name=hub.scheme.origin, kind=note.ED25519, private_key=hub.keyring.signing["log"]
    )
    text = note.Checkpoint(origin=hub.scheme.origin, size=size, root=b"\x07" * 32).text()
    return note.sign_note(text, signer)
