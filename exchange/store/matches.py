"""What agencies see: the listed profiles, the ids they are seen under, and who looked when."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Insert, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from exchange.store.access_log import LookRow
from exchange.store.candidates import CandidateRow
from exchange.store.claims import ClaimRow
from exchange.store.profiles import PairwiseRow, ProfileRow

AT_THE_SAME_TIME = ("open", "approved")
"""States of a claim in which other agencies still see the profile, marked as asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Showable:
    """A profile that agencies may see, its candidate, and the claim on it if there is one."""

    profile: ProfileRow
    candidate: CandidateRow
    claim: ClaimRow | None


def showable(session: Session, agency: str, job_kind: str) -> Sequence[Showable]:
    """Return the profiles of one kind of job that an agency may see, by id.

    They are the listed ones, those that another agency has asked for but not reached yet, and
    those under this agency's own claim.
    """
    live = ("open", "approved", "released")
    query = (
        select(ProfileRow, CandidateRow, ClaimRow)
        .join(CandidateRow, CandidateRow.id == ProfileRow.candidate_id)
        .outerjoin(ClaimRow, (ClaimRow.profile_id == ProfileRow.id) & ClaimRow.state.in_(live))
        .where(
            ProfileRow.job_kind == job_kind,
            or_(
                ProfileRow.state == "listed",
                (ProfileRow.state == "claimed")
                & (ClaimRow.state.in_(AT_THE_SAME_TIME) | (ClaimRow.agency == agency)),
            ),
        )
        .order_by(ProfileRow.id)
    )
    return [
        Showable(profile=profile, candidate=candidate, claim=claim)
        for profile, candidate, claim in session.execute(query)
    ]


def pairwise_ids(session: Session, agency: str, profile_ids: Collection[str]) -> dict[str, str]:
    """Return the ids under which an agency sees these profiles, by profile id."""
    rows = session.execute(
        select(PairwiseRow.profile_id, PairwiseRow.id).where(
            PairwiseRow.agency == agency, PairwiseRow.profile_id.in_(profile_ids)
        )
    )
    return {row.profile_id: row.id for row in rows}


def add_pairwise_ids(session: Session, agency: str, drawn: Mapping[str, str]) -> None:
    """Keep ids for an agency's first sight of profiles; one that has an id keeps it.

    Args:
        drawn: a new pairwise id for each profile id.
    """
    if drawn:
        rows = [
            {"id": pairwise_id, "profile_id": profile_id, "agency": agency}
            for profile_id, pairwise_id in drawn.items()
        ]
        session.execute(_insert_new(session, PairwiseRow), rows)


def record_looks(
    session: Session, agency: str, candidate_ids: Collection[str], *, day: date, at: datetime
) -> None:
    """Keep that an agency saw these candidates' profiles; the first look of each day stands."""
    if candidate_ids:
        rows = [
            {"candidate_id": candidate_id, "agency": agency, "day": day, "at": at}
            for candidate_id in sorted(candidate_ids)
        ]
        session.execute(_insert_new(session, LookRow), rows)


def _insert_new(session: Session, kind: type[PairwiseRow | LookRow]) -> Insert:
    """Return an insert that leaves what is there already, also beside another transaction."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(kind).on_conflict_do_nothing()
    return sqlite.insert(kind).on_conflict_do_nothing()
