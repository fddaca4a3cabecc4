"""The words of the candidates' pages for what the hub keeps as codes, numbers and instants."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import flask_babel

from exchange.domain import listing
from exchange.domain.errors import ExchangeError
from exchange.domain.listing import Published
from exchange.store.columns import Json
from exchange.store.organizations import OrganizationRow
from exchange.web.http.languages import gettext, language, noted
from relay_protocol import codes
from relay_protocol.canonical import Encodable

YEN_PER_MAN: Final = 10_000

SHOWN: Final[Mapping[str, str]] = {
    "skills": noted("The skills you write; not those that few others have"),
    "experience": noted("Field of work, under or over 5 years, under or over 35"),
    "preferences": noted("Salary under or over ¥6 million, start, type of contract"),
    "location": noted("Eastern or western Japan, remote work"),
    "languages": noted("Languages and levels"),
    "stage": noted("How far you came in the selection, without the company's name"),
    "endorsement": noted("What the company writes in your favour; you read it first"),
    "evaluation": noted("The company's rating in four steps; you see it first"),
    "summary": noted("A short text about your work, by you"),
}
"""What becomes visible with each field group, in one line."""

NAMES: Final[Mapping[str, str]] = {
    "skills": noted("Skills"),
    "occupation_group": noted("Field of work"),
    "occupation": noted("Occupation"),
    "industry": noted("Industry"),
    "experience": noted("Experience"),
    "experience_years": noted("Years of experience"),
    "age": noted("Age"),
    "age_band": noted("Age band"),
    "salary": noted("Wished salary"),
    "desired_salary_yen": noted("Wished yearly salary"),
    "available_from": noted("Can start from"),
    "employment": noted("Type of contract"),
    "region": noted("Wished region"),
    "prefecture": noted("Wished place of work"),
    "remote": noted("Remote work"),
    "languages": noted("Languages"),
    "stage_reached": noted("Stage reached"),
    "endorsement": noted("Endorsement"),
    "evaluation": noted("Rating"),
    "summary": noted("About your work"),
    "job_kind": noted("Kind of job"),
}
"""What a field is called, whether the candidate writes it or agencies read it."""

EVENTS: Final[Mapping[str, str]] = {
    "referral.invited": noted("You were invited"),
    "consent.given": noted("You consented"),
    "consent.changed": noted("You changed your consent"),
    "consent.withdrawn": noted("You withdrew your consent"),
    "profile.added": noted("The company that introduced you added to your profile"),
    "profile.listed": noted("Your profile was shown"),
    "profile.unlisted": noted("Your profile was hidden"),
    "claim.made": noted("An agency asked for you"),
    "claim.approved": noted("You accepted a request"),
    "claim.declined": noted("You turned a request down"),
    "claim.ended": noted("A request ended"),
    "identity.released": noted("Your contact was sent to the agency"),
    "identity.received": noted("The agency received your contact"),
    "introduction.made": noted("You were introduced to a company"),
    "hire.reported": noted("The agency reported on a job"),
    "hire.confirmed": noted("Your start of work was confirmed"),
}
"""What the facts on the ledger are called in a candidate's history."""

REPORTS: Final[Mapping[str, str]] = {
    "offer-accepted": noted("you accepted an offer"),
    "offer-declined": noted("the offer came to nothing"),
    "started": noted("your start of work"),
    "left": noted("you left the job"),
}
"""What an agency has reported."""

REASONS: Final[Mapping[str, str]] = {
    "withdrawn": noted("you withdrew"),
    "corrected": noted("you changed it"),
    "expired": noted("the time was over"),
    "class-broken": noted("fewer people are similar now"),
    "placed": noted("you started a job"),
    "by-agency": noted("the agency ended it"),
    "release-overdue": noted("your contact did not arrive in time"),
    "not-genuine": noted("the agency could not reach you"),
    "filled": noted("the job was filled"),
    "approval-overdue": noted("the time to answer was over"),
}
"""Why something was hidden or ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a profile as agencies see it.

    Attributes:
        parts: several values, such as skills, each by itself.
        from_origin: whether it stands in the origin's words.
        rare: those of the parts that are not shown, because few others have them.
    """

    name: str
    parts: Sequence[str]
    from_origin: bool
    rare: frozenset[str] = frozenset()


def lines(
    published: Published, from_origin: frozenset[str], rare: Sequence[str] = ()
) -> list[Line]:
    """Return a profile as agencies see it, line by line in the order of reading."""
    return [
        Line(
            name=gettext(NAMES[name]),
            parts=_parts(name, published[name]),
            from_origin=name in from_origin,
            rare=frozenset(rare if name == "skills" else ()),
        )
        for name in ("job_kind", *listing.GROUP_OF)
        if name in published
    ]


def refusal(error: ExchangeError) -> str:
    """Return what a refusal says in the reader's language."""
    return (error.detail_ja or error.detail) if language() == "ja" else error.detail


def name_of(organization: OrganizationRow) -> str:
    """Return an organization's name in the reader's language."""
    return organization.name if language() == "ja" else organization.name_en or organization.name


def day(when: date | datetime) -> str:
    """Return a day as people write it, the scheme's own where an instant is given."""
    if isinstance(when, datetime):
        when = when.astimezone(flask_babel.get_timezone()).date()
    return str(flask_babel.format_date(when, "long"))


def moment(at: datetime) -> str:
    """Return day and time, without the year."""
    return str(
        flask_babel.format_datetime(at, "M月d日 H:mm" if language() == "ja" else "d MMM H:mm")
    )


def month(code: str) -> str:
    """Return a month `YYYY-MM` as people write it."""
    first = date.fromisoformat(f"{code}-01")
    return str(flask_babel.format_date(first, "y年M月" if language() == "ja" else "MMMM y"))


def label(kind: str, code: str) -> str:
    """Return the words of a code of the protocol in the reader's language."""
    return codes.label(kind, code, language())


def options(kind: str) -> list[tuple[str, str]]:
    """Return codes of one kind with their words, to choose from."""
    return [(code, label(kind, code)) for code in codes.LABELS[kind]]


def occupations() -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the occupations to choose from, by their groups."""
    return [
        (
            name,
            [
                (code, label("occupation", code))
                for code, (group, _) in codes.OCCUPATIONS.items()
                if group == group_code
            ],
        )
        for group_code, name in options("occupation_group")
    ]


def job(vacancy: Mapping[str, Json | None]) -> list[str]:
    """Return what a candidate reads of a job: title, company, place, salary, type of contract."""
    prefectures = vacancy.get("prefectures")
    codes_ = prefectures if isinstance(prefectures, list) else []
    places = [label("prefecture", str(code)) for code in codes_]
    told = [
        str(vacancy.get("title", "")),
        str(vacancy.get("hirer_name", "")),
        ("、" if language() == "ja" else ", ").join(places),
        _salaries(vacancy.get("salary_min_yen"), vacancy.get("salary_max_yen")),
    ]
    if vacancy.get("employment"):
        told.append(label("employment", str(vacancy["employment"])))
    return [words for words in told if words]


def _parts(name: str, value: Encodable) -> list[str]:
    """Return the words of one shown value, each of several by itself."""
    if name == "available_from":
        return [month(str(value))]
    values = value if isinstance(value, list | tuple) else [value]
    return [listing.words(name, one, language()) for one in values]


def _salaries(least: Json | None, most: Json | None) -> str:
    """Return a range of yearly salaries, in 万円 or in yen."""
    ends = [end for end in (least, most) if isinstance(end, int) and end]
    if not ends:
        return ""
    if language() == "ja":
        return "〜".join(f"{end // YEN_PER_MAN:,}" for end in ends) + "万円"
    return "–".join(f"¥{end:,}" for end in ends)
