"""Which of the hub's own keys signs, before and while one follows another."""

from dataclasses import replace

import pytest

from exchange.hub import Hub
from exchange.services import key_rotation, own_keys
from exchange.vault import keyring
from exchange.vault.keyring import KeyringError
from relay_protocol import jwk
from relay_protocol.note import VerifierKey


def followed(hub: Hub, purpose: str) -> str:
    """Let a key follow the one of a purpose; return its name."""
    _, key = keyring.draw(hub.settings.keys, purpose)
    with hub.work() as work:
        return key_rotation.register(work, purpose, key)


@pytest.mark.parametrize("purpose", ["operator", "hub", "log"])
def test_before_any_change_the_one_key_is_that_of_entry_0(hub: Hub, purpose: str) -> None:
    with hub.reading() as work:
        (key,) = own_keys.keys(work, purpose)
    assert key.name == jwk.kid_of(hub.keyring.signing[purpose].public_key())
    assert (key.seq, key.registered_at, key.stands) == (0, None, True)


@pytest.mark.parametrize("purpose", ["operator", "hub"])
def test_the_newest_key_that_stands_signs(hub: Hub, purpose: str) -> None:
    name = followed(hub, purpose)
    with hub.reading() as work:
        chosen = own_keys.signing_key(work, purpose)
        before = own_keys.signing_key(work, purpose, but=name)
    assert jwk.kid_of(chosen.public_key()) == name
    assert before.private_bytes_raw() == hub.keyring.signing[purpose].private_bytes_raw()


def test_a_key_whose_file_is_not_here_does_not_sign_and_the_one_before_does(hub: Hub) -> None:
    path, key = keyring.draw(hub.settings.keys, "hub")
    with hub.work() as work:
        key_rotation.register(work, "hub", key)
    path.unlink()
    with hub.reading() as work:
        chosen = own_keys.signing_key(work, "hub")
    assert jwk.kid_of(chosen.public_key()) != jwk.kid_of(key.public_key())


def test_without_any_key_that_stands_nothing_is_signed(hub: Hub) -> None:
    first = jwk.kid_of(hub.keyring.signing["hub"].public_key())
    with hub.reading() as work, pytest.raises(KeyringError, match="no key of the hub"):
        own_keys.signing_key(work, "hub", but=first)
    with hub.reading() as work, pytest.raises(KeyringError, match="no key of the log"):
        own_keys.log_signers(work, 0)


def test_a_key_of_the_log_signs_from_the_checkpoint_on_that_covers_its_entry(hub: Hub) -> None:
    name = followed(hub, "log")
    size = hub.sequence()
    with hub.reading() as work:
        at = {n: len(own_keys.log_signers(work, n)) for n in (1, size - 1, size)}
        newest = own_keys.keys(work, "log")[-1]
    assert (newest.name, newest.seq) == (name, size - 1)
    assert at == {1: 1, size - 1: 1, size: 2}


def test_what_is_shown_as_the_logs_keys_is_what_signs_the_published_checkpoint(hub: Hub) -> None:
    first = hub.scheme.ledger_vkey
    name = followed(hub, "log")
    with hub.reading() as work:
        assert own_keys.vkeys(work) == [first]
    hub.sequence()
    with hub.reading() as work:
        shown = own_keys.vkeys(work)
    assert shown[0] == first
    assert jwk.thumbprint(jwk.from_raw(VerifierKey.parse(shown[1]).public_key)) == name


def test_a_restored_older_database_knows_the_log_by_the_files_too(hub: Hub) -> None:
    _, key = keyring.draw(hub.settings.keys, "log")
    with replace(hub, keyring=keyring.load(hub.settings.keys)).reading() as work:
        known = [one.public_key for one in own_keys.log_verifiers(work)]
    keys = (hub.keyring.signing["log"], key)
    assert known == [one.public_key().public_bytes_raw() for one in keys]
