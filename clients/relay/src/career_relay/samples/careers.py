"""What made-up people have done: titles, skills and sentences for each occupation."""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Trade:
    """One occupation as lists speak of it."""

    titles: tuple[str, str]
    industry: str
    skills: tuple[str, ...]
    deed: str


TRADES = MappingProxyType(
    {
        "software": Trade(
            titles=("バックエンドエンジニア", "ソフトウェア開発エンジニア"),
            industry="information",
            skills=("Python", "Java", "TypeScript", "SQL", "AWS", "Docker", "CI/CD", "要件定義"),
            deed="業務システムの設計から運用までを担当し、リリースの手順を整えました",
        ),
        "infrastructure": Trade(
            titles=("クラウドインフラ担当", "SRE"),
            industry="information",
            skills=("AWS", "Linux", "Terraform", "Kubernetes", "監視設計", "ネットワーク設計"),
            deed="基盤の移行を計画し、停止時間を大きく減らしました",
        ),
        "data": Trade(
            titles=("データアナリスト", "機械学習担当"),
            industry="information",
            skills=("Python", "SQL", "統計", "機械学習", "BIツール", "データ基盤"),
            deed="販売データの分析から施策の効果を測り、改善につなげました",
        ),
        "it-management": Trade(
            titles=("社内SE", "情報システム担当"),
            industry="manufacturing",
            skills=("ヘルプデスク", "ID管理", "ベンダー管理", "要件定義", "情報セキュリティ"),
            deed="社内システムの入れ替えを取りまとめました",
        ),
        "corporate-sales": Trade(
            titles=("法人営業", "インサイドセールス"),
            industry="information",
            skills=("新規開拓", "提案書作成", "CRM", "商談", "予実管理", "プレゼンテーション"),
            deed="新規の取引先を開拓し、年間の目標を続けて達成しました",
        ),
        "consumer-sales": Trade(
            titles=("個人営業", "不動産営業"),
            industry="real-estate",
            skills=("対面営業", "契約手続き", "アフターフォロー", "宅地建物取引士"),
            deed="個人のお客様への提案から契約までを担当しました",
        ),
        "customer-success": Trade(
            titles=("カスタマーサクセス", "カスタマーサポート"),
            industry="information",
            skills=("導入支援", "問い合わせ対応", "CRM", "マニュアル作成", "解約防止"),
            deed="導入後の支援を仕組みにし、継続率を高めました",
        ),
        "marketing": Trade(
            titles=("マーケティング担当", "広報担当"),
            industry="professional",
            skills=("広告運用", "SEO", "コンテンツ制作", "イベント運営", "アクセス解析"),
            deed="見込み客を集める企画を立て、問い合わせの数を伸ばしました",
        ),
        "administration": Trade(
            titles=("営業事務", "総務担当"),
            industry="trade",
            skills=("Excel", "受発注", "請求書処理", "電話応対", "備品管理"),
            deed="受発注の手順を見直し、残業を減らしました",
        ),
        "human-resources": Trade(
            titles=("人事労務担当", "採用担当"),
            industry="professional",
            skills=("給与計算", "社会保険手続き", "採用計画", "面接調整", "研修企画"),
            deed="採用の計画から入社後の研修までを担当しました",
        ),
        "finance": Trade(
            titles=("経理担当", "財務会計担当"),
            industry="manufacturing",
            skills=("月次決算", "年次決算", "簿記2級", "債権管理", "会計システム"),
            deed="月次決算の日程を短くしました",
        ),
        "planning": Trade(
            titles=("経営企画", "法務担当"),
            industry="finance",
            skills=("予算策定", "契約書審査", "市場調査", "会議運営"),
            deed="中期計画の取りまとめを担当しました",
        ),
        "retail": Trade(
            titles=("店舗販売スタッフ", "店長候補"),
            industry="trade",
            skills=("接客", "レジ", "在庫管理", "売場づくり", "シフト作成"),
            deed="売場づくりと新人の教育を担当しました",
        ),
        "food-lodging": Trade(
            titles=("ホールスタッフ(飲食)", "ホテルフロント"),
            industry="hospitality",
            skills=("接客", "予約管理", "調理補助", "衛生管理"),
            deed="予約の受付から当日のご案内までを担当しました",
        ),
        "health-care": Trade(
            titles=("介護職", "看護助手"),
            industry="health-care",
            skills=("介護記録", "レクリエーション", "送迎", "介護福祉士"),
            deed="利用者の生活の支援と記録を担当しました",
        ),
        "teaching": Trade(
            titles=("塾講師", "保育士"),
            industry="education",
            skills=("授業計画", "保護者対応", "教材作成"),
            deed="授業の計画と教材づくりを担当しました",
        ),
        "production": Trade(
            titles=("製造オペレーター", "組立ライン担当"),
            industry="manufacturing",
            skills=("組立", "検査", "安全管理", "改善活動"),
            deed="組立の工程を受け持ち、改善活動に参加しました",
        ),
        "engineering": Trade(
            titles=("機械設計", "電気設計"),
            industry="manufacturing",
            skills=("CAD", "強度計算", "図面作成", "試作評価"),
            deed="部品の設計から試作の評価までを担当しました",
        ),
        "building": Trade(
            titles=("施工管理", "建築設備担当"),
            industry="construction",
            skills=("工程管理", "安全管理", "積算", "施工図"),
            deed="現場の工程と安全の管理を担当しました",
        ),
        "logistics": Trade(
            titles=("倉庫管理", "配送ドライバー"),
            industry="transport",
            skills=("在庫管理", "配車", "フォークリフト", "出荷検品"),
            deed="入出荷の管理と配車の計画を担当しました",
        ),
    }
)
"""By the occupation's code. Each title is read back as its own occupation."""

REASONS_AGAINST = (
    "必要な経験年数に届かなかったため",
    "同じ時期に、より要件に近い方がいたため",
    "希望条件と募集条件の差が大きかったため",
    "募集人数に達したため",
    "専門分野が募集と異なったため",
)
REASONS_TO_LEAVE = ("他社に決まったため", "現職にとどまるため", "勤務地が合わないため")
ENDORSEMENTS = (
    "質問への答えが具体的で、周りを巻き込んで進めた経験が伝わりました。",
    "課題を整理して説明する力が高く、学ぶ姿勢も印象に残りました。",
    "相手の立場で考える力があり、落ち着いて話を進められる方です。",
)
COMMENTS = ("面接官二名で実施。", "日程の調整が早い。", "次回の募集時に再度ご案内したい。")
LANGUAGE_WORDS = MappingProxyType(
    {
        "en:B1": "英語(日常会話)",
        "en:B2": "英語(ビジネス)",
        "en:C1": "英語(流暢)",
        "zh:B2": "中国語(ビジネス)",
        "zh:native": "中国語(ネイティブ)",
        "ko:B1": "韓国語(日常会話)",
    }
)
"""How a list writes a language, by the code it is read back as."""
