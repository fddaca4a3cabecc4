"""Handing identities over: each sealed once, kept on record first, posted until it is taken."""

import json
import secrets
from dataclasses import dataclass, field
from typing import Final

from career_relay.application import Application, Person
from career_relay.assets import applications, referrals, releases
from career_relay.assets.releases import Release
from career_relay.connection import Connection
from career_relay.errors import HubRefusedError, NotDueError, NotReadyError, RelayError
from career_relay.member import Member, ReleaseAnswer
from career_relay.release import Permitted, Sealed, permitted, seal
from career_relay.words import Words
from relay_protocol import ids
from relay_protocol.errors import EnvelopeError

_SEALING: Final = Words(en="Releasing", ja="連絡先を開示しています")


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An approved claim whose identity was not handed over, and why."""

    claim: str
    referral: str
    why: RelayError


@dataclass(kw_only=True)
class Handover:
    """What became of the approved claims.

    Attributes:
        released: the records of provision of what was handed over.
        waiting: what will do later.
        refused: what was not handed over.
    """

    released: list[Release] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    refused: list[Waiting] = field(default_factory=list)


def hand_over(connection: Connection) -> Handover:
    """Release the identities that approved claims wait for, each after its own checks.

    Raises:
        DistrustError: the hub asks for what the ledger does not bear out; nothing more is sent.
        HubUnreachableError, HubAnswerError: the hub does not answer well; what was sealed is
            posted again next time.
    """
    member = Member(connection.transport, connection.attester)
    handover = Handover()
    _resume(connection, member, handover)
    for answer in connection.watch(list(member.releases()), _SEALING):
        with connection.store.reading() as rows:
            done = releases.find(rows, answer.claim) is not None
        if done:
            continue
        try:
            _send(connection, member, _sealed(connection, member, answer), handover)
        except NotReadyError as why:
            handover.waiting.append(_waiting(answer, why))
        except (NotDueError, HubRefusedError) as why:
            handover.refused.append(_waiting(answer, why))
    return handover


def _resume(connection: Connection, member: Member, handover: Handover) -> None:
    """Post again what was sealed before, and of which we do not know whether it was taken."""
    with connection.store.reading() as rows:
        unsure = [one for one in releases.every(rows) if one.message is not None]
    for release in unsure:
        try:
            _send(connection, member, release, handover)
        except HubRefusedError as why:
            # Its attestation is too old by now, or the claim over: if the claim still waits,
            # it is listed, and everything is checked and sealed anew.
            if why.problem.slug == "attestation-stale":
                continue
            handover.refused.append(
                Waiting(claim=release.claim, referral=release.referral, why=why)
            )


def _sealed(connection: Connection, member: Member, answer: ReleaseAnswer) -> Release:
    """Check and seal one identity, and keep the record of it before anything is posted."""
    with connection.store.reading() as rows:
        referral = referrals.find(rows, answer.referral)
        application = None if referral is None else applications.find(rows, referral.application)
    permission = permitted(
        answer,
        referral,
        connection.pins,
        slug=connection.config.slug,
        now=connection.now(),
    )
    envelope_id = ids.new_id("env", secrets.token_bytes(ids.ID_BYTES))
    sealed = _seal(permission, application, envelope_id)
    attested = member.attest_release(sealed.refs, sealed.body)
    message = {
        "claim": answer.claim,
        "envelope": sealed.document,
        "attestation": attested.jws,
    }
    release = Release(
        claim=answer.claim,
        referral=answer.referral,
        agency=answer.agency.slug,
        agency_name=answer.agency.name,
        licence=answer.agency.licence,
        job_kind=answer.job_kind,
        consent=permission.consent,
        approval=permission.approval,
        envelope=envelope_id,
        items=sealed.items,
        keys=tuple(permission.keys),
        digest=str(sealed.body["digest"]),
        sealed_at=connection.now(),
        message=json.dumps(message),
    )
    with connection.store.transaction() as rows:
        releases.keep(rows, release)
    return release


def _seal(permission: Permitted, application: Application | None, envelope_id: str) -> Sealed:
    """Return an application's identity sealed."""
    person = Person(name="") if application is None else application.person
    try:
        return seal(permission, person, envelope_id)
    except EnvelopeError as error:
        raise NotDueError(
            Words(
                en=f"This identity cannot be sealed: {error}.",
                ja=f"この方の連絡先を封緘できません: {error}",
            ),
            Words(
                en="Correct the record with `relay import`, and run `relay sync` again.",
                ja="`relay import` で記録を直し、もう一度 `relay sync` を実行してください。",
            ),
        ) from error


def _send(connection: Connection, member: Member, release: Release, handover: Handover) -> None:
    """Post one sealed envelope; the record says whether the hub has taken it."""
    try:
        member.release(json.loads(release.message or "{}"), once=release.envelope)
    except HubRefusedError:
        with connection.store.transaction() as rows:
            releases.drop_refused(rows, release.claim)
        raise
    with connection.store.transaction() as rows:
        releases.mark_taken(rows, release.claim, at=connection.now())
        taken = releases.find(rows, release.claim)
    if taken is not None:
        handover.released.append(taken)


def _waiting(answer: ReleaseAnswer, why: RelayError) -> Waiting:
    return Waiting(claim=answer.claim, referral=answer.referral, why=why)
