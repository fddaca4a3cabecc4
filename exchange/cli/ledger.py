"""Commands about the ledger: sign what waits, and write it out as static files."""

from pathlib import Path

import click

from exchange.cli.opening import as_json, opened, say
from exchange.services import publication


@click.group()
def ledger() -> None:
    """Sign and write out the ledger."""


@ledger.command("publish")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--with-entries", is_flag=True, help="Entry bundles too, for an auditor's copy.")
@as_json
def publish(folder: Path, *, with_entries: bool, as_json: bool) -> None:
    """Write checkpoint and tiles (C2SP tlog-tiles) into FOLDER, for any static host.

    \b
    Examples, for everybody and for an auditor:
      exchange ledger publish public/ledger
      exchange ledger publish copy --with-entries
    """
    with opened() as hub:
        hub.sequence()
        with hub.reading() as work:
            size = publication.write_out(work, folder, with_entries=with_entries)
    say(f"{size} entries are written to {folder}.", {"size": size}, as_json=as_json)
