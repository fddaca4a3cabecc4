"""Parts opened at once say what reading one by one says, and refuse the same in the same words."""

import hashlib
import json
import pickle
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given, settings
from hypothesis import strategies as st

from relay_protocol import contents, sealed
from relay_protocol.attestation import (
    Attestation,
    SignedAttestation,
    challenge,
    from_assertion,
    sign_jws,
)
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import COMMITTED_KINDS, Reveal, commit
from relay_protocol.errors import AttestationError, PackError, RevealError, SignatureError
from relay_protocol.jwk import PublicKey
from relay_protocol.kinds import KINDS
from relay_protocol.opening import NO_COMMITMENT, OpenedPart, Refusal, open_part
from relay_protocol.sealed import Cover, SealedPart
from relay_protocol.unchecked import check_signatures

Stated = dict[str, dict[str, Value]]
LOG, WEB_ORIGIN, RP_ID = "exchange.example/ledger", "https://exchange.example", "exchange.example"
HUB = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
PASSKEY = ec.derive_private_key(8, ec.SECP256R1())
AUDITOR = ec.derive_private_key(11, ec.SECP256R1())
KEY = sealed.key_bytes(AUDITOR)
FIRST = 7


def fact(stated: Stated, kind: str, **changes: object) -> Attestation:
    said = stated[kind]
    made = Attestation(
        log=LOG,
        id="A" * 22,
        kind=kind,
        at=datetime(2026, 12, 1, 4, 5, 6, tzinfo=UTC),
        by=cast("str", said["by"]),
        refs=cast("dict[str, str]", said["refs"]),
        body=cast("dict[str, Value]", said["body"]),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def confirmed(said: Attestation, **client: object) -> SignedAttestation:
    """Sign with a passkey, as a browser does it."""
    asked = b64url_encode(challenge(said.encode()))
    given = {"type": "webauthn.get", "challenge": asked, "origin": WEB_ORIGIN, **client}
    answer = hashlib.sha256(RP_ID.encode()).digest() + b"\x05\x00\x00\x00\x01"
    raw = json.dumps(given).encode()
    signature = PASSKEY.sign(answer + hashlib.sha256(raw).digest(), ec.ECDSA(SHA256()))
    return from_assertion(
        said.encode(),
        credential=b"credential",
        authenticator_data=answer,
        client_data=raw,
        signature=signature,
    )


def signed(stated: Stated, kind: str) -> SignedAttestation:
    said = fact(stated, kind)
    return confirmed(said) if KINDS[kind].passkey else sign_jws(said, HUB)


@pytest.fixture(scope="module")
def acts(stated: Stated) -> list[SignedAttestation]:
    """Return one act of every kind that the ledger only commits to."""
    return [signed(stated, kind) for kind in KINDS if kind in COMMITTED_KINDS]


def salted(wires: Sequence[bytes]) -> dict[int, bytes]:
    return {FIRST + place: bytes([place]) * 32 + wire for place, wire in enumerate(wires)}


def commitments_of(reveals: Mapping[int, bytes]) -> bytes:
    held = [
        commit(reveals[seq][:32], reveals[seq][32:]) if seq in reveals else NO_COMMITMENT
        for seq in range(min(reveals), max(reveals) + 1)
    ]
    return b"".join(held)


def part_of(reveals: Mapping[int, bytes]) -> SealedPart:
    held = list(reveals.items())
    raw = contents.encode_reveals(held)
    listed = contents.list_reveals(held, raw)
    cover = Cover.of(AUDITOR.public_key(), log=LOG, auditor="kansa", until="2026-12-08")
    return SealedPart(
        cover=cover,
        number=1,
        digest=listed.digest,
        listed=listed,
        line=sealed.seal(raw, AUDITOR.public_key(), cover, 1),
    )


def opened(reveals: Mapping[int, bytes], commitments: bytes | None = None) -> OpenedPart:
    held = commitments_of(reveals) if commitments is None else commitments
    return open_part(part_of(reveals), KEY, held)


def one_by_one(seq: int, raw: bytes, commitment: bytes) -> Refusal | None:
    """Return why a reveal cannot stand, as it was always decided: one step after the other."""
    try:
        reveal = Reveal.decode(raw)
    except RevealError as error:
        return Refusal(seq, "reveal-differs", str(error))
    if reveal.commitment != commitment:
        return Refusal(seq, "reveal-differs", f"the reveal does not open entry {seq}")
    try:
        SignedAttestation(wire=reveal.signed)
    except AttestationError as error:
        return Refusal(seq, "attestation-malformed", str(error))
    return None


def test_every_act_is_opened_as_it_was_signed(acts: list[SignedAttestation]) -> None:
    reveals = salted([act.wire for act in acts])
    part = opened(reveals)
    assert part.refusal is None
    assert len(part) == len(acts)
    for (seq, said, how), act, expected in zip(part, acts, reveals, strict=True):
        assert (seq, said, how) == (expected, act.attestation, act.signature)


def test_a_part_passes_through_other_processes(acts: list[SignedAttestation]) -> None:
    reveals = salted([act.wire for act in acts])
    expected = list(opened(reveals))
    # Not forked: pytest has threads of its own.
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as hands:
        part = hands.submit(open_part, part_of(reveals), KEY, commitments_of(reveals)).result()
    assert list(part) == expected
    assert list(pickle.loads(pickle.dumps(part))) == expected  # noqa: S301 (our own)


def test_between_reveals_there_may_be_entries_without(acts: list[SignedAttestation]) -> None:
    reveals = {4: bytes(32) + acts[0].wire, 9: bytes(32) + acts[1].wire}
    assert [one.seq for one in opened(reveals)] == [4, 9]


def test_a_reveal_of_a_clear_entry_is_refused(acts: list[SignedAttestation]) -> None:
    reveals = salted([act.wire for act in acts[:3]])
    held = bytearray(commitments_of(reveals))
    held[32:64] = NO_COMMITMENT
    part = opened(reveals, bytes(held))
    assert part.refusal == Refusal(FIRST + 1, "reveal-of-clear-entry", "")
    assert [one.seq for one in part] == [FIRST]


def test_a_reveal_of_another_entry_is_refused(acts: list[SignedAttestation]) -> None:
    reveals = salted([act.wire for act in acts[:3]])
    held = commitments_of(reveals)
    part = opened(reveals, held[:32] + held[64:] + held[32:64])
    words = f"the reveal does not open entry {FIRST + 1}"
    assert part.refusal == Refusal(FIRST + 1, "reveal-differs", words)
    assert len(part) == 1


def test_commitments_that_do_not_reach_are_none(acts: list[SignedAttestation]) -> None:
    reveals = salted([act.wire for act in acts[:2]])
    part = opened(reveals, commitments_of(reveals)[:32])
    assert part.refusal is not None
    assert part.refusal[:2] == (FIRST + 1, "reveal-differs")


BAD: Sequence[Callable[[bytes], bytes]] = (
    lambda _raw: b"",
    lambda raw: raw[:31],
    lambda raw: raw[:32],
    lambda raw: raw[:32] + b"[]",
    lambda raw: raw[:32] + b"{}",
    lambda raw: raw[:32] + b'{"jws":1}',
    lambda raw: raw[:32] + b'{"jws":"a.b.c"}',
    lambda raw: raw[:32] + b'{ "jws":"a.b.c"}',
    lambda raw: raw[:32] + b'{"jws":"a.b.c","jws":"a.b.c"}',
    lambda raw: raw[:32] + b'{"n":1.5}',
    lambda raw: raw[:32] + b'{"n":NaN}',
    lambda raw: raw + b" ",
    lambda raw: raw[:-1],
    lambda raw: raw.replace(b".", b".A", 1),
    lambda raw: raw.replace(b"{", b"{\xff", 1),
)


@pytest.mark.parametrize("change", BAD)
def test_the_first_bad_one_is_named_in_the_words_of_one_by_one(
    acts: list[SignedAttestation], change: Callable[[bytes], bytes]
) -> None:
    reveals = salted([act.wire for act in acts[:5]])
    reveals[FIRST + 2] = change(reveals[FIRST + 2])
    reveals[FIRST + 4] = change(reveals[FIRST + 4])
    held = {
        seq: hashlib.sha256(b"career-relay/commitment/v1\x00" + raw) for seq, raw in reveals.items()
    }
    part = opened(reveals, b"".join(one.digest() for one in held.values()))
    expected = one_by_one(FIRST + 2, reveals[FIRST + 2], held[FIRST + 2].digest())
    assert expected is not None
    assert part.refusal == expected
    assert [one.seq for one in part] == [FIRST, FIRST + 1]


@settings(max_examples=150)
@given(st.data())
def test_whatever_is_changed_both_ways_agree(
    acts: list[SignedAttestation], data: st.DataObject
) -> None:
    act = data.draw(st.sampled_from(acts))
    payload = bytearray(act.attestation.encode())
    for _ in range(data.draw(st.integers(0, 2))):
        at = data.draw(st.integers(0, len(payload) - 1))
        payload[at : at + data.draw(st.integers(0, 2))] = data.draw(
            st.sampled_from([b"", b'"', b"0", b"A", b",", b"\\", b"{", "ユ".encode()])
        )
    wire = act.wire.replace(
        b64url_encode(act.attestation.encode()).encode(), b64url_encode(bytes(payload)).encode()
    )
    if data.draw(st.booleans()):
        at = data.draw(st.integers(0, len(wire) - 1))
        wire = wire[:at] + data.draw(st.sampled_from([b"", b"A", b"=", b"."])) + wire[at + 1 :]
    raw = bytes(32) + wire
    commitment = hashlib.sha256(b"career-relay/commitment/v1\x00" + raw).digest()
    part = opened({FIRST: raw}, commitment)
    assert part.refusal == one_by_one(FIRST, raw, commitment)
    if part.refusal is None:
        ((_, said, how),) = part
        read = SignedAttestation(wire=wire)
        assert (said, how) == (read.attestation, read.signature)


def test_a_passkey_under_what_only_organizations_sign_is_refused(stated: Stated) -> None:
    raw = bytes(32) + confirmed(fact(stated, "claim.made")).wire
    assert opened({FIRST: raw}).refusal is None
    said = b64url_encode(fact(stated, "claim.made").encode()).encode()
    other = b64url_encode(fact(stated, "claim.bound").encode()).encode()
    part = opened({FIRST: raw.replace(said, other)})
    assert part.refusal is not None
    assert part.refusal.code == "attestation-malformed"
    assert part.refusal.detail == "claim.bound is not signed with a passkey"


def test_a_part_that_is_not_the_one_listed_is_no_part(acts: list[SignedAttestation]) -> None:
    reveals = salted([act.wire for act in acts[:2]])
    part = part_of(reveals)
    with pytest.raises(PackError, match="not the part that is listed"):
        open_part(replace(part, digest=bytes(32)), KEY, commitments_of(reveals))
    with pytest.raises(PackError, match="holds no reveals"):
        open_part(replace(part, listed=None), KEY, commitments_of(reveals))


def test_signatures_are_left_to_be_checked_together(acts: list[SignedAttestation]) -> None:
    keys: dict[str, PublicKey] = {"jws": HUB.public_key(), "assertion": PASSKEY.public_key()}
    reveals = salted([act.wire for act in acts])
    batch = [
        one.unchecked(keys[one.signature.method], web_origin=WEB_ORIGIN, rp_id=RP_ID)
        for one in opened(reveals)
    ]
    assert check_signatures(batch) == []
    batch[3] = batch[3]._replace(message=b"other")
    assert check_signatures(batch) == [3]


def test_a_signature_that_names_another_key_is_refused_at_once(stated: Stated) -> None:
    (one,) = opened({FIRST: bytes(32) + sign_jws(fact(stated, "claim.bound"), HUB).wire})
    with pytest.raises(SignatureError, match="signed with another key"):
        one.unchecked(OTHER.public_key(), web_origin=WEB_ORIGIN, rp_id=RP_ID)
    with pytest.raises(SignatureError, match="where a passkey should sign"):
        one.unchecked(PASSKEY.public_key(), web_origin=WEB_ORIGIN, rp_id=RP_ID)


@pytest.mark.parametrize(
    "client", [{"type": "webauthn.create"}, {"origin": "https://other.example"}, {"challenge": "A"}]
)
def test_a_passkey_that_was_asked_otherwise_is_refused_at_once(
    stated: Stated, client: dict[str, str]
) -> None:
    wire = confirmed(fact(stated, "claim.made"), **client).wire
    (one,) = opened({FIRST: bytes(32) + wire})
    with pytest.raises(SignatureError):
        one.unchecked(PASSKEY.public_key(), web_origin=WEB_ORIGIN, rp_id=RP_ID)
    with pytest.raises(SignatureError, match="where an organization's key should sign"):
        one.unchecked(HUB.public_key(), web_origin=WEB_ORIGIN, rp_id=RP_ID)
