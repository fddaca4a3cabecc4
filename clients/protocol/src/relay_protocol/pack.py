"""What an auditor gets beside the public files: reveals and statements, sealed to its own key."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from relay_protocol import canonical, grammar
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.errors import AttestationError, CanonicalError, PackError
from relay_protocol.jwk import kid_of

VERSION: Final = 1
SCHEMA: Final = "career-relay/pack/v1"
MAX_BYTES: Final = 2**29
"""The longest pack; as JSON in base64 it is a third longer still."""
HASH_BYTES: Final = 32

_SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_SEALED_BYTES: Final = 2 * MAX_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDocuments:
    """What a settled period's attestation gives only the digests of.

    Attributes:
        period: `YYYY-MM`.
        salt: the period's own 32 bytes, from which each member's follow.
        statements: the bytes of every member's statement, by slug.
        netting: the bytes of the netting.
    """

    period: str
    salt: bytes
    statements: tuple[bytes, ...]
    netting: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """All that the hub can still open for an auditor, up to one place of the ledger.

    Attributes:
        log: the ledger's name.
        auditor: slug of who it is for.
        cut: how many entries it covers.
        until: the last day on which the auditor may use it, `YYYY-MM-DD`.
        checkpoint: a signed note of at least `cut` entries.
        reveals: the bytes that open an entry, by its number, in order.
        closes: of every settled period, the oldest first.
    """

    log: str
    auditor: str
    cut: int
    until: str
    checkpoint: bytes
    reveals: Mapping[int, bytes]
    closes: tuple[CloseDocuments, ...]

    def __post_init__(self) -> None:
        """Refuse what belongs to no ledger, or lies beyond the cut."""
        try:
            grammar.LOG_NAME.check(self.log, "log")
            grammar.SLUG.check(self.auditor, "auditor")
            grammar.DATE.check(self.until, "until")
            for close in self.closes:
                grammar.MONTH.check(close.period, "period")
        except AttestationError as error:
            raise PackError(f"a pack whose {error}") from error
        seqs = list(self.reveals)
        if seqs != sorted(set(seqs)) or (seqs and not 0 <= seqs[0] <= seqs[-1] < self.cut):
            raise PackError("a pack's reveals are not in the order of the ledger up to its cut")
        if any(len(close.salt) != HASH_BYTES for close in self.closes):
            raise PackError(f"a period's salt has {HASH_BYTES} bytes")

    def is_over(self, today: date) -> bool:
        """Return whether the day is past on which the pack may still be used."""
        return today > date.fromisoformat(self.until)

    def encode(self) -> bytes:
        """Return the pack's canonical bytes, whose digest the hub attests (pack.made)."""
        return canonical.encode(
            {
                "auditor": self.auditor,
                "checkpoint": b64url_encode(self.checkpoint),
                "closes": [
                    {
                        "netting": b64url_encode(close.netting),
                        "period": close.period,
                        "salt": b64url_encode(close.salt),
                        "statements": [b64url_encode(one) for one in close.statements],
                    }
                    for close in self.closes
                ],
                "cut": self.cut,
                "log": self.log,
                "reveals": [[seq, b64url_encode(raw)] for seq, raw in self.reveals.items()],
                "until": self.until,
                "v": VERSION,
            },
            limit_bytes=MAX_BYTES,
        )

    def digest(self) -> bytes:
        """Return the SHA-256 of the pack's bytes, 32 bytes."""
        return hashlib.sha256(self.encode()).digest()

    @classmethod
    def decode(cls, raw: bytes) -> "Pack":
        """Return the pack of its canonical bytes.

        Raises:
            PackError: the bytes are no pack, or say more than one.
        """
        try:
            match canonical.decode(raw, limit_bytes=MAX_BYTES):
                case {
                    "auditor": str(auditor),
                    "checkpoint": str(checkpoint),
                    "closes": [*closes],
                    "cut": int(cut),
                    "log": str(log),
                    "reveals": [*reveals],
                    "until": str(until),
                } if not isinstance(cut, bool):
                    pack = cls(
                        log=log,
                        auditor=auditor,
                        cut=cut,
                        until=until,
                        checkpoint=b64url_decode(checkpoint),
                        reveals=dict(map(_reveal, reveals)),
                        closes=tuple(map(_close, closes)),
                    )
                case _:
                    raise PackError("a pack that lacks a part")
        except CanonicalError as error:
            raise PackError(f"a pack in another form: {error}") from error
        if pack.encode() != raw:
            raise PackError("a pack with more than its parts")
        return pack


def seal_pack(pack: Pack, public_key: EllipticCurvePublicKey) -> bytes:
    """Return a pack that only the owner of a key can open (RFC 9180), as canonical JSON.

    Args:
        pack: what to seal.
        public_key: the auditor's newest key for reveals, on P-256.
    """
    kid = kid_of(public_key)
    sealed = _SUITE.encrypt(pack.encode(), public_key, info=_info(pack.log, pack.auditor, kid))
    return canonical.encode(
        {
            "auditor": pack.auditor,
            "kid": kid,
            "log": pack.log,
            "schema": SCHEMA,
            "sealed": b64url_encode(sealed),
            "until": pack.until,
        },
        limit_bytes=_SEALED_BYTES,
    )


def open_pack(raw: bytes, private_key: EllipticCurvePrivateKey) -> Pack:
    """Return the pack that was sealed to a key.

    The cover may be JSON in any form: what is inside is bound to what the cover says.

    Raises:
        PackError: the bytes are no sealed pack, it was sealed to another key, was changed, or
            holds another pack than it says.
    """
    try:
        match json.loads(raw):
            case {
                "auditor": str(auditor),
                "kid": str(kid),
                "log": str(log),
                "schema": str(schema),
                "sealed": str(sealed),
                "until": str(until),
            } if schema == SCHEMA:
                ciphertext = b64url_decode(sealed)
            case _:
                raise PackError("not a sealed pack")
    except (CanonicalError, ValueError, RecursionError) as error:
        raise PackError("not a sealed pack") from error
    if kid != kid_of(private_key.public_key()):
        raise PackError(f"the pack is sealed to another key, {kid[:43]}")
    try:
        opened = _SUITE.decrypt(ciphertext, private_key, info=_info(log, auditor, kid))
    except (InvalidTag, ValueError) as error:
        raise PackError("the pack was changed on its way, or is not for this key") from error
    pack = Pack.decode(opened)
    if (pack.log, pack.auditor, pack.until) != (log, auditor, until):
        raise PackError("the sealed pack says something else than its cover")
    return pack


def _info(log: str, auditor: str, kid: str) -> bytes:
    """Return what the sealing is bound to."""
    return canonical.encode({"auditor": auditor, "kid": kid, "log": log, "schema": SCHEMA})


def _reveal(value: Value) -> tuple[int, bytes]:
    """Return number and bytes of one reveal."""
    match value:
        case [int(seq), str(raw)] if not isinstance(seq, bool):
            return seq, b64url_decode(raw)
        case _:
            raise PackError("a reveal of a pack has a number and its bytes")


def _close(value: Value) -> CloseDocuments:
    """Return the documents of one settled period."""
    match value:
        case {
            "netting": str(netting),
            "period": str(period),
            "salt": str(salt),
            "statements": [*statements],
        }:
            return CloseDocuments(
                period=period,
                salt=b64url_decode(salt),
                statements=tuple(b64url_decode(str(one)) for one in statements),
                netting=b64url_decode(netting),
            )
        case _:
            raise PackError("the documents of a period lack a part")
