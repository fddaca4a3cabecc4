"""The alarms of equivocation: listed, acknowledged, and written out as evidence."""

from dataclasses import dataclass
from datetime import datetime

from exchange.domain.errors import NotFoundError
from exchange.domain.organizations import Actor
from exchange.services import own_keys
from exchange.services.witnesses import BROUGHT
from exchange.services.work import Work
from exchange.store import witnesses as rows
from exchange.store.columns import Json
from relay_protocol import evidence as protocol_evidence
from relay_protocol.errors import ProtocolError
from relay_protocol.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One alarm as the office reads it.

    Attributes:
        size: of the checkpoint that the witness refused, or of the one that contradicts its own.
        is_brought: whether somebody has brought the other checkpoint, and no witness refused.
        is_proof: whether the two checkpoints that are kept prove by themselves two histories.
    """

    id: int
    witness: str
    status: int
    size: int
    raised_at: datetime
    is_brought: bool
    is_proof: bool
    is_open: bool

    def document(self) -> dict[str, Json]:
        """Return the alarm as JSON."""
        return {
            "id": self.id,
            "witness": self.witness,
            "status": self.status,
            "size": self.size,
            "raised_at": self.raised_at.isoformat(),
            "proof": self.is_proof,
            "open": self.is_open,
        }


def listed(work: Work) -> list[Alarm]:
    """Return every alarm that was ever raised, the newest first."""
    return [
        Alarm(
            id=row.id,
            witness=row.witness,
            status=row.status,
            size=row.size,
            raised_at=row.raised_at,
            is_brought=row.witness == BROUGHT,
            is_proof=_evidence(work, row) is not None,
            is_open=row.acknowledged_at is None,
        )
        for row in rows.alarms(work.session)
    ]


def acknowledge(work: Work, actor: Actor, alarm_id: int) -> None:
    """Note that a person of the office has read an alarm; it stays where it is.

    Raises:
        NotFoundError: there is no such alarm.
    """
    alarm = rows.alarm(work.session, alarm_id)
    if alarm is None:
        raise NotFoundError("There is no such alarm.", detail_ja="この警報はありません。")
    if alarm.acknowledged_at is None:
        alarm.acknowledged_at = work.now
        alarm.acknowledged_by = actor.user_id or actor.slug
        work.session.flush()


def evidence(work: Work, alarm_id: int | None = None) -> bytes:
    """Return the evidence file of an alarm that proves two histories.

    Args:
        alarm_id: which alarm; None for the newest that proves.

    Raises:
        NotFoundError: none does, or not this one.
    """
    for row in rows.alarms(work.session):
        found = _evidence(work, row) if alarm_id in {None, row.id} else None
        if found is not None:
            return found.encode()
    which = "No alarm holds" if alarm_id is None else f"There is no alarm {alarm_id} that holds"
    which_ja = "ような警報は" if alarm_id is None else f"警報 {alarm_id} は"
    raise NotFoundError(
        f"{which} two checkpoints that prove two histories.",
        mend="Ask the witness for the checkpoint that it has cosigned.",
        detail_ja=f"二つの歴史を証明する要約署名を含む{which_ja}ありません。",
        mend_ja="連署した要約署名を、立会人から取り寄せてください。",
    )


def _evidence(work: Work, row: rows.AlarmRow) -> Evidence | None:
    """Return what an alarm's two checkpoints prove, or None where they prove nothing."""
    if row.theirs is None:
        return None
    try:
        return protocol_evidence.same_size(own_keys.log_verifiers(work), row.ours, row.theirs)
    except ProtocolError:
        return None
