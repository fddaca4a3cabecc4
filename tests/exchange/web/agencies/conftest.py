"""A recruiter at the portal, for every test that asks for one."""

import httpx
import pytest

from exchange.hub import Hub
from tests.story import portal
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium, Organization


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    """Return the agency that the recruiter works for."""
    return consortium.agencies[0]


@pytest.fixture
def recruiter(hub: Hub, agency: Organization, visitor: httpx.Client) -> PortalPerson:
    """Return a recruiter who is signed in."""
    return portal.signed_in(hub, agency, visitor)
