"""Withdrawals and erasures reach who must act on them."""

from collections.abc import Callable

from exchange.services import consents, tellings
from tests.story import referrals
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization


def test_a_withdrawal_is_told_to_the_origin_until_it_is_acknowledged(
    client_of: Callable[[Organization], Caller], consortium: Consortium
) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    person = referrals.consent(hub, origin)
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    member = client_of(origin)
    (told,) = member.get("/v1/tellings").json()["items"]
    assert (told["about"], told["reference"]) == ("withdrawn", person.referral)
    done = member.post(f"/v1/tellings/{told['number']}/acknowledgement")
    assert done.json() == {"number": told["number"]}
    assert member.get("/v1/tellings").json() == {"items": [], "next": None}


def test_tellings_come_in_pages(
    client_of: Callable[[Organization], Caller], consortium: Consortium
) -> None:
    agency = consortium.agencies[0]
    with consortium.hub.work() as work:
        for number in range(3):
            tellings.tell(work, agency.slug, "corrected", f"clm_{number}")
    caller = client_of(agency)
    first = caller.get("/v1/tellings?limit=2").json()
    second = caller.get(f"/v1/tellings?limit=2&cursor={first['next']}").json()
    assert [item["reference"] for item in (*first["items"], *second["items"])] == [
        "clm_0",
        "clm_1",
        "clm_2",
    ]


def test_anothers_telling_looks_exactly_like_an_absent_one(
    client_of: Callable[[Organization], Caller], consortium: Consortium
) -> None:
    agency, other = consortium.agencies
    with consortium.hub.work() as work:
        tellings.tell(work, agency.slug, "withdrawn", "clm_first")
    (told,) = client_of(agency).get("/v1/tellings").json()["items"]
    caller = client_of(other)
    answers = [
        caller.post(f"/v1/tellings/{number}/acknowledgement")
        for number in (told["number"], 999_999)
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()


def test_a_number_that_no_telling_has_is_not_found(
    client_of: Callable[[Organization], Caller], consortium: Consortium
) -> None:
    caller = client_of(consortium.agencies[0])
    assert caller.post(f"/v1/tellings/{10**30}/acknowledgement").status_code == 404
