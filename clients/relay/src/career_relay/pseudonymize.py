"""From an application to a profile without a name: only what was consented to, all of it screened.

Nothing is masked. A text in which the person, an employer or a way to reach them shows is refused,
or left out whole; a text with a hole in it would tell where to look.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product

from career_relay.application import Application, Person
from career_relay.romaji import spellings
from career_relay.words import Language, Words
from relay_protocol import profile, screening
from relay_protocol.errors import ProfileError

_YOUNGEST, _OLDEST = 20, 60
_BAND_YEARS = 5
_ENOUGH_DIGITS = 7
_SPELLINGS_AT_MOST = 16

Document = dict[str, object]


class IdentityLeakError(Exception):
    """A field tells who the person is, or how to reach them; it must not leave.

    Attributes:
        field: the path to it, such as `summary` or `skills/2`.
        kind: what was found, a key of screening.KINDS.
        start: its first character, counted from 1.
    """

    def __init__(self, field: str, finding: screening.Finding) -> None:
        super().__init__(screening.message(field, finding, "en"))
        self.field = field
        self.kind = finding.kind
        self.start = finding.start
        self._finding = finding

    def into(self, language: Language) -> str:
        """Return the sentence for the person who mends it."""
        return screening.message(self.field, self._finding, language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A field that was left out whole, and why."""

    field: str
    why: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Pseudonymized:
    """What may leave, and what was held back."""

    fields: profile.Fields
    withheld: tuple[Withheld, ...]


def profile_of(
    application: Application,
    groups: Collection[str],
    *,
    today: date,
    with_evaluation: bool = False,
) -> profile.Fields:
    """Return the profile's fields within the groups a candidate consented to.

    Args:
        application: what we hold.
        groups: the consented groups; nothing of any other leaves.
        today: the day in Japan for which the age band holds.
        with_evaluation: whether our ratings may leave at all; off unless the member says so.

    Raises:
        IdentityLeakError: a text tells who the person is; the error names the field.
        ProfileError: a field is none that a profile can hold: too long, for example.
    """
    document = _document(application, groups, today=today, with_evaluation=with_evaluation)
    fields = profile.check_fields(document)
    for field, text in profile.texts_of(fields):
        _require_silent(field, text, application.person)
    return fields


def profile_without_leaks(
    application: Application,
    groups: Collection[str],
    *,
    today: date,
    with_evaluation: bool = False,
) -> Pseudonymized:
    """Return the profile as profile_of() does, each refused field left out whole and named."""
    document = _document(application, groups, today=today, with_evaluation=with_evaluation)
    withheld: list[Withheld] = []
    while True:
        try:
            fields = profile.check_fields(document)
            for path, text in profile.texts_of(fields):
                _require_silent(path, text, application.person)
        except IdentityLeakError as leak:
            field, why = leak.field, Words(en=leak.into("en"), ja=leak.into("ja"))
        except ProfileError as refusal:
            field = refusal.field
            why = Words(
                en=profile.refusal_text(refusal, "en"), ja=profile.refusal_text(refusal, "ja")
            )
        else:
            return Pseudonymized(fields=fields, withheld=tuple(withheld))
        withheld.append(Withheld(field=field, why=why))
        _leave_out(document, field)


def known_names(person: Person) -> tuple[str, ...]:
    """Return every way in which the person or an employer may be named: kanji, kana, Latin."""
    names = [person.name, person.kana, *person.employers]
    names.extend(_latin_names(person.kana))
    local = person.email.partition("@")[0]
    # The part before the @ is a name of its own where it is longer than a word like `info`.
    if len(local) > len("info1"):
        names.append(local)
    return tuple(dict.fromkeys(name for name in names if name))


def age_band(age: int) -> str:
    """Return the code of the five years that an age lies in, `under-20` and `60-plus` outside."""
    if age < _YOUNGEST:
        return "under-20"
    if age >= _OLDEST:
        return "60-plus"
    first = age - age % _BAND_YEARS
    return f"{first}-{first + _BAND_YEARS - 1}"


def _document(
    application: Application, groups: Collection[str], *, today: date, with_evaluation: bool
) -> Document:
    career, selection = application.career, application.selection
    age = application.person.age_on(today)
    marks = [rating.mark for rating in selection.ratings]
    # The mean, halves upward, in whole numbers: 3 and 4 make 4, 2, 3 and 3 make 3.
    mean = (2 * sum(marks) + len(marks)) // (2 * len(marks)) if marks else None
    held: Document = {
        "skills": list(career.skills) or None,
        "occupation": career.occupation or None,
        "industry": career.industry or None,
        "experience_years": career.experience_years,
        "age_band": None if age is None else age_band(age),
        "desired_salary_yen": career.desired_salary_yen,
        "available_from": career.available_from or None,
        "employment": career.employment or None,
        "prefecture": career.prefecture or None,
        "remote": career.remote,
        "languages": list(career.languages) or None,
        "stage_reached": selection.stage or None,
        "endorsement": career.endorsement or None,
        "evaluation": mean if with_evaluation else None,
        "summary": career.summary or None,
    }
    wanted = {field for group in groups for field in profile.FIELDS_OF_GROUP.get(group, ())}
    return {field: value for field, value in held.items() if field in wanted and value is not None}


def _require_silent(field: str, text: str, person: Person) -> None:
    findings = [*_own_contact(text, person), *screening.find(text, known_names(person))]
    if findings:
        raise IdentityLeakError(field, findings[0])


def _own_contact(text: str, person: Person) -> Iterator[screening.Finding]:
    """Yield where the person's own address or number stands, in whatever shape it was kept."""
    if person.email:
        at = text.casefold().find(person.email.casefold())
        if at >= 0:
            yield screening.Finding(kind="email", start=at + 1, end=at + len(person.email))
    digits = [
        (place, unicodedata.normalize("NFKC", sign))
        for place, sign in enumerate(text)
        if unicodedata.normalize("NFKC", sign) in "0123456789"
    ]
    own = re.sub(r"[^0-9]", "", unicodedata.normalize("NFKC", person.phone))
    found = "".join(sign for _, sign in digits).find(own) if len(own) >= _ENOUGH_DIGITS else -1
    if found >= 0:
        first, last = digits[found][0], digits[found + len(own) - 1][0]
        yield screening.Finding(kind="phone", start=first + 1, end=last + 1)


def _latin_names(kana: str) -> Iterator[str]:
    """Yield the spellings of a reading in Latin letters, surname first."""
    parts = [sorted(spellings(part)) for part in kana.split()]
    if not parts or not all(parts):
        return
    for number, spelt in enumerate(product(*parts)):
        if number == _SPELLINGS_AT_MOST:
            return
        yield " ".join(part.title() for part in spelt)


def _leave_out(document: Document, field: str) -> None:
    name, _, place = field.partition("/")
    value = document[name]
    if place.isdigit() and isinstance(value, list):
        rest = [one for index, one in enumerate(value) if index != int(place)]
        if rest:
            document[name] = rest
            return
    del document[name]
