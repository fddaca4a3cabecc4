"""The witnesses' part of the ledger: what they are asked, what they cosigned, and their alarms."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from exchange.domain.errors import ForbiddenError, MalformedError, NotFoundError
from exchange.services import own_keys, published
from exchange.services.ledger import stored_tiles
from exchange.services.work import Work
from exchange.store import checkpoints as checkpoint_rows
from exchange.store import ledger as ledger_rows
from exchange.store import witnesses as rows
from relay_protocol import merkle, note, tiles
from relay_protocol.errors import NoteError
from relay_protocol.note import SignatureLine
from relay_protocol.policy import NO_QUORUM, Policy, WitnessLine
from relay_protocol.witnessing import AddCheckpoint

REFRESH_AFTER: Final = timedelta(minutes=10)
"""How old a cosignature of the newest checkpoint grows before its witness is asked again."""
FRESH_FOR: Final = 3 * REFRESH_AFTER
"""How old one may be to count for the quorum that is shown."""
AHEAD: Final = 409
"""Status of the alarm that a witness has cosigned more than this database holds."""
SAME_SIZE: Final = 409
"""Status of the alarm that a witness stands at the size that it is asked about, and refuses it."""
BROUGHT: Final = "brought"
BROUGHT_STATUS: Final = 409
"""Name and status of the alarm that somebody has brought a checkpoint of another history."""

Quorum = Literal["none", "met", "missed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one witness stands.

    Attributes:
        size: of the last checkpoint that it is known to have cosigned.
        is_current: whether it has cosigned the newest published one, lately.
    """

    name: str
    size: int
    succeeded_at: datetime | None
    failed_at: datetime | None
    failure: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How the ledger stands with its witnesses.

    Attributes:
        quorum: "none" where the policy asks for no witness.
        size: of the newest published checkpoint; 0 before the first.
        signed_at: when that was signed; None before the first.
        alarms: how many alarms nobody has acknowledged.
    """

    quorum: Quorum
    size: int
    signed_at: datetime | None
    witnesses: tuple[Standing, ...]
    alarms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenIn:
    """What became of cosignatures that a witness has brought.

    Attributes:
        accepted: the witnesses' names, now or before.
        is_quorate: whether the quorum of that checkpoint is met with them.
        contradicts: whether the log has signed what was brought, and it is of another history:
            then nothing was accepted, and an alarm stands.
    """

    size: int
    accepted: tuple[str, ...]
    is_quorate: bool
    contradicts: bool


def due(work: Work, policy: Policy, size: int) -> list[WitnessLine]:
    """Return the witnesses to be asked about a checkpoint: for the first time, or once again."""
    held = {row.witness: row for row in rows.cosignatures(work.session, size)}
    return [
        line
        for line in policy.witnesses
        if line.url
        # Beyond that in the future it lies where the machine's clock was set back.
        and (line.name not in held or abs(work.now - held[line.name].received_at) >= REFRESH_AFTER)
    ]


def request_for(work: Work, line: WitnessLine, size: int) -> AddCheckpoint:
    """Return what a witness is asked: the checkpoint of a size, from where it stood last."""
    row = checkpoint_rows.checkpoint_of(work.session, size)
    if row is None:
        raise NotFoundError(f"No checkpoint of {size} entries was signed.")
    # What it cosigned beyond this checkpoint it will say by itself.
    old_size = min(rows.witness(work.session, line.name).size, size)
    node = tiles.nodes_of(stored_tiles(work.session), size)
    path = merkle.consistency_path(old_size, size, node) if old_size else ()
    return AddCheckpoint(old_size=old_size, path=tuple(path), note=row.note)


def stands_at(work: Work, line: WitnessLine, size: int) -> bool:
    """Note where a witness says that it stands; return whether this database is that far."""
    signed = ledger_rows.checkpoint(work.session)
    if signed is None or size > signed.size:
        return False
    rows.witness(work.session, line.name).size = size
    work.session.flush()
    return True


def keep(
    work: Work,
    line: WitnessLine,
    size: int,
    lines: tuple[SignatureLine, ...],
    *,
    if_later: bool = False,
) -> None:
    """Keep a witness's newest cosignature of a checkpoint.

    Args:
        lines: cosignatures by the witness's key, verified.
        if_later: whether one that states an earlier time than the one held is passed over.

    Raises:
        NoteError: the time that it states is none.
    """
    latest = max(lines, key=_time_of)
    cosigned_at = _time_of(latest)
    row = rows.cosignature(work.session, size, line.name)
    if row is None:
        row = rows.CosignatureRow(
            size=size,
            witness=line.name,
            line=latest.encode(),
            cosigned_at=cosigned_at,
            received_at=work.now,
        )
        work.session.add(row)
    elif not if_later or row.cosigned_at < cosigned_at:
        row.line, row.cosigned_at, row.received_at = latest.encode(), cosigned_at, work.now
    standing = rows.witness(work.session, line.name)
    standing.size = max(standing.size, size)
    standing.succeeded_at, standing.failure = work.now, ""
    work.session.flush()


def note_failure(work: Work, line: WitnessLine, reason: str) -> None:
    """Note that a witness gave no answer that counts."""
    standing = rows.witness(work.session, line.name)
    standing.failed_at, standing.failure = work.now, reason
    work.session.flush()


def raise_alarm(
    work: Work, name: str, *, status: int, size: int, theirs: bytes | None
) -> rows.AlarmRow | None:
    """Keep for good that a witness contradicts this ledger; None where that alarm stands.

    Args:
        name: the witness's, or BROUGHT.
        size: of the checkpoint that it was asked to cosign.
        theirs: what it shows as its own; kept where a key of this log has signed it.
    """
    ours = checkpoint_rows.checkpoint_of(work.session, size)
    if ours is None:
        raise NotFoundError(f"No checkpoint of {size} entries was signed.")
    shown = None if theirs is None else _signed_by_log(work, theirs)
    kept = None if shown is None else theirs
    if shown is not None:
        # The strongest pair is of one size, where this ledger has signed that size too.
        same = checkpoint_rows.checkpoint_of(work.session, shown.size)
        ours = same if same is not None and same.root != shown.root else ours
    for alarm in rows.open_alarms(work.session):
        if (alarm.witness, alarm.status, alarm.theirs) == (name, status, kept):
            return None
    raised = rows.AlarmRow(
        witness=name,
        status=status,
        size=ours.size,
        ours=published.with_cosignatures(work.session, ours.size, ours.note),
        theirs=kept,
        raised_at=work.now,
        acknowledged_at=None,
        acknowledged_by="",
    )
    work.session.add(raised)
    work.session.flush()
    return raised


def take_in(work: Work, policy: Policy | None, raw: bytes) -> TakenIn:
    """Keep the cosignatures of a published checkpoint that a witness brings by itself.

    Args:
        raw: the checkpoint as it was published, with the witness's lines.

    Raises:
        MalformedError: it is no signed checkpoint, or a signature is false.
        NotFoundError: this ledger has published no such checkpoint.
        ForbiddenError: no witness of the policy has cosigned it.
    """
    brought = _read(raw)
    row = checkpoint_rows.checkpoint_of(work.session, brought.size)
    is_published = checkpoint_rows.publication(work.session, brought.size) is not None
    if policy is None or row is None or not is_published or brought.origin != work.scheme.origin:
        raise _never_published()
    if row.root != brought.root:
        if _signed_by_log(work, raw) is None:
            raise _never_published()
        raise_alarm(work, BROUGHT, status=BROUGHT_STATUS, size=row.size, theirs=raw)
        return TakenIn(size=row.size, accepted=(), is_quorate=False, contradicts=True)
    try:
        known = policy.check(raw, log_keys=own_keys.log_verifiers(work)).cosigned
    except NoteError as error:
        raise MalformedError(f"A signature of the checkpoint is false: {error}.") from error
    if not known:
        raise ForbiddenError("No witness of the policy has cosigned this checkpoint.")
    lines = note.Note.parse(raw).lines
    for witness in policy.witnesses:
        if witness.name in known:
            key = (witness.vkey.name, witness.vkey.key_id)
            own = tuple(line for line in lines if (line.name, line.key_id) == key)
            keep(work, witness, row.size, own, if_later=True)
    return TakenIn(
        size=row.size,
        accepted=tuple(known),
        is_quorate=policy.is_met_by(cosigned_by(work, row.size)),
        contradicts=False,
    )


def cosigned_by(work: Work, size: int) -> list[str]:
    """Return the names of the witnesses whose cosignature of a checkpoint is held."""
    return [row.witness for row in rows.cosignatures(work.session, size)]


def state(work: Work, policy: Policy | None) -> State:
    """Return how the ledger stands with its witnesses at this moment."""
    newest = published.newest(work.session)
    size = 0 if newest is None else newest.size
    current = {
        row.witness
        for row in rows.cosignatures(work.session, size)
        if work.now - row.received_at <= FRESH_FOR
    }
    known = rows.known_witnesses(work.session)
    quorum: Quorum = "none"
    if policy is not None and policy.quorum != NO_QUORUM:
        quorum = "met" if policy.is_met_by(current) else "missed"
    return State(
        quorum=quorum,
        size=size,
        signed_at=None if newest is None else newest.signed_at,
        witnesses=tuple(
            _standing(line.name, known.get(line.name), is_current=line.name in current)
            for line in (() if policy is None else policy.witnesses)
        ),
        alarms=len(rows.open_alarms(work.session)),
    )


def _read(raw: bytes) -> note.Checkpoint:
    """Return the checkpoint of a note, nothing of it verified."""
    try:
        return note.Checkpoint.parse(note.Note.parse(raw).text)
    except NoteError as error:
        raise MalformedError(f"This is no signed checkpoint: {error}.") from error


def _never_published() -> NotFoundError:
    return NotFoundError(
        "This ledger has published no such checkpoint.",
        detail_ja="このような要約署名は公開されていません。",
    )


def _standing(name: str, row: rows.WitnessRow | None, *, is_current: bool) -> Standing:
    return Standing(
        name=name,
        size=0 if row is None else row.size,
        succeeded_at=None if row is None else row.succeeded_at,
        failed_at=None if row is None else row.failed_at,
        failure="" if row is None else row.failure,
        is_current=is_current,
    )


def _signed_by_log(work: Work, raw: bytes) -> note.Checkpoint | None:
    """Return the checkpoint of a note, or None where no key of this log has signed it."""
    for key in own_keys.log_verifiers(work):
        try:
            return note.open_checkpoint(raw, key)[0]
        except NoteError:
            continue
    return None


def _time_of(line: SignatureLine) -> datetime:
    """Return the time that a verified cosignature states."""
    seconds = int.from_bytes(line.signature[:8], "big")
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
    except OverflowError as error:
        message = f"a cosignature of {line.name} has no possible time"
        raise NoteError(message) from error
