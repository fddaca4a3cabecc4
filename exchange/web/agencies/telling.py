"""How instants, days and small counts are told, in the API and on the pages."""

from datetime import date, datetime

from relay_protocol.attestation import instant_text


def instant(at: datetime) -> str:
    """Return an instant as the API tells it: UTC, whole seconds, `Z`."""
    return instant_text(at.replace(microsecond=0))


def instant_or_none(at: datetime | None) -> str | None:
    """Return an instant as the API tells it, or None where there is none."""
    return None if at is None else instant(at)


def day_or_none(day: date | None) -> str | None:
    """Return a day, or None where there is none."""
    return None if day is None else day.isoformat()


def count_told(count: int, k: int) -> str:
    """Return a count as it may be told: one below k is "<k"."""
    return str(count) if count == 0 or count >= k else f"<{k}"
