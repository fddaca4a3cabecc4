"""Proof that a form was given out by the page it comes back to, where no cookie may be set."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from exchange.domain.errors import FormKeyError
from relay_protocol.encoding import b64url_encode

HOUR_S: Final = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class FormKeys:
    """Keys for the forms of pages that are reached by a secret link."""

    secret: bytes

    def issue(self, *, link: bytes, page: str, at: datetime) -> str:
        """Return the key for the forms of one page.

        Args:
            link: digest of the link's token, 32 bytes.
            page: name of the page that the form stands on.
            at: when the page is given out.
        """
        return self._key(link, page, int(at.timestamp()) // HOUR_S)

    def check(self, form_key: str, *, link: bytes, page: str, at: datetime) -> None:
        """Check the key that came back with a form.

        Raises:
            FormKeyError: the key is not that of this link and page in this hour or the last.
        """
        hour = int(at.timestamp()) // HOUR_S
        given = form_key.encode("utf-8", "replace")
        known = [self._key(link, page, hour - age).encode("ascii") for age in (0, 1)]
        if not any([hmac.compare_digest(given, key) for key in known]):  # noqa: C419 - compare both
            raise FormKeyError(
                "This form was open for too long. Open the page again, and answer there.",
                detail_ja="時間がたったため、送信できませんでした。ページを開き直してください。",
            )

    def _key(self, link: bytes, page: str, hour: int) -> str:
        message = b"\x00".join((b"career-relay/form/v1", link, page.encode(), str(hour).encode()))
        return b64url_encode(hmac.digest(self.secret, message, sha256))
