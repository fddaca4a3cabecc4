"""Sample files: as systems write them, byte for byte the same each time."""

import csv
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from openpyxl import load_workbook

from career_relay.application import Application
from career_relay.imports.columns import columns_of
from career_relay.samples.files import (
    SAMPLE_FILES,
    csv_bytes,
    greenhouse_bytes,
    workbook_bytes,
    write_samples,
)

MADE_AT = datetime(2026, 10, 1, tzinfo=UTC)


def test_a_csv_is_quoted_with_windows_line_ends_and_a_bom(an_application: Application) -> None:
    raw = csv_bytes([an_application])
    assert raw.startswith(b'\xef\xbb\xbf"')
    header, line = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    held = dict(zip(header, line, strict=True))
    assert held["応募ID"] == "A-1"
    assert held["応募日時"] == "2026/07/01 10:00:00"
    assert held["生年月日"] == "1991/04/02"
    assert held["希望年収(万円)"] == "600"
    assert held["一次面接評価"] == "◎"
    assert held["選考ステータス"] == "不採用"
    assert held["新卒/中途"] == "中途"


@pytest.mark.parametrize(
    ("coding", "start"), [("utf-8-sig", b"\xef\xbb\xbf"), ("utf-8", b'"'), ("cp932", b'"')]
)
def test_a_csv_is_written_in_the_coding_asked_for(
    an_application: Application, coding: str, start: bytes
) -> None:
    raw = csv_bytes([an_application], coding=coding)
    assert raw.startswith(start)
    assert "夢原" in raw.decode(coding)


def test_every_header_but_one_is_known_to_the_reader(an_application: Application) -> None:
    header = csv_bytes([an_application]).decode("utf-8-sig").splitlines()[0]
    names = [name.strip('"') for name in header.split(",")]
    unknown = [
        name for name, column in zip(names, columns_of(names), strict=True) if column is None
    ]
    assert unknown == ["更新者"]


def test_a_workbook_holds_dates_as_dates_and_numbers_as_numbers(
    an_application: Application,
) -> None:
    book = load_workbook(io.BytesIO(workbook_bytes([an_application], made_at=MADE_AT)))
    sheet = book["応募者一覧"]
    header = [cell.value for cell in sheet[1]]
    held = dict(zip(header, [cell.value for cell in sheet[2]], strict=True))
    assert held["応募日時"] == datetime(2026, 7, 1, 10, 0)  # noqa: DTZ001 a workbook knows no zone
    assert held["希望年収(万円)"] == 600
    assert held["年齢"] == 35
    assert sheet.freeze_panes == "C2"


def test_a_workbook_says_no_more_about_its_making_than_it_is_told(
    an_application: Application,
) -> None:
    first = workbook_bytes([an_application], made_at=MADE_AT)
    assert workbook_bytes([an_application], made_at=MADE_AT) == first
    with zipfile.ZipFile(io.BytesIO(first)) as archive:
        assert {member.date_time[0] for member in archive.infolist()} == {2026}
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2026-10-01T00:00:00Z") == 2
    assert "openpyxl" not in core


def test_absent_values_are_empty_cells(with_person: Callable[..., Application]) -> None:
    nobody = with_person(email="", born_on=None, age=None, employers=())
    header, line = csv.reader(io.StringIO(csv_bytes([nobody]).decode("utf-8-sig"), newline=""))
    held = dict(zip(header, line, strict=True))
    assert held["生年月日"] == held["年齢"] == held["勤務先"] == held["メールアドレス"] == ""


def test_greenhouse_has_one_candidate_a_line(an_application: Application) -> None:
    raw = greenhouse_bytes([an_application, an_application])
    document = json.loads(raw)
    assert len(document["candidates"]) == 2
    assert len(document["scorecards"]) == 4
    assert sum(line.startswith('{"id"') for line in raw.decode().splitlines()) == 6


def test_three_files_are_written_under_the_names_of_the_samples(
    tmp_path: Path, an_application: Application
) -> None:
    write_samples([an_application], tmp_path / "data", made_at=MADE_AT)
    assert {path.name for path in (tmp_path / "data").iterdir()} == set(SAMPLE_FILES.values())


def test_what_is_not_known_of_somebody_is_an_empty_cell(an_application: Application) -> None:
    career = replace(an_application.career, experience_years=None, desired_salary_yen=None)
    assert "None" not in csv_bytes([replace(an_application, career=career)]).decode("utf-8-sig")
