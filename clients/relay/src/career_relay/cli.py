"""The command `relay`: lists its commands, and turns their refusals into words and exit codes."""

from pathlib import Path

import click

from career_relay.commands.agency import agency
from career_relay.commands.cosign import cosign
from career_relay.commands.eligible_list import list_eligible
from career_relay.commands.envelope import envelope
from career_relay.commands.hires import hires
from career_relay.commands.import_files import import_files
from career_relay.commands.invite import invite_candidates
from career_relay.commands.keys import keys
from career_relay.commands.people import people
from career_relay.commands.receipts import receipts
from career_relay.commands.spoken import SpokenGroup, SpokenOption, output_options
from career_relay.commands.statements import statements
from career_relay.commands.sync import sync
from career_relay.commands.tellings import tellings
from career_relay.commands.terminal import (
    ALARM,
    CONFIG,
    OK,
    REFUSED,
    UNREADABLE,
    Terminal,
    terminal_of,
)
from career_relay.commands.try_file import try_file
from career_relay.commands.witness import witness
from career_relay.errors import (
    DistrustError,
    HubRefusedError,
    NotDueError,
    NotReadyError,
    RelayError,
)
from career_relay.words import Words

COMMANDS: tuple[click.Command, ...] = (
    try_file,
    import_files,
    list_eligible,
    keys,
    cosign,
    people,
    invite_candidates,
    sync,
    hires,
    statements,
    envelope,
    agency,
    tellings,
    receipts,
    witness,
)

# Whoever was understood and refused ends with 1, whoever could not be served at all with 2.
_REFUSED_ACTS = (DistrustError, HubRefusedError, NotDueError, NotReadyError)

HELP = Words(
    en="Career Relay for members, agencies and auditors.\n\n"
    "Begin without hub or keys:\n"
    "  relay try --sample xlsx",
    ja="参加企業・紹介会社・監査人のためのキャリアリレー。\n\n"
    "ハブも鍵もなしで始められます:\n"
    "  relay try --sample xlsx --lang ja",
)


class RelayGroup(SpokenGroup):
    """The root; every refusal of a command leaves here, as one sentence and its exit code."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            given = super().invoke(ctx)
        except click.exceptions.Exit as ended:
            ctx.exit(ended.exit_code or _unless_alarmed(ctx))
        except RelayError as refusal:
            _tell(terminal_of(ctx), refusal)
            ctx.exit(REFUSED if isinstance(refusal, _REFUSED_ACTS) else UNREADABLE)
        if ctx.meta.get(ALARM):
            ctx.exit(REFUSED)
        return given


def _unless_alarmed(context: click.Context) -> int:
    """Return how a command ends that has done what it should: 1 after an alarm."""
    return REFUSED if context.meta.get(ALARM) else OK


@click.group("relay", cls=RelayGroup, words=HELP)
@click.option(
    "--config",
    cls=SpokenOption,
    words=Words(en="Where relay.toml is.", ja="relay.tomlの場所。"),
    type=click.Path(path_type=Path, dir_okay=False),
)
@output_options
@click.version_option(package_name="career-relay")
@click.pass_context
def main(context: click.Context, config: Path | None) -> None:
    """Career Relay for members, agencies and auditors."""
    if config is not None:
        context.meta[CONFIG] = config


def _tell(terminal: Terminal, refusal: RelayError) -> None:
    said = refusal.said.into(terminal.language)
    mend = refusal.mend.into(terminal.language)
    terminal.emit({"error": {"said": said, "mend": mend}})
    terminal.aside.print(
        f"relay: {said} {mend}".rstrip(), style="red", markup=False, highlight=False
    )


for _command in COMMANDS:
    main.add_command(_command)
