"""Made-up people: visibly fictions, reachable nowhere."""

import re
from random import Random

import pytest

from career_relay.romaji import spellings
from career_relay.samples import people
from career_relay.samples.people import made_up_company, made_up_name
from relay_protocol import lexicon


def test_the_same_chance_gives_the_same_person() -> None:
    assert made_up_name(Random("1"), 1, 5) == made_up_name(Random("1"), 1, 5)
    assert made_up_name(Random("1"), 1, 5) != made_up_name(Random("2"), 1, 5)


@pytest.mark.parametrize("number", [1, 9_999, 10_000, 123_456])
def test_addresses_lie_in_the_blocks_that_belong_to_nobody(number: int) -> None:
    made = made_up_name(Random("1"), 1, number)
    assert made.email.endswith("@example.jp")
    assert re.fullmatch(r"090-0000-[0-9]{4}", made.phone)


def test_two_lists_of_a_thousand_share_no_number() -> None:
    first, second = (
        {made_up_name(Random("1"), seed, number).phone for number in range(1, 1000)}
        for seed in (1, 2)
    )
    assert len(first) == len(second) == 999
    assert not first & second


def test_addresses_of_a_list_differ_though_names_may_repeat() -> None:
    made = [made_up_name(Random(str(number)), 1, number) for number in range(1, 2000)]
    assert len({one.email for one in made}) == len(made)
    assert len({one.name for one in made}) > 1000


def test_a_name_has_a_surname_and_a_given_name_in_both_scripts() -> None:
    for seed in range(200):
        made = made_up_name(Random(seed), 1, seed)
        assert re.fullmatch(r"[一-龥]{2} [一-龥]{2}", made.name)
        assert re.fullmatch(r"[ァ-ヶー]+ [ァ-ヶー]+", made.kana)


def test_the_address_spells_the_surname_as_its_reading_does() -> None:
    for seed in range(200):
        made = made_up_name(Random(seed), 1, seed)
        assert made.email.partition(".")[0] in spellings(made.kana.partition(" ")[0])


def test_no_surname_is_among_the_common_ones_of_real_people() -> None:
    made_up = {first + last for first, _ in people.FAMILY_FIRST for last, _ in people.FAMILY_LAST}
    assert not made_up & set(lexicon.SURNAMES)


def test_a_company_is_one_by_its_form_of_law() -> None:
    assert made_up_company(Random("1")).startswith("株式会社")
