"""Real people replaced by made-up ones, whole, before anything of them is written anywhere.

For demonstrations with a company's own export: what happened stays, whom it happened to goes.
"""

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from career_relay.application import Application, Career, Person, Rating, Selection
from career_relay.clock import day_in_japan
from career_relay.samples.careers import (
    COMMENTS,
    ENDORSEMENTS,
    REASONS_AGAINST,
    REASONS_TO_LEAVE,
    TRADES,
)
from career_relay.samples.people import made_up_company, made_up_name
from relay_protocol import codes

# Tags are free text, too: only what is a skill beyond doubt stays.
_KNOWN_SKILLS = frozenset(
    {
        *(skill.casefold() for trade in TRADES.values() for skill in trade.skills),
        *("ruby", "go", "rust", "php", "c#", "c++", "javascript", "react", "gcp", "azure"),
        *("rails", "django", "excel", "git"),
    }
)


# Of no shipped or drawn list, so that stand-ins meet nobody from there.
_STAND_IN_SEED = 99


def replace_identities(applications: Sequence[Application], *, seed: int) -> list[Application]:
    """Return the same applications of made-up people.

    Names, readings, addresses, numbers, birth dates, employers, ids and every free text are
    replaced; kind, outcome, stages, channel, instants, marks, codes and figures stay. Who applied
    twice under one address is one made-up person, too.

    Args:
        applications: of real people.
        seed: another seed gives other people; nothing leads back from them.
    """
    numbers: dict[str, int] = {}
    replaced: list[Application] = []
    for place, application in enumerate(applications, start=1):
        own = application.person.email.casefold() or application.key
        number = numbers.setdefault(own, len(numbers) + 1)
        chance = Random(f"{seed}/{number}")  # noqa: S311 made-up people are no secret
        person = _person(application.person, _age(application), chance, number)
        replaced.append(
            Application(
                key=f"stand-in:{seed:02d}-{place:04d}",
                kind=application.kind,
                locale="ja",
                person=person,
                career=_career(application, chance),
                selection=_selection(application, chance),
            )
        )
    return replaced


def _age(application: Application) -> int | None:
    """Return the age in whole years when the application was made; the birth date goes."""
    seen_at = application.selection.applied_at or application.selection.ended_at
    person = application.person
    return person.age if seen_at is None else person.age_on(day_in_japan(seen_at))


def _person(real: Person, age: int | None, chance: Random, number: int) -> Person:
    name = made_up_name(chance, _STAND_IN_SEED, number)
    return Person(
        name=name.name,
        kana=name.kana,
        email=name.email if real.email else "",
        phone=name.phone if real.phone else "",
        age=age,
        employers=tuple(made_up_company(chance) for _ in real.employers),
    )


def _career(application: Application, chance: Random) -> Career:
    career = application.career
    trade = TRADES.get(career.occupation)
    return replace(
        career,
        skills=tuple(skill for skill in career.skills if skill.casefold() in _KNOWN_SKILLS),
        summary=f"{trade.deed}。" if career.summary and trade else "",
        endorsement=chance.choice(ENDORSEMENTS) if career.endorsement else "",
    )


def _selection(application: Application, chance: Random) -> Selection:
    selection = application.selection
    occupation = application.career.occupation
    reasons = REASONS_TO_LEAVE if selection.outcome == "withdrawn" else REASONS_AGAINST
    return replace(
        selection,
        position=codes.label("occupation", occupation, "ja") if occupation else "",
        reason=chance.choice(reasons) if selection.reason else "",
        comment=chance.choice(COMMENTS) if selection.comment else "",
        ratings=tuple(
            Rating(interview=f"面接{place}", mark=rating.mark)
            for place, rating in enumerate(selection.ratings, start=1)
        ),
    )
