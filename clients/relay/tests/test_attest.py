from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from career_relay.attest import Attester
from relay_protocol.errors import AttestationError, SignatureError
from relay_protocol.jwk import kid_of

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


def attester(now: Callable[[], datetime]) -> Attester:
    return Attester(slug="mirai", key=KEY, log="hub.example/ledger", now=now)


@pytest.fixture
def mirai(moment: datetime) -> Attester:
    return attester(lambda: moment)


def test_an_act_is_signed_by_the_organizations_key_for_this_ledger_now(
    mirai: Attester, moment: datetime
) -> None:
    signed = mirai.sign("key.revoked", body={"kid": "AAAA"})
    signed.check_jws(KEY.public_key())
    said = signed.attestation
    assert (said.by, said.log, said.at) == ("mirai", "hub.example/ledger", moment)
    assert (said.kind, dict(said.refs), dict(said.body)) == ("key.revoked", {}, {"kid": "AAAA"})
    assert signed.kid == kid_of(KEY.public_key())


def test_no_other_key_has_signed_it(mirai: Attester) -> None:
    signed = mirai.sign("key.revoked", body={"kid": "AAAA"})
    with pytest.raises(SignatureError):
        signed.check_jws(Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32).public_key())


def test_each_act_has_an_id_of_its_own(mirai: Attester) -> None:
    first, second = (mirai.sign("key.revoked", body={"kid": "AAAA"}) for _ in range(2))
    assert first.attestation.id != second.attestation.id


def test_an_instant_is_written_in_utc_and_in_whole_seconds(moment: datetime) -> None:
    in_japan = timezone(timedelta(hours=9))
    late = attester(lambda: (moment + timedelta(microseconds=999_999)).astimezone(in_japan))
    at = late.sign("key.revoked", body={"kid": "AAAA"}).attestation.at
    assert at == moment
    assert at.tzinfo is UTC


def test_what_a_kind_cannot_say_is_not_signed(mirai: Attester) -> None:
    with pytest.raises(AttestationError):
        mirai.sign("key.revoked", body={"kid": "AAAA", "why": "lost"})


def test_the_key_does_not_show_when_an_attester_is_printed(mirai: Attester) -> None:
    assert "Ed25519" not in repr(mirai)
