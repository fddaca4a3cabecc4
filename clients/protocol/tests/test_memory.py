"""Shelves hold values by name, in the order of their names where that is asked for."""

import pytest

from relay_protocol.documents import Form
from relay_protocol.memory import Kind, PlainMemory, PlainShelf, place

NUMBERS = Kind[int](name="numbers", form=Form[int](int))
BORN = Kind[int](name="born", form=Form[int](int), born=lambda number: number)


def test_a_value_is_there_until_it_is_dropped() -> None:
    shelf = PlainMemory().shelf(NUMBERS)
    assert shelf.get("a") is None
    shelf["a"] = 5
    assert shelf.get("a") == 5
    assert "a" in shelf
    assert shelf.drop("a") == 5
    assert shelf.drop("a") is None
    assert "a" not in shelf


def test_a_range_has_its_first_and_not_its_end() -> None:
    shelf = PlainShelf(NUMBERS)
    shelf.update({"c": 3, "a": 1, "b": 2, "d": 4})
    assert list(shelf.between("b", "d")) == [("b", 2), ("c", 3)]
    assert list(shelf.between("", "~")) == [("a", 1), ("b", 2), ("c", 3), ("d", 4)]


def test_what_began_with_an_entry_is_found_by_it() -> None:
    shelf = PlainShelf(BORN)
    shelf.update({"a": 1, "b": 2, "c": 1})
    assert sorted(shelf.born_at([1, 7])) == ["a", "c"]


def test_behind_some_values_there_is_nobody() -> None:
    shelf = PlainShelf(NUMBERS)
    shelf["a"] = 1
    assert shelf.born_at([1]) == []


def test_a_shelf_is_the_same_each_time() -> None:
    memory = PlainMemory()
    memory.shelf(NUMBERS)["a"] = 1
    memory.commit()
    assert memory.shelf(NUMBERS).get("a") == 1
    assert memory.shelf(BORN).get("a") is None


@pytest.mark.parametrize("lasts", [True, False])
def test_a_memory_says_whether_it_lasts(*, lasts: bool) -> None:
    assert PlainMemory(lasts=lasts).lasts is lasts
    assert PlainMemory().lasts is False


def test_the_names_of_places_are_in_the_order_of_the_places() -> None:
    names = [place(seq) for seq in (0, 9, 10, 99, 100, 2**53 - 1)]
    assert names == sorted(names)
    assert int(names[-1]) == 2**53 - 1
