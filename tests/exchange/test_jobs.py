"""The timetable: one round does all that is due, another does nothing, a failure stops no other."""

import math
from datetime import timedelta

import pytest
from apscheduler.schedulers.blocking import BlockingScheduler
from structlog.testing import capture_logs

from exchange import jobs
from exchange.domain.errors import BooksBrokenError
from exchange.hub import Hub
from exchange.jobs import Job
from exchange.services.work import Work
from exchange.store import points as rows
from relay_protocol.rules import last_day
from tests.story import books

SETTLED = "months are settled"


@pytest.fixture
def engine() -> str:
    """Ask one engine only: the timetable does not depend on it."""
    return "sqlite"


def test_one_round_settles_every_month_that_is_over(hub: Hub) -> None:
    books.next_month(hub, 3)

    assert jobs.run_once(hub)[SETTLED] == 3
    assert books.audit(hub)


def test_another_round_settles_nothing(hub: Hub) -> None:
    books.next_month(hub)
    jobs.run_once(hub)

    again = jobs.run_once(hub)

    assert again[SETTLED] == 0
    assert again["books are checked"] == 1


def test_as_of_settles_only_what_was_over_by_then(hub: Hub) -> None:
    month = books.this_month(hub)
    books.next_month(hub, 2)

    done = jobs.run_once(hub, last_day(month) + timedelta(days=1))

    assert done[SETTLED] == 1


def test_months_are_settled_after_all_else_that_ends(hub: Hub) -> None:
    names = [job.name for job in jobs.timetable()]

    assert names.index("consents end") < names.index(SETTLED)
    assert names.index("claims end") < names.index(SETTLED)
    assert names[-1] == "books are checked"
    assert hub.clock.offset() == timedelta()


def test_broken_books_stop_the_round_with_the_reason(hub: Hub) -> None:
    books.next_month(hub)
    books.settle(hub)
    with hub.work() as work:
        run = rows.newest_run(work.session)
        assert run is not None
        run.cut += 1

    with pytest.raises(BooksBrokenError, match="I8"):
        jobs.run_once(hub)


def test_a_tick_that_fails_is_logged_and_raises_nothing(hub: Hub) -> None:
    def fail(work: Work) -> int:
        raise BooksBrokenError(f"broken at {work.now.year}")

    with capture_logs() as logged:
        jobs._tick(hub, Job(name="fails", every_s=1, does=fail))  # noqa: SLF001 - what APScheduler calls

    assert logged[0]["event"] == "failed"
    assert logged[0]["error"] == "BooksBrokenError"
    assert logged[0]["detail"].startswith("broken at")


def test_a_job_that_goes_on_is_asked_until_nothing_is_left(hub: Hub) -> None:
    left = [2, 1, 0]

    done = jobs.run(hub, Job(name="counts", every_s=1, does=lambda _: left.pop(0), again=True))

    assert done == 3
    assert left == []


def test_a_job_that_does_not_go_on_is_asked_once(hub: Hub) -> None:
    left = [2, 1, 0]

    assert jobs.run(hub, Job(name="counts", every_s=1, does=lambda _: left.pop(0))) == 2
    assert left == [1, 0]


def test_a_worker_begins_with_everything_and_leaves_a_sign(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []
    # The timetable itself would never end.
    monkeypatch.setattr(BlockingScheduler, "start", lambda _: begun.append("timetable"))

    with capture_logs() as logged:
        jobs.run_for_ever(hub)

    done = [line["job"] for line in logged if line["event"] == "done"]
    assert done == [job.name for job in jobs.timetable()]
    assert begun == ["timetable"]
    assert 0 <= hub.worker_age_s() < 60


def test_a_job_that_fails_leaves_no_sign(hub: Hub) -> None:
    def fail(_: Work) -> int:
        raise LookupError

    jobs._tick(hub, Job(name="fails", every_s=1, does=fail))  # noqa: SLF001 - what APScheduler calls

    assert hub.worker_age_s() == math.inf
