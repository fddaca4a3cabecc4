"""A small writer of XLSX workbooks (ECMA-376), for papers that auditors fill in and print."""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias
from xml.sax.saxutils import escape, quoteattr

Cell: TypeAlias = str | int | None
"""A text, a number, or nothing; there are no formulas."""
Style: TypeAlias = Literal["plain", "title", "head", "label", "box", "number"]

STYLES: Final[tuple[Style, ...]] = ("plain", "title", "head", "label", "box", "number")
MAX_TEXT: Final = 32_767
MAX_ROWS: Final = 100_000
MAX_SHEET_NAME: Final = 31
A4: Final = 9
_NO_SHEET_NAME: Final = frozenset("[]:*?/\\")
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
_PART: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_UNSAYABLE: Final = re.compile("[^\\t\\n\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
# The same bytes whenever the same paper is written: the oldest moment that a zip file can name.
_WRITTEN_AT: Final = (1980, 1, 1, 0, 0, 0)


class WorkbookError(ValueError):
    """What was given fits in no workbook."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of a sheet; every cell of it looks the same.

    Attributes:
        cells: from the left.
        height: in points; 0 for what its text needs.
    """

    cells: tuple[Cell, ...]
    style: Style = "plain"
    height: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet, printed on A4 paper, as wide as one page.

    Attributes:
        name: on its tab.
        widths: of the columns, in characters.
        rows: from the top.
        landscape: whether the paper lies on its long side.
        head_rows: how many rows at the top stay in sight, and are printed on every page.
    """

    name: str
    widths: tuple[int, ...]
    rows: tuple[Row, ...]
    landscape: bool = False
    head_rows: int = 0


def encode_workbook(sheets: Sequence[Sheet], *, title: str, lang: str) -> bytes:
    """Return the bytes of an .xlsx file; the same sheets give the same bytes.

    Texts are written as texts whatever they begin with, so that none is ever calculated; signs
    that XML cannot say become U+FFFD.

    Args:
        sheets: at least one, with names that differ.
        title: of the document.
        lang: `ja` or `en`; it settles the font.

    Raises:
        WorkbookError: there is no sheet, a name is none or stands twice, or a text or a sheet
            is too long.
    """
    _check(sheets)
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _package_links(),
        "docProps/core.xml": _properties(title),
        "xl/workbook.xml": _workbook(sheets),
        "xl/_rels/workbook.xml.rels": _workbook_links(len(sheets)),
        "xl/styles.xml": _styles("Yu Gothic" if lang == "ja" else "Calibri"),
    }
    for number, sheet in enumerate(sheets, start=1):
        parts[f"xl/worksheets/sheet{number}.xml"] = "".join(_sheet(sheet))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            info = zipfile.ZipInfo(name, _WRITTEN_AT)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, (_HEAD + text).encode())
    return packed.getvalue()


def _check(sheets: Sequence[Sheet]) -> None:
    """Refuse what fits in no workbook."""
    names = [sheet.name.casefold() for sheet in sheets]
    if not sheets or len(set(names)) != len(names):
        raise WorkbookError("a workbook has one sheet or more, each with its own name")
    for sheet in sheets:
        if not 1 <= len(sheet.name) <= MAX_SHEET_NAME or _NO_SHEET_NAME & set(sheet.name):
            raise WorkbookError(f"{sheet.name!r} is no name of a sheet")
        if len(sheet.rows) > MAX_ROWS:
            raise WorkbookError(f"a sheet of more than {MAX_ROWS} rows")
        for row in sheet.rows:
            if any(isinstance(cell, str) and len(cell) > MAX_TEXT for cell in row.cells):
                raise WorkbookError(f"a text of more than {MAX_TEXT} characters")


def _sheet(sheet: Sheet) -> Iterator[str]:
    """Yield the parts of a sheet, in the order that the standard asks for."""
    yield f'<worksheet xmlns="{_MAIN}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
    yield '<sheetViews><sheetView workbookViewId="0" showGridLines="0">'
    if sheet.head_rows:
        below = f"A{sheet.head_rows + 1}"
        yield f'<pane ySplit="{sheet.head_rows}" topLeftCell="{below}" activePane="bottomLeft"'
        yield ' state="frozen"/>'
    yield "</sheetView></sheetViews><cols>"
    for number, width in enumerate(sheet.widths, start=1):
        yield f'<col min="{number}" max="{number}" width="{width}" customWidth="1"/>'
    yield "</cols><sheetData>"
    for number, row in enumerate(sheet.rows, start=1):
        yield from _row(number, row)
    yield "</sheetData>"
    yield '<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>'
    orientation = "landscape" if sheet.landscape else "portrait"
    yield f'<pageSetup paperSize="{A4}" orientation="{orientation}" fitToHeight="0"/>'
    yield "<headerFooter><oddFooter>&amp;L&amp;A&amp;R&amp;P / &amp;N</oddFooter></headerFooter>"
    yield "</worksheet>"


def _row(number: int, row: Row) -> Iterator[str]:
    """Yield a row with its cells; those without content keep their frame."""
    height = f' ht="{row.height}" customHeight="1"' if row.height else ""
    yield f'<row r="{number}"{height}>'
    for place, cell in enumerate(row.cells):
        at = f'r="{_column(place)}{number}"'
        if isinstance(cell, str) and cell:
            style = STYLES.index(row.style)
            text = f'<t xml:space="preserve">{escape(_sayable(cell))}</t>'
            yield f'<c {at} s="{style}" t="inlineStr"><is>{text}</is></c>'
        elif isinstance(cell, int):
            style = STYLES.index("number" if row.style == "box" else row.style)
            yield f'<c {at} s="{style}"><v>{cell}</v></c>'
        else:
            yield f'<c {at} s="{STYLES.index(row.style)}"/>'
    yield "</row>"


def _column(place: int) -> str:
    """Return the letters of a column, counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _sayable(text: str) -> str:
    """Return a text whose every sign XML can say (XML 1.0, section 2.2)."""
    return _UNSAYABLE.sub("\ufffd", text)


def _workbook(sheets: Sequence[Sheet]) -> str:
    """Return the list of sheets, and which of their rows are printed on every page."""
    listed = "".join(
        f'<sheet name={quoteattr(_sayable(sheet.name))} sheetId="{number}" r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, start=1)
    )
    repeated = "".join(
        f'<definedName name="_xlnm.Print_Titles" localSheetId="{number}">'
        f"{escape(_quoted(sheet.name))}!$1:${sheet.head_rows}</definedName>"
        for number, sheet in enumerate(sheets)
        if sheet.head_rows
    )
    names = f"<definedNames>{repeated}</definedNames>" if repeated else ""
    return (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>{listed}</sheets>{names}</workbook>'
    )


def _quoted(name: str) -> str:
    """Return the name of a sheet as a reference has it."""
    return "'" + _sayable(name).replace("'", "''") + "'"


def _content_types(count: int) -> str:
    """Return what kind of content each part has."""
    overrides = {
        "/xl/workbook.xml": f"{_PART}.sheet.main+xml",
        "/xl/styles.xml": f"{_PART}.styles+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        **{
            f"/xl/worksheets/sheet{number}.xml": f"{_PART}.worksheet+xml"
            for number in range(1, count + 1)
        },
    }
    listed = "".join(
        f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in overrides.items()
    )
    return (
        f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{listed}</Types>'
    )


def _package_links() -> str:
    """Return where the workbook and its properties lie."""
    core = f"{_PACKAGE}/relationships/metadata/core-properties"
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'
        f'<Relationship Id="rId2" Type="{core}" Target="docProps/core.xml"/></Relationships>'
    )


def _workbook_links(count: int) -> str:
    """Return where the sheets and the styles lie."""
    listed = "".join(
        f'<Relationship Id="rId{number}" Type="{_LINKS}/worksheet" '
        f'Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, count + 1)
    )
    return (
        f'<Relationships xmlns="{_PACKAGE}/relationships">{listed}'
        f'<Relationship Id="rId{count + 1}" Type="{_LINKS}/styles" Target="styles.xml"/>'
        "</Relationships>"
    )


def _properties(title: str) -> str:
    """Return the document's title."""
    return (
        f'<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(_sayable(title))}'
        "</dc:title></cp:coreProperties>"
    )


def _styles(font: str) -> str:
    """Return how cells look, in the order of STYLES."""
    name = f'<name val="{font}"/>'
    thin = "".join(
        f'<{side} style="thin"><color rgb="FF8A8A8A"/></{side}>'
        for side in ("left", "right", "top", "bottom")
    )
    wrapped = '<alignment vertical="top" wrapText="1"/>'
    centred = '<alignment vertical="center" wrapText="1"/>'
    looks = (
        (0, 0, 0, wrapped),
        (1, 0, 0, '<alignment vertical="center"/>'),
        (2, 2, 1, centred),
        (2, 0, 0, wrapped),
        (0, 0, 1, wrapped),
        (0, 0, 1, '<alignment horizontal="right" vertical="top"/>'),
    )
    formats = "".join(
        f'<xf numFmtId="{3 if style == "number" else 0}" fontId="{letters}" fillId="{fill}" '
        f'borderId="{frame}" xfId="0" applyFont="1" applyFill="1" applyBorder="1" '
        f'applyAlignment="1" applyNumberFormat="1">{alignment}</xf>'
        for style, (letters, fill, frame, alignment) in zip(STYLES, looks, strict=True)
    )
    return (
        f'<styleSheet xmlns="{_MAIN}"><fonts count="3"><font><sz val="10"/>{name}</font>'
        f'<font><b/><sz val="16"/>{name}</font><font><b/><sz val="10"/>{name}</font></fonts>'
        '<fills count="3"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill><fill><patternFill '
        'patternType="solid"><fgColor rgb="FFE8EEF4"/></patternFill></fill></fills>'
        '<borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border>'
        f"<border>{thin}<diagonal/></border></borders>"
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        f'</cellStyleXfs><cellXfs count="{len(STYLES)}">{formats}</cellXfs>'
        '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
        "</styleSheet>"
    )
