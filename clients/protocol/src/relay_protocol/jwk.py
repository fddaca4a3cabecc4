"""Public keys as JSON Web Keys, and the names that keys go by."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import TypeAlias

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from relay_protocol import canonical
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.errors import AttestationError, CanonicalError

PublicKey: TypeAlias = Ed25519PublicKey | EllipticCurvePublicKey
Jwk: TypeAlias = dict[str, str]

KEY_BYTES = 32

_FIELD_PRIME = 2**255 - 19
# The y of every point of Curve25519 whose order divides 8: under such a "key" one signature
# holds for any text, so that its owner could deny whatever it has signed.
_SMALL_ORDER_Y = frozenset(
    {
        0,
        1,
        _FIELD_PRIME - 1,
        int.from_bytes(
            bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"),
            "little",
        ),
        int.from_bytes(
            bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"),
            "little",
        ),
    }
)


def from_key(key: PublicKey) -> Jwk:
    """Return the JWK of a public key: exactly the members that its name is made of.

    Raises:
        AttestationError: the key is on a curve other than Ed25519 and P-256.
    """
    if isinstance(key, Ed25519PublicKey):
        return {"crv": "Ed25519", "kty": "OKP", "x": b64url_encode(key.public_bytes_raw())}
    if not isinstance(key.curve, SECP256R1):
        raise AttestationError("keys are on Ed25519 or P-256")
    point = key.public_numbers()
    return {
        "crv": "P-256",
        "kty": "EC",
        "x": b64url_encode(point.x.to_bytes(KEY_BYTES)),
        "y": b64url_encode(point.y.to_bytes(KEY_BYTES)),
    }


def from_raw(raw: bytes) -> Jwk:
    """Return the JWK of the 32 bytes of an Ed25519 key.

    Raises:
        AttestationError: they are no such key, or a weak one.
    """
    members = {"crv": "Ed25519", "kty": "OKP", "x": b64url_encode(raw)}
    to_key(members)
    return members


def to_key(jwk: "Mapping[str, str] | Value") -> PublicKey:
    """Return the public key of a JWK.

    Raises:
        AttestationError: the value is not exactly a JWK of Ed25519 or P-256 (RFC 8037, RFC
            7518 section 6.2), its point is not on the curve, or it is a weak Ed25519 key.
    """
    if isinstance(jwk, Mapping):
        members = {name: member for name, member in jwk.items() if isinstance(member, str)}
        if len(members) == len(jwk):
            form = (members.get("kty"), members.get("crv"), *sorted(members))
            if form == ("OKP", "Ed25519", "crv", "kty", "x"):
                return _ed25519_key(members)
            if form == ("EC", "P-256", "crv", "kty", "x", "y"):
                return _p256_key(members)
    raise AttestationError("not a JSON Web Key of Ed25519 or P-256")


def to_signing_key(jwk: "Mapping[str, str] | Value") -> Ed25519PublicKey:
    """Return the Ed25519 key of a JWK, with which an organization's acts are checked.

    Raises:
        AttestationError: it is no JWK, or one of another curve.
    """
    key = to_key(jwk)
    if not isinstance(key, Ed25519PublicKey):
        raise AttestationError("acts are signed with a key on Ed25519")
    return key


def to_p256_key(jwk: "Mapping[str, str] | Value") -> EllipticCurvePublicKey:
    """Return the P-256 key of a JWK: of a passkey, or one to seal to.

    Raises:
        AttestationError: it is no JWK, or one of another curve.
    """
    key = to_key(jwk)
    if isinstance(key, Ed25519PublicKey):
        raise AttestationError("passkeys and keys to seal to are on P-256")
    return key


def thumbprint(jwk: "Mapping[str, str] | Value") -> str:
    """Return the name of a key, its `kid`: SHA-256 of its JWK, base64url (RFC 7638).

    Raises:
        AttestationError: it is no JWK of Ed25519 or P-256.
    """
    return kid_of(to_key(jwk))


def kid_of(key: PublicKey) -> str:
    """Return the name of a public key, 43 letters; the same as thumbprint() of its JWK.

    Raises:
        AttestationError: the key is on a curve other than Ed25519 and P-256.
    """
    if isinstance(key, Ed25519PublicKey):
        return _kid_of_raw(key.public_bytes_raw())
    return _name(from_key(key))


def _name(jwk: Jwk) -> str:
    """Return the name of the key of a JWK that is in order."""
    return b64url_encode(hashlib.sha256(canonical.encode(jwk)).digest())


@lru_cache(4_096)
def _kid_of_raw(raw: bytes) -> str:
    """Return the name of an Ed25519 key; it is asked for at every signature."""
    return _name({"crv": "Ed25519", "kty": "OKP", "x": b64url_encode(raw)})


def _ed25519_key(members: Mapping[str, str]) -> Ed25519PublicKey:
    """Return the key of an Ed25519 JWK, unless its point is weak or written in another form."""
    raw = _coordinate(members["x"])
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _FIELD_PRIME or y in _SMALL_ORDER_Y:
        raise AttestationError("a weak key on Ed25519")
    try:
        return Ed25519PublicKey.from_public_bytes(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise AttestationError("not a key on Ed25519") from error


def _p256_key(members: Mapping[str, str]) -> EllipticCurvePublicKey:
    """Return the key of a P-256 JWK, if its point is on the curve."""
    x, y = (int.from_bytes(_coordinate(members[axis])) for axis in "xy")
    try:
        return EllipticCurvePublicNumbers(x, y, SECP256R1()).public_key()
    except ValueError as error:
        raise AttestationError("not a point on P-256") from error


def _coordinate(text: str) -> bytes:
    """Return the 32 bytes of a coordinate."""
    try:
        raw = b64url_decode(text)
    except CanonicalError as error:
        raise AttestationError("a key's coordinate is not base64url") from error
    if len(raw) != KEY_BYTES:
        raise AttestationError(f"a key's coordinate has {KEY_BYTES} bytes")
    return raw
