"""Who takes part and with which keys, folded from the entries that everybody may read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from relay_protocol import jwk, note
from relay_protocol.attestation import Attestation, SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.entry import Entry
from relay_protocol.errors import (
    DirectoryError,
    LogKeyError,
    NoteError,
    SignatureError,
    UnsignedError,
)
from relay_protocol.kinds import HUB, HUB_KEY, LOG_KEY, OPERATORS_PURPOSES
from relay_protocol.note import Checkpoint, Note, VerifierKey, open_note

PUBLIC_KINDS = frozenset(
    {
        "scheme.opened",
        "org.admitted",
        "org.cosigned",
        "org.suspended",
        "key.registered",
        "key.revoked",
    }
)
"""The kinds of entries that everybody may read (ledger.md, section 1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedScheme:
    """What entry 0 says: names, addresses, and the keys that everything else rests on.

    Attributes:
        origin: the ledger's name.
        web_origin: the address that passkeys and tokens are made for.
        rp_id: the host that passkeys belong to.
        operator: slug of the consortium's office.
        hub_key: with which the hub attests at first.
        log_key: with which checkpoints are signed at first, a verifier key.
    """

    demo: bool
    origin: str
    web_origin: str
    rp_id: str
    operator: str
    hub_key: Mapping[str, str]
    log_key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredKey:
    """One key of an organization; those of the hub and of the log are the operator's to name.

    Attributes:
        name: its `kid`; a passkey's credential id.
        purpose: one of kinds.KEY_PURPOSES.
        person: whose passkey it is, else "".
        seq: the entry that registered it.
        revoked: the entry that revoked it, or None while it stands.
    """

    name: str
    slug: str
    purpose: str
    jwk: Mapping[str, str]
    person: str
    seq: int
    revoked: int | None = None

    def stood_before(self, seq: int) -> bool:
        """Return whether the key counted for an act entered at a place."""
        return self.seq < seq and (self.revoked is None or seq <= self.revoked)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmittedOrganization:
    """One organization as it was admitted.

    Attributes:
        state: pending until another organization has cosigned; active; suspended.
        admission: id of the attestation that admitted it.
        fingerprint: `kid` of the signing key that it was admitted with.
        seq: the entry that admitted it.
    """

    slug: str
    role: str
    corporate_number: str
    group: str
    licence: str
    licence_until: str
    state: str
    admission: str
    fingerprint: str
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryState:
    """A register as it can be kept, and gone on with."""

    scheme: OpenedScheme | None
    organizations: tuple[AdmittedOrganization, ...]
    keys: tuple[RegisteredKey, ...]
    disregarded: tuple[tuple[int, str], ...]
    last: int


class Directory:
    """The register of organizations and keys, as entries add to it one after the other.

    An act of an organization or key that did not count at that place changes nothing, and is
    noted in `disregarded`; whatever no honest hub enters is refused.
    """

    def __init__(self) -> None:
        self.disregarded: list[tuple[int, str]] = []
        self._scheme: OpenedScheme | None = None
        self._organizations: dict[str, AdmittedOrganization] = {}
        self._keys: dict[str, RegisteredKey] = {}
        self._owned: dict[tuple[str, str], list[str]] = {}
        self._by_admission: dict[str, str] = {}
        self._last = -1

    def state(self) -> DirectoryState:
        """Return what of() goes on with."""
        return DirectoryState(
            scheme=self._scheme,
            organizations=tuple(self._organizations.values()),
            keys=tuple(self._keys.values()),
            disregarded=tuple(self.disregarded),
            last=self._last,
        )

    @classmethod
    def of(cls, state: DirectoryState) -> "Directory":
        """Return the register that was kept."""
        directory = cls()
        directory.disregarded = list(state.disregarded)
        directory._scheme, directory._last = state.scheme, state.last
        directory._organizations = {one.slug: one for one in state.organizations}
        directory._by_admission = {one.admission: one.slug for one in state.organizations}
        for key in state.keys:
            directory._hold(key)
        return directory

    @property
    def scheme(self) -> OpenedScheme:
        """What the scheme opened with.

        Raises:
            DirectoryError: entry 0 has not been seen yet.
        """
        if self._scheme is None:
            raise DirectoryError("entry 0, which opens the scheme, is missing")
        return self._scheme

    @property
    def last_seq(self) -> int:
        """The place of the last entry taken, -1 before the first."""
        return self._last

    def organization(self, slug: str) -> AdmittedOrganization | None:
        """Return the organization of a slug, or None."""
        return self._organizations.get(slug)

    def organizations(self) -> list[AdmittedOrganization]:
        """Return all organizations, in the order of their slugs; the operator is none of them."""
        return [self._organizations[slug] for slug in sorted(self._organizations)]

    def key(self, name: str) -> RegisteredKey | None:
        """Return the key of a `kid` or credential id, revoked or not, or None."""
        return self._keys.get(name)

    def keys_of(self, slug: str, purpose: str) -> list[RegisteredKey]:
        """Return the standing keys of an organization for a purpose, oldest first."""
        owned = (self._keys[name] for name in self._owned.get((slug, purpose), ()))
        return [key for key in owned if key.revoked is None]

    def log_keys(self) -> dict[VerifierKey, RegisteredKey]:
        """Return every key that the log was ever given, oldest first; the revoked ones too.

        At a size those count that stood_before() it: a checkpoint is signed by each of them.
        """
        names = self._owned.get((self.scheme.operator, LOG_KEY), ())
        found = (self._keys[name] for name in names)
        return {_verifier(self.scheme.origin, key.jwk): key for key in found}

    def check_checkpoint(self, raw: bytes) -> Checkpoint:
        """Return the checkpoint in a note, which a key of the log has signed that stood for it.

        Keys of the log stand for the sizes that cover their registration but not their
        revocation; one of them must have signed, as each does that the log goes by.

        Raises:
            LogKeyError: none of them has signed.
            NoteError: the bytes are no checkpoint of this log, or a signature is false.
        """
        checkpoint = Checkpoint.parse(Note.parse(raw).text)
        if checkpoint.origin != self.scheme.origin:
            raise NoteError("the checkpoint is that of another log")
        known = self.log_keys()
        try:
            opened = open_note(raw, known)
        except UnsignedError as error:
            raise LogKeyError("no key of the log has signed the checkpoint") from error
        signers = [key for verifier, key in known.items() if opened.signed_by(verifier)]
        if any(key.stood_before(checkpoint.size) for key in signers):
            return checkpoint
        ends = [key.revoked for key in signers if key.revoked is not None]
        raise LogKeyError(
            f"the checkpoint of {checkpoint.size} entries is signed by a key that did not stand",
            revoked=max(ends, default=None),
        )

    def check(self, signed: SignedAttestation, seq: int) -> None:
        """Return if an act is signed by a key that stood for its maker at a place.

        Args:
            signed: the act.
            seq: the place of its entry.

        Raises:
            SignatureError: no such key stood there, or the signature is false.
        """
        jwk_of = self.signer(signed.attestation.by, signed.method, signed.kid, seq)
        if signed.method == "assertion":
            scheme = self.scheme
            signed.check_assertion(
                jwk.to_p256_key(jwk_of), web_origin=scheme.web_origin, rp_id=scheme.rp_id
            )
        else:
            signed.check_jws(jwk.to_signing_key(jwk_of))

    def signer(self, by: str, method: str, kid: str, seq: int) -> Mapping[str, str]:
        """Return the key that stood for the maker of an act at a place, and must have signed it.

        Args:
            by: the maker's slug, or `hub`.
            method: `jws` or `assertion`.
            kid: the name of the key that the act names.
            seq: the place of its entry.

        Raises:
            SignatureError: no such key stood there.
        """
        owner, purpose = by, "passkey" if method == "assertion" else "sign"
        if by == HUB:
            if method == "assertion":
                raise SignatureError(f"entry {seq}: the hub has no passkey")
            owner, purpose = self.scheme.operator, HUB_KEY
        key = self._keys.get(kid)
        if key is None or key.slug != owner or key.purpose != purpose:
            raise SignatureError(f"entry {seq}: no key of {by} has signed it")
        if not key.stood_before(seq):
            raise SignatureError(f"entry {seq}: its key did not count at that place")
        return key.jwk

    def take(self, entry: Entry) -> None:
        """Add what the next public entry says.

        Args:
            entry: of one of PUBLIC_KINDS, with a greater place than any taken before.

        Raises:
            DirectoryError: it is not the next, is of another kind or ledger, or contradicts
                what stands.
            AttestationError: what it holds is no attestation, or its signature is false.
        """
        if entry.kind not in PUBLIC_KINDS or entry.seq <= self._last:
            raise DirectoryError(f"entry {entry.seq} does not belong here")
        signed = SignedAttestation(wire=entry.signed_bytes or b"")
        said = signed.attestation
        if said.kind != entry.kind:
            raise DirectoryError(f"entry {entry.seq} holds an attestation of another kind")
        if said.kind == "scheme.opened":
            self._open(entry, signed)
        elif said.log != self.scheme.origin:
            raise DirectoryError(f"entry {entry.seq} is meant for another ledger")
        elif self._counts(entry, signed):
            self._add(entry, said)
        self._last = entry.seq

    def _counts(self, entry: Entry, signed: SignedAttestation) -> bool:
        """Return whether the maker of an act could do it; a false signature is refused."""
        key = self._keys.get(signed.kid)
        if key is not None and not key.stood_before(entry.seq):
            self.disregarded.append((entry.seq, "its key was revoked"))
            return False
        self.check(signed, entry.seq)
        by = signed.attestation.by
        maker = self._organizations.get(by)
        if by != self.scheme.operator and (maker is None or maker.state != "active"):
            self.disregarded.append((entry.seq, f"{by} was not active"))
            return False
        return True

    def _add(self, entry: Entry, said: Attestation) -> None:
        """Add what a public act says, whose signature was checked."""
        add = {
            "org.admitted": self._admit,
            "org.cosigned": self._cosign,
            "org.suspended": self._suspend,
            "key.registered": self._register,
            "key.revoked": self._revoke,
        }[said.kind]
        shown = add(entry.seq, said)
        if entry.orgs != (shown,):
            raise DirectoryError(f"entry {entry.seq} shows other organizations than it concerns")

    def _open(self, entry: Entry, signed: SignedAttestation) -> None:
        """Take entry 0, which vouches for itself: the log's key is pinned, and signs over it."""
        said = signed.attestation
        keys = said.body["keys"]
        if entry.seq != 0 or not isinstance(keys, dict):
            raise DirectoryError("a scheme opens with entry 0, and once")
        operator = str(said.body["operator"])
        operator_key, hub_key = _jwk(keys["operator"]), _jwk(keys["hub"])
        signed.check_jws(jwk.to_signing_key(operator_key))
        if said.by != operator or said.log != said.body["origin"] or entry.orgs:
            raise DirectoryError("entry 0 does not agree with itself")
        self._scheme = OpenedScheme(
            demo=said.body["demo"] is True,
            origin=said.log,
            web_origin=str(said.body["web_origin"]),
            rp_id=str(said.body["rp_id"]),
            operator=operator,
            hub_key=hub_key,
            log_key=str(keys["log"]),
        )
        # These keys are registered by entry 0, so that they count from entry 1 on.
        first = {"sign": operator_key, HUB_KEY: hub_key, LOG_KEY: _jwk_of_log(str(keys["log"]))}
        for purpose, key in first.items():
            self._add_key(0, operator, purpose, key, name=jwk.thumbprint(key))

    def _admit(self, seq: int, said: Attestation) -> str:
        """Add an organization with its first key; the first of all needs no cosigner.

        One that was suspended, having lost its keys, may come back with another key: it too is
        cosigned, and whatever keys it had before end here.
        """
        body = {name: str(value) for name, value in said.body.items() if name != "key"}
        slug = body["slug"]
        before = self._organizations.get(slug)
        if said.by != self.scheme.operator or slug == said.by or not _may_come(before, body):
            raise DirectoryError(f"entry {seq} admits who cannot be admitted")
        first_of_all = before is None and not any(
            org.state == "active" for org in self._organizations.values()
        )
        for old in [key for key in self._keys.values() if key.slug == slug and key.revoked is None]:
            self._keys[old.name] = replace(old, revoked=seq)
        key = _jwk(said.body["key"])
        self._organizations[slug] = AdmittedOrganization(
            slug=slug,
            role=body["role"],
            corporate_number=body["corporate_number"],
            group=body["group"],
            licence=body["licence"],
            licence_until=body["licence_until"],
            state="active" if first_of_all else "pending",
            admission=said.id,
            fingerprint=jwk.thumbprint(key),
            seq=seq,
        )
        self._by_admission[said.id] = slug
        self._add_key(seq, slug, "sign", key, name=jwk.thumbprint(key))
        return slug

    def _cosign(self, seq: int, said: Attestation) -> str:
        """Make an organization active: another one has compared its fingerprint."""
        admitted = self._organizations.get(self._by_admission.get(said.refs["admission"], ""))
        if admitted is None or said.by in {self.scheme.operator, admitted.slug}:
            raise DirectoryError(f"entry {seq} cosigns what it cannot cosign")
        if said.body["fingerprint"] != admitted.fingerprint:
            raise DirectoryError(f"entry {seq} cosigns another key than was admitted")
        if admitted.state == "pending":
            self._organizations[admitted.slug] = replace(admitted, state="active")
        return admitted.slug

    def _suspend(self, seq: int, said: Attestation) -> str:
        """Suspend an organization, as the operator's act."""
        admitted = self._organizations.get(str(said.body["slug"]))
        if admitted is None or said.by != self.scheme.operator:
            raise DirectoryError(f"entry {seq} suspends whom it cannot suspend")
        self._organizations[admitted.slug] = replace(admitted, state="suspended")
        return admitted.slug

    def _register(self, seq: int, said: Attestation) -> str:
        """Add a further key of the organization that says so."""
        key, purpose = _jwk(said.body["key"]), str(said.body["purpose"])
        if purpose in OPERATORS_PURPOSES and said.by != self.scheme.operator:
            raise DirectoryError(f"entry {seq} registers a key that only the operator registers")
        self._add_key(
            seq,
            said.by,
            purpose,
            key,
            name=str(said.body["credential"]) or jwk.thumbprint(key),
            person=str(said.body["person"]),
        )
        return said.by

    def _revoke(self, seq: int, said: Attestation) -> str:
        """End a key of the organization that says so."""
        key = self._keys.get(str(said.body["kid"]))
        if key is None or key.slug != said.by:
            raise DirectoryError(f"entry {seq} revokes a key that is not its maker's")
        if key.revoked is None:
            self._keys[key.name] = replace(key, revoked=seq)
        return said.by

    def _add_key(
        self, seq: int, slug: str, purpose: str, key: dict[str, str], *, name: str, person: str = ""
    ) -> None:
        """Add a key under a name that nobody else has."""
        if name in self._keys:
            raise DirectoryError(f"entry {seq} registers a key a second time")
        self._hold(
            RegisteredKey(name=name, slug=slug, purpose=purpose, jwk=key, person=person, seq=seq)
        )

    def _hold(self, key: RegisteredKey) -> None:
        """Take up a key where it is found by its name and by its owner."""
        self._keys[key.name] = key
        self._owned.setdefault((key.slug, key.purpose), []).append(key.name)


def _jwk(value: Value) -> dict[str, str]:
    """Return a key that its attestation's form has checked, as a JWK."""
    if not isinstance(value, dict):
        raise DirectoryError("a key is no JWK")
    return {member: str(text) for member, text in value.items()}


def _may_come(before: AdmittedOrganization | None, body: Mapping[str, str]) -> bool:
    """Return whether nobody goes by a slug, or who does was suspended and comes back."""
    if before is None:
        return True
    same = (before.role, before.corporate_number) == (body["role"], body["corporate_number"])
    return same and before.state == "suspended"


def _jwk_of_log(vkey: str) -> dict[str, str]:
    """Return the key in a verifier key of a log, as a JWK."""
    return jwk.from_raw(VerifierKey.parse(vkey).public_key)


def _verifier(origin: str, members: Mapping[str, str]) -> VerifierKey:
    """Return the verifier key of a log, whose name is its own."""
    raw = jwk.to_signing_key(members).public_bytes_raw()
    return VerifierKey(name=origin, kind=note.ED25519, public_key=raw)
