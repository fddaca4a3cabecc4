"""A ledger written by hand, act by act, honestly or not; no hub has a part in it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from relay_protocol import canonical, chain, ids, jwk, merkle, note, tiles
from relay_protocol.attestation import (
    Attestation,
    SignedAttestation,
    from_assertion,
    sign_jws,
)
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import CLEAR_KINDS, Entry, Reveal
from relay_protocol.grown_tree import GrownTree
from relay_protocol.manifest import CloseDocuments, closed_runs
from relay_protocol.note import Checkpoint, SignerKey
from relay_protocol.pack import Pack
from relay_protocol.rules import DEMO, Rules

LOG = "hub.example/ledger"
RP_ID = "hub.example"
WEB_ORIGIN = f"https://{RP_ID}"
CREDENTIAL = b"credential of a person"
OFFICE, HUB = "office", "hub"
MEMBER, HIRER, AGENCY, OTHER_AGENCY, AUDITOR = "mirai", "aozora", "sakura", "hayabusa", "kansa"
ROLES = {
    AUDITOR: "auditor",
    MEMBER: "member",
    HIRER: "member",
    AGENCY: "agency",
    OTHER_AGENCY: "agency",
}
OPENED_AT = datetime(2026, 12, 1, 1, 0, 0, tzinfo=UTC)
RULES = Rules.from_document(DEMO)
NOTICE = "2026-12-A"
GROUPS = ["skills", "experience"]
DIGEST = b64url_encode(bytes(32))


def signing_key(name: str) -> Ed25519PrivateKey:
    """Return the signing key of a name, the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b"."))


def sealing_key(name: str) -> ec.EllipticCurvePrivateKey:
    """Return the P-256 key of a name, the same in every run."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()) >> 1
    return ec.derive_private_key(number, ec.SECP256R1())


def passkey(slug: str) -> ec.EllipticCurvePrivateKey:
    """Return the passkey of a person of an organization, the same in every run."""
    return sealing_key(f"person of {slug}")


def corporate_number(counter: int) -> str:
    """Return a made-up 法人番号 whose check digit is right."""
    digits = f"{counter:012d}"
    weighted = sum(int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits)))
    return f"{9 - weighted % 9}{digits}"


def number_of(slug: str) -> str:
    """Return the 法人番号 of an organization of this ledger."""
    return corporate_number(1 + list(ROLES).index(slug))


@dataclass(kw_only=True)
class HandLedger:
    """Entries and reveals, the keys that sign them, and the moment at which it is written.

    Attributes:
        now: the moment of the next act.
        entries: what stands in the ledger.
        reveals: what opens each committed entry, by its place.
        closes: the documents of each settled period.
        rules: the version that entries name.
        log_signer: whose key signs checkpoints.
        further_log_signers: whose keys sign them too, while one follows another.
    """

    now: datetime = OPENED_AT
    demo: bool = True
    log_signer: str = "log"
    further_log_signers: tuple[str, ...] = ()
    entries: list[Entry] = field(default_factory=list)
    reveals: dict[int, bytes] = field(default_factory=dict)
    closes: list[CloseDocuments] = field(default_factory=list)
    rules: str = ""
    drawn: int = 0

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.entries)

    @property
    def log_key(self) -> SignerKey:
        """The key that signs checkpoints."""
        return SignerKey(name=LOG, kind=note.ED25519, private_key=signing_key(self.log_signer))

    @property
    def tree(self) -> GrownTree:
        """The tree over the entries."""
        tree = GrownTree()
        for entry in self.entries:
            tree.append(merkle.leaf_hash(entry.encode()))
        return tree

    def wait(self, **time: int) -> None:
        """Let time pass: days=…, hours=…, minutes=…."""
        self.now += timedelta(**time)

    def new_id(self, prefix: str) -> str:
        """Return an id that was not drawn before."""
        self.drawn += 1
        return ids.new_id(prefix, self.drawn.to_bytes(16))

    def sign(
        self,
        kind: str,
        by: str,
        *,
        refs: Mapping[str, str] | None = None,
        body: Mapping[str, Value] | None = None,
        key: str = "",
        at: datetime | None = None,
        log: str = LOG,
        name: str = "",
    ) -> SignedAttestation:
        """Return a signed attestation.

        Args:
            key: whose key signs it, if not the maker's.
            at: another moment than now.
            log: another ledger's name.
            name: the attestation's id, if it shall not be a new one.
        """
        self.drawn += 1
        attestation = Attestation(
            log=log,
            id=name or ids.attestation_id(self.drawn.to_bytes(16)),
            kind=kind,
            at=at or self.now,
            by=by,
            refs=refs or {},
            body=body or {},
        )
        return sign_jws(attestation, signing_key(key or by))

    def sign_by_passkey(
        self,
        signed: SignedAttestation,
        *,
        rp_id: str = RP_ID,
        verified: bool = True,
        origin: str = WEB_ORIGIN,
        asked: bytes = b"",
    ) -> SignedAttestation:
        """Return the same fact as a person of the organization signs it (WebAuthn level 3).

        Args:
            signed: the fact, signed by the organization's key.
            rp_id: the site that the passkey belongs to.
            verified: whether the device asked its person for finger or code.
            origin: the site at which the person was asked.
            asked: what the person was asked to sign, if not this fact.
        """
        fact = signed.attestation.encode()
        client = json.dumps(
            {
                "type": "webauthn.get",
                "challenge": b64url_encode(hashlib.sha256(asked or fact).digest()),
                "origin": origin,
            }
        ).encode()
        flags = 0x05 if verified else 0x01
        answer = hashlib.sha256(rp_id.encode()).digest() + bytes([flags, 0, 0, 0, 1])
        person = passkey(signed.attestation.by)
        return from_assertion(
            fact,
            credential=CREDENTIAL,
            authenticator_data=answer,
            client_data=client,
            signature=person.sign(answer + hashlib.sha256(client).digest(), ec.ECDSA(SHA256())),
        )

    def enter(
        self,
        signed: SignedAttestation,
        *orgs: str,
        kind: str = "",
        day: date | None = None,
        rules: str | None = None,
    ) -> str:
        """Write the next entry; return the attestation's id.

        Args:
            orgs: whom the entry shows.
            kind: another kind than the attestation's.
            day: another day than the attestation's, by Japan's clock.
            rules: another version than the ledger's.
        """
        shown = kind or signed.attestation.kind
        members = canonical.decode(signed.wire)
        reveal = Reveal(salt=self.size.to_bytes(32), signed=signed.wire)
        clear = shown in CLEAR_KINDS
        on = day or (signed.attestation.at + timedelta(hours=9 if self.rules else 0)).date()
        if not clear:
            self.reveals[self.size] = reveal.encode()
        self.entries.append(
            Entry(
                seq=self.size,
                prev=chain.link(self.entries[-1].encode()) if self.entries else chain.FIRST_PREV,
                day=on.isoformat(),
                kind=shown,
                orgs=tuple(sorted(set(orgs))),
                rules=self.rules if rules is None else rules,
                signed=members if clear and isinstance(members, dict) else None,
                commitment=None if clear else reveal.commitment,
            )
        )
        return signed.attestation.id

    def state(
        self,
        kind: str,
        by: str,
        *orgs: str,
        refs: Mapping[str, str] | None = None,
        body: Mapping[str, Value] | None = None,
    ) -> str:
        """Sign and enter a fact that shows some organizations; return the attestation's id."""
        return self.enter(self.sign(kind, by, refs=refs, body=body), *orgs)

    def open(self) -> None:
        """Open the scheme, with everybody admitted and all keys, rules and a notice in place."""
        self.open_scheme()
        for slug in ROLES:
            admission = self.admit(slug)
            if slug != AUDITOR:
                self.cosign(slug, admission)
        self.adopt_rules()
        self.state("notice.adopted", OFFICE, body={"version": NOTICE, "ja": DIGEST, "en": DIGEST})
        for slug in (AGENCY, OTHER_AGENCY):
            self.register(slug, "seal")

    def open_scheme(self) -> None:
        """Write entry 0."""
        self.state(
            "scheme.opened",
            OFFICE,
            body={
                "demo": self.demo,
                "origin": LOG,
                "web_origin": WEB_ORIGIN,
                "rp_id": RP_ID,
                "operator": OFFICE,
                "keys": {
                    "operator": public(OFFICE),
                    "hub": public(HUB),
                    "log": self.log_key.verifier.encode(),
                },
            },
        )

    def admit(self, slug: str, *, role: str = "", number: str = "") -> str:
        """Admit an organization; return the attestation's id.

        Args:
            role: of one that is not among ROLES.
            number: its 法人番号, if it shall not be its own.
        """
        taken = role or ROLES[slug]
        registered = number or number_of(slug)
        body: dict[str, Value] = {
            "slug": slug,
            "role": taken,
            "corporate_number": registered,
            "group": registered,
            "licence": "13-ユ-000001" if taken == "agency" else "",
            "licence_until": "2031-03-31" if taken == "agency" else "",
            "key": public(slug),
        }
        return self.state("org.admitted", OFFICE, slug, body=body)

    def cosign(self, slug: str, admission: str, *, by: str = AUDITOR) -> str:
        """Cosign an admission."""
        kid = jwk.kid_of(signing_key(slug).public_key())
        return self.state(
            "org.cosigned", by, slug, refs={"admission": admission}, body={"fingerprint": kid}
        )

    def adopt_rules(
        self, document: Mapping[str, object] = DEMO, *, valid_from: str = "2026-01-01"
    ) -> None:
        """Adopt a version of the rules, which later entries name."""
        rules = Rules.from_document(document)
        numbers = canonical.decode(canonical.encode(rules.document()))
        self.state(
            "rules.adopted",
            OFFICE,
            body={
                "version": rules.version,
                "valid_from": valid_from,
                "digest": b64url_encode(rules.digest()),
                "rules": numbers,
            },
        )
        self.rules = rules.version

    def register(self, slug: str, purpose: str) -> str:
        """Register a P-256 key of an organization; return its name."""
        key = sealing_key(slug).public_key()
        self.state(
            "key.registered",
            slug,
            slug,
            body={
                "purpose": purpose,
                "key": dict(jwk.from_key(key)),
                "person": "",
                "credential": "",
            },
        )
        return jwk.kid_of(key)

    def register_passkey(self, slug: str) -> None:
        """Register the passkey of an organization's person."""
        self.state(
            "key.registered",
            slug,
            slug,
            body={
                "purpose": "passkey",
                "key": dict(jwk.from_key(passkey(slug).public_key())),
                "person": self.new_id("usr"),
                "credential": b64url_encode(CREDENTIAL),
            },
        )

    def register_signing(
        self, slug: str, name: str, purpose: str = "sign", *, key: str = ""
    ) -> str:
        """Register the signing key of a name as an organization's, or the log's or the hub's.

        Args:
            key: whose key says so, if not the organization's first.

        Returns:
            The name of the new key, its `kid`.
        """
        body: dict[str, Value] = {
            "purpose": purpose,
            "key": public(name),
            "person": "",
            "credential": "",
        }
        self.enter(self.sign("key.registered", slug, body=body, key=key), slug)
        return kid_of(name)

    def revoke(self, slug: str, kid: str, *, key: str = "") -> None:
        """Revoke a key of an organization, by its first key or that of another name."""
        self.enter(self.sign("key.revoked", slug, body={"kid": kid}, key=key), slug)

    def count_closed(self, count: int) -> None:
        """State how many reveals were closed."""
        self.state("reveals.closed", HUB, body={"count": count})

    def forget(self, *seqs: int) -> None:
        """Close reveals, as the erasure of a person does."""
        for seq in seqs:
            del self.reveals[seq]

    def checkpoint(self, size: int | None = None) -> bytes:
        """Return the signed checkpoint of the first entries, or of all."""
        covered = self.size if size is None else size
        stated = Checkpoint(origin=LOG, size=covered, root=self.tree.root(covered))
        signed = note.sign_note(stated.text(), self.log_key)
        for further in self.further_log_signers:
            also = note.sign_note(stated.text(), log_key(further))
            signed = note.add_signatures(signed, note.Note.parse(also).lines)
        return signed

    def pack(self, cut: int | None = None, *, first: int = 0) -> Pack:
        """Return a pack of every reveal at hand from a place on, cut at the end or before."""
        end = self.size if cut is None else cut
        held = [one.seq for one in self.entries if one.signed or one.seq in self.reveals]
        return Pack(
            log=LOG,
            auditor=AUDITOR,
            first=first,
            cut=end,
            until="2030-12-31",
            checkpoint=self.checkpoint(end),
            closed=tuple(closed_runs((seq for seq in held if seq < end), end)),
            reveals={seq: self.reveals[seq] for seq in sorted(self.reveals) if first <= seq < end},
            closes=tuple(self.closes),
        )

    def write_out(self, folder: Path) -> Path:
        """Write the files of the ledger into a folder, and return it."""
        tree = self.tree
        for tile in tiles.new_tiles(0, self.size):
            _write(folder / tile.path, tree.tile(tile))
        for bundle in tiles.new_bundles(0, self.size):
            first = bundle.index * tiles.FULL_WIDTH
            held = self.entries[first : first + bundle.width]
            _write(folder / bundle.path, tiles.encode_bundle(one.encode() for one in held))
        _write(folder / tiles.CHECKPOINT_PATH, self.checkpoint())
        return folder


def log_key(name: str) -> SignerKey:
    """Return the signing key of a name as one that signs checkpoints."""
    return SignerKey(name=LOG, kind=note.ED25519, private_key=signing_key(name))


def kid_of(name: str) -> str:
    """Return the name that the signing key of a name goes by."""
    return jwk.kid_of(signing_key(name).public_key())


def public(name: str) -> dict[str, Value]:
    """Return the public signing key of a name."""
    return dict(jwk.from_key(signing_key(name).public_key()))


def kids(slugs: Sequence[str]) -> list[Value]:
    """Return the names of the sealing keys of organizations, sorted."""
    names = (jwk.kid_of(sealing_key(slug).public_key()) for slug in slugs)
    return [*sorted(names)]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
