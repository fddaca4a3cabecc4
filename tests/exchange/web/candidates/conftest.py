"""People with their links."""

import pytest

from tests.story import referrals
from tests.story.referrals import Candidate, Invited
from tests.story.scheme import Consortium


@pytest.fixture
def invited(consortium: Consortium) -> Invited:
    """Return somebody with an invitation of the first member."""
    return referrals.invite(consortium.hub, consortium.members[0])


@pytest.fixture
def person(consortium: Consortium) -> Candidate:
    """Return somebody who has consented to the usual groups, and to be shown by exception."""
    return referrals.consent(
        consortium.hub,
        consortium.members[0],
        groups=(*referrals.GROUPS, "languages", "summary"),
        modules=["exception"],
    )
