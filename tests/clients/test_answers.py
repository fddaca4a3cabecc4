"""The answers that a member takes: each with its proof, and each stop at once."""

from collections.abc import Callable

import pytest

from career_relay.assets import receipts
from career_relay.assets.referrals import Referral
from career_relay.assets.store import open_store
from exchange.hub import Hub
from exchange.services import consents, subject_requests
from tests.story.clients import Client
from tests.story.relays import Candidate

Yes = Callable[..., Candidate]
Invite = Callable[..., Referral]


def test_nobody_who_has_not_answered_is_known_to_have(mirai: Client, invited: Invite) -> None:
    referral = invited(1)
    said = mirai.json("sync")
    assert said["consented"] == []
    assert mirai.referral(referral.referral).state == "invited"


def test_a_yes_is_taken_with_its_proof_and_the_link_is_forgotten(
    mirai: Client, invited: Invite, says_yes: Yes
) -> None:
    referral = invited(1)
    says_yes(referral, ["skills", "experience"])
    assert mirai.json("sync")["consented"] == [referral.referral]
    kept = mirai.referral(referral.referral)
    assert kept.state == "consented"
    assert kept.consent is not None
    assert kept.consent.groups == ("skills", "experience")
    assert kept.token == ""
    with open_store(mirai.config.store) as store, store.reading() as connection:
        receipt = receipts.find(connection, kept.consent.attestation)
    assert receipt is not None
    assert receipt.referral == referral.referral


def test_a_yes_without_a_checkpoint_waits(
    hub: Hub,
    mirai: Client,
    invited: Invite,
    says_yes: Yes,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    referral = invited(1)
    with monkeypatch.context() as held:
        held.setattr(type(hub), "sequence", lambda _hub: 0)
        says_yes(referral)
    said = mirai.json("sync")
    assert (said["consented"], said["unproven"]) == ([], [referral.referral])
    assert said["added"] == 0
    hub.sequence()
    assert mirai.json("sync")["consented"] == [referral.referral]


def test_a_withdrawal_stops_everything(
    hub: Hub, mirai: Client, invited: Invite, says_yes: Yes
) -> None:
    candidate = says_yes(invited(1))
    mirai.json("sync")
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
    hub.sequence()
    said = mirai.json("sync")
    assert said["ended"] == [candidate.referral]
    kept = mirai.referral(candidate.referral)
    assert (kept.state, kept.consent, kept.token) == ("withdrawn", None, "")
    assert mirai.json("sync")["ended"] == []


def test_an_erasure_is_told_and_acknowledged(
    hub: Hub, mirai: Client, invited: Invite, says_yes: Yes
) -> None:
    candidate = says_yes(invited(1))
    mirai.json("sync")
    with hub.work() as work:
        subject_requests.erase(work, candidate.actor)
    hub.sequence()
    assert mirai.json("sync")["erased"] == [candidate.referral]
    assert mirai.referral(candidate.referral).state == "erased"
    assert mirai.json("sync")["erased"] == []
