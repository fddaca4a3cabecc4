"""Invitations: an origin registers random ids and link digests, and learns of no "no"."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from exchange.domain.errors import (
    AlreadyKnownError,
    BadInputError,
    ExchangeError,
    NotFoundError,
)
from exchange.domain.organizations import Actor
from exchange.domain.verdicts import Verdict
from exchange.services import ledger
from exchange.services.ledger import Act, Fact, Intake
from exchange.services.work import Work, local_day, version_now
from exchange.store import organizations as organization_rows
from exchange.store import referrals as rows
from exchange.store.organizations import OrganizationRow
from exchange.store.referrals import ReferralRow
from relay_protocol.codes import JOB_KINDS
from relay_protocol.ids import is_id, link_digest

LONGEST_LIFE: Final = timedelta(days=180)
DIGEST_BYTES: Final = 32
LOCALES: Final = ("ja", "en")
BATCH: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One invitation as its origin registers it; nothing in it says who is invited.

    Attributes:
        token_digest: ids.link_digest() of the link's token, which stays with the origin.
        attestation: compact JWS of `referral.invited`.
    """

    referral: str
    token_digest: bytes
    job_kind: str
    locale: str
    expires_on: date
    attestation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link of an invitation leads to."""

    state: Literal["open", "answered", "ended"]
    referral: ReferralRow
    origin: OrganizationRow


def register(work: Work, actor: Actor, invitations: Sequence[Invitation]) -> list[Verdict]:
    """Register invitations of an origin, each by itself, and return a verdict for each.

    An invitation that is known already is answered as known, and nothing is written again.
    """
    organization_rows.lock(work.session, actor.slug)
    verdicts = []
    with ledger.together(work, [one.attestation for one in invitations]) as intake:
        for invitation in invitations:
            try:
                known = _register_one(work, intake, actor, invitation)
            except ExchangeError as problem:
                verdict = Verdict(referral=invitation.referral, status="refused", problem=problem)
            else:
                verdict = Verdict(
                    referral=invitation.referral, status="known" if known else "registered"
                )
            verdicts.append(verdict)
    return verdicts


def opened(work: Work, token: str, *, for_writing: bool = False) -> Opened:
    """Return what the link of an invitation leads to, and in which state.

    Args:
        for_writing: whether the referral is locked until the commit.

    Raises:
        NotFoundError: no invitation has this link; a mistyped and an erased one look alike.
    """
    row = rows.by_token(work.session, link_digest(token))
    if row is not None and for_writing:
        row = rows.locked(work.session, row.id)
    origin = None if row is None else organization_rows.organization(work.session, row.origin)
    if row is None or origin is None:
        raise NotFoundError(
            "There is no invitation under this link.",
            mend="Check that the whole link was copied.",
            detail_ja="このリンクのご案内はありません。",
            mend_ja="リンクが途中で切れていないか、お確かめください。",
        )
    return Opened(state=_state(row, origin, local_day(work)), referral=row, origin=origin)


def expire_due(work: Work) -> int:
    """End the invitations that nobody answered in time; return how many there were."""
    due = rows.overdue(work.session, local_day(work), BATCH)
    for row in due:
        row.state = "expired"
    work.session.flush()
    return len(due)


def _register_one(work: Work, intake: Intake, actor: Actor, invitation: Invitation) -> bool:
    """Register one invitation; return whether it was known."""
    _check(invitation, local_day(work))
    existing = rows.referral(work.session, invitation.referral)
    if existing is not None:
        _require_same(existing, actor, invitation)
        return True
    if rows.by_token(work.session, invitation.token_digest) is not None:
        raise AlreadyKnownError(
            "Another invitation has this link.",
            field="token_digest",
            mend="Draw a new token for each invitation.",
        )
    fact = Fact(
        kind="referral.invited",
        refs={"referral": invitation.referral},
        body={"job_kind": invitation.job_kind},
    )
    signed = intake.read(invitation.attestation)
    recorded = intake.take(Act(signed=signed, fact=fact, orgs=(actor.slug,)))
    if recorded.known:
        raise AlreadyKnownError(
            "This attestation was taken for another referral.",
            field="attestation",
            mend="Sign a new attestation for each invitation.",
        )
    work.session.add(
        ReferralRow(
            id=invitation.referral,
            origin=actor.slug,
            token_digest=invitation.token_digest,
            job_kind=invitation.job_kind,
            locale=invitation.locale,
            state="invited",
            candidate_id=None,
            rules=version_now(work),
            invited_at=work.now,
            expires_on=invitation.expires_on,
            attestation_id=recorded.id,
        )
    )
    work.session.flush()
    return False


def _check(invitation: Invitation, today: date) -> None:
    """Refuse values that no invitation has."""
    if not is_id("ref", invitation.referral):
        raise BadInputError("This is no referral's id.", field="referral")
    if len(invitation.token_digest) != DIGEST_BYTES:
        raise BadInputError("A link's digest has 32 bytes.", field="token_digest")
    if invitation.job_kind not in JOB_KINDS:
        raise BadInputError("There is no such kind of job.", field="job_kind")
    if invitation.locale not in LOCALES:
        raise BadInputError("An invitation is in ja or en.", field="locale")
    if not today <= invitation.expires_on <= today + LONGEST_LIFE:
        raise BadInputError(
            f"An invitation ends between today and {LONGEST_LIFE.days} days from now.",
            field="expires_on",
        )


def _require_same(existing: ReferralRow, actor: Actor, invitation: Invitation) -> None:
    """Refuse an id that stands for another invitation, this origin's or anybody's."""
    same = (
        existing.origin == actor.slug
        and hmac.compare_digest(existing.token_digest, invitation.token_digest)
        and existing.job_kind == invitation.job_kind
    )
    if not same:
        raise AlreadyKnownError(
            "This id stands for another invitation.",
            field="referral",
            mend="Draw a new id for each referral.",
        )


def _state(
    row: ReferralRow, origin: OrganizationRow, today: date
) -> Literal["open", "answered", "ended"]:
    """Return whether an invitation can be answered, was answered, or has run out."""
    if row.candidate_id is not None:
        return "answered"
    if row.state != "invited" or row.expires_on < today or origin.state != "active":
        return "ended"
    return "open"
