"""Verdicts told to people: counts first, alike remarks together, a mend for every refusal."""

import io

import pytest
from rich.console import Console

from career_relay.application import Application
from career_relay.commands.reports import (
    reading_document,
    refusal_document,
    show_reading,
    show_refusals,
)
from career_relay.commands.terminal import Terminal
from career_relay.imports.verdicts import Note, Reading, Refusal, Row
from career_relay.words import Language, Words, same

REFUSAL = Refusal(
    row=3,
    column="年齢",
    code="wrong-type",
    what=Words(en="“x” is not a whole number.", ja="「x」は整数ではありません。"),
    mend=Words(en="Write 7.", ja="「7」のように書いてください。"),
)


def reading(
    application: Application, *, refusals: int = 0, notes: tuple[Note, ...] = ()
) -> Reading:
    return Reading(
        file="list.csv",
        format=same("CSV"),
        rows=(Row(row=2, application=application),),
        refusals=(REFUSAL,) * refusals,
        notes=notes,
    )


def shown(thing: Reading, language: Language = "en") -> str:
    written = io.StringIO()
    terminal = Terminal(
        language=language,
        as_json=False,
        console=Console(file=written, width=100),
        aside=Console(file=io.StringIO()),
    )
    show_reading(terminal, thing)
    return written.getvalue()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "list.csv (CSV): 1 rows taken, 2 refused."),
        ("ja", "list.csv(CSV): 1行を読み、2行は読めませんでした。"),
    ],
)
def test_the_counts_come_first(an_application: Application, language: Language, said: str) -> None:
    assert shown(reading(an_application, refusals=2), language).splitlines()[1] == said


def test_a_refused_row_is_shown_with_place_fault_and_mend(an_application: Application) -> None:
    text = shown(reading(an_application, refusals=1), "ja")
    for part in ("3", "年齢", "「x」は整数ではありません。", "「7」のように書いてください。"):
        assert part in text


def test_of_many_refusals_the_first_twenty_are_shown_and_the_rest_counted(
    an_application: Application,
) -> None:
    assert "more" not in shown(reading(an_application, refusals=20))
    text = shown(reading(an_application, refusals=23))
    assert text.count("年齢") == 20
    assert "and 3 more" in text


def test_without_refusals_no_table_of_them_is_shown(an_application: Application) -> None:
    assert "Refused" not in shown(reading(an_application))
    assert "Remarks" not in shown(reading(an_application))


def note(row: int, column: str, code: str, text: str) -> Note:
    return Note(row=row, column=column, code=code, what=same(text))


def test_alike_remarks_are_told_once_with_their_number(an_application: Application) -> None:
    notes = (
        note(2, "語学", "unknown-value", "first remark"),
        note(5, "語学", "unknown-value", "second remark"),
        note(5, "業界", "unknown-value", "third remark"),
    )
    text = shown(reading(an_application, notes=notes))
    assert "first remark" in text
    assert "second remark" not in text
    assert "third remark" in text
    assert next(line for line in text.splitlines() if "first" in line).rstrip().endswith("2")


def test_remarks_on_the_whole_file_are_each_told(an_application: Application) -> None:
    notes = (note(0, "", "column-missing", "one"), note(0, "", "column-missing", "two"))
    text = shown(reading(an_application, notes=notes))
    assert "one" in text
    assert "two" in text


def test_a_reading_is_a_document_for_programs_without_anybody_in_it(
    an_application: Application,
) -> None:
    notes = (note(2, "語学", "unknown-value", "x"),)
    document = reading_document(reading(an_application, refusals=1, notes=notes), "en")
    assert document == {
        "file": "list.csv",
        "format": "CSV",
        "taken": 1,
        "refused": [refusal_document(REFUSAL, "en")],
        "notes": [{"row": 2, "column": "語学", "code": "unknown-value", "what": "x"}],
    }
    assert "夢原" not in repr(document)


def test_a_refusal_is_a_document_in_the_language_asked_for() -> None:
    assert refusal_document(REFUSAL, "ja") == {
        "row": 3,
        "column": "年齢",
        "code": "wrong-type",
        "what": "「x」は整数ではありません。",
        "mend": "「7」のように書いてください。",
    }


def test_no_refusals_show_nothing() -> None:
    written = io.StringIO()
    console = Console(file=written)
    show_refusals(Terminal(language="en", as_json=False, console=console, aside=console), [])
    assert written.getvalue() == ""
