"""The candidate's form, what the origin adds, and what neither may put in."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from exchange.domain.errors import (
    AlreadyKnownError,
    AttestationRefusedError,
    AttestationStaleError,
    BadInputError,
    BeyondConsentError,
    ConsentMissingError,
    ExchangeError,
    IdentityInProfileError,
    NotFoundError,
)
from exchange.domain.verdicts import Verdict
from exchange.hub import Hub
from exchange.services import consents, ledger, profiles, sealing
from exchange.services.profiles import Addition
from exchange.store import ledger as ledger_rows
from relay_protocol import profile
from relay_protocol.attestation import SignedAttestation
from relay_protocol.encoding import b64url_encode
from tests.story import referrals
from tests.story.referrals import FORM, Candidate
from tests.story.scheme import Consortium, Organization

ADDED: Mapping[str, object] = {"skills": ["Java"], "occupation": "software"}


@pytest.fixture
def person(consortium: Consortium) -> Candidate:
    """Return somebody who has just consented."""
    return referrals.consent(consortium.hub, consortium.members[0])


def send(hub: Hub, origin: Organization, *additions: Addition) -> list[Verdict]:
    """Send what an origin adds, in one transaction."""
    with hub.work() as work:
        return profiles.add(work, origin.actor, additions)


def refusal_of(verdict: Verdict) -> tuple[type[ExchangeError], str]:
    """Return what a refused one was refused with, and its field."""
    assert verdict.status == "refused"
    assert verdict.problem is not None
    return type(verdict.problem), verdict.problem.field


def test_the_form_is_kept_sealed_and_shown_nowhere_yet(
    consortium: Consortium, person: Candidate
) -> None:
    referrals.fill_in(consortium.hub, person)
    row = referrals.profile_of(consortium.hub, person)
    assert (row.state, row.sealed_listed) == ("draft", None)
    assert row.sealed_form is not None
    assert b"Python" not in row.sealed_form
    with consortium.hub.reading() as work:
        draft = profiles.draft_of(row, sealing.key_of(work, row.candidate_id))
    assert draft.own == profile.check_fields(FORM)


def test_the_preview_generalises_what_was_written(
    consortium: Consortium, person: Candidate
) -> None:
    referrals.fill_in(consortium.hub, person)
    seen = referrals.preview(consortium.hub, person)
    assert seen.published["region"] == "east"
    assert "prefecture" not in seen.published
    assert seen.from_origin == frozenset()


def test_the_form_can_be_sent_empty(consortium: Consortium, person: Candidate) -> None:
    referrals.fill_in(consortium.hub, person)
    referrals.fill_in(consortium.hub, person, {})
    assert dict(referrals.preview(consortium.hub, person).published) == {"job_kind": "mid-career"}


@pytest.mark.parametrize(
    ("written", "refusal", "field"),
    [
        ({"experience_years": "many"}, BadInputError, "experience_years"),
        ({"experience_years": 61}, BadInputError, "experience_years"),
        ({"occupation": "astronaut"}, BadInputError, "occupation"),
        ({"skills": ["a" * 41]}, BadInputError, "skills/0"),
        ({"available_from": "2027-13"}, BadInputError, "available_from"),
        ({"hobby": "chess"}, BadInputError, "hobby"),
        ({"evaluation": 4}, BadInputError, "evaluation"),
        ({"summary": "あ" * 601}, BadInputError, "summary"),
        ({"summary": "開発です。"}, BeyondConsentError, "summary"),
        ({"skills": ["090-0000-1234"]}, IdentityInProfileError, "skills/0"),
    ],
)
def test_a_form_that_is_not_as_it_must_be_is_refused_by_its_field(
    consortium: Consortium,
    person: Candidate,
    written: dict[str, object],
    refusal: type[ExchangeError],
    field: str,
) -> None:
    with pytest.raises(refusal) as refused, consortium.hub.work() as work:
        profiles.save_form(work, person.actor, written)
    assert refused.value.field == field
    assert refused.value.detail_ja
    assert referrals.profile_of(consortium.hub, person).sealed_form is None


def test_no_form_is_kept_without_a_standing_consent(
    consortium: Consortium, person: Candidate
) -> None:
    with consortium.hub.work() as work:
        consents.withdraw(work, person.actor)
    with pytest.raises(ConsentMissingError), consortium.hub.work() as work:
        profiles.save_form(work, person.actor, FORM)


def test_what_the_origin_adds_stands_in_the_preview_and_is_marked(
    consortium: Consortium, person: Candidate
) -> None:
    assert referrals.add(consortium.hub, person, ADDED).status == "added"
    seen = referrals.preview(consortium.hub, person)
    assert seen.published["skills"] == ["Java"]
    assert seen.from_origin == {"skills", "occupation_group"}


def test_the_candidates_words_win_over_the_origins(
    consortium: Consortium, person: Candidate
) -> None:
    referrals.fill_in(consortium.hub, person)
    referrals.add(consortium.hub, person, ADDED)
    seen = referrals.preview(consortium.hub, person)
    assert seen.published["skills"] == ["Python", "SQL"]
    assert seen.from_origin == frozenset()


def test_an_addition_is_attested_by_its_origin(consortium: Consortium, person: Candidate) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    referrals.add(hub, person, ADDED)
    with hub.reading() as work:
        row = ledger_rows.of_candidate(work.session, person.actor.candidate_id)[-1]
        reveal = ledger.reveal_of(work, row)
    assert reveal is not None
    attestation = SignedAttestation(wire=reveal.signed).attestation
    assert (attestation.kind, attestation.by, row.orgs) == (
        "profile.added",
        origin.slug,
        [origin.slug],
    )
    assert attestation.body == {
        "groups": ["skills", "experience"],
        "digest": b64url_encode(profile.digest(profile.check_fields(ADDED))),
    }


def test_the_same_addition_again_is_known_and_not_attested_again(
    consortium: Consortium, person: Candidate
) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    sent = referrals.addition(hub, person, ADDED)
    assert [send(hub, origin, sent)[0].status for _ in range(2)] == ["added", "known"]
    assert referrals.add(hub, person, ADDED).status == "known"
    with hub.reading() as work:
        held = ledger_rows.of_candidate(work.session, person.actor.candidate_id)
    assert [row.kind for row in held].count("profile.added") == 1


def test_a_later_addition_takes_the_place_of_the_earlier(
    consortium: Consortium, person: Candidate
) -> None:
    referrals.add(consortium.hub, person, ADDED)
    assert referrals.add(consortium.hub, person, {"skills": ["Go"]}).status == "added"
    assert dict(referrals.preview(consortium.hub, person).published) == {
        "job_kind": "mid-career",
        "skills": ["Go"],
    }


def test_additions_are_judged_one_by_one(consortium: Consortium, person: Candidate) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    other = referrals.consent(hub, origin, groups=["skills"])
    verdicts = send(
        hub,
        origin,
        referrals.addition(hub, person, ADDED),
        referrals.addition(hub, other, ADDED),
        replace(referrals.addition(hub, other, {"skills": ["Go"]})),
    )
    assert [verdict.status for verdict in verdicts] == ["added", "refused", "added"]
    assert refusal_of(verdicts[1]) == (BeyondConsentError, "fields/occupation")


@pytest.mark.parametrize(
    ("fields", "refusal", "field"),
    [
        ({"skills": ["me@example.com"]}, IdentityInProfileError, "fields/skills/0"),
        ({"skills": ["山田太郎さん"]}, IdentityInProfileError, "fields/skills/0"),
        ({"experience_years": 2.5e-42}, BadInputError, "fields/experience_years"),
        ({"skills": []}, BadInputError, "fields/skills"),
        ({"name": "山田"}, BadInputError, "fields/name"),
        ({}, BadInputError, "fields"),
    ],
)
def test_an_addition_that_is_not_as_it_must_be_is_refused_by_its_field(
    consortium: Consortium,
    person: Candidate,
    fields: dict[str, object],
    refusal: type[ExchangeError],
    field: str,
) -> None:
    sent = replace(referrals.addition(consortium.hub, person, ADDED), fields=fields)
    assert refusal_of(send(consortium.hub, consortium.members[0], sent)[0]) == (refusal, field)
    assert referrals.profile_of(consortium.hub, person).sealed_added is None


def test_a_neighbours_referral_looks_exactly_like_an_absent_one(
    consortium: Consortium, person: Candidate
) -> None:
    hub, neighbour = consortium.hub, consortium.members[1]
    theirs = referrals.addition(hub, person, ADDED)
    absent = replace(theirs, referral=referrals.new_referral())
    verdicts = send(hub, neighbour, theirs, absent)
    assert [refusal_of(verdict) for verdict in verdicts] == [(NotFoundError, "referral")] * 2
    assert str(verdicts[0].problem) == str(verdicts[1].problem)


def test_nothing_is_added_before_the_answer(consortium: Consortium, person: Candidate) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    invited = referrals.invite(hub, origin)
    sent = replace(referrals.addition(hub, person, ADDED), referral=invited.referral)
    assert refusal_of(send(hub, origin, sent)[0])[0] is ConsentMissingError


def test_nothing_is_added_after_a_withdrawal(consortium: Consortium, person: Candidate) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    sent = referrals.addition(hub, person, ADDED)
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    assert refusal_of(send(hub, origin, sent)[0])[0] is ConsentMissingError


def test_an_addition_names_the_consent_that_stands(
    consortium: Consortium, person: Candidate
) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    other = referrals.consent(hub, origin)
    foreign = referrals.permission(hub, other).consent_id
    sent = referrals.addition(hub, person, ADDED, consent_id=foreign)
    assert refusal_of(send(hub, origin, sent)[0]) == (ConsentMissingError, "consent")


def test_an_attestation_of_other_fields_is_refused(
    consortium: Consortium, person: Candidate
) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    sent = replace(referrals.addition(hub, person, ADDED), fields={"skills": ["Go"]})
    assert refusal_of(send(hub, origin, sent)[0]) == (AttestationRefusedError, "attestation")


def test_an_attestation_that_was_taken_serves_nobody_else(
    consortium: Consortium, person: Candidate
) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    other = referrals.consent(hub, origin)
    first = referrals.addition(hub, person, ADDED)
    stolen = replace(referrals.addition(hub, other, ADDED), attestation=first.attestation)
    send(hub, origin, first)
    assert refusal_of(send(hub, origin, stolen)[0]) == (AlreadyKnownError, "attestation")


def test_a_stale_attestation_is_refused(consortium: Consortium, person: Candidate) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    sent = referrals.addition(hub, person, ADDED)
    referrals.move_clock(hub, timedelta(minutes=6))
    assert refusal_of(send(hub, origin, sent)[0]) == (AttestationStaleError, "attestation")


def test_the_candidate_leaves_out_what_only_the_origin_can_say(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0], groups=["skills", "endorsement"])
    referrals.add(hub, person, {"skills": ["Java"], "endorsement": "話を聞く力がありました。"})
    with hub.work() as work:
        profiles.save_form(work, person.actor, {"skills": ["Java"]}, kept=["endorsement"])
    assert "endorsement" in referrals.preview(hub, person).published
    with hub.work() as work:
        profiles.save_form(work, person.actor, {"skills": ["Java"]})
    assert "endorsement" not in referrals.preview(hub, person).published


def test_what_is_beyond_the_groups_left_is_forgotten(
    consortium: Consortium, person: Candidate
) -> None:
    hub = consortium.hub
    referrals.add(hub, person, ADDED)
    with hub.work() as work:
        row = profiles.profile_of(work, person.actor.candidate_id)
        profiles.forget_beyond(work, row, ["experience"])
        key = sealing.key_of(work, row.candidate_id)
        assert profiles.draft_of(row, key).added.document() == {"occupation": "software"}
        profiles.forget_beyond(work, row, ["summary"])
        assert row.sealed_added is None


def test_a_stranger_has_no_profile(consortium: Consortium) -> None:
    with pytest.raises(NotFoundError), consortium.hub.reading() as work:
        profiles.profile_of(work, "per_00000000000000000000000000")
