"""What agencies are shown of a profile, and which profiles look alike to them (privacy.md).

One fixed level of generalisation stands for now, the coarsest: exact age band, prefecture,
occupation, industry, years and salary never leave the hub.
"""

import hashlib
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final, TypeAlias, TypeVar

from relay_protocol import canonical, codes, profile
from relay_protocol.canonical import Encodable
from relay_protocol.codes import GROUPS, Words
from relay_protocol.profile import Fields

Published: TypeAlias = Mapping[str, Encodable]
"""What is shown of a profile; a name that is absent is not shown."""

Given = TypeVar("Given")

LEVEL: Final = 4
"""The level of generalisation that a listing is attested with: the coarsest of five."""
HELD_FOR: Final = timedelta(days=14)
"""How long a profile is held for want of similar ones, before its candidate is asked again."""

EXPERIENCED_FROM_YEARS: Final = 5
HIGHER_SALARY_FROM_YEN: Final = 6_000_000
YOUNGER: Final = frozenset({"under-20", "20-24", "25-29", "30-34"})

QUASI_IDENTIFIERS: Final = (
    "job_kind",
    "occupation_group",
    "experience",
    "age",
    "salary",
    "region",
)
"""What a person could be recognised by together; equal values of all of them make one class."""

GROUP_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "skills": "skills",
        "occupation_group": "experience",
        "experience": "experience",
        "age": "experience",
        "salary": "preferences",
        "available_from": "preferences",
        "employment": "preferences",
        "region": "location",
        "remote": "location",
        "languages": "languages",
        "stage_reached": "stage",
        "endorsement": "endorsement",
        "evaluation": "evaluation",
        "summary": "summary",
    }
)
"""The field group under which each shown value is consented to, in the order of reading."""

FIELD_OF: Final[Mapping[str, str]] = MappingProxyType(
    {
        "occupation_group": "occupation",
        "experience": "experience_years",
        "age": "age_band",
        "salary": "desired_salary_yen",
        "region": "prefecture",
    }
)
"""The profile's field that a generalised value is made of; all others are shown as they are."""

BANDS: Final[Mapping[str, Mapping[str, Words]]] = MappingProxyType(
    {
        "experience": {
            "0-4": Words("経験5年未満", "Less than 5 years"),
            "5-plus": Words("経験5年以上", "5 years or more"),
        },
        "age": {
            "under-35": Words("35歳未満", "Under 35"),
            "35-plus": Words("35歳以上", "35 or older"),
        },
        "salary": {
            "under-6m": Words("600万円未満", "Under ¥6 million"),
            "6m-plus": Words("600万円以上", "¥6 million or more"),
        },
        "remote": {
            "true": Words("リモート希望", "Remote wished"),
            "false": Words("リモートの希望なし", "Remote not needed"),
        },
    }
)


def visible(fields: Fields, groups: Collection[str], job_kind: str) -> dict[str, Encodable]:
    """Return what agencies are shown of a profile, generalised, within the consented groups.

    Args:
        fields: the whole profile.
        groups: the field groups that the candidate consented to.
        job_kind: one of codes.JOB_KINDS.
    """
    allowed = profile.within(fields, groups)
    plain = allowed.document()
    shown: dict[str, Encodable] = {
        "job_kind": job_kind,
        "occupation_group": _mapped(allowed.occupation, codes.occupation_group),
        "experience": _mapped(allowed.experience_years, _experience),
        "age": _mapped(allowed.age_band, _age),
        "salary": _mapped(allowed.desired_salary_yen, _salary),
        "region": _mapped(allowed.prefecture, codes.region),
        **{name: plain.get(name) for name in GROUP_OF if name not in FIELD_OF},
    }
    return {name: value for name, value in shown.items() if value is not None}


def narrowed(published: Published, groups: Collection[str]) -> dict[str, Encodable]:
    """Return what is left of a shown profile when only these groups are consented to."""
    return {
        name: value
        for name, value in published.items()
        if name not in GROUP_OF or GROUP_OF[name] in groups
    }


def class_of(published: Published) -> bytes:
    """Return the canonical bytes by which profiles that look alike are counted together.

    A value that is not shown counts as one of its own: "not shown".
    """
    return canonical.encode({name: published.get(name, "") for name in QUASI_IDENTIFIERS})


def digest(published: Published) -> bytes:
    """Return what a listing is attested by: SHA-256 of the canonical bytes of what is shown."""
    return hashlib.sha256(canonical.encode(dict(published))).digest()


def shown_groups(published: Published) -> tuple[str, ...]:
    """Return the groups of which something is shown, in the order of codes.GROUPS."""
    held = {GROUP_OF[name] for name in published if name in GROUP_OF}
    return tuple(group for group in GROUPS if group in held)


def is_large_enough(*, profiles: int, members: int, k: int, members_per_class: int) -> bool:
    """Return whether a class may be shown: enough profiles, of enough members."""
    return profiles >= k and members >= members_per_class


def words(name: str, value: Encodable, lang: str) -> str:
    """Return how people read one shown value; a list as its parts with a comma between.

    Args:
        name: a key of what is shown.
        value: its value.
        lang: `ja`, or any other for English.
    """
    if isinstance(value, list | tuple):
        comma = "、" if lang == "ja" else ", "
        return comma.join(words(name, part, lang) for part in value)
    if name in BANDS:
        band = BANDS[name][str(value).lower() if isinstance(value, bool) else str(value)]
        return band.ja if lang == "ja" else band.en
    if name == "languages":
        return codes.language_label(str(value), lang)
    if name in codes.LABELS:
        return codes.label(name, str(value), lang)
    return str(value)


def _mapped(value: Given | None, generalised: Callable[[Given], str]) -> str | None:
    """Return the generalised value, or None where none is given."""
    return None if value is None else generalised(value)


def _experience(years: int) -> str:
    """Return the band of years of experience."""
    return "0-4" if years < EXPERIENCED_FROM_YEARS else "5-plus"


def _age(age_band: str) -> str:
    """Return the half of life that an age band lies in."""
    return "under-35" if age_band in YOUNGER else "35-plus"


def _salary(yen: int) -> str:
    """Return the band of a wished yearly salary."""
    return "under-6m" if yen < HIGHER_SALARY_FROM_YEN else "6m-plus"
