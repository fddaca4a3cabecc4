"""Titles, trades, places and languages in the profile's codes."""

import pytest

from career_relay.imports.occupations import (
    industry_of,
    language_of,
    occupation_of,
    prefecture_of,
)
from career_relay.samples.careers import TRADES
from relay_protocol import codes


@pytest.mark.parametrize(
    ("title", "code"),
    [
        ("バックエンドエンジニア", "software"),
        ("Software Engineer", "software"),
        ("DevOps Engineer", "infrastructure"),
        ("Data Scientist - BK", "data"),
        ("社内SE", "it-management"),
        ("営業事務", "administration"),
        ("法人営業", "corporate-sales"),
        ("営業", "corporate-sales"),
        ("個人営業(不動産)", "consumer-sales"),
        ("カスタマーサクセス", "customer-success"),
        ("Community Manager - New York", "marketing"),
        ("Accounting Manager", "finance"),
        ("採用担当", "human-resources"),
        ("Product Manager", "planning"),
        ("店舗販売スタッフ", "retail"),
        ("ホールスタッフ(飲食)", "food-lodging"),
        ("介護職", "health-care"),
        ("塾講師", "teaching"),
        ("機械設計", "engineering"),
        ("施工管理", "building"),
        ("配送ドライバー", "logistics"),
        ("製造オペレーター", "production"),
    ],
)
def test_a_title_speaks_of_an_occupation(title: str, code: str) -> None:
    assert occupation_of(title) == code


@pytest.mark.parametrize("title", ["", "総合職", "Great Person", "Salesforce", "datapoint"])
def test_a_title_that_says_nothing_has_no_occupation(title: str) -> None:
    assert occupation_of(title) == ""


@pytest.mark.parametrize("code", list(codes.OCCUPATIONS))
def test_an_occupation_is_known_by_its_own_japanese_name(code: str) -> None:
    assert occupation_of(codes.label("occupation", code, "ja")) == code


@pytest.mark.parametrize("code", list(TRADES))
def test_the_samples_titles_are_read_back_as_their_occupations(code: str) -> None:
    assert [occupation_of(title) for title in TRADES[code].titles] == [code, code]


@pytest.mark.parametrize(
    ("trade", "code"),
    [
        ("IT", "information"),
        ("IT・通信", "information"),
        ("メーカー", "manufacturing"),
        ("商社", "trade"),
        ("銀行", "finance"),
        ("不動産", "real-estate"),
        ("医療・福祉", "health-care"),
        ("飲食", "hospitality"),
        ("人材", "professional"),
        ("Retail", "trade"),
        ("Consulting", "professional"),
    ],
)
def test_a_trade_is_an_industry(trade: str, code: str) -> None:
    assert industry_of(trade) == code


@pytest.mark.parametrize("code", list(codes.LABELS["industry"]))
def test_an_industry_is_known_by_its_own_japanese_name(code: str) -> None:
    assert industry_of(codes.label("industry", code, "ja")) == code


def test_a_word_that_only_holds_a_code_is_not_taken_for_it() -> None:
    assert industry_of("White") == ""
    assert industry_of("") == ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("東京都", "13"),
        ("東京", "13"),
        ("京都府", "26"),
        ("京都", "26"),
        ("東京都新宿区", "13"),
        ("大阪府・京都府", "27"),
        ("京都府・大阪府", "26"),
        ("神奈川県横浜市", "14"),
        ("北海道", "01"),
        ("Tokyo", "13"),
        ("Osaka, Japan", "27"),
        ("関東(東京・埼玉)", "13"),
    ],
)
def test_a_place_is_the_first_prefecture_named(text: str, code: str) -> None:
    assert prefecture_of(text) == code


@pytest.mark.parametrize("text", ["", "全国", "New York, New York, USA", "kyotographer"])
def test_a_place_without_a_prefecture_has_no_code(text: str) -> None:
    assert prefecture_of(text) == ""


@pytest.mark.parametrize("code", list(codes.PREFECTURES))
def test_every_prefecture_is_known_in_full_in_short_and_in_english(code: str) -> None:
    place = codes.PREFECTURES[code]
    assert prefecture_of(place.ja) == code
    assert prefecture_of(place.en) == code
    assert prefecture_of(place.ja if code == "01" else place.ja[:-1]) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("英語(ビジネス)", "en:B2"),
        ("英語:日常会話", "en:B1"),
        ("English C1", "en:C1"),
        ("中国語(ネイティブ)", "zh:native"),
        ("韓国語 初級", "ko:A2"),
        ("en:b2", "en:B2"),
        ("ja:native", "ja:native"),
    ],
)
def test_a_language_has_a_level(text: str, code: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize("text", ["", "英語", "TOEIC 800点", "クリンゴン語 B2", "xx:B2", "en:D1"])
def test_a_language_without_a_level_known_here_has_no_code(text: str) -> None:
    assert language_of(text) == ""
