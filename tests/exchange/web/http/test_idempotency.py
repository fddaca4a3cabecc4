import pytest

from exchange.domain.errors import IdempotencyKeyMissingError
from exchange.web.http.idempotency import Request, request_of


def asked(**changed: str | bytes) -> Request:
    said: dict[str, str | bytes] = {
        "actor": "mirai",
        "key": "k-1",
        "method": "POST",
        "path": "/v1/keys?",
        "body": b"{}",
        **changed,
    }
    return request_of(
        actor=str(said["actor"]),
        key=str(said["key"]),
        method=str(said["method"]),
        path=str(said["path"]),
        body=bytes(said["body"]) if isinstance(said["body"], bytes) else b"",
    )


def test_the_same_request_is_recognised() -> None:
    assert asked() == asked()


@pytest.mark.parametrize(
    "changed",
    [
        {"method": "PUT"},
        {"path": "/v1/keys?x=1"},
        {"body": b"{} "},
        {"path": "/v1/key", "method": "POSTs"},
    ],
)
def test_another_request_under_the_same_key_is_told_apart(changed: dict[str, str | bytes]) -> None:
    assert asked(**changed).key == asked().key
    assert asked(**changed).digest != asked().digest


@pytest.mark.parametrize("key", [None, "", "x" * 129, "キー", "a\nb", "a\x00b"])
def test_a_write_needs_a_key_that_can_be_written_in_a_header(key: str | None) -> None:
    with pytest.raises(IdempotencyKeyMissingError):
        request_of(actor="mirai", key=key, method="POST", path="/", body=b"")


@pytest.mark.parametrize("key", ["x", "x" * 128, "9f0c ~!"])
def test_any_printable_key_will_do(key: str) -> None:
    assert request_of(actor="mirai", key=key, method="POST", path="/", body=b"").key == key
