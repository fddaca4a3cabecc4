"""The demo: one relay from import to audited settlement, told as it happens.

python -m tests.story.demo [INPUT]
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from tests.story.chapters import admission, collecting, consenting, placing
from tests.story.stage import DemoError, Stage, set_stage
from tests.story.teller import Teller


def play(stage: Stage, teller: Teller, given: Path | None) -> None:
    """Play every chapter against a hub that is started here, and stop it at the end."""
    del given
    today = (datetime.now(UTC) + timedelta(hours=9)).date()
    collecting.first_look(stage, teller)
    admission.open_scheme(stage, teller, today)
    with stage.serving():
        admission.admit_everyone(stage, teller)
        collecting.import_everything(stage, teller, today)
        links = collecting.invite_everybody(stage, teller)
        with httpx.Client(base_url=stage.url, headers={"Accept-Language": "en"}) as http:
            people = consenting.decide(teller, links, http)
            consenting.add_what_origins_hold(stage, teller)
            consenting.list_profiles(stage, teller, people)
            dealings = placing.claim_candidates(stage, teller, people)
            placing.answer(stage, teller, people, dealings)
            placing.release(stage, teller, dealings)
            placing.place(stage, teller, dealings)


def main(arguments: list[str]) -> int:
    """Play the demo; return 0 when every step went as it must."""
    stage = set_stage(os.environ)
    teller = Teller(file=stage.folder / "story.json")
    try:
        play(stage, teller, Path(arguments[0]) if arguments else None)
    except DemoError as error:
        sys.stderr.write(f"\nThe demo stopped.\n{error}\n")
        return 1
    teller.say("The demo is done.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
