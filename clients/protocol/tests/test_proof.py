"""A proof shows one act at its place in a signed ledger, or nothing at all."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relay_protocol import merkle
from relay_protocol.attestation import SignedAttestation
from relay_protocol.entry import Reveal
from relay_protocol.errors import NoteError, ProofError, RevealError
from relay_protocol.note import ED25519, Checkpoint, SignerKey, sign_note
from relay_protocol.proof import Proof


def test_a_proof_establishes_the_attestation_and_the_checkpoint(
    proof: Proof, log_signer: SignerKey, told: SignedAttestation
) -> None:
    signed, checkpoint = proof.check(log_signer.verifier)
    assert signed == told
    assert (checkpoint.origin, checkpoint.size) == (log_signer.name, 3)


def test_a_proof_of_a_clear_entry_needs_no_reveal(
    clear_proof: Proof, log_signer: SignerKey
) -> None:
    signed, _ = clear_proof.check(log_signer.verifier)
    assert signed.attestation.kind == "org.cosigned"


def test_a_checkpoint_of_another_key_proves_nothing(proof: Proof, log_signer: SignerKey) -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes([9]) * 32)
    stranger = SignerKey(name=log_signer.name, kind=ED25519, private_key=other)
    with pytest.raises(NoteError):
        proof.check(stranger.verifier)


def test_a_path_with_one_bit_changed_is_refused(proof: Proof, log_signer: SignerKey) -> None:
    first = bytes([proof.path[0][0] ^ 1]) + proof.path[0][1:]
    with pytest.raises(ProofError):
        replace(proof, path=(first, *proof.path[1:])).check(log_signer.verifier)


def test_a_path_that_is_too_short_or_too_long_is_refused(
    proof: Proof, log_signer: SignerKey
) -> None:
    for path in (proof.path[:-1], (*proof.path, bytes(32))):
        with pytest.raises(ProofError):
            replace(proof, path=path).check(log_signer.verifier)


def test_another_salt_opens_nothing(
    proof: Proof, log_signer: SignerKey, told: SignedAttestation
) -> None:
    with pytest.raises(RevealError):
        replace(proof, reveal=Reveal(salt=bytes(32), signed=told.wire)).check(log_signer.verifier)


def test_a_committed_entry_without_its_reveal_shows_nothing(
    proof: Proof, log_signer: SignerKey
) -> None:
    with pytest.raises(ProofError, match="needs its reveal"):
        replace(proof, reveal=None).check(log_signer.verifier)


def test_a_proof_stands_within_a_checkpoint_that_others_have_opened(
    proof: Proof, log_signer: SignerKey, told: SignedAttestation
) -> None:
    _, checkpoint = proof.check(log_signer.verifier)
    assert proof.within(checkpoint) == told
    with pytest.raises(ProofError):
        proof.within(replace(checkpoint, root=bytes(32)))


def test_an_entry_beyond_its_checkpoint_is_refused(
    proof: Proof, log_signer: SignerKey, defined_root: Callable[[Sequence[bytes]], bytes]
) -> None:
    root = defined_root([merkle.leaf_hash(proof.entry)])
    smaller = Checkpoint(origin=log_signer.name, size=1, root=root)
    with pytest.raises(ProofError):
        replace(proof, path=(), checkpoint=sign_note(smaller.text(), log_signer)).check(
            log_signer.verifier
        )


def test_a_proof_comes_back_from_its_document(proof: Proof, clear_proof: Proof) -> None:
    for one in (proof, clear_proof):
        assert Proof.from_document(one.document()) == one


def test_a_document_that_lacks_a_member_is_refused(proof: Proof) -> None:
    for name in ("entry", "reveal", "path", "checkpoint"):
        lacking = {key: value for key, value in proof.document().items() if key != name}
        with pytest.raises(ProofError):
            Proof.from_document(lacking)
