"""One row's cells: an application with remarks, or one refusal with its place and its mend."""

from collections.abc import Mapping
from datetime import UTC, date, datetime

import pytest

from career_relay.application import Application, Rating
from career_relay.imports.columns import Column, Meaning
from career_relay.imports.rows import Cell, RowReader
from career_relay.imports.verdicts import Refusal, Row

LEAST: dict[str, str] = {"応募ID": "A-1", "氏名": "夢原 空太", "選考ステータス": "不採用"}
MEANINGS: dict[str, Meaning] = {
    "応募ID": "key",
    "氏名": "name",
    "姓": "family-name",
    "名": "given-name",
    "フリガナ": "kana",
    "セイ": "family-kana",
    "メイ": "given-kana",
    "生年月日": "born-on",
    "年齢": "age",
    "メール": "email",
    "電話番号": "phone",
    "言語": "language",
    "採用区分": "kind",
    "応募職種": "position",
    "応募経路": "channel",
    "選考ステータス": "status",
    "終了理由": "end-reason",
    "選考段階": "stage",
    "選考理由": "reason",
    "備考": "comment",
    "一次面接評価": "rating",
    "二次面接": "rating",
    "応募日時": "applied-at",
    "終了日時": "ended-at",
    "現職": "employer",
    "前職": "employer",
    "業界": "industry",
    "経験年数": "experience-years",
    "スキル": "skills",
    "語学": "languages",
    "希望年収": "salary",
    "希望勤務地": "prefecture",
    "雇用形態": "employment",
    "入社可能時期": "available-from",
    "リモート": "remote",
    "職務要約": "summary",
    "推薦": "endorsement",
    "書類破棄": "destroy-documents",
    "連絡可否": "may-contact",
}


def wide(text: str) -> str:
    """Return a text in full width, as it is often typed in Japan."""
    return text.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


def reader(cells: Mapping[str, str], *, optional: bool = False, unit: bool = False) -> RowReader:
    return RowReader(
        row=7,
        source="sheet",
        cells=[
            Cell(
                column=Column(header=header, meaning=MEANINGS[header], in_ten_thousands=unit),
                text=text,
                optional=optional and header not in LEAST,
            )
            for header, text in cells.items()
        ],
    )


def taken(**cells: str) -> Application:
    verdict = reader({**LEAST, **cells}).verdict()
    assert isinstance(verdict, Row)
    return verdict.application


def refused(**cells: str) -> Refusal:
    verdict = reader({**LEAST, **cells}).verdict()
    assert isinstance(verdict, Refusal)
    return verdict


def noted(**cells: str) -> list[tuple[str, str]]:
    verdict = reader({**LEAST, **cells}).verdict()
    assert isinstance(verdict, Row)
    return [(note.column, note.code) for note in verdict.notes]


def test_an_id_a_name_and_a_status_are_enough() -> None:
    application = taken()
    assert application.key == "sheet:A-1"
    assert application.person.name == "夢原 空太"
    assert application.selection.outcome == "rejected"
    assert application.kind == "mid-career"
    assert application.locale == "ja"
    assert application.selection.channel == "other"
    assert application.selection.may_contact
    assert not application.selection.destroy_documents


def test_everything_a_row_can_hold_is_read() -> None:
    application = taken(
        フリガナ="ユメハラ ソラタ",
        生年月日="1991/04/02",
        年齢="35歳",
        メール="Yumehara@EXAMPLE.jp",
        電話番号="090-0000-0001",
        採用区分="中途",
        応募職種="バックエンドエンジニア",
        応募経路="求人媒体",
        選考段階="二次面接",
        選考理由="募集人数に達したため",
        備考="社内メモ",
        一次面接評価="◎",
        二次面接="○",
        応募日時="2026/06/11 11:07:06",
        終了日時="2026/07/01 10:00",
        現職="株式会社架空電機",
        前職="見本商事",
        業界="IT",
        経験年数="9年",
        スキル="Python、SQL",
        語学="英語(ビジネス)",
        希望年収="600万円",
        希望勤務地="東京都",
        雇用形態="正社員",
        入社可能時期="2027年1月",
        リモート="希望する",
        職務要約="設計から運用まで。",
        推薦="具体的でした。",
        書類破棄="なし",
        連絡可否="可",
    )
    person, career, selection = application.person, application.career, application.selection
    assert person.kana == "ユメハラ ソラタ"
    assert person.email == "Yumehara@example.jp"
    assert person.phone == "090-0000-0001"
    assert person.born_on == date(1991, 4, 2)
    assert person.age == 35
    assert person.employers == ("株式会社架空電機", "見本商事")
    assert career.occupation == "software"
    assert career.industry == "information"
    assert career.experience_years == 9
    assert career.skills == ("Python", "SQL")
    assert career.languages == ("en:B2",)
    assert career.desired_salary_yen == 6_000_000
    assert career.prefecture == "13"
    assert career.employment == "permanent"
    assert career.available_from == "2027-01"
    assert career.remote is True
    assert career.summary == "設計から運用まで。"
    assert career.endorsement == "具体的でした。"
    assert selection.channel == "job-board"
    assert selection.stage == "second-interview"
    assert selection.reason == "募集人数に達したため"
    assert selection.comment == "社内メモ"
    assert selection.ratings == (
        Rating(interview="一次面接", mark=4),
        Rating(interview="二次面接", mark=3),
    )
    assert selection.applied_at == datetime(2026, 6, 11, 2, 7, 6, tzinfo=UTC)
    assert selection.ended_at == datetime(2026, 7, 1, 1, 0, tzinfo=UTC)


def test_full_width_cells_are_read_like_plain_ones() -> None:
    application = taken(
        生年月日=wide("1991/04/02"),
        経験年数=wide("9") + "年",
        希望年収=wide("600") + "万円",
        メール=wide("yumehara@example.jp"),
        一次面接評価=wide("A"),
    )
    assert application.person.born_on == date(1991, 4, 2)
    assert application.career.experience_years == 9
    assert application.career.desired_salary_yen == 6_000_000
    assert application.person.email == "yumehara@example.jp"
    assert application.selection.ratings[0].mark == 4


def test_a_name_in_two_columns_is_joined_surname_first() -> None:
    cells = {"応募ID": "A-1", "選考ステータス": "不採用", "姓": "夢原", "名": "空太"}
    verdict = reader({**cells, "セイ": "ユメハラ", "メイ": "ソラタ"}).verdict()
    assert isinstance(verdict, Row)
    assert verdict.application.person.name == "夢原 空太"
    assert verdict.application.person.kana == "ユメハラ ソラタ"


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("経験年数", "2.5e-42", "wrong-type"),
        ("経験年数", "3.5", "wrong-type"),
        ("経験年数", "61", "out-of-range"),
        ("年齢", "2.5e-42", "wrong-type"),
        ("年齢", "9", "out-of-range"),
        ("年齢", "111", "out-of-range"),
        ("生年月日", "20XX/04/02", "wrong-type"),
        ("応募日時", "2026/02/30", "wrong-type"),
        ("終了日時", "soon", "wrong-type"),
        ("希望年収", "応相談", "wrong-type"),
        ("希望年収", "999999999", "out-of-range"),
        ("一次面接評価", "優", "unknown-value"),
        ("書類破棄", "たぶん", "wrong-type"),
        ("連絡可否", "?", "wrong-type"),
        ("リモート", "週3", "wrong-type"),
        ("選考ステータス", "終了", "unknown-value"),
        ("氏名", "夢\x00原", "control-character"),
        ("備考", "長" * 20_001, "too-long"),
    ],
)
def test_a_wrong_cell_refuses_the_row_by_row_column_what_and_mend(
    column: str, text: str, code: str
) -> None:
    refusal = refused(**{column: text})
    assert refusal.row == 7
    assert refusal.column == column
    assert refusal.code == code
    assert refusal.what.en
    assert refusal.what.ja
    assert refusal.mend.en
    assert refusal.mend.ja


@pytest.mark.parametrize("text", ["", "  ", "\u3000"])
def test_an_empty_cell_is_no_wrong_cell(text: str) -> None:
    application = taken(経験年数=text, 生年月日=text, 希望年収=text, 一次面接評価=text)
    assert application.career.experience_years is None
    assert application.person.born_on is None
    assert application.career.desired_salary_yen is None
    assert application.selection.ratings == ()


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ("メール", "yumehara at example.jp"),
        ("応募経路", "謎の経路"),
        ("選考段階", "なぞ"),
        ("採用区分", "なぞ"),
        ("業界", "なぞ"),
        ("語学", "クリンゴン語"),
        ("希望勤務地", "全国"),
        ("雇用形態", "なぞ"),
        ("入社可能時期", "即日"),
    ],
)
def test_what_a_referral_can_do_without_is_noted_and_left_out(column: str, text: str) -> None:
    assert [name for name, _ in noted(**{column: text})] == [column]


def test_an_address_that_cannot_be_read_leaves_the_person_without_one() -> None:
    assert taken(メール="yumehara at example.jp").person.email == ""


def test_a_fault_in_an_optional_cell_is_noted_and_the_row_taken() -> None:
    verdict = reader({**LEAST, "希望年収": "120K", "経験年数": "2.5e-42"}, optional=True).verdict()
    assert isinstance(verdict, Row)
    assert verdict.application.career.desired_salary_yen is None
    assert {note.code for note in verdict.notes} == {"wrong-type"}
    assert {note.column for note in verdict.notes} == {"希望年収", "経験年数"}


def test_a_header_in_ten_thousands_counts_so() -> None:
    verdict = reader({**LEAST, "希望年収": "12000"}, unit=True).verdict()
    assert isinstance(verdict, Refusal)
    plain = reader({**LEAST, "希望年収": "12000"}).verdict()
    assert isinstance(plain, Row)
    assert plain.application.career.desired_salary_yen == 12_000


@pytest.mark.parametrize(
    ("status", "end_reason", "outcome"),
    [
        ("終了", "不採用", "rejected"),
        ("終了", "応募者辞退", "withdrawn"),
        ("", "入社決定", "hired"),
        ("不採用", "応募者辞退", "rejected"),
    ],
)
def test_where_the_status_only_says_it_is_over_the_ends_reason_counts(
    status: str, end_reason: str, outcome: str
) -> None:
    application = taken(選考ステータス=status, 終了理由=end_reason)
    assert application.selection.outcome == outcome


def test_without_any_status_a_row_is_refused() -> None:
    refusal = refused(選考ステータス="")
    assert refusal.code == "missing"
    assert refusal.column == "選考ステータス"


def test_an_end_before_the_application_is_refused_and_the_same_moment_is_not() -> None:
    moment = "2026/06/11 11:07:06"
    assert taken(応募日時=moment, 終了日時=moment).selection.ended_at is not None
    refusal = refused(応募日時=moment, 終了日時="2026/06/11 11:07:05")
    assert refusal.code == "out-of-order"
    assert refusal.column == "終了日時"


@pytest.mark.parametrize(
    ("age", "notes"),
    [("35", []), ("34", []), ("36", []), ("33", [("年齢", "age-differs")])],
)
def test_an_age_more_than_a_year_off_the_birth_date_is_noted(
    age: str, notes: list[tuple[str, str]]
) -> None:
    assert noted(生年月日="1991/04/02", 年齢=age, 応募日時="2026/06/11") == notes


def test_the_birth_date_holds_where_the_age_contradicts_it() -> None:
    application = taken(生年月日="1991/04/02", 年齢="20", 応募日時="2026/06/11")
    assert application.person.age_on(date(2026, 6, 11)) == 35


@pytest.mark.parametrize("born_on", ["2026/06/12", "1900/01/01"])
def test_a_birth_date_that_nobody_living_has_is_refused(born_on: str) -> None:
    refusal = refused(生年月日=born_on, 応募日時="2026/06/11")
    assert refusal.code == "out-of-range"
    assert refusal.column == "生年月日"


def test_without_an_id_person_and_moment_name_the_row_again_and_again() -> None:
    first = taken(応募ID="", メール="yumehara@example.jp", 応募日時="2026/06/11")
    again = taken(応募ID="", メール="YUMEHARA@example.jp", 応募日時="2026/06/11", 備考="後から")
    other = taken(応募ID="", メール="yumehara@example.jp", 応募日時="2026/06/12")
    assert first.key.startswith("sheet:row-")
    assert first.key == again.key
    assert first.key != other.key
    assert "yumehara" not in first.key


def test_without_id_name_and_address_a_row_is_nobodys() -> None:
    refusal = refused(応募ID="", 氏名="")
    assert refusal.code == "missing"


def test_an_id_without_a_person_counts_in_the_funnel_and_is_noted() -> None:
    assert noted(氏名="") == [("", "no-person")]


def test_a_very_long_id_is_cut() -> None:
    assert len(taken(応募ID="9" * 500).key) == len("sheet:") + 100


@pytest.mark.parametrize(
    ("name", "kana", "language", "locale"),
    [
        ("夢原 空太", "", "", "ja"),
        ("Sora Yumehara", "", "", "en"),
        ("Sora Yumehara", "ソラ ユメハラ", "", "ja"),
        ("夢原 空太", "", "English", "en"),
        ("夢原 空太", "", "英語", "en"),
        ("Sora Yumehara", "", "日本語", "ja"),
        ("", "", "", "ja"),
    ],
)
def test_a_letter_is_written_in_the_wished_language_else_the_names(
    name: str, kana: str, language: str, locale: str
) -> None:
    assert taken(氏名=name, フリガナ=kana, 言語=language).locale == locale


def test_skills_longer_than_a_profile_takes_are_left_out_and_twenty_kept() -> None:
    many = "、".join(f"技能{number}" for number in range(30))
    assert len(taken(スキル=many).career.skills) == 20
    assert taken(スキル="x" * 40).career.skills == ("x" * 40,)
    assert taken(スキル="x" * 41).career.skills == ()


def test_of_several_languages_the_known_ones_are_kept() -> None:
    verdict = reader({**LEAST, "語学": "英語(ビジネス)、クリンゴン語、中国語(初級)"}).verdict()
    assert isinstance(verdict, Row)
    assert verdict.application.career.languages == ("en:B2", "zh:A2")
    assert [note.code for note in verdict.notes] == ["unknown-value"]


def test_the_ends_reason_stands_in_where_no_other_reason_does() -> None:
    assert taken(終了理由="不採用").selection.reason == "不採用"
    assert taken(終了理由="不採用", 選考理由="募集人数").selection.reason == "募集人数"
