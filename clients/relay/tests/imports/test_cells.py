"""Cells: what each kind holds, in the forms that lists write, and what is refused."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from career_relay.imports import cells
from career_relay.imports.cells import CellError


def wide(text: str) -> str:
    """Return a text in full width, as it is often typed in Japan."""
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


WRONG_NUMBERS = [
    "",
    "2.5e-42",
    "2.59E-42",
    "3.5",
    "-1",
    "+1",
    "1e3",
    "0x10",
    "seven",
    "七",
    "7-8",
    "1,20",
    "12,34",
    "1,200,00",
    "NaN",
    "true",
    "7 years old",
    "٧",
]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("7", 7),
        ("007", 7),
        ("7年", 7),
        ("10年以上", 10),
        ("35歳", 35),
        ("35才", 35),
        ("3years", 3),
        ("1year", 1),
        ("1,200", 1200),
        ("5年3ヶ月", 5),
        ("5年11か月", 5),
        ("0年6カ月", 0),
    ],
)
def test_a_whole_number_is_read_with_the_units_of_lists(text: str, number: int) -> None:
    assert cells.whole_number(text, least=0, most=2000) == number


@pytest.mark.parametrize("text", WRONG_NUMBERS)
def test_anything_else_is_no_whole_number(text: str) -> None:
    with pytest.raises(CellError) as refusal:
        cells.whole_number(text, least=0, most=2000)
    assert refusal.value.code == "wrong-type"
    assert refusal.value.mend.en


@pytest.mark.parametrize(
    ("text", "taken"), [("9", False), ("10", True), ("60", True), ("61", False)]
)
def test_a_number_lies_within_its_bounds_both_ends_included(text: str, *, taken: bool) -> None:
    if taken:
        assert cells.whole_number(text, least=10, most=60) == int(text)
        return
    with pytest.raises(CellError) as refusal:
        cells.whole_number(text, least=10, most=60)
    assert refusal.value.code == "out-of-range"
    assert "10" in refusal.value.what.en
    assert "60" in refusal.value.what.ja


def test_a_number_of_absurd_length_is_refused_quickly() -> None:
    with pytest.raises(CellError):
        cells.whole_number("9" * 5000, least=0, most=60)


@pytest.mark.parametrize(
    ("text", "in_ten_thousands", "yen"),
    [
        ("450", True, 4_500_000),
        ("450", False, 4_500_000),
        ("450万円", False, 4_500_000),
        ("450万", False, 4_500_000),
        ("4,500,000", False, 4_500_000),
        ("4500000円", True, 4_500_000),
        ("¥4,500,000", False, 4_500_000),
        ("4500000", False, 4_500_000),
        ("400~450万円", False, 4_000_000),
        ("400〜450", True, 4_000_000),
        ("400-450万", False, 4_000_000),
        ("400万円~450万円", False, 4_000_000),
        ("450万円以上", False, 4_500_000),
        ("450 万円", False, 4_500_000),
        ("9999", False, 99_990_000),
        ("10000", False, 10_000),
        ("0", False, 0),
        ("10000万円", False, 100_000_000),
    ],
)
def test_a_salary_is_read_in_yen_whatever_unit_it_is_written_in(
    text: str, yen: int, *, in_ten_thousands: bool
) -> None:
    assert cells.salary_yen(text, in_ten_thousands=in_ten_thousands) == yen


@pytest.mark.parametrize(
    "text", ["", "応相談", "2.5e-42", "-450", "450.5万", "$90,000", "450k", "450万円/年", "億"]
)
def test_what_is_no_amount_of_yen_is_refused(text: str) -> None:
    with pytest.raises(CellError) as refusal:
        cells.salary_yen(text, in_ten_thousands=False)
    assert refusal.value.code == "wrong-type"


@pytest.mark.parametrize("text", ["100000001", "10001万円", "999999999999"])
def test_a_salary_above_a_hundred_million_is_a_slip_of_the_unit(text: str) -> None:
    with pytest.raises(CellError) as refusal:
        cells.salary_yen(text, in_ten_thousands=False)
    assert refusal.value.code == "out-of-range"


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026/06/11 11:07:06", datetime(2026, 6, 11, 2, 7, 6, tzinfo=UTC)),
        ("2026/6/1 9:05", datetime(2026, 6, 1, 0, 5, tzinfo=UTC)),
        ("2026-06-11", datetime(2026, 6, 10, 15, tzinfo=UTC)),
        ("2026年6月11日", datetime(2026, 6, 10, 15, tzinfo=UTC)),
        ("2026.6.11 08:00", datetime(2026, 6, 10, 23, tzinfo=UTC)),
        ("令和8年6月11日 00:00", datetime(2026, 6, 10, 15, tzinfo=UTC)),
        ("2026-06-11T11:07:06Z", datetime(2026, 6, 11, 11, 7, 6, tzinfo=UTC)),
        ("2026-06-11T11:07:06.282Z", datetime(2026, 6, 11, 11, 7, 6, tzinfo=UTC)),
        ("2026-06-11T11:07:06+09:00", datetime(2026, 6, 11, 2, 7, 6, tzinfo=UTC)),
        ("2026-06-11T11:07:06+0900", datetime(2026, 6, 11, 2, 7, 6, tzinfo=UTC)),
        ("2026-06-11 11:07:06 -05:00", datetime(2026, 6, 11, 16, 7, 6, tzinfo=UTC)),
        ("2026-06-11T11:07:06 z", datetime(2026, 6, 11, 11, 7, 6, tzinfo=UTC)),
    ],
)
def test_an_instant_is_japanese_time_unless_it_says_otherwise(text: str, at: datetime) -> None:
    assert cells.instant(text) == at
    assert cells.instant(text).tzinfo is UTC


WRONG_DATES = [
    "",
    "2026/02/29",
    "2026/13/01",
    "2026/00/10",
    "06/11/2026",
    "11.6.2026",
    "20XX/06/11",
    "2026",
    "2026/06",
    "1750000000000",
    "46184",
    "2.5e-42",
    "yesterday",
    "0000/01/01",
    "平成0年",
    "M40.1.1",
]


@pytest.mark.parametrize("text", WRONG_DATES)
def test_what_is_no_day_or_could_be_two_is_refused(text: str) -> None:
    for read in (cells.instant, cells.calendar_day):
        with pytest.raises(CellError) as refusal:
            read(text)
        assert refusal.value.code == "wrong-type"


@pytest.mark.parametrize(
    "text",
    [
        "2026/06/11 24:00:00",
        "2026/06/11 11:60",
        "2026/06/11 noon",
        "2026/06/11 11:07:06 JST",
        "2026-06-11T11:07:06+99:00",
        "2026-06-11T11",
    ],
)
def test_a_day_with_a_wrong_time_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        cells.instant(text)


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+09:00", "9999-12-31T23:59:59-09:00"])
def test_an_instant_outside_the_calendar_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        cells.instant(text)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1991/04/02", date(1991, 4, 2)),
        ("1991-4-2", date(1991, 4, 2)),
        ("1991年4月2日", date(1991, 4, 2)),
        ("1991/04/02 00:00:00", date(1991, 4, 2)),
        ("1991-04-02T00:00:00Z", date(1991, 4, 2)),
        ("平成3年4月2日", date(1991, 4, 2)),
        ("H3.4.2", date(1991, 4, 2)),
        ("h3/4/2", date(1991, 4, 2)),
        ("昭和63年1月31日", date(1988, 1, 31)),
        ("S63-1-31", date(1988, 1, 31)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("R1.5.1", date(2019, 5, 1)),
        ("2024/02/29", date(2024, 2, 29)),
    ],
)
def test_a_day_is_read_in_the_calendars_of_lists(text: str, day: date) -> None:
    assert cells.calendar_day(text) == day


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-10", "2026-10"),
        ("2026/4", "2026-04"),
        ("2026年4月", "2026-04"),
        ("2026/10/01", "2026-10"),
        ("2026-10-01 00:00:00", "2026-10"),
        ("2026.12", "2026-12"),
    ],
)
def test_a_month_is_read_from_a_month_or_a_day(text: str, month: str) -> None:
    assert cells.month(text) == month


@pytest.mark.parametrize("text", ["", "即日", "2026", "2026-13", "2026-00", "10/2026", "202610"])
def test_what_names_no_month_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        cells.month(text)


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("◎", 4),
        ("○", 3),
        ("〇", 3),
        ("◯", 3),
        ("△", 2),
        ("▲", 2),
        ("×", 1),
        ("✕", 1),
        ("x", 1),
        ("X", 1),
        ("A", 4),
        ("d", 1),
        ("4", 4),
        ("1", 1),
        ("strong_yes", 4),
        ("strong yes", 4),
        ("yes", 3),
        ("mixed", 2),
        ("no", 1),
        ("definitely_not", 1),
        ("", None),
        ("-", None),
        ("未実施", None),
        ("no_decision", None),
    ],
)
def test_a_mark_is_read_in_the_signs_of_every_system(text: str, mark: int | None) -> None:
    assert cells.mark(text) == mark


@pytest.mark.parametrize("text", ["5", "0", "S", "◎○", "優", "3.5", "good"])
def test_a_sign_of_another_scale_is_refused_and_not_guessed(text: str) -> None:
    with pytest.raises(CellError) as refusal:
        cells.mark(text)
    assert refusal.value.code == "unknown-value"
    assert text in refusal.value.what.ja


@pytest.mark.parametrize(
    "text", ["あり", "有", "有り", "はい", "済", "○", "可", "TRUE", "Yes", "1"]
)
def test_yes_is_yes_in_both_languages(text: str) -> None:
    assert cells.yes_or_no(text) is True


@pytest.mark.parametrize("text", ["", "なし", "無", "いいえ", "×", "-", "不可", "False", "no", "0"])
def test_no_is_no_and_so_is_nothing(text: str) -> None:
    assert cells.yes_or_no(text) is False


@pytest.mark.parametrize("text", ["たぶん", "2", "2.5e-42", "maybe", "yesno"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        cells.yes_or_no(text)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("yumehara@example.jp", "yumehara@example.jp"),
        ("Yumehara@EXAMPLE.JP", "Yumehara@example.jp"),
        ("yume..hara.@example.jp", "yume..hara.@example.jp"),
        ("a+b_c-d@mail.example.jp", "a+b_c-d@mail.example.jp"),
    ],
)
def test_an_address_is_taken_with_its_domain_in_small_letters(text: str, address: str) -> None:
    assert cells.email_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yumehara",
        "yumehara@",
        "@example.jp",
        "yumehara@example",
        "a@b@example.jp",
        "夢原@example.jp",
        "a@example.jp, b@example.jp",
        "a b@example.jp",
        "a@example.jp\nBcc: x@example.jp",
    ],
)
def test_what_is_not_one_address_is_refused(text: str) -> None:
    with pytest.raises(CellError):
        cells.email_address(text)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Python、SQL、CI/CD", ("Python", "SQL", "CI/CD")),
        ("Python, SQL", ("Python", "SQL")),
        ("Python;SQL|AWS\nGo", ("Python", "SQL", "AWS", "Go")),
        ("Python/SQL/AWS", ("Python", "SQL", "AWS")),
        ("法人営業・提案", ("法人営業", "提案")),
        ("Python、Python、 ,SQL", ("Python", "SQL")),
        ("", ()),
        ("、、", ()),
        ("ok、" + "x" * 11, ("ok",)),
        ("1、2、3、4、5、6", ("1", "2", "3", "4", "5")),
    ],
)
def test_a_list_in_a_cell_is_parted_by_what_it_uses(text: str, parts: tuple[str, ...]) -> None:
    assert cells.words_of_list(text, longest=10, most=5) == parts


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        (wide("Yumehara"), "Yumehara"),
        ("\u3000夢原 ", "夢原"),
        (wide("090-0000"), "090-0000"),
        ("ﾕﾒﾊﾗ", "ユメハラ"),
        ("一行目\n二行目", "一行目\n二行目"),
        ("", ""),
    ],
)
def test_a_cell_is_read_in_plain_width_without_outer_spaces(text: str, plain: str) -> None:
    assert cells.clean(text) == plain


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\x85"])
def test_a_control_character_is_refused(sign: str) -> None:
    with pytest.raises(CellError) as refusal:
        cells.clean(f"夢{sign}原")
    assert refusal.value.code == "control-character"


def test_a_cell_of_absurd_length_is_refused() -> None:
    assert len(cells.clean("a" * 20_000)) == 20_000
    with pytest.raises(CellError) as refusal:
        cells.clean("a" * 20_001)
    assert refusal.value.code == "too-long"


def test_a_refusal_shows_the_beginning_of_a_long_cell_only() -> None:
    with pytest.raises(CellError) as refusal:
        cells.month("十" * 500)
    assert len(refusal.value.what.en) < 80


READERS: list[Callable[[str], object]] = [
    cells.clean,
    cells.calendar_day,
    cells.instant,
    cells.month,
    cells.mark,
    cells.yes_or_no,
    cells.email_address,
    lambda text: cells.whole_number(text, least=0, most=60),
    lambda text: cells.salary_yen(text, in_ten_thousands=True),
]


@given(text=st.text(max_size=60))
def test_whatever_a_cell_holds_it_is_read_or_refused(text: str) -> None:
    for read in READERS:
        with suppress(CellError):
            read(text)


# Some systems count 昭和 on for ever; after its 99th year no two digits are left.
DAYS = st.dates(min_value=date(1926, 12, 25), max_value=date(2024, 12, 31))


@given(day=DAYS)
def test_every_day_is_read_back_from_every_form_it_is_written_in(day: date) -> None:
    forms = (
        f"{day.year}/{day.month:02d}/{day.day:02d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}-{day.month:02d}-{day.day:02d}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"昭和{day.year - 1925}年{day.month}月{day.day}日",
    )
    for form in forms:
        assert cells.calendar_day(form) == day
    for form in forms[:-1]:
        assert cells.month(form) == f"{day.year}-{day.month:02d}"


@given(moment=st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1)))  # noqa: DTZ001
def test_every_second_is_read_back_in_japanese_time_and_in_utc(moment: datetime) -> None:
    second = moment.replace(microsecond=0)
    in_japan = cells.instant(second.strftime("%Y/%m/%d %H:%M:%S"))
    in_utc = cells.instant(second.strftime("%Y-%m-%dT%H:%M:%SZ"))
    assert in_utc == second.replace(tzinfo=UTC)
    assert (in_utc - in_japan).total_seconds() == 9 * 3600


@given(number=st.integers(min_value=0, max_value=60))
def test_every_number_is_read_back_with_and_without_its_unit(number: int) -> None:
    for form in (f"{number}", f"{number}年", f"{number:03d}", f"{number}年6ヶ月"):
        assert cells.whole_number(form, least=0, most=60) == number


@given(ten_thousands=st.integers(min_value=1, max_value=9_999))
def test_every_salary_is_read_back_from_yen_and_from_ten_thousands(ten_thousands: int) -> None:
    yen = ten_thousands * 10_000
    for form in (f"{ten_thousands}万円", f"{ten_thousands:,}万", f"{yen:,}円", f"¥{yen}", f"{yen}"):
        assert cells.salary_yen(form, in_ten_thousands=False) == yen
    assert cells.salary_yen(str(ten_thousands), in_ten_thousands=True) == yen


@given(
    local=st.from_regex(r"[a-z0-9][a-z0-9._+-]{0,20}", fullmatch=True),
    domain=st.from_regex(r"[a-z0-9-]{1,20}\.(jp|com|co\.jp)", fullmatch=True),
)
def test_every_plain_address_is_taken_and_none_with_something_behind_it(
    local: str, domain: str
) -> None:
    address = f"{local}@{domain}"
    assert cells.email_address(address) == address
    for behind in (" ", "\n", ",", ";", "@x.jp"):
        with pytest.raises(CellError):
            cells.email_address(address + behind)
