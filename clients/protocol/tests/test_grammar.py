from collections.abc import Sequence

import pytest

from relay_protocol import grammar
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import AttestationError
from relay_protocol.grammar import Form, LeafForm, ListForm, RecordForm
from relay_protocol.rules import DEFAULT, Rules

LOG_KEY = "exchange.example/ledger+e27205c9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


def accepted(form: Form, value: Value) -> bool:
    try:
        form.check(value, "here")
    except AttestationError:
        return False
    return True


@pytest.mark.parametrize(
    ("form", "good", "bad"),
    [
        (grammar.BOOLEAN, [True, False], [0, 1, "true", None]),
        (
            grammar.SLUG,
            ["ab", "a-1", "a" + "b" * 30],
            ["a", "a" + "b" * 31, "A-b", "1ab", "-ab", "a_b", "a b", "", "ab\n", 12],
        ),
        (
            grammar.DATE,
            ["2026-12-01", "2028-02-29", "0001-01-01"],
            ["2026-02-29", "2026-13-01", "2026-1-1", "20261201", "0000-01-01", "2026-12-01 ", 1],
        ),
        (
            grammar.MONTH,
            ["2026-01", "2026-12"],
            ["2026-00", "2026-13", "2026-1", "2026-01-01", "0000-01", "２０２６-01", 202601],
        ),
        (
            grammar.VERSION,
            ["1", "2026-12-A", "demo-1", "1.2.3", "2-corrected", "scheme-2026-12-31-A"],
            ["", "autumn", "-1", "12345", "090-0000-0001", "two words 2", "1\n", "版1", 1],
        ),
        (
            grammar.DIGEST,
            [b64url_encode(bytes(32))],
            [b64url_encode(bytes(31)), b64url_encode(bytes(33)), "A" * 43 + "=", "", 0, "あ" * 43],
        ),
        (
            grammar.CREDENTIAL,
            [b64url_encode(b"\x00"), b64url_encode(bytes(1023))],
            ["", b64url_encode(bytes(1024)), "A"],
        ),
        (
            grammar.ATTESTATION_ID,
            ["A" * 22],
            ["A" * 21, "A" * 21 + "B", "A" * 23, ""],
        ),
        (
            grammar.LICENCE,
            ["13-ユ-000000", "01-ム-999999", "47-ユ-123456"],
            ["00-ユ-000000", "48-ユ-000000", "13-ア-000000", "13-ユ-00000", "13ユ000000", ""],
        ),
        (
            grammar.LOG_NAME,
            ["localhost:8400/ledger", "hub.example/ledger", "hub.example"],
            ["", "https://hub.example", "Hub.example", "hub.example/", "a b", "h" * 201, "x//y"],
        ),
        (
            grammar.WEB_ORIGIN,
            ["https://hub.example", "https://hub.example:8443", "http://localhost:8400"],
            ["http://hub.example", "https://hub.example/", "https://", "hub.example", "", 1],
        ),
        (
            grammar.HOST,
            ["localhost", "hub.example"],
            ["", "hub.example:1", "a b", "Hub", "https://hub", "090-0000-0001", "127.0.0.1"],
        ),
        (
            grammar.ACCOUNT,
            ["points:hub:issue", "slots:mirai:available", "slots:sakura:net"],
            ["points:hub", "yen:hub:issue", "points:hub:other", "points:H:issue", ""],
        ),
        (
            grammar.LOG_KEY,
            [LOG_KEY],
            [LOG_KEY[:-1], LOG_KEY.replace("e27205c9", "00000000"), "", "name", 1],
        ),
        (grammar.PAIRWISE_ID, ["CR-2222-2222-22"], ["CR-2222-2222-23", "", 1]),
        (grammar.id_of("ref", "a referral"), ["ref_" + "0" * 26], ["con_" + "0" * 26, "ref_", 1]),
        (grammar.number("a level", 0, 4), [0, 4], [-1, 5, True, "1", None]),
        (grammar.code("a colour", ("red", "blue")), ["red", "blue"], ["green", "", "Red", 1]),
        (
            grammar.or_empty(grammar.DATE),
            ["", "2026-12-01"],
            ["2026-12", None, " "],
        ),
    ],
    ids=lambda value: value.name if isinstance(value, LeafForm) else "",
)
def test_a_form_takes_what_it_is_called_and_nothing_else(
    form: Form, good: Sequence[Value], bad: Sequence[Value]
) -> None:
    assert [value for value in good if not accepted(form, value)] == []
    assert [value for value in bad if accepted(form, value)] == []


def test_the_tax_agencys_own_corporate_number_is_one() -> None:
    # 000012050002 from the right: 2·1 + 5·1 + 2·1 + 1·2 = 11; 9 - 11 mod 9 = 7.
    assert grammar.is_corporate_number("7000012050002")


@pytest.mark.parametrize("first", "12345689")
def test_a_corporate_number_with_another_first_digit_is_none(first: str) -> None:
    assert not grammar.is_corporate_number(first + "000012050002")


def test_a_corporate_number_whose_rest_is_divisible_by_nine_begins_with_nine() -> None:
    assert grammar.is_corporate_number("9000000000000")
    assert not grammar.is_corporate_number("0000000000000")


@pytest.mark.parametrize("text", ["", "700001205000", "70000120500021", "７000012050002", 7, None])
def test_a_value_of_another_form_is_no_corporate_number(text: Value) -> None:
    assert not grammar.is_corporate_number(text)


def test_the_rules_are_taken_whole_and_as_they_are() -> None:
    document = Rules.from_document(DEFAULT).document()
    assert accepted(grammar.RULES_DOCUMENT, document)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {"version": "Taro Yamada"},
        {"remark": "a remark"},
        {"k": "five"},
        {"k": True},
        {"slot_covers": {}},
        {"counting_event": "anything said"},
    ],
)
def test_rules_with_a_word_too_many_are_refused(change: dict[str, Value]) -> None:
    document = {**Rules.from_document(DEFAULT).document(), **change}
    assert not accepted(grammar.RULES_DOCUMENT, document)  # type: ignore[arg-type]


NUMBERS = ListForm(name="a list of digits", of=grammar.number("a digit", 0, 9), least=1, most=3)


@pytest.mark.parametrize("value", [[1], [3, 2, 1], [1, 1]])
def test_a_list_of_its_length_is_taken(value: list[Value]) -> None:
    assert accepted(NUMBERS, value)


@pytest.mark.parametrize("value", [[], [1, 2, 3, 4], 1, "1", {"0": 1}, None])
def test_a_list_that_is_too_short_or_too_long_or_none_is_refused(value: Value) -> None:
    assert not accepted(NUMBERS, value)


def test_a_refusal_names_the_place_in_a_list() -> None:
    with pytest.raises(AttestationError, match="body/digits/1 is not a digit"):
        NUMBERS.check([1, 10], "body/digits")


def test_a_subset_stands_in_the_order_of_its_list() -> None:
    form = grammar.subset("the letters", ("a", "b", "c"))
    assert accepted(form, [])
    assert accepted(form, ["a", "c"])
    assert not accepted(form, ["c", "a"])
    assert not accepted(form, ["a", "a"])
    assert not accepted(form, ["d"])


def test_a_subset_may_have_to_hold_something() -> None:
    form = grammar.subset("the letters", ("a", "b"), least=1)
    assert accepted(form, ["b"])
    assert not accepted(form, [])


def test_a_sorted_list_holds_each_value_once() -> None:
    form = ListForm(name="keys", of=grammar.SLUG, most=3, sorted_once=True)
    assert accepted(form, ["aa", "bb"])
    assert not accepted(form, ["bb", "aa"])
    assert not accepted(form, ["aa", "aa"])


RECORD = RecordForm(name="a record", of={"on": grammar.DATE, "slug": grammar.SLUG})


def test_a_record_holds_exactly_its_members() -> None:
    assert accepted(RECORD, {"on": "2026-12-01", "slug": "mirai"})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"on": "2026-12-01"}, "here/slug is missing"),
        ({"on": "2026-12-01", "slug": "mirai", "note": ""}, "here/note does not belong there"),
        ({"on": "today", "slug": "mirai"}, "here/on is not a date"),
        ([], "here is not a record"),
        (None, "here is not a record"),
    ],
)
def test_a_record_with_another_member_says_which(value: Value, said: str) -> None:
    with pytest.raises(AttestationError, match=said):
        RECORD.check(value, "here")


def test_the_leaves_of_a_form_are_all_it_holds_in_the_end() -> None:
    form = RecordForm(name="outer", of={"inner": RECORD, "list": NUMBERS, "flag": grammar.BOOLEAN})
    assert [leaf.name for leaf in grammar.leaves(form)] == [
        "a date",
        "an organization's slug",
        "a digit",
        "true or false",
    ]
