"""Every table that holds anything about candidates is found, exported and erased."""

import importlib
import pkgutil

import pytest
from sqlalchemy import Table

import exchange.store
from exchange.hub import Hub
from exchange.store import subjects
from exchange.store.columns import Base
from tests.story import referrals
from tests.story.scheme import Consortium


def personal_tables() -> set[str]:
    """Return the tables with a column that is about candidates, whatever the room says."""
    for module in pkgutil.iter_modules(exchange.store.__path__):
        importlib.import_module(f"exchange.store.{module.name}")
    return {
        table.name
        for table in Base.metadata.tables.values()
        if any(column.info["subject"] == "candidate" for column in table.columns)
    }


def test_no_table_about_candidates_is_forgotten() -> None:
    found = {table.name for table in subjects.tables()}
    assert found | subjects.WITHOUT_PERSON == personal_tables()
    assert not found & subjects.WITHOUT_PERSON


def test_rows_go_before_the_rows_that_they_refer_to() -> None:
    order = [table.name for table in subjects.tables()]
    for table in subjects.tables():
        for key in table.foreign_keys:
            parent = key.column.table.name
            if parent in order and parent != table.name:
                assert order.index(table.name) < order.index(parent)


def test_every_column_says_what_it_holds_about_whom() -> None:
    for name in personal_tables():
        for column in Base.metadata.tables[name].columns:
            assert {"subject", "category", "basis", "retention", "export", "erase"} <= set(
                column.info
            ), f"{name}.{column.name}"


def test_what_is_sealed_says_for_which_purpose() -> None:
    sealed = [
        column
        for name in personal_tables()
        for column in Base.metadata.tables[name].columns
        if column.info["erase"] == "with-key"
    ]
    assert sealed
    assert all(column.info.get("purpose") for column in sealed)


def test_rows_are_found_for_one_person_and_erased_for_that_person_alone(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    one, other = (referrals.listed(hub, member) for member in consortium.members[:2])
    counted = counts(hub, other.actor.candidate_id)
    assert counts(hub, one.actor.candidate_id)["candidates"] == 1
    assert counted["attestations"] > 0
    with hub.work() as work:
        subjects.erase(work.session, one.actor.candidate_id)
    assert set(counts(hub, one.actor.candidate_id).values()) == {0}
    assert counts(hub, other.actor.candidate_id) == counted


def test_values_come_with_their_column_and_purpose(consortium: Consortium) -> None:
    person = referrals.listed(consortium.hub, consortium.members[0])
    with consortium.hub.reading() as work:
        (row,) = subjects.held_about(work.session, person.actor.candidate_id)["profiles"]
    told = {held.column: held for held in row}
    assert told["state"].value == "listed"
    assert (told["state"].purpose, told["sealed_form"].purpose) == ("", "form")
    assert "candidate_id" not in told


def test_a_table_that_leads_to_nobody_is_a_fault_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    lost: Table = Base.metadata.tables["tellings"]
    with pytest.raises(LookupError, match="tellings"):
        subjects._is_about(lost, "per_x")  # noqa: SLF001 - no public way leads there


def counts(hub: Hub, candidate_id: str) -> dict[str, int]:
    """Return how many rows of each table are about somebody."""
    with hub.reading() as work:
        held = subjects.held_about(work.session, candidate_id)
    return {name: len(rows) for name, rows in held.items()}
