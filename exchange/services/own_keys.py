"""The keys that operator, hub and log sign with: which of them stand, by the ledger."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.services.work import Work
from exchange.store import checkpoints as checkpoint_rows
from exchange.store import ledger as ledger_rows
from exchange.store import organizations as organization_rows
from exchange.vault.keyring import KeyringError
from relay_protocol import jwk, note
from relay_protocol.kinds import HUB_KEY, LOG_KEY
from relay_protocol.note import SignerKey, VerifierKey

OPERATOR, HUB, LOG = "operator", "hub", "log"
PURPOSE_ON_LEDGER: Final[Mapping[str, str]] = MappingProxyType(
    {OPERATOR: "sign", HUB: HUB_KEY, LOG: LOG_KEY}
)
"""What `key.registered` calls the purposes of the key ring."""
IN_JAPANESE: Final[Mapping[str, str]] = MappingProxyType(
    {OPERATOR: "事務局", HUB: "ハブ", LOG: "台帳"}
)
"""Whose key one of a purpose is."""
_CHOSEN = "own keys"
"""Where a session keeps what it has chosen to sign with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """One key of the operator, the hub or the log, as the ledger has it.

    Attributes:
        name: its `kid`.
        seq: the entry that registered it, 0 for the first; None while it waits for its place.
        registered_at: when it was registered; None for the first, which opened the scheme.
    """

    name: str
    purpose: str
    jwk: Mapping[str, str]
    seq: int | None
    registered_at: datetime | None
    revoked_at: datetime | None

    @property
    def stands(self) -> bool:
        """Whether it is not revoked."""
        return self.revoked_at is None


def keys(work: Work, purpose: str) -> list[OwnKey]:
    """Return every key of a purpose, oldest first, the revoked ones too."""
    rows = organization_rows.keys_ever(
        work.session, work.scheme.operator, purpose=PURPOSE_ON_LEDGER[purpose]
    )
    if not rows:
        members = first_key(work, purpose)
        return [
            OwnKey(
                name=jwk.thumbprint(members),
                purpose=purpose,
                jwk=members,
                seq=0,
                registered_at=None,
                revoked_at=None,
            )
        ]
    return [
        OwnKey(
            name=row.name,
            purpose=purpose,
            jwk=row.jwk,
            seq=_seq(work, row.attestation_id),
            registered_at=row.registered_at if row.attestation_id else None,
            revoked_at=row.revoked_at,
        )
        for row in rows
    ]


def standing(work: Work, purpose: str) -> list[OwnKey]:
    """Return the keys of a purpose that are not revoked, oldest first."""
    return [key for key in keys(work, purpose) if key.stands]


def first_key(work: Work, purpose: str) -> jwk.Jwk:
    """Return the key of a purpose that entry 0 names, as long as no other has followed it."""
    if purpose == LOG:
        raw = VerifierKey.parse(work.scheme.ledger_vkey).public_key
        return jwk.from_raw(raw)
    return jwk.from_key(work.keyring.signing[purpose].public_key())


def is_own(work: Work, name: str) -> bool:
    """Return whether a name is that of a key of the operator, the hub or the log."""
    return any(key.name == name for purpose in PURPOSE_ON_LEDGER for key in keys(work, purpose))


def signing_key(work: Work, purpose: str, *, but: str = "") -> Ed25519PrivateKey:
    """Return what operator or hub sign with now: the newest key that stands and is at hand.

    It is asked for once a transaction. Another process may have drawn and registered it.

    Args:
        but: a key that shall not be taken, because it is about to be revoked.

    Raises:
        KeyringError: no file holds a key that stands.
    """
    chosen: dict[str, Ed25519PrivateKey] = work.session.info.setdefault(_CHOSEN, {})
    key = None if but else chosen.get(purpose)
    for one in reversed(standing(work, purpose)) if key is None else ():
        if one.name != but:
            key = work.keyring.key_of(purpose, one.name)
        if key is not None:
            break
    if key is None:
        raise _none_held(purpose)
    if not but:
        chosen[purpose] = key
    return key


def choose_again(work: Work) -> None:
    """Forget what was chosen to sign with, because keys have just changed."""
    work.session.info.pop(_CHOSEN, None)


def log_signers(work: Work, size: int) -> tuple[SignerKey, ...]:
    """Return the keys that sign the checkpoint of a size: two while one follows another.

    Raises:
        KeyringError: no file holds a key that stands at this size.
    """
    found = [
        work.keyring.key_of(LOG, key.name)
        for key in standing(work, LOG)
        if key.seq is not None and key.seq < size
    ]
    signers = tuple(_signer(work, key) for key in found if key is not None)
    if not signers:
        raise _none_held(LOG)
    return signers


def log_verifiers(work: Work) -> tuple[VerifierKey, ...]:
    """Return every key that the log has had or is about to have, revoked or not.

    Those of the files are among them: a restored older database knows no newer ones.
    """
    named = (VerifierKey.parse(work.scheme.ledger_vkey),)
    entered = (verifier_of(work, key) for key in keys(work, LOG))
    held = (_signer(work, key).verifier for key in work.keyring.held(LOG))
    return tuple(dict.fromkeys((*named, *entered, *held)))


def vkeys(work: Work) -> list[str]:
    """Return the verifier keys by which the newest published checkpoint is signed, oldest first."""
    size = max(1, checkpoint_rows.published_size(work.session))
    return [
        verifier_of(work, key).encode()
        for key in standing(work, LOG)
        if key.seq is not None and key.seq < size
    ]


def verifier_of(work: Work, key: OwnKey) -> VerifierKey:
    """Return a key of the log as a verifier key."""
    raw = jwk.to_signing_key(key.jwk).public_bytes_raw()
    return VerifierKey(name=work.scheme.origin, kind=note.ED25519, public_key=raw)


def _none_held(purpose: str) -> KeyringError:
    return KeyringError(
        f"EXCHANGE_KEYS holds no key of the {purpose} that stands on the ledger",
        detail_ja=f"EXCHANGE_KEYS に、台帳で有効な{IN_JAPANESE[purpose]}の鍵がありません。",
    )


def _signer(work: Work, key: Ed25519PrivateKey) -> SignerKey:
    return SignerKey(name=work.scheme.origin, kind=note.ED25519, private_key=key)


def _seq(work: Work, attestation_id: str) -> int | None:
    """Return the entry of an attestation; 0 for the keys that entry 0 itself names."""
    if not attestation_id:
        return 0
    row = ledger_rows.attestation(work.session, attestation_id)
    return None if row is None else row.seq
