"""How `relay-audit` explains itself: help, usage and misuse in the reader's language."""

import argparse
import re
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import indent
from typing import Final, NoReturn

from relay_protocol.cli.refusal_words import ARGPARSE
from relay_protocol.cli.words import line
from relay_protocol.codes import Words
from relay_protocol.report import Lang
from relay_protocol.spoken import columns, folded

MISUSED: Final = 2
"""The exit code for a line that makes no sense: that of every parser of the library."""
CODES: Final = Words(
    "終了コード: 0 確かめられることはすべて正しい、1 正しくない点がある、2 読み取れないものがある",
    "exit codes: 0 all that can be checked holds, 1 something does not, 2 something cannot be read",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A line that can be typed, and what it does.

    Attributes:
        typed: the line, the same in both languages; it may go on in a second one.
        told: what it does, broken into lines.
    """

    typed: str
    told: Words


class Parser(ArgumentParser):
    """Reads a command line, and explains itself, or what is wrong, in the reader's language.

    Attributes:
        lang: what it speaks.
    """

    lang: Lang = "en"

    def says(self, ja: str, en: str) -> str:
        """Return the one of a pair of words that the reader understands."""
        return ja if self.lang == "ja" else en

    def speak(self, lang: Lang) -> None:
        """Speak a language from now on; add the option that asks for the explanation."""
        self.lang = lang
        self.formatter_class = _Japanese if lang == "ja" else RawDescriptionHelpFormatter
        self._positionals.title = self.says("引数", "positional arguments")
        self._optionals.title = self.says("オプション", "options")
        self.add_argument(
            "-h",
            "--help",
            action="help",
            default=argparse.SUPPRESS,
            help=self.says("この説明を表示して終わります。", "show this help message and exit"),
        )

    def tell(self, description: str, examples: str) -> None:
        """Say what it is for, with examples and exit codes."""
        self.description = description
        self.epilog = f"{self.says('例:', 'examples:')}\n{examples}\n{self.says(*CODES)}\n"

    def shown(self, examples: Iterable[Example]) -> str:
        """Return examples as they stand below the options."""
        return "".join(
            f"{indent(one.typed, '  ')}\n{indent(self.says(*one.told), '      ')}\n"
            for one in examples
        )

    def format_usage(self) -> str:
        """Return how it is used."""
        return self._headed(super().format_usage())

    def format_help(self) -> str:
        """Return the whole explanation."""
        usage, gap, others = super().format_help().partition("\n\n")
        return f"{self._headed(usage)}{gap}{others}"

    def error(self, message: str) -> NoReturn:
        """End the program (code 2) with how it is used, and what is wrong with a line."""
        told = line("usage-wrong", self.lang, why=_translated(message, self.lang))
        self.exit(MISUSED, f"{self.format_usage()}{self.prog}: {told}\n")

    def _headed(self, usage: str) -> str:
        """Return a usage under its heading in the reader's language."""
        theirs, ours = line("usage", "en"), line("usage", self.lang)
        beyond = " " * (columns(ours) - columns(theirs))
        return usage.replace(theirs, ours, 1).replace("\n ", f"\n{beyond} ")


class _Japanese(RawDescriptionHelpFormatter):
    """Breaks the lines of a text whose signs are two columns wide, and that has few spaces."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        """Return an option's text in lines of so many columns."""
        return folded(text, width)


def _translated(message: str, lang: Lang) -> str:
    """Return what argparse says in a language; in its own where that is not known."""
    for pattern, words in ARGPARSE.items():
        if lang == "ja" and (found := re.fullmatch(pattern, message, re.DOTALL)):
            return words.ja.format(*found.groups())
    return message
