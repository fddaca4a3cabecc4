"""Opening the connection that an online command works with, and asking before what is final."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import httpx

from career_relay import receipts
from career_relay.commands.terminal import ALARM, Terminal, config_of
from career_relay.connection import Connection, connect
from career_relay.errors import NotDueError
from career_relay.words import Words


@contextmanager
def online(context: click.Context, terminal: Terminal, *roles: str) -> Iterator[Connection]:
    """Lend the connection of relay.toml, for a command that only some roles have a use for.

    At its end the receipts of what was done are fetched and checked. One that is false, or does
    not come, is told, and the command ends with exit code 1 whatever else it has done.

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
        _complete(context, terminal, connection)


def _complete(context: click.Context, terminal: Terminal, connection: Connection) -> None:
    """Fetch the receipts that are due, and tell on standard error what is wrong with any."""
    done = receipts.complete(connection)
    for alarm in done.alarms:
        said = alarm.said.into(terminal.language)
        mend = alarm.mend.into(terminal.language)
        terminal.aside.print(
            f"relay: {said} {mend}", style="bold red", markup=False, highlight=False
        )
        context.meta[ALARM] = True
    if done.waiting:
        terminal.hint(
            Words(
                en="Receipts that have yet to come: {count}. The next command fetches them.",
                ja="控え{count}件は、まだ届いていません。次のコマンドで受け取ります。",
            ).filled(count=done.waiting)
        )
    if done.unwitnessed:
        terminal.hint(
            Words(
                en="Receipts that are not witnessed yet as your policy asks: {count}. The next"
                " command asks again.",
                ja="控え{count}件は、ポリシーが求める立会人の署名がまだ足りません。"
                "次のコマンドで取り直します。",
            ).filled(count=done.unwitnessed)
        )


def asked(terminal: Terminal, question: Words) -> bool:
    """Return whether whoever sits at the terminal says yes; the question never soils --json."""
    return click.confirm(question.into(terminal.language), default=False, err=True)
