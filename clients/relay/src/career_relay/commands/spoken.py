"""Commands and options that explain themselves in the language of whoever asks."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from contextvars import ContextVar
from typing import TypeVar

import click

from career_relay.words import LANGUAGES, Language, Words, language_of
from relay_protocol import spoken
from relay_protocol.click_words import JAPANESE, in_japanese
from relay_protocol.spoken import folded

_OF_THE_LINE: ContextVar[Language | None] = ContextVar("language", default=None)
_LANGUAGE = "career_relay.language"
_AS_JSON = "career_relay.as_json"
_Decorated = TypeVar("_Decorated", bound=Callable[..., object])


def spoken_language(context: click.Context | None = None) -> Language:
    """Return the language of this run: --lang wherever it stood, else the terminal's."""
    current = context or click.get_current_context(silent=True)
    wish = current.meta.get(_LANGUAGE) if current else None
    return language_of(wish if isinstance(wish, str) else _OF_THE_LINE.get(), os.environ)


def wants_json(context: click.Context) -> bool:
    """Return whether this run answers in JSON."""
    return bool(context.meta.get(_AS_JSON))


class _Formatter(click.HelpFormatter):
    """Breaks the lines of Japanese, whose signs are two columns wide and have few spaces."""

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        """Write options or commands, each with what it is for."""
        kept = list(rows)
        if kept and spoken_language() == "ja":
            first = min(max(len(term) for term, _ in kept), col_max) + col_spacing
            width = max(self.width - self.current_indent - first, 10)
            kept = [(term, _unwrapped("\n".join(folded(told, width)))) for term, told in kept]
        super().write_dl(kept, col_max, col_spacing)


class _Context(click.Context):
    formatter_class = _Formatter


class SpokenCommand(click.Command):
    """A command whose help stands in two languages; the first line is its short help."""

    context_class = _Context

    def __init__(self, name: str | None, *, words: Words, **settings: object) -> None:
        super().__init__(name, **settings)  # type: ignore[arg-type]  # click's own settings
        self.words = words

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help in the language of the run."""
        self.help = _unwrapped(self.words.into(spoken_language(ctx)))
        super().format_help_text(ctx, formatter)

    def get_short_help_str(self, limit: int = 45) -> str:
        """Return the first line of the help; `limit` is for scripts that need no more."""
        return self.words.into(spoken_language()).partition("\n")[0] if limit else ""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that explains the command; click keeps it from run to run."""
        option = super().get_help_option(ctx)
        if option is not None:
            shown = "Show this message and exit."
            option.help = JAPANESE[shown] if spoken_language(ctx) == "ja" else shown
        return option


class SpokenGroup(SpokenCommand, click.Group):
    """A group whose help stands in two languages; the root hears which of them a line asks for."""

    def main(self, args: Sequence[str] | None = None, **settings: object) -> object:  # type: ignore[override]  # click's has overloads
        """Serve a command line, and say in its language what is wrong with it."""
        line = sys.argv[1:] if args is None else args
        language = spoken.language_of(line, os.environ)
        before = _OF_THE_LINE.set(language)
        try:
            with in_japanese(click) if language == "ja" else nullcontext():
                return super().main(args, **settings)  # type: ignore[call-overload]  # click's own
        finally:
            _OF_THE_LINE.reset(before)


class SpokenOption(click.Option):
    """An option whose help stands in two languages."""

    def __init__(self, names: list[str], *, words: Words, **settings: object) -> None:
        super().__init__(names, **settings)  # type: ignore[arg-type]  # click's own settings
        self.words = words

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the option and its help in the language of the run."""
        self.help = self.words.into(spoken_language(ctx))
        return super().get_help_record(ctx)


def output_options(command: _Decorated) -> _Decorated:
    """Add --json and --lang to a command; both may stand before it or behind it."""
    language = click.option(
        "--lang",
        cls=SpokenOption,
        words=Words(en="Speak English or Japanese.", ja="表示する言語を選びます。"),
        type=click.Choice(LANGUAGES),
        expose_value=False,
        is_eager=True,
        callback=_keep_language,
    )
    as_json = click.option(
        "--json",
        cls=SpokenOption,
        words=Words(en="Answer in JSON, for programs.", ja="結果をJSONで出力します。"),
        is_flag=True,
        expose_value=False,
        callback=_keep_as_json,
    )
    return as_json(language(command))


def _keep_language(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[_LANGUAGE] = value


def _keep_as_json(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 click calls it
    if value:
        context.meta[_AS_JSON] = True


def _unwrapped(text: str) -> str:
    """Return help text that click leaves as it is written: it cannot break Japanese lines."""
    return "\n\n".join(f"\b\n{part}" for part in text.split("\n\n"))
