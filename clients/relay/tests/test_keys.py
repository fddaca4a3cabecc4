import errno
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from career_relay import keys
from career_relay.errors import KeyFileError


def pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey, password: bytes = b"") -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password)
        if password
        else serialization.NoEncryption(),
    )


def written(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_a_signing_key_comes_back_from_its_file(tmp_path: Path) -> None:
    drawn = keys.draw("sign")
    keys.keep(drawn, tmp_path / "keys" / "mirai.pem")
    loaded = keys.load_signing_key(tmp_path / "keys" / "mirai.pem")
    assert isinstance(drawn, Ed25519PrivateKey)
    assert loaded.private_bytes_raw() == drawn.private_bytes_raw()


@pytest.mark.parametrize("purpose", ["seal", "reveal"])
def test_a_sealing_key_comes_back_from_its_file(tmp_path: Path, purpose: keys.Purpose) -> None:
    drawn = keys.draw(purpose)
    keys.keep(drawn, tmp_path / "sakura.pem")
    loaded = keys.load_sealing_key(tmp_path / "sakura.pem")
    assert isinstance(drawn, ec.EllipticCurvePrivateKey)
    assert loaded.private_numbers() == drawn.private_numbers()


def test_no_two_keys_are_drawn_alike() -> None:
    first, second = keys.draw("sign"), keys.draw("sign")
    assert isinstance(first, Ed25519PrivateKey)
    assert isinstance(second, Ed25519PrivateKey)
    assert first.private_bytes_raw() != second.private_bytes_raw()


@pytest.mark.skipif(os.name != "posix", reason="only here files have modes")
def test_only_its_owner_can_read_a_key(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "mirai.pem"
    keys.keep(keys.draw("sign"), path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mirai.pem"
    keys.keep(keys.draw("sign"), path)
    before = path.read_bytes()
    with pytest.raises(KeyFileError, match="never overwritten"):
        keys.keep(keys.draw("sign"), path)
    assert path.read_bytes() == before


KILLED = dedent(
    """
    import os, pathlib, signal, sys
    from career_relay import keys

    left = [int(sys.argv[1])]

    def counted(step):
        def stepping(*given, **named):
            left[0] -= 1
            if not left[0]:
                os.kill(os.getpid(), signal.SIGKILL)
            return step(*given, **named)
        return stepping

    os.fsync, os.link = counted(os.fsync), counted(os.link)
    pathlib.Path.unlink = counted(pathlib.Path.unlink)
    keys.keep(keys.draw("sign"), pathlib.Path(sys.argv[2]))
    """
)


@pytest.mark.skipif(os.name != "posix", reason="only here files have two names")
def test_a_key_file_is_whole_or_not_there_wherever_its_writing_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "mirai.pem"
    there = []
    for step in range(1, 6):
        given = [sys.executable, "-c", KILLED, str(step), str(path)]
        ended = subprocess.run(given, check=False, timeout=60).returncode
        assert ended == (0 if step == 5 else -signal.SIGKILL)
        there.append(path.exists())
        if path.exists():
            keys.load_signing_key(path)
            path.unlink()
    # Killed before its bytes are durable, before it has its name, and twice after that.
    assert there == [False, False, True, True, True]
    keys.keep(keys.draw("sign"), path)
    assert keys.line_of(path) == [path]


def test_where_files_have_one_name_a_key_is_kept_and_not_overwritten_either(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "mirai.pem"
    keys.keep(keys.draw("sign"), path)
    before = keys.load_signing_key(path).private_bytes_raw()
    with pytest.raises(KeyFileError, match="never overwritten"):
        keys.keep(keys.draw("sign"), path)
    assert keys.load_signing_key(path).private_bytes_raw() == before
    assert [file.name for file in tmp_path.iterdir()] == ["mirai.pem"]


def test_a_key_that_cannot_be_written_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KeyFileError, match="cannot be written"):
        keys.keep(keys.draw("sign"), tmp_path / "file" / "mirai.pem")


@pytest.mark.skipif(os.name != "posix", reason="only here files have modes")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "mirai.pem"
    keys.keep(keys.draw("sign"), path)
    path.chmod(mode)
    with pytest.raises(KeyFileError, match="other users") as refused:
        keys.load_signing_key(path)
    assert "chmod 600" in refused.value.mend.into("ja")


def test_without_a_configured_key_the_way_to_one_is_told() -> None:
    with pytest.raises(KeyFileError, match="signing_key") as refused:
        keys.load_signing_key(None)
    assert "relay keys new" in refused.value.mend.into("en")


def test_a_missing_file_is_told_of(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="cannot be read"):
        keys.load_sealing_key(tmp_path / "none.pem")


@pytest.mark.parametrize("content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\n"])
def test_a_file_without_a_key_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(KeyFileError, match="no unencrypted PEM key"):
        keys.load_signing_key(written(tmp_path / "mirai.pem", content))


def test_a_key_under_a_password_is_refused(tmp_path: Path) -> None:
    content = pem(ec.generate_private_key(ec.SECP256R1()), b"password")
    with pytest.raises(KeyFileError, match="no unencrypted PEM key"):
        keys.load_sealing_key(written(tmp_path / "sakura.pem", content))


def test_a_file_larger_than_any_key_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(KeyFileError, match="too large"):
        keys.load_signing_key(written(tmp_path / "mirai.pem", bytes(keys.MAX_FILE_BYTES + 1)))


def test_a_sealing_key_does_not_sign_and_a_signing_key_opens_nothing(tmp_path: Path) -> None:
    keys.keep(keys.draw("sign"), tmp_path / "sign.pem")
    keys.keep(keys.draw("seal"), tmp_path / "seal.pem")
    with pytest.raises(KeyFileError, match="no key to sign with"):
        keys.load_signing_key(tmp_path / "seal.pem")
    with pytest.raises(KeyFileError, match="no key to open with"):
        keys.load_sealing_key(tmp_path / "sign.pem")


def test_a_key_on_another_curve_opens_nothing(tmp_path: Path) -> None:
    content = pem(ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(KeyFileError, match="no key to open with"):
        keys.load_sealing_key(written(tmp_path / "sakura.pem", content))


class TestALineOfKeys:
    """Keys that have followed one another lie side by side."""

    def test_begins_with_one_and_goes_on_by_number(self, tmp_path: Path) -> None:
        first = tmp_path / "sakura.seal.pem"
        keys.keep(keys.draw("seal"), first)
        assert keys.line_of(first) == [first]
        line = [first]
        for number in range(2, 12):
            following = keys.next_of(line[-1])
            assert following.name == f"sakura.seal-{number}.pem"
            keys.keep(keys.draw("seal"), following)
            line.append(following)
        assert keys.line_of(first) == keys.line_of(line[4]) == line

    def test_goes_on_once_the_first_is_gone(self, tmp_path: Path) -> None:
        second = tmp_path / "sign-2.pem"
        keys.keep(keys.draw("sign"), second)
        assert keys.line_of(second) == [second]
        assert keys.next_of(second) == tmp_path / "sign-3.pem"

    @pytest.mark.parametrize("name", ["sign-1.pem", "sign-x.pem", "sign-02.pem", "signs-2.pem"])
    def test_knows_no_file_of_another_name(self, tmp_path: Path, name: str) -> None:
        first = tmp_path / "sign.pem"
        for path in (first, tmp_path / name):
            keys.keep(keys.draw("sign"), path)
        assert keys.line_of(first) == [first]

    def test_opens_with_the_newest_first_and_with_all_before_it(self, tmp_path: Path) -> None:
        drawn = [keys.draw("seal") for _ in range(3)]
        files = [tmp_path / name for name in ("seal.pem", "seal-2.pem", "seal-3.pem")]
        for key, file in zip(drawn, files, strict=True):
            keys.keep(key, file)
        held = keys.load_sealing_keys(files[1])
        assert [key.private_numbers() for key in held] == [
            drawn[at].private_numbers()  # type: ignore[union-attr]
            for at in (1, 2, 0)
        ]
