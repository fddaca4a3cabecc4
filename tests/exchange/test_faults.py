"""What fails again and again is told when it begins, now and then, and when it is over."""

import errno

import pytest
import structlog
from structlog.testing import capture_logs

from exchange import faults
from exchange.domain.errors import BooksBrokenError
from exchange.faults import Turns
from exchange.services.checkpoints import OlderDatabaseError
from exchange.store import transaction

NAME = "佐倉 花子"


def raised(error: Exception) -> Exception:
    """Return an error as it is caught: with the place where it arose."""
    with pytest.raises(type(error)) as caught:
        raise error
    return caught.value


def unreachable() -> Exception:
    """Return what a database that is not there makes fail."""
    engine = transaction.connect("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(Exception, match="refused") as failed:
        engine.connect()
    engine.dispose()
    return failed.value


@pytest.fixture
def turns() -> Turns:
    return Turns(structlog.get_logger("test"))


def test_a_failure_that_goes_on_is_told_once_and_its_end_too(turns: Turns) -> None:
    with capture_logs() as log:
        for turn in range(100):
            turns.failed(raised(OSError(errno.ENOSPC, "No space left on device", f"/new-{turn}")))
        turns.went_well()
        turns.went_well()

    assert [(line["event"], line["times"]) for line in log] == [("failed", 1), ("recovered", 100)]
    assert log[0]["detail"] == "/new-0: No space left on device"
    assert log[1]["after_s"] == 0


def test_a_failure_that_goes_on_for_long_is_told_again() -> None:
    turns = Turns(structlog.get_logger("test"), again_s=0)
    with capture_logs() as log:
        turns.failed(raised(KeyError(NAME)))
        turns.failed(raised(KeyError(NAME)))

    assert [line["times"] for line in log] == [1, 2]


def test_another_failure_is_told_at_once(turns: Turns) -> None:
    with capture_logs() as log:
        turns.failed(raised(OSError(errno.ENOSPC, "No space left on device")))
        turns.failed(raised(OSError(errno.EACCES, "Permission denied")))

    assert [line["detail"] for line in log] == ["No space left on device", "Permission denied"]


def test_turns_that_go_well_are_not_told(turns: Turns) -> None:
    with capture_logs() as log:
        turns.went_well()

    assert log == []


def test_a_database_that_is_away_is_told_in_plain_words(turns: Turns) -> None:
    with capture_logs() as log:
        turns.failed(unreachable())

    assert log[0]["detail"] == "the database takes nothing"
    assert "nobody" not in str(log)


def test_an_older_database_is_told_as_what_stops_everything(turns: Turns) -> None:
    with capture_logs() as log:
        turns.failed(raised(OlderDatabaseError("older", detail_ja="古い")))

    assert (log[0]["event"], log[0]["log_level"], log[0]["detail"]) == ("stopped", "error", "older")


def test_our_own_refusals_are_told_in_their_words(turns: Turns) -> None:
    with capture_logs() as log:
        turns.failed(raised(BooksBrokenError("I8 does not hold")))

    assert log[0]["detail"] == "I8 does not hold"


def test_of_all_else_the_place_is_told_and_not_the_message(turns: Turns) -> None:
    with capture_logs() as log:
        turns.failed(raised(KeyError(NAME)))

    assert log[0]["error"] == "KeyError"
    assert log[0]["at"][-1].startswith("test_faults.py:")
    assert NAME not in str(log)
    assert faults.reason_of(KeyError(NAME)) == ""
