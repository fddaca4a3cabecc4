"""The description of the API in docs is the one that the app builds."""

import json
from pathlib import Path

from exchange.web import openapi


def test_the_description_in_docs_is_what_the_app_builds(checkout: Path) -> None:
    written = json.loads((checkout / "docs/openapi.json").read_text(encoding="utf-8"))
    assert written == json.loads(json.dumps(openapi.document())), "run make openapi"
