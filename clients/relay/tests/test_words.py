"""Sentences in two languages, and which of them is spoken."""

import pytest

from career_relay.words import Words, label, language_of, same

GREETING = Words(en="{name} has {count} rows", ja="{name}は{count}行です")


def test_a_sentence_is_filled_in_both_languages() -> None:
    filled = GREETING.filled(name="list.csv", count=3)
    assert filled.into("en") == "list.csv has 3 rows"
    assert filled.into("ja") == "list.csvは3行です"


def test_a_value_in_two_languages_is_said_in_each() -> None:
    filled = GREETING.filled(name=Words(en="the list", ja="一覧"), count=0)
    assert filled.en == "the list has 0 rows"
    assert filled.ja == "一覧は0行です"


def test_braces_in_a_value_are_text_and_ask_for_nothing() -> None:
    filled = GREETING.filled(name="{count}{evil.__class__}", count=1)
    assert filled.en == "{count}{evil.__class__} has 1 rows"


def test_words_that_read_alike_are_the_same_in_both() -> None:
    assert same("CSV").into("en") == same("CSV").into("ja") == "CSV"


def test_a_code_has_the_protocols_words() -> None:
    assert label("job_kind", "new-graduate") == Words(en="New graduate", ja="新卒")


def test_an_absent_code_has_empty_words() -> None:
    assert label("industry", "") == Words(en="", ja="")


@pytest.mark.parametrize(
    ("wish", "environment", "spoken"),
    [
        ("ja", {}, "ja"),
        ("en", {"LANG": "ja_JP.UTF-8"}, "en"),
        (None, {"LANG": "ja_JP.UTF-8"}, "ja"),
        (None, {"LANG": "JA"}, "ja"),
        (None, {"LANG": "en_US.UTF-8"}, "en"),
        (None, {"LANG": "C"}, "en"),
        (None, {}, "en"),
        (None, {"LC_ALL": "ja_JP.UTF-8", "LANG": "en_US.UTF-8"}, "ja"),
        (None, {"LC_ALL": "", "LANG": "ja_JP.UTF-8"}, "ja"),
        (None, {"LC_MESSAGES": "ja_JP.UTF-8", "LANG": "de_DE.UTF-8"}, "ja"),
        (None, {"LC_ALL": "C", "LANG": "ja_JP.UTF-8"}, "en"),
    ],
)
def test_the_wish_counts_before_the_terminal_and_english_is_the_rest(
    wish: str | None, environment: dict[str, str], spoken: str
) -> None:
    assert language_of(wish, environment) == spoken
