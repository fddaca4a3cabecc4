"""Draw ended applications from a seed, and write the sample files that are shipped.

`python -m career_relay.samples.generate` writes them anew beside this file.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from career_relay.application import (
    STAGES,
    Application,
    Career,
    Channel,
    Employment,
    Kind,
    Outcome,
    Person,
    Rating,
    Selection,
    Stage,
)
from career_relay.clock import JAPAN
from career_relay.samples.careers import (
    COMMENTS,
    ENDORSEMENTS,
    LANGUAGE_WORDS,
    REASONS_AGAINST,
    REASONS_TO_LEAVE,
    TRADES,
)
from career_relay.samples.files import SAMPLES, write_samples
from career_relay.samples.people import made_up_company, made_up_name

SAMPLE_SEED = 1
SAMPLE_COUNT = 300
SAMPLE_DAY = date(2026, 10, 1)
"""The day on which the shipped samples are looked at, so that they never grow too old."""

_FOCUS_OCCUPATIONS = ("software", "corporate-sales", "data", "customer-success")
_FOCUS_PREFECTURES = ("13", "13", "14", "27")
_INTERVIEWS = ("一次面接", "二次面接", "最終面接")
_PART_TIME_TRADES = ("retail", "food-lodging", "logistics", "production")
_MINOR_AGES = (16, 17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """The shares, 0 to 1, of what a list holds.

    Attributes:
        focus: mid-career people of 25 to 39 in technology and sales around Tokyo and Osaka, so
            that many profiles fall into few classes.
        agency: of all, who came through an agency.
        hired: of all.
        withdrawn: of all, who left the selection themselves.
        set_aside: of all, who were never screened.
        old: of all, whose selection ended half a year ago or earlier.
        promised: of all, whose documents were promised to be destroyed.
        silent: of all, who want no messages or gave no e-mail address.
        leaking: of all, whose own summary tells who they are.
    """

    focus: float = 0.6
    agency: float = 0.15
    hired: float = 0.10
    withdrawn: float = 0.12
    set_aside: float = 0.02
    old: float = 0.12
    promised: float = 0.04
    silent: float = 0.03
    leaking: float = 0.03


def applications(
    seed: int, count: int, *, today: date, mix: Mix | None = None
) -> list[Application]:
    """Return so many ended applications of made-up people, the same for the same arguments.

    Args:
        seed: lists of different seeds share no address and no key.
        count: how many.
        today: the day they are looked at; all of them ended before it.
        mix: the shares of what the list holds.
    """
    shares = mix or Mix()
    return [
        _Draw(
            chance=Random(f"{seed}/{number}"),  # noqa: S311 chance that can be repeated
            seed=seed,
            number=number,
            today=today,
            mix=shares,
        ).application()
        for number in range(1, count + 1)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draw:
    """One person's draw: a source of chance of its own, so that no draw moves another."""

    chance: Random
    seed: int
    number: int
    today: date
    mix: Mix

    def application(self) -> Application:
        focused = self._happens(self.mix.focus)
        kind = self._kind(focused=focused)
        occupation = self._occupation(kind, focused=focused)
        outcome = self._outcome()
        stage = self._stage(outcome)
        applied_at, ended_at = self._times()
        age = self._age(kind, focused=focused)
        person = self._person(kind, age, applied_at)
        career = self._career(kind, occupation, age, focused=focused)
        if stage in STAGES[1:] and outcome == "rejected" and self._happens(0.3):
            career = replace(career, endorsement=self.chance.choice(ENDORSEMENTS))
        if self._happens(self.mix.leaking):
            career = replace(career, summary=self._leaking(career.summary, person))
        return Application(
            key=f"sheet:S{self.seed:02d}-{self.number:04d}",
            kind=kind,
            locale="ja",
            person=person,
            career=career,
            selection=Selection(
                outcome=outcome,
                position=self.chance.choice(TRADES[occupation].titles),
                channel=self._channel(),
                stage=stage,
                reason=self._reason(outcome),
                comment=self.chance.choice(COMMENTS) if self._happens(0.3) else "",
                ratings=tuple(self._ratings(outcome, stage)),
                applied_at=applied_at,
                ended_at=ended_at,
                destroy_documents=self._happens(self.mix.promised),
                may_contact=not self._happens(self.mix.silent / 2),
            ),
        )

    def _happens(self, share: float) -> bool:
        return self.chance.random() < share

    def _kind(self, *, focused: bool) -> Kind:
        if focused:
            return "mid-career"
        kinds: Sequence[Kind] = ("mid-career", "new-graduate", "part-time")
        return self.chance.choices(kinds, weights=(50, 32, 18))[0]

    def _occupation(self, kind: Kind, *, focused: bool) -> str:
        if focused:
            return self.chance.choices(_FOCUS_OCCUPATIONS, weights=(40, 30, 15, 15))[0]
        return self.chance.choice(_PART_TIME_TRADES if kind == "part-time" else tuple(TRADES))

    def _outcome(self) -> Outcome:
        mix = self.mix
        outcomes: Sequence[Outcome] = ("hired", "withdrawn", "set-aside", "rejected")
        given = (mix.hired, mix.withdrawn, mix.set_aside)
        return self.chance.choices(outcomes, weights=(*given, 1 - sum(given)))[0]

    def _stage(self, outcome: Outcome) -> Stage:
        if outcome == "hired":
            return "final-interview"
        if outcome == "set-aside":
            return "document"
        return self.chance.choices(STAGES, weights=(45, 30, 15, 10))[0]

    def _channel(self) -> Channel:
        if self._happens(self.mix.agency):
            return "agency"
        channels: Sequence[Channel] = ("job-board", "own-site", "scout", "employee", "other")
        return self.chance.choices(channels, weights=(45, 20, 20, 10, 5))[0]

    def _times(self) -> tuple[datetime, datetime]:
        old = self._happens(self.mix.old)
        days_ago = self.chance.randrange(190, 420) if old else self.chance.randrange(3, 150)
        ended_on = self.today - timedelta(days=days_ago)
        applied_on = ended_on - timedelta(days=self.chance.randrange(7, 60))
        return self._at_work(applied_on), self._at_work(ended_on)

    def _at_work(self, day: date) -> datetime:
        moment = time(
            self.chance.randrange(9, 19), self.chance.randrange(60), self.chance.randrange(60)
        )
        return datetime.combine(day, moment, JAPAN).astimezone(UTC)

    def _age(self, kind: Kind, *, focused: bool) -> int:
        if focused:
            return self.chance.randrange(25, 40)
        if kind == "new-graduate":
            return self.chance.randrange(20, 24)
        if kind == "part-time":
            return (
                self.chance.choice(_MINOR_AGES)
                if self._happens(0.2)
                else self.chance.randrange(18, 62)
            )
        return self.chance.randrange(24, 60)

    def _person(self, kind: Kind, age: int, applied_at: datetime) -> Person:
        name = made_up_name(self.chance, self.seed, self.number)
        applied_on = applied_at.astimezone(JAPAN).date()
        # Born so many years and some days before the application: the age is exact on that day.
        born_on = date(applied_on.year - age, applied_on.month, min(applied_on.day, 28))
        born_on -= timedelta(days=self.chance.randrange(1, 330))
        born_on = born_on.replace(day=min(born_on.day, 28))
        employed = kind == "mid-career"
        return Person(
            name=name.name,
            kana=name.kana,
            email="" if self._happens(self.mix.silent / 2) else name.email,
            phone=name.phone,
            born_on=born_on,
            age=age,
            employers=(made_up_company(self.chance),) if employed else (),
        )

    def _career(self, kind: Kind, occupation: str, age: int, *, focused: bool) -> Career:
        trade = TRADES[occupation]
        years = 0 if kind == "new-graduate" else min(age - 22, self.chance.randrange(2, 13))
        years = max(years, 0)
        salary = (320 + 18 * years + 10 * self.chance.randrange(0, 12)) // 10 * 10
        employment: Employment = "part-time" if kind == "part-time" else "permanent"
        tongues = tuple(LANGUAGE_WORDS)
        sentence = f"{trade.deed}。" + (f"経験は{years}年です。" if years else "実習で学びました。")
        return Career(
            occupation=occupation,
            industry="information" if focused else trade.industry,
            experience_years=years,
            skills=tuple(self.chance.sample(trade.skills, min(3, len(trade.skills)))),
            languages=(self.chance.choice(tongues),) if self._happens(0.3) else (),
            desired_salary_yen=None if kind == "part-time" else salary * 10_000,
            available_from=f"{self.today.year + 1}-04" if kind == "new-graduate" else self._month(),
            employment=employment,
            prefecture=self.chance.choice(_FOCUS_PREFECTURES) if focused else self._anywhere(),
            remote=self.chance.choice((True, False, None)),
            summary=sentence if self._happens(0.7) else "",
        )

    def _month(self) -> str:
        months = self.today.year * 12 + self.today.month - 1 + self.chance.randrange(1, 6)
        return f"{months // 12}-{months % 12 + 1:02d}"

    def _anywhere(self) -> str:
        return f"{self.chance.randrange(1, 48):02d}"

    def _reason(self, outcome: Outcome) -> str:
        if outcome == "rejected":
            return self.chance.choice(REASONS_AGAINST)
        return self.chance.choice(REASONS_TO_LEAVE) if outcome == "withdrawn" else ""

    def _ratings(self, outcome: Outcome, stage: Stage) -> Sequence[Rating]:
        held = _INTERVIEWS[: STAGES.index(stage)] if stage else ()
        marks = [self.chance.choice((3, 3, 4)) for _ in held]
        if marks and outcome == "rejected":
            marks[-1] = self.chance.choice((1, 2, 2, 3))
        return [
            Rating(interview=interview, mark=mark)
            for interview, mark in zip(held, marks, strict=True)
        ]

    def _leaking(self, summary: str, person: Person) -> str:
        family = person.name.partition(" ")[0]
        told = [f"連絡先は{person.phone}です。", f"{family}と申します。"]
        told.extend(f"現在は{employer}に勤めています。" for employer in person.employers)
        return f"{summary}{self.chance.choice(told)}"


def main() -> None:
    """Write the sample files anew, in the folder they are shipped from."""
    made = applications(SAMPLE_SEED, SAMPLE_COUNT, today=SAMPLE_DAY)
    write_samples(made, Path(str(SAMPLES)), made_at=datetime.combine(SAMPLE_DAY, time(), UTC))


if __name__ == "__main__":
    main()
