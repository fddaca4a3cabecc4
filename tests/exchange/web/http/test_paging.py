import pytest

from exchange.domain.errors import BadInputError
from exchange.web.http.paging import Cursors, Position, listed, page
from relay_protocol.encoding import b64url_decode, b64url_encode

CURSORS = Cursors(secret=b"s" * 32)
POSITION: Position = ("2026-12-01", 7, "ref_0123456789abcdefghjkmnpqrs")


def issue() -> str:
    return CURSORS.issue(POSITION, listing="referrals", reader="mirai")


def test_a_cursor_leads_back_to_its_position() -> None:
    assert CURSORS.open(issue(), listing="referrals", reader="mirai") == POSITION


@pytest.mark.parametrize(
    ("listing", "reader"), [("profiles", "mirai"), ("referrals", "aozora"), ("", "")]
)
def test_a_cursor_of_another_listing_or_reader_is_refused(listing: str, reader: str) -> None:
    with pytest.raises(BadInputError) as refusal:
        CURSORS.open(issue(), listing=listing, reader=reader)

    assert refusal.value.field == "cursor"


def flipped(cursor: str, at: int) -> str:
    raw = bytearray(b64url_decode(cursor))
    raw[at] ^= 1
    return b64url_encode(bytes(raw))


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "*",
        "鍵",
        "\ud800",
        issue() + "=",
        issue()[:-2],
        flipped(issue(), 0),
        flipped(issue(), -1),
    ],
)
def test_a_cursor_that_was_not_given_out_is_refused(cursor: str) -> None:
    with pytest.raises(BadInputError):
        CURSORS.open(cursor, listing="referrals", reader="mirai")


@pytest.mark.parametrize(
    ("rows", "shown", "last"),
    [([], [], None), ([1], [1], None), ([1, 2], [1, 2], None), ([1, 2, 3], [1, 2], 2)],
)
def test_a_page_tells_its_last_row_only_when_another_follows(
    rows: list[int], shown: list[int], last: int | None
) -> None:
    assert page(rows, 2) == (shown, last)


def test_a_listing_says_its_items_and_what_comes_next() -> None:
    assert listed([{"slug": "mirai"}], None) == {"items": [{"slug": "mirai"}], "next": None}
    assert listed([], "abc") == {"items": [], "next": "abc"}
