"""`relay agency`: what an agency with a system of its own does, from the command line."""

import json
from pathlib import Path

import click

from career_relay.agency import Agency, ClaimAnswer, MatchAnswer, VacancyAnswer
from career_relay.commands.online import online
from career_relay.commands.placements import introduce, report
from career_relay.commands.placing_words import CLAIMS, CRITERIA, STANDINGS, told
from career_relay.commands.spoken import SpokenCommand, SpokenGroup, SpokenOption, output_options
from career_relay.commands.terminal import Terminal, terminal_of
from career_relay.errors import NotDueError
from career_relay.words import Words

HELP = Words(
    en="Work as an agency from the command line; the portal does the same.\n\n"
    "Examples:\n"
    "  relay agency vacancies --add vacancy.json\n"
    "  relay agency matches vac_…\n"
    '  relay agency claim CR-… --vacancy vac_… --message "…"\n'
    "  relay agency introduce clm_… --hirer 9000000000000\n"
    "  relay agency report int_… started --on 2027-04-01",
    ja="紹介会社の業務をコマンドで行います(ポータルと同じです)。\n\n"
    "例:\n"
    "  relay agency vacancies --add vacancy.json\n"
    "  relay agency matches vac_…\n"
    '  relay agency claim CR-… --vacancy vac_… --message "…"\n'
    "  relay agency introduce clm_… --hirer 9000000000000\n"
    "  relay agency report int_… started --on 2027-04-01",
)
VACANCIES_HELP = Words(
    en="List your vacancies, or describe a new one.\n\n"
    "FILE holds the vacancy as JSON; what is left out is not asked for:\n"
    '  {"title": "…", "job_kind": "mid-career", "required_skills": ["Python"],\n'
    '   "open_until": "2027-03-31"}\n\n'
    "Example:\n"
    "  relay agency vacancies --add vacancy.json",
    ja="求人を一覧にします。または新しい求人を登録します。\n\n"
    "FILE には求人を JSON で書きます。書かない条件は問いません:\n"
    '  {"title": "…", "job_kind": "mid-career", "required_skills": ["Python"],\n'
    '   "open_until": "2027-03-31"}\n\n'
    "例:\n"
    "  relay agency vacancies --add vacancy.json",
)
MATCHES_HELP = Words(
    en="Show the profiles that match a vacancy, in the order that it asks for.\n\n"
    "Example:\n  relay agency matches vac_…",
    ja="求人に合うプロフィールを、求人の条件の順に表示します。\n\n"
    "例:\n  relay agency matches vac_…",
)
CLAIM_HELP = Words(
    en="Claim one profile for one vacancy, or list your claims.\n\n"
    "Nobody else can claim it until the candidate answers. The message is for the candidate:\n"
    "why this job; no contact, no gift.\n\n"
    "Examples:\n"
    "  relay agency claim\n"
    '  relay agency claim CR-… --vacancy vac_… --message "…"',
    ja="プロフィールに打診します。番号を省くと、打診の一覧です。\n\n"
    "ご本人が答えるまで、ほかの紹介会社は打診できません。メッセージはご本人あてです\n"
    "(この仕事を勧める理由。連絡先や金品の約束は書けません)。\n\n"
    "例:\n"
    "  relay agency claim\n"
    '  relay agency claim CR-… --vacancy vac_… --message "…"',
)


@click.group("agency", cls=SpokenGroup, words=HELP)
def agency() -> None:
    """Work as an agency from the command line."""


@agency.command("vacancies", cls=SpokenCommand, words=VACANCIES_HELP)
@click.option(
    "--add",
    "file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    default=None,
    cls=SpokenOption,
    words=Words(en="Describe the vacancy in this file.", ja="このファイルの求人を登録します。"),
)
@output_options
@click.pass_context
def vacancies(context: click.Context, file: Path | None) -> None:
    """List vacancies, or describe a new one."""
    terminal = terminal_of(context)
    with online(context, terminal, "agency") as connection:
        hub = Agency(connection.transport, connection.attester)
        known = hub.vacancies() if file is None else [hub.describe(_json_object(file))]
    terminal.table(
        Words(en="Vacancies", ja="求人"),
        [
            Words(en="id", ja="ID"),
            Words(en="title", ja="職種名"),
            Words(en="open until", ja="募集期限"),
        ],
        ((one.id, one.title, one.open_until.isoformat()) for one in known),
    )
    terminal.emit(
        {
            "vacancies": [
                {"id": one.id, "title": one.title, "job_kind": one.job_kind} for one in known
            ]
        }
    )


@agency.command("matches", cls=SpokenCommand, words=MATCHES_HELP)
@click.argument("vacancy")
@output_options
@click.pass_context
def matches(context: click.Context, vacancy: str) -> None:
    """Show the profiles that match a vacancy."""
    terminal = terminal_of(context)
    with online(context, terminal, "agency") as connection:
        found = list(Agency(connection.transport, connection.attester).matches(vacancy))
    terminal.table(
        Words(en="Profiles that match: {count}", ja="条件に合う方: {count}件").filled(
            count=len(found)
        ),
        [
            Words(en="number", ja="受付番号"),
            Words(en="standing", ja="状況"),
            Words(en="met", ja="合う条件"),
            Words(en="missing", ja="足りない条件"),
        ],
        (
            (
                one.pairwise,
                told(STANDINGS, one.standing, terminal.language),
                _reasons(terminal, one, "met"),
                _reasons(terminal, one, "missing"),
            )
            for one in found
        ),
    )
    terminal.emit(
        {
            "matches": [
                {
                    "pairwise": one.pairwise,
                    "standing": one.standing,
                    "listed_on": one.listed_on.isoformat(),
                    "profile": one.profile,
                }
                for one in found
            ]
        }
    )


@agency.command("claim", cls=SpokenCommand, words=CLAIM_HELP)
@click.argument("pairwise", required=False)
@click.option("--vacancy", default="", cls=SpokenOption, words=Words(en="For which.", ja="求人。"))
@click.option(
    "--message",
    default="",
    cls=SpokenOption,
    words=Words(en="What the candidate reads.", ja="ご本人へのメッセージ。"),
)
@output_options
@click.pass_context
def claim(context: click.Context, pairwise: str | None, vacancy: str, message: str) -> None:
    """Claim one profile, or list the agency's claims."""
    terminal = terminal_of(context)
    with online(context, terminal, "agency") as connection:
        hub = Agency(connection.transport, connection.attester)
        if pairwise is None:
            claims = hub.claims()
        else:
            claims = [hub.claim(pairwise, _vacancy(hub, vacancy), message)]
    _show_claims(terminal, claims)


def _show_claims(terminal: Terminal, claims: list[ClaimAnswer]) -> None:
    terminal.table(
        Words(en="Claims", ja="打診"),
        [
            Words(en="id", ja="ID"),
            Words(en="number", ja="受付番号"),
            Words(en="state", ja="状態"),
        ],
        ((one.id, one.pairwise, told(CLAIMS, one.state, terminal.language)) for one in claims),
    )
    terminal.emit(
        {
            "claims": [
                {
                    "id": one.id,
                    "pairwise": one.pairwise,
                    "state": one.state,
                    "envelope": one.envelope,
                }
                for one in claims
            ]
        }
    )


def _reasons(terminal: Terminal, match: MatchAnswer, state: str) -> str:
    """Return what is met or missing, by name where the vacancy names it."""
    return ", ".join(
        one.wanted or told(CRITERIA, one.criterion, terminal.language)
        for one in match.reasons
        if one.state == state
    )


def _vacancy(hub: Agency, vacancy: str) -> VacancyAnswer:
    known = next((one for one in hub.vacancies() if one.id == vacancy), None)
    if known is None:
        raise _none(vacancy or "--vacancy")
    return known


def _none(name: str) -> NotDueError:
    return NotDueError(
        Words(en=f"Your agency has no {name}.", ja=f"{name} は、貴社のものではありません。")
    )


def _json_object(file: Path) -> dict[str, object]:
    """Return the JSON object that a file holds."""
    try:
        document = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise _unreadable(file) from error
    if not isinstance(document, dict):
        raise _unreadable(file)
    return document


def _unreadable(file: Path) -> NotDueError:
    return NotDueError(
        Words(
            en=f"{file} does not hold a JSON object in UTF-8.",
            ja=f"{file} は UTF-8 の JSON オブジェクトではありません。",
        )
    )


for _command in (introduce, report):
    agency.add_command(_command)
