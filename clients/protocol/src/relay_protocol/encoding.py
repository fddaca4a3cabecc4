"""Base64 in its two alphabets, each with exactly one text for the same bytes."""

import base64
import binascii

from relay_protocol.errors import CanonicalError

_TO_URL = bytes.maketrans(b"+/", b"-_")
# The letters of the standard alphabet are none of the URL-safe one: they become no letters.
_FROM_URL = bytes.maketrans(b"-_+/", b"+/!!")
_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
# By the letters left over after fours: one stands for no byte; of two and three the last must
# leave the bits unset that no byte takes up.
_LAST_LETTERS = tuple(map(frozenset, (_LETTERS, b"", _LETTERS[::16], _LETTERS[::4])))


def b64url_encode(raw: bytes) -> str:
    """Return the URL-safe, unpadded base64 text of bytes (RFC 4648, section 5)."""
    text = binascii.b2a_base64(raw, newline=False).translate(_TO_URL)
    return text.rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Return the bytes of a URL-safe, unpadded base64 text (RFC 4648, section 5).

    Raises:
        CanonicalError: the text is not the one that b64url_encode() gives for its bytes.
    """
    return b64url_bytes(text.encode("ascii", "replace"))


def b64url_bytes(text: bytes) -> bytes:
    """Return the bytes of a URL-safe, unpadded base64 text that is at hand as ASCII.

    Raises:
        CanonicalError: the text is not the one that b64url_encode() gives for its bytes.
    """
    try:
        raw = binascii.a2b_base64(
            text.translate(_FROM_URL) + b"===="[: -len(text) % 4], strict_mode=True
        )
    except binascii.Error as error:
        raise CanonicalError("not unpadded base64url") from error
    if text and text[-1] not in _LAST_LETTERS[len(text) % 4]:
        raise CanonicalError("not the canonical base64url of its bytes")
    return raw


def b64_encode(raw: bytes) -> str:
    """Return the standard, padded base64 text of bytes (RFC 4648, section 4)."""
    return base64.b64encode(raw).decode("ascii")


def b64_decode(text: str) -> bytes:
    """Return the bytes of a standard, padded base64 text (RFC 4648, section 4).

    Raises:
        CanonicalError: the text is not the one that b64_encode() gives for its bytes.
    """
    try:
        raw = base64.b64decode(text, validate=True)
    except (ValueError, binascii.Error) as error:
        raise CanonicalError("not padded base64") from error
    if b64_encode(raw) != text:
        raise CanonicalError("not the canonical base64 of its bytes")
    return raw
