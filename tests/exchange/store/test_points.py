"""Rows of the books: each month and each resolution once, pages from the newest on."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from exchange.hub import Hub
from exchange.store import points as rows
from exchange.store.points import ResolutionRow, RunRow, StatementRow, TransferRow


def run(period: str) -> RunRow:
    return RunRow(
        period=period,
        kind=rows.CLOSE,
        cut=17,
        root=bytes(32),
        salt=bytes(32),
        rules="demo-1",
        statements_root=bytes(32),
        netting=b"{}",
        closing_digest=bytes(32),
        attestation_id=None,
        settled_at=datetime(2027, 1, 1, tzinfo=UTC),
    )


def statement(slug: str, period: str) -> StatementRow:
    return StatementRow(
        slug=slug, period=period, statement=b"{}", digest=f"{slug} {period}".encode()
    )


def fill(session: Session) -> None:
    for period in ("2026-11", "2026-12", "2027-01"):
        session.add(run(period))
        session.add(statement("mirai", period))
    session.add(statement("kaname", "2026-12"))
    session.flush()


def test_a_month_is_settled_once(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        work.session.add(run("2026-12"))

    with pytest.raises(IntegrityError), empty_hub.work() as work:
        work.session.add(run("2026-12"))


def test_a_pending_transfer_is_resolved_once(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        work.session.add(TransferRow(id="t", period="2026-12", document={}))
        work.session.flush()
        work.session.add(ResolutionRow(transfer_id="t", period="2026-12", document={}))

    with pytest.raises(IntegrityError), empty_hub.work() as work:
        work.session.add(ResolutionRow(transfer_id="t", period="2027-01", document={}))


def test_runs_are_found_by_month_and_the_newest_by_itself(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        assert rows.newest_run(work.session) is None
        fill(work.session)
        newest = rows.newest_run(work.session)
        assert newest is not None
        assert newest.period == "2027-01"
        assert rows.run(work.session, "2027-01") is newest
        assert rows.run(work.session, "2027-02") is None


def test_runs_come_in_pages_from_the_newest_on(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        fill(work.session)
        assert [one.period for one in rows.runs(work.session)] == ["2026-11", "2026-12", "2027-01"]
        page = rows.runs_before(work.session, "", 2)
        assert [one.period for one in page] == ["2027-01", "2026-12"]
        assert [one.period for one in rows.runs_before(work.session, "2026-12", 2)] == ["2026-11"]


def test_statements_come_in_pages_from_the_newest_on(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        fill(work.session)
        page = rows.statements_before(work.session, "mirai", "", 2)
        assert [one.period for one in page] == ["2027-01", "2026-12"]
        page = rows.statements_before(work.session, "mirai", "2026-12", 2)
        assert [one.period for one in page] == ["2026-11"]
        assert [one.slug for one in rows.statements_of_period(work.session, "2026-12")] == [
            "kaname",
            "mirai",
        ]


def test_the_next_statement_of_each_company_names_its_newest(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        assert rows.newest_digests(work.session) == {}
        fill(work.session)
        assert rows.newest_digests(work.session) == {
            "kaname": b"kaname 2026-12",
            "mirai": b"mirai 2027-01",
        }
