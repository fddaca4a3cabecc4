"""A ledger that a test writes entry by entry, and a hub that shows it, honestly or not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relay_protocol import canonical, chain, ids, jwk, merkle, note, tiles
from relay_protocol.attestation import Attestation, SignedAttestation, sign_jws
from relay_protocol.canonical import Value
from relay_protocol.directory import PUBLIC_KINDS
from relay_protocol.entry import CLEAR_KINDS, Entry, Reveal
from relay_protocol.proof import Proof
from tests.story.local_hub import Asked, LocalHub, Told

LOG = "hub.example/ledger"
AT = datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC)
DAY = "2026-12-01"
OFFICE, HUB, AGENCY_LICENCE = "office", "hub", "13-ユ-000001"
CORPORATE_NUMBER = "9000000000000"


def signing_key(number: int) -> Ed25519PrivateKey:
    """Return a key that is the same in every run."""
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def sealing_key(number: int) -> ec.EllipticCurvePrivateKey:
    """Return a P-256 key that is the same in every run."""
    return ec.derive_private_key(number, ec.SECP256R1())


@dataclass(kw_only=True)
class ShownLedger:
    """Entries, the tree over them and the keys that sign for both.

    Attributes:
        demo: whether it is that of a demo scheme.
        further_log_keys: keys that sign checkpoints beside `log_key`, while one follows another.
        signing: the signing key of each organization, the office and the hub by their names.
        entries: what stands in it, byte for byte.
        reveals: what opens each committed entry, by its place.
    """

    demo: bool = True
    log_key: Ed25519PrivateKey = field(default_factory=lambda: signing_key(3))
    further_log_keys: tuple[Ed25519PrivateKey, ...] = ()
    signing: dict[str, Ed25519PrivateKey] = field(
        default_factory=lambda: {OFFICE: signing_key(1), HUB: signing_key(2)}
    )
    entries: list[bytes] = field(default_factory=list)
    reveals: dict[int, Reveal] = field(default_factory=dict)
    attested: int = 0

    def __post_init__(self) -> None:
        """Open the scheme with entry 0."""
        self.state(
            "scheme.opened",
            OFFICE,
            body={
                "demo": self.demo,
                "origin": LOG,
                "web_origin": "https://hub.example",
                "rp_id": "hub.example",
                "operator": OFFICE,
                "keys": {
                    "operator": self.public(OFFICE),
                    "hub": self.public(HUB),
                    "log": self.vkey,
                },
            },
        )

    @property
    def vkey(self) -> str:
        """The verifier key of the log."""
        return verifier(self.log_key)

    @property
    def size(self) -> int:
        """How many entries there are."""
        return len(self.entries)

    def public(self, name: str) -> dict[str, Value]:
        """Return the public signing key of a name."""
        return dict(jwk.from_key(self.signing[name].public_key()))

    def sign(
        self,
        kind: str,
        by: str,
        *,
        refs: Mapping[str, str] | None = None,
        body: Mapping[str, Value] | None = None,
        key: Ed25519PrivateKey | None = None,
    ) -> SignedAttestation:
        """Return a signed attestation of a fact."""
        self.attested += 1
        attestation = Attestation(
            log=LOG,
            id=ids.attestation_id(self.attested.to_bytes(16)),
            kind=kind,
            at=AT,
            by=by,
            refs=refs or {},
            body=body or {},
        )
        return sign_jws(attestation, key or self.signing[by])

    def enter(self, signed: SignedAttestation, *orgs: str) -> int:
        """Write the next entry, and return its place."""
        seq = self.size
        kind = signed.attestation.kind
        members = canonical.decode(signed.wire)
        assert isinstance(members, dict)
        clear = kind in CLEAR_KINDS
        if not clear:
            self.reveals[seq] = Reveal(salt=seq.to_bytes(32), signed=signed.wire)
        entry = Entry(
            seq=seq,
            prev=chain.link(self.entries[-1]) if self.entries else chain.FIRST_PREV,
            day=DAY,
            kind=kind,
            orgs=tuple(sorted(orgs)),
            rules="",
            signed=members if clear else None,
            commitment=None if clear else self.reveals[seq].commitment,
        )
        self.entries.append(entry.encode())
        return seq

    def state(
        self,
        kind: str,
        by: str,
        *orgs: str,
        refs: Mapping[str, str] | None = None,
        body: Mapping[str, Value] | None = None,
    ) -> int:
        """Sign a fact and write its entry; return its place."""
        return self.enter(self.sign(kind, by, refs=refs, body=body), *orgs)

    def admit(self, slug: str, role: str = "member", *, cosigner: str = "") -> int:
        """Admit an organization with a key of its own; return the place of its admission."""
        self.signing[slug] = signing_key(10 + len(self.signing))
        agency = role == "agency"
        signed = self.sign(
            "org.admitted",
            OFFICE,
            body={
                "slug": slug,
                "role": role,
                "corporate_number": CORPORATE_NUMBER,
                "group": CORPORATE_NUMBER,
                "licence": AGENCY_LICENCE if agency else "",
                "licence_until": "2031-03-31" if agency else "",
                "key": self.public(slug),
            },
        )
        seq = self.enter(signed, slug)
        if cosigner:
            self.state(
                "org.cosigned",
                cosigner,
                slug,
                refs={"admission": signed.attestation.id},
                body={"fingerprint": jwk.kid_of(self.signing[slug].public_key())},
            )
        return seq

    def register(
        self,
        slug: str,
        key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey,
        purpose: str = "seal",
    ) -> int:
        """Register a further key of an organization; return the entry's place."""
        return self.state(
            "key.registered",
            slug,
            slug,
            body={
                "purpose": purpose,
                "key": dict(jwk.from_key(key.public_key())),
                "person": "",
                "credential": "",
            },
        )

    def checkpoint(self, size: int | None = None) -> bytes:
        """Return the signed checkpoint of a size; of all entries unless one is given."""
        covered = self.size if size is None else size
        root = merkle.root([merkle.leaf_hash(entry) for entry in self.entries[:covered]])
        text = note.Checkpoint(origin=LOG, size=covered, root=root).text()
        signed = note.sign_note(text, _signer(self.log_key))
        for key in self.further_log_keys:
            also = note.Note.parse(note.sign_note(text, _signer(key)))
            signed = note.add_signatures(signed, also.lines)
        return signed

    def prove(self, seq: int, size: int | None = None) -> dict[str, Value]:
        """Return the document of the proof that an entry stands there."""
        covered = self.size if size is None else size
        leaves = [merkle.leaf_hash(entry) for entry in self.entries[:covered]]
        path = merkle.inclusion_path(seq, covered, _node(leaves))
        return Proof(
            entry=self.entries[seq],
            reveal=self.reveals.get(seq),
            path=tuple(path),
            checkpoint=self.checkpoint(covered),
        ).document()

    def show(self, hub: LocalHub) -> None:
        """Let a hub show this ledger: scheme, checkpoint, tiles, directory."""
        hub.tell_else(self.answer)

    def answer(self, asked: Asked) -> Told:
        """Answer a request for scheme, directory, checkpoint or tile; nothing else is there."""
        address = urlsplit(asked.path)
        if address.path == "/v1/scheme":
            return Told.of(
                {
                    "name": "リレー協議会",
                    "name_en": "Relay Consortium",
                    "origin": LOG,
                    "web_origin": "https://hub.example",
                    "vkey": [self.vkey, *map(verifier, self.further_log_keys)][-1],
                    "vkeys": [self.vkey, *map(verifier, self.further_log_keys)],
                    "demo": self.demo,
                }
            )
        if address.path == "/v1/directory":
            after = int(parse_qs(address.query)["after"][0])
            public = [
                seq
                for seq, entry in enumerate(self.entries)
                if seq > after and Entry.decode(entry).kind in PUBLIC_KINDS
            ]
            return Told.of({"items": [self.prove(seq) for seq in public], "next": None})
        if address.path == "/ledger/checkpoint":
            return Told(body=self.checkpoint(), headers={"Content-Type": "text/plain"})
        if address.path.startswith("/ledger/tile/"):
            return self._tile(address.path.removeprefix("/ledger/"))
        return Told.problem("not-found", 404, "There is no such thing.")

    def _tile(self, path: str) -> Told:
        place = tiles.parse_path(path)
        assert isinstance(place, tiles.Tile)
        if place.width > tiles.tile_width(place.level, place.index, self.size):
            return Told.problem("not-found", 404, "There is no such tile.")
        node = _node([merkle.leaf_hash(entry) for entry in self.entries])
        start = place.index * tiles.FULL_WIDTH
        hashes = [node(8 * place.level, start + offset) for offset in range(place.width)]
        return Told(body=b"".join(hashes), headers={"Content-Type": "application/octet-stream"})


def verifier(key: Ed25519PrivateKey) -> str:
    """Return a key of this log as a verifier key."""
    return _signer(key).verifier.encode()


def _signer(key: Ed25519PrivateKey) -> note.SignerKey:
    return note.SignerKey(name=LOG, kind=note.ED25519, private_key=key)


def _node(leaves: list[bytes]) -> merkle.NodeGetter:
    """Return what gives the hash of a complete subtree over leaves."""

    def node(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return merkle.node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))

    return node
