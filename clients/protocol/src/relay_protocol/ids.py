"""Opaque names: who draws them brings the chance, and their form alone tells what they name."""

import hashlib
import re
from datetime import datetime

from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import ProtocolError

ID_BYTES = 16
DRAWN_BYTES = 11
"""Of an attestation's id: the 5 before them are the second at which it was made."""
PAIRWISE_BYTES = 5

PREFIXES = ("ref", "per", "con", "prf", "vac", "clm", "env", "int", "hir", "usr")
"""Referral, person, consent, profile, vacancy, claim, envelope, introduction, hire, user."""

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
# Neither 0 and O, nor 1 and I: a person reads a pairwise id aloud on the telephone.
_SPOKEN = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_ID = re.compile(r"([a-z]{3})_[0-7][0-9a-hjkmnp-tv-z]{25}", re.ASCII)
_PAIRWISE = re.compile(r"CR-([2-9A-HJ-NP-Z]{4})-([2-9A-HJ-NP-Z]{4})-([2-9A-HJ-NP-Z]{2})", re.ASCII)
_FIELD_POLYNOMIAL = 0b100101


def new_id(prefix: str, entropy: bytes) -> str:
    """Return the id of a new thing: its prefix and 26 letters of Crockford's base32.

    Args:
        prefix: one of PREFIXES.
        entropy: 16 bytes drawn for this id alone.

    Raises:
        ProtocolError: the prefix is unknown, or the entropy has another length.
    """
    if prefix not in PREFIXES:
        raise ProtocolError(f"no id begins with {prefix!r}")
    _require_length(entropy, ID_BYTES)
    number = int.from_bytes(entropy)
    letters = (_CROCKFORD[number >> 5 * place & 31] for place in reversed(range(26)))
    return f"{prefix}_{''.join(letters)}"


def is_id(prefix: str, text: str) -> bool:
    """Return whether a text is an id with this prefix."""
    match = _ID.fullmatch(text)
    return match is not None and match[1] == prefix


def attestation_id(entropy: bytes) -> str:
    """Return the id of an attestation: 16 bytes drawn for it alone, as base64url.

    Raises:
        ProtocolError: the entropy has another length.
    """
    _require_length(entropy, ID_BYTES)
    return b64url_encode(entropy)


def attestation_id_at(at: datetime, entropy: bytes) -> str:
    """Return the id of an attestation of an instant: its second, and 11 bytes drawn for it alone.

    Ids of one moment stand side by side in every index of them, so that a ledger takes in the
    millionth as soon as the first. They tell nothing that the attestation's `at` does not.

    Args:
        at: aware; what the attestation says.
        entropy: 11 bytes.

    Raises:
        ProtocolError: the entropy has another length.
    """
    _require_length(entropy, DRAWN_BYTES)
    return attestation_id(int(at.timestamp()).to_bytes(ID_BYTES - DRAWN_BYTES) + entropy)


def pairwise_id(entropy: bytes) -> str:
    """Return the id under which one agency sees one profile, `CR-XXXX-XXXX-CC`.

    Args:
        entropy: 5 bytes drawn for this pair alone.

    Raises:
        ProtocolError: the entropy has another length.
    """
    _require_length(entropy, PAIRWISE_BYTES)
    number = int.from_bytes(entropy)
    symbols = [number >> 5 * place & 31 for place in reversed(range(8))]
    text = "".join(_SPOKEN[symbol] for symbol in (*symbols, *_check_symbols(symbols)))
    return f"CR-{text[:4]}-{text[4:8]}-{text[8:]}"


def link_digest(token: str) -> bytes:
    """Return all that the hub keeps of a private link: the SHA-256 of its token's letters."""
    return hashlib.sha256(token.encode()).digest()


def is_pairwise_id(text: str) -> bool:
    """Return whether a text is a pairwise id whose two check letters are right."""
    match = _PAIRWISE.fullmatch(text)
    if match is None:
        return False
    symbols = [_SPOKEN.index(letter) for letter in match[1] + match[2]]
    return match[3] == "".join(_SPOKEN[symbol] for symbol in _check_symbols(symbols))


def _check_symbols(symbols: list[int]) -> tuple[int, int]:
    """Return the two symbols that make a Reed-Solomon word over GF(32) of eight.

    The word is a multiple of (x - a)(x - a^2), so two words differ in three places or more:
    any two wrong letters, and any two that changed places, are seen.
    """
    first = second = 0
    generator_1, generator_0 = 2 ^ 4, _times(2, 4)
    for symbol in symbols:
        carry = symbol ^ first
        first, second = second ^ _times(carry, generator_1), _times(carry, generator_0)
    return first, second


def _times(left: int, right: int) -> int:
    """Return the product of two elements of GF(32)."""
    product = 0
    for place in range(5):
        if right >> place & 1:
            product ^= left << place
    for place in reversed(range(5, 9)):
        if product >> place & 1:
            product ^= _FIELD_POLYNOMIAL << (place - 5)
    return product


def _require_length(entropy: bytes, length: int) -> None:
    """Refuse entropy of another length."""
    if len(entropy) != length:
        raise ProtocolError(f"this id is made of {length} bytes")
