"""A member's round with the real hub as a whole: its order, and that it does nothing twice."""

from collections.abc import Callable

from career_relay.assets.referrals import Referral
from exchange.hub import Hub
from exchange.services import consents, subject_requests
from tests.story.clients import Client
from tests.story.relays import Candidate

DONE = {
    "receipts": 0,
    "consented": [],
    "unproven": [],
    "ended": [],
    "erased": [],
    "added": 0,
    "withheld": [],
    "refused": [],
    "released": [],
    "letters": [],
    "waiting": [],
    "not_released": [],
}


def test_with_nobody_invited_a_round_brings_nothing(mirai: Client) -> None:
    first = mirai.json("sync")
    assert {**first, "receipts": 0} == DONE


def test_a_round_after_a_whole_one_brings_nothing(
    hub: Hub, mirai: Client, approved: Candidate
) -> None:
    first = mirai.json("sync")
    assert len(first["released"]) == 1  # type: ignore[arg-type]
    hub.sequence()
    second = mirai.json("sync")
    # The release itself has come back as a receipt.
    assert second["receipts"] == 1
    assert mirai.json("sync") == DONE
    assert approved.referral


def test_an_answer_and_its_profile_are_one_round(
    mirai: Client, invited: Callable[..., Referral], says_yes: Callable[..., Candidate]
) -> None:
    candidate = says_yes(invited(1))
    said = mirai.json("sync")
    assert (said["consented"], said["added"]) == ([candidate.referral], 1)


def test_a_withdrawal_comes_before_anything_is_sent(
    hub: Hub,
    mirai: Client,
    invited: Callable[..., Referral],
    says_yes: Callable[..., Candidate],
) -> None:
    candidate = says_yes(invited(1))
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
    hub.sequence()
    said = mirai.json("sync")
    assert (said["consented"], said["added"]) == ([], 0)
    assert mirai.referral(candidate.referral).state == "withdrawn"


def test_an_erasure_comes_before_a_release(hub: Hub, mirai: Client, approved: Candidate) -> None:
    with hub.work() as work:
        subject_requests.erase(work, approved.actor)
    hub.sequence()
    said = mirai.json("sync")
    assert (said["erased"], said["released"]) == ([approved.referral], [])
    assert mirai.releases() == []
