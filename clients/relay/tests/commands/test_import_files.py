"""`relay import`: into the store, twice without change, never half."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from career_relay.application import Application
from career_relay.assets import applications
from career_relay.assets.store import open_store
from career_relay.cli import main
from career_relay.samples.files import csv_bytes, greenhouse_bytes, workbook_bytes
from career_relay.samples.generate import SAMPLE_DAY
from career_relay.samples.generate import applications as made_up

ENVIRONMENT = {"LANG": "en_US.UTF-8", "LC_ALL": None, "LC_MESSAGES": None, "COLUMNS": "100"}
MADE = made_up(4, 12, today=SAMPLE_DAY)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A member's folder with its configuration and one list."""
    (tmp_path / "relay.toml").write_text('hub = "h"\nslug = "mirai"\n', encoding="utf-8")
    (tmp_path / "list.csv").write_bytes(csv_bytes(MADE))
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    files = [name if name.startswith("--") else str(folder / name) for name in arguments]
    config = ["--config", str(folder / "relay.toml")]
    return CliRunner().invoke(main, [*config, "import", *files], env=ENVIRONMENT)


def held(folder: Path) -> list[Application]:
    with open_store(folder / "assets.db") as store, store.reading() as connection:
        return list(applications.every(connection))


def test_a_list_is_taken_into_the_store(folder: Path) -> None:
    result = run(folder, "list.csv")
    assert result.exit_code == 0
    assert "12 new, 0 brought up to date, 0 as before." in result.output
    assert held(folder) == MADE


def test_a_second_import_changes_nothing(folder: Path) -> None:
    run(folder, "list.csv")
    before = held(folder)
    result = run(folder, "list.csv")
    assert result.exit_code == 0
    assert "0 new, 0 brought up to date, 12 as before." in result.output
    assert held(folder) == before


def test_the_same_list_in_another_format_changes_nothing(folder: Path) -> None:
    run(folder, "list.csv")
    made_at = datetime(2026, 10, 1, tzinfo=UTC)
    (folder / "list.xlsx").write_bytes(workbook_bytes(MADE, made_at=made_at))
    assert "12 as before" in run(folder, "list.xlsx").output


def test_a_changed_row_is_brought_up_to_date_and_told(folder: Path) -> None:
    run(folder, "list.csv")
    text = (
        (folder / "list.csv")
        .read_text(encoding="utf-8-sig")
        .replace("090-0000-4003", "090-0000-9999")
    )
    (folder / "list.csv").write_text(text, encoding="utf-8-sig")
    result = run(folder, "list.csv")
    assert result.exit_code == 0
    assert "0 new, 1 brought up to date, 11 as before." in result.output
    assert "S04-0003: phone" in result.output


def test_refused_rows_are_told_the_rest_is_taken_and_one_is_the_end(folder: Path) -> None:
    text = (folder / "list.csv").read_text(encoding="utf-8-sig").replace('年"', '.5年"', 1)
    (folder / "list.csv").write_text(text, encoding="utf-8-sig")
    result = run(folder, "list.csv")
    assert result.exit_code == 1
    assert "11 rows taken, 1 refused." in result.output
    assert len(held(folder)) == 11


def test_somebody_elses_id_is_refused_by_the_store(folder: Path) -> None:
    run(folder, "list.csv")
    other = made_up(5, 12, today=SAMPLE_DAY)
    text = csv_bytes(other).decode("utf-8-sig").replace("S05-", "S04-")
    (folder / "other.csv").write_text(text, encoding="utf-8-sig")
    result = run(folder, "other.csv")
    assert result.exit_code == 1
    assert "0 new, 0 brought up to date, 0 as before." in result.output
    assert held(folder) == MADE
    refused = json.loads(run(folder, "other.csv", "--json").stdout)["files"][0]["refused_by_store"]
    assert {one["code"] for one in refused} == {"someone-else"}
    assert len(refused) == 12


def test_of_several_files_the_readable_are_taken_and_the_worst_is_the_end(folder: Path) -> None:
    (folder / "broken.xlsx").write_bytes(b"PK but no workbook")
    (folder / "export.json").write_bytes(greenhouse_bytes(MADE[:3]))
    result = run(folder, "broken.xlsx", "list.csv", "export.json")
    assert result.exit_code == 2
    assert "broken.xlsx: The workbook is cut off" in result.output
    assert len(held(folder)) == 15


def test_the_json_tells_every_file(folder: Path) -> None:
    (folder / "empty.csv").touch()
    result = run(folder, "list.csv", "empty.csv", "--json")
    assert result.exit_code == 2
    first, second = json.loads(result.stdout)["files"]
    assert (first["file"], first["new"], first["same"], first["changed"]) == ("list.csv", 12, 0, {})
    assert (second["file"], second["code"]) == ("empty.csv", "empty")
    assert second["mend"]


def test_without_a_configuration_nothing_is_imported(folder: Path) -> None:
    (folder / "relay.toml").unlink()
    result = run(folder, "list.csv")
    assert result.exit_code == 2
    assert "relay.toml is not there: name yours with --config FILE" in " ".join(
        result.stderr.split()
    )
    assert not (folder / "assets.db").exists()


def test_a_store_that_is_none_is_refused_and_left(folder: Path) -> None:
    (folder / "assets.db").write_bytes(b"a letter\n" * 100)
    result = run(folder, "list.csv")
    assert result.exit_code == 2
    assert "no SQLite database" in result.stderr


def test_without_a_file_the_help_is_pointed_to(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 2
    assert "import --help" in result.stderr


def test_help_teaches_with_an_example(folder: Path) -> None:
    assert "relay import oubosha.xlsx" in run(folder, "--help").output
