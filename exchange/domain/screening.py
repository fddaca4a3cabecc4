"""The gate for every text of a profile: nothing in it may tell who somebody is."""

from collections.abc import Collection

from exchange.domain.errors import IdentityInProfileError
from relay_protocol import profile, screening
from relay_protocol.profile import Fields


def require_no_identity(fields: Fields, within: str = "") -> None:
    """Return if no text of a profile seems to tell who somebody is, or what none may ask.

    Args:
        fields: the profile's fields.
        within: where the fields stand in what was sent, such as `fields/`.

    Raises:
        IdentityInProfileError: the first text that does, by its field and the place in it.
    """
    for path, text in profile.texts_of(fields):
        _require_clean(path, text, within, screening.PROFILE_KINDS)


def require_clean_message(text: str, field: str = "message") -> None:
    """Return if an agency's message holds no address to go around the exchange by.

    Raises:
        IdentityInProfileError: what it seems to hold, and the place in it.
    """
    _require_clean(field, text, "", screening.MESSAGE_KINDS)


def _require_clean(path: str, text: str, within: str, kinds: Collection[str]) -> None:
    """Refuse a text by the first finding in it."""
    findings = screening.find(text, kinds=kinds)
    if findings:
        raise IdentityInProfileError(
            screening.message(path, findings[0], "en"),
            field=f"{within}{path}",
            detail_ja=screening.message(path, findings[0], "ja"),
        )
