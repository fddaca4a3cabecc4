"""What has come back: receipts of the organization's own acts, and the candidates who said yes."""

import json
from dataclasses import dataclass, field
from typing import Literal

from career_relay.assets import receipts, referrals
from career_relay.assets.receipts import Receipt
from career_relay.assets.referrals import Referral, SeenConsent
from career_relay.connection import Connection
from career_relay.errors import DistrustError
from career_relay.member import ConsentAnswer, Member, ReferralAnswer
from career_relay.organization import Organization
from career_relay.pins import Proven
from career_relay.receipts import collect
from career_relay.receipts import erased as forget_open
from career_relay.release import proven_consent
from career_relay.words import Words
from relay_protocol.attestation import SignedAttestation
from relay_protocol.entry import Entry, Reveal
from relay_protocol.proof import Proof

Ended = Literal["withdrawn", "expired", "erased"]


@dataclass(kw_only=True)
class Answers:
    """What was new.

    Attributes:
        receipts: how many proofs were checked and kept.
        consented: referrals whose consent is new or has changed.
        ended: referrals that may not be used any more.
        unproven: referrals whose consent waits for its checkpoint.
    """

    receipts: int = 0
    consented: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)


def take_answers(connection: Connection) -> Answers:
    """Bring our referrals up to what their candidates have answered.

    A consent counts once its proof is at hand and says the same as the hub; a withdrawal counts
    at once, whichever of the two tells of it.

    Raises:
        DistrustError: the hub tells of another consent than the ledger holds.
    """
    member = Member(connection.transport, connection.attester)
    news = Answers()
    collected = collect(connection)
    news.receipts = len(collected)
    withdrawn = {
        proven.signed.attestation.refs["referral"]
        for proven in collected
        if proven.signed.attestation.kind == "consent.withdrawn"
    }
    for answer in member.referrals():
        with connection.store.reading() as rows:
            ours = referrals.find(rows, answer.referral)
        if ours is None or ours.state in {"withdrawn", "erased"}:
            continue
        if answer.state == "withdrawn" or answer.referral in withdrawn:
            withdrawn.add(answer.referral)
        elif answer.state != "consented":
            if _end(connection, answer.referral, "expired"):
                news.ended.append(answer.referral)
        elif answer.consent is not None:
            _take_consent(connection, ours, answer, answer.consent, news)
    for referral in sorted(withdrawn):
        if _end(connection, referral, "withdrawn"):
            news.ended.append(referral)
    return news


def take_tellings(connection: Connection) -> list[str]:
    """Do what the hub must tell us of, and acknowledge it; return the erased referrals."""
    organization = Organization(connection.transport, connection.attester)
    erased = []
    for telling in organization.tellings():
        if telling.about == "erased":
            forget_open(connection, telling.reference)
            if _end(connection, telling.reference, "erased"):
                erased.append(telling.reference)
        if telling.about == "withdrawn":
            _end(connection, telling.reference, "withdrawn")
        organization.acknowledge(telling)
    return erased


def _take_consent(
    connection: Connection,
    ours: Referral,
    answer: ReferralAnswer,
    told: ConsentAnswer,
    news: Answers,
) -> None:
    """Note a consent that is new to us, once its proof says the same."""
    if ours.consent is not None and ours.consent.attestation == told.attestation:
        return
    with connection.store.reading() as rows:
        receipt = receipts.find(rows, told.attestation)
    if receipt is None:
        news.unproven.append(answer.referral)
        return
    proven = _proven_before(receipt)
    consent = proven_consent(proven, slug=connection.config.slug)
    same_referral = proven.signed.attestation.refs.get("referral") == answer.referral
    if consent is None or not same_referral or not _agree(consent, told):
        raise DistrustError(
            Words(
                en=f"The hub tells of another consent for {answer.referral} than the ledger.",
                ja=f"{answer.referral} の同意が、ハブと監査台帳とで違います。",
            )
        )
    with connection.store.transaction() as rows:
        referrals.see_consent(rows, ours.referral, consent, at=connection.now())
    news.consented.append(ours.referral)


def _proven_before(receipt: Receipt) -> Proven:
    """Return what a receipt shows, which was checked when it was kept."""
    proof = Proof.from_document(json.loads(receipt.proof))
    return Proven(
        seq=receipt.seq or 0,
        orgs=Entry.decode(proof.entry).orgs,
        signed=SignedAttestation(wire=Reveal.decode(receipt.reveal).signed),
    )


def _agree(consent: SeenConsent, told: ConsentAnswer) -> bool:
    """Return whether hub and ledger tell of the same consent."""
    return (consent.consent, consent.notice, consent.modules, consent.groups, consent.until) == (
        told.id,
        told.notice,
        told.modules,
        told.groups,
        told.until,
    )


def _end(connection: Connection, referral: str, state: Ended) -> bool:
    """Stop using a referral, and return whether it was in use."""
    with connection.store.transaction() as rows:
        ours = referrals.find(rows, referral)
        if ours is None or ours.state in {state, "erased"}:
            return False
        referrals.mark_ended(rows, referral, state)
    return True
