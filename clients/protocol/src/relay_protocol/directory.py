"""Who takes part and with which keys, folded from the entries that everybody may read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from relay_protocol import jwk
from relay_protocol.attestation import Attestation, SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.entry import Entry
from relay_protocol.errors import DirectoryError, SignatureError
from relay_protocol.kinds import HUB

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
        hub_key: with which the hub attests.
        log_key: with which checkpoints are signed, a verifier key.
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
    """One key of an organization.

    Attributes:
        name: its `kid`; a passkey's credential id.
        purpose: sign, seal, reveal or passkey.
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
        self._last = -1

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
        return [
            key
            for key in self._keys.values()
            if key.slug == slug and key.purpose == purpose and key.revoked is None
        ]

    def check(self, signed: SignedAttestation, seq: int) -> None:
        """Return if an act is signed by a key that stood for its maker at a place.

        Args:
            signed: the act.
            seq: the place of its entry.

        Raises:
            SignatureError: no such key stood there, or the signature is false.
        """
        scheme = self.scheme
        if signed.attestation.by == HUB:
            signed.check_jws(jwk.to_signing_key(scheme.hub_key))
            return
        key = self._keys.get(signed.kid)
        purpose = "passkey" if signed.method == "assertion" else "sign"
        if key is None or key.slug != signed.attestation.by or key.purpose != purpose:
            raise SignatureError(f"entry {seq}: no key of {signed.attestation.by} has signed it")
        if not key.stood_before(seq):
            raise SignatureError(f"entry {seq}: its key did not count at that place")
        if signed.method == "assertion":
            signed.check_assertion(
                jwk.to_p256_key(key.jwk), web_origin=scheme.web_origin, rp_id=scheme.rp_id
            )
        else:
            signed.check_jws(jwk.to_signing_key(key.jwk))

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
        operator_key = _jwk(keys["operator"])
        signed.check_jws(jwk.to_signing_key(operator_key))
        if said.by != operator or said.log != said.body["origin"] or entry.orgs:
            raise DirectoryError("entry 0 does not agree with itself")
        self._scheme = OpenedScheme(
            demo=said.body["demo"] is True,
            origin=said.log,
            web_origin=str(said.body["web_origin"]),
            rp_id=str(said.body["rp_id"]),
            operator=operator,
            hub_key=_jwk(keys["hub"]),
            log_key=str(keys["log"]),
        )
        # The operator's key is registered by entry 0, so that it counts from entry 1 on.
        self._add_key(0, operator, "sign", operator_key, name=jwk.thumbprint(operator_key))

    def _admit(self, seq: int, said: Attestation) -> str:
        """Add an organization with its first key; the first of all needs no cosigner."""
        body = {name: str(value) for name, value in said.body.items() if name != "key"}
        slug = body["slug"]
        if said.by != self.scheme.operator or slug == said.by or slug in self._organizations:
            raise DirectoryError(f"entry {seq} admits who cannot be admitted")
        first_of_all = not any(org.state == "active" for org in self._organizations.values())
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
        self._add_key(seq, slug, "sign", key, name=jwk.thumbprint(key))
        return slug

    def _cosign(self, seq: int, said: Attestation) -> str:
        """Make an organization active: another one has compared its fingerprint."""
        admission = said.refs["admission"]
        admitted = next(
            (org for org in self._organizations.values() if org.admission == admission), None
        )
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
        key = _jwk(said.body["key"])
        self._add_key(
            seq,
            said.by,
            str(said.body["purpose"]),
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
        self._keys[name] = RegisteredKey(
            name=name, slug=slug, purpose=purpose, jwk=key, person=person, seq=seq
        )


def _jwk(value: Value) -> dict[str, str]:
    """Return a key that its attestation's form has checked, as a JWK."""
    if not isinstance(value, dict):
        raise DirectoryError("a key is no JWK")
    return {member: str(text) for member, text in value.items()}
