"""What a candidate allows at this moment: the consent that stands, or a refusal."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from exchange.domain.errors import ConsentMissingError
from exchange.services.work import Work, rules_now
from exchange.store import consents as rows
from exchange.store.columns import Json
from exchange.store.consents import ConsentRow
from relay_protocol import consent as protocol
from relay_protocol.consent import Consent

PUBLISH: Final = "publish"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """A standing consent, as far as others may rely on it.

    Attributes:
        attestation_id: of the version that stands, which tells what is allowed now.
    """

    consent_id: str
    attestation_id: str
    candidate_id: str
    notice: str
    modules: tuple[str, ...]
    groups: tuple[str, ...]
    until: date


def standing(work: Work, referral_id: str) -> Permission | None:
    """Return what the candidate of a referral allows now; None before, after and without."""
    row = rows.standing(work.session, referral_id)
    if row is None:
        return None
    allows = protocol.permits(_consent(row), PUBLISH, as_of=work.now, rules=rules_now(work))
    return permission_of(row) if allows else None


def require(work: Work, referral_id: str) -> Permission:
    """Return what the candidate of a referral allows now.

    Raises:
        ConsentMissingError: nothing: there is no consent, or it was withdrawn or has run out.
    """
    permission = standing(work, referral_id)
    if permission is None:
        raise ConsentMissingError(
            "The candidate has not consented, or no longer does.",
            mend="Run `relay sync` to learn which consents stand.",
            detail_ja="ご本人の同意がないか、すでに終わっています。",
            mend_ja="`relay sync` で、いま有効な同意をお確かめください。",
        )
    return permission


def permission_of(row: ConsentRow) -> Permission:
    """Return what a version of a consent allows, as it was given."""
    return Permission(
        consent_id=row.id,
        attestation_id=row.attestation_id,
        candidate_id=row.candidate_id,
        notice=row.notice,
        modules=_codes(row.modules),
        groups=_codes(row.groups),
        until=row.until,
    )


def _consent(row: ConsentRow) -> Consent:
    """Return a version of a consent as the protocol knows it."""
    return Consent(
        id=row.id,
        referral=row.referral_id,
        notice=row.notice,
        modules=_codes(row.modules),
        groups=_codes(row.groups),
        given_at=row.given_at,
        until=row.until,
    )


def _codes(listed: Json | None) -> tuple[str, ...]:
    """Return a stored list of codes."""
    return tuple(str(code) for code in listed) if isinstance(listed, list) else ()
