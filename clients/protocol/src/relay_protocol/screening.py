"""What must not be published in a text: who it is about, how to reach them, what none may ask."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from relay_protocol import lexicon
from relay_protocol.codes import Words

KINDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "email": Words("メールアドレス", "an e-mail address"),
        "phone": Words("電話番号", "a telephone number"),
        "url": Words("URL", "a web address"),
        "handle": Words("SNSのアカウント", "an account of a social network"),
        "postal-code": Words("郵便番号", "a postal code"),
        "address": Words("住所", "an address"),
        "company": Words("会社名", "a company's name"),
        "honorific": Words("人の名前", "a person's name"),
        "known-name": Words("ご本人または勤務先の名前", "the person's or an employer's name"),
        "surname": Words("人の名前", "a person's name"),
        "special-care": Words(
            "採用で尋ねてはならない事柄", "something that may not be asked in hiring"
        ),
        "gift": Words("求職者への金品", "a payment to candidates"),
    }
)
"""What can be found, in words for people."""

PROFILE_KINDS: Final = frozenset(KINDS) - {"gift"}
"""What a profile must not hold."""

MESSAGE_KINDS: Final = frozenset({"email", "phone", "url", "handle", "special-care", "gift"})
"""What an agency's message must not hold; it may say who is writing."""

_KANJI = "々〇㐀-䶿一-鿿豈-﫿"
_HIRAGANA = "ぁ-ゖ"
_KATAKANA = "ァ-ヺー"
_GAP = r"[\s().・ー_-]"
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-")
_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
# Letters of names that are written in two ways.
_VARIANTS = str.maketrans(
    "髙﨑齋斎齊邊邉澤廣國濵濱冨櫻嶋眞惠德龍瀧壽彌", "高崎斉斉斉辺辺沢広国浜浜富桜島真恵徳竜滝寿弥"
)
_MAX_NAME_CHARACTERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A place in a text that must not be published.

    Attributes:
        kind: a key of KINDS.
        start: the place of its first character in the text as given, counted from 1.
        end: the place of its last character, so that text[start - 1:end] is what was found.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Folded:
    """A text after NFKC, without unseen characters, and where each character came from."""

    text: str
    places: tuple[int, ...]


_Spans = Iterator[tuple[int, int]]


def find(
    text: str,
    known_names: Iterable[str] = (),
    *,
    kinds: Collection[str] = PROFILE_KINDS,
) -> list[Finding]:
    """Return what must not be published in a text, in order, none within another.

    Full and half width, dashes and unseen characters make no difference. Time grows in
    proportion to the text, whatever it holds.

    Args:
        text: what a person wrote.
        known_names: names of the person and of employers, in any script; with a space between
            surname and given name, either part is found by itself, too.
        kinds: what to look for; PROFILE_KINDS or MESSAGE_KINDS.
    """
    folded = _fold(text)
    rules: dict[str, Callable[[str], _Spans]] = {
        **_RULES,
        "known-name": lambda folded_text: _known_names(folded_text, known_names),
    }
    found = {
        (folded.places[start], -folded.places[end - 1], kind)
        for kind, rule in rules.items()
        if kind in kinds
        for start, end in rule(folded.text)
    }
    findings: list[Finding] = []
    covered = 0
    for start, last, kind in sorted(found):
        if 1 - last > covered:
            findings.append(Finding(kind=kind, start=start + 1, end=1 - last))
            covered = 1 - last
    return findings


def message(field: str, finding: Finding, lang: str) -> str:
    """Return the sentence that tells a person what a field seems to hold, and what to do.

    Args:
        field: the path to the field, such as `summary` or `skills/2`.
        finding: one of those that find() returns for the field's text.
        lang: `ja`, or any other for English.
    """
    words = KINDS[finding.kind]
    if lang == "ja":
        return (
            f"「{field}」に{words.ja}らしい文字列があります({finding.start}文字目)。"
            "消すか、除外して送り直してください。"
        )
    return (
        f'"{field}" seems to hold {words.en} (at character {finding.start}). '
        "Remove it, or post without the field."
    )


def _fold(text: str) -> _Folded:
    """Return a text in the one form in which it is looked at."""
    letters: list[str] = []
    places: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and end - start < 8 and _joins(text[end]):
            end += 1
        for letter in unicodedata.normalize("NFKC", text[start:end]).translate(_DASHES):
            if unicodedata.category(letter) != "Cf":
                letters.append(letter)
                places.append(start)
        start = end
    return _Folded(text="".join(letters), places=tuple(places))


def _joins(letter: str) -> bool:
    """Return whether a character belongs to the one before it, such as the marks of kana."""
    return letter in "\uff9e\uff9f\u3099\u309a" or unicodedata.combining(letter) != 0


def _matches(*expressions: str, flags: re.RegexFlag = re.IGNORECASE) -> Callable[[str], _Spans]:
    """Return a rule that finds what matches any of the expressions."""
    compiled = re.compile("|".join(f"(?:{expression})" for expression in expressions), flags)
    return lambda text: (match.span() for match in compiled.finditer(text))


_TOP_DOMAINS = (
    "com|net|org|jp|io|dev|me|info|biz|app|site|link|page|xyz|ly|gl|be|tv|cc|ai|tokyo|shop|blog"
    "|online|tech|work|jobs|cn|kr|tw|vn|de|fr|uk|us|eu"
)
_DOMAIN = re.compile(
    rf"(?<![A-Za-z0-9@._#-])(?:[A-Za-z0-9][A-Za-z0-9-]{{0,62}}\.){{1,6}}(?:{_TOP_DOMAINS})(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_URL_MARK = re.compile(r"(?:https?|ftp)\s?:\s?//\S{1,200}|www\.[A-Za-z0-9-]{1,63}", re.IGNORECASE)
# Names of tools that look like a host's.
_TOOLS = frozenset(
    "asp.net vb.net ado.net ml.net paint.net socket.io draw.io diagrams.net monday.com fast.ai "
    "salesforce.com force.com h2o.ai crates.io docker.io k8s.io play.me edge.js".split()
)


def _urls(text: str) -> _Spans:
    """Find web addresses, with or without a scheme, but not tools that are called like one."""
    for match in _URL_MARK.finditer(text):
        yield match.span()
    for match in _DOMAIN.finditer(text):
        if match[0].lower() not in _TOOLS:
            yield match.span()


_NATIONAL = re.compile(rf"(?<![0-9+])(?<![0-9][-./])0(?:{_GAP}{{0,2}}[0-9]){{9,10}}(?![0-9])")
_INTERNATIONAL = re.compile(
    rf"(?:(?<![A-Za-z0-9+])\+[1-9]|(?<![0-9])00(?=[1-9]))(?:{_GAP}{{0,2}}[0-9]){{7,14}}(?![0-9])"
)
_ANNOUNCED = re.compile(
    r"(?:tel|phone|fax|電話番号|携帯番号|連絡先)\s{0,2}(?:no\.?)?\s{0,2}[.:は]\s{0,2}[(+]?[0-9](?:[\s()-]{0,2}[0-9]){5,14}",
    re.IGNORECASE,
)
_MAX_PHONE_GROUPS = 3
_MIN_LAST_GROUP = 3


def _phones(text: str) -> _Spans:
    """Find telephone numbers of Japan and of other countries, also in Chinese numerals."""
    digits = text.translate(_KANJI_DIGITS)
    for match in _NATIONAL.finditer(digits):
        groups = re.findall("[0-9]+", match[0])
        spelt = all(len(group) == 1 for group in groups)
        grouped = len(groups) <= _MAX_PHONE_GROUPS and len(groups[-1]) >= _MIN_LAST_GROUP
        if match[0][1:2] != "0" and (spelt or grouped):
            yield match.span()
    for expression in (_INTERNATIONAL, _ANNOUNCED):
        for match in expression.finditer(digits):
            yield match.span()


_HONORIFIC = re.compile("さん|ちゃん|くん|サン|様|氏|君|殿|先生")
_BEFORE_HONORIFIC = re.compile(
    rf"(?:[{_KANJI}]{{1,6}}|[{_KATAKANA}]{{2,12}}|[A-Za-z]{{2,20}}|[{_HIRAGANA}]{{2,8}})\Z"
)
_AFTER_NO_HONORIFIC = re.compile("[々子式相態変名神族姓主堂楽]")
_HONORIFIC_EN = _matches(
    r"\b(?:Mr|Mrs|Ms|Mx|Dr|Prof)\.?\s{1,2}[A-Z][A-Za-z'-]{1,40}",
    r"\b(?:Miss|Madam)\s{1,2}[A-Z][a-z]{1,40}",
    r"\b[A-Z][a-z]{1,30}-(?:san|sama|sensei|kun|chan)\b",
    flags=re.NOFLAG,
)


def _honorifics(text: str) -> _Spans:
    """Find names by the honorific that follows or precedes them."""
    yield from _HONORIFIC_EN(text)
    for match in _HONORIFIC.finditer(text):
        before = _BEFORE_HONORIFIC.search(text, max(0, match.start() - 12), match.start())
        if (
            before is not None
            and not _AFTER_NO_HONORIFIC.match(text, match.end())
            and _is_name_before(before[0], match[0])
        ):
            yield before.start(), match.end()


def _is_name_before(run: str, honorific: str) -> bool:
    """Return whether what stands before an honorific is a name and not a role."""
    if any(run.endswith(surname) for surname in lexicon.SURNAMES):
        return True
    if re.match(f"[{_HIRAGANA}]", run):
        return run[-3:] in _HIRAGANA_READINGS or run[-4:] in _HIRAGANA_READINGS
    if honorific == "先生":
        return run in lexicon.SURNAME_READINGS
    if re.match(f"[{_KATAKANA}]", run):
        return not run.endswith(tuple(lexicon.ROLE_WORDS))
    if run.isascii():
        return run[:1].isupper() and run[1:].islower()
    return run[-1] not in lexicon.ROLE_LAST


_TO_HIRAGANA = {ord(letter): ord(letter) - 0x60 for letter in map(chr, range(0x30A1, 0x30F7))}
_TO_KATAKANA = {hiragana: katakana for katakana, hiragana in _TO_HIRAGANA.items()}
_HIRAGANA_READINGS = frozenset(
    reading.translate(_TO_HIRAGANA) for reading in lexicon.SURNAME_READINGS if len(reading) > 2
)


def _either(words: Iterable[str]) -> str:
    """Return an expression for any of the words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=lambda word: (-len(word), word)))


_SURNAME = re.compile(
    rf"(?:{_either(lexicon.SURNAMES)})(?P<gap>[\s・]{{0,2}})"
    rf"(?P<given>[{_KANJI}]{{0,2}}[{lexicon.GIVEN_LAST}{lexicon.GIVEN_ALONE}])(?![{_KANJI}])"
)
_SURNAME_KANA = re.compile(
    rf"(?<![{_KATAKANA}])(?:{_either(lexicon.SURNAME_READINGS)})"
    rf"(?:[\s・]{{1,2}}[{_KATAKANA}]{{2,5}}|(?:{_either(lexicon.GIVEN_READINGS)}))(?![{_KATAKANA}])"
)
_SURNAME_HIRAGANA = re.compile(
    rf"(?<![{_HIRAGANA}{_KANJI}])(?:{_either(_HIRAGANA_READINGS)})"
    rf"[\s・]{{0,2}}(?:{_either(r.translate(_TO_HIRAGANA) for r in lexicon.GIVEN_READINGS)})"
    rf"(?![{_HIRAGANA}])"
)
_SURNAME_MIXED = re.compile(
    rf"(?:{_either(lexicon.SURNAMES)})[\s・]{{0,2}}"
    rf"(?:{_either((*lexicon.GIVEN_READINGS, *(r.translate(_TO_HIRAGANA) for r in lexicon.GIVEN_READINGS)))})"
    rf"(?![{_HIRAGANA}{_KATAKANA}])"
)
_LATIN_PAIR = re.compile(
    r"(?<![A-Za-z])([A-Z](?:[a-z]{1,11}|[A-Z]{1,11})),?\s{1,2}(?=([A-Z](?:[a-z]{1,11}|[A-Z]{1,11}))(?![A-Za-z]))"
)
_SYLLABLES = re.compile(
    r"(?:(?:ch|sh|ts|[kstnhmrgzbp]y|[kstnhmyrwgzdbpjf])?[aiueo]{1,2}[nh]?){2,5}"
)


def _surnames(text: str) -> _Spans:
    """Find a common surname with what looks like a given name."""
    for match in _SURNAME.finditer(text):
        given = match["given"]
        if given not in lexicon.NOT_GIVEN and (
            len(given) > 1 or match["gap"] or given in lexicon.GIVEN_ALONE
        ):
            yield match.span()
    for expression in (_SURNAME_KANA, _SURNAME_HIRAGANA, _SURNAME_MIXED):
        for match in expression.finditer(text):
            yield match.span()
    for match in _LATIN_PAIR.finditer(text):
        first, second = match[1].lower(), match[2].lower()
        for surname, given in ((first, second), (second, first)):
            if surname in lexicon.SURNAMES_ROMAJI and _SYLLABLES.fullmatch(given):
                yield match.start(1), match.end(2)


_NAME_GAP = r"[\s・.,_-]{0,2}"
_COMPANY_FORM = (
    r"(?:株式|有限|合同|合資|合名|相互)会社|\((?:株|有)\)"
    r"|(?:社会福祉|学校|NPO|特定非営利活動|独立行政|国立大学|国立研究開発|農業|税理士|弁護士|監査)法人"
    r"|医療法人(?:社団|財団)?|(?:一般|公益)(?:社団|財団)法人"
)
_LEGAL_WORDS = re.compile(
    rf"{_COMPANY_FORM}|\b(?:inc|ltd|llc|co|corp|corporation|gmbh|k\.k)\b[.,]?", re.IGNORECASE
)


def _known_names(text: str, names: Iterable[str]) -> _Spans:
    """Find names that are known, in any width, kana, case or spacing."""
    cased = _fold_name(text)
    folded = cased.lower().translate(_TO_HIRAGANA)
    for name in names:
        parts = re.split(r"[\s・,.、]+", _LEGAL_WORDS.sub(" ", _fold_name(_fold(name).text)))
        parts = [part for part in parts if part][:4]
        for whole in {"".join(parts), "".join(reversed(parts))}:
            for match in _whole_name(whole.lower().translate(_TO_HIRAGANA)).finditer(folded):
                yield match.span()
        for part in parts if len(parts) == 2 else ():
            for match in _part_of_name(part).finditer(cased):
                yield match.span()


def _whole_name(name: str) -> re.Pattern[str]:
    """Return what finds a whole name; a name of Latin letters is no part of a word."""
    if len(name) < 2 or (name.isascii() and len(name) < 3):
        return _NOTHING
    letters = _NAME_GAP.join(map(re.escape, name[:_MAX_NAME_CHARACTERS]))
    return re.compile(
        ("(?<![a-z0-9])" if name[0].isascii() else "")
        + letters
        + ("(?![a-z0-9])" if name[-1].isascii() else "")
    )


def _part_of_name(part: str) -> re.Pattern[str]:
    """Return what finds a surname or given name alone, but no word or place that holds it."""
    escaped = re.escape(part[:_MAX_NAME_CHARACTERS])
    if part.isascii():
        # In small letters many names are words.
        forms = f"{re.escape(part.title())}|{re.escape(part.upper())}"
        return re.compile(f"(?<![A-Za-z])(?:{forms})(?![A-Za-z])") if len(part) > 2 else _NOTHING
    if re.fullmatch(f"[{_HIRAGANA}{_KATAKANA}]+", part):
        reading = re.escape(part.translate(_TO_HIRAGANA))
        katakana = re.escape(part.translate(_TO_KATAKANA))
        hiragana = f"|(?<![{_HIRAGANA}{_KANJI}]){reading}" if len(part) > 2 else ""
        return re.compile(f"(?<![{_KATAKANA}]){katakana}(?![{_KATAKANA}]){hiragana}")
    return re.compile(f"{escaped}(?![都道府県市区町村駅])") if len(part) > 1 else _NOTHING


def _fold_name(text: str) -> str:
    """Return a text, letter by letter, in which two ways of writing a name are one."""
    return "".join(map(_fold_letter, text.translate(_VARIANTS)))


def _fold_letter(letter: str) -> str:
    """Return a letter without its accents; the marks of kana are no accents."""
    if unicodedata.category(letter) in {"Lu", "Ll"} and not letter.isascii():
        return unicodedata.normalize("NFD", letter)[0]
    return letter


_NOTHING = re.compile(r"(?!)")

_NAME_RUN = f"{_KANJI}{_KATAKANA}A-Za-z0-9&"
_NO_NAME_AFTER = (
    "の|に(?!し)|で|を|は(?!て)|が|へ|も|や|と|など|から|まで|より|および|また|向け|内|等|側|間|化|系|各"
    "|数|設立|勤務|法|形態|制度|経営|組織|以外|出身|様"
)
_NO_NAME_BEFORE = re.compile(
    "(?:上場|大手|中小|同族|外資|外資系|子|親|複数|当時|某|現職|前職|元請|一般|中堅|各|数|複数の|国内|日系|旧|本)$"
)
_COMPANY_AFTER = re.compile(
    rf"(?:{_COMPANY_FORM})\s?(?!{_NO_NAME_AFTER})[{_NAME_RUN}{_HIRAGANA}]{{1,20}}"
)
_COMPANY_BEFORE = re.compile(
    rf"(?P<name>[{_NAME_RUN}]{{2,20}}|(?:(?<=[\s、。「(])|(?<![\s\S]))[{_HIRAGANA}]{{2,10}})\s?(?:{_COMPANY_FORM})"
)
_COMPANY_EN = _matches(
    r"[A-Z][A-Za-z0-9&.'-]{0,40},?\s{1,2}(?:Inc\b|Ltd\b|LLC\b|LLP\b|Corp\b|Corporation\b|GmbH\b|PLC\b|K\.K\.|S\.A\.|B\.V\.|Pte\b|Pty\b|Company,? Limited)",
    r"[A-Za-z0-9]{0,40},?\s{0,2}Co\.,?\s{0,2}(?:Ltd|Limited|Inc)\b",
    r"[一-鿿ァ-ヺー]{1,20}\s{0,2}(?:Inc\.|Ltd\.|LLC\b|Corp\.)",
    r"\((?:株|有)\)|\(資\)",
    flags=re.NOFLAG,
)


def _companies(text: str) -> _Spans:
    """Find companies by the form of law in their names."""
    yield from _COMPANY_EN(text)
    for match in _COMPANY_AFTER.finditer(text):
        yield match.span()
    for match in _COMPANY_BEFORE.finditer(text):
        if not _NO_NAME_BEFORE.search(match["name"]):
            yield match.span()


_SERVICES = (
    "LINE|ライン|Twitter|ツイッター|Instagram|インスタ(?:グラム)?|Facebook|フェイスブック|Skype|スカイプ"
    "|Telegram|WhatsApp|WeChat|カカオ(?:トーク)?|KakaoTalk|Discord|GitHub|TikTok|Threads|LinkedIn|Slack"
)
_UNITS = (
    r"\s?(?:名|人|円|万|億|千|兆|件|社|台|個|本|点|店|枚|行|kg|km|m|%|㎡|平米|年|時|回|級|トン|ページ|席"
    r"|床|世帯|品目|種|people|users|yen|employees|pcs|rpm|hz)"
)

_RULES: Final[Mapping[str, Callable[[str], _Spans]]] = MappingProxyType(
    {
        "email": _matches(
            r"[A-Za-z0-9._%+-]{1,64}\s{0,2}(?:@|★|\((?:at|a)\)|\[at\]|\{at\}|<at>|アットマーク)\s{0,2}"
            r"(?:[\w-]{1,63}(?:\.|\s?(?:\(dot\)|\[dot\]|ドット)\s?)){1,8}[A-Za-z]{2,24}",
            r"[A-Za-z0-9._%+-]{2,64} at [A-Za-z0-9-]{2,63} dot (?:com|jp|net|org|co)\b",
        ),
        "phone": _phones,
        "url": _urls,
        "handle": _matches(
            r"(?<![A-Za-z0-9._%+@/-])@[A-Za-z_][A-Za-z0-9_.]{2,29}(?![A-Za-z0-9_.-]*/)",
            rf"(?:{_SERVICES})\s?の?\s?(?:ID|アカウント名?|ユーザー名|account|handle|username)"
            r"\s{0,2}(?:[:=はが]|is\b)\s{0,2}@?[A-Za-z0-9][A-Za-z0-9._-]{2,30}",
            rf"(?:{_SERVICES})\s?ID\s{{1,2}}@?[A-Za-z0-9][A-Za-z0-9._-]{{2,30}}",
        ),
        "postal-code": _matches(
            r"〒\s{0,2}[0-9]{3}-?[0-9]{0,4}",
            r"(?:郵便番号|postal code|zip code)\s{0,2}[:は]?\s{0,2}[0-9]{3}-?[0-9]{4}",
            rf"(?<![0-9A-Za-z.-])[0-9]{{3}}-[0-9]{{4}}(?![0-9-]|{_UNITS})",
        ),
        "address": _matches(
            r"[0-9]{1,4}\s?(?:丁目|番地)",
            r"[都道府県][^\s、。0-9]{1,10}[市区町村郡][^\s、。0-9]{0,12}[0-9]{1,4}-[0-9]{1,4}",
            r"[市区町村郡][^\s、。0-9]{0,12}[0-9]{1,4}-[0-9]{1,4}-[0-9]{1,4}",
            r"[一二三四五六七八九十]{1,3}丁目",
        ),
        "company": _companies,
        "honorific": _honorifics,
        "surname": _surnames,
        "special-care": _matches(*lexicon.SPECIAL_CARE_JA, *lexicon.SPECIAL_CARE_EN),
        "gift": _matches(*lexicon.GIFTS),
    }
)
