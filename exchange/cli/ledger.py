"""Commands about the ledger: write it out, read its alarms, and mend its guard."""

import sys
from pathlib import Path

import click

from exchange.cli.opening import as_json, opened, refusals, say
from exchange.config import Settings
from exchange.hub import open_hub
from exchange.services import alarms as alarm_cases
from exchange.services import checkpoints, publication
from exchange.services.alarms import Alarm


@click.group()
def ledger() -> None:
    """Sign and write out the ledger, and read what its witnesses raised."""


@ledger.command("publish")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--with-entries", is_flag=True, help="Entry bundles too, for an auditor's copy.")
@as_json
def publish(folder: Path, *, with_entries: bool, as_json: bool) -> None:
    """Write checkpoint and tiles (C2SP tlog-tiles) into FOLDER, for any static host.

    A folder that was written before gets only what is new, the checkpoint last: run it every
    minute and copy in any order that puts `checkpoint` last. Let the host serve `checkpoint` as
    text/plain; charset=utf-8 with Cache-Control: no-cache, and all below tile/ as
    application/octet-stream, for ever. Entry bundles are for auditors only: never put them there.

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


@ledger.command("alarms")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the evidence of an alarm that proves two histories.",
)
@click.option(
    "--number",
    type=click.IntRange(min=1),
    help="Which alarm --out is about; the newest that proves.",
)
@as_json
def alarms(out: Path | None, number: int | None, *, as_json: bool) -> None:
    """List the alarms of equivocation that witnesses raised; end with 1 while one is open.

    A witness raises one when this ledger shows it a history that does not continue the one it
    has cosigned. Alarms are never deleted; the office acknowledges them in the portal.

    \b
    Examples, and what a third person does with the file, offline:
      exchange ledger alarms
      exchange ledger alarms --out evidence.txt
      relay-audit evidence evidence.txt --vkey KEY
    """
    with refusals():
        hub = open_hub(Settings.from_environment())
        try:
            with hub.reading() as work:
                found = alarm_cases.listed(work)
                if out is not None:
                    out.write_bytes(alarm_cases.evidence(work, number))
        finally:
            hub.close()
    lines = [_line(alarm) for alarm in found] or ["No alarm was ever raised."]
    if out is not None:
        lines.append(f"The evidence is written to {out}. Anybody checks it, without a network:")
        lines.append(f"relay-audit evidence {out} --vkey KEY")
    document = {"alarms": [alarm.document() for alarm in found]}
    say("\n".join(lines), document, as_json=as_json)
    if any(alarm.is_open for alarm in found):
        sys.exit(1)


@ledger.command("guard")
@click.option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The newest checkpoint that a witness, a mirror or a member holds.",
)
@click.option(
    "--trust-database", is_flag=True, help="Nothing was restored: this database is the newest."
)
@as_json
def guard(source: Path | None, *, trust_database: bool, as_json: bool) -> None:
    """Put back the file of the last published checkpoint, after it was lost or damaged.

    Without that file the hub signs nothing: a database restored from before it would tell a
    second history. Take the newest checkpoint that others hold; the hub checks that its database
    contains it.

    \b
    Examples, with what a mirror holds, and after a move where nothing was restored:
      exchange ledger guard --from mirror/checkpoint
      exchange ledger guard --trust-database
    """
    if (source is None) == (not trust_database):
        message = "give either --from FILE or --trust-database"
        raise click.UsageError(message)
    with refusals():
        hub = open_hub(Settings.from_environment())
        try:
            newest = None if source is None else source.read_bytes()
            with hub.noting() as work:
                size = checkpoints.restore_guard(work, hub.published, newest)
        finally:
            hub.close()
    say(f"{hub.published} holds the checkpoint of {size} entries.", {"size": size}, as_json=as_json)


def _line(alarm: Alarm) -> str:
    """Return an alarm as one line for people."""
    proof = "two histories are proven" if alarm.is_proof else "the witness showed no proof"
    state = "open" if alarm.is_open else "acknowledged"
    at = alarm.raised_at.isoformat(timespec="seconds")
    who = "(brought by somebody)" if alarm.is_brought else alarm.witness
    return f"{alarm.id:>4}  {at}  {who}  size {alarm.size}  {proof}  {state}"
