"""Opening the connection that an online command works with, and asking before what is final."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import httpx

from career_relay.commands.terminal import Terminal, config_of
from career_relay.connection import Connection, connect
from career_relay.errors import NotDueError
from career_relay.words import Words


@contextmanager
def online(context: click.Context, terminal: Terminal, *roles: str) -> Iterator[Connection]:
    """Lend the connection of relay.toml, for a command that only some roles have a use for.

    A program that calls the commands in its own process may hand over, as click's `obj`, what
    carries the requests.

    Args:
        context: the command's.
        terminal: the command's.
        roles: who may run it; everybody where none is named.

    Raises:
        NotDueError: relay.toml is that of another role.
    """
    config = config_of(context)
    if roles and config.role not in roles:
        raise NotDueError(
            Words(
                en=f"This command is for: {', '.join(roles)}; relay.toml says {config.role}.",
                ja=f"このコマンドの対象は {', '.join(roles)} です(relay.toml では {config.role})。",
            )
        )
    over = context.obj if isinstance(context.obj, httpx.BaseTransport) else None
    with connect(config, language=terminal.language, watch=terminal.track, over=over) as connection:
        yield connection


def asked(terminal: Terminal, question: Words) -> bool:
    """Return whether whoever sits at the terminal says yes; the question never soils --json."""
    return click.confirm(question.into(terminal.language), default=False, err=True)
