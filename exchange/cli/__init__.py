"""The command `exchange`: what the consortium's office does at its own hub."""

import click

from exchange.cli.audit import audit_pack
from exchange.cli.keys import keys
from exchange.cli.ledger import ledger
from exchange.cli.organizations import admit, organizations, suspend
from exchange.cli.people import people
from exchange.cli.run import serve, worker
from exchange.cli.scheme import init, notice, rules, upgrade
from exchange.cli.statements import statements
from exchange.web.http import requests_log

COMMANDS = (
    init,
    upgrade,
    rules,
    notice,
    admit,
    suspend,
    organizations,
    keys,
    people,
    serve,
    worker,
    statements,
    ledger,
    audit_pack,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="career-relay-exchange")
def main() -> None:
    """Run the hub of a Career Relay scheme.

    Settings come from the environment: DATABASE_URL, EXCHANGE_KEYS (keys/), EXCHANGE_STATE
    (var/), EXCHANGE_URL (http://localhost:8400), EXCHANGE_POLICY (the ledger's witnesses) and,
    in demo schemes, EXCHANGE_CLOCK.

    \b
    A first day:
      exchange init --name リレー協議会 --name-en "Relay Consortium" \\
                    --operator office --corporate-number 1234567890123 \\
                    --contact office@example.jp
      exchange rules adopt rules.json --from 2026-12-01
      exchange notice adopt
      exchange admit mirai.public.json
      exchange serve
    """
    # What is answered goes to standard output, and nothing else does.
    requests_log.write_json_lines()


for command in COMMANDS:
    main.add_command(command)
