import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from relay_protocol import canonical
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import PointsError, RulesError
from relay_protocol.facts import Fact, Introduced, Left, Started
from relay_protocol.journal import fold
from relay_protocol.points import Book, available, debt, hub_points, net
from relay_protocol.rules import DEMO, Adoption, Rules
from relay_protocol.settlement import Closing
from relay_protocol.statements import PointsLines, SlotsLines

POINTS = available("points", "acme")
SLOTS = available("slots", "acme")

Close = Callable[..., Closing]
Introduce = Callable[..., Introduced]
Start = Callable[..., Started]

NO_POINTS = PointsLines(
    brought_forward=0,
    earned=0,
    converted=0,
    expired=0,
    reversed=0,
    adjusted=0,
    carried_forward=0,
    pending=0,
    not_counted=0,
)
NO_SLOTS = SlotsLines(
    brought_forward=0,
    earned=0,
    converted=0,
    returned=0,
    redeemed=0,
    expired=0,
    reversed=0,
    adjusted=0,
    carried_forward=0,
    available=0,
    reserved=0,
    debt=0,
    pending=0,
)


def digest_of(rules: str, fact: str, leg: str) -> str:
    named = f'{{"fact":"{fact}","leg":"{leg}","rules":"{rules}"}}'
    return b64url_encode(hashlib.sha256(b"career-relay/transfer/v1\x00" + named.encode()).digest())


def ten_introductions(introduced: Introduce) -> list[Fact]:
    """Return agency X's six introductions of acme's candidates and agency Y's four."""
    return [
        introduced(f"ref-{n}", date(2026, 12, 1 + n), "agency-x" if n < 6 else "agency-y")
        for n in range(10)
    ]


# One relay, from the first introduction to the second slot, reckoned by hand


def story(close: Close, introduced: Introduce, started: Start) -> dict[str, Closing]:
    """Return the closes from December to April; in January member beta hires one of the ten."""
    hire = started("hire-1", date(2027, 1, 11), "agency-x", referral="ref-1")
    closings = {
        "2026-12": close("2026-12", None, ten_introductions(introduced), members=["acme", "beta"])
    }
    later: list[tuple[str, list[Fact]]] = [
        ("2027-01", [hire]),
        ("2027-02", []),
        ("2027-03", []),
        ("2027-04", []),
    ]
    before = closings["2026-12"]
    for period, facts in later:
        before = closings[period] = close(period, before, facts, members=["acme", "beta"])
    return closings


def test_december_counts_ten_referrals_of_which_one_has_cooled_off(
    close: Close, introduced: Introduce, started: Start
) -> None:
    """The hold of an introduction on December 1 is over on the 31st."""
    december = story(close, introduced, started)["2026-12"]
    acme, beta = december.statements
    assert acme.points == replace(NO_POINTS, earned=1, carried_forward=1, pending=9)
    assert acme.slots == NO_SLOTS
    assert (beta.company, beta.points, beta.slots) == ("beta", NO_POINTS, NO_SLOTS)
    assert december.netting.nets == {}
    lot = digest_of("demo-1", "int-of-ref-0-2026-12-01", "counted")
    assert [move.body() for move in december.moves] == [
        {
            "commodity": "points",
            "count": 1,
            "credit": "points:acme:available",
            "debit": "points:hub:issue",
            "lots": [{"agency": "agency-x", "count": 1, "due": "2028-12-31", "lot": lot}],
            "period": "2026-12",
        }
    ]


def test_january_makes_the_ten_points_a_slot_that_agency_x_funds(
    close: Close, introduced: Introduce, started: Start
) -> None:
    """Six of ten points are X's: 0.6 of the slot against 0.4, so X funds it."""
    january = story(close, introduced, started)["2027-01"]
    acme = january.statements[0]
    assert acme.points == replace(NO_POINTS, brought_forward=1, earned=9, converted=10)
    assert acme.slots == replace(NO_SLOTS, converted=1, carried_forward=1, available=1, pending=1)
    assert january.netting.nets == {"agency-x": -1}
    assert january.netting.obligations == ()
    granted = digest_of("demo-1", "2027-01", "granted:acme:agency-x")
    assert [(str(m.debit), str(m.credit), m.count) for m in january.moves] == [
        ("points:acme:available", "points:hub:convert", 10),
        ("points:hub:issue", "points:acme:available", 9),
        ("slots:agency-x:net", "slots:acme:available", 1),
    ]
    assert january.moves[2].body()["lots"] == [
        {"agency": "agency-x", "count": 1, "due": "2029-01-31", "lot": granted}
    ]


def test_until_the_guarantee_is_over_nothing_more_moves(
    close: Close, introduced: Introduce, started: Start
) -> None:
    closings = story(close, introduced, started)
    for period in ("2027-02", "2027-03"):
        assert closings[period].moves == ()
        assert closings[period].transfers == ()
        assert closings[period].statements[0].slots == replace(
            NO_SLOTS, brought_forward=1, carried_forward=1, available=1, pending=1
        )


def test_april_gives_the_slot_of_the_hire(
    close: Close, introduced: Introduce, started: Start
) -> None:
    """90 days from the start on January 11 end with April 10."""
    april = story(close, introduced, started)["2027-04"]
    acme = april.statements[0]
    assert acme.points == NO_POINTS
    assert acme.slots == replace(
        NO_SLOTS, brought_forward=1, earned=1, carried_forward=2, available=2
    )
    lot = digest_of("demo-1", "hire-1", "hired")
    assert [move.body() for move in april.moves] == [
        {
            "commodity": "slots",
            "count": 1,
            "credit": "slots:acme:available",
            "debit": "slots:agency-x:net",
            "lots": [{"agency": "agency-x", "count": 1, "due": "2029-04-11", "lot": lot}],
            "period": "2027-04",
        }
    ]
    assert april.netting.nets == {"agency-x": -2}
    assert {str(account): n for account, n in april.book.balances.items()} == {
        "points:hub:convert": 10,
        "points:hub:issue": -10,
        "slots:acme:available": 2,
        "slots:agency-x:net": -2,
    }


def test_every_statement_names_the_one_before(
    close: Close, introduced: Introduce, started: Start
) -> None:
    closings = list(story(close, introduced, started).values())
    for before, after in pairwise(closings):
        for earlier, later in zip(before.statements, after.statements, strict=True):
            assert later.company == earlier.company
            assert later.prev == hashlib.sha256(earlier.encode()).digest()


def test_the_book_of_april_is_what_all_its_transfers_make(
    close: Close, introduced: Introduce, started: Start
) -> None:
    """I3."""
    closings = story(close, introduced, started).values()
    transfers = [one for closing in closings for one in closing.transfers]
    resolutions = [one for closing in closings for one in closing.resolutions]
    last = list(closings)[-1].book
    assert fold(transfers, resolutions, last.terms) == last


# Terms


def test_a_hold_that_ends_on_the_last_day_is_over_and_one_a_day_later_is_not(
    close: Close, introduced: Introduce
) -> None:
    facts = [introduced("ref-1", date(2026, 12, 1)), introduced("ref-2", date(2026, 12, 2))]
    december = close("2026-12", None, facts)
    assert december.book.balance(POINTS) == 1
    assert [one.posts_on for one in december.book.pending] == [date(2027, 1, 1)]
    assert close("2027-01", december).book.balance(POINTS) == 2


def test_points_last_until_the_close_of_the_month_in_which_they_end(
    close: Close, introduced: Introduce
) -> None:
    before = close("2026-12", None, [introduced("ref-1", date(2026, 12, 1))])
    [lot] = before.book.lots
    assert lot.expires_on == date(2028, 12, 31)
    assert close("2028-11", before).book.balance(POINTS) == 1
    after = close("2028-12", before)
    assert after.book.balance(POINTS) == 0
    assert after.book.balance(hub_points("expired")) == 1
    assert after.statements[0].points == replace(NO_POINTS, brought_forward=1, expired=1)


def test_a_slot_that_ends_unused_goes_back_to_the_agency_that_funded_it(
    close: Close, started: Start
) -> None:
    before = close("2027-04", None, [started("hire-1", date(2027, 1, 11))])
    assert before.book.balance(net("agency-x")) == -1
    assert close("2029-03", before).book.balance(SLOTS) == 1
    after = close("2029-04", before)
    assert after.book.balance(net("agency-x")) == 0
    assert after.statements[0].slots == replace(NO_SLOTS, brought_forward=1, expired=1)


def test_points_that_end_on_the_last_day_make_no_slot_any_more(
    close: Close, introduced: Introduce
) -> None:
    nine = close("2026-12", None, [introduced("ref-0", date(2026, 12, 1))])
    others = [
        introduced(f"ref-{n}", date(2028, 11, 15), "agency-x" if n < 6 else "agency-y")
        for n in range(1, 10)
    ]
    after = close("2028-12", nine, others)
    assert after.book.balance(hub_points("expired")) == 1
    assert after.book.balance(POINTS) == 9
    assert after.book.balance(SLOTS) == 0


def test_leaving_early_before_the_close_leaves_no_slot(close: Close, started: Start) -> None:
    before = close("2027-01", None, [started("hire-1", date(2027, 1, 11))])
    april = close("2027-04", before, [Left(hire="hire-1", on=date(2027, 4, 10))])
    assert (april.book.balances, april.book.pending, april.book.lots) == ({}, (), ())
    assert april.statements[0].slots == NO_SLOTS


def test_leaving_early_reported_after_the_close_reverses_the_slot(
    close: Close, started: Start
) -> None:
    april = close("2027-04", None, [started("hire-1", date(2027, 1, 11))])
    may = close("2027-05", april, [Left(hire="hire-1", on=date(2027, 4, 10))])
    assert (may.book.balances, may.book.lots) == ({}, ())
    assert may.statements[0].slots == replace(NO_SLOTS, brought_forward=1, reversed=1)
    # The closed period stays as it was: its statement is the one that May's names.
    assert may.statements[0].prev == april.statements[0].digest()


def indebted(close: Close, started: Start) -> Closing:
    """Return the close in which acme spent a hire's slot at agency-y, and the hire left early."""
    april = close("2027-04", None, [started("hire-1", date(2027, 1, 11))])
    spent = replace(april.book, balances={net("agency-x"): -1, net("agency-y"): 1}, lots=())
    return close("2027-05", spent, [Left(hire="hire-1", on=date(2027, 4, 10))])


def test_a_spent_slot_whose_hire_left_early_is_a_debt(close: Close, started: Start) -> None:
    may = indebted(close, started)
    assert may.book.balance(debt("acme")) == -1
    assert may.statements[0].slots == replace(NO_SLOTS, reversed=1, carried_forward=-1, debt=-1)


def test_a_new_slot_repays_the_debt_before_it_can_be_used(close: Close, started: Start) -> None:
    may = indebted(close, started)
    hires = [started("hire-2", date(2027, 2, 1)), started("hire-3", date(2027, 2, 1))]
    june = close("2027-06", may, hires)
    assert june.book.balance(debt("acme")) == 0
    assert june.book.balance(SLOTS) == 1
    assert june.statements[0].slots == replace(
        NO_SLOTS, brought_forward=-1, earned=2, carried_forward=1, available=1
    )


def test_a_slot_from_points_repays_a_debt_as_well(
    close: Close, introduced: Introduce, started: Start
) -> None:
    may = indebted(close, started)
    ten = [
        introduced(f"ref-{n}", date(2027, 5, 1), "agency-x" if n < 6 else "agency-y")
        for n in range(10)
    ]
    june = close("2027-06", may, ten)
    assert june.statements[0].slots == replace(NO_SLOTS, brought_forward=-1, converted=1)


def test_slots_that_were_there_before_do_not_repay_a_debt(close: Close, started: Start) -> None:
    may = indebted(close, started)
    [new] = close("2027-06", None, [started("hire-2", date(2027, 2, 1))]).book.lots
    both = replace(
        may.book,
        balances={**may.book.balances, SLOTS: 1, net("agency-x"): -1},
        lots=(new,),
    )
    july = close("2027-07", both)
    assert july.transfers == ()
    assert (july.book.balance(SLOTS), july.book.balance(debt("acme"))) == (1, -1)


def test_a_slot_that_repaid_a_debt_and_is_undone_becomes_a_debt_again(
    close: Close, started: Start
) -> None:
    june = close("2027-06", indebted(close, started), [started("hire-2", date(2027, 2, 1))])
    assert june.book.balance(debt("acme")) == 0
    july = close("2027-07", june, [Left(hire="hire-2", on=date(2027, 2, 2))])
    assert july.book.balance(debt("acme")) == -1


def test_a_hire_is_forgotten_when_its_slot_would_have_ended_anyway(
    close: Close, started: Start
) -> None:
    april = close("2027-04", None, [started("hire-1", date(2027, 1, 11))])
    before = close("2029-03", april)
    assert [term.subject for term in before.book.terms] == ["hire-1"]
    after = close("2029-04", before)
    assert after.book == Book()
    assert close("2029-05", after, [Left(hire="hire-1", on=date(2027, 1, 12))]).transfers == ()


# Rules and numbers


def test_a_close_is_judged_by_the_rules_in_force_on_its_last_day(
    close: Close, introduced: Introduce, adoptions: Sequence[Adoption]
) -> None:
    dearer = Rules.from_document({**DEMO, "version": "demo-2", "points_per_slot": 20})
    december = close("2026-12", None, ten_introductions(introduced))
    on_the_last = [*adoptions, Adoption(rules=dearer, valid_from=date(2027, 1, 31))]
    a_day_later = [*adoptions, Adoption(rules=dearer, valid_from=date(2027, 2, 1))]
    assert close("2027-01", december, by=on_the_last).book.balance(SLOTS) == 0
    assert close("2027-01", december, by=a_day_later).book.balance(SLOTS) == 1
    assert close("2027-01", december, by=on_the_last).statements[0].rules == "demo-2"


def test_without_rules_in_force_nothing_is_closed(close: Close) -> None:
    with pytest.raises(RulesError, match="no rules were in force"):
        close("2025-12")
    with pytest.raises(RulesError, match="not a month"):
        close("2026-13")


def test_a_book_that_holds_a_fact_already_refuses_other_transfers_for_it(
    close: Close, introduced: Introduce
) -> None:
    december = close("2026-12", None, [introduced("ref-1", date(2026, 12, 1))])
    forged = introduced("ref-2", date(2026, 12, 1), id="int-of-ref-1-2026-12-01")
    with pytest.raises(PointsError, match="written already"):
        close("2027-01", december, [forged])


def test_the_same_fact_told_again_changes_nothing(close: Close, introduced: Introduce) -> None:
    fact = introduced("ref-1", date(2026, 12, 1))
    december = close("2026-12", None, [fact])
    assert close("2027-01", december, [fact]) == close("2027-01", december)


def test_members_and_agencies_are_told_apart_whatever_order_facts_come_in(
    close: Close, introduced: Introduce, started: Start
) -> None:
    facts = [*ten_introductions(introduced), started("hire-1", date(2026, 12, 1), "agency-y")]
    december, reverse = close("2026-12", None, facts), close("2026-12", None, facts[::-1])
    assert december.moves == reverse.moves
    assert december.book == reverse.book
    assert december.statements == reverse.statements


def test_the_body_of_the_settled_period_names_cut_and_digests(
    close: Close, introduced: Introduce
) -> None:
    december = close("2026-12", None, ten_introductions(introduced))
    [statement] = december.statements
    assert december.settled_body(cut=41, root=bytes(32)) == {
        "cut": 41,
        "netting": b64url_encode(hashlib.sha256(december.netting.encode()).digest()),
        "period": "2026-12",
        "root": "A" * 43,
        "statements": b64url_encode(hashlib.sha256(b"\x00" + statement.encode()).digest()),
    }


def test_the_digest_of_a_close_is_made_of_its_moves_statements_and_netting(
    close: Close, introduced: Introduce
) -> None:
    december = close("2026-12", None, ten_introductions(introduced))
    [move], [statement] = december.moves, december.statements
    parts = [
        hashlib.sha256(raw).digest()
        for raw in (
            canonical.encode(move.body()),
            december.netting.encode(),
            b"\x00" + statement.encode(),
        )
    ]
    moves, netting, statements = map(b64url_encode, parts)
    written = (
        f'{{"moves":["{moves}"],"netting":"{netting}","period":"2026-12",'
        f'"statements":"{statements}"}}'
    )
    assert december.digest() == hashlib.sha256(written.encode()).digest()
    assert close("2026-12").digest() != december.digest()


# The same bytes everywhere

SCRIPT = """
import hashlib
from datetime import UTC, date, datetime
from relay_protocol import canonical
from relay_protocol.facts import Introduced, Left, Started
from relay_protocol.points import Book
from relay_protocol.rules import DEMO, Adoption, Rules
from relay_protocol.settlement import settle

rules = Rules.from_document(DEMO)
group = dict(origin_group="1", agency_group="2", hirer_group="3", rules="demo-1")
facts = [
    Introduced(id=f"int-{n}", referral=f"ref-{n}", origin=f"member-{n % 5}",
               agency=f"agency-{n % 3}", at=datetime(2026, 12, 1 + n % 31, 14, 59, tzinfo=UTC),
               **group)
    for n in range(300)
]
facts += [
    Started(hire=f"hire-{n}", referral=f"ref-{n}", origin=f"member-{n % 5}",
            agency=f"agency-{n % 3}", on=date(2026, 12, 1 + n),
            confirmed_at=datetime(2026, 12, 31, 15, 0, tzinfo=UTC), **group)
    for n in range(20)
]
facts += [Left(hire="hire-3", on=date(2026, 12, 24))]
book, previous, told = Book(), {}, hashlib.sha256()
for period in ("2026-12", "2027-01", "2027-02", "2027-03", "2027-04", "2028-12", "2029-01"):
    closing = settle(book, facts, adoptions=[Adoption(rules=rules, valid_from=date(2026, 1, 1))],
                     period=period, members={f"member-{n}" for n in range(7)}, salt=bytes(32),
                     previous=previous)
    for move in closing.moves:
        told.update(canonical.encode(move.body()))
    told.update(canonical.encode(closing.settled_body(cut=9, root=bytes(32))))
    told.update(repr((closing.transfers, closing.resolutions, closing.book)).encode())
    book, previous, facts = closing.book, closing.statement_digests(), []
print(told.hexdigest())
"""


def test_a_close_gives_the_same_bytes_whatever_the_hash_seed_time_zone_or_locale() -> None:
    surroundings = [
        {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C.UTF-8"},
        {"PYTHONHASHSEED": "4294967295", "TZ": "America/Los_Angeles", "LC_ALL": "POSIX"},
    ]
    told = {
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, **surrounding},
            capture_output=True,
            check=True,
            text=True,
            timeout=60,
        ).stdout
        for surrounding in surroundings
    }
    assert len(told) == 1
    assert len(told.pop().strip()) == 64


def test_a_close_repeated_is_the_same_close(
    close: Close, introduced: Introduce, started: Start
) -> None:
    once, again = story(close, introduced, started), story(close, introduced, started)
    assert once == again
    for period, closing in once.items():
        assert [canonical.encode(move.body()) for move in closing.moves] == [
            canonical.encode(move.body()) for move in again[period].moves
        ]
