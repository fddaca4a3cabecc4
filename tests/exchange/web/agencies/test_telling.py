"""Instants, days and counts are told in one form."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from exchange.web.agencies.telling import count_told, day_or_none, instant, instant_or_none

TOKYO = timezone(timedelta(hours=9))


def test_an_instant_is_told_in_utc_and_whole_seconds() -> None:
    at = datetime(2026, 12, 1, 9, 0, 1, 999_999, tzinfo=TOKYO)
    assert instant(at) == "2026-12-01T00:00:01Z"
    assert instant_or_none(at.astimezone(UTC)) == "2026-12-01T00:00:01Z"
    assert instant_or_none(None) is None


def test_a_day_is_told_as_it_is_written() -> None:
    assert day_or_none(date(2026, 12, 1)) == "2026-12-01"
    assert day_or_none(None) is None


@pytest.mark.parametrize(("count", "told"), [(0, "0"), (1, "<5"), (4, "<5"), (5, "5"), (12, "12")])
def test_a_count_below_k_is_not_told(count: int, told: str) -> None:
    assert count_told(count, 5) == told
