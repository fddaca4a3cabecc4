"""The vectors of docs/spec/ledger.md: python -m tests.story.spec_vectors writes them anew.

Keys, ids and salts follow from names and places, so that every run gives the same bytes.
"""

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relay_protocol import jwk, merkle, note, tiles
from relay_protocol.attestation import SignedAttestation, from_assertion
from relay_protocol.encoding import b64_encode, b64url_encode
from relay_protocol.entry import Reveal
from relay_protocol.note import Checkpoint, SignerKey
from relay_protocol.proof import Proof
from relay_protocol.proof_file import encode_proof
from tests.story.hand_ledger import (
    AGENCY,
    CREDENTIAL,
    DIGEST,
    GROUPS,
    HUB,
    LOG,
    MEMBER,
    NOTICE,
    OFFICE,
    RP_ID,
    WEB_ORIGIN,
    HandLedger,
    passkey,
    public,
    signing_key,
)

FILE: Final = Path(__file__).resolve().parents[2] / "docs" / "spec" / "ledger-vectors.json"
WITNESS: Final = "witness.example/w1"
WITNESSED_AT_S: Final = 1_796_086_800
OLD_SIZE: Final = 3


def ledger() -> HandLedger:
    """Return a small ledger that opens, refers somebody, and lets a person claim."""
    hand = HandLedger()
    hand.open()
    hand.register_passkey(AGENCY)
    referral, consent, claim = (hand.new_id(prefix) for prefix in ("ref", "con", "clm"))
    hand.state(
        "referral.invited",
        MEMBER,
        MEMBER,
        refs={"referral": referral},
        body={"job_kind": "mid-career"},
    )
    hand.state(
        "consent.given",
        HUB,
        MEMBER,
        refs={"consent": consent, "referral": referral},
        body={
            "notice": NOTICE,
            "modules": ["publish"],
            "groups": [*GROUPS],
            "until": "2027-05-31",
        },
    )
    claimed = hand.sign(
        "claim.made",
        AGENCY,
        refs={"claim": claim},
        body={"pairwise": "CR-2222-2222-22", "vacancy": DIGEST, "job_kind": "mid-career"},
    )
    hand.enter(_by_passkey(claimed), AGENCY)
    return hand


def vectors() -> Mapping[str, object]:
    """Return all vectors, as the page describes them."""
    hand = ledger()
    raw = [entry.encode() for entry in hand.entries]
    leaves = [merkle.leaf_hash(one) for one in raw]
    checkpoint = Checkpoint(origin=LOG, size=len(raw), root=merkle.root(leaves))
    signed = hand.checkpoint()
    witness = SignerKey(name=WITNESS, kind=note.COSIGNATURE, private_key=signing_key(WITNESS))
    cosigned = note.add_signatures(
        signed, [note.cosign(checkpoint, witness, time_s=WITNESSED_AT_S)]
    )
    invited = next(
        seq for seq, entry in enumerate(hand.entries) if entry.kind == "referral.invited"
    )
    reveal = Reveal.decode(hand.reveals[invited])
    return {
        "keys": {name: _key(name) for name in (OFFICE, HUB, MEMBER, AGENCY)},
        "log": {"seed": _seed("log"), "vkey": hand.log_key.verifier.encode()},
        "witness": {"seed": _seed(WITNESS), "vkey": witness.verifier.encode()},
        "attestation": {
            "bytes": b64url_encode(SignedAttestation(wire=reveal.signed).attestation.encode()),
            "signed": reveal.signed.decode(),
            "salt": b64url_encode(reveal.salt),
            "commitment": b64url_encode(reveal.commitment),
        },
        "reveals": {str(seq): b64url_encode(raw) for seq, raw in hand.reveals.items()},
        "entries": [
            {
                "bytes": one.decode(),
                "leaf": leaves[seq].hex(),
                "root": merkle.root(leaves[: seq + 1]).hex(),
            }
            for seq, one in enumerate(raw)
        ],
        "tiles": {
            tiles.tile_path(0, 0, len(raw)): b64url_encode(b"".join(leaves)),
            tiles.entries_path(0, len(raw)): b64url_encode(tiles.encode_bundle(raw)),
        },
        "paths": {str(seq): tiles.tile_path(0, seq) for seq in (0, 67, 1_000, 1_234_067)},
        "checkpoint": signed.decode(),
        "cosigned": cosigned.decode(),
        "receipt": _receipt(hand, invited, cosigned).decode(),
        "receipt_clear": _receipt(hand, 0, cosigned).decode(),
        "add_checkpoint": _add_checkpoint(leaves, signed),
        "refused": _refused(signed.decode(), raw[0].decode()),
    }


def text() -> str:
    """Return the file's text."""
    return json.dumps(vectors(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _by_passkey(signed: SignedAttestation) -> SignedAttestation:
    """Return a fact as a person of its organization signs it, the same in every run."""
    fact = signed.attestation.encode()
    client = json.dumps(
        {
            "type": "webauthn.get",
            "challenge": b64url_encode(hashlib.sha256(fact).digest()),
            "origin": WEB_ORIGIN,
        }
    ).encode()
    answer = hashlib.sha256(RP_ID.encode()).digest() + bytes([0x05, 0, 0, 0, 1])
    return from_assertion(
        fact,
        credential=CREDENTIAL,
        authenticator_data=answer,
        client_data=client,
        signature=passkey(signed.attestation.by).sign(
            answer + hashlib.sha256(client).digest(),
            ECDSA(SHA256(), deterministic_signing=True),
        ),
    )


def _seed(name: str) -> str:
    private = signing_key(name)
    return b64url_encode(private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption()))


def _key(name: str) -> Mapping[str, object]:
    return {
        "seed": _seed(name),
        "jwk": public(name),
        "thumbprint": jwk.kid_of(signing_key(name).public_key()),
    }


def _receipt(hand: HandLedger, seq: int, checkpoint: bytes) -> bytes:
    """Return the receipt of an entry."""
    held = hand.reveals.get(seq)
    return encode_proof(
        Proof(
            entry=hand.entries[seq].encode(),
            reveal=None if held is None else Reveal.decode(held),
            path=tuple(merkle.inclusion_path(seq, hand.size, _nodes(hand))),
            checkpoint=checkpoint,
        )
    )


def _nodes(hand: HandLedger) -> merkle.NodeGetter:
    """Return what gives the nodes of a ledger's tree."""
    leaves = [merkle.leaf_hash(entry.encode()) for entry in hand.entries]
    return lambda level, index: merkle.root(leaves[index << level : (index + 1) << level])


def _add_checkpoint(leaves: list[bytes], signed: bytes) -> str:
    """Return the body that a witness is sent."""
    path = merkle.consistency_path(
        OLD_SIZE,
        len(leaves),
        lambda level, index: merkle.root(leaves[index << level : (index + 1) << level]),
    )
    lines = "".join(f"{b64_encode(step)}\n" for step in path)
    return f"old {OLD_SIZE}\n{lines}\n{signed.decode()}"


def _refused(signed: str, entry: str) -> Mapping[str, Mapping[str, str]]:
    """Return texts that must be refused, by what is wrong with them."""
    head, _, line = signed.rpartition("\n\n")
    origin, size, root = head.split("\n")
    blob = line.rsplit(" ", 1)[1].rstrip("\n")
    return {
        "checkpoint": {
            "a size with a leading zero": f"{origin}\n0{size}\n{root}\n\n{line}",
            "a size of 2^63": f"{origin}\n{1 << 63}\n{root}\n\n{line}",
            "a fourth line": f"{head}\nmore\n\n{line}",
            "another root": f"{origin}\n{size}\n{'A' * 43}=\n\n{line}",
            "no empty line": f"{head}\n{line}",
            "no signature": f"{head}\n\n",
            "base64 in another form": signed.replace(blob, f"{blob[:-2]}B="),
            "a blank at the end": f"{signed} ",
        },
        "entry": {
            "a blank": entry.replace(":", ": ", 1),
            "a key twice": entry.replace('"day":', '"day":"2026-12-01","day":', 1),
            "a member more": entry.replace('"v":1}', '"v":1,"w":1}'),
            "another seq": entry.replace('"seq":0', '"seq":1'),
            "a fraction": entry.replace('"seq":0', '"seq":0.0'),
            "not a number": entry.replace('"seq":0', '"seq":NaN'),
            "another chain": entry.replace(f'"prev":"{"A" * 43}"', f'"prev":"B{"A" * 42}"'),
        },
    }


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{FILE} is written.\n")
