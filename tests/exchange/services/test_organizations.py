"""Admission by two, keys by their owners: nobody alone can swap anybody's key."""

import contextlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.domain.errors import (
    AlreadyKnownError,
    AttestationRefusedError,
    BadInputError,
    ForbiddenError,
    KeyRevokedError,
    KeyUnknownError,
    LicenceError,
    NotActiveError,
    NotFoundError,
)
from exchange.domain.organizations import Actor
from exchange.hub import Hub
from exchange.services import key_rotation, organizations
from exchange.services.ledger import Fact
from exchange.services.organizations import Application
from exchange.store import ledger as ledger_rows
from exchange.store import organizations as rows
from relay_protocol import jwk
from relay_protocol.canonical import Value
from relay_protocol.entry import Entry
from tests.story import scheme
from tests.story.auditing import Desk
from tests.story.scheme import Consortium, Organization


def newcomer(role: str = "member", slug: str = "newcomer") -> Organization:
    """Return an organization that is not admitted yet."""
    return Organization(slug=slug, role=role, number=scheme.corporate_number(40))


def admitted(hub: Hub, organization: Organization) -> str:
    """Admit an organization and return its state."""
    with hub.work() as work:
        return organizations.admit(work, organization.application()).state


def cosigned(hub: Hub, organization: Organization, by: Organization, fingerprint: str) -> None:
    """Let one organization cosign another's admission with a fingerprint."""
    with hub.reading() as work:
        row = rows.organization(work.session, organization.slug)
        assert row is not None
    fact = Fact(
        kind="org.cosigned", refs={"admission": row.admission_id}, body={"fingerprint": fingerprint}
    )
    with hub.work() as work:
        organizations.cosign(work, by.actor, by.sign(hub, fact))


def registration(purpose: str, key: Mapping[str, str], **person: str) -> Fact:
    """Return the fact that a key is registered."""
    body: dict[str, Value] = {"purpose": purpose, "key": dict(key), "person": "", "credential": ""}
    return Fact(kind="key.registered", body={**body, **person})


def state(hub: Hub, slug: str) -> str:
    """Return an organization's state."""
    with hub.reading() as work:
        row = rows.organization(work.session, slug)
        assert row is not None
        return row.state


def test_the_first_organization_is_active_by_the_office_alone(empty_hub: Hub) -> None:
    assert admitted(empty_hub, newcomer("auditor", "kansa")) == "active"


def test_every_later_one_waits_for_another_organization(consortium: Consortium) -> None:
    hub = consortium.hub
    organization = newcomer()
    assert admitted(hub, organization) == "pending"
    cosigned(hub, organization, consortium.members[1], organization.kid)
    assert state(hub, organization.slug) == "active"


def test_the_office_cannot_cosign(consortium: Consortium) -> None:
    hub, organization = consortium.hub, newcomer()
    admitted(hub, organization)
    office = Organization(
        slug=scheme.OFFICE, role="operator", number="", signing=hub.keyring.signing["operator"]
    )
    with pytest.raises(ForbiddenError):
        cosigned(hub, organization, office, organization.kid)
    assert state(hub, organization.slug) == "pending"


def test_nobody_cosigns_their_own_admission(consortium: Consortium) -> None:
    hub, organization = consortium.hub, newcomer()
    admitted(hub, organization)
    with pytest.raises(NotActiveError):
        cosigned(hub, organization, organization, organization.kid)


def test_another_fingerprint_is_refused(consortium: Consortium) -> None:
    hub, organization, other = consortium.hub, newcomer(), newcomer(slug="other")
    admitted(hub, organization)
    with pytest.raises(AttestationRefusedError):
        cosigned(hub, organization, consortium.members[0], other.kid)
    assert state(hub, organization.slug) == "pending"


def test_an_admission_that_never_was_cannot_be_cosigned(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    fact = Fact(
        kind="org.cosigned",
        refs={"admission": "AAAAAAAAAAAAAAAAAAAAAA"},
        body={"fingerprint": member.kid},
    )
    with pytest.raises(NotFoundError), hub.work() as work:
        organizations.cosign(work, member.actor, member.sign(hub, fact))


def test_cosigning_twice_changes_nothing(consortium: Consortium) -> None:
    hub, organization = consortium.hub, newcomer()
    admitted(hub, organization)
    for cosigner in consortium.members[:2]:
        cosigned(hub, organization, cosigner, organization.kid)
    assert state(hub, organization.slug) == "active"


@pytest.mark.parametrize(
    ("field", "value", "refusal"),
    [
        ("role", "operator", BadInputError),
        ("role", "visitor", BadInputError),
        ("corporate_number", "1234567890123", BadInputError),
        ("corporate_number", "", BadInputError),
        ("group", "0000000000000", BadInputError),
        ("licence", "13-ユ-000001", BadInputError),
    ],
)
def test_an_application_with_a_false_fact_is_refused_and_names_it(
    hub: Hub, field: str, value: str, refusal: type[Exception]
) -> None:
    application = newcomer().application()
    with pytest.raises(refusal) as refused, hub.work() as work:
        organizations.admit(work, replace(application, **{field: value}))  # type: ignore[arg-type]
    assert refused.value.field == field  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("licence", "until"),
    [
        ("", ""),
        ("13-ユ-12345", "2031-03-31"),
        ("48-ユ-123456", "2031-03-31"),
        ("13-ア-123456", "2031-03-31"),
        ("13-ユ-123456", ""),
        ("13-ユ-123456", "2020-03-31"),
    ],
)
def test_an_agency_without_a_valid_licence_is_refused(hub: Hub, licence: str, until: str) -> None:
    application = replace(newcomer("agency").application(), licence=licence, licence_until=until)
    with pytest.raises(LicenceError), hub.work() as work:
        organizations.admit(work, application)


@pytest.mark.parametrize("same", ["slug", "corporate_number", "keys"])
def test_nothing_stands_for_two_organizations(consortium: Consortium, same: str) -> None:
    taken = consortium.members[0].application()
    fresh = newcomer().application()
    application = replace(fresh, **{same: getattr(taken, same)})
    with pytest.raises(AlreadyKnownError) as refused, consortium.hub.work() as work:
        organizations.admit(work, application)
    assert refused.value.field == same


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"slug": 1},
        {"slug": "a"},
    ],
)
def test_a_public_key_file_with_missing_fields_is_refused_and_names_one(
    document: dict[str, object],
) -> None:
    with pytest.raises(BadInputError) as refused:
        Application.from_document(document)
    assert refused.value.field in {"slug", "role"}


@pytest.mark.parametrize("keys", [None, "text", [1]])
def test_a_public_key_file_without_a_list_of_keys_is_refused(keys: object) -> None:
    texts = {name: "x" for name in Application.__slots__ if name != "keys"}
    with pytest.raises(BadInputError) as refused:
        Application.from_document({**texts, "keys": keys})
    assert refused.value.field == "keys"


@pytest.mark.parametrize(
    "keys", [(), ({"purpose": "sign", "jwk": {"kty": "OKP"}},), ({"purpose": "seal", "jwk": {}},)]
)
def test_an_application_without_a_usable_signing_key_is_refused(
    hub: Hub, keys: tuple[dict[str, object], ...]
) -> None:
    application = replace(newcomer().application(), keys=keys)
    with pytest.raises(BadInputError) as refused, hub.work() as work:
        organizations.admit(work, application)
    assert refused.value.field == "keys"


def test_a_later_key_is_registered_under_an_earlier_one_and_shown_on_the_ledger(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    following = Ed25519PrivateKey.generate()
    fact = registration("sign", jwk.from_key(following.public_key()))
    with hub.work() as work:
        row = organizations.register_key(work, member.actor, member.sign(hub, fact))
    assert (row.slug, row.purpose) == (member.slug, "sign")
    size = hub.sequence()
    with hub.reading() as work:
        last = ledger_rows.entry(work.session, size - 1)
        assert last is not None
    entry = Entry.decode(last.entry)
    assert (entry.kind, entry.orgs) == ("key.registered", (member.slug,))


@pytest.mark.parametrize("purpose", ["operator", "hub", "log"])
def test_a_key_of_the_hub_is_nobody_elses(consortium: Consortium, purpose: str) -> None:
    hub, member = consortium.hub, consortium.members[0]
    own = jwk.from_key(hub.keyring.signing[purpose].public_key())
    with pytest.raises(AlreadyKnownError), hub.work() as work:
        organizations.register_key(work, member.actor, member.sign(hub, registration("sign", own)))
    thief = replace(newcomer(), signing=hub.keyring.signing[purpose])
    with pytest.raises(AlreadyKnownError):
        admitted(hub, thief)


@pytest.mark.parametrize("purpose", ["hub", "log"])
def test_keys_of_the_log_and_of_the_hub_change_at_the_hub_itself(
    consortium: Consortium, purpose: str
) -> None:
    hub = consortium.hub
    office = Organization(
        slug=scheme.OFFICE, role="operator", number="", signing=hub.keyring.signing["operator"]
    )
    following = jwk.from_key(Ed25519PrivateKey.generate().public_key())
    with pytest.raises(ForbiddenError, match="at the hub itself"), hub.work() as work:
        organizations.register_key(
            work, office.actor, office.sign(hub, registration(purpose, following))
        )
    with hub.work() as work:
        name = key_rotation.register(work, purpose, Ed25519PrivateKey.generate())
    revoked = Fact(kind="key.revoked", body={"kid": name})
    with pytest.raises(ForbiddenError, match="at the hub itself"), hub.work() as work:
        organizations.revoke_key(work, office.actor, office.sign(hub, revoked))


def test_both_keys_sign_while_one_follows_another(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    following = replace(member, signing=Ed25519PrivateKey.generate())
    fact = registration("sign", jwk.from_key(following.signing.public_key()))
    with hub.work() as work:
        organizations.register_key(work, member.actor, member.sign(hub, fact))
    for organization, purpose in ((member, "seal"), (following, "reveal")):
        key = ec.generate_private_key(ec.SECP256R1()).public_key()
        signed = organization.sign(hub, registration(purpose, jwk.from_key(key)))
        with hub.work() as work:
            assert organizations.register_key(work, member.actor, signed).purpose == purpose


def test_a_key_in_the_wrong_hands_is_revoked_by_another_one_that_stands(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    spare = replace(member, signing=Ed25519PrivateKey.generate())
    fact = registration("sign", jwk.from_key(spare.signing.public_key()))
    with hub.work() as work:
        organizations.register_key(work, member.actor, member.sign(hub, fact))
    revoked = Fact(kind="key.revoked", body={"kid": member.kid})
    with hub.work() as work:
        row = organizations.revoke_key(work, member.actor, spare.sign(hub, revoked))
    assert row.revoked_at is not None
    # The office has no part in it: it names nobody's key, and ends nobody's.
    office = Organization(
        slug=scheme.OFFICE, role="operator", number="", signing=hub.keyring.signing["operator"]
    )
    with pytest.raises(NotFoundError), hub.work() as work:
        organizations.revoke_key(
            work,
            office.actor,
            office.sign(hub, Fact(kind="key.revoked", body={"kid": spare.kid})),
        )


def test_whose_last_key_is_in_the_wrong_hands_is_suspended_and_comes_back_by_two(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    with hub.work() as work:
        organizations.suspend(work, member.slug, "key-lost")
    key = Ed25519PrivateKey.generate()
    fact = registration("sign", jwk.from_key(key.public_key()))
    with pytest.raises(NotActiveError), hub.work() as work:
        organizations.register_key(work, member.actor, member.sign(hub, fact))
    with pytest.raises(AlreadyKnownError):
        admitted(hub, member)
    # The office gives it another key; that counts once another organization has compared it.
    back = replace(member, signing=key)
    assert admitted(hub, back) == "pending"
    with pytest.raises(NotActiveError), hub.work() as work:
        organizations.register_key(work, back.actor, back.sign(hub, fact))
    cosigned(hub, back, consortium.auditor, back.kid)
    assert state(hub, member.slug) == "active"
    seal = jwk.from_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    with pytest.raises(KeyRevokedError), hub.work() as work:
        organizations.register_key(work, member.actor, member.sign(hub, registration("seal", seal)))
    with hub.work() as work:
        organizations.register_key(work, back.actor, back.sign(hub, registration("seal", seal)))
    with hub.reading() as work:
        standing = {key.name for key in rows.keys(work.session, member.slug)}
    assert standing == {back.kid, jwk.thumbprint(seal)}


@pytest.mark.parametrize("changed", ["role", "number"])
def test_nobody_comes_back_as_somebody_else(consortium: Consortium, changed: str) -> None:
    hub, member = consortium.hub, consortium.members[0]
    with hub.work() as work:
        organizations.suspend(work, member.slug, "key-lost")
    other = {"role": "auditor", "number": scheme.corporate_number(77)}[changed]
    back = replace(member, signing=Ed25519PrivateKey.generate(), **{changed: other})  # type: ignore[arg-type]
    with pytest.raises(AlreadyKnownError):
        admitted(hub, back)


def test_an_audit_follows_who_comes_back(consortium: Consortium, tmp_path: Path) -> None:
    hub, member = consortium.hub, consortium.members[0]
    desk = Desk.of(consortium, tmp_path / "desk")
    with hub.work() as work:
        organizations.suspend(work, member.slug, "key-lost")
    back = replace(member, signing=Ed25519PrivateKey.generate())
    admitted(hub, back)
    cosigned(hub, back, consortium.auditor, back.kid)
    hub.sequence()
    desk.receive()
    said = desk.offline()
    assert said.code == 0, (said.errors, said.report)


def test_a_key_cannot_register_itself(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    stranger = replace(member, signing=Ed25519PrivateKey.generate())
    fact = registration("sign", jwk.from_key(stranger.signing.public_key()))
    with pytest.raises(KeyUnknownError), hub.work() as work:
        organizations.register_key(work, member.actor, stranger.sign(hub, fact))


def test_one_organization_cannot_register_a_key_of_another(consortium: Consortium) -> None:
    hub, member, other = consortium.hub, *consortium.members[:2]
    fact = registration("seal", jwk.from_key(member.sealing.public_key()))
    signed = replace(other, slug=member.slug).sign(hub, fact)
    with pytest.raises(KeyUnknownError), hub.work() as work:
        organizations.register_key(work, member.actor, signed)


def test_a_key_is_registered_once(consortium: Consortium) -> None:
    hub, agency, other = consortium.hub, *consortium.agencies
    fact = registration("seal", jwk.from_key(agency.sealing.public_key()))
    with pytest.raises(AlreadyKnownError), hub.work() as work:
        organizations.register_key(work, other.actor, other.sign(hub, fact))


def test_a_passkey_is_not_registered_without_its_person(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    fact = registration(
        "passkey",
        jwk.from_key(key),
        person="usr_00000000000000000000000001",
        credential="AAAA",
    )
    with pytest.raises(BadInputError, match="confirming the person"), hub.work() as work:
        organizations.register_key(work, agency.actor, agency.sign(hub, fact))


def test_a_revoked_key_signs_nothing_more(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    following = replace(member, signing=Ed25519PrivateKey.generate())
    fact = registration("sign", jwk.from_key(following.signing.public_key()))
    with hub.work() as work:
        organizations.register_key(work, member.actor, member.sign(hub, fact))
    revoked = Fact(kind="key.revoked", body={"kid": member.kid})
    with hub.work() as work:
        organizations.revoke_key(work, member.actor, following.sign(hub, revoked))
    again = registration("seal", jwk.from_key(member.sealing.public_key()))
    with pytest.raises(KeyRevokedError), hub.work() as work:
        organizations.register_key(work, member.actor, member.sign(hub, again))


def test_the_last_signing_key_cannot_be_revoked(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    revoked = Fact(kind="key.revoked", body={"kid": member.kid})
    with pytest.raises(AttestationRefusedError, match="last signing key"), hub.work() as work:
        organizations.revoke_key(work, member.actor, member.sign(hub, revoked))


def test_a_neighbour_s_key_looks_absent(consortium: Consortium) -> None:
    hub, member, other = consortium.hub, *consortium.members[:2]
    for kid in (other.kid, "A" * 43):
        revoked = Fact(kind="key.revoked", body={"kid": kid})
        with pytest.raises(NotFoundError) as refused, hub.work() as work:
            organizations.revoke_key(work, member.actor, member.sign(hub, revoked))
        assert str(refused.value) == "The organization has no key of that name."


def test_a_suspended_organization_does_nothing_more(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    with hub.work() as work:
        organizations.suspend(work, member.slug, "rules-broken")
    assert state(hub, member.slug) == "suspended"
    fact = registration("seal", jwk.from_key(member.sealing.public_key()))
    with pytest.raises(NotActiveError), hub.work() as work:
        organizations.register_key(work, member.actor, member.sign(hub, fact))


def test_an_act_under_way_comes_before_the_suspension_that_meets_it(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    fact = registration("seal", jwk.from_key(member.sealing.public_key()))
    signed = member.sign(hub, fact)
    acted, suspended = Event(), Event()

    def suspend() -> None:
        acted.wait(20)
        with hub.work() as work:
            organizations.suspend(work, member.slug, "left")
        suspended.set()

    thread = Thread(target=suspend)
    thread.start()
    with hub.work() as work:
        organizations.register_key(work, member.actor, signed)
        acted.set()
        assert not suspended.wait(1)
    thread.join(20)
    size = hub.sequence()
    with hub.reading() as work:
        kinds = [
            Entry.decode(entry).kind for entry in ledger_rows.entries(work.session, size - 2, size)
        ]
    assert kinds == ["key.registered", "org.suspended"]


def test_an_act_that_meets_its_suspension_is_refused(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    fact = registration("seal", jwk.from_key(member.sealing.public_key()))
    signed = member.sign(hub, fact)
    begun, refused = Event(), Event()

    def act() -> None:
        begun.wait(20)
        with contextlib.suppress(NotActiveError), hub.work() as work:
            # What the door saw before the suspension is what this transaction remembers.
            rows.organization(work.session, member.slug)
            organizations.register_key(work, member.actor, signed)
            return
        refused.set()

    thread = Thread(target=act)
    thread.start()
    with hub.work() as work:
        organizations.suspend(work, member.slug, "left")
        begun.set()
        assert not refused.wait(1)
    thread.join(20)
    assert refused.is_set()


@pytest.mark.parametrize("slug", ["nobody", scheme.OFFICE])
def test_who_is_not_admitted_cannot_be_suspended(hub: Hub, slug: str) -> None:
    with pytest.raises(NotFoundError), hub.work() as work:
        organizations.suspend(work, slug, "left")


def test_an_actor_without_an_organization_is_not_active(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    fact = registration("seal", jwk.from_key(member.sealing.public_key()))
    ghost = Actor(kind="organization", slug="ghost", role="member")
    with pytest.raises(NotActiveError), hub.work() as work:
        organizations.register_key(work, ghost, member.sign(hub, fact))
