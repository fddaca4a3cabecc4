from collections import Counter

import pytest

from relay_protocol import codes
from relay_protocol.codes import LABELS, OCCUPATIONS, PREFECTURES
from relay_protocol.errors import ProtocolError

KINDS_AND_CODES = [(kind, code) for kind, words in LABELS.items() for code in words]


def test_there_are_four_occupations_in_each_of_five_groups() -> None:
    assert Counter(group for group, _ in OCCUPATIONS.values()) == dict.fromkeys(
        ("technology", "sales", "office", "service", "making"), 4
    )


def test_there_are_twelve_industries_and_forty_seven_prefectures() -> None:
    assert len(LABELS["industry"]) == 12
    assert list(PREFECTURES) == [f"{number:02d}" for number in range(1, 48)]


def test_the_age_bands_follow_one_another_in_fives() -> None:
    assert list(codes.AGE_BANDS) == [
        "under-20",
        *("20-24", "25-29", "30-34", "35-39", "40-44", "45-49", "50-54", "55-59"),
        "60-plus",
    ]


@pytest.mark.parametrize(("kind", "code"), KINDS_AND_CODES)
def test_every_code_has_words_in_both_languages(kind: str, code: str) -> None:
    assert codes.label(kind, code, "ja") == LABELS[kind][code].ja != ""
    assert codes.label(kind, code, "en") == LABELS[kind][code].en != ""


@pytest.mark.parametrize("kind", LABELS)
def test_no_two_codes_of_a_kind_read_alike(kind: str) -> None:
    words = LABELS[kind].values()
    assert len({word.ja for word in words}) == len({word.en for word in words}) == len(words)


def test_english_words_are_read_without_japanese_letters() -> None:
    assert all(
        not any("぀" <= letter <= "鿿" for letter in codes.label(kind, code, "en"))
        for kind, code in KINDS_AND_CODES
    )


def test_any_language_but_japanese_reads_english() -> None:
    assert codes.label("prefecture", "13", "fr") == "Tokyo"


def test_every_closed_list_has_its_words_in_its_order() -> None:
    assert tuple(LABELS["job_kind"]) == codes.JOB_KINDS
    assert tuple(LABELS["group"]) == codes.GROUPS
    assert tuple(LABELS["module"]) == codes.MODULES
    assert tuple(LABELS["identity_item"]) == codes.IDENTITY_ITEMS
    assert set(LABELS["occupation_group"]) == {group for group, _ in OCCUPATIONS.values()}


@pytest.mark.parametrize(
    ("kind", "code"), [("prefecture", "48"), ("prefecture", ""), ("colour", "red")]
)
def test_an_unknown_code_has_no_words(kind: str, code: str) -> None:
    with pytest.raises(ProtocolError):
        codes.label(kind, code, "ja")


@pytest.mark.parametrize(
    ("code", "ja", "en"),
    [
        ("en:B2", "英語 B2(中上級)", "English B2 (upper intermediate)"),
        ("ja:native", "日本語 母語", "Japanese native"),
    ],
)
def test_a_language_is_read_with_its_level(code: str, ja: str, en: str) -> None:
    assert codes.language_label(code, "ja") == ja
    assert codes.language_label(code, "en") == en


@pytest.mark.parametrize("code", ["en", "en:", "en:D1", "xx:B2", ":B2", "en:B2:C1"])
def test_a_language_without_a_known_level_has_no_words(code: str) -> None:
    with pytest.raises(ProtocolError):
        codes.language_label(code, "ja")


def test_an_occupation_is_generalised_to_its_group() -> None:
    assert codes.occupation_group("software") == "technology"
    assert codes.occupation_group("logistics") == "making"
    with pytest.raises(ProtocolError):
        codes.occupation_group("technology")


@pytest.mark.parametrize(
    ("prefecture", "half"), [("01", "east"), ("20", "east"), ("22", "west"), ("47", "west")]
)
def test_a_prefecture_lies_in_one_half_of_the_country(prefecture: str, half: str) -> None:
    assert codes.region(prefecture) == half


def test_a_place_that_is_no_prefecture_lies_nowhere() -> None:
    with pytest.raises(ProtocolError):
        codes.region("00")


def test_the_halves_are_seventeen_and_thirty_prefectures() -> None:
    assert Counter(place.region for place in PREFECTURES.values()) == {"east": 17, "west": 30}
