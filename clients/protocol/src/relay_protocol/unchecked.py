"""Signatures apart from what they sign: a few bytes each, to be checked where there is time."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from relay_protocol.errors import SignatureError

ED25519_BYTES: Final = 32
"""A key of this length is on Ed25519; a point of P-256 has 65 bytes."""
KEYS_AT_HAND: Final = 4_096
"""How many keys each process keeps as the library wants them."""

_ES256 = ECDSA(SHA256())


class Unchecked(NamedTuple):
    """A signature of which everything but the library's own check was done.

    Attributes:
        key: 32 bytes of Ed25519, or a point of P-256, 65 bytes (SEC 1, uncompressed).
        message: what is said to be signed.
        signature: 64 bytes, or DER.
    """

    key: bytes
    message: bytes
    signature: bytes

    @classmethod
    def of_jws(cls, key: Ed25519PublicKey, message: bytes, signature: bytes) -> "Unchecked":
        """Return a signature that an organization's or the hub's key is said to have made."""
        return cls(key.public_bytes_raw(), message, signature)

    @classmethod
    def of_answer(
        cls, key: EllipticCurvePublicKey, message: bytes, signature: bytes
    ) -> "Unchecked":
        """Return a signature that a passkey is said to have made."""
        point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return cls(point, message, signature)

    def check(self) -> None:
        """Return if the key has made the signature.

        Raises:
            SignatureError: it has not.
        """
        if not self.is_true():
            raise SignatureError("the signature is false")

    def is_true(self) -> bool:
        """Return whether the key has made the signature."""
        try:
            if len(self.key) == ED25519_BYTES:
                _ed25519(self.key).verify(self.signature, self.message)
            else:
                _p256(self.key).verify(self.signature, self.message, _ES256)
        except InvalidSignature:
            return False
        return True


def check_signatures(batch: Sequence[Unchecked]) -> list[int]:
    """Return the places in a batch of those signatures that are false.

    It may be run in another process: what goes in and comes out is bytes and numbers.
    """
    return [place for place, one in enumerate(batch) if not one.is_true()]


@lru_cache(KEYS_AT_HAND)
def _ed25519(raw: bytes) -> Ed25519PublicKey:
    """Return a key of Ed25519."""
    return Ed25519PublicKey.from_public_bytes(raw)


@lru_cache(KEYS_AT_HAND)
def _p256(point: bytes) -> EllipticCurvePublicKey:
    """Return a key of P-256."""
    return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
