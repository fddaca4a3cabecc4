"""`Prefer: wait=N`: an answer that comes when a published checkpoint covers the act, or after N."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from flask import Response, request

from exchange.domain.errors import ReceiptNotReadyError
from exchange.services import receipts
from exchange.web.http import wiring

PREFER: Final = "Prefer"
APPLIED: Final = "Preference-Applied"
LONGEST_WAIT_S: Final = 5

_WAIT: Final = re.compile(r'wait\s*=\s*(?:"([0-9]{1,6})"|([0-9]{1,6}))\s*(?:;.*)?', re.IGNORECASE)


def preferred_s(header: str) -> int:
    """Return how many seconds the asker likes to wait, at most five; 0 for not at all.

    Args:
        header: the value of Prefer (RFC 7240, section 4.3), "" without one; what cannot be
            understood is no preference, and of two the first counts.
    """
    for preference in header.split(","):
        if found := _WAIT.fullmatch(preference.strip()):
            return min(int(found[1] or found[2]), LONGEST_WAIT_S)
    return 0


def until_covered(response: Response, attestation_ids: Sequence[str]) -> Response:
    """Return an answer as soon as its acts are covered, where the asker prefers to wait.

    It is called after the transaction; a few may wait at once, and whoever finds no place is
    answered at once, without Preference-Applied.

    Args:
        response: the answer, complete.
        attestation_ids: of the acts; of none there is nothing to wait for.
    """
    seconds = preferred_s(request.headers.get(PREFER, ""))
    if not seconds or not attestation_ids:
        return response
    hub = wiring.hub()

    def are_ready() -> bool:
        with hub.reading() as work:
            return receipts.are_ready(work, attestation_ids)

    with hub.bell.place() as has_place:
        if has_place:
            hub.bell.wait(are_ready, seconds)
            response.headers[APPLIED] = f"wait={seconds}"
    return response


def until_ready(read: Callable[[], Response], *, unasked_s: int = 0) -> Response:
    """Return a receipt as soon as it is ready, where the asker prefers to wait.

    Args:
        read: gives the receipt, in a transaction of its own each time.
        unasked_s: how long to wait for people, whose browsers state no preference.

    Raises:
        ReceiptNotReadyError: it is not ready, and there was no wait, or none that was enough.
    """
    try:
        return read()
    except ReceiptNotReadyError:
        preferred = preferred_s(request.headers.get(PREFER, ""))
        seconds = preferred or unasked_s
        if not seconds:
            raise
    hub = wiring.hub()
    got: list[Response] = []

    def is_ready() -> bool:
        try:
            got.append(read())
        except ReceiptNotReadyError:
            return False
        return True

    with hub.bell.place() as has_place:
        if not has_place or not hub.bell.wait(is_ready, seconds):
            return read()
    if preferred:
        got[0].headers[APPLIED] = f"wait={preferred}"
    return got[0]
