"""Invitations hold nothing of who is invited, and are registered once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256

import pytest

from exchange.domain.errors import (
    AlreadyKnownError,
    AttestationRefusedError,
    BadInputError,
    ExchangeError,
    KeyUnknownError,
    NotFoundError,
)
from exchange.domain.verdicts import Verdict
from exchange.hub import Hub
from exchange.services import invitations
from exchange.services.invitations import Invitation
from exchange.services.work import local_day
from exchange.store import appending
from exchange.store import ledger as ledger_rows
from exchange.store import referrals as rows
from tests.story import referrals
from tests.story.scheme import Consortium, Organization


def register(hub: Hub, origin: Organization, *asked: Invitation) -> list[Verdict]:
    """Register invitations in one transaction."""
    with hub.work() as work:
        return invitations.register(work, origin.actor, asked)


def fresh(hub: Hub, origin: Organization) -> tuple[Invitation, str]:
    """Return a new invitation and the token of its link."""
    token = referrals.new_token()
    asked = referrals.invitation(hub, origin, referral=referrals.new_referral(), token=token)
    return asked, token


def refusal_of(verdict: Verdict) -> tuple[type[ExchangeError], str]:
    """Return what a refused one was refused with, and its field."""
    assert verdict.status == "refused"
    assert verdict.problem is not None
    return type(verdict.problem), verdict.problem.field


def test_an_invitation_is_registered_and_attested_by_its_origin(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    asked, token = fresh(hub, origin)
    (verdict,) = register(hub, origin, asked)
    assert (verdict.referral, verdict.status) == (asked.referral, "registered")
    with hub.reading() as work:
        row = rows.referral(work.session, asked.referral)
        assert row is not None
        attestation = ledger_rows.attestation(work.session, row.attestation_id)
        assert (row.origin, row.state, row.candidate_id) == (origin.slug, "invited", None)
        assert row.token_digest == sha256(token.encode()).digest()
        assert attestation is not None
        assert (attestation.kind, attestation.orgs) == ("referral.invited", [origin.slug])


def test_an_invitation_sent_again_is_known_and_nothing_is_written_again(
    consortium: Consortium,
) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    asked, token = fresh(hub, origin)
    register(hub, origin, asked)
    signed_anew = referrals.invitation(hub, origin, referral=asked.referral, token=token)
    assert [verdict.status for verdict in register(hub, origin, asked, signed_anew)] == [
        "known",
        "known",
    ]
    with hub.reading() as work:
        assert rows.counts(work.session, origin.slug) == {"invited": 1}
        queue = [row.kind for row in appending.queued(work.session, 100)]
    assert queue.count("referral.invited") == 1


def test_each_of_many_is_judged_by_itself(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    good, _ = fresh(hub, origin)
    bad, _ = fresh(hub, origin)
    other, _ = fresh(hub, origin)
    verdicts = register(hub, origin, good, replace(bad, job_kind="part-time"), other)
    assert [verdict.status for verdict in verdicts] == ["registered", "refused", "registered"]
    assert refusal_of(verdicts[1]) == (AttestationRefusedError, "attestation")


@pytest.mark.parametrize(
    ("field", "change"),
    [
        ("referral", lambda asked: replace(asked, referral="ref_short")),
        ("token_digest", lambda asked: replace(asked, token_digest=bytes(31))),
        ("job_kind", lambda asked: replace(asked, job_kind="volunteer")),
        ("locale", lambda asked: replace(asked, locale="fr")),
        ("expires_on", lambda asked: replace(asked, expires_on=date(2020, 1, 1))),
        (
            "expires_on",
            lambda asked: replace(asked, expires_on=asked.expires_on + timedelta(days=121)),
        ),
    ],
)
def test_a_value_that_no_invitation_has_is_refused_by_its_field(
    empty_hub: Hub, field: str, change: Callable[[Invitation], Invitation]
) -> None:
    origin = Organization(slug="mirai", role="member", number="0")
    asked, _ = fresh(empty_hub, origin)
    (verdict,) = register(empty_hub, origin, change(asked))
    assert refusal_of(verdict) == (BadInputError, field)


def test_a_link_of_two_invitations_is_refused(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    asked, token = fresh(hub, origin)
    twin = referrals.invitation(hub, origin, referral=referrals.new_referral(), token=token)
    verdicts = register(hub, origin, asked, twin)
    assert refusal_of(verdicts[1]) == (AlreadyKnownError, "token_digest")


def test_an_id_cannot_stand_for_another_invitation(consortium: Consortium) -> None:
    hub, (origin, neighbour, _) = consortium.hub, consortium.members
    asked, _ = fresh(hub, origin)
    register(hub, origin, asked)
    token = referrals.new_token()
    again = referrals.invitation(hub, origin, referral=asked.referral, token=token)
    theirs = referrals.invitation(hub, neighbour, referral=asked.referral, token=token)
    assert refusal_of(register(hub, origin, again)[0]) == (AlreadyKnownError, "referral")
    assert refusal_of(register(hub, neighbour, theirs)[0]) == (AlreadyKnownError, "referral")


def test_an_attestation_serves_one_invitation(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    asked, _ = fresh(hub, origin)
    other, _ = fresh(hub, origin)
    verdicts = register(hub, origin, asked, replace(other, attestation=asked.attestation))
    assert refusal_of(verdicts[1]) == (AlreadyKnownError, "attestation")


def test_an_invitation_signed_by_another_organization_is_refused(consortium: Consortium) -> None:
    hub, (origin, neighbour, _) = consortium.hub, consortium.members
    asked, _ = fresh(hub, origin)
    theirs, _ = fresh(hub, neighbour)
    mixed = replace(
        asked,
        attestation=referrals.invitation(
            hub, replace(origin, signing=neighbour.signing), referral=asked.referral, token="x"
        ).attestation,
    )
    assert refusal_of(register(hub, origin, mixed)[0]) == (KeyUnknownError, "attestation")
    assert register(hub, neighbour, theirs)[0].status == "registered"


def test_a_link_opens_its_invitation_and_no_other_does(consortium: Consortium) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    invited = referrals.invite(hub, origin)
    with hub.reading() as work:
        opened = invitations.opened(work, invited.token)
        assert (opened.state, opened.origin.slug) == ("open", origin.slug)
        with pytest.raises(NotFoundError):
            invitations.opened(work, referrals.new_token())


def test_an_invitation_is_open_on_its_last_day_and_ended_on_the_next(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    invited = referrals.invite(hub, consortium.members[0])
    with hub.reading() as work:
        row = invitations.opened(work, invited.token).referral
        days = (row.expires_on - local_day(work)).days
    referrals.move_clock(hub, timedelta(days=days))
    with hub.work() as work:
        assert invitations.opened(work, invited.token).state == "open"
        assert invitations.expire_due(work) == 0
    referrals.move_clock(hub, timedelta(days=1))
    with hub.work() as work:
        assert invitations.opened(work, invited.token).state == "ended"
        assert invitations.expire_due(work) == 1
        assert invitations.expire_due(work) == 0
        assert rows.counts(work.session, invited.origin.slug) == {"expired": 1}


def test_an_answered_invitation_does_not_expire(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0])
    referrals.move_clock(hub, timedelta(days=100))
    with hub.work() as work:
        assert invitations.expire_due(work) == 0
        assert invitations.opened(work, person.invited.token).state == "answered"
