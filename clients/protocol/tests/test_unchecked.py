"""A signature apart from what it signs is true under its own key, and under no other."""

import pickle

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from relay_protocol.errors import SignatureError
from relay_protocol.unchecked import Unchecked, check_signatures

# RFC 8032, section 7.1, test 3.
RFC_KEY = bytes.fromhex("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025")
RFC_MESSAGE = bytes.fromhex("af82")
RFC_SIGNATURE = bytes.fromhex(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
)
SIGNING = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PASSKEY = ec.derive_private_key(8, ec.SECP256R1())
JWS = Unchecked(RFC_KEY, RFC_MESSAGE, RFC_SIGNATURE)
ANSWER = Unchecked.of_answer(
    PASSKEY.public_key(), b"text", PASSKEY.sign(b"text", ec.ECDSA(SHA256()))
)


def test_a_published_signature_is_true() -> None:
    JWS.check()
    assert JWS.is_true()


def test_a_passkeys_signature_is_true() -> None:
    ANSWER.check()
    assert ANSWER.key[0] == 4
    assert len(ANSWER.key) == 65


def test_a_key_is_kept_as_its_bytes() -> None:
    made = Unchecked.of_jws(SIGNING.public_key(), b"text", SIGNING.sign(b"text"))
    assert made.key == SIGNING.public_key().public_bytes_raw()
    made.check()


@pytest.mark.parametrize("honest", [JWS, ANSWER])
def test_another_text_key_or_signature_is_false(honest: Unchecked) -> None:
    signature = bytearray(honest.signature)
    signature[-1] ^= 1
    other = (SIGNING.public_key().public_bytes_raw(), ANSWER.key)[len(honest.key) == 65]
    changed = [
        honest._replace(message=honest.message + b"x"),
        honest._replace(signature=bytes(signature)),
        honest._replace(signature=b""),
    ]
    if other != honest.key:
        changed.append(honest._replace(key=other))
    for one in changed:
        assert not one.is_true()
        with pytest.raises(SignatureError, match="the signature is false"):
            one.check()


def test_the_false_ones_of_a_batch_are_named() -> None:
    false = JWS._replace(message=b"other")
    assert check_signatures([]) == []
    assert check_signatures([JWS, ANSWER, JWS]) == []
    assert check_signatures([false, JWS, ANSWER, false]) == [0, 3]


def test_a_batch_passes_from_process_to_process() -> None:
    assert pickle.loads(pickle.dumps([JWS, ANSWER])) == [JWS, ANSWER]  # noqa: S301 (our own)
