"""How the commands tell what they found: text or JSON on standard output, progress beside it."""

import json
import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import StringIO, TextIOWrapper
from typing import TextIO

from relay_protocol import report
from relay_protocol.breaches import BREACHES
from relay_protocol.cli.refusals import InputError, SayableError, unreadable
from relay_protocol.cli.words import line
from relay_protocol.errors import AuditError, ProtocolError
from relay_protocol.report import Lang
from relay_protocol.report_words import PART_TITLES

LONG = 10_000
"""Progress within a part of the plan is told once in so many steps, or in a tenth of them."""
TENTH = 10


@dataclass(slots=True)
class Meter:
    """Tells on standard error how far an audit is: a line for each part, more for a long one."""

    lang: Lang = "en"
    _part: int = 0
    _told: int = 0

    def __call__(self, part: int, done: int, total: int) -> None:
        """Take down how much of a part is done."""
        if part != self._part or done - self._told >= max(LONG, total // TENTH):
            self._part, self._told = part, done
            words = PART_TITLES[part]
            title = words.ja if self.lang == "ja" else words.en
            figures = {"part": part, "done": done, "total": total, "title": title}
            say("progress-part", self.lang, **figures)


@dataclass(slots=True)
class Progress:
    """Tells on standard error how far a copy is: at its end, and at each tenth of it."""

    lang: Lang = "en"
    _told: int = 0

    def __call__(self, done: int, total: int) -> None:
        """Take down how much is done."""
        tenth = done * TENTH // total if total else TENTH
        if tenth > self._told:
            self._told = tenth
            say("progress-files", self.lang, done=done, total=total)


def open_channels() -> None:
    """Let everything be told: signs that a terminal lacks as escapes, to a closed channel nothing.

    A machine's language must not decide whether a ledger holds, nor must whoever has closed
    standard output or standard error.
    """
    for name in ("stdout", "stderr"):
        channel = getattr(sys, name)
        if channel is None:
            setattr(sys, name, StringIO())
        elif isinstance(channel, TextIOWrapper):
            channel.reconfigure(errors="backslashreplace")


def close(*channels: TextIO) -> None:
    """Write nothing more to channels that take nothing, not even at the program's end."""
    nobody = os.open(os.devnull, os.O_WRONLY)
    for channel in channels:
        os.dup2(nobody, channel.fileno())
    os.close(nobody)


def put(text: str) -> None:
    """Print a result, at once.

    Raises:
        BrokenPipeError: nobody reads it any more.
        InputError: it cannot be written.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        close(sys.stdout)
        raise InputError("untold", why=error.strerror) from error


def tell(document: Mapping[str, object], sentences: Iterable[str], *, as_json: bool) -> None:
    """Print a result: as JSON, or as sentences, a line each."""
    if as_json:
        put(json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    else:
        put("".join(f"{sentence}\n" for sentence in sentences))


def say(code: str, lang: Lang, **figures: object) -> None:
    """Print a sentence beside the result, at once."""
    _beside(f"{line(code, lang, **figures)}\n")


def tell_unreadable(error: SayableError | ProtocolError, lang: Lang) -> None:
    """Print what cannot be read or used, and what to do, beside the result."""
    _beside("".join(f"{sentence}\n" for sentence in unreadable(error, lang)))


def refusal_document(error: AuditError) -> dict[str, object]:
    """Return what does not hold, as JSON, with its sentence in both languages."""
    words = BREACHES[error.code]
    return {
        "part": error.part,
        "code": error.code,
        "seq": error.seq,
        "detail": error.detail,
        "en": words.en,
        "ja": words.ja,
    }


def refusal_sentences(error: AuditError, lang: Lang) -> list[str]:
    """Return what does not hold in sentences."""
    return list(report.verdict(error, lang))


def _beside(text: str) -> None:
    """Print what is told beside the result, at once."""
    try:
        sys.stderr.write(text)
        sys.stderr.flush()
    except OSError:
        # Nobody hears it; the result and the exit code still say what was found.
        close(sys.stderr)
