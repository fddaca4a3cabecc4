"""The people of an organization: invited by it, enrolled by themselves, confirmed by its key."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_bytes

from exchange.domain.errors import (
    AlreadyKnownError,
    BadInputError,
    EnrolmentEndedError,
    NotFoundError,
    PasskeyRefusedError,
    StepRefusedError,
)
from exchange.domain.organizations import Actor
from exchange.services import ledger, passkeys
from exchange.services.ledger import Fact
from exchange.services.work import Work
from exchange.store import organizations as organization_rows
from exchange.store import people as rows
from exchange.store.organizations import KeyRow, OrganizationRow
from exchange.store.people import ChallengeRow, PersonRow
from relay_protocol import ids
from relay_protocol.attestation import SignedAttestation
from relay_protocol.encoding import b64url_encode

INVITED, ENROLLED, CONFIRMED = "invited", "enrolled", "confirmed"
ENROLMENT_STANDS = timedelta(days=7)
CHALLENGE_STANDS = timedelta(minutes=5)
TOKEN_BYTES = 32
LONGEST_NAME = 60
ENROL = "enrol"


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A person who may now enrol, and the one-time link's token, which the hub does not keep."""

    person: PersonRow
    token: str


def invite_person(work: Work, actor: Actor, display_name: str) -> Invited:
    """Let an organization add one of its people; they enrol a passkey within seven days.

    Raises:
        BadInputError: the name is empty, too long, or holds what no name holds.
    """
    name = display_name.strip()
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable():
        raise BadInputError(
            f"A person's name has 1 to {LONGEST_NAME} printable characters.",
            field="display_name",
            detail_ja=f"名前は 1〜{LONGEST_NAME} 文字で入れてください。",
        )
    token = b64url_encode(token_bytes(TOKEN_BYTES))
    person = PersonRow(
        id=ids.new_id("usr", token_bytes(ids.ID_BYTES)),
        slug=actor.slug,
        display_name=name,
        state=INVITED,
        enrol_digest=_digest(token),
        enrol_until=work.now + ENROLMENT_STANDS,
        credential=None,
        jwk=None,
        sign_count=0,
        created_at=work.now,
    )
    work.session.add(person)
    work.session.flush()
    return Invited(person=person, token=token)


def person_enrolling(work: Work, token: str) -> PersonRow:
    """Return the person whom an enrolment link is for.

    Raises:
        EnrolmentEndedError: the link was used, has run out, or never was one.
    """
    person = rows.by_enrolment(work.session, _digest(token))
    if person is None or person.enrol_until is None or person.enrol_until <= work.now:
        raise EnrolmentEndedError(
            "This link was used already, or has run out.",
            detail_ja="このリンクは使用済みか、期限が過ぎています。",
        )
    return person


def organization_of(work: Work, person: PersonRow) -> OrganizationRow:
    """Return the organization that a person works for."""
    return work.session.get_one(OrganizationRow, person.slug)


def passkey_of(person: PersonRow) -> dict[str, str]:
    """Return the public key of a person's passkey, a JWK; empty before they enrol."""
    members = person.jwk if isinstance(person.jwk, dict) else {}
    return {name: str(member) for name, member in members.items()}


def begin_enrolment(work: Work, token: str) -> str:
    """Return what the person's browser is asked to make a passkey with, as JSON.

    Raises:
        EnrolmentEndedError: the link was used, has run out, or never was one.
    """
    person = person_enrolling(work, token)
    challenge = token_bytes(TOKEN_BYTES)
    work.session.add(
        ChallengeRow(
            challenge=challenge,
            purpose=ENROL,
            user_id=person.id,
            expires_at=work.now + CHALLENGE_STANDS,
        )
    )
    return passkeys.creation_options(
        work.scheme, user_id=person.id, name=person.display_name, challenge=challenge
    )


def enrol(work: Work, token: str, answer: str) -> PersonRow:
    """Keep the passkey that a person has made; it serves once their organization confirms it.

    Args:
        token: the enrolment link's; it serves once.
        answer: what the browser gave, as JSON.

    Raises:
        EnrolmentEndedError: the link was used, has run out, or never was one.
        PasskeyRefusedError: the passkey was not made for this link, here, with the person.
        AlreadyKnownError: the passkey is somebody's already.
    """
    person = person_enrolling(work, token)
    challenge = rows.take_challenge(work.session, passkeys.challenge_in(answer), ENROL)
    if challenge is None or challenge.user_id != person.id or challenge.expires_at <= work.now:
        raise PasskeyRefusedError(
            "The passkey was made for another page, or too late.",
            detail_ja="時間がたったか、別のページのパスキーです。もう一度お試しください。",
        )
    passkey = passkeys.read_registration(answer, scheme=work.scheme, challenge=challenge.challenge)
    if rows.by_credential(work.session, passkey.credential) is not None:
        raise AlreadyKnownError(
            "This passkey is registered already.", detail_ja="登録済みのパスキーです。"
        )
    person.credential = passkey.credential
    person.jwk = dict(passkey.key)
    person.sign_count = passkey.sign_count
    person.enrol_digest = None
    person.enrol_until = None
    person.state = ENROLLED
    return person


def confirm_person(work: Work, actor: Actor, user_id: str, signed: SignedAttestation) -> PersonRow:
    """Make a person's passkey a key of the organization, by an earlier key's signature.

    Raises:
        NotFoundError: the organization has no such person.
        StepRefusedError: the person has not enrolled a passkey yet.
        AlreadyKnownError: the passkey goes by the name of another key.
        AttestationRefusedError: it is not about this person's passkey, or not signed.
    """
    person = rows.person(work.session, user_id)
    if person is None or person.slug != actor.slug:
        raise NotFoundError("There is no such person.", detail_ja="該当する方がいません。")
    key = passkey_of(person)
    if person.credential is None or not key:
        raise StepRefusedError(
            "The person has not enrolled a passkey yet.",
            mend="Let them open their enrolment link first.",
            detail_ja="まだパスキーが登録されていません。",
            mend_ja="先に、ご本人が登録リンクを開いてください。",
        )
    fact = Fact(
        kind="key.registered",
        body={
            "purpose": "passkey",
            "key": dict(key),
            "person": person.id,
            "credential": person.credential,
        },
    )
    existing = organization_rows.key(work.session, person.credential)
    if existing is not None and existing.user_id != person.id:
        # A passkey may go by any bytes that it likes, those of another key's name among them.
        raise AlreadyKnownError(
            "A key of this name is registered already.", detail_ja="同じ名前の鍵が登録済みです。"
        )
    recorded = ledger.attest(work, signed, fact, orgs=(person.slug,))
    if existing is None:
        work.session.add(
            KeyRow(
                name=person.credential,
                slug=person.slug,
                purpose="passkey",
                jwk=dict(key),
                user_id=person.id,
                attestation_id=recorded.id,
                registered_at=work.now,
                revoked_at=None,
            )
        )
        work.session.flush()
    person.state = CONFIRMED
    return person


def _digest(token: str) -> bytes:
    """Return what the hub keeps of a link's token."""
    return sha256(token.encode("ascii", "replace")).digest()
