"""Commands and options that explain themselves in the language of whoever asks."""

import os
from collections.abc import Callable
from typing import TypeVar

import click

from career_relay.words import LANGUAGES, Language, Words, language_of

_LANGUAGE = "career_relay.language"
_AS_JSON = "career_relay.as_json"
_Decorated = TypeVar("_Decorated", bound=Callable[..., object])


def spoken_language(context: click.Context | None = None) -> Language:
    """Return the language of this run: --lang wherever it stood, else the terminal's."""
    current = context or click.get_current_context(silent=True)
    wish = current.meta.get(_LANGUAGE) if current else None
    return language_of(wish if isinstance(wish, str) else None, os.environ)


def wants_json(context: click.Context) -> bool:
    """Return whether this run answers in JSON."""
    return bool(context.meta.get(_AS_JSON))


class SpokenCommand(click.Command):
    """A command whose help stands in two languages; the first line is its short help."""

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


class SpokenGroup(click.Group):
    """A group whose help stands in two languages."""

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
    spoken = click.option(
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
    return as_json(spoken(command))


def _keep_language(context: click.Context, _: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.meta[_LANGUAGE] = value


def _keep_as_json(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 click calls it
    if value:
        context.meta[_AS_JSON] = True


def _unwrapped(text: str) -> str:
    """Return help text that click leaves as it is written: it cannot break Japanese lines."""
    return "\n\n".join(f"\b\n{part}" for part in text.split("\n\n"))
