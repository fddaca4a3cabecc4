import hashlib
from datetime import UTC, datetime
from itertools import combinations

import pytest

from relay_protocol import ids
from relay_protocol.encoding import b64url_decode
from relay_protocol.errors import ProtocolError

# Crockford's alphabet: the digits, then the letters without I, L, O and U.
CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
SPOKEN = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PAIRWISE = ids.pairwise_id(bytes.fromhex("0123456789"))


def test_an_id_is_its_prefix_and_the_entropy_in_base32() -> None:
    assert ids.new_id("ref", bytes(16)) == "ref_" + "0" * 26
    assert ids.new_id("con", bytes([0xFF]) * 16) == "con_7" + "z" * 25
    assert ids.new_id("clm", (33).to_bytes(16)) == "clm_" + "0" * 24 + "11"


def test_an_id_gives_its_entropy_back() -> None:
    entropy = hashlib.sha256(b"any").digest()[:16]
    number = 0
    for letter in ids.new_id("per", entropy).removeprefix("per_"):
        number = number * 32 + CROCKFORD.index(letter)
    assert number.to_bytes(16) == entropy


@pytest.mark.parametrize("prefix", ids.PREFIXES)
def test_every_prefix_makes_an_id_of_its_own_kind(prefix: str) -> None:
    text = ids.new_id(prefix, bytes(range(16)))
    assert ids.is_id(prefix, text)
    assert not ids.is_id("xyz", text)


@pytest.mark.parametrize("prefix", ["", "re", "refs", "REF", "xyz"])
def test_an_unknown_prefix_makes_no_id(prefix: str) -> None:
    with pytest.raises(ProtocolError):
        ids.new_id(prefix, bytes(16))


@pytest.mark.parametrize("length", [0, 15, 17])
def test_entropy_of_another_length_makes_no_id(length: int) -> None:
    with pytest.raises(ProtocolError):
        ids.new_id("ref", bytes(length))
    with pytest.raises(ProtocolError):
        ids.attestation_id(bytes(length))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ref_",
        "ref_" + "0" * 25,
        "ref_" + "0" * 27,
        "ref_8" + "0" * 25,
        "ref_" + "0" * 25 + "i",
        "ref_" + "0" * 25 + "U",
        "ref_" + "0" * 25 + "\n",
        "REF_" + "0" * 26,
        "ref-" + "0" * 26,
        "con_" + "0" * 26,
    ],
)
def test_a_text_that_is_no_referrals_id_is_seen(text: str) -> None:
    assert not ids.is_id("ref", text)


def test_an_attestations_id_is_its_entropy_in_base64url() -> None:
    assert ids.attestation_id(bytes(16)) == "A" * 22
    assert ids.attestation_id(bytes([0xFB]) * 16) == "-_v7" * 5 + "-w"


def test_an_attestations_id_begins_with_the_second_of_its_instant() -> None:
    # 1 December 2026, 04:05:06 UTC is 1,796,097,906 s after 1970: 00 6b 0e 47 72.
    at = datetime(2026, 12, 1, 4, 5, 6, 999_999, tzinfo=UTC)
    expected = bytes.fromhex("006b0e4772") + bytes(range(11))
    assert b64url_decode(ids.attestation_id_at(at, bytes(range(11)))) == expected
    assert ids.attestation_id_at(at, bytes(11)) != ids.attestation_id_at(at, bytes([1] * 11))


@pytest.mark.parametrize("length", [0, 10, 12, 16])
def test_an_attestations_id_takes_eleven_drawn_bytes(length: int) -> None:
    with pytest.raises(ProtocolError):
        ids.attestation_id_at(datetime(2026, 12, 1, tzinfo=UTC), bytes(length))


def test_a_links_digest_is_the_hash_of_its_tokens_letters() -> None:
    assert ids.link_digest("token") == hashlib.sha256(b"token").digest()


def test_a_pairwise_id_is_written_in_three_groups_without_look_alikes() -> None:
    head, first, second, check = PAIRWISE.split("-")
    assert (head, len(first), len(second), len(check)) == ("CR", 4, 4, 2)
    assert set(first + second + check) <= set(SPOKEN)
    assert not set("01IO") & set(SPOKEN)


def test_a_pairwise_id_shows_the_forty_bits_in_order() -> None:
    # 0x0123456789 in groups of five bits: 0 0 18 6 17 11 7 ... by hand.
    bits = f"{0x0123456789:040b}"
    letters = "".join(SPOKEN[int(bits[at : at + 5], 2)] for at in range(0, 40, 5))
    assert PAIRWISE[3:7] + PAIRWISE[8:12] == letters


def test_the_check_letters_of_zero_are_zero() -> None:
    assert ids.pairwise_id(bytes(5)) == "CR-2222-2222-22"


def test_the_check_letters_of_one_are_the_generator() -> None:
    # x^2 mod (x - 2)(x - 4) over GF(32) with x^5 + x^2 + 1: (2 + 4) x + 2 * 4 = 6 x + 8.
    assert ids.pairwise_id((1).to_bytes(5)) == f"CR-2222-2223-{SPOKEN[6]}{SPOKEN[8]}"


def test_a_pairwise_id_is_known_by_its_check_letters() -> None:
    assert ids.is_pairwise_id(PAIRWISE)


def test_any_one_wrong_letter_is_seen() -> None:
    places = [at for at, letter in enumerate(PAIRWISE) if at > 2 and letter != "-"]
    for at in places:
        for letter in set(SPOKEN) - {PAIRWISE[at]}:
            assert not ids.is_pairwise_id(PAIRWISE[:at] + letter + PAIRWISE[at + 1 :])


def test_any_two_wrong_letters_are_seen() -> None:
    places = [at for at, letter in enumerate(PAIRWISE) if at > 2 and letter != "-"]
    letters = list(PAIRWISE)
    for one, other in combinations(places, 2):
        for first in SPOKEN[::3]:
            for second in SPOKEN[1::3]:
                changed = letters.copy()
                changed[one], changed[other] = first, second
                if changed != letters:
                    assert not ids.is_pairwise_id("".join(changed))


def test_any_two_letters_that_changed_places_are_seen() -> None:
    places = [at for at, letter in enumerate(PAIRWISE) if at > 2 and letter != "-"]
    for one, other in combinations(places, 2):
        changed = list(PAIRWISE)
        changed[one], changed[other] = changed[other], changed[one]
        if "".join(changed) != PAIRWISE:
            assert not ids.is_pairwise_id("".join(changed))


@pytest.mark.parametrize(
    "text", ["", "CR-2222-2222", "cr-2222-2222-22", "CR-2222-2222-22 ", "CR-1222-2222-22"]
)
def test_a_text_of_another_form_is_no_pairwise_id(text: str) -> None:
    assert not ids.is_pairwise_id(text)


@pytest.mark.parametrize("length", [4, 6])
def test_entropy_of_another_length_makes_no_pairwise_id(length: int) -> None:
    with pytest.raises(ProtocolError):
        ids.pairwise_id(bytes(length))
