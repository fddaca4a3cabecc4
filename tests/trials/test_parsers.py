"""Everything that reads what others wrote, fed with anything: the one refusal, or a value.

A room's own tests feed it bytes from nowhere; here all of them are fed true things that were
damaged, and those with a document (JSON) true documents with a value exchanged.
"""

import ast
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import relay_protocol
from relay_protocol import (
    canonical,
    contents,
)
from relay_protocol.canonical import Value
from relay_protocol.errors import (
    CanonicalError,
)
from tests.story import mutations
from tests.story.mutations import mutated
from tests.story.parsers import DOCUMENTS, PARSERS, Refusals

EXAMPLES = 120
WAYS = (
    mutations.rearrange_lines,
    mutations.rearrange_words,
    mutations.rearrange_hashes,
)

NOT_OF_OTHERS: dict[str, str] = {
    "charter::read": "Attestation.decode() with the kind of an entry",
    "cli.arguments::parse": "what the auditor types itself",
    "cli.bringing::read_keys": "files::read_vkey, several times",
    "cli.bringing::read_policy": "Policy.decode of a file",
    "cli.trusting::read_policy": "Policy.decode of a file",
    "cli.files::read": "any bytes are good",
    "cli.telling::open_channels": "what is written to, not read",
    "documents::Form.read": "test_documents feeds it any JSON, and test_mutations whole states",
    "entry::Entry.decode_all": "test_entry feeds it what Entry.decode() is fed",
    "jwk::from_key": "of a key, not of bytes",
    "jwk::from_raw": "any 32 bytes",
    "mirroring::Keeper.read": "any bytes are good",
    "cli.folders::FolderKeeper.read": "any bytes are good",
    "opening::open_part": "test_mutations changes parts, sealed and not",
    "opening::open_reveals": "test_opening feeds it what was changed anywhere",
    "pack::open_reveals": "test_mutations changes parts, sealed and not",
    "sealed::open_line": "test_mutations changes parts, sealed and not",
    "trust::open_checkpoint": "test_mutations changes checkpoints",
    "replay::Replay.open": "Reveal.decode() and charter::read",
    "cli.state::StateFile.open": "test_mutations changes its file",
}
"""What is called like one that reads, and why it is not fed here."""

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.sampled_from(["", "0", "-1", "1" * 30, "A" * 43, "2026-02-30", "9999-12-31", "\0", "é"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("abcdefgh_", min_size=1, max_size=4), inner, max_size=3)
    ),
    max_leaves=4,
)
fed = settings(max_examples=EXAMPLES, deadline=None, derandomize=True, database=None)


@pytest.mark.parametrize("name", PARSERS)
def test_what_is_true_is_read(name: str) -> None:
    parser = PARSERS[name]
    true = list(parser.true())
    assert true
    for raw in true:
        parser.read(raw)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_is_true_is_read(name: str) -> None:
    read, _, true = DOCUMENTS[name]
    read(true())


@pytest.mark.parametrize("name", PARSERS)
@fed
@given(seed=st.integers(0, 2**32), changes=st.integers(1, 3))
def test_what_was_true_and_is_damaged_is_a_value_or_the_one_refusal(
    name: str, seed: int, changes: int
) -> None:
    parser, chance = PARSERS[name], Random(seed)
    raw = chance.choice(list(parser.true()))
    for _ in range(changes):
        raw = mutated(chance, raw, WAYS) if raw else b"0"
    met(lambda: parser.read(raw), parser.refuses)


@pytest.mark.parametrize("name", PARSERS)
@fed
@given(raw=st.binary(max_size=120))
def test_any_bytes_are_a_value_or_the_one_refusal(name: str, raw: bytes) -> None:
    parser = PARSERS[name]
    met(lambda: parser.read(raw), parser.refuses)


@pytest.mark.parametrize("name", DOCUMENTS)
@fed
@given(data=st.data())
def test_a_document_with_another_value_in_it_is_a_value_or_the_one_refusal(
    name: str, data: st.DataObject
) -> None:
    read, refuses, true = DOCUMENTS[name]
    document = true()
    while document == true():
        document = exchanged(true(), data, is_whole=True)
    try:
        canonical.encode(document, limit_bytes=contents.MAX_BYTES)
    except CanonicalError:
        return  # nobody could have sent it: decode() refuses it first
    met(lambda: read(document), refuses)


def met(read: Callable[[], object], refuses: Refusals) -> None:
    """Read something; whatever else than the refusal is raised fails the test."""
    try:
        read()
    except refuses:
        return


def exchanged(document: Value, data: st.DataObject, *, is_whole: bool = False) -> Value:
    """Return a document in which one value, somewhere, is another, or is not there."""
    if isinstance(document, dict) and document and (is_whole or data.draw(st.integers(0, 5))):
        name = data.draw(st.sampled_from(sorted(document)))
        if not data.draw(st.integers(0, 8)):
            return {other: value for other, value in document.items() if other != name}
        return {**document, name: exchanged(document[name], data)}
    if isinstance(document, list) and document and data.draw(st.integers(0, 5)):
        at = data.draw(st.integers(0, len(document) - 1))
        return [*document[:at], exchanged(document[at], data), *document[at + 1 :]]
    return cast("Value", data.draw(values))


READS = re.compile(r"(.*_)?(decode|parse)(_|$)|(from|read|open|split|take_apart|to)(_|$)")


def readers() -> set[str]:
    """Return every public function of the protocol that is called like one that reads."""
    (home,) = relay_protocol.__path__
    found = set()
    for path in Path(home).rglob("*.py"):
        room = ".".join(path.relative_to(home).with_suffix("").parts)
        for name in public(ast.parse(path.read_text("utf-8")).body):
            if READS.match(name.rpartition(".")[2]):
                found.add(f"{room}::{name}")
    return found


def public(body: Iterable[ast.stmt], within: str = "") -> Iterable[str]:
    """Yield the names of public functions, those of public classes too."""
    for node in body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield within + node.name
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield from public(node.body, f"{within}{node.name}.")


def test_nothing_that_reads_what_others_wrote_is_left_out() -> None:
    known = {*PARSERS, *DOCUMENTS, *NOT_OF_OTHERS}
    assert readers() - known == set()
    assert known - readers() == {"attestation::instant_of"}
