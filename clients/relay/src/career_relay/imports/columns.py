"""Which column means what: the headers of Japanese and English systems, for every format."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

Meaning = Literal[
    "key", "name", "family-name", "given-name", "kana", "family-kana", "given-kana",
    "born-on", "age", "email", "phone", "language", "kind", "position", "channel", "status",
    "end-reason", "stage", "reason", "comment", "rating", "applied-at", "ended-at", "employer",
    "industry", "experience-years", "skills", "languages", "salary", "prefecture", "employment",
    "available-from", "remote", "summary", "endorsement", "destroy-documents", "may-contact",
    "not-kept",
]  # fmt: skip

# What an employer may not ask, or what no step of a referral needs, is not even read.
_NOT_KEPT = """
    性別 gender sex 国籍 nationality 本籍 本籍地 出生地 birthplace 家族 家族構成 family 扶養
    扶養家族 扶養家族数 配偶者 配偶者の有無 maritalstatus 宗教 religion 信条 支持政党 労働組合
    健康状態 既往歴 health 障害 障がい者手帳 disability 愛読書 尊敬する人物 顔写真 写真 photo
    住所 現住所 郵便番号 address zip postalcode 電話番号2 緊急連絡先
"""

_HEADERS: dict[Meaning, str] = {
    "key": "応募id 応募者id 応募番号 応募者番号 候補者id 選考id 管理番号 applicationid id",
    "name": "氏名 名前 応募者名 候補者名 姓名 応募者氏名 name fullname candidatename candidate",
    "family-name": "姓 苗字 名字 氏 lastname familyname surname",
    "given-name": "名 firstname givenname",
    "kana": """
        フリガナ ふりがな カナ かな 氏名カナ 氏名フリガナ 名前フリガナ 氏名ふりがな 応募者名カナ
        kana
    """,
    "family-kana": "姓カナ 姓フリガナ 姓ふりがな セイ せい lastnamekana",
    "given-kana": "名カナ 名フリガナ 名ふりがな メイ めい firstnamekana",
    "born-on": "生年月日 誕生日 birthday birthdate dateofbirth",
    "age": "年齢 応募時年齢 age",
    "email": "メールアドレス メール eメール emailアドレス email emailaddress mail 連絡先メール",
    "phone": "電話番号 電話 携帯電話 携帯番号 携帯電話番号 tel phone phonenumber mobile 電話番号1",
    "language": "連絡言語 言語 preferredlanguage locale",
    "kind": "新卒/中途 新卒・中途 採用区分 応募区分 区分 採用種別 kind candidatetype",
    "position": """
        応募職種 職種 応募ポジション ポジション 求人名 応募求人 応募求人先 求人タイトル position
        job jobtitle jobname
    """,
    "channel": "応募経路 応募媒体 媒体 流入経路 経路 チャネル source channel",
    "status": """
        選考ステータス ステータス 選考状況 対応状況 選考結果 結果 合否 status result outcome
    """,
    "end-reason": "終了理由 選考終了理由 終了区分 辞退/不採用 endreason",
    "stage": """
        選考段階 最終選考段階 選考フェーズ フェーズ 選考ステップ 最終ステップ stage currentstage
    """,
    "reason": "選考理由 不採用理由 見送り理由 お見送り理由 辞退理由 rejectionreason reason",
    "comment": "備考 メモ コメント 選考コメント 面接メモ 社内メモ 所見 notes note comment comments",
    "rating": "評価 総合評価 面接評価 書類評価 書類選考評価 rating",
    "applied-at": """
        応募日時 応募日 エントリー日 エントリー日時 応募受付日 appliedat applieddate
        applicationdate
    """,
    "ended-at": """
        選考終了日時 選考終了日 終了日 不採用日 結果通知日 結果連絡日 決定日 rejectedat endedat
        decisiondate
    """,
    "employer": """
        現職 現勤務先 勤務先 在籍企業 現在の勤務先 直近の勤務先 会社名 前職 現職企業 company
        employer currentcompany currentemployer
    """,
    "industry": "業界 業種 経験業界 現職業界 industry",
    "experience-years": """
        経験年数 実務経験年数 職務経験年数 職歴年数 experience yearsofexperience experienceyears
    """,
    "skills": "スキル 保有スキル 技術スキル 得意分野 スキルタグ タグ skills skill tags",
    "languages": "語学 語学力 語学レベル languages",
    "salary": "希望年収 希望給与 希望年俸 desiredsalary expectedsalary",
    "prefecture": """
        希望勤務地 勤務希望地 希望エリア 希望勤務エリア desiredlocation preferredlocation
    """,
    "employment": "雇用形態 希望雇用形態 employmenttype",
    "available-from": """
        入社可能時期 入社可能日 入社可能月 入社希望時期 就業開始可能日 availablefrom
    """,
    "remote": "リモート希望 リモートワーク希望 在宅希望 workremotely remote",
    "summary": "職務要約 職務経歴要約 経歴要約 自己pr summary",
    "endorsement": "推薦コメント 推薦文 推薦理由 endorsement",
    "destroy-documents": """
        書類破棄の約束 応募書類破棄 書類破棄 履歴書破棄 個人情報破棄 destroydocuments
    """,
    "may-contact": "連絡可否 連絡可 メール送信可 canemail maycontact",
    "not-kept": _NOT_KEPT,
}
_RATING = re.compile(
    r"(?:書類|(?:一|二|三|四|1|2|3|4)次|最終|役員|社長|人事|現場|部門|技術)?.{0,6}評価"
)
_BRACKETS = re.compile(r"[(\[【].*?[)\]】]")
_SILENT = re.compile(r"[\s_\-:*※?]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a list: its own header, what it means here, and whether it counts in 万円."""

    header: str
    meaning: Meaning
    in_ten_thousands: bool = False


def _spoken(header: str) -> str:
    plain = unicodedata.normalize("NFKC", header).casefold()
    return _SILENT.sub("", _BRACKETS.sub("", plain))


_MEANINGS: dict[str, Meaning] = {
    _spoken(name): meaning for meaning, names in _HEADERS.items() for name in names.split()
}


def column_of(header: str) -> Column | None:
    """Return what a header means, or None where it is not known.

    Width, case, spaces, `_` and what stands in brackets make no difference: `希望年収(万円)` and
    `希望年収（万円）` are one column, and the unit is kept.
    """
    spoken = _spoken(header)
    meaning = _MEANINGS.get(spoken)
    if meaning is None and _RATING.fullmatch(spoken):
        meaning = "rating"
    if meaning is None:
        return None
    return Column(header=header.strip(), meaning=meaning, in_ten_thousands="万" in header)


def columns_of(headers: list[str]) -> list[Column | None]:
    """Return the meaning of each header of a list; the second of one meaning is not used.

    A list has several ratings and employers, but one name: where two columns mean the same, the
    left one holds, and the other counts as unknown.
    """
    seen: set[Meaning] = set()
    columns: list[Column | None] = []
    for header in headers:
        column = column_of(header)
        several = column is not None and column.meaning in {"rating", "employer", "not-kept"}
        if column is not None and column.meaning in seen and not several:
            column = None
        if column is not None:
            seen.add(column.meaning)
        columns.append(column)
    return columns


def looks_like_headers(columns: list[Column | None]) -> bool:
    """Return whether a line can be the header: three meanings, status or name among them."""
    meanings = {column.meaning for column in columns if column is not None}
    return len(meanings) >= 3 and bool(meanings & {"status", "end-reason", "name", "key"})  # noqa: PLR2004
