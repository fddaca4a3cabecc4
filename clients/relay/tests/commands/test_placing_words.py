"""Words for what the hub tells agencies in codes."""

from collections.abc import Mapping

import pytest

from career_relay.commands.placing_words import CLAIMS, CRITERIA, HIRES, STAGES, STANDINGS, told
from career_relay.words import Words
from relay_protocol import hires, relay


@pytest.mark.parametrize("words", [CLAIMS, CRITERIA, HIRES, STAGES, STANDINGS])
def test_every_code_has_words_of_its_own_in_both_languages(words: Mapping[str, Words]) -> None:
    for language in ("en", "ja"):
        said = [told(words, code, language) for code in words]
        assert all(said)
        assert len(set(said)) == len(said)


def test_every_stage_of_the_protocol_has_words() -> None:
    assert tuple(STAGES) == hires.STAGES


def test_every_state_of_a_claim_has_words() -> None:
    assert set(CLAIMS) == set(relay.CLAIM_STATES)


def test_a_code_that_is_newer_than_this_program_stands_as_it_is() -> None:
    assert told(CLAIMS, "transferred", "ja") == "transferred"
