"""The parts of a pack have one form, hold what is listed, and are never too large."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import canonical, contents
from relay_protocol.canonical import Value
from relay_protocol.errors import PackError
from relay_protocol.manifest import CloseDocuments, Listed

REVEALS = [(3, b"first"), (4, b""), (2**53 - 1, b"last")]
NOVEMBER = CloseDocuments(
    period="2026-11", salt=bytes(32), statements=(b"one", b"two"), netting=b"{}"
)
DECEMBER = CloseDocuments(period="2026-12", salt=bytes([7] * 32), statements=(), netting=b"")
SALT = "A" * 43


def listed(raw: bytes) -> Listed:
    return contents.list_reveals(REVEALS, raw)


def test_a_part_is_numbers_lengths_and_bytes() -> None:
    assert contents.encode_reveals([(3, b"first"), (4, b"")]) == (
        b"\x00\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x05first"
        b"\x00\x00\x00\x00\x00\x00\x00\x04\x00\x00\x00\x00"
    )


def test_reveals_come_back_from_their_bytes() -> None:
    raw = contents.encode_reveals(REVEALS)
    assert contents.decode_reveals(raw, listed(raw)) == REVEALS


def test_bytes_that_are_cut_or_go_on_are_refused() -> None:
    raw = contents.encode_reveals(REVEALS)
    for other in (*(raw[:length] for length in range(len(raw))), raw + b"\x00", raw * 2):
        with pytest.raises(PackError):
            contents.decode_reveals(other, listed(raw))


@pytest.mark.parametrize(
    "other", [[(4, b""), (3, b"first")], [(3, b"first"), (3, b"first")], [(3, b"x" * 131_073)]]
)
def test_reveals_out_of_order_or_too_long_are_refused(other: list[tuple[int, bytes]]) -> None:
    raw = contents.encode_reveals(other)
    with pytest.raises(PackError, match="order of the ledger"):
        contents.decode_reveals(raw, contents.list_reveals(other, raw))


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [(2, 2**53 - 1, 3), (3, 5, 3), (3, 2**53 - 1, 2), (3, 2**53 - 1, 4)],
)
def test_a_part_that_is_listed_otherwise_is_refused(first: int, last: int, count: int) -> None:
    raw = contents.encode_reveals(REVEALS)
    other = Listed(first=first, last=last, count=count, digest=bytes(32))
    with pytest.raises(PackError, match="other reveals than are listed"):
        contents.decode_reveals(raw, other)


@given(st.binary(max_size=80))
def test_any_bytes_are_reveals_in_one_way_or_refused(raw: bytes) -> None:
    try:
        found = contents.decode_reveals(raw, Listed(first=0, last=0, count=1, digest=bytes(32)))
    except PackError:
        return
    assert contents.encode_reveals(found) == raw


def test_an_entry_without_a_number_makes_no_part() -> None:
    with pytest.raises(PackError, match="number"):
        contents.encode_reveals([(-1, b"")])


@pytest.mark.parametrize(
    ("count", "sizes"), [(0, []), (1, [1]), (3, [3]), (4, [3, 1]), (7, [3, 3, 1])]
)
def test_a_part_is_full_after_so_many_reveals(
    monkeypatch: pytest.MonkeyPatch, count: int, sizes: list[int]
) -> None:
    monkeypatch.setattr(contents, "REVEALS_A_PART", 3)
    parts = list(contents.gather((seq, b"x") for seq in range(count)))
    assert [len(part) for part in parts] == sizes
    assert [seq for part in parts for seq, _ in part] == list(range(count))


@pytest.mark.parametrize(
    ("lengths", "sizes"),
    [([5, 5], [2]), ([5, 6], [1, 1]), ([11, 1], [1, 1]), ([1, 11, 1], [1, 1, 1])],
)
def test_a_part_is_full_after_so_many_bytes(
    monkeypatch: pytest.MonkeyPatch, lengths: list[int], sizes: list[int]
) -> None:
    monkeypatch.setattr(contents, "AIM_BYTES", 10)
    parts = contents.gather((seq, bytes(length)) for seq, length in enumerate(lengths))
    assert [len(part) for part in parts] == sizes


@pytest.mark.parametrize("aim", [1, 40, 2**22])
def test_documents_come_back_however_they_were_parted(
    monkeypatch: pytest.MonkeyPatch, aim: int
) -> None:
    monkeypatch.setattr(contents, "AIM_BYTES", aim)
    parts = list(contents.encode_documents([NOVEMBER, DECEMBER]))
    assert list(contents.decode_documents(parts)) == [NOVEMBER, DECEMBER]


def test_without_a_settled_month_there_are_no_parts() -> None:
    assert list(contents.encode_documents([])) == []
    assert list(contents.decode_documents([])) == []


def test_a_document_that_fits_nowhere_makes_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "MAX_BYTES", 100)
    with pytest.raises(PackError, match="too long for a pack"):
        list(contents.encode_documents([NOVEMBER]))


@pytest.mark.parametrize(
    "listed_documents",
    [
        [["2026-11", "salt", SALT]],
        [["2026-11", "netting", ""]],
        [["2026-11", "salt", SALT], ["2026-11", "statement", ""]],
        [["2026-11", "salt", SALT], ["2026-12", "netting", ""]],
        [["2026-11", "salt", SALT], ["2026-11", "netting", ""], ["2026-11", "netting", ""]],
        [["2026-11", "salt", SALT], ["2026-11", "netting", ""], ["2026-12", "statement", ""]],
        [["2026-11", "salt", SALT], ["2026-11", "netting", ""], ["2026-11", "salt", SALT]],
        [["2026-11", "salt", "AAAA"], ["2026-11", "netting", ""]],
        [["2026-11", "salt", "!"], ["2026-11", "netting", ""]],
        [["2026-13", "salt", SALT], ["2026-13", "netting", ""]],
        [["", "salt", SALT], ["", "netting", ""]],
        [["2026-11", "other", SALT]],
        [["2026-11", "salt"]],
        [1],
        [],
        {},
    ],
)
def test_documents_that_are_not_complete_are_refused(listed_documents: Value) -> None:
    with pytest.raises(PackError):
        list(contents.decode_documents([canonical.encode(listed_documents)]))


def test_documents_that_are_not_canonical_are_refused() -> None:
    (raw,) = contents.encode_documents([NOVEMBER])
    for other in (b"", raw + b" ", raw[:-1]):
        with pytest.raises(PackError, match="not canonical"):
            list(contents.decode_documents([other]))


def test_the_documents_of_one_month_are_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    (raw,) = contents.encode_documents([NOVEMBER])
    monkeypatch.setattr(contents, "PERIOD_BYTES", 8)
    assert list(contents.decode_documents([raw])) == [NOVEMBER]
    monkeypatch.setattr(contents, "PERIOD_BYTES", 7)
    with pytest.raises(PackError, match="too many"):
        list(contents.decode_documents([raw]))
