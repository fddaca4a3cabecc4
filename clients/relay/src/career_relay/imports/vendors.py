"""Other systems' files, told apart so that nobody wonders why theirs is not read yet."""

from collections.abc import Mapping
from typing import cast

_TEAMTAILOR_TYPES = {
    *("candidates", "job-applications", "jobs", "partner-results", "referrals"),
    *("reject-reasons", "stages"),
}
_WORKABLE_KEYS = (
    {"shortcode", "full_title"},
    {"candidate"},
    {"members"},
    {"stages"},
    {"shortcode"},
)


def name_vendor(document: object) -> str:
    """Return whose file a parsed JSON document looks like, or "" where it looks like nobody's."""
    whole = cast("Mapping[str, object]", document) if isinstance(document, dict) else {}
    held = whole.get("data")
    first = held[0] if isinstance(held, list) and held else held
    if isinstance(first, dict):
        if first.get("type") in _TEAMTAILOR_TYPES and "attributes" in first:
            return "Teamtailor"
        if {"stageChanges", "archived"} <= first.keys() or "hasNext" in whole:
            return "Lever"
    people = whole.get("candidates")
    if isinstance(people, list) and people and isinstance(people[0], dict):
        return "Workable" if {"firstname", "stage"} <= people[0].keys() else ""
    if any(keys <= whole.keys() for keys in _WORKABLE_KEYS):
        return "Workable"
    if "basics" in whole:
        return "JSON Resume"
    return "履歴書" if "personal_info" in whole else ""
