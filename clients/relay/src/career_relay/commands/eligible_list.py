"""`relay eligible`: who of the asset store may be invited today, and why the others may not."""

from collections import Counter

import click

from career_relay.application import STAGE_WORDS
from career_relay.assets import applications, referrals
from career_relay.assets.store import open_store
from career_relay.clock import day_in_japan, read_clock
from career_relay.commands.spoken import SpokenCommand, SpokenOption, output_options
from career_relay.commands.terminal import Terminal, config_of, terminal_of
from career_relay.eligible import REASON_WORDS, Judgement, judge
from career_relay.words import Words

HELP = Words(
    en="List who may be invited today.\n\n"
    "Rejected by us, lately, through no agency, without a promise to destroy the documents,\n"
    "grown up, with an e-mail address, and not invited yet.\n\n"
    "Examples:\n"
    "  relay eligible\n"
    "  relay eligible --all          everybody, with the reasons",
    ja="今日ご案内できる方を一覧にします。\n\n"
    "自社が最近見送り、紹介会社を通さず、書類の破棄を約束しておらず、18歳以上で、\n"
    "メールアドレスがあり、まだご案内していない方です。\n\n"
    "例:\n"
    "  relay eligible\n"
    "  relay eligible --all          全員を理由とともに表示",
)


@click.command("eligible", cls=SpokenCommand, words=HELP)
@click.option(
    "--all",
    "everybody",
    cls=SpokenOption,
    words=Words(
        en="Show the others too, with the reasons.", ja="対象外の方も理由とともに示します。"
    ),
    is_flag=True,
)
@output_options
@click.pass_context
def list_eligible(context: click.Context, *, everybody: bool) -> None:
    """List who may be invited today."""
    terminal = terminal_of(context)
    config = config_of(context)
    today = day_in_japan(read_clock(config.clock))
    with open_store(config.store) as store, store.reading() as connection:
        judgements = judge(
            list(applications.every(connection)),
            today=today,
            recent_days=config.invitation.recent_days,
            invited=referrals.invited_applications(connection),
        )
    shown = [one for one in judgements if everybody or one.eligible]
    terminal.table(
        Words(
            en="{eligible} of {all} may be invited on {today}",
            ja="{today}の時点で、{all}件のうち{eligible}件にご案内できます",
        ).filled(
            eligible=sum(one.eligible for one in judgements),
            all=len(judgements),
            today=today.isoformat(),
        ),
        [
            Words(en="id", ja="応募ID"),
            Words(en="name", ja="氏名"),
            Words(en="position", ja="応募職種"),
            Words(en="stage reached", ja="選考段階"),
            Words(en="ended", ja="終了日"),
            Words(en="why not", ja="対象外の理由"),
        ],
        (_row(terminal, one) for one in shown),
    )
    reasons = Counter(reason for one in judgements for reason in one.reasons)
    for reason, count in reasons.most_common():
        terminal.show(f"  {count:>6,}  {REASON_WORDS[reason].into(terminal.language)}")
    terminal.emit(
        {
            "today": today.isoformat(),
            "eligible": [one.application.key for one in judgements if one.eligible],
            "not_eligible": {
                one.application.key: list(one.reasons) for one in judgements if not one.eligible
            },
        }
    )


def _row(terminal: Terminal, judgement: Judgement) -> tuple[str, ...]:
    application = judgement.application
    ended_at = application.selection.ended_at
    return (
        application.key.partition(":")[2],
        application.person.name,
        application.selection.position,
        STAGE_WORDS[application.selection.stage].into(terminal.language),
        "" if ended_at is None else day_in_japan(ended_at).isoformat(),
        "; ".join(REASON_WORDS[reason].into(terminal.language) for reason in judgement.reasons),
    )
