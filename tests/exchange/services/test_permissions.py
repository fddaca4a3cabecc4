"""What a candidate allows now."""

from datetime import timedelta

import pytest

from exchange.domain.errors import ConsentMissingError
from exchange.services import consents, permissions
from tests.story import referrals
from tests.story.scheme import Consortium


def test_a_standing_consent_tells_what_is_allowed(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0], modules=["outcome"])
    with consortium.hub.reading() as work:
        permission = permissions.require(work, person.referral)
        assert permission == permissions.standing(work, person.referral)
    assert permission.candidate_id == person.actor.candidate_id
    assert (permission.modules, permission.groups) == (("publish", "outcome"), referrals.GROUPS)
    assert permission.notice == referrals.NOTICE


def test_an_unanswered_an_absent_and_a_withdrawn_referral_allow_nothing(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    invited = referrals.invite(hub, consortium.members[0])
    person = referrals.consent(hub, consortium.members[0])
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    for referral in (invited.referral, referrals.new_referral(), person.referral):
        with hub.reading() as work:
            assert permissions.standing(work, referral) is None
            with pytest.raises(ConsentMissingError):
                permissions.require(work, referral)


def test_a_consent_allows_nothing_after_its_last_day(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0])
    referrals.move_clock(hub, timedelta(days=185))
    with hub.reading() as work:
        assert permissions.standing(work, person.referral) is None
