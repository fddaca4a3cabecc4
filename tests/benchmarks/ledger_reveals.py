"""How fast the reveals of a pack are opened and read, and how fast their signatures are checked.

python tests/benchmarks/ledger_reveals.py [--reveals 40000]

Each figure is one line of JSON: its name, value and unit, the bound that it stands beside (taken
in the same run), and value / bound. For opening, the bound is what nobody can do without:
json.loads and SHA-256 of the same bytes. For signatures it is the library's own loop.
"""

import argparse
import hashlib
import json
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from relay_protocol import contents, ids, opening, sealed
from relay_protocol.attestation import Attestation, SignedAttestation, from_assertion, sign_jws
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import SALT_BYTES, Reveal
from relay_protocol.kinds import KINDS
from relay_protocol.opening import Opened, OpenedPart
from relay_protocol.sealed import Cover, SealedPart
from relay_protocol.unchecked import Unchecked, check_signatures

LOG: Final = "exchange.example/ledger"
WEB_ORIGIN, RP_ID = "https://exchange.example", "exchange.example"
FACTS = Path(__file__).parents[2] / "clients/protocol/tests/vectors/facts.json"
TIMES: Final = 5
BATCH: Final = 1_024
SIGNATURES: Final = 8_192
PROCESSES: Final = 2
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PASSKEY = ec.derive_private_key(8, ec.SECP256R1())
PUBLIC, PASSKEY_PUBLIC = KEY.public_key(), PASSKEY.public_key()
AUDITOR = ec.derive_private_key(9, ec.SECP256R1())
# What one placed candidate leaves in the ledger, and two who are not placed.
MIX: Final = (
    *("referral.invited", "consent.given", "profile.added", "profile.listed") * 3,
    *("claim.made", "claim.bound", "claim.approved", "identity.released", "identity.received"),
    *("introduction.made", "hire.reported", "hire.confirmed", "profile.unlisted", "points.moved"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Some reveals, with the sealed parts that hold them."""

    reveals: list[bytes]
    parts: list[tuple[SealedPart, bytes]]


def tell(name: str, value: float, unit: str, bound: float) -> None:
    """Print one figure beside its bound."""
    figure = {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "bound": round(bound, 2),
        "ratio": float(f"{value / bound:.3g}"),
    }
    print(json.dumps(figure, ensure_ascii=False), flush=True)


def best(work: Callable[[], object]) -> float:
    """Return the seconds that a piece of work takes when nothing disturbs it."""
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def make(count: int) -> Made:
    """Return reveals of the kinds that a ledger is made of, all of them different."""
    facts = json.loads(FACTS.read_text("utf-8"))
    reveals = [
        Reveal(salt=token_bytes(SALT_BYTES), signed=signed(facts, MIX[place % len(MIX)]).wire)
        for place in range(count)
    ]
    cover = Cover.of(AUDITOR.public_key(), log=LOG, auditor="kansa", until="2027-01-01")
    parts = []
    numbered = ((seq, reveal.encode()) for seq, reveal in enumerate(reveals))
    for number, held in enumerate(contents.gather(numbered), start=1):
        raw = contents.encode_reveals(held)
        listed = contents.list_reveals(held, raw)
        part = SealedPart(
            cover=cover,
            number=number,
            digest=listed.digest,
            listed=listed,
            line=sealed.seal(raw, AUDITOR.public_key(), cover, number),
        )
        commitments = b"".join(reveals[seq].commitment for seq, _ in held)
        parts.append((part, commitments))
    return Made(reveals=[reveal.encode() for reveal in reveals], parts=parts)


def signed(facts: dict[str, dict[str, object]], kind: str) -> SignedAttestation:
    """Return a fact of a kind under ids of its own, signed as its kind is."""
    stated = json.loads(json.dumps(facts[kind]))
    refs = {
        name: ids.new_id(text[:3], token_bytes(16)) if "_" in text[3:4] else text
        for name, text in stated["refs"].items()
    }
    if kind == "claim.made":
        stated["body"]["pairwise"] = ids.pairwise_id(token_bytes(5))
    said = Attestation(
        log=LOG,
        id=ids.attestation_id(token_bytes(16)),
        kind=kind,
        at=datetime(2026, 12, 1, 4, 5, 6, tzinfo=UTC),
        by=stated["by"],
        refs=refs,
        body=stated["body"],
    )
    return assertion(said.encode()) if KINDS[kind].passkey else sign_jws(said, KEY)


def assertion(said: bytes) -> SignedAttestation:
    """Return an attestation signed with a passkey."""
    client = {"type": "webauthn.get", "origin": WEB_ORIGIN, "crossOrigin": False}
    challenge = b64url_encode(hashlib.sha256(said).digest())
    client_data = json.dumps({**client, "challenge": challenge}).encode()
    answer = hashlib.sha256(RP_ID.encode()).digest() + b"\x05\x00\x00\x00\x01"
    return from_assertion(
        said,
        credential=b"credential of a recruiter",
        authenticator_data=answer,
        client_data=client_data,
        signature=PASSKEY.sign(answer + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256())),
    )


def opened_in_turn(made: Made, key: bytes) -> Iterator[OpenedPart]:
    """Yield the parts, opened in this process."""
    for part, commitments in made.parts:
        yield opening.open_part(part, key, commitments)


def walk(parts: Iterator[OpenedPart]) -> int:
    """Go through all that is opened, as a replay does; return how much there was."""
    return sum(1 for part in parts for _ in part)


def reveals(made: Made) -> None:
    """Measure opening and reading, without signatures."""
    count = len(made.reveals)
    key = sealed.key_bytes(AUDITOR)
    bound = best(
        lambda: [(json.loads(raw[SALT_BYTES:]), hashlib.sha256(raw)) for raw in made.reveals]
    )
    per_reveal = 1e6 / count
    tell(
        "a reveal opened in one process, to a proven attestation",
        best(lambda: list(opened_in_turn(made, key))) * per_reveal,
        "µs",
        bound * per_reveal,
    )
    tell(
        "a reveal opened and handed to who replays it, one process",
        best(lambda: walk(opened_in_turn(made, key))) * per_reveal,
        "µs",
        bound * per_reveal,
    )
    with ProcessPoolExecutor(PROCESSES) as hands:
        parts = [part for part, _ in made.parts]
        commitments = [held for _, held in made.parts]
        keys = [key] * len(parts)

        def in_hands() -> Iterator[OpenedPart]:
            return hands.map(opening.open_part, parts, keys, commitments)

        walk(in_hands())
        tell(
            f"a reveal opened in {PROCESSES} processes and replayed in this one",
            best(lambda: walk(in_hands())) * per_reveal,
            "µs",
            bound * per_reveal,
        )
    tell(
        "a reveal read in full, one by one",
        best(lambda: [SignedAttestation(wire=raw[SALT_BYTES:]) for raw in made.reveals])
        * per_reveal,
        "µs",
        bound * per_reveal,
    )


def unchecked(one: Opened) -> Unchecked:
    """Return the signature of an opened entry, ready to be checked."""
    key = PUBLIC if one.signature.method == "jws" else PASSKEY_PUBLIC
    return one.unchecked(key, web_origin=WEB_ORIGIN, rp_id=RP_ID)


def signatures(made: Made) -> None:
    """Measure the checks of signatures beside the library's own."""
    key = sealed.key_bytes(AUDITOR)
    ready = [one for part in opened_in_turn(made, key) for one in part][:SIGNATURES]
    es256 = ec.ECDSA(SHA256())
    organizations = [one for one in ready if one.signature.method == "jws"]
    batch = list(map(unchecked, organizations))
    bound = best(lambda: [PUBLIC.verify(one.signature, one.message) for one in batch])
    taken = best(lambda: check_signatures(list(map(unchecked, organizations))))
    tell("signatures checked, Ed25519", len(batch) / taken, "1/s", len(batch) / bound)
    people = [one for one in ready if one.signature.method == "assertion"]
    answers = list(map(unchecked, people))
    bound = best(
        lambda: [PASSKEY_PUBLIC.verify(one.signature, one.message, es256) for one in answers]
    )
    taken = best(lambda: check_signatures(list(map(unchecked, people))))
    tell("signatures checked, passkeys", len(answers) / taken, "1/s", len(answers) / bound)
    every = list(map(unchecked, ready))
    one_process = best(lambda: check_signatures(every))
    batches = [every[start : start + BATCH] for start in range(0, len(every), BATCH)]
    with ProcessPoolExecutor(PROCESSES) as hands:
        list(hands.map(check_signatures, batches))
        taken = best(lambda: list(hands.map(check_signatures, batches)))
    tell(
        f"signatures checked in {PROCESSES} processes",
        len(every) / taken,
        "1/s",
        PROCESSES * len(every) / one_process,
    )


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description="Measure the opening of reveals.")
    parser.add_argument("--reveals", type=int, default=40_000)
    made = make(parser.parse_args().reveals)
    reveals(made)
    signatures(made)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024
    tell("memory of this process at its peak", peak, "MiB", 1_536)


if __name__ == "__main__":
    main()
