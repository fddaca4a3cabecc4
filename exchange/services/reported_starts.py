"""Starts of work that an agency has reported, and that the candidate has yet to confirm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from exchange.domain.organizations import Actor
from exchange.services import hires
from exchange.services.work import Work
from exchange.store import claims as claim_rows
from exchange.store import hires as rows
from exchange.store import organizations as organization_rows
from exchange.store.hires import HireRow
from exchange.store.organizations import OrganizationRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedStart:
    """One start of work, as the candidate is asked about it.

    Attributes:
        agency: the one that reports.
        hirer: the company, where it takes part in the scheme.
        number: the company's corporate number.
        name: what the agency calls the company; "" where its vacancy named no company.
    """

    hire_id: str
    agency: OrganizationRow
    hirer: OrganizationRow | None
    number: str
    name: str
    on: date


def of_candidate(work: Work, actor: Actor) -> Sequence[ReportedStart]:
    """Return the starts that a candidate could confirm at this moment, by day."""
    known = {row.slug: row for row in organization_rows.organizations(work.session)}
    return [
        ReportedStart(
            hire_id=row.id,
            agency=known[row.agency],
            hirer=organization_rows.by_corporate_number(work.session, row.hirer),
            number=row.hirer,
            name=_name(work, row),
            on=row.started_on,
        )
        for row in hires.unconfirmed(work, actor)
        if row.started_on is not None
    ]


def _name(work: Work, row: HireRow) -> str:
    """Return what the vacancy, for which the agency asked, calls the company of a hire."""
    introduced = rows.introduction(work.session, row.introduction_id, row.agency)
    claim = None if introduced is None else claim_rows.claim(work.session, introduced.claim_id)
    offered = None if claim is None else _vacancy(work, claim.vacancy_id, row.agency)
    if offered is None or offered.get("hirer") != row.hirer:
        return ""
    return str(offered.get("hirer_name", ""))


def _vacancy(work: Work, vacancy_id: str, agency: str) -> Mapping[str, object] | None:
    """Return a vacancy as its agency described it; None where it is gone."""
    row = claim_rows.vacancy(work.session, vacancy_id, agency)
    document = None if row is None else row.document
    return document if isinstance(document, Mapping) else None
