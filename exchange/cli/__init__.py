"""The command `exchange`: what the consortium's office does at its own hub."""

from collections.abc import Mapping
from pkgutil import resolve_name
from typing import Final

import click

from exchange import logs
from exchange.cli.spoken import SpokenGroup, SpokenOption, language_option

COMMANDS: Final[Mapping[str, str]] = {
    "init": "scheme:init",
    "upgrade": "scheme:upgrade",
    "rules": "scheme:rules",
    "notice": "scheme:notice",
    "admit": "organizations:admit",
    "suspend": "organizations:suspend",
    "organizations": "organizations:organizations",
    "keys": "keys:keys",
    "people": "people:people",
    "serve": "run:serve",
    "worker": "run:worker",
    "statements": "statements:statements",
    "ledger": "ledger:ledger",
    "audit-pack": "audit:audit_pack",
}
"""Where each command stands in this folder: only the one that is run is loaded."""


class OfficeGroup(SpokenGroup):
    """The root, which loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order of the alphabet."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None."""
        del ctx
        place = COMMANDS.get(cmd_name)
        command = None if place is None else resolve_name(f"exchange.cli.{place}")
        return command if isinstance(command, click.Command) else None


MAIN_JA = """
キャリアリレーのハブを動かします。

設定は環境変数から読みます: DATABASE_URL、EXCHANGE_KEYS(指定がなければ keys/)、
EXCHANGE_STATE(var/)、EXCHANGE_URL(http://localhost:8400)、
EXCHANGE_POLICY(台帳の立会人)、試行用の制度では EXCHANGE_CLOCK も。

最初の日:
  exchange init --name リレー協議会 --name-en "Relay Consortium" \\
                --operator office --corporate-number 8000000000001 \\
                --contact office@example.jp
  exchange rules adopt rules.json --from 2026-12-01
  exchange notice adopt
  exchange admit mirai.public.json
  exchange serve
"""


@click.group(cls=OfficeGroup, ja=MAIN_JA, context_settings={"help_option_names": ["-h", "--help"]})
@language_option
@click.version_option(
    package_name="career-relay-exchange",
    cls=SpokenOption,
    help="Show the version and exit.",
    ja="バージョンを表示して終わります。",
)
def main() -> None:
    """Run the hub of a Career Relay scheme.

    Settings come from the environment: DATABASE_URL, EXCHANGE_KEYS (keys/), EXCHANGE_STATE
    (var/), EXCHANGE_URL (http://localhost:8400), EXCHANGE_POLICY (the ledger's witnesses) and,
    in demo schemes, EXCHANGE_CLOCK.

    \b
    A first day:
      exchange init --name リレー協議会 --name-en "Relay Consortium" \\
                    --operator office --corporate-number 8000000000001 \\
                    --contact office@example.jp
      exchange rules adopt rules.json --from 2026-12-01
      exchange notice adopt
      exchange admit mirai.public.json
      exchange serve
    """
    # What is answered goes to standard output, and nothing else does.
    logs.write_json_lines()
