"""Before an identity leaves: consent, approval, claim and keys, each as the ledger has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from career_relay.application import Person
from career_relay.assets.referrals import Referral, SeenConsent
from career_relay.clock import day_in_japan
from career_relay.errors import DistrustError, NotDueError, NotReadyError
from career_relay.member import ReleaseAnswer
from career_relay.pins import Pins, Proven
from career_relay.words import Words
from relay_protocol import envelope, jwk
from relay_protocol.attestation import Attestation
from relay_protocol.canonical import Value
from relay_protocol.directory import AdmittedOrganization
from relay_protocol.encoding import b64url_encode
from relay_protocol.kinds import HUB, MAX_SEALING_KEYS

Proof = dict[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Permitted:
    """A release that everything speaks for, and what is sealed to.

    Attributes:
        consent: id of the consent that it rests on.
        approval: id of the attestation of the candidate's approval.
        keys: the agency's keys by their thumbprints, as they stand on the ledger.
    """

    claim: str
    referral: str
    agency: str
    consent: str
    approval: str
    keys: Mapping[str, EllipticCurvePublicKey]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """An envelope, and what its attestation says of it."""

    document: dict[str, Value]
    items: tuple[str, ...]
    refs: dict[str, str]
    body: dict[str, Value]


def permitted(
    answer: ReleaseAnswer, referral: Referral | None, pins: Pins, *, slug: str, now: datetime
) -> Permitted:
    """Return a release that may be made: every fact in it proven, none of it taken on trust.

    Args:
        answer: what the hub asks for.
        referral: the referral that it names, as our own store holds it.
        pins: the ledger as we know it.
        slug: our own.
        now: the instant.

    Raises:
        NotDueError: the referral is none of ours that stands consented, or the time is over.
        NotReadyError: a proof has no checkpoint yet, or the agency's keys are too new.
        DistrustError: a proof shows something else, or the agency is none that stands.
    """
    if referral is None or referral.state != "consented" or referral.consent is None:
        raise NotDueError(
            Words(
                en=f"{answer.referral} is no referral of ours with a consent.",
                ja=f"{answer.referral} は、同意のある自社の紹介ではありません。",
            )
        )
    if answer.approved_until < now:
        raise NotDueError(
            Words(en="The time for this release is over.", ja="この開示の期限は過ぎました。")
        )
    consent = _consent(_proven(pins, answer.consent_proof), referral, slug=slug, now=now)
    approval = _approval(_proven(pins, answer.approval_proof), answer)
    _bound(_proven(pins, answer.bound_proof), answer)
    agency = _agency(pins, answer.agency.slug, answer.agency.licence, day_in_japan(now))
    return Permitted(
        claim=answer.claim,
        referral=referral.referral,
        agency=agency.slug,
        consent=consent.consent,
        approval=approval.id,
        keys=_keys(pins, agency.slug, now),
    )


def seal(permission: Permitted, person: Person, envelope_id: str) -> Sealed:
    """Return a person's name and contact sealed to the agency's keys, and what to sign of it.

    Args:
        permission: what permitted() has returned.
        person: whose identity; the parts that are not recorded are left out.
        envelope_id: the id that the envelope goes by, drawn for it.

    Raises:
        EnvelopeError: there is no name, or a part is longer than an envelope takes.
    """
    told = {
        "name": person.name,
        "kana": person.kana,
        "email": person.email,
        "phone": person.phone,
    }
    identity = {item: text for item, text in told.items() if text.strip()}
    document = envelope.seal_envelope(
        identity,
        permission.keys,
        claim=permission.claim,
        approval=permission.approval,
        agency=permission.agency,
    )
    items = envelope.items_of(identity)
    return Sealed(
        document=document,
        items=items,
        refs={
            "claim": permission.claim,
            "referral": permission.referral,
            "approval": permission.approval,
            "envelope": envelope_id,
        },
        body={
            "keys": list(envelope.sealed_to(document)),
            "digest": b64url_encode(envelope.digest(document)),
            "items": list(items),
        },
    )


def proven_consent(proven: Proven, *, slug: str) -> SeenConsent | None:
    """Return the consent that a proven act of the hub has recorded; None for another act."""
    said = proven.signed.attestation
    if said.kind not in {"consent.given", "consent.changed"}:
        return None
    _require(said.by == HUB and proven.orgs == (slug,), "consent")
    modules, groups = said.body["modules"], said.body["groups"]
    _require(isinstance(modules, list) and isinstance(groups, list), "consent")
    return SeenConsent(
        consent=said.refs["consent"],
        notice=str(said.body["notice"]),
        modules=_texts(modules),
        groups=_texts(groups),
        until=date.fromisoformat(str(said.body["until"])),
        attestation=said.id,
    )


def _proven(pins: Pins, proof: Proof) -> Proven:
    """Return what a proof shows, which the hub may not have yet."""
    if proof is None:
        raise NotReadyError(
            Words(
                en="The ledger has no checkpoint for this yet.",
                ja="監査台帳の要約署名を待っています。",
            ),
            Words(en="Run `relay sync` again in a minute.", ja="1分後にもう一度実行してください。"),
        )
    return pins.prove(proof)


def _consent(proven: Proven, referral: Referral, *, slug: str, now: datetime) -> SeenConsent:
    """Return the consent of a referral, which is the one we saw, and still holds."""
    consent = proven_consent(proven, slug=slug)
    if consent is None or proven.signed.attestation.refs["referral"] != referral.referral:
        raise _another("consent")
    if consent != referral.consent:
        raise NotDueError(
            Words(
                en="The consent has changed since we last looked.",
                ja="前回の確認から、同意の内容が変わっています。",
            ),
            Words(en="Run `relay sync` again.", ja="もう一度 `relay sync` を実行してください。"),
        )
    if "publish" not in consent.modules or consent.until < day_in_japan(now):
        raise NotDueError(Words(en="The consent no longer holds.", ja="同意の期限が過ぎています。"))
    return consent


def _approval(proven: Proven, answer: ReleaseAnswer) -> Attestation:
    """Return the candidate's approval of this claim, for this agency and kind of job."""
    said = proven.signed.attestation
    _require(said.kind == "claim.approved" and said.by == HUB, "approval")
    _require(said.refs["claim"] == answer.claim, "approval")
    _require(said.body["job_kind"] == answer.job_kind, "approval")
    _require(proven.orgs == (answer.agency.slug,), "approval")
    return said


def _bound(proven: Proven, answer: ReleaseAnswer) -> None:
    """Check that the claim is on the very referral whose identity is asked for."""
    said = proven.signed.attestation
    _require(said.kind == "claim.bound" and said.by == HUB, "claim")
    _require(said.refs["claim"] == answer.claim, "claim")
    _require(said.refs["referral"] == answer.referral, "claim")


def _agency(pins: Pins, slug: str, licence: str, today: date) -> AdmittedOrganization:
    """Return an agency as the ledger has admitted it, with a licence that is valid today."""
    agency = pins.directory.organization(slug)
    if agency is None or agency.role != "agency" or agency.state != "active":
        raise _another("agency")
    if agency.licence != licence:
        raise _another("licence")
    if date.fromisoformat(agency.licence_until) < today:
        raise NotDueError(
            Words(
                en=f"The licence of {slug} ended on {agency.licence_until}.",
                ja=f"{slug} の許可は {agency.licence_until} で切れています。",
            )
        )
    return agency


def _keys(pins: Pins, slug: str, now: datetime) -> dict[str, EllipticCurvePublicKey]:
    """Return the keys that are sealed to: the newest that were seen for long enough."""
    standing = pins.directory.keys_of(slug, "seal")
    ripe = [key for key in standing if pins.may_seal_to(key, now)][-MAX_SEALING_KEYS:]
    if not ripe:
        raise NotReadyError(
            Words(
                en=f"{slug} has no sealing key that we have seen for 24 hours.",
                ja=f"{slug} に、24時間以上前から確認できている封書の鍵がありません。",
            ),
            Words(
                en="Run `relay sync` again tomorrow, or ask the agency.",
                ja="明日もう一度実行するか、紹介会社に確かめてください。",
            ),
        )
    return {key.name: jwk.to_p256_key(key.jwk) for key in ripe}


def _texts(values: Value) -> tuple[str, ...]:
    return tuple(str(value) for value in values) if isinstance(values, list) else ()


def _require(holds: bool, what: str) -> None:  # noqa: FBT001 the one thing that it asks
    """Refuse a proof that shows something else than it should."""
    if not holds:
        raise _another(what)


_WHAT: Mapping[str, Words] = {
    "consent": Words(en="consent", ja="同意"),
    "approval": Words(en="approval", ja="承諾"),
    "claim": Words(en="claim", ja="打診"),
    "agency": Words(en="agency", ja="紹介会社"),
    "licence": Words(en="licence", ja="許可番号"),
}


def _another(what: str) -> DistrustError:
    return DistrustError(
        Words(
            en="The hub asks for an identity, but the ledger shows another {what}.",
            ja="ハブは開示を求めていますが、監査台帳の{what}と合いません。",
        ).filled(what=_WHAT[what]),
        Words(
            en="Nothing was sent. Tell the office and an auditor.",
            ja="何も送っていません。事務局と監査人に知らせてください。",
        ),
    )
