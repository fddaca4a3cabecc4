"""What a passkey answers when a person signs with it, and whether the answer holds."""

import hashlib
import json
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import SignatureError
from relay_protocol.unchecked import Unchecked

MAX_CLIENT_DATA_BYTES = 4_096
MAX_SIGNATURE_BYTES = 72

# Bytes of authenticator data (WebAuthn, section 6.1): rpIdHash 32, flags 1, counter 4.
_AUTHENTICATOR_DATA_BYTES = 37
_FLAGS_AT = 32
_USER_PRESENT = 0x01
_USER_VERIFIED = 0x04
_CREDENTIAL_OR_EXTENSIONS = 0xC0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The three parts of an assertion (WebAuthn level 3, section 5.2.2), byte for byte."""

    authenticator_data: bytes
    client_data: bytes
    signature: bytes


def unchecked_answer(
    answer: Answer,
    public_key: EllipticCurvePublicKey,
    *,
    challenge: bytes,
    web_origin: str,
    rp_id: str,
) -> Unchecked:
    """Return what is left to check of a passkey's answer (WebAuthn level 3, section 7.2).

    Args:
        answer: as the browser gave it.
        public_key: of the credential.
        challenge: what it was asked to sign, 32 bytes.
        web_origin: the origin of the pages on which it was asked.
        rp_id: the relying party's id.

    Raises:
        SignatureError: it was asked on another page, for something else, or answered without
            the person's presence or verification.
    """
    _check_client_data(answer.client_data, challenge, web_origin)
    _check_authenticator_data(answer.authenticator_data, rp_id)
    signed = answer.authenticator_data + hashlib.sha256(answer.client_data).digest()
    return Unchecked.of_answer(public_key, signed, answer.signature)


def _check_client_data(raw: bytes, challenge: bytes, web_origin: str) -> None:
    """Refuse what a browser would not have said when it asked for this signature."""
    try:
        client = json.loads(raw.decode(), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise SignatureError("client_data is not JSON") from error
    if not isinstance(client, dict):
        raise SignatureError("client_data is not an object")
    if client.get("type") != "webauthn.get":
        raise SignatureError("the passkey did not sign, but do something else")
    if client.get("challenge") != b64url_encode(challenge):
        raise SignatureError("the passkey has signed another attestation")
    if client.get("origin") != web_origin:
        raise SignatureError("the passkey was asked on another site")
    if client.get("crossOrigin", False) is not False or "topOrigin" in client:
        raise SignatureError("the passkey was asked from within another site")


def _check_authenticator_data(raw: bytes, rp_id: str) -> None:
    """Refuse an answer for another relying party, or one that the person did not verify."""
    if len(raw) < _AUTHENTICATOR_DATA_BYTES:
        raise SignatureError("authenticator_data is cut short")
    flags = raw[_FLAGS_AT]
    if len(raw) > _AUTHENTICATOR_DATA_BYTES and not flags & _CREDENTIAL_OR_EXTENSIONS:
        raise SignatureError("authenticator_data holds more than its flags say")
    if raw[:_FLAGS_AT] != hashlib.sha256(rp_id.encode()).digest():
        raise SignatureError("the passkey has signed for another relying party")
    if not flags & _USER_PRESENT:
        raise SignatureError("nobody was present when the passkey signed")
    if not flags & _USER_VERIFIED:
        raise SignatureError("the passkey did not verify who was present")


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return a JSON object, no key of which may be given twice."""
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key is given twice")
    return members
