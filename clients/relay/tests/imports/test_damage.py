"""Damaged files of every format, cut or changed anywhere: verdicts, or one refusal in words."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import pytest

from career_relay.imports.reader import read
from career_relay.imports.verdicts import Reading, UnreadableFileError
from career_relay.samples.files import csv_bytes, greenhouse_bytes, workbook_bytes
from career_relay.samples.generate import SAMPLE_DAY, applications

MADE = applications(9, 6, today=SAMPLE_DAY)
FILES: dict[str, bytes] = {
    "list.csv": csv_bytes(MADE),
    "windows.csv": csv_bytes(MADE, coding="cp932"),
    "list.xlsx": workbook_bytes(MADE, made_at=datetime(2026, 10, 1, tzinfo=UTC)),
    "export.json": greenhouse_bytes(MADE),
}
Try = Callable[[str, bytes], Reading | None]


@pytest.fixture
def attempt(tmp_path: Path) -> Try:
    """Reads bytes under a name; None where the file was refused in words."""

    def read_or_refuse(name: str, content: bytes) -> Reading | None:
        path = tmp_path / name
        path.write_bytes(content)
        try:
            return read(path)
        except UnreadableFileError:
            return None

    return read_or_refuse


@pytest.mark.parametrize("name", list(FILES))
def test_the_whole_file_is_read_whole(attempt: Try, name: str) -> None:
    reading = attempt(name, FILES[name])
    assert reading is not None
    assert len(reading.rows) == len(MADE)
    assert reading.refusals == ()


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_cut_anywhere_never_gives_a_row_that_was_not_there(attempt: Try, name: str) -> None:
    whole = attempt(name, FILES[name])
    assert whole is not None
    content = FILES[name]
    for size in range(0, len(content) - 1, max(1, len(content) // 60)):
        cut = attempt(name, content[:size])
        if cut is not None:
            assert len(cut.rows) <= len(whole.rows)
            for before, after in zip(whole.rows, cut.rows, strict=False):
                # The last row may have lost the end of its last cell, and nothing else.
                assert after.application.key == before.application.key
                assert after.application.person == before.application.person


@pytest.mark.parametrize("name", ["list.xlsx", "export.json"])
def test_a_cut_workbook_or_document_is_refused_as_a_whole(attempt: Try, name: str) -> None:
    content = FILES[name]
    for size in range(1, len(content) - 3, max(1, len(content) // 40)):
        assert attempt(name, content[:size]) is None


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_with_bytes_changed_gives_verdicts_or_one_refusal(attempt: Try, name: str) -> None:
    chance = Random(7)
    for _ in range(60):
        content = bytearray(FILES[name])
        for _ in range(chance.randrange(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        reading = attempt(name, bytes(content))
        if reading is not None:
            assert len(reading.rows) + len(reading.refusals) <= len(MADE) + 6


@pytest.mark.parametrize("name", list(FILES))
def test_a_file_under_anothers_name_is_read_or_refused(attempt: Try, name: str) -> None:
    for other in FILES:
        reading = attempt(other, FILES[name])
        assert reading is None or len(reading.rows) == len(MADE)


@pytest.mark.parametrize("name", ["list.csv", "windows.csv"])
def test_two_lists_one_behind_the_other_are_read_with_the_second_header_refused(
    attempt: Try, name: str
) -> None:
    again = FILES[name].removeprefix(b"\xef\xbb\xbf")
    reading = attempt(name, FILES[name] + again)
    assert reading is not None
    assert len(reading.rows) == len(MADE)
    assert [refusal.row for refusal in reading.refusals] == [len(MADE) + 2]
    assert [note.code for note in reading.notes].count("repeated") == len(MADE)
