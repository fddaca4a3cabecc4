"""Lists: where the header is, what its columns say of the whole, rows that are there twice."""

from pathlib import Path

import pytest

from career_relay.imports.table import Line, header_row, read_table
from career_relay.imports.verdicts import Note, Reading, UnreadableFileError, gather
from career_relay.words import same

PATH = Path("list.csv")
HEADER = (
    "応募ID",
    "氏名",
    "メールアドレス",
    "選考ステータス",
    "応募経路",
    "選考終了日時",
    "採用区分",
)


def row(key: str, name: str = "夢原 空太", status: str = "不採用") -> Line:
    return (key, name, "yumehara@example.jp", status, "求人媒体", "2026/06/11", "中途")


def read(*lines: Line, filled: bool = False) -> Reading:
    verdicts = read_table(PATH, lines, ragged="filled" if filled else "refused")
    return gather(PATH.name, same("list"), verdicts)


def codes(reading: Reading) -> list[tuple[int, str, str]]:
    return [(note.row, note.column, note.code) for note in reading.notes]


def test_each_row_under_the_header_gives_one_verdict_numbered_as_people_see_it() -> None:
    reading = read(HEADER, row("1"), row("2", status="謎"), row("3"))
    assert [taken.row for taken in reading.rows] == [2, 4]
    assert [refusal.row for refusal in reading.refusals] == [3]
    assert reading.notes == ()


def test_a_header_alone_holds_nobody() -> None:
    reading = read(HEADER)
    assert reading.rows == ()
    assert reading.refusals == ()


def test_titles_above_the_header_are_passed_over_and_counted() -> None:
    title: Line = ("2026年度 応募者一覧",)
    reading = read(title, (), HEADER, row("1"))
    assert [taken.row for taken in reading.rows] == [4]


@pytest.mark.parametrize(("above", "found"), [(0, 0), (9, 9), (10, None)])
def test_the_header_is_looked_for_in_the_first_ten_lines(above: int, found: int | None) -> None:
    assert header_row([*([("title",)] * above), HEADER]) == found


def test_of_two_headers_the_one_that_is_known_better_holds() -> None:
    group: Line = ("応募ID", "氏名", "年齢", "", "", "", "")
    assert header_row([group, HEADER]) == 1


def test_without_a_header_the_file_is_unreadable_and_says_which_columns_would_do() -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read(("a", "b", "c"), ("1", "2", "3"))
    assert refusal.value.code == "no-header"
    assert "応募ID" in refusal.value.mend.en
    assert "list.csv" in refusal.value.said.ja


def test_no_line_at_all_is_no_header() -> None:
    with pytest.raises(UnreadableFileError):
        read()


def test_an_unknown_column_is_a_remark_and_not_a_refusal() -> None:
    reading = read((*HEADER, "店舗ID"), (*row("1"), "99"))
    assert len(reading.rows) == 1
    assert codes(reading) == [(1, "店舗ID", "unknown-column")]


def test_a_nameless_column_is_passed_over_without_a_word() -> None:
    assert read((*HEADER, ""), (*row("1"), "x")).notes == ()


@pytest.mark.parametrize("header", ["性別", "本籍", "住所", "健康状態"])
def test_what_nobody_may_ask_is_not_read_and_said_so(header: str) -> None:
    reading = read((*HEADER, header), (*row("1"), "秘密の値"))
    assert codes(reading) == [(1, header, "column-not-kept")]
    assert "秘密の値" not in repr(reading)


@pytest.mark.parametrize(
    ("absent", "says"),
    [
        ("応募経路", "agency"),
        ("選考終了日時", "recent"),
        ("メールアドレス", "invited"),
        ("採用区分", "mid-career"),
    ],
)
def test_a_missing_column_that_matters_is_told_once(absent: str, says: str) -> None:
    place = HEADER.index(absent)
    lines = [
        tuple(cell for index, cell in enumerate(line) if index != place)
        for line in (HEADER, row("1"), row("2"))
    ]
    (note,) = read(*lines).notes
    assert (note.row, note.code) == (0, "column-missing")
    assert says in note.what.en


def test_a_row_there_twice_is_read_once_and_said_so() -> None:
    reading = read(HEADER, row("1"), row("2"), row("1"))
    assert [taken.application.key for taken in reading.rows] == ["sheet:1", "sheet:2"]
    assert codes(reading) == [(4, "", "repeated")]
    assert "2" in reading.notes[0].what.ja


def test_one_id_with_two_contents_is_refused_the_second_time() -> None:
    reading = read(HEADER, row("1"), row("1", name="別人 花子"))
    assert len(reading.rows) == 1
    (refusal,) = reading.refusals
    assert (refusal.row, refusal.code) == (3, "duplicate")
    assert "2" in refusal.what.en


def test_a_third_of_one_id_is_compared_with_the_first() -> None:
    reading = read(HEADER, row("1"), row("1", name="別人 花子"), row("1"))
    assert [refusal.row for refusal in reading.refusals] == [3]
    assert codes(reading) == [(4, "", "repeated")]


def test_empty_lines_are_passed_over() -> None:
    reading = read(HEADER, ("",) * 7, row("1"), (" ",) * 7, ())
    assert len(reading.rows) == 1
    assert reading.refusals == ()


@pytest.mark.parametrize(
    ("line", "code"), [(row("1")[:-1], "cut-off"), ((*row("1"), "x"), "too-many-cells")]
)
def test_a_line_of_another_length_was_cut_or_spilt(line: Line, code: str) -> None:
    reading = read(HEADER, line, row("2"))
    (refusal,) = reading.refusals
    assert (refusal.row, refusal.code) == (2, code)
    assert "7" in refusal.what.en
    assert [taken.application.key for taken in reading.rows] == ["sheet:2"]


def test_a_spreadsheets_short_line_has_empty_cells_at_its_end() -> None:
    reading = read(HEADER, row("1")[:-1], filled=True)
    assert reading.refusals == ()
    assert reading.rows[0].application.kind == "mid-career"


def test_remarks_on_rows_are_gathered_beside_those_on_the_file() -> None:
    odd = list(row("1"))
    odd[2] = "no address"
    reading = read((*HEADER, "店舗ID"), (*odd, "9"))
    assert codes(reading) == [(1, "店舗ID", "unknown-column"), (2, "メールアドレス", "wrong-type")]
    assert isinstance(reading.notes[0], Note)
