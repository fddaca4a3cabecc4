from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import screening
from relay_protocol.screening import KINDS, MESSAGE_KINDS, PROFILE_KINDS, Finding, find

CORPUS = [
    tuple(line.split("\t"))
    for line in (Path(__file__).parent / "vectors" / "screening_corpus.tsv")
    .read_text("utf-8")
    .splitlines()
]
FORBIDDEN = [(kind, names, text) for kind, names, text in CORPUS if kind != "-"]
HARMLESS = [text for kind, _, text in CORPUS if kind == "-"]
NAMES = ("架空 未来", "カクウ ミライ", "Kakuu Mirai", "株式会社みらい製作所")


def found(text: str, *names: str) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start - 1 : one.end]) for one in find(text, names)]


# The corpus.


def test_the_corpus_has_five_hundred_sentences_of_every_kind() -> None:
    assert len(CORPUS) >= 500
    assert {kind for kind, _, _ in FORBIDDEN} == set(KINDS)
    assert len(FORBIDDEN) >= 250 <= len(HARMLESS)
    assert len({text for _, _, text in CORPUS}) == len(CORPUS)


@pytest.mark.parametrize(("kind", "names", "text"), FORBIDDEN)
def test_every_forbidden_sentence_is_blocked(kind: str, names: str, text: str) -> None:
    findings = find(text, names.split(";"), kinds=frozenset(KINDS))
    assert kind in {finding.kind for finding in findings}


def test_at_most_two_in_a_hundred_harmless_sentences_raise_a_false_alarm() -> None:
    alarms = [text for text in HARMLESS if find(text)]
    assert len(alarms) * 50 <= len(HARMLESS), alarms


def test_no_harmless_sentence_holds_the_name_of_somebody_else() -> None:
    assert [text for text in HARMLESS if find(text, NAMES, kinds={"known-name"})] == []


# Places.


def test_a_finding_counts_characters_from_one_and_to_the_last() -> None:
    text = "連絡はtaro@example.jpまで"
    assert find(text) == [Finding(kind="email", start=4, end=18)]
    assert text[3:18] == "taro@example.jp"


def test_a_finding_is_told_as_the_design_says() -> None:
    text = "またお電話ください。\n090-0000-0001です"
    (finding,) = find(text)
    assert finding.start == 12
    assert screening.message("summary", finding, "en") == (
        '"summary" seems to hold a telephone number (at character 12). '
        "Remove it, or post without the field."
    )
    assert screening.message("summary", finding, "ja") == (
        "「summary」に電話番号らしい文字列があります(12文字目)。消すか、除外して送り直してください。"
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_told_in_both_languages(kind: str) -> None:
    finding = Finding(kind=kind, start=1, end=2)
    assert KINDS[kind].ja in screening.message("skills/2", finding, "ja")
    assert KINDS[kind].en in screening.message("skills/2", finding, "en")


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("㈱架空商事", 1, 5),
        ("ｶﾞｲﾄﾞは㈱架空商事です", 7, 11),
        ("Ａ taro＠example．jp", 3, 17),
        ("1\u200b電話 090\u200b-0000-0001", 6, 19),
        ("①②③ taro@example.jp", 5, 19),
        ("e\u0301 taro@example.jp", 4, 18),
        ("\u3000\u3000taro@example.jp", 3, 17),
    ],
)
def test_places_are_those_of_the_text_as_it_was_given(text: str, start: int, end: int) -> None:
    assert [(one.start, one.end) for one in find(text)] == [(start, end)]


def test_findings_stand_in_order_and_none_within_another() -> None:
    text = "taro@example.jp と https://example.com/taro@example.jp と 090-0000-0001"
    assert found(text) == [
        ("email", "taro@example.jp"),
        ("url", "https://example.com/taro@example.jp"),
        ("phone", "090-0000-0001"),
    ]


def test_an_empty_text_holds_nothing() -> None:
    assert find("") == find(" \n") == find("\u200b") == []


# Each kind, both sides of its boundary.


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("taro@example.jp", "taro@example"),
        ("taro@example.jpまで", "単価@5000円"),
        ("taro＠example.jp", "@Override を使う"),
        ("taro(at)example.com", "meet me (at) noon"),
        ("t@a.example", "t@a"),
    ],
)
def test_an_email_address_is_told_from_what_only_looks_like_one(text: str, other: str) -> None:
    assert [kind for kind, _ in found(text)] == ["email"]
    assert "email" not in [kind for kind, _ in found(other)]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("09000000011", "19000000011"),
        ("03-0000-0001", "03-0000-000"),
        ("090-0000-0001", "2090-0000-0001"),
        ("0120-000-001", "2019-04-01"),
        ("+81 90 0000 0001", "+10%"),
        ("+12025550109", "C++17 2018 2019"),
        ("０９０−００００−０００１", "00000000000"),
        ("(03)0000-0001", "(0)(1)(2)"),
        ("〇三-〇〇〇〇-〇〇〇一", "二〇一九年四月一日"),
        ("電話番号: 000-0000", "電話 2018-2020年"),
        ("090 0000 0001", "04-01 2020-03"),
    ],
)
def test_a_telephone_number_is_told_from_other_numbers(text: str, other: str) -> None:
    assert [kind for kind, _ in found(text)] == ["phone"]
    assert "phone" not in [kind for kind, _ in found(other)]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("https://x.y/z", "https対応"),
        ("www.example", "the www in general"),
        ("taro.dev", "Node.js"),
        ("my-site.example.jp", "Next.js, Vue.js"),
        ("vb.net.example.com", "VB.NET"),
        ("example.co.jp/taro", "3.14"),
    ],
)
def test_a_web_address_is_told_from_tools_and_numbers(text: str, other: str) -> None:
    assert "url" in [kind for kind, _ in found(text)]
    assert "url" not in [kind for kind, _ in found(other)]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("@taro_yamada", "@IT"),
        ("LINE ID: taro0", "LINE公式アカウントの運用"),
        ("Skype: taro.example", "Slack: messaging"),
        ("GitHubのアカウントはtaro0です", "GitHubのアカウント管理"),
        ("@taro", "@angular/core"),
    ],
)
def test_an_account_is_told_from_the_service_itself(text: str, other: str) -> None:
    assert [kind for kind, _ in found(text)] == ["handle"]
    assert found(other) == []


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("100-0000", "100-2000名"),
        ("〒100", "1000000"),
        ("郵便番号は1000000", "TOEIC 800-1000点"),
        ("100-0000です", "2100-0000"),
        ("〒１００−００００", "100-0000-0000-0000-0000"),
    ],
)
def test_a_postal_code_is_told_from_a_range(text: str, other: str) -> None:
    assert [kind for kind, _ in found(text)] == ["postal-code"]
    assert "postal-code" not in [kind for kind, _ in found(other)]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("架空区未来3丁目", "架空区の未来"),
        ("架空市未来町1-2-3", "市場規模10-20億"),
        ("架空県架空市未来1-2", "地区担当3-5名"),
        ("5番地", "5番目"),
    ],
)
def test_an_address_is_told_from_a_place(text: str, other: str) -> None:
    assert [kind for kind, _ in found(text)] == ["address"]
    assert found(other) == []


# Who is screened.


def test_a_known_name_is_found_only_where_it_is_known() -> None:
    assert found("架空未来です") == []
    assert found("架空未来です", *NAMES) == [("known-name", "架空未来")]


def test_an_agency_may_say_who_is_writing_and_not_how_to_go_around() -> None:
    text = "株式会社さくらキャリアの田中さんよりご連絡します。"
    assert find(text, kinds=MESSAGE_KINDS) == []
    assert {one.kind for one in find(text)} == {"company", "honorific"}
    around = find(f"{text}090-0000-0001へ。入社でお祝い金。", kinds=MESSAGE_KINDS)
    assert [one.kind for one in around] == ["phone", "gift"]


def test_a_profile_may_tell_of_gift_cards_and_a_message_may_not() -> None:
    text = "ギフトカード事業を企画しました"
    assert find(text, kinds=PROFILE_KINDS) == []
    assert [one.kind for one in find(text, kinds=MESSAGE_KINDS)] == ["gift"]


# Whatever is sent.

UNITS = (
    *("a", "0", "0-", "0 ", "山", "田中", "@", "A ", "a.", "(株)", " ", "さん", "1-", "株式会社"),
    *("ｶﾞ", "\u0301", "市", "東京都", "Aa ", "-", "あ", "ア", "9", "+1", "www.", "http://", "a@"),
    *("架空", "妻は", "LINE ID", "\u200b", "ー", "・", "i am a ", "a-", "子", "ﾔﾏﾀﾞ", "Co.,"),
    *(" at ", "of the ", "選挙で", "現金を", "市区町", "ﷺ", "Dr ", "tel:0"),
)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.timeout(60)
def test_ten_thousand_hostile_characters_are_read_to_the_end(unit: str) -> None:
    text = (unit * 10_000)[:10_000]
    found = find(text, NAMES, kinds=frozenset(KINDS))
    assert all(1 <= one.start <= one.end <= len(text) for one in found)


@given(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=3))
def test_every_finding_lies_within_the_text(text: str, names: list[str]) -> None:
    last = 0
    for finding in find(text, names, kinds=frozenset(KINDS)):
        assert 1 <= finding.start <= finding.end <= len(text)
        assert finding.end > last
        last = finding.end


@given(st.sampled_from(FORBIDDEN), st.sampled_from(HARMLESS))
def test_what_is_forbidden_is_found_among_harmless_sentences(
    forbidden: tuple[str, str, str], harmless: str
) -> None:
    kind, names, text = forbidden
    whole = f"{harmless}\n{text}\n{harmless}"
    found_kinds = {one.kind for one in find(whole, names.split(";"), kinds=frozenset(KINDS))}
    assert kind in found_kinds
