"""What an agency wishes for, and whether it can be claimed at this moment."""

from dataclasses import dataclass
from typing import Final

from exchange.domain.errors import BadInputError, ClaimLimitError, ClaimTakenError
from exchange.domain.organizations import Actor
from exchange.domain.screening import require_clean_message
from exchange.services import matches, permissions, vacancies
from exchange.services.agencies import licensed
from exchange.services.ledger import Fact
from exchange.services.vacancies import Offered
from exchange.services.work import Work, rules_now
from exchange.store import candidates as candidate_rows
from exchange.store import claims as rows
from exchange.store import organizations as organization_rows
from exchange.store import profiles as profile_rows
from exchange.store.organizations import OrganizationRow
from exchange.store.profiles import ProfileRow
from relay_protocol.encoding import b64url_encode

LONGEST_MESSAGE: Final = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What an agency asks for: which profile, for which vacancy, in which words."""

    pairwise_id: str
    vacancy_id: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a wish is about, its candidate locked."""

    agency: OrganizationRow
    offered: Offered
    profile: ProfileRow
    wish: Wish

    def fact(self, claim_id: str) -> Fact:
        """Return what the agency signs to make the claim."""
        return Fact(
            kind="claim.made",
            refs={"claim": claim_id},
            body={
                "pairwise": self.wish.pairwise_id,
                "vacancy": b64url_encode(self.offered.row.digest),
                "job_kind": self.offered.vacancy.job_kind,
            },
        )


def target_of(work: Work, actor: Actor, wish: Wish) -> Target:
    """Return what a wish is about; the agency and the candidate are locked until the commit.

    Raises:
        NotFoundError: the agency has no such vacancy, or has met no such profile.
        LicenceError: the agency's licence is over.
    """
    agency = licensed(work, actor)
    organization_rows.lock(work.session, agency.slug)
    found = vacancies.offered(work, actor, wish.vacancy_id)
    pair = profile_rows.pairwise(work.session, wish.pairwise_id, agency.slug)
    profile = None if pair is None else profile_rows.profile(work.session, pair.profile_id)
    if profile is None or candidate_rows.locked(work.session, profile.candidate_id) is None:
        raise matches.no_profile()
    work.session.refresh(profile)
    return Target(agency=agency, offered=found, profile=profile, wish=wish)


def require_possible(work: Work, actor: Actor, target: Target) -> str:
    """Refuse a claim that cannot be made at this moment; return its message, trimmed.

    Raises:
        NotFoundError: the agency does not see the profile any more.
        ClaimTakenError: a claim on it is live.
        ClaimLimitError: the agency has as many open claims as the rules allow.
        DeadlinePassedError: the vacancy's last day is over.
        BadInputError: the message is empty or too long.
        IdentityInProfileError: the message leads past the hub, or promises a gift.
    """
    vacancies.require_open(work, target.offered)
    profile = target.profile
    live = rows.live_claim(work.session, profile.id)
    hidden = matches.hidden_from(work, profile.candidate_id, target.agency, target.offered)
    others = live is not None and live.agency != actor.slug
    unseen = profile.state != "listed" if live is None else others and live.state == "released"
    wrong_kind = profile.job_kind != target.offered.vacancy.job_kind
    if hidden or unseen or wrong_kind or permissions.standing(work, profile.referral_id) is None:
        raise matches.no_profile()
    if live is not None:
        raise taken(by_itself=not others)
    most = rules_now(work).open_claims_per_agency
    if rows.open_count(work.session, actor.slug) >= most:
        raise ClaimLimitError(
            f"The agency has {most} open claims already.",
            mend="Wait for answers, or end a claim that you do not need any more.",
            detail_ja=f"回答待ちの打診が上限の{most}件に達しています。",
            mend_ja="回答を待つか、不要な打診を終了してください。",
        )
    return _message(target.wish.message)


def _message(text: str) -> str:
    """Return the words of a claim, their ends trimmed."""
    message = text.strip()
    if not 0 < len(message) <= LONGEST_MESSAGE:
        raise BadInputError(
            f"A message has 1 to {LONGEST_MESSAGE} characters.",
            field="message",
            detail_ja=f"メッセージは1〜{LONGEST_MESSAGE}文字で入力してください。",
        )
    require_clean_message(message)
    return message


def taken(*, by_itself: bool) -> ClaimTakenError:
    """Return the refusal of a second claim on one profile."""
    if by_itself:
        return ClaimTakenError(
            "The agency's own claim on this profile is live already.",
            field="pairwise",
            detail_ja="このプロフィールには、すでに自社の打診があります。",
        )
    return ClaimTakenError(
        "Another agency is asking for this profile.",
        field="pairwise",
        mend="Look again later: it is free if the candidate declines.",
        detail_ja="ほかの紹介会社が打診中です。",
        mend_ja="ご本人が見送ったときは、また打診できます。",
    )
