"""Chapters 4 to 6: candidates decide at their pages, profiles arrive, and are listed or held."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import httpx

from tests.story.candidate import Candidate, path_of
from tests.story.cast import MEMBERS
from tests.story.stage import DemoError, Stage
from tests.story.teller import Teller

CONSENTING, DECLINING = 24, 3
FEW_GROUPS = ("skills", "experience", "location")
ALIKE = (
    {"occupation": "software", "prefecture": "13", "experience_years": "3", "salary": "520"},
    {"occupation": "corporate-sales", "prefecture": "13", "experience_years": "6", "salary": "620"},
    {"occupation": "software", "prefecture": "27", "experience_years": "7", "salary": "640"},
)
UNLIKE = {"occupation": "building", "prefecture": "47", "experience_years": "30", "salary": "400"}
SKILLS = ("Python\nPostgreSQL\nDocker", "法人営業\n提案書作成", "Python\nAWS\nチーム運営")
STATES = {
    "listed": "Your profile is shown to agencies.",
    "held": "Not shown yet: fewer than",
    "waiting": "Enough people are similar.",
    "claimed": "An agency has asked for you.",
    "accepted": "You have accepted an agency.",
    "placed": "Your start of work is recorded.",
    "withdrawn": "You have withdrawn.",
}


@dataclass(kw_only=True)
class People:
    """Everybody who consented, in the order of their letters."""

    consented: list[Candidate] = field(default_factory=list)

    def of(self, member: str) -> list[Candidate]:
        """Return those whom a member invited."""
        return [one for one in self.consented if one.member == member]


def decide(teller: Teller, links: dict[str, list[str]], http: httpx.Client) -> People:
    """Let most consent with different field groups, some decline, the rest do nothing."""
    teller.chapter(4, "Candidates decide at their pages")
    people = People()
    silent = 0
    for member in MEMBERS:
        candidates = [
            Candidate(http=http, invitation=path_of(link), member=member.slug, number=number)
            for number, link in enumerate(links[member.slug])
        ]
        for candidate in candidates[:CONSENTING]:
            candidate.open()
            _consent(candidate)
            people.consented.append(candidate)
        for candidate in candidates[CONSENTING : CONSENTING + DECLINING]:
            candidate.open()
            candidate.decline()
        silent += len(candidates[CONSENTING + DECLINING :])
    for candidate in people.consented:
        candidate.fill_in(**_form(candidate))
    declined = DECLINING * len(MEMBERS)
    teller.say(
        f"{len(people.consented)} consent, {declined} decline, {silent} do nothing.",
        consented=len(people.consented),
        declined=declined,
        silent=silent,
    )
    teller.say("Each of them got a link of their own and filled in the short form; nothing shows.")
    return people


def add_what_origins_hold(stage: Stage, teller: Teller) -> None:
    """Let each member's client add what it holds, within the consents, pseudonymized."""
    teller.chapter(5, "The members' clients add what they hold, within the consents")
    stage.catch_up()
    first = stage.each(lambda member: stage.relay(member.slug, "sync"), MEMBERS)
    second = stage.each(lambda member: stage.relay(member.slug, "sync"), MEMBERS)
    for member, done, again in zip(MEMBERS, first, second, strict=True):
        teller.say(f"{member.name_en}: {_told(done)}; a second sync: {_told(again)}.")


def list_profiles(stage: Stage, teller: Teller, people: People) -> None:
    """Let each candidate look, correct, and list; then the daily batch runs."""
    added = people.consented[0].preview()
    if "From the company that introduced you" not in added:
        raise DemoError("the preview does not tell what the origin added")
    people.consented[0].fill_in(desired_salary_man="650")
    if people.consented[0].preview() == added:
        raise DemoError("the candidate's own word did not win")
    teller.say("Each sees what was added; one corrects a figure, and theirs wins.")
    for candidate in people.consented:
        candidate.list_it()
    teller.chapter(6, "Profiles are listed, or held with the reason shown")
    stage.ask("exchange", "worker", "--once")
    states = Counter(map(standing, people.consented))
    teller.say(
        f"{states['listed']} are listed, {states['held']} are held; each page says which and why.",
        listed=states["listed"],
        held=states["held"],
    )
    if not states["listed"] or not states["held"]:
        raise DemoError(f"the demo shows both, but this was {dict(states)}")


def standing(candidate: Candidate) -> str:
    """Return in which state a candidate's page says they are."""
    page = candidate.page()
    return next((name for name, words in STATES.items() if words in page), "other")


def listed(people: Iterable[Candidate]) -> list[Candidate]:
    """Return the candidates whose page says that they are shown."""
    return [one for one in people if standing(one) == "listed"]


def _consent(candidate: Candidate) -> None:
    """Consent, everybody in their own way."""
    if candidate.number == CONSENTING - 1:
        candidate.consent(modules=("exception",) if candidate.member == "mirai" else ())
    elif candidate.number % 6 == 5:
        candidate.consent(groups=FEW_GROUPS)
    else:
        candidate.consent()


def _form(candidate: Candidate) -> dict[str, str]:
    """Return what a candidate types into the short form; the last of each member is unlike."""
    kind = candidate.number % len(ALIKE)
    typed = dict(UNLIKE if candidate.number == CONSENTING - 1 else ALIKE[kind])
    return {
        "occupation": typed["occupation"],
        "prefecture": typed["prefecture"],
        "experience_years": typed["experience_years"],
        "desired_salary_man": typed["salary"],
        "age_band": "60-plus" if typed == UNLIKE else "25-29",
        # What only people from Mirai Works know, so that an agency can ask for it.
        "skills": SKILLS[kind] + ("\nKotlin" if candidate.member == MEMBERS[0].slug else ""),
    }


def _told(answer: dict[str, object]) -> str:
    """Return the counts of a command's answer, in words."""
    counts = {name: count for name, count in answer.items() if isinstance(count, int)}
    return ", ".join(f"{name} {count}" for name, count in counts.items())
