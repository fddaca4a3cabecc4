"""Signing what the organization itself has done, so that nobody else can say it in its name."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relay_protocol import ids
from relay_protocol.attestation import Attestation, SignedAttestation, sign_jws
from relay_protocol.canonical import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Attester:
    """Signs an organization's acts for one ledger, at the instant that they are signed.

    Attributes:
        slug: who says it.
        key: the signing key of that organization.
        log: the ledger's name.
        now: gives the instant, aware.
    """

    slug: str
    key: Ed25519PrivateKey = field(repr=False)
    log: str
    now: Callable[[], datetime]

    def sign(
        self, kind: str, *, refs: Mapping[str, str] | None = None, body: Mapping[str, Value]
    ) -> SignedAttestation:
        """Return a new attestation of an act, signed; each call draws a new id.

        Args:
            kind: what kind of fact it is, a key of kinds.KINDS.
            refs: ids of what it is about.
            body: what it says.

        Raises:
            AttestationError: the kind's form does not permit this.
        """
        at = self.now().astimezone(UTC).replace(microsecond=0)
        attestation = Attestation(
            log=self.log,
            id=ids.attestation_id_at(at, secrets.token_bytes(ids.DRAWN_BYTES)),
            kind=kind,
            at=at,
            by=self.slug,
            refs=dict(refs or {}),
            body=dict(body),
        )
        return sign_jws(attestation, self.key)
