"""`relay eligible`: who of the store may be invited, and why the others may not."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from career_relay.application import Application
from career_relay.assets import applications, referrals
from career_relay.assets.referrals import Referral
from career_relay.assets.store import open_store
from career_relay.cli import main
from career_relay.imports.verdicts import Row

ENVIRONMENT = {"LANG": "en_US.UTF-8", "LC_ALL": None, "LC_MESSAGES": None, "COLUMNS": "120"}
YESTERDAY = datetime.now(UTC) - timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path, with_selection: Callable[..., Application]) -> Path:
    """A member's folder whose store holds one eligible person and one who came by an agency."""
    (tmp_path / "relay.toml").write_text('hub = "h"\nslug = "mirai"\n', encoding="utf-8")
    eligible = with_selection(ended_at=YESTERDAY.replace(microsecond=0))
    other = replace(
        with_selection(ended_at=YESTERDAY.replace(microsecond=0), channel="agency"),
        key="sheet:B-1",
        person=replace(eligible.person, name="別人 花子", email="betsujin@example.jp"),
    )
    rows = [Row(row=2, application=eligible), Row(row=3, application=other)]
    with open_store(tmp_path / "assets.db") as store, store.transaction() as connection:
        applications.keep(connection, "x.csv", rows, at=YESTERDAY)
    return tmp_path


def run(folder: Path, *arguments: str) -> Result:
    config = ["--config", str(folder / "relay.toml")]
    return CliRunner().invoke(main, [*config, "eligible", *arguments], env=ENVIRONMENT)


def test_the_eligible_are_listed_and_the_reasons_counted(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 0
    assert "1 of 2 may be invited on" in result.output
    assert "夢原 空太" in result.output
    assert "別人 花子" not in result.output
    assert "1  an agency introduced them to us" in result.output


def test_everybody_can_be_listed_with_the_reasons(folder: Path) -> None:
    result = run(folder, "--all")
    assert "別人 花子" in result.output
    line = next(line for line in result.output.splitlines() if "別人 花子" in line)
    assert "an agency" in line


def test_the_list_speaks_japanese(folder: Path) -> None:
    result = run(folder, "--lang", "ja")
    assert "2件のうち1件にご案内できます" in result.output
    assert "紹介会社からの応募" in result.output
    assert "二次面接" in result.output


def test_whoever_has_a_referral_is_not_listed_again(folder: Path) -> None:
    referral = Referral(
        referral="ref_1",
        application="sheet:A-1",
        token="secret",
        job_kind="mid-career",
        locale="ja",
        opened_at=YESTERDAY,
        expires_on=date(2030, 1, 1),
    )
    with open_store(folder / "assets.db") as store, store.transaction() as connection:
        referrals.draw(connection, referral)
    result = run(folder)
    assert "0 of 2 may be invited" in result.output
    assert "1  already invited" in result.output


def test_the_clock_of_a_demonstration_counts(folder: Path) -> None:
    (folder / "clock").write_text(str(200 * 86_400), encoding="ascii")
    with (folder / "relay.toml").open("a", encoding="utf-8") as config:
        config.write('clock = "clock"\n')
    assert "2  the decision is too long ago" in run(folder).output


def test_how_long_a_decision_is_recent_is_the_members_choice(folder: Path) -> None:
    assert "1 of 2" in run(folder).output
    (folder / "clock").write_text(str(10 * 86_400), encoding="ascii")
    with (folder / "relay.toml").open("a", encoding="utf-8") as config:
        config.write('clock = "clock"\n[invitation]\nrecent_days = 10\n')
    assert "0 of 2" in run(folder).output


def test_the_json_names_keys_and_reasons_and_no_person(folder: Path) -> None:
    result = run(folder, "--json")
    document = json.loads(result.stdout)
    assert document["eligible"] == ["sheet:A-1"]
    assert document["not_eligible"] == {"sheet:B-1": ["through-agency"]}
    assert "夢原" not in result.stdout


def test_an_empty_store_has_nobody(tmp_path: Path) -> None:
    (tmp_path / "relay.toml").write_text('hub = "h"\nslug = "mirai"\n', encoding="utf-8")
    result = run(tmp_path)
    assert result.exit_code == 0
    assert "0 of 0" in result.output


def test_help_teaches_with_an_example(folder: Path) -> None:
    assert "relay eligible --all" in run(folder, "--help").output
