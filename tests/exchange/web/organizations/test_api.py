from collections.abc import Callable

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.hub import Hub
from exchange.services import key_rotation, people
from exchange.services.ledger import Fact
from exchange.vault import keyring
from relay_protocol import jwk
from relay_protocol.note import VerifierKey
from relay_protocol.proof import Proof
from tests.story import portal, scheme
from tests.story.api import Caller
from tests.story.authenticator import Authenticator
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium, Organization


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def caller(agency: Organization, client_of: Callable[[Organization], Caller]) -> Caller:
    return client_of(agency)


def problem(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("/docs/problems#")


def signing_key(key: Ed25519PrivateKey) -> Fact:
    return Fact(
        kind="key.registered",
        body={
            "purpose": "sign",
            "key": dict(jwk.from_key(key.public_key())),
            "person": "",
            "credential": "",
        },
    )


def test_anybody_may_read_the_scheme_and_what_to_check_it_with(
    visitor: httpx.Client, hub: Hub
) -> None:
    told = visitor.get("/v1/scheme").json()

    assert told["name"] == "リレー協議会"
    assert told["web_origin"] == "http://localhost:8400"
    assert told["origin"] == "localhost:8400/ledger"
    assert VerifierKey.parse(told["vkey"]).name == "localhost:8400/ledger"
    assert told["demo"] is True
    assert told["rules"]["k"] == 3
    assert told["notice"] == "2026-12-A"
    assert told["now"].endswith("Z")


def test_while_one_key_of_the_log_follows_another_both_are_told(
    hub: Hub, visitor: httpx.Client
) -> None:
    first = hub.scheme.ledger_vkey
    told = visitor.get("/v1/scheme").json()
    assert (told["vkey"], told["vkeys"]) == (first, [first])
    with hub.work() as work:
        key_rotation.register(work, "log", keyring.draw(hub.settings.keys, "log")[1])
    assert visitor.get("/v1/scheme").json()["vkeys"] == [first]
    hub.sequence()
    told = visitor.get("/v1/scheme").json()
    assert told["vkeys"] == [first, told["vkey"]]
    assert told["vkey"] != first
    for page in ("/", "/portal/sign-in"):
        assert visitor.get(page).status_code == 200
    front = visitor.get("/").text.replace("&#43;", "+")
    assert first in front
    assert told["vkey"] in front


def test_anybody_may_read_the_register_with_the_keys_that_stand(
    visitor: httpx.Client, agency: Organization
) -> None:
    register = {one["slug"]: one for one in visitor.get("/v1/organizations").json()["items"]}

    assert set(register) == {
        "office", "kansa", "mirai", "aozora", "kaname", "sakura", "hayabusa"
    }  # fmt: skip
    sakura = register["sakura"]
    assert (sakura["role"], sakura["state"], sakura["licence"]) == (
        "agency",
        "active",
        "13-ユ-000001",
    )
    assert sakura["licence_until"] == "2031-03-31"
    assert register["mirai"]["licence"] == register["mirai"]["licence_until"] == ""
    keys = {key["purpose"]: key for key in sakura["keys"]}
    assert keys["sign"]["name"] == agency.kid
    assert keys["seal"]["jwk"] == jwk.from_key(agency.sealing.public_key())


def test_an_admission_is_found_and_cosigned_by_another_organization(
    hub: Hub, caller: Caller, agency: Organization
) -> None:
    newcomer = Organization(slug="minato", role="member", number=scheme.corporate_number(20))
    scheme.admit(hub, newcomer)

    (admission,) = caller.get("/v1/admissions?state=pending").json()["items"]
    cosign = Fact(
        kind="org.cosigned",
        refs={"admission": admission["admission"]},
        body={"fingerprint": newcomer.kid},
    )
    answer = caller.post("/v1/cosignatures", {"attestation": agency.sign(hub, cosign).jws})

    assert admission["fingerprint"] == newcomer.kid
    assert (answer.status_code, answer.json()) == (200, {"slug": "minato", "state": "active"})
    assert caller.get("/v1/admissions?state=pending").json()["items"] == []


def test_an_organization_that_is_not_cosigned_yet_may_not_act(
    hub: Hub, client_of: Callable[[Organization], Caller]
) -> None:
    newcomer = Organization(slug="minato", role="member", number=scheme.corporate_number(20))
    scheme.admit(hub, newcomer)

    answer = client_of(newcomer).get("/v1/people")

    assert (answer.status_code, problem(answer)) == (403, "not-active")


def test_a_state_that_there_is_not_is_refused(caller: Caller) -> None:
    answer = caller.get("/v1/admissions?state=asleep")

    assert (answer.status_code, problem(answer)) == (422, "bad-input")
    assert answer.json()["field"] == "state"


def test_a_key_is_registered_by_an_earlier_one_and_revoked(
    hub: Hub, caller: Caller, agency: Organization
) -> None:
    following = Ed25519PrivateKey.generate()
    kid = jwk.kid_of(following.public_key())

    registered = caller.post(
        "/v1/keys", {"attestation": agency.sign(hub, signing_key(following)).jws}
    )
    revoked = caller.post(
        "/v1/keys/revocations",
        {"attestation": agency.sign(hub, Fact(kind="key.revoked", body={"kid": kid})).jws},
    )

    assert registered.status_code == 201
    assert registered.json() == {"name": kid, "purpose": "sign", "revoked": False}
    assert revoked.json() == {"name": kid, "purpose": "sign", "revoked": True}


@pytest.mark.parametrize("attestation", ["x", "a.b.c", "鍵"])
def test_what_is_no_attestation_is_refused(caller: Caller, attestation: str) -> None:
    answer = caller.post("/v1/keys", {"attestation": attestation})

    assert (answer.status_code, problem(answer)) == (422, "attestation-refused")
    assert answer.json()["field"] == "attestation"


def test_the_same_attestation_twice_gets_the_first_answer_even_under_a_new_key(
    hub: Hub, caller: Caller, agency: Organization
) -> None:
    body = {"attestation": agency.sign(hub, signing_key(Ed25519PrivateKey.generate())).jws}

    first, again = caller.post("/v1/keys", body), caller.post("/v1/keys", body)

    assert again.status_code == first.status_code == 201
    assert again.json() == first.json()


def test_an_organization_reads_its_own_acts_with_proofs_that_check(
    hub: Hub, caller: Caller, agency: Organization
) -> None:
    caller.post(
        "/v1/keys",
        {"attestation": agency.sign(hub, signing_key(Ed25519PrivateKey.generate())).jws},
    )
    hub.sequence()

    answer = caller.get("/v1/reveals").json()

    log = VerifierKey.parse(hub.scheme.ledger_vkey)
    kinds = [
        Proof.from_document(document).check(log)[0].attestation.kind for document in answer["items"]
    ]
    assert kinds == ["org.admitted", "org.cosigned", "key.registered", "key.registered"]
    assert answer["next"] is None


def test_own_acts_come_in_pages(hub: Hub, caller: Caller) -> None:
    whole = caller.get("/v1/reveals").json()["items"]
    first = caller.get("/v1/reveals?limit=2").json()
    second = caller.get(f"/v1/reveals?limit=2&after={first['next']}").json()

    assert [*first["items"], *second["items"]] == whole
    assert first["next"] == whole[1]["seq"]
    assert second["next"] is None


def test_nobody_reads_anothers_acts(
    caller: Caller, client_of: Callable[[Organization], Caller], consortium: Consortium
) -> None:
    own = {item["seq"] for item in caller.get("/v1/reveals").json()["items"]}
    others = client_of(consortium.agencies[1]).get("/v1/reveals").json()["items"]

    assert own.isdisjoint(item["seq"] for item in others)


@pytest.mark.parametrize(
    "query", ["after=-2", "after=x", "limit=0", "limit=1001", "after=9007199254740992"]
)
def test_a_page_that_cannot_be_is_refused(caller: Caller, query: str) -> None:
    assert caller.get(f"/v1/reveals?{query}").status_code == 422


def test_people_are_invited_enrolled_and_confirmed_over_the_api(
    hub: Hub, caller: Caller, agency: Organization, visitor: httpx.Client
) -> None:
    invited = caller.post("/v1/people", {"display_name": "佐倉 花子"})
    user_id = invited.json()["id"]
    device = Authenticator(origin=hub.scheme.web_origin)
    PortalPerson(http=visitor, device=device).enrol(invited.json()["enrolment_url"])
    (enrolled,) = caller.get("/v1/people").json()["items"]
    fact = Fact(
        kind="key.registered",
        body={
            "purpose": "passkey",
            "key": enrolled["key"],
            "person": user_id,
            "credential": enrolled["credential"],
        },
    )

    confirmed = caller.post(
        f"/v1/people/{user_id}/confirmation", {"attestation": agency.sign(hub, fact).jws}
    )

    assert invited.status_code == 201
    assert invited.json()["enrolment_url"].startswith("http://localhost:8400/portal/enrol/")
    assert (enrolled["state"], enrolled["credential"]) == (
        "enrolled",
        portal.credential_of(PortalPerson(http=visitor, device=device)),
    )
    assert confirmed.json() == {**enrolled, "state": "confirmed"}


def test_somebody_invited_has_no_key_yet(caller: Caller) -> None:
    caller.post("/v1/people", {"display_name": "佐倉 花子"})

    (waiting,) = caller.get("/v1/people").json()["items"]

    assert (waiting["state"], waiting["key"], waiting["credential"], waiting["check"]) == (
        "invited",
        None,
        "",
        "",
    )


@pytest.mark.parametrize("name", ["", "x" * 61, None, 7])
def test_a_name_that_is_none_is_refused_by_field(caller: Caller, name: object) -> None:
    answer = caller.post("/v1/people", {"display_name": name})

    assert answer.status_code == 422
    assert answer.json()["field"] == "display_name"


def test_a_neighbours_person_looks_exactly_like_nobody(
    hub: Hub, caller: Caller, consortium: Consortium, agency: Organization
) -> None:
    with hub.work() as work:
        theirs = people.invite_person(work, consortium.agencies[1].actor, "浜 次郎").person.id
    attestation = agency.sign(hub, signing_key(Ed25519PrivateKey.generate())).jws

    neighbour = caller.post(f"/v1/people/{theirs}/confirmation", {"attestation": attestation})
    absent = caller.post(
        "/v1/people/usr_0123456789abcdefghjkmnpqrs/confirmation", {"attestation": attestation}
    )

    assert neighbour.status_code == absent.status_code == 404
    assert neighbour.content == absent.content
    assert caller.get("/v1/people").json()["items"] == []


def test_the_register_comes_in_pages_by_slug(visitor: httpx.Client) -> None:
    first = visitor.get("/v1/organizations?limit=4").json()
    second = visitor.get(f"/v1/organizations?limit=4&cursor={first['next']}").json()

    assert [one["slug"] for one in first["items"]] == ["aozora", "hayabusa", "kaname", "kansa"]
    assert [one["slug"] for one in second["items"]] == ["mirai", "office", "sakura"]
    assert second["next"] is None


def test_admissions_come_in_pages_and_the_office_is_on_none(caller: Caller) -> None:
    first = caller.get("/v1/admissions?limit=5").json()
    second = caller.get(f"/v1/admissions?limit=5&cursor={first['next']}").json()

    found = [one["slug"] for one in (*first["items"], *second["items"])]
    assert found == ["aozora", "hayabusa", "kaname", "kansa", "mirai", "sakura"]
    assert second["next"] is None


def test_people_come_in_pages_oldest_first(caller: Caller) -> None:
    names = ["佐倉 花子", "浜 次郎", "見本 太郎"]
    for name in names:
        caller.post("/v1/people", {"display_name": name})

    first = caller.get("/v1/people?limit=2").json()
    second = caller.get(f"/v1/people?limit=2&cursor={first['next']}").json()

    assert [one["display_name"] for one in (*first["items"], *second["items"])] == names
    assert (len(first["items"]), second["next"]) == (2, None)
