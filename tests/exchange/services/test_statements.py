"""Statements as companies read them: their own, in order, to the byte; and agencies' dues."""

import hashlib

import pytest

from exchange.hub import Hub
from exchange.services import statements
from exchange.store import points as rows
from relay_protocol.netting import Netting, Obligation
from tests.story import books
from tests.story.scheme import Consortium

ZERO = "0" * 64


@pytest.fixture
def settled(consortium: Consortium) -> Hub:
    """Return the hub of a scheme that has settled two months; one point came in the second."""
    books.begin(consortium.hub)
    books.introduce(consortium)
    books.next_month(consortium.hub, 2)
    books.settle(consortium.hub)
    return consortium.hub


def test_a_company_reads_its_own_newest_first(settled: Hub) -> None:
    with settled.reading() as work:
        told = statements.told(work, "mirai")

    assert [one.period for one in told] == sorted((one.period for one in told), reverse=True)
    assert {one.statement.company for one in told} == {"mirai"}
    assert [one.statement.points.carried_forward for one in told] == [1, 0, 0]
    assert (told[0].name, told[0].name_en) == ("株式会社mirai", "mirai Inc.")


def test_the_digest_is_that_of_the_bytes(settled: Hub) -> None:
    with settled.reading() as work:
        newest, before, _ = statements.told(work, "mirai")

    assert newest.digest == hashlib.sha256(newest.raw).digest()
    assert newest.statement.prev == before.digest
    assert newest.settled


def test_a_page_ends_where_it_is_asked_to(settled: Hub) -> None:
    with settled.reading() as work:
        first, second, third = statements.told(work, "mirai")
        assert statements.told(work, "mirai", limit=1) == [first]
        assert statements.told(work, "mirai", before=first.period, limit=1) == [second]
        assert statements.told(work, "mirai", before=third.period) == []


def test_one_month_is_found_and_one_never_settled_is_not(settled: Hub) -> None:
    with settled.reading() as work:
        newest = statements.told(work, "mirai")[0]
        assert statements.one(work, "mirai", newest.period) == newest
        assert statements.one(work, "mirai", "1999-01") is None
        assert statements.one(work, "sakura", newest.period) is None


def test_every_company_has_one_in_a_month(settled: Hub) -> None:
    with settled.reading() as work:
        period = statements.told(work, "mirai")[0].period
        told = statements.of_period(work, period)

    assert [one.statement.company for one in told] == ["aozora", "kaname", "mirai"]


def test_lines_bear_the_sign_of_what_they_do(consortium: Consortium) -> None:
    books.begin(consortium.hub)
    books.introduce_ten(consortium)
    books.next_month(consortium.hub, 2)
    books.settle(consortium.hub)
    told = books.statement(consortium.hub, "mirai")

    lines = {line.en: (line.points, line.slots) for line in statements.lines_of(told)}

    assert lines["Earned"] == ("+10", "0")
    assert lines["Converted"] == ("−10", "+1")
    assert lines["Carried forward"] == ("0", "1")
    assert lines["of which available"] == ("", "1")
    assert lines["Besides, referrals not counted"] == ("0", "")


def test_the_text_speaks_both_languages_and_bears_the_hash(settled: Hub) -> None:
    with settled.reading() as work:
        oldest = statements.told(work, "mirai")[-1]

    text = statements.as_text(oldest)

    assert f"枠明細書 {oldest.period}  株式会社mirai" in text
    assert f"Statement {oldest.period}  mirai Inc. (mirai)" in text
    assert "前月繰越 / Brought forward" in text
    assert oldest.digest.hex() in text
    assert ZERO in text
    assert oldest.settled in text


def test_dues_tell_each_agency_its_own_part(settled: Hub) -> None:
    with settled.work() as work:
        run = rows.newest_run(work.session)
        assert run is not None
        run.netting = Netting(
            period=run.period,
            reference_fee_yen=1_500_000,
            nets={"hayabusa": 2, "sakura": -3},
            obligations=(Obligation(debtor="sakura", creditor="hayabusa", slots=2),),
        ).encode()

    with settled.reading() as work:
        owing = statements.dues(work, "sakura")[0]
        owed = statements.dues(work, "hayabusa")[0]

    assert (owing.net, owing.open, owing.is_owed) == (-3, -1, ())
    assert [(one.agency, one.slots, one.value_yen) for one in owing.owes] == [
        ("hayabusa", 2, 3_000_000)
    ]
    assert (owed.net, owed.open, owed.owes) == (2, 0, ())
    assert [(one.agency, one.slots) for one in owed.is_owed] == [("sakura", 2)]


def test_dues_come_newest_first_and_from_a_month_on(settled: Hub) -> None:
    with settled.reading() as work:
        months = [one.period for one in statements.dues(work, "sakura")]
        assert months == sorted(months, reverse=True)
        assert [one.period for one in statements.dues(work, "sakura", limit=1)] == months[:1]
        later = statements.dues(work, "sakura", before=months[0])
        assert [one.period for one in later] == months[1:]
