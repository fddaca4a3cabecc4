"""Excel workbooks: typed cells, several sheets, damaged files."""

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from career_relay.application import Application
from career_relay.imports.spreadsheet import read_spreadsheet
from career_relay.imports.verdicts import Reading, UnreadableFileError, gather
from career_relay.samples.files import workbook_bytes
from career_relay.words import same

MADE_AT = datetime(2026, 10, 1, tzinfo=UTC)
HEADER = ("応募ID", "氏名", "選考ステータス", "生年月日", "経験年数", "応募日時", "連絡可否")
Value = str | int | float | bool | date | None


def workbook(*sheets: Sequence[Sequence[Value]]) -> bytes:
    book = Workbook()
    book.remove(book.worksheets[0])
    for lines in sheets:
        sheet = book.create_sheet()
        for line in lines:
            sheet.append(list(line))
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def read(folder: Path, content: bytes) -> Reading:
    path = folder / "list.xlsx"
    path.write_bytes(content)
    return gather(path.name, same("xlsx"), read_spreadsheet(path))


def line(years: Value = 9, born_on: Value = date(1991, 4, 2)) -> tuple[Value, ...]:
    return (
        *(1001, "夢原 空太", "不採用", born_on, years, datetime(2026, 6, 11, 11, 7, 6), True),  # noqa: DTZ001
    )


def test_numbers_dates_and_booleans_are_read_as_people_see_them(tmp_path: Path) -> None:
    (row,) = read(tmp_path, workbook([HEADER, line()])).rows
    application = row.application
    assert row.row == 2
    assert application.key == "sheet:1001"
    assert application.person.born_on == date(1991, 4, 2)
    assert application.career.experience_years == 9
    assert application.selection.applied_at == datetime(2026, 6, 11, 2, 7, 6, tzinfo=UTC)
    assert application.selection.may_contact


def test_a_whole_number_kept_as_a_fraction_is_whole(tmp_path: Path) -> None:
    (row,) = read(tmp_path, workbook([HEADER, line(years=9.0)])).rows
    assert row.application.career.experience_years == 9


@pytest.mark.parametrize("years", [2.5e-42, 2.59e-42, 9.5, -1, True, "about nine"])
def test_what_is_no_whole_number_is_refused_by_row_and_column(tmp_path: Path, years: Value) -> None:
    (refusal,) = read(tmp_path, workbook([HEADER, line(years=years)])).refusals
    assert (refusal.row, refusal.column) == (2, "経験年数")
    assert refusal.code == "wrong-type"


@pytest.mark.parametrize("fault", ["#REF!", "#N/A", "#VALUE!"])
def test_a_formulas_fault_is_no_date(tmp_path: Path, fault: str) -> None:
    (refusal,) = read(tmp_path, workbook([HEADER, line(born_on=fault)])).refusals
    assert refusal.column == "生年月日"


def test_the_sheet_whose_header_is_known_best_is_read(tmp_path: Path) -> None:
    cover = [("応募者一覧", None), ("作成", "採用担当")]
    totals: list[tuple[Value, ...]] = [("氏名", "年齢", "メール"), ("合計", 3, None)]
    reading = read(tmp_path, workbook(cover, totals, [HEADER, line()]))
    assert [row.application.key for row in reading.rows] == ["sheet:1001"]


def test_rows_shorter_than_the_header_are_filled_with_nothing(tmp_path: Path) -> None:
    (row,) = read(tmp_path, workbook([HEADER, ("7", "夢原 空太", "不採用")])).rows
    assert row.application.person.born_on is None


def test_titles_and_empty_rows_keep_the_numbers_of_the_sheet(tmp_path: Path) -> None:
    content = workbook([("応募者一覧",), (None,), HEADER, line(), (None,), line(years="x")])
    reading = read(tmp_path, content)
    assert [row.row for row in reading.rows] == [4]
    assert [refusal.row for refusal in reading.refusals] == [6]


def test_a_written_sample_is_read_back_as_it_was(
    tmp_path: Path, an_application: Application
) -> None:
    reading = read(tmp_path, workbook_bytes([an_application], made_at=MADE_AT))
    assert reading.applications == (an_application,)


def test_a_workbook_without_a_header_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path, workbook([("a", "b")], []))
    assert refusal.value.code == "no-header"


@pytest.mark.parametrize("kept", [4, 100, 0.5, 0.9, 0.999])
def test_a_workbook_that_was_cut_off_is_refused(
    tmp_path: Path, an_application: Application, kept: float
) -> None:
    whole = workbook_bytes([an_application], made_at=MADE_AT)
    size = int(kept) if kept >= 1 else int(len(whole) * kept)
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path, whole[:size])
    assert refusal.value.code == "cut-off"


@pytest.mark.parametrize("content", [b"", b"PK", b"not a workbook at all", b"\xd0\xcf\x11\xe0" * 9])
def test_what_is_no_workbook_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path, content)
    assert refusal.value.code == "cut-off"


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("photo.jpg", b"jpeg")
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path, packed.getvalue())
    assert refusal.value.code == "cut-off"


def test_a_damaged_member_is_noticed_before_anything_is_read(
    tmp_path: Path, an_application: Application
) -> None:
    whole = bytearray(workbook_bytes([an_application], made_at=MADE_AT))
    with zipfile.ZipFile(io.BytesIO(bytes(whole))) as archive:
        member = archive.getinfo("xl/worksheets/sheet1.xml")
    whole[member.header_offset + 200] ^= 0xFF
    with pytest.raises(UnreadableFileError):
        read(tmp_path, bytes(whole))


def test_a_workbook_that_unpacks_to_a_flood_is_refused(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(6):
            archive.writestr(f"xl/{number}.xml", bytes(90_000_000))
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path, packed.getvalue())
    assert refusal.value.code == "too-large"
