"""Rows of packs and audits: the newest pack of each auditor, and all that it has signed."""

from datetime import UTC, date, datetime

import pytest

from exchange.hub import Hub
from exchange.store import audits as rows
from exchange.store.audits import AuditRow, PackRow

AT = datetime(2026, 12, 1, tzinfo=UTC)


def keep(hub: Hub, until: date) -> None:
    with hub.work() as work:
        work.session.merge(
            PackRow(
                slug="kansa",
                cut=3,
                digest=bytes(32),
                sealed=b"sealed",
                attestation_id="A" * 22,
                until=until,
                made_at=AT,
            )
        )


def held(hub: Hub) -> PackRow | None:
    with hub.reading() as work:
        return rows.pack(work.session, "kansa")


@pytest.mark.parametrize(
    ("before", "stays"),
    [(date(2026, 12, 8), True), (date(2026, 12, 9), False), (None, False)],
)
def test_packs_go_after_their_last_day_or_all_at_once(
    hub: Hub, before: date | None, *, stays: bool
) -> None:
    keep(hub, date(2026, 12, 8))
    with hub.work() as work:
        rows.forget_packs(work.session, before=before)
    assert (held(hub) is not None) is stays


def test_an_auditor_has_one_pack(hub: Hub) -> None:
    keep(hub, date(2026, 12, 8))
    keep(hub, date(2026, 12, 9))
    found = held(hub)
    assert found is not None
    assert found.until == date(2026, 12, 9)


def test_what_an_auditor_signed_comes_newest_first(hub: Hub) -> None:
    with hub.work() as work:
        for number, period in enumerate(("2026-11", "2027-01", "2026-12")):
            work.session.add(
                AuditRow(
                    attestation_id=f"{number}" * 22,
                    slug="kansa",
                    period=period,
                    verdict="sound",
                    audited_at=AT,
                )
            )
    with hub.reading() as work:
        found = rows.audits(work.session, "kansa", 2)
        assert [row.period for row in found] == ["2027-01", "2026-12"]
        assert rows.audits(work.session, "mirai", 2) == []
