from collections.abc import Mapping
from datetime import timedelta

import pytest

from exchange.domain.errors import (
    AlreadyKnownError,
    AttestationRefusedError,
    BadInputError,
    EnrolmentEndedError,
    KeyUnknownError,
    NotFoundError,
    PasskeyRefusedError,
    StepRefusedError,
)
from exchange.hub import Hub
from exchange.services import people
from exchange.services.ledger import Fact
from exchange.services.people import Invited
from exchange.store import organizations as organization_rows
from exchange.store import people as rows
from exchange.store.people import PersonRow
from relay_protocol.canonical import Value
from tests.story.authenticator import Authenticator
from tests.story.scheme import Consortium, Organization

NAME = "佐倉 花子"


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def device(hub: Hub) -> Authenticator:
    return Authenticator(origin=hub.scheme.web_origin)


def invite(hub: Hub, agency: Organization) -> Invited:
    with hub.work() as work:
        return people.invite_person(work, agency.actor, NAME)


def enrol(hub: Hub, token: str, device: Authenticator) -> PersonRow:
    with hub.work() as work:
        options = people.begin_enrolment(work, token)
    with hub.work() as work:
        return people.enrol(work, token, device.create(options))


def forward(hub: Hub, by: timedelta) -> None:
    assert hub.settings.clock is not None
    hub.settings.clock.write_text(str(int(by.total_seconds())))


def passkey_fact(person: PersonRow, /, **changed: Value) -> Fact:
    body: Mapping[str, Value] = {
        "purpose": "passkey",
        "key": dict(people.passkey_of(person)),
        "person": person.id,
        "credential": person.credential or "",
        **changed,
    }
    return Fact(kind="key.registered", body=dict(body))


def test_an_invited_person_may_enrol_for_seven_days(hub: Hub, agency: Organization) -> None:
    invited = invite(hub, agency)

    forward(hub, timedelta(days=7, seconds=-5))
    with hub.reading() as work:
        person = people.person_enrolling(work, invited.token)
        assert (person.display_name, person.state, person.slug) == (NAME, "invited", "sakura")
        assert people.organization_of(work, person).name == "株式会社sakura"

    forward(hub, timedelta(days=7))
    with hub.reading() as work, pytest.raises(EnrolmentEndedError):
        people.person_enrolling(work, invited.token)


def test_the_hub_does_not_keep_the_link(hub: Hub, agency: Organization) -> None:
    invited = invite(hub, agency)

    assert len(invited.token) == 43
    assert invited.token.encode() not in (invited.person.enrol_digest or b"")


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "鍵"])
def test_a_link_that_was_never_given_out_enrols_nobody(hub: Hub, token: str) -> None:
    with hub.reading() as work, pytest.raises(EnrolmentEndedError):
        people.person_enrolling(work, token)


@pytest.mark.parametrize("name", ["", "   ", "x" * 61, "a\nb", "a\x00b"])
def test_a_name_that_is_none_is_refused(hub: Hub, agency: Organization, name: str) -> None:
    with hub.work() as work, pytest.raises(BadInputError) as refusal:
        people.invite_person(work, agency.actor, name)

    assert refusal.value.field == "display_name"


@pytest.mark.parametrize(("name", "kept"), [("花", "花"), (" x ", "x"), ("x" * 60, "x" * 60)])
def test_a_name_is_kept_without_the_space_around_it(
    hub: Hub, agency: Organization, name: str, kept: str
) -> None:
    with hub.work() as work:
        assert people.invite_person(work, agency.actor, name).person.display_name == kept


def test_a_link_enrols_one_passkey_once(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    invited = invite(hub, agency)

    person = enrol(hub, invited.token, device)

    assert person.state == "enrolled"
    assert people.passkey_of(person).keys() == {"kty", "crv", "x", "y"}
    with pytest.raises(EnrolmentEndedError):
        enrol(hub, invited.token, device)


def test_a_passkey_must_be_made_for_this_link(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    first, second = invite(hub, agency), invite(hub, agency)
    with hub.work() as work:
        options = people.begin_enrolment(work, first.token)

    with hub.work() as work, pytest.raises(PasskeyRefusedError):
        people.enrol(work, second.token, device.create(options))


def test_a_passkey_must_be_made_within_five_minutes(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    invited = invite(hub, agency)
    with hub.work() as work:
        options = people.begin_enrolment(work, invited.token)
    forward(hub, timedelta(minutes=5, seconds=1))

    with hub.work() as work, pytest.raises(PasskeyRefusedError):
        people.enrol(work, invited.token, device.create(options))


def test_a_challenge_serves_once_even_if_the_answer_was_bad(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    invited = invite(hub, agency)
    with hub.work() as work:
        options = people.begin_enrolment(work, invited.token)
    answer = device.create(options)
    with hub.work() as work:
        people.enrol(work, invited.token, answer)
    other = invite(hub, agency)

    with hub.work() as work, pytest.raises(PasskeyRefusedError):
        people.enrol(work, other.token, answer)


def test_a_passkey_that_is_somebodys_already_is_refused(
    hub: Hub, agency: Organization, device: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    enrol(hub, invite(hub, agency).token, device)
    taken = device.credentials[0].id
    monkeypatch.setattr("tests.story.authenticator.token_bytes", lambda _: taken)

    with pytest.raises(AlreadyKnownError):
        enrol(hub, invite(hub, agency).token, device)


def test_the_organizations_key_makes_the_passkey_one_of_its_keys(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    person = enrol(hub, invite(hub, agency).token, device)
    signed = agency.sign(hub, passkey_fact(person))

    with hub.work() as work:
        confirmed = people.confirm_person(work, agency.actor, person.id, signed)
        again = people.confirm_person(work, agency.actor, person.id, signed)
        key = organization_rows.key(work.session, person.credential or "")

    assert confirmed.state == again.state == "confirmed"
    assert key is not None
    assert (key.slug, key.purpose, key.user_id) == ("sakura", "passkey", person.id)


def test_somebody_who_has_not_enrolled_cannot_be_confirmed(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    waiting = invite(hub, agency).person
    other = enrol(hub, invite(hub, agency).token, device)
    signed = agency.sign(hub, passkey_fact(other))

    with hub.work() as work, pytest.raises(StepRefusedError):
        people.confirm_person(work, agency.actor, waiting.id, signed)


def test_a_neighbours_person_looks_like_nobody(
    hub: Hub, consortium: Consortium, agency: Organization, device: Authenticator
) -> None:
    person = enrol(hub, invite(hub, agency).token, device)
    neighbour = consortium.agencies[1]
    signed = neighbour.sign(hub, passkey_fact(person))

    with hub.work() as work:
        with pytest.raises(NotFoundError) as theirs:
            people.confirm_person(work, neighbour.actor, person.id, signed)
        with pytest.raises(NotFoundError) as absent:
            people.confirm_person(work, neighbour.actor, "usr_0123456789abcdefghjkmnpqrs", signed)

    assert theirs.value.detail == absent.value.detail


def test_a_confirmation_of_another_key_or_person_is_refused(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    person = enrol(hub, invite(hub, agency).token, device)
    other = enrol(hub, invite(hub, agency).token, device)
    swapped = passkey_fact(person, key=dict(people.passkey_of(other)))
    renamed = passkey_fact(person, person=other.id)

    for fact in (swapped, renamed):
        with hub.work() as work, pytest.raises(AttestationRefusedError):
            people.confirm_person(work, agency.actor, person.id, agency.sign(hub, fact))


def test_only_the_organizations_own_key_confirms(
    hub: Hub, consortium: Consortium, agency: Organization, device: Authenticator
) -> None:
    person = enrol(hub, invite(hub, agency).token, device)
    forged = Organization(
        slug="sakura",
        role="agency",
        number=agency.number,
        signing=consortium.agencies[1].signing,
    ).sign(hub, passkey_fact(person))

    with hub.work() as work, pytest.raises(KeyUnknownError):
        people.confirm_person(work, agency.actor, person.id, forged)
    with hub.reading() as work:
        row = rows.person(work.session, person.id)
        assert row is not None
        assert row.state == "enrolled"


def test_a_passkey_does_not_go_by_the_name_of_another_key(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    person = enrol(hub, invite(hub, agency).token, device)
    with hub.work() as work:
        row = rows.person(work.session, person.id)
        assert row is not None
        # 32 bytes of its device's choice, which happen to read as a fingerprint.
        row.credential = agency.kid
    with hub.reading() as work:
        named = rows.person(work.session, person.id)
        assert named is not None
    fact = passkey_fact(named)
    with pytest.raises(AlreadyKnownError), hub.work() as work:
        people.confirm_person(work, agency.actor, person.id, agency.sign(hub, fact))
    with hub.reading() as work:
        key = organization_rows.key(work.session, agency.kid)
        assert key is not None
        assert key.purpose == "sign"


def test_a_person_is_confirmed_once_and_the_same_again_changes_nothing(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    person = enrol(hub, invite(hub, agency).token, device)
    signed = agency.sign(hub, passkey_fact(person))
    for _ in range(2):
        with hub.work() as work:
            assert people.confirm_person(work, agency.actor, person.id, signed).state == "confirmed"
