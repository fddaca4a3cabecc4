"""First answers to writes, kept so that only who repeats the request can have them again."""

from hashlib import sha256
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class AnswerSealError(Exception):
    """A kept answer was not sealed under this key."""


def key_name(actor: str, idempotency_key: str) -> str:
    """Return the name under which an answer is kept; it does not tell the key."""
    return sha256(f"career-relay/answer/v1\x00{actor}\x00{idempotency_key}".encode()).hexdigest()


def seal(body: bytes, *, actor: str, idempotency_key: str) -> bytes:
    """Return an answer's body sealed under the asker's own key, which the hub does not keep."""
    nonce = token_bytes(NONCE_BYTES)
    return nonce + _cipher(actor, idempotency_key).encrypt(nonce, body, None)


def open_sealed(sealed: bytes, *, actor: str, idempotency_key: str) -> bytes:
    """Return the body of a kept answer.

    Raises:
        AnswerSealError: it was sealed for another asker or key.
    """
    cipher = _cipher(actor, idempotency_key)
    try:
        return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    except (InvalidTag, ValueError) as error:
        raise AnswerSealError("not sealed under this key") from error


def _cipher(actor: str, idempotency_key: str) -> AESGCM:
    key = HKDF(
        algorithm=SHA256(), length=32, salt=None, info=b"career-relay/answer/v1/" + actor.encode()
    ).derive(idempotency_key.encode())
    return AESGCM(key)
