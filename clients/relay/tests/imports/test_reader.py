"""The one door: which reader a file gets, and what is said where none fits."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from career_relay.application import Application
from career_relay.imports.reader import files_in, read
from career_relay.imports.verdicts import UnreadableFileError
from career_relay.samples.files import csv_bytes, greenhouse_bytes, workbook_bytes

MADE_AT = datetime(2026, 10, 1, tzinfo=UTC)


@pytest.mark.parametrize("name", ["list.xlsx", "list.XLSX", "list.dat", "list"])
def test_a_workbook_is_known_by_its_bytes_or_its_name(
    tmp_path: Path, an_application: Application, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(workbook_bytes([an_application], made_at=MADE_AT))
    reading = read(path)
    assert reading.file == name
    assert reading.format.en == "Excel workbook"
    assert reading.applications == (an_application,)


@pytest.mark.parametrize("name", ["list.csv", "list.txt", "list.tsv", "list"])
def test_a_list_as_text_is_a_csv_whatever_its_name(
    tmp_path: Path, an_application: Application, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(csv_bytes([an_application]))
    assert read(path).format.en == "CSV"
    assert read(path).applications == (an_application,)


@pytest.mark.parametrize("name", ["export.json", "export.txt", "export"])
@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf", b"\n  "])
def test_json_is_known_by_its_first_sign_or_its_name(
    tmp_path: Path, an_application: Application, name: str, before: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(before + greenhouse_bytes([an_application]))
    reading = read(path)
    assert "Greenhouse" in reading.format.ja
    assert len(reading.rows) == 1


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.csv", b"", "empty"),
        ("list.xlsx", b"no workbook", "cut-off"),
        ("list.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "other-format"),
        ("list", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "other-format"),
        ("letter.pdf", b"%PDF-1.7 and so on", "other-format"),
        ("list.csv", b"a,b,c\r\n1,2,3\r\n", "no-header"),
        ("list.csv", b"\xfd\xfe\xff\xff", "not-text"),
        ("export.json", b'[{"id": 1, "first_name": "So', "cut-off"),
        ("export.json", b"[" * 200_000, "cut-off"),
        ("export.json", b"\xfd\xff{}", "not-text"),
        ("export.json", b'{"what": "ever"}', "unknown-json"),
        ("export.json", b"3", "unknown-json"),
        ("export.json", b'{"data": [{"id": "x"}], "hasNext": false}', "other-vendor"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_is_refused_in_words(
    tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as refusal:
        read(path)
    assert refusal.value.code == code
    assert refusal.value.file == name
    for words in (refusal.value.said, refusal.value.mend):
        assert words.en
        assert words.ja
    assert name in refusal.value.said.en


@pytest.mark.parametrize(
    ("vendor", "document"),
    [
        ("Teamtailor", {"data": [{"type": "candidates", "attributes": {}}]}),
        ("Lever", {"data": [{"stageChanges": [], "archived": {}}]}),
        ("Workable", {"candidates": [{"firstname": "Sora", "stage": "Applied"}]}),
    ],
)
def test_another_systems_file_is_named_and_said_not_to_be_read_yet(
    tmp_path: Path, vendor: str, document: object
) -> None:
    path = tmp_path / "export.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(UnreadableFileError) as refusal:
        read(path)
    assert f"looks like {vendor}" in refusal.value.what.en
    assert "not read yet" in refusal.value.what.en
    assert vendor in refusal.value.what.ja
    assert "CSV" in refusal.value.mend.en


def test_where_json_breaks_off_is_told_by_line_and_column(tmp_path: Path) -> None:
    path = tmp_path / "export.json"
    path.write_text('[\n{"id": 1,', encoding="utf-8")
    with pytest.raises(UnreadableFileError) as refusal:
        read(path)
    assert "2:10" in refusal.value.what.en


@pytest.mark.parametrize("missing", ["nowhere.csv", "folder"])
def test_what_cannot_be_opened_is_refused(tmp_path: Path, missing: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path / missing)
    assert refusal.value.code == "not-found"


def test_a_refusal_never_shows_the_folder_a_file_stands_in(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFileError) as refusal:
        read(tmp_path / "nowhere.csv")
    assert str(tmp_path) not in refusal.value.said.en


def test_a_folder_gives_its_files_by_name_and_a_file_itself(tmp_path: Path) -> None:
    for name in ("b.csv", "a.json", ".hidden"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    (tmp_path / "inner").mkdir()
    assert [path.name for path in files_in(tmp_path)] == ["a.json", "b.csv"]
    assert files_in(tmp_path / "b.csv") == [tmp_path / "b.csv"]
    assert files_in(tmp_path / "inner") == []


def test_every_file_of_other_systems_is_read_or_refused_in_words(vendor_samples: Path) -> None:
    paths = [path for path in vendor_samples.rglob("*") if path.is_file()]
    assert paths
    for path in paths:
        with suppress(UnreadableFileError):
            reading = read(path)
            assert reading.rows or reading.notes, path.name
