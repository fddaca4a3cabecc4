"""What the commands of `relay-audit` share: how one is described, exit codes, common options."""

import argparse
import os
import re
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Final, NoReturn, Protocol, TypeVar

from relay_protocol.cli.refusal_words import ARGPARSE
from relay_protocol.cli.refusals import UsageError
from relay_protocol.cli.words import line
from relay_protocol.grammar import SLUG
from relay_protocol.report import Lang

SOUND, REFUSED, UNREADABLE = 0, 1, 2
LANGS: Final[Mapping[str, Lang]] = MappingProxyType({"ja": "ja", "en": "en"})
CODES: Final = """\
exit codes: 0 all that can be checked holds, 1 something does not, 2 something cannot be read
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of `relay-audit`.

    Attributes:
        name: what is typed.
        tells: what it does, in one sentence without its full stop.
        examples: lines of the kind `  relay-audit …`, each with what it does below.
        describe: adds the command's options to its parser.
        run: does what was asked for; returns the exit code, or raises UsageError.
    """

    name: str
    tells: str
    examples: str
    describe: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]


class _Options(Protocol):
    """A dataclass that is named and filled as the options of a command are."""

    __dataclass_fields__: ClassVar[dict[str, Field[object]]]


Options = TypeVar("Options", bound=_Options)


def options_of(kind: type[Options], given: Namespace) -> Options:
    """Return what was asked for as a value of a command's own kind."""
    return kind(**{field.name: getattr(given, field.name) for field in fields(kind)})


def parse(commands: Sequence[Command], argv: Sequence[str] | None) -> tuple[Namespace, Command]:
    """Return what a command line asks for; one that makes no sense ends the program (code 2)."""
    parser = _parser(commands, _spoken(sys.argv[1:] if argv is None else argv))
    given = parser.parse_args(argv)
    return given, next(command for command in commands if command.name == given.command)


def refuse(command: Command, error: UsageError, lang: Lang) -> None:
    """End the program (code 2) with how a command is used, and what was wrong."""
    alone = _Parser(prog=f"relay-audit {command.name}")
    alone.lang = lang
    command.describe(alone)
    alone.error(error.said(lang))


def add_output(parser: ArgumentParser) -> None:
    """Add how the result is told."""
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument(
        "--lang", choices=tuple(LANGS), default=_lang(), help="language of what is told"
    )


def add_clock(parser: ArgumentParser) -> None:
    """Add the clock of a demo."""
    parser.add_argument(
        "--clock", metavar="FILE", type=Path, help="a demo's clock: the seconds it is ahead"
    )


def add_vkey(parser: ArgumentParser) -> None:
    """Add the key of the ledger."""
    parser.add_argument(
        "--vkey", metavar="KEY", default="", help="the ledger's verifier key, or its file"
    )


def add_signer(parser: ArgumentParser) -> None:
    """Add who asks a hub that hands out entries only to auditors."""
    parser.add_argument("--slug", default="", help="your organization's slug")
    parser.add_argument(
        "--signing-key", metavar="FILE", type=Path, help="your private signing key (PEM)"
    )


def add_policy(parser: ArgumentParser) -> None:
    """Add whom the auditor believes."""
    parser.add_argument(
        "--policy", metavar="FILE", type=Path, help="logs, witnesses and quorum (C2SP tlog-policy)"
    )


def check_signer(slug: str, signing_key: Path | None) -> None:
    """Return if it is clear who asks a hub, or that nobody does.

    Raises:
        UsageError: it is not.
    """
    if slug and not SLUG.accepts(slug):
        raise UsageError("no-slug")
    if bool(signing_key) != bool(slug):
        raise UsageError("signer-pair")


def is_remote(source: str) -> bool:
    """Return whether a source is an address; else it is a folder."""
    return source.startswith(("http://", "https://"))


class _Parser(ArgumentParser):
    """Reads a command line, and says in the reader's language what is wrong with it."""

    lang: Lang = "en"

    def error(self, message: str) -> NoReturn:
        """End the program (code 2) with how it is used, and what is wrong with a line."""
        usage = self.format_usage().replace(line("usage", "en"), line("usage", self.lang), 1)
        told = line("usage-wrong", self.lang, why=_translated(message, self.lang))
        self.exit(UNREADABLE, f"{usage}{self.prog}: {told}\n")


def _translated(message: str, lang: Lang) -> str:
    """Return what argparse says in a language; in its own where that is not known."""
    for pattern, words in ARGPARSE.items():
        if lang == "ja" and (found := re.fullmatch(pattern, message, re.DOTALL)):
            return words.ja.format(*found.groups())
    return message


def _parser(commands: Sequence[Command], lang: Lang) -> ArgumentParser:
    """Return the parser of the program with all its commands."""
    shown = "".join(f"{command.examples.splitlines()[0]}\n" for command in commands)
    parser = _described(
        _Parser(prog="relay-audit", formatter_class=argparse.RawDescriptionHelpFormatter),
        lang,
        "Check a Career Relay ledger, trusting nobody.",
        f"{shown}\nrelay-audit COMMAND --help says more of each.\n",
    )
    choice = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    for command in commands:
        own = choice.add_parser(
            command.name,
            help=command.tells,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        told = f"{command.tells[:1].upper()}{command.tells[1:]}."
        command.describe(_described(own, lang, told, command.examples))
    return parser


def _described(parser: _Parser, lang: Lang, description: str, examples: str) -> _Parser:
    """Return a parser that says what it is for, with examples and exit codes."""
    parser.lang = lang
    parser.description = description
    parser.epilog = f"examples:\n{examples}\n{CODES}"
    return parser


def _spoken(argv: Sequence[str]) -> Lang:
    """Return the language that a line asks for, whatever else is wrong with it."""
    spoken = _lang()
    for before, one in zip(("", *argv), argv, strict=False):
        if before == "--lang" or one.startswith("--lang="):
            spoken = LANGS.get(one.removeprefix("--lang="), spoken)
    return spoken


def _lang() -> Lang:
    """Return the language that this machine speaks."""
    tongues = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "ja" if next(filter(None, tongues), "").startswith("ja") else "en"
