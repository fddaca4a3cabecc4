"""`relay statements`: a member's points and slots by month, checked for what can be checked."""

import click

from career_relay.commands.online import online
from career_relay.commands.spoken import SpokenCommand, SpokenOption, output_options
from career_relay.commands.terminal import Terminal, terminal_of
from career_relay.member import Member
from career_relay.statements import read_statements
from career_relay.words import Words
from relay_protocol.statements import Statement

HELP = Words(
    en="Show your statements: points and slots, month by month.\n\n"
    "Every line adds up, and each statement names the one before it; both are checked here.\n\n"
    "Examples:\n"
    "  relay statements\n"
    "  relay statements --period 2027-01",
    ja="枠明細書(ポイントと無償紹介枠)を月ごとに表示します。\n\n"
    "各行の合計と、前月の明細書とのつながりを、ここで確かめます。\n\n"
    "例:\n"
    "  relay statements\n"
    "  relay statements --period 2027-01",
)
_LINES = {
    "brought_forward": Words(en="brought forward", ja="前月繰越"),
    "earned": Words(en="earned", ja="獲得"),
    "converted": Words(en="converted", ja="転換"),
    "returned": Words(en="returned", ja="返却"),
    "redeemed": Words(en="redeemed", ja="利用"),
    "expired": Words(en="expired", ja="失効"),
    "reversed": Words(en="reversed", ja="取消"),
    "adjusted": Words(en="adjusted", ja="調整"),
    "carried_forward": Words(en="carried forward", ja="翌月繰越"),
    "pending": Words(en="pending", ja="確定待ち"),
    "not_counted": Words(en="not counted", ja="対象外"),
    "available": Words(en="available", ja="利用可能"),
    "reserved": Words(en="reserved", ja="予約中"),
    "debt": Words(en="debt", ja="不足"),
}


@click.command("statements", cls=SpokenCommand, words=HELP)
@click.option(
    "--period",
    default="",
    metavar="YYYY-MM",
    cls=SpokenOption,
    words=Words(en="One month only.", ja="この月だけ。"),
)
@output_options
@click.pass_context
def statements(context: click.Context, period: str) -> None:
    """Show the member's statements."""
    terminal = terminal_of(context)
    with online(context, terminal, "member") as connection:
        answers = Member(connection.transport, connection.attester).statements(period)
        read = read_statements(answers, company=connection.config.slug)
    if not read:
        terminal.say(Words(en="There is no statement yet.", ja="枠明細書はまだありません。"))
    for statement in read:
        _show(terminal, statement)
    terminal.emit({"statements": [answer.statement for answer in answers]})


def _show(terminal: Terminal, statement: Statement) -> None:
    names = [
        name for name in _LINES if hasattr(statement.points, name) or hasattr(statement.slots, name)
    ]
    terminal.table(
        Words(en="Statement of {period}", ja="{period} 枠明細書").filled(period=statement.period),
        [
            Words(en="", ja=""),
            Words(en="points", ja="ポイント"),
            Words(en="slots", ja="無償紹介枠"),
        ],
        (
            (
                _LINES[name].into(terminal.language),
                _count(statement.points, name),
                _count(statement.slots, name),
            )
            for name in names
        ),
    )


def _count(lines: object, name: str) -> str:
    return f"{getattr(lines, name):,}" if hasattr(lines, name) else ""
