"""What stops when a candidate withdraws, is erased, or a consent runs out: all of it, at once."""

from typing import Final, Literal, TypeAlias

from exchange.services import ledger, listing, profiles, steps, tellings
from exchange.services.ledger import Fact
from exchange.services.work import Work
from exchange.store import claims as claim_rows
from exchange.store import hires as hire_rows
from exchange.store import profiles as profile_rows
from exchange.store.claims import ClaimRow
from relay_protocol import relay

Reason: TypeAlias = Literal["withdrawn", "expired", "erased"]

BEFORE_RELEASE: Final = ("open", "approved")


def stop(work: Work, candidate_id: str, reason: Reason) -> None:
    """Take a candidate's profile off the list and end their claims; the caller holds their lock.

    A claim whose identity was released goes on when a consent merely runs out: its candidate
    approved it by itself. One that led to a start of work is history, and ends no more.
    """
    profile_rows.lock_listing(work.session)
    row = profiles.profile_of(work, candidate_id)
    listing.leave(work, row, reason)
    started = {
        hire.introduction_id
        for hire in hire_rows.hires_of_candidate(work.session, candidate_id)
        if hire.started_on is not None
    }
    introduced = {
        introduction.claim_id
        for introduction in hire_rows.introductions_of_candidate(work.session, candidate_id)
        if introduction.id in started
    }
    for seen in claim_rows.claims_of_candidate(work.session, candidate_id):
        claim = claim_rows.locked(work.session, seen.id)
        if claim is not None and _ends(claim, reason) and claim.id not in introduced:
            _end(work, claim, "erased" if reason == "erased" else "withdrawn")


def _ends(claim: ClaimRow, reason: Reason) -> bool:
    """Return whether a claim ends for that reason."""
    states = BEFORE_RELEASE if reason == "expired" else claim_rows.LIVE_CLAIMS
    return claim.state in states


def _end(work: Work, claim: ClaimRow, reason: Literal["withdrawn", "erased"]) -> None:
    """End a claim as the candidate's wish; an envelope that nobody opened is emptied."""
    ended = relay.end(steps.claim_of(work, claim), at=steps.moment(work), reason=reason)
    steps.keep_claim(claim, ended)
    envelope = claim_rows.envelope_of_claim(work.session, claim.id)
    if envelope is not None and envelope.opened_at is None:
        envelope.document = None
    work.session.flush()
    fact = Fact(kind="claim.ended", refs={"claim": claim.id}, body={"reason": reason})
    ledger.attest_as_hub(work, fact, orgs=(claim.agency,), candidate_id=claim.candidate_id)
    tellings.tell(work, claim.agency, reason, claim.id)
