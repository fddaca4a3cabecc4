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
    whole = _map(document)
    first = _first(whole.get("data"))
    person = _first(whole.get("candidates"))
    marks = {
        "Teamtailor": first.get("type") in _TEAMTAILOR_TYPES and "attributes" in first,
        "Lever": {"stageChanges", "archived"} <= first.keys()
        or {"data", "hasNext"} <= whole.keys(),
        "Workable": {"firstname", "stage"} <= person.keys()
        or any(keys <= whole.keys() for keys in _WORKABLE_KEYS),
        "JSON Resume": "basics" in whole,
        "履歴書": "personal_info" in whole,
    }
    return next((vendor for vendor, marked in marks.items() if marked), "")


def _map(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}


def _first(value: object) -> Mapping[str, object]:
    return _map(value[0] if isinstance(value, list) and value else value)
