"""The books between rows and rules: written once, read back equal, without who is forgotten."""

from dataclasses import replace
from datetime import date

import pytest

from exchange.hub import Hub
from exchange.services import books as cases
from exchange.store import points as rows
from relay_protocol.errors import PointsError
from relay_protocol.points import Cause, Resolution, Transfer, available, hub_points
from relay_protocol.statements import Statement
from tests.story import books, relays
from tests.story.scheme import Consortium

CAUSE = Cause(rules="demo-1", fact="2026-12", leg="converted:some-lot")
TRANSFER = Transfer(
    id=CAUSE.transfer_id(),
    cause=CAUSE,
    debit=hub_points("issue"),
    credit=available("points", "mirai"),
    count=3,
    reason="earned",
    lot=CAUSE.transfer_id(),
    agency="sakura",
    expires_on=date(2029, 1, 1),
    posts_on=date(2027, 1, 5),
    period="2026-12",
    belongs_to="2026-12",
)
POSTED = Resolution(transfer=TRANSFER.id, outcome="posted", because="term-ended", period="2027-01")


def test_a_transfer_is_read_back_as_it_was_written(hub: Hub) -> None:
    with hub.work() as work:
        cases.write(work.session, [TRANSFER])

    with hub.reading() as work:
        assert cases.transfers_of(work.session) == [TRANSFER]
        assert cases.book_of(work.session).pending == (TRANSFER,)


def test_writing_the_same_again_changes_nothing(hub: Hub) -> None:
    with hub.work() as work:
        cases.write(work.session, [TRANSFER])
        cases.write(work.session, [TRANSFER])

    with hub.reading() as work:
        assert len(rows.transfers(work.session)) == 1


def test_writing_other_contents_under_a_known_id_is_refused(hub: Hub) -> None:
    with hub.work() as work:
        cases.write(work.session, [TRANSFER])

    with pytest.raises(PointsError, match="other contents"), hub.work() as work:
        cases.write(work.session, [replace(TRANSFER, count=4)])


def test_a_pending_transfer_takes_effect_in_the_period_that_resolves_it(hub: Hub) -> None:
    with hub.work() as work:
        cases.write(work.session, [TRANSFER])
        assert cases.posted_by_period(work.session) == {}
        cases.resolve(work.session, [POSTED])

    with hub.reading() as work:
        assert cases.posted_by_period(work.session) == {"2027-01": [TRANSFER]}
        assert cases.book_of(work.session).balance(available("points", "mirai")) == 3


def test_a_voided_transfer_never_takes_effect(hub: Hub) -> None:
    with hub.work() as work:
        cases.write(work.session, [TRANSFER])
        cases.resolve(work.session, [replace(POSTED, outcome="voided", because="erased")])

    with hub.reading() as work:
        assert cases.posted_by_period(work.session) == {}
        assert cases.book_of(work.session).balances == {}


def test_given_an_erased_person_then_their_transfers_stand_for_what_was_kept(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    books.begin(hub)
    candidate, introduced = books.introduce(consortium)
    relays.wait(hub, days=1)
    books.next_month(hub, 2)
    books.settle(hub)
    with hub.reading() as work:
        (before,) = cases.transfers_of(work.session)
        book = cases.book_of(work.session)
    assert before.cause.fact == introduced.id

    books.erase(hub, candidate)

    with hub.reading() as work:
        (after,) = cases.transfers_of(work.session)
        assert after == replace(
            before,
            cause=Cause(rules="demo-1", fact=before.lot, leg="kept:points:hub:issue"),
        )
        assert cases.book_of(work.session).balances == book.balances
        assert cases.terms_of(work.session) == []


def test_given_terms_that_are_over_then_only_the_others_are_kept(consortium: Consortium) -> None:
    hub = consortium.hub
    books.begin(hub)
    books.introduce(consortium)
    books.next_month(hub)
    books.settle(hub)
    with hub.work() as work:
        (term,) = cases.terms_of(work.session)
        changed = replace(term, undone=True)
        cases.keep_terms(work.session, [changed])
        assert cases.terms_of(work.session) == [changed]
        cases.keep_terms(work.session, [])
        assert cases.terms_of(work.session) == []


def test_an_auditor_gets_salt_statements_and_netting_of_every_month(
    consortium: Consortium,
) -> None:
    hub = consortium.hub
    books.next_month(hub, 2)
    books.settle(hub)

    with hub.reading() as work:
        first, second = (
            cases.close_documents_of(work.session, run) for run in rows.runs(work.session)
        )

    assert first.period < second.period
    assert first.salt != second.salt
    assert [Statement.decode(raw).company for raw in first.statements] == [
        "aozora",
        "kaname",
        "mirai",
    ]
