import pytest

from relay_protocol import lexicon, names
from relay_protocol.names import Spans


def found(text: str, spans: Spans) -> list[str]:
    return sorted({text[start:end] for start, end in spans})


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("上司の田中さんに教わった", "上司の田中さん"),
        ("タナカさんと働いた", "タナカさん"),
        ("推薦者は大川内様です", "大川内様"),
        ("渡辺氏の後任です", "渡辺氏"),
        ("でたなかさんの紹介", "でたなかさん"),
        ("田中先生に学んだ", "田中先生"),
        ("Tanakaさんが指導役", "Tanakaさん"),
        ("後輩の小鳥遊くんを指導", "小鳥遊くん"),
        ("金子さんと組んだ", "金子さん"),
        ("Mr. Tanaka was kind", "Mr. Tanaka"),
        ("Mr.Tanaka was kind", "Mr.Tanaka"),
        ("met Dr Hoshizora there", "Dr Hoshizora"),
        ("My mentor was Tanaka-san.", "Tanaka-san"),
    ],
)
def test_a_name_is_found_by_its_honorific(text: str, name: str) -> None:
    (only,) = found(text, names.with_honorific(text))
    assert name.endswith(only)
    assert only[-1] == name[-1]


@pytest.mark.parametrize(
    "text",
    [
        "お客様と患者さんと皆様",
        "たくさんの仕様書を同様に",
        "利用者様、企業様、取引先様",
        "ユーザー様とメンバーさん",
        "様々な多様性、模様、有様",
        "氏名と氏神、摂氏20度",
        "宮殿、沈殿、殿堂",
        "諸君、君主、彼氏",
        "学校の先生方",
        "PMさんとHRさん",
        "mr. and mrs. in general",
        "the drafts and proofs",
        "さん",
        "様",
    ],
)
def test_a_role_or_another_word_is_no_name(text: str) -> None:
    assert found(text, names.with_honorific(text)) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("私は山田太郎です", "山田太郎"),
        ("山田 太郎です", "山田 太郎"),
        ("山田・太郎です", "山田・太郎"),
        ("小林 誠より", "小林 誠"),
        ("佐々木花子です", "佐々木花子"),
        ("渡辺さくらです", "渡辺さくら"),
        ("佐藤ケンタです", "佐藤ケンタ"),
        ("ヤマダ タロウです", "ヤマダ タロウ"),
        ("ヤマダタロウです", "ヤマダタロウ"),
        ("(たなか はなこ)", "たなか はなこ"),
        ("佐々木部長の下で", "佐々木部長"),
        ("I am Hanako Yamada.", "Hanako Yamada"),
        ("YAMADA Hanako", "YAMADA Hanako"),
        ("Yamada, Hanako", "Yamada, Hanako"),
    ],
)
def test_a_common_surname_is_found_with_its_given_name(text: str, name: str) -> None:
    assert name in found(text, names.with_surname(text))


@pytest.mark.parametrize(
    "text",
    [
        "山口県と千葉県と福島県",
        "千葉大学で学び、上野駅前で働く",
        "川崎工場の生産管理",
        "中野区の再開発",
        "中山間地域の農業",
        "高田馬場の店舗",
        "千葉 埼玉 リモート可",
        "福島第一の設備",
        "本田技研の手法",
        "できたなかで選ぶ",
        "スズキ自動車の販売",
        "Suzuki Method teachers in Europe",
        "Yamada Electric store",
        "Machine Learning",
    ],
)
def test_a_place_or_a_word_that_begins_like_a_surname_is_no_name(text: str) -> None:
    assert found(text, names.with_surname(text)) == []


@pytest.mark.parametrize("word", sorted(lexicon.NOT_GIVEN))
def test_what_only_ends_like_a_given_name_is_none(word: str) -> None:
    text = f"千葉{word}"
    assert found(text, names.with_surname(text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "株式会社みらい製作所",
        "株式会社はるかぜ不動産",
        "みらい製作所株式会社",
        "さくら株式会社の経理",
        "(株)架空商事",
        "架空商事(株)",
        "有限会社さくら工房",
        "合同会社Kakuu",
        "医療法人架空会",
        "学校法人架空学園",
        "Kakuu Inc.",
        "Mirai Works Co., Ltd.",
        "Kakuu Trading, Ltd.",
        "KakuuCo.,Ltd.",
        "Mirai Systems LLC",
        "Kakuu K.K.",
        "Kakuu Company, Limited",
    ],
)
def test_a_company_is_found_by_its_form_of_law(text: str) -> None:
    assert found(text, names.of_company(text))


@pytest.mark.parametrize(
    "text",
    [
        "株式会社の設立を支援",
        "株式会社における内部統制",
        "株式会社は、",
        "上場株式会社での経理",
        "株式会社設立の手続",
        "学校法人向けの営業",
        "医療法人の会計監査",
        "外資系企業での営業",
        "limited time offers",
        "Access control lists",
        "the corporation as such",
    ],
)
def test_a_form_of_law_without_a_name_is_no_company(text: str) -> None:
    assert found(text, names.of_company(text)) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("架空 未来", "架空未来"),
        ("架空　未来", "架空 未来"),
        ("架空未来", "架 空 未 来"),
        ("架空 未来", "未来 架空"),
        ("架空 未来", "架空"),
        ("架空 未来", "未来"),
        ("カクウ ミライ", "かくうみらい"),
        ("かくう みらい", "カクウミライ"),
        ("ｶｸｳ ﾐﾗｲ", "カクウ・ミライ"),
        ("カクウ ミライ", "カクウと申します"),
        ("Kakuu Mirai", "MIRAI KAKUU"),
        ("Kakuu Mirai", "mirai.kakuu"),
        ("Kakuu Mirai", "mirai_kakuu"),
        ("Kakuu Mirai", "kakuumirai"),
        ("Kakuu Mirai", "This is Mirai."),
        ("José Kakuu", "jose kakuu"),
        ("Jose Kakuu", "José"),
        ("髙﨑 惠", "高崎恵"),
        ("斉藤 架空", "齋藤架空"),
        ("株式会社みらい製作所", "みらい製作所"),
        ("みらい製作所㈱", "みらい製作所"),
        ("株式会社みらい製作所", "ミライ製作所"),
        ("Mirai Works Inc.", "mirai works"),
        ("SAP", "SAPで働いています"),
        ("林 架空", "林架空"),
    ],
)
def test_a_known_name_is_found_however_it_is_written(name: str, text: str) -> None:
    assert found(text, names.known(text, [name]))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("架空 未来", "空想と将来"),
        ("山口 未来", "山口県の工場"),
        ("林 架空", "林業と森林"),
        ("カクウ マリ", "つまり"),
        ("カクウ アイ", "あいさつ"),
        ("カクウ ケン", "ケンタッキー州"),
        ("Kakuu Ken", "taken, broken, Kent"),
        ("Kakuu Mark", "to mark a place"),
        ("Li Wu", "Life and Wu-Tang"),
        ("A B", "A test of B"),
        ("", "anything"),
        (" ", "anything"),
        ("株式会社", "株式会社の設立"),
        ("SAP", "SAPPORO, sapling"),
        ("ABC Inc.", "abcdef"),
    ],
)
def test_a_word_that_only_holds_a_known_name_is_not_found(name: str, text: str) -> None:
    assert found(text, names.known(text, [name])) == []


def test_what_a_name_holds_is_no_expression() -> None:
    assert found("a.c", names.known("a.c", ["(.*) [a-z]+"])) == []
    assert found("a (架+空) b", names.known("a (架+空) b", ["(架+空)"])) == ["(架+空)"]


def test_several_names_are_found_each_in_its_place() -> None:
    text = "架空未来はみらい製作所にいました"
    spans = names.known(text, ["架空 未来", "株式会社みらい製作所"])
    assert found(text, spans) == ["みらい製作所", "未来", "架空", "架空未来"]
