"""A row is as high as the text that falls into most lines."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol.cli.wrapping import LINE_POINTS, LINES, height, lines

TEN = 12
"""A column of twelve characters, which holds ten of any kind."""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 10, 1),
        ("a" * 11, 2),
        ("a" * 20, 2),
        ("a" * 21, 3),
        ("aaaa bbbbb", 1),
        ("aaaa bbbbbb", 2),
        ("aaaa bbbbbb cccc", 3),
        ("aaaa " + "b" * 21, 4),
        ("署名の確認", 1),
        ("署名の確認者", 2),
        ("署名abcdef", 1),
        ("署名の確abc", 2),
        ("aaaa-bbbbb", 1),
        ("aaaaa-bbbbb", 2),
        ("aaa bbb-ccccccc", 2),
        ("a\n\nb", 3),
    ],
)
def test_words_stay_whole_and_wide_signs_take_two(text: str, count: int) -> None:
    assert lines(text, TEN) == count


@given(st.text(alphabet="abc  xyz", max_size=60).map(str.strip))
def test_latin_text_falls_as_the_library_lets_it_fall(text: str) -> None:
    single = " ".join(text.split())
    expected = textwrap.wrap(single, 10, break_on_hyphens=False)
    assert lines(single, TEN) >= len(expected)
    if all(len(word) <= 10 for word in single.split()):
        assert lines(single, TEN) == max(1, len(expected))


def test_the_fullest_cell_settles_the_height() -> None:
    assert height([("a", 12), ("a" * 25, 12)], "en") == 3 * LINE_POINTS["en"]
    assert height([("a", 12), ("a" * 25, 12)], "ja") == 3 * LINE_POINTS["ja"]
    assert height([], "en") == LINE_POINTS["en"]


def test_of_many_lines_one_is_spared() -> None:
    assert height([("a\n" * 4, 12)], "en") == 5 * LINE_POINTS["en"]
    assert height([("a\n" * 5, 12)], "en") == 7 * LINE_POINTS["en"]


def test_no_row_is_higher_than_programs_draw() -> None:
    for lang in ("ja", "en"):
        assert height([("a\n" * 100, 12)], lang) == LINES * LINE_POINTS[lang] <= 409
