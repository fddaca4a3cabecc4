"""Drawn applications: the same for the same seed, with the shares asked for, and as shipped."""

import io
import subprocess
import sys
import zipfile
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import as_file
from pathlib import Path

import pytest

from career_relay.application import Application
from career_relay.clock import day_in_japan
from career_relay.eligible import judge
from career_relay.imports.reader import read
from career_relay.samples.files import SAMPLE_FILES, SAMPLES, write_samples
from career_relay.samples.generate import (
    SAMPLE_COUNT,
    SAMPLE_DAY,
    SAMPLE_SEED,
    Mix,
    applications,
)
from relay_protocol import codes

TODAY = date(2027, 2, 1)
NOBODY = Mix(
    focus=0, agency=0, hired=0, withdrawn=0, set_aside=0, old=0, promised=0, silent=0, leaking=0
)


@pytest.fixture(scope="module")
def shipped() -> list[Application]:
    """The applications that the shipped files hold."""
    return applications(SAMPLE_SEED, SAMPLE_COUNT, today=SAMPLE_DAY)


def share(those: list[Application], count: int) -> float:
    return count / len(those)


def days_ago(application: Application) -> int:
    assert application.selection.ended_at is not None
    return (TODAY - day_in_japan(application.selection.ended_at)).days


def test_one_seed_gives_one_list_and_two_seeds_share_nobody() -> None:
    first = applications(1, 40, today=TODAY)
    assert applications(1, 40, today=TODAY) == first
    other = applications(2, 40, today=TODAY)
    assert not {one.key for one in first} & {one.key for one in other}
    assert not {one.person.email for one in first if one.person.email} & {
        one.person.email for one in other
    }


def test_a_longer_list_begins_with_the_shorter_one() -> None:
    assert applications(1, 40, today=TODAY)[:10] == applications(1, 10, today=TODAY)


def test_the_list_is_the_same_on_any_run_of_the_machine() -> None:
    program = (
        "from datetime import date\n"
        "from career_relay.samples.generate import applications\n"
        "print(applications(3, 5, today=date(2027, 2, 1)))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "TZ": zone},
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout
        for seed, zone in [("0", "UTC"), ("1", "Asia/Tokyo"), ("42", "America/New_York")]
    }
    assert len(runs) == 1


def test_everything_ended_before_the_day_and_after_it_began() -> None:
    for one in applications(1, 300, today=TODAY):
        applied_at, ended_at = one.selection.applied_at, one.selection.ended_at
        assert applied_at is not None
        assert ended_at is not None
        assert applied_at < ended_at
        assert day_in_japan(ended_at) <= TODAY - timedelta(days=3)


def test_ages_agree_with_birth_dates_on_the_day_of_application() -> None:
    for one in applications(1, 300, today=TODAY):
        assert one.selection.applied_at is not None
        assert one.person.age == one.person.age_on(day_in_japan(one.selection.applied_at))


def test_nobody_worked_before_leaving_school() -> None:
    for one in applications(1, 300, today=TODAY):
        assert one.person.age is not None
        assert 0 <= (one.career.experience_years or 0) <= max(one.person.age - 22, 0)


@pytest.mark.parametrize("name", ["agency", "hired", "withdrawn", "set_aside", "old", "promised"])
@pytest.mark.parametrize("wanted", [0.0, 0.3, 1.0])
def test_a_share_is_kept_within_chance(name: str, wanted: float) -> None:
    made = applications(5, 400, today=TODAY, mix=replace(NOBODY, **{name: wanted}))
    counts = {
        "agency": sum(one.selection.channel == "agency" for one in made),
        "hired": sum(one.selection.outcome == "hired" for one in made),
        "withdrawn": sum(one.selection.outcome == "withdrawn" for one in made),
        "set_aside": sum(one.selection.outcome == "set-aside" for one in made),
        "old": sum(days_ago(one) > 180 for one in made),
        "promised": sum(one.selection.destroy_documents for one in made),
    }
    assert abs(share(made, counts[name]) - wanted) <= (0.08 if 0 < wanted < 1 else 0)
    others = {other: count for other, count in counts.items() if other != name}
    assert set(others.values()) == {0}


def test_a_focused_list_falls_into_few_classes() -> None:
    made = applications(5, 120, today=TODAY, mix=replace(NOBODY, focus=1.0))
    assert {one.kind for one in made} == {"mid-career"}
    assert {one.career.prefecture for one in made} == {"13", "14", "27"}
    assert {one.career.occupation for one in made} == {
        "software",
        "corporate-sales",
        "data",
        "customer-success",
    }
    assert all(25 <= (one.person.age or 0) < 40 for one in made)
    assert all(one.eligible for one in judge(made, today=TODAY))


def test_the_shipped_list_holds_everything_a_newcomer_should_see(
    shipped: list[Application],
) -> None:
    assert len(shipped) == 300
    assert {one.kind for one in shipped} == {"new-graduate", "mid-career", "part-time"}
    reasons = Counter(reason for one in judge(shipped, today=SAMPLE_DAY) for reason in one.reasons)
    assert set(reasons) >= {
        *("hired", "withdrew", "never-screened", "too-old", "through-agency"),
        *("documents-destroyed", "asked-for-silence", "under-age", "no-email"),
    }
    eligible = sum(one.eligible for one in judge(shipped, today=SAMPLE_DAY))
    assert 100 <= eligible <= 200


@pytest.mark.parametrize("name", ["xlsx", "csv", "greenhouse"])
def test_a_shipped_file_is_read_back_as_the_list_it_was_made_from(
    shipped: list[Application], name: str
) -> None:
    with as_file(SAMPLES / SAMPLE_FILES[name]) as path:
        reading = read(path)
    assert reading.refusals == ()
    keyless = [replace(one, key="") for one in reading.applications]
    assert keyless == [replace(one, key="") for one in shipped]


def members(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_shipped_files_are_what_the_script_writes(
    shipped: list[Application], tmp_path: Path
) -> None:
    write_samples(shipped, tmp_path, made_at=datetime.combine(SAMPLE_DAY, time(), UTC))
    for name in ("csv", "greenhouse"):
        held = (SAMPLES / SAMPLE_FILES[name]).read_bytes()
        assert (tmp_path / SAMPLE_FILES[name]).read_bytes() == held, name
    workbook = (tmp_path / SAMPLE_FILES["xlsx"]).read_bytes()
    assert members(workbook) == members((SAMPLES / SAMPLE_FILES["xlsx"]).read_bytes())


def group_of(application: Application) -> tuple[object, ...]:
    """Return what agencies would still see of a person at a coarse level."""
    career, age = application.career, application.person.age_on(TODAY)
    assert age is not None
    return (
        application.kind,
        age < 35,
        codes.region(career.prefecture),
        codes.occupation_group(career.occupation),
        (career.experience_years or 0) < 5,
        (career.desired_salary_yen or 0) < 6_000_000,
    )


def test_three_members_focused_lists_meet_in_groups_of_three_and_more() -> None:
    members: dict[tuple[object, ...], Counter[int]] = defaultdict(Counter)
    for seed in (1, 2, 3):
        made = applications(seed, 60, today=TODAY, mix=Mix(focus=1.0))
        for one in judge(made, today=TODAY):
            if one.eligible:
                members[group_of(one.application)][seed] += 1
    everybody = sum(group.total() for group in members.values())
    together = sum(
        group.total() for group in members.values() if group.total() >= 3 and len(group) == 3
    )
    assert everybody >= 80
    assert together / everybody > 0.6
