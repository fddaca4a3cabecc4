"""The files that an auditor brings along or keeps: keys, reports, a demo's clock."""

import os
import re
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from relay_protocol.cli.refusals import InputError
from relay_protocol.errors import NoteError
from relay_protocol.note import VerifierKey

SMALL_BYTES: Final = 16_384


def read(path: Path, limit_bytes: int = SMALL_BYTES) -> bytes:
    """Return the bytes of a regular file.

    Raises:
        InputError: it cannot be read, or is too large.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise InputError("no-regular-file", path=path)
        with path.open("rb") as file:
            raw = file.read(limit_bytes + 1)
    except OSError as error:
        raise InputError("cannot-be-read", path=path, why=error.strerror) from error
    if len(raw) > limit_bytes:
        raise InputError("too-large", path=path)
    return raw


def write(path: Path, content: bytes) -> None:
    """Write a file in one step that a crash cannot halve.

    Raises:
        InputError: it cannot be written.
    """
    beside = path.with_name(f"{path.name}.new")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError("cannot-be-written", path=path, why=error.strerror) from error


def read_vkey(text: str) -> VerifierKey | None:
    """Return the verifier key of a text, or of the file that it names; None of an empty one.

    Raises:
        InputError: neither is one.
    """
    if not text:
        return None
    try:
        return VerifierKey.parse(text)
    except NoteError as error:
        if _is_like_vkey(text) and not Path(text).exists():
            raise InputError("vkey-misread", text=text) from error
        held = read(Path(text)).decode("ascii", "replace").strip()
    try:
        return VerifierKey.parse(held)
    except NoteError as error:
        if _is_like_vkey(held):
            raise InputError("vkey-misread", text=text) from error
        raise InputError("no-vkey", text=text) from error


def read_signing_key(path: Path) -> Ed25519PrivateKey:
    """Return a private key to sign with.

    Raises:
        InputError: the file holds none.
    """
    key = _private_key(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise InputError("no-signing-key", path=path)
    return key


def read_reveal_key(path: Path) -> EllipticCurvePrivateKey:
    """Return a private key that opens packs.

    Raises:
        InputError: the file holds none.
    """
    key = _private_key(path)
    if not isinstance(key, EllipticCurvePrivateKey) or not isinstance(key.curve, SECP256R1):
        raise InputError("no-reveal-key", path=path)
    return key


def now(clock: Path | None) -> datetime:
    """Return this moment, a whole second in UTC, moved forward as a demo's clock says.

    Raises:
        InputError: the clock's file does not hold a whole number of seconds.
    """
    moment = datetime.now(UTC).replace(microsecond=0)
    if clock is None:
        return moment
    text = read(clock).decode("ascii", "replace").strip()
    try:
        if text.isdecimal():
            return moment + timedelta(seconds=int(text))
    except (OverflowError, ValueError) as error:
        raise InputError("clock-beyond", clock=clock) from error
    raise InputError("clock-no-number", clock=clock)


def require_outside(source: str, *keys: Path | None) -> None:
    """Return if no private key lies in the folder that is being audited, and may be served.

    Raises:
        InputError: one does.
    """
    folder = Path(source).resolve()
    for key in keys:
        if key is not None and key.resolve().is_relative_to(folder):
            raise InputError("key-within", key=key)


def require_folder(source: str) -> None:
    """Return if there is a folder to audit.

    Raises:
        InputError: there is none; it may be an address that lacks its beginning.
    """
    if not Path(source).is_dir():
        raise InputError("no-folder", source=source)


def _is_like_vkey(text: str) -> bool:
    """Return whether a text was meant for a verifier key, name+8 letters+base64, on one line."""
    return re.fullmatch(r"[^+\s]+\+[^+\s]+\+\S+", text) is not None


def _private_key(path: Path) -> object:
    """Return the private key of a PEM file."""
    try:
        return load_pem_private_key(read(path), password=None)
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise InputError("no-private-key", path=path) from error
