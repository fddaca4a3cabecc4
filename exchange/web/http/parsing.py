"""Strict reading of what a request carries: JSON without surprises, nothing unknown."""

import json
from collections.abc import Sequence
from typing import Final, TypeAlias

import flask
import orjson
from marshmallow import RAISE
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import NotFound, UnsupportedMediaType

from exchange.domain.errors import MalformedError

MEDIA_TYPE: Final = "application/json"
NUL: Final = "\x00"

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class StrictParser(FlaskParser):
    """Reads bodies and queries; whatever the schema does not name is refused."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(("json", "query", "form", "headers"), RAISE)

    def _raw_load_json(self, req: flask.Request) -> Json:
        """Return the body's value."""
        return json_of(req)


def refuse_nul(app: flask.Flask) -> None:
    """Refuse the character NUL in every address and form of an app; json_of() does in JSON.

    PostgreSQL keeps no NUL in a text, and nobody writes one on purpose.
    """

    @app.before_request
    def require_text() -> None:
        if NUL in flask.request.path:
            raise NotFound
        sent = (flask.request.args, flask.request.form)
        if any(NUL in text for of in sent for name, texts in of.lists() for text in (name, *texts)):
            raise MalformedError(
                "What was sent holds a character that no text may hold.",
                detail_ja="送信された内容に、文字として使えないものが含まれています。",
            )


def json_of(request: flask.Request) -> Json:
    """Return the value of a request's JSON body.

    Raises:
        UnsupportedMediaType: the request does not say that it is JSON.
        MalformedError: the body is not JSON in UTF-8, names a member twice, or holds what no text
            may hold.
    """
    if request.mimetype != MEDIA_TYPE:
        raise UnsupportedMediaType
    raw = request.get_data()
    try:
        value: Json = orjson.loads(raw)
        # Of a name that stands twice orjson takes the last, and other readers the first.
        json.loads(raw, object_pairs_hook=_require_once)
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    if b"\\u0000" in raw and _holds_nul(value):
        raise _unreadable()
    return value


def _require_once(members: Sequence[tuple[str, Json]]) -> None:
    """Refuse an object that names a member twice."""
    if len(members) != len({name for name, _ in members}):
        raise MalformedError(
            "The body names a member of an object twice.",
            detail_ja="本文のオブジェクトに、同じ名前の項目が二つあります。",
        )


def _holds_nul(value: Json) -> bool:
    """Return whether a text anywhere in a value holds the character NUL."""
    waiting: list[Json] = [value]
    while waiting:
        at_hand = waiting.pop()
        if isinstance(at_hand, str) and NUL in at_hand:
            return True
        if isinstance(at_hand, list):
            waiting += at_hand
        elif isinstance(at_hand, dict):
            waiting += [*at_hand.keys(), *at_hand.values()]
    return False


def _unreadable() -> MalformedError:
    return MalformedError(
        "The body is not JSON in UTF-8.", detail_ja="本文が UTF-8 の JSON ではありません。"
    )
