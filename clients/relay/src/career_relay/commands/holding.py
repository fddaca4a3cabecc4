"""How commands tell what was held back or refused: which application, which field, and why."""

from collections.abc import Sequence

from career_relay.additions import Held
from career_relay.commands.terminal import Terminal
from career_relay.words import Words

_SHOWN_AT_MOST = 20


def show_held(terminal: Terminal, title: Words, held: Sequence[Held]) -> None:
    """Show what was held back or refused; nothing where there is nothing."""
    if not held:
        return
    terminal.table(
        title,
        [
            Words(en="application", ja="応募ID"),
            Words(en="field", ja="項目"),
            Words(en="why", ja="理由"),
        ],
        (
            (one.application.partition(":")[2], one.field, one.why.into(terminal.language))
            for one in held[:_SHOWN_AT_MOST]
        ),
    )
    more = len(held) - _SHOWN_AT_MOST
    if more > 0:
        terminal.say(Words(en="… and {more} more", ja="… ほか{more}件").filled(more=more))


def held_documents(terminal: Terminal, held: Sequence[Held]) -> list[dict[str, str]]:
    """Return what was held back or refused as JSON."""
    return [
        {
            "application": one.application,
            "field": one.field,
            "why": one.why.into(terminal.language),
        }
        for one in held
    ]
