"""Every code of a refusal has its sentence in both languages, and every sentence its code."""

import re
from pathlib import Path

import pytest

import relay_protocol
from relay_protocol import consent, steps
from relay_protocol.breaches import BREACHES

SOURCES = Path(relay_protocol.__file__).parent
RAISED = re.compile(
    r'(?:AuditError\(\s*\w+,\s*|ReplayError\(\s*|\.refuse\(\s*|Refusal\(\w+,\s*)"([a-z0-9-]+)"',
    re.ASCII,
)
CHOSEN = re.compile(
    r'"([a-z-]+)" if (?:after_withdrawal|error\.revoked is None) else "([a-z-]+)"', re.ASCII
)


def raised() -> set[str]:
    codes: set[str] = set()
    for source in SOURCES.glob("*.py"):
        text = source.read_text("utf-8")
        codes.update(RAISED.findall(text))
        codes.update(code for pair in CHOSEN.findall(text) for code in pair)
    return codes


def test_there_is_a_sentence_for_whatever_is_raised() -> None:
    assert len(raised()) > 60
    assert raised() <= BREACHES.keys()


def test_there_is_no_sentence_for_what_is_never_raised() -> None:
    steps_and_consents = {
        *(f"step-{code}" for code in steps.REFUSALS),
        *(f"consent-{code}" for code in consent.REFUSALS),
    }
    assert BREACHES.keys() - raised() <= steps_and_consents


def test_every_refused_step_and_consent_has_a_sentence() -> None:
    assert {f"step-{code}" for code in steps.REFUSALS} <= BREACHES.keys()
    assert {f"consent-{code}" for code in consent.REFUSALS} <= BREACHES.keys()


@pytest.mark.parametrize("code", BREACHES)
def test_each_is_a_sentence(code: str) -> None:
    words = BREACHES[code]
    assert words.ja.endswith("。")
    assert re.search(r"[\u3040-\u30ff\u4e00-\u9fff]", words.ja)
    assert words.en.endswith(".")
    assert words.en[0].isupper()
    assert words.en.isascii()
