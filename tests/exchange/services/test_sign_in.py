import json
from collections.abc import Mapping
from datetime import timedelta

import pytest

from exchange.domain.errors import (
    ActEndedError,
    BadInputError,
    PasskeyRefusedError,
    SignInNeededError,
)
from exchange.domain.organizations import Actor
from exchange.hub import Hub
from exchange.services import ledger, organizations, people, sign_in
from exchange.services.ledger import Fact
from exchange.services.sign_in import PreparedAct, TakenAct
from relay_protocol.encoding import b64url_encode
from tests.story import portal
from tests.story.authenticator import Authenticator
from tests.story.scheme import Consortium, Organization

CLAIM = Fact(
    kind="claim.made",
    refs={"claim": "clm_0123456789abcdefghjkmnpqrs"},
    body={
        "pairwise": "CR-2222-2222-22",
        "vacancy": b64url_encode(b"v" * 32),
        "job_kind": "mid-career",
    },
)
FORM: Mapping[str, str] = {
    "vacancy": "vac_0123456789abcdefghjkmnpqrs",
    "message": "お話ししたいです。",
}


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def device(hub: Hub) -> Authenticator:
    return Authenticator(origin=hub.scheme.web_origin)


@pytest.fixture
def person(hub: Hub, agency: Organization, device: Authenticator) -> Actor:
    """Enrol and confirm a person; return them as one who acts."""
    return join(hub, agency, device)


def enrol(hub: Hub, agency: Organization, device: Authenticator) -> str:
    with hub.work() as work:
        invited = people.invite_person(work, agency.actor, "佐倉 花子")
        options = people.begin_enrolment(work, invited.token)
        people.enrol(work, invited.token, device.create(options))
        return invited.person.id


def join(hub: Hub, agency: Organization, device: Authenticator) -> Actor:
    user_id = enrol(hub, agency, device)
    portal.confirm(hub, agency, user_id)
    return Actor(kind="person", slug=agency.slug, role=agency.role, user_id=user_id)


def answer(hub: Hub, device: Authenticator) -> str:
    with hub.work() as work:
        return device.get(sign_in.begin_sign_in(work))


def forward(hub: Hub, by: timedelta) -> None:
    assert hub.settings.clock is not None
    hub.settings.clock.write_text(str(int(by.total_seconds())))


def test_a_confirmed_person_signs_in(hub: Hub, person: Actor, device: Authenticator) -> None:
    with hub.work() as work:
        visitor = sign_in.sign_in(work, answer(hub, device))

    assert visitor.actor == person
    assert visitor.role == "agency"
    assert (visitor.display_name, visitor.organization, visitor.organization_en) == (
        "佐倉 花子",
        "株式会社sakura",
        "sakura Inc.",
    )


def test_who_is_not_confirmed_yet_does_not_come_in(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    enrol(hub, agency, device)

    with hub.work() as work, pytest.raises(PasskeyRefusedError):
        sign_in.sign_in(work, answer(hub, device))


def test_a_passkey_that_nobody_enrolled_does_not_open(hub: Hub, device: Authenticator) -> None:
    device.create(json.dumps({"rp": {"id": "localhost"}, "user": {"id": "eA"}, "challenge": "eA"}))
    given = answer(hub, device)

    with hub.work() as work, pytest.raises(PasskeyRefusedError):
        sign_in.sign_in(work, given)


def test_an_answer_serves_once(hub: Hub, person: Actor, device: Authenticator) -> None:
    given = answer(hub, device)
    with hub.work() as work:
        sign_in.sign_in(work, given)

    with hub.work() as work, pytest.raises(PasskeyRefusedError):
        sign_in.sign_in(work, given)


def test_an_answer_is_good_for_five_minutes(hub: Hub, person: Actor, device: Authenticator) -> None:
    given = answer(hub, device)
    forward(hub, timedelta(minutes=5, seconds=1))

    with hub.work() as work, pytest.raises(PasskeyRefusedError):
        sign_in.sign_in(work, given)


def test_a_challenge_for_enrolling_does_not_sign_in(
    hub: Hub, agency: Organization, person: Actor, device: Authenticator
) -> None:
    with hub.work() as work:
        invited = people.invite_person(work, agency.actor, "浜 次郎")
        asked = json.loads(people.begin_enrolment(work, invited.token))
    given = device.get(json.dumps({"rpId": "localhost", "challenge": asked["challenge"]}))

    with hub.work() as work, pytest.raises(PasskeyRefusedError):
        sign_in.sign_in(work, given)


def test_every_refusal_at_the_door_sounds_the_same(
    hub: Hub, agency: Organization, device: Authenticator
) -> None:
    enrol(hub, agency, device)
    stranger = Authenticator(origin=device.origin)
    stranger.create(
        json.dumps({"rp": {"id": "localhost"}, "user": {"id": "eA"}, "challenge": "eA"})
    )
    told = set()
    for one in (device, stranger):
        given = answer(hub, one)
        with hub.work() as work, pytest.raises(PasskeyRefusedError) as refusal:
            sign_in.sign_in(work, given)
        told.add(refusal.value.detail)

    assert len(told) == 1


def test_a_visitor_counts_while_person_key_and_organization_do(
    hub: Hub, agency: Organization, person: Actor, device: Authenticator
) -> None:
    with hub.reading() as work:
        assert sign_in.visitor(work, person.user_id, work.now).actor == person
        with pytest.raises(SignInNeededError):
            sign_in.visitor(work, "usr_0123456789abcdefghjkmnpqrs", work.now)
    revoke = Fact(kind="key.revoked", body={"kid": b64url_encode(device.credentials[0].id)})
    with hub.work() as work:
        organizations.revoke_key(work, agency.actor, agency.sign(hub, revoke))

    with hub.reading() as work, pytest.raises(SignInNeededError):
        sign_in.visitor(work, person.user_id, work.now)


def test_who_has_signed_out_counts_from_their_next_sign_in_on(hub: Hub, person: Actor) -> None:
    with hub.work() as work:
        sign_in.sign_out(work, person.user_id)
        left_at = work.now

    with hub.reading() as work:
        for since in (left_at - timedelta(hours=1), left_at):
            with pytest.raises(SignInNeededError):
                sign_in.visitor(work, person.user_id, since)
        later = left_at + timedelta(microseconds=1)
        assert sign_in.visitor(work, person.user_id, later).since == later


def test_a_person_of_a_suspended_organization_counts_no_longer(hub: Hub, person: Actor) -> None:
    with hub.work() as work:
        organizations.suspend(work, "sakura", "left")

    with hub.reading() as work, pytest.raises(SignInNeededError):
        sign_in.visitor(work, person.user_id, work.now)


def prepare(hub: Hub, person: Actor) -> PreparedAct:
    with hub.work() as work:
        return sign_in.prepare_act(work, person, CLAIM, dict(FORM))


def take(hub: Hub, person: Actor, act: PreparedAct, given: str) -> TakenAct:
    with hub.work() as work:
        return sign_in.take_act(work, person, act.id, given)


def test_a_person_signs_a_prepared_act_and_the_ledger_takes_it(
    hub: Hub, person: Actor, device: Authenticator
) -> None:
    act = prepare(hub, person)

    taken = take(hub, person, act, device.get(act.options))
    with hub.work() as work:
        recorded = ledger.attest(work, taken.signed, CLAIM, orgs=("sakura",))

    assert taken.form == FORM
    assert taken.signed.attestation == act.attestation
    assert (act.attestation.by, act.attestation.kind) == ("sakura", "claim.made")
    assert recorded.id == act.id


def test_an_act_is_taken_once(hub: Hub, person: Actor, device: Authenticator) -> None:
    act = prepare(hub, person)
    take(hub, person, act, device.get(act.options))

    with pytest.raises(ActEndedError):
        take(hub, person, act, device.get(act.options))


def test_an_act_waits_five_minutes(hub: Hub, person: Actor, device: Authenticator) -> None:
    act = prepare(hub, person)
    given = device.get(act.options)
    forward(hub, timedelta(minutes=5, seconds=1))

    with pytest.raises(ActEndedError):
        take(hub, person, act, given)


def test_an_act_that_is_refused_afterwards_may_be_signed_again(
    hub: Hub, person: Actor, device: Authenticator
) -> None:
    act = prepare(hub, person)
    with hub.work() as work, pytest.raises(PasskeyRefusedError):
        sign_in.take_act(work, person, act.id, "{}")

    assert take(hub, person, act, device.get(act.options)).form == FORM


def test_the_act_of_another_person_looks_like_none(
    hub: Hub, agency: Organization, person: Actor, device: Authenticator
) -> None:
    act = prepare(hub, person)
    other_device = Authenticator(origin=device.origin)
    other = join(hub, agency, other_device)

    with pytest.raises(ActEndedError):
        take(hub, other, act, device.get(act.options))
    with pytest.raises(ActEndedError):
        take(hub, person, PreparedAct(id="x", attestation=act.attestation, options=""), "{}")


def test_a_signature_of_another_act_or_of_another_persons_passkey_is_refused(
    hub: Hub, agency: Organization, person: Actor, device: Authenticator
) -> None:
    act, another = prepare(hub, person), prepare(hub, person)
    other_device = Authenticator(origin=device.origin)
    join(hub, agency, other_device)
    asked = json.loads(act.options)
    by_other = other_device.get(json.dumps({**asked, "allowCredentials": []}))

    for given in (device.get(another.options), by_other, answer(hub, device)):
        with pytest.raises(PasskeyRefusedError):
            take(hub, person, act, given)


@pytest.mark.parametrize("how", ["origin", "verifies"])
def test_an_act_signed_elsewhere_or_without_the_person_is_refused(
    hub: Hub, person: Actor, device: Authenticator, how: str
) -> None:
    act = prepare(hub, person)
    if how == "origin":
        device.origin = "http://evil.example"
    else:
        device.verifies = False

    with pytest.raises(PasskeyRefusedError):
        take(hub, person, act, device.get(act.options))


def test_an_act_that_cannot_be_said_is_not_prepared(hub: Hub, person: Actor) -> None:
    unsayable = Fact(kind="claim.made", refs={}, body={"pairwise": "free text"})

    with hub.work() as work, pytest.raises(BadInputError):
        sign_in.prepare_act(work, person, unsayable, {})


def test_somebody_without_a_passkey_prepares_nothing(hub: Hub, agency: Organization) -> None:
    with hub.work() as work:
        waiting = people.invite_person(work, agency.actor, "浜 次郎").person
        actor = Actor(kind="person", slug="sakura", role="agency", user_id=waiting.id)
        with pytest.raises(SignInNeededError):
            sign_in.prepare_act(work, actor, CLAIM, {})
