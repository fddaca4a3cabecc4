"""The command `relay-audit`: an auditor's own check of a ledger, trusting nobody."""

from collections.abc import Sequence

from relay_protocol.cli.arguments import parse
from relay_protocol.cli.verifying import run


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; return 0 if the ledger is sound, 1 if not, 2 if it cannot be read."""
    return run(parse(argv))
