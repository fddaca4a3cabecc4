"""Verdicts gathered: rows, refusals and remarks of one file, each in its own list."""

import ast
from pathlib import Path

from career_relay import assets, imports
from career_relay.application import Application
from career_relay.imports.verdicts import (
    CODE_WORDS,
    Note,
    Refusal,
    Row,
    UnreadableFileError,
    gather,
)
from career_relay.words import Words, same

REFUSAL = Refusal(row=3, column="年齢", code="wrong-type", what=same("x"), mend=same("y"))
FILE_NOTE = Note(row=0, column="", code="column-missing", what=same("x"))
ROW_NOTE = Note(row=2, column="語学", code="unknown-value", what=same("x"))


def test_verdicts_are_sorted_by_what_they_are(an_application: Application) -> None:
    row = Row(row=2, application=an_application, notes=(ROW_NOTE,))
    reading = gather("list.csv", same("CSV"), [FILE_NOTE, row, REFUSAL])
    assert reading.file == "list.csv"
    assert reading.rows == (row,)
    assert reading.refusals == (REFUSAL,)
    assert reading.notes == (FILE_NOTE, ROW_NOTE)
    assert reading.applications == (an_application,)


def test_an_empty_file_has_no_verdicts() -> None:
    reading = gather("list.csv", same("CSV"), [])
    assert (reading.rows, reading.refusals, reading.notes) == ((), (), ())


def test_an_unreadable_file_says_its_name_and_not_its_folder() -> None:
    refusal = UnreadableFileError(
        Path("a-folder") / "list.csv",
        "empty",
        Words(en="It is empty.", ja="空です。"),
        Words(en="Export it anew.", ja="出力し直してください。"),
    )
    assert refusal.said == Words(en="list.csv: It is empty.", ja="list.csv: 空です。")
    assert refusal.mend.into("ja") == "出力し直してください。"
    assert "a-folder" not in str(refusal)


def test_every_code_that_readers_and_store_give_has_words_of_its_own() -> None:
    given: set[str] = set()
    for package in (imports, assets):
        for path in Path(package.__path__[0]).glob("*.py"):
            given |= _codes_in(ast.parse(path.read_text(encoding="utf-8")))
    assert given == set(CODE_WORDS)
    assert all(words.en and words.ja for words in CODE_WORDS.values())


def _codes_in(tree: ast.Module) -> set[str]:
    """Return every text given as `code=…`, or where the errors of cells, rows and files take it."""
    codes: set[str] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        place = {"CellError": 0, "UnreadableFileError": 1, "_RowFaultError": 1, "_note": 1}.get(
            name
        )
        values = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
        if place is not None:
            values.append(node.args[place])
        for value in values:
            codes |= {
                part.value
                for part in ast.walk(value)
                if isinstance(part, ast.Constant) and isinstance(part.value, str)
            }
    return codes
