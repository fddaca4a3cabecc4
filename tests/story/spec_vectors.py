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
from relay_protocol.encoding import b64_decode, b64_encode, b64url_encode
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
        "refused": {
            "checkpoint": _refused_checkpoints(hand, signed.decode()),
            "entry": _refused_entries(raw[0].decode()),
            "receipt": _refused_receipts(_receipt(hand, invited, cosigned).decode()),
            "signed": _refused_claims(hand),
        },
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
    return _answered(signed, client, answer)


def _answered(signed: SignedAttestation, client: bytes, answer: bytes) -> SignedAttestation:
    """Return a fact with what an authenticator has signed of it, true or not."""
    return from_assertion(
        signed.attestation.encode(),
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


def _refused_checkpoints(hand: HandLedger, signed: str) -> Mapping[str, str]:
    """Return checkpoints that must be refused, by what is wrong with them; the log signs each."""
    head, _, line = signed.rpartition("\n\n")
    origin, size, root = head.split("\n")
    blob = line.rsplit(" ", 1)[1].rstrip("\n")

    def stating(text: str) -> str:
        return note.sign_note(text, hand.log_key).decode()

    return {
        "a size with a leading zero": stating(f"{origin}\n0{size}\n{root}\n"),
        "a size of 2^63": stating(f"{origin}\n{1 << 63}\n{root}\n"),
        "a size below zero": stating(f"{origin}\n-1\n{root}\n"),
        "a fourth line": stating(f"{head}\nmore\n"),
        "a line too few": stating(f"{origin}\n{size}\n"),
        "another log": stating(f"other.example/ledger\n{size}\n{root}\n"),
        "a root of 31 bytes": stating(f"{origin}\n{size}\n{b64_encode(bytes(31))}\n"),
        "a root in base64url": stating(f"{origin}\n{size}\n{'_' * 43}=\n"),
        "a root with bits too many": stating(f"{origin}\n{size}\n{'A' * 42}B=\n"),
        "another root": f"{origin}\n{size}\n{'A' * 43}=\n\n{line}",
        "no empty line": f"{head}\n{line}",
        "no signature": f"{head}\n\n",
        "base64 in another form": signed.replace(blob, f"{blob[:-2]}B="),
        "a blank at the end": f"{signed} ",
        "a line cut off": signed[:-1],
        "a false line of the log beside the true one": signed
        + line.replace(blob, b64_encode(b64_decode(blob)[:4] + bytes(64))),
        "101 lines": signed + f"— stranger {b64_encode(bytes(5))}\n" * 100,
        "a name with a plus": signed + f"— str+anger {b64_encode(bytes(5))}\n",
    }


def _refused_entries(entry: str) -> Mapping[str, str]:
    """Return what must be refused in the place of entry 0, by what is wrong with it."""
    return {
        "a blank": entry.replace(":", ": ", 1),
        "a key twice": entry.replace('"day":', '"day":"2026-12-01","day":', 1),
        "a member more": entry.replace('"v":1}', '"v":1,"w":1}'),
        "a member fewer": entry.replace('"rules":"",', ""),
        "another order": entry.replace('"rules":"","seq":0', '"seq":0,"rules":""'),
        "another seq": entry.replace('"seq":0', '"seq":1'),
        "a fraction": entry.replace('"seq":0', '"seq":0.0'),
        "not a number": entry.replace('"seq":0', '"seq":NaN'),
        "a truth for a number": entry.replace('"seq":0', '"seq":false'),
        "an escape too many": entry.replace('"kind":"scheme', '"kind":"\\u0073cheme'),
        "a day that is none": entry.replace('"day":"2026-12-01"', '"day":"2026-02-30"'),
        "another chain": entry.replace(f'"prev":"{"A" * 43}"', f'"prev":"B{"A" * 42}"'),
        "bytes behind it": f"{entry}\n",
    }


def _refused_receipts(receipt: str) -> Mapping[str, str]:
    """Return receipts that must be refused, by what is wrong with them."""
    head, _, checkpoint = receipt.partition("\n\n")
    version, extra, index, first, *path = head.split("\n")

    def saying(*lines: str) -> str:
        return "\n".join(lines) + f"\n\n{checkpoint}"

    carried = b64_decode(extra.removeprefix("extra "))
    size = int.from_bytes(carried[:2])
    salted = carried[: 2 + size] + bytes(32) + carried[2 + size + 32 :]
    bare = carried[: 2 + size]
    return {
        "another index": saying(version, extra, "index 16", first, *path),
        "an index with a leading zero": saying(version, extra, "index 015", first, *path),
        "a hash too few": saying(version, extra, index, *path),
        "a hash too many": saying(version, extra, index, first, *path, first),
        "a hash of 31 bytes": saying(version, extra, index, b64_encode(bytes(31)), *path),
        "another salt": saying(version, f"extra {b64_encode(salted)}", index, first, *path),
        "no reveal": saying(version, f"extra {b64_encode(bare)}", index, first, *path),
        "an entry cut off": saying(version, f"extra {b64_encode(bare[:-1])}", index, first, *path),
        "no extra": saying(version, index, first, *path),
        "another version": saying(version.replace("v1", "v2"), extra, index, first, *path),
    }


def _refused_claims(hand: HandLedger) -> Mapping[str, str]:
    """Return signed attestations that entry 17 must not be, by what is wrong with them."""
    (made,) = [entry.seq for entry in hand.entries if entry.kind == "claim.made"]
    claim = SignedAttestation(wire=Reveal.decode(hand.reveals[made]).signed)
    challenge = b64url_encode(hashlib.sha256(claim.attestation.encode()).digest())
    true = {"type": "webauthn.get", "challenge": challenge, "origin": WEB_ORIGIN}
    elsewhere = {**true, "origin": "https://hub.example.com"}
    other = {**true, "challenge": b64url_encode(bytes(32))}

    def given(client: str, *, rp_id: str = RP_ID, flags: int = 0x05, more: bytes = b"") -> str:
        answer = hashlib.sha256(rp_id.encode()).digest() + bytes([flags, 0, 0, 0, 1]) + more
        return _answered(claim, client.encode(), answer).wire.decode()

    told = json.dumps(true)
    return {
        "another origin": given(json.dumps(elsewhere)),
        "another challenge": given(json.dumps(other)),
        "another type": given(json.dumps({**true, "type": "webauthn.create"})),
        "across origins": given(json.dumps({**true, "crossOrigin": True})),
        "within another page": given(json.dumps({**true, "topOrigin": WEB_ORIGIN})),
        "a key twice": given(told.replace('"type"', '"origin": "", "type"', 1)),
        "another site": given(told, rp_id="hub.example.com"),
        "nobody present": given(told, flags=0x04),
        "nobody verified": given(told, flags=0x01),
        "bytes that no flag announces": given(told, more=b"\x00"),
        "no object": given("[]"),
    }


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
    sys.stdout.write(f"{FILE} is written.\n")
