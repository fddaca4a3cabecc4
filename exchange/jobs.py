"""The timetable: what the hub does by itself, and how often; no logic of its own.

A job is only a tick that asks the database what is due and not done: a missed tick heals at the
next one, and one too many does nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import partial

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler

from exchange import faults
from exchange.hub import Hub
from exchange.services import (
    claims,
    consents,
    invariants,
    invitations,
    listing,
    packs,
    releases,
    settlement,
)
from exchange.services.work import Work
from exchange.store import people as people_rows
from exchange.store import requests as request_rows

ANSWERS_KEPT = timedelta(days=30)
"""How long the first answer to an idempotency key is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One thing that comes due: its name, how often it is asked for, and what does it.

    Attributes:
        does: returns how many things were done; one transaction of its own.
        again: whether to do it once more after it has done something.
    """

    name: str
    every_s: int
    does: Callable[[Work], int]
    again: bool = False


def forget_stale(work: Work) -> int:
    """Delete used tokens, old answers, challenges and prepared acts whose time is over."""
    request_rows.forget_stale(work.session, work.now, work.now - ANSWERS_KEPT)
    people_rows.forget_stale(work.session, work.now)
    return 0


def timetable(as_of: date | None = None) -> tuple[Job, ...]:
    """Return the jobs in the order in which one round does them.

    What ends comes before what begins, and whatever others attest before it is settled.

    Args:
        as_of: settle only months that were over by that day.
    """
    return (
        Job(name="consents end", every_s=60, does=consents.expire_due),
        Job(name="invitations end", every_s=3_600, does=invitations.expire_due),
        Job(name="claims end", every_s=60, does=claims.expire_due),
        Job(name="envelopes are emptied", every_s=3_600, does=releases.forget_due),
        Job(name="profiles are listed", every_s=3_600, does=listing.list_due),
        Job(name="stale requests are forgotten", every_s=3_600, does=forget_stale),
        Job(
            name="months are settled",
            every_s=3_600,
            does=partial(settlement.settle_due, as_of=as_of),
            again=True,
        ),
        Job(name="closed reveals are stated", every_s=3_600, does=packs.close_day),
        Job(name="books are checked", every_s=86_400, does=invariants.require_sound),
    )


def run(hub: Hub, job: Job) -> int:
    """Do what is due of one job, sequence what it attested, and return how much that was."""
    done = 0
    while True:
        hub.sequence()
        with hub.work() as work:
            more = job.does(work)
        done += more
        if not (job.again and more):
            break
    hub.sequence()
    return done


def run_once(hub: Hub, as_of: date | None = None) -> dict[str, int]:
    """Do one round of everything that is due; return how much of each was done.

    Args:
        as_of: settle only months that were over by that day; it is not a clock.
    """
    return {job.name: run(hub, job) for job in timetable(as_of)}


def run_for_ever(hub: Hub) -> None:
    """Tick until the process is stopped; one process, one instance of each job, in UTC.

    It begins with one round of everything: a job of each day would otherwise never come in a
    process that is started anew each night.
    """
    for job in timetable():
        _tick(hub, job)
    scheduler = BlockingScheduler(timezone=UTC)
    for job in timetable():
        scheduler.add_job(
            _tick,
            "interval",
            seconds=job.every_s,
            args=(hub, job),
            id=job.name,
            # A tick that comes late still comes, and several late ones are one.
            misfire_grace_time=None,
            coalesce=True,
            max_instances=1,
        )
    scheduler.start()


def _tick(hub: Hub, job: Job) -> None:
    """Run one job and log what it did; a failure is logged and the next tick tries again."""
    log = structlog.get_logger("exchange.jobs").bind(job=job.name)
    try:
        done = run(hub, job)
        hub.note_worker()
    except Exception as error:  # noqa: BLE001 - one failing job must not stop the others
        faults.tell(log, error)
        return
    log.info("done", count=done)
