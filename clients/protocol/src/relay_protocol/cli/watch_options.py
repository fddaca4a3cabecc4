"""What can be asked of `relay-audit watch`, and what of it goes together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relay_protocol.cli.arguments import (
    add_clock,
    add_log,
    add_output,
    add_policy,
    add_signer,
    add_vkey,
    check_signer,
)
from relay_protocol.cli.explaining import Example, Parser
from relay_protocol.cli.refusals import UsageError
from relay_protocol.codes import Words
from relay_protocol.report import Lang

EXAMPLES: Final = (
    Example(
        typed="relay-audit watch https://hub.example.jp --policy policy.txt --state hub.watch "
        "--once",
        told=Words(
            "定期実行のための使い方です。異常がなければ 0、警報があれば 1 で終わります。",
            "for a timetable: ends with 0 where all is well, with 1 on an alarm",
        ),
    ),
    Example(
        typed="relay-audit watch https://hub.example.jp --policy policy.txt --state hub.watch "
        "\\\n"
        "    --every 60 --webhook https://alarm.example.jp/ --webhook-secret secret.txt",
        told=Words(
            "止めるまで続け、警報が出るたびに一度、署名を付けて送ります(Standard Webhooks)。",
            "goes on until it is stopped, and posts each alarm once, signed (Standard Webhooks)",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        source: a folder, or an http(s) address.
        state: the file in which is remembered what was seen.
        vkey: the log's verifier key, or the file that holds it, or "".
        policy: the file of a policy: logs, witnesses, quorum.
        every: seconds from one look to the next.
        once: whether one look is enough.
        stale_after: minutes after which cosignatures are too old.
        mirror: a folder with a copy of the log, which it must continue as well.
        webhook: the address that takes alarms, or "".
        webhook_secret: the file of the secret that they are signed with.
        acknowledge: whether alarms that were seen before are put aside.
    """

    source: str
    state: Path
    vkey: str
    policy: Path | None
    every: int
    once: bool
    stale_after: int
    mirror: Path | None
    webhook: str
    webhook_secret: Path | None
    acknowledge: bool
    slug: str
    signing_key: Path | None
    json: bool
    lang: Lang
    clock: Path | None


def describe(parser: Parser) -> None:
    """Add the options of `watch`."""
    add, says = parser.add_argument, parser.says
    add_log(parser)
    add(
        "--state",
        metavar="FILE",
        type=Path,
        required=True,
        help=says("これまでに見たことを記録するファイル。", "what was seen of it so far"),
    )
    add_vkey(parser)
    add_policy(parser)
    add(
        "--every",
        metavar="S",
        type=int,
        default=60,
        help=says("見に行く間隔(秒、既定: 60)。", "seconds between looks (default: 60)"),
    )
    add(
        "--once",
        action="store_true",
        help=says(
            "一度だけ見ます。結果は終了コードで分かります。",
            "look once; the exit code tells what was found",
        ),
    )
    _add_alarms(parser)
    add_signer(parser)
    add_output(parser)
    add_clock(parser)


def _add_alarms(parser: Parser) -> None:
    """Add what is an alarm, and where it goes."""
    add, says = parser.add_argument, parser.says
    add(
        "--stale-after",
        metavar="MIN",
        type=int,
        default=60,
        help=says(
            "必要な数の立会人の署名がこれより古ければ、警報を出します(分、既定: 60)。",
            "alarm when the quorum's cosignatures are older (minutes; default: 60)",
        ),
    )
    add(
        "--mirror",
        metavar="DIR",
        type=Path,
        help=says(
            "台帳がこの写しの続きであることも確かめます。",
            "a copy which the log must continue, too",
        ),
    )
    add(
        "--webhook",
        metavar="URL",
        default="",
        help=says(
            "警報の送り先のアドレス(Standard Webhooks)。",
            "post alarms there (Standard Webhooks)",
        ),
    )
    add(
        "--webhook-secret",
        metavar="FILE",
        type=Path,
        help=says(
            "警報に署名するための秘密の値(whsec_…)のファイル。",
            "the secret whsec_… that signs them",
        ),
    )
    add(
        "--acknowledge",
        action="store_true",
        help=says(
            "記録を済ませた、解消しない警報を外します。",
            "put lasting alarms aside that are known",
        ),
    )


def check(options: Options) -> None:
    """Return if the options of `watch` go together.

    Raises:
        UsageError: they do not.
    """
    check_signer(options.slug, options.signing_key)
    if options.every < 1 or options.stale_after < 1:
        raise UsageError("every-from-1")
    if bool(options.webhook) != bool(options.webhook_secret):
        raise UsageError("webhook-pair")
