"""Asking the witnesses, in a thread of its own: nobody waits longer than they choose to."""

import asyncio
import contextlib
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager
from functools import partial
from threading import Lock, Thread
from typing import Final, TypeVar

import httpx
import structlog

from exchange.network import witness
from exchange.network.witness import WitnessAlarmError, WitnessElsewhereError, WitnessSilentError
from exchange.services import witnesses
from exchange.services.work import Work
from relay_protocol import witnessing
from relay_protocol.errors import NoteError
from relay_protocol.policy import Policy, WitnessLine

WAIT_S: Final = 1.0
"""How long a checkpoint's publication waits for its quorum."""
LONGEST_PAUSE_S: Final = 300.0
"""How long a witness that fails again and again is left alone, at most."""
TRIES: Final = 3
"""How often a witness may name another size before it counts as silent."""

Transaction = Callable[[], AbstractContextManager[Work]]
Got = TypeVar("Got")


class Witnesses:
    """Asks those of a policy; one request a witness at a time, later ones after longer pauses.

    Args:
        policy: whom to ask, and how many must cosign.
        writing: opens a transaction that writes.
        reading: opens one that only reads.
    """

    def __init__(self, policy: Policy, *, writing: Transaction, reading: Transaction) -> None:
        self.policy = policy
        self._writing = writing
        self._reading = reading
        self._log = structlog.get_logger("exchange.witnesses")
        self._lock = Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: Thread | None = None
        # What follows is touched in the loop's thread alone.
        self._client: httpx.AsyncClient | None = None
        self._asked: dict[str, asyncio.Task[None]] = {}
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def ask(self, size: int, *, wait_s: float = WAIT_S) -> bool:
        """Ask whoever is due about the checkpoint of a size; return whether the quorum is met.

        Args:
            wait_s: how long to wait for the quorum; answers that come later are kept too.
        """
        asked = asyncio.run_coroutine_threadsafe(self._round(size, wait_s), self._running())
        try:
            return asked.result()
        except CancelledError:
            return False

    def forgive(self) -> None:
        """Ask those who have failed again at the next turn, however often they failed."""
        self._running().call_soon_threadsafe(self._not_before.clear)

    def close(self) -> None:
        """Give up what is still being asked, and end the thread."""
        with self._lock:
            loop, thread = self._loop, self._thread
            self._loop = self._thread = None
        if loop is None or thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()

    def _running(self) -> asyncio.AbstractEventLoop:
        """Return the loop, its thread started with the first question."""
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._thread = Thread(target=self._loop.run_forever, name="witnesses", daemon=True)
                self._thread.start()
            return self._loop

    async def _end(self) -> None:
        """Cancel whatever is under way and close the connections."""
        under_way = asyncio.all_tasks() - {asyncio.current_task()}
        for task in under_way:
            task.cancel()
        await asyncio.gather(*under_way, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()
            self._client = None
        await asyncio.get_running_loop().shutdown_default_executor()

    async def _round(self, size: int, wait_s: float) -> bool:
        """Ask each witness that is due once; wait until the quorum is met or time is up.

        Who is still answering about an earlier checkpoint is asked about this one afterwards: a
        quorum is not missed because somebody was busy with us.
        """
        ends_at = self._moment() + wait_s
        asked: set[str] = set()
        while True:
            for line in await self._due(size):
                if line.name not in asked:
                    asked.add(line.name)
                    self._start(line, size)
            if self.policy.is_met_by(await self._cosigned(size)):
                return True
            tasks = {task for task in self._asked.values() if not task.done()}
            left = ends_at - self._moment()
            if not tasks or left <= 0:
                return False
            await asyncio.wait(tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)

    async def _due(self, size: int) -> list[WitnessLine]:
        """Return whom to ask now: not who is being asked, nor who has failed a moment ago."""
        due = await self._in(self._reading, lambda work: witnesses.due(work, self.policy, size))
        return [
            line
            for line in due
            if line.name not in self._asked and self._moment() >= self._not_before.get(line.name, 0)
        ]

    async def _cosigned(self, size: int) -> Collection[str]:
        return await self._in(self._reading, lambda work: witnesses.cosigned_by(work, size))

    def _start(self, line: WitnessLine, size: int) -> None:
        """Ask one witness beside the others; whatever comes of it is kept and logged."""
        if self._client is None:
            self._client = witness.new_client()
        task = asyncio.create_task(self._ask(self._client, line, size))
        self._asked[line.name] = task
        task.add_done_callback(lambda _: self._asked.pop(line.name, None))

    async def _ask(self, client: httpx.AsyncClient, line: WitnessLine, size: int) -> None:
        """Ask one witness, and log what failed on our own side: an alarm that was not kept, too."""
        try:
            await self._settle(client, line, size)
        except Exception as error:  # noqa: BLE001 - of one witness; the others go on, the log tells
            self._log.warning(
                "asking a witness failed", witness=line.name, error=type(error).__qualname__
            )
            self._pause(line)

    async def _settle(self, client: httpx.AsyncClient, line: WitnessLine, size: int) -> None:
        """Ask one witness, and keep its cosignature, its failure, or the alarm."""
        try:
            await self._cosign(client, line, size)
        except WitnessAlarmError as alarm:
            await self._alarm(client, line, alarm.status, size)
        except WitnessSilentError as silent:
            await self._fail(line, silent.reason)
        except NoteError:
            await self._fail(line, "false-answer")

    async def _cosign(self, client: httpx.AsyncClient, line: WitnessLine, size: int) -> None:
        """Ask until the witness and the hub mean the same old size."""
        for _ in range(TRIES):
            request = await self._in(
                self._reading, lambda work: witnesses.request_for(work, line, size)
            )
            try:
                answer = await witness.add_checkpoint(client, line.url, request)
            except WitnessElsewhereError as elsewhere:
                if elsewhere.size == request.old_size == size:
                    # Some makers answer so: it stands at this very size, with another root.
                    raise WitnessAlarmError(witnesses.SAME_SIZE) from elsewhere
                if await self._stands_at(line, elsewhere.size):
                    if elsewhere.size > size:
                        return  # It has cosigned a newer one: another process was quicker.
                    continue
                raise WitnessAlarmError(witnesses.AHEAD) from elsewhere
            lines = witnessing.read_cosignatures(answer, request.note, line.vkey)
            await self._in(
                self._writing, partial(witnesses.keep, line=line, size=size, lines=lines)
            )
            self._failures.pop(line.name, None)
            self._not_before.pop(line.name, None)
            return
        reason = "no-common-size"
        raise WitnessSilentError(reason)

    async def _stands_at(self, line: WitnessLine, size: int) -> bool:
        return await self._in(self._writing, lambda work: witnesses.stands_at(work, line, size))

    async def _alarm(
        self, client: httpx.AsyncClient, line: WitnessLine, status: int, size: int
    ) -> None:
        """Keep an alarm with what the witness shows as its own, and be loud."""
        self._pause(line, LONGEST_PAUSE_S)
        theirs = None
        with contextlib.suppress(WitnessSilentError):
            origin = await self._in(self._reading, lambda work: work.scheme.origin)
            theirs = await witness.shown_checkpoint(client, line.url, origin)
        raised = await self._in(
            self._writing,
            lambda work: witnesses.raise_alarm(
                work, line.name, status=status, size=size, theirs=theirs
            ),
        )
        await self._in(self._writing, lambda work: witnesses.note_failure(work, line, "alarm"))
        if raised is not None:
            self._log.error(
                "EQUIVOCATION ALARM: a witness contradicts this ledger",
                witness=line.name,
                status=status,
                size=size,
                has_evidence=raised.theirs is not None,
            )

    async def _fail(self, line: WitnessLine, reason: str) -> None:
        """Note that a witness is silent, and leave it alone for a while."""
        self._pause(line)
        self._log.warning("a witness does not cosign", witness=line.name, reason=reason)
        await self._in(self._writing, lambda work: witnesses.note_failure(work, line, reason))

    def _pause(self, line: WitnessLine, pause_s: float | None = None) -> None:
        """Leave a witness alone: twice as long after each failure, unless told how long."""
        failures = self._failures[line.name] = self._failures.get(line.name, 0) + 1
        if pause_s is None:
            pause_s = min(2.0 ** min(failures, 20), LONGEST_PAUSE_S)
        self._not_before[line.name] = self._moment() + pause_s

    @staticmethod
    def _moment() -> float:
        """Return the loop's own seconds, which no clock of the hub moves."""
        return asyncio.get_running_loop().time()

    async def _in(self, transaction: Transaction, does: Callable[[Work], Got]) -> Got:
        """Do something in a transaction of its own, while the loop goes on."""

        def run() -> Got:
            with transaction() as work:
                return does(work)

        return await asyncio.to_thread(run)
