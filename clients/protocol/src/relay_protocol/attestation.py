"""One fact, said by the organization whose act it is, and the two ways in which it is signed."""

import hashlib
import json
import re
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from operator import itemgetter
from types import MappingProxyType
from typing import TypeAlias

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from relay_protocol import canonical, grammar, template
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import AttestationError, CanonicalError
from relay_protocol.jwk import kid_of
from relay_protocol.kinds import KINDS
from relay_protocol.wire import JWS_TYPE, Method, Signature, take_apart, text_of

VERSION = 1
MAX_BYTES = 40_000
"""The longest attestation; signed and written into an entry, it still fits there."""

_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}Z", re.ASCII
)
_KEYS = frozenset({"v", "log", "id", "kind", "at", "by", "refs", "body"})

Members: TypeAlias = "dict[str, Value]"
"""The eight members of an attestation."""


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
        id: 16 bytes as base64url; ids.attestation_id_at() makes it.
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
        if proven_kind(raw) is not None:
            return cls.of_proven(json.loads(raw))
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
            log=text_of(value, "log"),
            id=text_of(value, "id"),
            kind=text_of(value, "kind"),
            at=instant_of(text_of(value, "at")),
            by=text_of(value, "by"),
            refs=_refs(value["refs"]),
            body=body,
        )

    @classmethod
    def of_proven(cls, members: Members) -> "Attestation":
        """Return the attestation of members whose bytes proven_kind() has told to be one's."""
        made = object.__new__(cls)
        for name, put in _PUT.items():
            put(made, _instant(members[name]) if name == "at" else members[name])
        return made

    @classmethod
    def all_proven(cls, members: "Sequence[Members]") -> "list[Attestation]":
        """Return the attestations of members as of_proven() does.

        Nothing is checked a second time: a million are read this way.
        """
        made = [object.__new__(cls) for _ in members]
        for name, put in _PUT.items():
            values = map(itemgetter(name), members)
            deque(map(put, made, map(_instant, values) if name == "at" else values), maxlen=0)
        return made


_PUT: Mapping[str, Callable[[Attestation, object], None]] = MappingProxyType(
    {one.name: vars(Attestation)[one.name].__set__ for one in fields(Attestation)}
)
"""What sets each attribute of an attestation in the making."""
_instant: Callable[[object], datetime] = datetime.fromisoformat  # type: ignore[assignment]


def proven_kind(raw: bytes) -> str | None:
    """Return the kind of bytes that are certain to be an attestation's; else decode() can tell."""
    if len(raw) > MAX_BYTES or not raw.isascii():
        return None
    return template.proven_kind(raw.decode("ascii"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAttestation:
    """An attestation with its signature, whose truth check_jws() and check_assertion() decide.

    Attributes:
        wire: its canonical bytes, which a reveal or a clear entry holds.
        attestation: what was signed.
        signature: how it is signed.
    """

    wire: bytes
    attestation: Attestation = field(init=False)
    signature: Signature = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Read the bytes, and refuse any that are not exactly a signed attestation."""
        raw, signature = take_apart(self.wire)
        attestation = Attestation.decode(raw)
        check_method(attestation.kind, signature.method)
        object.__setattr__(self, "attestation", attestation)
        object.__setattr__(self, "signature", signature)

    @property
    def method(self) -> Method:
        """How it is signed."""
        return self.signature.method

    @property
    def kid(self) -> str:
        """The thumbprint of the key, or the passkey's credential id."""
        return self.signature.kid

    @property
    def jws(self) -> str:
        """The compact JWS, as it travels in a request.

        Raises:
            AttestationError: it is signed with a passkey.
        """
        if self.method != "jws":
            raise AttestationError("an attestation signed with a passkey has no JWS")
        how = self.signature
        return f"{how.signed.decode()}.{b64url_encode(how.signature)}"

    def check_jws(self, public_key: Ed25519PublicKey) -> None:
        """Return if this key, and no other, has signed the attestation.

        Raises:
            SignatureError: it is signed with a passkey, names another key, or is forged.
        """
        self.signature.unchecked_jws(public_key).check()

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
        self.signature.unchecked_assertion(public_key, web_origin=web_origin, rp_id=rp_id).check()


def check_method(kind: str, method: Method) -> None:
    """Return if a kind of fact may be signed in a way.

    Raises:
        AttestationError: a passkey has signed what only keys of organizations sign.
    """
    if method == "assertion" and not KINDS[kind].passkey:
        raise AttestationError(f"{kind} is not signed with a passkey")


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


def _refs(value: Value) -> dict[str, str]:
    """Return refs, an object of strings."""
    if not isinstance(value, dict):
        raise AttestationError("refs is not an object")
    return {key: text_of(value, key) for key in value}
