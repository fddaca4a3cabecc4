"""Kana names in the Latin spellings that people use."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from career_relay.romaji import spellings


@pytest.mark.parametrize(
    ("kana", "wanted"),
    [
        ("ユメハラ", {"yumehara"}),
        ("カスミ", {"kasumi"}),
        ("オオノ", {"oono", "ono", "ohno"}),
        ("サトウ", {"satou", "sato", "satoh"}),
        ("ユウキ", {"yuuki", "yuki"}),
        ("シンイチ", {"shinichi", "siniti"}),
        ("チヅル", {"chizuru", "tizuru"}),
        ("ツカサ", {"tsukasa", "tukasa"}),
        ("フジ", {"fuji", "huzi"}),
        ("ジュン", {"jun", "zyun"}),
        ("シュン", {"shun", "syun"}),
        ("チョウ", {"chou", "tyou"}),
        ("リョウ", {"ryou", "ryo"}),
        ("キョウコ", {"kyouko", "kyoko"}),
        ("ハットリ", {"hattori"}),
        ("マッチ", {"matchi"}),
        ("イッペイ", {"ippei"}),
        ("ノー", {"noo"}),
        ("ヴァ", {"vua"}),
        ("ヂン", {"jin", "zin"}),
    ],
)
def test_a_name_has_each_of_its_usual_spellings(kana: str, wanted: set[str]) -> None:
    assert wanted <= spellings(kana)


@pytest.mark.parametrize("kana", ["ユメハラ", "ゆめはら", "ﾕﾒﾊﾗ", " ユメハラ "])
def test_script_and_width_make_no_difference(kana: str) -> None:
    assert spellings(kana) == {"yumehara"}


def test_half_width_voiced_kana_are_joined_before_they_are_spelt() -> None:
    assert "nijihashi" in spellings("ﾆｼﾞﾊｼ")


@pytest.mark.parametrize("text", ["", "夢原", "Yumehara", "ユメ原", "ユメ ハラ", "ユメ1"])
def test_what_is_not_one_kana_name_has_no_spelling(text: str) -> None:
    assert spellings(text) == set()


@pytest.mark.parametrize("kana", ["ャ", "ッ", "ー", "ッッッ", "ァァ", "ンン"])
def test_odd_kana_never_fail(kana: str) -> None:
    assert isinstance(spellings(kana), set)


@given(
    kana=st.text(alphabet=[chr(code) for code in range(0x30A1, 0x30FA)], min_size=1, max_size=10)
)
def test_every_spelling_is_small_latin_letters(kana: str) -> None:
    for spelling in spellings(kana):
        assert re.fullmatch(r"[a-z]*", spelling)


@given(
    kana=st.text(
        alphabet="アイウエオカキクケコサシスセソタチツテトナニヌネノ", min_size=1, max_size=6
    )
)
def test_a_name_without_long_vowels_keeps_every_syllable(kana: str) -> None:
    assert any(len(spelling) >= len(kana) for spelling in spellings(kana))
