"""Refusals that have their sentence in both languages, and how any other is led up to."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

from relay_protocol.cli.refusal_words import INPUT, POST, READING, USAGE
from relay_protocol.cli.words import line
from relay_protocol.codes import Words
from relay_protocol.errors import ProtocolError
from relay_protocol.report import Lang


class SayableError(Exception):
    """A refusal with its sentence in both languages; its own text is the English one.

    Attributes:
        words: the sentences of its family, by code.
        code: which of them.
    """

    words: ClassVar[Mapping[str, Words]] = {}

    def __init__(self, code: str, **figures: object) -> None:
        self.code, self._figures = code, figures
        super().__init__(self.said("en"))

    def said(self, lang: Lang) -> str:
        """Return the sentence, without a full stop."""
        words = self.words[self.code]
        return (words.ja if lang == "ja" else words.en).format(**self._figures)


class UsageError(SayableError):
    """Options that do not go together, or hold what they cannot; the text says which."""

    words = USAGE


class InputError(SayableError):
    """A file or address that was given cannot be used; the text says why."""

    words = INPUT


class PostError(SayableError):
    """The other side has not taken it; the text says why."""

    words = POST


def lead(error: ProtocolError) -> Words:
    """Return what kind of thing cannot be read, and what to do."""
    return next(READING[kind] for kind in type(error).__mro__ if kind in READING)


def reason(error: SayableError | ProtocolError, lang: Lang) -> str:
    """Return why something is refused, as a part of a sentence; exact details are in English."""
    if isinstance(error, SayableError):
        return error.said(lang)
    if lang == "en":
        return str(error)
    return f"{lead(error).ja}{line('detail', lang, detail=error)}"


def unreadable(error: SayableError | ProtocolError, lang: Lang) -> Iterator[str]:
    """Yield the sentences that tell of what cannot be read."""
    if isinstance(error, SayableError):
        yield line("cannot-read", lang, why=error.said(lang))
    elif lang == "en":
        yield line("cannot-read", lang, why=error)
        yield lead(error).en
    else:
        yield line("cannot-read", lang, why=lead(error).ja)
        yield line("detail", lang, detail=error)
