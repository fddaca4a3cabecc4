"""Everything in the protocol that reads what others wrote, what it refuses, what it must read."""

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from relay_protocol import (
    attestation,
    canonical,
    contents,
    encoding,
    envelope,
    evidence,
    jwk,
    merkle,
    note,
    pack,
    proof_file,
    sealed,
    tiles,
    wire,
    witnessing,
)
from relay_protocol.attestation import Attestation, SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.cli import files, receipt
from relay_protocol.cli.refusals import InputError
from relay_protocol.entry import Entry, Reveal
from relay_protocol.errors import (
    AttestationError,
    CanonicalError,
    EntryError,
    EnvelopeError,
    EvidenceError,
    MalformedRequestError,
    NoteError,
    PackError,
    PointsError,
    PolicyError,
    ProofError,
    ProtocolError,
    RevealError,
    RulesError,
    StateError,
    TileError,
    WitnessRefusal,
)
from relay_protocol.facts import Kept
from relay_protocol.forks import prove_fork
from relay_protocol.manifest import Manifest
from relay_protocol.moves import Move
from relay_protocol.netting import Netting
from relay_protocol.note import Checkpoint, Note, SignatureLine, VerifierKey
from relay_protocol.points import Account
from relay_protocol.policy import Policy
from relay_protocol.proof import Proof
from relay_protocol.rules import DEMO, Rules
from relay_protocol.statements import Statement
from relay_protocol.watching import Watched
from relay_protocol.witnessing import AddCheckpoint
from tests.story.hand_ledger import AUDITOR, signing_key
from tests.story.true_things import (
    KEY,
    WITNESS,
    by_passkey,
    checkpoint,
    cosignature,
    document_of,
    held,
    hub,
    kept,
    kid,
    log_key,
    other,
    pack_lines,
    pem,
    place_of,
    policy,
    register,
    sealed_envelope,
    side_of,
    watched,
)

Read = Callable[[bytes], object]
Refusals = type[Exception] | tuple[type[Exception], ...]


def text(read: Callable[[str], object]) -> Read:
    """Return a reader of texts as one of bytes, whatever these are."""
    return lambda raw: read(raw.decode("utf-8", "surrogateescape"))


def from_file(read: Callable[[Path], object]) -> Read:
    """Return a reader of files as one of bytes."""

    def of_bytes(raw: bytes) -> object:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "given"
            path.write_bytes(raw)
            path.chmod(0o600)
            return read(path)

    return of_bytes


def answer_with(raw: bytes) -> SignedAttestation:
    """Read what a browser has answered: authenticator data, client data and signature."""
    parts = [*raw.split(b"\n", 2), b"", b""]
    return attestation.from_assertion(
        by_passkey().attestation.encode(),
        credential=b"credential",
        authenticator_data=parts[0],
        client_data=parts[1],
        signature=parts[2],
    )


def members(document: Value) -> dict[str, Value]:
    """Return a document that is an object, as all are that get this far."""
    assert isinstance(document, dict)
    return document


@dataclass(frozen=True, slots=True, kw_only=True)
class Parser:
    """One that reads bytes.

    Attributes:
        read: reads them.
        refuses: what it raises, and nothing else.
        true: gives something that it can read.
    """

    read: Read
    refuses: Refusals
    true: Callable[[], Iterable[bytes]]


PARSERS: dict[str, Parser] = {
    "attestation::instant_of": Parser(
        read=text(attestation.instant_of),
        refuses=AttestationError,
        true=lambda: [b"2026-12-01T04:05:06Z"],
    ),
    "attestation::Attestation.decode": Parser(
        read=Attestation.decode,
        refuses=AttestationError,
        true=lambda: [hub().said(seq).attestation.encode() for seq in range(hub().size)],
    ),
    "attestation::from_jws": Parser(
        read=text(attestation.from_jws),
        refuses=AttestationError,
        true=lambda: [hub().said(seq).jws.encode() for seq in range(hub().size)],
    ),
    "attestation::from_assertion": Parser(
        read=answer_with, refuses=AttestationError, true=lambda: [b"answer\n{}\nsignature"]
    ),
    "canonical::decode": Parser(
        read=canonical.decode,
        refuses=CanonicalError,
        true=lambda: [one.encode() for one in hub().entries],
    ),
    "contents::decode_reveals": Parser(
        read=lambda raw: contents.decode_reveals(raw, held().manifest().parts[0]),
        refuses=PackError,
        true=lambda: list(held().lines())[1:2],
    ),
    "contents::decode_documents": Parser(
        read=lambda raw: list(contents.decode_documents([raw])),
        refuses=PackError,
        true=lambda: list(held().lines())[2:],
    ),
    "encoding::b64_decode": Parser(
        read=text(encoding.b64_decode), refuses=CanonicalError, true=lambda: [b"AAAA", b"AA=="]
    ),
    "encoding::b64url_decode": Parser(
        read=text(encoding.b64url_decode), refuses=CanonicalError, true=lambda: [b"AAAA", b"AA"]
    ),
    "entry::Entry.decode": Parser(
        read=Entry.decode,
        refuses=EntryError,
        true=lambda: [one.encode() for one in hub().entries],
    ),
    "entry::Reveal.decode": Parser(
        read=Reveal.decode, refuses=RevealError, true=lambda: list(hub().reveals.values())
    ),
    "evidence::Evidence.decode": Parser(
        read=lambda raw: evidence.Evidence.decode(raw).check(log_key()),
        refuses=EvidenceError,
        true=lambda: [prove_fork([log_key()], side_of(hub()), side_of(other())).encode()],
    ),
    "manifest::Manifest.decode": Parser(
        read=Manifest.decode, refuses=PackError, true=lambda: [held().manifest().encode()]
    ),
    "netting::Netting.decode": Parser(
        read=Netting.decode, refuses=PointsError, true=lambda: [held().closes[0].netting]
    ),
    "note::VerifierKey.parse": Parser(
        read=text(VerifierKey.parse),
        refuses=NoteError,
        true=lambda: [log_key().encode().encode(), WITNESS.verifier.encode().encode()],
    ),
    "note::SignatureLine.parse": Parser(
        read=text(SignatureLine.parse), refuses=NoteError, true=lambda: [cosignature().rstrip()]
    ),
    "note::Note.parse": Parser(
        read=Note.parse, refuses=NoteError, true=lambda: [hub().checkpoint() + cosignature()]
    ),
    "note::Checkpoint.parse": Parser(
        read=text(Checkpoint.parse),
        refuses=NoteError,
        true=lambda: [checkpoint().text().encode()],
    ),
    "note::open_note": Parser(
        read=lambda raw: note.open_note(raw, (log_key(), WITNESS.verifier)),
        refuses=NoteError,
        true=lambda: [hub().checkpoint() + cosignature()],
    ),
    "note::open_checkpoint": Parser(
        read=lambda raw: note.open_checkpoint(raw, log_key(), (WITNESS.verifier,)),
        refuses=NoteError,
        true=lambda: [hub().checkpoint() + cosignature()],
    ),
    "pack::read_pack": Parser(
        read=lambda raw: list(pack.read_pack(io.BytesIO(raw), KEY).closes()),
        refuses=PackError,
        true=lambda: [b"".join(pack_lines())],
    ),
    "pack::open_pack": Parser(
        read=lambda raw: pack.open_pack(raw, KEY),
        refuses=PackError,
        true=lambda: [b"".join(pack_lines())],
    ),
    "points::Account.parse": Parser(
        read=text(Account.parse),
        refuses=PointsError,
        true=lambda: [
            str(hub().said(place_of("points.moved")).attestation.body[side]).encode()
            for side in ("debit", "credit")
        ],
    ),
    "policy::Policy.decode": Parser(
        read=Policy.decode, refuses=PolicyError, true=lambda: [policy().text().encode()]
    ),
    "policy::Policy.parse": Parser(
        read=text(Policy.parse), refuses=PolicyError, true=lambda: [policy().text().encode()]
    ),
    "proof_file::ProofText.decode": Parser(
        read=proof_file.ProofText.decode,
        refuses=ProofError,
        true=lambda: [proof_file.encode_proof(hub().prove(seq)) for seq in (0, 20)],
    ),
    "proof_file::decode_proof": Parser(
        read=proof_file.decode_proof,
        refuses=ProofError,
        true=lambda: [proof_file.encode_proof(hub().prove(seq)) for seq in (0, 20)],
    ),
    "sealed::read_cover": Parser(
        read=sealed.read_cover, refuses=PackError, true=lambda: pack_lines()[:1]
    ),
    "statements::Statement.decode": Parser(
        read=Statement.decode, refuses=PointsError, true=lambda: held().closes[0].statements
    ),
    "tiles::parse_path": Parser(
        read=text(tiles.parse_path),
        refuses=TileError,
        true=lambda: [b"tile/0/x001/x234/067", b"tile/1/000.p/8", b"tile/entries/000.p/25"],
    ),
    "tiles::decode_bundle": Parser(
        read=lambda raw: tiles.decode_bundle(raw, hub().size),
        refuses=TileError,
        true=lambda: [tiles.encode_bundle(one.encode() for one in hub().entries)],
    ),
    "tiles::read_bundle": Parser(
        read=lambda raw: list(tiles.read_bundle(raw, hub().size)),
        refuses=TileError,
        true=lambda: [tiles.encode_bundle(one.encode() for one in hub().entries)],
    ),
    "tiles::split_tile": Parser(
        read=lambda raw: tiles.split_tile(raw, 2), refuses=TileError, true=lambda: [bytes(64)]
    ),
    "watching::Watched.decode": Parser(
        read=Watched.decode, refuses=StateError, true=lambda: [watched()]
    ),
    "wire::take_apart": Parser(
        read=wire.take_apart,
        refuses=AttestationError,
        true=lambda: [by_passkey().wire, hub().said(20).wire],
    ),
    "witnessing::AddCheckpoint.decode": Parser(
        read=AddCheckpoint.decode,
        refuses=MalformedRequestError,
        true=lambda: [
            AddCheckpoint(
                old_size=20,
                path=tuple(merkle.consistency_path(20, hub().size, hub().tree.node)),
                note=hub().checkpoint(),
            ).encode()
        ],
    ),
    "witnessing::open_signed": Parser(
        read=lambda raw: witnessing.open_signed(raw, [log_key()]),
        refuses=WitnessRefusal,
        true=lambda: [hub().checkpoint() + cosignature()],
    ),
    "witnessing::read_checkpoint": Parser(
        read=text(witnessing.read_checkpoint),
        refuses=NoteError,
        true=lambda: [checkpoint().text().encode() + b"extension 1\n"],
    ),
    "witnessing::read_cosignatures": Parser(
        read=lambda raw: witnessing.read_cosignatures(raw, hub().checkpoint(), WITNESS.verifier),
        refuses=NoteError,
        true=lambda: [cosignature()],
    ),
    "witnessing::read_size": Parser(
        read=witnessing.read_size, refuses=MalformedRequestError, true=lambda: [b"1234\n"]
    ),
    "cli.files::read_reveal_key": Parser(
        read=from_file(files.read_reveal_key), refuses=InputError, true=lambda: [pem("reveal")]
    ),
    "cli.files::read_signing_key": Parser(
        read=from_file(files.read_signing_key), refuses=InputError, true=lambda: [pem("sign")]
    ),
    "cli.files::read_vkey": Parser(
        read=from_file(lambda path: files.read_vkey(str(path))),
        refuses=(InputError, NoteError),
        true=lambda: [log_key().encode().encode() + b"\n"],
    ),
    "cli.receipt::read_register": Parser(
        read=lambda raw: receipt.read_register(raw, policy()),
        refuses=(InputError, ProtocolError),
        true=lambda: [register()],
    ),
}
"""Whatever reads bytes or a text that somebody else has written, by its room."""

DOCUMENTS: dict[str, tuple[Callable[[Value], object], Refusals, Callable[[], Value]]] = {
    "proof::Proof.from_document": (
        lambda told: Proof.from_document(members(told)),
        ProtocolError,
        lambda: hub().prove(20).document(),
    ),
    "rules::Rules.from_document": (
        lambda told: Rules.from_document(members(told)),
        RulesError,
        lambda: canonical.decode(canonical.encode(Rules.from_document(DEMO).document())),
    ),
    "moves::Move.from_body": (
        lambda told: Move.from_body(members(told)),
        PointsError,
        lambda: dict(hub().said(place_of("points.moved")).attestation.body),
    ),
    "facts::Kept.from_body": (
        lambda told: Kept.from_body(members(told), "demo-1"),
        PointsError,
        kept,
    ),
    "envelope::open_envelope": (
        lambda told: envelope.open_envelope(members(told), KEY, kid()),
        EnvelopeError,
        sealed_envelope,
    ),
    "attestation::Attestation.decode": (
        lambda told: Attestation.decode(canonical.encode(told)),
        AttestationError,
        lambda: document_of(hub().said(place_of("identity.released")).attestation.encode()),
    ),
    "entry::Entry.decode": (
        lambda told: Entry.decode(canonical.encode(told)),
        EntryError,
        lambda: document_of(hub().entries[1].encode()),
    ),
    "manifest::Manifest.decode": (
        lambda told: Manifest.decode(canonical.encode(told)),
        PackError,
        lambda: document_of(held().manifest().encode()),
    ),
    "netting::Netting.decode": (
        lambda told: Netting.decode(canonical.encode(told)),
        PointsError,
        lambda: document_of(held().closes[0].netting),
    ),
    "statements::Statement.decode": (
        lambda told: Statement.decode(canonical.encode(told)),
        PointsError,
        lambda: document_of(held().closes[0].statements[0]),
    ),
    "watching::Watched.decode": (
        lambda told: Watched.decode(canonical.encode(told)),
        StateError,
        lambda: document_of(watched()),
    ),
    "contents::decode_documents": (
        lambda told: list(contents.decode_documents([canonical.encode(told)])),
        PackError,
        lambda: document_of(list(held().lines())[2]),
    ),
    "jwk::to_key": (jwk.to_key, AttestationError, lambda: dict(jwk.from_key(KEY.public_key()))),
    "jwk::to_p256_key": (
        jwk.to_p256_key,
        AttestationError,
        lambda: dict(jwk.from_key(KEY.public_key())),
    ),
    "jwk::to_signing_key": (
        jwk.to_signing_key,
        AttestationError,
        lambda: dict(jwk.from_key(signing_key(AUDITOR).public_key())),
    ),
}
"""Whatever reads a document (JSON)."""
