"""An identity sealed to one agency's keys: what the origin closes and only that agency opens."""

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from relay_protocol import canonical, grammar
from relay_protocol.canonical import Encodable, Value
from relay_protocol.codes import IDENTITY_ITEMS
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.errors import AttestationError, CanonicalError, EnvelopeError
from relay_protocol.grammar import LeafForm, ListForm, RecordForm, id_of
from relay_protocol.jwk import kid_of
from relay_protocol.kinds import MAX_SEALING_KEYS

VERSION: Final = 1
SCHEMA: Final = "identity-1"
"""The name of what is inside: some of codes.IDENTITY_ITEMS, a name among them."""
MAX_ITEM_CHARACTERS: Final = 200
BLOCK_BYTES: Final = 256
"""Plaintexts are padded to a multiple, so that the length of a name does not show."""
MAX_PLAINTEXT_BYTES: Final = 16 * BLOCK_BYTES

_LENGTH_BYTES: Final = 2
_ENC_AND_TAG_BYTES: Final = 65 + 16
_SUITE: Final = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_SEALED = ListForm(
    name="a list of sealed copies",
    of=RecordForm(
        name="a sealed copy",
        of=MappingProxyType(
            {
                "kid": grammar.KID,
                "ciphertext": grammar.octets(
                    "a ciphertext",
                    _ENC_AND_TAG_BYTES + BLOCK_BYTES,
                    _ENC_AND_TAG_BYTES + MAX_PLAINTEXT_BYTES,
                ),
            }
        ),
    ),
    least=1,
    most=MAX_SEALING_KEYS,
)
_ENVELOPE = RecordForm(
    name="an envelope",
    of=MappingProxyType(
        {
            "v": LeafForm(name="version 1", accepts=lambda value: value is not True and value == 1),
            "schema": grammar.code("a schema of envelopes", (SCHEMA,)),
            "claim": id_of("clm", "a claim's id"),
            "approval": grammar.ATTESTATION_ID,
            "agency": grammar.SLUG,
            "sealed": _SEALED,
        }
    ),
)

Envelope = Mapping[str, Value]
"""The document {v, schema, claim, approval, agency, sealed: [{kid, ciphertext}]}."""


def info(*, claim: str, approval: str, agency: str, kid: str, schema: str = SCHEMA) -> bytes:
    """Return what binds a sealed copy to its purpose: HPKE's `info`, canonical JSON.

    Args:
        claim: id of the claim.
        approval: id of the attestation of the candidate's approval.
        agency: slug of the agency.
        kid: thumbprint of the agency's key.
        schema: the name of what is inside.
    """
    return canonical.encode(
        {
            "use": "career-relay/envelope/v1",
            "schema": schema,
            "claim": claim,
            "approval": approval,
            "agency": agency,
            "kid": kid,
        }
    )


def seal_envelope(
    identity: Mapping[str, str],
    recipients: Mapping[str, EllipticCurvePublicKey],
    *,
    claim: str,
    approval: str,
    agency: str,
) -> dict[str, Value]:
    """Return the envelope with one sealed copy of an identity for each of the agency's keys.

    Args:
        identity: some of codes.IDENTITY_ITEMS, `name` among them; nothing empty.
        recipients: one to five P-256 keys by their thumbprints.
        claim: id of the claim.
        approval: id of the attestation of the candidate's approval.
        agency: slug of the agency.

    Raises:
        EnvelopeError: the identity holds anything else, or a key is not the one it is called.
    """
    if any(kid_of(key) != kid for kid, key in recipients.items()):
        raise EnvelopeError("a key is not the one that it is called")
    plaintext = _padded(canonical.encode(_checked_identity(identity)))
    envelope: dict[str, Value] = {
        "v": VERSION,
        "schema": SCHEMA,
        "claim": claim,
        "approval": approval,
        "agency": agency,
        "sealed": [
            {
                "kid": kid,
                "ciphertext": b64url_encode(
                    _SUITE.encrypt(
                        plaintext,
                        recipients[kid],
                        info=info(claim=claim, approval=approval, agency=agency, kid=kid),
                    )
                ),
            }
            for kid in sorted(recipients)
        ],
    }
    check_envelope(envelope)
    return envelope


def check_envelope(document: Value | Mapping[str, Value]) -> None:
    """Return if a document has the form of an envelope; what is inside nobody can tell yet.

    Raises:
        EnvelopeError: a member is missing, unknown or of another form, or the copies are not
            sorted by key, one for each.
    """
    try:
        _ENVELOPE.check(cast("Value", document), "envelope")
    except AttestationError as error:
        raise EnvelopeError(str(error)) from error
    kids = sealed_to(cast("Envelope", document))
    if list(kids) != sorted(set(kids)):
        raise EnvelopeError("envelope/sealed is not sorted by key, one copy for each")


def sealed_to(envelope: Envelope) -> tuple[str, ...]:
    """Return the thumbprints of the keys that open an envelope whose form is checked."""
    return tuple(str(copy["kid"]) for copy in _copies(envelope))


def open_envelope(
    envelope: Envelope, private_key: EllipticCurvePrivateKey, kid: str
) -> dict[str, str]:
    """Return the identity in an envelope, by its items.

    Args:
        envelope: as seal_envelope() gave it.
        private_key: the agency's.
        kid: the thumbprint of its public half.

    Raises:
        EnvelopeError: it is no envelope, holds no copy for this key, was sealed to another
            claim, approval, agency or key, was altered, or holds no identity.
    """
    check_envelope(envelope)
    if kid_of(private_key.public_key()) != kid:
        raise EnvelopeError("the key is not the one that it is called")
    ciphertexts = [str(copy["ciphertext"]) for copy in _copies(envelope) if copy["kid"] == kid]
    if not ciphertexts:
        raise EnvelopeError("the envelope is not sealed to this key")
    context = {name: str(envelope[name]) for name in ("claim", "approval", "agency")}
    try:
        plaintext = _SUITE.decrypt(
            b64url_decode(ciphertexts[0]), private_key, info=info(**context, kid=kid)
        )
        return _checked_identity(canonical.decode(_unpadded(plaintext)))
    except InvalidTag as error:
        raise EnvelopeError("the envelope does not open: altered, or sealed to another") from error
    except CanonicalError as error:
        raise EnvelopeError("what is in the envelope is not canonical") from error


def digest(envelope: Envelope) -> bytes:
    """Return the SHA-256 of an envelope's canonical bytes, which the origin signs, 32 bytes."""
    return hashlib.sha256(canonical.encode(envelope)).digest()


def items_of(identity: Mapping[str, str]) -> tuple[str, ...]:
    """Return which items an identity holds, in the order of codes.IDENTITY_ITEMS."""
    return tuple(item for item in IDENTITY_ITEMS if item in identity)


def _checked_identity(identity: Value | Mapping[str, Encodable]) -> dict[str, str]:
    """Return an identity that holds a name, and nothing but texts of the known items."""
    if not isinstance(identity, Mapping) or "name" not in identity:
        raise EnvelopeError("an identity holds a name")
    checked: dict[str, str] = {}
    for item, text in identity.items():
        if item not in IDENTITY_ITEMS:
            raise EnvelopeError("an identity holds an unknown item")
        if not isinstance(text, str) or not text.strip() or len(text) > MAX_ITEM_CHARACTERS:
            raise EnvelopeError(f"{item} is empty or too long")
        checked[item] = text
    return checked


def _padded(content: bytes) -> bytes:
    """Return length (two bytes), content, and zeros up to a whole number of blocks."""
    framed = len(content).to_bytes(_LENGTH_BYTES) + content
    return framed + bytes(-len(framed) % BLOCK_BYTES)


def _unpadded(plaintext: bytes) -> bytes:
    """Return the content of padded bytes."""
    length = int.from_bytes(plaintext[:_LENGTH_BYTES])
    content = plaintext[_LENGTH_BYTES : _LENGTH_BYTES + length]
    if _padded(content) != plaintext:
        raise EnvelopeError("what is in the envelope is padded in another way")
    return content


def _copies(envelope: Envelope) -> list[dict[str, Value]]:
    """Return the sealed copies of an envelope whose form is checked."""
    copies = envelope["sealed"]
    if not isinstance(copies, list):
        raise EnvelopeError("envelope/sealed is not a list of sealed copies")
    return [copy for copy in copies if isinstance(copy, dict)]
