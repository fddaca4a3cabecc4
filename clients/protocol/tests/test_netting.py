import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol.errors import PointsError
from relay_protocol.netting import Netting, Obligation, clear


def owes(debtor: str, slots: int, creditor: str) -> Obligation:
    return Obligation(debtor=debtor, creditor=creditor, slots=slots)


def test_agencies_that_owe_nothing_to_each_other_pay_nothing() -> None:
    assert clear({}) == ()
    assert clear({"x": 0, "y": 0}) == ()
    assert clear({"x": -3, "y": -1}) == ()
    assert clear({"x": 3, "y": 1}) == ()


def test_one_that_owes_pays_one_that_is_owed_as_far_as_it_matches() -> None:
    assert clear({"x": -2, "y": 2}) == (owes("x", 2, "y"),)
    assert clear({"x": -3, "y": 2}) == (owes("x", 2, "y"),)
    assert clear({"x": -2, "y": 3}) == (owes("x", 2, "y"),)


def test_the_largest_debt_goes_to_the_largest_claim() -> None:
    # y owes 6 and p is owed 5: y pays p. Then x owes 3, y still 1, and q alone is owed, 4.
    assert clear({"p": 5, "q": 4, "x": -3, "y": -6}) == (
        owes("y", 5, "p"),
        owes("x", 3, "q"),
        owes("y", 1, "q"),
    )


def test_equal_counts_clear_in_one_payment_each() -> None:
    # Largest first would need three payments: a to q, a to p, b to p.
    assert clear({"a": -3, "b": -2, "p": 2, "q": 3}) == (owes("a", 3, "q"), owes("b", 2, "p"))


def test_ties_go_by_slug() -> None:
    assert clear({"b": -1, "a": -1, "q": 1}) == (owes("a", 1, "q"),)
    assert clear({"x": -1, "q": 1, "p": 1}) == (owes("x", 1, "p"),)
    assert clear({"b": -4, "a": -4, "q": 3, "p": 3}) == (
        owes("a", 3, "p"),
        owes("b", 3, "q"),
    )


def test_a_net_that_is_no_whole_number_is_refused() -> None:
    with pytest.raises(PointsError, match="whole number"):
        clear({"x": -1, "y": True})


NETS = st.dictionaries(
    st.sampled_from("abcdefghij"), st.integers(min_value=-20, max_value=20), max_size=10
)


@given(NETS)
def test_payments_clear_all_that_matches_and_are_fewer_than_the_agencies(
    nets: dict[str, int],
) -> None:
    obligations = clear(nets)
    after = dict(nets)
    for one in obligations:
        assert one.slots > 0
        after[one.debtor] += one.slots
        after[one.creditor] -= one.slots
    # Nobody pays more than it owes, or gets more than it is owed …
    assert all(0 >= after[a] >= nets[a] or 0 <= after[a] <= nets[a] for a in nets)
    # … and in the end nobody is left on one of the two sides.
    assert not (min(after.values(), default=0) < 0 < max(after.values(), default=0))
    assert len(obligations) <= max(len(nets) - 1, 0)


@given(NETS)
def test_the_order_in_which_agencies_are_named_changes_nothing(nets: dict[str, int]) -> None:
    assert clear(dict(reversed(list(nets.items())))) == clear(nets)


def test_the_document_values_what_is_owed_for_information() -> None:
    netting = Netting(
        period="2027-01",
        reference_fee_yen=1_500_000,
        nets={"y": 2, "x": -3},
        obligations=(owes("x", 2, "y"),),
    )
    written = (
        '{"nets":[{"agency":"x","slots":-3},{"agency":"y","slots":2}],'
        '"obligations":[{"creditor":"y","debtor":"x","slots":2,"value_yen":3000000}],'
        '"period":"2027-01","reference_fee_yen":1500000,"v":1}'
    )
    assert netting.encode() == written.encode()
    assert netting.digest() == hashlib.sha256(written.encode()).digest()


WRITTEN = (
    '{"nets":[{"agency":"x","slots":-3},{"agency":"y","slots":2}],'
    '"obligations":[{"creditor":"y","debtor":"x","slots":2,"value_yen":3000000}],'
    '"period":"2027-01","reference_fee_yen":1500000,"v":1}'
)


def test_the_document_is_read_back_as_it_was_written() -> None:
    read = Netting.decode(WRITTEN.encode())
    assert read.encode() == WRITTEN.encode()
    assert (read.period, read.reference_fee_yen) == ("2027-01", 1_500_000)
    assert read.nets == {"x": -3, "y": 2}
    assert read.obligations == (owes("x", 2, "y"),)


@pytest.mark.parametrize(
    ("part", "spoiled"),
    [
        ('"v":1', '"v":2'),
        ('"v":1', '"more":1,"v":1'),
        ('"period":"2027-01",', ""),
        ('"period":"2027-01"', '"period":1'),
        ('"value_yen":3000000', '"value_yen":1'),
        ('{"agency":"x","slots":-3}', '{"agency":"x"}'),
        ('{"agency":"x","slots":-3}', '{"agency":"x","slots":true}'),
        ('"debtor":"x",', ""),
        (
            '"debtor":"x","slots":2,"value_yen":3000000',
            '"debtor":"x","slots":true,"value_yen":1500000',
        ),
        ('"reference_fee_yen":1500000', '"reference_fee_yen":true'),
        ('"nets":[', '"nets": ['),
    ],
)
def test_what_is_no_netting_is_refused(part: str, spoiled: str) -> None:
    assert part in WRITTEN
    with pytest.raises(PointsError):
        Netting.decode(WRITTEN.replace(part, spoiled, 1).encode())
