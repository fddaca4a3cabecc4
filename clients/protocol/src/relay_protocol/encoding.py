"""Base64 in its two alphabets, each with exactly one text for the same bytes."""

import base64
import binascii

from relay_protocol.errors import CanonicalError


def b64url_encode(raw: bytes) -> str:
    """Return the URL-safe, unpadded base64 text of bytes (RFC 4648, section 5)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def b64url_decode(text: str) -> bytes:
    """Return the bytes of a URL-safe, unpadded base64 text (RFC 4648, section 5).

    Raises:
        CanonicalError: the text is not the one that b64url_encode() gives for its bytes.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error) as error:
        raise CanonicalError("not unpadded base64url") from error
    if b64url_encode(raw) != text:
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
