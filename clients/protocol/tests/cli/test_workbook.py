"""A workbook that other programs read as it was written, and that calculates nothing."""

import io
import xml.etree.ElementTree as ET
import zipfile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from relay_protocol.cli.workbook import (
    MAX_ROWS,
    MAX_TEXT,
    Cell,
    Row,
    Sheet,
    WorkbookError,
    encode_workbook,
)


def sheet_of(*cells: Cell, name: str = "paper") -> Sheet:
    return Sheet(name=name, widths=(10,) * len(cells), rows=(Row(cells=cells),))


def read(*sheets: Sheet, lang: str = "en") -> list[Worksheet]:
    return list(load_workbook(io.BytesIO(encode_workbook(sheets, title="t", lang=lang))))


def test_texts_and_numbers_are_read_back() -> None:
    (sheet,) = read(sheet_of("text", 0, 2**53 - 1, None, "", "日本語 𠮟", " a\n b "))
    values = [cell.value for cell in sheet[1]]
    assert values == ["text", 0, 2**53 - 1, None, None, "日本語 𠮟", " a\n b "]


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        '=HYPERLINK("http://a.example")',
        "\t=1",
        "{=1}",
        "00123",
        "1e9",
    ],
)
def test_no_text_is_calculated(text: str) -> None:
    (sheet,) = read(sheet_of(text))
    assert (sheet["A1"].value, sheet["A1"].data_type) == (text, "s")
    raw = encode_workbook([sheet_of(text)], title="t", lang="en")
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<&>\"'", "<&>\"'"),
        (']]></t></is></c><c r="Z9"><v>1</v></c>', ']]></t></is></c><c r="Z9"><v>1</v></c>'),
        ("a\x00b\x1bc", "a\ufffdb\ufffdc"),
        ("\ud800", "\ufffd"),
        ("\ufffe\uffff", "\ufffd\ufffd"),
    ],
)
def test_whatever_a_text_holds_it_stays_one_text(text: str, expected: str) -> None:
    (sheet,) = read(sheet_of(text, "next"))
    assert [cell.value for cell in sheet[1]] == [expected, "next"]


def test_it_is_printed_on_a4_with_its_head_on_every_page() -> None:
    rows = (Row(cells=("Head",), style="head"), *(Row(cells=(n,), style="box") for n in range(9)))
    wide = Sheet(name="It's", widths=(5, 20), rows=rows, landscape=True, head_rows=1)
    sheet, tall = read(wide, sheet_of("x"))
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr is not None
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.print_title_rows, sheet.freeze_panes) == ("$1:$1", "A2")
    assert sheet.column_dimensions["B"].width == 20
    assert (tall.page_setup.orientation, tall.print_title_rows) == ("portrait", None)


def test_cells_look_as_they_are_asked_to() -> None:
    rows = (Row(cells=("t",), style="title", height=30), Row(cells=(5,), style="box"))
    (sheet,) = read(Sheet(name="s", widths=(9,), rows=rows), lang="ja")
    assert (sheet["A1"].font.sz, sheet["A1"].font.name) == (16, "Yu Gothic")
    assert sheet.row_dimensions[1].height == 30
    assert (sheet["A2"].border.left.style, sheet["A2"].number_format) == ("thin", "#,##0")


def test_many_columns_have_their_letters() -> None:
    (sheet,) = read(sheet_of(*range(703)))
    assert (sheet["Z1"].value, sheet["AA1"].value, sheet["AAA1"].value) == (25, 26, 702)


def test_the_same_sheets_give_the_same_bytes() -> None:
    one, again = (encode_workbook([sheet_of("x")], title="t", lang="en") for _ in range(2))
    assert one == again


def test_every_part_is_well_formed_xml() -> None:
    raw = encode_workbook([sheet_of("<", name="<&'\"")], title="<&", lang="ja")
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.testzip() is None
        for name in archive.namelist():
            ET.fromstring(archive.read(name))  # noqa: S314 (our own)


@pytest.mark.parametrize("name", ["", "x" * 32, "a/b", "a:b", "[a]", "a?", "a*", "a\\b"])
def test_a_name_that_no_sheet_can_have_is_refused(name: str) -> None:
    with pytest.raises(WorkbookError, match="no name of a sheet"):
        encode_workbook([sheet_of("x", name=name)], title="t", lang="en")


def test_limits_are_kept() -> None:
    assert encode_workbook([sheet_of("x" * MAX_TEXT)], title="t", lang="en")
    for sheets in (
        [sheet_of("x" * (MAX_TEXT + 1))],
        [Sheet(name="s", widths=(), rows=(Row(cells=()),) * (MAX_ROWS + 1))],
        [sheet_of("x"), sheet_of("y", name="PAPER")],
        [],
    ):
        with pytest.raises(WorkbookError):
            encode_workbook(sheets, title="t", lang="en")
