"""The parts of addresses that name something: what has another form is not found."""

from typing import Final

from flask import Flask
from werkzeug.routing import BaseConverter

from exchange.web.http.shapes import CROCKFORD


class RelayId(BaseConverter):
    """An id of the relay: three letters, "_", and 26 letters."""

    regex = rf"[a-z]{{3}}_[{CROCKFORD}]{{26}}"


class Token(BaseConverter):
    """The secret of a link: 32 bytes in base64url."""

    regex = r"[A-Za-z0-9_-]{43}"


class Slug(BaseConverter):
    """An organization's short name."""

    regex = r"[a-z][a-z0-9-]{1,30}"


class ActId(BaseConverter):
    """The id of an attestation: 16 bytes in base64url."""

    regex = r"[A-Za-z0-9_-]{22}"


CONVERTERS: Final[dict[str, type[BaseConverter]]] = {
    "relay_id": RelayId,
    "token": Token,
    "slug": Slug,
    "act_id": ActId,
}


def name_parts(app: Flask) -> None:
    """Teach the routes of an app <relay_id:…>, <token:…>, <slug:…> and <act_id:…>."""
    app.url_map.converters.update(CONVERTERS)


def describe_part(converter: BaseConverter) -> dict[str, str]:
    """Return the schema of a part of an address, for the API's document."""
    return {"type": "string", "pattern": f"^{converter.regex}$"}
