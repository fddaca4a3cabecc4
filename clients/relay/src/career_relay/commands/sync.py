"""`relay sync`: one round with the hub: answers, profiles, releases."""

from collections.abc import Sequence

import click

from career_relay.assets.releases import Release
from career_relay.clock import day_in_japan
from career_relay.commands.holding import held_documents, show_held
from career_relay.commands.online import online
from career_relay.commands.spoken import SpokenCommand, output_options
from career_relay.commands.terminal import OK, REFUSED, Terminal, terminal_of
from career_relay.handover import Waiting
from career_relay.sync import Round, synchronize
from career_relay.words import Words

HELP = Words(
    en="Do one round with the hub. Run it daily, by hand or by a scheduler.\n\n"
    "1. Takes the answers of those who said yes, and stops what was withdrawn or erased.\n"
    "2. Adds what you hold about them, within their consent and without their name.\n"
    "3. Releases an identity where the candidate has approved an agency: consent, approval\n"
    "   and the agency's keys are checked on the ledger first, and it is sealed to that\n"
    "   agency. A record of every provision is kept in your store (APPI 29), and a letter\n"
    "   that tells the candidate is written for you to send.\n"
    "Running it again does nothing twice.\n\n"
    "Examples:\n"
    "  relay sync\n"
    "  relay sync --json",
    ja="ハブと一度やり取りします。毎日、手動か定期実行でお使いください。\n\n"
    "1. 「希望する」と答えた方の内容を受け取り、撤回・消去された方の利用を止めます。\n"
    "2. 同意の範囲で、氏名を含めずに、貴社の持つ情報を加えます。\n"
    "3. ご本人が紹介会社を承諾したら、同意・承諾・紹介会社の鍵を監査台帳で確かめてから、\n"
    "   その会社だけに封緘して連絡先を開示します。提供の記録を保管庫に残し\n"
    "   (個人情報保護法29条)、ご本人へのお知らせを書き出します(送付は貴社)。\n"
    "二度実行しても、二重にはなりません。\n\n"
    "例:\n"
    "  relay sync\n"
    "  relay sync --json",
)


@click.command("sync", cls=SpokenCommand, words=HELP)
@output_options
@click.pass_context
def sync(context: click.Context) -> None:
    """Do one round with the hub."""
    terminal = terminal_of(context)
    with online(context, terminal, "member") as connection:
        done = synchronize(connection)
    _tell(terminal, done)
    terminal.emit(_document(terminal, done))
    context.exit(OK if done.whole else REFUSED)


def _tell(terminal: Terminal, done: Round) -> None:
    """Say what the round has brought, in sentences and short tables."""
    answers, additions, handover = done.answers, done.additions, done.handover
    terminal.say(
        Words(
            en="{consented} consents new or changed, {ended} ended, {erased} erased.",
            ja="同意 新規・変更{consented}件、終了{ended}件、消去{erased}件。",
        ).filled(
            consented=len(answers.consented), ended=len(answers.ended), erased=len(done.erased)
        )
    )
    if answers.unproven:
        terminal.say(
            Words(
                en="{count} consents wait for the ledger's checkpoint; run it again in a minute.",
                ja="監査台帳の要約署名を待つ同意が{count}件。1分後にもう一度実行してください。",
            ).filled(count=len(answers.unproven))
        )
    terminal.say(
        Words(
            en="{added} profiles added, {withheld} fields kept here.",
            ja="プロフィール{added}件を追加、手元に残した項目{withheld}件。",
        ).filled(added=additions.added, withheld=len(additions.withheld))
    )
    show_held(terminal, Words(en="Kept here", ja="手元に残した項目"), additions.withheld)
    show_held(
        terminal, Words(en="Refused by the hub", ja="ハブが受け付けなかったもの"), additions.refused
    )
    _show_released(terminal, handover.released)
    if done.letters:
        terminal.say(
            Words(
                en="{count} letters that tell the candidates are in {folder}. Please send them.",
                ja="ご本人にお知らせする手紙{count}通は {folder} にあります。お送りください。",
            ).filled(count=len(done.letters), folder=str(done.letters[0].parent))
        )
    _show_waiting(
        terminal, Words(en="Not released yet", ja="まだ開示していないもの"), handover.waiting
    )
    _show_waiting(terminal, Words(en="Not released", ja="開示しなかったもの"), handover.refused)


def _show_released(terminal: Terminal, released: Sequence[Release]) -> None:
    if not released:
        terminal.say(Words(en="No identity was released.", ja="連絡先の開示はありません。"))
        return
    terminal.table(
        Words(en="Released, and kept on record", ja="連絡先を開示し、記録しました"),
        [
            Words(en="claim", ja="打診"),
            Words(en="agency", ja="紹介会社"),
            Words(en="licence", ja="許可番号"),
            Words(en="items", ja="項目"),
        ],
        ((one.claim, one.agency_name, one.licence, " ".join(one.items)) for one in released),
    )


def _show_waiting(terminal: Terminal, title: Words, waiting: Sequence[Waiting]) -> None:
    if waiting:
        terminal.table(
            title,
            [Words(en="claim", ja="打診"), Words(en="why", ja="理由")],
            ((one.claim, one.why.said.into(terminal.language)) for one in waiting),
        )


def _document(terminal: Terminal, done: Round) -> dict[str, object]:
    """Return the round as JSON; no name stands in it."""
    answers, additions, handover = done.answers, done.additions, done.handover
    return {
        "receipts": answers.receipts,
        "consented": answers.consented,
        "unproven": answers.unproven,
        "ended": answers.ended,
        "erased": done.erased,
        "added": additions.added,
        "withheld": held_documents(terminal, additions.withheld),
        "refused": held_documents(terminal, additions.refused),
        "released": [
            {
                "claim": one.claim,
                "referral": one.referral,
                "agency": one.agency,
                "envelope": one.envelope,
                "items": list(one.items),
                "released_on": day_in_japan(one.released_at or one.sealed_at).isoformat(),
            }
            for one in handover.released
        ],
        "letters": [str(path) for path in done.letters],
        "waiting": _waiting_documents(terminal, handover.waiting),
        "not_released": _waiting_documents(terminal, handover.refused),
    }


def _waiting_documents(terminal: Terminal, waiting: Sequence[Waiting]) -> list[dict[str, str]]:
    return [
        {
            "claim": one.claim,
            "referral": one.referral,
            "why": one.why.said.into(terminal.language),
        }
        for one in waiting
    ]
