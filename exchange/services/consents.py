"""Consents: given on the hub's own page, changed, withdrawn, run out; each of them on record."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from secrets import token_bytes
from typing import Final

from exchange.domain.errors import BadInputError, InvitationEndedError
from exchange.domain.exclusions import Exclusions
from exchange.domain.organizations import Actor
from exchange.services import (
    candidate_links,
    consent_records,
    exclusions,
    invitations,
    ledger,
    listing,
    permissions,
    profiles,
    stopping,
    tellings,
)
from exchange.services.invitations import Opened
from exchange.services.ledger import Fact
from exchange.services.permissions import Permission
from exchange.services.work import Work, local_day
from exchange.store import candidates as candidate_rows
from exchange.store import consents as rows
from exchange.store import organizations as organization_rows
from exchange.store import profiles as profile_rows
from exchange.store import scheme as scheme_rows
from exchange.store.candidates import CandidateRow
from exchange.store.profiles import ProfileRow
from exchange.store.referrals import ReferralRow
from exchange.vault import person_keys
from relay_protocol import ids

REPEATED_WITHIN: Final = timedelta(minutes=2)
"""How long the answer to a form that was sent twice is the same page again."""
BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a candidate says "yes" to.

    Attributes:
        notice: version of the notice that was on the page.
        groups: the field groups that may be shown.
        modules: what they choose beside being shown, out of consent_records.CHOICES.
        adult: whether they declare to be 18 or older.
        companies: who must never see them, as read_companies() gives it.
        origin_group_sees: whether the group of the origin may see them all the same.
        nonce: candidate_links.new_nonce() of the form.
    """

    notice: str
    groups: Collection[str]
    modules: Collection[str]
    adult: bool
    companies: tuple[str, ...]
    origin_group_sees: bool
    locale: str
    nonce: str


def give(work: Work, token: str, answer: Answer) -> str:
    """Take a candidate's consent and return the token of their own link, which nobody else gets.

    The invitation ends with it. The same form sent again within minutes gives the same link.

    Raises:
        NotFoundError: no invitation has this link.
        InvitationEndedError: it was answered, or has run out.
        BadInputError: the answer lacks what a consent needs; the field is named.
    """
    opened = invitations.opened(work, token, for_writing=True)
    link_token = candidate_links.token_of(work.keyring, opened.referral.id, answer.nonce)
    if opened.state == "answered" and _is_repeated(work, opened, link_token):
        return link_token
    if opened.state != "open":
        raise InvitationEndedError(
            "This invitation was answered, or has run out.",
            detail_ja="このご案内は、すでにお返事があったか、期限が過ぎています。",
        )
    groups, modules = _checked(work, answer)
    candidate = _new_candidate(work, opened, answer, link_token)
    _add_profile(work, opened.referral, candidate)
    consent_records.record(
        work,
        "consent.given",
        opened.referral,
        candidate.id,
        ids.new_id("con", token_bytes(ids.ID_BYTES)),
        consent_records.Terms(
            notice=answer.notice,
            modules=modules,
            groups=groups,
            until=consent_records.last_day(work),
        ),
    )
    return link_token


def change(
    work: Work,
    actor: Actor,
    *,
    groups: Collection[str],
    modules: Collection[str],
    renew: bool = False,
) -> Permission:
    """Change what a consent allows; what it allows no longer disappears at once.

    Args:
        groups: all field groups that may be shown from now on.
        modules: what is chosen beside being shown, out of consent_records.CHOICES.
        renew: whether the consent shall last its full length from today; only so can one that
            has run out stand again.

    Raises:
        ConsentMissingError: the consent was withdrawn, or has run out and is not renewed.
        BadInputError: no group is left, or one is unknown.
    """
    candidate_links.locked(work, actor)
    profile_rows.lock_listing(work.session)
    referral = consent_records.referral_of(work, actor)
    if not renew or referral.state == "withdrawn":
        permissions.require(work, referral.id)
    before = permissions.permission_of(rows.history(work.session, actor.candidate_id)[-1])
    chosen = consent_records.Terms(
        notice=before.notice,
        groups=consent_records.checked_groups(groups),
        modules=consent_records.checked_modules(modules),
        until=consent_records.last_day(work) if renew else before.until,
    )
    if chosen == consent_records.Terms.of(before):
        return before
    consent_records.end(work, referral.id, "changed")
    after = consent_records.record(
        work, "consent.changed", referral, actor.candidate_id, before.consent_id, chosen
    )
    profile = profiles.profile_of(work, actor.candidate_id)
    profiles.forget_beyond(work, profile, after.groups)
    listing.narrow(work, profile, after)
    return after


def renew(work: Work, actor: Actor) -> Permission:
    """Let the consent last its full length from today, with the choices that it had.

    Raises:
        ConsentMissingError: the consent was withdrawn.
    """
    last = permissions.permission_of(rows.history(work.session, actor.candidate_id)[-1])
    chosen = [module for module in last.modules if module in consent_records.CHOICES]
    return change(work, actor, groups=last.groups, modules=chosen, renew=True)


def exclude(work: Work, actor: Actor, companies: tuple[str, ...], *, origin_group: bool) -> None:
    """Change which companies must never see the candidate.

    Args:
        companies: as read_companies() gives them.
        origin_group: whether the group of the origin is among them.
    """
    candidate = candidate_links.locked(work, actor)
    referral = consent_records.referral_of(work, actor)
    origin = organization_rows.organization(work.session, referral.origin)
    group = origin.group_number if origin is not None and origin_group else ""
    key = person_keys.unwrap(work.keyring, candidate.id, candidate.wrapped_key)
    exclusions.keep(candidate, key, Exclusions(companies=companies, origin_group=group))
    work.session.flush()


def withdraw(work: Work, actor: Actor) -> None:
    """End a candidate's consent: they disappear from everywhere, and every claim ends, at once.

    Withdrawing again changes nothing.
    """
    candidate_links.locked(work, actor)
    referral = consent_records.referral_of(work, actor)
    if referral.state == "withdrawn":
        return
    consent_records.end(work, referral.id, "withdrawn")
    last = rows.history(work.session, actor.candidate_id)[-1]
    referral.state = "withdrawn"
    stopping.stop(work, actor.candidate_id, "withdrawn")
    fact = Fact(kind="consent.withdrawn", refs={"consent": last.id, "referral": referral.id})
    ledger.attest_as_hub(work, fact, orgs=(referral.origin,), candidate_id=actor.candidate_id)
    tellings.tell(work, referral.origin, "withdrawn", referral.id)


def stop_by_invitation(work: Work, token: str) -> None:
    """Withdraw by the link of an answered invitation: for people who find it answered by others.

    Raises:
        NotFoundError: no invitation has this link.
        InvitationEndedError: it was never answered.
    """
    opened = invitations.opened(work, token)
    candidate_id = opened.referral.candidate_id
    if candidate_id is None:
        raise InvitationEndedError(
            "This invitation has run out; there is nothing to stop.",
            detail_ja="このご案内は期限が過ぎています。止めるものはありません。",
        )
    withdraw(work, Actor(kind="candidate", candidate_id=candidate_id))


def expire_due(work: Work) -> int:
    """End the consents whose last day is over; return how many there were.

    What they allowed was refused from that day on; this tidies up after them.
    """
    due = rows.overdue(work.session, local_day(work), BATCH)
    candidate_rows.lock_all(work.session, sorted({row.candidate_id for row in due}))
    for row in due:
        work.session.refresh(row)
        if row.ended_at is not None:
            continue
        consent_records.end(work, row.referral_id, "expired")
        stopping.stop(work, row.candidate_id, "expired")
    return len(due)


def _checked(work: Work, answer: Answer) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return groups and modules of an answer that is complete."""
    notice = scheme_rows.current_notice(work.session)
    if notice is None or notice.version != answer.notice:
        raise BadInputError(
            "The notice has changed since you opened the page. Please read it again.",
            field="notice",
            detail_ja="説明の内容が新しくなりました。もう一度お読みください。",
        )
    groups = consent_records.checked_groups(answer.groups)
    if not answer.adult:
        raise BadInputError(
            "Only people of 18 years or older can take part.",
            field="adult",
            detail_ja="ご利用いただけるのは18歳以上の方です。",
        )
    if answer.locale not in invitations.LOCALES:
        raise BadInputError("A page is in ja or en.", field="locale")
    return groups, consent_records.checked_modules(answer.modules)


def _is_repeated(work: Work, opened: Opened, link_token: str) -> bool:
    """Return whether the answer is the one just given, sent a second time."""
    candidate = candidate_rows.by_link(work.session, ids.link_digest(link_token))
    return (
        candidate is not None
        and candidate.id == opened.referral.candidate_id
        and work.now - candidate.created_at <= REPEATED_WITHIN
    )


def _new_candidate(work: Work, opened: Opened, answer: Answer, link_token: str) -> CandidateRow:
    """Make a candidate with a key of their own, and put the invitation under that key."""
    candidate_id = ids.new_id("per", token_bytes(ids.ID_BYTES))
    wrapped = person_keys.new_wrapped_key(work.keyring, candidate_id)
    candidate = CandidateRow(
        id=candidate_id,
        link_digest=ids.link_digest(link_token),
        wrapped_key=wrapped,
        locale=answer.locale,
        created_at=work.now,
    )
    work.session.add(candidate)
    work.session.flush()
    key = person_keys.unwrap(work.keyring, candidate_id, wrapped)
    group = "" if answer.origin_group_sees else opened.origin.group_number
    exclusions.keep(candidate, key, Exclusions(companies=answer.companies, origin_group=group))
    opened.referral.state = "consented"
    opened.referral.candidate_id = candidate_id
    work.session.flush()
    ledger.hand_over(work, opened.referral.attestation_id, candidate_id)
    return candidate


def _add_profile(work: Work, referral: ReferralRow, candidate: CandidateRow) -> None:
    """Make the empty profile that the candidate's form and the origin fill."""
    work.session.add(
        ProfileRow(
            id=ids.new_id("prf", token_bytes(ids.ID_BYTES)),
            referral_id=referral.id,
            candidate_id=candidate.id,
            origin=referral.origin,
            job_kind=referral.job_kind,
            state="draft",
            changed_at=work.now,
        )
    )
    work.session.flush()
