"""What every page behind a private link does first: whose link it is, and whose form came back."""

from typing import Final

from flask import request

from exchange.domain.errors import FormKeyError
from exchange.services.work import Work
from exchange.web.http import wiring
from relay_protocol.ids import link_digest

FIELD: Final = "form_key"
OWN_SITES: Final = frozenset({"same-origin", "none"})


def form_key(work: Work, token: str, page: str) -> str:
    """Return the key that the forms of a page carry.

    Args:
        token: of the link under which the page stands.
        page: a name for the page; its forms are taken by the same page only.
    """
    return wiring.form_keys().issue(link=link_digest(token), page=page, at=work.now)


def require_form(work: Work, token: str, page: str) -> None:
    """Return if the form at hand was given out by the page, and sent from it.

    Raises:
        FormKeyError: it is another's, too old, or another site made the browser send it.
    """
    # The key cannot be read from elsewhere, but whoever sent the link can open the page as well.
    if request.headers.get("Sec-Fetch-Site", "none") not in OWN_SITES:
        raise FormKeyError(
            "This form was sent from another site.",
            detail_ja="ほかのサイトから送られたため、受け付けませんでした。",
        )
    wiring.form_keys().check(
        request.form.get(FIELD, ""), link=link_digest(token), page=page, at=work.now
    )
