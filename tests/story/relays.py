"""One relay, step by step, through the real services: what each party does in turn."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_bytes

from exchange.domain.organizations import Actor
from exchange.hub import Hub
from exchange.services import (
    candidate_links,
    consents,
    invitations,
    listing,
    permissions,
    profiles,
    vacancies,
)
from exchange.services.consents import Answer
from exchange.services.invitations import Invitation
from exchange.services.ledger import Fact
from exchange.services.work import local_day
from exchange.store import scheme as scheme_rows
from relay_protocol import ids
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


def invite(hub: Hub, origin: Organization, job_kind: str = "mid-career") -> tuple[str, str]:
    """Register one invitation; return the referral's id and the token of the link."""
    referral = ids.new_id("ref", token_bytes(ids.ID_BYTES))
    token = b64url_encode(token_bytes(32))
    fact = Fact(
        kind="referral.invited", refs={"referral": referral}, body={"job_kind": job_kind}
    )
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
