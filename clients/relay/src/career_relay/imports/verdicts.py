"""What a reader says about a file: a row taken, a row refused, or a remark; never silence."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from career_relay.application import Application
from career_relay.errors import RelayError
from career_relay.words import Words

# What a code means, without a word of what stands in the cell: for counts, logs and stories.
CODE_WORDS: dict[str, Words] = {
    "age-differs": Words(en="age and date of birth differ", ja="年齢と生年月日の不一致"),
    "column-missing": Words(en="a column is missing", ja="列がない"),
    "column-not-kept": Words(en="column not read on purpose", ja="意図して読まない列"),
    "control-character": Words(en="control character", ja="制御文字"),
    "cut-off": Words(en="cut off", ja="途中で切れている"),
    "duplicate": Words(en="same id, other content", ja="同じIDで別の内容"),
    "empty": Words(en="empty file", ja="空のファイル"),
    "missing": Words(en="something needed is missing", ja="必要な項目がない"),
    "no-application": Words(en="holds no application", ja="応募を含まない"),
    "no-header": Words(en="no header", ja="見出しがない"),
    "no-person": Words(en="no person recorded", ja="応募者の情報がない"),
    "not-found": Words(en="cannot be opened", ja="開けない"),
    "not-text": Words(en="unknown character coding", ja="文字コードが不明"),
    "other-format": Words(en="another file format", ja="別のファイル形式"),
    "other-vendor": Words(en="another system, not read yet", ja="未対応のシステム"),
    "out-of-order": Words(en="ended before it began", ja="日時の前後が逆"),
    "out-of-range": Words(en="outside the range", ja="範囲外の値"),
    "repeated": Words(en="repeated row, read once", ja="重複行(一度だけ読む)"),
    "someone-else": Words(en="id of another person", ja="別の方のID"),
    "too-large": Words(en="file too large", ja="ファイルが大きすぎる"),
    "too-long": Words(en="cell too long", ja="セルが長すぎる"),
    "too-many-cells": Words(en="more cells than headers", ja="列が多すぎる"),
    "unknown-column": Words(en="column not known", ja="不明な列"),
    "unknown-json": Words(en="JSON of an unknown shape", ja="不明なJSON"),
    "unknown-value": Words(en="value not known", ja="不明な値"),
    "wrong-type": Words(en="wrong type", ja="型の誤り"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A remark that stops nothing: row 0 is the file as a whole."""

    row: int
    column: str
    code: str
    what: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row that was understood, numbered as a person sees it (the header is row 1)."""

    row: int
    application: Application
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A row that was not taken: where, what stands there, and how to mend it."""

    row: int
    column: str
    code: str
    what: Words
    mend: Words


Verdict = Row | Refusal | Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One file, read to its end."""

    file: str
    format: Words
    rows: tuple[Row, ...]
    refusals: tuple[Refusal, ...]
    notes: tuple[Note, ...]

    @property
    def applications(self) -> tuple[Application, ...]:
        """The applications taken, in the order of the file."""
        return tuple(row.application for row in self.rows)


class UnreadableFileError(RelayError):
    """Nothing of a file can be read: it is cut off, in an unknown coding, or not yet read here.

    Attributes:
        file: its name, without its folder.
        code: a key of CODE_WORDS.
        what: what is wrong with it; `said` is the same with the file's name before it.
    """

    def __init__(self, path: Path, code: str, what: Words, mend: Words) -> None:
        super().__init__(
            Words(en="{file}: {what}", ja="{file}: {what}").filled(file=path.name, what=what), mend
        )
        self.file = path.name
        self.code = code
        self.what = what


def gather(file: str, format_words: Words, verdicts: Iterable[Verdict]) -> Reading:
    """Return the verdicts of one file sorted by what they are, remarks on rows included."""
    rows: list[Row] = []
    refusals: list[Refusal] = []
    notes: list[Note] = []
    for verdict in verdicts:
        match verdict:
            case Row():
                rows.append(verdict)
                notes.extend(verdict.notes)
            case Refusal():
                refusals.append(verdict)
            case Note():
                notes.append(verdict)
    return Reading(
        file=file,
        format=format_words,
        rows=tuple(rows),
        refusals=tuple(refusals),
        notes=tuple(notes),
    )
