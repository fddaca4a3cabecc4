"""What every organization's requests say on the wire."""

import pytest

from career_relay.connection import Connection
from career_relay.organization import Organization, PersonAnswer, TellingAnswer
from relay_protocol import jwk
from relay_protocol.attestation import Attestation, from_jws
from tests.story.local_hub import LocalHub, Told
from tests.story.shown_ledger import ShownLedger, sealing_key

ADMISSION = "A" * 22
PERSON = f"usr_{'0' * 26}"
KEY = jwk.from_key(sealing_key(9).public_key())


@pytest.fixture
def organization(mirai: Connection) -> Organization:
    return Organization(mirai.transport, mirai.attester)


def act(shown: ShownLedger, hub: LocalHub) -> Attestation:
    """Return the act in the last request, signed by the member."""
    signed = from_jws(str(hub.requests[-1].document["attestation"]))
    signed.check_jws(shown.signing["mirai"].public_key())
    return signed.attestation


def test_a_cosignature_names_admission_and_fingerprint(
    organization: Organization, shown: ShownLedger, local_hub: LocalHub
) -> None:
    local_hub.tell("POST", "/v1/cosignatures", Told.of({"slug": "kita", "state": "active"}))
    fingerprint = jwk.thumbprint(KEY)
    assert organization.cosign(ADMISSION, fingerprint).state == "active"
    said = act(shown, local_hub)
    assert (said.kind, said.refs) == ("org.cosigned", {"admission": ADMISSION})
    assert said.body == {"fingerprint": fingerprint}


def test_a_key_is_registered_by_the_one_in_use(
    organization: Organization, shown: ShownLedger, local_hub: LocalHub
) -> None:
    told = {"name": jwk.thumbprint(KEY), "purpose": "reveal", "revoked": False}
    local_hub.tell("POST", "/v1/keys", Told.of(told, status=201))
    assert organization.register_key("reveal", KEY).name == jwk.thumbprint(KEY)
    assert act(shown, local_hub).body == {
        "purpose": "reveal",
        "key": KEY,
        "person": "",
        "credential": "",
    }


def test_a_key_is_revoked_by_its_name(
    organization: Organization, shown: ShownLedger, local_hub: LocalHub
) -> None:
    told = {"name": "AAAA", "purpose": "passkey", "revoked": True}
    local_hub.tell("POST", "/v1/keys/revocations", Told.of(told))
    assert organization.revoke_key("AAAA").revoked
    assert act(shown, local_hub).body == {"kid": "AAAA"}


def test_a_person_is_confirmed_with_the_passkey_that_was_listed(
    organization: Organization, shown: ShownLedger, local_hub: LocalHub
) -> None:
    told: dict[str, object] = {
        "id": PERSON,
        "display_name": "佐倉 花子",
        "state": "enrolled",
        "credential": "AAAA",
        "key": KEY,
        "check": "5dbb c8cd 38aa",
    }
    local_hub.tell("GET", "/v1/people", Told.of({"items": [told], "next": None}))
    path = f"/v1/people/{PERSON}/confirmation"
    local_hub.tell("POST", path, Told.of({**told, "state": "confirmed"}))
    (person,) = organization.people()
    assert isinstance(person, PersonAnswer)
    assert organization.confirm_person(person).state == "confirmed"
    assert act(shown, local_hub).body == {
        "purpose": "passkey",
        "key": KEY,
        "person": PERSON,
        "credential": "AAAA",
    }


def test_a_person_is_invited_by_name(organization: Organization, local_hub: LocalHub) -> None:
    url = "https://hub.example/portal/enrol/x"
    local_hub.tell("POST", "/v1/people", Told.of({"id": PERSON, "enrolment_url": url}, status=201))
    assert organization.invite_person("佐倉 花子").enrolment_url == url
    assert local_hub.requests[-1].document == {"display_name": "佐倉 花子"}


def test_the_register_is_read_whole(organization: Organization, local_hub: LocalHub) -> None:
    one = {"slug": "kita", "name": "北", "name_en": "Kita", "role": "agency", "state": "active"}
    told = {**one, "licence": "", "keys": [{"name": "AAAA", "purpose": "sign", "jwk": KEY}]}
    local_hub.tell("GET", "/v1/organizations", Told.of({"items": [told], "next": None}))
    (known,) = organization.register()
    assert (known.slug, known.keys[0].purpose) == ("kita", "sign")


def test_those_who_wait_for_a_cosigner_are_asked_for_by_state(
    organization: Organization, local_hub: LocalHub
) -> None:
    local_hub.tell("GET", "/v1/admissions", Told.of({"items": [], "next": None}))
    assert organization.admissions() == []
    assert "state=pending" in local_hub.requests[-1].path


def test_receipts_come_page_after_page_from_a_place_on(
    organization: Organization, local_hub: LocalHub
) -> None:
    first = Told.of({"items": [{"seq": 6}, {"seq": 9}], "next": 9})
    local_hub.tell("GET", "/v1/reveals", first, Told.of({"items": [{"seq": 12}], "next": None}))
    assert [proof["seq"] for proof in organization.receipts(5)] == [6, 9, 12]
    asked = [request.path for request in local_hub.to("/v1/reveals")]
    assert ["after=5" in asked[0], "after=9" in asked[1]] == [True, True]


def test_receipts_that_run_in_a_circle_end(organization: Organization, local_hub: LocalHub) -> None:
    local_hub.tell("GET", "/v1/reveals", Told.of({"items": [{"seq": 6}], "next": 5}))
    assert [proof["seq"] for proof in organization.receipts(5)] == [6]


def test_a_telling_is_acknowledged_by_its_number(
    organization: Organization, local_hub: LocalHub
) -> None:
    told = {"number": 7, "about": "erased", "reference": "ref_1"}
    local_hub.tell("GET", "/v1/tellings", Told.of({"items": [told], "next": None}))
    path = "/v1/tellings/7/acknowledgement"
    local_hub.tell("POST", path, Told.of({"number": 7}))
    (telling,) = organization.tellings()
    assert telling == TellingAnswer(number=7, about="erased", reference="ref_1")
    organization.acknowledge(telling)
    assert len(local_hub.to(path)) == 1
