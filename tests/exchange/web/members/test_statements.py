"""A member's client reads its statements over HTTP, and the original to the byte."""

import hashlib
from collections.abc import Callable

import pytest

from relay_protocol import canonical
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.statements import Statement
from tests.story import books
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]
PATH = "/v1/member/statements"


@pytest.fixture
def settled(consortium: Consortium) -> Consortium:
    """Return the consortium with two settled months; one point came in the second."""
    books.next_month(consortium.hub)
    books.introduce(consortium)
    books.next_month(consortium.hub)
    books.settle(consortium.hub)
    return consortium


def test_a_member_reads_its_own_newest_first(settled: Consortium, client_of: ClientOf) -> None:
    answer = client_of(settled.members[0]).get(PATH)

    newest, before = answer.json()["items"]
    assert answer.json()["next"] is None
    assert newest["period"] > before["period"]
    assert newest["statement"]["company"] == "mirai"
    assert newest["statement"]["prev"] == before["digest"]


def test_the_original_is_the_statement_to_the_byte(
    settled: Consortium, client_of: ClientOf
) -> None:
    newest = client_of(settled.members[0]).get(PATH).json()["items"][0]

    raw = b64url_decode(newest["original"])

    assert canonical.encode(newest["statement"]) == raw
    assert b64url_encode(hashlib.sha256(raw).digest()) == newest["digest"]
    assert Statement.decode(raw).company == "mirai"
    assert newest["settled"]


def test_pages_follow_each_other(settled: Consortium, client_of: ClientOf) -> None:
    caller = client_of(settled.members[0])
    first = caller.get(f"{PATH}?limit=1").json()

    second = caller.get(f"{PATH}?limit=1&cursor={first['next']}").json()

    assert first["items"][0]["period"] > second["items"][0]["period"]
    assert second["next"] is None


def test_one_month_alone_is_found_and_one_never_settled_is_empty(
    settled: Consortium, client_of: ClientOf
) -> None:
    caller = client_of(settled.members[0])
    period = caller.get(PATH).json()["items"][1]["period"]

    assert [one["period"] for one in caller.get(f"{PATH}?period={period}").json()["items"]] == [
        period
    ]
    assert caller.get(f"{PATH}?period=1999-01").json() == {"items": [], "next": None}


@pytest.mark.parametrize("period", ["2026-13", "2026-1", "soon", "2026-12%0A"])
def test_what_is_no_month_is_refused(settled: Consortium, client_of: ClientOf, period: str) -> None:
    assert client_of(settled.members[0]).get(f"{PATH}?period={period}").status_code == 422


def test_an_agency_has_no_statements(settled: Consortium, client_of: ClientOf) -> None:
    assert client_of(settled.agencies[0]).get(PATH).status_code == 403
