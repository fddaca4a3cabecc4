"""Releases: the identity goes, sealed by its origin, to the one agency that was approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from exchange.domain.errors import (
    AlreadyKnownError,
    BadInputError,
    ForbiddenError,
    NotFoundError,
)
from exchange.domain.organizations import Actor
from exchange.services import claims, ledger, permissions, steps
from exchange.services.ledger import Fact
from exchange.services.work import Work
from exchange.store import candidates as candidate_rows
from exchange.store import claims as rows
from exchange.store import consents as consent_rows
from exchange.store import organizations as organization_rows
from exchange.store import referrals as referral_rows
from exchange.store.claims import ClaimRow, EnvelopeRow
from exchange.store.columns import Json
from exchange.store.organizations import KeyRow, OrganizationRow
from relay_protocol import envelope as envelopes
from relay_protocol import relay
from relay_protocol.attestation import SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import EnvelopeError
from relay_protocol.proof import Proof

KEPT_FOR: Final = timedelta(days=7)
"""How long the hub carries an envelope, from its release on."""
BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An approved claim that waits for its origin's envelope, with what the origin checks.

    Attributes:
        release_by: until when the origin may release.
        consent_proof: shows the standing consent in the ledger.
        bound_proof: shows that the claim is on this referral.
        approval_proof: shows the candidate's approval.
    """

    claim: ClaimRow
    agency: OrganizationRow
    sealing_keys: Sequence[KeyRow]
    release_by: datetime
    consent_proof: Proof
    bound_proof: Proof
    approval_proof: Proof


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """An envelope that was sent to an agency, and where it comes from."""

    envelope: EnvelopeRow
    claim: ClaimRow
    origin: OrganizationRow

    @property
    def kept_until(self) -> datetime:
        """When the hub deletes what is sealed."""
        return self.envelope.released_at + KEPT_FOR


def waiting(
    work: Work, actor: Actor, *, after: str = "", limit: int = 100
) -> tuple[list[Waiting], str | None]:
    """Return a page of the approved claims on an origin's referrals, and where it ends.

    A claim whose proofs have no checkpoint yet comes with a later call; one whose time is over,
    or whose consent, does not come any more.
    """
    page = rows.awaiting_release(work.session, actor.slug, after, limit)
    found = [one for row in page if (one := _waiting(work, row)) is not None]
    return found, page[-1].id if len(page) == limit else None


def accept(
    work: Work,
    actor: Actor,
    signed: SignedAttestation,
    claim_id: str,
    envelope: Mapping[str, Value],
) -> EnvelopeRow:
    """Take the envelope that an origin has sealed to the approved agency.

    The same attestation again returns the same envelope.

    Raises:
        NotFoundError: no claim of that id is on a referral of this origin.
        BadInputError: the envelope is malformed, or sealed for something else.
        ConsentMissingError: the consent was withdrawn or has run out.
        DeadlinePassedError: the hours for the release are over.
        StepRefusedError: the claim was not approved, or is over.
        AttestationRefusedError: the attestation does not state this release.
    """
    row = _of_origin(work, actor, claim_id)
    kids = _checked(row, envelope)
    envelope_id = steps.ref(signed, "envelope")
    fact = Fact(
        kind="identity.released",
        refs={
            "claim": row.id,
            "referral": row.referral_id,
            "approval": row.approval_attestation or "",
            "envelope": envelope_id,
        },
        body={
            "keys": list(kids),
            "digest": b64url_encode(envelopes.digest(envelope)),
            # What is inside only the origin knows; its form is checked with the attestation.
            "items": signed.attestation.body.get("items"),
        },
    )
    orgs = tuple(sorted((row.agency, actor.slug)))
    recorded = steps.attest(work, actor, signed, fact, orgs=orgs, candidate_id=row.candidate_id)
    existing = rows.envelope_of_claim(work.session, row.id)
    if recorded.known and existing is not None:
        return existing
    _require_sealing_keys(work, row.agency, kids)
    rules = steps.rules_of(work, row.referral_id)
    with steps.taken("claim"):
        released = relay.release(steps.claim_of(work, row), at=steps.moment(work), rules=rules)
    permissions.require(work, row.referral_id)
    if work.session.get(EnvelopeRow, envelope_id) is not None:
        raise AlreadyKnownError("This id stands for another envelope.", field="attestation")
    steps.keep_claim(row, released)
    row.release_attestation = recorded.id
    carried = EnvelopeRow(
        id=envelope_id,
        claim_id=row.id,
        agency=row.agency,
        # Its form is checked: texts, one number and lists of them, as every JSON column holds.
        document=cast("Json", dict(envelope)),
        released_at=steps.moment(work),
    )
    work.session.add(carried)
    work.session.flush()
    return carried


def carried(work: Work, actor: Actor, envelope_id: str) -> Carried:
    """Return an envelope that was sent to an agency, without opening anything.

    Raises:
        NotFoundError: none of that id was sent to it; another agency's looks the same.
    """
    row = rows.envelope(work.session, envelope_id, actor.slug)
    if row is None:
        raise _no_envelope()
    return read(work, row)


def read(work: Work, row: EnvelopeRow) -> Carried:
    """Return an envelope with the claim that it answers and the company that it comes from."""
    claim = rows.claim(work.session, row.claim_id)
    referral = None if claim is None else referral_rows.referral(work.session, claim.referral_id)
    origin = (
        None if referral is None else organization_rows.organization(work.session, referral.origin)
    )
    if claim is None or origin is None:
        raise _no_envelope()
    return Carried(envelope=row, claim=claim, origin=origin)


def contents(work: Work, found: Carried) -> Json | None:
    """Return what is sealed, once the agency has confirmed where it comes from; else None.

    After seven days it is gone from here; then None is all there is.
    """
    kept = work.now < found.kept_until and found.claim.state == "released"
    return found.envelope.document if kept and found.envelope.opened_at is not None else None


def receiving(found: Carried) -> Fact:
    """Return what an agency signs to confirm where an envelope comes from."""
    return Fact(
        kind="identity.received",
        refs={"claim": found.claim.id, "release": found.claim.release_attestation or ""},
        body={"provenance": True},
    )


def receive(work: Work, actor: Actor, signed: SignedAttestation, envelope_id: str) -> Carried:
    """Record that an agency confirmed where an envelope comes from; then it can be opened.

    Nothing is deleted yet. The same attestation again changes nothing.

    Raises:
        NotFoundError: no envelope of that id was sent to the agency.
        ForbiddenError: the provenance is not confirmed (APPI, article 30).
        StepRefusedError: it was received already, or the claim is over.
    """
    found = carried(work, actor, envelope_id)
    candidate_rows.locked(work.session, found.claim.candidate_id)
    row = rows.locked(work.session, found.claim.id)
    if row is None:
        raise _no_envelope()
    work.session.refresh(found.envelope)
    if signed.attestation.body.get("provenance") is not True:
        raise ForbiddenError(
            "An envelope is opened only by who confirms where it comes from.",
            field="attestation",
            mend="Confirm the provenance, or end the claim.",
            detail_ja="提供元の確認をしないと、封書は開けません。",
            mend_ja="提供の経緯を確認するか、打診を終了してください。",
        )
    orgs = tuple(sorted((row.agency, found.origin.slug)))
    recorded = steps.attest(
        work, actor, signed, receiving(found), orgs=orgs, candidate_id=row.candidate_id
    )
    if recorded.known:
        return found
    with steps.taken():
        received = relay.receive(steps.claim_of(work, row), at=steps.moment(work))
    found.envelope.opened_at = received.received_at
    row.receipt_attestation = recorded.id
    work.session.flush()
    return found


def forget_due(work: Work) -> int:
    """Empty the envelopes that have been carried for seven days; return how many there were."""
    due = rows.held_envelopes(work.session, work.now - KEPT_FOR, BATCH)
    for row in due:
        row.document = None
    work.session.flush()
    return len(due)


def _waiting(work: Work, row: ClaimRow) -> Waiting | None:
    """Return what an origin needs for a release; None while or when it cannot be made."""
    agency = organization_rows.organization(work.session, row.agency)
    release_by = claims.due_at(work, row)
    consent = consent_rows.standing(work.session, row.referral_id)
    allowed = permissions.standing(work, row.referral_id)
    if agency is None or agency.state != "active" or consent is None or allowed is None:
        return None
    if release_by is None or release_by < steps.moment(work):
        return None
    consent_proof, bound_proof, approval_proof = ledger.proofs_of(
        work,
        (consent.attestation_id, row.bound_attestation, row.approval_attestation or ""),
    )
    if consent_proof is None or bound_proof is None or approval_proof is None:
        return None
    return Waiting(
        claim=row,
        agency=agency,
        sealing_keys=organization_rows.keys(work.session, row.agency, purpose="seal"),
        release_by=release_by,
        consent_proof=consent_proof,
        bound_proof=bound_proof,
        approval_proof=approval_proof,
    )


def _of_origin(work: Work, actor: Actor, claim_id: str) -> ClaimRow:
    """Return a claim on a referral of an origin, its candidate and itself locked."""
    candidate_id = rows.candidate_of(work.session, claim_id)
    if candidate_id is not None:
        candidate_rows.locked(work.session, candidate_id)
    row = rows.locked(work.session, claim_id)
    referral = None if row is None else referral_rows.referral(work.session, row.referral_id)
    # Before the approval the origin knows of no claim, and learns of none here.
    told = row is not None and row.approval_attestation is not None
    if row is None or referral is None or referral.origin != actor.slug or not told:
        raise NotFoundError(
            "No claim of that id waits for this organization.",
            field="claim",
            detail_ja="この打診はありません。",
        )
    return row


def _checked(row: ClaimRow, envelope: Mapping[str, Value]) -> tuple[str, ...]:
    """Return the keys that an envelope is sealed to, after checking what it says of itself."""
    try:
        envelopes.check_envelope(envelope)
    except EnvelopeError as error:
        raise BadInputError(
            f"This is no envelope: {error}.",
            field="envelope",
            detail_ja="封書の形式が正しくありません。",
        ) from error
    meant = {
        "claim": row.id,
        "approval": row.approval_attestation,
        "agency": row.agency,
    }
    for name, value in meant.items():
        if envelope[name] != value:
            raise BadInputError(
                f"The envelope is sealed for another {name}.",
                field=f"envelope/{name}",
                detail_ja="別の打診のための封書です。",
            )
    return envelopes.sealed_to(envelope)


def _require_sealing_keys(work: Work, agency: str, kids: Sequence[str]) -> None:
    """Refuse an envelope that somebody else than the agency could open, or with a revoked key."""
    valid = {key.name for key in organization_rows.keys(work.session, agency, purpose="seal")}
    for index, kid in enumerate(kids):
        if kid not in valid:
            raise BadInputError(
                "The envelope is sealed to a key that is none of the agency's.",
                field=f"envelope/sealed/{index}",
                mend="Fetch the release again, and seal to the keys that stand now.",
                detail_ja="紹介会社の有効な鍵ではないものに封緘されています。",
                mend_ja="開示の一覧を取得し直し、いま有効な鍵で封緘してください。",
            )


def _no_envelope() -> NotFoundError:
    """Return the one refusal of an envelope that an agency does not see."""
    return NotFoundError(
        "No such envelope was sent to the agency.", detail_ja="この封書はありません。"
    )
