"""Speaking to whoever runs a command: sentences and tables, or one JSON document."""

import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import click
from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from career_relay.commands.spoken import spoken_language, wants_json
from career_relay.config import RelayConfig, read_config
from career_relay.words import Language, Words

CONFIG = "career_relay.config"
ALARM = "career_relay.alarm"
"""Set in the context's meta where the run must not end well, whatever it was asked to do."""

_Thing = TypeVar("_Thing")

OK, REFUSED, UNREADABLE = 0, 1, 2
"""What a command ends with: all well; some rows or acts were refused; nothing could be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where a command's words go. With --json only emit() reaches standard output."""

    language: Language
    as_json: bool
    console: Console
    aside: Console

    def say(self, words: Words, style: str = "") -> None:
        """Say a sentence in the language of the run."""
        self.show(escape(words.into(self.language)), style)

    def hint(self, words: Words) -> None:
        """Say a sentence aside, on standard error, where it soils no output."""
        self.aside.print(words.into(self.language), style="dim", markup=False, highlight=False)

    def show(self, thing: RenderableType, style: str = "") -> None:
        """Show a table, a panel or marked-up text."""
        if not self.as_json:
            self.console.print(thing, style=style or None, highlight=False)

    def table(self, title: Words, headers: Sequence[Words], rows: Iterable[Sequence[str]]) -> None:
        """Show rows of plain text under a title; numbers stand right."""
        table = Table(
            title=title.into(self.language),
            title_justify="left",
            title_style="bold",
            box=SIMPLE_HEAD,
        )
        kept = [tuple(row) for row in rows]
        for place, header in enumerate(headers):
            numeric = all(row[place].replace(",", "").isdigit() for row in kept)
            # Folded and not cut: an id that lacks its end is of no use to anybody.
            table.add_column(
                header.into(self.language),
                justify="right" if numeric and kept else "left",
                overflow="fold",
            )
        for row in kept:
            table.add_row(*map(escape, row))
        self.show(table)

    def emit(self, document: object) -> None:
        """Write the JSON answer, where one was asked for."""
        if self.as_json:
            sys.stdout.write(json.dumps(document, ensure_ascii=False, indent=2) + "\n")

    def track(self, things: Sequence[_Thing], words: Words) -> Iterable[_Thing]:
        """Return the things one by one, with a progress bar where somebody is watching."""
        return track(
            things,
            description=words.into(self.language),
            console=self.aside,
            transient=True,
            disable=self.as_json or not self.aside.is_terminal,
        )


def terminal_of(context: click.Context) -> Terminal:
    """Return the terminal of a run."""
    return Terminal(
        language=spoken_language(context),
        as_json=wants_json(context),
        console=Console(file=sys.stdout, soft_wrap=False),
        aside=Console(file=sys.stderr),
    )


def config_path(context: click.Context) -> Path:
    """Return the place of `relay.toml`: --config, else the present folder."""
    chosen = context.meta.get(CONFIG)
    return chosen if isinstance(chosen, Path) else Path("relay.toml")


def config_of(context: click.Context) -> RelayConfig:
    """Return the configuration of a run.

    Raises:
        ConfigError: the file is missing or wrong.
    """
    return read_config(config_path(context))
