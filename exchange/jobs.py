"""The timetable: what the hub does by itself, and how often; no logic of its own.

A job is only a tick that asks the database what is due and not done: a missed tick heals at the
next one, and one too many does nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.blocking import BlockingScheduler

from exchange.hub import Hub
from exchange.services import claims, consents, invitations, listing
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
    """

    name: str
    every_s: int
    does: Callable[[Work], int]


def forget_stale(work: Work) -> int:
    """Delete used tokens, old answers, challenges and prepared acts whose time is over."""
    request_rows.forget_stale(work.session, work.now, work.now - ANSWERS_KEPT)
    people_rows.forget_stale(work.session, work.now)
    return 0


JOBS = (
    Job(name="consents end", every_s=60, does=consents.expire_due),
    Job(name="invitations end", every_s=3_600, does=invitations.expire_due),
    Job(name="claims end", every_s=60, does=claims.expire_due),
    Job(name="profiles are listed", every_s=3_600, does=listing.list_due),
    Job(name="stale requests are forgotten", every_s=3_600, does=forget_stale),
)
"""In the order in which one round does them: what ends comes before what begins."""


def run(hub: Hub, job: Job) -> int:
    """Do what is due of one job, sequence what it attested, and return how much that was."""
    with hub.work() as work:
        done = job.does(work)
    hub.sequence()
    return done


def run_once(hub: Hub) -> dict[str, int]:
    """Do one round of everything that is due; return how much of each was done."""
    return {job.name: run(hub, job) for job in JOBS}


def run_for_ever(hub: Hub) -> None:
    """Tick until the process is stopped; one process, one instance of each job, in UTC."""
    scheduler = BlockingScheduler(timezone=UTC)
    for job in JOBS:
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
    except Exception as error:  # noqa: BLE001 - one failing job must not stop the others
        log.warning("failed", error=type(error).__qualname__)
        return
    log.info("done", count=done)
