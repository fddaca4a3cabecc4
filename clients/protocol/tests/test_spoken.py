"""Whose language a command speaks, and how Japanese falls into lines."""

import pytest

from relay_protocol.spoken import columns, folded, language_of


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "JA"}, "ja"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LC_MESSAGES": "ja_JP.UTF-8", "LANG": "C"}, "ja"),
        ({"LC_ALL": "C", "LC_MESSAGES": "ja_JP.UTF-8", "LANG": "ja_JP.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "", "LANG": "ja_JP.UTF-8"}, "ja"),
    ],
)
def test_the_terminals_language_is_spoken_where_none_is_asked_for(
    environment: dict[str, str], language: str
) -> None:
    assert language_of(["keys", "list"], environment) == language


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("--lang ja keys list", "ja"),
        ("keys list --lang ja", "ja"),
        ("keys list --lang=ja", "ja"),
        ("--lang ja keys list --lang en", "en"),
        ("--lang ja --nonsense --lang", "ja"),
        ("--lang ja --lang fr", "ja"),
        ("keys list ja", "en"),
    ],
)
def test_the_last_language_that_a_line_asks_for_is_spoken(line: str, language: str) -> None:
    assert language_of(line.split(), {"LANG": "en_GB.UTF-8"}) == language


def test_a_line_may_ask_for_english_at_a_japanese_terminal() -> None:
    assert language_of(["--lang", "en"], {"LC_ALL": "ja_JP.UTF-8"}) == "en"


def test_a_language_that_no_command_speaks_is_no_wish() -> None:
    assert language_of(["--lang", "fr"], {"LC_ALL": "ja_JP.UTF-8"}) == "ja"


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, [""]),
        ("台帳の写し", 10, ["台帳の写し"]),
        ("台帳の写しは", 10, ["台帳の写し", "は"]),
        ("台帳の写し。", 10, ["台帳の写", "し。"]),
        ("台帳(ledger)の写し", 10, ["台帳", "(ledger)の", "写し"]),
        ("台帳の「写し」", 9, ["台帳の", "「写し」"]),
        ("鍵は --vkey です", 10, ["鍵は", "--vkey で", "す"]),
        ("ab cd ef", 5, ["ab cd", "ef"]),
        ("データー", 6, ["デー", "ター"]),
        ("https://hub.example.jp の鍵", 10, ["https://hub.example.jp", "の鍵"]),
    ],
)
def test_japanese_falls_into_lines_that_no_mark_begins(
    text: str, width: int, lines: list[str]
) -> None:
    assert folded(text, width) == lines


@pytest.mark.parametrize(("text", "count"), [("", 0), ("log", 3), ("台帳", 4), ("(鍵)。", 6)])
def test_a_japanese_sign_takes_two_columns(text: str, count: int) -> None:
    assert columns(text) == count
