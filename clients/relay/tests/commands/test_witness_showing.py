"""The evidence file of an alarm: which alarm it is made of, and when there is none."""

import pytest

from career_relay.commands.witness_showing import evidence_of
from career_relay.errors import NotDueError
from career_relay.witness.state import Alarm, AlarmKind
from relay_protocol.evidence import Evidence
from relay_protocol.note import Checkpoint
from tests.story.plain_log import NAME, PlainLog

LOG = PlainLog.of(8)
KEY = LOG.key.verifier


def alarm(number: int, kind: AlarmKind, mark: str) -> Alarm:
    shown = PlainLog.of(8, mark)
    return Alarm(
        number=number,
        kind=kind,
        checkpoint=Checkpoint(origin=NAME, size=8, root=shown.root()),
        cosigned=LOG.note(),
        shown=shown.note(),
        at=0,
    )


FOUND = (alarm(1, "rollback", "a"), alarm(2, "same-size", "b"), alarm(3, "same-size", "c"))


@pytest.mark.parametrize(("number", "mark"), [(None, "b"), (2, "b"), (3, "c")])
def test_the_first_alarm_that_proves_is_the_evidence_or_the_one_asked_for(
    number: int | None, mark: str
) -> None:
    evidence = Evidence.decode(evidence_of(FOUND, number, [KEY]))
    assert evidence.notes == (LOG.note(), PlainLog.of(8, mark).note())
    assert evidence.check(KEY).form == "same-size"


@pytest.mark.parametrize("number", [1, 4])
def test_an_alarm_that_proves_nothing_or_is_not_there_gives_none(number: int) -> None:
    with pytest.raises(NotDueError, match="no alarm that proves"):
        evidence_of(FOUND, number, [KEY])


def test_without_any_alarm_there_is_no_evidence() -> None:
    with pytest.raises(NotDueError, match="no alarm that proves"):
        evidence_of((), None, [KEY])


def test_under_the_key_of_another_log_an_alarm_is_no_proof() -> None:
    other = PlainLog(name="b.example").key.verifier
    with pytest.raises(NotDueError, match="no proof under the keys given"):
        evidence_of(FOUND, None, [other])
