"""What an agency sees for a vacancy: the listed profiles in the order that it asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from secrets import token_bytes
from typing import Literal

from exchange.domain import matching
from exchange.domain.errors import NotFoundError
from exchange.domain.exclusions import Company
from exchange.domain.matching import Match
from exchange.domain.organizations import Actor
from exchange.services import exclusions, listing, vacancies
from exchange.services.agencies import licensed
from exchange.services.vacancies import Offered
from exchange.services.work import Work, local_day, rules_now
from exchange.store import matches as rows
from exchange.store import organizations as organization_rows
from exchange.store.matches import Showable
from exchange.store.organizations import OrganizationRow
from relay_protocol import ids
from relay_protocol import rules as protocol_rules

Standing = Literal["free", "taken", "yours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One profile as one agency sees it for one vacancy.

    Attributes:
        standing: whether it can be asked for, another agency has asked, or this one has.
        claim_id: this agency's own live claim, or "".
        listed_on: the scheme's day since when it is listed.
    """

    match: Match
    standing: Standing
    claim_id: str
    listed_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Matches:
    """One page of the profiles that match a vacancy.

    Attributes:
        total: how many match.
        complete: how many of them meet every required skill.
        k: counts below this are not told.
    """

    offered: Offered
    sights: Sequence[Sight]
    total: int
    complete: int
    k: int


def matches(
    work: Work, actor: Actor, vacancy_id: str, *, start: int = 0, limit: int = 100
) -> Matches:
    """Return one page of the matches of a vacancy, and record that the agency saw them.

    Args:
        start: how many matches come before this page.

    Raises:
        NotFoundError: the agency has no such vacancy.
        LicenceError: its licence is over.
    """
    agency = licensed(work, actor)
    found = vacancies.offered(work, actor, vacancy_id)
    visible = _visible(work, agency, found)
    published = {name: shown.published for name, shown in visible.items()}
    ordered = matching.order(found.vacancy, published, local_day(work))
    page = ordered[start : start + limit]
    _record(work, agency, [visible[match.pairwise_id].row for match in page])
    return Matches(
        offered=found,
        sights=[_sight(work, agency, match, visible[match.pairwise_id].row) for match in page],
        total=len(ordered),
        complete=sum(match.meets_all_required for match in ordered),
        k=rules_now(work).k,
    )


def sight(work: Work, actor: Actor, vacancy_id: str, pairwise_id: str) -> tuple[Offered, Sight]:
    """Return one profile as an agency sees it for a vacancy, and record the look.

    Raises:
        NotFoundError: the agency sees no such profile; one of another agency, one that was taken
            back and one that never was look alike.
    """
    agency = licensed(work, actor)
    found = vacancies.offered(work, actor, vacancy_id)
    shown = _visible(work, agency, found).get(pairwise_id)
    if shown is None:
        raise no_profile()
    _record(work, agency, [shown.row])
    match = Match(
        pairwise_id=pairwise_id,
        published=shown.published,
        reasons=tuple(matching.reasons(found.vacancy, shown.published)),
    )
    return found, _sight(work, agency, match, shown.row)


def hidden_from(work: Work, candidate_id: str, agency: OrganizationRow, found: Offered) -> bool:
    """Return whether a candidate has excluded the agency, or the company that it hires for."""
    excluded = exclusions.read(work, candidate_id)
    return any(
        excluded.hides_from(company)
        for company in (exclusions.company_of(agency), _hirer(work, found))
    )


def no_profile() -> NotFoundError:
    """Return the one refusal of a profile that an agency does not see."""
    return NotFoundError(
        "The agency sees no such profile.",
        field="pairwise",
        detail_ja="この受付番号のプロフィールはありません。",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A profile that an agency may see, and what it is shown of it."""

    row: Showable
    published: matching.Published


def _visible(work: Work, agency: OrganizationRow, found: Offered) -> Mapping[str, _Shown]:
    """Return the profiles that an agency may see for a vacancy, by the agency's ids for them."""
    seen = {
        row.profile.id: row
        for row in rows.showable(work.session, agency.slug, found.vacancy.job_kind)
        if not hidden_from(work, row.candidate.id, agency, found)
    }
    names = _pairwise_ids(work, agency, list(seen))
    return {
        names[shown.profile_id]: _Shown(row=seen[shown.profile_id], published=shown.published)
        for shown in listing.shown(work, [row.profile for row in seen.values()])
        if shown.profile_id in names
    }


def _pairwise_ids(
    work: Work, agency: OrganizationRow, profile_ids: Sequence[str]
) -> Mapping[str, str]:
    """Return an agency's ids for profiles, drawing those that it has not met yet."""
    known = rows.pairwise_ids(work.session, agency.slug, profile_ids)
    drawn = {
        profile_id: ids.pairwise_id(token_bytes(ids.PAIRWISE_BYTES))
        for profile_id in profile_ids
        if profile_id not in known
    }
    if not drawn:
        return known
    rows.add_pairwise_ids(work.session, agency.slug, drawn)
    return rows.pairwise_ids(work.session, agency.slug, profile_ids)


def _sight(work: Work, agency: OrganizationRow, match: Match, row: Showable) -> Sight:
    """Return a match with where it stands."""
    own = row.claim is not None and row.claim.agency == agency.slug
    standing: Standing = "free" if row.claim is None else "yours" if own else "taken"
    listed_at = row.profile.listed_at or row.profile.changed_at
    return Sight(
        match=match,
        standing=standing,
        claim_id=row.claim.id if row.claim is not None and own else "",
        listed_on=protocol_rules.local_day(listed_at, rules_now(work)),
    )


def _record(work: Work, agency: OrganizationRow, seen: Sequence[Showable]) -> None:
    """Record that an agency saw profiles, for their candidates to read."""
    rows.record_looks(
        work.session,
        agency.slug,
        {row.candidate.id for row in seen},
        day=local_day(work),
        at=work.now,
    )


def _hirer(work: Work, found: Offered) -> Company:
    """Return the company that a vacancy is at, as far as the agency tells."""
    known = organization_rows.by_corporate_number(work.session, found.vacancy.hirer)
    return Company(
        corporate_number=found.vacancy.hirer,
        group_number=found.vacancy.hirer if known is None else known.group_number,
        names=(found.vacancy.hirer_name,),
    )
