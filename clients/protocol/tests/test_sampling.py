"""A draw is settled by its seed: nobody can choose it, and anybody can repeat it."""

import hashlib
from collections import Counter

import pytest

from relay_protocol.sampling import draw, picks, quotas, strata
from tests.story.hand_ledger import HandLedger

SEED = bytes(range(32))


def by_definition(name: str, size: int, count: int) -> list[int]:
    """Return a draw written as the room's own words define it."""
    drawn: list[int] = []
    i = 0
    while len(drawn) < count:
        asked = (
            SEED + b"career-relay/sample/v1\x00" + name.encode() + b"\x00" + i.to_bytes(8, "big")
        )
        x = int.from_bytes(hashlib.sha256(asked).digest()[:8], "big")
        i += 1
        if x < size * (2**64 // size) and x % size not in drawn:
            drawn.append(x % size)
    return drawn


@pytest.mark.parametrize(("size", "count"), [(1, 1), (5, 5), (7, 3), (1_000_000, 25)])
def test_the_numbers_are_those_of_the_definition(size: int, count: int) -> None:
    assert list(picks("claim.made", size, count, SEED)) == by_definition("claim.made", size, count)


def test_a_draw_that_was_published_stays_so() -> None:
    # The first eight bytes of that SHA-256, modulo 1,000, by sha256sum and bc.
    assert next(picks("claim.made", 1_000, 1, SEED)) == 376


@pytest.mark.parametrize(
    ("sizes", "count", "expected"),
    [
        ({"a": 1, "b": 1}, 2, {"a": 1, "b": 1}),
        # One each; of the other 8, 9/99 and 90/99 of what is left: 0.7 and 7.3.
        ({"a": 10, "b": 91}, 10, {"a": 2, "b": 8}),
        ({"a": 1, "b": 99}, 10, {"a": 1, "b": 9}),
        # As many remainders as that are alike: the first by name.
        ({"a": 2, "b": 2}, 3, {"a": 2, "b": 1}),
        ({"a": 2, "b": 2}, 50, {"a": 2, "b": 2}),
    ],
)
def test_every_kind_is_looked_at_and_the_large_ones_more(
    sizes: dict[str, int], count: int, expected: dict[str, int]
) -> None:
    assert quotas(sizes, count) == expected


def test_a_draw_is_repeated_by_its_seed_and_no_other() -> None:
    population = {"a": range(500), "b": range(500, 1_000)}
    drawn = draw(population, 25, SEED)
    assert draw(population, 25, SEED) == drawn
    assert draw(population, 25, bytes(32)) != drawn
    assert list(drawn) == sorted(drawn)
    assert len(drawn) == 25


def test_the_stratum_is_told() -> None:
    drawn = draw({"a": range(10), "b": range(10, 20)}, 6, SEED)
    assert Counter(drawn.values()) == {"a": 3, "b": 3}
    assert all((seq < 10) == (name == "a") for seq, name in drawn.items())


def test_with_fewer_places_than_kinds_all_entries_are_one_stratum() -> None:
    drawn = draw({"a": [0, 2], "b": [1], "c": [3]}, 2, SEED)
    assert set(drawn.values()) == {""}
    assert set(drawn) == {by_definition("", 4, 2)[0], by_definition("", 4, 2)[1]}


@pytest.mark.parametrize("count", [4, 5, 1_000])
def test_where_there_are_no_more_all_are_drawn(count: int) -> None:
    assert list(draw({"a": [0, 2], "b": [1], "c": [3]}, count, SEED)) == [0, 1, 2, 3]


def test_nothing_is_drawn_from_nothing() -> None:
    assert draw({}, 5, SEED) == {}
    assert draw({"a": [1]}, 0, SEED) == {}


def test_every_entry_is_drawn_as_often_as_any_other() -> None:
    counts: Counter[int] = Counter()
    for number in range(4_000):
        seed = hashlib.sha256(number.to_bytes(4)).digest()
        counts.update(list(draw({"a": range(8)}, 2, seed)))
    # 1,000 each are expected; five standard deviations of about 27.
    assert all(860 < counts[seq] < 1_140 for seq in range(8))


@pytest.mark.parametrize("seed", [b"", bytes(31), bytes(33)])
def test_a_seed_of_another_length_is_refused(seed: bytes) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        draw({"a": [0]}, 1, seed)


def test_strata_are_the_kinds_of_entries() -> None:
    ledger = HandLedger()
    ledger.open()
    found = strata(ledger.entries)
    assert {seq for seqs in found.values() for seq in seqs} == set(range(ledger.size))
    assert found["scheme.opened"].tolist() == [0]
    assert strata(ledger.entries, frozenset({"org.admitted"})).keys() == {"org.admitted"}
