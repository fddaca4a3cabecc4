import base64
import hashlib
from dataclasses import replace
from datetime import date

import pytest

from relay_protocol.errors import PointsError
from relay_protocol.points import (
    Account,
    Book,
    Bucket,
    Cause,
    Commodity,
    Lot,
    Reason,
    Transfer,
    available,
    debt,
    hub_points,
    net,
)

ACME = available("slots", "acme")
OF_THE_CLOSE = Cause(rules="demo-1", fact="2027-01", leg="granted:acme:agency-x")
SLOT = Transfer(
    id="a-transfer",
    cause=OF_THE_CLOSE,
    debit=net("agency-x"),
    credit=ACME,
    count=1,
    reason="converted",
    lot="a-transfer",
    agency="agency-x",
    expires_on=date(2029, 1, 31),
    posts_on=None,
    period="2027-01",
    belongs_to="2027-01",
)
LOT = Lot(id="a-transfer", account=ACME, agency="agency-x", expires_on=date(2029, 1, 31), left=1)


@pytest.mark.parametrize(
    ("account", "text"),
    [
        (available("points", "acme"), "points:acme:available"),
        (available("slots", "acme"), "slots:acme:available"),
        (debt("acme"), "slots:acme:debt"),
        (net("agency-x"), "slots:agency-x:net"),
        (hub_points("issue"), "points:hub:issue"),
        (hub_points("convert"), "points:hub:convert"),
        (hub_points("expired"), "points:hub:expired"),
    ],
)
def test_an_account_is_named_by_commodity_owner_and_bucket(account: Account, text: str) -> None:
    assert str(account) == text
    assert Account.parse(text) == account


@pytest.mark.parametrize(
    "text",
    [
        "",
        "points",
        "points:available",
        "yen:acme:available",
        "points:acme:debt",
        "points:acme:net",
        "points:acme:issue",
        "points:hub:available",
        "slots:hub:net",
        "slots:hub:issue",
        "slots:acme:reserved",
        "slots:Acme:available",
        "slots:a:available",
        "slots:acme:beta:available",
        "slots::available",
        "slots:acme:available ",
        "slots:acme\n:available",
    ],
)
def test_other_texts_name_no_account(text: str) -> None:
    with pytest.raises(PointsError, match="there is no account"):
        Account.parse(text)


def test_the_id_of_a_transfer_is_the_hash_of_rules_fact_and_leg() -> None:
    hashed = hashlib.sha256(
        b"career-relay/transfer/v1\x00"
        b'{"fact":"2027-01","leg":"granted:acme:agency-x","rules":"demo-1"}'
    ).digest()
    assert OF_THE_CLOSE.transfer_id() == base64.urlsafe_b64encode(hashed).decode().rstrip("=")


def test_another_fact_leg_or_version_is_another_transfer() -> None:
    others = [
        replace(OF_THE_CLOSE, rules="demo-2"),
        replace(OF_THE_CLOSE, fact="2027-02"),
        replace(OF_THE_CLOSE, leg="granted:acme:agency-y"),
        # The three are told apart wherever one of them ends.
        Cause(rules="demo-1", fact="2027", leg="-01granted:acme:agency-x"),
    ]
    assert len({cause.transfer_id() for cause in (OF_THE_CLOSE, *others)}) == 5


WAYS: list[tuple[Account, Account, Reason]] = [
    (hub_points("issue"), available("points", "acme"), "earned"),
    (available("points", "acme"), hub_points("convert"), "converted"),
    (available("points", "acme"), hub_points("expired"), "expired"),
    (available("points", "acme"), hub_points("issue"), "reversed"),
    (net("agency-x"), ACME, "earned"),
    (net("agency-x"), ACME, "converted"),
    (ACME, net("agency-x"), "expired"),
    (ACME, net("agency-x"), "reversed"),
    (ACME, debt("acme"), "repaid"),
    (debt("acme"), net("agency-x"), "reversed"),
]


@pytest.mark.parametrize(("debit", "credit", "reason"), WAYS)
def test_points_and_slots_move_on_the_ways_of_the_scheme(
    debit: Account, credit: Account, reason: Reason
) -> None:
    moved = replace(SLOT, debit=debit, credit=credit, reason=reason)
    assert (moved.debit, moved.credit) == (debit, credit)


def test_they_move_on_no_other_way() -> None:
    accounts = {account for debit, credit, _ in WAYS for account in (debit, credit)}
    reasons: tuple[Reason, ...] = ("earned", "converted", "expired", "reversed", "repaid")
    refused = 0
    for debit in accounts:
        for credit in accounts:
            for reason in reasons:
                if (debit, credit, reason) not in WAYS:
                    with pytest.raises(PointsError, match=f"nothing is {reason} from"):
                        replace(SLOT, debit=debit, credit=credit, reason=reason)
                    refused += 1
    assert refused == len(accounts) ** 2 * len(reasons) - len(WAYS)


def test_a_debt_comes_about_by_a_reversal_alone() -> None:
    """I9."""
    into_debt = [way for way in WAYS if way[0].bucket == "debt"]
    assert into_debt == [(debt("acme"), net("agency-x"), "reversed")]


@pytest.mark.parametrize("count", [0, -1, True, 1.0])
def test_a_transfer_moves_at_least_one_whole_point_or_slot(count: int) -> None:
    with pytest.raises(PointsError, match="1 or more"):
        replace(SLOT, count=count)
    assert replace(SLOT, count=2).count == 2


@pytest.mark.parametrize("missing", ["rules", "fact", "leg"])
def test_no_transfer_is_made_without_rules_and_a_fact(missing: str) -> None:
    """I10."""
    with pytest.raises(PointsError, match="without rules, fact or leg"):
        replace(SLOT, cause=replace(OF_THE_CLOSE, **{missing: ""}))


def test_slots_repay_the_debt_of_their_own_member_only() -> None:
    repaid = replace(SLOT, debit=ACME, credit=debt("acme"), reason="repaid")
    assert repaid.reason == "repaid"
    with pytest.raises(PointsError, match="two members"):
        replace(repaid, credit=debt("beta"))


def test_a_book_in_which_nothing_stands_is_a_book() -> None:
    assert Book().balance(ACME) == 0
    assert Book().owners("available") == []


def test_a_book_tells_balances_what_waits_and_who_is_in_it() -> None:
    waiting = replace(SLOT, id="later", lot="later", count=2, posts_on=date(2027, 3, 1))
    book = Book(balances={ACME: 1, net("agency-x"): -1}, lots=(LOT,), pending=(waiting,))
    assert book.balance(ACME) == 1
    assert book.balance(net("agency-y")) == 0
    assert book.pending_into() == {ACME: 2}
    assert book.owners("available") == ["acme"]
    assert book.owners("net") == ["agency-x"]


def test_a_commodity_that_does_not_sum_to_zero_is_refused() -> None:
    """I1 and I11."""
    with pytest.raises(PointsError, match="slots of all accounts sum to 1"):
        Book(balances={ACME: 1}, lots=(LOT,))
    with pytest.raises(PointsError, match="sum to"):
        # Points do not make up for slots.
        Book(balances={ACME: 1, hub_points("issue"): -1}, lots=(LOT,))


@pytest.mark.parametrize(("commodity", "counter"), [("points", "issue"), ("slots", "net")])
def test_nothing_available_falls_below_zero(commodity: Commodity, counter: Bucket) -> None:
    """I2."""
    other = hub_points(counter) if commodity == "points" else net("agency-x")
    assert Book(balances={available(commodity, "acme"): 0, other: 0}).balance(other) == 0
    with pytest.raises(PointsError, match="below its floor of 0"):
        Book(balances={available(commodity, "acme"): -1, other: 1})


def test_a_debt_is_never_above_zero() -> None:
    """I2."""
    assert Book(balances={debt("acme"): -1, net("agency-x"): 1}).balance(debt("acme")) == -1
    with pytest.raises(PointsError, match="nobody owes less than nothing"):
        Book(balances={debt("acme"): 1, net("agency-x"): -1})


@pytest.mark.parametrize(
    "lots",
    [(), (replace(LOT, left=2),), (replace(LOT, account=available("slots", "beta")),)],
    ids=["none", "too much", "another's"],
)
def test_what_is_left_of_lots_is_what_is_available(lots: tuple[Lot, ...]) -> None:
    """I4."""
    balances = {ACME: 1, net("agency-x"): -1}
    assert Book(balances=balances, lots=(LOT,)).lots == (LOT,)
    with pytest.raises(PointsError, match="not what is available"):
        Book(balances=balances, lots=lots)


def test_a_lot_of_which_nothing_is_left_stands_in_no_book() -> None:
    with pytest.raises(PointsError, match="has 0 left"):
        Book(lots=(replace(LOT, left=0),))


def test_no_lot_and_no_pending_transfer_stands_in_a_book_twice() -> None:
    with pytest.raises(PointsError, match="twice"):
        Book(balances={ACME: 2, net("agency-x"): -2}, lots=(LOT, LOT))
    waiting = replace(SLOT, posts_on=date(2027, 3, 1))
    with pytest.raises(PointsError, match="twice"):
        Book(pending=(waiting, waiting))


def test_lots_are_used_in_the_order_in_which_they_end() -> None:
    first = replace(LOT, id="z", expires_on=date(2028, 12, 31))
    second, third = replace(LOT, id="a"), replace(LOT, id="b")
    assert sorted([third, first, second], key=Lot.age) == [first, second, third]
