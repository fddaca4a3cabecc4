"""What the commands of `relay-audit` share: how one is described, exit codes, common options."""

import argparse
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar, Final, Protocol, TypeVar

from relay_protocol.cli.explaining import MISUSED, Example, Parser
from relay_protocol.cli.refusals import UsageError
from relay_protocol.codes import Words
from relay_protocol.grammar import SLUG
from relay_protocol.report import Lang
from relay_protocol.spoken import language_of

SOUND, REFUSED, UNREADABLE = 0, 1, MISUSED
LANGS: Final[Mapping[str, Lang]] = MappingProxyType({"ja": "ja", "en": "en"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One command of `relay-audit`.

    Attributes:
        name: what is typed.
        tells: what it does, in one sentence; the English one without its full stop.
        examples: the first of them stands in the program's own help too.
        describe: adds the command's options to its parser.
        run: does what was asked for; returns the exit code, or raises UsageError.
    """

    name: str
    tells: Words
    examples: tuple[Example, ...]
    describe: Callable[[Parser], None]
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
    line = sys.argv[1:] if argv is None else argv
    parser = program(commands, language_of(line, os.environ))
    given = parser.parse_args(argv)
    return given, next(command for command in commands if command.name == given.command)


def program(commands: Sequence[Command], lang: Lang) -> Parser:
    """Return the parser of the program with all its commands."""
    parser = Parser(prog="relay-audit", add_help=False)
    parser.speak(lang)
    shown = "".join(f"  {command.examples[0].typed}\n" for command in commands)
    more = parser.says(
        "コマンドごとの説明は、relay-audit COMMAND --help で見られます。",
        "relay-audit COMMAND --help says more of each.",
    )
    parser.tell(
        parser.says(
            "キャリアリレーの監査台帳を、だれのことも信用せずに確かめます。",
            "Check a Career Relay ledger, trusting nobody.",
        ),
        f"{shown}\n{more}\n",
    )
    # Before the command, too; `language_of` reads it, and each command tells of it.
    parser.add_argument("--lang", choices=tuple(LANGS), help=argparse.SUPPRESS)
    choice = parser.add_subparsers(metavar="COMMAND", dest="command", required=True)
    for command in commands:
        told = parser.says(*command.tells)
        own = choice.add_parser(command.name, help=told, add_help=False)
        own.speak(lang)
        sentence = own.says(told, f"{told[:1].upper()}{told[1:]}.")
        own.tell(sentence, own.shown(command.examples))
        command.describe(own)
    return parser


def refuse(command: Command, error: UsageError, lang: Lang) -> None:
    """End the program (code 2) with how a command is used, and what was wrong."""
    alone = Parser(prog=f"relay-audit {command.name}", add_help=False)
    alone.speak(lang)
    command.describe(alone)
    alone.error(error.said(lang))


def add_output(parser: Parser) -> None:
    """Add how the result is told."""
    add, says = parser.add_argument, parser.says
    add(
        "--json",
        action="store_true",
        help=says("結果を JSON で出力します。", "print the result as JSON"),
    )
    add(
        "--lang",
        choices=tuple(LANGS),
        default=parser.lang,
        help=says("表示する言語を選びます。", "language of what is told"),
    )


def add_clock(parser: Parser) -> None:
    """Add the clock of a demo."""
    parser.add_argument(
        "--clock",
        metavar="FILE",
        type=Path,
        help=parser.says(
            "試行用の時計のファイル(進んでいる秒数)。",
            "a demo's clock: the seconds it is ahead",
        ),
    )


def add_ledger(parser: Parser) -> None:
    """Add which ledger is read."""
    words = parser.says(
        "台帳: フォルダか、ハブのアドレス。", "the ledger: a folder, or the exchange's address"
    )
    parser.add_argument("source", metavar="SOURCE", help=words)


def add_log(parser: Parser) -> None:
    """Add which log is read, this hub's or another."""
    words = parser.says("台帳: アドレスか、フォルダ。", "the log: an address, or a folder")
    parser.add_argument("source", metavar="SOURCE", help=words)


def add_vkey(parser: Parser) -> None:
    """Add the key of the ledger."""
    parser.add_argument(
        "--vkey",
        metavar="KEY",
        default="",
        help=parser.says(
            "台帳の検証鍵、またはそのファイル。", "the ledger's verifier key, or its file"
        ),
    )


def add_signer(parser: Parser) -> None:
    """Add who asks a hub that hands out entries only to auditors."""
    add, says = parser.add_argument, parser.says
    add(
        "--slug",
        default="",
        help=says("ご自身の組織の略称(slug)。", "your organization's slug"),
    )
    add(
        "--signing-key",
        metavar="FILE",
        type=Path,
        help=says("ご自身の署名用の秘密鍵(PEM)。", "your private signing key (PEM)"),
    )


def add_policy(parser: Parser) -> None:
    """Add whom the auditor believes."""
    parser.add_argument(
        "--policy",
        metavar="FILE",
        type=Path,
        help=parser.says(
            "台帳、立会人、必要な立会人の数を定めたポリシー(C2SP tlog-policy)。",
            "logs, witnesses and quorum (C2SP tlog-policy)",
        ),
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
