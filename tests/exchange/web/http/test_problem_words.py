import re

import pytest

from exchange.web.http.problem_words import WORDS
from exchange.web.http.problems import HTTP_PROBLEMS, PROBLEMS

SLUGS = {slug for _, slug in PROBLEMS.values()} | set(HTTP_PROBLEMS.values())
JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")


def test_there_are_words_for_every_problem_and_for_nothing_else() -> None:
    assert set(WORDS) == SLUGS


@pytest.mark.parametrize("slug", sorted(SLUGS))
def test_each_is_said_in_both_languages_with_a_way_out(slug: str) -> None:
    words = WORDS[slug]

    assert words.en.isascii()
    assert words.mend_en.isascii()
    assert words.mend_en.endswith(".")
    assert JAPANESE.search(words.ja)
    assert JAPANESE.search(words.mend_ja)
    assert words.mend_ja.endswith("。")
    assert "!" not in words.en + words.ja + words.mend_en + words.mend_ja
