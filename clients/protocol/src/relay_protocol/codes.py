"""The closed lists that profiles, consents and attestations choose from, with their words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from relay_protocol.errors import ProtocolError


class Words(NamedTuple):
    """What people read for one code, in both languages."""

    ja: str
    en: str


class Prefecture(NamedTuple):
    """One of the 47 prefectures, and the half of the country it lies in."""

    region: str
    ja: str
    en: str


JOB_KINDS = ("new-graduate", "mid-career", "part-time")

GROUPS = (
    "skills",
    "experience",
    "preferences",
    "location",
    "languages",
    "stage",
    "endorsement",
    "evaluation",
    "summary",
)
"""The field groups that a candidate chooses from, in the order in which they are listed."""

MODULES = ("publish", "exception", "linkage", "outcome", "abroad", "email")
"""The modules of a consent, each its own choice, in the order in which they are listed."""

IDENTITY_ITEMS = ("name", "kana", "email", "phone")
"""What an envelope may hold, in the order in which it is listed."""

OCCUPATIONS: Mapping[str, tuple[str, Words]] = MappingProxyType(
    {
        "software": ("technology", Words("ソフトウェア開発", "Software development")),
        "infrastructure": ("technology", Words("インフラ・クラウド", "Infrastructure and cloud")),
        "data": ("technology", Words("データ分析・AI", "Data and machine learning")),
        "it-management": ("technology", Words("IT企画・社内IT", "IT management and support")),
        "corporate-sales": ("sales", Words("法人営業", "Sales to companies")),
        "consumer-sales": ("sales", Words("個人営業", "Sales to consumers")),
        "customer-success": ("sales", Words("カスタマーサクセス", "Customer success")),
        "marketing": ("sales", Words("マーケティング・広報", "Marketing and public relations")),
        "administration": ("office", Words("事務・総務", "Administration")),
        "human-resources": ("office", Words("人事・労務", "Human resources")),
        "finance": ("office", Words("経理・財務", "Accounting and finance")),
        "planning": ("office", Words("企画・法務", "Planning and legal")),
        "retail": ("service", Words("販売・接客", "Retail and customer service")),
        "food-lodging": ("service", Words("飲食・宿泊", "Food and lodging")),
        "health-care": ("service", Words("医療・介護・福祉", "Health and care")),
        "teaching": ("service", Words("教育・保育", "Teaching and child care")),
        "production": ("making", Words("製造・組立", "Production and assembly")),
        "engineering": ("making", Words("機械・電気設計", "Mechanical and electrical design")),
        "building": ("making", Words("建築・土木", "Building and civil engineering")),
        "logistics": ("making", Words("物流・運転", "Logistics and driving")),
    }
)
"""Each occupation with the group that it is generalised to, and its words."""

PREFECTURES: Mapping[str, Prefecture] = MappingProxyType(
    {
        "01": Prefecture("east", "北海道", "Hokkaido"),
        "02": Prefecture("east", "青森県", "Aomori"),
        "03": Prefecture("east", "岩手県", "Iwate"),
        "04": Prefecture("east", "宮城県", "Miyagi"),
        "05": Prefecture("east", "秋田県", "Akita"),
        "06": Prefecture("east", "山形県", "Yamagata"),
        "07": Prefecture("east", "福島県", "Fukushima"),
        "08": Prefecture("east", "茨城県", "Ibaraki"),
        "09": Prefecture("east", "栃木県", "Tochigi"),
        "10": Prefecture("east", "群馬県", "Gunma"),
        "11": Prefecture("east", "埼玉県", "Saitama"),
        "12": Prefecture("east", "千葉県", "Chiba"),
        "13": Prefecture("east", "東京都", "Tokyo"),
        "14": Prefecture("east", "神奈川県", "Kanagawa"),
        "15": Prefecture("east", "新潟県", "Niigata"),
        "16": Prefecture("west", "富山県", "Toyama"),
        "17": Prefecture("west", "石川県", "Ishikawa"),
        "18": Prefecture("west", "福井県", "Fukui"),
        "19": Prefecture("east", "山梨県", "Yamanashi"),
        "20": Prefecture("east", "長野県", "Nagano"),
        "21": Prefecture("west", "岐阜県", "Gifu"),
        "22": Prefecture("west", "静岡県", "Shizuoka"),
        "23": Prefecture("west", "愛知県", "Aichi"),
        "24": Prefecture("west", "三重県", "Mie"),
        "25": Prefecture("west", "滋賀県", "Shiga"),
        "26": Prefecture("west", "京都府", "Kyoto"),
        "27": Prefecture("west", "大阪府", "Osaka"),
        "28": Prefecture("west", "兵庫県", "Hyogo"),
        "29": Prefecture("west", "奈良県", "Nara"),
        "30": Prefecture("west", "和歌山県", "Wakayama"),
        "31": Prefecture("west", "鳥取県", "Tottori"),
        "32": Prefecture("west", "島根県", "Shimane"),
        "33": Prefecture("west", "岡山県", "Okayama"),
        "34": Prefecture("west", "広島県", "Hiroshima"),
        "35": Prefecture("west", "山口県", "Yamaguchi"),
        "36": Prefecture("west", "徳島県", "Tokushima"),
        "37": Prefecture("west", "香川県", "Kagawa"),
        "38": Prefecture("west", "愛媛県", "Ehime"),
        "39": Prefecture("west", "高知県", "Kochi"),
        "40": Prefecture("west", "福岡県", "Fukuoka"),
        "41": Prefecture("west", "佐賀県", "Saga"),
        "42": Prefecture("west", "長崎県", "Nagasaki"),
        "43": Prefecture("west", "熊本県", "Kumamoto"),
        "44": Prefecture("west", "大分県", "Oita"),
        "45": Prefecture("west", "宮崎県", "Miyazaki"),
        "46": Prefecture("west", "鹿児島県", "Kagoshima"),
        "47": Prefecture("west", "沖縄県", "Okinawa"),
    }
)
"""The prefectures by their number (JIS X 0401)."""

AGE_BANDS: Mapping[str, Words] = MappingProxyType(
    {
        "under-20": Words("18–19歳", "18–19"),
        **{
            f"{age}-{age + 4}": Words(f"{age}–{age + 4}歳", f"{age}–{age + 4}")
            for age in range(20, 60, 5)
        },
        "60-plus": Words("60歳以上", "60 or older"),
    }
)

LABELS: Mapping[str, Mapping[str, Words]] = MappingProxyType(
    {
        "occupation": {code: words for code, (_, words) in OCCUPATIONS.items()},
        "occupation_group": {
            "technology": Words("IT・技術", "Technology"),
            "sales": Words("営業・マーケティング", "Sales and marketing"),
            "office": Words("管理・事務", "Office"),
            "service": Words("サービス・医療・教育", "Services, care and teaching"),
            "making": Words("ものづくり・建設・物流", "Making, building and moving"),
        },
        "industry": {
            "information": Words("情報・通信", "Information and communication"),
            "manufacturing": Words("製造", "Manufacturing"),
            "construction": Words("建設", "Construction"),
            "trade": Words("卸売・小売", "Wholesale and retail"),
            "finance": Words("金融・保険", "Finance and insurance"),
            "real-estate": Words("不動産", "Real estate"),
            "transport": Words("運輸・物流", "Transport and logistics"),
            "hospitality": Words("宿泊・飲食・娯楽", "Lodging, food and leisure"),
            "health-care": Words("医療・福祉", "Health and care"),
            "education": Words("教育", "Education"),
            "professional": Words("専門・事業支援", "Professional and business services"),
            "public": Words("官公庁・団体・その他", "Public bodies and others"),
        },
        "prefecture": {code: Words(place.ja, place.en) for code, place in PREFECTURES.items()},
        "region": {
            "east": Words("東日本", "Eastern Japan"),
            "west": Words("西日本", "Western Japan"),
        },
        "age_band": AGE_BANDS,
        "employment": {
            "permanent": Words("正社員", "Permanent"),
            "contract": Words("契約社員", "Fixed term"),
            "part-time": Words("パート・アルバイト", "Part-time"),
        },
        "stage_reached": {
            "document": Words("書類選考", "Documents"),
            "first-interview": Words("一次面接", "First interview"),
            "second-interview": Words("二次面接", "Second interview"),
            "final-interview": Words("最終面接", "Final interview"),
        },
        "evaluation": {
            "1": Words("×", "1 of 4"),
            "2": Words("△", "2 of 4"),
            "3": Words("○", "3 of 4"),
            "4": Words("◎", "4 of 4"),
        },
        "job_kind": {
            "new-graduate": Words("新卒", "New graduate"),
            "mid-career": Words("中途", "Mid-career"),
            "part-time": Words("アルバイト", "Part-time"),
        },
        "group": {
            "skills": Words("スキル", "Skills"),
            "experience": Words("経験", "Experience"),
            "preferences": Words("希望条件", "Wishes"),
            "location": Words("希望勤務地", "Place of work"),
            "languages": Words("語学", "Languages"),
            "stage": Words("選考段階", "Stage reached"),
            "endorsement": Words("推薦コメント", "Endorsement"),
            "evaluation": Words("選考評価", "Evaluation"),
            "summary": Words("自己紹介", "Summary"),
        },
        "module": {
            "publish": Words("プロフィールの公開", "Show my profile to agencies"),
            "exception": Words("似た方が少なくても公開", "Show it even if few are similar"),
            "linkage": Words("同一人物の照合", "Recognise me across companies"),
            "outcome": Words("紹介元企業への結果の通知", "Tell the company that introduced me"),
            "abroad": Words("国外の事業者への提供", "Providers abroad"),
            "email": Words("メールでのお知らせ", "Notices by e-mail"),
        },
        "identity_item": {
            "name": Words("氏名", "Name"),
            "kana": Words("フリガナ", "Name in kana"),
            "email": Words("メールアドレス", "E-mail address"),
            "phone": Words("電話番号", "Telephone number"),
        },
        "language": {
            "ar": Words("アラビア語", "Arabic"),
            "bn": Words("ベンガル語", "Bengali"),
            "cs": Words("チェコ語", "Czech"),
            "da": Words("デンマーク語", "Danish"),
            "de": Words("ドイツ語", "German"),
            "el": Words("ギリシャ語", "Greek"),
            "en": Words("英語", "English"),
            "es": Words("スペイン語", "Spanish"),
            "fa": Words("ペルシャ語", "Persian"),
            "fi": Words("フィンランド語", "Finnish"),
            "fr": Words("フランス語", "French"),
            "he": Words("ヘブライ語", "Hebrew"),
            "hi": Words("ヒンディー語", "Hindi"),
            "hu": Words("ハンガリー語", "Hungarian"),
            "id": Words("インドネシア語", "Indonesian"),
            "it": Words("イタリア語", "Italian"),
            "ja": Words("日本語", "Japanese"),
            "km": Words("クメール語", "Khmer"),
            "ko": Words("韓国語", "Korean"),
            "lo": Words("ラオス語", "Lao"),
            "mn": Words("モンゴル語", "Mongolian"),
            "ms": Words("マレー語", "Malay"),
            "my": Words("ビルマ語", "Burmese"),
            "ne": Words("ネパール語", "Nepali"),
            "nl": Words("オランダ語", "Dutch"),
            "no": Words("ノルウェー語", "Norwegian"),
            "pl": Words("ポーランド語", "Polish"),
            "pt": Words("ポルトガル語", "Portuguese"),
            "ro": Words("ルーマニア語", "Romanian"),
            "ru": Words("ロシア語", "Russian"),
            "si": Words("シンハラ語", "Sinhala"),
            "sv": Words("スウェーデン語", "Swedish"),
            "sw": Words("スワヒリ語", "Swahili"),
            "ta": Words("タミル語", "Tamil"),
            "th": Words("タイ語", "Thai"),
            "tl": Words("フィリピノ語", "Filipino"),
            "tr": Words("トルコ語", "Turkish"),
            "uk": Words("ウクライナ語", "Ukrainian"),
            "ur": Words("ウルドゥー語", "Urdu"),
            "vi": Words("ベトナム語", "Vietnamese"),
            "zh": Words("中国語", "Chinese"),
        },
        "language_level": {
            "A1": Words("A1(入門)", "A1 (beginner)"),
            "A2": Words("A2(初級)", "A2 (elementary)"),
            "B1": Words("B1(中級)", "B1 (intermediate)"),
            "B2": Words("B2(中上級)", "B2 (upper intermediate)"),
            "C1": Words("C1(上級)", "C1 (advanced)"),
            "C2": Words("C2(最上級)", "C2 (proficient)"),
            "native": Words("母語", "native"),
        },
    }
)
"""Every code that people meet, by its kind (the field it stands in), with its words."""


def label(code_kind: str, code: str, lang: str) -> str:
    """Return what people read for a code.

    Args:
        code_kind: a key of LABELS, which is the name of the field the code stands in.
        code: the code; an evaluation as its digit.
        lang: `ja`, or any other for English.

    Raises:
        ProtocolError: there is no such kind of code, or no such code of this kind.
    """
    words = LABELS.get(code_kind, {}).get(code)
    if words is None:
        raise ProtocolError(f"no {code_kind} is called {code!r}")
    return words.ja if lang == "ja" else words.en


def language_label(code: str, lang: str) -> str:
    """Return what people read for a language and its level, such as `en:B2`.

    Raises:
        ProtocolError: the language or the level is none of the lists.
    """
    language, _, level = code.partition(":")
    return f"{label('language', language, lang)} {label('language_level', level, lang)}"


def occupation_group(code: str) -> str:
    """Return the group that an occupation is generalised to.

    Raises:
        ProtocolError: there is no such occupation.
    """
    if code not in OCCUPATIONS:
        raise ProtocolError(f"no occupation is called {code!r}")
    return OCCUPATIONS[code][0]


def region(prefecture: str) -> str:
    """Return the half of the country that a prefecture lies in: `east` or `west`.

    Raises:
        ProtocolError: there is no such prefecture.
    """
    if prefecture not in PREFECTURES:
        raise ProtocolError(f"no prefecture has the number {prefecture!r}")
    return PREFECTURES[prefecture].region
