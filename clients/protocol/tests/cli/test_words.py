"""The sentences of the commands hold the same figures in both languages."""

from string import Formatter

import pytest

from relay_protocol.breaches import BREACHES
from relay_protocol.cli.words import WORDS, line


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("code", list(WORDS))
def test_both_languages_name_the_same_figures(code: str) -> None:
    words = WORDS[code]
    assert places(words.ja) == places(words.en)
    assert words.ja
    assert words.en


def test_figures_are_written_for_people() -> None:
    assert "12,345" in line("watched", "en", at="now", log="a", size=12_345)
    assert "12,345 件" in line("watched", "ja", at="now", log="a", size=12_345)


def test_an_alarm_of_watch_has_one_sentence() -> None:
    own = {code.removeprefix("alarm-") for code in WORDS if code.startswith("alarm-")} - {"lasting"}
    assert {"cosigned-early", "log-unreachable"} <= own
    assert {
        "two-histories",
        "history-rewritten",
        "ledger-shrank",
        "tile-changed",
    } <= BREACHES.keys()
