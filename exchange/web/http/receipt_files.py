"""Receipts for people: a file to keep, given a moment later where it is not ready yet."""

from collections.abc import Callable
from typing import Final

from flask import Response

from exchange.domain.errors import ReceiptNotReadyError
from exchange.web.http import waiting
from relay_protocol.proof_file import MEDIA_TYPE, SUFFIX

PATIENCE_S: Final = 3
"""How long a page waits for a receipt before it says that it is not ready."""


def file_answer(attestation_id: str, file: bytes) -> Response:
    """Return a receipt as a file to keep."""
    response = Response(file, content_type=MEDIA_TYPE)
    name = f"receipt-{attestation_id}{SUFFIX}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def for_people(read: Callable[[], Response]) -> Response:
    """Return a receipt, which may come a few seconds after the act.

    Args:
        read: gives it, in a transaction of its own each time.

    Raises:
        ReceiptNotReadyError: it is not ready yet, in words for people.
    """
    try:
        return waiting.until_ready(read, unasked_s=PATIENCE_S)
    except ReceiptNotReadyError as error:
        raise ReceiptNotReadyError(
            error.detail,
            mend="What you did is recorded. Go back, and open the receipt again in a moment.",
            detail_ja=error.detail_ja,
            mend_ja="手続きは受け付けています。前のページに戻り、少し後にもう一度お試しください。",
        ) from error
