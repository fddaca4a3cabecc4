"""Keeping applications: new, changed, same; never somebody else's."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from career_relay.application import Application, Career, Outcome, Person, Selection
from career_relay.assets import applications
from career_relay.assets.applications import Import, changed_fields
from career_relay.assets.schema import bring_up_to_date
from career_relay.assets.store import AssetStore
from career_relay.imports.verdicts import Row
from career_relay.samples.generate import SAMPLE_DAY
from career_relay.samples.generate import applications as made_up

Change = Callable[..., Application]
AT = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)


def keep(store: AssetStore, *those: Application, at: datetime = AT, file: str = "x.csv") -> Import:
    rows = [Row(row=number, application=one) for number, one in enumerate(those, start=2)]
    with store.transaction() as connection:
        return applications.keep(connection, file, rows, at=at)


def every(store: AssetStore) -> list[Application]:
    with store.reading() as connection:
        return list(applications.every(connection))


def columns(store: AssetStore, key: str = "sheet:A-1") -> dict[str, object]:
    with store.reading() as connection:
        row = connection.execute("SELECT * FROM application WHERE key = ?", (key,)).fetchone()
        return dict(row)


def test_an_application_comes_back_exactly_as_it_was_kept(
    store: AssetStore, an_application: Application
) -> None:
    assert keep(store, an_application).count("new") == 1
    assert every(store) == [an_application]


def test_a_bare_application_comes_back_too(store: AssetStore) -> None:
    bare = Application(
        key="sheet:9",
        kind="part-time",
        locale="en",
        person=Person(name=""),
        career=Career(),
        selection=Selection(outcome="ongoing"),
    )
    keep(store, bare)
    assert every(store) == [bare]


def test_what_people_look_for_stands_in_columns_of_its_own(
    store: AssetStore, an_application: Application
) -> None:
    keep(store, an_application, file="june.xlsx")
    held = columns(store)
    assert held["name"] == "夢原 空太"
    assert held["email"] == "yumehara@example.jp"
    assert held["outcome"] == "rejected"
    assert held["ended_at"] == "2026-09-01T01:00:00+00:00"
    assert held["born_on"] == "1991-04-02"
    assert held["file"] == "june.xlsx"
    assert held["imported_at"] == held["changed_at"] == "2026-10-01T03:00:00+00:00"


def test_a_second_import_changes_nothing_and_says_so(
    store: AssetStore, an_application: Application
) -> None:
    keep(store, an_application)
    before = columns(store)
    again = keep(store, an_application, at=AT + timedelta(days=1), file="other.csv")
    assert (again.count("new"), again.count("changed"), again.count("same")) == (0, 0, 1)
    assert columns(store) == before


def test_a_whole_sample_twice_changes_nothing(store: AssetStore) -> None:
    made = made_up(7, 60, today=SAMPLE_DAY)
    assert keep(store, *made).count("new") == 60
    assert keep(store, *made).count("same") == 60
    assert every(store) == sorted(made, key=lambda one: one.key)


def test_a_changed_row_is_brought_up_to_date_and_its_fields_named(
    store: AssetStore, an_application: Application, with_selection: Change
) -> None:
    keep(store, an_application)
    hired = with_selection(outcome="hired", stage="final-interview")
    after = keep(store, hired, at=AT + timedelta(days=1), file="later.csv")
    (kept,) = after.kept
    assert kept.change == "changed"
    assert kept.fields == ("outcome", "stage")
    assert every(store) == [hired]
    held = columns(store)
    assert held["outcome"] == "hired"
    assert held["file"] == "later.csv"
    assert held["imported_at"] == "2026-10-01T03:00:00+00:00"
    assert held["changed_at"] == "2026-10-02T03:00:00+00:00"


def test_changes_are_named_in_every_part(an_application: Application) -> None:
    other = replace(
        an_application,
        kind="part-time",
        locale="en",
        person=replace(an_application.person, phone="090-0000-0002"),
        career=replace(an_application.career, remote=False),
    )
    assert changed_fields(an_application, other) == ("kind", "locale", "phone", "remote")
    assert changed_fields(an_application, an_application) == ()


NOBODY_KNOWN = {"email": "", "phone": "", "born_on": None}
OTHER = {"email": "betsujin@example.jp", "phone": "090-0000-0099", "born_on": date(1980, 1, 1)}


@pytest.mark.parametrize(
    ("name", "changes", "refused"),
    [
        ("別人 花子", OTHER, True),
        ("別人 花子", NOBODY_KNOWN, True),
        ("別人 花子", {**OTHER, "email": ""}, True),
        ("夢原 空太", OTHER, False),
        ("夢原 空太", NOBODY_KNOWN, False),
        ("", OTHER, False),
        ("新姓 空太", {**OTHER, "email": "yumehara@example.jp"}, False),
        ("新姓 空太", {**OTHER, "email": "YUMEHARA@example.jp"}, False),
        ("新姓 空太", {**OTHER, "phone": "090-0000-0001"}, False),
        ("新姓 空太", {**OTHER, "born_on": date(1991, 4, 2)}, False),
    ],
)
def test_an_id_is_somebody_elses_where_the_names_differ_and_nothing_else_joins_them(
    store: AssetStore,
    an_application: Application,
    with_person: Change,
    *,
    name: str,
    changes: dict[str, object],
    refused: bool,
) -> None:
    keep(store, an_application)
    after = keep(store, with_person(name=name, **changes))
    assert bool(after.refused) is refused
    if refused:
        assert every(store) == [an_application]
        assert after.refused[0].code == "someone-else"
        assert after.refused[0].row == 2
        assert "夢原" not in after.refused[0].what.ja


def test_a_refused_row_does_not_hinder_the_others(
    store: AssetStore, an_application: Application, with_person: Change
) -> None:
    keep(store, an_application)
    other = with_person(name="別人 花子", **OTHER)
    third = replace(other, key="sheet:A-3")
    after = keep(store, other, third)
    assert [kept.key for kept in after.kept] == ["sheet:A-3"]
    assert len(every(store)) == 2


def test_a_file_without_people_never_wipes_out_the_person_known(
    store: AssetStore, an_application: Application, with_selection: Change
) -> None:
    keep(store, an_application)
    status_only = replace(
        with_selection(outcome="hired"), person=Person(name=""), career=Career(), locale="ja"
    )
    keep(store, status_only)
    (kept,) = every(store)
    assert kept.person == an_application.person
    assert kept.career == an_application.career
    assert kept.selection.outcome == "hired"


def test_an_application_that_is_not_there_is_none(store: AssetStore) -> None:
    with store.reading() as connection:
        assert applications.find(connection, "sheet:nowhere") is None
        assert list(applications.every(connection)) == []


def test_applications_come_in_the_order_of_their_keys(
    store: AssetStore, an_application: Application
) -> None:
    keep(store, *(replace(an_application, key=f"sheet:{key}") for key in "cab"))
    assert [one.key for one in every(store)] == ["sheet:a", "sheet:b", "sheet:c"]


@contextmanager
def store_in_memory() -> Iterator[AssetStore]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.row_factory = sqlite3.Row
    bring_up_to_date(connection)
    yield AssetStore(connection)
    connection.close()


@settings(max_examples=60, deadline=None)
@given(name=st.text(max_size=30), summary=st.text(max_size=60))
def test_no_text_breaks_out_of_its_place(name: str, summary: str) -> None:
    application = Application(
        key="sheet:'; DROP TABLE application; --",
        kind="mid-career",
        locale="ja",
        person=Person(name=name.encode("utf-8", "ignore").decode()),
        career=Career(summary=summary.encode("utf-8", "ignore").decode()),
        selection=Selection(outcome="rejected"),
    )
    with store_in_memory() as store:
        keep(store, application)
        assert every(store) == [application]


CHANGES = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from(["sheet:1", "sheet:2", "sheet:3"]),
            st.sampled_from(["rejected", "hired", "withdrawn"]),
        ),
        max_size=4,
    ),
    max_size=6,
)


@settings(max_examples=50, deadline=None)
@given(files=CHANGES)
def test_after_any_imports_the_store_holds_the_last_word_on_each(
    files: list[list[tuple[str, Outcome]]],
) -> None:
    expected: dict[str, Application] = {}
    with store_in_memory() as store:
        for file in files:
            rows = [an_ended(key, outcome) for key, outcome in file]
            after = keep(store, *rows)
            for row, kept in zip(rows, after.kept, strict=True):
                before = expected.get(row.key)
                change = "new" if before is None else "same" if before == row else "changed"
                assert kept.change == change
                expected[row.key] = row
        assert every(store) == [expected[key] for key in sorted(expected)]


def an_ended(key: str, outcome: Outcome) -> Application:
    return Application(
        key=key,
        kind="mid-career",
        locale="ja",
        person=Person(name="夢原 空太", email="yumehara@example.jp"),
        career=Career(),
        selection=Selection(outcome=outcome),
    )


def test_a_thousand_rows_are_kept_in_a_moment_and_one_transaction(store: AssetStore) -> None:
    rows = [an_ended(f"sheet:{number:04d}", "rejected") for number in range(1000)]
    with store.transaction() as connection:
        taken = applications.keep(
            connection, "x", [Row(row=n, application=one) for n, one in enumerate(rows)], at=AT
        )
        assert connection.in_transaction
    assert taken.count("new") == 1000
    assert every(store) == rows
