"""What an agency sees: listed profiles, under its own ids, in the order that it asked for."""

from datetime import timedelta

import pytest

from exchange.domain.errors import LicenceError, NotFoundError
from exchange.hub import Hub
from exchange.services import consents, matches
from exchange.services.matches import Matches, Sight
from exchange.services.vacancies import Offered
from exchange.services.work import local_day
from exchange.store import access_log
from exchange.store import organizations as organization_rows
from relay_protocol import ids
from tests.story import relays
from tests.story.scheme import Consortium, Organization


def found_for(
    hub: Hub, agency: Organization, offered: Offered, *, start: int = 0, limit: int = 100
) -> Matches:
    with hub.work() as work:
        return matches.matches(work, agency.actor, offered.row.id, start=start, limit=limit)


def only_sight(hub: Hub, agency: Organization) -> Sight:
    (sight,) = found_for(hub, agency, relays.describe(hub, agency)).sights
    return sight


def test_given_a_listed_profile_then_the_agency_sees_it_generalised_with_reasons(
    consortium: Consortium,
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    relays.enlist(hub, consortium.members[0])
    sight = only_sight(hub, agency)
    shown = dict(sight.match.published)
    assert shown["occupation_group"] == "technology"
    assert shown["region"] == "east"
    assert "prefecture" not in shown
    assert "desired_salary_yen" not in shown
    assert {reason.criterion for reason in sight.match.reasons} >= {"required", "place", "salary"}
    assert sight.standing == "free"
    assert not sight.claim_id


def test_given_two_agencies_then_each_sees_a_profile_under_an_id_of_its_own(
    consortium: Consortium,
) -> None:
    hub, (one, other) = consortium.hub, consortium.agencies
    relays.enlist(hub, consortium.members[0])
    first = only_sight(hub, one).match.pairwise_id
    again = only_sight(hub, one).match.pairwise_id
    second = only_sight(hub, other).match.pairwise_id
    assert ids.is_pairwise_id(first)
    assert first == again
    assert first != second


def test_given_a_profile_with_more_of_what_is_asked_then_it_comes_first(
    consortium: Consortium,
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    unskilled = {name: value for name, value in relays.ENGINEER.items() if name != "languages"}
    relays.enlist(hub, consortium.members[0], unskilled)
    relays.enlist(hub, consortium.members[1])
    relays.enlist(hub, consortium.members[2], {**unskilled, "occupation": "retail"})
    sights = found_for(hub, agency, relays.describe(hub, agency)).sights
    assert [sight.match.met("welcome") for sight in sights] == [1, 0, 0]
    assert [sight.match.published["occupation_group"] for sight in sights] == [
        "technology",
        "technology",
        "service",
    ]


def test_given_another_kind_of_job_then_the_profile_is_no_match(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    relays.enlist(hub, consortium.members[0], job_kind="new-graduate")
    found = found_for(hub, agency, relays.describe(hub, agency))
    assert found.sights == []
    assert found.total == 0


def test_given_a_draft_and_a_held_profile_then_nobody_sees_them(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    relays.consent(hub, consortium.members[0])
    relays.enlist(hub, consortium.members[1], modules=())
    assert found_for(hub, agency, relays.describe(hub, agency)).total == 0


def test_given_a_withdrawal_then_the_profile_is_gone_at_once(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    candidate = relays.enlist(hub, consortium.members[0])
    offered = relays.describe(hub, agency)
    assert found_for(hub, agency, offered).total == 1
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
    assert found_for(hub, agency, offered).total == 0


def test_given_an_excluded_agency_then_it_is_blind_and_the_other_is_not(
    consortium: Consortium,
) -> None:
    hub, (one, other) = consortium.hub, consortium.agencies
    relays.enlist(hub, consortium.members[0], companies=(one.number,))
    assert found_for(hub, one, relays.describe(hub, one)).total == 0
    assert found_for(hub, other, relays.describe(hub, other)).total == 1


@pytest.mark.parametrize(
    "excluded", [{"hirer_name": "（株）かなめ"}, {"hirer": "7000012050002", "hirer_name": ""}]
)
def test_given_an_excluded_hirer_then_its_vacancies_do_not_match(
    consortium: Consortium, excluded: dict[str, str]
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    relays.enlist(hub, consortium.members[0], companies=("株式会社かなめ", "7000012050002"))
    assert found_for(hub, agency, relays.describe(hub, agency, **excluded)).total == 0
    other = relays.describe(hub, agency, hirer="", hirer_name="株式会社べつの会社")
    assert found_for(hub, agency, other).total == 1


def test_given_the_origin_itself_as_hirer_then_its_vacancies_do_not_match(
    consortium: Consortium,
) -> None:
    hub, agency, origin = consortium.hub, consortium.agencies[0], consortium.members[0]
    relays.enlist(hub, origin)
    assert found_for(hub, agency, relays.describe(hub, agency, hirer=origin.number)).total == 0


def test_given_a_look_then_the_candidate_learns_of_it_once_a_day(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    candidate = relays.enlist(hub, consortium.members[0])
    offered = relays.describe(hub, agency)
    found_for(hub, agency, offered)
    found_for(hub, agency, offered)
    with hub.reading() as work:
        today = local_day(work)
        looks = access_log.looks(work.session, candidate.id)
    assert [(look.agency, look.day) for look in looks] == [(agency.slug, today)]
    relays.wait(hub, days=1)
    found_for(hub, agency, offered)
    with hub.reading() as work:
        days = [look.day for look in access_log.looks(work.session, candidate.id)]
    assert days == [today + timedelta(days=1), today]


def test_given_pages_then_each_profile_is_on_one_and_looked_at_only_there(
    consortium: Consortium,
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    candidates = [relays.enlist(hub, member) for member in consortium.members]
    offered = relays.describe(hub, agency)
    first = found_for(hub, agency, offered, limit=2)
    assert (len(first.sights), first.total, first.k) == (2, 3, 3)
    with hub.reading() as work:
        looked = [bool(access_log.looks(work.session, one.id)) for one in candidates]
    assert sorted(looked) == [False, True, True]
    second = found_for(hub, agency, offered, start=2, limit=2)
    seen = [sight.match.pairwise_id for sight in (*first.sights, *second.sights)]
    assert len(set(seen)) == 3


def test_given_one_profile_then_it_is_seen_by_its_own_agency_alone(
    consortium: Consortium,
) -> None:
    hub, (one, other) = consortium.hub, consortium.agencies
    relays.enlist(hub, consortium.members[0])
    offered, others_offer = relays.describe(hub, one), relays.describe(hub, other)
    pairwise_id = found_for(hub, one, offered).sights[0].match.pairwise_id
    with hub.work() as work:
        _, sight = matches.sight(work, one.actor, offered.row.id, pairwise_id)
    assert sight.match.pairwise_id == pairwise_id
    for unseen in (pairwise_id, "CR-2222-2222-22"):
        with hub.work() as work, pytest.raises(NotFoundError, match="sees no such profile"):
            matches.sight(work, other.actor, others_offer.row.id, unseen)


def test_given_an_ended_licence_then_nothing_is_seen(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    offered = relays.describe(hub, agency)
    with hub.work() as work:
        row = organization_rows.organization(work.session, agency.slug)
        assert row is not None
        row.licence_until = local_day(work) - timedelta(days=1)
    with pytest.raises(LicenceError):
        found_for(hub, agency, offered)
