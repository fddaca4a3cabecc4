"""`relay tellings` for those who act on withdrawals and erasures by hand."""

import pytest

from exchange.hub import Hub
from exchange.services import consents, subject_requests
from tests.story.clients import Client, the_one
from tests.story.relays import Candidate


def test_a_withdrawal_is_listed_until_it_was_acted_on(
    hub: Hub, sakura: Client, claimed: str, listed: Candidate
) -> None:
    with hub.work() as work:
        consents.withdraw(work, listed.actor)
    telling = the_one(sakura.json("tellings"), "tellings")
    assert (telling["about"], telling["reference"]) == ("withdrawn", claimed)
    assert sakura.json("tellings", "--done", str(telling["number"])) == {"tellings": []}
    assert sakura.json("tellings") == {"tellings": []}


@pytest.mark.parametrize(("language", "words"), [("en", "delete what you hold"), ("ja", "消して")])
def test_an_erasure_says_what_to_do(
    hub: Hub, sakura: Client, envelope: str, listed: Candidate, language: str, words: str
) -> None:
    with hub.work() as work:
        subject_requests.erase(work, listed.actor)
    said = sakura.run("--lang", language, "tellings")
    assert words in said.out
    assert envelope not in said.out


def test_a_number_that_does_not_wait_is_refused(sakura: Client) -> None:
    assert sakura.run("tellings", "--done", "7").code == 1
