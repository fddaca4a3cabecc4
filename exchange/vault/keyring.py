"""The hub's own keys by purpose, read from the folder EXCHANGE_KEYS."""

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_bytes

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from exchange.domain.errors import OfficeError
from relay_protocol.jwk import kid_of

SIGNING_PURPOSES = ("operator", "hub", "log")
"""Each purpose has its first key in a file of its name, and the keys that follow beside it:
`log.pem`, `log-2.pem`. Which of them stand and sign is told by the ledger, not by the files."""
MASTER_FILE = "master.key"
MASTER_BYTES = 32


class KeyringError(OfficeError):
    """A key of the hub is missing, unreadable or open to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The hub's signing keys by purpose, and the master key from which others are derived.

    Attributes:
        signing: the first key of each purpose.
        further: the keys of a purpose that follow its first.
        folder: where keys that are drawn later are found; None where there are no files.
    """

    signing: Mapping[str, Ed25519PrivateKey]
    master: bytes = field(repr=False)
    further: Mapping[str, tuple[Ed25519PrivateKey, ...]] = field(default_factory=dict)
    folder: Path | None = None
    _later: dict[str, Ed25519PrivateKey] = field(default_factory=dict, repr=False)

    def held(self, purpose: str) -> tuple[Ed25519PrivateKey, ...]:
        """Return the keys of a purpose that were there at the start, the first one first."""
        return (self.signing[purpose], *self.further.get(purpose, ()))

    def key_of(self, purpose: str, kid: str) -> Ed25519PrivateKey | None:
        """Return the key of a name; one that was not there at the start is looked for now.

        So a process that is at work goes on with a key that another one has drawn.

        Raises:
            KeyringError: a file of this purpose is unreadable or open to others.
        """
        for key in (*self.held(purpose), *self._later.values()):
            if kid_of(key.public_key()) == kid:
                return key
        if self.folder is None:
            return None
        for key in _keys_of(self.folder, purpose):
            self._later.setdefault(kid_of(key.public_key()), key)
        return self._later.get(kid)

    def derive(self, purpose: str) -> bytes:
        """Return the 32-byte key of one purpose, the same at every start (HKDF-SHA256)."""
        return HKDF(
            algorithm=SHA256(),
            length=MASTER_BYTES,
            salt=None,
            info=b"career-relay/" + purpose.encode("ascii"),
        ).derive(self.master)


def create(folder: Path) -> Keyring:
    """Draw new keys into a folder and return them; an existing key is never overwritten.

    Raises:
        KeyringError: the folder already holds one of the keys.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for purpose in SIGNING_PURPOSES:
        _write_new(folder / f"{purpose}.pem", _pem(Ed25519PrivateKey.generate()))
    _write_new(folder / MASTER_FILE, token_bytes(MASTER_BYTES).hex().encode("ascii") + b"\n")
    return load(folder)


def draw(folder: Path, purpose: str) -> tuple[Path, Ed25519PrivateKey]:
    """Draw a key that will follow those of a purpose; return its file and the key.

    A crash leaves no half of a file: the file has its name once it is whole and durable.

    Raises:
        KeyringError: the file cannot be made.
    """
    private = Ed25519PrivateKey.generate()
    number = 2
    while (path := folder / f"{purpose}-{number}.pem").exists():
        number += 1
    beside = path.with_name(f".{path.name}.new")
    try:
        beside.unlink(missing_ok=True)
        _write_new(beside, _pem(private))
        os.link(beside, path)
        beside.unlink()
        _flush_folder(folder)
    except OSError as error:
        raise KeyringError(
            f"{path} cannot be made: {error.strerror}",
            detail_ja=f"{path} を作れません({error.strerror})。",
        ) from error
    return path, private


def load(folder: Path) -> Keyring:
    """Return the keys of a folder.

    The first key of a purpose may be gone once others follow it.

    Raises:
        KeyringError: a key is missing, unreadable, or readable by other users.
    """
    found = {purpose: _keys_of(folder, purpose) for purpose in SIGNING_PURPOSES}
    raw = _read_private(folder / MASTER_FILE)
    try:
        master = bytes.fromhex(raw.decode("ascii").strip())
    except ValueError as error:
        raise KeyringError(
            f"{folder / MASTER_FILE} is not a key in hexadecimal",
            detail_ja=f"{folder / MASTER_FILE} は16進数の鍵ではありません。",
        ) from error
    if len(master) != MASTER_BYTES:
        raise KeyringError(
            f"{folder / MASTER_FILE} must hold {MASTER_BYTES} bytes",
            detail_ja=f"{folder / MASTER_FILE} の鍵が {MASTER_BYTES} バイトではありません。",
        )
    return Keyring(
        signing={purpose: keys[0] for purpose, keys in found.items()},
        master=master,
        further={purpose: keys[1:] for purpose, keys in found.items()},
        folder=folder,
    )


def file_of(folder: Path, purpose: str, kid: str) -> Path | None:
    """Return the file of a key, or None where it is not in this folder.

    Raises:
        KeyringError: a file of this purpose is unreadable or open to others.
    """
    for path in _files_of(folder, purpose):
        if kid_of(_signing_key(path).public_key()) == kid:
            return path
    return None


def _keys_of(folder: Path, purpose: str) -> tuple[Ed25519PrivateKey, ...]:
    """Return the keys of a purpose, in the order in which they were drawn."""
    return tuple(_signing_key(path) for path in _files_of(folder, purpose))


def _files_of(folder: Path, purpose: str) -> list[Path]:
    """Return the files of a purpose's keys; that of its first where there is none at all."""
    first = folder / f"{purpose}.pem"
    further = sorted(folder.glob(f"{purpose}-*.pem"), key=lambda path: (len(path.name), path.name))
    return [first, *further] if first.exists() or not further else further


def _signing_key(path: Path) -> Ed25519PrivateKey:
    """Return one Ed25519 private key."""
    try:
        private = load_pem_private_key(_read_private(path), password=None)
    except ValueError as error:
        raise KeyringError(
            f"{path} is not a private key in PEM",
            detail_ja=f"{path} はPEM形式の秘密鍵ではありません。",
        ) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyringError(
            f"{path} is not an Ed25519 key",
            detail_ja=f"{path} はEd25519の鍵ではありません。",
        )
    return private


def _read_private(path: Path) -> bytes:
    """Return a key file's bytes after checking that nobody else can read it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        raw = path.read_bytes()
    except OSError as error:
        raise KeyringError(
            f"{path} cannot be read: run `exchange init`, or set EXCHANGE_KEYS",
            detail_ja=f"{path} を読めません。`exchange init` を実行するか、"
            "EXCHANGE_KEYS に鍵のフォルダを指定してください。",
        ) from error
    if os.name == "posix" and mode & 0o077:
        raise KeyringError(
            f"{path} can be read by others: chmod 600 {path}",
            detail_ja=f"{path} をほかの利用者も読めます。chmod 600 {path} を実行してください。",
        )
    return raw


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, readable by its owner alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyringError(
            f"{path} exists already; keys are never overwritten",
            detail_ja=f"{path} はすでにあります。鍵を上書きすることはありません。",
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _pem(private: Ed25519PrivateKey) -> bytes:
    """Return a private key as its file holds it."""
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _flush_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the platform can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
