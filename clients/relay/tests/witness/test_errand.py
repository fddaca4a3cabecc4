"""Witnessing without a server: over HTTP, from a log's tiles alone, for whichever log it is."""

import gzip
import socket
from contextlib import suppress
from threading import Event, Thread

import pytest

from career_relay.errors import DistrustError, HubAnswerError, HubRefusedError, NotReadyError
from career_relay.witness import errand as errand_room
from career_relay.witness.cosigner import Witness
from career_relay.witness.errand import PATIENCE_S, cosign_latest, hand_in, read_log
from relay_protocol.note import Checkpoint, SignatureLine, open_checkpoint, sign_note
from tests.story.local_hub import LocalHub, Told
from tests.story.plain_log import NAME, PlainLog

NOON = 1_800_000_000


def test_the_newest_checkpoint_is_fetched_proven_by_tiles_and_cosigned(
    witness: Witness, local_hub: LocalHub
) -> None:
    log = PlainLog.of(3)
    address = log.serve(local_hub)
    first = cosign_latest(witness, read_log(address))
    assert first.before is None
    for size in (3, 255, 256, 257, 300, 700):
        log.grow(size)
        errand = cosign_latest(witness, read_log(address))
        checkpoint, opened = open_checkpoint(
            errand.now.note, log.key.verifier, [witness.signer.verifier]
        )
        assert checkpoint == Checkpoint(origin=NAME, size=size, root=log.root())
        assert opened.cosigned_at(witness.signer.name) == NOON
    # Entries are nothing to a witness.
    assert not [path for path in log.asked if "entries" in path]


def test_an_errand_and_a_server_share_one_state(
    witness: Witness, log: PlainLog, local_hub: LocalHub
) -> None:
    address = log.serve(local_hub)
    cosign_latest(witness, read_log(address))
    log.grow(400)
    errand = cosign_latest(witness, read_log(address))
    assert errand.before is not None
    assert (errand.before.checkpoint.size, errand.now.checkpoint.size) == (300, 400)
    kept = witness.state.cosigned(NAME)
    assert kept == errand.now


def test_a_server_that_was_faster_is_caught_up_with(witness: Witness, log: PlainLog) -> None:
    class Hurried(PlainLog):
        """Hands its tiles out after the server has cosigned what it shows."""

        def tile(self, level: int, index: int, width: int) -> bytes:
            if self.time_s:
                self.time_s = 0
                cosign_latest(witness, log)
            return super().tile(level, index, width)

    small = PlainLog.of(20)
    cosign_latest(witness, small)
    hurried = Hurried.of(300)
    errand = cosign_latest(witness, hurried)
    assert errand.before is not None
    assert errand.before.checkpoint.size == 300


def test_a_log_that_tells_another_history_is_not_cosigned_and_alarms(
    witness: Witness, log: PlainLog, local_hub: LocalHub
) -> None:
    cosign_latest(witness, log)
    forked = PlainLog.of(400, "another")
    with pytest.raises(DistrustError, match="another history"):
        cosign_latest(witness, read_log(forked.serve(local_hub)))
    (alarm,) = witness.state.alarms()
    assert alarm.kind == "inconsistent"
    assert open_checkpoint(alarm.shown, log.key.verifier)[0].root == forked.root()
    kept = witness.state.cosigned(NAME)
    assert kept is not None
    assert kept.checkpoint.root == log.root()


def test_two_roots_of_one_size_alarm_once_and_as_proof(witness: Witness, log: PlainLog) -> None:
    cosign_latest(witness, log)
    with pytest.raises(DistrustError):
        cosign_latest(witness, PlainLog.of(300, "another"))
    assert [alarm.kind for alarm in witness.state.alarms()] == ["same-size"]


def test_a_log_that_went_back_may_be_late_for_a_while_and_then_alarms(
    witness: Witness, log: PlainLog, clock: dict[str, int]
) -> None:
    cosign_latest(witness, log)
    earlier = PlainLog.of(200)
    clock["now_s"] = NOON + PATIENCE_S - 1
    with pytest.raises(NotReadyError, match="200 entries; 300 are cosigned"):
        cosign_latest(witness, earlier)
    assert witness.state.alarms() == ()
    clock["now_s"] = NOON + PATIENCE_S
    with pytest.raises(DistrustError, match="gone back"):
        cosign_latest(witness, earlier)
    assert [alarm.kind for alarm in witness.state.alarms()] == ["rollback"]


def test_a_log_that_is_not_watched_or_not_signed_is_not_cosigned(
    witness: Witness, log: PlainLog
) -> None:
    with pytest.raises(HubAnswerError, match="does not watch"):
        cosign_latest(witness, PlainLog.of(3, name="log.example/second"))
    stranger = PlainLog.of(3, name="log.example/second")
    log.files["checkpoint"] = sign_note(log.note().decode().split("\n\n")[0] + "\n", stranger.key)
    with pytest.raises(HubAnswerError, match="cannot be witnessed") as refused:
        cosign_latest(witness, log)
    assert "give both" in refused.value.mend.en


def test_another_logs_own_lines_are_cosigned_along(witness: Witness) -> None:
    log = PlainLog.of(8)
    text = Checkpoint(origin=NAME, size=8, root=log.root()).text() + "an extension\n"
    log.files["checkpoint"] = sign_note(text, log.key)
    errand = cosign_latest(witness, log)
    assert errand.now.note.decode().startswith(text)


def test_a_checkpoint_of_a_hundred_signatures_is_read_and_of_one_more_is_not(
    witness: Witness,
) -> None:
    log = PlainLog.of(8)
    stranger = SignatureLine(name="x.example", key_id=b"1234", signature=bytes(64)).encode()
    log.files["checkpoint"] = log.note() + stranger.encode() * 100
    with pytest.raises(HubAnswerError, match="cannot be witnessed"):
        cosign_latest(witness, log)
    log.files["checkpoint"] = log.note() + stranger.encode() * 99
    assert cosign_latest(witness, log).now.checkpoint.size == 8


def test_an_empty_checkpoint_is_not_cosigned(witness: Witness, local_hub: LocalHub) -> None:
    log = PlainLog.of(8)
    address = log.serve(local_hub)
    log.files["checkpoint"] = b""
    with pytest.raises(HubAnswerError, match="cannot be witnessed"):
        cosign_latest(witness, read_log(address))


def test_a_checkpoint_that_leaves_no_room_for_our_line_is_not_cosigned(witness: Witness) -> None:
    log = PlainLog.of(8)
    text = Checkpoint(origin=NAME, size=8, root=log.root()).text()
    log.files["checkpoint"] = sign_note(f"{text}{'x' * 999_700}\n", log.key)
    with pytest.raises(HubAnswerError, match="cannot be witnessed"):
        cosign_latest(witness, log)
    assert witness.state.cosigned(NAME) is None


@pytest.mark.parametrize("change", ["gone", "cut", "empty", "flipped", "of another tree"])
@pytest.mark.parametrize("path", ["tile/0/002.p/88", "tile/0/001", "tile/1/000.p/2"])
def test_a_log_with_a_missing_or_false_tile_is_not_cosigned_and_not_accused(
    witness: Witness, log: PlainLog, change: str, path: str
) -> None:
    cosign_latest(witness, log)
    log.grow(600)
    raw = log.files[path]
    log.files[path] = {
        "gone": b"",
        "cut": raw[:-1],
        "empty": b"",
        "flipped": bytes([raw[0] ^ 1]) + raw[1:],
        "of another tree": PlainLog.of(600, "another").files[path],
    }[change]
    if change == "gone":
        del log.files[path]
    with pytest.raises(HubAnswerError, match="cannot be witnessed"):
        cosign_latest(witness, log)
    kept = witness.state.cosigned(NAME)
    assert kept is not None
    assert kept.checkpoint.size == 300
    # A damaged tile is no lie of the log: whoever holds its key has signed nothing false.
    assert witness.state.alarms() == ()
    log.files[path] = raw
    assert cosign_latest(witness, log).now.checkpoint.size == 600


def test_no_address_and_nobody_there_are_told_apart_from_distrust(witness: Witness) -> None:
    for address in ("nonsense", "ftp://log.example", "http://user@log.example"):
        with pytest.raises(HubAnswerError):
            read_log(address)
    with pytest.raises(HubAnswerError):
        cosign_latest(witness, read_log("http://127.0.0.1:9/log"))


def test_the_line_is_handed_in_with_the_whole_checkpoint(
    witness: Witness, log: PlainLog, local_hub: LocalHub
) -> None:
    errand = cosign_latest(witness, log)
    receipt = {"size": 300, "accepted": ["w1"], "quorate": True}
    local_hub.tell("POST", "/v1/witness/cosignatures", Told.of(receipt))
    assert hand_in(f"{local_hub.url}/", errand.now.note) == receipt
    (asked,) = local_hub.to("/v1/witness/cosignatures")
    assert asked.body == errand.now.note
    assert asked.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_hub_that_refuses_the_line_says_why(local_hub: LocalHub) -> None:
    told = Told.problem("cosignature-unknown", 403, "No witness of the policy.", mend="Ask us.")
    local_hub.tell("POST", "/v1/witness/cosignatures", told)
    with pytest.raises(HubRefusedError, match="No witness of the policy") as refused:
        hand_in(local_hub.url, b"note")
    assert (refused.value.problem.slug, refused.value.problem.status) == (
        "cosignature-unknown",
        403,
    )


@pytest.mark.parametrize(
    "told",
    [
        Told.of([]),
        Told(body=b"not json"),
        Told(body=b'"' + b"x" * 20_000 + b'"'),
        Told(status=302, headers={"Location": "http://elsewhere.example"}),
        Told.of({}, status=500),
    ],
    ids=["list", "text", "long", "redirect", "fault"],
)
def test_what_no_hub_answers_is_told_from_a_refusal(local_hub: LocalHub, told: Told) -> None:
    local_hub.tell("POST", "/v1/witness/cosignatures", told)
    with pytest.raises(HubAnswerError, match="does not take the line"):
        hand_in(local_hub.url, b"note")


@pytest.mark.parametrize("begun", [b"", b"HTTP/1.1 200 OK\r\n\r\n"], ids=["head", "body"])
def test_a_hub_that_drips_is_given_up_in_time(
    monkeypatch: pytest.MonkeyPatch, begun: bytes
) -> None:
    # Each byte comes soon enough for a clock that begins anew with each.
    monkeypatch.setattr(errand_room, "_TOTAL_S", 0.5)
    listening, ended = socket.create_server(("127.0.0.1", 0)), Event()

    def drip() -> None:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.sendall(begun or b"HTTP/1.1 200 OK\r\nX-Long: ")
            while not ended.wait(0.05):
                connection.sendall(b"x")

    dripping = Thread(target=drip, daemon=True)
    dripping.start()
    with pytest.raises(HubAnswerError, match="takes too long"):
        hand_in(f"http://127.0.0.1:{listening.getsockname()[1]}", b"note")
    ended.set()
    dripping.join(5)
    listening.close()


def test_a_packed_answer_is_not_unpacked(local_hub: LocalHub) -> None:
    bomb = gzip.compress(b'{"size":1}' + b" " * 100_000)
    assert len(bomb) < 1_000
    told = Told(body=bomb, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"})
    local_hub.tell("POST", "/v1/witness/cosignatures", told)
    with pytest.raises(HubAnswerError, match="does not take the line"):
        hand_in(local_hub.url, b"note")


def test_no_hub_at_all_is_told_likewise() -> None:
    for hub in ("http://127.0.0.1:9", "nonsense"):
        with pytest.raises(HubAnswerError, match="does not take the line"):
            hand_in(hub, b"note")
