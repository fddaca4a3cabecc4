"""What made-up people did: every occupation has it, and none of it tells who somebody is."""

import pytest

from career_relay.imports.occupations import language_of
from career_relay.samples.careers import (
    COMMENTS,
    ENDORSEMENTS,
    LANGUAGE_WORDS,
    REASONS_AGAINST,
    REASONS_TO_LEAVE,
    TRADES,
)
from relay_protocol import codes, profile, screening


def test_every_occupation_has_a_trade() -> None:
    assert set(TRADES) == set(codes.OCCUPATIONS)


@pytest.mark.parametrize("code", list(TRADES))
def test_a_trade_is_of_an_industry_and_its_words_may_stand_in_a_profile(code: str) -> None:
    trade = TRADES[code]
    assert trade.industry in codes.LABELS["industry"]
    assert len(trade.skills) >= 3
    profile.check_fields({"skills": list(trade.skills), "summary": f"{trade.deed}。"})
    for text in (*trade.skills, f"{trade.deed}。"):
        assert screening.find(text) == [], text


@pytest.mark.parametrize("text", [*ENDORSEMENTS, *REASONS_AGAINST, *REASONS_TO_LEAVE, *COMMENTS])
def test_no_sentence_tells_who_somebody_is(text: str) -> None:
    assert screening.find(text) == []


@pytest.mark.parametrize("code", list(LANGUAGE_WORDS))
def test_a_language_is_read_back_as_it_is_written(code: str) -> None:
    assert language_of(LANGUAGE_WORDS[code]) == code
