"""Lists as Japanese recruiting systems export them: their headers, codings and words, whole."""

import csv
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from career_relay.imports.reader import read
from career_relay.imports.verdicts import Reading

HERP = (
    (
        *("応募ID", "氏名", "メールアドレス", "電話番号", "応募職種", "応募経路"),
        *("ステータス", "終了理由", "選考ステップ", "応募日", "終了日"),
    ),
    (
        *("h-1", "夢原 空太", "yumehara@example.jp", "090-0000-0001"),
        *("バックエンドエンジニア", "求人媒体(スカウト)", "終了", "不採用", "二次面接"),
        *("2026/06/01", "2026/07/01"),
    ),
    (
        *("h-2", "霞谷 月子", "kasumitani@example.jp", "090-0000-0002", "法人営業"),
        *("エージェント", "終了", "応募者辞退", "一次面接", "2026/06/02", "2026/07/02"),
    ),
    (
        *("h-3", "雲橋 星美", "kumohashi@example.jp", "090-0000-0003", "法人営業"),
        *("社員紹介", "終了", "入社決定", "最終面接", "2026/06/03", "2026/07/03"),
    ),
    (
        *("h-4", "虹浜 音介", "nijihama@example.jp", "090-0000-0004", "法人営業"),
        *("自社サイト", "終了", "非選考対象", "書類選考", "2026/06/04", "2026/07/04"),
    ),
    (
        *("h-5", "影島 葉子", "kageshima@example.jp", "090-0000-0005", "法人営業"),
        *("その他", "選考中", "", "一次面接", "2026/06/05", ""),
    ),
)
HR_HACKER = (
    (
        *("応募者id", "応募求人先", "選考ステータス", "応募経路", "名前", "名前フリガナ"),
        *("性別", "生年月日", "電話番号", "メール", "選考理由", "応募日時", "更新日"),
        *("店舗ID", "店舗名"),
    ),
    (
        *("1001", "店舗販売スタッフ", "不採用", "Indeed", "夢原 空太", "ユメハラ ソラタ"),
        *("男性", "1991/4/2", "09000000001", "yumehara@example.jp", "シフトが合わない"),
        *("2026/06/11 11:07:06", "2026/06/20 09:00:00", "12", "架空店"),
    ),
    (
        *("1002", "店舗販売スタッフ", "面接調整中", "ハローワーク", "霞谷 月子"),
        *("カスミタニ ツキコ", "女性", "2009/5/1", "09000000002", "", ""),
        *("2026/06/12 08:00:01", "2026/06/12 08:00:01", "12", "架空店"),
    ),
)
AIR_WORK = (
    (
        *("応募ID", "応募者名", "ふりがな", "生年月日", "年齢", "住所", "電話番号"),
        *("メールアドレス", "応募経路", "応募日時", "応募求人ID", "希望勤務地"),
        *("対応状況",),
    ),
    (
        *("A00000001", "夢原 空太", "ゆめはら そらた", "平成3年4月2日", "35"),
        *("架空県架空市1-1", "090-0000-0001", "yumehara@example.jp", "Airワーク"),
        *("2026/06/11 11:07", "J-1", "大阪府", "不採用"),
    ),
    (
        *("A00000002", "霞谷 月子", "かすみたに つきこ", "H21.5.1", "17"),
        *("架空県架空市1-2", "090-0000-0002", "kasumitani@example.jp", "求人広告"),
        *("2026/06/12 11:07", "J-1", "京都府", "採用"),
    ),
)


def exported(folder: Path, lines: Sequence[Sequence[str]], coding: str, *, quoted: bool) -> Reading:
    path = folder / "export.csv"
    with path.open("w", encoding=coding, newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL) if quoted else csv.writer(file)
        writer.writerows(lines)
    return read(path)


@pytest.fixture
def herp(tmp_path: Path) -> Reading:
    return exported(tmp_path, HERP, "utf-8", quoted=False)


@pytest.fixture
def hr_hacker(tmp_path: Path) -> Reading:
    return exported(tmp_path, HR_HACKER, "cp932", quoted=False)


@pytest.fixture
def air_work(tmp_path: Path) -> Reading:
    return exported(tmp_path, AIR_WORK, "utf-8-sig", quoted=True)


def test_a_list_with_the_outcome_in_the_ends_reason_is_understood(herp: Reading) -> None:
    assert herp.refusals == ()
    assert [one.selection.outcome for one in herp.applications] == [
        *("rejected", "withdrawn", "hired", "set-aside", "ongoing"),
    ]
    assert [one.selection.channel for one in herp.applications] == [
        *("scout", "agency", "employee", "own-site", "other"),
    ]
    assert [one.selection.stage for one in herp.applications] == [
        *("second-interview", "first-interview", "final-interview", "document"),
        "first-interview",
    ]


def test_days_without_a_time_are_days_in_japan(herp: Reading) -> None:
    selection = herp.applications[0].selection
    assert selection.applied_at == datetime(2026, 5, 31, 15, tzinfo=UTC)
    assert selection.ended_at == datetime(2026, 6, 30, 15, tzinfo=UTC)
    assert herp.applications[4].selection.ended_at is None


def test_a_list_without_kinds_says_that_all_are_read_as_mid_career(herp: Reading) -> None:
    assert {one.kind for one in herp.applications} == {"mid-career"}
    assert [note.code for note in herp.notes] == ["column-missing"]


def test_a_shops_list_in_cp932_is_understood(hr_hacker: Reading) -> None:
    assert hr_hacker.refusals == ()
    first, second = hr_hacker.applications
    assert first.key == "sheet:1001"
    assert first.person.name == "夢原 空太"
    assert first.person.kana == "ユメハラ ソラタ"
    assert first.person.born_on == date(1991, 4, 2)
    assert first.career.occupation == "retail"
    assert first.selection.channel == "job-board"
    assert first.selection.outcome == "rejected"
    assert first.selection.reason == "シフトが合わない"
    assert first.selection.applied_at == datetime(2026, 6, 11, 2, 7, 6, tzinfo=UTC)
    assert second.selection.outcome == "ongoing"
    assert second.person.email == ""


def test_what_nobody_may_ask_is_in_none_of_it(hr_hacker: Reading, air_work: Reading) -> None:
    told = repr(hr_hacker.applications) + repr(air_work.applications)
    assert "男性" not in told
    assert "女性" not in told
    assert "架空県" not in told
    assert ("性別", "column-not-kept") in {(note.column, note.code) for note in hr_hacker.notes}
    assert ("住所", "column-not-kept") in {(note.column, note.code) for note in air_work.notes}


def test_columns_that_mean_nothing_here_are_named_and_passed_over(hr_hacker: Reading) -> None:
    unknown = {note.column for note in hr_hacker.notes if note.code == "unknown-column"}
    assert unknown == {"更新日", "店舗ID", "店舗名"}


def test_a_list_without_an_end_says_that_nobody_counts_as_recent(hr_hacker: Reading) -> None:
    assert any("recent" in note.what.en for note in hr_hacker.notes if note.row == 0)


def test_a_quoted_list_with_eras_and_hiragana_is_understood(air_work: Reading) -> None:
    assert air_work.refusals == ()
    first, second = air_work.applications
    assert first.person.kana == "ゆめはら そらた"
    assert first.person.born_on == date(1991, 4, 2)
    assert first.person.age == 35
    assert first.career.prefecture == "27"
    assert first.selection.outcome == "rejected"
    assert second.person.born_on == date(2009, 5, 1)
    assert second.career.prefecture == "26"
    assert second.selection.outcome == "hired"


def test_a_channel_of_a_name_not_known_here_is_another_and_noted(air_work: Reading) -> None:
    assert air_work.applications[0].selection.channel == "other"
    assert air_work.applications[1].selection.channel == "job-board"
    noted = [(note.row, note.column) for note in air_work.notes if note.code == "unknown-value"]
    assert noted == [(2, "応募経路")]
