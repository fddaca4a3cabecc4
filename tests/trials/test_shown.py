"""Who is shown to agencies, who is held, and what the page of each of them says about it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from exchange import jobs
from exchange.app import create_app
from exchange.services import consents
from tests.story import api, referrals, relays
from tests.story.api import Caller
from tests.story.referrals import Candidate

if TYPE_CHECKING:
    from tests.trials.conftest import Scene

HELD = "Not shown yet: fewer than 3 people are similar, or fewer than 3 companies introduced them."
HELD_JA = "似た方が3人に満たないか、紹介した会社が3社に満たないため、まだ公開していません。"
SHOWN = "Your profile is shown to agencies."
NEXT_DAY = "Enough people are similar. You will be shown with the next daily update."


@pytest.fixture
def http(scene: "Scene") -> Iterator[httpx.Client]:
    """Yield the way to the hub's pages and API."""
    with api.visitor(create_app(scene.hub)) as visitor:
        yield visitor


def page_of(http: httpx.Client, person: Candidate, language: str = "en") -> str:
    """Return what a candidate's own page says."""
    return http.get(f"/c/{person.token}?lang={language}").text


def shown_to_an_agency(scene: "Scene", http: httpx.Client) -> int:
    """Return how many profiles an agency finds for a job that asks for nothing."""
    agency = scene.consortium.agencies[0]
    offered = relays.describe(scene.hub, agency, required_skills=[], welcome_skills=[])
    caller = Caller(organization=agency, hub=scene.hub, http=http)
    path = f"/v1/agency/vacancies/{offered.row.id}/matches"
    return len(caller.get(path).json()["items"])


def test_k_people_of_k_members_are_shown_and_whoever_stays_behind_is_told_why(
    scene: "Scene", http: httpx.Client
) -> None:
    hub, members = scene.hub, scene.consortium.members
    alike = [referrals.listed(hub, member, modules=()) for member in members[:2]]
    jobs.run_once(hub)
    for person in alike:
        assert HELD in page_of(http, person)
        assert HELD_JA in page_of(http, person, "ja")
    assert shown_to_an_agency(scene, http) == 0

    alike.append(referrals.listed(hub, members[2], modules=()))
    assert all(NEXT_DAY in page_of(http, person) for person in alike)
    assert shown_to_an_agency(scene, http) == 0
    jobs.run_once(hub)
    assert all(SHOWN in page_of(http, person) for person in alike)
    assert shown_to_an_agency(scene, http) == 3

    with hub.work() as work:
        consents.withdraw(work, alike[0].actor)
    assert all(HELD in page_of(http, person) for person in alike[1:])
    assert shown_to_an_agency(scene, http) == 0


def test_whoever_allows_the_exception_is_shown_alone_and_at_once(
    scene: "Scene", http: httpx.Client
) -> None:
    hub, origin = scene.hub, scene.consortium.members[0]
    waiting = referrals.listed(hub, origin, modules=())
    alone = referrals.listed(hub, origin, modules=("exception",))

    assert HELD in page_of(http, waiting)
    assert SHOWN in page_of(http, alone)
    assert shown_to_an_agency(scene, http) == 1
