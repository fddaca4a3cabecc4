"""Admitting organizations, and the keys that they register and revoke."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from exchange.domain import organizations as rules
from exchange.domain.errors import (
    AlreadyKnownError,
    AttestationRefusedError,
    BadInputError,
    ForbiddenError,
    NotActiveError,
    NotFoundError,
)
from exchange.domain.organizations import Actor
from exchange.services import ledger, own_keys
from exchange.services.ledger import Fact
from exchange.services.scheme import attest_as_operator
from exchange.services.work import Work, local_day
from exchange.store import organizations as rows
from exchange.store.organizations import KeyRow, OrganizationRow
from relay_protocol import jwk
from relay_protocol.attestation import SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.errors import ProtocolError
from relay_protocol.kinds import OPERATORS_PURPOSES

KEY_CURVES = {"sign": "Ed25519", "seal": "P-256", "reveal": "P-256"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What an organization hands to the office to be admitted: its public key file."""

    slug: str
    role: str
    name: str
    name_en: str
    corporate_number: str
    group: str
    licence: str
    licence_until: str
    contact: str
    keys: tuple[Mapping[str, object], ...]

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "Application":
        """Return the application of a public key file's JSON.

        Raises:
            BadInputError: a field is missing or of the wrong type; it is named.
        """
        texts = {}
        for name in cls.__slots__[:-1]:
            text = document.get(name)
            if not isinstance(text, str):
                raise BadInputError(
                    f"The public key file has no text {name}.",
                    field=name,
                    mend="Make the file with `relay keys new`.",
                    detail_ja=f"公開鍵のファイルに {name} がありません。",
                    mend_ja="ファイルは `relay keys new` で作ってください。",
                )
            texts[name] = text
        keys = document.get("keys")
        if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
            raise BadInputError(
                "The public key file has no list of keys.",
                field="keys",
                detail_ja="公開鍵のファイルに鍵の一覧がありません。",
            )
        return cls(**texts, keys=tuple(keys))


def admit(work: Work, application: Application) -> OrganizationRow:
    """Admit an organization with its first signing key, as the office's act.

    The first organization after the office is active at once; every later one when another
    organization has compared the fingerprint and signed too (ledger.md, Keys). One that was
    suspended because it lost its keys comes back in the same way, with a new key; all that it
    had before end with that.

    Raises:
        AlreadyKnownError: slug, 法人番号 or key belong to an organization admitted before.
        BadInputError: a field breaks its form.
        LicenceError: an agency without a valid licence.
    """
    rules.check_application(
        role=application.role,
        corporate_number=application.corporate_number,
        group=application.group,
        licence=application.licence,
        licence_until=application.licence_until,
        on=local_day(work),
    )
    key = _signing_key(application)
    before = _require_new(work, application, jwk.thumbprint(key))
    first = before is None and not rows.organizations(work.session, state="active")[1:]
    try:
        fact = Fact(kind="org.admitted", body=_admission(application, key))
        admission_id = attest_as_operator(work, fact, orgs=(application.slug,))
    except ProtocolError as error:
        raise BadInputError(
            f"The application cannot be admitted: {error}.",
            detail_ja=f"この内容では参加を認められません。詳細(英語): {error}",
        ) from error
    row = before or OrganizationRow(
        slug=application.slug,
        role=application.role,
        corporate_number=application.corporate_number,
    )
    row.name, row.name_en = application.name, application.name_en
    row.group_number, row.contact = application.group, application.contact
    row.licence = application.licence
    row.licence_until = (
        date.fromisoformat(application.licence_until) if application.licence_until else None
    )
    row.state = "active" if first else "pending"
    row.admission_id, row.admitted_at = admission_id, work.now
    work.session.add(row)
    work.session.flush()
    for old in rows.keys(work.session, row.slug):
        old.revoked_at = work.now
    _add_key(work, application.slug, "sign", key, admission_id)
    return row


def cosign(work: Work, actor: Actor, signed: SignedAttestation) -> OrganizationRow:
    """Activate an admitted organization whose fingerprint another one compared and signed.

    Raises:
        ForbiddenError: the office, or the organization itself, would be the cosigner.
        NotActiveError: the cosigner is itself not active.
        NotFoundError: no organization was admitted by that attestation.
        AttestationRefusedError: the fingerprint is not that of the admitted key.
    """
    attestation = signed.attestation
    cosigner = _active(work, actor)
    admission = attestation.refs.get("admission", "")
    admitted = next(
        (row for row in rows.organizations(work.session) if row.admission_id == admission), None
    )
    if admitted is None or not admission:
        raise NotFoundError(
            "No organization was admitted by that attestation.",
            field="admission",
            detail_ja="その申告で参加を認められた組織はありません。",
        )
    if cosigner.role == "operator" or cosigner.slug == admitted.slug:
        raise ForbiddenError(
            "An admission is cosigned by another organization than the office and the admitted.",
            detail_ja="参加の連署は、事務局でも当の組織でもない、別の組織が行います。",
        )
    fingerprint = rows.keys(work.session, admitted.slug, purpose="sign")[0].name
    fact = Fact(
        kind="org.cosigned", refs={"admission": admission}, body={"fingerprint": fingerprint}
    )
    ledger.attest(work, signed, fact, orgs=(admitted.slug,))
    if admitted.state == "pending":
        admitted.state = "active"
    return admitted


def register_key(work: Work, actor: Actor, signed: SignedAttestation) -> KeyRow:
    """Register a further key, signed by an earlier one of the same organization.

    Raises:
        NotActiveError: the organization is not active.
        BadInputError: the key does not fit its purpose.
        AlreadyKnownError: the key was registered before by another attestation.
    """
    attestation = signed.attestation
    organization = _active(work, actor)
    purpose = str(attestation.body.get("purpose"))
    key = attestation.body.get("key")
    if purpose not in KEY_CURVES:
        if purpose in OPERATORS_PURPOSES:
            raise _at_the_hub("registered", "exchange keys rotate", ja="登録")
        raise BadInputError(
            "Passkeys are registered by confirming the person who enrolled them.",
            field="purpose",
            mend="Use `relay people confirm`.",
            detail_ja="パスキーは、登録した担当者を確認することで、鍵として登録されます。",
            mend_ja="`relay people confirm` をお使いください。",
        )
    if not isinstance(key, dict) or key.get("crv") != KEY_CURVES[purpose]:
        raise BadInputError(
            f"A key to {purpose} is of the curve {KEY_CURVES[purpose]}.",
            field="key",
            detail_ja=f"用途 {purpose} の鍵は、曲線 {KEY_CURVES[purpose]} のものです。",
        )
    fact = Fact(kind="key.registered", refs={}, body=dict(attestation.body))
    recorded = ledger.attest(work, signed, fact, orgs=(organization.slug,))
    public = jwk.from_key(jwk.to_key(key))
    existing = rows.key(work.session, jwk.thumbprint(public))
    if recorded.known and existing is not None:
        return existing
    if existing is not None or own_keys.is_own(work, jwk.thumbprint(public)):
        raise AlreadyKnownError(
            "This key was registered before.",
            field="key",
            detail_ja="この鍵はすでに登録されています。",
        )
    return _add_key(work, organization.slug, purpose, public, recorded.id)


def revoke_key(work: Work, actor: Actor, signed: SignedAttestation) -> KeyRow:
    """Revoke one of the organization's own keys; nothing signed by it later counts.

    Raises:
        NotFoundError: the organization has no such key.
        AttestationRefusedError: the key would revoke itself, though no other one stands.
    """
    attestation = signed.attestation
    rows.locked(work.session, actor.slug, for_change=True)
    organization = _active(work, actor)
    name = str(attestation.body.get("kid"))
    key = rows.key(work.session, name)
    if key is None or key.slug != organization.slug:
        raise NotFoundError(
            "The organization has no key of that name.",
            field="kid",
            detail_ja="この組織に、その名前の鍵はありません。",
        )
    if key.purpose in OPERATORS_PURPOSES:
        raise _at_the_hub("revoked", "exchange keys retire", ja="失効")
    others = [row for row in rows.keys(work.session, key.slug, purpose="sign") if row.name != name]
    if key.purpose == "sign" and not others:
        raise AttestationRefusedError(
            "The last signing key cannot be revoked.",
            field="kid",
            mend="Register the next signing key first.",
            detail_ja="最後に残った署名用の鍵は、失効させられません。",
            mend_ja="先に次の署名用の鍵を登録してください。",
        )
    fact = Fact(kind="key.revoked", body={"kid": name})
    ledger.attest(work, signed, fact, orgs=(organization.slug,))
    if key.revoked_at is None:
        key.revoked_at = work.now
    return key


def suspend(work: Work, slug: str, reason: str) -> OrganizationRow:
    """Suspend an organization, as the office's act; its tokens stop at once.

    Raises:
        NotFoundError: there is no such organization.
    """
    row = rows.locked(work.session, slug, for_change=True)
    if row is None or row.role == "operator":
        raise NotFoundError(
            "There is no such organization.", field="slug", detail_ja="その組織はありません。"
        )
    fact = Fact(kind="org.suspended", body={"slug": slug, "reason": reason})
    attest_as_operator(work, fact, orgs=(slug,))
    row.state = "suspended"
    return row


def _at_the_hub(done: str, how: str, *, ja: str) -> ForbiddenError:
    """Return the refusal of what is done on the hub's own machine, where its keys are."""
    return ForbiddenError(
        f"Keys of the log and of the hub are {done} by the office at the hub itself.",
        mend=f"`{how}`",
        detail_ja=f"台帳とハブの鍵の{ja}は、事務局がハブで行います。",
        mend_ja=f"`{how}`",
    )


def _active(work: Work, actor: Actor) -> OrganizationRow:
    """Return the actor's organization, which must be active."""
    row = rows.organization(work.session, actor.slug)
    if row is None or row.state != "active":
        raise NotActiveError(
            "The organization is not active yet, or suspended.",
            detail_ja="この組織は、参加の連署を待っているか、停止中です。",
        )
    return row


def _signing_key(application: Application) -> jwk.Jwk:
    """Return the one signing key of an application."""
    for key in application.keys:
        members = key.get("jwk")
        if key.get("purpose") == "sign" and isinstance(members, dict):
            try:
                return jwk.from_key(jwk.to_signing_key(members))
            except ProtocolError as error:
                raise BadInputError(
                    f"The signing key cannot be used: {error}.",
                    field="keys",
                    detail_ja=f"署名用の鍵が使えません。詳細(英語): {error}",
                ) from error
    raise BadInputError(
        "The public key file has no key to sign with.",
        field="keys",
        detail_ja="公開鍵のファイルに署名用の鍵がありません。",
    )


def _require_new(work: Work, application: Application, kid: str) -> OrganizationRow | None:
    """Refuse what would stand for two organizations; return the one that comes back, if one does.

    Whoever was suspended comes back under the same slug, number and role, with another key.
    """
    known = rows.locked(work.session, application.slug, for_change=True)
    numbered = rows.by_corporate_number(work.session, application.corporate_number)
    returns = (
        known is not None
        and known is numbered
        and (known.state, known.role) == ("suspended", application.role)
    )
    taken = {
        "slug": None if returns else known,
        "corporate_number": None if returns else numbered,
        "keys": rows.key(work.session, kid),
    }
    for name, row in taken.items():
        if row is not None:
            raise AlreadyKnownError(
                f"An organization with this {name} was admitted.",
                field=name,
                detail_ja=f"同じ {name} の組織の参加が、すでに認められています。",
            )
    if own_keys.is_own(work, kid):
        raise AlreadyKnownError(
            "This key is one of the hub's own.",
            field="keys",
            detail_ja="この鍵は、ハブ自身の鍵です。",
        )
    return known if returns else None


def _admission(application: Application, key: jwk.Jwk) -> dict[str, Value]:
    """Return the body of `org.admitted`."""
    return {
        "slug": application.slug,
        "role": application.role,
        "corporate_number": application.corporate_number,
        "group": application.group,
        "licence": application.licence,
        "licence_until": application.licence_until,
        "key": dict(key),
    }


def _add_key(work: Work, slug: str, purpose: str, key: jwk.Jwk, attestation_id: str) -> KeyRow:
    """Add the row of a key."""
    row = KeyRow(
        name=jwk.thumbprint(key),
        slug=slug,
        purpose=purpose,
        jwk=key,
        user_id=None,
        attestation_id=attestation_id,
        registered_at=work.now,
        revoked_at=None,
    )
    work.session.add(row)
    work.session.flush()
    return row
