"""Commands that explain themselves, answer and refuse in the language of whoever typed them."""

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from typing import Final, TypeVar

import click

from exchange.config import language_of
from relay_protocol.click_words import JAPANESE, in_japanese
from relay_protocol.spoken import columns, folded

_IS_JAPANESE: ContextVar[bool] = ContextVar("is_japanese", default=False)
# An example begins with two spaces; a list has more of them between its columns.
_KEPT: Final = re.compile("^  |   ", re.MULTILINE)
_Decorated = TypeVar("_Decorated", bound=Callable[..., object])


def spoken(*, en: str, ja: str) -> str:
    """Return the one of two sentences that the reader understands."""
    return ja if _IS_JAPANESE.get() else en


def in_column(text: str, width: int) -> str:
    """Return a text with spaces behind it, up to so many columns of a terminal."""
    return text + " " * (width - columns(text))


@contextmanager
def speaking(line: Sequence[str]) -> Iterator[None]:
    """Speak the language that a command line asks for; so does click, in what it says itself."""
    is_japanese = language_of(line) == "ja"
    before = _IS_JAPANESE.set(is_japanese)
    try:
        with in_japanese(click) if is_japanese else nullcontext():
            yield
    finally:
        _IS_JAPANESE.reset(before)


class _Formatter(click.HelpFormatter):
    """Breaks the lines of Japanese, whose signs are two columns wide and have few spaces."""

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write options or commands, each with what it is for."""
        kept = list(rows)
        if kept and _IS_JAPANESE.get():
            first = min(max(len(term) for term, _ in kept), col_max) + col_spacing
            width = max(self.width - self.current_indent - first, 10)
            kept = [(term, _as_broken(told, width)) for term, told in kept]
        super().write_dl(kept, col_max, col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


class SpokenCommand(click.Command):
    """A command whose help is its function's docstring, and stands beside it in Japanese.

    Attributes:
        ja: the Japanese help; its first line is the short help. Only examples and lists, told by
            their spaces, keep their lines.
    """

    context_class = _Context

    def __init__(self, name: str | None, *, ja: str, **settings: object) -> None:
        super().__init__(name, **settings)  # type: ignore[arg-type]  # click's own settings
        self.ja = ja.strip("\n")
        self._en = self.help or ""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does."""
        width = formatter.width - formatter.current_indent - formatter.indent_increment
        self.help = spoken(en=self._en, ja=_as_broken(self.ja, width))
        super().format_help_text(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return what the command does in a few words; in Japanese, the first line of its help."""
        self.help = self._en
        return spoken(en=super().get_short_help_str(limit), ja=self.ja.partition("\n")[0])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that explains the command; click keeps it from run to run."""
        option = super().get_help_option(ctx)
        if option is not None:
            shown = "Show this message and exit."
            option.help = spoken(en=shown, ja=JAPANESE[shown])
        return option


class SpokenGroup(SpokenCommand, click.Group):
    """A group of such commands; the root of them all hears which language is spoken."""

    command_class = SpokenCommand

    def main(self, args: Sequence[str] | None = None, **settings: object) -> object:  # type: ignore[override]  # click's has overloads
        """Serve a command line, and say in its language what is wrong with it."""
        with speaking(sys.argv[1:] if args is None else args):
            return super().main(args, **settings)  # type: ignore[call-overload]  # click's own


class SpokenOption(click.Option):
    """An option whose help stands in both languages.

    Attributes:
        ja: the Japanese help.
    """

    def __init__(self, names: list[str], *, ja: str, **settings: object) -> None:
        super().__init__(names, **settings)  # type: ignore[arg-type]  # click's own settings
        self.ja = ja
        self._en = self.help or ""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and what it is for."""
        self.help = spoken(en=self._en, ja=self.ja)
        return super().get_help_record(ctx)


def option(*names: str, ja: str, **settings: object) -> Callable[[_Decorated], _Decorated]:
    """Add an option to a command: `help` says in English what it is for, `ja` in Japanese."""
    return click.option(*names, cls=SpokenOption, ja=ja, **settings)


def language_option(command: _Decorated) -> _Decorated:
    """Add --lang to a command, or to a group; it is read from the line before either runs."""
    spoken_in = option(
        "--lang",
        help="Speak English or Japanese.",
        ja="表示する言語を選びます。",
        type=click.Choice(("en", "ja")),
        expose_value=False,
    )
    return spoken_in(command)


def output_options(command: _Decorated) -> _Decorated:
    """Add --json and --lang, which every command has that answers something."""
    as_json = option(
        "--json",
        "as_json",
        help="Print one JSON object.",
        ja="結果をJSONで出力します。",
        is_flag=True,
    )
    return as_json(language_option(command))


def _as_broken(text: str, width: int) -> str:
    """Return a Japanese text in lines of so many columns, which click leaves as they are."""
    return "\n\n".join(
        "\b\n" + (part if _KEPT.search(part) else "\n".join(folded(part.replace("\n", ""), width)))
        for part in text.split("\n\n")
    )
