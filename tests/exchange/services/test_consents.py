"""Consents are complete, on record, changed at once, and withdrawn at any time."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from exchange.domain.errors import (
    BadInputError,
    ConsentMissingError,
    InvitationEndedError,
    NotFoundError,
)
from exchange.domain.exclusions import Exclusions
from exchange.hub import Hub
from exchange.services import (
    candidate_links,
    consents,
    exclusions,
    invitations,
    ledger,
    permissions,
    profiles,
)
from exchange.services.consents import Answer
from exchange.services.work import local_day
from exchange.store import candidates as candidate_rows
from exchange.store import claims as claim_rows
from exchange.store import consents as rows
from exchange.store import ledger as ledger_rows
from exchange.store import outbox
from exchange.store import referrals as referral_rows
from relay_protocol.attestation import Attestation, SignedAttestation
from relay_protocol.ids import link_digest
from relay_protocol.rules import add_months
from tests.story import referrals, relays
from tests.story.referrals import Candidate, Invited
from tests.story.scheme import Consortium


def give(hub: Hub, invited: Invited, said: Answer) -> str:
    """Send the form of consent; return the token of the candidate's link."""
    with hub.work() as work:
        return consents.give(work, invited.token, said)


def attested(hub: Hub, person: Candidate) -> list[Attestation]:
    """Return what is attested about somebody, oldest first."""
    with hub.reading() as work:
        held = ledger_rows.of_candidate(work.session, person.actor.candidate_id)
        reveals = [ledger.reveal_of(work, row) for row in held]
    return [SignedAttestation(wire=reveal.signed).attestation for reveal in reveals if reveal]


def written(hub: Hub, invited: Invited) -> tuple[str, str | None]:
    """Return what stands of an invitation: its state, and the candidate if there is one."""
    with hub.reading() as work:
        row = referral_rows.referral(work.session, invited.referral)
        assert row is not None
        return row.state, row.candidate_id


def test_a_yes_makes_a_candidate_with_a_link_of_their_own(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    invited = referrals.invite(hub, origin)
    token = give(hub, invited, referrals.answer(modules=["exception"]))
    assert token != invited.token
    with hub.reading() as work:
        row = candidate_rows.by_link(work.session, link_digest(token))
        assert row is not None
        permission = permissions.require(work, invited.referral)
        assert permission.candidate_id == row.id
        assert permission.modules == ("publish", "exception")
        assert permission.groups == referrals.GROUPS
        assert permission.until == add_months(local_day(work), 6)
        assert profiles.profile_of(work, row.id).state == "draft"
        assert invitations.opened(work, invited.token).state == "answered"


def test_a_consent_is_on_record_with_the_origin_shown(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    person = referrals.consent(hub, origin)
    invitation, given = attested(hub, person)
    permission = referrals.permission(hub, person)
    assert invitation.kind == "referral.invited"
    assert (given.kind, given.by) == ("consent.given", "hub")
    assert given.refs == {"consent": permission.consent_id, "referral": person.referral}
    assert given.body == {
        "notice": "2026-12-A",
        "modules": ["publish"],
        "groups": list(referrals.GROUPS),
        "until": permission.until.isoformat(),
    }
    with hub.reading() as work:
        row = ledger_rows.attestation(work.session, permission.attestation_id)
        assert row is not None
        assert row.orgs == [origin.slug]


def test_the_candidates_token_is_kept_nowhere(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0])
    with hub.reading() as work:
        row = candidate_rows.candidate(work.session, person.actor.candidate_id)
        assert row is not None
        assert row.link_digest == link_digest(person.token)
        kept = (
            b"".join(value for value in vars(row).values() if isinstance(value, bytes))
            + "".join(str(value) for value in vars(row).values() if isinstance(value, str)).encode()
        )
    assert person.token.encode() not in kept


def test_before_the_answer_and_after_a_no_nothing_is_written(consortium: Consortium) -> None:
    hub = consortium.hub
    invited = referrals.invite(hub, consortium.members[0])
    with hub.reading() as work:
        before = ledger_rows.queue_length(work.session)
        invitations.opened(work, invited.token)
    assert written(hub, invited) == ("invited", None)
    with hub.reading() as work:
        assert ledger_rows.queue_length(work.session) == before


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("groups", replace(referrals.answer(), groups=[])),
        ("groups", replace(referrals.answer(), groups=["skills", "religion"])),
        ("modules", replace(referrals.answer(), modules=["linkage"])),
        ("adult", replace(referrals.answer(), adult=False)),
        ("notice", replace(referrals.answer(), notice="2026-11-Z")),
        ("locale", replace(referrals.answer(), locale="fr")),
    ],
)
def test_an_answer_that_lacks_something_is_refused_and_nothing_is_written(
    consortium: Consortium, field: str, said: Answer
) -> None:
    invited = referrals.invite(consortium.hub, consortium.members[0])
    with pytest.raises(BadInputError) as refused:
        give(consortium.hub, invited, said)
    assert refused.value.field == field
    assert refused.value.detail_ja or field in {"groups", "modules", "locale"}
    assert written(consortium.hub, invited) == ("invited", None)


def test_an_unknown_link_takes_no_consent(consortium: Consortium) -> None:
    stranger = replace(
        referrals.invite(consortium.hub, consortium.members[0]), token=referrals.new_token()
    )
    with pytest.raises(NotFoundError):
        give(consortium.hub, stranger, referrals.answer())


def test_an_invitation_that_has_run_out_takes_no_consent(consortium: Consortium) -> None:
    invited = referrals.invite(consortium.hub, consortium.members[0])
    referrals.move_clock(consortium.hub, timedelta(days=62))
    with pytest.raises(InvitationEndedError):
        give(consortium.hub, invited, referrals.answer())


def test_an_invitation_is_answered_once(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0])
    with pytest.raises(InvitationEndedError):
        give(consortium.hub, person.invited, referrals.answer())


def test_a_form_that_is_sent_twice_gives_one_link_for_two_minutes(consortium: Consortium) -> None:
    hub = consortium.hub
    invited = referrals.invite(hub, consortium.members[0])
    said = referrals.answer(nonce=candidate_links.new_nonce())
    first = give(hub, invited, said)
    assert give(hub, invited, said) == first
    referrals.move_clock(hub, timedelta(minutes=3))
    with pytest.raises(InvitationEndedError):
        give(hub, invited, said)


def test_the_origins_group_and_the_named_companies_are_kept_away(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    person = referrals.consent(hub, origin, companies=("みらい販売",))
    with hub.reading() as work:
        assert exclusions.read(work, person.actor.candidate_id) == Exclusions(
            companies=("みらい販売",), origin_group=origin.number
        )
    with hub.work() as work:
        consents.exclude(work, person.actor, (), origin_group=False)
    with hub.reading() as work:
        assert exclusions.read(work, person.actor.candidate_id) == Exclusions()


def test_exclusions_are_sealed(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0], companies=("みらい販売",))
    with consortium.hub.reading() as work:
        row = candidate_rows.candidate(work.session, person.actor.candidate_id)
        assert row is not None
        assert row.sealed_exclusions is not None
        assert "みらい販売".encode() not in row.sealed_exclusions


def test_a_changed_consent_keeps_its_id_and_its_end(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0])
    before = referrals.permission(hub, person)
    with hub.work() as work:
        after = consents.change(work, person.actor, groups=["skills"], modules=["outcome"])
    assert (after.consent_id, after.until) == (before.consent_id, before.until)
    assert after.attestation_id != before.attestation_id
    assert (after.groups, after.modules) == (("skills",), ("publish", "outcome"))
    assert referrals.permission(hub, person) == after
    assert [attestation.kind for attestation in attested(hub, person)][-1] == "consent.changed"


def test_a_change_that_changes_nothing_is_not_recorded(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0])
    before = referrals.permission(hub, person)
    with hub.work() as work:
        assert consents.change(work, person.actor, groups=referrals.GROUPS, modules=[]) == before
    assert len(attested(hub, person)) == 2


def test_a_change_to_nothing_is_refused(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0])
    with pytest.raises(BadInputError), consortium.hub.work() as work:
        consents.change(work, person.actor, groups=[], modules=[])


def test_what_the_origin_added_beyond_the_changed_consent_is_forgotten(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0], groups=["skills", "stage"])
    referrals.add(hub, person, {"skills": ["Python"], "stage_reached": "document"})
    with hub.work() as work:
        consents.change(work, person.actor, groups=["skills"], modules=[])
    with hub.work() as work:
        consents.change(work, person.actor, groups=["skills", "stage"], modules=[])
    assert "stage_reached" not in referrals.preview(hub, person).published


def test_a_withdrawal_ends_consent_profile_and_claims_at_once(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    person = relays.enlist(hub, consortium.members[0])
    claim = relays.claim(hub, agency)
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    with hub.reading() as work:
        assert permissions.standing(work, person.referral) is None
        assert profiles.profile_of(work, person.id).state == "unlisted"
        kinds = [row.kind for row in ledger_rows.of_candidate(work.session, person.id)]
        told = outbox.unacknowledged(work.session, agency.slug)
    assert {"consent.withdrawn", "profile.unlisted", "claim.ended"} <= set(kinds)
    assert [(row.about, row.reference) for row in told] == [("withdrawn", claim.id)]


def test_withdrawing_again_changes_nothing(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0])
    for _ in range(2):
        with hub.work() as work:
            consents.withdraw(work, person.actor)
    kinds = [attestation.kind for attestation in attested(hub, person)]
    assert kinds.count("consent.withdrawn") == 1


def test_after_a_withdrawal_nothing_is_changed_or_renewed(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0])
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    with pytest.raises(ConsentMissingError), hub.work() as work:
        consents.change(work, person.actor, groups=["skills"], modules=[])
    with pytest.raises(ConsentMissingError), hub.work() as work:
        consents.renew(work, person.actor)


def test_the_link_of_the_invitation_still_stops_everything(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.listed(hub, consortium.members[0])
    with hub.work() as work:
        consents.stop_by_invitation(work, person.invited.token)
    assert written(hub, person.invited)[0] == "withdrawn"
    assert referrals.profile_of(hub, person).state == "unlisted"


def test_there_is_nothing_to_stop_before_the_answer(consortium: Consortium) -> None:
    invited = referrals.invite(consortium.hub, consortium.members[0])
    with pytest.raises(InvitationEndedError), consortium.hub.work() as work:
        consents.stop_by_invitation(work, invited.token)


def last_day(hub: Hub, person: Candidate) -> tuple[date, int]:
    """Return a consent's last day, and how many days lie before it."""
    until = referrals.permission(hub, person).until
    with hub.reading() as work:
        return until, (until - local_day(work)).days


def test_a_consent_holds_on_its_last_day_and_not_on_the_next(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.listed(hub, consortium.members[0])
    until, days = last_day(hub, person)
    referrals.move_clock(hub, timedelta(days=days))
    assert referrals.permission(hub, person).until == until
    with hub.work() as work:
        assert consents.expire_due(work) == 0
    referrals.move_clock(hub, timedelta(days=1))
    with hub.reading() as work:
        assert permissions.standing(work, person.referral) is None
    with hub.work() as work:
        assert consents.expire_due(work) == 1
    assert referrals.profile_of(hub, person).state == "unlisted"
    with hub.reading() as work:
        assert [row.ended_by for row in rows.history(work.session, person.actor.candidate_id)] == [
            "expired"
        ]


def test_a_consent_that_has_run_out_can_be_renewed_with_its_choices(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    person = referrals.listed(hub, consortium.members[0])
    before = referrals.permission(hub, person)
    _, days = last_day(hub, person)
    referrals.move_clock(hub, timedelta(days=days + 1))
    with pytest.raises(ConsentMissingError), hub.work() as work:
        consents.change(work, person.actor, groups=["skills"], modules=[])
    with hub.work() as work:
        consents.expire_due(work)
    with hub.work() as work:
        after = consents.renew(work, person.actor)
    assert (after.groups, after.modules) == (before.groups, before.modules)
    assert after.until > before.until
    assert referrals.profile_of(hub, person).state == "unlisted"
    assert referrals.ask_to_list(hub, person) == "listed"


def test_a_released_claim_outlives_a_consent_that_runs_out_but_no_withdrawal(
    consortium: Consortium,
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    person = relays.enlist(hub, consortium.members[0])
    claim = relays.reach(hub, person, agency)
    relays.wait(hub, days=190)
    with hub.work() as work:
        assert consents.expire_due(work) == 1
    assert claim_state(hub, claim.id) == "released"
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    assert claim_state(hub, claim.id) == "ended"


def claim_state(hub: Hub, claim_id: str) -> str:
    """Return where a claim stands."""
    with hub.reading() as work:
        row = claim_rows.claim(work.session, claim_id)
        assert row is not None
        return row.state
