import re

from relay_protocol import lexicon


def test_every_surname_has_two_letters_or_more() -> None:
    assert min(map(len, lexicon.SURNAMES)) == 2
    assert all(re.fullmatch("[一-鿿々]+", name) for name in lexicon.SURNAMES)


def test_readings_are_katakana_and_latin_names_small_letters() -> None:
    readings = lexicon.SURNAME_READINGS | lexicon.GIVEN_READINGS
    assert all(re.fullmatch("[ァ-ヶー]{2,}", reading) for reading in readings)
    assert all(name.isalpha() and name.islower() for name in lexicon.SURNAMES_ROMAJI)


def test_what_is_no_given_name_ends_like_one() -> None:
    last = set(lexicon.GIVEN_LAST) | set(lexicon.GIVEN_ALONE)
    assert [word for word in lexicon.NOT_GIVEN if word[-1] in last]
    assert not set(lexicon.GIVEN_ALONE) & lexicon.NOT_GIVEN


def test_roles_are_told_by_their_last_letter_and_by_their_word() -> None:
    assert {"者", "客", "師", "員"} <= set(lexicon.ROLE_LAST)
    assert {"ユーザー", "メンバー"} <= set(lexicon.ROLE_WORDS)


def test_makes_of_car_and_places_are_no_surnames_in_latin_letters() -> None:
    assert not {"toyota", "honda", "chiba", "fukushima"} & lexicon.SURNAMES_ROMAJI
