import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from threading import Event, Thread

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from career_relay import transport as transport_room
from career_relay.errors import Fault, HubAnswerError, HubRefusedError, HubUnreachableError
from career_relay.transport import Patience, Signer, Transport
from career_relay.words import Language
from relay_protocol.jwk import kid_of
from tests.story.local_hub import Asked, LocalHub, Told

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """What the tests ask for."""

    name: str
    size: int = 0


class Rest:
    """Waits no time, and keeps how long it should have waited."""

    def __init__(self) -> None:
        self.pauses: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture
def rest() -> Rest:
    return Rest()


Connect = Callable[..., Transport]


@pytest.fixture
def connect(local_hub: LocalHub, moment: datetime, rest: Rest) -> Iterator[Connect]:
    """Return a maker of connections to the hub on this machine, closed at the end."""
    made: list[Transport] = []

    def connection(
        *, language: Language = "en", signed: bool = True, stall_s: float = 5, total_s: float = 5
    ) -> Transport:
        transport = Transport(
            local_hub.url,
            now=lambda: moment,
            signer=Signer(slug="mirai", key=KEY) if signed else None,
            language=language,
            patience=Patience(stall_s=stall_s, total_s=total_s, attempts=ATTEMPTS, pause=rest),
        )
        made.append(transport)
        return transport

    yield connection
    for transport in made:
        transport.__exit__()


def claims_of(asked: Asked, url: str, moment: datetime) -> dict[str, object]:
    """Return the claims of a request's token, whose signature and audience check."""
    scheme, _, token = asked.headers["Authorization"].partition(" ")
    assert scheme == "Bearer"
    header = jwt.get_unverified_header(token)
    assert header == {"alg": "EdDSA", "kid": kid_of(KEY.public_key()), "typ": "JWT"}
    claims: dict[str, object] = jwt.decode(
        token,
        KEY.public_key(),
        algorithms=["EdDSA"],
        audience=url,
        options={"verify_exp": False, "verify_iat": False},
    )
    assert claims["iat"] == int(moment.timestamp())
    return claims


class TestTokens:
    def test_a_request_carries_a_token_of_the_organizations_key_for_this_hub(
        self, local_hub: LocalHub, connect: Connect, moment: datetime
    ) -> None:
        local_hub.tell("GET", "/v1/thing", Told.of({"name": "a"}))
        connect().read("/v1/thing", Thing)
        claims = claims_of(local_hub.requests[0], local_hub.url, moment)
        assert claims["iss"] == "mirai"
        assert set(claims) == {"iss", "aud", "iat", "exp", "jti"}

    def test_a_token_lives_five_minutes_at_most(
        self, local_hub: LocalHub, connect: Connect, moment: datetime
    ) -> None:
        local_hub.tell("GET", "/v1/thing", Told.of({"name": "a"}))
        connect().read("/v1/thing", Thing)
        claims = claims_of(local_hub.requests[0], local_hub.url, moment)
        expires_s, issued_s = claims["exp"], claims["iat"]
        assert isinstance(expires_s, int)
        assert isinstance(issued_s, int)
        assert 0 < expires_s - issued_s <= 300

    def test_no_token_is_used_twice(
        self, local_hub: LocalHub, connect: Connect, moment: datetime
    ) -> None:
        local_hub.tell("GET", "/v1/thing", Told.of({"name": "a"}))
        transport = connect()
        for _ in range(2):
            transport.read("/v1/thing", Thing)
        first, second = (claims_of(it, local_hub.url, moment) for it in local_hub.requests)
        assert first["jti"] != second["jti"]

    def test_who_asks_as_nobody_shows_no_token(self, local_hub: LocalHub, connect: Connect) -> None:
        local_hub.tell("GET", "/v1/thing", Told.of({"name": "a"}))
        connect(signed=False).read("/v1/thing", Thing)
        assert "Authorization" not in local_hub.requests[0].headers


class TestAnswers:
    def test_an_answer_is_read_as_what_it_should_be(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        local_hub.tell("GET", "/v1/thing", Told.of({"name": "佐倉", "size": 3, "later": True}))
        assert connect().read("/v1/thing", Thing) == Thing(name="佐倉", size=3)

    @pytest.mark.parametrize(
        "body", [b"", b"not json", b"[]", b'{"size": 3}', b'{"name": "a", "size": 2.5e-42}']
    )
    def test_an_answer_of_another_form_is_refused(
        self, local_hub: LocalHub, connect: Connect, body: bytes
    ) -> None:
        local_hub.tell("GET", "/v1/thing", Told(body=body))
        with pytest.raises(HubAnswerError):
            connect().read("/v1/thing", Thing)

    def test_a_redirection_is_not_followed(self, local_hub: LocalHub, connect: Connect) -> None:
        local_hub.tell("GET", "/v1/thing", Told(status=302, headers={"Location": "/v1/other"}))
        local_hub.tell("GET", "/v1/other", Told.of({"name": "a"}))
        with pytest.raises(HubAnswerError, match="redirection"):
            connect().read("/v1/thing", Thing)
        assert local_hub.to("/v1/other") == []

    def test_bytes_are_taken_up_to_their_limit_and_not_beyond(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        local_hub.tell("GET", "/tile", Told(body=bytes(64)))
        assert connect().read_bytes("/tile", 64) == bytes(64)
        with pytest.raises(HubAnswerError, match="more than 63 bytes"):
            connect().read_bytes("/tile", 63)

    def test_an_answer_without_end_is_cut_off(self, local_hub: LocalHub, connect: Connect) -> None:
        def forever(_: Asked) -> Told:
            return Told(body=iter(lambda: bytes(4096), None))

        local_hub.tell("GET", "/tile", forever)
        with pytest.raises(HubAnswerError, match="more than"):
            connect().read_bytes("/tile", 100_000)

    def test_an_answer_that_is_compressed_unasked_is_refused(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        local_hub.tell("GET", "/v1/thing", Told(body=b"bomb", headers=headers))
        with pytest.raises(HubAnswerError, match="compressed"):
            connect().read("/v1/thing", Thing)

    def test_an_error_page_of_something_in_between_is_told_as_such(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        page = Told(status=403, body=b"<html>", headers={"Content-Type": "text/html"})
        local_hub.tell("GET", "/v1/thing", page)
        with pytest.raises(HubAnswerError, match="status 403"):
            connect().read("/v1/thing", Thing)


class TestRefusals:
    def test_a_problem_document_comes_as_the_hub_words_it(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        told = Told.problem(
            "token-expired",
            401,
            "The token's exp has passed.",
            mend="Set the clock.",
            field="exp",
            errors=[{"field": "exp", "detail": "over"}],
        )
        local_hub.tell("GET", "/v1/thing", told)
        with pytest.raises(HubRefusedError, match=r"exp: The token's exp has passed\.") as refused:
            connect().read("/v1/thing", Thing)
        problem = refused.value.problem
        assert (problem.slug, problem.status) == ("token-expired", 401)
        assert refused.value.mend.into("en") == "Set the clock."
        assert problem.faults == (Fault(field="exp", detail="over"),)

    def test_refusals_are_asked_for_in_the_readers_language(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        local_hub.tell("GET", "/v1/thing", Told.problem("busy", 403, "混んでいます。"))
        with pytest.raises(HubRefusedError, match="混んでいます"):
            connect(language="ja").read("/v1/thing", Thing)
        assert local_hub.requests[0].headers["Accept-Language"] == "ja"

    def test_a_refusal_is_not_asked_for_again(self, local_hub: LocalHub, connect: Connect) -> None:
        local_hub.tell("POST", "/v1/thing", Told.problem("bad-input", 422, "No."))
        with pytest.raises(HubRefusedError):
            connect().write("/v1/thing", {}, Thing)
        assert len(local_hub.requests) == 1

    def test_a_problem_that_is_not_json_is_no_refusal(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        headers = {"Content-Type": "application/problem+json"}
        local_hub.tell("GET", "/v1/thing", Told(status=422, body=b"{", headers=headers))
        with pytest.raises(HubAnswerError):
            connect().read("/v1/thing", Thing)


class TestWritesAndAttempts:
    def test_a_write_sends_json_under_a_key_of_its_own(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        local_hub.tell("POST", "/v1/thing", Told.of({"name": "a"}, status=201))
        transport = connect()
        for _ in range(2):
            assert transport.write("/v1/thing", {"name": "佐倉"}, Thing).name == "a"
        first, second = local_hub.requests
        assert first.document == {"name": "佐倉"}
        assert first.headers["Content-Type"] == "application/json"
        assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]

    def test_a_write_that_may_come_again_keeps_the_key_it_was_given(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        local_hub.tell("POST", "/v1/thing", Told.of({"name": "a"}))
        connect().write("/v1/thing", {}, Thing, once="env_1")
        assert local_hub.requests[0].headers["Idempotency-Key"] == "env_1"

    def test_a_busy_hub_is_asked_again_under_the_same_key_with_a_new_token(
        self, local_hub: LocalHub, connect: Connect, rest: Rest, moment: datetime
    ) -> None:
        busy = Told.problem("busy", 503, "Later.")
        local_hub.tell("POST", "/v1/thing", busy, busy, Told.of({"name": "a"}))
        assert connect().write("/v1/thing", {"n": 1}, Thing).name == "a"
        assert len(local_hub.requests) == 3
        assert len({it.headers["Idempotency-Key"] for it in local_hub.requests}) == 1
        assert len({it.body for it in local_hub.requests}) == 1
        tokens = [claims_of(it, local_hub.url, moment)["jti"] for it in local_hub.requests]
        assert len(set(tokens)) == 3
        first_s, second_s = rest.pauses
        assert 0.25 <= first_s <= 0.5 <= second_s <= 1

    def test_the_hub_says_how_long_to_wait(
        self, local_hub: LocalHub, connect: Connect, rest: Rest
    ) -> None:
        busy = Told.problem("busy", 503, "Later.")
        asks = Told(status=503, body=busy.body, headers={**busy.headers, "Retry-After": "7"})
        greedy = Told(status=503, body=busy.body, headers={**busy.headers, "Retry-After": "9999"})
        local_hub.tell("GET", "/v1/thing", asks, greedy, Told.of({"name": "a"}))
        connect().read("/v1/thing", Thing)
        assert rest.pauses == [7, 30]

    def test_a_hub_that_stays_busy_is_left_alone(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        local_hub.tell("GET", "/v1/thing", Told.problem("busy", 503, "Later."))
        with pytest.raises(HubRefusedError, match="Later"):
            connect().read("/v1/thing", Thing)
        assert len(local_hub.requests) == ATTEMPTS

    def test_a_stalling_hub_is_asked_again_and_given_up(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        def stall(_: Asked) -> Told:
            local_hub.closing.wait(5)
            return Told.of({"name": "late"})

        local_hub.tell("POST", "/v1/thing", stall)
        with pytest.raises(HubUnreachableError, match="does not answer"):
            connect(stall_s=0.1).write("/v1/thing", {}, Thing)
        assert len({it.headers["Idempotency-Key"] for it in local_hub.requests}) == 1
        assert len(local_hub.requests) == ATTEMPTS

    def test_a_dripping_hub_is_given_up_in_time(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        def drip(_: Asked) -> Told:
            def parts() -> Iterator[bytes]:
                while not local_hub.closing.wait(0.02):
                    yield b" "

            return Told(body=parts())

        local_hub.tell("GET", "/v1/thing", drip)
        with pytest.raises(HubUnreachableError):
            connect(total_s=0.1).read("/v1/thing", Thing)

    @pytest.mark.parametrize(
        ("head", "part"),
        [
            (b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
            (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
            (b"HTTP/1.1 200 OK\r\n\r\n{}", b" "),
        ],
        ids=["head", "continue", "chunks", "body"],
    )
    def test_a_hub_that_drips_from_its_first_byte_on_is_given_up_too(
        self, moment: datetime, rest: Rest, head: bytes, part: bytes
    ) -> None:
        ended = Event()

        def drip(connection: socket.socket) -> None:
            with connection, suppress(OSError):
                connection.sendall(head)
                while not ended.wait(0.02):
                    connection.sendall(part)

        def serve() -> None:
            with suppress(OSError):
                while True:
                    Thread(target=drip, args=listening.accept()[:1], daemon=True).start()

        with socket.create_server(("127.0.0.1", 0)) as listening:
            Thread(target=serve, daemon=True).start()
            url = f"http://127.0.0.1:{listening.getsockname()[1]}"
            patience = Patience(stall_s=5, total_s=0.2, attempts=ATTEMPTS, pause=rest)
            with (
                Transport(url, now=lambda: moment, patience=patience) as transport,
                pytest.raises(HubUnreachableError),
            ):
                transport.read("/v1/thing", Thing)
            ended.set()
            listening.shutdown(socket.SHUT_RDWR)
        assert len(rest.pauses) == ATTEMPTS - 1

    def test_a_hub_that_was_too_slow_once_is_read_when_it_is_not(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        def stall(_: Asked) -> Told:
            local_hub.closing.wait(20)
            return Told.of({"name": "late"})

        local_hub.tell("GET", "/v1/thing", stall, Told.of({"name": "in time"}))
        transport = connect(total_s=3)
        assert transport.read("/v1/thing", Thing).name == "in time"
        assert transport.read("/v1/thing", Thing).name == "in time"
        assert len(local_hub.requests) == 3

    def test_where_nobody_listens_the_address_is_named(self, moment: datetime, rest: Rest) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
        patience = Patience(attempts=ATTEMPTS, pause=rest)
        with (
            Transport(url, now=lambda: moment, patience=patience) as transport,
            pytest.raises(HubUnreachableError, match=url) as refused,
        ):
            transport.read("/v1/thing", Thing)
        assert len(rest.pauses) == ATTEMPTS - 1
        assert "relay.toml" in refused.value.mend.into("ja")


class TestPages:
    def test_all_pages_are_read_in_order(self, local_hub: LocalHub, connect: Connect) -> None:
        local_hub.tell(
            "GET",
            "/v1/things",
            Told.of({"items": [{"name": "a"}, {"name": "b"}], "next": "p2"}),
            Told.of({"items": [{"name": "c"}], "next": None}),
        )
        found = [it.name for it in connect().pages("/v1/things", Thing, {"state": "pending"})]
        assert found == ["a", "b", "c"]
        first, second = local_hub.requests
        assert "state=pending" in first.path
        assert "cursor" not in first.path
        assert "state=pending" in second.path
        assert "cursor=p2" in second.path

    def test_an_empty_listing_has_no_items(self, local_hub: LocalHub, connect: Connect) -> None:
        local_hub.tell("GET", "/v1/things", Told.of({"items": [], "next": None}))
        assert list(connect().pages("/v1/things", Thing)) == []

    def test_a_listing_that_runs_in_a_circle_is_refused(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        local_hub.tell("GET", "/v1/things", Told.of({"items": [], "next": "again"}))
        with pytest.raises(HubAnswerError, match="circle"):
            list(connect().pages("/v1/things", Thing))

    def test_a_listing_without_end_is_read_up_to_its_limit_only(
        self, local_hub: LocalHub, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport_room, "MAX_PAGES", 3)
        numbers = count()

        def next_page(_: Asked) -> Told:
            return Told.of({"items": [{"name": "a"}], "next": f"p{next(numbers)}"})

        last = Told.of({"items": [{"name": "z"}], "next": None})
        local_hub.tell("GET", "/v1/things", next_page, next_page, last)
        assert [it.name for it in connect().pages("/v1/things", Thing)] == ["a", "a", "z"]
        local_hub.tell("GET", "/v1/things", next_page)
        with pytest.raises(HubAnswerError, match="more than 3 pages"):
            list(connect().pages("/v1/things", Thing))

    def test_an_item_of_another_form_is_refused(
        self, local_hub: LocalHub, connect: Connect
    ) -> None:
        local_hub.tell("GET", "/v1/things", Told.of({"items": [{"size": 1}], "next": None}))
        with pytest.raises(HubAnswerError):
            list(connect().pages("/v1/things", Thing))


def test_the_key_does_not_show_when_a_signer_is_printed() -> None:
    assert "Ed25519" not in repr(Signer(slug="mirai", key=KEY))
