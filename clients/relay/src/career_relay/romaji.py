"""Kana names in Latin letters, in every usual spelling, so that a leak is seen in any of them."""

import unicodedata

_SYLLABLES = {
    **dict(zip("アイウエオ", ("a", "i", "u", "e", "o"), strict=True)),
    **dict(zip("カキクケコ", ("ka", "ki", "ku", "ke", "ko"), strict=True)),
    **dict(zip("サシスセソ", ("sa", "shi", "su", "se", "so"), strict=True)),
    **dict(zip("タチツテト", ("ta", "chi", "tsu", "te", "to"), strict=True)),
    **dict(zip("ナニヌネノ", ("na", "ni", "nu", "ne", "no"), strict=True)),
    **dict(zip("ハヒフヘホ", ("ha", "hi", "fu", "he", "ho"), strict=True)),
    **dict(zip("マミムメモ", ("ma", "mi", "mu", "me", "mo"), strict=True)),
    **dict(zip("ヤユヨ", ("ya", "yu", "yo"), strict=True)),
    **dict(zip("ラリルレロ", ("ra", "ri", "ru", "re", "ro"), strict=True)),
    **dict(zip("ワヰヱヲンヴ", ("wa", "i", "e", "o", "n", "vu"), strict=True)),
    **dict(zip("ガギグゲゴ", ("ga", "gi", "gu", "ge", "go"), strict=True)),
    **dict(zip("ザジズゼゾ", ("za", "ji", "zu", "ze", "zo"), strict=True)),
    **dict(zip("ダヂヅデド", ("da", "ji", "zu", "de", "do"), strict=True)),
    **dict(zip("バビブベボ", ("ba", "bi", "bu", "be", "bo"), strict=True)),
    **dict(zip("パピプペポ", ("pa", "pi", "pu", "pe", "po"), strict=True)),
    **dict(zip("ァィゥェォ", ("a", "i", "u", "e", "o"), strict=True)),
}
_SMALL_Y = {"ャ": "a", "ュ": "u", "ョ": "o"}
_WITHOUT_Y = {"sh", "ch", "j"}
# Kunrei-shiki, which passports and e-mail addresses mix with Hepburn.
_KUNREI = (
    ("sha", "sya"), ("shu", "syu"), ("sho", "syo"), ("shi", "si"),
    ("cha", "tya"), ("chu", "tyu"), ("cho", "tyo"), ("chi", "ti"), ("tsu", "tu"),
    ("ja", "zya"), ("ju", "zyu"), ("jo", "zyo"), ("ji", "zi"), ("fu", "hu"),
)  # fmt: skip


def spellings(kana: str) -> set[str]:
    """Return a kana name's usual spellings in lower case, or nothing where it is not kana.

    `オオノ` gives `oono`, `ono` and `ohno`; `シンイチ` gives `shinichi` and `sinichi` too.
    """
    plain = "".join(_katakana(sign) for sign in unicodedata.normalize("NFKC", kana).strip())
    if not plain or any(sign not in _SYLLABLES and sign not in "ャュョッー" for sign in plain):
        return set()
    full = _hepburn(plain)
    hepburn = {full, _shortened(full), full.replace("oo", "oh").replace("ou", "oh")}
    kunrei = set(hepburn)
    for spelling in hepburn:
        other = spelling
        for usual, official in _KUNREI:
            other = other.replace(usual, official)
        kunrei.add(other)
    return kunrei


def _hepburn(katakana: str) -> str:
    written = ""
    doubled = False
    for sign in katakana:
        if sign == "ッ":
            doubled = True
            continue
        if sign == "ー":
            written += written[-1:]
        elif sign in _SMALL_Y:
            stem = written.removesuffix("i")
            written = stem + ("" if stem.endswith(tuple(_WITHOUT_Y)) else "y") + _SMALL_Y[sign]
        else:
            syllable = _SYLLABLES[sign]
            written += ("t" if syllable.startswith("ch") else syllable[0]) * doubled + syllable
        doubled = False
    return written


def _shortened(spelling: str) -> str:
    for long, short in (("oo", "o"), ("ou", "o"), ("uu", "u")):
        spelling = spelling.replace(long, short)
    return spelling


def _katakana(sign: str) -> str:
    return chr(ord(sign) + 0x60) if "ぁ" <= sign <= "ゖ" else sign
