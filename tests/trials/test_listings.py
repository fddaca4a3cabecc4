"""Every listing of the API, read one by one, tells what it tells at once, and to nobody else."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import httpx
import pytest

from exchange.app import create_app
from tests.story import api, crowd, doors
from tests.story.api import Caller
from tests.story.crowd import Crowd
from tests.story.doors import Operation
from tests.story.scheme import Organization

if TYPE_CHECKING:
    from tests.trials.conftest import Scene

NAMES = re.compile(r"\b(?:[a-z]{3}_[0-9a-z]{26}|CR(?:-[0-9A-Z]{2,4}){3})\b")
LISTINGS = [one for one in doors.operations() if one.is_listing]
OF_THE_SCHEME = {"/v1/organizations", "/v1/admissions", "/v1/directory"}
"""Listings that tell everybody the same."""


@pytest.fixture
def gathered(scene: "Scene") -> Crowd:
    """Return a scheme with two of everything, on each of the databases."""
    return crowd.gather(scene.consortium)


@pytest.fixture
def http(gathered: Crowd) -> Iterator[httpx.Client]:
    """Yield the way to its API."""
    with api.visitor(create_app(gathered.hub)) as visitor:
        yield visitor


def reader_of(gathered: Crowd, operation: Operation) -> Organization:
    """Return who has something in a listing."""
    origin, hirer, _ = gathered.consortium.members
    if operation.path == "/v1/member/hires":
        return hirer
    return origin if operation.role == "member" else gathered.consortium.agencies[0]


def one_by_one(caller: Caller, operation: Operation, address: str) -> list[object]:
    """Return what a listing tells on pages of one item each."""
    told: list[object] = []
    begin = "after" if "after" in operation.query else "cursor"
    following, asked = None, f"{address}?limit=1"
    while True:
        page = caller.get(asked).json()
        told += page["items"]
        assert len(page["items"]) <= 1
        # A page may be the last one without knowing it; then one without items ends the listing.
        if page["next"] is None:
            return told
        assert page["next"] != following
        following = page["next"]
        asked = f"{address}?limit=1&{begin}={following}"


def test_pages_of_one_tell_together_what_one_page_tells(
    gathered: Crowd, http: httpx.Client
) -> None:
    for operation in LISTINGS:
        caller = Caller(organization=reader_of(gathered, operation), hub=gathered.hub, http=http)
        address = operation.address(vacancy=gathered.offered.row.id)

        whole = caller.get(f"{address}?limit=1000").json()

        assert len(whole["items"]) >= 2, operation
        assert whole["next"] is None, operation
        assert one_by_one(caller, operation, address) == whole["items"], operation


def test_nobody_finds_anything_in_the_listings_of_others(
    gathered: Crowd, http: httpx.Client
) -> None:
    stranger = {
        "member": gathered.consortium.members[2],
        "agency": gathered.consortium.agencies[1],
        "": gathered.consortium.agencies[1],
    }
    for operation in LISTINGS:
        if operation.path in OF_THE_SCHEME or "{" in operation.path:
            continue
        caller = Caller(organization=stranger[operation.role], hub=gathered.hub, http=http)

        told = caller.get(operation.address()).text

        own = Caller(organization=reader_of(gathered, operation), hub=gathered.hub, http=http)
        for item in own.get(operation.address()).json()["items"]:
            assert not any(name in told for name in NAMES.findall(str(item))), operation
