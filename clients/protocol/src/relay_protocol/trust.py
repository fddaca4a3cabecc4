"""Part 1 of the audit: who has signed a checkpoint, who has witnessed it, and how long ago."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Final

from relay_protocol import tiles
from relay_protocol.attestation import SignedAttestation
from relay_protocol.encoding import b64_encode
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, NoteError, ProtocolError
from relay_protocol.findings import Figure, Telling
from relay_protocol.log_reader import LogReader
from relay_protocol.note import Checkpoint, Note, VerifierKey, open_note
from relay_protocol.policy import NO_QUORUM, Policy

CHECKPOINT: Final = 1
FRESH_WITHIN: Final = timedelta(hours=24)
"""A hub asks its witnesses every ten minutes: after a day without a quorum something is wrong."""
AHEAD_WITHIN: Final = timedelta(minutes=5)
"""How far a witness's clock may be ahead of the auditor's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Whom an auditor believes about a checkpoint.

    Attributes:
        logs: keys of the log, one of which must have signed; several while one follows another.
            With none, here or in the policy, entry 0 is taken at its word.
        policy: the witnesses, and how many of them it takes; further keys of the log.
        now: the moment of the audit, against which the witnesses' times are held; without it
            nobody's clock is at hand, and freshness is not established.
        fresh_within: how old the newest quorum may be.
        is_live: whether the source claims to be the log as it is now. An old copy is no fault
            of the copy's: there a quorum out of date is named, not refused.
    """

    logs: tuple[VerifierKey, ...] = ()
    policy: Policy | None = None
    now: datetime | None = None
    fresh_within: timedelta = FRESH_WITHIN
    is_live: bool = False


def open_checkpoint(
    raw: bytes, source: LogReader, trust: Trust, tell: Telling
) -> tuple[VerifierKey, Checkpoint]:
    """Return the key that has signed a checkpoint, and the checkpoint, once part 1 holds.

    Args:
        raw: the signed note.
        source: where entry 0 is, in case that no key is known.
        trust: whom the auditor believes.
        tell: takes down what holds.

    Raises:
        AuditError: no known key has signed, a known one's signature is false, witnesses are
            missing, or their newest quorum is too old for a live log.
        LogReadError: entry 0 cannot be read.
    """
    policy = trust.policy or Policy()
    logs = tuple(dict.fromkeys((*trust.logs, *(line.vkey for line in policy.logs))))
    logs = logs or (_key_of_entry_0(source, raw, tell),)
    try:
        witnessed = policy.check(raw, log_keys=logs)
        opened = open_note(raw, logs)
    except NoteError as error:
        raise AuditError(CHECKPOINT, "checkpoint-invalid", detail=str(error)) from error
    checkpoint = witnessed.checkpoint
    log = next(key for key in logs if key.name == checkpoint.origin and opened.signed_by(key))
    if not checkpoint.size:
        raise AuditError(CHECKPOINT, "ledger-empty")
    # The report names the root: it says of which history it is.
    figures: dict[str, Figure] = {"log": log.name, "size": checkpoint.size}
    figures["root"] = b64_encode(checkpoint.root)
    tell.establish(CHECKPOINT, "checkpoint-signed", figures)
    if policy.quorum == NO_QUORUM:
        tell.cannot("no-witnesses")
    else:
        _check_witnesses(witnessed.cosigned, trust, policy, tell)
    return log, checkpoint


def _check_witnesses(
    cosigned: Mapping[str, datetime], trust: Trust, policy: Policy, tell: Telling
) -> None:
    """Refuse a checkpoint that too few witnesses have seen, or, of a live log, too long ago."""
    latest = datetime.max.replace(tzinfo=UTC) if trust.now is None else trust.now + AHEAD_WITHIN
    counted = {name: at for name, at in cosigned.items() if at <= latest}
    ahead = ", ".join(sorted(cosigned.keys() - counted))
    if ahead:
        tell.cannot("witnesses-ahead", {"names": ahead})
    at, names = _quorum_at(counted, policy), ", ".join(sorted(counted))
    if at is None:
        told = f"; ahead: {ahead}" if ahead else ""
        detail = f"{policy.quorum}; cosigned: {names or '-'}{told}"
        raise AuditError(CHECKPOINT, "quorum-missed", detail=detail)
    figures: dict[str, Figure] = {"at": at.isoformat(timespec="seconds")}
    counts: dict[str, Figure] = {"witnesses": len(counted), "names": names}
    tell.establish(CHECKPOINT, "witnesses-agree", {**counts, **figures})
    if trust.now is None:
        tell.cannot("freshness-unjudged", figures)
    elif trust.now - at > trust.fresh_within:
        if trust.is_live:
            raise AuditError(CHECKPOINT, "checkpoint-stale", detail=str(figures["at"]))
        tell.cannot("checkpoint-old", figures)


def _quorum_at(cosigned: Mapping[str, datetime], policy: Policy) -> datetime | None:
    """Return the latest instant from which on enough witnesses have cosigned, if they have."""
    names: list[str] = []
    for name, at in sorted(cosigned.items(), key=itemgetter(1), reverse=True):
        names.append(name)
        if policy.is_met_by(names):
            return at
    return None


def _key_of_entry_0(source: LogReader, raw: bytes, tell: Telling) -> VerifierKey:
    """Return the key that entry 0 names, where nobody has told which one it should be."""
    width = tiles.tile_width(0, 0, _stated_size(raw))
    bundle = source.entry_bundle(0, width)
    try:
        first = Entry.decode(next(tiles.read_bundle(bundle, width)))
        keys = SignedAttestation(wire=first.signed_bytes or b"").attestation.body.get("keys")
        key = VerifierKey.parse(str(keys["log"]) if isinstance(keys, dict) else "")
    except ProtocolError as error:
        raise AuditError(CHECKPOINT, "log-key-unknown", detail=str(error)) from error
    tell.cannot("log-key-unpinned", {"key": key.encode()})
    return key


def _stated_size(raw: bytes) -> int:
    """Return the size that a checkpoint states which nobody has verified yet."""
    try:
        size = Checkpoint.parse(Note.parse(raw).text).size
    except NoteError as error:
        raise AuditError(CHECKPOINT, "checkpoint-invalid", detail=str(error)) from error
    if not size:
        raise AuditError(CHECKPOINT, "ledger-empty")
    return size
