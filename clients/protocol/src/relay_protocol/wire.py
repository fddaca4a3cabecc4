"""A signed attestation's own bytes taken apart: what was signed, by which key, and how."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Final, Literal, NamedTuple, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from relay_protocol import canonical, grammar, passkey
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_bytes
from relay_protocol.errors import AttestationError, CanonicalError, SignatureError
from relay_protocol.jwk import kid_of
from relay_protocol.unchecked import Unchecked

JWS_TYPE: Final = "relay-attestation"
ED25519_SIGNATURE_BYTES: Final = 64
REMEMBERED: Final = 4_096
"""How many headers and credentials are remembered: one for each key."""

Method: TypeAlias = Literal["jws", "assertion"]

_ASSERTION_KEYS = ("attestation", "authenticator_data", "client_data", "credential", "signature")
_NOT_BASE64URL = "a part of a signature is not base64url"
_PART = rb"([A-Za-z0-9_-]+)"
_JWS_START, _JWS_END = b'{"jws":"', b'"}'
_JWS_PARTS = 3
_ASSERTION = re.compile(
    rb'\{"assertion":\{'
    + b",".join(b'"%s":"%s"' % (name.encode(), _PART) for name in _ASSERTION_KEYS)
    + rb"\}\}"
)


class Signature(NamedTuple):
    """How an attestation is signed, apart from what it says.

    Attributes:
        method: `jws`, an organization's or the hub's key; or `assertion`, a person's passkey.
        kid: the thumbprint of the key, or the passkey's credential id.
        signed: what the signature is over: of a JWS its first two parts, of an assertion the
            authenticator data.
        signature: of 64 bytes, or DER.
        challenge: of an assertion: what the passkey was to sign, the attestation's SHA-256.
        client_data: of an assertion: what the browser said of it.
    """

    method: Method
    kid: str
    signed: bytes
    signature: bytes
    challenge: bytes = b""
    client_data: bytes = b""

    def unchecked_jws(self, public_key: Ed25519PublicKey) -> Unchecked:
        """Return what is left to check if a key is said to have signed.

        Raises:
            SignatureError: it is signed with a passkey, or names another key.
        """
        if self.method != "jws":
            raise SignatureError("signed with a passkey, where an organization's key should sign")
        if self.kid != kid_of(public_key):
            raise SignatureError("signed with another key")
        return Unchecked.of_jws(public_key, self.signed, self.signature)

    def unchecked_assertion(
        self, public_key: EllipticCurvePublicKey, *, web_origin: str, rp_id: str
    ) -> Unchecked:
        """Return what is left to check if a passkey is said to have signed.

        Args:
            public_key: of the credential that `kid` names, as registered at that point.
            web_origin: the origin of the scheme's pages.
            rp_id: the relying party's id, as `scheme.opened` tells it.

        Raises:
            SignatureError: it is signed with a key that is no passkey, on another page, for
                another attestation, or without the person's presence or verification.
        """
        if self.method != "assertion":
            raise SignatureError("signed with an organization's key, where a passkey should sign")
        answer = passkey.Answer(
            authenticator_data=self.signed,
            client_data=self.client_data,
            signature=self.signature,
        )
        return passkey.unchecked_answer(
            answer, public_key, challenge=self.challenge, web_origin=web_origin, rp_id=rp_id
        )


def take_apart(wire: bytes) -> tuple[bytes, Signature]:
    """Return the attestation's bytes out of a signed one's, and how it is signed.

    Raises:
        AttestationError: the bytes are not exactly a JWS or an assertion.
    """
    # Such a text is canonical: what it holds in base64url has no other spelling.
    if len(wire) <= canonical.MAX_BYTES:
        if wire.startswith(_JWS_START) and wire.endswith(_JWS_END):
            parts = wire[len(_JWS_START) : -len(_JWS_END)].split(b".")
            return _plain_jws(parts) or _in_full(wire)
        if match := _ASSERTION.fullmatch(wire):
            return _assertion(match.groups())
    return _in_full(wire)


def _in_full(wire: bytes) -> tuple[bytes, Signature]:
    """Return the parts of whatever is no plain JWS or assertion, or why there are none."""
    try:
        value = canonical.decode(wire)
    except CanonicalError as error:
        raise AttestationError("a signed attestation is not canonical") from error
    if not isinstance(value, dict):
        raise AttestationError("a signed attestation is an object")
    if value.keys() == {"jws"}:
        signed, _, last = text_of(value, "jws").rpartition(".")
        first, dot, second = signed.partition(".")
        if not dot or "." in second:
            raise AttestationError("a compact JWS has three parts")
        return _jws(*(part.encode() for part in (first, second, last)))
    if value.keys() == {"assertion"}:
        parts = value["assertion"]
        if not isinstance(parts, dict) or parts.keys() != set(_ASSERTION_KEYS):
            raise AttestationError("an assertion has exactly five members")
        return _assertion([text_of(parts, key).encode() for key in _ASSERTION_KEYS])
    raise AttestationError("a signed attestation holds a jws or an assertion")


def _plain_jws(parts: Sequence[bytes]) -> tuple[bytes, Signature] | None:
    """Return what the texts of a compact JWS hold; None where they are not three in base64url."""
    if len(parts) != _JWS_PARTS:
        return None
    first, second, last = parts
    try:
        signature, said = b64url_bytes(last), b64url_bytes(second)
        kid = _kids.get(first) or _kept(_kids, first, _kid_of_header(b64url_bytes(first)))
    except (AttestationError, CanonicalError):
        return None
    if len(signature) != ED25519_SIGNATURE_BYTES:
        return None
    return said, Signature("jws", kid, b"%b.%b" % (first, second), signature)


def _jws(first: bytes, second: bytes, last: bytes) -> tuple[bytes, Signature]:
    """Return the parts of a compact JWS (RFC 7515, section 7.1)."""
    try:
        signature = b64url_bytes(last)
        if len(signature) != ED25519_SIGNATURE_BYTES:
            raise AttestationError("a signature of EdDSA has 64 bytes")
        kid = _kids.get(first) or _kept(_kids, first, _kid_of_header(b64url_bytes(first)))
        return b64url_bytes(second), Signature("jws", kid, b"%b.%b" % (first, second), signature)
    except CanonicalError as error:
        raise AttestationError(_NOT_BASE64URL) from error


def _assertion(texts: Sequence[bytes]) -> tuple[bytes, Signature]:
    """Return the parts of a passkey's assertion, whose members stand in their order."""
    said, authenticator_data, client_data, credential, signature = texts
    kid = _credentials.get(credential)
    if kid is None:
        grammar.CREDENTIAL.check(credential.decode(), "credential")
        kid = _kept(_credentials, credential, credential.decode())
    try:
        attestation = b64url_bytes(said)
        parts = Signature(
            "assertion",
            kid,
            b64url_bytes(authenticator_data),
            b64url_bytes(signature),
            hashlib.sha256(attestation).digest(),
            b64url_bytes(client_data),
        )
    except CanonicalError as error:
        raise AttestationError(_NOT_BASE64URL) from error
    if len(parts.client_data) > passkey.MAX_CLIENT_DATA_BYTES:
        raise AttestationError("client_data is too long")
    if len(parts.signature) > passkey.MAX_SIGNATURE_BYTES:
        raise AttestationError("a signature of ES256 is too long")
    return attestation, parts


def _kept(names: dict[bytes, str], text: bytes, name: str) -> str:
    """Return a key's name, and remember what it was read from: it comes again and again."""
    if len(names) >= REMEMBERED:
        names.clear()
    names[text] = name
    return name


def _kid_of_header(raw: bytes) -> str:
    """Return the key's name out of the one header that there is."""
    try:
        header = canonical.decode(raw)
    except CanonicalError as error:
        raise AttestationError("a JWS's header is not canonical") from error
    if not isinstance(header, dict) or header.keys() != {"alg", "kid", "typ"}:
        raise AttestationError("a JWS's header has exactly alg, kid and typ")
    if header["alg"] != "EdDSA" or header["typ"] != JWS_TYPE:
        raise AttestationError(f"a JWS's header says EdDSA and {JWS_TYPE}")
    grammar.KID.check(header["kid"], "kid")
    return text_of(header, "kid")


def text_of(value: Mapping[str, Value], key: str) -> str:
    """Return a member that is a string.

    Raises:
        AttestationError: it is none.
    """
    text = value[key]
    if not isinstance(text, str):
        raise AttestationError(f"{key} is not a string")
    return text


_kids: dict[bytes, str] = {}
_credentials: dict[bytes, str] = {}
