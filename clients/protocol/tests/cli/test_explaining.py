"""The program explains itself in two languages, and leaves no sentence in one of them alone."""

import argparse
import re
from collections.abc import Iterator

import pytest

from relay_protocol.cli import COMMANDS, arguments
from relay_protocol.cli.explaining import Example, Parser
from relay_protocol.codes import Words
from relay_protocol.report import Lang
from relay_protocol.spoken import columns

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")
ENGLISH = re.compile(r"\b[a-z]+ [a-z]+\b")
"""Two words of a sentence: names of options, files and standards stand alone or are not so."""
QUOTED = re.compile("`[^`]*`")
SCREEN = 80
PAPER = 100
"""Columns of a terminal, and of the widest line that is written down with its breaks."""
NAMES = ["relay-audit", *(f"relay-audit {one.name}" for one in COMMANDS)]


def actions(parser: argparse.ArgumentParser) -> list[argparse.Action]:
    """Return all arguments and options of a parser."""
    return parser._actions  # noqa: SLF001 the library lists them nowhere else


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """Yield a parser and those of its commands."""
    yield parser
    for action in actions(parser):
        if isinstance(action.choices, dict):
            for one in action.choices.values():
                yield from parsers(one)


def parser_of(name: str, lang: Lang) -> argparse.ArgumentParser:
    """Return the parser of the program or of a command by its whole name."""
    return {one.prog: one for one in parsers(arguments.program(COMMANDS, lang))}[name]


def texts(parser: argparse.ArgumentParser) -> Iterator[tuple[str, str]]:
    """Yield each text of a parser, after the name of what it tells of."""
    yield "description", parser.description or ""
    yield "epilog", parser.epilog or ""
    for action in actions(parser):
        # The commands are told of by their own descriptions, and what is hidden by nobody.
        if action.dest != "command" and action.help != argparse.SUPPRESS:
            yield "/".join(action.option_strings) or action.dest, action.help or ""


def typed() -> set[str]:
    """Return the lines that the examples say to type."""
    return {
        line.strip()
        for command in COMMANDS
        for example in command.examples
        for line in example.typed.splitlines()
    }


def prose(text: str) -> str:
    """Return a text without what is typed, and what it quotes."""
    lines = [line for line in text.splitlines() if line.strip() not in typed()]
    return QUOTED.sub("", "\n".join(lines))


def test_the_program_and_each_command_are_walked_through() -> None:
    for lang in ("ja", "en"):
        found = [one.prog for one in parsers(arguments.program(COMMANDS, lang))]
        assert found == NAMES
    assert len(NAMES) == 8


@pytest.mark.parametrize("name", NAMES)
def test_all_that_is_told_is_told_in_both_languages(name: str) -> None:
    ja, en = texts(parser_of(name, "ja")), texts(parser_of(name, "en"))
    for (of, ours), (same, theirs) in zip(ja, en, strict=True):
        assert of == same
        assert ours != theirs
        assert JAPANESE.search(ours), of
        assert ENGLISH.search(prose(ours)) is None, ours
        assert JAPANESE.search(theirs) is None, of
        assert re.search("[a-z]{3}", prose(theirs)), of


@pytest.mark.parametrize("name", NAMES)
def test_an_option_is_told_of_in_whole_sentences_of_japanese(name: str) -> None:
    for of, text in texts(parser_of(name, "ja")):
        assert text.endswith("。") or of == "epilog", of


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_share_what_is_typed_and_nothing_else(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(SCREEN))
    shown: dict[Lang, str] = {}
    for lang in arguments.LANGS.values():
        parser = parser_of(name, lang)
        usage, _, others = parser.format_help().partition("\n\n")
        assert parser.format_usage() == f"{usage}\n"
        shown[lang] = others
    ja, en = ({line.strip() for line in shown[lang].splitlines()} for lang in ("ja", "en"))
    assert ja & typed() == en & typed() != set()
    # A name too long to be followed by words stands in a line of its own.
    names = re.compile("COMMAND|--[a-z-]+ [A-Z]+")
    assert [one for one in ja & en - typed() - {""} if not names.fullmatch(one)] == []
    assert ENGLISH.search(prose(shown["ja"])) is None


@pytest.mark.parametrize("name", NAMES)
def test_the_japanese_stays_on_the_screen(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(SCREEN))
    told = parser_of(name, "ja").format_help()
    before, _, below = told.partition("\n例:\n")
    assert max(columns(line) for line in before.splitlines()) <= SCREEN
    assert max(columns(line) for line in below.splitlines()) <= PAPER


def test_a_usage_of_several_lines_stays_below_its_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(SCREEN))
    heads: dict[Lang, str] = {
        "en": "usage: relay-audit watch ",
        "ja": "使い方: relay-audit watch ",
    }
    for lang, heading in heads.items():
        first, *others = parser_of("relay-audit watch", lang).format_usage().splitlines()
        assert first.startswith(f"{heading}[-h] --state FILE")
        assert {len(one) - len(one.lstrip()) for one in others} == {columns(heading)}


def test_an_example_may_go_on_in_a_second_line() -> None:
    example = Example(
        typed="relay-audit go \\\n    --on", told=Words("続けます。\n止まりません。", "goes\non")
    )
    parser = Parser(prog="relay-audit", add_help=False)
    assert parser.shown([example]) == "  relay-audit go \\\n      --on\n      goes\n      on\n"
    parser.speak("ja")
    assert parser.shown([example]).endswith("--on\n      続けます。\n      止まりません。\n")
