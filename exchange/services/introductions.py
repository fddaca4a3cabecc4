"""Introductions: an agency brings a candidate together with a company, by 法人番号."""

from datetime import date
from typing import Final

from exchange.domain.errors import (
    AlreadyKnownError,
    BadInputError,
    ConsentMissingError,
    NotFoundError,
    StepRefusedError,
)
from exchange.domain.exclusions import Company
from exchange.domain.organizations import Actor
from exchange.services import claims, exclusions, steps
from exchange.services.agencies import licensed
from exchange.services.ledger import Fact
from exchange.services.work import Work, local_day
from exchange.store import candidates as candidate_rows
from exchange.store import hires as rows
from exchange.store import organizations as organization_rows
from exchange.store.claims import ClaimRow
from exchange.store.hires import IntroductionRow
from exchange.store.organizations import OrganizationRow
from relay_protocol import hires as protocol
from relay_protocol import relay
from relay_protocol import rules as protocol_rules
from relay_protocol.attestation import SignedAttestation
from relay_protocol.grammar import is_corporate_number

LATER_STAGES: Final = protocol.STAGES[1:]
"""Stages that an introduction goes on to."""


def introducing(
    work: Work, actor: Actor, claim_id: str, *, hirer: str, on: date, introduction_id: str
) -> Fact:
    """Return what an agency must sign for an introduction that could be made at this moment.

    Raises:
        ExchangeError: introduce() would refuse it; as it does.
    """
    agency = licensed(work, actor)
    row = claims.own(work, actor, claim_id, for_writing=True)
    _require_possible(work, agency, row, hirer, on)
    return _fact(row, hirer, on, introduction_id)


def introduce(
    work: Work, actor: Actor, signed: SignedAttestation, claim_id: str, *, hirer: str, on: date
) -> IntroductionRow:
    """Record that an agency introduced the candidate of its claim to a company.

    The same attestation again returns the same introduction.

    Args:
        hirer: the company's 法人番号.
        on: the day of the introduction: from the envelope's opening until today.

    Raises:
        NotFoundError: the agency has no such claim.
        StepRefusedError: the claim is over, the envelope not opened, or the candidate was
            introduced there before.
        ConsentMissingError: the candidate has excluded the company.
        BadInputError: the number is no 法人番号, or the day lies elsewhere.
        LicenceError: the agency's licence is over.
    """
    agency = licensed(work, actor)
    row = claims.own(work, actor, claim_id, for_writing=True)
    introduction_id = steps.ref(signed, "introduction")
    recorded = steps.attest(
        work,
        actor,
        signed,
        _fact(row, hirer, on, introduction_id),
        orgs=(agency.slug,),
        candidate_id=row.candidate_id,
    )
    if recorded.known:
        return own(work, actor, introduction_id)
    _require_possible(work, agency, row, hirer, on)
    if work.session.get(IntroductionRow, introduction_id) is not None:
        raise AlreadyKnownError("This id stands for another introduction.", field="attestation")
    introduced = IntroductionRow(
        id=introduction_id,
        claim_id=row.id,
        referral_id=row.referral_id,
        candidate_id=row.candidate_id,
        agency=agency.slug,
        hirer=hirer,
        job_kind=row.job_kind,
        introduced_on=on,
        stage=protocol.STAGES[0],
        recorded_at=work.now,
        attestation_id=recorded.id,
    )
    work.session.add(introduced)
    work.session.flush()
    return introduced


def advance(work: Work, actor: Actor, introduction_id: str, stage: str) -> IntroductionRow:
    """Record that an introduction has reached a later stage; nothing of it is attested.

    The stage that it stands at already changes nothing.

    Raises:
        NotFoundError: the agency has no such introduction.
        BadInputError: there is no such stage.
        StepRefusedError: the stage is an earlier one, or the claim is over.
    """
    seen = own(work, actor, introduction_id)
    candidate_rows.locked(work.session, seen.candidate_id)
    work.session.refresh(seen)
    if seen.stage == stage:
        return seen
    claim = claims.own(work, actor, seen.claim_id)
    with steps.taken("stage"):
        relay.require_received(steps.claim_of(work, claim))
        seen.stage = protocol.advance(steps.introduction_of(seen), stage).stage
    work.session.flush()
    return seen


def own(work: Work, actor: Actor, introduction_id: str) -> IntroductionRow:
    """Return an agency's own introduction.

    Raises:
        NotFoundError: there is none of that id; another agency's looks the same.
    """
    row = rows.introduction(work.session, introduction_id, actor.slug)
    if row is None:
        raise NotFoundError(
            "There is no such introduction.",
            field="introduction",
            detail_ja="この推薦はありません。",
        )
    return row


def _fact(row: ClaimRow, hirer: str, on: date, introduction_id: str) -> Fact:
    """Return what an introduction is attested as."""
    return Fact(
        kind="introduction.made",
        refs={"introduction": introduction_id, "claim": row.id},
        body={"hirer": hirer, "on": on.isoformat(), "job_kind": row.job_kind},
    )


def _require_possible(
    work: Work, agency: OrganizationRow, row: ClaimRow, hirer: str, on: date
) -> None:
    """Refuse an introduction that cannot be made at this moment."""
    if not is_corporate_number(hirer):
        raise BadInputError(
            "This is no 法人番号: 13 digits with a check digit in front.",
            field="hirer",
            detail_ja="法人番号(13桁)が正しくありません。",
        )
    claim = steps.claim_of(work, row)
    with steps.taken("claim"):
        protocol.introduce(claim, agency=agency.slug, hirer=hirer, on=on)
    rules = steps.rules_of(work, row.referral_id)
    opened_at = claim.received_at or row.claimed_at
    if not protocol_rules.local_day(opened_at, rules) <= on <= local_day(work):
        raise BadInputError(
            "The day lies between the opening of the envelope and today.",
            field="on",
            detail_ja="推薦日は、封書を開いた日から今日までの日付です。",
        )
    if exclusions.read(work, row.candidate_id).hides_from(_company(work, hirer)):
        raise ConsentMissingError(
            "The candidate does not wish to be introduced to this company.",
            field="hirer",
            mend="Ask the candidate, or choose another company.",
            detail_ja="ご本人が、この会社への紹介を希望していません。",
            mend_ja="ご本人に確かめるか、別の会社を選んでください。",
        )
    known = rows.introductions_of_candidate(work.session, row.candidate_id)
    if any(one.claim_id == row.id and one.hirer == hirer for one in known):
        raise StepRefusedError(
            "The candidate was introduced to this company before.",
            field="hirer",
            detail_ja="この会社には推薦済みです。",
        )


def _company(work: Work, hirer: str) -> Company:
    """Return a hirer as far as a candidate can exclude it."""
    known = organization_rows.by_corporate_number(work.session, hirer)
    if known is not None:
        return exclusions.company_of(known)
    return Company(corporate_number=hirer, group_number=hirer, names=())
