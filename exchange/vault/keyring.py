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

SIGNING_PURPOSES = ("operator", "hub", "log")
MASTER_FILE = "master.key"
MASTER_BYTES = 32


class KeyringError(Exception):
    """A key of the hub is missing, unreadable or open to others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """The hub's signing keys by purpose, and the master key from which others are derived."""

    signing: Mapping[str, Ed25519PrivateKey]
    master: bytes = field(repr=False)

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
        private = Ed25519PrivateKey.generate()
        pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        _write_new(folder / f"{purpose}.pem", pem)
    _write_new(folder / MASTER_FILE, token_bytes(MASTER_BYTES).hex().encode("ascii") + b"\n")
    return load(folder)


def load(folder: Path) -> Keyring:
    """Return the keys of a folder.

    Raises:
        KeyringError: a key is missing, unreadable, or readable by other users.
    """
    signing = {purpose: _signing_key(folder / f"{purpose}.pem") for purpose in SIGNING_PURPOSES}
    raw = _read_private(folder / MASTER_FILE)
    try:
        master = bytes.fromhex(raw.decode("ascii").strip())
    except ValueError as error:
        message = f"{folder / MASTER_FILE} is not a key in hexadecimal"
        raise KeyringError(message) from error
    if len(master) != MASTER_BYTES:
        message = f"{folder / MASTER_FILE} must hold {MASTER_BYTES} bytes"
        raise KeyringError(message)
    return Keyring(signing=signing, master=master)


def _signing_key(path: Path) -> Ed25519PrivateKey:
    """Return one Ed25519 private key."""
    try:
        private = load_pem_private_key(_read_private(path), password=None)
    except ValueError as error:
        message = f"{path} is not a private key in PEM"
        raise KeyringError(message) from error
    if not isinstance(private, Ed25519PrivateKey):
        message = f"{path} is not an Ed25519 key"
        raise KeyringError(message)
    return private


def _read_private(path: Path) -> bytes:
    """Return a key file's bytes after checking that nobody else can read it."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        raw = path.read_bytes()
    except OSError as error:
        message = f"{path} cannot be read: run `exchange init`, or set EXCHANGE_KEYS"
        raise KeyringError(message) from error
    if os.name == "posix" and mode & 0o077:
        message = f"{path} can be read by others: chmod 600 {path}"
        raise KeyringError(message)
    return raw


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that must not exist yet, readable by its owner alone."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        message = f"{path} exists already; keys are never overwritten"
        raise KeyringError(message) from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
