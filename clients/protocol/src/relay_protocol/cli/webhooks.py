"""Posting an alarm to whoever must hear of it, signed as Standard Webhooks asks for."""

import base64
import binascii
import hashlib
import hmac
import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from relay_protocol.cli import files
from relay_protocol.cli.refusals import InputError, PostError

PREFIX: Final = "whsec_"
KEY_BYTES: Final = range(24, 65)
STALL_S: Final = 10.0
TOTAL_S: Final = 20.0


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: what is posted goes to the address that was given, or nowhere."""

    def redirect_request(self, *_args: object) -> None:
        """Return no request to follow with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that takes alarms, and the secret that it knows them by.

    Attributes:
        url: http or https.
        key: the secret's bytes.
    """

    url: str
    key: bytes = field(repr=False)

    @classmethod
    def of(cls, url: str, secret: Path) -> "Webhook":
        """Return the webhook of an address and of the file that holds its secret.

        Raises:
            InputError: the address is none, or the file holds no secret of the form `whsec_…`.
        """
        parts = urllib.parse.urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not url.isprintable():
            raise InputError("webhook-address")
        text = files.read(secret).decode("ascii", "replace").strip()
        try:
            key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        except binascii.Error as error:
            raise InputError("secret-none", path=secret) from error
        if not text.startswith(PREFIX) or len(key) not in KEY_BYTES:
            raise InputError("secret-length", path=secret)
        return cls(url=url, key=key)

    def headers(self, name: str, body: bytes, at: datetime) -> dict[str, str]:
        """Return the headers of a message (Standard Webhooks, v1: HMAC-SHA256).

        Args:
            name: the message's id, the same whenever it is sent again.
            at: the moment of sending.
        """
        sent = str(int(at.timestamp()))
        signed = hmac.digest(self.key, f"{name}.{sent}.".encode() + body, hashlib.sha256)
        return {
            "Content-Type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": sent,
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }

    def post(self, name: str, document: Mapping[str, object], at: datetime) -> None:
        """Return once the other side has taken a message.

        Raises:
            PostError: it has not, within TOTAL_S seconds.
        """
        body = json.dumps(document, ensure_ascii=False).encode()
        request = urllib.request.Request(  # noqa: S310 (of() has refused other schemes)
            self.url, data=body, headers=self.headers(name, body, at), method="POST"
        )
        outcome: list[PostError | None] = []
        sending = threading.Thread(target=lambda: outcome.append(_send(request)), daemon=True)
        sending.start()
        sending.join(TOTAL_S)
        if not outcome:
            raise PostError("no-answer", seconds=int(TOTAL_S))
        if outcome[0] is not None:
            raise outcome[0]


def _send(request: urllib.request.Request) -> PostError | None:
    """Return why a message was not taken, for another thread to raise; None where it was."""
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=STALL_S):
            return None
    except urllib.error.HTTPError as error:
        with error:
            return PostError("answer", status=error.code)
    except (OSError, ValueError) as error:
        return PostError("nobody", why=error)
