"""Signatures are checked in batches, and the first false one is named whoever checks them."""

from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor

import pytest

from relay_protocol.signatures import BATCH, UNDER_WAY, Signatures
from relay_protocol.unchecked import Unchecked
from tests.story.hand_ledger import signing_key

KEY = signing_key("member")
RAW = KEY.public_key().public_bytes_raw()
TRUE = Unchecked(RAW, b"said", KEY.sign(b"said"))
FALSE = Unchecked(RAW, b"never said", KEY.sign(b"said"))


@pytest.fixture(params=["alone", "with hands"])
def hands(request: pytest.FixtureRequest) -> Iterator[Executor | None]:
    if request.param == "alone":
        yield None
        return
    with ThreadPoolExecutor(2) as executor:
        yield executor


def test_true_signatures_are_all_there_is_to_it(hands: Executor | None) -> None:
    signatures = Signatures(hands)
    assert signatures.settle() is None
    for seq in range(5):
        signatures.add(seq, TRUE)
    assert signatures.settle() is None


@pytest.mark.parametrize("false", [(3,), (3, 4), (BATCH - 1,), (BATCH,), (BATCH + 1, 2 * BATCH)])
def test_the_first_false_one_is_named(hands: Executor | None, false: tuple[int, ...]) -> None:
    signatures = Signatures(hands)
    for seq in range(2 * BATCH + 2):
        signatures.add(10 * seq, FALSE if seq in false else TRUE)
    assert signatures.settle() == 10 * false[0]


def test_a_false_one_is_not_forgotten_later(hands: Executor | None) -> None:
    signatures = Signatures(hands)
    signatures.add(7, FALSE)
    assert signatures.settle() == 7
    signatures.add(8, TRUE)
    signatures.add(9, FALSE)
    assert signatures.settle() == 7


def test_only_so_many_batches_are_under_way() -> None:
    with ThreadPoolExecutor(1) as executor:
        signatures = Signatures(executor)
        for seq in range((UNDER_WAY + 2) * BATCH):
            signatures.add(seq, FALSE if seq == 5 else TRUE)
        # The oldest had to come back before the newest went out.
        assert signatures.first_false == 5
        signatures.settle()
