"""The command that makes a pack of reveals for an auditor."""

from pathlib import Path
from typing import Final

import click

from exchange.cli.opening import as_json, opened, say
from exchange.domain.errors import BusyError
from exchange.hub import Hub
from exchange.services import packs
from exchange.store.audits import PackRow

TRIES: Final = 10


@click.command("audit-pack")
@click.option("--for", "slug", required=True, help="Slug of the auditor.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the sealed pack in a file too.",
)
@as_json
def audit_pack(slug: str, out: Path | None, *, as_json: bool) -> None:
    """Make a pack of everything that can still be opened, sealed to an auditor's key.

    The auditor fetches it with `relay-audit verify`, or gets the file; nobody else can open it.
    It may be used for seven days, and the next pack takes its place.

    \b
    Example:
      exchange audit-pack --for kansa --out kansa.pack
    """
    with opened() as hub:
        pack = new_pack(hub, slug)
        if out is not None:
            out.write_bytes(pack.sealed)
    say(
        f"A pack of {pack.cut} entries is made for {slug}, for use until {pack.until}.",
        {"for": slug, "cut": pack.cut, "until": pack.until.isoformat()},
        as_json=as_json,
    )


def new_pack(hub: Hub, slug: str) -> PackRow:
    """Return a new pack, cut where the hub has just said how many reveals are closed.

    Raises:
        BusyError: again and again somebody was erased meanwhile.
    """
    for _ in range(TRIES):
        with hub.work() as work:
            packs.close_reveals(work)
        hub.sequence()
        with hub.work() as work:
            made = packs.make(work, slug)
        if made is not None:
            return made
    raise BusyError("People are being erased at this moment. Run the command again in a minute.")
