"""How attestations come in: what is asked of each, and how those of one transaction are kept."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from secrets import token_bytes
from types import MappingProxyType

from exchange.domain.errors import (
    AttestationRefusedError,
    AttestationReusedError,
    AttestationStaleError,
    BusyError,
    KeyRevokedError,
    KeyUnknownError,
    NotActiveError,
)
from exchange.services.work import Told, Work, local_day, version_now
from exchange.store import appending
from exchange.store import candidates as candidate_rows
from exchange.store import ledger as rows
from exchange.store import organizations as organization_rows
from exchange.store.columns import Json
from exchange.store.organizations import KeyRow
from exchange.vault import person_keys
from relay_protocol.attestation import Attestation, SignedAttestation, from_jws
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_bytes
from relay_protocol.entry import CLEAR_KINDS, SALT_BYTES, commit
from relay_protocol.errors import AttestationError
from relay_protocol.jwk import to_p256_key, to_signing_key

FRESH_FOR = timedelta(minutes=5)
"""How far an unknown attestation's `at` may be from the hub's clock (ledger.md §1)."""
QUEUE_LIMIT = 100_000
"""More than this many waiting attestations are answered with 503 and Retry-After."""
REVEAL = "reveal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What an act must be attested as: an attestation's kind, refs and body."""

    kind: str
    refs: dict[str, str] = field(default_factory=dict)
    body: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An organization's or a person's own signed act, and what it must be.

    Attributes:
        fact: what the act is; the attestation must say exactly this.
        orgs: slugs that the entry will show.
        candidate_id: the person it is about, under whose key the reveal goes.
        proved_by: the public key under which the signature was seen to be good beforehand, by
            prove(); None where that is still to be seen.
    """

    signed: SignedAttestation
    fact: Fact
    orgs: Sequence[str]
    candidate_id: str | None = None
    proved_by: Json | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An attestation that the hub holds; `known` when it was there before."""

    id: str
    known: bool


class Intake:
    """Takes the attestations of one transaction: each is asked for itself, all are kept at once.

    Nothing of them stands in the database before keep() is called.
    """

    def __init__(
        self,
        work: Work,
        ids: Sequence[str],
        read: Mapping[str, SignedAttestation] = MappingProxyType({}),
    ) -> None:
        """Begin with what the hub holds already.

        Args:
            ids: of all the attestations that may come.
            read: those that were read beforehand, by their texts.
        """
        self._work, self._read = work, read
        self._known = appending.digests(work.session, ids)
        self._room = QUEUE_LIMIT - rows.queue_span(work.session)
        self._rules, self._day = version_now(work), local_day(work)
        self._taken: list[appending.Taken] = []
        self._keys: dict[str, KeyRow] = {}
        self._orgs: dict[tuple[str, ...], list[str]] = {}

    def read(self, text: str) -> SignedAttestation:
        """Return the signed attestation of a compact JWS, as read_jws()."""
        return self._read.get(text) or read_jws(text)

    def take(self, act: Act) -> Recorded:
        """Take a signed act in, or refuse it; ledger.attest() tells why.

        A key is asked for once: it stays as it is until the commit, because its organization is
        locked.
        """
        attestation = act.signed.attestation
        if attestation.log != self._work.scheme.origin:
            raise AttestationRefusedError(
                f"The attestation is for the ledger {attestation.log}.", field="attestation"
            )
        digest = _digest(act.signed)
        known = self._known.get(attestation.id)
        if known is not None:
            _require_equal(known, digest)
            self._tell(attestation, act.orgs)
            return Recorded(id=attestation.id, known=True)
        _require_fresh(attestation.at, self._work.now)
        _require_fact(attestation, act.fact)
        key = self._keys.get(act.signed.kid)
        if key is None or key.slug != attestation.by:
            key = self._keys[act.signed.kid] = _standing_key(self._work, act.signed)
        if act.proved_by is None or act.proved_by != key.jwk:
            _require_signature(self._work, act.signed, key)
        return self._add(act.signed, digest, act.orgs, act.candidate_id)

    def take_as_hub(
        self, signed: SignedAttestation, orgs: Sequence[str], candidate_id: str | None
    ) -> Recorded:
        """Take in what the hub itself has just signed."""
        return self._add(signed, _digest(signed), orgs, candidate_id)

    def keep(self) -> None:
        """Keep what was taken, and put it into the queue, in this transaction."""
        taken, self._taken = self._taken, []
        appending.record(self._work.session, taken)

    def _add(
        self,
        signed: SignedAttestation,
        digest: bytes,
        orgs: Sequence[str],
        candidate_id: str | None,
    ) -> Recorded:
        """Hold an attestation and its entry-to-be until keep()."""
        if self._room <= 0:
            raise BusyError("Too many attestations are waiting for their place.")
        self._room -= 1
        attestation = signed.attestation
        clear = attestation.kind in CLEAR_KINDS
        salt = token_bytes(SALT_BYTES)
        # The bytes are canonical: a signed attestation is made of no others.
        self._taken.append(
            appending.Taken(
                id=attestation.id,
                digest=digest,
                kind=attestation.kind,
                orgs=self._orgs.setdefault(tuple(orgs), sorted(orgs)),
                candidate_id=candidate_id,
                reveal=None if clear else kept(self._work, salt + signed.wire, candidate_id),
                commitment=None if clear else commit(salt, signed.wire),
                signed=signed.wire if clear else None,
                rules=self._rules,
                day=self._day,
                at=self._work.now,
            )
        )
        self._known[attestation.id] = digest
        self._tell(attestation, orgs)
        return Recorded(id=attestation.id, known=False)

    def _tell(self, attestation: Attestation, orgs: Sequence[str]) -> None:
        """Tell the unit of work what was attested in it, for the receipts."""
        parties = frozenset((attestation.by, *orgs))
        self._work.told.append(Told(attestation_id=attestation.id, parties=parties))


def read_jws(text: str) -> SignedAttestation:
    """Return the signed attestation of a compact JWS that came in a request.

    Raises:
        AttestationRefusedError: it is none, or its kind does not have these refs and body.
    """
    try:
        return from_jws(text)
    except AttestationError as error:
        raise AttestationRefusedError(
            f"The attestation cannot be read: {error}.",
            field="attestation",
            mend="Sign the attestation of this act with a current client.",
        ) from error


def read_all(texts: Iterable[str]) -> dict[str, SignedAttestation]:
    """Return the signed attestations of those texts that are one; read_jws() refuses the rest."""
    read = {}
    for text in texts:
        with suppress(AttestationRefusedError):
            read[text] = read_jws(text)
    return read


def prove(work: Work, acts: Sequence[Act]) -> list[Act]:
    """Return acts whose signatures need not be checked again under the same keys.

    Signatures are the dear part of an act: they can be checked side by side, before the one
    transaction that takes many acts in, which asks again whether the keys still stand.

    Raises:
        ExchangeError: as ledger.attest(), of the first key or signature that is refused.
    """
    keys: dict[tuple[str, str], KeyRow] = {}
    for act in acts:
        asked = (act.signed.attestation.by, act.signed.kid)
        if asked not in keys:
            keys[asked] = _standing_key(work, act.signed)
        _require_signature(work, act.signed, keys[asked])
    return [
        replace(act, proved_by=keys[act.signed.attestation.by, act.signed.kid].jwk) for act in acts
    ]


def kept(work: Work, reveal: bytes, candidate_id: str | None) -> bytes:
    """Return a reveal's bytes as stored: a person's under that person's key."""
    if candidate_id is None:
        return reveal
    return person_key(work, candidate_id).seal(reveal, REVEAL)


def person_key(work: Work, candidate_id: str) -> person_keys.PersonKey:
    """Return the data key of a candidate whose reveals are held."""
    row = candidate_rows.candidate(work.session, candidate_id)
    if row is None:
        message = "the candidate of a reveal is gone, but the reveal is not"
        raise LookupError(message)
    return person_keys.unwrap(work.keyring, candidate_id, row.wrapped_key)


def _require_equal(known: bytes, digest: bytes) -> None:
    """Refuse a known id with other bytes."""
    if known != digest:
        raise AttestationReusedError(
            "An attestation with this id is known with other contents.",
            field="attestation",
            mend="Draw a new id for a new attestation.",
        )


def _require_fresh(at: datetime, now: datetime) -> None:
    """Refuse an attestation that was not signed in these minutes."""
    if abs(now - at) > FRESH_FOR:
        raise AttestationStaleError(
            "The attestation was not signed within 5 minutes of the hub's clock.",
            field="attestation",
            mend="Check the clock of this machine and sign anew, with a new id.",
        )


def _require_fact(attestation: Attestation, fact: Fact) -> None:
    """Refuse an attestation that says anything but this act."""
    said = {"kind": attestation.kind, "refs": attestation.refs, "body": attestation.body}
    due = {"kind": fact.kind, "refs": fact.refs, "body": fact.body}
    for part, value in due.items():
        if said[part] != value:
            raise AttestationRefusedError(
                f"The attestation's {part} do not state this act.",
                field="attestation",
                mend=f"Sign {part} equal to the request.",
            )


def _standing_key(work: Work, signed: SignedAttestation) -> KeyRow:
    """Return the organization's key that has signed, as it stands now and until the commit."""
    by = organization_rows.locked(work.session, signed.attestation.by, for_change=False)
    if by is not None and by.state == "suspended":
        raise NotActiveError("The organization is suspended.", field="attestation")
    key = organization_rows.key_now(work.session, signed.kid)
    purpose = "passkey" if signed.method == "assertion" else "sign"
    if key is None or key.slug != signed.attestation.by or key.purpose != purpose:
        raise KeyUnknownError(
            "The attestation is not signed by a key of the organization that it names.",
            field="attestation",
        )
    if key.revoked_at is not None:
        raise KeyRevokedError("The attestation is signed by a revoked key.", field="attestation")
    return key


def _require_signature(work: Work, signed: SignedAttestation, key: KeyRow) -> None:
    """Refuse a signature that is not the key's."""
    try:
        if signed.method == "assertion":
            signed.check_assertion(
                to_p256_key(key.jwk), web_origin=work.scheme.web_origin, rp_id=work.scheme.rp_id
            )
        else:
            signed.check_jws(to_signing_key(key.jwk))
    except AttestationError as error:
        raise AttestationRefusedError(
            f"The attestation's signature does not check: {error}.", field="attestation"
        ) from error


def _digest(signed: SignedAttestation) -> bytes:
    """Return what tells one signed attestation from another: SHA-256 of what was signed."""
    if signed.method == "jws":
        # The second part of a JWS is these very bytes: no need to make them again of their values.
        said = signed.signature.signed.partition(b".")[2]
        return hashlib.sha256(b64url_bytes(said)).digest()
    return hashlib.sha256(signed.attestation.encode()).digest()
