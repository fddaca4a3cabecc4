"""The witness itself: judges a request under the lock of its state, keeps, and only then signs."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from career_relay.witness.state import Cosigned, WitnessState
from relay_protocol.errors import WitnessRefusal
from relay_protocol.note import Checkpoint, SignerKey, VerifierKey
from relay_protocol.witnessing import (
    AddCheckpoint,
    SignedCheckpoint,
    contradict,
    monitoring_path,
    open_signed,
    require_growth,
)

Happening = Mapping[str, str | int]
"""What happened, as a line of the operator's log holds it; nothing about who asked."""


def tell_stderr(happening: Happening) -> None:
    """Write what happened as one line of JSON on standard error."""
    sys.stderr.write(json.dumps(happening, ensure_ascii=False) + "\n")
    sys.stderr.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """One witness and the logs that it watches.

    Attributes:
        signer: its key.
        log_keys: every key of every log; a log's origin is the name of its keys.
        state: what it has cosigned.
        now_s: gives the present, Unix seconds.
        tell: is told of each cosignature, refusal and alarm.
    """

    signer: SignerKey
    log_keys: Sequence[VerifierKey]
    state: WitnessState
    now_s: Callable[[], int]
    tell: Callable[[Happening], None] = field(default=tell_stderr)

    def add_checkpoint(self, raw: bytes) -> bytes:
        """Return the signature lines that answer a request's body, once the state is kept.

        Raises:
            WitnessRefusal: the request is refused; what contradicts our state is kept before.
            WitnessStateError: the state cannot be kept: nothing is signed.
        """
        try:
            return self.grant(AddCheckpoint.decode(raw))[1]
        except WitnessRefusal as refusal:
            self.tell({"event": "refused", "status": refusal.status, "reason": str(refusal)})
            raise

    def grant(self, request: AddCheckpoint) -> tuple[Cosigned, bytes]:
        """Return what is kept of a request's log, and our signature lines; as add_checkpoint()."""
        signed = open_signed(request.note, self.log_keys)
        lines: list[str] = []

        def decide(kept: Cosigned | None) -> Cosigned:
            require_growth(request, signed.checkpoint, kept.checkpoint if kept else None)
            at = self.now_s()
            own = signed.cosigned([self.signer], time_s=at)
            lines.extend(line.encode() for line in own)
            return Cosigned(checkpoint=signed.checkpoint, note=signed.note(own), at=at)

        try:
            cosigned = self.state.replace(signed.checkpoint.origin, decide)
        except WitnessRefusal:
            self._alarm_of(signed)
            raise
        self.tell({"event": "cosigned", **_named(signed.checkpoint), "at": cosigned.at})
        return cosigned, "".join(lines).encode()

    def shown(self, path: str) -> bytes | None:
        """Return the note cosigned last of the log that a monitoring path names, or None."""
        for origin in sorted({key.name for key in self.log_keys}):
            if monitoring_path(origin) == path:
                kept = self.state.cosigned(origin)
                return None if kept is None else kept.note
        return None

    def health(self) -> dict[str, object]:
        """Return what anybody may know of the witness: its key, its logs, its alarms."""
        alarms = self.state.alarms()
        logs = []
        for origin in sorted({key.name for key in self.log_keys}):
            kept = self.state.cosigned(origin)
            logs.append(
                {
                    "origin": origin,
                    "path": monitoring_path(origin),
                    "size": kept.checkpoint.size if kept else None,
                    "cosigned_at": kept.at if kept else None,
                }
            )
        return {
            "status": "alarm" if alarms else "ok",
            "witness": self.signer.verifier.encode(),
            "logs": logs,
            "alarms": len(alarms),
        }

    def _alarm_of(self, signed: SignedCheckpoint) -> None:
        """Keep the proof where a log has signed two roots of one size, whatever we answer."""
        kept = self.state.cosigned(signed.checkpoint.origin)
        if kept is None or not contradict(kept.checkpoint, signed.checkpoint):
            return
        at = self.now_s()
        is_new = self.state.raise_alarm("same-size", kept, signed.note(), signed.checkpoint, at=at)
        if is_new:
            self.tell({"event": "alarm", "kind": "same-size", **_named(signed.checkpoint)})


def _named(checkpoint: Checkpoint) -> dict[str, str | int]:
    """Return a checkpoint as a log line names it; the root only by the start of its hash."""
    return {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": sha256(checkpoint.root).hexdigest()[:16],
    }
