"""What a log's newest checkpoint is held against by whoever looks at it again and again."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from relay_protocol import canonical
from relay_protocol.attestation import instant_text
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64_decode, b64_encode
from relay_protocol.errors import AuditError, CanonicalError, NoteError, StateError
from relay_protocol.log_reader import LogReader
from relay_protocol.mirroring import ForkError, Kept, check_continues, check_growth
from relay_protocol.note import Checkpoint, Note, VerifierKey
from relay_protocol.policy import NO_QUORUM, Policy, Witnessed
from relay_protocol.served_tree import ServedTree
from relay_protocol.succession import Successor

VERSION: Final = 1
MAX_BYTES: Final = 2**24
MAX_NOTES: Final = 64
"""Signed checkpoints that are remembered; the newest proves all older ones anyway."""
MAX_NOTE_BYTES: Final = 65_536
EARLY: Final = timedelta(minutes=5)
"""How far a witness's clock may be ahead."""
LASTING: Final = frozenset({"two-histories", "history-rewritten"})
"""What no later checkpoint can make good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing that is wrong with a log.

    Attributes:
        code: of AuditError, or one of this room's own.
        detail: where.
        since: when it was first seen.
        kept: the signed checkpoint that was contradicted, or nothing.
        other: the signed checkpoint that contradicts it, or nothing.
        told: whether the webhook has taken it.
    """

    code: str
    detail: str
    since: datetime
    kept: bytes = b""
    other: bytes = b""
    told: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is remembered of a log from one look to the next.

    Attributes:
        log: its origin.
        notes: signed checkpoints, each of which continues the one before, the newest last.
        alarms: what is wrong as far as is known.
        keys: those of the log that were found to follow the ones that were given.
    """

    log: str
    notes: tuple[bytes, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    keys: tuple[Successor, ...] = ()

    def kept(self) -> list[Kept]:
        """Return the checkpoints that were seen."""
        return [Kept(note=raw, checkpoint=_stated(raw)) for raw in self.notes]

    def after(self, raw: bytes | None, alarms: Sequence[Alarm]) -> "Watched":
        """Return what is remembered after a look.

        Args:
            raw: the signed checkpoint that was found sound, if one was.
            alarms: what was found wrong this time; what was told before stays told.
        """
        before = {one.code: one for one in self.alarms}
        now = {one.code: one for one in alarms if one.code not in before}
        again = {one.code: one for one in alarms if one.code in before}
        stay = [
            one if code in LASTING else replace(again[code], since=one.since, told=one.told)
            for code, one in before.items()
            if code in LASTING or code in again
        ]
        notes = self.notes
        if raw is not None:
            newest = _stated(raw)
            notes = (*(one for one in notes if _stated(one) != newest), raw)[-MAX_NOTES:]
        return replace(self, notes=notes, alarms=(*stay, *now.values()))

    def encode(self) -> bytes:
        """Return the canonical bytes that are kept."""
        return canonical.encode(
            {
                "alarms": [
                    {
                        "code": one.code,
                        "detail": one.detail,
                        "kept": b64_encode(one.kept),
                        "other": b64_encode(one.other),
                        "since": instant_text(one.since),
                        "told": one.told,
                    }
                    for one in self.alarms
                ],
                "keys": [
                    {"seq": one.seq, "size": one.size, "vkey": one.vkey.encode()}
                    for one in self.keys
                ],
                "log": self.log,
                "notes": [b64_encode(one) for one in self.notes],
                "v": VERSION,
            },
            limit_bytes=MAX_BYTES,
        )

    @classmethod
    def decode(cls, raw: bytes) -> "Watched":
        """Return what was remembered.

        Raises:
            StateError: the bytes are no such memory.
        """
        try:
            match canonical.decode(raw, limit_bytes=MAX_BYTES):
                case {"alarms": [*alarms], "log": str(log), "notes": [*notes], "v": 1, **rest}:
                    watched = cls(
                        log=log,
                        notes=tuple(b64_decode(str(one)) for one in notes),
                        alarms=tuple(map(_alarm, alarms)),
                        keys=_keys(rest.get("keys", [])),
                    )
                case _:
                    raise StateError("not what `watch` remembers of a log")
            watched.kept()
        except (CanonicalError, NoteError, ValueError) as error:
            raise StateError(f"not what `watch` remembers of a log: {error}") from error
        return watched


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What one look at a log has found.

    Attributes:
        note: the checkpoint as it is remembered, if it continues what was seen.
        witnessed: what its signatures establish; None where it is not signed.
        alarms: what is wrong.
        has_strangers: whether keys that are not known have signed in the log's name as well.
    """

    note: bytes | None
    witnessed: Witnessed | None
    alarms: tuple[Alarm, ...]
    has_strangers: bool = False


def look(
    source: LogReader,
    policy: Policy,
    seen: Sequence[Kept],
    *,
    now: datetime,
    fresh_within: timedelta,
) -> Looked:
    """Return what is found of a log now.

    Args:
        source: where it is served.
        policy: whose checkpoints are believed, and which witnesses must have cosigned them.
        seen: signed checkpoints that it must continue, in any order.
        now: this moment.
        fresh_within: how old the witnesses' cosignatures may be.

    Raises:
        LogReadError: the log cannot be read.
    """
    raw = source.checkpoint()
    looked = _look(source, policy, seen, raw, now=now, fresh_within=fresh_within)
    return replace(looked, has_strangers=has_strangers(raw, policy))


def has_strangers(raw: bytes, policy: Policy) -> bool:
    """Return whether keys of a log's name that the policy does not know have signed a note."""
    known = {(log.vkey.name, log.vkey.key_id) for log in policy.logs}
    names = {name for name, _ in known}
    try:
        lines = Note.parse(raw).lines
    except NoteError:
        return False
    return any(line.name in names and (line.name, line.key_id) not in known for line in lines)


def _look(
    source: LogReader,
    policy: Policy,
    seen: Sequence[Kept],
    raw: bytes,
    *,
    now: datetime,
    fresh_within: timedelta,
) -> Looked:
    """Return what a checkpoint that was just served says; as look()."""
    try:
        witnessed = policy.check(raw)
    except NoteError as error:
        alarm = Alarm(code="checkpoint-invalid", detail=str(error), since=now)
        return Looked(note=None, witnessed=None, alarms=(alarm,))
    kept = _known_lines(raw, policy)
    try:
        _check_history(source, witnessed.checkpoint, kept, seen)
    except ForkError as error:
        alarm = Alarm(
            code=error.code, detail=error.detail, since=now, kept=error.kept, other=error.other
        )
        return Looked(note=None, witnessed=witnessed, alarms=(alarm,))
    except AuditError as error:
        alarm = Alarm(code=error.code, detail=error.detail, since=now)
        return Looked(note=None, witnessed=witnessed, alarms=(alarm,))
    alarms = _witness_alarms(policy, witnessed, now, fresh_within)
    return Looked(note=kept, witnessed=witnessed, alarms=alarms)


def _check_history(
    source: LogReader, checkpoint: Checkpoint, raw: bytes, seen: Sequence[Kept]
) -> None:
    """Refuse a checkpoint that does not continue each one seen before.

    Two roots of one size are looked for first: they prove more than that a log has shrunk.
    """
    for kept in sorted(seen, key=lambda one: one.checkpoint.size != checkpoint.size):
        check_growth(kept, checkpoint, raw)
    smaller = {one.checkpoint: one for one in seen if one.checkpoint.size < checkpoint.size}
    if checkpoint in [one.checkpoint for one in seen] or not smaller:
        return
    tree = ServedTree(source, checkpoint)
    for kept in smaller.values():
        check_continues(kept, tree, raw)


def _witness_alarms(
    policy: Policy, witnessed: Witnessed, now: datetime, fresh_within: timedelta
) -> tuple[Alarm, ...]:
    """Return what is wrong with the cosignatures of a checkpoint."""
    if policy.quorum == NO_QUORUM:
        return ()
    names = ", ".join(sorted(witnessed.cosigned)) or "-"
    if witnessed.quorum_at is None:
        return (Alarm(code="quorum-missed", detail=names, since=now),)
    at = instant_text(witnessed.quorum_at)
    if witnessed.quorum_at > now + EARLY:
        return (Alarm(code="cosigned-early", detail=at, since=now),)
    if now - witnessed.quorum_at > fresh_within:
        return (Alarm(code="checkpoint-stale", detail=at, since=now),)
    return ()


def _known_lines(raw: bytes, policy: Policy) -> bytes:
    """Return a signed note with the signatures of known keys only, so that it stays small."""
    keys = [log.vkey for log in policy.logs] + [one.vkey for one in policy.witnesses]
    known = {(key.name, key.key_id) for key in keys}
    parsed = Note.parse(raw)
    lines = tuple(one for one in parsed.lines if (one.name, one.key_id) in known)
    return Note(text=parsed.text, lines=tuple(dict.fromkeys(lines))).encode()


def _stated(raw: bytes) -> Checkpoint:
    """Return what a signed checkpoint states that was verified when it was remembered."""
    return Checkpoint.parse(Note.parse(raw).text)


def _keys(value: object) -> tuple[Successor, ...]:
    """Return the keys of the log that were remembered."""
    found = []
    for one in value if isinstance(value, list) else [value]:
        match one:
            case {"seq": int(seq), "size": int(size), "vkey": str(vkey)}:
                found.append(Successor(vkey=VerifierKey.parse(vkey), seq=seq, size=size))
            case _:
                raise StateError("a key that lacks a part")
    return tuple(found)


def _alarm(value: Value) -> Alarm:
    """Return an alarm that was remembered."""
    match value:
        case {
            "code": str(code),
            "detail": str(detail),
            "kept": str(kept),
            "other": str(other),
            "since": str(since),
            "told": bool(told),
        }:
            return Alarm(
                code=code,
                detail=detail,
                since=datetime.fromisoformat(since),
                kept=b64_decode(kept) if kept else b"",
                other=b64_decode(other) if other else b"",
                told=told,
            )
        case _:
            raise StateError("an alarm that lacks a part")
