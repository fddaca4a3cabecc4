import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from exchange.domain.errors import PasskeyRefusedError
from exchange.services import passkeys
from exchange.services.passkeys import Passkey
from exchange.services.work import Scheme
from relay_protocol import jwk
from relay_protocol.encoding import b64url_decode, b64url_encode
from tests.story.authenticator import Authenticator

SCHEME = Scheme(
    name="リレー協議会",
    name_en="Relay Consortium",
    origin="localhost:8400/ledger",
    web_origin="http://localhost:8400",
    rp_id="localhost",
    operator="office",
    ledger_vkey="",
    demo=True,
)
CHALLENGE, OTHER = b"c" * 32, b"o" * 32


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(origin=SCHEME.web_origin)


def asked_to_create(challenge: bytes = CHALLENGE) -> str:
    return passkeys.creation_options(
        SCHEME, user_id="usr_0123456789abcdefghjkmnpqrs", name="佐倉 花子", challenge=challenge
    )


def registered(device: Authenticator) -> Passkey:
    answer = device.create(asked_to_create())
    return passkeys.read_registration(answer, scheme=SCHEME, challenge=CHALLENGE)


def signed(device: Authenticator, challenge: bytes = CHALLENGE) -> str:
    return device.get(passkeys.request_options(SCHEME, challenge=challenge))


def test_a_browser_is_asked_for_a_passkey_on_p_256_of_a_person_who_is_verified() -> None:
    asked = json.loads(asked_to_create())

    assert asked["rp"] == {"id": "localhost", "name": "リレー協議会"}
    assert [kind["alg"] for kind in asked["pubKeyCredParams"]] == [-7]
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["attestation"] == "none"
    assert b64url_decode(asked["user"]["id"]) == b"usr_0123456789abcdefghjkmnpqrs"
    assert b64url_decode(asked["challenge"]) == CHALLENGE


def test_a_new_passkey_is_known_by_its_id_and_key(device: Authenticator) -> None:
    passkey = registered(device)

    (credential,) = device.credentials
    assert passkey.credential == b64url_encode(credential.id)
    assert passkey.key == jwk.from_key(credential.private.public_key())
    assert passkey.sign_count == 0


@pytest.mark.parametrize(
    "origin", ["http://localhost:8401", "https://localhost:8400", "http://evil.example"]
)
def test_a_passkey_made_on_another_page_is_refused(origin: str) -> None:
    answer = Authenticator(origin=origin).create(asked_to_create())

    with pytest.raises(PasskeyRefusedError):
        passkeys.read_registration(answer, scheme=SCHEME, challenge=CHALLENGE)


def test_a_passkey_made_for_another_challenge_is_refused(device: Authenticator) -> None:
    answer = device.create(asked_to_create(OTHER))

    with pytest.raises(PasskeyRefusedError):
        passkeys.read_registration(answer, scheme=SCHEME, challenge=CHALLENGE)


def test_a_passkey_made_without_verifying_the_person_is_refused() -> None:
    answer = Authenticator(origin=SCHEME.web_origin, verifies=False).create(asked_to_create())

    with pytest.raises(PasskeyRefusedError):
        passkeys.read_registration(answer, scheme=SCHEME, challenge=CHALLENGE)


def test_a_passkey_for_another_site_is_refused(device: Authenticator) -> None:
    asked = json.loads(asked_to_create())
    asked["rp"]["id"] = "evil.example"

    with pytest.raises(PasskeyRefusedError):
        passkeys.read_registration(
            device.create(json.dumps(asked)), scheme=SCHEME, challenge=CHALLENGE
        )


def test_an_answer_tells_which_challenge_it_is_for(device: Authenticator) -> None:
    assert passkeys.challenge_in(device.create(asked_to_create(OTHER))) == OTHER
    assert passkeys.read_assertion(signed(device)).challenge == CHALLENGE


def test_a_passkeys_signature_checks_and_counts(device: Authenticator) -> None:
    passkey = registered(device)

    first = passkeys.check_assertion(
        passkeys.read_assertion(signed(device)), passkey, scheme=SCHEME
    )
    second = passkeys.check_assertion(
        passkeys.read_assertion(signed(device)), replace(passkey, sign_count=first), scheme=SCHEME
    )

    assert (first, second) == (1, 2)


def test_a_copy_of_a_passkey_that_counts_behind_is_refused(device: Authenticator) -> None:
    passkey = replace(registered(device), sign_count=5)

    with pytest.raises(PasskeyRefusedError):
        passkeys.check_assertion(passkeys.read_assertion(signed(device)), passkey, scheme=SCHEME)


def test_a_signature_of_another_key_is_refused(device: Authenticator) -> None:
    other = jwk.from_key(ec.generate_private_key(ec.SECP256R1()).public_key())
    passkey = replace(registered(device), key=other)

    with pytest.raises(PasskeyRefusedError):
        passkeys.check_assertion(passkeys.read_assertion(signed(device)), passkey, scheme=SCHEME)


@pytest.mark.parametrize("how", ["origin", "verifies"])
def test_a_signature_given_elsewhere_or_without_the_person_is_refused(
    device: Authenticator, how: str
) -> None:
    passkey = registered(device)
    if how == "origin":
        device.origin = "http://evil.example"
    else:
        device.verifies = False

    with pytest.raises(PasskeyRefusedError):
        passkeys.check_assertion(passkeys.read_assertion(signed(device)), passkey, scheme=SCHEME)


def test_a_browser_is_asked_for_the_one_passkey_that_may_sign(device: Authenticator) -> None:
    passkey = registered(device)
    any_of_them = json.loads(passkeys.request_options(SCHEME, challenge=CHALLENGE))
    that_one = json.loads(
        passkeys.request_options(SCHEME, challenge=CHALLENGE, credential=passkey.credential)
    )

    assert any_of_them["allowCredentials"] == []
    assert [one["id"] for one in that_one["allowCredentials"]] == [passkey.credential]
    assert that_one["userVerification"] == "required"


HOSTILE = [
    "",
    "{}",
    "[]",
    "null",
    "7",
    '"x"',
    '{"response":null}',
    '{"response":{"clientDataJSON":7}}',
    "x" * 20_001,
    "[" * 5_000,
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_what_is_no_answer_is_refused(answer: str) -> None:
    with pytest.raises(PasskeyRefusedError):
        passkeys.challenge_in(answer)
    with pytest.raises(PasskeyRefusedError):
        passkeys.read_assertion(answer)
    with pytest.raises(PasskeyRefusedError):
        passkeys.read_registration(answer, scheme=SCHEME, challenge=CHALLENGE)


@given(where=st.sampled_from(["attestationObject", "clientDataJSON"]), data=st.data())
def test_a_registration_that_was_damaged_anywhere_is_refused_and_never_breaks_us(
    where: str, data: st.DataObject
) -> None:
    answer = json.loads(Authenticator(origin=SCHEME.web_origin).create(asked_to_create()))
    raw = bytearray(b64url_decode(answer["response"][where]))
    cut = data.draw(st.integers(0, len(raw) - 1))
    answer["response"][where] = b64url_encode(bytes(raw[:cut]))

    with pytest.raises(PasskeyRefusedError):
        passkeys.read_registration(json.dumps(answer), scheme=SCHEME, challenge=CHALLENGE)


@given(raw=st.binary(max_size=200))
def test_chance_in_place_of_a_statement_is_refused_and_never_breaks_us(raw: bytes) -> None:
    answer = json.loads(Authenticator(origin=SCHEME.web_origin).create(asked_to_create()))
    answer["response"]["attestationObject"] = b64url_encode(raw)

    with pytest.raises(PasskeyRefusedError):
        passkeys.read_registration(json.dumps(answer), scheme=SCHEME, challenge=CHALLENGE)


def test_two_people_compare_the_first_six_bytes_of_the_kid() -> None:
    key = jwk.from_key(ec.generate_private_key(ec.SECP256R1()).public_key())

    said = passkeys.check_words(key)

    assert [len(group) for group in said.split(" ")] == [4, 4, 4]
    assert bytes.fromhex(said.replace(" ", "")) == b64url_decode(jwk.thumbprint(key))[:6]
