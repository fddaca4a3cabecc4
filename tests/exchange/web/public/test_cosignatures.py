"""Witnesses without a server bring their cosignatures; the signature is their token."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from exchange.app import create_app
from exchange.hub import Hub, open_hub
from exchange.services import witnesses
from exchange.store import checkpoints as checkpoint_rows
from exchange.store import witnesses as rows
from relay_protocol import note
from tests.story import api
from tests.story.scheme import Organization, admit, corporate_number
from tests.story.stored_ledger import lengthen
from tests.story.witnesses import OtherWitness

DOOR = "/v1/witness/cosignatures"
TEXT = {"Content-Type": "text/plain; charset=utf-8"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A hub whose policy is two witnesses without a server, and somebody who talks to it."""

    hub: Hub
    http: httpx.Client
    first: OtherWitness
    second: OtherWitness

    def served(self) -> bytes:
        """Return the checkpoint as it is served."""
        return self.http.get("/ledger/checkpoint").content

    def cosigned(self, by: OtherWitness, checkpoint: bytes | None = None) -> bytes:
        """Return a checkpoint with a witness's line."""
        raw = self.served() if checkpoint is None else checkpoint
        return raw + by.cosignature(raw.decode().partition("\n\n")[0] + "\n")

    def bring(self, raw: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        """Bring it."""
        return self.http.post(DOOR, content=raw, headers=TEXT if headers is None else headers)


@pytest.fixture
def scene(hub: Hub, tmp_path: Path, translated: None) -> Iterator[Scene]:
    """Yield a hub that nobody has witnessed yet."""
    log = note.VerifierKey.parse(hub.scheme.ledger_vkey)
    first, second = (
        OtherWitness(name=name, origin=hub.scheme.origin, log_key=log.public_key)
        for name in ("w1", "w2")
    )
    lines = (
        f"log {hub.scheme.ledger_vkey}",
        first.policy_line,
        second.policy_line,
        "group both all w1 w2",
        "quorum both\n",
    )
    (tmp_path / "policy").write_text("\n".join(lines))
    opened = open_hub(replace(hub.settings, policy=tmp_path / "policy"))
    with api.visitor(create_app(opened)) as http:
        yield Scene(hub=opened, http=http, first=first, second=second)
    opened.close()


def test_what_a_witness_brings_is_served_to_every_reader(scene: Scene) -> None:
    first = scene.bring(scene.cosigned(scene.first))
    assert first.status_code == 200
    assert first.json() == {"size": 17, "accepted": ["w1"], "quorate": False}
    second = scene.bring(scene.cosigned(scene.second))
    # It brings what was served, which carries the first one's line already.
    assert second.json() == {"size": 17, "accepted": ["w1", "w2"], "quorate": True}
    policy = scene.hub.policy
    assert policy is not None
    assert set(policy.check(scene.served()).cosigned) == {"w1", "w2"}
    assert scene.http.get("/healthz").json()["ledger"]["quorum"] == "met"


def test_the_same_again_is_harmless_and_an_older_one_changes_nothing(scene: Scene) -> None:
    plain = scene.served()
    scene.bring(scene.cosigned(scene.first, plain))
    newest = scene.served()
    assert scene.bring(scene.cosigned(scene.first, plain)).json()["accepted"] == ["w1"]
    scene.first.time_s -= 60
    assert scene.bring(scene.cosigned(scene.first, plain)).json()["accepted"] == ["w1"]
    assert scene.served() == newest
    scene.first.time_s += 120
    scene.bring(scene.cosigned(scene.first, plain))
    assert scene.served() != newest


def test_an_older_published_checkpoint_is_still_taken(scene: Scene) -> None:
    older = scene.served()
    lengthen(scene.hub, 20)
    answer = scene.bring(scene.cosigned(scene.first, older))
    assert answer.json() == {"size": 17, "accepted": ["w1"], "quorate": False}


def test_a_stranger_s_cosignature_is_none(scene: Scene) -> None:
    stranger = OtherWitness(name="w1", origin=scene.first.origin, log_key=scene.first.log_key)
    answer = scene.bring(scene.cosigned(stranger))
    assert (answer.status_code, answer.json()["type"]) == (403, "/docs/problems#forbidden")
    assert scene.bring(scene.served()).status_code == 403


def test_a_false_signature_is_refused(scene: Scene) -> None:
    raw = scene.cosigned(scene.first)
    flipped = raw[:-4] + (b"A" if raw[-4:-3] != b"A" else b"B") + raw[-3:]
    answer = scene.bring(flipped)
    assert (answer.status_code, answer.json()["type"]) == (400, "/docs/problems#malformed")


def forked(scene: Scene, size: int, root: bytes, *, by_log: bool = True) -> bytes:
    """Return a checkpoint that this ledger has not published."""
    text = note.Checkpoint(origin=scene.hub.scheme.origin, size=size, root=root).text()
    key = scene.hub.keyring.signing["log" if by_log else "hub"]
    signer = note.SignerKey(name=scene.hub.scheme.origin, kind=note.ED25519, private_key=key)
    return note.sign_note(text, signer)


def test_a_checkpoint_that_was_never_published_is_not_known(scene: Scene) -> None:
    for size in (1, 18):
        raw = scene.cosigned(scene.first, forked(scene, size, bytes(32)))
        assert scene.bring(raw).status_code == 404
    other = scene.served().replace(b"localhost:8400/ledger\n17", b"elsewhere/ledger\n17", 1)
    assert scene.bring(other).status_code == 404


def test_a_checkpoint_that_is_signed_is_not_known_before_it_is_published(scene: Scene) -> None:
    admit(scene.hub, Organization(slug="minato", role="member", number=corporate_number(20)))
    scene.hub.sign()
    with scene.hub.reading() as work:
        signed = checkpoint_rows.checkpoint_of(work.session, 18)
    assert signed is not None
    raw = scene.cosigned(scene.first, signed.note)
    assert scene.bring(raw).status_code == 404
    scene.hub.publish()
    assert scene.bring(raw).json() == {"size": 18, "accepted": ["w1"], "quorate": False}


def test_another_history_that_the_log_has_signed_is_an_alarm(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = scene.cosigned(scene.first, forked(scene, 17, b"\x07" * 32))
    answer = scene.bring(raw)
    assert (answer.status_code, answer.json()["type"]) == (409, "/docs/problems#equivocation")
    with scene.hub.reading() as work:
        (alarm,) = rows.open_alarms(work.session)
    assert (alarm.witness, alarm.theirs) == (witnesses.BROUGHT, raw)
    assert scene.http.get("/healthz").json()["status"] == "alarm"
    told = capsys.readouterr()
    assert "EQUIVOCATION ALARM" in told.out + told.err
    scene.bring(raw)
    with scene.hub.reading() as work:
        assert len(rows.alarms(work.session)) == 1


def test_another_history_that_somebody_else_has_signed_is_nothing(scene: Scene) -> None:
    raw = scene.cosigned(scene.first, forked(scene, 17, b"\x07" * 32, by_log=False))
    assert scene.bring(raw).status_code == 404
    with scene.hub.reading() as work:
        assert rows.alarms(work.session) == []


@pytest.mark.parametrize(
    ("raw", "headers", "status"),
    [
        (b"", TEXT, 400),
        (b"\x00" * 100, TEXT, 400),
        (b"x" * 16_384, TEXT, 400),
        (b"x" * 16_385, TEXT, 413),
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"\x1f\x8b" * 10, {**TEXT, "Content-Encoding": "gzip"}, 400),
    ],
)
def test_what_is_no_checkpoint_is_refused(
    scene: Scene, raw: bytes, headers: dict[str, str], status: int
) -> None:
    answer = scene.bring(raw, headers)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_a_hundred_signatures_are_read_and_one_more_is_not(scene: Scene) -> None:
    raw = scene.cosigned(scene.first)
    stranger = "— x AAAAAAE=\n".encode()
    assert scene.bring(raw + stranger * 99).status_code == 400
    assert scene.bring(raw + stranger * 98).status_code == 200


def test_nobody_may_bring_without_end(scene: Scene) -> None:
    statuses = [scene.bring(b"no checkpoint").status_code for _ in range(61)]
    assert statuses[:60] == [400] * 60
    assert statuses[60] == 429


def test_without_a_policy_nothing_is_taken(hub: Hub, visitor: httpx.Client) -> None:
    served = visitor.get("/ledger/checkpoint").content
    assert hub.policy is None
    assert visitor.post(DOOR, content=served, headers=TEXT).status_code == 404
