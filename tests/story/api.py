"""An organization's own system calling the API: a token of its key for every request."""

from dataclasses import dataclass, field
from uuid import uuid4

import httpx
import jwt
from flask import Flask

from exchange.hub import Hub
from tests.story.scheme import Organization

LIFE_S = 60


def visitor(app: Flask, *, language: str = "en") -> httpx.Client:
    """Return a client without any rights, as anybody has one; it keeps cookies."""
    return httpx.Client(
        transport=httpx.WSGITransport(app=app),
        base_url=app.extensions["hub"].hub.scheme.web_origin,
        headers={"Accept-Language": language},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An organization's client of the API."""

    organization: Organization
    hub: Hub
    http: httpx.Client = field(repr=False)

    def token(self, **changed: object) -> str:
        """Return a fresh token; keyword arguments replace its claims."""
        now = int(self.hub.clock.now().timestamp())
        claims: dict[str, object] = {
            "iss": self.organization.slug,
            "aud": self.hub.scheme.web_origin,
            "iat": now,
            "exp": now + LIFE_S,
            "jti": uuid4().hex,
        }
        return jwt.encode(
            {**claims, **changed},
            self.organization.signing,
            algorithm="EdDSA",
            headers={"kid": self.organization.kid},
        )

    def get(self, path: str, *, token: str | None = None) -> httpx.Response:
        """Ask for something."""
        return self.http.get(path, headers=self._headers(token))

    def post(
        self,
        path: str,
        body: object = None,
        *,
        key: str | None = None,
        token: str | None = None,
    ) -> httpx.Response:
        """Write something; a key of None stands for a new one."""
        headers = {**self._headers(token), "Idempotency-Key": key or uuid4().hex}
        return self.http.post(path, json=body, headers=headers)

    def _headers(self, token: str | None) -> dict[str, str]:
        return {"Authorization": f"Bearer {token or self.token()}"}
