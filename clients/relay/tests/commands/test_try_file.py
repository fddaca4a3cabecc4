"""`relay try`: what a newcomer sees, with the shipped samples and with a file of their own."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from career_relay.cli import main
from career_relay.clock import day_in_japan
from career_relay.samples.files import SAMPLE_FILES, csv_bytes
from career_relay.samples.generate import SAMPLE_DAY, Mix, applications

ENVIRONMENT = {"LANG": "en_US.UTF-8", "LC_ALL": None, "LC_MESSAGES": None, "COLUMNS": "100"}


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["try", *map(str, arguments)], env=ENVIRONMENT)


@pytest.fixture
def own_list(tmp_path: Path) -> Path:
    """A company's list, its newest decision some days before the machine's own day."""
    path = tmp_path / "oubosha.csv"
    today = datetime.now(UTC).date()
    path.write_bytes(csv_bytes(applications(4, 25, today=today)))
    return path


@pytest.mark.parametrize("sample", list(SAMPLE_FILES))
def test_every_shipped_sample_is_tried_to_its_end(sample: str) -> None:
    result = run("--sample", sample)
    assert result.exit_code == 0
    assert "300 rows taken, 0 refused" in result.output
    assert f"On {SAMPLE_DAY}, 146 of 300 could be invited." in result.output
    for reason in ("an agency introduced them to us", "we hired them", "younger than 18"):
        assert reason in result.output
    assert "We have decided not to offer you the position." in result.output
    assert "Looked for in all of it, and not found" in result.output
    assert "Of 293 who applied, 184 were interviewed (62%) and 32 hired." in result.output


def test_the_same_in_japanese() -> None:
    result = run("--sample", "xlsx", "--lang", "ja")
    assert result.exit_code == 0
    for said in (
        "300行を読み、0行は読めませんでした。",
        "300件のうち146件にご案内できます。",
        "紹介会社からの応募",
        "選考の結果、今回は採用を見送らせていただくことになりました。",
        "上のすべてから探し、見つからなかったもの",
        "応募293件のうち、面接に進んだのは184件(62%)、入社は32件です。",
    ):
        assert said in result.output


def test_the_json_says_all_of_it_and_nothing_else() -> None:
    result = run("--sample", "csv", "--json")
    assert result.exit_code == 0
    document = json.loads(result.stdout)
    assert document["taken"] == 300
    assert document["refused"] == []
    assert len(document["eligible"]) == 146
    assert len(document["not_eligible"]) == 154
    assert document["today"] == SAMPLE_DAY.isoformat()
    assert document["funnel"]["all"] == [293, 184, 92, 61, 32]
    assert {one["found"] for one in document["searched"]} == {0}
    assert len(document["would_leave"]) == 2
    assert [one["field"] for one in document["held_back"]] == ["summary"] * 3


def test_of_what_would_leave_the_json_shows_the_very_bytes_and_no_name(own_list: Path) -> None:
    document = json.loads(run(own_list, "--json").stdout)
    marks = [one["value"] for one in document["searched"]]
    assert marks
    for sent in document["would_leave"]:
        json.loads(sent["body"])
        assert not any(mark in sent["body"] for mark in marks)


def test_an_own_list_is_looked_at_today(own_list: Path) -> None:
    # The day in Japan; it may end while the list is looked at.
    before = day_in_japan(datetime.now(UTC))
    result = run(own_list)
    after = day_in_japan(datetime.now(UTC))
    assert result.exit_code == 0
    assert "oubosha.csv (CSV): 25 rows taken, 0 refused." in result.output
    assert f"On {before}" in result.output or f"On {after}" in result.output


def test_trying_writes_nothing(own_list: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    run(own_list)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_refused_row_is_told_and_ends_with_one(own_list: Path) -> None:
    broken = own_list.read_text(encoding="utf-8-sig").replace('年"', '歳暮"', 1)
    own_list.write_text(broken, encoding="utf-8-sig")
    result = run(own_list)
    assert result.exit_code == 1
    assert "24 rows taken, 1 refused" in result.output
    assert "経験年数" in result.output
    assert "is not a whole number" in result.output


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "The file is empty."),
        (b"a,b,c\n1,2,3\n", "No line of the first ten is a header"),
        (b"\xfd\xfe\xff\xff", "neither UTF-8 nor Shift_JIS"),
        (b'{"data": [], "hasNext": true}', "looks like Lever"),
    ],
)
def test_a_file_of_which_nothing_can_be_read_ends_with_two(
    tmp_path: Path, content: bytes, says: str
) -> None:
    path = tmp_path / "own.dat"
    path.write_bytes(content)
    result = run(path)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert says in " ".join(result.stderr.split())


def test_with_json_a_file_that_cannot_be_read_is_told_in_json(tmp_path: Path) -> None:
    result = run(tmp_path / "nowhere.csv", "--json")
    assert result.exit_code == 2
    error = json.loads(result.stdout)["error"]
    assert error["said"] == "nowhere.csv: The file cannot be opened."
    assert error["mend"]


@pytest.mark.parametrize("arguments", [[], ["own.csv", "--sample", "csv"], ["--sample", "pdf"]])
def test_a_file_or_a_sample_is_asked_for_and_not_both(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "--sample" in result.stderr


def test_a_list_of_nobody_eligible_shows_no_letter(tmp_path: Path) -> None:
    path = tmp_path / "old.csv"
    path.write_bytes(csv_bytes(applications(4, 5, today=SAMPLE_DAY.replace(year=2020))))
    result = run(path)
    assert result.exit_code == 0
    assert "0 of 5 could be invited." in result.output
    assert "One letter" not in result.output


def test_help_teaches_with_an_example() -> None:
    result = run("--help")
    assert result.exit_code == 0
    assert "relay try --sample xlsx" in result.output


@pytest.mark.parametrize("width", ["70", "80", "140"])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_nothing_runs_over_the_edge_of_the_terminal(
    own_list: Path, language: str, width: str
) -> None:
    result = CliRunner().invoke(
        main, ["try", str(own_list), "--lang", language], env={**ENVIRONMENT, "COLUMNS": width}
    )
    assert result.exit_code == 0
    assert max(cell_len(line) for line in result.output.splitlines()) <= int(width)


def test_a_text_that_tells_who_somebody_is_is_shown_as_held_back(tmp_path: Path) -> None:
    path = tmp_path / "leaks.csv"
    today = datetime.now(UTC).date()
    path.write_bytes(csv_bytes(applications(4, 25, today=today, mix=Mix(leaking=1.0))))
    result = run(path)
    assert "What would be held back" in result.output
    assert "tell who somebody is" in result.output
    assert "… and" in result.output
    document = json.loads(run(path, "--json").stdout)
    assert {one["field"] for one in document["held_back"]} == {"summary"}
    assert len(document["held_back"]) == len(document["eligible"])
