"""What a candidate reads on their own page: where they stand, who asks, who looked, what was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from exchange.domain.exclusions import Exclusions
from exchange.domain.listing import shown_groups
from exchange.domain.organizations import Actor
from exchange.services import (
    claims,
    exclusions,
    ledger,
    listing,
    permissions,
    profiles,
    reported_starts,
    sealing,
)
from exchange.services.permissions import Permission
from exchange.services.reported_starts import ReportedStart
from exchange.services.work import Work, rules_now
from exchange.store import access_log as look_rows
from exchange.store import claims as claim_rows
from exchange.store import hires as hire_rows
from exchange.store import ledger as ledger_rows
from exchange.store import organizations as organization_rows
from exchange.store import referrals as referral_rows
from exchange.store.claims import ClaimRow
from exchange.store.columns import Json
from exchange.store.ledger import AttestationRow
from exchange.store.organizations import OrganizationRow
from exchange.store.profiles import ProfileRow
from relay_protocol.attestation import SignedAttestation

Standing: TypeAlias = Literal[
    "draft", "waiting", "held", "listed", "claimed", "placed", "withdrawn", "expired"
]

MOST_LOOKS: Final = 20
AGREED: Final = ("approved", "released")
STANDINGS: Final[Mapping[str, Standing]] = {
    "held": "held",
    "listed": "listed",
    "claimed": "claimed",
    "placed": "placed",
}
UNTOLD: Final = frozenset({"claim.bound"})
"""Facts that have no line of their own in a candidate's history."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One agency's wish to talk with the candidate about one job."""

    claim_id: str
    agency: OrganizationRow
    vacancy: Mapping[str, Json | None]
    message: str
    answer_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """An agency that saw the profile."""

    agency: OrganizationRow
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened, with the receipt that proves it.

    Attributes:
        kind: of the attestation.
        reason: its reason code, or "".
        told: the code of what was reported, or "".
        agency: the one that it concerns, if any.
    """

    kind: str
    reason: str
    told: str
    at: datetime
    agency: OrganizationRow | None
    receipt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Introduction:
    """One hirer that an agency has introduced the candidate to."""

    hirer: str
    hirer_name: str
    hirer_name_en: str
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """An agency that the candidate has said yes to.

    Attributes:
        state: of the claim, `approved` while the contact is on its way, `released` once it went.
    """

    agency: OrganizationRow
    vacancy: Mapping[str, Json | None]
    state: str
    introductions: Sequence[Introduction]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything that the page tells.

    Attributes:
        k: how many must look alike before any of them is shown.
        members_per_class: how many companies these must come from.
        permission: what the candidate allows; None once withdrawn or expired.
        differs: whether the profile has changed since it was listed, or asked to be.
        filled: whether there is anything to list.
        starts: what waits for the candidate's word that it is so.
        agencies: the agencies that may see profiles today.
    """

    standing: Standing
    k: int
    members_per_class: int
    origin: OrganizationRow
    profile: ProfileRow
    permission: Permission | None
    differs: bool
    filled: bool
    starts: Sequence[ReportedStart]
    requests: Sequence[Request]
    talks: Sequence[Talk]
    looks: Sequence[Look]
    history: Sequence[Event]
    exclusions: Exclusions
    agencies: Sequence[OrganizationRow]


def page(work: Work, actor: Actor) -> Page:
    """Return what a candidate's page tells at this moment.

    Raises:
        NotFoundError: there is no such candidate.
    """
    profile = profiles.profile_of(work, actor.candidate_id)
    known = {row.slug: row for row in organization_rows.organizations(work.session)}
    permission = permissions.standing(work, profile.referral_id)
    differs = filled = False
    if permission is not None:
        preview = profiles.preview(work, profile, permission)
        filled = bool(shown_groups(preview.published))
        differs = filled and preview.published != listing.listed_of(work, profile)
    made = claim_rows.claims_of_candidate(work.session, actor.candidate_id)
    rules = rules_now(work)
    return Page(
        standing=_standing(work, profile, permission),
        k=rules.k,
        members_per_class=rules.members_per_class,
        origin=known[profile.origin],
        profile=profile,
        permission=permission,
        differs=differs,
        filled=filled,
        starts=reported_starts.of_candidate(work, actor),
        requests=[_request(work, claim, known) for claim in made if claim.state == "open"],
        talks=[_talk(work, claim, known) for claim in made if claim.state in AGREED],
        looks=[
            Look(agency=known[look.agency], at=look.at)
            for look in look_rows.looks(work.session, actor.candidate_id)[:MOST_LOOKS]
        ],
        history=_history(work, actor, known),
        exclusions=exclusions.read(work, actor.candidate_id),
        agencies=recipients(work),
    )


def recipients(work: Work) -> Sequence[OrganizationRow]:
    """Return the agencies that may see listed profiles today."""
    return organization_rows.organizations(work.session, role="agency", state="active")


def _standing(work: Work, profile: ProfileRow, permission: Permission | None) -> Standing:
    """Return where a candidate stands, in one word."""
    if permission is None:
        referral = referral_rows.referral(work.session, profile.referral_id)
        withdrawn = referral is not None and referral.state == "withdrawn"
        return "withdrawn" if withdrawn else "expired"
    if listing.is_waiting_for_batch(work, profile):
        return "waiting"
    return STANDINGS.get(profile.state, "draft")


def _request(work: Work, claim: ClaimRow, known: Mapping[str, OrganizationRow]) -> Request:
    """Return an open claim as the candidate is asked about it."""
    key = sealing.key_of(work, claim.candidate_id)
    sealed = claim.sealed_message
    return Request(
        claim_id=claim.id,
        agency=known[claim.agency],
        vacancy=_vacancy(work, claim),
        message="" if sealed is None else key.open(sealed, sealing.MESSAGE).decode(),
        answer_by=claims.due_at(work, claim) or claim.claimed_at,
    )


def _talk(work: Work, claim: ClaimRow, known: Mapping[str, OrganizationRow]) -> Talk:
    """Return a claim that the candidate has approved, with what came of it."""
    by_number = {row.corporate_number: row for row in known.values()}
    made = hire_rows.introductions_of_candidate(work.session, claim.candidate_id)
    introductions = []
    for row in made:
        if row.claim_id == claim.id:
            hirer = by_number.get(row.hirer)
            introductions.append(
                Introduction(
                    hirer=row.hirer,
                    hirer_name="" if hirer is None else hirer.name,
                    hirer_name_en="" if hirer is None else hirer.name_en,
                    on=row.introduced_on,
                )
            )
    return Talk(
        agency=known[claim.agency],
        vacancy=_vacancy(work, claim),
        state=claim.state,
        introductions=introductions,
    )


def _vacancy(work: Work, claim: ClaimRow) -> Mapping[str, Json | None]:
    """Return the job that a claim was made for."""
    row = claim_rows.vacancy(work.session, claim.vacancy_id, claim.agency)
    document = {} if row is None else row.document
    return document if isinstance(document, Mapping) else {}


def _history(work: Work, actor: Actor, known: Mapping[str, OrganizationRow]) -> Sequence[Event]:
    """Return what happened, newest first."""
    rows = ledger_rows.of_candidate(work.session, actor.candidate_id)
    newest_first = sorted(rows, key=lambda row: (row.recorded_at, row.seq or 0), reverse=True)
    return [_event(work, row, known) for row in newest_first if row.kind not in UNTOLD]


def _event(work: Work, row: AttestationRow, known: Mapping[str, OrganizationRow]) -> Event:
    """Return one fact as a line of the history."""
    reveal = ledger.reveal_of(work, row)
    body = {} if reveal is None else SignedAttestation(wire=reveal.signed).attestation.body
    slugs = row.orgs if isinstance(row.orgs, list) else []
    agencies = [known[str(slug)] for slug in slugs if known[str(slug)].role == "agency"]
    return Event(
        kind=row.kind,
        reason=str(body.get("reason", "")),
        told=str(body.get("event", "")),
        at=row.recorded_at,
        agency=agencies[0] if agencies else None,
        receipt=row.id,
    )
