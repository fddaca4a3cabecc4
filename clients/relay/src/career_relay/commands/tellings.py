"""`relay tellings`: withdrawals and erasures that an organization acts on by hand."""

import click

from career_relay import receipts
from career_relay.commands.online import online
from career_relay.commands.spoken import SpokenCommand, SpokenOption, output_options
from career_relay.commands.terminal import terminal_of
from career_relay.errors import NotDueError
from career_relay.organization import Organization
from career_relay.words import Words, same

_ABOUT = {
    "withdrawn": Words(en="withdrawn: stop", ja="同意の撤回: 利用を止めてください"),
    "erased": Words(en="erased: delete what you hold", ja="消去: お持ちの情報を消してください"),
    "corrected": Words(en="corrected: look again", ja="訂正: 内容を確かめてください"),
}

HELP = Words(
    en="List what you must act on, and say that you have.\n\n"
    "A candidate has withdrawn, corrected something or had everything erased: stop, look, or\n"
    "delete what you hold, then say so. (A member's relay sync does this by itself.)\n\n"
    "Examples:\n"
    "  relay tellings\n"
    "  relay tellings --done 7",
    ja="対応が必要なお知らせを一覧にし、対応したことを伝えます。\n\n"
    "ご本人が同意を撤回した・訂正した・消去を求めたときは、利用の停止・確認・消去をして、\n"
    "そのことを伝えてください(参加企業では relay sync が自動で行います)。\n\n"
    "例:\n"
    "  relay tellings\n"
    "  relay tellings --done 7",
)


@click.command("tellings", cls=SpokenCommand, words=HELP)
@click.option(
    "--done",
    type=int,
    default=None,
    metavar="NUMBER",
    cls=SpokenOption,
    words=Words(en="You have acted on this one.", ja="この番号に対応しました。"),
)
@output_options
@click.pass_context
def tellings(context: click.Context, done: int | None) -> None:
    """List what the organization must act on."""
    terminal = terminal_of(context)
    with online(context, terminal) as connection:
        organization = Organization(connection.transport, connection.attester)
        waiting = organization.tellings()
        if done is not None:
            acted_on = next((one for one in waiting if one.number == done), None)
            if acted_on is None:
                raise NotDueError(
                    Words(en=f"No telling {done} waits.", ja=f"お知らせ {done} はありません。")
                )
            if acted_on.about == "erased":
                receipts.erased(connection, acted_on.reference)
            organization.acknowledge(acted_on)
            waiting = [one for one in waiting if one.number != done]
    terminal.table(
        Words(en="To act on: {count}", ja="対応が必要なもの: {count}件").filled(count=len(waiting)),
        [
            Words(en="number", ja="番号"),
            Words(en="what", ja="内容"),
            Words(en="about", ja="対象"),
        ],
        (
            (
                str(one.number),
                _ABOUT.get(one.about, same(one.about)).into(terminal.language),
                one.reference,
            )
            for one in waiting
        ),
    )
    terminal.emit(
        {
            "tellings": [
                {"number": one.number, "about": one.about, "reference": one.reference}
                for one in waiting
            ]
        }
    )
