"""A close computed again without some of its people: everything but their own gains follows."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

import pytest

from relay_protocol.facts import Fact, Introduced, Started
from relay_protocol.forgotten import Basis, Posting, Published, Reconstruction, reconstruct
from relay_protocol.points import Book, available, debt, hub_points, net
from relay_protocol.rules import DEMO, Adoption, Rules
from relay_protocol.settlement import Closing

SALT = bytes(range(32))
DECEMBER_1 = date(2026, 12, 1)
Introduce = Callable[..., Introduced]


@pytest.fixture
def ten(introduced: Introduce) -> list[Fact]:
    """Six introductions of one agency and four of another, all of 1 December."""
    return [
        introduced(f"ref-{number}", DECEMBER_1, "agency-x" if number < 6 else "agency-y")
        for number in range(10)
    ]


def basis_of(
    facts: Sequence[Fact],
    adoptions: Sequence[Adoption],
    *,
    period: str = "2026-12",
    opening: Book | None = None,
) -> Basis:
    return Basis(
        period=period,
        opening=opening or Book(),
        facts=tuple(facts),
        adoptions=tuple(adoptions),
        members=("acme", "other"),
        salt=SALT,
        previous={},
    )


def again(known: Basis, published: Closing, closed: int = 0) -> Reconstruction | None:
    return reconstruct(known, known.settle(), Published.of(published.moves), closed)


def test_where_nobody_is_forgotten_everything_follows(
    ten: list[Fact], adoptions: tuple[Adoption, ...]
) -> None:
    basis = basis_of(ten, adoptions)
    found = again(basis, basis.settle())
    assert found is not None
    assert found.unseen == ()
    assert found.closing == basis.settle()


def test_the_gain_of_somebody_forgotten_is_taken_and_all_else_follows_from_it(
    ten: list[Fact], adoptions: tuple[Adoption, ...]
) -> None:
    whole = basis_of(ten, adoptions).settle()
    found = again(basis_of(ten[1:], adoptions), whole, closed=1)
    assert found is not None
    (unseen,) = found.unseen
    assert (unseen.debit, unseen.credit) == (
        hub_points("issue"),
        available("points", "acme"),
    )
    assert unseen.agency == "agency-x"
    assert found.closing.book.balances == whole.book.balances
    assert found.closing.book.lots == whole.book.lots


def test_the_slot_of_a_hire_of_somebody_forgotten_is_taken(
    ten: list[Fact], adoptions: tuple[Adoption, ...], started: Callable[..., Started]
) -> None:
    hired = started("hire-1", date(2026, 9, 1))
    whole = basis_of([*ten, hired], adoptions).settle()
    found = again(basis_of(ten[1:], adoptions), whole, closed=1)
    assert found is not None
    # A point, and the slot of the hire; the exchanged slot follows.
    assert [posting.debit.commodity for posting in found.unseen] == ["points", "slots"]


def test_a_gain_that_was_never_exchanged_is_not_excused(
    ten: list[Fact], adoptions: tuple[Adoption, ...]
) -> None:
    whole = basis_of(ten, adoptions).settle()
    bent = replace(whole, moves=whole.moves[:1])
    assert again(basis_of(ten[1:], adoptions), bent, closed=1) is None


def test_a_gain_of_an_open_fact_that_was_left_out_is_not_excused(
    ten: list[Fact], adoptions: tuple[Adoption, ...]
) -> None:
    fewer = basis_of(ten[:5], adoptions).settle()
    assert again(basis_of(ten[1:], adoptions), fewer, closed=5) is None


def capped(cap: int) -> tuple[Adoption, ...]:
    rules = Rules.from_document({**DEMO, "referrals_per_month_cap": cap})
    return (Adoption(rules=rules, valid_from=date(2026, 1, 1)),)


def test_a_referral_that_the_months_cap_kept_out_stays_out(ten: list[Fact]) -> None:
    # Two of three count; the first is forgotten, and the third must not take its place.
    whole = basis_of(ten[:3], capped(2)).settle()
    found = again(basis_of(ten[1:3], capped(2)), whole, closed=1)
    assert found is not None
    assert len(found.unseen) == 1
    assert found.closing.book.balances == whole.book.balances


def test_a_referral_left_out_without_reaching_the_cap_is_not_excused(ten: list[Fact]) -> None:
    fewer = basis_of(ten[:2], capped(3)).settle()
    assert again(basis_of(ten[1:3], capped(5)), fewer, closed=1) is None


def test_points_taken_back_of_somebody_forgotten_are_taken_from_the_book(
    ten: list[Fact], adoptions: tuple[Adoption, ...], introduced: Introduce
) -> None:
    december = basis_of(ten[:3], adoptions).settle()
    lot = next(one for one in december.book.lots)
    back = Posting(
        debit=lot.account,
        credit=hub_points("issue"),
        lot=lot.id,
        agency=lot.agency,
        ends_on=lot.expires_on,
        count=lot.left,
    )
    known = basis_of([], adoptions, period="2027-01", opening=december.book)
    published = Published((back,))
    found = reconstruct(known, known.settle(), published, 1)
    assert found is not None
    assert found.unseen == (back,)
    assert found.closing.book.balance(lot.account) == 2
    # The statement still begins with what was there before.
    assert found.basis.opening.balance(lot.account) == 3


def test_statements_may_tell_more_of_what_is_pending_and_not_counted(
    ten: list[Fact], adoptions: tuple[Adoption, ...], introduced: Introduce
) -> None:
    pending = introduced("ref-late", date(2026, 12, 20))
    whole = basis_of([*ten, pending], adoptions).settle()
    found = again(basis_of(ten, adoptions), whole, closed=1)
    assert found is not None
    assert whole.statements[0].points.pending == 1
    assert found.agrees_with(whole.statements)


@pytest.mark.parametrize("line", ["earned", "brought_forward"])
def test_statements_may_tell_nothing_else_than_what_follows(
    ten: list[Fact], adoptions: tuple[Adoption, ...], line: str
) -> None:
    whole = basis_of(ten, adoptions).settle()
    found = again(basis_of(ten[1:], adoptions), whole, closed=1)
    assert found is not None
    assert found.agrees_with(whole.statements)
    first, *others = whole.statements
    points = first.points
    more = {line: getattr(points, line) + 1, "carried_forward": points.carried_forward + 1}
    bent = replace(first, points=replace(points, **more))
    assert not found.agrees_with([bent, *others])


def test_statements_are_those_of_all_members_and_nobody_else(
    ten: list[Fact], adoptions: tuple[Adoption, ...]
) -> None:
    whole = basis_of(ten, adoptions).settle()
    found = again(basis_of(ten[1:], adoptions), whole, closed=1)
    assert found is not None
    assert not found.agrees_with(whole.statements[:1])
    assert not found.agrees_with([whole.statements[0]] * 2)


def test_statements_bear_their_own_salt_and_link(
    ten: list[Fact], adoptions: tuple[Adoption, ...]
) -> None:
    whole = basis_of(ten, adoptions).settle()
    found = again(basis_of(ten[1:], adoptions), whole, closed=1)
    assert found is not None
    first, *others = whole.statements
    assert not found.agrees_with([replace(first, salt=bytes(32)), *others])
    assert not found.agrees_with([replace(first, prev=SALT), *others])


def test_the_slots_of_a_statement_are_told_apart(
    ten: list[Fact], adoptions: tuple[Adoption, ...], started: Callable[..., Started]
) -> None:
    hired = started("hire-1", date(2026, 9, 1))
    whole = basis_of([*ten, hired], adoptions).settle()
    found = again(basis_of(ten, adoptions), whole, closed=1)
    assert found is not None
    assert (whole.statements[0].slots.earned, whole.statements[0].slots.converted) == (1, 1)
    assert found.agrees_with(whole.statements)


def test_a_netting_may_name_an_agency_that_has_nothing(
    ten: list[Fact], adoptions: tuple[Adoption, ...], started: Callable[..., Started]
) -> None:
    guaranteed = started("hire-1", date(2026, 12, 1), "agency-z")
    whole = basis_of([*ten, guaranteed], adoptions).settle()
    assert whole.netting.nets["agency-z"] == 0
    found = again(basis_of(ten, adoptions), whole, closed=1)
    assert found is not None
    assert found.agrees_with_netting(whole.netting.encode())


def test_a_netting_names_nothing_else_than_what_follows(
    ten: list[Fact], adoptions: tuple[Adoption, ...]
) -> None:
    whole = basis_of(ten, adoptions).settle()
    found = again(basis_of(ten, adoptions), whole)
    assert found is not None
    nets = replace(whole.netting, nets={**whole.netting.nets, "agency-z": 1})
    fee = replace(whole.netting, reference_fee_yen=1)
    for bent in (nets.encode(), fee.encode(), b"{}", b"no document", b'{"nets":[1]}'):
        assert not found.agrees_with_netting(bent)


@pytest.mark.parametrize(
    ("debit", "credit", "gain", "back"),
    [
        (hub_points("issue"), available("points", "acme"), True, False),
        (net("agency-x"), available("slots", "acme"), True, False),
        (available("points", "acme"), hub_points("issue"), False, True),
        (available("points", "acme"), hub_points("expired"), False, False),
        (available("points", "acme"), hub_points("convert"), False, False),
        (available("slots", "acme"), net("agency-x"), False, True),
        (debt("acme"), net("agency-x"), False, True),
        (available("slots", "acme"), debt("acme"), False, False),
    ],
)
def test_a_posting_tells_whether_it_gives_or_takes_back(
    debit: object, credit: object, *, gain: bool, back: bool
) -> None:
    posting = Posting(
        debit=debit,  # type: ignore[arg-type]
        credit=credit,  # type: ignore[arg-type]
        lot="lot",
        agency="agency-x",
        ends_on=DECEMBER_1,
        count=1,
    )
    assert (posting.is_gain, posting.takes_back) == (gain, back)
    assert Published.of([posting.move("2026-12")]).postings == (posting,)
