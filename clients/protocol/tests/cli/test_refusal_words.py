"""Every refusal of a command has its sentence in both languages; none is left over or missing."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter

import pytest

import relay_protocol
from relay_protocol.cli import receipt_words, words
from relay_protocol.cli.refusal_words import ARGPARSE, INPUT, POST, READING, USAGE
from relay_protocol.codes import Words
from relay_protocol.errors import ProtocolError

ROOMS = Path(relay_protocol.__file__).parent
SOURCES = sorted((ROOMS / "cli").glob("*.py"))
FAMILIES = {"UsageError": USAGE, "InputError": INPUT, "PostError": POST}
TABLES: dict[str, Mapping[str, Words]] = {
    "usage": USAGE,
    "input": INPUT,
    "post": POST,
    "argparse": ARGPARSE,
    "reading": {kind.__name__: told for kind, told in READING.items()},
    "words": words.WORDS,
    "receipt": receipt_words.WORDS,
}
EVERY = [(name, code) for name, table in TABLES.items() for code in table]
NO_WORDS = {("receipt", "what"), ("words", "trace-lot")}
"""What is a frame alone, without any word."""
DETAIL_ALONE = {("input", "lot-unknown")}
"""What says its exact detail, in English, and nothing else."""


def figures(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def calls(name: str) -> Iterator[ast.Call]:
    """Yield every call of a name in the rooms of the commands."""
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield node


def families(kind: type[ProtocolError] = ProtocolError) -> Iterator[type[ProtocolError]]:
    """Yield every kind of error below a kind, wherever it is defined."""
    for one in kind.__subclasses__():
        yield one
        yield from families(one)


@pytest.mark.parametrize(("table", "code"), EVERY)
def test_both_languages_say_it_with_the_same_figures(table: str, code: str) -> None:
    told = TABLES[table][code]
    assert figures(told.ja) == figures(told.en)
    if (table, code) not in NO_WORDS:
        assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", told.ja)
        assert not re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", told.en)
    if (table, code) not in NO_WORDS | DETAIL_ALONE:
        assert re.search(r"[a-z]{2}", re.sub(r"\{\w+\}", "", told.en))


@pytest.mark.parametrize("family", FAMILIES)
def test_whatever_is_refused_has_its_sentence_and_gives_its_figures(family: str) -> None:
    found = list(calls(family))
    assert found
    for call in found:
        (code,) = call.args
        given = {one.arg for one in call.keywords}
        if isinstance(code, ast.Constant):
            assert figures(FAMILIES[family][str(code.value)].en) == given, ast.unparse(call)
        else:
            # Chosen where the options or the source are known.
            assert ast.unparse(code) in {"problem", "mend"}, ast.unparse(call)


@pytest.mark.parametrize("family", FAMILIES)
def test_no_sentence_is_left_over(family: str) -> None:
    said = "".join(source.read_text("utf-8") for source in SOURCES if "_words" not in source.name)
    assert [code for code in FAMILIES[family] if f'"{code}"' not in said] == []


def test_nothing_else_is_written_beside_the_result() -> None:
    """What people read on standard error comes from the tables, by way of one function."""
    written = [
        f"{source.name}: {line.strip()}"
        for source in SOURCES
        for line in source.read_text("utf-8").splitlines()
        if "stderr.write" in line
    ]
    assert [one for one in written if not one.startswith("telling.py: ")] == []
    assert len(written) == 1


def test_whatever_cannot_be_read_is_led_up_to() -> None:
    kinds = [one for one in families() if one.__module__.startswith("relay_protocol.")]
    assert len(kinds) > 30
    for kind in kinds:
        named = [one for one in kind.__mro__ if one in READING]
        assert named[0] is not ProtocolError, kind


@pytest.mark.parametrize("kind", READING)
def test_a_lead_is_a_sentence(kind: type[ProtocolError]) -> None:
    assert READING[kind].ja.endswith("。")
    assert READING[kind].en.endswith(".")
