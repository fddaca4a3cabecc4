"""Made-up people who must be found nowhere, and the search for them in every form of a text."""

import base64
import csv
import io
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

SHORTEST = 6
"""Bytes; whatever is shorter turns up by chance."""
SHORTEST_CODED = 7
"""Letters of base64, of which a hub keeps a hundred thousand that chance has drawn."""
FAMILY, FAMILY_KANA, FAMILY_ROMAJI = "鵺ヶ瀬", "ヌエガセ", "nuegase"
SHARED = (FAMILY, FAMILY_KANA, FAMILY_ROMAJI, "Nuegase", "NUEGASE", "090-0000-", "架空潮流")
"""What stands in every canary's name, address, number and company: it finds each of them."""
OWN_WORDS = "干潟観測艇の運航計画と水質解析を担当しました。"
HEADER = (
    "応募ID", "氏名", "フリガナ", "年齢", "メールアドレス", "電話番号", "新卒/中途", "応募職種",
    "応募経路", "応募日時", "選考ステータス", "選考段階", "選考終了日時", "勤務先", "経験年数",
    "スキル", "希望年収(万円)", "希望勤務地", "職務要約", "連絡可否",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One person whom nobody but their member may know; all of them share what is searched."""

    number: int

    @property
    def name(self) -> str:
        """The name as it is written; the given name tells one from another."""
        return f"{FAMILY} 珊瑚{self.number}"

    @property
    def kana(self) -> str:
        """The name as it is read."""
        return f"{FAMILY_KANA} サンゴ"

    @property
    def email(self) -> str:
        """The e-mail address, which holds the name in Latin letters."""
        return f"sango.{FAMILY_ROMAJI}{self.number}@example.jp"

    @property
    def phone(self) -> str:
        """A telephone number of nobody."""
        return f"090-0000-{self.number:04}"

    @property
    def employer(self) -> str:
        """The company that must not find out."""
        return f"株式会社架空潮流研究所{self.number}"

    def row(self, ended: date) -> tuple[str, ...]:
        """Return the row of a member's spreadsheet."""
        day = "{:%Y/%m/%d} 10:00:00".format
        return (
            f"C-{self.number:05}", self.name, self.kana, "33", self.email, self.phone, "中途",
            "システムエンジニア", "求人媒体", day(ended - timedelta(days=20)), "不採用", "二次面接",
            day(ended), self.employer, "8年", "Python、SQL", "650", "東京都", OWN_WORDS, "可",
        )  # fmt: skip

    @property
    def digits(self) -> tuple[str, str]:
        """The telephone number as machines write it, at home and from abroad."""
        national = self.phone.replace("-", "")
        return national, f"+81{national[1:]}"


def spreadsheet(canaries: Iterable[Canary], ended: date) -> bytes:
    """Return the export of a member's system that lists the canaries as rejected that day."""
    written = io.StringIO(newline="")
    csv.writer(written).writerows([HEADER, *(one.row(ended) for one in canaries)])
    return written.getvalue().encode("utf-8-sig")


@cache
def spellings(text: str) -> frozenset[bytes]:
    """Return the bytes of a text as they may stand anywhere: plain, wide, hex, base64, escaped."""
    forms = {unicodedata.normalize(form, text) for form in ("NFC", "NFD", "NFKC", "NFKD")} | {text}
    forms |= {form.replace(" ", "") for form in forms}
    forms |= {_half_width(form) for form in forms} | {form.casefold() for form in forms}
    plain = {
        form.encode(coding, "ignore")
        for form in forms
        for coding in ("utf-8", "utf-16-le", "utf-16-be", "cp932", "euc-jp", "unicode_escape")
    }
    found = set(plain)
    for raw in plain:
        found |= {raw.hex().encode(), raw.hex().upper().encode()}
        found |= {coded for coded in _base64(raw) if len(coded) >= SHORTEST_CODED}
    found |= {form.encode("ascii", "xmlcharrefreplace") for form in forms}
    return frozenset(one for one in found if len(one) >= SHORTEST)


def hits(content: bytes, texts: Iterable[str]) -> set[str]:
    """Return which of the texts stand in some bytes, in whatever form."""
    return {text for text in texts if any(form in content for form in spellings(text))}


def _base64(raw: bytes) -> Iterator[bytes]:
    """Give what stays the same of base64 wherever the bytes begin: one for each alignment."""
    for before in range(3):
        coded = base64.b64encode(bytes(before) + raw + bytes(3))
        # Six bits a letter; the letters at both ends hold bits of the neighbours too.
        middle = coded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        yield middle
        yield middle.translate(bytes.maketrans(b"+/", b"-_"))


def _half_width(text: str) -> str:
    """Return a text with its katakana as half-width forms, as old systems write them."""
    return "".join(_HALF.get(letter, letter) for letter in unicodedata.normalize("NFD", text))


_HALF = {unicodedata.normalize("NFKC", chr(half)): chr(half) for half in range(0xFF65, 0xFF9E)} | {
    "\u3099": "\uff9e",
    "\u309a": "\uff9f",
}
