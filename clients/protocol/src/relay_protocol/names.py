"""Names of people and of companies, and where a text holds one."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final, TypeAlias

from relay_protocol import lexicon

Spans: TypeAlias = Iterator[tuple[int, int]]
"""Places in a text: where each begins, from 0, and where it has ended."""

KANJI: Final = "々〇㐀-䶿一-鿿豈-﫿"
HIRAGANA: Final = "ぁ-ゖ"
KATAKANA: Final = "ァ-ヺー"

_TO_HIRAGANA: Final = {katakana: katakana - 0x60 for katakana in range(0x30A1, 0x30F7)}
_TO_KATAKANA: Final = {hiragana: katakana for katakana, hiragana in _TO_HIRAGANA.items()}
# Letters of names that are written in two ways.
_VARIANTS: Final = str.maketrans(
    "髙﨑齋斎齊邊邉澤廣國濵濱冨櫻嶋眞惠德龍瀧壽彌", "高崎斉斉斉辺辺沢広国浜浜富桜島真恵徳竜滝寿弥"
)
_LONGEST_NAME: Final = 60
_SHORTEST_WORD: Final = 3
"""Letters of the shortest name that is looked for within words of kana or Latin letters."""


def matches(*expressions: str, flags: re.RegexFlag = re.IGNORECASE) -> Callable[[str], Spans]:
    """Return a rule that finds what matches any of the expressions."""
    either = "|".join(f"(?:{expression})" for expression in expressions)
    return lambda text: (match.span() for match in _compiled(either, flags).finditer(text))


@cache
def _compiled(expression: str, flags: re.RegexFlag = re.NOFLAG) -> re.Pattern[str]:
    """Return an expression of this room, compiled when it is first looked for.

    All the names together take a tenth of a second, and most commands look for none.
    """
    return re.compile(expression, flags)


def _either(words: Iterable[str]) -> str:
    """Return an expression for any of the words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


def _in_hiragana(words: Iterable[str]) -> frozenset[str]:
    """Return words of katakana in hiragana."""
    return frozenset(word.translate(_TO_HIRAGANA) for word in words)


# People by their honorifics.
_HONORIFIC = re.compile("さん|ちゃん|くん|サン|様|氏|君|殿|先生")
_LONGEST_BEFORE: Final = 12
_BEFORE_HONORIFIC: Final = (
    rf"(?:[{KANJI}]{{1,6}}|[{KATAKANA}]{{2,12}}|[A-Za-z]{{2,12}}|[{HIRAGANA}]{{2,8}})\Z"
)
_NO_HONORIFIC_AFTER = re.compile("[々子式相態変名神族姓主堂楽]")
_IN_LATIN = matches(
    r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof)(?:\.|\s)\s?[A-Z][A-Za-z'-]{1,40}",
    r"\b(?:Miss|Madam)\s{1,2}[A-Z][a-z]{1,40}",
    r"\b[A-Z][a-z]{1,30}-(?:san|sama|sensei|kun|chan)\b",
    flags=re.NOFLAG,
)
_LONG_READINGS: Final = {
    reading for reading in lexicon.SURNAME_READINGS if len(reading) >= _SHORTEST_WORD
}
_HIRAGANA_SURNAME: Final = rf"(?:{_either(_in_hiragana(_LONG_READINGS))})\Z"


def with_honorific(text: str) -> Spans:
    """Find names of people by the honorific that follows or precedes them."""
    yield from _IN_LATIN(text)
    for match in _HONORIFIC.finditer(text):
        before = _compiled(_BEFORE_HONORIFIC).search(
            text, max(0, match.start() - _LONGEST_BEFORE), match.start()
        )
        if (
            before is not None
            and not _NO_HONORIFIC_AFTER.match(text, match.end())
            and _is_name(before[0], match[0])
        ):
            yield before.start(), match.end()


def _is_name(run: str, honorific: str) -> bool:
    """Return whether what stands before an honorific is a name and not a role."""
    if run.endswith(tuple(lexicon.SURNAMES)):
        return True
    if re.match(f"[{HIRAGANA}]", run):
        return _compiled(_HIRAGANA_SURNAME).search(run) is not None
    if honorific == "先生":
        return run in lexicon.SURNAME_READINGS
    if re.match(f"[{KATAKANA}]", run):
        return not run.endswith(lexicon.ROLE_WORDS)
    if run.isascii():
        return run[:1].isupper() and run[1:].islower()
    return run[-1] not in lexicon.ROLE_LAST


# People by a common surname.
_SURNAME: Final = (
    rf"(?:{_either(lexicon.SURNAMES)})(?P<gap>[\s・]{{0,2}})"
    rf"(?P<given>[{KANJI}]{{0,2}}[{lexicon.GIVEN_LAST}{lexicon.GIVEN_ALONE}])(?![{KANJI}])"
)
_NAME_ENDS: Final = rf"(?=です|でご|と[申い]|は|が|の|より|[^{HIRAGANA}]|\Z)"
_ALL_SURNAMES: Final = (
    lexicon.SURNAMES | lexicon.SURNAME_READINGS | _in_hiragana(lexicon.SURNAME_READINGS)
)
_FIRSTS: Final = "".join(sorted({name[0] for name in _ALL_SURNAMES}))
_SURNAME_IN_KANA: Final = (
    rf"(?=[{_FIRSTS}])(?:(?<![{KATAKANA}])(?:{_either(lexicon.SURNAME_READINGS)})"
    rf"(?:[\s・]{{1,2}}[{KATAKANA}]{{2,5}}|(?:{_either(lexicon.GIVEN_READINGS)}))(?![{KATAKANA}])"
    rf"|(?:{_either(lexicon.SURNAMES)})(?:{lexicon.TITLES})"
    rf"|(?<![{HIRAGANA}{KANJI}])(?:{_either(_in_hiragana(lexicon.SURNAME_READINGS))})"
    rf"[\s・]{{0,2}}(?:{_either(_in_hiragana(lexicon.GIVEN_READINGS))}){_NAME_ENDS}"
    rf"|(?:{_either(lexicon.SURNAMES)})[\s・]{{0,2}}"
    rf"(?:(?:{_either(lexicon.GIVEN_READINGS)})(?![{KATAKANA}])"
    rf"|(?:{_either(_in_hiragana(lexicon.GIVEN_READINGS))}){_NAME_ENDS}))"
)
_TWO_WORDS = re.compile(
    r"(?<![A-Za-z])([A-Z](?:[a-z]{1,11}|[A-Z]{1,11})),?\s{1,2}"
    r"(?=([A-Z](?:[a-z]{1,11}|[A-Z]{1,11}))(?![A-Za-z]))"
)
_SYLLABLES = re.compile(
    r"(?:(?:ch|sh|ts|[kstnhmrgzbp]y|[kstnhmyrwgzdbpjf])?[aiueo]{1,2}[nh]?){2,5}"
)


def with_surname(text: str) -> Spans:
    """Find a common Japanese surname together with what looks like a given name."""
    for match in _compiled(_SURNAME).finditer(text):
        given = match["given"]
        if given not in lexicon.NOT_GIVEN and (
            len(given) > 1 or match["gap"] or given in lexicon.GIVEN_ALONE
        ):
            yield match.span()
    for match in _compiled(_SURNAME_IN_KANA).finditer(text):
        yield match.span()
    for match in _TWO_WORDS.finditer(text):
        first, second = match[1].lower(), match[2].lower()
        for surname, given in ((first, second), (second, first)):
            if surname in lexicon.SURNAMES_ROMAJI and _SYLLABLES.fullmatch(given):
                yield match.start(1), match.end(2)


# Companies by their form of law.
_FORM: Final = (
    r"(?:株式|有限|合同|合資|合名|相互)会社|\((?:株|有)\)"
    r"|(?:社会福祉|学校|NPO|特定非営利活動|独立行政|国立大学|農業|税理士|弁護士|監査)法人"
    r"|医療法人(?:社団|財団)?|(?:一般|公益)(?:社団|財団)法人"
)
_IN_NAMES: Final = f"{KANJI}{KATAKANA}A-Za-z0-9&"
_NO_NAME_AFTER: Final = (
    "の|に(?!し)|で|を|は(?![ぁ-ゖ])|は(?:もちろん|その|この|どの)|が|へ|も|や|と|など|から|まで|より|および|また|向け|内|等|側|間|化"
    "|系|各|数|設立|勤務|法|形態|制度|経営|組織|以外|出身|様|会計|運営|監査|向|や|または|・"
)
_FORM_THEN_NAME: Final = (
    rf"(?:{_FORM})\s?(?!{_NO_NAME_AFTER})"
    rf"(?:[{HIRAGANA}]{{0,10}}[{_IN_NAMES}]{{1,20}}|[{HIRAGANA}]{{2,10}})"
)
_NAME_THEN_FORM: Final = (
    rf"(?P<name>[{_IN_NAMES}]{{2,20}}|(?:(?<=[\s、。「(])|(?<![\s\S]))[{HIRAGANA}]{{2,10}})"
    rf"\s?(?:{_FORM})"
)
_NO_NAME_BEFORE = re.compile(
    "(?:上場|大手|中小|同族|外資|外資系|子|親|複数|当時|某|現職|前職|元請|一般|中堅|各|数|国内|日系|旧)$"
)
_FORM_IN_LATIN = matches(
    r"[A-Z][A-Za-z0-9&.'-]{0,40},?\s{1,2}(?:Inc|Ltd|LLC|LLP|Corp|Corporation|GmbH|PLC|Pte|Pty)\b",
    r"[A-Z][A-Za-z0-9&.'-]{0,40},?\s{1,2}(?:K\.K\.|S\.A\.|B\.V\.|Company,? Limited)",
    r"[A-Za-z0-9]{0,40},?\s{0,2}Co\.,?\s{0,2}(?:Ltd|Limited|Inc)\b",
    r"[一-鿿ァ-ヺー]{1,20}\s{0,2}(?:Inc\.|Ltd\.|LLC\b|Corp\.)|\((?:株|有|資)\)",
    flags=re.NOFLAG,
)


def of_company(text: str) -> Spans:
    """Find companies by the form of law in their names."""
    yield from _FORM_IN_LATIN(text)
    for match in _compiled(_FORM_THEN_NAME).finditer(text):
        yield match.span()
    for match in _compiled(_NAME_THEN_FORM).finditer(text):
        if not _NO_NAME_BEFORE.search(match["name"]):
            yield match.span()


# Names that are known.
# The middle dot is read as a full stop first: a set with a letter beyond U+00FF is slow to compile.
_GAP: Final = r"[\s.,_-]{0,2}"
_TO_STOP: Final = {ord("・"): "."}
_BETWEEN_PARTS = re.compile(r"[\s・,.、_]+")
_LEGAL_WORDS = re.compile(
    rf"{_FORM}|\b(?:inc|ltd|llc|co|corp|corporation|gmbh|k\.k)\b[.,]?", re.IGNORECASE
)
_ACCENTED = re.compile("[À-ɏḀ-ỿ]")
_MAX_PARTS: Final = 4
_SURNAME_AND_GIVEN: Final = 2


def known(text: str, names: Iterable[str]) -> Spans:
    """Find names that are known, in any width, kana, case or spacing.

    Args:
        text: what to look through.
        names: of people and employers. Of a name in two parts either part is found, too, if it
            is not a place (山口県) or, in Latin letters, begins with a capital.
    """
    cased = _folded(text)
    folded = cased.lower().translate(_TO_HIRAGANA).translate(_TO_STOP)
    for name in names:
        bare = _LEGAL_WORDS.sub(" ", _folded(unicodedata.normalize("NFKC", name)))
        parts = [part for part in _BETWEEN_PARTS.split(bare) if part][:_MAX_PARTS]
        for whole in {"".join(parts), "".join(reversed(parts))}:
            yield from _whole(whole.lower().translate(_TO_HIRAGANA))(folded)
        if len(parts) == _SURNAME_AND_GIVEN:
            for part in parts:
                yield from _part(part)(cased)


def _whole(name: str) -> Callable[[str], Spans]:
    """Return a rule for a whole name; one in Latin letters is no part of a word."""
    if len(name) < (_SHORTEST_WORD if name.isascii() else 2):
        return _nothing
    letters = _GAP.join(map(re.escape, name[:_LONGEST_NAME]))
    start = "(?<![a-z0-9])" if name[0].isascii() else ""
    end = "(?![a-z0-9])" if name[-1].isascii() else ""
    return matches(f"{start}{letters}{end}")


def _part(part: str) -> Callable[[str], Spans]:
    """Return a rule for a surname or a given name alone, but for no word that holds it."""
    part = part[:_LONGEST_NAME]
    if part.isascii():
        if len(part) < _SHORTEST_WORD:
            return _nothing
        # In small letters many names are words.
        forms = _either({part.title(), part.upper()})
        return matches(f"(?<![A-Za-z])(?:{forms})(?![A-Za-z])", flags=re.NOFLAG)
    if re.fullmatch(f"[{HIRAGANA}{KATAKANA}]+", part):
        katakana = f"(?<![{KATAKANA}]){part.translate(_TO_KATAKANA)}(?![{KATAKANA}])"
        if len(part) < _SHORTEST_WORD:
            return matches(katakana, flags=re.NOFLAG)
        # Kana know no capitals; to ignore case would go through every kanji when compiling.
        hiragana = f"(?<![{HIRAGANA}{KANJI}]){part.translate(_TO_HIRAGANA)}"
        return matches(katakana, hiragana, flags=re.NOFLAG)
    if len(part) == 1:
        return _nothing
    return matches(f"{re.escape(part)}(?![都道府県市区町村駅])")


def _nothing(_text: str) -> Spans:
    """Find nothing: the name is too short to be told from a word."""
    return iter(())


def _folded(text: str) -> str:
    """Return a text, letter by letter, in which two ways of writing a name are one."""
    return _ACCENTED.sub(
        lambda match: unicodedata.normalize("NFD", match[0])[0], text.translate(_VARIANTS)
    )
