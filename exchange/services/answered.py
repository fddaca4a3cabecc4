"""What an origin learns of its referrals: who said yes and to what; of all others, totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from exchange.domain.organizations import Actor
from exchange.services import permissions
from exchange.services.permissions import Permission
from exchange.services.work import Work, local_day, rules_now
from exchange.store import consents as consent_rows
from exchange.store import hires as hire_rows
from exchange.store import profiles as profile_rows
from exchange.store import referrals as rows
from exchange.store.referrals import ReferralRow

State: TypeAlias = Literal["consented", "withdrawn", "expired"]

GUARDED: Final = ("consented", "withdrawn", "expired")
"""States whose counts are told only from k on."""
TOLD_AS: Final[Mapping[str, str]] = {"claimed": "listed"}
"""Profile states that the origin is told as another: whether somebody asked is not its affair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """One referral that was answered with yes.

    Attributes:
        permission: the version of the consent that stands, or stood last.
        profile_state: as far as the origin may know it.
        outcome: `started`, where that is so and the candidate wants it told; else "".
    """

    referral: str
    job_kind: str
    state: State
    permission: Permission
    profile_state: str
    outcome: str


def answered(work: Work, actor: Actor, *, after: str, limit: int) -> Sequence[Answered]:
    """Return an origin's referrals that were answered with yes, in the order of their ids.

    Args:
        after: the last id of the page before, or "".
    """
    found = rows.answered(work.session, actor.slug, after=after, limit=limit)
    ids = [row.id for row in found]
    consents = consent_rows.latest(work.session, ids)
    profiles = profile_rows.of_referrals(work.session, ids)
    started = hire_rows.confirmed_starts(work.session, ids)
    items = []
    for row in found:
        permission = permissions.permission_of(consents[row.id])
        state = _state(work, row, permission)
        wants_told = state == "consented" and "outcome" in permission.modules
        kept = profiles[row.id].state
        items.append(
            Answered(
                referral=row.id,
                job_kind=row.job_kind,
                state=state,
                permission=permission,
                profile_state=TOLD_AS.get(kept, kept),
                outcome="started" if wants_told and row.id in started else "",
            )
        )
    return items


def totals(work: Work, actor: Actor) -> tuple[int, Mapping[str, int | None]]:
    """Return how many were invited, and how many stand where; None for a count below k."""
    counts = rows.counts(work.session, actor.slug)
    k = rules_now(work).k
    guarded = {state: counts.get(state, 0) for state in GUARDED}
    told = {state: count if count >= k else None for state, count in guarded.items()}
    return sum(counts.values()), told


def _state(work: Work, row: ReferralRow, permission: Permission) -> State:
    """Return where a consent stands today."""
    if row.state == "withdrawn":
        return "withdrawn"
    return "consented" if permission.until >= local_day(work) else "expired"
