"""The published formula: in which order an agency sees the profiles that match its vacancy.

Profiles are ordered by exactly what the vacancy asks for, compared with exactly what agencies
are shown. Nothing that the hub alone knows has a part in it, and it adds no judgement:

1. how many of the required skills are met,
2. how many of the welcome skills and languages are met,
3. then occupation, experience, place, salary and employment, in this order: met comes before
   possible, possible before all else. *Possible* is what a band leaves open.
4. Ties are broken by a hash of the day, the vacancy and the pairwise id, so that everybody can
   compute it again and nobody is always first.

What was not asked for has no part at all.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Final, Literal

from exchange.domain.listing import EXPERIENCED_FROM_YEARS, HIGHER_SALARY_FROM_YEN
from exchange.domain.vacancies import Vacancy, skill_key
from relay_protocol import codes
from relay_protocol.canonical import Encodable

Published = Mapping[str, Encodable]
State = Literal["met", "possible", "missing", "not-shown"]

CRITERIA: Final = (
    "required",
    "welcome",
    "occupation",
    "experience",
    "place",
    "salary",
    "employment",
)
"""What a vacancy may ask for, in the order in which it weighs."""

_WORTH: Final[Mapping[State, int]] = MappingProxyType(
    {"met": 2, "possible": 1, "missing": 0, "not-shown": 0}
)
TIES: Final = b"career-relay/ties/v1\x00"
"""What the hash that breaks ties begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """How a profile stands to one thing that the vacancy asks for.

    Attributes:
        wanted: a skill, a language such as `en:B2`, or "" where the vacancy as a whole says it.
        shown: what the profile shows of it, as its code; "" where it shows nothing.
    """

    criterion: str
    state: State
    wanted: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One profile as it stands to one vacancy."""

    pairwise_id: str
    published: Published
    reasons: tuple[Reason, ...]

    def met(self, criterion: str) -> int:
        """Return how many things of one criterion are met."""
        return sum(reason.state == "met" for reason in self._of(criterion))

    def asked(self, criterion: str) -> int:
        """Return how many things of one criterion the vacancy asks for."""
        return len(self._of(criterion))

    @property
    def is_relevant(self) -> bool:
        """Whether anything that the vacancy asks for is met, or may be; all, if it asks nothing."""
        return not self.reasons or any(_WORTH[reason.state] for reason in self.reasons)

    @property
    def meets_all_required(self) -> bool:
        """Whether every required skill is met."""
        return self.met("required") == self.asked("required")

    @property
    def extra_skills(self) -> tuple[str, ...]:
        """The skills that are shown though the vacancy does not ask for them."""
        wanted = {skill_key(reason.wanted) for reason in self.reasons}
        return tuple(
            skill for skill in _texts(self.published, "skills") if skill_key(skill) not in wanted
        )

    def rank(self) -> tuple[int, ...]:
        """Return the worth of each criterion, in the order in which they weigh."""
        return tuple(
            sum(_WORTH[reason.state] for reason in self._of(criterion)) for criterion in CRITERIA
        )

    def _of(self, criterion: str) -> list[Reason]:
        return [reason for reason in self.reasons if reason.criterion == criterion]


def order(vacancy: Vacancy, profiles: Mapping[str, Published], day: date) -> list[Match]:
    """Return the profiles that match a vacancy, best first, each with its reasons.

    Args:
        profiles: what agencies are shown, by pairwise id.
        day: the scheme's day, which seeds the order of ties.
    """
    digest = vacancy.digest()
    matches = [
        Match(
            pairwise_id=pairwise_id, published=published, reasons=tuple(reasons(vacancy, published))
        )
        for pairwise_id, published in profiles.items()
        if published.get("job_kind") == vacancy.job_kind
    ]

    def place(match: Match) -> tuple[tuple[int, ...], bytes]:
        worth = tuple(-value for value in match.rank())
        return worth, tie(day, digest, match.pairwise_id)

    return sorted((match for match in matches if match.is_relevant), key=place)


def tie(day: date, vacancy_digest: bytes, pairwise_id: str) -> bytes:
    """Return what orders profiles of equal worth on one day: a hash of what the agency knows."""
    seed = TIES + day.isoformat().encode() + b"\x00" + vacancy_digest
    return hashlib.sha256(seed + b"\x00" + pairwise_id.encode()).digest()


def reasons(vacancy: Vacancy, published: Published) -> list[Reason]:
    """Return how a profile stands to each thing that the vacancy asks for."""
    found = [_skill(published, "required", skill) for skill in vacancy.required_skills]
    found += [_skill(published, "welcome", skill) for skill in vacancy.welcome_skills]
    found += [_language(published, wanted) for wanted in vacancy.languages]
    if vacancy.occupation:
        group = codes.occupation_group(vacancy.occupation)
        found.append(_single(published, "occupation", "occupation_group", _equal(group)))
    if vacancy.experience_years_min:
        least = vacancy.experience_years_min
        found.append(_single(published, "experience", "experience", _experienced(least)))
    if vacancy.prefectures:
        found.append(_place(vacancy, published))
    if vacancy.salary_max_yen:
        highest = vacancy.salary_max_yen
        found.append(_single(published, "salary", "salary", _affordable(highest)))
    if vacancy.employment:
        wanted = vacancy.employment
        found.append(_single(published, "employment", "employment", _equal(wanted)))
    return found


def _skill(published: Published, criterion: str, wanted: str) -> Reason:
    """Return whether one skill is shown, whatever its spelling."""
    skills = _texts(published, "skills")
    if not skills:
        return Reason(criterion=criterion, state="not-shown", wanted=wanted)
    shown = next((skill for skill in skills if skill_key(skill) == skill_key(wanted)), "")
    return Reason(
        criterion=criterion, state="met" if shown else "missing", wanted=wanted, shown=shown
    )


def _language(published: Published, wanted: str) -> Reason:
    """Return whether a language is shown at the wanted level or a higher one."""
    languages = _texts(published, "languages")
    if not languages:
        return Reason(criterion="welcome", state="not-shown", wanted=wanted)
    language, _, level = wanted.partition(":")
    levels = list(codes.LABELS["language_level"])
    for shown in languages:
        has, _, at = shown.partition(":")
        if has == language and levels.index(at) >= levels.index(level):
            return Reason(criterion="welcome", state="met", wanted=wanted, shown=shown)
    return Reason(criterion="welcome", state="missing", wanted=wanted)


def _single(
    published: Published, criterion: str, field: str, compare: Callable[[str], State]
) -> Reason:
    """Return how one shown value stands to what is asked."""
    value = published.get(field)
    if value is None:
        return Reason(criterion=criterion, state="not-shown")
    return Reason(criterion=criterion, state=compare(str(value)), shown=str(value))


def _equal(wanted: str) -> Callable[[str], State]:
    """Return the comparison with one wanted code."""
    return lambda shown: "met" if shown == wanted else "missing"


def _experienced(least_years: int) -> Callable[[str], State]:
    """Return the comparison of a band of years with the fewest that are asked for."""

    def compare(shown: str) -> State:
        if shown == "5-plus":
            return "met" if least_years <= EXPERIENCED_FROM_YEARS else "possible"
        return "possible" if least_years < EXPERIENCED_FROM_YEARS else "missing"

    return compare


def _affordable(highest_yen: int) -> Callable[[str], State]:
    """Return the comparison of a wished salary's band with the highest that the job pays."""

    def compare(shown: str) -> State:
        if shown == "under-6m":
            return "met" if highest_yen >= HIGHER_SALARY_FROM_YEN else "possible"
        return "possible" if highest_yen >= HIGHER_SALARY_FROM_YEN else "missing"

    return compare


def _place(vacancy: Vacancy, published: Published) -> Reason:
    """Return how the wished half of the country stands to the job's prefectures."""
    shown = published.get("region")
    if vacancy.remote and published.get("remote") is True:
        return Reason(criterion="place", state="met", shown=str(shown or ""))
    if shown is None:
        return Reason(criterion="place", state="not-shown")
    regions = {codes.region(prefecture) for prefecture in vacancy.prefectures}
    state: State = "possible" if shown in regions else "missing"
    return Reason(criterion="place", state=state, shown=str(shown))


def _texts(published: Published, name: str) -> Sequence[str]:
    """Return a shown list of texts; empty where it is not shown."""
    value = published.get(name)
    return [str(text) for text in value] if isinstance(value, list | tuple) else []
