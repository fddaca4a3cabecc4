"""What is personal opens under one person's key and one purpose, and under nothing else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.vault import keyring, person_keys
from exchange.vault.keyring import Keyring
from exchange.vault.person_keys import PersonKey, SealError

PERSON = "per_00000000000000000000000001"
OTHER = "per_00000000000000000000000002"


@pytest.fixture
def ring(tmp_path: Path) -> Keyring:
    return keyring.create(tmp_path / "keys")


@pytest.fixture
def key(ring: Keyring) -> PersonKey:
    return person_keys.unwrap(ring, PERSON, person_keys.new_wrapped_key(ring, PERSON))


@given(st.binary(max_size=2_000))
def test_what_was_sealed_opens_to_the_same_bytes(plaintext: bytes) -> None:
    key = PersonKey(bytes(32))
    assert key.open(key.seal(plaintext, "form"), "form") == plaintext


@pytest.mark.parametrize(("length", "sealed"), [(0, 284), (255, 284), (256, 540), (511, 540)])
def test_sealed_lengths_tell_the_length_to_256_bytes_only(
    key: PersonKey, length: int, sealed: int
) -> None:
    # 12 of the nonce, 16 of the tag, and the padded text: 256 bytes for 0 to 255.
    assert len(key.seal(bytes(length), "form")) == sealed


def test_the_same_text_is_sealed_to_different_bytes_each_time(key: PersonKey) -> None:
    assert key.seal(b"text", "form") != key.seal(b"text", "form")


def test_another_purpose_does_not_open_it(key: PersonKey) -> None:
    sealed = key.seal(b"text", "form")
    with pytest.raises(SealError):
        key.open(sealed, "reveal")


def test_another_persons_key_does_not_open_it(ring: Keyring, key: PersonKey) -> None:
    other = person_keys.unwrap(ring, OTHER, person_keys.new_wrapped_key(ring, OTHER))
    with pytest.raises(SealError):
        other.open(key.seal(b"text", "form"), "form")


@pytest.mark.parametrize("position", [0, 11, 12, 200, -1])
def test_one_changed_byte_is_noticed(key: PersonKey, position: int) -> None:
    sealed = bytearray(key.seal(b"text", "form"))
    sealed[position] ^= 1
    with pytest.raises(SealError):
        key.open(bytes(sealed), "form")


@pytest.mark.parametrize("sealed", [b"", b"short", bytes(12)])
def test_what_was_never_sealed_is_refused(key: PersonKey, sealed: bytes) -> None:
    with pytest.raises(SealError):
        key.open(sealed, "form")


def test_a_wrapped_key_belongs_to_its_person(ring: Keyring) -> None:
    wrapped = person_keys.new_wrapped_key(ring, PERSON)
    with pytest.raises(SealError):
        person_keys.unwrap(ring, OTHER, wrapped)


def test_a_wrapped_key_belongs_to_its_hub(ring: Keyring, tmp_path: Path) -> None:
    wrapped = person_keys.new_wrapped_key(ring, PERSON)
    with pytest.raises(SealError):
        person_keys.unwrap(keyring.create(tmp_path / "others"), PERSON, wrapped)


def test_every_person_has_a_key_of_their_own(ring: Keyring) -> None:
    keys = {
        person_keys.unwrap(ring, PERSON, person_keys.new_wrapped_key(ring, PERSON)).secret
        for _ in range(3)
    }
    assert len(keys) == 3


def test_the_secret_does_not_show_when_the_key_is_printed(key: PersonKey) -> None:
    assert repr(key.secret) not in repr(key)
