"""Which rules are in force, and which day it is for the scheme."""

from datetime import UTC, date, datetime

import pytest

from exchange.domain.errors import StepRefusedError
from exchange.hub import Hub
from exchange.services import scheme
from exchange.services.work import (
    Work,
    local_day,
    rules_by_version,
    rules_now,
    version_now,
)
from exchange.store.scheme import RulesRow
from relay_protocol.errors import RulesError
from relay_protocol.rules import DEMO


def at(work: Work, moment: datetime) -> Work:
    """Return the same unit of work at another moment."""
    return Work(session=work.session, keyring=work.keyring, scheme=work.scheme, now=moment)


def test_the_day_begins_at_the_scheme_s_midnight(empty_hub: Hub) -> None:
    with empty_hub.reading() as work:
        # Rules say UTC+9: the day of Tokyo begins at 15:00 UTC.
        assert local_day(at(work, datetime(2026, 12, 1, 14, 59, tzinfo=UTC))) == date(2026, 12, 1)
        assert local_day(at(work, datetime(2026, 12, 1, 15, 0, tzinfo=UTC))) == date(2026, 12, 2)


def test_rules_come_into_force_on_their_day(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        scheme.adopt_rules(work, {**DEMO, "version": "demo-2", "k": 4}, date(2027, 1, 1))
    with empty_hub.reading() as work:
        before = at(work, datetime(2026, 12, 31, 14, 59, tzinfo=UTC))
        after = at(work, datetime(2026, 12, 31, 15, 0, tzinfo=UTC))
        assert (rules_now(before).k, version_now(before)) == (3, "demo-1")
        assert (rules_now(after).k, version_now(after)) == (4, "demo-2")


def test_an_old_version_can_still_be_asked_for(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        scheme.adopt_rules(work, {**DEMO, "version": "demo-2", "k": 4}, date(2026, 2, 1))
        assert rules_by_version(work.session, "demo-1").k == 3
        with pytest.raises(RulesError):
            rules_by_version(work.session, "demo-3")


def test_without_rules_nothing_that_needs_them_happens(empty_hub: Hub) -> None:
    with empty_hub.reading() as work:
        work.session.query(RulesRow).delete()
        assert version_now(work) == ""
        assert local_day(at(work, datetime(2026, 12, 1, 23, tzinfo=UTC))) == date(2026, 12, 1)
        with pytest.raises(StepRefusedError):
            rules_now(work)
