"""Settlement: each month once, all of it or nothing, and the same for whoever knows the same."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import event

from exchange.hub import Hub
from exchange.services import consents, settlement
from exchange.store import ledger as ledger_rows
from exchange.store import points as rows
from exchange.store.points import TransferRow
from relay_protocol.netting import Netting
from relay_protocol.rules import last_day, next_period
from tests.story import books, relays
from tests.story.scheme import Consortium

KILLED = """
import os, signal, sys
from exchange.config import Settings
from exchange.hub import open_hub
from exchange.services import settlement
from exchange.store.points import TransferRow
from pathlib import Path
from sqlalchemy import event

url, folder = sys.argv[1:]
settings = Settings(
    database_url=url, keys=Path(folder, "keys"), state=Path(folder, "var"),
    url="http://localhost:8400", clock=Path(folder, "clock"),
)
event.listen(TransferRow, "before_insert", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
hub = open_hub(settings)
with hub.work() as work:
    settlement.settle_due(work)
"""


class CutError(Exception):
    """The power is gone."""


@contextmanager
def cut_before_the_transfers() -> Iterator[None]:
    """Fail where the run's row is written and its first transfer is not."""

    def fail(*_: object) -> None:
        raise CutError

    event.listen(TransferRow, "before_insert", fail)
    try:
        yield
    finally:
        event.remove(TransferRow, "before_insert", fail)


def settled_periods(hub: Hub) -> list[str]:
    with hub.reading() as work:
        return [run.period for run in rows.runs(work.session)]


def traces(hub: Hub) -> tuple[int, int, int, int]:
    """Return how many runs, transfers, statements and entries of the ledger there are."""
    with hub.reading() as work:
        session = work.session
        return (
            len(rows.runs(session)),
            len(rows.transfers(session)),
            sum(len(rows.statements_of_period(session, run.period)) for run in rows.runs(session)),
            ledger_rows.size(session) + ledger_rows.queue_length(session),
        )


def netting(hub: Hub) -> Netting:
    with hub.reading() as work:
        newest = rows.newest_run(work.session)
    assert newest is not None
    return Netting.decode(newest.netting)


@pytest.fixture
def begun(consortium: Consortium) -> Consortium:
    """Return the consortium on the third of a month, all months before it settled."""
    books.begin(consortium.hub)
    return consortium


def test_given_ten_introductions_then_they_cool_off_and_become_one_slot(begun: Consortium) -> None:
    hub = begun.hub
    books.introduce_ten(begun)

    books.next_month(hub)
    assert books.settle(hub) == 1
    first = books.statement(hub, "mirai")
    assert (first.points.pending, first.points.earned, first.slots.available) == (10, 0, 0)

    books.next_month(hub)
    assert books.settle(hub) == 1
    second = books.statement(hub, "mirai")
    assert (second.points.pending, second.points.earned, second.points.converted) == (0, 10, 10)
    assert (second.points.carried_forward, second.slots.converted) == (0, 1)
    assert second.slots.available == 1
    assert second.prev == first.digest()
    # Six of ten points are by the first agency: the one slot falls to the larger remainder.
    assert netting(hub).nets == {"sakura": -1}
    assert netting(hub).obligations == ()
    assert [one.recomputed for one in books.audit(hub)][-2:] == [0, 21]


def test_given_nine_introductions_then_the_points_are_carried_forward(begun: Consortium) -> None:
    hub = begun.hub
    for number in range(9):
        books.introduce(begun, number % 2)

    books.next_month(hub, 2)
    books.settle(hub)

    told = books.statement(hub, "mirai")
    assert (told.points.carried_forward, told.slots.carried_forward) == (9, 0)


def test_given_a_confirmed_hire_then_its_slot_comes_after_the_guarantee(begun: Consortium) -> None:
    hub = begun.hub
    books.hire(begun)

    for month in range(4):
        books.next_month(hub)
        books.settle(hub)
        told = books.statement(hub, "mirai").slots
        # 90 days from the third of a month end in the third month after it.
        assert (told.pending, told.available) == ((1, 0) if month < 3 else (0, 1)), month

    assert netting(hub).nets == {"sakura": -1}
    assert books.audit(hub)[-1].recomputed == 1


def test_given_a_hire_that_nobody_confirms_then_it_earns_nothing(begun: Consortium) -> None:
    hub = begun.hub
    _, introduced = books.introduce(begun)
    relays.start(hub, begun.agencies[0], introduced)

    books.next_month(hub, 4)
    books.settle(hub)

    told = books.statement(hub, "mirai")
    assert (told.slots.pending, told.slots.available) == (0, 0)
    assert told.points.carried_forward == 1


def test_given_a_declined_offer_then_nothing_but_the_introduction_counts(
    begun: Consortium,
) -> None:
    hub = begun.hub
    _, introduced = books.introduce(begun)
    relays.report(hub, begun.agencies[0], introduced, "offer-accepted")
    relays.report(hub, begun.agencies[0], introduced, "offer-declined")

    books.next_month(hub, 4)
    books.settle(hub)

    told = books.statement(hub, "mirai")
    assert (told.slots.pending, told.slots.available) == (0, 0)
    assert told.points.carried_forward == 1


def test_given_a_hire_left_in_guarantee_before_a_close_then_it_is_void(begun: Consortium) -> None:
    hub = begun.hub
    _, hired = books.hire(begun)
    books.next_month(hub)
    books.settle(hub)
    assert books.statement(hub, "mirai").slots.pending == 1

    relays.report(hub, begun.agencies[0], books.introduction_of(hub, hired), "left")
    books.next_month(hub, 3)
    books.settle(hub)

    told = books.statement(hub, "mirai").slots
    assert (told.pending, told.available, told.reversed) == (0, 0, 0)
    assert books.audit(hub)


def test_given_a_hire_reported_left_only_after_its_slot_came_then_that_is_taken_back(
    begun: Consortium,
) -> None:
    hub = begun.hub
    _, hired = books.hire(begun)
    started_on = relays.today(hub)
    books.next_month(hub, 4)
    books.settle(hub)
    assert books.statement(hub, "mirai").slots.available == 1

    relays.report(
        hub,
        begun.agencies[0],
        books.introduction_of(hub, hired),
        "left",
        started_on + timedelta(days=89),
    )
    books.next_month(hub)
    books.settle(hub)

    told = books.statement(hub, "mirai").slots
    assert (told.brought_forward, told.reversed, told.carried_forward) == (1, 1, 0)
    assert netting(hub).nets == {}
    assert books.audit(hub)


def test_given_a_hire_left_after_its_guarantee_then_the_slot_stays(begun: Consortium) -> None:
    hub = begun.hub
    _, hired = books.hire(begun)
    started_on = relays.today(hub)
    books.next_month(hub, 4)
    books.settle(hub)

    relays.report(
        hub,
        begun.agencies[0],
        books.introduction_of(hub, hired),
        "left",
        started_on + timedelta(days=90),
    )
    books.next_month(hub)
    books.settle(hub)

    assert books.statement(hub, "mirai").slots.available == 1


def test_given_a_hire_confirmed_after_it_was_reported_left_then_it_earns_nothing(
    begun: Consortium,
) -> None:
    hub = begun.hub
    _, introduced = books.introduce(begun)
    relays.start(hub, begun.agencies[0], introduced)
    hired = relays.report(hub, begun.agencies[0], introduced, "left")
    books.next_month(hub)
    books.settle(hub)

    relays.confirm(hub, begun.members[1], hired)
    books.next_month(hub, 4)
    books.settle(hub)

    told = books.statement(hub, "mirai").slots
    assert (told.pending, told.available) == (0, 0)
    assert books.audit(hub)


def test_given_a_withdrawal_in_the_hold_then_the_point_is_void(begun: Consortium) -> None:
    hub = begun.hub
    stays, _ = books.introduce(begun)
    goes, _ = books.introduce(begun)
    books.next_month(hub)
    books.settle(hub)
    closed = books.statement(hub, "mirai")

    # The first of the month lies within the 30 days since the third of the month before.
    with hub.work() as work:
        consents.withdraw(work, goes.actor)
    books.next_month(hub)
    books.settle(hub)

    assert books.statement(hub, "mirai").points.carried_forward == 1
    assert books.statement(hub, "mirai", closed.period) == closed
    assert books.audit(hub)
    assert stays.id != goes.id


def test_given_a_fact_after_the_close_then_it_counts_in_the_open_month(begun: Consortium) -> None:
    hub = begun.hub
    month = books.this_month(hub)
    books.next_month(hub)
    books.settle(hub)
    relays.wait(hub, days=2)
    books.introduce(begun)
    books.next_month(hub)
    books.settle(hub)

    assert books.statement(hub, "mirai", month).points.pending == 0
    assert books.statement(hub, "mirai", next_period(month)).points.pending == 1


def test_a_month_that_is_not_over_is_not_due(begun: Consortium) -> None:
    with begun.hub.work() as work:
        assert settlement.next_due(work) is None
        assert settlement.settle_due(work) == 0


def test_the_last_day_of_a_month_is_not_due_and_the_first_after_it_is(begun: Consortium) -> None:
    hub = begun.hub
    month = books.this_month(hub)
    relays.wait(hub, days=(last_day(month) - relays.today(hub)).days)
    with hub.reading() as work:
        assert settlement.next_due(work) is None

    relays.wait(hub, days=1)
    with hub.reading() as work:
        assert settlement.next_due(work) == month


def test_as_of_picks_the_months_that_were_over_by_then(begun: Consortium) -> None:
    hub = begun.hub
    first = books.this_month(hub)
    second = next_period(first)
    books.next_month(hub, 2)
    hub.sequence()

    with hub.work() as work:
        assert settlement.settle_due(work, as_of=last_day(first)) == 0
        assert settlement.settle_due(work, as_of=last_day(second)) == 1
        assert settlement.settle_due(work, as_of=last_day(second)) == 0

    assert settled_periods(hub)[-1] == first


def test_as_of_is_not_a_clock(begun: Consortium) -> None:
    with begun.hub.work() as work:
        assert settlement.settle_due(work, as_of=date(9999, 1, 1)) == 0


def test_a_scheme_whose_months_were_missed_settles_each_in_turn(begun: Consortium) -> None:
    hub = begun.hub
    books.introduce(begun)
    months = [books.this_month(hub)]
    months += [next_period(months[0]), next_period(next_period(months[0]))]

    books.next_month(hub, 3)

    assert books.settle(hub) == 3
    assert settled_periods(hub)[-3:] == months
    assert books.audit(hub)


def test_the_first_month_is_that_in_which_the_scheme_opened(consortium: Consortium) -> None:
    hub = consortium.hub
    month = books.this_month(hub)
    with hub.reading() as work:
        assert settlement.open_period(work) == month

    books.next_month(hub)
    books.settle(hub)

    assert settled_periods(hub) == [month]


def test_settling_again_changes_nothing(begun: Consortium) -> None:
    hub = begun.hub
    books.introduce_ten(begun)
    books.next_month(hub, 2)
    books.settle(hub)
    before, told = traces(hub), books.statement(hub, "mirai")

    assert books.settle(hub) == 0

    assert traces(hub) == before
    assert books.statement(hub, "mirai") == told


def test_of_two_settlements_at_once_one_settles_and_the_other_does_nothing(
    begun: Consortium,
) -> None:
    hub = begun.hub
    books.introduce(begun)
    books.next_month(hub)
    hub.sequence()
    at_once = Barrier(2)

    def settle(_: int) -> int:
        at_once.wait()
        with hub.work() as work:
            return settlement.settle_due(work)

    with ThreadPoolExecutor(max_workers=2) as pool:
        done = list(pool.map(settle, range(2)))

    assert sorted(done) == [0, 1]
    assert len(set(settled_periods(hub))) == len(settled_periods(hub))
    hub.sequence()
    assert books.audit(hub)


def test_given_a_failure_between_run_and_transfers_then_nothing_has_happened(
    begun: Consortium,
) -> None:
    hub = begun.hub
    books.introduce(begun)
    books.next_month(hub)
    hub.sequence()
    before = traces(hub)

    with cut_before_the_transfers(), pytest.raises(CutError), hub.work() as work:
        settlement.settle_due(work)
    assert traces(hub) == before

    assert books.settle(hub) == 1
    assert books.statement(hub, "mirai").points.pending == 1


def test_given_a_process_killed_in_a_settlement_then_the_next_one_does_it(
    begun: Consortium,
) -> None:
    hub = begun.hub
    books.introduce(begun)
    books.next_month(hub)
    hub.sequence()
    before = traces(hub)

    killed = subprocess.run(
        [sys.executable, "-c", KILLED, hub.settings.database_url, str(hub.settings.keys.parent)],
        check=False,
        timeout=60,
    )

    assert killed.returncode == -9
    assert traces(hub) == before
    assert books.settle(hub) == 1
    assert books.audit(hub)


def test_given_what_is_kept_of_an_erased_person_waits_then_the_close_waits_too(
    begun: Consortium,
) -> None:
    hub = begun.hub
    candidate, _ = books.hire(begun)
    books.next_month(hub)
    hub.sequence()
    books.erase(hub, candidate)

    with hub.work() as work:
        assert settlement.settle_due(work) == 0
    assert books.settle(hub) == 1
    assert books.audit(hub)


def test_a_scheme_that_nobody_belongs_to_is_settled_too(empty_hub: Hub) -> None:
    month = books.this_month(empty_hub)
    books.next_month(empty_hub)

    assert books.settle(empty_hub) == 1

    assert settled_periods(empty_hub) == [month]
    assert traces(empty_hub)[1:3] == (0, 0)
