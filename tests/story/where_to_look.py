"""What the demo leaves to look at, and at which addresses."""

import json

from tests.story.chapters.consenting import People, standing
from tests.story.stage import Stage
from tests.story.teller import Teller

LINKS = "links.json"


def keep_links(stage: Stage, people: People) -> None:
    """Keep one candidate's page of every state, for whoever wants to look at them."""
    found: dict[str, str] = {}
    for candidate in people.consented:
        if candidate.http.get(candidate.own).is_success:
            found.setdefault(standing(candidate), candidate.own)
    stage.keep(LINKS, {"url": stage.url, "database_url": stage.database_url, "pages": found})


def tell(stage: Stage, teller: Teller) -> None:
    """Say where everything is."""
    teller.chapter(15, "Where to look")
    teller.say(
        f"{stage.folder}: keys/ ledger/ ledger.vkey policy.txt "
        "receipts/ letters/ statements/ story.json"
    )
    teller.say("make serve lets you click through it:")
    kept = json.loads((stage.folder / LINKS).read_text(encoding="utf-8"))
    for name, path in kept["pages"].items():
        teller.say(f"a candidate's own page ({name}): {stage.url}{path}")
    for name, path in (("portal", "/portal/"), ("API", "/docs"), ("front page", "/")):
        teller.say(f"{name}: {stage.url}{path}")
