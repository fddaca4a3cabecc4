"""How often somebody may guess: only attempts that miss are counted, by address, in memory."""

from typing import Final

from flask import Blueprint, Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

LARGEST_BODY: Final = 8 * 1024 * 1024
LARGEST_FORM_FIELDS: Final = 200
MISSES: Final = "30 per minute"
BROUGHT: Final = "60 per minute"
RETRY_AFTER_S: Final = 60

# Every create_app() gives it a new, empty memory.
_limiter = Limiter(get_remote_address, storage_uri="memory://", default_limits=[])


def limit_guessing(blueprint: Blueprint) -> Blueprint:
    """Let an address miss only so often at the links or sign-in of a blueprint; return it."""
    _limiter.limit(MISSES, deduct_when=_missed, scope="guesses")(blueprint)
    return blueprint


def limit_bringing(blueprint: Blueprint) -> Blueprint:
    """Let an address bring something only so often to a blueprint without tokens; return it."""
    _limiter.limit(BROUGHT)(blueprint)
    return blueprint


def bound(app: Flask) -> None:
    """Bound the size of what an app takes in, and start to count misses."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_PARTS"] = LARGEST_FORM_FIELDS
    _limiter.init_app(app)


def _missed(response: Response) -> bool:
    return response.status_code in {401, 403, 404, 410}
