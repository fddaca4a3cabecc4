"""From the lines of a list, a spreadsheet's or a CSV's, to one verdict a row."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from career_relay.application import Application
from career_relay.imports.columns import Column, Meaning, columns_of, looks_like_headers
from career_relay.imports.rows import Cell, RowReader
from career_relay.imports.verdicts import Note, Refusal, Row, UnreadableFileError, Verdict
from career_relay.words import Words, same

Line = Sequence[str]
Ragged = Literal["refused", "filled"]

# Titles and notes stand above the header of many lists.
_HEADER_WITHIN = 10

_ABSENT: dict[Meaning, Words] = {
    "channel": Words(
        en="No column tells the channel: whoever came through an agency cannot be told apart.",
        ja="応募経路の列がありません。紹介会社経由の方を見分けられません。",
    ),
    "ended-at": Words(
        en="No column tells when the selection ended: nobody counts as recent.",
        ja="選考終了日時の列がありません。最近の方かどうか分かりません。",
    ),
    "email": Words(
        en="No column holds e-mail addresses: nobody can be invited.",
        ja="メールアドレスの列がありません。ご案内を送れません。",
    ),
    "kind": Words(
        en="No column tells new graduates from mid-career: all are read as mid-career.",
        ja="新卒・中途の列がありません。すべて中途として読みます。",
    ),
}


def header_row(lines: Sequence[Line]) -> int | None:
    """Return the index of the line that is the header, or None where none of the first ten is."""
    best: tuple[int, int] | None = None
    for index, line in enumerate(lines[:_HEADER_WITHIN]):
        columns = columns_of(list(line))
        known = sum(column is not None for column in columns)
        if looks_like_headers(columns) and (best is None or known > best[0]):
            best = (known, index)
    return None if best is None else best[1]


def read_table(path: Path, lines: Sequence[Line], *, ragged: Ragged) -> Iterator[Verdict]:
    """Yield the verdict of each row of a list, and remarks on its columns.

    Args:
        path: the file, for its name.
        lines: all lines, the header among the first ten; rows are numbered from 1 as people see.
        ragged: whether a line of another length is refused (CSV: it was cut), or filled up.

    Raises:
        UnreadableFileError: there is no header in which enough columns are known.
    """
    head = header_row(lines)
    if head is None:
        raise UnreadableFileError(
            path,
            "no-header",
            Words(
                en="No line of the first ten is a header with columns known here.",
                ja="最初の10行に、見出しとして読める行がありません。",
            ),
            Words(
                en="Put 応募ID, 氏名, メールアドレス, 選考ステータス or their like at the top.",
                ja="応募ID・氏名・メールアドレス・選考ステータスなどの見出しを付けてください。",
            ),
        )
    headers = [header.strip() for header in lines[head]]
    columns = columns_of(headers)
    yield from _remarks(headers, columns, row=head + 1)
    seen = _Seen()
    for number, line in enumerate(lines[head + 1 :], start=head + 2):
        if not any(text.strip() for text in line):
            continue
        if ragged == "refused" and len(line) != len(headers):
            yield _ragged(number, len(line), len(headers))
            continue
        cells = [
            Cell(column=column, text=text)
            for column, text in zip(columns, line, strict=False)
            if column is not None and column.meaning != "not-kept"
        ]
        yield seen.judge(RowReader(row=number, source="sheet", cells=cells).verdict())


class _Seen:
    """The rows taken so far, to tell one that is there twice."""

    def __init__(self) -> None:
        self._rows: dict[str, tuple[int, Application]] = {}

    def judge(self, verdict: Row | Refusal) -> Verdict:
        if isinstance(verdict, Refusal):
            return verdict
        application = verdict.application
        first_row, first = self._rows.setdefault(application.key, (verdict.row, application))
        if first_row == verdict.row:
            return verdict
        if first == application:
            return Note(
                row=verdict.row,
                column="",
                code="repeated",
                what=Words(
                    en="The same as row {row}; read once.",
                    ja="{row}行目と同じ内容です。一度だけ読みました。",
                ).filled(row=first_row),
            )
        return Refusal(
            row=verdict.row,
            column="",
            code="duplicate",
            what=Words(
                en="Row {row} has the same id, and says something else.",
                ja="{row}行目と応募IDが同じで、内容が違います。",
            ).filled(row=first_row),
            mend=Words(en="Keep one of the two.", ja="どちらか一行だけを残してください。"),
        )


def judge_repeats(verdicts: Iterator[Verdict]) -> Iterator[Verdict]:
    """Yield verdicts with every second row of one key turned into a remark or a refusal."""
    seen = _Seen()
    for verdict in verdicts:
        yield verdict if isinstance(verdict, Note) else seen.judge(verdict)


def _remarks(
    headers: Sequence[str], columns: Sequence[Column | None], *, row: int
) -> Iterator[Note]:
    for header, column in zip(headers, columns, strict=True):
        if column is None and header:
            yield Note(row=row, column=header, code="unknown-column", what=_UNKNOWN_COLUMN)
        if column is not None and column.meaning == "not-kept":
            yield Note(row=row, column=header, code="column-not-kept", what=_NOT_KEPT)
    known = {column.meaning for column in columns if column is not None}
    for meaning, words in _ABSENT.items():
        if meaning not in known:
            yield Note(row=0, column="", code="column-missing", what=words)


def _ragged(row: int, length: int, wanted: int) -> Refusal:
    return Refusal(
        row=row,
        column="",
        code="cut-off" if length < wanted else "too-many-cells",
        what=Words(
            en="The row has {length} cells, the header {wanted}.",
            ja="見出しは{wanted}列ですが、この行は{length}列です。",
        ).filled(length=same(str(length)), wanted=same(str(wanted))),
        mend=Words(
            en="Export the file anew; it may have been cut off.",
            ja="ファイルを出力し直してください。途中で切れている可能性があります。",
        ),
    )


_UNKNOWN_COLUMN = Words(
    en="This column is not known and not read.", ja="この列は読みません(見出しが不明です)。"
)
_NOT_KEPT = Words(
    en="Not read on purpose: no referral needs it.",
    ja="読みません。他社紹介に必要のない項目です。",
)
