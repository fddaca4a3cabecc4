"""Headers: what the columns of real systems mean, and what is not read on purpose."""

import pytest

from career_relay.imports.columns import Meaning, column_of, columns_of, looks_like_headers

HRHACKER = (
    "応募者id,応募求人先,選考ステータス,応募経路,名前,名前フリガナ,性別,生年月日,選考理由,"
    "応募日時,更新日,店舗ID"
)
AIRWORK = "応募ID,応募者名,ふりがな,生年月日,年齢,応募経路,応募日時,応募求人ID,希望勤務地,対応状況"


@pytest.mark.parametrize(
    ("header", "meaning"),
    [
        ("応募ID", "key"),
        ("応募者id", "key"),
        ("Application ID", "key"),
        ("氏名", "name"),
        ("名前", "name"),
        ("Full Name", "name"),
        ("姓", "family-name"),
        ("名", "given-name"),
        ("last_name", "family-name"),
        ("フリガナ", "kana"),
        ("ふりがな", "kana"),
        ("セイ", "family-kana"),
        ("生年月日", "born-on"),
        ("年齢", "age"),
        ("メールアドレス", "email"),
        ("E-mail", "email"),
        ("EMAIL ADDRESS", "email"),
        ("電話番号", "phone"),
        ("新卒/中途", "kind"),
        ("新卒・中途", "kind"),
        ("応募職種", "position"),
        ("応募経路", "channel"),
        ("選考ステータス", "status"),
        ("対応状況", "status"),
        ("終了理由", "end-reason"),
        ("選考段階", "stage"),
        ("選考理由", "reason"),
        ("一次面接評価", "rating"),
        ("1次面接評価", "rating"),
        ("最終面接 評価", "rating"),
        ("評価", "rating"),
        ("応募日時", "applied-at"),
        ("選考終了日時", "ended-at"),
        ("現職(勤務先)", "employer"),
        ("業界", "industry"),
        ("経験年数", "experience-years"),
        ("スキル", "skills"),
        ("語学", "languages"),
        ("希望年収(万円)", "salary"),
        ("Desired Salary", "salary"),
        ("希望勤務地", "prefecture"),
        ("雇用形態", "employment"),
        ("入社可能時期", "available-from"),
        ("リモート希望", "remote"),
        ("職務要約", "summary"),
        ("推薦コメント", "endorsement"),
        ("書類破棄の約束", "destroy-documents"),
        ("連絡可否", "may-contact"),
        ("備考", "comment"),
        ("性別", "not-kept"),
        ("国籍", "not-kept"),
        ("本籍地", "not-kept"),
        ("配偶者の有無", "not-kept"),
        ("顔写真", "not-kept"),
        ("住所", "not-kept"),
        ("Gender", "not-kept"),
    ],
)
def test_a_header_means_what_lists_mean_by_it(header: str, meaning: Meaning) -> None:
    column = column_of(header)
    assert column is not None
    assert column.meaning == meaning
    assert column.header == header


@pytest.mark.parametrize(
    "header",
    [
        "希望年収(万円)",
        "希望年収\uff08万円\uff09",
        "\u3000希望年収 【万円】",
        "希望年収[万円]",
        "希望年収※(万円)",
    ],
)
def test_width_brackets_and_spaces_make_no_difference_and_the_unit_is_kept(header: str) -> None:
    column = column_of(header)
    assert column is not None
    assert column.meaning == "salary"
    assert column.in_ten_thousands


def test_without_a_unit_in_the_header_none_is_assumed() -> None:
    column = column_of("希望年収")
    assert column is not None
    assert not column.in_ten_thousands


@pytest.mark.parametrize("header", ["", "更新者", "店舗ID", "(万円)", "xyz", "評価者コメント欄"])
def test_other_headers_are_not_known(header: str) -> None:
    assert column_of(header) is None


def test_two_systems_headers_are_understood_as_they_stand() -> None:
    known = [
        [column.meaning if column else None for column in columns_of(line.split(","))]
        for line in (HRHACKER, AIRWORK)
    ]
    assert known[0] == [
        *("key", "position", "status", "channel", "name", "kana", "not-kept", "born-on"),
        *("reason", "applied-at", None, None),
    ]
    assert known[1] == [
        *("key", "name", "kana", "born-on", "age", "channel", "applied-at", None),
        *("prefecture", "status"),
    ]


def test_of_two_columns_of_one_meaning_the_left_one_holds() -> None:
    first, second = columns_of(["氏名", "名前"])
    assert first is not None
    assert first.header == "氏名"
    assert second is None


def test_several_ratings_and_employers_all_count() -> None:
    columns = columns_of(["一次面接評価", "二次面接評価", "現職", "前職"])
    assert [column.meaning for column in columns if column] == ["rating"] * 2 + ["employer"] * 2


@pytest.mark.parametrize(
    ("headers", "is_header"),
    [
        (["応募ID", "氏名", "選考ステータス"], True),
        (["氏名", "年齢", "電話番号"], True),
        (["氏名", "年齢"], False),
        (["年齢", "電話番号", "応募経路"], False),
        (["2026年度 応募者一覧", "", ""], False),
        ([], False),
    ],
)
def test_a_header_has_three_meanings_and_tells_who_or_how_it_ended(
    headers: list[str], *, is_header: bool
) -> None:
    assert looks_like_headers(columns_of(headers)) is is_header
