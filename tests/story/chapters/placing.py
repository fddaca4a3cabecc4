"""Chapters 7 to 10: vacancies and claims, answers, envelopes, introductions and a hire."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from tests.story import recruiter as recruiters
from tests.story.candidate import Candidate
from tests.story.cast import AGENCIES, MEMBERS
from tests.story.chapters.admission import home
from tests.story.chapters.consenting import CONSENTING, People
from tests.story.recruiter import Recruiter
from tests.story.stage import DemoError, Stage
from tests.story.teller import Teller

X, Y = AGENCIES
A, B, C = MEMBERS
COUNTED_BY = {X.slug: 6, Y.slug: 4}
MESSAGE = "これまでのご経験が、この仕事に合うと考えました。一度お話しできれば幸いです。"


@dataclass(kw_only=True)
class Dealings:
    """What the agencies have going.

    Attributes:
        claimed: agency and candidate of each claim that was approved.
        introductions: of the ten counted ones, by claim.
    """

    recruiter: Recruiter
    claimed: dict[str, tuple[str, Candidate]] = field(default_factory=dict)
    introductions: dict[str, str] = field(default_factory=dict)
    hired: str = ""
    unconfirmed: str = ""


def claim_candidates(stage: Stage, teller: Teller, people: People) -> Dealings:
    """Let a recruiter of X work in the portal, and Y's own system over the API."""
    teller.chapter(7, "Agencies describe a vacancy, see why profiles match, and claim")
    recruiter = recruiters.enrol(stage, X.slug, "佐倉 花子")
    teller.say(f"A recruiter of {X.name_en} enrols a passkey, X's key confirms it, she signs in.")
    dealings = Dealings(recruiter=recruiter)
    rare = {X.slug: recruiter.describe(**typed(BUILDING)), Y.slug: describe(stage, BUILDING)}
    vacancy = {X.slug: recruiter.describe(**typed(BACKEND)), Y.slug: describe(stage, BACKEND)}
    sought = recruiter.matches(rare[X.slug])
    recruiter.claim(rare[X.slug], sought[0], MESSAGE)
    refuse_second_claim(stage, teller, rare[Y.slug])
    found = recruiter.matches(vacancy[X.slug])
    teller.say(f"She sees {len(found)} profiles on the first page, each with its reasons.")
    for pairwise in found[: COUNTED_BY[X.slug] + 1]:
        # One more than are to be introduced: somebody will say no.
        recruiter.claim(vacancy[X.slug], pairwise, MESSAGE)
    free = [one for one in matches(stage, vacancy[Y.slug]) if one["standing"] == "free"]
    for one in free[: COUNTED_BY[Y.slug]]:
        claim(stage, str(one["pairwise"]), vacancy[Y.slug])
    asked = [one for one in people.consented if one.requests()]
    teller.say(f"{len(asked)} candidates are asked.", asked=len(asked))
    return dealings


def answer(stage: Stage, teller: Teller, people: People, dealings: Dealings) -> None:
    """Let candidates see who asks and for what; all but one approve."""
    teller.chapter(8, "Candidates see who asks for what, and answer")
    asked = [(one, one.requests()[0]) for one in people.consented if one.requests()]
    first = asked[0][0].page()
    for words in (X.name_en, X.licence):
        if words not in first:
            raise DemoError(f"the candidate's page does not name {words}")
    of_y = {str(one["id"]) for one in items(stage.relay(Y.slug, "agency", "claim"))}
    decliner = next(
        one for one, wanted in asked if one.number != CONSENTING - 1 and wanted not in of_y
    )
    for candidate, wanted in asked:
        if candidate is decliner:
            candidate.turn_down(wanted)
        else:
            candidate.approve(wanted)
            dealings.claimed[wanted] = (Y.slug if wanted in of_y else X.slug, candidate)
    teller.say(
        f"{len(dealings.claimed)} accept and share their contact with one agency; 1 declines.",
        approved=len(dealings.claimed),
        turned_down=1,
    )


def release(stage: Stage, teller: Teller, dealings: Dealings) -> None:
    """Let the origins seal each identity, and the agencies open each on their own machine."""
    teller.chapter(9, "Identities are sealed to one agency, and opened there")
    stage.catch_up()
    stage.each(lambda member: stage.relay(member.slug, "sync"), MEMBERS)
    names = sum(stage.each(lambda agency: open_all(stage, agency.slug), AGENCIES))
    if names != len(dealings.claimed):
        raise DemoError(f"{names} envelopes opened, {len(dealings.claimed)} were approved")
    teller.say(
        f"{names} envelopes are opened with the agencies' own keys, on the agencies' machines.",
        envelopes=names,
    )


def open_all(stage: Stage, agency: str) -> int:
    """Open every envelope of an agency on its own machine; return how many held an address."""
    names = 0
    for envelope in items(stage.relay(agency, "envelope", "list")):
        opened = stage.relay(
            agency, "envelope", "open", str(envelope["id"]), "--confirm-provenance"
        )
        names += bool(re.search(r"@\w+", json.dumps(opened)))
    return names


def place(stage: Stage, teller: Teller, dealings: Dealings) -> None:
    """Record ten introductions of A's candidates, one hire that is confirmed, one that is not."""
    teller.chapter(10, "Introductions, a hire confirmed by its hirer, and one by nobody")
    counted = dict.fromkeys(COUNTED_BY, 0)
    for wanted, (agency, candidate) in dealings.claimed.items():
        if candidate.member != A.slug or counted[agency] == COUNTED_BY[agency]:
            continue
        dealings.introductions[wanted] = introduce(stage, dealings, agency, wanted)
        counted[agency] += 1
    if counted != COUNTED_BY:
        raise DemoError(f"the demo needs {COUNTED_BY}, but made {counted}")
    teller.say("X introduces six and Y four of A's candidates: ten counted referrals.", **counted)
    by_agency = {
        dealings.claimed[wanted][0]: made for wanted, made in dealings.introductions.items()
    }
    dealings.hired, dealings.unconfirmed = by_agency[X.slug], by_agency[Y.slug]
    today = stage.today().isoformat()
    for step in ("screening", "interview", "final"):
        dealings.recruiter.advance(dealings.hired, step)
    dealings.recruiter.report(dealings.hired, "offer-accepted", today)
    stage.relay(Y.slug, "agency", "report", dealings.unconfirmed, "offer-accepted")
    teller.say("One of X's and one of Y's candidates accept an offer of member B.")


def start(stage: Stage, teller: Teller, dealings: Dealings) -> None:
    """Let both start; member B confirms the one, and nobody the other."""
    today = stage.today().isoformat()
    dealings.recruiter.report(dealings.hired, "started", today)
    reported = items(stage.relay(B.slug, "hires", "list"))
    (started,) = (one for one in reported if one["state"] == "started")
    stage.relay(B.slug, "hires", "confirm", str(started["id"]))
    stage.relay(Y.slug, "agency", "report", dealings.unconfirmed, "started")
    teller.say(f"Both start on {today}. {B.name_en} confirms X's hire; nobody confirms Y's.")


BACKEND = {
    "title": "バックエンドエンジニア",
    "job_kind": "mid-career",
    "occupation": "software",
    "required_skills": ["Kotlin"],
    "welcome_skills": ["Python", "PostgreSQL"],
    "salary_min_yen": 5_000_000,
    "salary_max_yen": 8_000_000,
    "fee_percent": 30,
    "open_until": "2027-12-31",
}
BUILDING = {
    "title": "施工管理",
    "job_kind": "mid-career",
    "occupation": "building",
    "required_skills": [],
    "fee_percent": 30,
    "open_until": "2027-12-31",
}


def typed(vacancy: dict[str, object]) -> dict[str, str | list[str]]:
    """Return a vacancy as somebody types it into the portal's form."""
    form: dict[str, str | list[str]] = {}
    for name, value in vacancy.items():
        if isinstance(value, list):
            form[name] = ", ".join(map(str, value))
        elif isinstance(value, int):
            form[name] = str(value // 10_000 if name.endswith("_yen") else value)
        else:
            form[name] = str(value)
    return form


def describe(stage: Stage, vacancy: dict[str, object]) -> str:
    """Describe a vacancy from Y's own system and return its id."""
    file: Path = home(stage, Y.slug) / "vacancy.json"
    file.write_text(json.dumps(vacancy, ensure_ascii=False), encoding="utf-8")
    held = items(stage.relay(Y.slug, "agency", "vacancies", "--add", file))
    return str(next(one["id"] for one in held if one["title"] == vacancy["title"]))


def matches(stage: Stage, vacancy: str) -> list[dict[str, object]]:
    """Return what matches a vacancy of Y, best first."""
    return items(stage.relay(Y.slug, "agency", "matches", vacancy))


def claim(stage: Stage, pairwise: str, vacancy: str) -> None:
    """Claim one profile for a vacancy of Y."""
    stage.relay(Y.slug, "agency", "claim", pairwise, "--vacancy", vacancy, "--message", MESSAGE)


def introduce(stage: Stage, dealings: Dealings, agency: str, wanted: str) -> str:
    """Introduce the candidate of a claim to member B, and return the introduction's id."""
    if agency == X.slug:
        return dealings.recruiter.introduce(wanted, B.number)
    made = items(stage.relay(agency, "agency", "introduce", wanted, "--hirer", B.number))
    return next(str(one["id"]) for one in made if one["claim"] == wanted)


def refuse_second_claim(stage: Stage, teller: Teller, vacancy: str) -> None:
    """Let the other agency try to claim the one profile that is taken."""
    taken = matches(stage, vacancy)[0]
    said = stage.refused(
        Y.slug,
        "agency",
        "claim",
        str(taken["pairwise"]),
        "--vacancy",
        vacancy,
        "--message",
        MESSAGE,
    )
    teller.say(f"{Y.name_en} asks for the same profile and is refused: {said}")


def items(answer: dict[str, object]) -> list[dict[str, object]]:
    """Return the list that a command printed, whatever it calls it."""
    lists = [value for value in answer.values() if isinstance(value, list)]
    if len(lists) != 1:
        raise DemoError(f"no one list among {sorted(answer)}")
    return lists[0]
