"""The command `relay`: lists its commands, and turns their refusals into words and exit codes."""

from collections.abc import Mapping
from pathlib import Path
from pkgutil import resolve_name
from typing import Final

import click

from career_relay.commands.spoken import SpokenGroup, SpokenOption, output_options
from career_relay.commands.terminal import (
    ALARM,
    CONFIG,
    OK,
    REFUSED,
    UNREADABLE,
    Terminal,
    terminal_of,
)
from career_relay.errors import (
    DistrustError,
    HubRefusedError,
    NotDueError,
    NotReadyError,
    RelayError,
)
from career_relay.words import Words

COMMANDS: Final[Mapping[str, str]] = {
    "try": "try_file:try_file",
    "import": "import_files:import_files",
    "eligible": "eligible_list:list_eligible",
    "keys": "keys:keys",
    "cosign": "cosign:cosign",
    "people": "people:people",
    "invite": "invite:invite_candidates",
    "sync": "sync:sync",
    "hires": "hires:hires",
    "statements": "statements:statements",
    "envelope": "envelope:envelope",
    "agency": "agency:agency",
    "tellings": "tellings:tellings",
    "receipts": "receipts:receipts",
    "witness": "witness:witness",
}
"""Where each command stands in the folder of commands: only the one that is run is loaded."""

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

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the alphabet."""
        return sorted({*COMMANDS, *super().list_commands(ctx)})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, loaded now, or None."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        command = resolve_name(f"career_relay.commands.{place}")
        return command if isinstance(command, click.Command) else None

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
@click.version_option(
    package_name="career-relay",
    cls=SpokenOption,
    words=Words(en="Show the version and exit.", ja="バージョンを表示して終わります。"),
)
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
