import hashlib

import pytest

from relay_protocol.chain import FIRST_PREV, check_links, link
from relay_protocol.errors import ChainError

ENTRIES = (b"first", b"second", b"", b"fourth")


def chained(*entries: bytes) -> list[tuple[bytes, bytes]]:
    """Return entries, each with the SHA-256 of the one before."""
    prevs = [bytes(32), *(hashlib.sha256(entry).digest() for entry in entries)]
    return list(zip(prevs, entries, strict=False))


def test_the_first_entry_names_thirty_two_zero_bytes() -> None:
    assert bytes(32) == FIRST_PREV
    assert check_links([(bytes(32), b"first")]) == hashlib.sha256(b"first").digest()
    with pytest.raises(ChainError, match="entry 0 "):
        check_links([(hashlib.sha256(b"").digest(), b"first")])


def test_a_link_is_the_hash_of_the_entrys_bytes() -> None:
    # SHA-256 of "abc", from FIPS 180-2.
    known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert link(b"abc").hex() == known


def test_entries_that_follow_one_another_give_the_link_for_the_next() -> None:
    assert check_links(chained(*ENTRIES)) == hashlib.sha256(b"fourth").digest()


def test_no_entries_leave_the_link_as_it_was() -> None:
    assert check_links([]) == FIRST_PREV
    assert check_links([], prev=b"\x01" * 32) == b"\x01" * 32


def test_a_chain_may_be_checked_in_pieces() -> None:
    whole = chained(*ENTRIES)
    middle = check_links(whole[:2])
    assert check_links(whole[2:], prev=middle, first_seq=2) == check_links(whole)


@pytest.mark.parametrize("at", range(len(ENTRIES)))
def test_every_single_link_is_checked_and_the_first_broken_one_named(at: int) -> None:
    links = chained(*ENTRIES)
    links[at] = (bytes([1]) + links[at][0][1:], links[at][1])
    with pytest.raises(ChainError, match=f"entry {at} "):
        check_links(links)


@pytest.mark.parametrize("at", range(len(ENTRIES) - 1))
def test_a_rewritten_entry_breaks_the_link_after_it(at: int) -> None:
    links = chained(*ENTRIES)
    links[at] = (links[at][0], b"rewritten")
    with pytest.raises(ChainError, match=f"entry {at + 1} "):
        check_links(links)


def test_entries_in_another_order_or_with_one_left_out_are_refused() -> None:
    first, second, *rest = chained(*ENTRIES)
    for links in ([second, first, *rest], [first, *rest], [first, first, second, *rest]):
        with pytest.raises(ChainError):
            check_links(links)


def test_the_number_told_counts_from_where_the_piece_begins() -> None:
    with pytest.raises(ChainError, match="entry 1001 "):
        check_links([(bytes(32), b"a"), (bytes(32), b"b")], first_seq=1000)
