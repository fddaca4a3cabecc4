"""What a candidate reads on their own page."""

from datetime import timedelta

from exchange.hub import Hub
from exchange.services import candidate_page, consents, organizations
from exchange.services.candidate_page import Page
from tests.story import referrals, relays
from tests.story.referrals import Candidate
from tests.story.scheme import Consortium


def page(hub: Hub, person: Candidate | relays.Candidate) -> Page:
    """Return what somebody's page tells now."""
    with hub.reading() as work:
        return candidate_page.page(work, person.actor)


def kinds(told: Page) -> list[str]:
    """Return what the history tells, newest first."""
    return [event.kind for event in told.history]


def test_right_after_the_consent_there_is_nothing_to_show(consortium: Consortium) -> None:
    told = page(consortium.hub, referrals.consent(consortium.hub, consortium.members[0]))
    assert (told.standing, told.filled, told.differs) == ("draft", False, False)
    assert told.origin.slug == consortium.members[0].slug
    assert [row.slug for row in told.agencies] == ["hayabusa", "sakura"]
    assert kinds(told) == ["consent.given", "referral.invited"]


def test_a_filled_form_can_be_listed(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0])
    referrals.fill_in(consortium.hub, person)
    told = page(consortium.hub, person)
    assert (told.standing, told.filled, told.differs) == ("draft", True, True)


def test_the_page_knows_who_waits_for_people_and_who_for_the_day(consortium: Consortium) -> None:
    hub = consortium.hub
    people = [referrals.listed(hub, member, modules=()) for member in consortium.members[:2]]
    assert page(hub, people[0]).standing == "held"
    referrals.listed(hub, consortium.members[2], modules=())
    assert page(hub, people[0]).standing == "waiting"
    referrals.list_due(hub)
    told = page(hub, people[0])
    assert (told.standing, told.k, told.differs) == ("listed", 3, False)


def test_a_correction_that_is_not_listed_yet_is_told(consortium: Consortium) -> None:
    person = referrals.listed(consortium.hub, consortium.members[0])
    referrals.fill_in(consortium.hub, person, {**referrals.FORM, "skills": ["Go"]})
    assert page(consortium.hub, person).differs


def test_a_request_tells_who_asks_for_what_and_until_when(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    person = relays.enlist(hub, consortium.members[0])
    claim = relays.claim(hub, agency)
    told = page(hub, person)
    (request,) = told.requests
    assert told.standing == "claimed"
    assert (request.claim_id, request.agency.slug) == (claim.id, agency.slug)
    assert request.vacancy["title"] == "バックエンドエンジニア"
    assert "お話し" in request.message
    assert request.answer_by == claim.claimed_at + timedelta(days=7)
    assert [look.agency.slug for look in told.looks] == [agency.slug]
    assert told.history[0].kind == "claim.made"
    assert told.history[0].agency is not None
    assert told.history[0].agency.slug == agency.slug


def test_an_accepted_request_becomes_a_talk_with_its_introductions(
    consortium: Consortium,
) -> None:
    hub, agency, hirer = consortium.hub, consortium.agencies[0], consortium.members[1]
    person = relays.enlist(hub, consortium.members[0])
    claim = relays.reach(hub, person, agency)
    relays.introduce(hub, agency, claim, hirer.number)
    told = page(hub, person)
    (talk,) = told.talks
    assert told.requests == []
    assert (talk.agency.slug, talk.state) == (agency.slug, "released")
    assert [made.hirer for made in talk.introductions] == [hirer.number]
    assert talk.introductions[0].hirer_name == f"株式会社{hirer.slug}"
    assert "introduction.made" in kinds(told)


def test_a_withdrawal_is_told_with_its_reasons(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.listed(hub, consortium.members[0])
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    told = page(hub, person)
    assert (told.standing, told.permission) == ("withdrawn", None)
    hidden = next(event for event in told.history if event.kind == "profile.unlisted")
    assert hidden.reason == "withdrawn"


def test_a_consent_that_has_run_out_is_told(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0])
    referrals.move_clock(consortium.hub, timedelta(days=190))
    assert page(consortium.hub, person).standing == "expired"


def test_what_only_binds_rows_together_has_no_line(consortium: Consortium) -> None:
    person = relays.enlist(consortium.hub, consortium.members[0])
    relays.claim(consortium.hub, consortium.agencies[0])
    assert "claim.bound" not in kinds(page(consortium.hub, person))


def test_a_suspended_agency_is_no_recipient(consortium: Consortium) -> None:
    with consortium.hub.work() as work:
        organizations.suspend(work, "hayabusa", "rules-broken")
    with consortium.hub.reading() as work:
        assert [row.slug for row in candidate_page.recipients(work)] == ["sakura"]
