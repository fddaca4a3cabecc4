import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest

from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import PointsError
from relay_protocol.points import Book, Cause, Lot, Transfer, available, debt, hub_points, net
from relay_protocol.statements import (
    FIRST_PREV,
    Closed,
    PointsLines,
    SlotsLines,
    Statement,
    member_salt,
    statements_of,
    statements_root,
)

SALT = bytes(range(32))
POINTS = PointsLines(
    brought_forward=3,
    earned=10,
    converted=10,
    expired=1,
    reversed=1,
    adjusted=0,
    carried_forward=1,
    pending=2,
    not_counted=4,
)
SLOTS = SlotsLines(
    brought_forward=-1,
    earned=1,
    converted=1,
    returned=0,
    redeemed=0,
    expired=0,
    reversed=0,
    adjusted=0,
    carried_forward=1,
    available=1,
    reserved=0,
    debt=0,
    pending=1,
)
STATEMENT = Statement(
    company="acme",
    period="2027-01",
    rules="demo-1",
    points=POINTS,
    slots=SLOTS,
    prev=bytes(32),
    salt=SALT,
)
WRITTEN = (
    '{"company":"acme","period":"2027-01",'
    '"points":{"adjusted":0,"brought_forward":3,"carried_forward":1,"converted":10,"earned":10,'
    '"expired":1,"not_counted":4,"pending":2,"reversed":1},'
    '"prev":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","rules":"demo-1",'
    '"salt":"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",'
    '"slots":{"adjusted":0,"available":1,"brought_forward":-1,"carried_forward":1,"converted":1,'
    '"debt":0,"earned":1,"expired":0,"pending":1,"redeemed":0,"reserved":0,"returned":0,'
    '"reversed":0},"v":1}'
)


def test_the_original_of_a_statement_is_its_canonical_bytes() -> None:
    assert STATEMENT.encode() == WRITTEN.encode()
    assert STATEMENT.digest() == hashlib.sha256(WRITTEN.encode()).digest()
    assert Statement.decode(WRITTEN.encode()) == STATEMENT


@pytest.mark.parametrize(
    "line",
    ["brought_forward", "earned", "converted", "expired", "reversed", "adjusted"],
)
def test_points_that_do_not_add_up_are_no_statement(line: str) -> None:
    """I12."""
    with pytest.raises(PointsError, match="points of a statement do not add up"):
        replace(POINTS, **{line: getattr(POINTS, line) + 1})


def test_points_that_wait_or_did_not_count_are_no_part_of_the_sum() -> None:
    assert replace(POINTS, pending=99, not_counted=99).carried_forward == 1


@pytest.mark.parametrize(
    "line",
    [
        "brought_forward",
        "earned",
        "converted",
        "returned",
        "redeemed",
        "expired",
        "reversed",
        "adjusted",
    ],
)
def test_slots_that_do_not_add_up_are_no_statement(line: str) -> None:
    """I12."""
    with pytest.raises(PointsError, match="slots of a statement do not add up"):
        replace(SLOTS, **{line: getattr(SLOTS, line) + 1})


def test_gains_raise_and_uses_lower_what_is_carried_forward() -> None:
    more = {"earned": 2, "converted": 2, "returned": 1, "adjusted": -1}
    less = {"redeemed": 1, "expired": 1, "reversed": 1}
    # -1 + 2 + 2 + 1 - 1 - 1 - 1 - 1 = 0
    lines = replace(SLOTS, **more, **less, carried_forward=0, available=1, debt=-1)
    assert lines.carried_forward == 0


def test_slots_lie_in_the_accounts_that_are_stated() -> None:
    assert replace(SLOTS, available=2, debt=-1).debt == -1
    assert replace(SLOTS, available=0, reserved=1).reserved == 1
    with pytest.raises(PointsError, match="lie in other accounts"):
        replace(SLOTS, available=2)


@pytest.mark.parametrize("line", ["earned", "converted", "expired", "reversed", "pending"])
def test_no_line_of_use_or_gain_is_below_zero(line: str) -> None:
    with pytest.raises(PointsError, match=f"the line {line} is below 0"):
        replace(POINTS, **{line: -1})
    with pytest.raises(PointsError, match=f"the line {line} is below 0"):
        replace(SLOTS, **{line: -1})


def test_a_line_is_a_whole_number() -> None:
    with pytest.raises(PointsError, match="the line pending is no whole number"):
        replace(POINTS, pending=True)


def test_link_and_salt_have_32_bytes() -> None:
    with pytest.raises(PointsError, match="32 bytes each"):
        replace(STATEMENT, prev=bytes(31))
    with pytest.raises(PointsError, match="32 bytes each"):
        replace(STATEMENT, salt=bytes(33))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"earned":10', '"earned":11'),
        ('"pending":2', '"pending":true'),
        ('"pending":2', '"pending":2.5e-42'),
        ('"pending":2,', ""),
        ('"pending":2', '"pending":2,"person":1'),
        ('"v":1', '"v":2'),
        ('"v":1', '"v":1,"w":1'),
        (',"v":1', ""),
        ('"company":"acme",', ""),
        ('"company":"acme"', '"company": "acme"'),
        ('"prev":"AAAA', '"prev":"AAA'),
        ('"prev":"AAAA', '"prev":"!AAA'),
        ('"slots":{', '"slots":[{'),
    ],
)
def test_bytes_that_say_something_else_are_no_statement(old: str, new: str) -> None:
    assert old in WRITTEN
    with pytest.raises(PointsError):
        Statement.decode(WRITTEN.replace(old, new, 1).encode())


@pytest.mark.parametrize("raw", [b"", b"\xff", b"[]", b"null", b"{}"])
def test_other_bytes_are_no_statement(raw: bytes) -> None:
    with pytest.raises(PointsError):
        Statement.decode(raw)


# Drawing them up


def moved(name: str, count: int, **others: object) -> Transfer:
    gain = Transfer(
        id=name,
        cause=Cause(rules="demo-1", fact=f"fact-of-{name}", leg="counted"),
        debit=hub_points("issue"),
        credit=available("points", "acme"),
        count=count,
        reason="earned",
        lot=name,
        agency="agency-x",
        expires_on=date(2029, 1, 9),
        posts_on=None,
        period="2027-01",
        belongs_to="2026-12",
    )
    return replace(gain, **others)  # type: ignore[arg-type]


def slot_lot(count: int) -> Lot:
    return Lot(
        id="slots",
        account=available("slots", "acme"),
        agency="agency-x",
        expires_on=date(2029, 1, 9),
        left=count,
    )


def closed(opening: Book, closing: Book, *posted: Transfer) -> Closed:
    return Closed(
        period="2027-01",
        rules="demo-1",
        opening=opening,
        closing=closing,
        posted=posted,
        pending=closing.pending_into(),
        not_counted={"acme": 3},
    )


def test_every_way_of_the_scheme_has_its_line() -> None:
    held, owed, x = available("slots", "acme"), debt("acme"), net("agency-x")
    opening = Book(balances={owed: -2, held: 1, x: 1}, lots=(slot_lot(1),))
    closing = Book(balances={owed: -2, held: 2, x: 0}, lots=(slot_lot(2),))
    [statement] = statements_of(
        closed(
            opening,
            closing,
            moved("hire", 1, debit=x, credit=held),
            moved("grant", 4, debit=x, credit=held, reason="converted"),
            moved("ended", 1, debit=held, credit=x, reason="expired"),
            moved("undone", 1, debit=held, credit=x, reason="reversed"),
            moved("owing", 2, debit=owed, credit=x, reason="reversed"),
            moved("repaid", 2, debit=held, credit=owed, reason="repaid"),
        ),
        ["acme"],
        salt=SALT,
        previous={},
    )
    # -1 + 1 + 4 - 1 - (1 + 2) = 0, whatever went from one own account to another.
    assert statement.slots == SlotsLines(
        brought_forward=-1,
        earned=1,
        converted=4,
        returned=0,
        redeemed=0,
        expired=1,
        reversed=3,
        adjusted=0,
        carried_forward=0,
        available=2,
        reserved=0,
        debt=-2,
        pending=0,
    )


def test_points_have_their_lines_apart_from_slots() -> None:
    account = available("points", "acme")
    lot = replace(slot_lot(1), account=account)
    closing = Book(
        balances={
            account: 1,
            hub_points("issue"): -14,
            hub_points("convert"): 10,
            hub_points("expired"): 3,
        },
        lots=(lot,),
        pending=(moved("waits", 2, posts_on=date(2027, 2, 9)),),
    )
    [statement] = statements_of(
        closed(
            Book(),
            closing,
            moved("gain", 15),
            moved("used", 10, debit=account, credit=hub_points("convert"), reason="converted"),
            moved("ended", 3, debit=account, credit=hub_points("expired"), reason="expired"),
            moved("undone", 1, debit=account, credit=hub_points("issue"), reason="reversed"),
        ),
        ["acme"],
        salt=SALT,
        previous={},
    )
    assert statement.points == PointsLines(
        brought_forward=0,
        earned=15,
        converted=10,
        expired=3,
        reversed=1,
        adjusted=0,
        carried_forward=1,
        pending=2,
        not_counted=3,
    )
    assert statement.slots.carried_forward == 0


def test_every_member_gets_a_statement_by_slug_though_nothing_moved() -> None:
    nothing = closed(Book(), Book())
    statements = statements_of(nothing, ["beta", "acme"], salt=SALT, previous={})
    assert [one.company for one in statements] == ["acme", "beta"]
    assert statements[1].points.carried_forward == statements[1].slots.carried_forward == 0


def test_whoever_has_an_account_gets_one_though_it_is_no_member_any_more() -> None:
    book = Book(balances={available("slots", "acme"): 1, net("agency-x"): -1}, lots=(slot_lot(1),))
    [statement] = statements_of(closed(book, book), [], salt=SALT, previous={})
    assert statement.company == "acme"


def test_a_statement_names_the_one_before_it() -> None:
    nothing = closed(Book(), Book())
    [first] = statements_of(nothing, ["acme"], salt=SALT, previous={})
    [second] = statements_of(nothing, ["acme"], salt=SALT, previous={"acme": first.digest()})
    assert first.prev == FIRST_PREV == bytes(32)
    assert second.prev == hashlib.sha256(first.encode()).digest()


def test_every_statement_has_a_salt_of_its_own_drawn_from_the_period_s() -> None:
    expected = hashlib.sha256(
        b"career-relay/statement-salt/v1\x00" + SALT + b"2027-01/acme"
    ).digest()
    assert member_salt(SALT, "2027-01", "acme") == expected
    [statement] = statements_of(closed(Book(), Book()), ["acme"], salt=SALT, previous={})
    assert json.loads(statement.encode())["salt"] == b64url_encode(expected)
    with pytest.raises(PointsError, match="32 bytes"):
        member_salt(SALT[1:], "2027-01", "acme")


def test_the_statements_of_a_period_have_one_root() -> None:
    one, two = STATEMENT, replace(STATEMENT, company="beta")
    leaves = [hashlib.sha256(b"\x00" + each.encode()).digest() for each in (one, two)]
    assert statements_root([one]) == leaves[0]
    assert statements_root([one, two]) == hashlib.sha256(b"\x01" + leaves[0] + leaves[1]).digest()
    assert statements_root([]) == hashlib.sha256(b"").digest()
