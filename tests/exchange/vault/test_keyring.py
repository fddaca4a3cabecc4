"""The hub's own keys: drawn once, never overwritten, never open to others."""

import stat
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from exchange.vault import keyring
from exchange.vault.keyring import KeyringError
from relay_protocol.jwk import kid_of


def test_keys_that_were_created_load_as_the_same_keys(tmp_path: Path) -> None:
    created = keyring.create(tmp_path / "keys")
    loaded = keyring.load(tmp_path / "keys")
    for purpose in keyring.SIGNING_PURPOSES:
        assert (
            loaded.signing[purpose].private_bytes_raw()
            == created.signing[purpose].private_bytes_raw()
        )
    assert loaded.master == created.master


def test_every_purpose_has_a_key_of_its_own(tmp_path: Path) -> None:
    ring = keyring.create(tmp_path / "keys")
    signing = {ring.signing[purpose].private_bytes_raw() for purpose in keyring.SIGNING_PURPOSES}
    assert len(signing) == len(keyring.SIGNING_PURPOSES)
    assert ring.derive("web/forms") != ring.derive("web/cursors")
    assert ring.derive("web/forms") == ring.derive("web/forms")
    assert len(ring.derive("web/forms")) == 32


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    first = keyring.create(tmp_path / "keys")
    with pytest.raises(KeyringError, match="never overwritten"):
        keyring.create(tmp_path / "keys")
    assert keyring.load(tmp_path / "keys").master == first.master


def test_key_files_are_their_owners_alone(tmp_path: Path) -> None:
    keyring.create(tmp_path / "keys")
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}


@pytest.mark.parametrize("name", ["hub.pem", "master.key"])
def test_a_key_that_others_can_read_is_refused_with_the_mend(tmp_path: Path, name: str) -> None:
    keyring.create(tmp_path / "keys")
    (tmp_path / "keys" / name).chmod(0o640)
    with pytest.raises(KeyringError, match=f"chmod 600 .*{name}"):
        keyring.load(tmp_path / "keys")


def test_a_missing_key_is_refused_with_the_mend(tmp_path: Path) -> None:
    keyring.create(tmp_path / "keys")
    (tmp_path / "keys" / "log.pem").unlink()
    with pytest.raises(KeyringError, match="exchange init"):
        keyring.load(tmp_path / "keys")


@pytest.mark.parametrize("content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    keyring.create(tmp_path / "keys")
    (tmp_path / "keys" / "hub.pem").write_bytes(content)
    with pytest.raises(KeyringError, match=r"hub\.pem"):
        keyring.load(tmp_path / "keys")


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    keyring.create(tmp_path / "keys")
    other = ec.generate_private_key(ec.SECP256R1())
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "keys" / "hub.pem").write_bytes(pem)
    with pytest.raises(KeyringError, match="Ed25519"):
        keyring.load(tmp_path / "keys")


@pytest.mark.parametrize("text", ["", "zz", "00" * 31, "00" * 33])
def test_a_master_key_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    keyring.create(tmp_path / "keys")
    (tmp_path / "keys" / "master.key").write_text(text)
    with pytest.raises(KeyringError, match=r"master\.key"):
        keyring.load(tmp_path / "keys")


def test_the_master_key_does_not_show_when_the_ring_is_printed(tmp_path: Path) -> None:
    ring = keyring.create(tmp_path / "keys")
    assert ring.master.hex() not in repr(ring)
    assert repr(ring.master) not in repr(ring)


class TestKeysThatFollow:
    def test_are_read_beside_the_first_of_their_purpose(self, tmp_path: Path) -> None:
        ring = keyring.create(tmp_path / "keys")
        assert [raw(key) for key in ring.held("log")] == [raw(ring.signing["log"])]
        drawn = [keyring.draw(tmp_path / "keys", "log") for _ in range(9)]
        assert drawn[0][0].name == "log-2.pem"
        held = keyring.load(tmp_path / "keys").held("log")
        assert [raw(key) for key in held] == [
            raw(ring.signing["log"]),
            *(raw(key) for _, key in drawn),
        ]
        assert len(ring.held("hub")) == len(ring.held("operator")) == 1

    def test_are_readable_by_their_owner_alone(self, tmp_path: Path) -> None:
        keyring.create(tmp_path)
        path, _ = keyring.draw(tmp_path, "hub")
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_are_found_by_a_process_that_started_before_they_were_drawn(
        self, tmp_path: Path
    ) -> None:
        at_work = keyring.create(tmp_path)
        _, key = keyring.draw(tmp_path, "hub")
        kid = kid_of(key.public_key())
        found = at_work.key_of("hub", kid)
        assert found is not None
        assert raw(found) == raw(key)
        assert at_work.key_of("log", kid_of(Ed25519PrivateKey.generate().public_key())) is None

    def test_stand_alone_once_the_first_was_taken_away(self, tmp_path: Path) -> None:
        keyring.create(tmp_path)
        _, key = keyring.draw(tmp_path, "log")
        (tmp_path / "log.pem").unlink()
        assert [raw(one) for one in keyring.load(tmp_path).held("log")] == [raw(key)]

    def test_half_of_a_file_that_a_crash_has_left_is_none(self, tmp_path: Path) -> None:
        keyring.create(tmp_path)
        (tmp_path / ".log-2.pem.new").write_bytes(b"-----BEGIN")
        assert len(keyring.load(tmp_path).held("log")) == 1
        path, _ = keyring.draw(tmp_path, "log")
        assert len(keyring.load(tmp_path).held("log")) == 2
        assert sorted(one.name for one in tmp_path.iterdir() if "log" in one.name) == [
            path.name,
            "log.pem",
        ]

    def test_each_tells_its_file(self, tmp_path: Path) -> None:
        ring = keyring.create(tmp_path)
        path, key = keyring.draw(tmp_path, "operator")
        assert keyring.file_of(tmp_path, "operator", kid_of(key.public_key())) == path
        first = kid_of(ring.signing["operator"].public_key())
        assert keyring.file_of(tmp_path, "operator", first) == tmp_path / "operator.pem"
        assert keyring.file_of(tmp_path, "log", first) is None


def raw(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes_raw()
