"""Acts of several people at the same moment come out as if they had come one by one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from exchange.domain.errors import ExchangeError
from exchange.hub import Hub
from exchange.services import claims, consents, listing, profiles
from exchange.services.work import Work
from exchange.store import claims as claim_rows
from tests.story import referrals, relays
from tests.story.scheme import Consortium


def at_once(hub: Hub, *deeds: Callable[[Work], object]) -> list[str]:
    """Do each deed in its own transaction, all at the same moment; return what became of each."""
    together = Barrier(len(deeds))

    def do(deed: Callable[[Work], object]) -> str:
        together.wait()
        try:
            with hub.work() as work:
                deed(work)
        except ExchangeError as error:
            return type(error).__name__
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def test_two_withdrawals_at_once_break_the_class_that_neither_breaks_alone(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    origins = (consortium.members[0], consortium.members[0], *consortium.members[1:])
    people = [referrals.listed(hub, origin, modules=()) for origin in origins]
    referrals.list_due(hub)
    assert at_once(
        hub,
        lambda work: consents.withdraw(work, people[0].actor),
        lambda work: consents.withdraw(work, people[1].actor),
    ) == ["done", "done"]
    assert [referrals.profile_of(hub, person).state for person in people] == [
        "unlisted",
        "unlisted",
        "held",
        "held",
    ]


def test_three_who_ask_at_once_are_all_counted(consortium: Consortium) -> None:
    hub = consortium.hub
    people = [referrals.consent(hub, member) for member in consortium.members]
    for person in people:
        referrals.fill_in(hub, person)
    seen = [referrals.preview(hub, person).digest for person in people]
    assert (
        at_once(
            hub,
            lambda work: listing.ask(work, people[0].actor, seen[0]),
            lambda work: listing.ask(work, people[1].actor, seen[1]),
            lambda work: listing.ask(work, people[2].actor, seen[2]),
        )
        == ["done"] * 3
    )
    assert referrals.list_due(hub) == 3


def test_an_invitation_that_is_answered_twice_at_once_makes_one_candidate(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    invited = referrals.invite(hub, consortium.members[0])
    said = [referrals.answer() for _ in range(2)]
    came = at_once(
        hub,
        lambda work: consents.give(work, invited.token, said[0]),
        lambda work: consents.give(work, invited.token, said[1]),
    )
    assert sorted(came) == ["InvitationEndedError", "done"]


def test_a_yes_and_a_withdrawal_at_once_leave_nothing_standing(consortium: Consortium) -> None:
    hub = consortium.hub
    person = relays.enlist(hub, consortium.members[0])
    claim = relays.claim(hub, consortium.agencies[0])
    came = at_once(
        hub,
        lambda work: claims.approve(work, person.actor, claim.id),
        lambda work: consents.withdraw(work, person.actor),
    )
    assert came[1] == "done"
    with hub.reading() as work:
        row = claim_rows.claim(work.session, claim.id)
        assert row is not None
        assert row.state == "ended"
        assert profiles.profile_of(work, person.id).state == "unlisted"


def test_additions_and_the_daily_listing_do_not_wait_for_each_other_for_ever(
    consortium: Consortium,
) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    people = [referrals.listed(hub, member, modules=()) for member in consortium.members]
    mine = [people[0], referrals.listed(hub, origin, modules=())]
    additions = [referrals.addition(hub, person, {"skills": ["Java"]}) for person in mine]
    assert (
        at_once(
            hub,
            lambda work: profiles.add(work, origin.actor, additions),
            listing.list_due,
            lambda work: consents.withdraw(work, mine[1].actor),
        )
        == ["done"] * 3
    )
