"""Whose log a command reads: by the key that was given, by a policy, or by both."""

from dataclasses import replace
from pathlib import Path

from relay_protocol import policy
from relay_protocol.cli import files
from relay_protocol.cli.refusals import UsageError
from relay_protocol.policy import LogLine, Policy


def read_policy(vkey: str, path: Path | None) -> Policy:
    """Return the policy that stands for what was given: the keys of one log, and its witnesses.

    Args:
        vkey: the log's verifier key, or the file that holds it, or "".
        path: the file of a policy, if there is one.

    Raises:
        InputError: a file cannot be read.
        PolicyError: the file is no policy.
        UsageError: nothing was given, or a policy of several logs alone.
    """
    key = files.read_vkey(vkey)
    if path is None:
        if key is None:
            raise UsageError("log-unsaid")
        return Policy(logs=(LogLine(vkey=key),))
    found = Policy.decode(files.read(path, policy.MAX_BYTES))
    logs = [log for log in found.logs if key is None or log.vkey.name == key.name]
    if key is not None and key not in [log.vkey for log in logs]:
        logs.append(LogLine(vkey=key))
    if len({log.vkey.name for log in logs}) != 1:
        raise UsageError("log-many")
    return replace(found, logs=tuple(logs))
