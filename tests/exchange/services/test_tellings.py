"""What an organization is told stands until it has acted on it."""

import pytest

from exchange.domain.errors import NotFoundError
from exchange.services import tellings
from exchange.store import outbox
from tests.story.scheme import Consortium


def test_what_was_told_is_gone_from_the_list_once_it_is_acknowledged(
    consortium: Consortium,
) -> None:
    hub, (agency, _) = consortium.hub, consortium.agencies
    with hub.work() as work:
        tellings.tell(work, agency.slug, "withdrawn", "clm_first")
        tellings.tell(work, agency.slug, "erased", "clm_second")
    with hub.reading() as work:
        first, second = tellings.waiting(work, agency.actor, after=0, limit=10)
        assert tellings.waiting(work, agency.actor, after=first.position, limit=10) == [second]
    with hub.work() as work:
        tellings.acknowledge(work, agency.actor, first.position)
        tellings.acknowledge(work, agency.actor, second.position)
    with hub.reading() as work:
        assert tellings.waiting(work, agency.actor, after=0, limit=10) == []
        kept = outbox.telling(work.session, first.position, agency.slug)
        assert kept is not None
        assert kept.acknowledged_at is not None
        assert outbox.telling(work.session, second.position, agency.slug) is None


def test_anothers_telling_looks_exactly_like_an_absent_one(consortium: Consortium) -> None:
    hub, (agency, other) = consortium.hub, consortium.agencies
    with hub.work() as work:
        tellings.tell(work, agency.slug, "withdrawn", "clm_first")
    with hub.reading() as work:
        (told,) = tellings.waiting(work, agency.actor, after=0, limit=10)
        assert tellings.waiting(work, other.actor, after=0, limit=10) == []
    refused = []
    for number in (told.position, told.position + 1000):
        with pytest.raises(NotFoundError) as refusal, hub.work() as work:
            tellings.acknowledge(work, other.actor, number)
        refused.append(str(refusal.value))
    assert refused[0] == refused[1]
