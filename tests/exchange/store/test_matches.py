"""What agencies may see is one query; their ids and looks are kept once."""

from datetime import timedelta

from exchange.hub import Hub
from exchange.services.work import local_day
from exchange.store import access_log
from exchange.store import matches as rows
from exchange.store import profiles as profile_rows
from tests.story import relays
from tests.story.scheme import Consortium, Organization


def shown_to(hub: Hub, agency: Organization) -> list[str]:
    with hub.reading() as work:
        found = rows.showable(work.session, agency.slug, "mid-career")
        return [row.candidate.id for row in found]


def test_a_profile_is_shown_until_another_agency_has_the_contact(
    hub: Hub, consortium: Consortium
) -> None:
    one, other = consortium.agencies
    candidate = relays.enlist(hub, consortium.members[0])
    assert shown_to(hub, one) == shown_to(hub, other) == [candidate.id]
    claim = relays.claim(hub, one)
    assert shown_to(hub, one) == shown_to(hub, other) == [candidate.id]
    approved = relays.approve(hub, candidate, claim.id)
    relays.release(hub, candidate, one, approved)
    assert shown_to(hub, one) == [candidate.id]
    assert shown_to(hub, other) == []


def test_a_profile_comes_with_the_claim_that_is_live_and_no_earlier_one(
    hub: Hub, consortium: Consortium
) -> None:
    one, other = consortium.agencies
    candidate = relays.enlist(hub, consortium.members[0])
    relays.decline(hub, candidate, relays.claim(hub, one).id)
    live = relays.claim(hub, other)
    with hub.reading() as work:
        (row,) = rows.showable(work.session, one.slug, "mid-career")
    assert row.claim is not None
    assert row.claim.id == live.id


def test_an_id_that_an_agency_has_stays_when_another_is_drawn(
    hub: Hub, consortium: Consortium
) -> None:
    agency = consortium.agencies[0]
    candidate = relays.enlist(hub, consortium.members[0])
    with hub.work() as work:
        profile = profile_rows.of_candidate(work.session, candidate.id)
        assert profile is not None
        rows.add_pairwise_ids(work.session, agency.slug, {profile.id: "CR-2222-2222-22"})
        rows.add_pairwise_ids(work.session, agency.slug, {profile.id: "CR-3333-3333-33"})
        rows.add_pairwise_ids(work.session, agency.slug, {})
        known = rows.pairwise_ids(work.session, agency.slug, [profile.id])
    assert known == {profile.id: "CR-2222-2222-22"}


def test_a_look_is_kept_once_a_day_with_its_first_moment(hub: Hub, consortium: Consortium) -> None:
    agency = consortium.agencies[0]
    candidate = relays.enlist(hub, consortium.members[0])
    with hub.work() as work:
        today, first = local_day(work), work.now
        for at in (first, first + timedelta(hours=1)):
            rows.record_looks(work.session, agency.slug, {candidate.id}, day=today, at=at)
        rows.record_looks(work.session, agency.slug, set(), day=today, at=first)
    with hub.reading() as work:
        (look,) = access_log.looks(work.session, candidate.id)
    assert (look.day, look.at) == (today, first)
