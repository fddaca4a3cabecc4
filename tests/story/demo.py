"""The demo: one relay from import to audited settlement, told as it happens.

python -m tests.story.demo [INPUT]
"""

import os
import sys
from pathlib import Path

from tests.story import where_to_look
from tests.story.chapters import (
    admission,
    collecting,
    consenting,
    guests,
    placing,
    settling,
    witnessing,
)
from tests.story.stage import DemoError, Stage, set_stage
from tests.story.teller import Teller


def play(stage: Stage, teller: Teller, given: Path | None) -> None:
    """Play every chapter against a hub that is started here, and stop it at the end."""
    today = stage.today()
    collecting.first_look(stage, teller)
    admission.open_scheme(stage, teller, today)
    ports = witnessing.appoint(stage, teller)
    with witnessing.watching(stage, ports), stage.serving(), stage.visiting() as http:
        admission.admit_everyone(stage, teller)
        collecting.import_everything(stage, teller, today)
        if given is not None:
            guests.import_files(stage, teller, given)
        links = collecting.invite_everybody(stage, teller)
        people = consenting.decide(teller, links, http)
        consenting.add_what_origins_hold(stage, teller)
        consenting.list_profiles(stage, teller, people)
        dealings = placing.claim_candidates(stage, teller, people)
        placing.answer(stage, teller, people, dealings)
        placing.release(stage, teller, dealings)
        placing.place(stage, teller, dealings)
        period = settling.settle(stage, teller, dealings, people)
        settling.audit(stage, teller, period)
        witnessing.tell_receipts(stage, teller)
        witnessing.run_errand(stage, teller)
        witnessing.lie(stage, teller, ports)
        where_to_look.keep_links(stage, people)
    where_to_look.tell(stage, teller)


def main(arguments: list[str]) -> int:
    """Play the demo; return 0 when every step went as it must."""
    try:
        stage = set_stage(os.environ)
        play(stage, Teller(file=stage.folder / "story.json"), _given(arguments))
    except DemoError as error:
        sys.stderr.write(f"\nThe demo stopped.\n{error}\n")
        return 1
    return 0


def _given(arguments: list[str]) -> Path | None:
    """Return the path of somebody's own files, if any was given."""
    return Path(arguments[0]) if arguments else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
