"""Evidence: both forms by hand, what proves nothing, and files that are none."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import merkle
from relay_protocol.encoding import b64_encode
from relay_protocol.errors import EvidenceError
from relay_protocol.evidence import (
    HEADING,
    MAX_BYTES,
    Evidence,
    Inclusion,
    same_index,
    same_size,
)
from relay_protocol.note import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    SignerKey,
    add_signatures,
    cosign,
    sign_note,
)

ORIGIN = "exchange.example/ledger"


def key_of(seed: int, name: str = ORIGIN, kind: int = ED25519) -> SignerKey:
    private_key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return SignerKey(name=name, kind=kind, private_key=private_key)


LOG, NEXT_LOG, STRANGER = key_of(1), key_of(2), key_of(3)
WITNESS = key_of(4, "witness.example/w1", COSIGNATURE)
A, B, C, X = (merkle.leaf_hash(entry) for entry in (b"a", b"b", b"c", b"x"))


def signed(root: bytes, size: int, signer: SignerKey = LOG) -> bytes:
    return sign_note(Checkpoint(origin=signer.name, size=size, root=root).text(), signer)


# Two leaves a, b; the same with x for b; and three leaves a, x, c.
TWO = signed(merkle.node_hash(A, B), 2)
TWO_OTHERWISE = signed(merkle.node_hash(A, X), 2)
THREE_OTHERWISE = signed(merkle.node_hash(merkle.node_hash(A, X), C), 3)
B_IN_TWO = Inclusion(leaf=B, path=(A,))
X_IN_THREE = Inclusion(leaf=X, path=(A, C))

SAME_SIZE = same_size([LOG.verifier], TWO, TWO_OTHERWISE)
SAME_INDEX = same_index([LOG.verifier], 1, (TWO, B_IN_TWO), (THREE_OTHERWISE, X_IN_THREE))


def test_two_roots_of_one_size_are_proven_from_the_file_and_the_logs_key_alone() -> None:
    proven = Evidence.decode(SAME_SIZE.encode()).check(LOG.verifier)
    assert (proven.origin, proven.form, proven.index) == (ORIGIN, "same-size", None)
    assert proven.first == Checkpoint(origin=ORIGIN, size=2, root=merkle.node_hash(A, B))
    assert proven.second == Checkpoint(origin=ORIGIN, size=2, root=merkle.node_hash(A, X))


def test_two_entries_at_one_place_are_proven_from_the_file_and_the_logs_key_alone() -> None:
    proven = Evidence.decode(SAME_INDEX.encode()).check(LOG.verifier)
    assert (proven.form, proven.index) == ("same-index", 1)
    assert (proven.first.size, proven.second.size) == (2, 3)


def test_the_file_is_text_of_this_form() -> None:
    note, other = TWO.decode(), THREE_OTHERWISE.decode()
    assert SAME_INDEX.encode().decode() == (
        f"career-relay/evidence@v1\nsame-index 1\n"
        f"checkpoint 5\n{note}leaf {b64_encode(B)}\npath 1\n{b64_encode(A)}\n"
        f"checkpoint 5\n{other}leaf {b64_encode(X)}\npath 2\n{b64_encode(A)}\n{b64_encode(C)}\n"
    )
    assert SAME_SIZE.encode().decode() == (
        f"career-relay/evidence@v1\nsame-size\n"
        f"checkpoint 5\n{note}checkpoint 5\n{TWO_OTHERWISE.decode()}"
    )


def test_cosignatures_stand_in_the_file_whole() -> None:
    checkpoint = Checkpoint(origin=ORIGIN, size=2, root=merkle.node_hash(A, B))
    cosigned = add_signatures(TWO, [cosign(checkpoint, WITNESS, time_s=1)])
    evidence = same_size([LOG.verifier], cosigned, TWO_OTHERWISE)
    assert Evidence.decode(evidence.encode()).notes == (cosigned, TWO_OTHERWISE)


def test_a_log_that_changed_its_key_between_the_two_is_held_to_both() -> None:
    later = signed(merkle.node_hash(A, X), 2, NEXT_LOG)
    keys = [LOG.verifier, NEXT_LOG.verifier]
    assert same_size(keys, TWO, later).check(*keys).form == "same-size"
    with pytest.raises(EvidenceError, match="not signed by this log"):
        same_size(keys[:1], TWO, later)


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (TWO, TWO, "not two roots"),
        (TWO, THREE_OTHERWISE, "not two roots"),
        (TWO, signed(merkle.node_hash(A, X), 2, STRANGER), "not signed by this log"),
        (signed(merkle.node_hash(A, X), 2, STRANGER), TWO, "not signed by this log"),
        (TWO, signed(merkle.node_hash(A, X), 2, key_of(1, "b.example")), "not signed by this log"),
        (TWO, b"nothing\n", "not signed by this log"),
    ],
)
def test_checkpoints_that_agree_or_that_the_log_never_signed_prove_nothing(
    first: bytes, second: bytes, said: str
) -> None:
    with pytest.raises(EvidenceError, match=said):
        same_size([LOG.verifier], first, second)


def test_checkpoints_of_two_logs_prove_nothing_though_both_keys_are_known() -> None:
    other = key_of(5, "b.example")
    keys = [LOG.verifier, other.verifier]
    with pytest.raises(EvidenceError, match="two logs"):
        same_size(keys, TWO, signed(merkle.node_hash(A, X), 2, other))


def test_nobody_is_accused_without_a_key() -> None:
    with pytest.raises(EvidenceError, match="not signed by this log"):
        SAME_SIZE.check()


@pytest.mark.parametrize(
    ("index", "one", "other", "said"),
    [
        (0, B_IN_TWO, X_IN_THREE, "false"),
        (2, B_IN_TWO, X_IN_THREE, "false"),
        (1, Inclusion(leaf=A, path=(A,)), X_IN_THREE, "false"),
        (1, B_IN_TWO, Inclusion(leaf=X, path=(A,)), "false"),
        (1, B_IN_TWO, Inclusion(leaf=X, path=(A, C, C)), "false"),
        (1, B_IN_TWO, Inclusion(leaf=B, path=(A, C)), "same entry"),
    ],
)
def test_places_that_do_not_hold_two_entries_prove_nothing(
    index: int, one: Inclusion, other: Inclusion, said: str
) -> None:
    with pytest.raises(EvidenceError, match=said):
        same_index([LOG.verifier], index, (TWO, one), (THREE_OTHERWISE, other))


def test_two_entries_in_checkpoints_of_one_size_are_shown_by_the_other_form() -> None:
    x_in_two = Inclusion(leaf=X, path=(A,))
    with pytest.raises(EvidenceError, match="by their roots"):
        same_index([LOG.verifier], 1, (TWO, B_IN_TWO), (TWO_OTHERWISE, x_in_two))


def test_an_index_comes_with_its_inclusions_and_they_with_it() -> None:
    with pytest.raises(EvidenceError):
        replace(SAME_INDEX, inclusions=())
    with pytest.raises(EvidenceError):
        replace(SAME_INDEX, index=None)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (HEADING, "career-relay/evidence@v2"),
        ("same-index 1\n", "same-index\n"),
        ("same-index 1\n", "same-index 01\n"),
        ("same-index 1\n", "same-index 9223372036854775808\n"),
        ("same-index 1\n", "same-size 1\n"),
        ("same-index 1\n", "other\n"),
        ("checkpoint 5\n", "checkpoint 4\n"),
        ("checkpoint 5\n", "checkpoint 6\n"),
        ("checkpoint 5\n", "checkpoint 999999\n"),
        ("checkpoint 5\n", "Checkpoint 5\n"),
        ("path 1\n", "path 0\n"),
        ("path 1\n", "path 64\n"),
        (f"leaf {b64_encode(B)}", f"leaf {b64_encode(B[:31])}"),
        (f"leaf {b64_encode(B)}", f"leaf {b64_encode(B)[:-1]}"),
        (f"leaf {b64_encode(B)}", "leaf"),
    ],
)
def test_a_file_in_any_other_form_is_refused(old: str, new: str) -> None:
    text = SAME_INDEX.encode().decode()
    assert old in text
    with pytest.raises(EvidenceError):
        Evidence.decode(text.replace(old, new, 1).encode())


def test_what_follows_the_evidence_is_refused() -> None:
    for raw in (SAME_SIZE.encode(), SAME_INDEX.encode()):
        with pytest.raises(EvidenceError, match="follows"):
            Evidence.decode(raw + b"\n")
        with pytest.raises(EvidenceError):
            Evidence.decode(raw[:-1])


def test_a_file_above_the_limit_is_refused_unread() -> None:
    with pytest.raises(EvidenceError, match="at most"):
        Evidence.decode(b"\n" * (MAX_BYTES + 1))
    with pytest.raises(EvidenceError, match="at most"):
        Evidence(notes=(b"\n" * MAX_BYTES, TWO)).encode()


def test_a_note_that_does_not_end_its_line_cannot_be_written() -> None:
    with pytest.raises(EvidenceError, match="last line"):
        Evidence(notes=(TWO[:-1], TWO_OTHERWISE)).encode()


@given(st.binary(max_size=200), st.integers(0, 900), st.integers(0, 3))
def test_whatever_the_file_evidence_or_its_one_refusal_comes_back(
    put: bytes, place: int, cut: int
) -> None:
    for raw in (SAME_SIZE.encode(), SAME_INDEX.encode()):
        for file in (put, raw[:place] + put + raw[place + cut :]):
            try:
                evidence = Evidence.decode(file)
            except EvidenceError:
                continue
            assert evidence.encode() == file
            try:
                proven = evidence.check(LOG.verifier)
            except EvidenceError:
                continue
            assert proven.origin == ORIGIN
