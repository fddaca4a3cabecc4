"""How many profiles look alike, and how many name a skill: the counters behind the list.

The caller holds the lock of listing.
"""

import hmac
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final

from exchange.domain import listing as rules
from exchange.domain.listing import Published
from exchange.domain.vacancies import skill_key
from exchange.services.work import Work, rules_now
from exchange.store import profiles as rows
from exchange.store.profiles import ProfileRow
from relay_protocol.canonical import Encodable

SKILLS: Final = "skill-counts"


def enter(work: Work, row: ProfileRow, published: Published) -> None:
    """Count a profile in the class that it shows itself in."""
    row.class_key = rules.class_of(published)
    _count(work, row, published, 1)


def leave(work: Work, row: ProfileRow, published: Published) -> None:
    """Count a profile no longer."""
    _count(work, row, published, -1)


def may_be_shown(work: Work, row: ProfileRow) -> bool:
    """Return whether enough profiles of enough members ask to be listed in a profile's class."""
    if row.class_key is None:
        return False
    return _is_large_enough(work, rows.class_size(work.session, row.class_key))


def is_shown_with_enough(work: Work, class_key: bytes) -> bool:
    """Return whether enough profiles of enough members are shown in a class at this moment."""
    return _is_large_enough(work, rows.class_on_show(work.session, class_key))


def common_skills(
    work: Work, published: Iterable[Published], *, of_others: bool = False
) -> frozenset[str]:
    """Return those of the profiles' skills, by skill_key(), that k profiles name.

    Args:
        published: the profiles.
        of_others: whether the one profile at hand is not counted yet, and brings itself.
    """
    keys = {skill_key(skill) for shown in published for skill in skills_of(shown)}
    hashed = {_hashed(work, key): key for key in keys}
    least = rules_now(work).k - of_others
    return frozenset(hashed[found] for found in rows.frequent_skills(work.session, hashed, least))


def without_rare(published: Published, common: frozenset[str]) -> Mapping[str, Encodable]:
    """Return what is shown of a profile once its rare skills are left out."""
    kept = [skill for skill in skills_of(published) if skill_key(skill) in common]
    others = {name: value for name, value in published.items() if name != "skills"}
    return {**others, "skills": kept} if kept else others


def skills_of(published: Published) -> list[str]:
    """Return the skills that a profile names."""
    skills = published.get("skills", ())
    return [str(skill) for skill in skills] if isinstance(skills, list | tuple) else []


def _is_large_enough(work: Work, size: tuple[int, int]) -> bool:
    """Return whether so many profiles of so many members are enough, by the rules in force."""
    numbers = rules_now(work)
    profiles, members = size
    return rules.is_large_enough(
        profiles=profiles,
        members=members,
        k=numbers.k,
        members_per_class=numbers.members_per_class,
    )


def _count(work: Work, row: ProfileRow, published: Published, change: int) -> None:
    """Add to the counters of a profile's class and skills."""
    if row.class_key is None:
        return
    rows.count_in_class(work.session, row.class_key, row.origin, change)
    keys = {skill_key(skill) for skill in skills_of(published)}
    rows.count_skills(work.session, sorted(_hashed(work, key) for key in keys), change)


def _hashed(work: Work, key: str) -> bytes:
    """Return what a skill is counted under; without the hub's key it tells nobody which one."""
    return hmac.digest(work.keyring.derive(SKILLS), key.encode(), sha256)
