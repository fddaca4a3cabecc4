import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol.errors import SignatureError
from relay_protocol.passkey import Answer, unchecked_answer

KEY = ec.derive_private_key(8, ec.SECP256R1())
OTHER_KEY = ec.derive_private_key(9, ec.SECP256R1())
CHALLENGE = hashlib.sha256(b"an attestation").digest()
SITE = "https://exchange.example"
RP_ID = "exchange.example"
ASKED: dict[str, object] = {
    "type": "webauthn.get",
    "challenge": urlsafe_b64encode(CHALLENGE).rstrip(b"=").decode(),
    "origin": SITE,
    "crossOrigin": False,
}


def authenticator_data(rp_id: str = RP_ID, flags: int = 0x05, more: bytes = b"") -> bytes:
    """Return rpIdHash, flags and a counter of zero (WebAuthn level 3, section 6.1)."""
    return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + bytes(4) + more


def answer(
    client: object = None,
    authenticator: bytes | None = None,
    key: ec.EllipticCurvePrivateKey = KEY,
) -> Answer:
    """Return what a passkey would answer: its signature is right for whatever it was asked."""
    told = ASKED if client is None else client
    data = told if isinstance(told, bytes) else json.dumps(told).encode()
    known = authenticator_data() if authenticator is None else authenticator
    return Answer(
        authenticator_data=known,
        client_data=data,
        signature=key.sign(known + hashlib.sha256(data).digest(), ec.ECDSA(SHA256())),
    )


def check(one: Answer) -> None:
    unchecked_answer(
        one, KEY.public_key(), challenge=CHALLENGE, web_origin=SITE, rp_id=RP_ID
    ).check()


def test_an_answer_to_the_challenge_holds() -> None:
    check(answer())


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"type": "webauthn.create"}, "something else"),
        ({"type": "payment.get"}, "something else"),
        ({"challenge": "A" * 43}, "another attestation"),
        ({"challenge": f"{ASKED['challenge']}="}, "another attestation"),
        ({"challenge": 1}, "another attestation"),
        ({"origin": "https://other.example"}, "another site"),
        ({"origin": "http://exchange.example"}, "another site"),
        ({"origin": f"{SITE}/"}, "another site"),
        ({"origin": f"{SITE}:8443"}, "another site"),
        ({"crossOrigin": True}, "within another site"),
        ({"crossOrigin": None}, "within another site"),
        ({"crossOrigin": "false"}, "within another site"),
        ({"crossOrigin": 0}, "within another site"),
        ({"topOrigin": "https://other.example"}, "within another site"),
    ],
)
def test_a_passkey_that_was_asked_otherwise_is_refused(
    change: dict[str, object], said: str
) -> None:
    with pytest.raises(SignatureError, match=said):
        check(answer({**ASKED, **change}))


@pytest.mark.parametrize("member", ["type", "challenge", "origin"])
def test_a_browser_that_leaves_out_what_was_asked_is_refused(member: str) -> None:
    with pytest.raises(SignatureError):
        check(answer({key: value for key, value in ASKED.items() if key != member}))


def test_a_browser_may_leave_out_that_nothing_was_crossed() -> None:
    check(answer({key: value for key, value in ASKED.items() if key != "crossOrigin"}))


def test_a_browser_may_say_more_and_in_any_order_and_spacing() -> None:
    check(answer({"other_keys_can_be_added_here": "do not compare", **ASKED}))
    check(answer(json.dumps(ASKED, indent=2, sort_keys=True).encode()))


@pytest.mark.parametrize(
    "client",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b'"text"',
        b"\xff",
        b"[" * 4096,
        b'{"a":' * 800,
        json.dumps(ASKED).encode().replace(b"{", b'{"type": "webauthn.get", ', 1),
        json.dumps(ASKED).encode() + b"x",
    ],
)
def test_client_data_that_no_browser_writes_is_refused(client: bytes) -> None:
    with pytest.raises(SignatureError):
        check(answer(client))


@pytest.mark.parametrize(
    ("authenticator", "said"),
    [
        (authenticator_data("other.example"), "another relying party"),
        (authenticator_data(flags=0x04), "nobody was present"),
        (authenticator_data(flags=0x01), "did not verify"),
        (authenticator_data(flags=0x00), "nobody was present"),
        (authenticator_data()[:36], "cut short"),
        (b"", "cut short"),
        (authenticator_data(more=b"\x00"), "more than its flags"),
        (authenticator_data(more=bytes(100)), "more than its flags"),
    ],
)
def test_a_passkey_that_answered_otherwise_is_refused(authenticator: bytes, said: str) -> None:
    with pytest.raises(SignatureError, match=said):
        check(answer(authenticator=authenticator))


@pytest.mark.parametrize("flags", [0x05, 0x0D, 0x1D])
def test_a_passkey_that_is_backed_up_or_not_is_taken(flags: int) -> None:
    check(answer(authenticator=authenticator_data(flags=flags)))


def test_a_passkey_may_answer_with_extensions() -> None:
    check(answer(authenticator=authenticator_data(flags=0x85, more=b"\xa0")))


def test_any_counter_is_taken() -> None:
    # Passkeys that are copied between devices do not count.
    check(answer(authenticator=authenticator_data()[:33] + b"\xff\xff\xff\xff"))


def test_the_signature_of_another_passkey_is_false() -> None:
    with pytest.raises(SignatureError, match="false"):
        check(answer(key=OTHER_KEY))


@pytest.mark.parametrize("signature", [b"", bytes(64), b"\x30\x06\x02\x01\x00\x02\x01\x00"])
def test_what_is_no_signature_is_false(signature: bytes) -> None:
    with pytest.raises(SignatureError, match="false"):
        check(replace(answer(), signature=signature))


def test_a_signature_over_another_hash_is_false() -> None:
    one = answer()
    message = one.authenticator_data + hashlib.sha256(one.client_data).digest()
    with pytest.raises(SignatureError, match="false"):
        check(replace(one, signature=KEY.sign(message, ec.ECDSA(SHA512()))))


def test_parts_of_two_answers_do_not_go_together() -> None:
    one = answer()
    other = answer({**ASKED, "crossOrigin": False, "note": "again"})
    with pytest.raises(SignatureError, match="false"):
        check(replace(one, client_data=other.client_data))
    with pytest.raises(SignatureError, match="false"):
        check(replace(one, authenticator_data=authenticator_data(flags=0x1D)))


@given(st.binary(max_size=120), st.binary(max_size=120), st.binary(max_size=80))
def test_no_answer_is_read_with_any_fault_but_a_refusal(
    authenticator: bytes, client: bytes, signature: bytes
) -> None:
    one = Answer(authenticator_data=authenticator, client_data=client, signature=signature)
    with pytest.raises(SignatureError):
        check(one)
    with pytest.raises(SignatureError):
        check(replace(answer(), signature=signature))
