"""Who is shown, held, hidden."""

from tests.story import referrals
from tests.story.scheme import Consortium


def test_smoke(consortium: Consortium) -> None:
    hub = consortium.hub
    one = referrals.listed(hub, consortium.members[0])
    assert referrals.profile_of(hub, one).state == "listed"
    assert referrals.profile_of(hub, one).by_exception
