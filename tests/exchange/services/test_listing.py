"""Who is shown, who is held, and who is hidden when a class breaks."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from exchange.domain.errors import BadInputError, ConsentMissingError, StepRefusedError
from exchange.hub import Hub
from exchange.services import consents, ledger, listing, permissions, profiles
from exchange.store import ledger as ledger_rows
from exchange.store import outbox
from exchange.store import profiles as profile_rows
from relay_protocol.attestation import SignedAttestation
from relay_protocol.canonical import Value
from tests.story import referrals, relays
from tests.story.referrals import FORM, Candidate
from tests.story.scheme import Consortium

# The demo's rules: k = 3, of 3 members.


def held(consortium: Consortium, member: int, **changed: object) -> Candidate:
    """Return somebody who asked to be listed, without the exception."""
    form = {**FORM, **changed}
    return referrals.listed(consortium.hub, consortium.members[member], form=form, modules=())


def listed_class(consortium: Consortium) -> list[Candidate]:
    """Return three people of three members who look alike, listed by the daily listing."""
    people = [held(consortium, member) for member in range(3)]
    referrals.list_due(consortium.hub)
    return people


def states(hub: Hub, people: list[Candidate]) -> list[str]:
    """Return where the profiles stand."""
    return [referrals.profile_of(hub, person).state for person in people]


def facts(hub: Hub, person: Candidate, kind: str) -> list[Mapping[str, Value]]:
    """Return the bodies of the attestations of one kind about somebody, oldest first."""
    with hub.reading() as work:
        rows = ledger_rows.of_candidate(work.session, person.actor.candidate_id)
        reveals = [ledger.reveal_of(work, row) for row in rows if row.kind == kind]
    return [SignedAttestation(wire=reveal.signed).attestation.body for reveal in reveals if reveal]


def test_a_profile_alone_in_its_class_is_held(consortium: Consortium) -> None:
    person = held(consortium, 0)
    assert referrals.list_due(consortium.hub) == 0
    assert states(consortium.hub, [person]) == ["held"]
    assert facts(consortium.hub, person, "profile.listed") == []


def test_the_daily_listing_shows_k_people_of_enough_members(consortium: Consortium) -> None:
    people = [held(consortium, member) for member in range(3)]
    assert states(consortium.hub, people) == ["held"] * 3
    assert referrals.list_due(consortium.hub) == 3
    assert states(consortium.hub, people) == ["listed"] * 3
    assert [body["exception"] for body in facts(consortium.hub, people[0], "profile.listed")] == [
        False
    ]


def test_k_people_of_too_few_members_are_held(consortium: Consortium) -> None:
    people = [held(consortium, member) for member in (0, 0, 1)]
    assert referrals.list_due(consortium.hub) == 0
    assert states(consortium.hub, people) == ["held"] * 3


def test_people_who_look_different_do_not_count_for_each_other(consortium: Consortium) -> None:
    people = [held(consortium, 0), held(consortium, 1), held(consortium, 2, prefecture="27")]
    assert referrals.list_due(consortium.hub) == 0
    assert states(consortium.hub, people) == ["held"] * 3


def test_the_daily_listing_again_changes_nothing(consortium: Consortium) -> None:
    people = listed_class(consortium)
    assert referrals.list_due(consortium.hub) == 0
    assert len(facts(consortium.hub, people[0], "profile.listed")) == 1


def test_an_informed_exception_is_shown_at_once(consortium: Consortium) -> None:
    person = referrals.listed(consortium.hub, consortium.members[0], modules=["exception"])
    row = referrals.profile_of(consortium.hub, person)
    assert (row.state, row.by_exception) == ("listed", True)
    assert facts(consortium.hub, person, "profile.listed")[0]["exception"] is True


def test_an_exception_counts_for_nobodys_class(consortium: Consortium) -> None:
    referrals.listed(consortium.hub, consortium.members[2], modules=["exception"])
    people = [held(consortium, 0), held(consortium, 1)]
    assert referrals.list_due(consortium.hub) == 0
    assert states(consortium.hub, people) == ["held"] * 2


def test_somebody_with_the_exception_whose_class_suffices_waits_and_counts(
    consortium: Consortium,
) -> None:
    people = [held(consortium, 0), held(consortium, 1)]
    third = referrals.listed(consortium.hub, consortium.members[2], modules=["exception"])
    assert states(consortium.hub, [third]) == ["held"]
    assert referrals.list_due(consortium.hub) == 3
    assert not referrals.profile_of(consortium.hub, third).by_exception
    assert states(consortium.hub, people) == ["listed"] * 2


def test_a_withdrawal_hides_the_rest_of_a_class_that_it_breaks(consortium: Consortium) -> None:
    people = listed_class(consortium)
    with consortium.hub.work() as work:
        consents.withdraw(work, people[0].actor)
    assert states(consortium.hub, people) == ["unlisted", "held", "held"]
    assert facts(consortium.hub, people[0], "profile.unlisted") == [{"reason": "withdrawn"}]
    assert facts(consortium.hub, people[1], "profile.unlisted") == [{"reason": "class-broken"}]


def test_a_withdrawal_leaves_a_class_that_is_still_large_enough(consortium: Consortium) -> None:
    spare = held(consortium, 0)
    people = listed_class(consortium)
    with consortium.hub.work() as work:
        consents.withdraw(work, spare.actor)
    assert states(consortium.hub, people) == ["listed"] * 3


def test_people_who_only_wait_do_not_keep_a_broken_class_on_show(consortium: Consortium) -> None:
    people = listed_class(consortium)
    late = held(consortium, 0)
    with consortium.hub.work() as work:
        consents.withdraw(work, people[0].actor)
    assert states(consortium.hub, [*people, late]) == ["unlisted", "held", "held", "held"]
    assert referrals.list_due(consortium.hub) == 3


def test_an_exception_stays_when_the_class_around_it_breaks(consortium: Consortium) -> None:
    alone = referrals.listed(consortium.hub, consortium.members[0], modules=["exception"])
    people = listed_class(consortium)
    with consortium.hub.work() as work:
        consents.withdraw(work, people[1].actor)
    assert states(consortium.hub, [alone]) == ["listed"]


def test_a_profile_that_is_held_in_vain_goes_back_after_fourteen_days(
    consortium: Consortium,
) -> None:
    person = held(consortium, 0)
    referrals.move_clock(consortium.hub, timedelta(days=13, hours=23))
    referrals.list_due(consortium.hub)
    assert states(consortium.hub, [person]) == ["held"]
    referrals.move_clock(consortium.hub, timedelta(hours=2))
    referrals.list_due(consortium.hub)
    assert states(consortium.hub, [person]) == ["draft"]
    assert facts(consortium.hub, person, "profile.unlisted") == []
    others = [held(consortium, member) for member in (1, 2)]
    referrals.list_due(consortium.hub)
    assert states(consortium.hub, others) == ["held"] * 2


def test_a_correction_within_a_class_on_show_takes_its_place_at_once(
    consortium: Consortium,
) -> None:
    people = listed_class(consortium)
    referrals.fill_in(consortium.hub, people[0], {**FORM, "skills": ["Go"]})
    assert referrals.ask_to_list(consortium.hub, people[0]) == "listed"
    assert facts(consortium.hub, people[0], "profile.unlisted") == [{"reason": "corrected"}]
    assert len(facts(consortium.hub, people[0], "profile.listed")) == 2
    with consortium.hub.reading() as work:
        row = profiles.profile_of(work, people[0].actor.candidate_id)
        assert listing.listed_of(work, row)["skills"] == ["Go"]


def test_a_correction_is_not_shown_before_the_candidate_lists_it(consortium: Consortium) -> None:
    people = listed_class(consortium)
    referrals.fill_in(consortium.hub, people[0], {**FORM, "skills": ["Go"]})
    with consortium.hub.reading() as work:
        row = profiles.profile_of(work, people[0].actor.candidate_id)
        assert listing.listed_of(work, row)["skills"] == ["Python", "SQL"]


def test_a_correction_into_another_class_waits_there_and_breaks_the_old_one(
    consortium: Consortium,
) -> None:
    people = listed_class(consortium)
    referrals.fill_in(consortium.hub, people[0], {**FORM, "prefecture": "27"})
    assert referrals.ask_to_list(consortium.hub, people[0]) == "held"
    assert states(consortium.hub, people) == ["held"] * 3


def test_asking_again_with_nothing_changed_does_nothing(consortium: Consortium) -> None:
    people = listed_class(consortium)
    assert referrals.ask_to_list(consortium.hub, people[0]) == "listed"
    assert len(facts(consortium.hub, people[0], "profile.listed")) == 1


def test_only_what_was_seen_is_listed(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0], modules=["exception"])
    referrals.fill_in(hub, person)
    seen = referrals.preview(hub, person).digest
    referrals.fill_in(hub, person, {**FORM, "skills": ["Go"]})
    with pytest.raises(StepRefusedError, match="changed since"), hub.work() as work:
        listing.ask(work, person.actor, seen)
    assert states(hub, [person]) == ["draft"]


def test_an_empty_profile_is_not_listed(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0])
    seen = referrals.preview(consortium.hub, person).digest
    with pytest.raises(BadInputError), consortium.hub.work() as work:
        listing.ask(work, person.actor, seen)


def test_nothing_is_listed_without_a_standing_consent(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0])
    referrals.fill_in(hub, person)
    seen = referrals.preview(hub, person).digest
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    with pytest.raises(ConsentMissingError), hub.work() as work:
        listing.ask(work, person.actor, seen)


def test_switching_a_group_off_hides_it_at_once(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.listed(hub, consortium.members[0])
    with hub.work() as work:
        consents.change(work, person.actor, groups=["experience"], modules=["exception"])
    with hub.reading() as work:
        row = profiles.profile_of(work, person.actor.candidate_id)
        published = listing.listed_of(work, row)
    assert row.state == "listed"
    assert "skills" not in published
    assert "region" not in published
    assert published["experience"] == "5-plus"


def test_switching_off_all_that_is_shown_takes_the_profile_off(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.listed(hub, consortium.members[0])
    with hub.work() as work:
        consents.change(work, person.actor, groups=["summary"], modules=["exception"])
    assert states(hub, [person]) == ["draft"]
    assert facts(hub, person, "profile.unlisted") == [{"reason": "corrected"}]


def test_switching_a_group_on_shows_nothing_before_it_is_listed(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.listed(hub, consortium.members[0], groups=["experience"])
    with hub.work() as work:
        consents.change(work, person.actor, groups=["experience", "skills"], modules=["exception"])
    referrals.fill_in(hub, person)
    with hub.reading() as work:
        row = profiles.profile_of(work, person.actor.candidate_id)
        assert "skills" not in listing.listed_of(work, row)


def test_taking_the_exception_back_hides_who_was_shown_by_it(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.listed(hub, consortium.members[0])
    with hub.work() as work:
        consents.change(work, person.actor, groups=referrals.GROUPS, modules=[])
    assert states(hub, [person]) == ["held"]


def test_giving_the_exception_later_shows_who_was_held(consortium: Consortium) -> None:
    hub = consortium.hub
    person = held(consortium, 0)
    with hub.work() as work:
        consents.change(work, person.actor, groups=referrals.GROUPS, modules=["exception"])
    assert states(hub, [person]) == ["listed"]


def test_a_claim_hides_a_listed_profile_until_it_is_freed(consortium: Consortium) -> None:
    hub = consortium.hub
    people = listed_class(consortium)
    with hub.work() as work:
        listing.claimed(work, profiles.profile_of(work, people[0].actor.candidate_id))
    assert states(hub, people) == ["claimed", "listed", "listed"]
    with hub.work() as work:
        listing.freed(work, profiles.profile_of(work, people[0].actor.candidate_id))
    assert states(hub, people) == ["listed"] * 3


def test_what_is_not_listed_cannot_be_claimed(consortium: Consortium) -> None:
    person = held(consortium, 0)
    with pytest.raises(StepRefusedError), consortium.hub.work() as work:
        listing.claimed(work, profiles.profile_of(work, person.actor.candidate_id))


def test_a_freed_profile_is_held_if_its_class_broke_meanwhile(consortium: Consortium) -> None:
    hub = consortium.hub
    people = listed_class(consortium)
    with hub.work() as work:
        listing.claimed(work, profiles.profile_of(work, people[0].actor.candidate_id))
    with hub.work() as work:
        consents.withdraw(work, people[1].actor)
    assert states(hub, people) == ["claimed", "unlisted", "held"]
    with hub.work() as work:
        listing.freed(work, profiles.profile_of(work, people[0].actor.candidate_id))
    assert states(hub, people) == ["held", "unlisted", "held"]
    assert facts(hub, people[0], "profile.unlisted") == [{"reason": "class-broken"}]


def test_a_correction_while_an_agency_asks_is_told_to_that_agency(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    person = relays.enlist(hub, consortium.members[0])
    claim = relays.claim(hub, agency)
    with hub.work() as work:
        profiles.save_form(work, person.actor, {**relays.ENGINEER, "skills": ["Go"]})
        row = profiles.profile_of(work, person.id)
        seen = profiles.preview(work, row, permissions.require(work, row.referral_id)).digest
        assert listing.ask(work, person.actor, seen).state == "claimed"
    with hub.reading() as work:
        told = outbox.unacknowledged(work.session, agency.slug)
    assert [(row.about, row.reference) for row in told] == [("corrected", claim.id)]


def test_who_has_started_a_job_is_off_the_list_and_stays_off(consortium: Consortium) -> None:
    hub = consortium.hub
    people = listed_class(consortium)
    with hub.work() as work:
        listing.placed(work, profiles.profile_of(work, people[0].actor.candidate_id))
    assert states(hub, people) == ["placed", "held", "held"]
    with pytest.raises(StepRefusedError):
        referrals.ask_to_list(hub, people[0])


def test_counters_agree_with_a_recount(consortium: Consortium) -> None:
    hub = consortium.hub
    people = [*listed_class(consortium), held(consortium, 0, prefecture="27")]
    referrals.listed(hub, consortium.members[1], form={**FORM, "prefecture": "27"})
    with hub.work() as work:
        consents.withdraw(work, people[2].actor)
    with hub.reading() as work:
        rows = [
            row
            for row in profile_rows.in_state(work.session, "held", "listed", "claimed")
            if not row.by_exception
        ]
        for key in {row.class_key for row in rows if row.class_key is not None}:
            alike = [row for row in rows if row.class_key == key]
            origins = {row.origin for row in alike}
            assert profile_rows.class_size(work.session, key) == (len(alike), len(origins))


def test_skills_that_fewer_than_k_name_are_not_shown(consortium: Consortium) -> None:
    hub = consortium.hub
    people = [
        held(consortium, 0, skills=["Python", "COBOL"]),
        held(consortium, 1, skills=["python", "Fortran"]),
        held(consortium, 2, skills=["Python"]),
    ]
    referrals.list_due(hub)
    with hub.reading() as work:
        rows = profile_rows.in_state(work.session, "listed")
        skills = {
            shown.candidate_id: shown.published.get("skills") for shown in listing.shown(work, rows)
        }
    assert [skills[person.actor.candidate_id] for person in people] == [
        ["Python"],
        ["python"],
        ["Python"],
    ]


def test_a_profile_of_rare_skills_alone_shows_no_skills(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.listed(hub, consortium.members[0])
    with hub.reading() as work:
        row = profiles.profile_of(work, person.actor.candidate_id)
        (shown,) = listing.shown(work, [row])
        assert "skills" not in shown.published
        assert listing.rare_skills(work, row, listing.listed_of(work, row)) == ("Python", "SQL")


def test_what_is_not_listed_is_not_among_the_shown(consortium: Consortium) -> None:
    hub = consortium.hub
    person = held(consortium, 0)
    with hub.reading() as work:
        row = profiles.profile_of(work, person.actor.candidate_id)
        assert listing.shown(work, [row]) == []


def test_a_held_profile_knows_whether_it_waits_for_people_or_for_the_day(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    person = held(consortium, 0)
    with hub.reading() as work:
        row = profiles.profile_of(work, person.actor.candidate_id)
        assert not listing.is_waiting_for_batch(work, row)
    held(consortium, 1)
    held(consortium, 2)
    with hub.reading() as work:
        row = profiles.profile_of(work, person.actor.candidate_id)
        assert listing.is_waiting_for_batch(work, row)
