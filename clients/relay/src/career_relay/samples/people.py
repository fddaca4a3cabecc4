"""Made-up people: names put together from a few syllables, so that anyone sees the fiction."""

from dataclasses import dataclass
from random import Random

FAMILY_FIRST = (
    ("夢", "ユメ"), ("幻", "マボロシ"), ("架", "カケ"), ("仮", "カリ"), ("虚", "ウツロ"),
    ("霞", "カスミ"), ("雲", "クモ"), ("虹", "ニジ"), ("影", "カゲ"), ("朧", "オボロ"),
)  # fmt: skip
FAMILY_LAST = (
    ("原", "ハラ"), ("野", "ノ"), ("谷", "タニ"), ("沢", "サワ"), ("崎", "サキ"),
    ("川", "カワ"), ("島", "シマ"), ("森", "モリ"), ("橋", "ハシ"), ("浜", "ハマ"),
)  # fmt: skip
_GIVEN_FIRST = (
    ("例", "レイ"), ("試", "タメシ"), ("空", "ソラ"), ("星", "ホシ"), ("風", "カゼ"),
    ("波", "ナミ"), ("月", "ツキ"), ("灯", "アカリ"), ("音", "オト"), ("葉", "ハ"),
)  # fmt: skip
_GIVEN_LAST = (
    ("太", "タ"), ("子", "コ"), ("美", "ミ"), ("介", "スケ"), ("人", "ト"),
    ("奈", "ナ"), ("吾", "ゴ"), ("香", "カ"),
)  # fmt: skip
_COMPANY_FIRST = ("架空", "見本", "例示", "仮想", "試作", "まぼろし", "ゆめみ", "かりそめ")
_COMPANY_LAST = (
    "製作所",
    "電機",
    "商事",
    "情報システム",
    "物産",
    "ソリューションズ",
    "食品",
    "運輸",
)
_LETTERS = {
    "ユメ": "yume",
    "マボロシ": "maboroshi",
    "カケ": "kake",
    "カリ": "kari",
    "ウツロ": "utsuro",
    "カスミ": "kasumi",
    "クモ": "kumo",
    "ニジ": "niji",
    "カゲ": "kage",
    "オボロ": "oboro",
    "ハラ": "hara",
    "ノ": "no",
    "タニ": "tani",
    "サワ": "sawa",
    "サキ": "saki",
    "カワ": "kawa",
    "シマ": "shima",
    "モリ": "mori",
    "ハシ": "hashi",
    "ハマ": "hama",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeUpName:
    """A name that nobody bears, with its reading and the addresses that go with it."""

    name: str
    kana: str
    email: str
    phone: str


def made_up_name(chance: Random, seed: int, number: int) -> MadeUpName:
    """Return a made-up name with an example.jp address and a number of the 090-0000 block.

    Args:
        chance: the seeded source.
        seed: keeps the addresses of two lists apart, and the numbers of ten lists of a thousand.
        number: keeps the addresses within a list apart.
    """
    family = [chance.choice(FAMILY_FIRST), chance.choice(FAMILY_LAST)]
    given = [chance.choice(_GIVEN_FIRST), chance.choice(_GIVEN_LAST)]
    local = "".join(_LETTERS[kana] for _, kana in family)
    return MadeUpName(
        name=f"{_kanji(family)} {_kanji(given)}",
        kana=f"{_kana(family)} {_kana(given)}",
        email=f"{local}.{seed:02d}-{number:04d}@example.jp",
        phone=f"090-0000-{(1_000 * seed + number) % 10_000:04d}",
    )


def made_up_company(chance: Random) -> str:
    """Return the name of a company that does not exist."""
    return f"株式会社{chance.choice(_COMPANY_FIRST)}{chance.choice(_COMPANY_LAST)}"


def _kanji(parts: list[tuple[str, str]]) -> str:
    return "".join(kanji for kanji, _ in parts)


def _kana(parts: list[tuple[str, str]]) -> str:
    return "".join(kana for _, kana in parts)
