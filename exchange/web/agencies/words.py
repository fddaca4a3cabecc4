"""How an agency reads codes, amounts, deadlines and reasons, in its own language."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from exchange.domain import listing
from exchange.domain.matching import Match, Reason
from exchange.domain.vacancies import Vacancy
from exchange.web.http.languages import gettext, language, noted
from relay_protocol import codes
from relay_protocol.canonical import Encodable

TEN_THOUSAND: Final = 10_000
MILLION: Final = 1_000_000
HOURS_A_DAY: Final = 24
LAST_DAYS: Final = timedelta(days=2)

CRITERIA: Final[Mapping[str, str]] = MappingProxyType(
    {
        "required": noted("Required"),
        "welcome": noted("Welcome"),
        "occupation": noted("Occupation"),
        "experience": noted("Experience"),
        "place": noted("Place"),
        "salary": noted("Salary"),
        "employment": noted("Employment"),
    }
)
SHOWN: Final[Mapping[str, str]] = MappingProxyType(
    {
        "occupation_group": noted("Occupation"),
        "experience": noted("Experience"),
        "age": noted("Age"),
        "region": noted("Place"),
        "remote": noted("From afar"),
        "salary": noted("Wished salary"),
        "employment": noted("Employment"),
        "available_from": noted("Available from"),
        "languages": noted("Languages"),
        "stage_reached": noted("Stage reached"),
        "evaluation": noted("Evaluation"),
        "endorsement": noted("Endorsement"),
        "summary": noted("Summary"),
    }
)
"""What agencies are shown of a profile beside its skills, in the order of reading."""
STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "met": noted("met"),
        "possible": noted("possible"),
        "missing": noted("not met"),
        "not-shown": noted("not shown"),
    }
)
CLAIM_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open": noted("waits for the answer"),
        "approved": noted("waits for the contact"),
        "declined": noted("declined by the candidate"),
        "expired": noted("no answer in time"),
        "released": noted("contact received"),
        "ended": noted("ended"),
    }
)
END_REASONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "withdrawn": noted("The candidate withdrew"),
        "by-agency": noted("Ended by us"),
        "release-overdue": noted("The contact did not come in time"),
        "not-genuine": noted("Not a genuine candidate"),
        "filled": noted("The job is filled"),
        "erased": noted("The candidate was erased"),
        "approval-overdue": noted("No answer in time"),
    }
)
STAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "introduced": noted("Introduced"),
        "screening": noted("Screening"),
        "interview": noted("Interview"),
        "final": noted("Final interview"),
        "offer": noted("Offer"),
    }
)
EVENTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "offer-accepted": noted("The candidate accepted the offer"),
        "offer-declined": noted("The offer was declined or withdrawn"),
        "started": noted("The candidate starts work"),
        "left": noted("The candidate left"),
    }
)
HIRE_STATES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "accepted": noted("Offer accepted"),
        "declined": noted("Offer declined"),
        "started": noted("Started"),
        "left": noted("Left"),
    }
)


def label(kind: str, code: str) -> str:
    """Return the words of a code of the protocol's lists; a place left open is a dash."""
    return codes.label(kind, code, language()) if code else "–"


def shown(published: Mapping[str, Encodable], name: str) -> str:
    """Return one shown value of a profile, or what says that it is not shown."""
    value = published.get(name)
    return gettext("not shown") if value is None else listing.words(name, value, language())


def language_words(code: str) -> str:
    """Return the words of a language with its level, such as `en:B2`."""
    return codes.language_label(code, language())


def wanted(reason: Reason, vacancy: Vacancy) -> str:
    """Return what a vacancy asks for by name: a skill as written, a language in words."""
    return language_words(reason.wanted) if reason.wanted in vacancy.languages else reason.wanted


def counts(match: Match) -> str:
    """Return how many of the named skills and languages are met: "required 2/2 · welcome 1/3"."""
    return " · ".join(
        f"{gettext(CRITERIA[criterion])} {match.met(criterion)}/{match.asked(criterion)}"
        for criterion in ("required", "welcome")
        if match.asked(criterion)
    )


def others(match: Match) -> list[tuple[str, str]]:
    """Return the criteria beside skills and languages by their state: ("met", "place, salary")."""
    between = "、" if language() == "ja" else ", "
    grouped = {
        state: [
            gettext(CRITERIA[reason.criterion])
            for reason in match.reasons
            if not reason.wanted and reason.state == state
        ]
        for state in STATES
    }
    return [
        (gettext(STATES[state]), between.join(names)) for state, names in grouped.items() if names
    ]


def amount(yen: int) -> str:
    """Return an amount: 万円 in Japanese, millions of yen in English."""
    if language() == "ja":
        return f"{yen // TEN_THOUSAND:,}万円"
    return f"¥{yen / MILLION:.1f}m"


def salary(vacancy: Vacancy) -> str:
    """Return the yearly salary that a vacancy states, or a dash."""
    if not vacancy.salary_min_yen and not vacancy.salary_max_yen:
        return "–"
    least = amount(vacancy.salary_min_yen) if vacancy.salary_min_yen else ""
    most = amount(vacancy.salary_max_yen) if vacancy.salary_max_yen else ""
    return f"{least}〜{most}" if language() == "ja" else f"{least}–{most}"


def places(vacancy: Vacancy) -> str:
    """Return where the work is, or a dash."""
    names = [codes.label("prefecture", code, language()) for code in vacancy.prefectures]
    if vacancy.remote:
        names.append(gettext("remote possible"))
    return ("・" if language() == "ja" else ", ").join(names) or "–"


def experience(vacancy: Vacancy) -> str:
    """Return the fewest years that a vacancy asks for, or a dash."""
    years = vacancy.experience_years_min
    return gettext("%(years)s years or more", years=years) if years else "–"


def left(due_at: datetime | None, now: datetime) -> str:
    """Return the time to a deadline in words, as days while there are two or more."""
    if due_at is None:
        return ""
    if due_at <= now:
        return gettext("overdue")
    time = due_at - now
    if time >= LAST_DAYS:
        return gettext("%(days)s days left", days=time.days)
    hours = time // timedelta(hours=1)
    if hours < 1:
        return gettext("less than an hour left")
    return gettext("%(hours)s hours left", hours=hours)
