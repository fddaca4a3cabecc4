"""How a failure is told in the log: what it was and where, never a message with people's data.

What fails in a thread fails again at the next turn, for as long as its cause lasts: that is
told when it begins, now and then, and when it is over, not every few seconds.
"""

import traceback
from pathlib import Path
from time import monotonic
from typing import Final

from structlog.typing import FilteringBoundLogger

from exchange.domain.errors import ExchangeError, OfficeError
from exchange.services.checkpoints import OlderDatabaseError
from exchange.store import transaction

AGAIN_S: Final = 600.0
"""How long the log is silent about a failure that goes on."""


class Turns:
    """Tells how the turns of a thread or a job go.

    Args:
        log: where it is told; what it binds says whose turns they are.
        again_s: how long to be silent about one failure.
    """

    def __init__(self, log: FilteringBoundLogger, *, again_s: float = AGAIN_S) -> None:
        self._log = log
        self._again_s = again_s
        self._fault: str | None = None
        self._began_at = 0.0
        self._told_at = 0.0
        self._times = 0

    def failed(self, error: Exception) -> None:
        """Tell that a turn has failed, unless the one before failed of the same just now."""
        # The words may count on with every turn.
        fault = type(error).__qualname__
        now = monotonic()
        if self._fault is None:
            self._began_at, self._times = now, 0
        self._times += 1
        if fault == self._fault and now - self._told_at < self._again_s:
            return
        self._fault, self._told_at = fault, now
        tell(self._log.bind(times=self._times), error)

    def went_well(self) -> None:
        """Tell that the turns go well again, where the one before has failed."""
        if self._fault is None:
            return
        self._fault = None
        self._log.info("recovered", after_s=round(monotonic() - self._began_at), times=self._times)


def tell(log: FilteringBoundLogger, error: Exception) -> None:
    """Tell that something has failed: why, or where if only that can be told."""
    name, reason = type(error).__qualname__, reason_of(error)
    if isinstance(error, OlderDatabaseError):
        # Nothing is signed any more until somebody acts.
        log.error("stopped", error=name, detail=reason)
    elif reason:
        log.warning("failed", error=name, detail=reason)
    else:
        log.warning("failed", error=name, at=frames_of(error))


def reason_of(error: BaseException) -> str:
    """Return why something failed in words of ours or of the system, "" where only a place tells.

    The messages of all other errors are left out: they may hold what nobody should read.
    """
    if transaction.is_away(error):
        return "the database takes nothing"
    if isinstance(error, ExchangeError):
        return error.detail
    if isinstance(error, OfficeError):
        return str(error)
    if isinstance(error, OSError) and error.strerror:
        return error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"
    return ""


def frames_of(error: BaseException) -> list[str]:
    """Return the calls that led to an error, innermost last, by file, line and function."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
