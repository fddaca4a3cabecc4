"""How commands tell the verdicts on a file: counts first, then what to mend, row by row."""

from collections.abc import Iterator, Sequence

from career_relay.commands.terminal import Terminal
from career_relay.imports.verdicts import Note, Reading, Refusal
from career_relay.words import Language, Words

_SHOWN_AT_MOST = 20

_COUNTS = Words(
    en="{file} ({format}): {taken} rows taken, {refused} refused.",
    ja="{file}({format}): {taken}行を読み、{refused}行は読めませんでした。",
)
_ROW = Words(en="row", ja="行")
_COLUMN = Words(en="column", ja="列")
_WHAT = Words(en="what", ja="内容")
_MEND = Words(en="how to mend it", ja="直し方")


def show_reading(terminal: Terminal, reading: Reading) -> None:
    """Show what was taken and refused, and the remarks, alike ones together."""
    terminal.say(_TITLE, style="bold green")
    terminal.say(
        _COUNTS.filled(
            file=reading.file,
            format=reading.format,
            taken=len(reading.rows),
            refused=len(reading.refusals),
        )
    )
    show_refusals(terminal, reading.refusals)
    remarks = list(_grouped(reading.notes, terminal.language))
    if remarks:
        terminal.table(
            Words(en="Remarks", ja="お知らせ"),
            [_COLUMN, _WHAT, Words(en="times", ja="回数")],
            remarks,
        )


def show_refusals(terminal: Terminal, refusals: Sequence[Refusal]) -> None:
    """Show the refused rows, each with its place and its mend."""
    if not refusals:
        return
    language = terminal.language
    terminal.table(
        Words(en="Refused", ja="読めなかった行"),
        [_ROW, _COLUMN, _WHAT, _MEND],
        (
            (str(one.row), one.column, one.what.into(language), one.mend.into(language))
            for one in refusals[:_SHOWN_AT_MOST]
        ),
    )
    more = len(refusals) - _SHOWN_AT_MOST
    if more > 0:
        terminal.say(Words(en="… and {more} more", ja="… ほか{more}行").filled(more=more))


def reading_document(reading: Reading, language: Language) -> dict[str, object]:
    """Return the verdicts on a file as JSON."""
    return {
        "file": reading.file,
        "format": reading.format.into(language),
        "taken": len(reading.rows),
        "refused": [refusal_document(one, language) for one in reading.refusals],
        "notes": [
            {
                "row": one.row,
                "column": one.column,
                "code": one.code,
                "what": one.what.into(language),
            }
            for one in reading.notes
        ],
    }


def refusal_document(refusal: Refusal, language: Language) -> dict[str, object]:
    """Return one refused row as JSON."""
    return {
        "row": refusal.row,
        "column": refusal.column,
        "code": refusal.code,
        "what": refusal.what.into(language),
        "mend": refusal.mend.into(language),
    }


def _grouped(notes: Sequence[Note], language: Language) -> Iterator[tuple[str, str, str]]:
    """Yield each kind of remark once: its column, its first words, how often it was made."""
    counts: dict[tuple[str, str], list[Note]] = {}
    for note in notes:
        # Remarks on the whole file are not alike although they share a code.
        own = note.what.en if note.row == 0 else note.code
        counts.setdefault((note.column, own), []).append(note)
    for (column, _), alike in counts.items():
        yield column, alike[0].what.into(language), str(len(alike))


_TITLE = Words(en="1  What the file holds", ja="1  ファイルの中身")
