"""Every column says about whom it is; instants come back as they were."""

import importlib
import pkgutil
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

import exchange.store
from exchange.store.columns import Base, Instant, JsonText

for area in pkgutil.iter_modules(exchange.store.__path__):
    importlib.import_module(f"exchange.store.{area.name}")

DIALECT = sqlite.dialect()
COLUMNS = [column for table in Base.metadata.sorted_tables for column in table.columns]


@pytest.mark.parametrize("column", COLUMNS, ids=str)
def test_every_column_says_about_whom_it_is_and_how_it_goes(column: object) -> None:
    told = column.info  # type: ignore[attr-defined]
    assert set(told) >= {"subject", "category", "basis", "retention", "export", "erase"}
    if told["subject"] == "candidate":
        assert told["erase"] in {"with-row", "with-key"}
        assert told["basis"] == "consent"
    else:
        assert told["erase"] == "kept"


@given(st.datetimes(min_value=datetime(1971, 1, 1), max_value=datetime(2200, 1, 1)))  # noqa: DTZ001
def test_an_instant_comes_back_to_the_microsecond(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC)
    stored = Instant().process_bind_param(instant, DIALECT)
    assert Instant().process_result_value(stored, DIALECT) == instant


def test_an_instant_of_another_zone_is_the_same_instant() -> None:
    tokyo = datetime(2026, 12, 1, 9, tzinfo=timezone(timedelta(hours=9)))
    assert Instant().process_bind_param(tokyo, DIALECT) == 1_796_083_200_000_000


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        Instant().process_bind_param(datetime(2026, 12, 1), DIALECT)  # noqa: DTZ001


def test_nothing_stays_nothing() -> None:
    assert Instant().process_bind_param(None, DIALECT) is None
    assert Instant().process_result_value(None, DIALECT) is None
    assert JsonText().process_bind_param(None, DIALECT) is None


def test_json_is_stored_sorted_and_readable() -> None:
    stored = JsonText().process_bind_param({"b": 1, "a": ["企業"]}, DIALECT)
    assert stored == '{"a": ["企業"], "b": 1}'
    assert JsonText().process_result_value(stored, DIALECT) == {"b": 1, "a": ["企業"]}
