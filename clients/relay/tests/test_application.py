"""An application's values: ages count from birthdays, labels cover every code."""

from datetime import date

import pytest

from career_relay.application import (
    CHANNEL_WORDS,
    CHANNELS,
    KIND_WORDS,
    KINDS,
    MARKS,
    OUTCOME_WORDS,
    OUTCOMES,
    STAGE_WORDS,
    STAGES,
    Person,
)


@pytest.mark.parametrize(
    ("born_on", "day", "age"),
    [
        (date(2008, 10, 1), date(2026, 9, 30), 17),
        (date(2008, 10, 1), date(2026, 10, 1), 18),
        (date(2008, 10, 2), date(2026, 10, 1), 17),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
        (date(1991, 4, 2), date(2026, 10, 1), 35),
        (date(2026, 10, 1), date(2026, 10, 1), 0),
    ],
)
def test_an_age_rises_on_the_birthday(born_on: date, day: date, age: int) -> None:
    assert Person(name="夢原 空太", born_on=born_on).age_on(day) == age


def test_without_a_birth_date_the_age_once_written_holds() -> None:
    assert Person(name="夢原 空太", age=41).age_on(date(2026, 10, 1)) == 41


def test_a_birth_date_counts_before_a_written_age() -> None:
    person = Person(name="夢原 空太", born_on=date(1991, 4, 2), age=20)
    assert person.age_on(date(2026, 10, 1)) == 35


def test_without_birth_date_and_age_nothing_is_guessed() -> None:
    assert Person(name="夢原 空太").age_on(date(2026, 10, 1)) is None


def test_every_code_has_words_in_both_languages() -> None:
    tables = (
        (KINDS, KIND_WORDS),
        (OUTCOMES, OUTCOME_WORDS),
        (CHANNELS, CHANNEL_WORDS),
        (("", *STAGES), STAGE_WORDS),
    )
    for codes, words in tables:
        assert list(codes) == list(words)
        assert all(said.en and said.ja for said in words.values())


def test_the_four_marks_are_the_ones_lists_use() -> None:
    assert MARKS == {4: "◎", 3: "○", 2: "△", 1: "×"}
