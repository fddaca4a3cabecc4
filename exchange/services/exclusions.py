"""Who must never see a candidate: kept under the candidate's key, asked at every match."""

from exchange.domain.exclusions import Company, Exclusions
from exchange.services import sealing
from exchange.services.work import Work
from exchange.store import candidates as candidate_rows
from exchange.store.candidates import CandidateRow
from exchange.store.organizations import OrganizationRow
from exchange.vault.person_keys import PersonKey


def read(work: Work, candidate_id: str) -> Exclusions:
    """Return whom a candidate has excluded; nobody where the candidate is gone."""
    row = candidate_rows.candidate(work.session, candidate_id)
    if row is None or row.sealed_exclusions is None:
        return Exclusions()
    key = sealing.key_of(work, candidate_id)
    return Exclusions.from_document(sealing.opened(key, sealing.EXCLUSIONS, row.sealed_exclusions))


def keep(row: CandidateRow, key: PersonKey, exclusions: Exclusions) -> None:
    """Keep whom a candidate excludes, in place of what was kept before."""
    row.sealed_exclusions = sealing.sealed(key, sealing.EXCLUSIONS, exclusions.document())


def company_of(organization: OrganizationRow) -> Company:
    """Return an organization as far as a candidate can exclude it."""
    return Company(
        corporate_number=organization.corporate_number,
        group_number=organization.group_number,
        names=(organization.name, organization.name_en),
    )
