"""Agencies act while they are admitted, active and licensed."""

from datetime import timedelta

import pytest

from exchange.domain.errors import ForbiddenError, LicenceError, NotActiveError
from exchange.domain.organizations import Actor
from exchange.hub import Hub
from exchange.services import organizations
from exchange.services.agencies import licensed
from exchange.services.work import local_day
from exchange.store import organizations as rows
from tests.story.scheme import Consortium, Organization


def end_licence(hub: Hub, agency: Organization, days_from_today: int) -> None:
    with hub.work() as work:
        row = rows.organization(work.session, agency.slug)
        assert row is not None
        row.licence_until = local_day(work) + timedelta(days=days_from_today)


def test_given_a_licensed_agency_then_it_acts_also_through_its_people(
    hub: Hub, consortium: Consortium
) -> None:
    agency = consortium.agencies[0]
    person = Actor(kind="person", slug=agency.slug, role="agency", user_id="usr_x")
    with hub.reading() as work:
        assert licensed(work, agency.actor).slug == agency.slug
        assert licensed(work, person).slug == agency.slug


def test_given_the_licences_last_day_then_it_serves_that_day_and_no_longer(
    hub: Hub, consortium: Consortium
) -> None:
    agency = consortium.agencies[0]
    end_licence(hub, agency, 0)
    with hub.reading() as work:
        assert licensed(work, agency.actor).slug == agency.slug
    end_licence(hub, agency, -1)
    with hub.reading() as work, pytest.raises(LicenceError):
        licensed(work, agency.actor)


def test_given_a_suspended_agency_then_it_does_not_act(hub: Hub, consortium: Consortium) -> None:
    agency = consortium.agencies[0]
    with hub.work() as work:
        organizations.suspend(work, agency.slug, "rules-broken")
    with hub.reading() as work, pytest.raises(NotActiveError):
        licensed(work, agency.actor)


def test_given_a_member_or_nobody_then_it_is_no_agency(hub: Hub, consortium: Consortium) -> None:
    nobody = Actor(kind="organization", slug="nobody", role="agency")
    for actor in (consortium.members[0].actor, nobody):
        with hub.reading() as work, pytest.raises(ForbiddenError):
            licensed(work, actor)
