"""The company's own funnel: of those who applied, how many reached which step, by channel, kind."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar, get_args

from rich.box import SIMPLE_HEAD
from rich.table import Table

from career_relay.application import (
    CHANNEL_WORDS,
    CHANNELS,
    KIND_WORDS,
    KINDS,
    OUTCOME_WORDS,
    OUTCOMES,
    STAGES,
    Application,
    Outcome,
)
from career_relay.words import Language, Words

Step = Literal["applied", "first-interview", "second-interview", "final-interview", "hired"]
STEPS: tuple[Step, ...] = get_args(Step)

# Short in English: they head columns of figures, under a sentence that speaks of interviews.
STEP_WORDS: dict[Step, Words] = {
    "applied": Words(en="applied", ja="応募"),
    "first-interview": Words(en="1st", ja="一次面接"),
    "second-interview": Words(en="2nd", ja="二次面接"),
    "final-interview": Words(en="final", ja="最終面接"),
    "hired": Words(en="hired", ja="入社"),
}
_Code = TypeVar("_Code", bound=str)
_BAR_CELLS = 12
_ALL = Words(en="All", ja="全体")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelLine:
    """The counts of one group, one per step, never rising."""

    group: str
    code: str
    words: Words
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Funnel:
    """The counts of all, then by kind and by channel, and how the applications ended."""

    total: FunnelLine
    by_kind: tuple[FunnelLine, ...]
    by_channel: tuple[FunnelLine, ...]
    outcomes: dict[Outcome, int]


def build_funnel(applications: Sequence[Application]) -> Funnel:
    """Return the funnel of these applications; whoever was never screened is not in it."""
    screened = [one for one in applications if one.selection.outcome != "set-aside"]
    ended = [one.selection.outcome for one in applications]
    return Funnel(
        total=_line("all", "", _ALL, screened),
        by_kind=_lines("kind", KINDS, KIND_WORDS, screened, lambda one: one.kind),
        by_channel=_lines(
            "channel", CHANNELS, CHANNEL_WORDS, screened, lambda one: one.selection.channel
        ),
        outcomes={outcome: ended.count(outcome) for outcome in OUTCOMES},
    )


def finding(funnel: Funnel) -> Words:
    """Return the sentence that says what the funnel shows."""
    applied, interviewed, *_, hired = funnel.total.counts
    return Words(
        en="Of {applied} who applied, {interviewed} were interviewed ({share}) and {hired} hired.",
        ja="応募{applied}件のうち、面接に進んだのは{interviewed}件({share})、入社は{hired}件です。",
    ).filled(
        applied=applied,
        interviewed=interviewed,
        hired=hired,
        share=f"{100 * interviewed // applied}%" if applied else "–",
    )


def funnel_table(funnel: Funnel, language: Language) -> Table:
    """Return the counts as a table, with a bar for each group's applications."""
    table = Table(
        title=finding(funnel).into(language),
        title_justify="left",
        title_style="bold",
        box=SIMPLE_HEAD,
    )
    table.add_column("")
    for step in STEPS:
        table.add_column(STEP_WORDS[step].into(language), justify="right")
    table.add_column("", no_wrap=True, min_width=_BAR_CELLS)
    most = max(funnel.total.counts[0], 1)
    for section in ((funnel.total,), funnel.by_kind, funnel.by_channel):
        for line in section:
            table.add_row(
                line.words.into(language),
                *(f"{count:,}" for count in line.counts),
                _bar(line.counts, most),
            )
        table.add_section()
    return table


def outcome_words(funnel: Funnel, language: Language) -> str:
    """Return how the applications ended, in one line."""
    return " · ".join(
        f"{OUTCOME_WORDS[outcome].into(language)} {count:,}"
        for outcome, count in funnel.outcomes.items()
        if count
    )


def _lines(
    group: str,
    codes: Iterable[_Code],
    words: dict[_Code, Words],
    applications: Sequence[Application],
    code_of: Callable[[Application], _Code],
) -> tuple[FunnelLine, ...]:
    lines = (
        _line(group, code, words[code], [one for one in applications if code_of(one) == code])
        for code in codes
    )
    return tuple(line for line in lines if line.counts[0])


def _line(group: str, code: str, words: Words, applications: Sequence[Application]) -> FunnelLine:
    depths = [_depth(application) for application in applications]
    counts = tuple(sum(depth >= step for depth in depths) for step in range(len(STEPS)))
    return FunnelLine(group=group, code=code, words=words, counts=counts)


def _depth(application: Application) -> int:
    """Return the index of the last step that was reached; a hire reached all of them."""
    if application.selection.outcome == "hired":
        return len(STEPS) - 1
    stage = application.selection.stage
    return STAGES.index(stage) if stage else 0


def _bar(counts: Sequence[int], most: int) -> str:
    """Return a bar as long as the applications, filled as far as the interviews."""
    applied = round(_BAR_CELLS * counts[0] / most)
    interviewed = round(_BAR_CELLS * counts[1] / most)
    return "█" * interviewed + "░" * (applied - interviewed)
