"""Every finding has its sentence in both languages, with the figures that it is given."""

import re
import string
from pathlib import Path

import pytest

import relay_protocol
from relay_protocol.findings import PARTS
from relay_protocol.report_words import FINDINGS, LINES, PART_TITLES

SOURCES = Path(relay_protocol.__file__).parent
TOLD = re.compile(r'\.(?:establish\(\s*\w+,\s*|cannot\(\s*)"([a-z0-9-]+)"', re.ASCII)
ALL = {**FINDINGS, **LINES}


def told() -> set[str]:
    codes = {
        code for source in SOURCES.glob("*.py") for code in TOLD.findall(source.read_text("utf-8"))
    }
    always = re.search(r"ALWAYS_OPEN = \(([^)]*)\)", (SOURCES / "audit.py").read_text("utf-8"))
    assert always is not None
    return codes | set(re.findall(r'"([a-z-]+)"', always[1]))


def figures(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_there_is_a_sentence_for_whatever_is_found_and_no_other() -> None:
    assert told() == FINDINGS.keys()


def test_every_part_of_the_plan_has_a_title() -> None:
    assert tuple(PART_TITLES) == PARTS


@pytest.mark.parametrize("code", ALL)
def test_both_languages_name_the_same_figures(code: str) -> None:
    assert figures(ALL[code].ja) == figures(ALL[code].en)


@pytest.mark.parametrize("code", ALL)
def test_each_language_is_that_language(code: str) -> None:
    assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", ALL[code].ja)
    assert ALL[code].en.isascii()


@pytest.mark.parametrize("code", FINDINGS)
def test_findings_are_sentences(code: str) -> None:
    assert FINDINGS[code].ja.endswith(("。", "}"))
    assert FINDINGS[code].en.endswith((".", "}"))
