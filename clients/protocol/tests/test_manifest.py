"""A manifest says what a pack holds in one way only, and nothing that no ledger could have."""

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import canonical
from relay_protocol.canonical import Value
from relay_protocol.errors import PackError
from relay_protocol.manifest import (
    REVEALS_A_PART,
    CloseDocuments,
    Listed,
    Manifest,
    closed_runs,
)

DIGEST = bytes(range(32))
MANIFEST = Manifest(
    log="hub.example/ledger",
    auditor="kansa",
    first=2,
    cut=20,
    until="2026-12-08",
    checkpoint=b"a note",
    closed=((0, 0), (5, 7), (9, 9)),
    parts=(
        Listed(first=2, last=8, count=3, digest=DIGEST),
        Listed(first=10, last=19, count=10, digest=DIGEST),
    ),
    documents=(DIGEST,),
)


def document() -> dict[str, Value]:
    value = canonical.decode(MANIFEST.encode())
    assert isinstance(value, dict)
    return value


def test_a_manifest_comes_back_from_its_bytes() -> None:
    assert Manifest.decode(MANIFEST.encode()) == MANIFEST


def test_its_digest_is_that_of_its_bytes() -> None:
    assert MANIFEST.digest() == hashlib.sha256(MANIFEST.encode()).digest()


def test_an_empty_one_comes_back_too() -> None:
    empty = replace(MANIFEST, first=0, cut=0, closed=(), parts=(), documents=())
    assert Manifest.decode(empty.encode()) == empty


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("v", 1),
        ("v", 3),
        ("log", "no log"),
        ("auditor", "Nobody At All"),
        ("first", True),
        ("first", 21),
        ("first", -1),
        ("first", "2"),
        ("cut", 19),
        ("cut", False),
        ("until", "2026-12-32"),
        ("checkpoint", "not base64url!"),
        ("closed", [[0]]),
        ("closed", [[False, 0]]),
        ("closed", [[1, 0]]),
        ("closed", [[5, 7], [0, 0]]),
        ("closed", [[5, 7], [7, 9]]),
        ("closed", [[5, 7], [8, 9]]),
        ("closed", [[5, 20]]),
        ("closed", [[-1, 3]]),
        ("closed", "none"),
        ("parts", [[2, 8, 3]]),
        ("parts", [[2, 8, 3, "AAAA"]]),
        ("parts", [[2, 8, 0, "A" * 43]]),
        ("parts", [[2, 8, 8, "A" * 43]]),
        ("parts", [[2, 8, True, "A" * 43]]),
        ("parts", [[1, 8, 3, "A" * 43]]),
        ("parts", [[2, 20, 3, "A" * 43]]),
        ("parts", [[2, 8, 3, "A" * 43], [8, 9, 1, "A" * 43]]),
        ("parts", [[10, 12, 3, "A" * 43], [2, 8, 3, "A" * 43]]),
        ("documents", ["AAAA"]),
        ("documents", [1]),
        ("more", 1),
    ],
)
def test_a_manifest_with_a_wrong_member_is_refused(member: str, value: Value) -> None:
    with pytest.raises(PackError):
        Manifest.decode(canonical.encode({**document(), member: value}))


@pytest.mark.parametrize("member", sorted(document()))
def test_a_manifest_without_a_member_is_refused(member: str) -> None:
    changed = document()
    del changed[member]
    with pytest.raises(PackError):
        Manifest.decode(canonical.encode(changed))


@given(st.binary(max_size=60))
def test_bytes_that_are_no_manifest_are_refused(raw: bytes) -> None:
    with pytest.raises(PackError):
        Manifest.decode(raw)


@given(st.data())
def test_a_changed_byte_is_refused_or_says_something_else(data: st.DataObject) -> None:
    raw = bytearray(MANIFEST.encode())
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        found = Manifest.decode(bytes(raw))
    except PackError:
        return
    assert found.encode() == bytes(raw)


def test_runs_that_touch_are_one_run() -> None:
    apart = replace(MANIFEST, closed=((5, 7), (9, 9)))
    assert Manifest.decode(apart.encode()).closed == ((5, 7), (9, 9))
    with pytest.raises(PackError, match="order of the ledger"):
        replace(MANIFEST, closed=((5, 7), (8, 9)))


@pytest.mark.parametrize(("count", "fits"), [(REVEALS_A_PART, True), (REVEALS_A_PART + 1, False)])
def test_a_part_holds_only_so_many_reveals(count: int, *, fits: bool) -> None:
    part = Listed(first=0, last=9_999, count=count, digest=DIGEST)
    try:
        replace(MANIFEST, first=0, cut=10_000, closed=(), parts=(part,))
    except PackError:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize(
    ("seq", "closed"),
    [(0, True), (1, False), (4, False), (5, True), (7, True), (8, False), (9, True), (10, False)],
)
def test_what_is_closed_is_told_by_its_place(seq: int, *, closed: bool) -> None:
    assert MANIFEST.is_closed(seq) is closed


@pytest.mark.parametrize(
    ("held", "cut", "runs"),
    [
        ([], 0, []),
        ([], 3, [(0, 2)]),
        ([0, 1, 2], 3, []),
        ([1], 3, [(0, 0), (2, 2)]),
        ([0, 4, 5], 9, [(1, 3), (6, 8)]),
    ],
)
def test_what_is_not_held_is_closed(held: list[int], cut: int, runs: list[tuple[int, int]]) -> None:
    assert list(closed_runs(held, cut)) == runs


@given(st.sets(st.integers(0, 30)))
def test_runs_and_what_is_held_make_up_the_whole(held: set[int]) -> None:
    runs = list(closed_runs(sorted(held), 31))
    closed = {seq for first, last in runs for seq in range(first, last + 1)}
    assert closed == set(range(31)) - held
    replace(MANIFEST, first=0, cut=31, closed=tuple(runs), parts=())


@pytest.mark.parametrize(("day", "over"), [(date(2026, 12, 8), False), (date(2026, 12, 9), True)])
def test_a_pack_is_over_after_its_last_day(day: date, *, over: bool) -> None:
    assert MANIFEST.is_over(day) is over


@pytest.mark.parametrize(("period", "salt"), [("2026-13", bytes(32)), ("2026-11", bytes(31))])
def test_documents_are_of_a_month_and_have_its_salt(period: str, salt: bytes) -> None:
    CloseDocuments(period="2026-11", salt=bytes(32), statements=(), netting=b"")
    with pytest.raises(PackError):
        CloseDocuments(period=period, salt=salt, statements=(), netting=b"")
