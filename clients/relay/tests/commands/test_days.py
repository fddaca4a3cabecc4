"""Days as somebody types them."""

from datetime import date

import click
import pytest

from career_relay.commands.days import DAY


def test_a_day_of_the_calendar_is_read() -> None:
    assert DAY.convert("2028-02-29", None, None) == date(2028, 2, 29)


def test_a_day_stays_a_day() -> None:
    assert DAY.convert(date(2028, 2, 29), None, None) == date(2028, 2, 29)


@pytest.mark.parametrize("text", ["", "2027-02-29", "29.2.2028", "2028-2-9", "yesterday"])
def test_anything_else_is_refused_with_the_form_that_is_wanted(text: str) -> None:
    with pytest.raises(click.BadParameter, match="YYYY-MM-DD"):
        DAY.convert(text, None, None)
