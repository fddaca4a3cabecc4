"""Lists as text: CSV and tab-separated, in UTF-8 (with or without BOM), UTF-16 or CP932."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from career_relay.imports.table import read_table
from career_relay.imports.verdicts import UnreadableFileError, Verdict
from career_relay.words import Words

_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
# No list holds these; what single bytes outside CP932 become when they are read as such.
_NEVER_WRITTEN = frozenset("\0\x80\xa0\uf8f0\uf8f1\uf8f2\uf8f3")


def read_delimited(path: Path) -> Iterator[Verdict]:
    """Yield the verdict of each row of a CSV or tab-separated file.

    Raises:
        UnreadableFileError: the coding is none of the three, a quotation is never closed, or
            there is no header.
    """
    text = decode(path, path.read_bytes())
    first_line = text.partition("\n")[0]
    delimiter = max(",\t;", key=first_line.count)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise cut_off(path) from error
    yield from read_table(path, lines, ragged="refused")


def decode(path: Path, raw: bytes) -> str:
    """Return the text of a file's bytes: UTF-8, else UTF-16 by its mark, else CP932.

    Raises:
        UnreadableFileError: the bytes are none of these, or end within a letter.
    """
    if raw.startswith(_UTF_16_MARKS):
        text = _decoded(raw, "utf-16")
    else:
        text = _decoded(raw, "utf-8-sig")
        if text is None and _ends_within_letter(raw):
            raise cut_off(path)
        if text is None:
            text = _decoded(raw, "cp932")
    if text is not None and not _NEVER_WRITTEN & set(text):
        return text
    raise UnreadableFileError(
        path,
        "not-text",
        Words(
            en="The file is neither UTF-8 nor Shift_JIS (CP932) text.",
            ja="UTF-8でもShift_JIS(CP932)でもない文字が含まれています。",
        ),
        Words(en="Save it as CSV UTF-8.", ja="「CSV UTF-8」で保存し直してください。"),
    )


def cut_off(path: Path) -> UnreadableFileError:
    """Return the refusal of a text that ends before it is over."""
    return UnreadableFileError(
        path,
        "cut-off",
        Words(
            en="The file ends in the middle of a letter or a quotation.",
            ja="文字か引用符の途中でファイルが終わっています。",
        ),
        Words(
            en="Export it anew; it may have been cut off.",
            ja="途中で切れている可能性があります。出力し直してください。",
        ),
    )


def _decoded(raw: bytes, coding: str) -> str | None:
    try:
        return raw.decode(coding)
    except UnicodeDecodeError:
        return None


def _ends_within_letter(raw: bytes) -> bool:
    """Return whether bytes are UTF-8, letters beyond ASCII included, but for a cut last letter."""
    try:
        raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        whole = raw[: error.start]
        return error.reason == "unexpected end of data" and not whole.isascii()
    return False
