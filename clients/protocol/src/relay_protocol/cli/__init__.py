"""The command `relay-audit`: an auditor's own check of a ledger, trusting nobody."""

import sys
from collections.abc import Sequence
from typing import Final

from relay_protocol.cli import evidence, mirroring, receipt, sampling, tracing, verifying, watching
from relay_protocol.cli.arguments import UNREADABLE, Command, parse, refuse
from relay_protocol.cli.refusals import InputError, UsageError
from relay_protocol.cli.telling import close, open_channels, say, tell_unreadable
from relay_protocol.errors import ProtocolError

COMMANDS: Final[tuple[Command, ...]] = (
    verifying.COMMAND,
    mirroring.COMMAND,
    watching.COMMAND,
    tracing.COMMAND,
    sampling.COMMAND,
    receipt.COMMAND,
    evidence.COMMAND,
)
STOPPED: Final = 130
"""The exit code of a program that Ctrl-C has stopped."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return 0 if all is sound, 1 if something is not, 2 if it cannot be read."""
    open_channels()
    given, command = parse(COMMANDS, argv)
    try:
        return command.run(given)
    except UsageError as error:
        refuse(command, error, given.lang)
    except (InputError, ProtocolError) as error:
        tell_unreadable(error, given.lang)
    except BrokenPipeError:
        # Whoever read the result has gone: a pager was left, a window was closed.
        close(sys.stdout)
    except KeyboardInterrupt:
        say("stopped", given.lang)
        return STOPPED
    return UNREADABLE
