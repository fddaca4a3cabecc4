"""An alarm is posted as Standard Webhooks asks for, and their own library takes it."""

import base64
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Receiver

from relay_protocol.cli.refusals import InputError, PostError
from relay_protocol.cli.webhooks import Webhook
from tests.story.local_hub import LocalHub, Told

SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    local = LocalHub()
    yield local
    local.close()


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    path = tmp_path / "secret"
    path.write_text(SECRET + "\n", encoding="ascii")
    return path


def now() -> datetime:
    return datetime.fromtimestamp(int(time.time()), UTC)


def test_the_standards_own_library_takes_what_is_posted(hub: LocalHub, secret: Path) -> None:
    hub.tell("POST", "/alarm", Told(status=204, body=b""))
    Webhook.of(f"{hub.url}/alarm", secret).post("msg_1", {"type": "log.alarm", "ja": "警報"}, now())
    (asked,) = hub.requests
    headers = {name.lower(): value for name, value in asked.headers.items()}
    assert Receiver(SECRET).verify(asked.body, headers) == {"type": "log.alarm", "ja": "警報"}
    assert headers["webhook-id"] == "msg_1"
    assert headers["content-type"] == "application/json"


def test_the_signature_is_the_standards(secret: Path) -> None:
    at = datetime(2026, 12, 1, 4, 5, 6, tzinfo=UTC)
    signed = Receiver(SECRET).sign(msg_id="msg_1", timestamp=at, data="{}")
    assert Webhook.of("https://a.example/", secret).headers("msg_1", b"{}", at) == {
        "Content-Type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": "1796097906",
        "webhook-signature": signed,
    }


@pytest.mark.parametrize("status", [302, 400, 410, 500])
def test_an_answer_that_is_no_yes_is_told(hub: LocalHub, secret: Path, status: int) -> None:
    hub.tell("POST", "/alarm", Told(status=status, headers={"Location": f"{hub.url}/other"}))
    with pytest.raises(PostError, match=str(status)):
        Webhook.of(f"{hub.url}/alarm", secret).post("msg_1", {}, now())
    assert [asked.path for asked in hub.requests] == ["/alarm"]


def test_nobody_there_is_told(secret: Path) -> None:
    gone = LocalHub()
    gone.close()
    with pytest.raises(PostError, match="nobody takes it"):
        Webhook.of(gone.url, secret).post("msg_1", {}, now())


def test_who_never_answers_does_not_hold_us(
    hub: LocalHub, secret: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("relay_protocol.cli.webhooks.TOTAL_S", 0.2)

    def wait(_asked: object) -> Told:
        hub.closing.wait(30)
        return Told()

    hub.tell("POST", "/alarm", wait)
    with pytest.raises(PostError, match="no answer within"):
        Webhook.of(f"{hub.url}/alarm", secret).post("msg_1", {}, now())
    hub.closing.set()


@pytest.mark.parametrize("url", ["", "alarm.example", "ftp://a.example/", "file:///etc/passwd"])
def test_another_address_is_refused(secret: Path, url: str) -> None:
    with pytest.raises(InputError, match="http or https"):
        Webhook.of(url, secret)


@pytest.mark.parametrize(
    "text",
    ["", SECRET.removeprefix("whsec_"), "whsec_!!!", "whsec_" + "A" * 28, "whsec_" + "A" * 92],
)
def test_another_secret_is_refused(secret: Path, text: str) -> None:
    secret.write_text(text, encoding="ascii")
    with pytest.raises(InputError, match="no secret"):
        Webhook.of("https://a.example/", secret)


@pytest.mark.parametrize("size", [24, 64])
def test_secrets_have_24_to_64_bytes(secret: Path, size: int) -> None:
    secret.write_text("whsec_" + base64.b64encode(bytes(size)).decode(), encoding="ascii")
    assert Webhook.of("https://a.example/", secret).key == bytes(size)


def test_a_secret_is_not_shown(secret: Path) -> None:
    assert "\\x01" not in repr(Webhook.of("https://a.example/", secret))
    assert json.dumps(SECRET) not in repr(Webhook.of("https://a.example/", secret))
