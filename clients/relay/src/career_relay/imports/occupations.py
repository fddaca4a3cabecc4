"""What free words about a job, a trade, a place or a language say in the codes of a profile."""

import re

from relay_protocol import codes

# Searched from top to bottom: 営業事務 is office work, and カスタマーサクセス営業 customer success.
_OCCUPATIONS = {
    "administration": """
        営業事務 一般事務 事務 総務 秘書 庶務 受付 administrator assistant clerk office
    """,
    "infrastructure": """
        インフラ クラウド sre devops ネットワーク サーバ infrastructure network cloud
        reliability
    """,
    "data": "データ 機械学習 分析 ai人材 data machine_learning analyst",
    "it-management": """
        社内se 情報システム 情シス itコンサル pmo ヘルプデスク it_support helpdesk it_manager
    """,
    "customer-success": """
        カスタマーサクセス カスタマーサポート コールセンター customer_success support
        customer_service
    """,
    "marketing": """
        マーケ 広報 pr担当 宣伝 webディレクター marketing community public_relations content
    """,
    "engineering": """
        機械設計 電気設計 回路設計 機械エンジニア 生産技術 品質保証 設計 mechanical electrical
        hardware
    """,
    "software": """
        ソフトウェア エンジニア プログラマ 開発 フロントエンド バックエンド モバイル qa テスター
        uxデザイナー uiデザイナー software developer engineer programmer frontend backend
        ux_designer
    """,
    "consumer-sales": "個人営業 リテール営業 保険営業 不動産営業 販売営業",
    "food-lodging": "調理 ホール 飲食 ホテル 宿泊 キッチン カフェ cook chef waiter hotel barista",
    "retail": "販売 接客 店舗 店長 スタッフ レジ アパレル retail store shop sales_associate",
    "corporate-sales": """
        法人営業 営業 セールス インサイドセールス sales account_executive account_manager
    """,
    "human-resources": "人事 労務 採用担当 教育研修 human_resources recruiter recruiting people",
    "finance": "経理 財務 会計 税務 finance accounting accountant",
    "planning": """
        企画 法務 経営 事業開発 プロダクトマネージャー planning legal strategy product_manager
        head_of_product
    """,
    "health-care": "看護 介護 医療 福祉 薬剤師 nurse care medical",
    "teaching": "教師 講師 保育 教員 教育 teacher tutor instructor",
    "building": "施工 建築 土木 設備 construction architect",
    "logistics": "物流 倉庫 配送 ドライバー 運転 logistics driver warehouse delivery",
    "production": "製造 組立 工場 ライン production factory assembly manufacturing",
}
_INDUSTRIES = {
    "information": """
        it 情報 通信 ソフトウェア web インターネット ゲーム software internet telecom technology
    """,
    "construction": "建設 建築 土木 工務 construction",
    "transport": "運輸 物流 倉庫 鉄道 航空 transport logistics",
    "real-estate": "不動産 住宅 real_estate property",
    "finance": "金融 銀行 保険 証券 finance bank insurance",
    "health-care": "医療 福祉 介護 製薬 病院 health medical pharma",
    "education": "教育 学校 塾 education school",
    "hospitality": "宿泊 飲食 観光 ホテル 娯楽 レジャー hospitality restaurant travel",
    "professional": """
        専門 コンサル 広告 人材 士業 事業支援 consulting advertising professional staffing
    """,
    "trade": "小売 卸 商社 流通 アパレル retail wholesale trading",
    "manufacturing": "製造 メーカー 電機 自動車 食品 化学 機械 manufacturing maker automotive",
    "public": "官公庁 団体 公務 npo その他 public government nonprofit other",
}
_LEVELS = {
    "native": "ネイティブ 母語 母国語 native",
    "C2": "c2 最上級 proficient",
    "C1": "c1 流暢 上級 fluent advanced",
    "B2": "b2 ビジネス 中上級 business",
    "B1": "b1 日常会話 中級 conversational intermediate",
    "A2": "a2 初級 elementary",
    "A1": "a1 入門 挨拶 beginner",
}


def occupation_of(text: str) -> str:
    """Return the occupation's code that a job's title speaks of, or "" where none is known."""
    own = {words.ja: code for code, (_, words) in codes.OCCUPATIONS.items()}
    return own.get(text) or _first(_OCCUPATIONS, text)


def industry_of(text: str) -> str:
    """Return the industry's code that a trade's name speaks of, or "" where none is known."""
    own = {words.ja: code for code, words in codes.LABELS["industry"].items()}
    return own.get(text) or _first(_INDUSTRIES, text)


def prefecture_of(text: str) -> str:
    """Return the two digits of the first prefecture named in a text, or "" where none is."""
    lowered = text.casefold()
    places: list[tuple[int, str]] = []
    for code, prefecture in codes.PREFECTURES.items():
        short = prefecture.ja if prefecture.ja == "北海道" else prefecture.ja[:-1]
        # 東京都 holds 京都: the whole name is looked for first, the short one as a word of its own.
        found = re.search(rf"{prefecture.ja}|(?<!東){short}", text)
        spoken = re.search(rf"(?<![a-z]){prefecture.en.casefold()}(?![a-z])", lowered)
        places.extend((match.start(), code) for match in (found, spoken) if match)
    return min(places)[1] if places else ""


def language_of(text: str) -> str:
    """Return a language and its level as `en:B2`, from `英語(ビジネス)` or `English B2`, or ""."""
    lowered = text.casefold()
    level = _first(_LEVELS, text)
    for code, words in codes.LABELS["language"].items():
        if (words.ja in text or words.en.casefold() in lowered) and level:
            return f"{code}:{level}"
    plain = re.fullmatch(r"([a-z]{2}):([abc][12]|native)", lowered)
    if plain and plain[1] in codes.LABELS["language"]:
        return f"{plain[1]}:{plain[2] if plain[2] == 'native' else plain[2].upper()}"
    return ""


def _first(table: dict[str, str], text: str) -> str:
    lowered = text.casefold()
    for code, names in table.items():
        if any(_stands_in(name.replace("_", " "), lowered) for name in names.split()):
            return code
    return ""


def _stands_in(name: str, text: str) -> bool:
    if not name.isascii():
        return name in text
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None
