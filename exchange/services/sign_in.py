"""Who is at the portal, and the acts that they sign there with their passkey."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes

from exchange.domain.errors import (
    ActEndedError,
    BadInputError,
    PasskeyRefusedError,
    SignInNeededError,
)
from exchange.domain.organizations import Actor
from exchange.services import passkeys
from exchange.services.ledger import Fact, new_attestation
from exchange.services.passkeys import Assertion, Passkey
from exchange.services.people import CHALLENGE_STANDS, CONFIRMED, TOKEN_BYTES, passkey_of
from exchange.services.work import Work
from exchange.store import organizations as organization_rows
from exchange.store import people as rows
from exchange.store.columns import Json
from exchange.store.organizations import OrganizationRow
from exchange.store.people import ChallengeRow, PendingActRow, PersonRow
from relay_protocol import jwk
from relay_protocol.attestation import Attestation, SignedAttestation, challenge, from_assertion
from relay_protocol.encoding import b64url_decode
from relay_protocol.errors import AttestationError, ProtocolError

SIGN_IN = "sign-in"
ACT_STANDS = timedelta(minutes=5)
"""How long an act waits to be signed: as long as its attestation is fresh (ledger.md §1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person who is signed in, and whom their organization still stands for.

    Attributes:
        since: when they signed in.
    """

    actor: Actor
    since: datetime
    display_name: str
    organization: str
    organization_en: str

    @property
    def role(self) -> str:
        """The role of the person's organization."""
        return self.actor.role


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedAct:
    """An act that waits for a person's signature.

    Attributes:
        id: its name until it is signed; the attestation's id.
        attestation: what is to be signed.
        options: what the browser is asked to sign it with, as JSON.
    """

    id: str
    attestation: Attestation
    options: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenAct:
    """An act that a person has signed: the attestation, and the form it was prepared from."""

    signed: SignedAttestation
    form: Mapping[str, Json]


def begin_sign_in(work: Work) -> str:
    """Return what a browser is asked to sign in with, as JSON."""
    drawn = token_bytes(TOKEN_BYTES)
    work.session.add(
        ChallengeRow(
            challenge=drawn,
            purpose=SIGN_IN,
            user_id=None,
            expires_at=work.now + CHALLENGE_STANDS,
        )
    )
    return passkeys.request_options(work.scheme, challenge=drawn)


def sign_in(work: Work, answer: str) -> Visitor:
    """Return the person whose passkey has signed the challenge given out before.

    Args:
        answer: what the browser gave, as JSON.

    Raises:
        PasskeyRefusedError: the passkey is nobody's, its answer does not check, or its person
            may not enter; which of these, is not told.
    """
    assertion = passkeys.read_assertion(answer)
    given_out = rows.take_challenge(work.session, assertion.challenge, SIGN_IN)
    person = rows.by_credential(work.session, assertion.credential)
    if given_out is None or given_out.expires_at <= work.now or person is None:
        raise _refused()
    _use_passkey(work, person, assertion)
    try:
        return visitor(work, person.id, work.now)
    except SignInNeededError as error:
        raise _refused() from error


def visitor(work: Work, user_id: str, since: datetime) -> Visitor:
    """Return a person who is signed in, as they stand at this moment.

    Args:
        since: when they signed in.

    Raises:
        SignInNeededError: the person, their passkey or their organization counts no longer, or
            they have signed out since.
    """
    person = rows.person(work.session, user_id)
    organization = _standing(work, person)
    if person is None or organization is None or _is_out(person, since):
        raise SignInNeededError(
            "You are signed out.",
            detail_ja="サインアウトしました。もう一度サインインしてください。",
        )
    return Visitor(
        actor=Actor(
            kind="person",
            slug=organization.slug,
            role=organization.role,
            user_id=person.id,
        ),
        since=since,
        display_name=person.display_name,
        organization=organization.name,
        organization_en=organization.name_en,
    )


def sign_out(work: Work, user_id: str) -> None:
    """Let a person be signed in nowhere any more: a copy of a browser's cookie ends with it."""
    person = rows.person(work.session, user_id)
    if person is not None:
        person.signed_out_at = work.now


def prepare_act(work: Work, actor: Actor, fact: Fact, form: Mapping[str, Json]) -> PreparedAct:
    """Prepare an act for a person's signature, and keep the form that it came from.

    Args:
        actor: the person who will sign.
        fact: what the act is; exactly this stands in the attestation.
        form: what the use case needs besides, until the act is taken.

    Raises:
        BadInputError: the fact cannot be said by this person's organization.
        SignInNeededError: the person has no passkey that counts.
    """
    person = rows.person(work.session, actor.user_id)
    if person is None or person.credential is None or _standing(work, person) is None:
        raise SignInNeededError("You are signed out.", detail_ja="サインアウトしました。")
    try:
        attestation = new_attestation(work, fact, by=actor.slug)
    except ProtocolError as error:
        raise BadInputError(
            f"The act cannot be stated: {error}.", detail_ja="入力に誤りがあります。"
        ) from error
    work.session.add(
        PendingActRow(
            id=attestation.id,
            user_id=person.id,
            attestation=attestation.encode(),
            form=dict(form),
            expires_at=work.now + ACT_STANDS,
        )
    )
    work.session.flush()
    return PreparedAct(
        id=attestation.id,
        attestation=attestation,
        options=passkeys.request_options(
            work.scheme,
            challenge=challenge(attestation.encode()),
            credential=person.credential,
        ),
    )


def take_act(work: Work, actor: Actor, act_id: str, answer: str) -> TakenAct:
    """Return an act that its person has signed; it can be taken once.

    Args:
        actor: the person.
        act_id: the prepared act's id.
        answer: what the browser gave, as JSON.

    Raises:
        ActEndedError: nothing of that name waits for this person, or it has waited too long.
        PasskeyRefusedError: the answer is not this person's signature of this act.
    """
    row = rows.pending_act(work.session, act_id, actor.user_id)
    person = rows.person(work.session, actor.user_id)
    if row is None or person is None or row.expires_at <= work.now:
        raise ActEndedError(
            "This act was signed already, or has waited longer than five minutes.",
            detail_ja="署名済みか、5分を過ぎたため、この操作は終了しました。",
        )
    assertion = passkeys.read_assertion(answer)
    if assertion.challenge != challenge(row.attestation):
        raise _refused()
    _use_passkey(work, person, assertion)
    try:
        signed = from_assertion(
            row.attestation,
            credential=b64url_decode(assertion.credential),
            authenticator_data=assertion.authenticator_data,
            client_data=assertion.client_data,
            signature=assertion.signature,
        )
        signed.check_assertion(
            jwk.to_p256_key(person.jwk),
            web_origin=work.scheme.web_origin,
            rp_id=work.scheme.rp_id,
        )
    except AttestationError as error:
        raise _refused() from error
    form = row.form
    work.session.delete(row)
    work.session.flush()
    return TakenAct(signed=signed, form=form if isinstance(form, dict) else {})


def _use_passkey(work: Work, person: PersonRow, assertion: Assertion) -> None:
    """Check an answer against a person's own passkey, and keep how often it was used."""
    key = passkey_of(person)
    if person.credential != assertion.credential or not key:
        raise _refused()
    passkey = Passkey(credential=assertion.credential, key=key, sign_count=person.sign_count)
    person.sign_count = passkeys.check_assertion(assertion, passkey, scheme=work.scheme)


def _is_out(person: PersonRow, since: datetime) -> bool:
    """Return whether a person has signed out since then."""
    return person.signed_out_at is not None and since <= person.signed_out_at


def _standing(work: Work, person: PersonRow | None) -> OrganizationRow | None:
    """Return a person's organization while it is active and stands for them, else None."""
    if person is None or person.state != CONFIRMED or person.credential is None:
        return None
    key = organization_rows.key(work.session, person.credential)
    if key is None or key.revoked_at is not None:
        return None
    organization = organization_rows.organization(work.session, person.slug)
    return organization if organization is not None and organization.state == "active" else None


def _refused() -> PasskeyRefusedError:
    """Return the one refusal that tells nobody what was wrong."""
    return PasskeyRefusedError(
        "This passkey cannot be used here.",
        mend="If you have just enrolled, your organization has to confirm you first.",
        detail_ja="このパスキーは使えません。",
        mend_ja="登録したばかりのときは、所属組織の確認をお待ちください。",
    )
