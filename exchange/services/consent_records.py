"""The versions of a consent as they are kept: what each may say, recorded and ended."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from exchange.domain.errors import BadInputError, NotFoundError
from exchange.domain.organizations import Actor
from exchange.services import ledger, permissions
from exchange.services.ledger import Fact
from exchange.services.permissions import Permission
from exchange.services.work import Work, local_day
from exchange.store import consents as rows
from exchange.store import referrals as referral_rows
from exchange.store.consents import ConsentRow
from exchange.store.referrals import ReferralRow
from relay_protocol.canonical import Value
from relay_protocol.codes import GROUPS
from relay_protocol.consent import MAX_MONTHS
from relay_protocol.rules import add_months

CHOICES: Final = ("exception", "outcome")
"""The modules that a candidate may add today; what the hub cannot do yet, it does not ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What one version of a consent says."""

    notice: str
    modules: tuple[str, ...]
    groups: tuple[str, ...]
    until: date

    @classmethod
    def of(cls, permission: Permission) -> "Terms":
        """Return what a version of a consent says that stands already."""
        return cls(
            notice=permission.notice,
            modules=permission.modules,
            groups=permission.groups,
            until=permission.until,
        )


def last_day(work: Work) -> date:
    """Return the last day of a consent given today."""
    return add_months(local_day(work), MAX_MONTHS)


def checked_groups(groups: Collection[str]) -> tuple[str, ...]:
    """Return chosen groups in their order; at least one, and none that there is not."""
    if not groups:
        raise BadInputError(
            "Choose at least one thing that agencies may see.",
            field="groups",
            detail_ja="紹介会社に見せる項目を、一つ以上お選びください。",
        )
    if not set(groups) <= set(GROUPS):
        raise BadInputError("There is no such group of fields.", field="groups")
    return tuple(group for group in GROUPS if group in groups)


def checked_modules(modules: Collection[str]) -> tuple[str, ...]:
    """Return chosen modules in their order, to be shown at all first."""
    if not set(modules) <= {*CHOICES, permissions.PUBLISH}:
        raise BadInputError("The notice does not offer this choice.", field="modules")
    return (permissions.PUBLISH, *(module for module in CHOICES if module in modules))


def record(
    work: Work,
    kind: str,
    referral: ReferralRow,
    candidate_id: str,
    consent_id: str,
    terms: Terms,
) -> Permission:
    """Attest a version of a consent and keep it; return what it allows."""
    body: dict[str, Value] = {
        "notice": terms.notice,
        "modules": list(terms.modules),
        "groups": list(terms.groups),
        "until": terms.until.isoformat(),
    }
    fact = Fact(kind=kind, refs={"consent": consent_id, "referral": referral.id}, body=body)
    recorded = ledger.attest_as_hub(work, fact, orgs=(referral.origin,), candidate_id=candidate_id)
    row = ConsentRow(
        attestation_id=recorded.id,
        id=consent_id,
        referral_id=referral.id,
        candidate_id=candidate_id,
        notice=terms.notice,
        modules=list(terms.modules),
        groups=list(terms.groups),
        given_at=work.now,
        until=terms.until,
        ended_at=None,
        ended_by=None,
    )
    work.session.add(row)
    work.session.flush()
    return permissions.permission_of(row)


def end(work: Work, referral_id: str, ended_by: str) -> ConsentRow | None:
    """End the consent that nobody has ended yet; return it, or None where there is none."""
    row = rows.standing(work.session, referral_id)
    if row is not None:
        row.ended_at = work.now
        row.ended_by = ended_by
        work.session.flush()
    return row


def referral_of(work: Work, actor: Actor) -> ReferralRow:
    """Return the referral through which a candidate came."""
    row = referral_rows.of_candidate(work.session, actor.candidate_id)
    if row is None:
        raise NotFoundError("There is no such page.", detail_ja="このページはありません。")
    return row
