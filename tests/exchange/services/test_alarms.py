"""The alarms of equivocation as the office reads them; their evidence is tested with witnesses."""

import pytest

from exchange.domain.errors import NotFoundError
from exchange.domain.organizations import Actor
from exchange.hub import Hub
from exchange.services import alarms, witnesses

OFFICER = Actor(kind="person", slug="office", role="operator", user_id="usr_first")
ANOTHER = Actor(kind="person", slug="office", role="operator", user_id="usr_second")


def raise_two(hub: Hub) -> list[int]:
    """Raise two alarms, and return their numbers, the newest first."""
    with hub.noting() as work:
        for name in ("w1", "w2"):
            witnesses.raise_alarm(work, name, status=422, size=17, theirs=None)
        return [alarm.id for alarm in alarms.listed(work)]


def test_the_newest_comes_first_and_open(hub: Hub) -> None:
    raise_two(hub)
    with hub.reading() as work:
        found = alarms.listed(work)
    assert [(alarm.witness, alarm.is_open, alarm.is_proof) for alarm in found] == [
        ("w2", True, False),
        ("w1", True, False),
    ]
    assert found[0].document()["size"] == 17


def test_an_acknowledged_one_stays_with_the_first_who_read_it(hub: Hub) -> None:
    newest, oldest = raise_two(hub)
    for actor in (OFFICER, ANOTHER):
        with hub.noting() as work:
            alarms.acknowledge(work, actor, oldest)
    with hub.reading() as work:
        assert [(one.id, one.is_open) for one in alarms.listed(work)] == [
            (newest, True),
            (oldest, False),
        ]


def test_what_is_not_there_cannot_be_acknowledged(hub: Hub) -> None:
    with hub.noting() as work, pytest.raises(NotFoundError):
        alarms.acknowledge(work, OFFICER, 1)


def test_without_proof_there_is_no_evidence(hub: Hub) -> None:
    raise_two(hub)
    with hub.reading() as work, pytest.raises(NotFoundError, match="prove two histories"):
        alarms.evidence(work)
