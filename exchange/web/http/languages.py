"""Which language a reader gets, and the words of the pages in it."""

from datetime import timedelta, timezone, tzinfo
from typing import Final
from urllib.parse import urlencode

import flask_babel
from flask import Flask, current_app, has_request_context, request

LANGUAGES: Final = ("ja", "en")
PAGE_DEFAULT: Final = "ja"
API_DEFAULT: Final = "en"
JAPAN: Final = timezone(timedelta(minutes=540))


def gettext(msgid: str, **values: object) -> str:
    """Return the words of a message in the reader's language, its %(name)s places filled."""
    return str(flask_babel.gettext(msgid, **values))


def noted(msgid: str) -> str:
    """Return a message as it is, noted for the catalogue; gettext() translates it where shown."""
    return msgid


def is_for_machines(path: str) -> bool:
    """Return whether a path is answered in JSON or bytes, and not with a page."""
    return path.startswith(("/v1/", "/ledger/", "/healthz", "/metrics"))


def page_language() -> str:
    """Return the language of a page: ?lang=, else the browser's wish, else Japanese."""
    asked = request.args.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return request.accept_languages.best_match(LANGUAGES) or PAGE_DEFAULT


def api_language() -> str:
    """Return the language of a problem document: the client's wish, else English."""
    return request.accept_languages.best_match(LANGUAGES) or API_DEFAULT


def language() -> str:
    """Return the language in which this request is answered, "ja" or "en"."""
    if not has_request_context():
        return PAGE_DEFAULT
    if is_for_machines(request.path):
        return api_language()
    return page_language()


def speak(app: Flask, *, zone: tzinfo = JAPAN) -> None:
    """Teach an app both languages.

    Args:
        app: the app; its templates get language(), other_languages() and dates in zone.
        zone: the scheme's time zone, in which people read dates and times.
    """
    flask_babel.Babel(
        app,
        default_locale=PAGE_DEFAULT,
        default_translation_directories="web/translations",
        locale_selector=language,
        timezone_selector=lambda: zone,
    )
    app.url_defaults(_carry_language)
    app.context_processor(
        lambda: {"language": language(), "languages": LANGUAGES, "in_language": in_language}
    )


def in_language(name: str) -> str:
    """Return the relative address of the page at hand in a language."""
    asked = {key: value for key, value in request.args.items() if key != "lang"}
    return "?" + urlencode({**asked, "lang": name})


def _carry_language(endpoint: str, values: dict[str, object]) -> None:
    """Keep a language that was chosen by ?lang= in the links of the page, since no cookie may."""
    if not has_request_context() or request.args.get("lang", "") not in LANGUAGES:
        return
    if endpoint.endswith("static"):
        return
    rule = next(iter(current_app.url_map.iter_rules(endpoint)))
    if not is_for_machines(rule.rule):
        values.setdefault("lang", request.args["lang"])
