"""Invitations, the referrals that were answered, and what an origin adds to their profiles."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

from exchange.domain.verdicts import Verdict
from exchange.services import answered, invitations, profiles
from exchange.services.answered import Answered
from exchange.services.invitations import Invitation
from exchange.services.profiles import Addition
from exchange.services.work import rules_now
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.languages import language
from exchange.web.http.paging import listed, page
from exchange.web.http.problems import problem_of
from exchange.web.http.shapes import ListQuery, page_of
from exchange.web.http.wiring import cursors
from exchange.web.members import schemas
from relay_protocol.encoding import b64url_decode

MEMBER: Final = ("member",)
LISTING: Final = "member/referrals"

referrals = Door("referrals", "For members: invitations, consents, and profiles to add to.")


@referrals.write(
    "/v1/member/invitations",
    takes=schemas.InvitationsShape,
    answers=schemas.VerdictsShape,
    roles=MEMBER,
)
def invite(call: Call, body: Mapping[str, Sequence[Mapping[str, object]]]) -> Answer:
    """Register invitations; they hold no personal data, and each is judged by itself."""
    asked = [_invitation(sent) for sent in body["invitations"]]
    verdicts = invitations.register(call.work, call.actor, asked)
    return _verdicts(verdicts, "invitations")


@referrals.read(
    "/v1/member/referrals",
    query=ListQuery,
    answers=page_of(schemas.ReferralShape),
    roles=MEMBER,
)
def consented(call: Call, query: Mapping[str, object]) -> Answer:
    """Return the referrals that were answered with yes, with the consent as it stands."""
    limit = int(str(query["limit"]))
    cursor, reader = str(query["cursor"]), call.actor.slug
    after = cursors().open(cursor, listing=LISTING, reader=reader)[0] if cursor else ""
    found = answered.answered(call.work, call.actor, after=str(after), limit=limit + 1)
    items, last = page(found, limit)
    following = (
        None if last is None else cursors().issue((last.referral,), listing=LISTING, reader=reader)
    )
    return listed([_referral(item) for item in items], following)


@referrals.read("/v1/member/totals", answers=schemas.TotalsShape, roles=MEMBER)
def totals(call: Call) -> Answer:
    """Return how many stand where; who said "no", nobody learns."""
    invited, told = answered.totals(call.work, call.actor)
    k = rules_now(call.work).k
    counts = {state: f"<{k}" if count is None else str(count) for state, count in told.items()}
    return {"k": k, "invited": str(invited), **counts}


@referrals.write(
    "/v1/member/profiles",
    takes=schemas.AdditionsShape,
    answers=schemas.VerdictsShape,
    roles=MEMBER,
)
def add(call: Call, body: Mapping[str, Sequence[Mapping[str, object]]]) -> Answer:
    """Add what the origin holds to profiles; nothing is shown before the candidate says so."""
    verdicts = profiles.add(call.work, call.actor, [_addition(sent) for sent in body["profiles"]])
    return _verdicts(verdicts, "profiles")


def _invitation(sent: Mapping[str, object]) -> Invitation:
    return Invitation(
        referral=str(sent["referral"]),
        token_digest=b64url_decode(str(sent["token_digest"])),
        job_kind=str(sent["job_kind"]),
        locale=str(sent["locale"]),
        expires_on=date.fromisoformat(str(sent["expires_on"])),
        attestation=str(sent["attestation"]),
    )


def _addition(sent: Mapping[str, object]) -> Addition:
    fields = sent["fields_"]
    return Addition(
        referral=str(sent["referral"]),
        consent=str(sent["consent"]),
        fields=fields if isinstance(fields, Mapping) else {},
        attestation=str(sent["attestation"]),
    )


def _verdicts(verdicts: Sequence[Verdict], among: str) -> Answer:
    """Return verdicts as they are answered, each problem naming its place among the many."""
    return {"items": [_verdict(verdict, f"{among}/{i}") for i, verdict in enumerate(verdicts)]}


def _verdict(verdict: Verdict, place: str) -> Answer:
    told: dict[str, object] = {"referral": verdict.referral, "status": verdict.status}
    if verdict.problem is not None:
        problem = problem_of(verdict.problem, language())
        path = f"{place}/{problem.field}" if problem.field else place
        told["problem"] = replace(problem, field=path).document()
    return told


def _referral(item: Answered) -> Answer:
    permission = item.permission
    return {
        "referral": item.referral,
        "job_kind": item.job_kind,
        "state": item.state,
        "consent": {
            "id": permission.consent_id,
            "notice": permission.notice,
            "modules": list(permission.modules),
            "groups": list(permission.groups),
            "until": permission.until.isoformat(),
            "attestation": permission.attestation_id,
        },
        "profile_state": item.profile_state,
        "outcome": item.outcome,
    }
