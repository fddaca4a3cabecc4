"""Claims: one agency's exclusive wish to talk with one candidate about one job."""

from datetime import datetime
from typing import Final

from sqlalchemy.exc import IntegrityError

from exchange.domain.errors import (
    AlreadyKnownError,
    BadInputError,
    NotFoundError,
)
from exchange.domain.organizations import Actor
from exchange.services import (
    candidate_links,
    ledger,
    listing,
    permissions,
    sealing,
    steps,
    wishes,
)
from exchange.services.ledger import Fact
from exchange.services.wishes import Wish
from exchange.services.work import Work
from exchange.store import candidates as candidate_rows
from exchange.store import claims as rows
from exchange.store import profiles as profile_rows
from exchange.store.claims import ClaimRow
from relay_protocol import relay
from relay_protocol.attestation import SignedAttestation

AGENCY_REASONS: Final = ("by-agency", "filled", "not-genuine")
"""Why an agency may end its own claim."""


def wished(work: Work, actor: Actor, wish: Wish, claim_id: str) -> Fact:
    """Return what an agency must sign for a claim that could be made at this moment.

    Raises:
        ExchangeError: make() would refuse the claim; as it does.
    """
    target = wishes.target_of(work, actor, wish)
    wishes.require_possible(work, actor, target)
    return target.fact(claim_id)


def make(work: Work, actor: Actor, signed: SignedAttestation, wish: Wish) -> ClaimRow:
    """Make an agency's claim on a profile: nobody else's from now on, until it is answered.

    The same attestation again returns the same claim.

    Raises:
        NotFoundError: the agency has no such vacancy, or sees no such profile.
        ClaimTakenError: another agency's claim was first.
        ClaimLimitError: the agency has as many open claims as the rules allow.
        DeadlinePassedError: the vacancy's last day is over.
        LicenceError: the agency's licence is over.
        IdentityInProfileError: the message leads past the hub, or promises a gift.
        AttestationRefusedError: the attestation does not state this claim.
    """
    target = wishes.target_of(work, actor, wish)
    claim_id, person = steps.ref(signed, "claim"), target.profile.candidate_id
    fact = target.fact(claim_id)
    orgs = (target.agency.slug,)
    recorded = steps.attest(work, actor, signed, fact, orgs=orgs, candidate_id=person)
    if recorded.known:
        return own(work, actor, claim_id)
    message = wishes.require_possible(work, actor, target)
    if rows.claim(work.session, claim_id) is not None:
        raise AlreadyKnownError(
            "This id stands for another claim.",
            field="attestation",
            mend="Draw a new id for each claim.",
        )
    bound = Fact(
        kind="claim.bound", refs={"claim": claim_id, "referral": target.profile.referral_id}
    )
    row = ClaimRow(
        id=claim_id,
        profile_id=target.profile.id,
        referral_id=target.profile.referral_id,
        candidate_id=person,
        agency=target.agency.slug,
        vacancy_id=target.offered.row.id,
        pairwise_id=wish.pairwise_id,
        job_kind=target.offered.vacancy.job_kind,
        state="open",
        sealed_message=sealing.key_of(work, person).seal(message.encode(), sealing.MESSAGE),
        claimed_at=steps.moment(work),
        claim_attestation=recorded.id,
        bound_attestation=ledger.attest_as_hub(work, bound, candidate_id=person).id,
    )
    _add(work, row)
    listing.claimed(work, target.profile)
    return row


def approve(work: Work, actor: Actor, claim_id: str) -> ClaimRow:
    """Let the agency of a claim receive the identity; the candidate's own act.

    Approving again changes nothing.

    Raises:
        NotFoundError: the candidate has no such claim.
        ConsentMissingError: the consent was withdrawn or has run out.
        DeadlinePassedError: the days to answer are over.
        StepRefusedError: the claim was answered otherwise, or is over.
    """
    row = _asked(work, actor, claim_id)
    if row.state == "approved":
        return row
    rules = steps.rules_of(work, row.referral_id)
    with steps.taken():
        approved = relay.approve(steps.claim_of(work, row), at=steps.moment(work), rules=rules)
    permissions.require(work, row.referral_id)
    steps.keep_claim(row, approved)
    fact = Fact(kind="claim.approved", refs={"claim": row.id}, body={"job_kind": row.job_kind})
    row.approval_attestation = _attest_as_hub(work, row, fact)
    work.session.flush()
    return row


def decline(work: Work, actor: Actor, claim_id: str) -> ClaimRow:
    """Let a claim pass by, as the candidate wishes; other agencies may ask from now on.

    Declining again changes nothing.

    Raises:
        NotFoundError: the candidate has no such claim.
        StepRefusedError: the claim was answered otherwise, or is over.
    """
    row = _asked(work, actor, claim_id)
    if row.state == "declined":
        return row
    with steps.taken():
        declined = relay.decline(steps.claim_of(work, row), at=steps.moment(work))
    steps.keep_claim(row, declined)
    _attest_as_hub(work, row, Fact(kind="claim.declined", refs={"claim": row.id}))
    _free(work, row)
    return row


def ending(claim_id: str, reason: str) -> Fact:
    """Return what an agency signs to end its claim.

    Raises:
        BadInputError: an agency ends no claim for that reason.
    """
    if reason not in AGENCY_REASONS:
        raise BadInputError(
            f"An agency ends a claim for one of: {', '.join(AGENCY_REASONS)}.",
            field="reason",
            detail_ja="この理由では終了できません。",
        )
    return Fact(kind="claim.ended", refs={"claim": claim_id}, body={"reason": reason})


def end(
    work: Work, actor: Actor, signed: SignedAttestation, claim_id: str, reason: str
) -> ClaimRow:
    """End an agency's own claim, whatever it waits for; others may ask from now on.

    The same attestation again changes nothing.

    Raises:
        NotFoundError: the agency has no such claim.
        BadInputError: an agency ends no claim for that reason.
        StepRefusedError: the claim is over.
    """
    row = own(work, actor, claim_id, for_writing=True)
    recorded = steps.attest(
        work,
        actor,
        signed,
        ending(claim_id, reason),
        orgs=(row.agency,),
        candidate_id=row.candidate_id,
    )
    if recorded.known:
        return row
    with steps.taken():
        ended = relay.end(steps.claim_of(work, row), at=steps.moment(work), reason=reason)
    steps.keep_claim(row, ended)
    envelope = rows.envelope_of_claim(work.session, row.id)
    if envelope is not None:
        envelope.document = None
    _free(work, row)
    return row


def expire_due(work: Work) -> int:
    """End the claims that nobody answered, or whose identity nobody sent, in time.

    Returns:
        How many there were.
    """
    waiting = [
        row
        for state in ("open", "approved")
        for row in rows.in_state(work.session, state)
        if _is_due(work, row)
    ]
    candidate_rows.lock_all(work.session, sorted({row.candidate_id for row in waiting}))
    ended = 0
    for seen in waiting:
        row = rows.locked(work.session, seen.id)
        if row is None or row.state not in ("open", "approved") or not _is_due(work, row):
            continue
        rules = steps.rules_of(work, row.referral_id)
        steps.keep_claim(
            row, relay.expire(steps.claim_of(work, row), at=steps.moment(work), rules=rules)
        )
        fact = Fact(kind="claim.ended", refs={"claim": row.id}, body={"reason": str(row.reason)})
        _attest_as_hub(work, row, fact)
        _free(work, row)
        ended += 1
    return ended


def due_at(work: Work, row: ClaimRow) -> datetime | None:
    """Return until when the next step of a claim must be taken; None where none waits."""
    claim = steps.claim_of(work, row)
    rules = steps.rules_of(work, row.referral_id)
    if row.state == "open":
        return relay.approve_by(claim, rules)
    if row.state == "approved":
        return relay.release_by(claim, rules)
    if row.state == "released" and claim.received_at is not None:
        return relay.contact_by(claim, rules)
    return None


def own(work: Work, actor: Actor, claim_id: str, *, for_writing: bool = False) -> ClaimRow:
    """Return an agency's own claim.

    Args:
        for_writing: whether its candidate and its row are locked until the commit.

    Raises:
        NotFoundError: there is none of that id; another agency's looks the same.
    """
    row = _locked(work, claim_id) if for_writing else rows.claim(work.session, claim_id)
    if row is None or row.agency != actor.slug:
        raise _no_claim()
    return row


def _add(work: Work, row: ClaimRow) -> None:
    """Add the row of a new claim; the unique index knows who was first."""
    work.session.add(row)
    try:
        work.session.flush()
    except IntegrityError as error:
        raise wishes.taken(by_itself=False) from error


def _asked(work: Work, actor: Actor, claim_id: str) -> ClaimRow:
    """Return a claim on a candidate, both locked until the commit."""
    candidate_links.locked(work, actor)
    row = rows.locked(work.session, claim_id)
    if row is None or row.candidate_id != actor.candidate_id:
        raise _no_claim()
    return row


def _locked(work: Work, claim_id: str) -> ClaimRow | None:
    """Return a claim for writing, its candidate locked before it."""
    candidate_id = rows.candidate_of(work.session, claim_id)
    if candidate_id is None or candidate_rows.locked(work.session, candidate_id) is None:
        return None
    return rows.locked(work.session, claim_id)


def _free(work: Work, row: ClaimRow) -> None:
    """Let other agencies see the profile of a claim that is over."""
    work.session.flush()
    profile = profile_rows.profile(work.session, row.profile_id)
    if profile is not None:
        listing.freed(work, profile)


def _is_due(work: Work, row: ClaimRow) -> bool:
    """Return whether the time for the next step of a waiting claim is over."""
    due = due_at(work, row)
    return due is not None and due < steps.moment(work)


def _attest_as_hub(work: Work, row: ClaimRow, fact: Fact) -> str:
    """Attest a fact about a claim that its agency may read; return the attestation's id."""
    return ledger.attest_as_hub(work, fact, orgs=(row.agency,), candidate_id=row.candidate_id).id


def _no_claim() -> NotFoundError:
    """Return the one refusal of a claim that the one who asks does not see."""
    return NotFoundError("There is no such claim.", detail_ja="この打診はありません。")
