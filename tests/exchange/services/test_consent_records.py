"""What a version of a consent may say."""

from datetime import timedelta

import pytest

from exchange.domain.errors import BadInputError, NotFoundError
from exchange.domain.organizations import Actor
from exchange.services import consent_records
from exchange.services.consent_records import Terms
from exchange.services.work import local_day
from relay_protocol.codes import GROUPS
from tests.story import referrals
from tests.story.scheme import Consortium


def test_groups_stand_in_their_order_each_once() -> None:
    assert consent_records.checked_groups(["summary", "skills", "skills"]) == ("skills", "summary")
    assert consent_records.checked_groups(GROUPS) == GROUPS


@pytest.mark.parametrize("groups", [[], ["skills", "religion"], ["Skills"]])
def test_no_group_and_unknown_groups_are_refused(groups: list[str]) -> None:
    with pytest.raises(BadInputError) as refused:
        consent_records.checked_groups(groups)
    assert refused.value.field == "groups"


def test_to_be_shown_is_always_among_the_modules() -> None:
    assert consent_records.checked_modules([]) == ("publish",)
    assert consent_records.checked_modules(["outcome", "exception", "publish"]) == (
        "publish",
        "exception",
        "outcome",
    )


@pytest.mark.parametrize("module", ["linkage", "abroad", "email", "everything"])
def test_what_the_notice_does_not_offer_cannot_be_chosen(module: str) -> None:
    with pytest.raises(BadInputError) as refused:
        consent_records.checked_modules([module])
    assert refused.value.field == "modules"


def test_a_consent_lasts_six_months(consortium: Consortium) -> None:
    with consortium.hub.reading() as work:
        today = local_day(work)
        last = consent_records.last_day(work)
    assert timedelta(days=180) < last - today < timedelta(days=185)
    assert last.day == today.day or last.day < today.day


def test_terms_are_those_of_the_permission_that_stands(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0])
    permission = referrals.permission(consortium.hub, person)
    assert Terms.of(permission) == Terms(
        notice="2026-12-A",
        modules=("publish",),
        groups=referrals.GROUPS,
        until=permission.until,
    )


def test_a_consent_is_ended_once(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0])
    with consortium.hub.work() as work:
        ended = consent_records.end(work, person.referral, "withdrawn")
        assert ended is not None
        assert (ended.ended_by, ended.ended_at) == ("withdrawn", work.now)
        assert consent_records.end(work, person.referral, "withdrawn") is None


def test_a_stranger_came_by_no_referral(consortium: Consortium) -> None:
    nobody = Actor(kind="candidate", candidate_id="per_00000000000000000000000000")
    with pytest.raises(NotFoundError), consortium.hub.reading() as work:
        consent_records.referral_of(work, nobody)
