"""Lists as Excel workbooks (.xlsx): the sheet whose header is known best, values as they show."""

import warnings
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from career_relay.imports.columns import columns_of
from career_relay.imports.table import Line, header_row, read_table
from career_relay.imports.verdicts import UnreadableFileError, Verdict
from career_relay.words import Words

_LARGEST_UNPACKED = 500_000_000
_BROKEN = (zipfile.BadZipFile, InvalidFileException, ParseError, KeyError, ValueError)


def read_spreadsheet(path: Path) -> Iterator[Verdict]:
    """Yield the verdict of each row of a workbook's list.

    Raises:
        UnreadableFileError: the workbook is cut off, protected or no workbook, or no sheet has a
            header that is known.
    """
    _require_whole(path)
    try:
        sheets = _sheets(path)
    except _BROKEN as error:
        raise _broken(path) from error
    yield from read_table(path, max(sheets, key=_known_columns), ragged="filled")


def _require_whole(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
            damaged = unpacked <= _LARGEST_UNPACKED and archive.testzip() is not None
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
        raise _broken(path) from error
    if damaged:
        raise _broken(path)
    if unpacked > _LARGEST_UNPACKED:
        raise UnreadableFileError(
            path,
            "too-large",
            Words(en="The workbook unpacks to more than 500 MB.", ja="展開すると500MBを超えます。"),
            Words(en="Split the list.", ja="リストを分けてください。"),
        )


def _sheets(path: Path) -> list[list[Line]]:
    # An open stream, because the library goes by a path's ending.
    with warnings.catch_warnings(), path.open("rb") as stream:
        # Styles and print settings that openpyxl leaves out do not concern the values.
        warnings.simplefilter("ignore", UserWarning)
        workbook = load_workbook(stream, read_only=True, data_only=True)
        try:
            return [
                [[_shown(value) for value in row] for row in sheet.iter_rows(values_only=True)]
                for sheet in workbook.worksheets
            ] or [[]]
        finally:
            workbook.close()


def _known_columns(lines: Sequence[Line]) -> int:
    head = header_row(lines)
    return 0 if head is None else sum(c is not None for c in columns_of(list(lines[head])))


def _shown(value: object) -> str:
    """Return a cell's value as a person reads it; 7.0 is 7, and 2.5e-42 stays what it is."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.strftime("%Y/%m/%d %H:%M:%S")
    if isinstance(value, date):
        return value.strftime("%Y/%m/%d")
    return str(value)


def _broken(path: Path) -> UnreadableFileError:
    return UnreadableFileError(
        path,
        "cut-off",
        Words(
            en="The workbook is cut off, protected by a password, or no .xlsx file.",
            ja="ブックが途中で切れているか、パスワード付きか、.xlsx形式ではありません。",
        ),
        Words(en="Save it anew as .xlsx.", ja=".xlsx形式で保存し直してください。"),
    )
