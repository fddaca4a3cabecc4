"""One fact, said by the organization whose act it is, and the two ways in which it is signed."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from relay_protocol import canonical, grammar, passkey
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.errors import AttestationError, CanonicalError, SignatureError
from relay_protocol.jwk import kid_of
from relay_protocol.kinds import KINDS
from relay_protocol.passkey import Answer

VERSION = 1
JWS_TYPE = "relay-attestation"
MAX_BYTES = 40_000
"""The longest attestation; signed and written into an entry, it still fits there."""
ED25519_SIGNATURE_BYTES = 64

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z", re.ASCII
)
_KEYS = frozenset({"v", "log", "id", "kind", "at", "by", "refs", "body"})
_ASSERTION_KEYS = frozenset(
    {"attestation", "authenticator_data", "client_data", "credential", "signature"}
)


def instant_text(at: datetime) -> str:
    """Return an instant as attestations write it, `YYYY-MM-DDTHH:MM:SSZ`.

    Raises:
        AttestationError: the instant is in no known zone, or not a whole second.
    """
    if at.utcoffset() is None or at.microsecond:
        raise AttestationError("an attestation's instant is a whole second in a known zone")
    try:
        return f"{at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"
    except OverflowError as error:
        raise AttestationError("an instant is not in the calendar") from error


def instant_of(text: str) -> datetime:
    """Return the instant, in UTC, of the one text that instant_text() gives for it.

    Raises:
        AttestationError: the text has another form, or names no instant.
    """
    if not _INSTANT.fullmatch(text):
        raise AttestationError("an instant is written YYYY-MM-DDTHH:MM:SSZ")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise AttestationError("an instant is not in the calendar") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """One fact; there is none whose values are not of its kind's closed form.

    Attributes:
        log: the name of the ledger it is meant for.
        id: 16 random bytes as base64url; ids.attestation_id() makes it.
        kind: a key of kinds.KINDS.
        at: when it was said, a whole second in UTC.
        by: the slug of who says it, or `hub`.
        refs: ids of what it is about.
        body: what it says.
    """

    log: str
    id: str
    kind: str
    at: datetime
    by: str
    refs: Mapping[str, str]
    body: Mapping[str, Value]

    def __post_init__(self) -> None:
        """Refuse what no attestation can say."""
        grammar.LOG_NAME.check(self.log, "log")
        grammar.ATTESTATION_ID.check(self.id, "id")
        grammar.SLUG.check(self.by, "by")
        instant_text(self.at)
        kind = KINDS.get(self.kind)
        if kind is None:
            raise AttestationError("kind is none that there is")
        kind.check(self.by, self.refs, self.body)

    def encode(self) -> bytes:
        """Return the canonical bytes, which are what is signed.

        Raises:
            AttestationError: they are too many.
        """
        try:
            return canonical.encode(
                {
                    "v": VERSION,
                    "log": self.log,
                    "id": self.id,
                    "kind": self.kind,
                    "at": instant_text(self.at),
                    "by": self.by,
                    "refs": self.refs,
                    "body": self.body,
                },
                limit_bytes=MAX_BYTES,
            )
        except CanonicalError as error:
            raise AttestationError("the attestation has no canonical bytes") from error

    @classmethod
    def decode(cls, raw: bytes) -> "Attestation":
        """Return the attestation of canonical bytes; its encode() gives these very bytes again.

        Raises:
            AttestationError: the bytes are not canonical, or not exactly an attestation whose
                refs and body have the form of its kind.
        """
        try:
            value = canonical.decode(raw, limit_bytes=MAX_BYTES)
        except CanonicalError as error:
            raise AttestationError("an attestation is not canonical") from error
        if not isinstance(value, dict) or value.keys() != _KEYS:
            raise AttestationError("an attestation has exactly eight members")
        if type(value["v"]) is not int or value["v"] != VERSION:
            raise AttestationError("an attestation of an unknown version")
        body = value["body"]
        if not isinstance(body, dict):
            raise AttestationError("body is not an object")
        return cls(
            log=_text(value, "log"),
            id=_text(value, "id"),
            kind=_text(value, "kind"),
            at=instant_of(_text(value, "at")),
            by=_text(value, "by"),
            refs=_refs(value["refs"]),
            body=body,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAttestation:
    """An attestation with its signature, whose truth check_jws() and check_assertion() decide.

    Attributes:
        wire: its canonical bytes, which a reveal or a clear entry holds.
        attestation: what was signed.
        method: `jws`, an organization's or the hub's key; or `assertion`, a person's passkey.
        kid: the thumbprint of the key, or the passkey's credential id.
    """

    wire: bytes
    attestation: Attestation = field(init=False)
    method: Literal["jws", "assertion"] = field(init=False)
    kid: str = field(init=False)
    _signed: bytes = field(init=False, repr=False)
    _signature: bytes = field(init=False, repr=False)
    _client_data: bytes = field(init=False, repr=False, default=b"")

    def __post_init__(self) -> None:
        """Read the bytes, and refuse any that are not exactly a signed attestation."""
        try:
            value = canonical.decode(self.wire)
        except CanonicalError as error:
            raise AttestationError("a signed attestation is not canonical") from error
        if not isinstance(value, dict):
            raise AttestationError("a signed attestation is an object")
        if value.keys() == {"jws"}:
            self._read_jws(_text(value, "jws"))
        elif value.keys() == {"assertion"}:
            self._read_assertion(value["assertion"])
        else:
            raise AttestationError("a signed attestation holds a jws or an assertion")

    @property
    def jws(self) -> str:
        """The compact JWS, as it travels in a request.

        Raises:
            AttestationError: it is signed with a passkey.
        """
        if self.method != "jws":
            raise AttestationError("an attestation signed with a passkey has no JWS")
        return f"{self._signed.decode()}.{b64url_encode(self._signature)}"

    def check_jws(self, public_key: Ed25519PublicKey) -> None:
        """Return if this key, and no other, has signed the attestation.

        Raises:
            SignatureError: it is signed with a passkey, names another key, or is forged.
        """
        if self.method != "jws":
            raise SignatureError("signed with a passkey, where an organization's key should sign")
        if self.kid != kid_of(public_key):
            raise SignatureError("signed with another key")
        try:
            public_key.verify(self._signature, self._signed)
        except InvalidSignature as error:
            raise SignatureError("the signature is false") from error

    def check_assertion(
        self, public_key: EllipticCurvePublicKey, *, web_origin: str, rp_id: str
    ) -> None:
        """Return if this passkey has signed the attestation (WebAuthn level 3, section 7.2).

        Args:
            public_key: of the credential that `kid` names, as registered at that point.
            web_origin: the origin of the scheme's pages.
            rp_id: the relying party's id, as `scheme.opened` tells it.

        Raises:
            SignatureError: it is signed with a key that is no passkey, on another page, for
                another attestation, without the person's presence or verification, or forged.
        """
        if self.method != "assertion":
            raise SignatureError("signed with an organization's key, where a passkey should sign")
        passkey.check_answer(
            Answer(
                authenticator_data=self._signed,
                client_data=self._client_data,
                signature=self._signature,
            ),
            public_key,
            challenge=challenge(self.attestation.encode()),
            web_origin=web_origin,
            rp_id=rp_id,
        )

    def _read_jws(self, text: str) -> None:
        """Take a compact JWS apart (RFC 7515, section 7.1)."""
        signed, _, last = text.rpartition(".")
        first, dot, second = signed.partition(".")
        if not dot or "." in second:
            raise AttestationError("a compact JWS has three parts")
        signature = _octets(last)
        if len(signature) != ED25519_SIGNATURE_BYTES:
            raise AttestationError("a signature of EdDSA has 64 bytes")
        self._keep("method", "jws")
        self._keep("kid", _kid_of_header(_octets(first)))
        self._keep("attestation", Attestation.decode(_octets(second)))
        self._keep("_signed", signed.encode())
        self._keep("_signature", signature)
        self._keep("_client_data", b"")

    def _read_assertion(self, value: Value) -> None:
        """Take the parts of a passkey's assertion apart."""
        if not isinstance(value, dict) or value.keys() != _ASSERTION_KEYS:
            raise AttestationError("an assertion has exactly five members")
        texts = {key: _text(value, key) for key in value}
        grammar.CREDENTIAL.check(texts["credential"], "credential")
        parts = {key: _octets(text) for key, text in texts.items()}
        if len(parts["client_data"]) > passkey.MAX_CLIENT_DATA_BYTES:
            raise AttestationError("client_data is too long")
        if len(parts["signature"]) > passkey.MAX_SIGNATURE_BYTES:
            raise AttestationError("a signature of ES256 is too long")
        attestation = Attestation.decode(parts["attestation"])
        if not KINDS[attestation.kind].passkey:
            raise AttestationError(f"{attestation.kind} is not signed with a passkey")
        self._keep("method", "assertion")
        self._keep("kid", texts["credential"])
        self._keep("attestation", attestation)
        self._keep("_signed", parts["authenticator_data"])
        self._keep("_signature", parts["signature"])
        self._keep("_client_data", parts["client_data"])

    def _keep(self, name: str, value: object) -> None:
        """Set a member while the value is being made; afterwards nothing can."""
        object.__setattr__(self, name, value)


def sign_jws(attestation: Attestation, private_key: Ed25519PrivateKey) -> SignedAttestation:
    """Return an attestation signed with an organization's or the hub's key (RFC 8037)."""
    header = canonical.encode(
        {"alg": "EdDSA", "kid": kid_of(private_key.public_key()), "typ": JWS_TYPE}
    )
    signed = f"{b64url_encode(header)}.{b64url_encode(attestation.encode())}"
    return from_jws(f"{signed}.{b64url_encode(private_key.sign(signed.encode()))}")


def from_jws(text: str) -> SignedAttestation:
    """Return the signed attestation of a compact JWS; its signature is not checked yet.

    Raises:
        AttestationError: the text is not exactly a JWS of an attestation.
    """
    try:
        return SignedAttestation(wire=canonical.encode({"jws": text}))
    except CanonicalError as error:
        raise AttestationError("a JWS is too long, or no text") from error


def from_assertion(
    attestation: bytes,
    *,
    credential: bytes,
    authenticator_data: bytes,
    client_data: bytes,
    signature: bytes,
) -> SignedAttestation:
    """Return the signed attestation of what a passkey answered; it is not checked yet.

    Args:
        attestation: the bytes whose SHA-256 was the challenge.
        credential: the passkey's id.
        authenticator_data: as the browser gave it.
        client_data: clientDataJSON, byte for byte.
        signature: DER, as the browser gave it.

    Raises:
        AttestationError: the parts are no attestation that a passkey may sign.
    """
    parts = {
        "attestation": attestation,
        "authenticator_data": authenticator_data,
        "client_data": client_data,
        "credential": credential,
        "signature": signature,
    }
    try:
        wire = canonical.encode(
            {"assertion": {key: b64url_encode(part) for key, part in parts.items()}}
        )
    except CanonicalError as error:
        raise AttestationError("an assertion is too long") from error
    return SignedAttestation(wire=wire)


def challenge(attestation: bytes) -> bytes:
    """Return what a passkey is asked to sign for an attestation: its SHA-256, 32 bytes."""
    return hashlib.sha256(attestation).digest()


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
    return _text(header, "kid")


def _text(value: Mapping[str, Value], key: str) -> str:
    """Return a member that is a string."""
    text = value[key]
    if not isinstance(text, str):
        raise AttestationError(f"{key} is not a string")
    return text


def _refs(value: Value) -> dict[str, str]:
    """Return refs, an object of strings."""
    if not isinstance(value, dict):
        raise AttestationError("refs is not an object")
    return {key: _text(value, key) for key in value}


def _octets(text: str) -> bytes:
    """Return the bytes of a part in base64url."""
    try:
        return b64url_decode(text)
    except CanonicalError as error:
        raise AttestationError("a part of a signature is not base64url") from error
