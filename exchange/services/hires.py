"""Hires: reported by the agency, confirmed by another: the hirer, or the candidate."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from exchange.domain.errors import (
    AlreadyKnownError,
    ConfirmationByReporterError,
    ConsentMissingError,
    NotFoundError,
    StepRefusedError,
)
from exchange.domain.organizations import Actor
from exchange.services import candidate_links, introductions, ledger, listing, steps
from exchange.services.agencies import licensed
from exchange.services.ledger import Fact
from exchange.services.work import Work, local_day
from exchange.store import candidates as candidate_rows
from exchange.store import hires as rows
from exchange.store import organizations as organization_rows
from exchange.store import profiles as profile_rows
from exchange.store import referrals as referral_rows
from exchange.store.hires import HireRow, IntroductionRow
from exchange.store.organizations import OrganizationRow
from relay_protocol import hires as protocol
from relay_protocol.attestation import SignedAttestation

BEFORE_WITHDRAWAL: Final = ("offer-accepted", "started")
"""Events that are not reported any more once the candidate has withdrawn."""
CANDIDATE: Final = "hub"
"""Who has confirmed a start by the candidate's own link: the hub keeps it on record."""


def reporting(
    work: Work, actor: Actor, introduction_id: str, *, event: str, on: date, hire_id: str
) -> Fact:
    """Return what an agency must sign for a report that could be made at this moment.

    Args:
        hire_id: the id for a new hire; one that is there already keeps its own.

    Raises:
        ExchangeError: report() would refuse it; as it does.
    """
    licensed(work, actor)
    introduction = introductions.own(work, actor, introduction_id)
    candidate_rows.locked(work.session, introduction.candidate_id)
    row = rows.hire_of_introduction(work.session, introduction.id)
    _reported(work, actor, introduction, row, event=event, on=on)
    return _report_fact(hire_id if row is None else row.id, introduction, event, on)


def report(
    work: Work,
    actor: Actor,
    signed: SignedAttestation,
    introduction_id: str,
    *,
    event: str,
    on: date,
) -> HireRow:
    """Record what an agency reports after its introduction: offer, start, end.

    The same attestation again returns the same hire.

    Raises:
        NotFoundError: the agency has made no such introduction: no hire comes before it.
        StepRefusedError: the event does not follow those reported before.
        ConsentMissingError: the candidate has withdrawn before it.
        LicenceError: the agency's licence is over.
        AttestationRefusedError: the attestation does not state this report.
    """
    licensed(work, actor)
    introduction = introductions.own(work, actor, introduction_id)
    candidate_rows.locked(work.session, introduction.candidate_id)
    row = rows.hire_of_introduction(work.session, introduction.id)
    hire_id = steps.ref(signed, "hire") if row is None else row.id
    recorded = steps.attest(
        work,
        actor,
        signed,
        _report_fact(hire_id, introduction, event, on),
        orgs=(actor.slug,),
        candidate_id=introduction.candidate_id,
    )
    if recorded.known and row is not None:
        return row
    hire = _reported(work, actor, introduction, row, event=event, on=on)
    if row is None:
        row = _new_hire(work, introduction, hire_id)
    steps.keep_hire(row, hire)
    row.changed_at = work.now
    if event == "started":
        row.start_attestation = recorded.id
    work.session.flush()
    return row


def at_hirer(work: Work, actor: Actor, *, after: str = "", limit: int = 1_000) -> Sequence[HireRow]:
    """Return a page of the hires that agencies report against a member's own 法人番号, by id."""
    member = organization_rows.organization(work.session, actor.slug)
    if member is None:
        return ()
    number = member.corporate_number
    return rows.hires_at(work.session, number, after=after, limit=limit)


def confirming(row: HireRow) -> Fact:
    """Return what another party attests to confirm that a hire has started.

    Raises:
        StepRefusedError: no start is reported.
    """
    if row.started_on is None or row.start_attestation is None:
        with steps.taken():
            protocol.confirm(steps.hire_of(row), by="", on=date.max)
        raise StepRefusedError("No start is reported.", detail_ja="入社の記録がありません。")
    return Fact(
        kind="hire.confirmed",
        refs={"hire": row.id, "report": row.start_attestation},
        body={"on": row.started_on.isoformat()},
    )


def confirmable(work: Work, actor: Actor, hire_id: str) -> tuple[HireRow, Fact]:
    """Return a hire that could be confirmed at this moment, and what its hirer must sign.

    Raises:
        ExchangeError: confirm() would refuse it; as it does.
    """
    row, organization = _visible(work, actor, hire_id)
    fact = confirming(row)
    with steps.taken():
        protocol.confirm(steps.hire_of(row), by=organization.slug, on=row.started_on or date.max)
    return row, fact


def confirm(work: Work, actor: Actor, signed: SignedAttestation, hire_id: str) -> HireRow:
    """Confirm, as the hirer, that somebody has started work on the reported day.

    The same attestation again changes nothing.

    Raises:
        NotFoundError: no such hire is reported against the organization's 法人番号.
        ConfirmationByReporterError: the organization itself has reported it.
        StepRefusedError: no start is reported, or it is confirmed already.
        AttestationRefusedError: the attestation does not state this confirmation.
    """
    row, organization = _visible(work, actor, hire_id)
    orgs = tuple(sorted((row.agency, organization.slug)))
    recorded = steps.attest(
        work, actor, signed, confirming(row), orgs=orgs, candidate_id=row.candidate_id
    )
    return row if recorded.known else _confirm(work, row, organization.slug)


def unconfirmed(work: Work, actor: Actor) -> Sequence[HireRow]:
    """Return the hires whose start a candidate could confirm at this moment, oldest start first."""
    return sorted(
        (
            row
            for row in rows.hires_of_candidate(work.session, actor.candidate_id)
            if row.confirmed_by is None
            and row.started_on is not None
            and row.started_on <= local_day(work)
            and not _has_withdrawn(work, row.referral_id)
        ),
        key=lambda row: (row.started_on or date.max, row.id),
    )


def confirm_by_candidate(work: Work, actor: Actor, hire_id: str) -> HireRow:
    """Confirm, as the candidate, that they have started work on the reported day.

    Confirming again changes nothing.

    Raises:
        NotFoundError: there is no such hire of this candidate.
        ConsentMissingError: the candidate has withdrawn.
        StepRefusedError: no start is reported, its day has not come, or the hirer has confirmed
            it already.
    """
    candidate_links.locked(work, actor)
    row = rows.hire(work.session, hire_id)
    if row is None or row.candidate_id != actor.candidate_id:
        raise _no_hire()
    if row.confirmed_by == CANDIDATE:
        return row
    if _has_withdrawn(work, row.referral_id):
        raise ConsentMissingError(
            "You have withdrawn your consent: nothing more is recorded.",
            detail_ja="同意を撤回されているため、これ以上は記録しません。",
        )
    fact = confirming(row)
    if (row.started_on or date.max) > local_day(work):
        raise StepRefusedError(
            "The reported day has not come yet.", detail_ja="報告された入社日は、まだ先です。"
        )
    hirer = organization_rows.by_corporate_number(work.session, row.hirer)
    orgs = {row.agency} if hirer is None else {row.agency, hirer.slug}
    confirmed = _confirm(work, row, CANDIDATE)
    ledger.attest_as_hub(work, fact, orgs=sorted(orgs), candidate_id=row.candidate_id)
    return confirmed


def _reported(
    work: Work,
    actor: Actor,
    introduction: IntroductionRow,
    row: HireRow | None,
    *,
    event: str,
    on: date,
) -> protocol.Hire:
    """Return the hire after an event, if it follows those reported before."""
    if event in BEFORE_WITHDRAWAL and _has_withdrawn(work, introduction.referral_id):
        raise ConsentMissingError(
            "The candidate has withdrawn.",
            field="event",
            mend="Nothing more can be reported of this introduction.",
            detail_ja="ご本人が同意を撤回しています。",
            mend_ja="この推薦については、これ以上報告できません。",
        )
    with steps.taken("event"):
        return protocol.report(
            steps.introduction_of(introduction),
            None if row is None else steps.hire_of(row),
            event=event,
            on=on,
            by=actor.slug,
            rules=steps.rules_of(work, introduction.referral_id),
        )


def _has_withdrawn(work: Work, referral_id: str) -> bool:
    """Return whether the candidate of a referral has withdrawn."""
    referral = referral_rows.referral(work.session, referral_id)
    return referral is None or referral.state == "withdrawn"


def _report_fact(hire_id: str, introduction: IntroductionRow, event: str, on: date) -> Fact:
    """Return what an agency signs to report an event."""
    return Fact(
        kind="hire.reported",
        refs={"hire": hire_id, "introduction": introduction.id},
        body={"event": event, "on": on.isoformat()},
    )


def _new_hire(work: Work, introduction: IntroductionRow, hire_id: str) -> HireRow:
    """Return the row of a hire that is reported for the first time."""
    if work.session.get(HireRow, hire_id) is not None:
        raise AlreadyKnownError("This id stands for another hire.", field="attestation")
    row = HireRow(
        id=hire_id,
        introduction_id=introduction.id,
        referral_id=introduction.referral_id,
        candidate_id=introduction.candidate_id,
        agency=introduction.agency,
        hirer=introduction.hirer,
        state="",
        changed_at=work.now,
    )
    work.session.add(row)
    return row


def _visible(work: Work, actor: Actor, hire_id: str) -> tuple[HireRow, OrganizationRow]:
    """Return a hire at the actor's own company, its candidate locked.

    The reporter is told that it cannot confirm; to everybody else the hire looks absent.
    """
    organization = organization_rows.organization(work.session, actor.slug)
    candidate_id = rows.candidate_of(work.session, hire_id)
    if candidate_id is not None:
        candidate_rows.locked(work.session, candidate_id)
    row = rows.hire(work.session, hire_id)
    if row is None or organization is None:
        raise _no_hire()
    if row.agency == organization.slug:
        raise ConfirmationByReporterError(
            "Nobody confirms their own report.",
            detail_ja="報告した会社は、自分の報告を確認できません。",
        )
    if row.hirer != organization.corporate_number:
        raise _no_hire()
    return row, organization


def _confirm(work: Work, row: HireRow, by: str) -> HireRow:
    """Keep that a start is confirmed; the profile has served its end."""
    on = row.started_on or date.max
    with steps.taken():
        confirmed = protocol.confirm(steps.hire_of(row), by=by, on=on)
    steps.keep_hire(row, confirmed)
    row.confirmed_at = work.now
    row.changed_at = work.now
    work.session.flush()
    profile = profile_rows.of_candidate(work.session, row.candidate_id)
    if profile is not None and profile.state == "claimed":
        listing.placed(work, profile)
    return row


def _no_hire() -> NotFoundError:
    """Return the one refusal of a hire that the one who asks does not see."""
    return NotFoundError("There is no such hire.", detail_ja="この入社の記録はありません。")
