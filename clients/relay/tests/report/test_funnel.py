"""The funnel: counts of whoever reached each step, by hand-worked examples."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from career_relay.application import Application, Channel, Kind, Outcome, Stage
from career_relay.report.funnel import (
    STEP_WORDS,
    STEPS,
    build_funnel,
    finding,
    funnel_table,
    outcome_words,
)
from career_relay.samples.generate import SAMPLE_DAY, applications
from career_relay.words import Language


def made(
    an_application: Application,
    *,
    outcome: Outcome = "rejected",
    stage: Stage = "document",
    channel: Channel = "job-board",
    kind: Kind = "mid-career",
) -> Application:
    selection = replace(an_application.selection, outcome=outcome, stage=stage, channel=channel)
    return replace(an_application, kind=kind, selection=selection)


@pytest.mark.parametrize(
    ("outcome", "stage", "counts"),
    [
        ("rejected", "", (1, 0, 0, 0, 0)),
        ("rejected", "document", (1, 0, 0, 0, 0)),
        ("rejected", "first-interview", (1, 1, 0, 0, 0)),
        ("withdrawn", "second-interview", (1, 1, 1, 0, 0)),
        ("rejected", "final-interview", (1, 1, 1, 1, 0)),
        ("ongoing", "first-interview", (1, 1, 0, 0, 0)),
        ("hired", "", (1, 1, 1, 1, 1)),
        ("hired", "first-interview", (1, 1, 1, 1, 1)),
        ("set-aside", "document", (0, 0, 0, 0, 0)),
    ],
)
def test_one_application_counts_in_every_step_it_reached(
    an_application: Application, outcome: Outcome, stage: Stage, counts: tuple[int, ...]
) -> None:
    funnel = build_funnel([made(an_application, outcome=outcome, stage=stage)])
    assert funnel.total.counts == counts


def test_a_company_of_six_applications_is_counted_by_kind_and_channel(
    an_application: Application,
) -> None:
    funnel = build_funnel(
        [
            made(an_application, stage="document"),
            made(an_application, stage="first-interview", channel="scout"),
            made(an_application, stage="final-interview", kind="new-graduate"),
            made(an_application, outcome="hired", channel="scout"),
            made(an_application, outcome="withdrawn", stage="document", channel="agency"),
            made(an_application, outcome="set-aside"),
        ]
    )
    assert funnel.total.counts == (5, 3, 2, 2, 1)
    assert {line.code: line.counts for line in funnel.by_kind} == {
        "new-graduate": (1, 1, 1, 1, 0),
        "mid-career": (4, 2, 1, 1, 1),
    }
    assert {line.code: line.counts for line in funnel.by_channel} == {
        "agency": (1, 0, 0, 0, 0),
        "job-board": (2, 1, 1, 1, 0),
        "scout": (2, 2, 1, 1, 1),
    }
    assert funnel.outcomes == {
        "rejected": 3,
        "withdrawn": 1,
        "hired": 1,
        "ongoing": 0,
        "set-aside": 1,
    }


def test_the_finding_is_a_sentence_with_the_figures(an_application: Application) -> None:
    funnel = build_funnel(
        [
            made(an_application),
            made(an_application, stage="first-interview"),
            made(an_application, outcome="hired"),
        ]
    )
    said = finding(funnel)
    assert said.en == "Of 3 who applied, 2 were interviewed (66%) and 1 hired."
    assert said.ja == "応募3件のうち、面接に進んだのは2件(66%)、入社は1件です。"


def test_nobody_is_no_division_by_nobody() -> None:
    funnel = build_funnel([])
    assert funnel.total.counts == (0, 0, 0, 0, 0)
    assert funnel.by_kind == funnel.by_channel == ()
    assert "–" in finding(funnel).en
    assert shown(funnel_text([], "en")).startswith("Of 0")


def funnel_text(those: list[Application], language: Language, width: int = 100) -> str:
    console = Console(file=io.StringIO(), width=width)
    console.print(funnel_table(build_funnel(those), language))
    written = console.file
    assert isinstance(written, io.StringIO)
    return written.getvalue()


def shown(text: str) -> str:
    return text.strip()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["mid-career", "job board", "applied"]), ("ja", ["中途", "求人媒体", "応募"])],
)
def test_the_table_names_groups_and_steps_in_its_language(
    an_application: Application, language: Language, words: list[str]
) -> None:
    text = funnel_text([made(an_application)], language).casefold()
    assert all(word in text for word in words)


def test_bars_are_as_long_as_the_counts(an_application: Application) -> None:
    people = [
        *(made(an_application, channel="scout", stage="first-interview") for _ in range(3)),
        made(an_application, channel="agency"),
    ]
    lines = {
        line.split()[0]: line for line in funnel_text(people, "en").splitlines() if line.split()
    }
    assert lines["All"].count("█") == 9
    assert lines["All"].count("░") == 3
    assert lines["Scouting"].count("█") == 9
    assert lines["Agency"].count("█") == 0
    assert lines["Agency"].count("░") == 3


@pytest.mark.parametrize("width", [60, 80, 120])
def test_the_table_fits_the_terminal(an_application: Application, width: int) -> None:
    text = funnel_text([made(an_application, outcome="hired")], "en", width)
    assert max(len(line) for line in text.splitlines()) <= width


def test_how_it_ended_is_told_without_what_never_happened(an_application: Application) -> None:
    funnel = build_funnel([made(an_application), made(an_application, outcome="hired")])
    assert outcome_words(funnel, "en") == "rejected by us 1 · hired 1"
    assert outcome_words(funnel, "ja") == "不採用 1 · 入社決定 1"


def test_every_step_has_words() -> None:
    assert tuple(STEP_WORDS) == STEPS
    assert all(words.en and words.ja for words in STEP_WORDS.values())


@pytest.fixture(scope="module")
def sample() -> list[Application]:
    """A drawn list of every kind, channel and outcome."""
    return applications(6, 200, today=SAMPLE_DAY)


def test_no_step_is_reached_by_more_than_the_one_before(sample: list[Application]) -> None:
    funnel = build_funnel(sample)
    for line in (funnel.total, *funnel.by_kind, *funnel.by_channel):
        assert list(line.counts) == sorted(line.counts, reverse=True)
        assert len(line.counts) == len(STEPS)


def test_kinds_and_channels_each_add_up_to_the_whole(sample: list[Application]) -> None:
    funnel = build_funnel(sample)
    for lines in (funnel.by_kind, funnel.by_channel):
        sums = tuple(sum(counts) for counts in zip(*(line.counts for line in lines), strict=True))
        assert sums == funnel.total.counts


def test_outcomes_add_up_to_everybody(sample: list[Application]) -> None:
    funnel = build_funnel(sample)
    assert sum(funnel.outcomes.values()) == 200
    assert funnel.total.counts[0] == 200 - funnel.outcomes["set-aside"]
    assert funnel.total.counts[-1] == funnel.outcomes["hired"]


def test_the_order_of_the_list_changes_nothing(sample: list[Application]) -> None:
    assert build_funnel(sample[::-1]) == build_funnel(sample)
