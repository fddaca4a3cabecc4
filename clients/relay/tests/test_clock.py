"""The client's clock: the machine's, or ahead of it by a demonstration's file."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from career_relay.clock import ClockError, day_in_japan, read_clock


def test_without_a_file_the_machines_clock_is_read_in_whole_seconds() -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    now = read_clock(None)
    assert before <= now <= datetime.now(UTC)
    assert now.microsecond == 0
    assert now.utcoffset() == timedelta(0)


def test_a_demonstrations_file_moves_it_forward(tmp_path: Path) -> None:
    offset = tmp_path / "clock"
    offset.write_text("86400\n", encoding="ascii")
    ahead = read_clock(offset) - read_clock(None)
    assert timedelta(days=1) - timedelta(seconds=5) <= ahead <= timedelta(days=1, seconds=5)


def test_zero_moves_nothing(tmp_path: Path) -> None:
    offset = tmp_path / "clock"
    offset.write_text("0", encoding="ascii")
    assert abs(read_clock(offset) - read_clock(None)) < timedelta(seconds=5)


@pytest.mark.parametrize("written", ["", "-1", "1.5", "1e3", "soon", "1 2", "1" * 10, "1²"])
def test_anything_but_a_number_of_seconds_is_refused(tmp_path: Path, written: str) -> None:
    offset = tmp_path / "clock"
    offset.write_text(written, encoding="utf-8")
    with pytest.raises(ClockError) as refusal:
        read_clock(offset)
    assert str(offset) in refusal.value.said.ja


def test_a_missing_file_is_refused_and_not_taken_for_zero(tmp_path: Path) -> None:
    with pytest.raises(ClockError):
        read_clock(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("at", "day"),
    [
        (datetime(2026, 9, 30, 14, 59, 59, tzinfo=UTC), date(2026, 9, 30)),
        (datetime(2026, 9, 30, 15, 0, 0, tzinfo=UTC), date(2026, 10, 1)),
        (datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_a_day_begins_at_midnight_in_japan(at: datetime, day: date) -> None:
    assert day_in_japan(at) == day
