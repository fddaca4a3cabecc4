"""One door for every format: look at the file, choose its reader, gather its verdicts."""

import json
from collections.abc import Iterator
from pathlib import Path

from career_relay.imports.delimited import decode, read_delimited
from career_relay.imports.greenhouse import holds_greenhouse, read_greenhouse
from career_relay.imports.spreadsheet import read_spreadsheet
from career_relay.imports.vendors import name_vendor
from career_relay.imports.verdicts import Reading, UnreadableFileError, Verdict, gather
from career_relay.words import Words, same

_LARGEST = 200_000_000
_SPREADSHEET = Words(en="Excel workbook", ja="Excelブック")
_DELIMITED = Words(en="CSV", ja="CSV")
_GREENHOUSE = Words(en="Greenhouse (JSON)", ja="Greenhouse(JSON)")


def read(path: Path) -> Reading:
    """Return every verdict on one file: rows taken, rows refused, remarks.

    Raises:
        UnreadableFileError: nothing of the file can be read; the error says why and what to do.
    """
    format_words, verdicts = _chosen(path)
    return gather(path.name, format_words, verdicts)


def files_in(path: Path) -> list[Path]:
    """Return the file itself, or the files of a folder in the order of their names."""
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.iterdir() if file.is_file() and file.name[0] != ".")


def _chosen(path: Path) -> tuple[Words, Iterator[Verdict]]:
    try:
        with path.open("rb") as stream:
            start = stream.read(8)
        size = path.stat().st_size
    except OSError as error:
        raise UnreadableFileError(
            path,
            "not-found",
            Words(en="The file cannot be opened.", ja="ファイルを開けません。"),
            Words(en="Check its name and place.", ja="名前と場所を確かめてください。"),
        ) from error
    if size == 0:
        raise UnreadableFileError(
            path,
            "empty",
            Words(en="The file is empty.", ja="ファイルが空です。"),
            Words(en="Export it anew.", ja="出力し直してください。"),
        )
    if size > _LARGEST:
        raise UnreadableFileError(
            path,
            "too-large",
            Words(en="The file is larger than 200 MB.", ja="ファイルが200MBを超えています。"),
            Words(en="Split it.", ja="分けてください。"),
        )
    suffix = path.suffix.lower()
    if start.startswith(b"PK") or suffix == ".xlsx":
        return _SPREADSHEET, read_spreadsheet(path)
    if start.startswith(b"\xd0\xcf\x11\xe0") or suffix == ".xls":
        raise _other_format(path, "an old Excel workbook (.xls)", "古い形式のExcelブック(.xls)")
    if suffix == ".json" or start.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] in {b"{", b"["}:
        return _GREENHOUSE, _read_json(path)
    if start.startswith(b"%PDF"):
        raise _other_format(path, "a PDF", "PDF")
    return _DELIMITED, read_delimited(path)


def _read_json(path: Path) -> Iterator[Verdict]:
    text = decode(path, path.read_bytes())
    try:
        document: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = (
            f" ({error.lineno}:{error.colno})" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise UnreadableFileError(
            path,
            "cut-off",
            Words(
                en="The JSON cannot be read to its end{place}.",
                ja="JSONを最後まで読めません{place}。",
            ).filled(place=place),
            Words(
                en="Export the file anew; it may have been cut off.",
                ja="ファイルを出力し直してください。途中で切れている可能性があります。",
            ),
        ) from error
    if holds_greenhouse(document):
        return read_greenhouse(document)
    raise _not_read_yet(path, name_vendor(document))


def _not_read_yet(path: Path, vendor: str) -> UnreadableFileError:
    mend = Words(
        en="Export it as CSV or Excel with a header.",
        ja="見出し付きのCSVかExcelで出力してください。",
    )
    if not vendor:
        return UnreadableFileError(
            path,
            "unknown-json",
            Words(
                en="No system known here writes JSON like this.",
                ja="このJSONの形式は読み取れません。",
            ),
            mend,
        )
    return UnreadableFileError(
        path,
        "other-vendor",
        Words(
            en="This looks like {vendor}, which is not read yet.",
            ja="{vendor}のファイルのようです。まだ読み込めません。",
        ).filled(vendor=same(vendor)),
        mend,
    )


def _other_format(path: Path, en: str, ja: str) -> UnreadableFileError:
    return UnreadableFileError(
        path,
        "other-format",
        Words(en="This is {what}, which is not read.", ja="{what}は読み込めません。").filled(
            what=Words(en=en, ja=ja)
        ),
        Words(en="Save it as .xlsx or CSV.", ja=".xlsxかCSVで保存し直してください。"),
    )
