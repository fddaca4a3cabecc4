"""Rows of packs and audits: the newest pack of each auditor, and all that it has signed."""

from datetime import UTC, date, datetime

import pytest

from exchange.hub import Hub
from exchange.store import audits as rows
from exchange.store import ledger as ledger_rows
from exchange.store.audits import AuditRow, PackDraftRow, PackPartRow, PackRow

AT = datetime(2026, 12, 1, tzinfo=UTC)


def keep(hub: Hub, until: date) -> None:
    with hub.work() as work:
        work.session.merge(
            PackRow(
                slug="kansa",
                first=0,
                cut=3,
                digest=bytes(32),
                sealed=b"sealed",
                attestation_id="A" * 22,
                until=until,
                made_at=AT,
                making="one",
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


def part(number: int, making: str = "one", *, opens: int | None = 5) -> PackPartRow:
    return PackPartRow(
        making=making,
        number=number,
        first=opens,
        last=opens,
        count=0 if opens is None else 1,
        digest=bytes([number] * 32),
        sealed=b"line %d" % number,
    )


def draft(hub: Hub, making: str, until: date) -> None:
    with hub.work() as work:
        work.session.merge(
            PackDraftRow(
                slug="kansa",
                making=making,
                kid="K" * 43,
                first=0,
                cut=3,
                checkpoint=b"note",
                until=until,
            )
        )


def numbers(hub: Hub, making: str) -> list[int]:
    """Return the numbers of the parts that are there, by their digests."""
    with hub.reading() as work:
        return [digest[0] for *_, digest in rows.parts(work.session, making)]


def test_parts_are_read_one_line_at_a_time(hub: Hub) -> None:
    with hub.work() as work:
        assert rows.last_part(work.session, "one") == (0, None)
        rows.add_part(work.session, part(1))
        rows.add_part(work.session, part(2, opens=None))
        assert rows.last_part(work.session, "one") == (2, None)
        assert rows.parts_size(work.session, "one") == len(b"line 1line 2")
        assert rows.parts_size(work.session, "other") == 0
        lines = [rows.part_line(work.session, "one", number) for number in (0, 1, 2, 3)]
        assert lines == [None, b"line 1", b"line 2", None]
        assert list(rows.parts(work.session, "one")) == [
            (5, 5, 1, bytes([1] * 32)),
            (None, None, 0, bytes([2] * 32)),
        ]


@pytest.mark.parametrize(
    ("before", "left"),
    [(date(2026, 12, 8), [1]), (date(2026, 12, 9), []), (None, [])],
)
def test_parts_go_with_their_pack(hub: Hub, before: date | None, left: list[int]) -> None:
    keep(hub, date(2026, 12, 8))
    with hub.work() as work:
        rows.add_part(work.session, part(1))
        rows.add_part(work.session, part(7, "nobody's"))
        rows.forget_packs(work.session, before=before)
    assert numbers(hub, "one") == left
    assert numbers(hub, "nobody's") == []


def test_what_is_being_made_goes_likewise(hub: Hub) -> None:
    draft(hub, "two", date(2026, 12, 8))
    with hub.work() as work:
        rows.add_part(work.session, part(1, "two"))
        rows.forget_packs(work.session, before=date(2026, 12, 8))
    assert numbers(hub, "two") == [1]
    with hub.work() as work:
        assert rows.draft(work.session, "kansa", "two") is not None
        assert rows.draft(work.session, "kansa", "other") is None
        rows.forget_draft(work.session, "mirai")
        assert rows.draft_now(work.session, "kansa", "two") is not None
        rows.forget_draft(work.session, "kansa")
        assert rows.draft_now(work.session, "kansa", "two") is None
    assert numbers(hub, "two") == []


def test_a_pack_of_the_former_form_is_none(hub: Hub) -> None:
    keep(hub, date(2026, 12, 8))
    with hub.work() as work:
        row = rows.pack(work.session, "kansa")
        assert row is not None
        row.making = None
    assert held(hub) is None


def test_held_entries_are_numbered_whoever_holds_them(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.sequence()
    with hub.reading() as work:
        size = ledger_rows.size(work.session)
        assert list(rows.held_numbers(work.session, before=size)) == list(range(size))
        monkeypatch.setattr(rows, "NUMBERS_AT_ONCE", 3)
        assert list(rows.held_numbers(work.session, before=7)) == list(range(7))


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
