"""Where the protocol's steps meet the rows: how far a claim, an introduction or a hire has come."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from exchange.domain.errors import (
    AttestationRefusedError,
    AttestationReusedError,
    BadInputError,
    ConfirmationByReporterError,
    DeadlinePassedError,
    StepRefusedError,
)
from exchange.domain.organizations import Actor
from exchange.services import ledger
from exchange.services.ledger import Fact, Recorded
from exchange.services.work import Work, rules_by_version, rules_now
from exchange.store import claims as claim_rows
from exchange.store import referrals as referral_rows
from exchange.store.claims import ClaimRow
from exchange.store.hires import HireRow, IntroductionRow
from relay_protocol.attestation import SignedAttestation
from relay_protocol.errors import StepError
from relay_protocol.hires import Hire, Introduction
from relay_protocol.relay import Claim
from relay_protocol.rules import Rules
from relay_protocol.steps import refusal_text

UNKNOWN: Final = frozenset({"unknown-reason", "unknown-event", "unknown-stage"})


@contextmanager
def taken(field: str = "") -> Iterator[None]:
    """Turn a refusal of the protocol's steps into one of the exchange.

    Args:
        field: the field of the request that asks for the step.

    Raises:
        DeadlinePassedError: the time for the step is over.
        ConfirmationByReporterError: the reporter would confirm its own report.
        BadInputError: there is no such reason, event or stage.
        StepRefusedError: the step does not follow.
    """
    try:
        yield
    except StepError as error:
        kinds = {
            "deadline-passed": DeadlinePassedError,
            "confirmed-by-reporter": ConfirmationByReporterError,
            **dict.fromkeys(UNKNOWN, BadInputError),
        }
        kind = kinds.get(error.code, StepRefusedError)
        english, japanese = refusal_text(error, "en"), refusal_text(error, "ja")
        raise kind(english, field=field, detail_ja=japanese) from error


def attest(
    work: Work,
    actor: Actor,
    signed: SignedAttestation,
    fact: Fact,
    *,
    orgs: Sequence[str],
    candidate_id: str,
) -> Recorded:
    """Take an actor's own attestation about a candidate into the queue.

    Raises:
        AttestationRefusedError: it is another organization's, or states something else.
        AttestationReusedError: it was taken before, for another act.
    """
    if signed.attestation.by != actor.slug:
        raise AttestationRefusedError(
            "The attestation is not the organization's own.",
            field="attestation",
            detail_ja="自社の申告ではありません。",
        )
    recorded = ledger.attest(work, signed, fact, orgs=orgs, candidate_id=candidate_id)
    said = signed.attestation
    if recorded.known and (said.kind, said.refs, said.body) != (fact.kind, fact.refs, fact.body):
        raise AttestationReusedError(
            "The attestation was taken for another act before.",
            field="attestation",
            mend="Sign a new attestation for each act.",
            detail_ja="この申告は、別の操作で使われています。",
            mend_ja="操作ごとに新しい申告を署名してください。",
        )
    return recorded


def moment(work: Work) -> datetime:
    """Return the instant of a step: whole seconds, as the ledger tells it to whoever replays it."""
    return work.now.replace(microsecond=0)


def ref(signed: SignedAttestation, name: str) -> str:
    """Return the id that an attestation draws for what it begins; "" where it names none."""
    return signed.attestation.refs.get(name, "")


def rules_of(work: Work, referral_id: str) -> Rules:
    """Return the rules by which a referral is judged: those in force when it was made."""
    referral = referral_rows.referral(work.session, referral_id)
    if referral is None or not referral.rules:
        return rules_now(work)
    return rules_by_version(work.session, referral.rules)


def claim_of(work: Work, row: ClaimRow) -> Claim:
    """Return how far a claim has come."""
    envelope = claim_rows.envelope_of_claim(work.session, row.id)
    return Claim(
        claimed_at=row.claimed_at,
        state=row.state,
        answered_at=row.answered_at,
        released_at=row.released_at,
        received_at=None if envelope is None else envelope.opened_at,
        ended_at=row.ended_at,
        reason=row.reason,
    )


def keep_claim(row: ClaimRow, claim: Claim) -> None:
    """Keep how far a claim has come now; when it was received stands with the envelope."""
    row.state = claim.state
    row.answered_at = claim.answered_at
    row.released_at = claim.released_at
    row.ended_at = claim.ended_at
    row.reason = claim.reason


def introduction_of(row: IntroductionRow) -> Introduction:
    """Return how far an introduction has come."""
    return Introduction(
        agency=row.agency, hirer=row.hirer, introduced_on=row.introduced_on, stage=row.stage
    )


def hire_of(row: HireRow) -> Hire:
    """Return what is reported and confirmed of a hire."""
    return Hire(
        reporter=row.agency,
        state=row.state,
        accepted_on=row.accepted_on,
        started_on=row.started_on,
        left_on=row.left_on,
        confirmed_by=row.confirmed_by,
    )


def keep_hire(row: HireRow, hire: Hire) -> None:
    """Keep what is reported and confirmed of a hire now."""
    row.state = hire.state
    row.accepted_on = hire.accepted_on
    row.started_on = hire.started_on
    row.left_on = hire.left_on
    row.confirmed_by = hire.confirmed_by
