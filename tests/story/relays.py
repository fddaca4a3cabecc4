"""One relay, step by step, through the real services: what each party does in turn."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from secrets import token_bytes

from exchange.domain.organizations import Actor
from exchange.hub import Hub
from exchange.services import (
    candidate_links,
    claims,
    consents,
    hires,
    introductions,
    invitations,
    ledger,
    listing,
    matches,
    permissions,
    profiles,
    releases,
    vacancies,
)
from exchange.services.consents import Answer
from exchange.services.invitations import Invitation
from exchange.services.ledger import Fact
from exchange.services.wishes import Wish
from exchange.services.work import local_day
from exchange.store import scheme as scheme_rows
from exchange.store.claims import ClaimRow, EnvelopeRow
from exchange.store.hires import HireRow, IntroductionRow
from relay_protocol import envelope as envelopes
from relay_protocol import ids, jwk
from relay_protocol.attestation import SignedAttestation, sign_jws
from relay_protocol.canonical import Value
from relay_protocol.codes import GROUPS
from relay_protocol.encoding import b64url_encode
from tests.story.scheme import Organization

ENGINEER: Mapping[str, object] = {
    "skills": ["Python", "PostgreSQL"],
    "occupation": "software",
    "experience_years": 6,
    "age_band": "30-34",
    "desired_salary_yen": 6_500_000,
    "employment": "permanent",
    "prefecture": "13",
    "languages": ["en:B2"],
    "summary": "受発注システムを設計から運用まで担当しました。",
}
"""What a made-up candidate fills in."""

BACKEND: Mapping[str, object] = {
    "title": "バックエンドエンジニア",
    "hirer": "",
    "hirer_name": "株式会社かなめ",
    "job_kind": "mid-career",
    "occupation": "software",
    "required_skills": ["Python", "PostgreSQL"],
    "welcome_skills": ["Kubernetes"],
    "languages": ["en:B2"],
    "experience_years_min": 3,
    "prefectures": ["13", "14"],
    "remote": False,
    "salary_min_yen": 6_000_000,
    "salary_max_yen": 8_000_000,
    "employment": "permanent",
    "fee_percent": 35,
    "description": "受発注システムの開発です。",
}
"""A made-up job, open for a month from the day it is described."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A person in a test, with what only they know: the token of their link."""

    token: str
    referral: str
    origin: Organization
    actor: Actor

    @property
    def id(self) -> str:
        """The id under which the hub knows them."""
        return self.actor.candidate_id


def wait(hub: Hub, **time: int) -> None:
    """Move the demo's clock forward: days=…, hours=…, seconds=…."""
    moved = hub.clock.offset() + timedelta(**time)
    if hub.settings.clock is None:
        raise LookupError("this hub has no clock that can be moved")
    hub.settings.clock.write_text(str(int(moved.total_seconds())), encoding="ascii")


def signed(
    hub: Hub, organization: Organization, fact: Fact, *, name: str = "", seconds: int = 0
) -> SignedAttestation:
    """Return an organization's attestation of a fact, as a client with a clock of its own makes it.

    Args:
        name: the attestation's id; a new one where it is left out.
        seconds: how far the client's clock is ahead of the hub's.
    """
    with hub.reading() as work:
        made = ledger.new_attestation(work, fact, by=organization.slug)
    moved = replace(made, id=name or made.id, at=made.at + timedelta(seconds=seconds))
    return sign_jws(moved, organization.signing)


def invite(hub: Hub, origin: Organization, job_kind: str = "mid-career") -> tuple[str, str]:
    """Register one invitation; return the referral's id and the token of the link."""
    referral = ids.new_id("ref", token_bytes(ids.ID_BYTES))
    token = b64url_encode(token_bytes(32))
    fact = Fact(kind="referral.invited", refs={"referral": referral}, body={"job_kind": job_kind})
    signed = origin.sign(hub, fact)
    with hub.work() as work:
        (verdict,) = invitations.register(
            work,
            origin.actor,
            [
                Invitation(
                    referral=referral,
                    token_digest=hashlib.sha256(token.encode()).digest(),
                    job_kind=job_kind,
                    locale="ja",
                    expires_on=local_day(work) + timedelta(days=60),
                    attestation=signed.jws,
                )
            ],
        )
    if verdict.status != "registered":
        raise AssertionError(verdict)
    return referral, token


def consent(
    hub: Hub,
    origin: Organization,
    *,
    groups: Collection[str] = GROUPS,
    modules: Collection[str] = ("exception",),
    companies: tuple[str, ...] = (),
    job_kind: str = "mid-career",
) -> Candidate:
    """Invite one person, who consents; by default to all, and to be shown among few."""
    referral, invitation = invite(hub, origin, job_kind)
    with hub.work() as work:
        notice = scheme_rows.current_notice(work.session)
        answer = Answer(
            notice="" if notice is None else notice.version,
            groups=groups,
            modules=modules,
            adult=True,
            companies=companies,
            origin_group_sees=False,
            locale="ja",
            nonce=candidate_links.new_nonce(),
        )
        token = consents.give(work, invitation, answer)
        actor = candidate_links.candidate_of(work, token)
    return Candidate(token=token, referral=referral, origin=origin, actor=actor)


def fill_in(hub: Hub, candidate: Candidate, fields: Mapping[str, object]) -> None:
    """Fill in the candidate's form and ask to be listed as the preview shows."""
    with hub.work() as work:
        profiles.save_form(work, candidate.actor, fields)
        row = profiles.profile_of(work, candidate.id)
        permission = permissions.require(work, candidate.referral)
        seen = profiles.preview(work, row, permission).digest
        listing.ask(work, candidate.actor, seen)


def enlist(
    hub: Hub,
    origin: Organization,
    fields: Mapping[str, object] = ENGINEER,
    *,
    modules: Collection[str] = ("exception",),
    companies: tuple[str, ...] = (),
    job_kind: str = "mid-career",
) -> Candidate:
    """Bring one person from the invitation to a listed profile, by the informed exception."""
    candidate = consent(hub, origin, modules=modules, companies=companies, job_kind=job_kind)
    fill_in(hub, candidate, fields)
    return candidate


def describe(hub: Hub, agency: Organization, **changes: object) -> vacancies.Offered:
    """Describe a vacancy of an agency; keyword arguments replace its fields."""
    with hub.work() as work:
        until = local_day(work) + timedelta(days=30)
        document = {**BACKEND, "open_until": until.isoformat(), **changes}
        return vacancies.describe(work, agency.actor, document)


def sight_of(hub: Hub, agency: Organization, offered: vacancies.Offered) -> str:
    """Return the agency's id for the first match of its vacancy that nobody has claimed."""
    with hub.work() as work:
        found = matches.matches(work, agency.actor, offered.row.id)
    return next(one.match.pairwise_id for one in found.sights if one.standing == "free")


def wish(hub: Hub, agency: Organization, **changes: str) -> Wish:
    """Describe a vacancy, and wish for its first match."""
    offered = describe(hub, agency)
    wanted = {
        "pairwise_id": changes.get("pairwise_id") or sight_of(hub, agency, offered),
        "vacancy_id": offered.row.id,
        "message": "ご経験を拝見し、この求人についてお話ししたいです。",
    }
    return Wish(**{**wanted, **changes})


def claim_fact(hub: Hub, agency: Organization, wanted: Wish) -> Fact:
    """Return what the agency signs for a claim, whether or not it can be made."""
    with hub.reading() as work:
        offered = vacancies.offered(work, agency.actor, wanted.vacancy_id)
    return Fact(
        kind="claim.made",
        refs={"claim": ids.new_id("clm", token_bytes(ids.ID_BYTES))},
        body={
            "pairwise": wanted.pairwise_id,
            "vacancy": b64url_encode(offered.row.digest),
            "job_kind": offered.vacancy.job_kind,
        },
    )


def claim(hub: Hub, agency: Organization, wanted: Wish | None = None) -> ClaimRow:
    """Make a claim, by default on the first match of a new vacancy."""
    wanted = wanted or wish(hub, agency)
    signed = agency.sign(hub, claim_fact(hub, agency, wanted))
    with hub.work() as work:
        return claims.make(work, agency.actor, signed, wanted)


def approve(hub: Hub, candidate: Candidate, claim_id: str) -> ClaimRow:
    """Let the candidate approve a claim."""
    with hub.work() as work:
        return claims.approve(work, candidate.actor, claim_id)


def decline(hub: Hub, candidate: Candidate, claim_id: str) -> ClaimRow:
    """Let the candidate decline a claim."""
    with hub.work() as work:
        return claims.decline(work, candidate.actor, claim_id)


def sealed(
    agency: Organization, approved: ClaimRow, *, name: str = "架空 花子"
) -> dict[str, Value]:
    """Return a made-up identity, sealed to the agency as the origin's client does it."""
    key = agency.sealing.public_key()
    return envelopes.seal_envelope(
        {"name": name, "email": "hanako@example.jp"},
        {jwk.kid_of(key): key},
        claim=approved.id,
        approval=approved.approval_attestation or "",
        agency=agency.slug,
    )


def release_fact(approved: ClaimRow, envelope: Mapping[str, Value], **changes: Value) -> Fact:
    """Return what an origin signs to release an identity; keyword arguments change the body."""
    return Fact(
        kind="identity.released",
        refs={
            "claim": approved.id,
            "referral": approved.referral_id,
            "approval": str(envelope["approval"]),
            "envelope": ids.new_id("env", token_bytes(ids.ID_BYTES)),
        },
        body={
            "keys": list(envelopes.sealed_to(envelope)),
            "digest": b64url_encode(envelopes.digest(envelope)),
            "items": ["name", "email"],
            **changes,
        },
    )


def release(
    hub: Hub, candidate: Candidate, agency: Organization, approved: ClaimRow
) -> EnvelopeRow:
    """Let the origin seal the identity to the approved agency."""
    envelope = sealed(agency, approved)
    signed = candidate.origin.sign(hub, release_fact(approved, envelope))
    with hub.work() as work:
        return releases.accept(work, candidate.origin.actor, signed, approved.id, envelope)


def receive(hub: Hub, agency: Organization, envelope_id: str) -> releases.Carried:
    """Let the agency confirm where an envelope comes from."""
    with hub.reading() as work:
        fact = releases.receiving(releases.carried(work, agency.actor, envelope_id))
    signed = agency.sign(hub, fact)
    with hub.work() as work:
        return releases.receive(work, agency.actor, signed, envelope_id)


def reach(hub: Hub, candidate: Candidate, agency: Organization) -> ClaimRow:
    """Bring a listed candidate to the agency: claimed, approved, released and received."""
    made = claim(hub, agency)
    approved = approve(hub, candidate, made.id)
    envelope = release(hub, candidate, agency, approved)
    return receive(hub, agency, envelope.id).claim


def today(hub: Hub) -> date:
    """Return the day that it is for the scheme."""
    with hub.reading() as work:
        return local_day(work)


def introduction_fact(row: ClaimRow, hirer: str, on: date) -> Fact:
    """Return what an agency signs to introduce the candidate of its claim."""
    return Fact(
        kind="introduction.made",
        refs={
            "introduction": ids.new_id("int", token_bytes(ids.ID_BYTES)),
            "claim": row.id,
        },
        body={"hirer": hirer, "on": on.isoformat(), "job_kind": row.job_kind},
    )


def introduce(hub: Hub, agency: Organization, row: ClaimRow, hirer: str) -> IntroductionRow:
    """Introduce the candidate of a claim to a company, today."""
    on = today(hub)
    signed = agency.sign(hub, introduction_fact(row, hirer, on))
    with hub.work() as work:
        return introductions.introduce(work, agency.actor, signed, row.id, hirer=hirer, on=on)


def report(
    hub: Hub,
    agency: Organization,
    introduced: IntroductionRow,
    event: str,
    on: date | None = None,
) -> HireRow:
    """Report an event after an introduction, by default of today."""
    day = on or today(hub)
    with hub.work() as work:
        fact = hires.reporting(
            work,
            agency.actor,
            introduced.id,
            event=event,
            on=day,
            hire_id=ids.new_id("hir", token_bytes(ids.ID_BYTES)),
        )
    signed = agency.sign(hub, fact)
    with hub.work() as work:
        return hires.report(work, agency.actor, signed, introduced.id, event=event, on=day)


def start(hub: Hub, agency: Organization, introduced: IntroductionRow) -> HireRow:
    """Report an accepted offer and the start of work, both of today."""
    report(hub, agency, introduced, "offer-accepted")
    return report(hub, agency, introduced, "started")


def confirm(hub: Hub, hirer: Organization, hire: HireRow) -> HireRow:
    """Let the hirer confirm the start."""
    signed = hirer.sign(hub, hires.confirming(hire))
    with hub.work() as work:
        return hires.confirm(work, hirer.actor, signed, hire.id)
