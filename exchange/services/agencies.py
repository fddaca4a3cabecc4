"""What every act of an agency begins with: it is active, and its licence stands today."""

from exchange.domain.errors import ForbiddenError, NotActiveError
from exchange.domain.organizations import Actor, check_licence
from exchange.services.work import Work, local_day
from exchange.store import organizations as organization_rows
from exchange.store.organizations import OrganizationRow


def licensed(work: Work, actor: Actor) -> OrganizationRow:
    """Return the agency that acts, or for which a person acts.

    Raises:
        ForbiddenError: the actor is no agency.
        NotActiveError: the agency is not admitted yet, or is suspended.
        LicenceError: its licence is over (Employment Security Act, article 30).
    """
    row = organization_rows.organization(work.session, actor.slug)
    if row is None or row.role != "agency":
        raise ForbiddenError("This is for agencies only.", detail_ja="紹介会社のための操作です。")
    if row.state != "active":
        raise NotActiveError(
            "The agency is not admitted yet, or is suspended.",
            detail_ja="紹介会社が未承認か、停止中です。",
        )
    until = "" if row.licence_until is None else row.licence_until.isoformat()
    check_licence(row.licence, until, local_day(work))
    return row
