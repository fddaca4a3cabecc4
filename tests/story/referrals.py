"""Referrals through the real services: invited, answered, filled in, added to, listed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_bytes

from exchange.domain.drafts import FORM_FIELDS
from exchange.domain.organizations import Actor
from exchange.domain.verdicts import Verdict
from exchange.hub import Hub
from exchange.services import (
    candidate_links,
    consents,
    invitations,
    listing,
    permissions,
    profiles,
)
from exchange.services.consents import Answer
from exchange.services.invitations import Invitation
from exchange.services.ledger import Fact
from exchange.services.permissions import Permission
from exchange.services.profiles import Addition, Preview
from exchange.services.work import local_day
from exchange.store import profiles as profile_rows
from exchange.store.profiles import ProfileRow
from relay_protocol import ids, profile
from relay_protocol.encoding import b64url_encode
from tests.story.scheme import Organization

NOTICE = "2026-12-A"
GROUPS = ("skills", "experience", "preferences", "location")
FORM: Mapping[str, object] = {
    "occupation": "software",
    "experience_years": 6,
    "age_band": "30-34",
    "skills": ["Python", "SQL"],
    "prefecture": "13",
    "desired_salary_yen": 7_000_000,
    "available_from": "2027-04",
}
LIFE = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Somebody with an invitation in their hands; the hub knows nothing of them."""

    origin: Organization
    referral: str
    job_kind: str
    token: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Somebody who said yes, with their own link."""

    invited: Invited
    token: str = field(repr=False)
    actor: Actor

    @property
    def referral(self) -> str:
        """The id of the referral that they came by."""
        return self.invited.referral


def new_token() -> str:
    """Return the token of a private link, as a member's client draws it."""
    return b64url_encode(token_bytes(32))


def new_referral() -> str:
    """Return the id of a new referral, as a member's client draws it."""
    return ids.new_id("ref", token_bytes(ids.ID_BYTES))


def invitation(
    hub: Hub, origin: Organization, *, referral: str, token: str, job_kind: str = "mid-career"
) -> Invitation:
    """Return an invitation as its origin registers it, signed at this moment."""
    fact = Fact(kind="referral.invited", refs={"referral": referral}, body={"job_kind": job_kind})
    with hub.reading() as work:
        expires_on = local_day(work) + LIFE
    return Invitation(
        referral=referral,
        token_digest=ids.link_digest(token),
        job_kind=job_kind,
        locale="ja",
        expires_on=expires_on,
        attestation=origin.sign(hub, fact).jws,
    )


def invite(hub: Hub, origin: Organization, *, job_kind: str = "mid-career") -> Invited:
    """Register one invitation of an origin."""
    referral, token = new_referral(), new_token()
    asked = invitation(hub, origin, referral=referral, token=token, job_kind=job_kind)
    with hub.work() as work:
        (verdict,) = invitations.register(work, origin.actor, [asked])
    _require(verdict, "registered")
    return Invited(origin=origin, referral=referral, token=token, job_kind=job_kind)


def answer(
    *,
    groups: Collection[str] = GROUPS,
    modules: Collection[str] = (),
    companies: tuple[str, ...] = (),
    nonce: str = "",
) -> Answer:
    """Return a complete "yes"."""
    return Answer(
        notice=NOTICE,
        groups=groups,
        modules=modules,
        adult=True,
        companies=companies,
        origin_group_sees=False,
        locale="ja",
        nonce=nonce or candidate_links.new_nonce(),
    )


def consent(
    hub: Hub,
    origin: Organization,
    *,
    groups: Collection[str] = GROUPS,
    modules: Collection[str] = (),
    companies: tuple[str, ...] = (),
    job_kind: str = "mid-career",
) -> Candidate:
    """Bring somebody from the invitation to a consent."""
    invited = invite(hub, origin, job_kind=job_kind)
    said = answer(groups=groups, modules=modules, companies=companies)
    with hub.work() as work:
        token = consents.give(work, invited.token, said)
        actor = candidate_links.candidate_of(work, token)
    return Candidate(invited=invited, token=token, actor=actor)


def fill_in(hub: Hub, candidate: Candidate, form: Mapping[str, object] = FORM) -> None:
    """Send the candidate's form, as far as their groups go."""
    allowed = permission(hub, candidate).groups
    written = {
        name: value for name, value in form.items() if profile.GROUP_OF_FIELD[name] in allowed
    }
    with hub.work() as work:
        profiles.save_form(work, candidate.actor, written)


def addition(
    hub: Hub, candidate: Candidate, fields: Mapping[str, object], *, consent_id: str = ""
) -> Addition:
    """Return what the origin adds to a profile, signed at this moment."""
    checked = profile.check_fields(fields)
    consent_id = consent_id or permission(hub, candidate).consent_id
    fact = Fact(
        kind="profile.added",
        refs={"referral": candidate.referral, "consent": consent_id},
        body={
            "groups": list(profile.groups_of(checked)),
            "digest": b64url_encode(profile.digest(checked)),
        },
    )
    return Addition(
        referral=candidate.referral,
        consent=consent_id,
        fields=fields,
        attestation=candidate.invited.origin.sign(hub, fact).jws,
    )


def add(hub: Hub, candidate: Candidate, fields: Mapping[str, object]) -> Verdict:
    """Let the origin add fields to a profile; return what became of it."""
    sent = addition(hub, candidate, fields)
    with hub.work() as work:
        (verdict,) = profiles.add(work, candidate.invited.origin.actor, [sent])
    return verdict


def preview(hub: Hub, candidate: Candidate) -> Preview:
    """Return the candidate's profile as agencies will see it."""
    with hub.reading() as work:
        allowed = permissions.require(work, candidate.referral)
        return profiles.preview(
            work, profiles.profile_of(work, candidate.actor.candidate_id), allowed
        )


def ask_to_list(hub: Hub, candidate: Candidate) -> str:
    """Let the candidate list what they see; return the state that comes of it."""
    seen = preview(hub, candidate).digest
    with hub.work() as work:
        return listing.ask(work, candidate.actor, seen).state


def list_due(hub: Hub) -> int:
    """Do the daily listing."""
    with hub.work() as work:
        return listing.list_due(work)


def profile_of(hub: Hub, candidate: Candidate) -> ProfileRow:
    """Return the candidate's profile as it is kept."""
    with hub.reading() as work:
        row = profile_rows.of_candidate(work.session, candidate.actor.candidate_id)
    assert row is not None
    return row


def permission(hub: Hub, candidate: Candidate) -> Permission:
    """Return what the candidate allows now."""
    with hub.reading() as work:
        return permissions.require(work, candidate.referral)


def listed(
    hub: Hub,
    origin: Organization,
    *,
    form: Mapping[str, object] = FORM,
    groups: Collection[str] = GROUPS,
    modules: Collection[str] = ("exception",),
) -> Candidate:
    """Bring somebody from the invitation to the list, by exception unless told otherwise."""
    candidate = consent(hub, origin, groups=groups, modules=modules)
    fill_in(hub, candidate, form)
    ask_to_list(hub, candidate)
    return candidate


def move_clock(hub: Hub, by: timedelta) -> None:
    """Move the hub's clock forward."""
    file = hub.settings.clock
    assert file is not None
    seconds = int(hub.clock.offset().total_seconds() + by.total_seconds())
    file.write_text(str(seconds), encoding="ascii")


def _require(verdict: Verdict, status: str) -> None:
    """Show why one was refused, where it was."""
    if verdict.status != status:
        raise verdict.problem or AssertionError(verdict.status)


assert set(FORM) <= set(FORM_FIELDS)
