"""A pack opens for its auditor alone, line by line, and every line is the one that is listed."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import pack as room
from relay_protocol.errors import PackError
from relay_protocol.manifest import CloseDocuments, Manifest
from relay_protocol.pack import (
    Pack,
    open_pack,
    open_reveals,
    read_pack,
    seal_pack,
)

KEY = ec.derive_private_key(11, ec.SECP256R1())
OTHER_KEY = ec.derive_private_key(12, ec.SECP256R1())
CLOSES = (
    CloseDocuments(period="2026-11", salt=bytes(32), statements=(b"one", b"two"), netting=b"{}"),
    CloseDocuments(period="2026-12", salt=bytes([1] * 32), statements=(), netting=b""),
)
PACK = Pack(
    log="hub.example/ledger",
    auditor="kansa",
    cut=9,
    until="2026-12-08",
    checkpoint=b"a note",
    reveals={3: b"salt and attestation", 8: b"another"},
    closes=CLOSES,
    closed=((1, 2), (5, 5)),
)


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a part hold two reveals, so that a small pack has several."""
    monkeypatch.setattr("relay_protocol.contents.REVEALS_A_PART", 2)


@pytest.fixture
def lines(small_parts: None) -> list[bytes]:
    """Return a sealed pack of five reveals: its manifest, three parts, and documents."""
    several = replace(PACK, reveals={seq: b"reveal %d" % seq for seq in (0, 3, 4, 7, 8)})
    sealed = seal_pack(several, KEY.public_key()).splitlines(keepends=True)
    assert len(sealed) == 5
    return sealed


def everything(raw: bytes, key: ec.EllipticCurvePrivateKey = KEY) -> tuple[object, ...]:
    """Read a file to its end."""
    reader = read_pack(io.BytesIO(raw), key)
    return reader.manifest, tuple(reader.reveals()), tuple(reader.closes())


def test_its_auditor_opens_it() -> None:
    assert open_pack(seal_pack(PACK, KEY.public_key()), KEY) == PACK


def test_an_empty_pack_is_a_manifest_alone() -> None:
    empty = replace(PACK, cut=0, reveals={}, closes=(), closed=())
    sealed = seal_pack(empty, KEY.public_key())
    assert sealed.count(b"\n") == 1
    assert open_pack(sealed, KEY) == empty


def test_an_incremental_pack_comes_back_as_it_was() -> None:
    later = replace(PACK, first=4, reveals={8: b"another"})
    assert open_pack(seal_pack(later, KEY.public_key()), KEY) == later


def test_its_digest_is_that_of_its_manifest() -> None:
    sealed = seal_pack(PACK, KEY.public_key())
    manifest = read_pack(io.BytesIO(sealed), KEY).manifest
    assert PACK.digest() == hashlib.sha256(manifest.encode()).digest()
    assert manifest == PACK.manifest()


def test_the_manifest_lists_each_part_by_its_digest(small_parts: None) -> None:
    one, two = PACK.reveals[3], PACK.reveals[8]
    written = b"".join(
        [
            (3).to_bytes(8) + len(one).to_bytes(4) + one,
            (8).to_bytes(8) + len(two).to_bytes(4) + two,
        ]
    )
    (listed,) = PACK.manifest().parts
    assert (listed.first, listed.last, listed.count) == (3, 8, 2)
    assert listed.digest == hashlib.sha256(written).digest()


def test_every_line_is_read_in_its_turn(lines: list[bytes]) -> None:
    manifest, reveals, closes = everything(b"".join(lines))
    assert isinstance(manifest, Manifest)
    assert [part.count for part in manifest.parts] == [2, 2, 1]
    assert reveals == tuple((seq, b"reveal %d" % seq) for seq in (0, 3, 4, 7, 8))
    assert closes == CLOSES


def test_parts_that_were_read_before_are_passed_over(lines: list[bytes]) -> None:
    reader = read_pack(io.BytesIO(b"".join(lines)), KEY)
    assert [part.number for part in reader.parts(after=3)] == [2, 3]
    assert tuple(reader.closes()) == CLOSES


@pytest.mark.parametrize(
    ("after", "left"),
    [(-1, [0, 3, 4, 7, 8]), (2, [3, 4, 7, 8]), (3, [4, 7, 8]), (4, [7, 8]), (8, [])],
)
def test_reveals_begin_behind_an_entry(lines: list[bytes], after: int, left: list[int]) -> None:
    reader = read_pack(io.BytesIO(b"".join(lines)), KEY)
    assert [seq for seq, _ in reader.reveals(after)] == left


def test_documents_are_at_hand_without_the_reveals(lines: list[bytes]) -> None:
    assert tuple(read_pack(io.BytesIO(b"".join(lines)), KEY).closes()) == CLOSES


def test_a_part_is_opened_by_itself(lines: list[bytes]) -> None:
    _, second, _ = read_pack(io.BytesIO(b"".join(lines)), KEY).parts()
    assert open_reveals(second, KEY) == [(4, b"reveal 4"), (7, b"reveal 7")]
    with pytest.raises(PackError, match="another key"):
        open_reveals(second, OTHER_KEY)
    with pytest.raises(PackError, match="holds no reveals"):
        open_reveals(replace(second, listed=None), KEY)


def test_the_cover_tells_whom_it_is_for_and_nothing_of_what_is_inside() -> None:
    sealed = seal_pack(PACK, KEY.public_key())
    assert sealed.startswith(b'{"auditor":"kansa","kid":"')
    assert b"attestation" not in sealed


def test_it_is_sealed_anew_each_time() -> None:
    assert seal_pack(PACK, KEY.public_key()) != seal_pack(PACK, KEY.public_key())


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(PackError, match="sealed to another key"):
        open_pack(seal_pack(PACK, KEY.public_key()), OTHER_KEY)


@pytest.mark.parametrize(
    ("said", "other"),
    [
        (b'"auditor":"kansa"', b'"auditor":"other"'),
        (b'"log":"hub.example', b'"log":"bus.example'),
        (b"career-relay/pack/v2", b"career-relay/pack/v3"),
        (b'"number":0', b'"number":1'),
    ],
)
def test_a_pack_is_bound_to_its_ledger_and_auditor(said: bytes, other: bytes) -> None:
    sealed = seal_pack(PACK, KEY.public_key())
    assert said in sealed
    with pytest.raises(PackError):
        open_pack(sealed.replace(said, other, 1), KEY)


def test_a_longer_use_than_was_sealed_is_refused() -> None:
    sealed = seal_pack(PACK, KEY.public_key())
    with pytest.raises(PackError, match="something else than its cover"):
        open_pack(sealed.replace(b'"until":"2026-12-08"', b'"until":"2027-12-08"'), KEY)


def changes(lines: list[bytes]) -> Iterator[tuple[str, list[bytes]]]:
    """Yield what a hub, or whoever passes a pack on, might do to its lines."""
    again = seal_pack(replace(PACK, reveals={}), KEY.public_key()).splitlines(keepends=True)
    for number in range(len(lines)):
        rest = lines[:number] + lines[number + 1 :]
        yield f"without line {number}", rest
        yield f"line {number} twice", [*lines[: number + 1], *lines[number:]]
        yield f"line {number} cut", [*lines[:number], lines[number][:-2]]
        yield f"line {number} empty", [*lines[:number], b"\n", *lines[number + 1 :]]
        yield f"up to line {number}", lines[:number]
        for other in range(number):
            swapped = list(lines)
            swapped[number], swapped[other] = swapped[other], swapped[number]
            yield f"lines {other} and {number} swapped", swapped
    yield "another pack's manifest", [again[0], *lines[1:]]
    yield "another pack's documents", [*lines[:-1], again[-1]]
    yield "a line more", [*lines, b"\n"]
    yield "a byte more", [*lines, b"x"]


def test_a_pack_whose_lines_are_others_is_refused(lines: list[bytes]) -> None:
    everything(b"".join(lines))
    for what, changed in changes(lines):
        with pytest.raises(PackError):
            pytest.fail(f"{what} was taken: {everything(b''.join(changed))}")


def test_a_part_of_another_pack_in_the_same_place_is_refused(
    lines: list[bytes], small_parts: None
) -> None:
    other = replace(PACK, reveals={seq: b"Reveal %d" % seq for seq in (0, 3, 4, 7, 8)})
    foreign = seal_pack(other, KEY.public_key()).splitlines(keepends=True)
    with pytest.raises(PackError, match="line 2 of the pack is not the part that is listed"):
        everything(b"".join([*lines[:2], foreign[2], *lines[3:]]))


@given(st.data())
def test_one_changed_letter_anywhere_is_noticed(data: st.DataObject) -> None:
    raw = seal_pack(PACK, KEY.public_key())
    at = data.draw(st.integers(0, len(raw) - 1))
    changed = bytearray(raw)
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(PackError):
        everything(bytes(changed))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_sealed_pack_are_refused(raw: bytes) -> None:
    with pytest.raises(PackError):
        open_pack(raw, KEY)


@given(st.lists(st.sampled_from([b'"sealed":"', b'"', b"\n", b"{", b"}", b"AA", b'"number":0'])))
def test_pieces_of_lines_are_refused(pieces: list[bytes]) -> None:
    with pytest.raises(PackError):
        everything(b"".join(pieces))


class Endless:
    """A file without an end, that counts how much of it was asked for."""

    def __init__(self, line: bytes) -> None:
        self.asked = 0
        self._line = line

    def readline(self, size: int, /) -> bytes:
        """Return a line, or as much of it as was asked for."""
        self.asked += 1
        return (self._line * (size // len(self._line) + 1))[:size] if size > 0 else b""


def test_a_line_without_end_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "FIRST_LINE_BYTES", 1_000)
    endless = Endless(b"x")
    with pytest.raises(PackError, match="longer than 1000 bytes"):
        read_pack(endless, KEY)
    assert endless.asked == 1


def test_a_part_without_end_is_read_up_to_a_limit(
    lines: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LINE_BYTES", 1_000)
    long = b"".join([*lines[:2], lines[2][:-1] + b" " * 2_000, *lines[3:]])
    reader = read_pack(io.BytesIO(long), KEY)
    with pytest.raises(PackError, match="longer than 1000 bytes"):
        list(reader.reveals())


def test_a_million_lines_of_junk_are_not_read(lines: list[bytes]) -> None:
    class Junk(io.BytesIO):
        read_lines = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            self.read_lines += 1
            return super().readline(size)

    junk = Junk(b"{}\n" * 1_000_000)
    with pytest.raises(PackError):
        read_pack(junk, KEY)
    assert junk.read_lines == 1
    behind = Junk(b"".join(lines) + b"{}\n" * 1_000_000)
    reader = read_pack(behind, KEY)
    with pytest.raises(PackError, match="goes on behind its last part"):
        list(reader.closes())
    assert behind.read_lines == len(lines) + 1


def test_a_pack_that_is_too_long_to_be_held_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed = seal_pack(PACK, KEY.public_key())
    monkeypatch.setattr(room, "MAX_BYTES", len(sealed))
    assert open_pack(sealed, KEY) == PACK
    monkeypatch.setattr(room, "MAX_BYTES", len(sealed) - 1)
    with pytest.raises(PackError, match="part by part"):
        open_pack(sealed, KEY)


@pytest.mark.parametrize("reveals", [{8: b"x", 3: b"y"}, {9: b"x"}, {-1: b"x"}])
def test_reveals_out_of_place_make_no_pack(reveals: dict[int, bytes]) -> None:
    with pytest.raises(PackError):
        replace(PACK, reveals=reveals)


@pytest.mark.parametrize(("day", "over"), [(date(2026, 12, 8), False), (date(2026, 12, 9), True)])
def test_a_pack_is_over_after_its_last_day(day: date, *, over: bool) -> None:
    assert PACK.is_over(day) is over
