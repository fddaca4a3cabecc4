"""`relay import`: take files into the member's own store, each whole or not at all."""

from pathlib import Path

import click

from career_relay.assets import applications
from career_relay.assets.applications import Import
from career_relay.assets.store import open_store
from career_relay.clock import read_clock
from career_relay.commands.reports import (
    reading_document,
    refusal_document,
    show_reading,
    show_refusals,
)
from career_relay.commands.spoken import SpokenCommand, output_options
from career_relay.commands.terminal import (
    OK,
    REFUSED,
    UNREADABLE,
    Terminal,
    config_of,
    terminal_of,
)
from career_relay.imports.reader import read
from career_relay.imports.verdicts import Reading, UnreadableFileError
from career_relay.words import Words, same

_SHOWN_AT_MOST = 20

HELP = Words(
    en="Take files into your own asset store.\n\n"
    "Names stay in that store, on this machine. Importing a file twice changes nothing;\n"
    "a row that has changed is brought up to date, and said so.\n\n"
    "Examples:\n"
    "  relay import oubosha.xlsx\n"
    "  relay import 2026-06.csv 2026-07.csv",
    ja="ファイルを自社の保管庫に取り込みます。\n\n"
    "氏名などはこのパソコンの保管庫から出ません。同じファイルを二度取り込んでも変わりません。\n"
    "変更のあった行は更新し、そのことを示します。\n\n"
    "例:\n"
    "  relay import oubosha.xlsx\n"
    "  relay import 2026-06.csv 2026-07.csv",
)


@click.command("import", cls=SpokenCommand, words=HELP)
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@output_options
@click.pass_context
def import_files(context: click.Context, files: tuple[Path, ...]) -> None:
    """Take files into the asset store."""
    terminal = terminal_of(context)
    config = config_of(context)
    now = read_clock(config.clock)
    documents: list[dict[str, object]] = []
    worst = OK
    with open_store(config.store) as store:
        for path in files:
            try:
                reading = read(path)
            except UnreadableFileError as refusal:
                documents.append(_show_unreadable(terminal, refusal))
                worst = UNREADABLE
                continue
            with store.transaction() as connection:
                taken = applications.keep(connection, path.name, reading.rows, at=now)
            documents.append(_show_import(terminal, reading, taken))
            worst = max(worst, REFUSED if reading.refusals or taken.refused else OK)
    terminal.emit({"files": documents})
    context.exit(worst)


def _show_import(terminal: Terminal, reading: Reading, taken: Import) -> dict[str, object]:
    show_reading(terminal, reading)
    show_refusals(terminal, taken.refused)
    terminal.say(
        Words(
            en="{new} new, {changed} brought up to date, {same} as before.",
            ja="新しく{new}件、更新{changed}件、変わりなし{same}件。",
        ).filled(new=taken.count("new"), changed=taken.count("changed"), same=taken.count("same"))
    )
    changed = [kept for kept in taken.kept if kept.change == "changed"]
    for kept in changed[:_SHOWN_AT_MOST]:
        own_id = kept.key.partition(":")[2]
        terminal.say(same(f"  {own_id}: {', '.join(kept.fields)}"))
    if len(changed) > _SHOWN_AT_MOST:
        more = len(changed) - _SHOWN_AT_MOST
        terminal.say(Words(en="  … and {more} more", ja="  … ほか{more}件").filled(more=more))
    return {
        **reading_document(reading, terminal.language),
        "new": taken.count("new"),
        "changed": {kept.key: list(kept.fields) for kept in changed},
        "same": taken.count("same"),
        "refused_by_store": [refusal_document(one, terminal.language) for one in taken.refused],
    }


def _show_unreadable(terminal: Terminal, refusal: UnreadableFileError) -> dict[str, object]:
    terminal.say(refusal.said, style="red")
    terminal.say(refusal.mend, style="red")
    return {
        "file": refusal.file,
        "code": refusal.code,
        "what": refusal.what.into(terminal.language),
        "mend": refusal.mend.into(terminal.language),
    }
