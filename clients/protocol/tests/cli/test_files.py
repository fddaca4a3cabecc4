"""What an auditor brings along is read carefully, and what it keeps is written whole."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)

from relay_protocol.cli import files
from relay_protocol.cli.refusals import InputError
from tests.story.hand_ledger import HandLedger, sealing_key, signing_key

LOG_KEY = HandLedger().log_key.verifier
STRANGER = HandLedger(log_signer="stranger").log_key.verifier


def pem(
    path: Path,
    key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
    encryption: KeySerializationEncryption | None = None,
) -> Path:
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())
    )
    return path


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"1234")
    assert files.read(file, 4) == b"1234"
    with pytest.raises(InputError, match="larger"):
        files.read(file, 3)


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        files.read(tmp_path / "missing")
    with pytest.raises(InputError, match="no regular file"):
        files.read(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_a_pipe_does_not_keep_it_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="no regular file"):
        files.read(pipe)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "file"
    files.write(file, b"old")
    files.write(file, b"new")
    assert file.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [file]
    with pytest.raises(InputError, match="cannot be written"):
        files.write(tmp_path / "missing" / "file", b"")


def test_nothing_half_written_is_left_where_a_file_cannot_be_put(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(InputError, match="cannot be written"):
        files.write(tmp_path / "taken", b"text")
    assert [one.name for one in tmp_path.iterdir()] == ["taken"]


def test_a_source_is_a_folder_that_is_there(tmp_path: Path) -> None:
    files.require_folder(str(tmp_path))
    for source in (str(tmp_path / "ledge"), "hub.example.jp"):
        with pytest.raises(InputError, match=f"{source} is no folder here"):
            files.require_folder(source)


def test_a_verifier_key_is_given_by_itself_or_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "ledger.vkey"
    file.write_text(f"{LOG_KEY.encode()}\n", encoding="ascii")
    assert files.read_vkey(LOG_KEY.encode()) == LOG_KEY
    assert files.read_vkey(str(file)) == LOG_KEY
    assert files.read_vkey("") is None


def test_a_file_without_a_verifier_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ledger.vkey"
    file.write_bytes(b"\xff nothing")
    with pytest.raises(InputError, match="holds no verifier key"):
        files.read_vkey(str(file))


def test_a_slip_in_a_verifier_key_is_told_from_a_file_that_is_not_there(tmp_path: Path) -> None:
    slip = LOG_KEY.encode()[:-2] + ("A=" if LOG_KEY.encode()[-2] != "A" else "E=")
    written = tmp_path / "ledger.vkey"
    written.write_text(f"{slip}\n")
    for given in (slip, str(written)):
        with pytest.raises(InputError, match="letter by letter"):
            files.read_vkey(given)
    with pytest.raises(InputError, match="cannot be read"):
        files.read_vkey(str(tmp_path / "other.vkey"))


def test_keys_are_read_for_what_they_are_for(tmp_path: Path) -> None:
    signing = pem(tmp_path / "sign.pem", signing_key("kansa"))
    reveal = pem(tmp_path / "reveal.pem", sealing_key("kansa"))
    own = files.read_signing_key(signing).public_key()
    assert own == signing_key("kansa").public_key()
    assert files.read_reveal_key(reveal).public_key() == sealing_key("kansa").public_key()
    with pytest.raises(InputError, match="no key to sign with"):
        files.read_signing_key(reveal)
    with pytest.raises(InputError, match="no key for reveals"):
        files.read_reveal_key(signing)


def test_keys_on_another_curve_behind_a_password_or_of_no_form_are_refused(
    tmp_path: Path,
) -> None:
    other = pem(tmp_path / "other.pem", ec.derive_private_key(5, ec.SECP384R1()))
    with pytest.raises(InputError, match="no key for reveals"):
        files.read_reveal_key(other)
    locked = pem(tmp_path / "locked.pem", signing_key("k"), BestAvailableEncryption(b"word"))
    with pytest.raises(InputError, match="without a password"):
        files.read_signing_key(locked)
    (tmp_path / "none.pem").write_bytes(b"none")
    with pytest.raises(InputError, match="no private key"):
        files.read_signing_key(tmp_path / "none.pem")


def test_now_is_a_whole_second_in_utc() -> None:
    moment = files.now(None)
    assert moment.microsecond == 0
    assert moment.utcoffset() == timedelta()
    assert abs(datetime.now(UTC) - moment) < timedelta(seconds=30)


def test_a_demos_clock_moves_now_forward(tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("86400\n", encoding="ascii")
    ahead = files.now(clock) - files.now(None)
    assert timedelta(days=1) <= ahead < timedelta(days=1, seconds=30)


@pytest.mark.parametrize("text", ["9" * 400, "9" * 5_000])
def test_a_clock_beyond_the_calendar_is_refused(tmp_path: Path, text: str) -> None:
    clock = tmp_path / "clock"
    clock.write_text(text, encoding="ascii")
    with pytest.raises(InputError, match="no demo's clock"):
        files.now(clock)


@pytest.mark.parametrize("text", ["", "-5", "1.5", "soon"])
def test_a_clock_that_holds_no_seconds_is_refused(tmp_path: Path, text: str) -> None:
    clock = tmp_path / "clock"
    clock.write_text(text, encoding="ascii")
    with pytest.raises(InputError, match="no demo's clock"):
        files.now(clock)


def test_a_private_key_in_the_ledgers_folder_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "ledger"
    folder.mkdir()
    files.require_outside(str(folder), tmp_path / "key.pem", None)
    with pytest.raises(InputError, match="move it away"):
        files.require_outside(str(folder), folder / "keys" / "key.pem")
    with pytest.raises(InputError, match="move it away"):
        files.require_outside(str(folder), tmp_path / "x" / ".." / "ledger" / "key.pem")
