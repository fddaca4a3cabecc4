"""A passkey device made of software: it registers and signs as WebAuthn level 3 says."""

import hashlib
import json
from dataclasses import dataclass, field
from secrets import token_bytes

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from relay_protocol.encoding import b64url_decode, b64url_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
AAGUID = bytes(16)
ES256, EC2, P256 = -7, 2, 1


@dataclass(kw_only=True)
class Credential:
    """One passkey on the device."""

    id: bytes
    private: ec.EllipticCurvePrivateKey
    rp_id: str
    user: bytes
    count: int = 0


@dataclass(kw_only=True)
class Authenticator:
    """A device with its passkeys, in a browser that shows pages of one origin.

    Attributes:
        origin: the page's origin, which the browser writes into every answer.
        verifies: whether the device asks its person for finger or code.
    """

    origin: str
    verifies: bool = True
    credentials: list[Credential] = field(default_factory=list)

    def create(self, options: str) -> str:
        """Return a browser's answer to navigator.credentials.create(), as JSON."""
        asked = json.loads(options)
        credential = Credential(
            id=token_bytes(16),
            private=ec.generate_private_key(ec.SECP256R1()),
            rp_id=asked["rp"]["id"],
            user=b64url_decode(asked["user"]["id"]),
        )
        self.credentials.append(credential)
        point = credential.private.public_key().public_numbers()
        key = cbor2.dumps(
            {1: EC2, 3: ES256, -1: P256, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        )
        attested = AAGUID + len(credential.id).to_bytes(2) + credential.id + key
        statement = cbor2.dumps(
            {
                "fmt": "none",
                "attStmt": {},
                "authData": self._authenticator_data(credential, ATTESTED) + attested,
            }
        )
        return self._answer(
            credential,
            clientDataJSON=self._client_data("webauthn.create", asked["challenge"]),
            attestationObject=statement,
        )

    def get(self, options: str) -> str:
        """Return a browser's answer to navigator.credentials.get(), as JSON."""
        asked = json.loads(options)
        allowed = [b64url_decode(one["id"]) for one in asked.get("allowCredentials", [])]
        credential = next(
            known
            for known in self.credentials
            if known.rp_id == asked["rpId"] and (not allowed or known.id in allowed)
        )
        credential.count += 1
        authenticator_data = self._authenticator_data(credential, 0)
        client_data = self._client_data("webauthn.get", asked["challenge"])
        signed = authenticator_data + hashlib.sha256(client_data).digest()
        return self._answer(
            credential,
            clientDataJSON=client_data,
            authenticatorData=authenticator_data,
            signature=credential.private.sign(signed, ec.ECDSA(SHA256())),
            userHandle=credential.user,
        )

    def _authenticator_data(self, credential: Credential, more: int) -> bytes:
        flags = PRESENT | (VERIFIED if self.verifies else 0) | more
        rp = hashlib.sha256(credential.rp_id.encode()).digest()
        return rp + bytes([flags]) + credential.count.to_bytes(4)

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _answer(self, credential: Credential, **response: bytes) -> str:
        name = b64url_encode(credential.id)
        return json.dumps(
            {
                "id": name,
                "rawId": name,
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {key: b64url_encode(value) for key, value in response.items()},
            }
        )
