"""Opening the scheme, and adopting its rules and notices on the ledger."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from exchange.domain.errors import AlreadyKnownError, BadInputError
from exchange.services import ledger, own_keys
from exchange.services.ledger import Fact
from exchange.services.work import Scheme, Work, load_scheme, read_adoptions_again
from exchange.store.organizations import KeyRow, OrganizationRow
from exchange.store.scheme import NoticeRow, RulesRow, SchemeRow
from exchange.store.scheme import notice as notice_row
from exchange.vault.keyring import Keyring
from relay_protocol import canonical, jwk, note
from relay_protocol.attestation import sign_jws
from relay_protocol.encoding import b64url_encode
from relay_protocol.grammar import is_corporate_number
from relay_protocol.rules import Rules


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What the consortium decides before its scheme opens."""

    name: str
    name_en: str
    web_origin: str
    operator: str
    operator_number: str
    contact: str
    demo: bool


def open_scheme(session: Session, keyring: Keyring, opening: Opening, now: datetime) -> Work:
    """Write entry 0, `scheme.opened`, and return the first unit of work of the scheme.

    Raises:
        AlreadyKnownError: this database holds a scheme already.
        BadInputError: the office's corporate number does not check.
    """
    if load_scheme(session) is not None:
        raise AlreadyKnownError(
            "This database holds a scheme already.",
            detail_ja="このデータベースには、すでに制度があります。",
        )
    if not is_corporate_number(opening.operator_number):
        raise BadInputError(
            f"{opening.operator_number} is no corporate number.",
            field="corporate-number",
            mend="Write the 13 digits as they were assigned.",
            detail_ja=f"{opening.operator_number} は法人番号ではありません。",
            mend_ja="指定された13桁の番号をそのまま指定してください。",
        )
    address = urlsplit(opening.web_origin)
    origin = f"{address.netloc}/ledger"
    signer = note.SignerKey(name=origin, kind=note.ED25519, private_key=keyring.signing["log"])
    vkey = signer.verifier.encode()
    operator_key = jwk.from_key(keyring.signing["operator"].public_key())
    hub_key = jwk.from_key(keyring.signing["hub"].public_key())
    scheme = Scheme(
        name=opening.name,
        name_en=opening.name_en,
        origin=origin,
        web_origin=opening.web_origin,
        rp_id=address.hostname or "",
        operator=opening.operator,
        ledger_vkey=vkey,
        demo=opening.demo,
    )
    work = Work(session=session, keyring=keyring, scheme=scheme, now=now)
    _add_scheme(work, opening, operator_key)
    attest_as_operator(
        work,
        Fact(
            kind="scheme.opened",
            body={
                "demo": scheme.demo,
                "origin": origin,
                "web_origin": scheme.web_origin,
                "rp_id": scheme.rp_id,
                "operator": scheme.operator,
                "keys": {"operator": dict(operator_key), "hub": dict(hub_key), "log": vkey},
            },
        ),
    )
    return work


def attest_as_operator(work: Work, fact: Fact, *, orgs: tuple[str, ...] = (), but: str = "") -> str:
    """Attest an act of the consortium's office with its own key; return the attestation's id.

    Args:
        but: a key that shall not sign it, because this act revokes it.
    """
    attestation = ledger.new_attestation(work, fact, by=work.scheme.operator)
    signed = sign_jws(attestation, own_keys.signing_key(work, own_keys.OPERATOR, but=but))
    return ledger.attest(work, signed, fact, orgs=orgs).id


def adopt_rules(work: Work, document: Mapping[str, object], valid_from: date) -> Rules:
    """Adopt a version of the rules, valid from a date on; return it.

    Raises:
        RulesError: the document is not one of rules; it names the field.
        AlreadyKnownError: this version was adopted before.
    """
    rules = Rules.from_document(document)
    numbers = canonical.decode(canonical.encode(rules.document()))
    if work.session.get(RulesRow, rules.version) is not None:
        raise AlreadyKnownError(
            f"Rules {rules.version} were adopted before.",
            mend="Give the new numbers a new version.",
            detail_ja=f"規約の数値 {rules.version} は、すでに採択されています。",
            mend_ja="新しい数値には新しい版の名前を付けてください。",
        )
    attest_as_operator(
        work,
        Fact(
            kind="rules.adopted",
            body={
                "version": rules.version,
                "valid_from": valid_from.isoformat(),
                "digest": b64url_encode(rules.digest()),
                "rules": numbers,
            },
        ),
    )
    work.session.add(
        RulesRow(
            version=rules.version,
            valid_from=valid_from,
            document=numbers,
            adopted_at=work.now,
        )
    )
    work.session.flush()
    read_adoptions_again(work.session)
    return rules


def adopt_notice(work: Work, version: str, *, ja: str, en: str) -> None:
    """Adopt a version of the notice that candidates read before they decide.

    Raises:
        AlreadyKnownError: this version was adopted before; notices never change.
        BadInputError: one of the two languages is empty.
    """
    if notice_row(work.session, version) is not None:
        raise AlreadyKnownError(
            f"Notice {version} was adopted before.",
            mend="Give the new text a new version.",
            detail_ja=f"説明文 {version} は、すでに採択されています。",
            mend_ja="新しい文には新しい版の名前を付けてください。",
        )
    for language, text in (("ja", ja), ("en", en)):
        if not text.strip():
            raise BadInputError(
                f"The notice has no text in {language}.",
                field=language,
                detail_ja=f"説明文({language})が空です。",
            )
    digests = {
        language: b64url_encode(hashlib.sha256(text.encode()).digest())
        for language, text in (("ja", ja), ("en", en))
    }
    attest_as_operator(work, Fact(kind="notice.adopted", body={"version": version, **digests}))
    work.session.add(NoticeRow(version=version, ja=ja, en=en, adopted_at=work.now))
    work.session.flush()


def _add_scheme(work: Work, opening: Opening, operator_key: jwk.Jwk) -> None:
    """Add the rows of the scheme and of its office, before anything is attested."""
    scheme = work.scheme
    work.session.add(
        SchemeRow(
            origin=scheme.origin,
            name=scheme.name,
            name_en=scheme.name_en,
            web_origin=scheme.web_origin,
            rp_id=scheme.rp_id,
            operator=scheme.operator,
            ledger_vkey=scheme.ledger_vkey,
            demo=scheme.demo,
            opened_at=work.now,
        )
    )
    work.session.add(
        OrganizationRow(
            slug=scheme.operator,
            role="operator",
            name=scheme.name,
            name_en=scheme.name_en,
            corporate_number=opening.operator_number,
            group_number=opening.operator_number,
            licence="",
            licence_until=None,
            contact=opening.contact,
            state="active",
            admission_id="",
            admitted_at=work.now,
        )
    )
    work.session.flush()
    work.session.add(
        KeyRow(
            name=jwk.thumbprint(operator_key),
            slug=scheme.operator,
            purpose="sign",
            jwk=dict(operator_key),
            user_id=None,
            attestation_id="",
            registered_at=work.now,
            revoked_at=None,
        )
    )
    work.session.flush()
