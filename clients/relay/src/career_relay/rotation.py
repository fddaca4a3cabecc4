"""A new key of the organization following the one in use: drawn, registered, and then used."""

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from career_relay import keys
from career_relay.config import RelayConfig
from career_relay.connection import Connection
from career_relay.errors import HubRefusedError, NotDueError
from career_relay.keys import Purpose
from career_relay.organization import Organization
from career_relay.public_keys import PublicKey
from career_relay.words import Words
from relay_protocol.directory import Directory

_KNOWN = "already-known"
_SETTINGS: dict[Purpose, str] = {
    "sign": "signing_key",
    "seal": "sealing_key",
    "reveal": "sealing_key",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """A key that follows another.

    Attributes:
        name: the new one's fingerprint.
        before: that of the one that was in use.
        file: where the new one lies.
    """

    purpose: Purpose
    name: str
    before: str
    file: Path


def rotate(connection: Connection, purpose: Purpose, toml: Path) -> Rotated:
    """Let a new key follow the one in use; relay.toml names it from then on.

    Whatever interrupts this, it can be run again: a key that was drawn is gone on with, and one
    that was registered is not registered again.

    Args:
        connection: the organization's, with the key in use.
        purpose: which of its keys.
        toml: the configuration that names it.

    Raises:
        NotDueError: there is no such key to be followed.
        KeyFileError: a key's file cannot be used or made.
        HubRefusedError, HubUnreachableError, HubAnswerError: the hub does not answer well.
    """
    in_use = _in_use(connection.config, purpose)
    before = _public(purpose, in_use)
    directory = connection.pins.refresh()
    file = _candidate(directory, purpose, in_use)
    if not file.exists():
        keys.keep(keys.draw(purpose), file)
    following = _public(purpose, file)
    if directory.key(following.kid) is None:
        organization = Organization(connection.transport, connection.attester)
        try:
            organization.register_key(purpose, following.jwk)
        except HubRefusedError as error:
            # It was registered, and nobody had learned of it before the interruption.
            if error.problem.slug != _KNOWN:
                raise
    name_in(toml, _SETTINGS[purpose], file)
    return Rotated(purpose=purpose, name=following.kid, before=before.kid, file=file)


def name_in(toml: Path, setting: str, file: Path) -> None:
    """Let a setting of relay.toml name a file; every other line stays as it is.

    Raises:
        NotDueError: the line cannot be found, so that it must be changed by hand.
    """
    folder = toml.resolve().parent
    named = file.relative_to(folder).as_posix() if file.is_relative_to(folder) else str(file)
    # A JSON string is also a basic string of TOML.
    line = f"{setting} = {json.dumps(named, ensure_ascii=False)}"
    text = toml.read_text(encoding="utf-8")
    pattern = re.compile(rf"^{setting}[ \t]*=.*$", re.MULTILINE)
    if len(pattern.findall(text)) != 1:
        raise NotDueError(
            Words(
                en=f"{toml} has no line that says {setting}.",
                ja=f"{toml} に {setting} の行がありません。",
            ),
            Words(en=f"Write: {line}", ja=f"次のように書いてください: {line}"),
        )
    beside = toml.with_name(f".{toml.name}.new")
    with beside.open("w", encoding="utf-8", newline="") as written:
        written.write(pattern.sub(lambda _: line, text))
        written.flush()
        os.fsync(written.fileno())
    beside.replace(toml)


def _in_use(config: RelayConfig, purpose: Purpose) -> Path:
    """Return the file of the key in use."""
    second: dict[str, Purpose] = {"agency": "seal", "auditor": "reveal"}
    path = config.signing_key if purpose == "sign" else config.sealing_key
    if path is None or (purpose != "sign" and second.get(config.role) != purpose):
        raise NotDueError(
            Words(en="relay.toml names no such key.", ja="relay.toml にその鍵がありません。"),
            Words(en="See `relay keys show`.", ja="`relay keys show` で鍵を確かめてください。"),
        )
    return path


def _public(purpose: Purpose, file: Path) -> PublicKey:
    """Return the public half of the key in a file."""
    if purpose == "sign":
        return PublicKey.of(purpose, keys.load_signing_key(file))
    return PublicKey.of(purpose, keys.load_sealing_key(file))


def _candidate(directory: Directory, purpose: Purpose, in_use: Path) -> Path:
    """Return where the new key lies or will lie: an interrupted run may have left one."""
    line = keys.line_of(in_use)
    later = line[line.index(in_use) + 1 :] if in_use in line else []
    for file in later:
        known = directory.key(_public(purpose, file).kid)
        if known is None or known.revoked is None:
            return file
    return keys.next_of(in_use)
