"""The lines of a pack's file: the manifest and each part, sealed to the auditor's key alone."""

import hashlib
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)

from relay_protocol import canonical, contents, manifest
from relay_protocol.encoding import b64url_bytes, b64url_encode
from relay_protocol.errors import CanonicalError, PackError
from relay_protocol.jwk import kid_of
from relay_protocol.manifest import Listed

SCHEMA: Final = "career-relay/pack/v2"
MEDIA_TYPE: Final = "application/x-ndjson"
"""Lines of JSON."""
LINE_BYTES: Final = 2**25
"""The longest line of a part, its line feed too."""
FIRST_LINE_BYTES: Final = 2**27
"""The longest line of a manifest."""
COVER_BYTES: Final = 4_096

_SEALED = b'"sealed":"'
_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What everybody may read of a pack.

    Attributes:
        log: the ledger's name.
        auditor: slug of who it is for.
        kid: the key that opens it.
        until: the last day of its use, `YYYY-MM-DD`.
    """

    log: str
    auditor: str
    kid: str
    until: str

    @classmethod
    def of(
        cls, public_key: EllipticCurvePublicKey, *, log: str, auditor: str, until: str
    ) -> "Cover":
        """Return the cover of a pack for the owner of a key."""
        return cls(log=log, auditor=auditor, kid=kid_of(public_key), until=until)

    def info(self, number: int) -> bytes:
        """Return what the sealing of a line is bound to (RFC 9180, section 5.1)."""
        return canonical.encode(
            {
                "auditor": self.auditor,
                "kid": self.kid,
                "log": self.log,
                "number": number,
                "schema": SCHEMA,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedPart:
    """One line of a pack as it was read; nothing of it is opened.

    Attributes:
        cover: whose pack it is a line of.
        number: its place in the file; 0 is the manifest's.
        digest: what its bytes must have as SHA-256.
        listed: what the manifest says of its reveals; None of one with documents.
        line: the bytes.
    """

    cover: Cover
    number: int
    digest: bytes
    listed: Listed | None
    line: bytes


def seal(raw: bytes, public_key: EllipticCurvePublicKey, cover: Cover, number: int) -> bytes:
    """Return a line of a pack's file, its line feed too, that the owner of a key can open.

    Args:
        raw: the manifest's or a part's bytes.
        public_key: the auditor's newest key for reveals, on P-256.
        cover: what everybody may read.
        number: the line's place, 0 for the manifest.

    Raises:
        PackError: the bytes are too many for one line.
    """
    if len(raw) > (manifest.MAX_BYTES if number == 0 else contents.MAX_BYTES):
        raise PackError(f"{len(raw)} bytes are too many for one line of a pack")
    sealed = b64url_encode(_SUITE.encrypt(raw, public_key, info=cover.info(number)))
    if number == 0:
        return _first_line(cover, sealed)
    members: dict[str, canonical.Encodable] = {"number": number, "sealed": sealed}
    return canonical.encode(members, limit_bytes=FIRST_LINE_BYTES) + b"\n"


def read_cover(line: bytes) -> tuple[Cover, bytes]:
    """Return what everybody may read on a pack's first line, and the sealed manifest.

    Raises:
        PackError: the line is not the first of a pack.
    """
    start, end = _span(line)
    if len(line) - (end - start) > COVER_BYTES:
        raise PackError("not a sealed pack")
    try:
        cover: object = json.loads(line[:start] + line[end:])
    except (ValueError, RecursionError) as error:
        raise PackError("not a sealed pack") from error
    match cover:
        case {
            "auditor": str(auditor),
            "kid": str(kid),
            "log": str(log),
            "number": 0,
            "schema": str(schema),
            "sealed": "",
            "until": str(until),
        } if schema == SCHEMA:
            found = Cover(log=log, auditor=auditor, kid=kid, until=until)
            if line[:start] + line[end:] != _first_line(found, ""):
                raise PackError("the first line of a pack has another form")
            return found, _octets(line[start:end])
        case _:
            raise PackError("not a sealed pack")


def open_line(part: SealedPart, private_key: EllipticCurvePrivateKey) -> bytes:
    """Return the bytes of a part, which are those that the manifest lists.

    Raises:
        PackError: they are others, or sealed to another key or place.
    """
    start, end = _span(part.line)
    if part.line[:start] + part.line[end:] != b'{"number":%d,"sealed":""}\n' % part.number:
        raise PackError(f"line {part.number} of the pack is another part")
    raw = unseal(_octets(part.line[start:end]), private_key, part.cover, part.number)
    if hashlib.sha256(raw).digest() != part.digest:
        raise PackError(f"line {part.number} of the pack is not the part that is listed")
    return raw


def unseal(sealed: bytes, private_key: EllipticCurvePrivateKey, cover: Cover, number: int) -> bytes:
    """Return what was sealed to a key, at one place of a pack.

    Raises:
        PackError: it was sealed to another key or place, or changed.
    """
    if cover.kid != kid_of(private_key.public_key()):
        raise PackError(f"the pack is sealed to another key, {cover.kid[:43]}")
    try:
        return _SUITE.decrypt(sealed, private_key, info=cover.info(number))
    except (InvalidTag, ValueError) as error:
        raise PackError("the pack was changed on its way, or is not for this key") from error
    except CanonicalError as error:
        raise PackError("not a sealed pack") from error


def key_bytes(private_key: EllipticCurvePrivateKey) -> bytes:
    """Return a private key as bytes, for the memory of another process of ours."""
    return private_key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


@lru_cache(4)
def key_of(raw: bytes) -> EllipticCurvePrivateKey:
    """Return the private key of key_bytes().

    Raises:
        PackError: the bytes are none.
    """
    try:
        key = load_der_private_key(raw, password=None)
    except (TypeError, ValueError) as error:
        raise PackError("no key that opens packs") from error
    if not isinstance(key, EllipticCurvePrivateKey):
        raise PackError("no key that opens packs")
    return key


def _first_line(cover: Cover, sealed: str) -> bytes:
    """Return the first line of a pack, its line feed too: the cover, and the sealed manifest."""
    members: dict[str, canonical.Encodable] = {
        "auditor": cover.auditor,
        "kid": cover.kid,
        "log": cover.log,
        "number": 0,
        "schema": SCHEMA,
        "sealed": sealed,
        "until": cover.until,
    }
    try:
        return canonical.encode(members, limit_bytes=FIRST_LINE_BYTES) + b"\n"
    except CanonicalError as error:
        raise PackError("not a sealed pack") from error


def _span(line: bytes) -> tuple[int, int]:
    """Return where what is sealed stands in a line, between its quotes.

    A line may be long: nothing but base64url is read of it, and no JSON that could be anything.
    """
    start = line.find(_SEALED, 0, COVER_BYTES) + len(_SEALED)
    end = line.find(b'"', start)
    if start < len(_SEALED) or end < 0:
        raise PackError("not a line of a sealed pack")
    return start, end


def _octets(text: bytes) -> bytes:
    """Return the bytes of a text in base64url."""
    try:
        return b64url_bytes(text)
    except CanonicalError as error:
        raise PackError("a part of a pack is not base64url") from error
