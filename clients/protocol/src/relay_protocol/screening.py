"""What must not be published in a text: who it is about, how to reach them, what none may ask."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from relay_protocol import names, special_care
from relay_protocol.codes import Words
from relay_protocol.names import Spans, matches

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

_SAME: Final = dict.fromkeys(map(ord, "‐‑‒–—―−﹣"), "-") | dict.fromkeys(map(ord, "‘’"), "'")
_MAX_JOINED: Final = 8
"""Marks that are read together with one letter; more are somebody's joke."""


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


def find(
    text: str,
    known_names: Iterable[str] = (),
    *,
    kinds: Collection[str] = PROFILE_KINDS,
) -> list[Finding]:
    """Return what must not be published in a text, in order, none within another.

    Full and half width, dashes and unseen characters make no difference. The time it takes
    grows with the length of the text, whatever it holds.

    Args:
        text: what a person wrote.
        known_names: names of the person and of employers, in any script; with a space between
            surname and given name, either part is found by itself, too.
        kinds: what to look for; PROFILE_KINDS or MESSAGE_KINDS.
    """
    folded, places = _fold(text)
    spans = [
        (start, end, kind)
        for kind, rule in _RULES.items()
        if kind in kinds
        for start, end in rule(folded)
    ]
    if "known-name" in kinds:
        spans += [(start, end, "known-name") for start, end in names.known(folded, known_names)]
    findings: list[Finding] = []
    for start, end, kind in sorted(spans, key=lambda span: (span[0], -span[1], span[2])):
        last = places[end - 1]
        if not findings or last > findings[-1].end:
            findings.append(Finding(kind=kind, start=places[start], end=last))
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


def _fold(text: str) -> tuple[str, Sequence[int]]:
    """Return a text after NFKC, without what is unseen, and each letter's place from 1."""
    if text.isprintable() and unicodedata.is_normalized("NFKC", text):
        return text.translate(_SAME), range(1, len(text) + 1)
    letters: list[str] = []
    places: list[int] = []
    start = 0
    while start < len(text):
        end = start + 1
        while end < len(text) and end - start < _MAX_JOINED and _joins(text[end]):
            end += 1
        for letter in unicodedata.normalize("NFKC", text[start:end]).translate(_SAME):
            if unicodedata.category(letter) != "Cf":
                letters.append(letter)
                places.append(start + 1)
        start = end
    return "".join(letters), places


def _joins(letter: str) -> bool:
    """Return whether a character belongs to the one before it, such as the marks of kana."""
    return letter in "\uff9e\uff9f" or unicodedata.combining(letter) != 0


# Web addresses.
_TOP_DOMAINS: Final = (
    "com|net|org|jp|io|dev|me|info|biz|app|site|link|page|xyz|ly|gl|be|tv|cc|ai|tokyo|shop|blog"
    "|online|tech|work|jobs|example|test|cn|kr|tw|vn|de|fr|uk|us|eu"
)
_HOST = re.compile(
    r"(?<![A-Za-z0-9@._#-])(?:[A-Za-z0-9][A-Za-z0-9-]{0,62}\.){1,6}"
    rf"(?:{_TOP_DOMAINS})(?![A-Za-z0-9-])",
    re.IGNORECASE,
)
_WITH_SCHEME = matches(r"(?:https?|ftp)\s?:\s?//\S{1,200}", r"www\.[A-Za-z0-9-]{1,63}")
_TOOLS: Final = frozenset(
    {"asp.net", "vb.net", "ado.net", "ml.net", "paint.net", "socket.io", "draw.io", "diagrams.net"}
    | {"monday.com", "salesforce.com", "force.com", "fast.ai", "h2o.ai", "crates.io", "docker.io"}
)
"""Tools that are called like a host."""


def _web_addresses(text: str) -> Spans:
    """Find web addresses, with or without a scheme, but not tools that are called like one."""
    yield from _WITH_SCHEME(text)
    for match in _HOST.finditer(text):
        if match[0].lower() not in _TOOLS:
            yield match.span()


# Telephone numbers.
_DIGITS: Final = str.maketrans("〇零一二三四五六七八九", "00123456789")
_BETWEEN: Final = r"[\s().・ー_-]{0,2}"
_NATIONAL = re.compile(rf"(?<![0-9+])(?<![0-9][-./])0(?:{_BETWEEN}[0-9]){{9,10}}(?![0-9])")
_OTHER_NUMBERS = matches(
    rf"(?:(?<![A-Za-z0-9+])\+[1-9]|(?<![0-9])00(?=[1-9]))(?:{_BETWEEN}[0-9]){{7,14}}(?![0-9])",
    r"(?:tel|phone|fax|電話番号|携帯番号|連絡先)\s{0,2}(?:no\.?)?\s{0,2}[.:は]\s{0,2}"
    r"[(+]?[0-9](?:[\s()-]{0,2}[0-9]){5,14}",
)
_MAX_GROUPS: Final = 3
_MIN_LAST_GROUP: Final = 3


def _phones(text: str) -> Spans:
    """Find telephone numbers of Japan and of other countries, in Chinese numerals as well."""
    digits = text.translate(_DIGITS)
    yield from _OTHER_NUMBERS(digits)
    for match in _NATIONAL.finditer(digits):
        groups = re.findall("[0-9]+", match[0])
        spelt = all(len(group) == 1 for group in groups)
        grouped = len(groups) <= _MAX_GROUPS and len(groups[-1]) >= _MIN_LAST_GROUP
        if match[0][1] != "0" and (spelt or grouped):
            yield match.span()


_SERVICES: Final = (
    "LINE|ライン|Twitter|ツイッター|Instagram|インスタ(?:グラム)?|Facebook|フェイスブック|Skype"
    "|スカイプ|Telegram|WhatsApp|WeChat|カカオ(?:トーク)?|KakaoTalk|Discord|GitHub|TikTok|Threads"
    "|LinkedIn|Slack"
)
_ANNOTATIONS: Final = "Rest|Transactional|Override|Autowired|Test|Bean|Component|Controller|Service"
_UNITS: Final = (
    r"\s?(?:名|人|円|万|億|千|兆|件|社|台|個|本|点|店|枚|行|kg|km|m|%|㎡|平米|年|時|回|級|トン"
    r"|ページ|席|床|世帯|品目|種|people|users|yen|employees|pcs|rpm|hz)"
)
"""What follows a range such as 300-1000, and no postal code."""

_RULES: Final[Mapping[str, Callable[[str], Spans]]] = MappingProxyType(
    {
        "email": matches(
            r"[A-Za-z0-9._%+-]{1,64}\s{0,2}(?:@|★|\((?:at|a)\)|\[at\]|\{at\}|<at>|アットマーク)"
            r"\s{0,2}(?:[\w-]{1,63}(?:\.|\s?(?:\(dot\)|\[dot\]|ドット)\s?)){1,8}[A-Za-z]{2,24}",
            r"[A-Za-z0-9._%+-]{2,64} at [A-Za-z0-9-]{2,63} dot (?:com|jp|net|org|co)\b",
            r"[A-Za-z0-9.-]{1,64}_at_[A-Za-z0-9.-]{1,63}\.[A-Za-z]{2,24}",
        ),
        "phone": _phones,
        "url": _web_addresses,
        "handle": matches(
            rf"(?<![A-Za-z0-9._%+@/-])@(?!{_ANNOTATIONS})[A-Za-z_][A-Za-z0-9_.]{{2,29}}"
            r"(?![A-Za-z0-9_.-]{0,30}/)",
            rf"(?:{_SERVICES})(?:\s?の?\s?(?:ID|アカウント名?|ユーザー名|account|handle|username)"
            r"\s{0,2}(?:[:=はが]|is\b)\s{0,2}@?[A-Za-z0-9][A-Za-z0-9._-]{2,30}"
            r"|\s?ID\s{1,2}@?[A-Za-z0-9][A-Za-z0-9._-]{2,30}"
            r"|\s{0,2}[:→]\s{0,2}(?=[A-Za-z-]{0,30}[0-9._])[A-Za-z0-9._-]{4,30})",
        ),
        "postal-code": matches(
            r"〒\s{0,2}[0-9]{3}-?[0-9]{0,4}",
            r"(?:郵便番号|postal code|zip code)\s{0,2}[:は]?\s{0,2}[0-9]{3}-?[0-9]{4}",
            rf"(?<![0-9A-Za-z.-])[0-9]{{3}}-[0-9]{{4}}(?![0-9-]|{_UNITS})",
        ),
        "address": matches(
            r"(?:[0-9]{1,4}|[一二三四五六七八九十]{1,3})\s?(?:丁目|番地)",
            r"[都道府県][^\s、。0-9]{1,10}[市区町村郡][^\s、。0-9]{0,12}[0-9]{1,4}-[0-9]{1,4}",
            r"[市区町村郡][^\s、。0-9]{0,12}[0-9]{1,4}-[0-9]{1,4}-[0-9]{1,4}",
        ),
        "company": names.of_company,
        "honorific": names.with_honorific,
        "surname": names.with_surname,
        "special-care": matches(*special_care.EXPRESSIONS),
        "gift": matches(*special_care.GIFTS),
    }
)
