"""An agency's client reads what it owes and is owed, month by month, over HTTP."""

from collections.abc import Callable

import pytest

from tests.story import books
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]
PATH = "/v1/agency/dues"


@pytest.fixture
def settled(consortium: Consortium) -> Consortium:
    """Return the consortium after ten introductions have become a slot."""
    books.begin(consortium.hub)
    books.introduce_ten(consortium)
    books.next_month(consortium.hub, 2)
    books.settle(consortium.hub)
    return consortium


def test_an_agency_reads_how_it_stood_newest_first(
    settled: Consortium, client_of: ClientOf
) -> None:
    newest, before, _ = client_of(settled.agencies[0]).get(PATH).json()["items"]

    assert newest == {
        "period": newest["period"],
        "net": -1,
        "open": -1,
        "reference_fee_yen": 1_500_000,
        "owes": [],
        "is_owed": [],
    }
    assert (before["net"], before["open"]) == (0, 0)


def test_another_agency_reads_its_own_part(settled: Consortium, client_of: ClientOf) -> None:
    newest = client_of(settled.agencies[1]).get(PATH).json()["items"][0]

    assert (newest["net"], newest["open"]) == (0, 0)


def test_pages_follow_each_other(settled: Consortium, client_of: ClientOf) -> None:
    caller = client_of(settled.agencies[0])
    first = caller.get(f"{PATH}?limit=2").json()

    second = caller.get(f"{PATH}?limit=2&cursor={first['next']}").json()

    assert [len(first["items"]), len(second["items"])] == [2, 1]
    assert second["next"] is None


def test_a_member_has_no_dues(settled: Consortium, client_of: ClientOf) -> None:
    assert client_of(settled.members[0]).get(PATH).status_code == 403
