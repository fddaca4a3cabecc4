"""What passkeys are asked for and what they answer (WebAuthn level 3, ES256, user verified)."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import cryptography.exceptions
import webauthn
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json,
    parse_authentication_credential_json,
    parse_client_data_json,
)
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from exchange.domain.errors import PasskeyRefusedError
from exchange.services.work import Scheme
from relay_protocol import jwk
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.errors import ProtocolError

ES256 = COSEAlgorithmIdentifier.ECDSA_SHA_256
LONGEST_ANSWER = 20_000
CHECK_BYTES = 6
# What the library lets through when an answer is made to break it: one exit for all of it.
HOSTILE = (
    WebAuthnException,
    ProtocolError,
    cryptography.exceptions.UnsupportedAlgorithm,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A passkey as it was registered.

    Attributes:
        credential: its id, base64url.
        key: its public key, a JWK of P-256.
        sign_count: how often it says it was used.
    """

    credential: str
    key: Mapping[str, str]
    sign_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """What a passkey answered when it was asked to sign, not checked yet.

    Attributes:
        credential: id of the passkey, base64url.
        challenge: what it says it was asked to sign.
        authenticator_data: as the browser gave it.
        client_data: clientDataJSON, byte for byte.
        signature: DER.
        text: the whole answer, as it came.
    """

    credential: str
    challenge: bytes
    authenticator_data: bytes
    client_data: bytes
    signature: bytes
    text: str


def creation_options(scheme: Scheme, *, user_id: str, name: str, challenge: bytes) -> str:
    """Return what a browser is asked to make a passkey with, as JSON.

    Args:
        scheme: the relying party.
        user_id: id of the person, which the passkey keeps.
        name: what the person's device shows for it.
        challenge: 32 random bytes.
    """
    return options_to_json(
        webauthn.generate_registration_options(
            rp_id=scheme.rp_id,
            rp_name=scheme.name,
            user_id=user_id.encode("ascii"),
            user_name=name,
            challenge=challenge,
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            supported_pub_key_algs=[ES256],
        )
    )


def request_options(scheme: Scheme, *, challenge: bytes, credential: str = "") -> str:
    """Return what a browser is asked to sign a challenge with, as JSON.

    Args:
        scheme: the relying party.
        challenge: what is to be signed.
        credential: the one passkey that may sign; any of this site where it is empty.
    """
    allowed = [PublicKeyCredentialDescriptor(id=b64url_decode(credential))] if credential else []
    return options_to_json(
        webauthn.generate_authentication_options(
            rp_id=scheme.rp_id,
            challenge=challenge,
            allow_credentials=allowed,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def challenge_in(answer: str) -> bytes:
    """Return the challenge that a browser's answer says it is for.

    Raises:
        PasskeyRefusedError: the answer cannot be read.
    """
    with _refused():
        raw = json.loads(_bounded(answer))["response"]["clientDataJSON"]
        return parse_client_data_json(b64url_decode(raw)).challenge


def read_registration(answer: str, *, scheme: Scheme, challenge: bytes) -> Passkey:
    """Return the passkey that a browser has made.

    Raises:
        PasskeyRefusedError: it is for another page or challenge, the person was not verified,
            or its key is not on P-256.
    """
    with _refused():
        verified = webauthn.verify_registration_response(
            credential=_bounded(answer),
            expected_challenge=challenge,
            expected_rp_id=scheme.rp_id,
            expected_origin=scheme.web_origin,
            require_user_verification=True,
            supported_pub_key_algs=[ES256],
        )
        decoded = decode_credential_public_key(verified.credential_public_key)
        key = decoded_public_key_to_cryptography(decoded)
        return Passkey(
            credential=b64url_encode(verified.credential_id),
            # Only of the two curves that there are, and as the ledger writes it.
            key=jwk.from_key(key),  # type: ignore[arg-type]
            sign_count=verified.sign_count,
        )


def read_assertion(answer: str) -> Assertion:
    """Return what a passkey answered, taken apart.

    Raises:
        PasskeyRefusedError: the answer cannot be read.
    """
    with _refused():
        parsed = parse_authentication_credential_json(_bounded(answer))
        response = parsed.response
        return Assertion(
            credential=b64url_encode(parsed.raw_id),
            challenge=parse_client_data_json(response.client_data_json).challenge,
            authenticator_data=response.authenticator_data,
            client_data=response.client_data_json,
            signature=response.signature,
            text=answer,
        )


def check_assertion(assertion: Assertion, passkey: Passkey, *, scheme: Scheme) -> int:
    """Check that a passkey signed its challenge here, now; return how often it was used.

    Raises:
        PasskeyRefusedError: it was signed elsewhere, without the person, with another key, or
            by a copy of the passkey.
    """
    point = (b64url_decode(passkey.key[axis]) for axis in "xy")
    with _refused():
        verified = webauthn.verify_authentication_response(
            credential=assertion.text,
            expected_challenge=assertion.challenge,
            expected_rp_id=scheme.rp_id,
            expected_origin=scheme.web_origin,
            credential_public_key=b"\x04" + b"".join(point),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    return verified.new_sign_count


def check_words(key: Mapping[str, str]) -> str:
    """Return a key's fingerprint as two people compare it: twelve hexadecimal digits.

    The digits are the first six bytes of the key's kid, in groups of four.
    """
    digits = b64url_decode(jwk.thumbprint(key))[:CHECK_BYTES].hex()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@contextmanager
def _refused() -> Iterator[None]:
    """Turn whatever a hostile answer raises into the one refusal."""
    try:
        yield
    except HOSTILE as error:
        raise PasskeyRefusedError(
            "The passkey's answer does not check.",
            detail_ja="パスキーの応答を確認できませんでした。",
        ) from error


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("too long")
    return answer
