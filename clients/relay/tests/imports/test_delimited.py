"""CSV: every coding that Japanese systems write, and files that were cut."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from career_relay.application import Application
from career_relay.imports.delimited import decode, read_delimited
from career_relay.imports.verdicts import Reading, UnreadableFileError, gather
from career_relay.samples.files import csv_bytes
from career_relay.words import same

HEADER = "応募ID,氏名,メールアドレス,選考ステータス,応募経路,選考終了日時,採用区分\r\n"
LINE = "A-1,夢原 空太,yumehara@example.jp,不採用,求人媒体,2026/06/11 11:07:06,中途\r\n"


def read(folder: Path, content: bytes) -> Reading:
    path = folder / "list.csv"
    path.write_bytes(content)
    return gather(path.name, same("CSV"), read_delimited(path))


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_every_coding_of_japanese_systems_is_read_alike(tmp_path: Path, coding: str) -> None:
    reading = read(tmp_path, (HEADER + LINE).encode(coding))
    (row,) = reading.rows
    assert row.application.person.name == "夢原 空太"
    assert row.application.key == "sheet:A-1"
    assert reading.refusals == ()


@pytest.mark.parametrize("coding", ["utf-8-sig", "utf-8", "cp932"])
def test_a_written_sample_is_read_back_as_it_was(
    tmp_path: Path, an_application: Application, coding: str
) -> None:
    reading = read(tmp_path, csv_bytes([an_application], coding=coding))
    assert reading.applications == (an_application,)


@pytest.mark.parametrize("letters", ["髙﨑", "①", "㈱架空", "~", "―"])
def test_the_letters_that_only_windows_has_are_read_from_cp932(
    tmp_path: Path, letters: str
) -> None:
    reading = read(tmp_path, (HEADER + LINE.replace("夢原", letters)).encode("cp932"))
    assert len(reading.rows) == 1


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_the_one_of_the_header(tmp_path: Path, delimiter: str) -> None:
    reading = read(tmp_path, (HEADER + LINE).replace(",", delimiter).encode())
    assert len(reading.rows) == 1


@pytest.mark.parametrize("newline", ["\r\n", "\n", "\r"])
def test_every_end_of_line_is_one(tmp_path: Path, newline: str) -> None:
    reading = read(tmp_path, (HEADER + LINE).replace("\r\n", newline).encode())
    assert len(reading.rows) == 1


def test_a_cell_of_two_lines_in_quotation_marks_is_one_cell(tmp_path: Path) -> None:
    header = HEADER.replace("採用区分", "採用区分,備考")
    line = LINE.replace("中途", '中途,"一行目\r\n二行目, ""引用"""')
    reading = read(tmp_path, (header + line + LINE.replace("中途", "中途,")).encode())
    assert reading.rows[0].application.selection.comment == '一行目\r\n二行目, "引用"'


def test_everything_in_quotation_marks_is_read(tmp_path: Path) -> None:
    quoted = "\r\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in (HEADER + LINE).splitlines()
    )
    assert len(read(tmp_path, quoted.encode("utf-8-sig")).rows) == 1


def test_a_quotation_that_is_never_closed_was_cut_off(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path, (HEADER + '"A-1,夢原').encode())
    assert refusal.value.code == "cut-off"
    assert refusal.value.mend.ja


def test_a_last_line_that_was_cut_is_refused_and_the_rest_taken(tmp_path: Path) -> None:
    reading = read(tmp_path, (HEADER + LINE + LINE[:20]).encode())
    assert len(reading.rows) == 1
    (refusal,) = reading.refusals
    assert (refusal.row, refusal.code) == (3, "cut-off")


def test_a_file_cut_within_a_letter_is_no_utf_8_and_not_read_as_something_else(
    tmp_path: Path,
) -> None:
    whole = (HEADER + LINE).encode()
    cut = whole[: whole.index("空".encode()) + 1]
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path, cut)
    assert refusal.value.code == "cut-off"


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe\x00",
        b"\xff\xff\xff\xff",
        b"abc\x00def",
        b"\x80\x81\x82\xfd\xfe",
        b"\xa0\xfd",
    ],
)
def test_bytes_in_no_known_coding_are_refused(tmp_path: Path, raw: bytes) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path, raw)
    assert refusal.value.code == "not-text"


def test_another_coding_that_happens_to_decode_is_refused_for_its_header(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path, (HEADER + LINE).encode("euc-jp"))
    assert refusal.value.code in {"not-text", "no-header"}


def test_a_bom_is_no_part_of_the_first_header(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    assert decode(path, b"\xef\xbb\xbfid") == "id"
    assert decode(path, "id".encode("utf-16")) == "id"


@settings(max_examples=150, deadline=None)
@given(raw=st.binary(max_size=400))
def test_whatever_the_bytes_there_are_verdicts_or_one_refusal(
    tmp_path_factory: pytest.TempPathFactory, raw: bytes
) -> None:
    folder = tmp_path_factory.mktemp("fuzz")
    with suppress(UnreadableFileError):
        assert read(folder, HEADER.encode() + raw).file == "list.csv"
