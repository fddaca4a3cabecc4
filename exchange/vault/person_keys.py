"""Sealing what is personal under a key per person; forgetting is destroying that key."""

from dataclasses import dataclass, field
from secrets import token_bytes

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.vault.keyring import Keyring

NONCE_BYTES = 12
KEY_BYTES = 32
PADDED_TO = 256
WRAPPING = "person-keys"


class SealError(Exception):
    """Sealed bytes do not open under this key, or were sealed for another purpose."""


@dataclass(frozen=True, slots=True)
class PersonKey:
    """One person's data key, open in memory for the length of one transaction."""

    secret: bytes = field(repr=False)

    def seal(self, plaintext: bytes, purpose: str) -> bytes:
        """Return nonce ‖ AES-256-GCM of the plaintext, padded to 256 bytes (ledger.md §1.2).

        Args:
            plaintext: any bytes.
            purpose: what it is; it opens for the same purpose only.
        """
        padded = plaintext + b"\x80" + bytes(-(len(plaintext) + 1) % PADDED_TO)
        nonce = token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.secret).encrypt(nonce, padded, purpose.encode("ascii"))

    def open(self, sealed: bytes, purpose: str) -> bytes:
        """Return the plaintext.

        Raises:
            SealError: another key, another purpose, or changed bytes.
        """
        try:
            padded = AESGCM(self.secret).decrypt(
                sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], purpose.encode("ascii")
            )
        except (InvalidTag, ValueError) as error:
            message = f"cannot open what was sealed as {purpose}"
            raise SealError(message) from error
        return padded[: padded.rindex(b"\x80")]


def new_wrapped_key(keyring: Keyring, person: str) -> bytes:
    """Draw a person's data key and return it wrapped under the hub's own key."""
    nonce = token_bytes(NONCE_BYTES)
    wrapping = AESGCM(keyring.derive(WRAPPING))
    return nonce + wrapping.encrypt(nonce, token_bytes(KEY_BYTES), person.encode("ascii"))


def unwrap(keyring: Keyring, person: str, wrapped: bytes) -> PersonKey:
    """Return a person's data key.

    Raises:
        SealError: the wrapped bytes belong to another person or another hub.
    """
    wrapping = AESGCM(keyring.derive(WRAPPING))
    try:
        secret = wrapping.decrypt(
            wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], person.encode("ascii")
        )
    except (InvalidTag, ValueError) as error:
        message = "this person's key does not open under the hub's master key"
        raise SealError(message) from error
    return PersonKey(secret)
