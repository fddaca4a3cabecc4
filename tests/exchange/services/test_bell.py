"""Whoever waits is woken, and nobody waits longer than they may."""

from threading import Event, Thread
from time import monotonic

import pytest

from exchange.services import bell as bell_room
from exchange.services.bell import PLACES, Bell


def test_what_is_there_already_is_not_waited_for() -> None:
    began = monotonic()
    assert Bell().wait(lambda: True, 60)
    assert monotonic() - began < 30


def test_a_wait_ends_when_its_time_is_over() -> None:
    began = monotonic()
    assert not Bell().wait(lambda: False, 0.3)
    assert 0.3 <= monotonic() - began < 30


def test_a_ring_wakes_the_waiter_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell_room, "LOOK_AGAIN_S", 60)
    bell, there, looked = Bell(), Event(), Event()
    found: list[bool] = []

    def look() -> bool:
        looked.set()
        return there.is_set()

    waiter = Thread(target=lambda: found.append(bell.wait(look, 60)))
    waiter.start()
    assert looked.wait(30)
    there.set()
    bell.ring()
    waiter.join(30)
    assert found == [True]


def test_what_another_process_has_done_is_found_without_a_ring() -> None:
    looks = iter((False, False, True))
    began = monotonic()
    assert Bell().wait(lambda: next(looks), 60)
    assert monotonic() - began < 30


def test_a_ring_between_the_look_and_the_wait_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bell_room, "LOOK_AGAIN_S", 60)
    bell = Bell()
    looks: list[float] = []

    def look() -> bool:
        looks.append(monotonic())
        if len(looks) == 1:
            bell.ring()
        return len(looks) == 2

    assert bell.wait(look, 60)
    assert looks[1] - looks[0] < 30


def test_only_so_many_may_wait_at_once_and_a_place_comes_back() -> None:
    bell = Bell()
    taken = [bell.place() for _ in range(PLACES + 1)]
    assert [place.__enter__() for place in taken] == [True] * PLACES + [False]
    taken[-1].__exit__(None, None, None)
    with bell.place() as has_place:
        assert not has_place
    taken[0].__exit__(None, None, None)
    with bell.place() as has_place:
        assert has_place
