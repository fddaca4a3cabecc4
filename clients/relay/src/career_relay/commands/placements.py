"""`relay agency introduce` and `report`: what an agency does once it has met the candidate."""

from datetime import date

import click

from career_relay.agency import Agency, ClaimAnswer, IntroductionAnswer
from career_relay.commands.days import DAY
from career_relay.commands.online import online
from career_relay.commands.placing_words import HIRES, STAGES, told
from career_relay.commands.spoken import SpokenCommand, SpokenOption, output_options
from career_relay.commands.terminal import Terminal, terminal_of
from career_relay.errors import NotDueError
from career_relay.words import Words
from relay_protocol.kinds import HIRE_EVENTS

INTRODUCE_HELP = Words(
    en="Record that you introduced a candidate to a company, or list your introductions.\n\n"
    "Examples:\n"
    "  relay agency introduce\n"
    "  relay agency introduce clm_… --hirer 9000000000000 --on 2027-01-20",
    ja="求人企業への推薦を記録します。番号を省くと、推薦の一覧です。\n\n"
    "例:\n"
    "  relay agency introduce\n"
    "  relay agency introduce clm_… --hirer 9000000000000 --on 2027-01-20",
)
REPORT_HELP = Words(
    en="Report what came of an introduction.\n\n"
    "EVENT is offer-accepted, offer-declined, started or left. A start counts once the hirer\n"
    "or the candidate has confirmed it.\n\n"
    "Example:\n"
    "  relay agency report int_… offer-accepted --on 2027-02-10",
    ja="推薦のその後を報告します。\n\n"
    "EVENT は offer-accepted(内定承諾)、offer-declined(辞退)、started(入社)、\n"
    "left(退職)です。入社は、求人企業かご本人の確認で有効になります。\n\n"
    "例:\n"
    "  relay agency report int_… offer-accepted --on 2027-02-10",
)


@click.command("introduce", cls=SpokenCommand, words=INTRODUCE_HELP)
@click.argument("claim_id", metavar="CLAIM", required=False)
@click.option(
    "--hirer", default="", cls=SpokenOption, words=Words(en="Its 法人番号.", ja="法人番号。")
)
@click.option(
    "--on",
    type=DAY,
    default=None,
    cls=SpokenOption,
    words=Words(en="Day of the introduction; today unless given.", ja="推薦日。省略すると今日。"),
)
@output_options
@click.pass_context
def introduce(context: click.Context, claim_id: str | None, hirer: str, on: date | None) -> None:
    """Record an introduction, or list them."""
    terminal = terminal_of(context)
    with online(context, terminal, "agency") as connection:
        hub = Agency(connection.transport, connection.attester)
        if claim_id is None:
            known = hub.introductions()
        else:
            day = on or connection.today()
            known = [hub.introduce(_claim(hub, claim_id), hirer, day)]
    _show_introductions(terminal, known)


@click.command("report", cls=SpokenCommand, words=REPORT_HELP)
@click.argument("introduction")
@click.argument("event", type=click.Choice(HIRE_EVENTS))
@click.option(
    "--on",
    type=DAY,
    default=None,
    cls=SpokenOption,
    words=Words(en="Day of the event; today unless given.", ja="その日。省略すると今日。"),
)
@output_options
@click.pass_context
def report(context: click.Context, introduction: str, event: str, on: date | None) -> None:
    """Report what came of an introduction."""
    terminal = terminal_of(context)
    with online(context, terminal, "agency") as connection:
        hub = Agency(connection.transport, connection.attester)
        known = next((one for one in hub.introductions() if one.id == introduction), None)
        if known is None:
            raise _none(introduction)
        hire = hub.report(known, event, on or connection.today())
    terminal.say(
        Words(en="Reported: {id}, {state}.", ja="報告しました: {id}({state})").filled(
            id=hire.id, state=told(HIRES, hire.state, terminal.language)
        )
    )
    terminal.emit({"id": hire.id, "state": hire.state})


def _show_introductions(terminal: Terminal, known: list[IntroductionAnswer]) -> None:
    terminal.table(
        Words(en="Introductions", ja="推薦"),
        [
            Words(en="id", ja="ID"),
            Words(en="hirer", ja="求人企業"),
            Words(en="day", ja="推薦日"),
            Words(en="stands at", ja="段階"),
        ],
        ((one.id, one.hirer, one.on.isoformat(), _stands(terminal, one)) for one in known),
    )
    terminal.emit(
        {
            "introductions": [
                {
                    "id": one.id,
                    "claim": one.claim,
                    "hirer": one.hirer,
                    "on": one.on.isoformat(),
                    "stage": one.stage,
                    "hire": None if one.hire is None else one.hire.id,
                }
                for one in known
            ]
        }
    )


def _stands(terminal: Terminal, introduction: IntroductionAnswer) -> str:
    """Return how far an introduction has come."""
    if introduction.hire is not None:
        return told(HIRES, introduction.hire.state, terminal.language)
    return told(STAGES, introduction.stage, terminal.language)


def _claim(hub: Agency, claim_id: str) -> ClaimAnswer:
    known = next((one for one in hub.claims() if one.id == claim_id), None)
    if known is None:
        raise _none(claim_id)
    return known


def _none(name: str) -> NotDueError:
    return NotDueError(
        Words(en=f"Your agency has no {name}.", ja=f"{name} は、貴社のものではありません。")
    )
