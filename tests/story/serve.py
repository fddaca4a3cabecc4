"""Leave the demo's hub running to click through, with a way in for every role.

python -m tests.story.serve
"""

import json
import os
import signal
import sys
from pathlib import Path

from tests.story import demo
from tests.story.cast import AGENCIES, AUDITOR, MEMBERS
from tests.story.chapters import witnessing
from tests.story.stage import DemoError, Stage, demo_folder
from tests.story.where_to_look import LINKS

VISITORS = (("agency", AGENCIES[0]), ("member", MEMBERS[0]), ("auditor", AUDITOR))


def main() -> int:
    """Serve the last demo, playing it first where there is none, until somebody stops it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = demo_folder(os.environ)
    if not (folder / LINKS).exists() and demo.main([]):
        return 1
    try:
        _serve(folder)
    except DemoError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def _serve(folder: Path) -> None:
    """Start the hub of a demo that was played, and its witnesses, and say how to get in."""
    kept = json.loads((folder / LINKS).read_text(encoding="utf-8"))
    stage = Stage(folder=folder, url=kept["url"], database_url=kept["database_url"])
    with witnessing.watching(stage, witnessing.appointed(stage)), stage.serving() as server:
        print(f"The demo's hub runs at {stage.url}; Ctrl-C ends it.\n")
        for name, path in kept["pages"].items():
            print(f"  a candidate's own page ({name}): {stage.url}{path}")
        print("\nEach link enrols one passkey; then run the command below it, and sign in at")
        print(f"{stage.url}/portal/sign-in. The demo is at {stage.now():%Y-%m-%d %H:%M}.\n")
        _invite(stage)
        server.wait()


def _invite(stage: Stage) -> None:
    """Print a one-time enrolment link for each role, and how it is confirmed."""
    office = stage.ask("exchange", "people", "invite", "事務局 一郎")
    settings = " ".join(f"{name}={value}" for name, value in stage.settings.items())
    print(f"  office: {office['enrolment_url']}")
    print(f"    {settings} .venv/bin/exchange people confirm {office['id']}\n")
    for role, player in VISITORS:
        invited = stage.relay(player.slug, "people", "invite", "担当 花子")
        config = stage.folder / "organizations" / player.slug / "relay.toml"
        print(f"  {role} ({player.name}): {invited['enrolment_url']}")
        print(f"    .venv/bin/relay --config {config} people confirm {invited['id']}\n")


if __name__ == "__main__":
    sys.exit(main())
