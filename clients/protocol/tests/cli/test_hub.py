"""The auditor's questions to a hub: who asks, where the ledger lies, and what comes back."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from relay_protocol.attestation import SignedAttestation, from_jws
from relay_protocol.cli.hub import HubAddress, Signer
from relay_protocol.encoding import b64url_decode
from relay_protocol.errors import LogMissingError, LogReadError
from relay_protocol.jwk import kid_of
from relay_protocol.proof import Proof
from tests.story.hand_ledger import AUDITOR, HandLedger, signing_key
from tests.story.local_hub import Asked, LocalHub, Told

NOW = datetime(2026, 12, 31, 3, 4, 5, tzinfo=UTC)
KANSA = Signer(slug=AUDITOR, key=signing_key(AUDITOR))
NOTE = {"Content-Type": "text/plain; charset=utf-8"}


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    local = LocalHub()
    yield local
    local.close()


def at(hub: LocalHub, path: str = "", signer: Signer | None = KANSA) -> HubAddress:
    return HubAddress(url=hub.url + path, signer=signer, clock=None)


def parts_of(token: str) -> tuple[dict[str, object], dict[str, object], bytes, bytes]:
    head, body, signature = token.split(".")
    return (
        json.loads(b64url_decode(head)),
        json.loads(b64url_decode(body)),
        f"{head}.{body}".encode(),
        b64url_decode(signature),
    )


def audited() -> SignedAttestation:
    return HandLedger().sign(
        "period.audited",
        AUDITOR,
        refs={"settled": "A" * 22},
        body={"period": "2026-12", "verdict": "sound"},
    )


def test_a_token_says_who_asks_whom_and_until_when() -> None:
    header, claims, signed, signature = parts_of(KANSA.token("https://hub.example", NOW))
    assert header == {"alg": "EdDSA", "kid": kid_of(KANSA.key.public_key()), "typ": "JWT"}
    assert claims["iss"] == AUDITOR
    assert claims["aud"] == "https://hub.example"
    # 2026-12-31T03:04:05Z, and four minutes later.
    assert (claims["iat"], claims["exp"]) == (1_798_686_245, 1_798_686_485)
    KANSA.key.public_key().verify(signature, signed)


def test_every_token_has_its_own_number() -> None:
    numbers = {str(parts_of(KANSA.token("https://hub.example", NOW))[1]["jti"]) for _ in range(9)}
    assert len(numbers) == 9
    assert all(1 <= len(number) <= 64 for number in numbers)


@pytest.mark.parametrize("path", ["", "/"])
def test_the_ledger_of_a_hub_lies_below_its_address(hub: LocalHub, path: str) -> None:
    hub.tell("GET", "/ledger/checkpoint", Told(body=b"note", headers=NOTE))
    assert at(hub, path).reader().checkpoint() == b"note"


@pytest.mark.parametrize("path", ["/ledger", "/ledger/", "/mirror"])
def test_a_ledger_is_read_at_its_own_address(hub: LocalHub, path: str) -> None:
    hub.tell("GET", f"{path.rstrip('/')}/checkpoint", Told(body=b"note", headers=NOTE))
    assert at(hub, path).reader().checkpoint() == b"note"


def test_where_there_is_no_ledger_none_is_read(hub: LocalHub) -> None:
    with pytest.raises(LogMissingError):
        at(hub).reader().checkpoint()


def test_every_request_bears_a_token_for_that_hub(hub: LocalHub) -> None:
    hub.tell("GET", "/ledger/checkpoint", Told(body=b"note", headers=NOTE))
    at(hub, "/ledger").reader()
    scheme, _, token = hub.requests[-1].headers["Authorization"].partition(" ")
    assert scheme == "Bearer"
    assert parts_of(token)[1]["aud"] == hub.url


def test_whoever_has_no_key_asks_without_a_token(hub: LocalHub) -> None:
    hub.tell("GET", "/ledger/checkpoint", Told(body=b"note", headers=NOTE))
    at(hub, "/ledger", signer=None).reader()
    assert "Authorization" not in hub.requests[-1].headers


def test_a_demos_clock_counts_for_tokens_too(hub: LocalHub, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text(str(365 * 86_400), encoding="ascii")
    hub.tell("GET", "/ledger/checkpoint", Told(body=b"note", headers=NOTE))
    HubAddress(url=f"{hub.url}/ledger", signer=KANSA, clock=clock).reader()
    claims = parts_of(hub.requests[-1].headers["Authorization"].split()[1])[1]
    ahead_s = int(str(claims["iat"])) - datetime.now(UTC).timestamp()
    assert abs(ahead_s - 365 * 86_400) < 60


def test_the_newest_pack_is_fetched(hub: LocalHub) -> None:
    lines = b"line\n" * 500_000
    told = Told(body=lines, headers={"Content-Type": "application/x-ndjson"})
    hub.tell("GET", "/v1/auditor/packs/latest", told)
    file = io.BytesIO()
    assert at(hub, "/ledger").latest_pack(file)
    assert file.getvalue() == lines


def test_where_there_is_no_pack_there_is_none(hub: LocalHub) -> None:
    assert not at(hub).latest_pack(io.BytesIO())


def test_why_a_hub_refuses_is_told(hub: LocalHub) -> None:
    refused = Told.problem("not-active", 403, "The organization is suspended.")
    hub.tell("GET", "/v1/auditor/packs/latest", refused)
    with pytest.raises(LogReadError, match=r"answers 403 to the pack: The organization is susp"):
        at(hub).latest_pack(io.BytesIO())


@pytest.mark.parametrize("detail", ["\x1b[2J", "two\nlines", None, 5])
def test_what_a_hub_says_cannot_steer_a_terminal(hub: LocalHub, detail: object) -> None:
    refused = Told.problem("x", 403, "")
    document = json.dumps({"detail": detail}).encode()
    hub.tell(
        "GET",
        "/v1/auditor/packs/latest",
        Told(status=403, body=document, headers=refused.headers),
    )
    with pytest.raises(LogReadError, match=r"answers 403 to the pack$"):
        at(hub).latest_pack(io.BytesIO())


def test_a_signed_audit_is_handed_over_as_it_is(hub: LocalHub) -> None:
    signed = audited()
    hub.tell("POST", "/v1/auditor/audits", Told.of({}))
    at(hub, "/ledger").post_audit(signed)
    (asked,) = hub.to("/v1/auditor/audits")
    assert from_jws(str(asked.document["attestation"])) == signed
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["Idempotency-Key"] == signed.attestation.id


def test_a_signed_audit_that_is_not_taken_is_told(hub: LocalHub) -> None:
    def refuse(asked: Asked) -> Told:
        return Told.problem("not-found", 404, f"no settlement for {asked.method}")

    hub.tell("POST", "/v1/auditor/audits", refuse)
    with pytest.raises(LogReadError, match="the signed audit"):
        at(hub).post_audit(audited())


class TestTheRegister:
    """Read page by page, and never without end."""

    @staticmethod
    def page(entry: bytes, following: object) -> Told:
        """Return a page of one entry."""
        proof = Proof(entry=entry, reveal=None, path=(), checkpoint=b"note")
        return Told.of({"items": [proof.document()], "next": following})

    def test_is_read_to_its_end(self, hub: LocalHub) -> None:
        hand = HandLedger()
        hand.open()
        first, second = (entry.encode() for entry in hand.entries[:2])
        hub.tell("GET", "/v1/directory", self.page(first, 0), self.page(second, None))
        assert list(at(hub, "/ledger", None).register()) == [first, second]
        assert [one.path.partition("?")[2] for one in hub.requests] == [
            "after=-1&limit=200",
            "after=0&limit=200",
        ]

    @pytest.mark.parametrize("following", [-1, -2])
    def test_that_leads_back_is_refused(self, hub: LocalHub, following: int) -> None:
        hand = HandLedger()
        hand.open()
        told = self.page(hand.entries[0].encode(), following)
        hub.tell("GET", "/v1/directory", told)
        with pytest.raises(LogReadError, match="no end"):
            list(at(hub).register())

    @pytest.mark.parametrize(
        "body", ["[]", "{}", '{"items":7,"next":null}', '{"items":[],"next":"1"}', "[" * 9_999, ""]
    )
    def test_that_is_none_is_refused(self, hub: LocalHub, body: str) -> None:
        told = Told(body=body.encode(), headers={"Content-Type": "application/json"})
        hub.tell("GET", "/v1/directory", told)
        with pytest.raises(LogReadError):
            list(at(hub).register())

    def test_of_no_hub_is_refused(self, hub: LocalHub) -> None:
        with pytest.raises(LogReadError):
            list(at(hub).register())
