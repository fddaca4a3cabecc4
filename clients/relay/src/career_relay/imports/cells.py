"""What one cell can hold, read strictly: dates, whole numbers, salaries, marks, yes and no."""

import re
import unicodedata
from datetime import UTC, date, datetime

from career_relay.clock import JAPAN
from career_relay.words import Words, same

SALARY_MOST_YEN = 100_000_000
# A desired salary below this is meant in 万円, whatever its header says: nobody asks for ¥9,999.
_TEN_THOUSANDS_BELOW = 10_000
_LONGEST_CELL = 20_000

_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_ERA_DAY = re.compile(
    r"(令和|平成|昭和|[rhs])([0-9]{1,2}|元)[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?", re.IGNORECASE
)
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?")
_OFFSET = re.compile(r"(z|[+-][0-9]{2}:?[0-9]{2})", re.IGNORECASE)
_COUNT = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})(歳|才|年|年以上|years?|yrs?)?")
_YEARS_AND_MONTHS = re.compile(r"([0-9]{1,2})年([0-9]{1,2})[ヶケか箇カ]?月")
_MONEY = re.compile(
    r"[¥\\]?([0-9][0-9,]{0,14})(?:万円?|円)?(?:[-~〜][¥\\]?([0-9][0-9,]{0,14}))?(万円|万|円)?(?:以上)?"
)
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
)
_MONTH = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})(?:月|[-/.月][0-9]{1,2}日?)?(?: .*)?")

_MARKS = {
    4: {"◎", "a", "4", "strong_yes"},
    3: {"○", "〇", "◯", "b", "3", "yes"},
    2: {"△", "▲", "c", "2", "mixed"},
    1: {"×", "✕", "✖", "x", "d", "1", "no", "definitely_not"},
}
_NO_MARK = {"", "-", "ー", "—", "なし", "未実施", "no_decision"}
_YES = {
    *("はい", "有", "有り", "あり", "済", "済み", "○", "〇", "◯", "可", "要", "希望", "希望する"),
    *("true", "yes", "y", "1", "する", "約束済み"),
}
_NO = {
    *("", "いいえ", "無", "無し", "なし", "×", "-", "不可", "不要", "false", "no", "n", "0"),
    *("しない", "未", "希望しない"),
}


class CellError(Exception):
    """A cell does not hold what its column is for."""

    def __init__(self, code: str, what: Words, mend: Words) -> None:
        super().__init__(f"{what.en} {mend.en}")
        self.code = code
        self.what = what
        self.mend = mend


def clean(text: str) -> str:
    """Return text in NFKC (full-width letters and digits made plain), outer spaces taken off.

    Raises:
        CellError: the cell is longer than any cell of such a list, or holds a control character.
    """
    if len(text) > _LONGEST_CELL:
        raise CellError(
            "too-long",
            Words(en="The cell is too long to be meant.", ja="セルが長すぎます。"),
            Words(en="Shorten it.", ja="短くしてください。"),
        )
    plain = unicodedata.normalize("NFKC", text).strip()
    if any(unicodedata.category(sign) == "Cc" and sign not in "\n\r\t" for sign in plain):
        raise CellError(
            "control-character",
            Words(
                en="A character that cannot be shown stands here.", ja="制御文字が含まれています。"
            ),
            Words(en="Type the cell anew.", ja="セルを入力し直してください。"),
        )
    return plain


def whole_number(text: str, *, least: int, most: int) -> int:
    """Return a whole number such as `7`, `7年`, `1,200` or `5年3ヶ月` (which is 5 whole years).

    Raises:
        CellError: anything else, `2.5e-42` and `3.5` included, or a number outside the bounds.
    """
    match = _COUNT.fullmatch(text.lower()) or _YEARS_AND_MONTHS.fullmatch(text)
    if not match:
        raise _wrong_type(text, Words(en="a whole number", ja="整数"), same("7"))
    number = int(match[1].replace(",", ""))
    if not least <= number <= most:
        raise CellError(
            "out-of-range",
            Words(
                en="{text} lies outside {least} to {most}.", ja="{text}は{least}〜{most}の外です。"
            ).filled(text=number, least=least, most=most),
            Words(en="Correct the number.", ja="数値を直してください。"),
        )
    return number


def salary_yen(text: str, *, in_ten_thousands: bool) -> int:
    """Return a yearly salary in yen; of a range such as `400~450万円` the lower end.

    Args:
        text: the cell, cleaned.
        in_ten_thousands: whether the header says 万円; a unit in the cell itself wins.

    Raises:
        CellError: not such an amount, or above 100,000,000 yen.
    """
    match = _MONEY.fullmatch(text.replace(" ", ""))
    if not match:
        raise _wrong_type(
            text,
            Words(en="an amount of money", ja="金額"),
            Words(en="450万円 or 4500000", ja="450万円、4500000"),
        )
    amount = int(match[1].replace(",", ""))
    if "万" in text or ("円" not in text and (in_ten_thousands or amount < _TEN_THOUSANDS_BELOW)):
        amount *= 10_000
    if amount > SALARY_MOST_YEN:
        raise CellError(
            "out-of-range",
            Words(en="{text} is more than 100 million yen.", ja="{text}は1億円を超えます。").filled(
                text=text
            ),
            Words(en="Check the unit: yen or 万円.", ja="単位(円・万円)を確かめてください。"),
        )
    return amount


def instant(text: str) -> datetime:
    """Return an instant in UTC; without an offset it is Japanese time, without a time midnight.

    Raises:
        CellError: not a date of the calendar, or a form that could mean two days.
    """
    day_text, _, rest = text.replace("T", " ").partition(" ")
    day = calendar_day(day_text)
    offset_match = re.search(_OFFSET.pattern + "$", rest, re.IGNORECASE)
    clock_text = rest[: offset_match.start()] if offset_match else rest
    time_match = _TIME.fullmatch(clock_text.strip()) if clock_text.strip() else None
    if clock_text.strip() and not time_match:
        raise _not_a_date(text)
    hour, minute, second = (
        (int(part or 0) for part in time_match.groups()) if time_match else (0,) * 3
    )
    try:
        naive = datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001
        if not offset_match:
            return naive.replace(tzinfo=JAPAN).astimezone(UTC)
        offset = offset_match[1].upper().replace("Z", "+00:00")
        return datetime.fromisoformat(naive.isoformat() + offset).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise _not_a_date(text) from error


def calendar_day(text: str) -> date:
    """Return a day such as `2026/06/11`, `2026-6-1`, `2026年6月11日`, `平成2年4月1日`, `H2.4.1`.

    Raises:
        CellError: not a date of the calendar, or a form that could mean two days.
    """
    plain = text.partition(" ")[0].partition("T")[0]
    match = _DAY.fullmatch(plain)
    era = _ERA_DAY.fullmatch(plain)
    try:
        if match:
            return date(int(match[1]), int(match[2]), int(match[3]))
        if era:
            year = 1 if era[2] == "元" else int(era[2])
            return date(_ERAS[era[1].lower()] + year, int(era[3]), int(era[4]))
    except ValueError as error:
        raise _not_a_date(text) from error
    raise _not_a_date(text)


def month(text: str) -> str:
    """Return a month as `YYYY-MM`, from `2026-10`, `2026/10/01` or `2026年10月`.

    Raises:
        CellError: no such month is written.
    """
    match = _MONTH.fullmatch(text)
    if not match or not 1 <= int(match[2]) <= 12:  # noqa: PLR2004
        raise _wrong_type(text, Words(en="a month", ja="年月"), same("2026-10"))
    return f"{match[1]}-{int(match[2]):02d}"


def mark(text: str) -> int | None:
    """Return the mark of an interview, 4 for ◎ down to 1 for ×, or None where none was given.

    Raises:
        CellError: no mark known here.
    """
    wanted = text.lower().replace(" ", "_")
    if wanted in _NO_MARK:
        return None
    for value, signs in _MARKS.items():
        if wanted in signs:
            return value
    raise CellError(
        "unknown-value",
        Words(
            en="“{text}” is no rating known here.", ja="「{text}」は評価として読めません。"
        ).filled(text=text),
        Words(en="Use ◎ ○ △ × or 4 to 1.", ja="◎○△×、または4〜1で書いてください。"),
    )


def yes_or_no(text: str) -> bool:
    """Return whether a cell says yes; an empty one says no.

    Raises:
        CellError: neither yes nor no.
    """
    wanted = text.lower()
    if wanted in _YES:
        return True
    if wanted in _NO:
        return False
    raise _wrong_type(
        text, Words(en="yes or no", ja="「あり・なし」"), Words(en="yes or no", ja="あり、なし")
    )


def email_address(text: str) -> str:
    """Return an e-mail address, its domain in lower case.

    Raises:
        CellError: not one address.
    """
    if not _EMAIL.fullmatch(text):
        raise _wrong_type(
            text,
            Words(en="an e-mail address", ja="メールアドレス"),
            same("name@example.jp"),
        )
    local, _, domain = text.rpartition("@")
    return f"{local}@{domain.lower()}"


def words_of_list(text: str, *, longest: int, most: int) -> tuple[str, ...]:
    """Return the parts of `Python、SQL、CI/CD` in their order, none twice, empty or too long.

    A slash or a middle dot parts the list only where nothing plainer does.
    """
    plainer = re.search(r"[,、;\n|]", text)
    parts = (part.strip() for part in re.split(r"[,、;\n|]+" if plainer else r"[/・]+", text))
    kept = dict.fromkeys(part for part in parts if part and len(part) <= longest)
    return tuple(kept)[:most]


def _wrong_type(text: str, wanted: Words, example: Words) -> CellError:
    shown = same(text if len(text) <= 40 else text[:39] + "…")  # noqa: PLR2004
    return CellError(
        "wrong-type",
        Words(en="“{text}” is not {wanted}.", ja="「{text}」は{wanted}ではありません。").filled(
            text=shown, wanted=wanted
        ),
        Words(en="Write {example}.", ja="「{example}」のように書いてください。").filled(
            example=example
        ),
    )


def _not_a_date(text: str) -> CellError:
    return _wrong_type(
        text,
        Words(en="a date", ja="日付"),
        same("2026/06/11 11:07:06"),
    )
