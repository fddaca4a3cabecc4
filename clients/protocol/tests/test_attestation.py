import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import attestation as room
from relay_protocol import passkey
from relay_protocol.attestation import (
    Attestation,
    SignedAttestation,
    from_assertion,
    from_jws,
    instant_of,
    instant_text,
    sign_jws,
)
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_decode
from relay_protocol.errors import AttestationError, SignatureError
from relay_protocol.kinds import KINDS

Stated = dict[str, dict[str, Value]]

AT = datetime(2026, 12, 1, 4, 5, 6, tzinfo=UTC)
LOG = "exchange.example/ledger"
SITE = "https://exchange.example"
RP_ID = "exchange.example"
CREDENTIAL = b"credential of a recruiter"
# The key of RFC 8037, appendix A, and its thumbprint there.
KEY = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PASSKEY = ec.derive_private_key(8, ec.SECP256R1())


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def compact(value: object) -> bytes:
    """Return what canonical JSON is for what is ASCII but in values."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def fact(stated: Stated, kind: str) -> Attestation:
    said = stated[kind]
    return Attestation(
        log=LOG,
        id="A" * 22,
        kind=kind,
        at=AT,
        by=cast("str", said["by"]),
        refs=cast("dict[str, str]", said["refs"]),
        body=cast("dict[str, Value]", said["body"]),
    )


@pytest.fixture(scope="session")
def declined(stated: Stated) -> Attestation:
    return fact(stated, "claim.declined")


@pytest.fixture(scope="session")
def claimed(stated: Stated) -> Attestation:
    return fact(stated, "claim.made")


# What is said.


@pytest.mark.parametrize("kind", KINDS)
def test_the_bytes_of_an_attestation_are_its_canonical_json(stated: Stated, kind: str) -> None:
    written = {
        "v": 1,
        "log": LOG,
        "id": "A" * 22,
        "kind": kind,
        "at": "2026-12-01T04:05:06Z",
        **stated[kind],
    }
    assert fact(stated, kind).encode() == compact(written)


@pytest.mark.parametrize("kind", KINDS)
def test_an_attestation_is_read_back_as_it_was_written(stated: Stated, kind: str) -> None:
    said = fact(stated, kind)
    assert Attestation.decode(said.encode()) == said


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"v": "1"},
        {"log": "https://exchange.example"},
        {"log": 1},
        {"id": "short"},
        {"id": "A" * 23},
        {"kind": "claim.liked"},
        {"kind": "persons.linked"},
        {"kind": 1},
        {"at": "2026-12-01T04:05:06+00:00"},
        {"at": "2026-12-01 04:05:06Z"},
        {"at": "2026-12-01T04:05:06.5Z"},
        {"at": "2026-12-01T24:00:00Z"},
        {"at": "2026-12-01T04:05:60Z"},
        {"at": "2026-02-30T04:05:06Z"},
        {"at": "0000-12-01T04:05:06Z"},
        {"at": 1764561906},
        {"by": "Hub"},
        {"by": "mirai"},
        {"by": ""},
        {"refs": {}},
        {"refs": []},
        {"refs": {"claim": 1}},
        {"refs": {"claim": "ref_" + "0" * 26}},
        {"body": {"remark": "true"}},
        {"body": []},
        {"body": None},
        {"remark": "true"},
    ],
)
def test_bytes_that_say_anything_else_are_refused(
    declined: Attestation, change: dict[str, object]
) -> None:
    with pytest.raises(AttestationError):
        Attestation.decode(compact({**json.loads(declined.encode()), **change}))


@pytest.mark.parametrize("key", ["v", "log", "id", "kind", "at", "by", "refs", "body"])
def test_bytes_without_a_member_are_refused(declined: Attestation, key: str) -> None:
    written = json.loads(declined.encode())
    del written[key]
    with pytest.raises(AttestationError):
        Attestation.decode(compact(written))


def test_bytes_in_another_form_are_refused(declined: Attestation) -> None:
    raw = declined.encode()
    for other in (b"", b"[]", raw + b"\n", b" " + raw, raw[:-1], raw.replace(b":", b": "), raw * 2):
        with pytest.raises(AttestationError):
            Attestation.decode(other)


@pytest.mark.parametrize("change", [{"by": "mirai"}, {"refs": {}}, {"id": ""}, {"kind": "x"}])
def test_what_cannot_be_read_cannot_be_made(
    declined: Attestation, change: dict[str, object]
) -> None:
    with pytest.raises(AttestationError):
        replace(declined, **change)  # type: ignore[arg-type]


def test_an_attestation_that_is_too_long_is_refused(stated: Stated) -> None:
    moved = fact(stated, "points.moved")
    lots = cast("list[dict[str, Value]]", moved.body["lots"])
    longest: dict[str, Value] = {**lots[0], "agency": "s" * 31, "count": 10**9}
    many = replace(moved, body={**moved.body, "lots": [longest] * 256})
    assert len(many.encode()) <= room.MAX_BYTES
    with pytest.raises(AttestationError, match="lots"):
        replace(moved, body={**moved.body, "lots": [longest] * 257})


def test_the_longest_attestation_can_still_be_signed_and_entered() -> None:
    signed = (room.MAX_BYTES * 4 + 2) // 3 + 400
    assert signed <= 65_535 - 1_000


# When it is said.


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (AT, "2026-12-01T04:05:06Z"),
        (AT.astimezone(timezone(timedelta(hours=9))), "2026-12-01T04:05:06Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00Z"),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), "9999-12-31T23:59:59Z"),
    ],
)
def test_an_instant_has_one_text(at: datetime, text: str) -> None:
    assert instant_text(at) == text
    assert instant_of(text) == at
    assert instant_of(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "at",
    [
        AT.replace(tzinfo=None),
        AT.replace(microsecond=1),
        datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=9))),
    ],
)
def test_an_instant_without_a_zone_or_between_seconds_has_no_text(at: datetime) -> None:
    with pytest.raises(AttestationError):
        instant_text(at)


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1))  # noqa: DTZ001
)
def test_every_instant_is_read_back_as_it_was_written(moment: datetime) -> None:
    at = moment.replace(microsecond=0, tzinfo=UTC)
    assert instant_of(instant_text(at)) == at


# Signed with an organization's key.


def jws(payload: bytes, header: object = None, key: Ed25519PrivateKey = KEY) -> str:
    """Return a compact JWS, put together by hand (RFC 7515, section 7.1)."""
    head = {"alg": "EdDSA", "kid": KID, "typ": "relay-attestation"} if header is None else header
    signed = f"{b64(compact(head))}.{b64(payload)}"
    return f"{signed}.{b64(key.sign(signed.encode()))}"


def test_a_signed_attestation_is_the_compact_jws(declined: Attestation) -> None:
    # Ed25519 is deterministic: one key and one text have one signature.
    signed = sign_jws(declined, KEY)
    assert signed.jws == jws(declined.encode())
    assert signed.wire == compact({"jws": signed.jws})


def test_what_was_signed_is_read_back(declined: Attestation) -> None:
    signed = SignedAttestation(wire=sign_jws(declined, KEY).wire)
    assert (signed.attestation, signed.method, signed.kid) == (declined, "jws", KID)
    assert signed == from_jws(signed.jws)


def test_the_key_that_signed_is_told_from_others(declined: Attestation) -> None:
    signed = sign_jws(declined, KEY)
    signed.check_jws(KEY.public_key())
    with pytest.raises(SignatureError, match="another key"):
        signed.check_jws(OTHER_KEY.public_key())


def test_a_signature_by_another_key_under_this_name_is_false(declined: Attestation) -> None:
    forged = from_jws(jws(declined.encode(), key=OTHER_KEY))
    with pytest.raises(SignatureError, match="false"):
        forged.check_jws(KEY.public_key())


def test_a_signature_over_another_attestation_is_false(declined: Attestation) -> None:
    head, _, signature = sign_jws(declined, KEY).jws.split(".")
    other = replace(declined, id="B" * 21 + "A")
    forged = from_jws(f"{head}.{b64(other.encode())}.{signature}")
    with pytest.raises(SignatureError, match="false"):
        forged.check_jws(KEY.public_key())


@pytest.mark.parametrize("place", [0, 31, 32, 63])
def test_a_signature_with_a_flipped_bit_is_false(declined: Attestation, place: int) -> None:
    signed, _, last = sign_jws(declined, KEY).jws.rpartition(".")
    raw = bytearray(b64url_decode(last))
    raw[place] ^= 1
    with pytest.raises(SignatureError, match="false"):
        from_jws(f"{signed}.{b64(bytes(raw))}").check_jws(KEY.public_key())


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none", "kid": KID, "typ": "relay-attestation"},
        {"alg": "HS256", "kid": KID, "typ": "relay-attestation"},
        {"alg": "EdDSA", "kid": KID, "typ": "JWT"},
        {"alg": "EdDSA", "kid": KID},
        {"alg": "EdDSA", "kid": "short", "typ": "relay-attestation"},
        {"alg": "EdDSA", "kid": 1, "typ": "relay-attestation"},
        {"alg": "EdDSA", "kid": KID, "typ": "relay-attestation", "crit": ["b64"]},
        {"alg": "EdDSA", "jwk": {}, "kid": KID, "typ": "relay-attestation"},
        [],
        "EdDSA",
    ],
)
def test_a_jws_with_another_header_is_refused(declined: Attestation, header: object) -> None:
    with pytest.raises(AttestationError):
        from_jws(jws(declined.encode(), header))


def test_a_jws_in_another_form_is_refused(declined: Attestation) -> None:
    text = sign_jws(declined, KEY).jws
    head, payload, signature = text.split(".")
    for other in (
        "",
        "..",
        f"{head}.{payload}",
        f"{head}.{payload}.{signature}.{signature}",
        f"{head}.{payload}.",
        f"{head}..{signature}",
        f"{head}.{payload}.{signature}=",
        f"{head}.{payload}.{signature[:-2]}",
        f" {text}",
        f"{text}\n",
        f"{head}.{payload}.ä",
        text.replace("-", "+").replace("_", "/") + "/",
    ):
        with pytest.raises(AttestationError):
            from_jws(other)


def test_a_jws_of_something_else_is_refused() -> None:
    for payload in (b"", b"{}", b"Example of Ed25519 signing", compact({"sub": "mirai"})):
        with pytest.raises(AttestationError):
            from_jws(jws(payload))


def test_bytes_that_are_no_signed_attestation_are_refused(declined: Attestation) -> None:
    text = sign_jws(declined, KEY).jws
    values: tuple[object, ...] = (
        {},
        [],
        text,
        {"jws": 1},
        {"jws": text, "kid": KID},
        {"JWS": text},
    )
    for value in values:
        with pytest.raises(AttestationError):
            SignedAttestation(wire=compact(value))
    with pytest.raises(AttestationError):
        SignedAttestation(wire=b'{"jws": "' + text.encode() + b'"}')


# Signed with a person's passkey.


def asserted(
    said: Attestation,
    *,
    client: Mapping[str, object] | None = None,
    authenticator: bytes | None = None,
    key: ec.EllipticCurvePrivateKey = PASSKEY,
) -> SignedAttestation:
    """Return what a passkey would answer, put together by hand (WebAuthn, sections 5.8, 6.1)."""
    told = {
        "type": "webauthn.get",
        "challenge": b64(hashlib.sha256(said.encode()).digest()),
        "origin": SITE,
        "crossOrigin": False,
        **(client or {}),
    }
    data = json.dumps(told).encode()
    return answered(
        said, data, authenticator_data() if authenticator is None else authenticator, key
    )


def authenticator_data(rp_id: str = RP_ID, flags: int = 0x05, more: bytes = b"") -> bytes:
    return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + bytes(4) + more


def answered(
    said: Attestation, client: bytes, authenticator: bytes, key: ec.EllipticCurvePrivateKey
) -> SignedAttestation:
    return from_assertion(
        said.encode(),
        credential=CREDENTIAL,
        authenticator_data=authenticator,
        client_data=client,
        signature=key.sign(authenticator + hashlib.sha256(client).digest(), ec.ECDSA(SHA256())),
    )


def check(signed: SignedAttestation) -> None:
    signed.check_assertion(PASSKEY.public_key(), web_origin=SITE, rp_id=RP_ID)


def test_a_passkeys_answer_is_read_back(claimed: Attestation) -> None:
    signed = SignedAttestation(wire=asserted(claimed).wire)
    assert (signed.attestation, signed.method) == (claimed, "assertion")
    assert signed.kid == b64(CREDENTIAL)
    check(signed)


def test_a_passkey_is_asked_to_sign_the_hash_of_the_attestation(claimed: Attestation) -> None:
    assert room.challenge(claimed.encode()) == hashlib.sha256(claimed.encode()).digest()


def test_a_passkey_that_was_asked_elsewhere_is_refused(claimed: Attestation) -> None:
    signed = asserted(claimed)
    for site, rp_id in (("https://other.example", RP_ID), (SITE, "other.example")):
        with pytest.raises(SignatureError, match="another"):
            signed.check_assertion(PASSKEY.public_key(), web_origin=site, rp_id=rp_id)


def test_another_passkey_under_this_name_is_false(claimed: Attestation) -> None:
    with pytest.raises(SignatureError, match="false"):
        check(asserted(claimed, key=ec.derive_private_key(9, ec.SECP256R1())))


def test_an_answer_moved_to_another_attestation_is_refused(claimed: Attestation) -> None:
    wire = json.loads(asserted(claimed).wire)
    other = replace(claimed, id="B" * 21 + "A")
    wire["assertion"]["attestation"] = b64(other.encode())
    with pytest.raises(SignatureError, match="another attestation"):
        check(SignedAttestation(wire=compact(wire)))


@pytest.mark.parametrize("part", ["authenticator_data", "client_data", "signature"])
def test_a_flipped_bit_anywhere_in_an_answer_is_refused(claimed: Attestation, part: str) -> None:
    wire = json.loads(asserted(claimed).wire)
    raw = bytearray(b64url_decode(wire["assertion"][part]))
    raw[-1] ^= 1
    wire["assertion"][part] = b64(bytes(raw))
    with pytest.raises(SignatureError):
        check(SignedAttestation(wire=compact(wire)))


def test_client_data_is_read_to_its_limit_and_no_further(claimed: Attestation) -> None:
    with pytest.raises(AttestationError, match="too long"):
        answered(claimed, b" " * (passkey.MAX_CLIENT_DATA_BYTES + 1), authenticator_data(), PASSKEY)
    bare = len(json.loads(asserted(claimed).wire)["assertion"]["client_data"]) * 3 // 4
    longest = {"pad": "x" * (passkey.MAX_CLIENT_DATA_BYTES - bare - len(', "pad": ""'))}
    check(asserted(claimed, client=longest))


def test_a_signature_that_is_too_long_is_refused(claimed: Attestation) -> None:
    with pytest.raises(AttestationError, match="too long"):
        from_assertion(
            claimed.encode(),
            credential=CREDENTIAL,
            authenticator_data=authenticator_data(),
            client_data=b"{}",
            signature=bytes(73),
        )


def test_an_assertion_that_is_too_long_is_refused(claimed: Attestation) -> None:
    with pytest.raises(AttestationError, match="too long"):
        from_assertion(
            claimed.encode(),
            credential=CREDENTIAL,
            authenticator_data=bytes(65_536),
            client_data=b"{}",
            signature=b"",
        )


@pytest.mark.parametrize("kind", KINDS)
def test_only_what_people_do_is_signed_with_a_passkey(stated: Stated, kind: str) -> None:
    said = fact(stated, kind)
    if KINDS[kind].passkey:
        check(asserted(said))
    else:
        with pytest.raises(AttestationError, match="not signed with a passkey"):
            asserted(said)


def test_an_assertion_with_another_member_is_refused(claimed: Attestation) -> None:
    wire = json.loads(asserted(claimed).wire)
    for change in ({"user_handle": "AA"}, {"credential": ""}, {"signature": 1}):
        with pytest.raises(AttestationError):
            SignedAttestation(wire=compact({"assertion": {**wire["assertion"], **change}}))
    others: tuple[object, ...] = ([], None, "text", {})
    for value in others:
        with pytest.raises(AttestationError):
            SignedAttestation(wire=compact({"assertion": value}))


def test_one_way_of_signing_is_not_taken_for_the_other(claimed: Attestation) -> None:
    by_key, by_passkey = sign_jws(claimed, KEY), asserted(claimed)
    with pytest.raises(SignatureError, match="where a passkey should sign"):
        check(by_key)
    with pytest.raises(SignatureError, match="where an organization's key should sign"):
        by_passkey.check_jws(KEY.public_key())
    with pytest.raises(AttestationError, match="no JWS"):
        _ = by_passkey.jws


@given(st.binary(max_size=300))
def test_no_bytes_are_read_with_any_fault_but_a_refusal(raw: bytes) -> None:
    for read in (Attestation.decode, lambda wire: SignedAttestation(wire=wire)):
        with pytest.raises(AttestationError):
            read(raw)


@given(st.text(max_size=300))
def test_no_text_is_read_with_any_fault_but_a_refusal(text: str) -> None:
    with pytest.raises(AttestationError):
        from_jws(text)
    with pytest.raises(AttestationError):
        instant_of(text)
