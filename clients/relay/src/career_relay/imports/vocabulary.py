"""The words that systems write into their cells, and the codes they stand for here."""

import re
from collections.abc import Sequence
from typing import TypeVar

from career_relay.application import Channel, Employment, Kind, Outcome, Stage

_Code = TypeVar("_Code", bound=str)

# Searched in this order, so that the more particular word stands before the more general one:
# 内定辞退 is a withdrawal although 内定 is an offer, 不採用 a rejection although it holds 採用.
_OUTCOMES: Sequence[tuple[Outcome, str]] = (
    (
        "set-aside",
        """
            非選考対象 選考対象外 重複応募 重複 音信不通 連絡不通 連絡つかず スパム いたずら
            duplicate spam
        """,
    ),
    ("withdrawn", "辞退 取り下げ 取下げ キャンセル withdrew withdrawn declined cancelled canceled"),
    (
        "rejected",
        """
            不採用 不合格 見送り お見送り 落選 否決 書類落ち 面接落ち 選考落ち ng rejected
            disqualified not_selected notselected
        """,
    ),
    ("hired", "入社決定 入社済 入社 採用決定 採用 内定承諾 入社予定 hired accepted"),
    (
        "ongoing",
        """
            選考中 書類選考中 面接調整中 調整中 日程調整 結果待ち 未対応 対応中 応募受付
            新規応募 内定 オファー中 保留 合格 通過 active inprogress in_process new pending
            offer
        """,
    ),
)
_CHANNELS: Sequence[tuple[Channel, str]] = (
    (
        "agency",
        """
            エージェント 人材紹介 紹介会社 転職エージェント 新卒紹介 ヘッドハンティング agency
            agencies agent recruiters staffing headhunt
        """,
    ),
    ("employee", "社員紹介 リファラル 知人紹介 縁故 employee referral referred alumni"),
    (
        "scout",
        "スカウト ダイレクト ダイレクトリクルーティング 逆求人 scout sourced prospecting sourcing",
    ),
    (
        "job-board",
        """
            求人媒体 求人サイト 求人広告 転職サイト 就職サイト ナビサイト ハローワーク 媒体
            job_board jobboard indeed linkedin glassdoor monster
        """,
    ),
    (
        "own-site",
        "自社サイト 採用サイト 自社hp ホームページ 採用ページ 直接応募 jobs_page website careers",
    ),
    ("school", "大学 学校 キャリアセンター 就職課 学内 研究室 university school campus college"),
    (
        "event",
        """
            説明会 イベント 合説 合同説明会 ミートアップ セミナー event meetup meetups fair
            happy_hour
        """,
    ),
    ("other", "その他 other"),
)
_STAGES: Sequence[tuple[Stage, str]] = (
    ("final-interview", "最終 役員 社長 内定 オファー 条件 final offer executive reference"),
    ("second-interview", "二次 2次 三次 3次 第二 face_to_face on_site onsite second 2nd"),
    ("first-interview", "一次 1次 第一 カジュアル 面談 面接 phone interview first 1st screen"),
    (
        "document",
        """
            書類 エントリー 応募 適性 テスト 筆記 課題 説明会 application resume review
            assessment test new applied
        """,
    ),
)
_KINDS: Sequence[tuple[Kind, str]] = (
    ("part-time", "アルバイト パート バイト part-time part_time parttime"),
    # 第二新卒 left a first job early: mid-career, although the word holds 新卒.
    ("mid-career", "中途 キャリア採用 経験者 第二新卒 mid-career mid_career midcareer experienced"),
    ("new-graduate", "新卒 インターン new-graduate new_graduate newgraduate graduate intern"),
)
_EMPLOYMENTS: Sequence[tuple[Employment, str]] = (
    ("part-time", "アルバイト パート part-time parttime part_time"),
    ("contract", "契約 派遣 嘱託 業務委託 contract contractor temporary"),
    ("permanent", "正社員 無期 permanent full-time fulltime full_time"),
)


def outcome_of(text: str) -> Outcome | None:
    """Return how an application ended, or None where the words are not known."""
    return _first(_OUTCOMES, text)


def channel_of(text: str) -> Channel | None:
    """Return the channel through which a person came, or None where the words are not known."""
    return _first(_CHANNELS, text)


def stage_of(text: str) -> Stage | None:
    """Return the last stage that was reached, or None where the words are not known."""
    return _first(_STAGES, text)


def kind_of(text: str) -> Kind | None:
    """Return the kind of application, or None where the words are not known."""
    return _first(_KINDS, text)


def employment_of(text: str) -> Employment | None:
    """Return the wished form of employment, or None where the words are not known."""
    return _first(_EMPLOYMENTS, text)


def _first(table: Sequence[tuple[_Code, str]], text: str) -> _Code | None:
    wanted = " ".join(re.findall(r"[^\s/|]+", text.casefold()))
    for code, names in table:
        if any(_stands_in(name.replace("_", " "), wanted) for name in names.split()):
            return code
    return None


def _stands_in(name: str, text: str) -> bool:
    if not name.isascii():
        return name in text
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None
