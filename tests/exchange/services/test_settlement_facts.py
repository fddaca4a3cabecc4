"""What a settlement reads: the facts of a stretch of the ledger, as an auditor knows them."""

from dataclasses import replace
from datetime import date

from exchange.hub import Hub
from exchange.services import consents, organizations, settlement_facts
from exchange.services import scheme as scheme_cases
from exchange.services.settlement_facts import ENDLESS
from exchange.services.work import adoptions
from exchange.store import ledger as ledger_rows
from relay_protocol.facts import Introduced, Kept, Left, OfferEnded, Started, Withdrawn
from relay_protocol.rules import DEMO
from tests.story import books, relays
from tests.story import scheme as stories
from tests.story.scheme import Consortium, Organization, corporate_number

NEWCOMER = corporate_number(40)
HOLDING = corporate_number(41)


def facts(hub: Hub, first: int = 0, cut: int = ENDLESS) -> list[object]:
    with hub.reading() as work:
        return list(settlement_facts.between(work, first, cut))


def size(hub: Hub) -> int:
    hub.sequence()
    with hub.reading() as work:
        return ledger_rows.size(work.session)


def test_an_introduction_is_told_with_its_parties_groups_and_rules(consortium: Consortium) -> None:
    hub = consortium.hub
    candidate, introduced = books.introduce(consortium)
    size(hub)

    (fact,) = facts(hub)

    mirai, aozora, sakura = (
        consortium.members[0],
        consortium.members[1],
        consortium.agencies[0],
    )
    assert isinstance(fact, Introduced)
    assert (fact.id, fact.referral) == (introduced.id, candidate.referral)
    assert (fact.origin, fact.origin_group) == (mirai.slug, mirai.number)
    assert (fact.agency, fact.agency_group) == (sakura.slug, sakura.number)
    assert fact.hirer_group == aozora.number
    assert fact.rules == "demo-1"
    assert fact.at.microsecond == 0


def test_a_start_counts_only_once_it_is_confirmed(consortium: Consortium) -> None:
    hub = consortium.hub
    _, introduced = books.introduce(consortium)
    started = relays.start(hub, consortium.agencies[0], introduced)
    size(hub)
    assert [type(fact) for fact in facts(hub)] == [Introduced]

    relays.confirm(hub, consortium.members[1], started)
    size(hub)

    fact = facts(hub)[1]
    assert isinstance(fact, Started)
    assert (fact.hire, fact.on) == (started.id, relays.today(hub))


def test_withdrawals_and_ends_are_told(consortium: Consortium) -> None:
    hub = consortium.hub
    candidate, hired = books.hire(consortium)
    left = books.introduction_of(hub, hired)
    relays.report(hub, consortium.agencies[0], left, "left")
    _, declined = books.introduce(consortium)
    relays.report(hub, consortium.agencies[0], declined, "offer-declined")
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
    size(hub)

    told = facts(hub)

    assert [type(fact) for fact in told] == [
        Introduced, Started, Left, Introduced, OfferEnded, Withdrawn
    ]  # fmt: skip
    assert told[-1].referral == candidate.referral  # type: ignore[attr-defined]


def test_only_the_facts_between_two_cuts_are_told(consortium: Consortium) -> None:
    hub = consortium.hub
    books.introduce(consortium)
    first = size(hub)
    _, second = books.introduce(consortium)
    cut = size(hub)
    books.introduce(consortium)
    size(hub)

    (fact,) = facts(hub, first, cut)

    assert isinstance(fact, Introduced)
    assert fact.id == second.id


def test_the_last_entry_before_a_cut_counts_and_the_one_at_it_does_not(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    books.introduce(consortium)
    end = size(hub)

    assert len(facts(hub, 0, end)) == 1
    assert facts(hub, 0, end - 1) == []
    assert len(facts(hub, end - 1, end)) == 1
    assert facts(hub, end, end + 1) == []


def test_given_a_late_confirmation_then_the_end_reported_before_comes_first(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    _, introduced = books.introduce(consortium)
    relays.start(hub, consortium.agencies[0], introduced)
    hired = relays.report(hub, consortium.agencies[0], introduced, "left")
    first = size(hub)
    relays.confirm(hub, consortium.members[1], hired)
    size(hub)

    assert [type(fact) for fact in facts(hub, first)] == [Left, Started]


def test_what_waits_for_its_place_is_told_to_an_erasure_alone(consortium: Consortium) -> None:
    hub = consortium.hub
    size(hub)
    books.introduce(consortium)

    with hub.reading() as work:
        waiting = settlement_facts.since(work, 0)

    assert [type(fact) for fact in waiting] == [Introduced]
    assert facts(hub) == []


def test_what_was_kept_is_told_by_the_rules_of_its_entry(consortium: Consortium) -> None:
    hub = consortium.hub
    candidate, _ = books.hire(consortium)
    books.erase(hub, candidate)
    with hub.reading() as work:
        (waiting,) = settlement_facts.since(work, 0)
    size(hub)

    (fact,) = facts(hub)

    assert isinstance(fact, Kept)
    assert fact == waiting
    assert fact.rules == "demo-1"


def test_a_hirer_belongs_to_its_group_from_its_admission_on(consortium: Consortium) -> None:
    hub = consortium.hub
    newcomer = Organization(slug="hikari", role="member", number=NEWCOMER)
    sakura = consortium.agencies[0]
    first = relays.reach(hub, relays.enlist(hub, consortium.members[0]), sakura)
    relays.introduce(hub, sakura, first, NEWCOMER)
    size(hub)
    with hub.work() as work:
        organizations.admit(work, replace(newcomer.application(), group=HOLDING))
    second = relays.reach(hub, relays.enlist(hub, consortium.members[0]), sakura)
    relays.introduce(hub, sakura, second, NEWCOMER)
    size(hub)

    before, after = facts(hub)

    assert isinstance(before, Introduced)
    assert isinstance(after, Introduced)
    assert (before.hirer_group, after.hirer_group) == (NEWCOMER, HOLDING)


def test_members_count_from_their_admission_on(consortium: Consortium) -> None:
    hub = consortium.hub
    before = size(hub)
    stories.admit(hub, Organization(slug="hikari", role="member", number=NEWCOMER))
    after = size(hub)

    with hub.reading() as work:
        assert settlement_facts.members(work.session, before) == ("aozora", "kaname", "mirai")
        assert "hikari" in settlement_facts.members(work.session, after)


def test_rules_count_from_their_adoption_on(consortium: Consortium) -> None:
    hub = consortium.hub
    before = size(hub)
    with hub.work() as work:
        scheme_cases.adopt_rules(work, {**DEMO, "version": "demo-2"}, date(2031, 1, 1))
    after = size(hub)

    with hub.reading() as work:
        assert [one.rules.version for one in settlement_facts.adoptions(work.session, before)] == [
            "demo-1"
        ]
        assert list(settlement_facts.adoptions(work.session, after)) == adoptions(work.session)
