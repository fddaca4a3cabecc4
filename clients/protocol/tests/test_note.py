import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol.encoding import b64_encode
from relay_protocol.errors import NoteError
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
    open_checkpoint,
    open_note,
    sign_note,
)

HERE = Path(__file__).parent
PUBLISHED = HERE.parents[2].parent / "shared" / "kat" / "ledger_vectors.json"

Vectors = dict[str, str]

ORIGIN = "exchange.example/ledger"
CHECKPOINT = Checkpoint(
    origin=ORIGIN,
    size=8,
    root=bytes.fromhex("5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
)
TEXT = CHECKPOINT.text()


def key_of(seed: int, name: str, kind: int = ED25519) -> SignerKey:
    private_key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
    return SignerKey(name=name, kind=kind, private_key=private_key)


LOG = key_of(1, ORIGIN)
WITNESS = key_of(2, "witness.example/w1", COSIGNATURE)
OTHER = key_of(3, "other.example")
SIGNED = sign_note(TEXT, LOG)


def with_lines(*lines: str) -> bytes:
    """Return a note over TEXT with these lines, each without its newline."""
    return (TEXT + "\n" + "".join(f"{line}\n" for line in lines)).encode()


def line_of(signer: SignerKey, text: str = TEXT) -> str:
    return Note.parse(sign_note(text, signer)).lines[0].encode().removesuffix("\n")


# Keys.


def test_our_copy_of_the_vectors_says_what_the_published_one_says() -> None:
    if not PUBLISHED.exists():
        pytest.skip("the published vectors lie beside the development checkout only")
    ours = json.loads((HERE / "vectors" / "ledger_vectors.json").read_text("utf-8"))
    published = json.loads(PUBLISHED.read_text("utf-8"))
    assert ours == {name: published[name] for name in ours}


@pytest.mark.parametrize(("which", "kind"), [("log", ED25519), ("witness", COSIGNATURE)])
def test_a_published_seed_has_its_published_verifier_key(
    vectors: Vectors, which: str, kind: int
) -> None:
    private_key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(vectors[f"{which}_seed_hex"]))
    published = VerifierKey.parse(vectors[f"{which}_vkey"])
    assert SignerKey(name=published.name, kind=kind, private_key=private_key).verifier == published
    assert published.encode() == vectors[f"{which}_vkey"]


def test_a_key_id_is_the_start_of_the_hash_over_name_kind_and_key() -> None:
    key = VerifierKey(name="a.example", kind=4, public_key=bytes(range(32)))
    whole = hashlib.sha256(b"a.example\n\x04" + bytes(range(32))).digest()
    assert key.key_id == whole[:4]


def test_base64_with_a_plus_in_it_does_not_end_a_verifier_key() -> None:
    key = VerifierKey(name="a.example", kind=1, public_key=b"\xfb" * 32)
    assert "+" in key.encode().split("+", 2)[2]
    assert VerifierKey.parse(key.encode()) == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.example",
        "a.example+e27205c9",
        "+e27205c9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "exchange.example/ledger+e27205c8+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "exchange.example/ledger+E27205C9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "exchange.example/ledger+e27205c+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "exchange.example/ledger+e27205c9+",
        "exchange.example/ledger+e27205c9+AQ==",
        "exchange.example/ledger+e27205c9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG",
        "exchange.example/ledger+e27205c9+AQOhB7/zzhC-HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "exchange.example/ledger+e27205c9+BgOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        " exchange.example/ledger+e27205c9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        "exchange.example/ledger+e27205c9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n",
    ],
)
def test_a_verifier_key_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


@pytest.mark.parametrize(
    "name", ["", "a b", "a+b", "a\nb", "a\tb", "a\u3000b", "a\u00a0b", "a\x00b", "a\ud800"]
)
def test_a_name_that_no_signature_line_could_carry_is_refused(name: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey(name=name, kind=ED25519, public_key=bytes(32))
    with pytest.raises(NoteError):
        key_of(1, name)


def test_a_name_may_be_japanese() -> None:
    signer = key_of(1, "紹介.example")
    opened = open_note(sign_note("連絡\n", signer), [signer.verifier])
    assert opened.text == "連絡\n"


@pytest.mark.parametrize(("kind", "length"), [(1, 31), (1, 33), (4, 0), (2, 32), (6, 32), (0, 32)])
def test_a_key_of_unknown_kind_or_other_length_is_refused(kind: int, length: int) -> None:
    with pytest.raises(NoteError):
        VerifierKey(name="a.example", kind=kind, public_key=bytes(length))


def test_a_private_key_is_not_shown_when_its_signer_is_printed() -> None:
    assert "private_key" not in repr(LOG)


# Signing and opening.


def test_the_published_checkpoint_opens_under_both_published_keys(vectors: Vectors) -> None:
    log, witness = (VerifierKey.parse(vectors[f"{which}_vkey"]) for which in ("log", "witness"))
    raw = vectors["cosigned_checkpoint"].encode()
    checkpoint, opened = open_checkpoint(raw, log, [witness])
    assert checkpoint == CHECKPOINT
    assert opened.signed_by(log)
    assert opened.signed_by(witness)
    assert opened.cosigned_at(log.name) is None
    assert opened.cosigned_at(witness.name) == 1_700_000_000


def test_the_published_seeds_give_the_published_checkpoint_again(vectors: Vectors) -> None:
    log, witness = (
        SignerKey(
            name=VerifierKey.parse(vectors[f"{which}_vkey"]).name,
            kind=kind,
            private_key=Ed25519PrivateKey.from_private_bytes(
                bytes.fromhex(vectors[f"{which}_seed_hex"])
            ),
        )
        for which, kind in (("log", ED25519), ("witness", COSIGNATURE))
    )
    signed = sign_note(TEXT, log)
    cosigned = add_signatures(signed, [cosign(CHECKPOINT, witness, time_s=1_700_000_000)])
    assert cosigned.decode() == vectors["cosigned_checkpoint"]


def test_a_signed_text_opens_under_its_key_alone() -> None:
    assert open_note(SIGNED, [LOG.verifier]).text == TEXT
    with pytest.raises(NoteError, match="no known key"):
        open_note(SIGNED, [OTHER.verifier])
    with pytest.raises(NoteError, match="no known key"):
        open_note(SIGNED, [])


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    raw = with_lines(line_of(OTHER), line_of(LOG))
    opened = open_note(raw, [LOG.verifier])
    assert list(opened.signatures) == [ORIGIN]
    assert not opened.signed_by(OTHER.verifier)


def test_a_key_with_a_known_name_or_a_known_id_alone_is_unknown() -> None:
    same_name = key_of(4, ORIGIN)
    same_id = SignatureLine(name="b.example", key_id=LOG.verifier.key_id, signature=bytes(64))
    raw = with_lines(line_of(same_name), same_id.encode().strip(), line_of(LOG))
    opened = open_note(raw, [LOG.verifier])
    assert opened.signed_by(LOG.verifier)
    assert not opened.signed_by(same_name.verifier)


def test_a_false_signature_of_a_known_key_refuses_the_note_though_others_are_true() -> None:
    for_another_text = line_of(OTHER, "another text\n")
    raw = with_lines(line_of(LOG), for_another_text)
    assert open_note(raw, [LOG.verifier]).text == TEXT
    with pytest.raises(NoteError, match=r"other\.example is false"):
        open_note(raw, [LOG.verifier, OTHER.verifier])


@pytest.mark.parametrize("length", [1, 63, 65, 72])
def test_a_signature_of_another_length_is_refused(length: int) -> None:
    line = SignatureLine(name=ORIGIN, key_id=LOG.verifier.key_id, signature=bytes(length))
    with pytest.raises(NoteError):
        open_note(with_lines(line.encode().strip()), [LOG.verifier])


def test_every_changed_bit_of_the_text_is_seen() -> None:
    for at in range(len(TEXT)):
        raw = bytearray(SIGNED)
        raw[at] ^= 1
        with pytest.raises(NoteError):
            open_note(bytes(raw), [LOG.verifier])


def test_a_line_given_twice_counts_once() -> None:
    opened = open_note(with_lines(line_of(LOG), line_of(LOG)), [LOG.verifier])
    assert len(opened.signatures[ORIGIN]) == 1


def test_two_known_keys_of_one_name_both_count() -> None:
    later = key_of(4, ORIGIN)
    opened = open_note(with_lines(line_of(LOG), line_of(later)), [LOG.verifier, later.verifier])
    assert [one.key for one in opened.signatures[ORIGIN]] == [LOG.verifier, later.verifier]


def test_a_key_known_twice_is_known_once() -> None:
    assert open_note(SIGNED, [LOG.verifier, LOG.verifier]).signed_by(LOG.verifier)


def test_a_text_may_hold_empty_lines_of_its_own() -> None:
    for text in ("\n", "a\n\nb\n", "a\n\n", "\n\na\n", "— not a signature\n\nb\n"):
        raw = sign_note(text, LOG)
        assert open_note(raw, [LOG.verifier]).text == text
        assert Note.parse(raw).encode() == raw


@pytest.mark.parametrize(
    "text", ["", "no end of line", "a\r\n", "a\tb\n", "a\x00b\n", "\x1f\n", "\ud800\n"]
)
def test_a_text_that_no_note_may_hold_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        sign_note(text, LOG)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\n",
        b"\n\n",
        b"\n\n\n",
        TEXT.encode(),
        TEXT.encode() + b"\n",
        SIGNED.removesuffix(b"\n"),
        SIGNED + b"\n",
        SIGNED + b"more\n",
        SIGNED + b"\xe2\x80\x94 name\n",
        SIGNED.replace(b"\n\n", b"\n"),
        SIGNED.replace("— ".encode(), b"- "),
        SIGNED.replace("— ".encode(), "—".encode()),
        SIGNED.replace("— ".encode(), "—  ".encode()),
        SIGNED.replace(b"\n", b"\r\n"),
        SIGNED.replace(b"ledger\n8", b"ledger\t\n8"),
        SIGNED.replace(b"ledger\n8", b"ledger\xff\n8"),
        SIGNED[:-3] + b"\n",
        SIGNED[:-1] + b" \n",
        b"\xef\xbb\xbf" + SIGNED,
    ],
)
def test_bytes_that_are_no_note_of_this_text_are_refused(raw: bytes) -> None:
    with pytest.raises(NoteError):
        open_note(raw, [LOG.verifier])


@pytest.mark.parametrize(
    "line",
    [
        "",
        "—",
        "— ",
        "— name",
        "— name ",
        "— name AAAA",  # fewer than four bytes of key id
        "— name AAAAAA==",  # a key id and nothing after it
        "— name AAAAAAA",  # not padded
        "— name AAAAAAB=",  # bits set that belong to no byte
        "— name AAAAAAA= ",
        "— name  AAAAAAA=",
        "— na+me AAAAAAA=",
        "— na\u3000me AAAAAAA=",
        " — name AAAAAAA=",
        "– name AAAAAAA=",
        "name AAAAAAA=",
    ],
)
def test_one_malformed_line_refuses_the_note_though_nobody_known_is_named(line: str) -> None:
    assert open_note(with_lines(line_of(LOG), "— name AAAAAAA="), [LOG.verifier]).text == TEXT
    with pytest.raises(NoteError):
        open_note(with_lines(line_of(LOG), line), [LOG.verifier])


def test_a_hundred_signatures_are_read_and_one_more_is_refused() -> None:
    unknown = [f"— {number}.example AAAAAAA=" for number in range(100)]
    raw = with_lines(line_of(LOG), *unknown[:99])
    assert open_note(raw, [LOG.verifier]).text == TEXT
    with pytest.raises(NoteError):
        open_note(with_lines(line_of(LOG), *unknown), [LOG.verifier])
    with pytest.raises(NoteError):
        add_signatures(raw, [SignatureLine.parse(unknown[99])])


def test_a_note_of_one_megabyte_is_read_and_signed_and_a_larger_one_refused() -> None:
    without_text = len(sign_note("\n", LOG))
    largest = "x" * (1_000_000 - without_text) + "\n"
    raw = sign_note(largest, LOG)
    assert len(raw) == 1_000_000
    assert open_note(raw, [LOG.verifier]).text == largest
    with pytest.raises(NoteError):
        sign_note("x" + largest, LOG)
    with pytest.raises(NoteError):
        open_note(b"x" + raw, [LOG.verifier])


def test_a_note_without_signatures_has_no_bytes() -> None:
    with pytest.raises(NoteError):
        Note(text=TEXT, lines=()).encode()


def test_signatures_are_added_once_and_in_order() -> None:
    lines = [SignatureLine.parse(line_of(OTHER)), SignatureLine.parse(line_of(key_of(5, "c")))]
    raw = add_signatures(SIGNED, lines)
    assert Note.parse(raw).lines == (Note.parse(SIGNED).lines[0], *lines)
    assert add_signatures(raw, lines) == raw


@given(st.binary(max_size=60))
def test_any_bytes_are_a_note_or_refused(raw: bytes) -> None:
    with pytest.raises(NoteError):
        open_note(raw, [LOG.verifier])


@given(st.text(max_size=80))
def test_any_text_is_a_verifier_key_or_refused(text: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


@given(st.integers(0, len(SIGNED) - 1), st.binary(max_size=3), st.integers(0, 3))
def test_a_note_damaged_anywhere_is_refused_or_still_says_the_same(
    at: int, inserted: bytes, dropped: int
) -> None:
    raw = SIGNED[:at] + inserted + SIGNED[at + dropped :]
    try:
        opened = open_note(raw, [LOG.verifier])
    except NoteError:
        return
    assert opened.text == TEXT
    assert opened.signed_by(LOG.verifier)


# Cosignatures.


def test_a_cosignature_holds_for_its_text_and_its_time() -> None:
    line = cosign(CHECKPOINT, WITNESS, time_s=1_800_000_000)
    message = f"cosignature/v1\ntime 1800000000\n{TEXT}".encode()
    assert line.signature == ((1_800_000_000).to_bytes(8) + WITNESS.private_key.sign(message))
    assert WITNESS.verifier.verify(TEXT, line.signature) == 1_800_000_000


def test_a_cosignature_with_another_time_or_text_is_refused() -> None:
    line = cosign(CHECKPOINT, WITNESS, time_s=1_800_000_000)
    later = (1_800_000_001).to_bytes(8) + line.signature[8:]
    with pytest.raises(NoteError):
        WITNESS.verifier.verify(TEXT, later)
    with pytest.raises(NoteError):
        WITNESS.verifier.verify(TEXT.replace("8", "9"), line.signature)


@pytest.mark.parametrize("length", [0, 8, 64, 71, 73])
def test_a_cosignature_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(NoteError):
        WITNESS.verifier.verify(TEXT, bytes(length))


def test_a_cosignature_reaches_from_the_first_to_the_last_possible_second() -> None:
    for time_s in (0, 2**63 - 1):
        line = cosign(CHECKPOINT, WITNESS, time_s=time_s)
        assert WITNESS.verifier.verify(TEXT, line.signature) == time_s
    for time_s in (-1, 2**63):
        with pytest.raises(NoteError):
            cosign(CHECKPOINT, WITNESS, time_s=time_s)


def test_a_cosignature_beyond_the_last_possible_second_is_refused_though_it_is_signed() -> None:
    message = f"cosignature/v1\ntime {2**63}\n{TEXT}".encode()
    signature = (2**63).to_bytes(8) + WITNESS.private_key.sign(message)
    with pytest.raises(NoteError, match="no possible time"):
        WITNESS.verifier.verify(TEXT, signature)


def test_of_several_cosignatures_of_a_witness_the_latest_tells_how_fresh_they_are() -> None:
    lines = [cosign(CHECKPOINT, WITNESS, time_s=time_s) for time_s in (200, 300, 100)]
    opened = open_note(add_signatures(SIGNED, lines), [LOG.verifier, WITNESS.verifier])
    assert [one.time_s for one in opened.signatures[WITNESS.name]] == [200, 300, 100]
    assert opened.cosigned_at(WITNESS.name) == 300


def test_nobody_who_has_not_signed_has_cosigned() -> None:
    opened = open_note(SIGNED, [LOG.verifier, WITNESS.verifier])
    assert opened.cosigned_at(WITNESS.name) is None
    assert not opened.signed_by(WITNESS.verifier)


def test_a_key_of_one_kind_does_not_do_the_work_of_the_other() -> None:
    with pytest.raises(NoteError):
        sign_note(TEXT, WITNESS)
    with pytest.raises(NoteError):
        cosign(CHECKPOINT, LOG, time_s=0)


def test_one_private_key_under_both_kinds_is_two_keys() -> None:
    plain = key_of(7, "w.example")
    timed = key_of(7, "w.example", COSIGNATURE)
    assert plain.verifier.public_key == timed.verifier.public_key
    assert plain.verifier.key_id != timed.verifier.key_id
    line = cosign(CHECKPOINT, timed, time_s=5)
    with pytest.raises(NoteError, match="no known key"):
        open_note(with_lines(line.encode().strip()), [plain.verifier])


# Checkpoints.


def test_a_checkpoint_has_the_published_text(vectors: Vectors) -> None:
    published = vectors["cosigned_checkpoint"].partition("\n\n")[0] + "\n"
    assert CHECKPOINT.text() == published
    assert Checkpoint.parse(published) == CHECKPOINT


@pytest.mark.parametrize("size", [0, 1, 2**63 - 1])
def test_a_checkpoint_of_any_possible_size_comes_back_from_its_text(size: int) -> None:
    checkpoint = Checkpoint(origin=ORIGIN, size=size, root=bytes(32))
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


@pytest.mark.parametrize("origin", ["a", "hub.example/ledger", "localhost:8400/ledger", "台帳 1"])
def test_any_one_line_is_an_origin(origin: str) -> None:
    checkpoint = Checkpoint(origin=origin, size=1, root=bytes(32))
    assert Checkpoint.parse(checkpoint.text()) == checkpoint


ROOT = b64_encode(bytes(32))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "\n\n\n",
        f"{ORIGIN}\n8\n{ROOT}",
        f"{ORIGIN}\n8\n{ROOT}\n\n",
        f"{ORIGIN}\n8\n{ROOT}\nextension\n",
        f"\n8\n{ROOT}\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        f"{ORIGIN}\n08\n{ROOT}\n",
        f"{ORIGIN}\n+8\n{ROOT}\n",
        f"{ORIGIN}\n-8\n{ROOT}\n",
        f"{ORIGIN}\n 8\n{ROOT}\n",
        f"{ORIGIN}\n8.0\n{ROOT}\n",
        f"{ORIGIN}\n1_0\n{ROOT}\n",
        f"{ORIGIN}\n٨\n{ROOT}\n",
        f"{ORIGIN}\n\uff18\n{ROOT}\n",
        f"{ORIGIN}\n{2**63}\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n",
        f"{ORIGIN}\n8\n\n",
        f"{ORIGIN}\n8\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n8\n{b64_encode(bytes(31))}\n",
        f"{ORIGIN}\n8\n{b64_encode(bytes(33))}\n",
        f"{ORIGIN}\n8\n{ROOT} \n",
        f"{ORIGIN}\r\n8\r\n{ROOT}\r\n",
    ],
)
def test_a_checkpoint_text_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        Checkpoint.parse(text)


@pytest.mark.parametrize(
    ("origin", "size", "length"),
    [("", 1, 32), ("a\nb", 1, 32), ("a\x00", 1, 32), ("a", -1, 32), ("a", 2**63, 32), ("a", 1, 31)],
)
def test_a_checkpoint_that_could_not_be_written_cannot_be_made(
    origin: str, size: int, length: int
) -> None:
    with pytest.raises(NoteError):
        Checkpoint(origin=origin, size=size, root=bytes(length))


def test_a_checkpoint_that_its_log_has_not_signed_is_refused_though_a_witness_has() -> None:
    line = cosign(CHECKPOINT, WITNESS, time_s=1)
    raw = with_lines(line.encode().strip())
    assert open_note(raw, [LOG.verifier, WITNESS.verifier]).signed_by(WITNESS.verifier)
    with pytest.raises(NoteError, match="the log itself has not signed"):
        open_checkpoint(raw, LOG.verifier, [WITNESS.verifier])
    both = add_signatures(raw, Note.parse(SIGNED).lines)
    assert open_checkpoint(both, LOG.verifier, [WITNESS.verifier])[0] == CHECKPOINT


def test_a_checkpoint_of_another_log_is_refused_though_this_log_has_signed_it() -> None:
    other = Checkpoint(origin="other.example", size=8, root=CHECKPOINT.root)
    with pytest.raises(NoteError, match="another log"):
        open_checkpoint(sign_note(other.text(), LOG), LOG.verifier)


def test_a_signed_note_that_is_no_checkpoint_is_refused_as_one() -> None:
    raw = sign_note("some other text\n", LOG)
    assert open_note(raw, [LOG.verifier]).text == "some other text\n"
    with pytest.raises(NoteError, match="three lines"):
        open_checkpoint(raw, LOG.verifier)


@given(st.text(max_size=60))
def test_any_text_is_a_checkpoint_in_its_one_form_or_refused(text: str) -> None:
    try:
        checkpoint = Checkpoint.parse(text)
    except NoteError:
        return
    assert checkpoint.text() == text


# Whatever is put together from the right pieces.

BASE64 = st.text("AQB/+=g", max_size=12) | st.binary(min_size=1, max_size=80).map(b64_encode)
LINES = st.one_of(
    st.sampled_from(["hub.example/ledger", "0", "8", "08", "9223372036854775808", "", " "]),
    BASE64,
    st.builds("— {} {}".format, st.sampled_from(["hub.example", "a+b", "", "é"]), BASE64),
)


@given(st.lists(LINES, max_size=8).map("\n".join), st.booleans())
def test_any_lines_are_a_note_or_refused(text: str, ended: object) -> None:
    raw = (text + "\n" * bool(ended)).encode()
    try:
        note = Note.parse(raw)
    except NoteError:
        return
    assert note.encode() == raw


@given(LINES)
def test_any_line_is_a_signature_in_its_one_form_or_refused(line: str) -> None:
    try:
        signature = SignatureLine.parse(line)
    except NoteError:
        return
    assert signature.encode() == f"{line}\n"


@given(st.binary(max_size=90))
def test_any_bytes_are_no_signature_of_a_key(raw: bytes) -> None:
    for key in (LOG.verifier, WITNESS.verifier):
        with pytest.raises(NoteError):
            key.verify(TEXT, raw)
