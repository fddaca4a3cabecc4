"""`relay hires`: hires that agencies report at a member, and confirming that one has started."""

from datetime import date

import click

from career_relay.commands.days import DAY
from career_relay.commands.online import online
from career_relay.commands.spoken import SpokenCommand, SpokenGroup, SpokenOption, output_options
from career_relay.commands.terminal import Terminal, terminal_of
from career_relay.errors import NotDueError
from career_relay.member import HireAnswer, Member
from career_relay.words import Words, same

_STATES = {
    "accepted": Words(en="offer accepted", ja="内定承諾"),
    "declined": Words(en="offer declined", ja="内定辞退"),
    "started": Words(en="started: waits for your confirmation", ja="入社(確認待ち)"),
    "left": Words(en="left", ja="退職"),
}
_CONFIRMED = Words(en="confirmed", ja="確認済み")

HELP = Words(
    en="See and confirm the hires that agencies report at your company.\n\n"
    "A hire that nobody but the agency has stated earns nobody anything.\n\n"
    "Examples:\n"
    "  relay hires list\n"
    "  relay hires confirm hir_…",
    ja="紹介会社が報告した自社での入社を確認します。\n\n"
    "紹介会社だけの申告では、だれにも枠は付きません。\n\n"
    "例:\n"
    "  relay hires list\n"
    "  relay hires confirm hir_…",
)
LIST_HELP = Words(
    en="List the hires reported at your company.\n\nExample:\n  relay hires list",
    ja="自社について報告された入社を一覧にします。\n\n例:\n  relay hires list",
)
CONFIRM_HELP = Words(
    en="Confirm that a person has started with you.\n\n"
    "Examples:\n"
    "  relay hires confirm hir_…\n"
    "  relay hires confirm hir_… --on 2027-04-01      if the agency's date is wrong, tell it first",
    ja="入社したことを確認します。\n\n"
    "例:\n"
    "  relay hires confirm hir_…\n"
    "  relay hires confirm hir_… --on 2027-04-01      報告の日付が違うときは、先に紹介会社へ",
)


@click.group("hires", cls=SpokenGroup, words=HELP)
def hires() -> None:
    """See and confirm the hires reported at the member."""


@hires.command("list", cls=SpokenCommand, words=LIST_HELP)
@output_options
@click.pass_context
def list_hires(context: click.Context) -> None:
    """List the hires reported at the member."""
    terminal = terminal_of(context)
    with online(context, terminal, "member") as connection:
        known = Member(connection.transport, connection.attester).hires()
    terminal.table(
        Words(en="Hires reported at your company", ja="自社について報告された入社"),
        [
            Words(en="id", ja="ID"),
            Words(en="agency", ja="紹介会社"),
            Words(en="started", ja="入社日"),
            Words(en="state", ja="状態"),
        ],
        ((one.id, one.agency.name, _day(one.started_on), _state(terminal, one)) for one in known),
    )
    terminal.emit(
        {
            "hires": [
                {
                    "id": one.id,
                    "agency": one.agency.slug,
                    "state": one.state,
                    "confirmed_by": one.confirmed_by,
                    "started_on": _day(one.started_on),
                    "left_on": _day(one.left_on),
                }
                for one in known
            ]
        }
    )


@hires.command("confirm", cls=SpokenCommand, words=CONFIRM_HELP)
@click.argument("hire_id", metavar="ID")
@click.option(
    "--on",
    type=DAY,
    default=None,
    cls=SpokenOption,
    words=Words(
        en="First day of work; as reported unless given.", ja="入社日。省略すると報告の日。"
    ),
)
@output_options
@click.pass_context
def confirm(context: click.Context, hire_id: str, on: date | None) -> None:
    """Confirm that a person has started."""
    terminal = terminal_of(context)
    with online(context, terminal, "member") as connection:
        member = Member(connection.transport, connection.attester)
        hire = _started(member.hires(), hire_id)
        confirmed = member.confirm_hire(hire, on or hire.started_on or date.min)
    terminal.say(Words(en=f"{hire_id} is confirmed.", ja=f"{hire_id} の入社を確認しました。"))
    terminal.emit(
        {"id": confirmed.id, "state": confirmed.state, "confirmed_by": confirmed.confirmed_by}
    )


def _started(known: list[HireAnswer], hire_id: str) -> HireAnswer:
    """Return a hire whose start was reported."""
    hire = next((one for one in known if one.id == hire_id), None)
    if hire is None:
        raise NotDueError(
            Words(en=f"No hire {hire_id} was reported.", ja=f"{hire_id} の報告はありません。"),
            Words(en="See `relay hires list`.", ja="`relay hires list` をご覧ください。"),
        )
    if hire.started_on is None or hire.report is None:
        raise NotDueError(
            Words(
                en="The agency has not reported the start yet.",
                ja="紹介会社は、まだ入社を報告していません。",
            )
        )
    return hire


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _state(terminal: Terminal, hire: HireAnswer) -> str:
    if hire.confirmed_by is not None and hire.state == "started":
        return _CONFIRMED.into(terminal.language)
    return _STATES.get(hire.state, same(hire.state)).into(terminal.language)
