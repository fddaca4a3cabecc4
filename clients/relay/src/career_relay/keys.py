"""An organization's own keys: drawn on its machine, kept in files that only it can read."""

import glob
import os
import re
import stat
import tempfile
from pathlib import Path
from typing import Literal, TypeAlias, get_args

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from career_relay.errors import KeyFileError
from career_relay.words import Words

Purpose = Literal["sign", "seal", "reveal"]
PrivateKey: TypeAlias = Ed25519PrivateKey | ec.EllipticCurvePrivateKey

PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
MAX_FILE_BYTES = 10_000

_NUMBER = re.compile(r"-([2-9]|[1-9][0-9]{1,5})$", re.ASCII)
_FOLDER_OF_OWNER = 0o700
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_HAS_MODES = os.name == "posix"


def draw(purpose: Purpose) -> PrivateKey:
    """Return a new key: Ed25519 to sign, P-256 to have identities or reveals sealed to it."""
    if purpose == "sign":
        return Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def keep(key: PrivateKey, path: Path) -> None:
    """Write a key into a file (PEM, PKCS #8) that its owner alone can read.

    Raises:
        KeyFileError: there is a file already, which is never overwritten, or none can be made.
    """
    keep_secret(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        path,
    )


def keep_secret(secret: bytes, path: Path) -> None:
    """Write what is secret into a new file that its owner alone can read.

    The file is there whole or not at all, whatever interrupts this, and stays.

    Raises:
        KeyFileError: there is a file already, which is never overwritten, or none can be made.
    """
    try:
        path.parent.mkdir(mode=_FOLDER_OF_OWNER, parents=True, exist_ok=True)
        _put(secret, path)
    except FileExistsError as error:
        if not path.exists():
            raise _unwritable(path) from error
        raise KeyFileError(
            Words(
                en=f"{path} is there already; a key is never overwritten.",
                ja=f"{path} はすでにあります。鍵は上書きしません。",
            ),
            Words(en="Name another file.", ja="別のファイル名を指定してください。"),
        ) from error
    except OSError as error:
        raise _unwritable(path) from error


def _put(secret: bytes, path: Path) -> None:
    """Write a file aside, make it durable, and give it its name, if that is free."""
    # Made with its mode before anything is written: it is never readable by others.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    draft = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secret)
            file.flush()
            os.fsync(file.fileno())
        _name(draft, path)
    finally:
        draft.unlink(missing_ok=True)
    if _HAS_MODES:
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _name(draft: Path, path: Path) -> None:
    """Give a file its name; unlike a replacement this overwrites nothing.

    Raises:
        FileExistsError: something of that name is there.
    """
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        raise
    except OSError:
        # Some file systems know no second name of a file.
        if path.is_symlink() or path.exists():
            raise FileExistsError(path) from None
        draft.rename(path)


def load_signing_key(path: Path | None) -> Ed25519PrivateKey:
    """Return the key that an organization signs its acts with.

    Args:
        path: `signing_key` of the configuration.

    Raises:
        KeyFileError: none is configured, or the file cannot be read, is open to others, or
            holds something else.
    """
    key = _load(path, "signing_key")
    if not isinstance(key, Ed25519PrivateKey):
        raise _unusable(path, Words(en="is no key to sign with", ja="は署名用の鍵ではありません"))
    return key


def load_sealing_key(path: Path | None) -> ec.EllipticCurvePrivateKey:
    """Return the key with which an organization opens what was sealed to it.

    Args:
        path: `sealing_key` of the configuration.

    Raises:
        KeyFileError: none is configured, or the file cannot be read, is open to others, or
            holds something else.
    """
    key = _load(path, "sealing_key")
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise _unusable(path, Words(en="is no key to open with", ja="は開封用の鍵ではありません"))
    return key


def load_sealing_keys(path: Path | None) -> list[ec.EllipticCurvePrivateKey]:
    """Return the key in use, and those that it has followed: old envelopes still open.

    Args:
        path: `sealing_key` of the configuration; earlier keys lie beside it, as `relay keys
            rotate` leaves them.

    Raises:
        KeyFileError: as load_sealing_key(), of any of them.
    """
    in_use = load_sealing_key(path)
    before = [file for file in line_of(path) if file != path] if path is not None else []
    return [in_use, *(load_sealing_key(file) for file in reversed(before))]


def line_of(path: Path) -> list[Path]:
    """Return the files of the keys that have followed one another, oldest first.

    They go by `NAME.pem`, `NAME-2.pem`, `NAME-3.pem`; those that are gone are left out.
    """
    first = _first_of(path)
    numbered = [
        (int(match[1]), file)
        for file in first.parent.glob(f"{glob.escape(first.stem)}-*{first.suffix}")
        if (match := _NUMBER.search(file.stem)) is not None and _first_of(file) == first
    ]
    found = [file for _, file in sorted(numbered)]
    return [first, *found] if first.exists() else found


def next_of(path: Path) -> Path:
    """Return the file that the key will lie in which follows the newest of its line."""
    first = _first_of(path)
    numbers = [_NUMBER.search(file.stem) for file in line_of(path)]
    highest = max((int(match[1]) for match in numbers if match is not None), default=1)
    return first.with_name(f"{first.stem}-{highest + 1}{first.suffix}")


def _first_of(path: Path) -> Path:
    """Return the file of the first key of a line."""
    return path.with_name(_NUMBER.sub("", path.stem) + path.suffix)


def _load(path: Path | None, setting: str) -> object:
    """Return whatever private key a file holds."""
    if path is None:
        raise KeyFileError(
            Words(
                en=f"relay.toml names no {setting}.",
                ja=f"relay.toml に {setting} がありません。",
            ),
            Words(
                en="Draw your keys with `relay keys new`.",
                ja="`relay keys new` で鍵を作ってください。",
            ),
        )
    raw = read_secret(path)
    try:
        return serialization.load_pem_private_key(raw, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise _unusable(
            path, Words(en="holds no unencrypted PEM key", ja="に平文の PEM の鍵がありません")
        ) from error


def read_secret(path: Path) -> bytes:
    """Return the bytes of a file that is its owner's alone.

    Raises:
        KeyFileError: it cannot be read, is open to others, or is too large for a key.
    """
    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            raw = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise _unusable(path, Words(en="cannot be read", ja="を読めません")) from error
    if _HAS_MODES and mode & _OTHERS:
        raise KeyFileError(
            Words(
                en=f"{path} can be read by other users of this machine.",
                ja=f"{path} は、このパソコンのほかの利用者も読める設定です。",
            ),
            Words(en=f"Run: chmod 600 {path}", ja=f"次を実行してください: chmod 600 {path}"),
        )
    if len(raw) > MAX_FILE_BYTES:
        raise _unusable(path, Words(en="is too large for a key", ja="は鍵として大きすぎます"))
    return raw


def _unwritable(path: Path) -> KeyFileError:
    return _unusable(path, Words(en="cannot be written", ja="に書き込めません"))


def _unusable(path: Path | None, why: Words) -> KeyFileError:
    return KeyFileError(Words(en=f"{path} {why.en}.", ja=f"{path} {why.ja}。"))
