import base64
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol.encoding import (
    b64_decode,
    b64_encode,
    b64url_bytes,
    b64url_decode,
    b64url_encode,
)
from relay_protocol.errors import CanonicalError

# RFC 4648, section 10, and two whose texts differ between the alphabets.
STANDARD = {
    b"": "",
    b"f": "Zg==",
    b"fo": "Zm8=",
    b"foo": "Zm9v",
    b"foob": "Zm9vYg==",
    b"fooba": "Zm9vYmE=",
    b"foobar": "Zm9vYmFy",
    b"\xfb\xff": "+/8=",
    b"\xff\xef\xbe": "/+++",
}
URL_SAFE = {
    b"": "",
    b"f": "Zg",
    b"fo": "Zm8",
    b"foo": "Zm9v",
    b"foob": "Zm9vYg",
    b"fooba": "Zm9vYmE",
    b"foobar": "Zm9vYmFy",
    b"\xfb\xff": "-_8",
    b"\xff\xef\xbe": "_---",
}


@pytest.mark.parametrize(("raw", "text"), STANDARD.items())
def test_standard_base64_is_written_and_read_as_in_the_rfc(raw: bytes, text: str) -> None:
    assert b64_encode(raw) == text
    assert b64_decode(text) == raw


@pytest.mark.parametrize(("raw", "text"), URL_SAFE.items())
def test_url_safe_base64_is_written_and_read_without_padding(raw: bytes, text: str) -> None:
    assert b64url_encode(raw) == text
    assert b64url_decode(text) == raw


@pytest.mark.parametrize(
    "text",
    [
        "Zg",  # padding left out
        "Zg=",
        "Zg===",
        "Zh==",  # bits set that belong to no byte
        "Zm9=",
        "Zm9v\n",
        " Zm9v",
        "Zm 9v",
        "Zm9v====",
        "Zg==Zg==",
        "-_8=",  # the other alphabet
        "Zé==",
        "=",
        "A",
        "Zm9v\x00",
    ],
)
def test_standard_base64_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(CanonicalError):
        b64_decode(text)


@pytest.mark.parametrize(
    "text",
    [
        "Zg==",  # padding
        "Zh",  # bits set that belong to no byte
        "Zm9",
        "Zm9v\n",
        " Zm9v",
        "Zm 9v",
        "+/8",  # the other alphabet
        "+_8",
        "Zé",
        "A",
        "Zm9vA",
        "=",
    ],
)
def test_url_safe_base64_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(CanonicalError):
        b64url_decode(text)


@given(st.binary(max_size=100))
def test_any_bytes_come_back_from_either_form(raw: bytes) -> None:
    assert b64_decode(b64_encode(raw)) == raw
    assert b64url_decode(b64url_encode(raw)) == raw


@given(st.text(alphabet=st.characters(max_codepoint=0x17F), max_size=12))
def test_a_text_that_is_read_at_all_is_the_only_one_for_its_bytes(text: str) -> None:
    for decode, encode in ((b64_decode, b64_encode), (b64url_decode, b64url_encode)):
        try:
            raw = decode(text)
        except CanonicalError:
            continue
        assert encode(raw) == text


LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("length", range(1, 4))
def test_of_all_short_texts_those_are_read_that_are_written(length: int) -> None:
    # The definition: a text is read if writing its bytes gives it again.
    tails = LETTERS if length < 3 else "AQgwEIMUYckosBh_"
    for text in ("".join(letters) for letters in product(LETTERS, *[tails] * (length - 1))):
        padded = text + "=" * (-len(text) % 4)
        bits = b"" if length == 1 else base64.urlsafe_b64decode(padded)
        is_written = bits != b"" and b64url_encode(bits) == text
        assert is_read(text) is is_written, text


def is_read(text: str) -> bool:
    try:
        b64url_bytes(text.encode())
    except CanonicalError:
        return False
    return True
