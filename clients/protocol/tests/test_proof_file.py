"""A `.tlog-proof` has one form: it comes back byte for byte, and anything else is refused."""

import base64
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import merkle
from relay_protocol.errors import ProofError, ProtocolError
from relay_protocol.note import (
    SignatureLine,
    SignerKey,
    VerifierKey,
    add_signatures,
    open_checkpoint,
)
from relay_protocol.proof import Proof
from relay_protocol.proof_file import (
    MAX_BYTES,
    MAX_PATH,
    ProofText,
    decode_proof,
    encode_proof,
)

HASH = base64.b64encode(bytes(32)).decode()
PLAIN = f"c2sp.org/tlog-proof@v1\nindex 2\n{HASH}\n\nlog\n3\n{HASH}\n\n— log AAAAAAA=\n"


def test_the_published_file_is_read_and_proves_its_entry(
    vectors: dict[str, str | list[str]],
) -> None:
    raw = str(vectors["tlog_proof_index_2"]).encode()
    text = ProofText.decode(raw)
    log = VerifierKey.parse(str(vectors["log_vkey"]))
    witness = VerifierKey.parse(str(vectors["witness_vkey"]))
    checkpoint, opened = open_checkpoint(text.checkpoint, log, (witness,))
    leaf = merkle.leaf_hash(bytes.fromhex(str(vectors["entry_2_hex"])))
    merkle.check_inclusion(leaf, text.index, checkpoint.size, text.path, checkpoint.root)
    assert [base64.b64encode(step).decode() for step in text.path] == vectors["inclusion_2_of_8"]
    assert opened.cosigned_at("witness.example/w1") == 1_700_000_000
    assert text.encode() == raw


def test_the_published_file_holds_no_entry_of_ours(vectors: dict[str, str | list[str]]) -> None:
    with pytest.raises(ProofError, match="carries no entry"):
        decode_proof(str(vectors["tlog_proof_index_2"]).encode())


def test_a_proof_comes_back_from_its_file(proof: Proof, clear_proof: Proof) -> None:
    assert decode_proof(encode_proof(proof)) == proof
    assert decode_proof(encode_proof(clear_proof)) == clear_proof


def test_a_file_says_index_hashes_and_checkpoint_in_lines(proof: Proof) -> None:
    lines = encode_proof(proof).decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    extra = base64.b64decode(lines[1].removeprefix("extra "))
    length = len(proof.entry)
    assert extra[:2] == bytes((length >> 8, length & 255))
    assert extra[2 : 2 + length] == proof.entry
    assert proof.reveal is not None
    assert extra[2 + length :] == proof.reveal.salt + proof.reveal.signed
    assert lines[2] == "index 1"
    assert [base64.b64decode(line) for line in lines[3:5]] == list(proof.path)
    assert "\n".join(lines[5:]).encode() == b"\n" + proof.checkpoint


def test_nothing_follows_the_entry_of_a_clear_act(clear_proof: Proof) -> None:
    extra = ProofText.decode(encode_proof(clear_proof)).extra
    assert extra[2:] == clear_proof.entry


def test_every_signature_line_travels_along(proof: Proof, log_signer: SignerKey) -> None:
    witness = SignatureLine(name="witness.example/w1", key_id=bytes(4), signature=bytes(72))
    cosigned = replace(proof, checkpoint=add_signatures(proof.checkpoint, [witness]))
    again = decode_proof(encode_proof(cosigned))
    assert again.checkpoint == cosigned.checkpoint
    again.check(log_signer.verifier)


def test_a_plain_file_of_another_log_is_read() -> None:
    assert ProofText.decode(PLAIN.encode()).index == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("proof@v1", "proof@v2"),
        ("c2sp.org/tlog-proof@v1\n", ""),
        ("index 2", "index 02"),
        ("index 2", "index -2"),
        ("index 2", "index +2"),
        ("index 2", "index 2 "),
        ("index 2", "index ２"),  # noqa: RUF100 a full-width digit is none
        ("index 2", "index"),
        ("index 2", "Index 2"),
        ("index 2", "2"),
        ("index 2", f"index {10**19}"),
        ("index 2\n", "index 2\nindex 2\n"),
        ("index 2\n", "index 2\n\n"),
        ("index 2\n", "extra\nindex 2\n"),
        ("index 2\n", "extra \nindex 2\n"),
        ("index 2\n", "extra AA\nindex 2\n"),
        ("index 2\n", "extra AB==\nindex 2\n"),
        ("index 2\n", "extra AA==\nextra AA==\nindex 2\n"),
        ("index 2\n", "index 2\nextra AA==\n"),
        (f"{HASH}\n\n", f"{HASH[:-2]}\n\n"),
        (f"{HASH}\n\n", f"{HASH} \n\n"),
        (f"{HASH}\n\n", f"{HASH}\r\n\n"),
        (f"{HASH}\n\n", "AAAA\n\n"),
        ("\n\n", "\n"),
    ],
)
def test_a_file_in_any_other_form_is_refused(old: str, new: str) -> None:
    changed = PLAIN.replace(old, new)
    assert changed != PLAIN
    try:
        text = ProofText.decode(changed.encode())
    except ProofError:
        return
    # The empty line has moved: what follows it is no checkpoint any more.
    with pytest.raises(ProtocolError):
        open_checkpoint(text.checkpoint, VerifierKey(name="log", kind=1, public_key=bytes(32)))


def test_a_path_has_at_most_63_hashes() -> None:
    longest = PLAIN.replace(f"{HASH}\n\n", f"{HASH}\n" * MAX_PATH + "\n", 1)
    assert len(ProofText.decode(longest.encode()).path) == MAX_PATH
    with pytest.raises(ProofError, match="63"):
        ProofText.decode(longest.replace("index 2\n", f"index 2\n{HASH}\n").encode())


def test_a_file_longer_than_any_proof_is_refused_unread() -> None:
    with pytest.raises(ProofError, match="longer"):
        ProofText.decode(b"\n" * (MAX_BYTES + 1))
    with pytest.raises(ProofError, match="not a tlog-proof"):
        ProofText.decode(b"x" * MAX_BYTES)


def test_an_index_other_than_the_entrys_place_is_refused(proof: Proof) -> None:
    other = encode_proof(proof).replace(b"index 1\n", b"index 2\n")
    with pytest.raises(ProofError, match="place of its entry"):
        decode_proof(other)


def test_a_reveal_where_none_belongs_and_a_missing_one_are_refused(
    proof: Proof, clear_proof: Proof
) -> None:
    for one in (replace(proof, reveal=None), replace(clear_proof, reveal=proof.reveal)):
        with pytest.raises(ProofError, match="belongs to a committed entry"):
            decode_proof(encode_proof(one))


def test_an_entry_that_is_cut_off_or_followed_by_a_byte_is_refused(proof: Proof) -> None:
    text = ProofText.decode(encode_proof(proof))
    for extra in (b"\x00", text.extra[:100], text.extra + b" ", text.extra[:2]):
        with pytest.raises(ProofError):
            decode_proof(replace(text, extra=extra).encode())


@given(raw=st.binary(max_size=400))
def test_no_bytes_end_in_anything_but_a_proof_or_its_refusal(raw: bytes) -> None:
    for content in (raw, b"c2sp.org/tlog-proof@v1\n" + raw):
        with pytest.raises(ProofError):
            decode_proof(content)


@given(place=st.integers(min_value=0), bit=st.integers(0, 7), length=st.integers(0, 40))
def test_a_file_changed_anywhere_is_refused_or_proves_the_same(
    proof: Proof, told: object, log_signer: SignerKey, place: int, bit: int, length: int
) -> None:
    raw = encode_proof(proof)
    place %= len(raw)
    flipped = raw[:place] + bytes([raw[place] ^ 1 << bit]) + raw[place + 1 :]
    for changed in (
        flipped,
        raw[:place] + raw[place + 1 + length :],
        raw[: place + 1] + raw[place:],
    ):
        try:
            signed, _ = decode_proof(changed).check(log_signer.verifier)
        except ProtocolError:
            continue
        assert signed == told


@given(
    index=st.integers(0, 2**63 - 1),
    extra=st.binary(max_size=200),
    path=st.lists(st.binary(min_size=32, max_size=32), max_size=63),
    checkpoint=st.binary(max_size=200),
)
def test_what_is_written_is_read_again(
    index: int, extra: bytes, path: list[bytes], checkpoint: bytes
) -> None:
    text = ProofText(extra=extra, index=index, path=tuple(path), checkpoint=checkpoint)
    assert ProofText.decode(text.encode()) == text
