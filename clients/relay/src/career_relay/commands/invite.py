"""`relay invite`: register invitations without a name, and write the letters that carry them."""

import click

from career_relay.commands.holding import held_documents, show_held
from career_relay.commands.online import asked, online
from career_relay.commands.spoken import SpokenCommand, SpokenOption, output_options
from career_relay.commands.terminal import OK, REFUSED, Terminal, terminal_of
from career_relay.inviting import Invited, Planned, invite, plan
from career_relay.words import Words

HELP = Words(
    en="Invite everybody who may be invited today, and write their letters.\n\n"
    "The hub gets a random id and the hash of a link for each; no name, no address.\n"
    "The letters (.eml drafts and links.csv) stay on this machine: you send them.\n\n"
    "Examples:\n"
    "  relay eligible            look first\n"
    "  relay invite\n"
    "  relay invite --limit 10 --yes",
    ja="今日ご案内できる方を登録し、お手紙を書き出します。\n\n"
    "ハブに届くのは、お一人ごとの無作為な番号とリンクのハッシュだけです(氏名や連絡先は\n"
    "届きません)。お手紙(.eml の下書きと links.csv)はこのパソコンに置かれ、送るのは貴社です。\n\n"
    "例:\n"
    "  relay eligible            先に一覧を見る\n"
    "  relay invite\n"
    "  relay invite --limit 10 --yes",
)


@click.command("invite", cls=SpokenCommand, words=HELP)
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=None,
    cls=SpokenOption,
    words=Words(en="How many at most.", ja="最大の人数。"),
)
@click.option(
    "--yes", is_flag=True, cls=SpokenOption, words=Words(en="Do not ask.", ja="確認なし。")
)
@output_options
@click.pass_context
def invite_candidates(context: click.Context, *, limit: int | None, yes: bool) -> None:
    """Invite everybody who may be invited today."""
    terminal = terminal_of(context)
    with online(context, terminal, "member") as connection:
        planned = plan(connection, limit=limit)
        if planned and not yes and not asked(terminal, _question(planned)):
            context.exit(OK)
        invited = invite(connection, planned)
    _tell(terminal, invited)
    context.exit(REFUSED if invited.refused else OK)


def _question(planned: list[Planned]) -> Words:
    return Words(
        en="People to invite: {count}. Register them, and write their letters?",
        ja="{count}名にご案内し、お手紙を書き出しますか。",
    ).filled(count=len(planned))


def _tell(terminal: Terminal, invited: Invited) -> None:
    terminal.say(
        Words(en="Invitations registered: {count}.", ja="{count}件のご案内を登録しました。").filled(
            count=len(invited.registered)
        )
    )
    if invited.letters:
        terminal.say(
            Words(
                en="Letters: {count}, with links.csv, in {folder}. Sending them is yours.",
                ja="お手紙{count}通と links.csv は {folder} にあります。貴社からお送りください。",
            ).filled(count=len(invited.letters) - 1, folder=str(invited.letters[0].parent))
        )
    show_held(
        terminal, Words(en="Refused by the hub", ja="ハブが受け付けなかったもの"), invited.refused
    )
    terminal.emit(
        {
            "registered": invited.registered,
            "refused": held_documents(terminal, invited.refused),
            "letters": [str(path) for path in invited.letters],
        }
    )
