"""Witnessing: the published request, every refusal beside its success, and the client's half."""

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import merkle, tiles
from relay_protocol.errors import (
    InconsistentCheckpointError,
    MalformedRequestError,
    NoteError,
    StaleSizeError,
    UnknownLogError,
    UntrustedCheckpointError,
    WitnessRefusal,
)
from relay_protocol.note import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    Note,
    SignatureLine,
    SignerKey,
    VerifierKey,
    add_signatures,
    cosign,
    open_note,
    sign_note,
)
from relay_protocol.witnessing import (
    MAX_PATH_LINES,
    MAX_REQUEST_BYTES,
    AddCheckpoint,
    contradict,
    judge,
    monitoring_path,
    open_signed,
    read_checkpoint,
    read_cosignatures,
    read_size,
)

ORIGIN = "exchange.example/ledger"
NOON = 1_700_000_000


def key_of(seed: int, name: str, kind: int = ED25519) -> SignerKey:
    private_key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return SignerKey(name=name, kind=kind, private_key=private_key)


LOG = key_of(1, ORIGIN)
NEXT_LOG = key_of(2, ORIGIN)
OTHER_LOG = key_of(3, "other.example/log")
WITNESS = key_of(4, "witness.example/w1", COSIGNATURE)
KEYS = (LOG.verifier, NEXT_LOG.verifier, OTHER_LOG.verifier)
LEAVES = [merkle.leaf_hash(b"%d" % place) for place in range(300)]
FORKED = [*LEAVES[:2], merkle.leaf_hash(b"another"), *LEAVES[3:]]


def at(size: int, leaves: list[bytes] = LEAVES, origin: str = ORIGIN) -> Checkpoint:
    return Checkpoint(origin=origin, size=size, root=merkle.root(leaves[:size]))


def asked(old: int, new: int, leaves: list[bytes] = LEAVES, signer: SignerKey = LOG) -> bytes:
    grown = tiles.grow(lambda *_: b"", 0, leaves[:new])
    node = tiles.nodes_of(
        lambda level, index, width: grown[tiles.Tile(level=level, index=index, width=width)], new
    )
    return AddCheckpoint(
        old_size=old,
        path=tuple(merkle.consistency_path(min(old, new), new, node)),
        note=sign_note(at(new, leaves, signer.name).text(), signer),
    ).encode()


# The request's bytes.


def test_the_published_request_is_read_written_and_granted(vectors: dict[str, str]) -> None:
    published = vectors["add_checkpoint_body_3_to_8"].encode()
    request = AddCheckpoint.decode(published)
    assert request.encode() == published
    assert request.old_size == 3
    assert len(request.path) == 4
    assert request.note == vectors["cosigned_checkpoint"].encode()


def test_the_published_request_follows_the_first_three_leaves(
    vectors: dict[str, str], rfc_leaves: tuple[bytes, ...]
) -> None:
    request = AddCheckpoint.decode(vectors["add_checkpoint_body_3_to_8"].encode())
    root = merkle.root(map(merkle.leaf_hash, rfc_leaves[:3]))
    seen = Checkpoint(origin=ORIGIN, size=3, root=root)
    signed = judge(request, [VerifierKey.parse(vectors["log_vkey"])], seen)
    assert signed.checkpoint.size == 8
    # The note that a witness keeps has the log's lines alone, not those of other witnesses.
    assert [line.name for line in signed.lines] == [ORIGIN]


def test_the_published_seed_gives_the_published_cosignature(vectors: dict[str, str]) -> None:
    note = vectors["cosigned_checkpoint"].encode()
    signed = open_signed(note, [VerifierKey.parse(vectors["log_vkey"])])
    seed = bytes.fromhex(vectors["witness_seed_hex"])
    signer = SignerKey(
        name="witness.example/w1",
        kind=COSIGNATURE,
        private_key=Ed25519PrivateKey.from_private_bytes(seed),
    )
    assert signed.note(signed.cosigned([signer], time_s=NOON)) == note


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "no empty line"),
        (b"old 0\n", "no empty line"),
        (b"\n\nx", "does not begin with the old size"),
        (b"old\n\nx", "does not begin with the old size"),
        (b"Old 0\n\nx", "does not begin with the old size"),
        (b"old  0\n\nx", "plain decimal"),
        (b"old 00\n\nx", "plain decimal"),
        (b"old 01\n\nx", "plain decimal"),
        (b"old -1\n\nx", "plain decimal"),
        (b"old +1\n\nx", "plain decimal"),
        (b"old 1_0\n\nx", "plain decimal"),
        (b"old 1\r\n\nx", "plain decimal"),
        ("old １\n\nx".encode(), "base64"),
        (b"old 9223372036854775808\n\nx", "plain decimal"),
        (b"old 1\nAA==\n\nx", "32 bytes"),
        (b"old 1\n \n\nx", "base64"),
        (b"old 1\n" + b"A" * 42 + b"B=\n\nx", "base64"),
        (b"old 1\n" + b"A" * 43 + b"\n\nx", "base64"),
    ],
)
def test_a_request_in_any_other_form_is_refused_as_malformed(raw: bytes, said: str) -> None:
    with pytest.raises(MalformedRequestError, match=said) as refused:
        AddCheckpoint.decode(raw)
    assert refused.value.status == 400


def test_the_largest_size_is_read() -> None:
    assert AddCheckpoint.decode(b"old 9223372036854775807\n\nx").old_size == 2**63 - 1


def test_sixty_three_lines_of_proof_are_read_and_one_more_is_refused() -> None:
    line = b"A" * 43 + b"=\n"
    assert len(AddCheckpoint.decode(b"old 1\n" + line * MAX_PATH_LINES + b"\nx").path) == 63
    with pytest.raises(MalformedRequestError, match="63"):
        AddCheckpoint.decode(b"old 1\n" + line * (MAX_PATH_LINES + 1) + b"\nx")


def test_a_request_of_the_most_bytes_is_read_and_one_more_is_refused() -> None:
    most = b"old 0\n\n".ljust(MAX_REQUEST_BYTES, b"x")
    assert AddCheckpoint.decode(most).note == b"x" * (MAX_REQUEST_BYTES - 7)
    with pytest.raises(MalformedRequestError, match="bytes"):
        AddCheckpoint.decode(most + b"x")


@given(st.binary(max_size=300))
def test_whatever_the_body_a_request_or_its_one_refusal_comes_back(raw: bytes) -> None:
    for body in (raw, b"old 3\n\n" + raw, b"old 3\n" + b"A" * 43 + b"=\n\n" + raw):
        try:
            request = AddCheckpoint.decode(body)
        except WitnessRefusal:
            continue
        assert request.encode() == body


@given(st.integers(0, 500), st.binary(max_size=3))
def test_a_disturbed_request_is_refused_and_nothing_else_happens(place: int, put: bytes) -> None:
    raw = asked(3, 8)
    place = min(place, len(raw))
    disturbed = raw[:place] + put + raw[place + 1 :]
    try:
        signed = judge(AddCheckpoint.decode(disturbed), KEYS, at(3))
    except WitnessRefusal:
        return
    assert signed.checkpoint == at(8)


# The decision.


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (0, 8), (3, 8), (4, 8), (8, 8), (3, 300)])
def test_a_checkpoint_that_continues_the_last_one_is_granted(old: int, new: int) -> None:
    seen = at(old) if old else None
    assert judge(AddCheckpoint.decode(asked(old, new)), KEYS, seen).checkpoint == at(new)


def test_after_the_empty_tree_any_checkpoint_follows_and_needs_no_proof() -> None:
    assert judge(AddCheckpoint.decode(asked(0, 8)), KEYS, at(0)).checkpoint == at(8)


def test_a_log_of_another_origin_is_not_known() -> None:
    request = AddCheckpoint.decode(asked(0, 8, signer=OTHER_LOG))
    assert judge(request, KEYS, None).checkpoint.origin == "other.example/log"
    with pytest.raises(UnknownLogError) as refused:
        judge(request, KEYS[:2], None)
    assert refused.value.status == 404


def test_a_checkpoint_signed_by_nobody_trusted_is_refused() -> None:
    request = AddCheckpoint.decode(asked(0, 8, signer=NEXT_LOG))
    assert judge(request, KEYS, None).checkpoint == at(8)
    with pytest.raises(UntrustedCheckpointError) as refused:
        judge(request, KEYS[:1], None)
    assert refused.value.status == 403


def test_a_log_does_not_sign_for_another() -> None:
    note = sign_note(at(8).text(), OTHER_LOG)
    with pytest.raises(UntrustedCheckpointError):
        judge(AddCheckpoint(old_size=0, path=(), note=note), KEYS, None)


def test_a_false_signature_of_a_known_key_is_refused_though_another_is_true() -> None:
    line = SignatureLine(name=ORIGIN, key_id=NEXT_LOG.verifier.key_id, signature=bytes(64))
    note = add_signatures(sign_note(at(8).text(), LOG), [line])
    request = AddCheckpoint(old_size=0, path=(), note=note)
    assert judge(request, KEYS[:1], None).checkpoint == at(8)
    with pytest.raises(UntrustedCheckpointError):
        judge(request, KEYS, None)


@pytest.mark.parametrize(
    "text", ["", f"{ORIGIN}\n", f"{ORIGIN}\n8\n", f"{ORIGIN}\n08\nAA==\n", f"{ORIGIN}\n8\nAA==\n"]
)
def test_a_note_that_is_no_checkpoint_is_malformed(text: str) -> None:
    note = sign_note(text or "\n", LOG)
    with pytest.raises(MalformedRequestError):
        judge(AddCheckpoint(old_size=0, path=(), note=note), KEYS, None)
    with pytest.raises(MalformedRequestError):
        judge(AddCheckpoint(old_size=0, path=(), note=text.encode()), KEYS, None)


def test_an_old_size_above_the_checkpoints_is_malformed_and_its_own_is_not() -> None:
    assert judge(AddCheckpoint.decode(asked(8, 8)), KEYS, at(8)).checkpoint == at(8)
    with pytest.raises(MalformedRequestError, match="above") as refused:
        judge(AddCheckpoint.decode(asked(9, 8)), KEYS, at(9))
    assert refused.value.status == 400


@pytest.mark.parametrize("old", [0, 3, 6])
def test_a_request_that_begins_elsewhere_is_told_the_size_seen_last(old: int) -> None:
    with pytest.raises(StaleSizeError) as refused:
        judge(AddCheckpoint.decode(asked(old, 8)), KEYS, at(5))
    assert (refused.value.status, refused.value.size) == (409, 5)


def test_a_request_that_begins_anywhere_is_told_that_nothing_was_seen() -> None:
    with pytest.raises(StaleSizeError) as refused:
        judge(AddCheckpoint.decode(asked(3, 8)), KEYS, None)
    assert refused.value.size == 0


def test_a_proof_from_another_history_is_refused() -> None:
    with pytest.raises(InconsistentCheckpointError) as refused:
        judge(AddCheckpoint.decode(asked(3, 8, FORKED)), KEYS, at(3))
    assert refused.value.status == 422


def test_a_missing_or_a_needless_proof_is_refused() -> None:
    for old, seen, path in ((3, at(3), ()), (0, None, (bytes(32),)), (8, at(8), (bytes(32),))):
        note = sign_note(at(8).text(), LOG)
        with pytest.raises(InconsistentCheckpointError):
            judge(AddCheckpoint(old_size=old, path=path, note=note), KEYS, seen)


def test_one_size_with_two_roots_is_refused_and_contradicts() -> None:
    with pytest.raises(InconsistentCheckpointError, match="two roots"):
        judge(AddCheckpoint.decode(asked(8, 8, FORKED)), KEYS, at(8))
    assert contradict(at(8), at(8, FORKED))
    assert not contradict(at(8), at(8))
    assert not contradict(at(8), at(7, FORKED))
    assert not contradict(at(8), at(8, FORKED, "other.example/log"))


def test_an_empty_tree_with_another_root_than_the_empty_one_is_refused() -> None:
    false = Checkpoint(origin=ORIGIN, size=0, root=bytes(32))
    request = AddCheckpoint(old_size=0, path=(), note=sign_note(false.text(), LOG))
    with pytest.raises(InconsistentCheckpointError):
        judge(request, KEYS, None)


def test_the_lines_that_another_log_adds_are_cosigned_along() -> None:
    text = at(8).text() + "an extension\nanother\n"
    signed = open_signed(sign_note(text, LOG), KEYS)
    assert signed.checkpoint == at(8)
    assert signed.extensions == "an extension\nanother\n"
    note = signed.note(signed.cosigned([WITNESS], time_s=NOON))
    opened = open_note(note, [LOG.verifier, WITNESS.verifier])
    assert opened.text == text
    assert opened.cosigned_at(WITNESS.name) == NOON


def test_of_each_key_that_signed_one_line_is_kept() -> None:
    raw = sign_note(at(8).text(), LOG)
    (line,) = Note.parse(raw).lines
    (second,) = Note.parse(sign_note(at(8).text(), NEXT_LOG)).lines
    both = Note(text=at(8).text(), lines=(line, second, line)).encode()
    assert open_signed(both, KEYS).lines == (line, second)


def test_an_extension_is_a_line_that_is_not_empty() -> None:
    assert read_checkpoint(at(8).text() + "x\n") == (at(8), "x\n")
    with pytest.raises(NoteError, match="empty line"):
        read_checkpoint(at(8).text() + "\nx\n")


# The side that asks.


def test_a_witness_shows_a_logs_checkpoint_under_the_hash_of_its_origin() -> None:
    digest = hashlib.sha256(b"exchange.example/ledger").hexdigest()
    assert monitoring_path(ORIGIN) == f"{digest}/checkpoint"


def test_the_size_of_a_conflict_is_read_in_its_one_form() -> None:
    assert read_size(b"0\n") == 0
    assert read_size(b"20852014\n") == 20_852_014
    for raw in (b"", b"\n", b"8", b"08\n", b"8\n\n", b"8\r\n", b"-8\n", b"9223372036854775808\n"):
        with pytest.raises(MalformedRequestError):
            read_size(raw)


def test_the_lines_of_an_answer_are_those_of_the_witness_that_was_asked() -> None:
    note = sign_note(at(8).text(), LOG)
    own, strange = (
        cosign(at(8), key, time_s=NOON)
        for key in (WITNESS, key_of(5, "witness.example/w2", COSIGNATURE))
    )
    answer = (strange.encode() + own.encode() + own.encode()).encode()
    assert read_cosignatures(answer, note, WITNESS.verifier) == (own,)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"ok\n",
        cosign(at(7), WITNESS, time_s=NOON).encode().encode(),
        cosign(at(8), WITNESS, time_s=0).encode().encode(),
        cosign(at(8), WITNESS, time_s=NOON).encode().encode()[:-1],
        b"more\n\n" + cosign(at(8), WITNESS, time_s=NOON).encode().encode(),
        cosign(at(8), key_of(5, "witness.example/w1", COSIGNATURE), time_s=1).encode().encode(),
    ],
    ids=["empty", "chat", "other-size", "no-time", "cut", "more-text", "other-key"],
)
def test_an_answer_without_a_true_line_of_the_witness_is_refused(answer: bytes) -> None:
    with pytest.raises(NoteError):
        read_cosignatures(answer, sign_note(at(8).text(), LOG), WITNESS.verifier)


@given(st.binary(max_size=200))
def test_whatever_the_answer_lines_or_their_one_refusal_come_back(raw: bytes) -> None:
    true = cosign(at(8), WITNESS, time_s=NOON).encode().encode()
    for answer in (raw, true + raw, raw + true):
        try:
            lines = read_cosignatures(answer, sign_note(at(8).text(), LOG), WITNESS.verifier)
        except NoteError:
            continue
        assert lines
