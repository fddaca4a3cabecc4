"""What can be asked of `relay-audit verify`, and what of it goes together."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relay_protocol.cli.arguments import (
    add_clock,
    add_ledger,
    add_output,
    add_policy,
    add_signer,
    check_signer,
    is_remote,
)
from relay_protocol.cli.explaining import Example, Parser
from relay_protocol.cli.refusals import UsageError
from relay_protocol.codes import Words
from relay_protocol.grammar import is_month
from relay_protocol.report import Lang

REPORTS: Final = (".html", ".txt", ".json")
EXAMPLES: Final = (
    Example(
        typed="relay-audit verify ./ledger --vkey ledger.vkey",
        told=Words(
            "台帳の写しについて、バイト列、組織、鍵を確かめます。",
            "a copy of the ledger: its bytes, organizations and keys",
        ),
    ),
    Example(
        typed="relay-audit verify ./ledger --vkey ledger.vkey --pack new.pack --key reveal.pem",
        told=Words(
            "ご自身あてに封じられた開示片も開き、同意、手順、精算まで確かめます。",
            "with the reveals that were sealed to you: consents, steps, settlements",
        ),
    ),
    Example(
        typed="relay-audit verify https://hub.example.jp --slug kansa --signing-key sign.pem \\\n"
        "    --key reveal.pem --state kansa.state --sign 2026-12",
        told=Words(
            "ネットワーク越しに、前回の監査の続きを確かめ、12 月の精算が正しいことに署名します。",
            "over the network, going on after what was audited before, and signing that December\n"
            "is sound",
        ),
    ),
    Example(
        typed="relay-audit verify ./ledger --policy scheme.policy --state kansa.state --whole",
        told=Words(
            "全体をもう一度確かめます。ポリシーが求める立会人の署名も確かめます。",
            "all of it once more, with the witnesses that your policy asks for",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        source: a folder, or an http(s) address.
        pack: the file of a sealed pack.
        key: the file of the private key that opens it.
        vkey: the ledger's verifier keys, or the files that hold them.
        policy: the file of a policy of logs and witnesses.
        mirror: the folder in which a copy from the network is kept.
        state: the file in which this auditor remembers what it saw.
        since: size of the remembered checkpoint to begin at.
        whole: whether what was audited before is audited once more.
        sign: the month to sign for, or "".
        signing_key: the file of the auditor's private signing key.
        slug: the auditor's, or "".
        out: the file for what was signed.
        json: whether the report is printed as JSON.
        report: the file for the report.
        clock: the file of a demo's clock.
    """

    source: str
    pack: Path | None
    key: Path | None
    vkey: list[str]
    policy: Path | None
    mirror: Path | None
    state: Path | None
    since: int | None
    whole: bool
    sign: str
    signing_key: Path | None
    slug: str
    out: Path | None
    json: bool
    report: Path | None
    lang: Lang
    clock: Path | None

    @property
    def is_remote(self) -> bool:
        """Whether the source is an address."""
        return is_remote(self.source)


def describe(parser: Parser) -> None:
    """Add the options of `verify`."""
    add, says = parser.add_argument, parser.says
    add_ledger(parser)
    add(
        "--vkey",
        metavar="KEY",
        action="append",
        default=[],
        help=says(
            "台帳の検証鍵、またはそのファイル。鍵の交代中は二つ指定します。",
            "the ledger's verifier key, or its file; twice while one follows another",
        ),
    )
    add_policy(parser)
    add(
        "--mirror",
        metavar="DIR",
        type=Path,
        help=says(
            "ネットワークから受け取ったものの写しを残します。",
            "keep a copy of what comes from the network",
        ),
    )
    _add_pack(parser)
    _add_state(parser)
    add_signer(parser)
    add(
        "--sign",
        metavar="YYYY-MM",
        default="",
        help=says(
            "この月の精算が正しいことに署名します。", "sign that this month's settlement is sound"
        ),
    )
    add(
        "--out",
        metavar="FILE",
        type=Path,
        help=says("署名したものをファイルに残します。", "keep what was signed in a file"),
    )
    add(
        "--report",
        metavar="FILE",
        type=Path,
        help=says(
            "報告を書き出します(.html、.txt、.json)。", "write the report: .html, .txt or .json"
        ),
    )
    add_output(parser)
    add_clock(parser)


def _add_pack(parser: Parser) -> None:
    """Add what opens the entries."""
    add, says = parser.add_argument, parser.says
    add(
        "--pack",
        metavar="FILE",
        type=Path,
        help=says(
            "`exchange audit-pack` で作られた開示片の束。",
            "reveals, as `exchange audit-pack` made them",
        ),
    )
    add(
        "--key",
        metavar="FILE",
        type=Path,
        help=says("開示片を開く、ご自身の秘密鍵(PEM)。", "your private key for reveals (PEM)"),
    )


def _add_state(parser: Parser) -> None:
    """Add what is remembered, and how much of it is believed."""
    add, says = parser.add_argument, parser.says
    add(
        "--state",
        metavar="FILE",
        type=Path,
        help=says(
            "監査から監査へ引き継ぐ記録のファイル。", "what you remember from audit to audit"
        ),
    )
    add(
        "--since",
        metavar="SIZE",
        type=int,
        help=says(
            "記録にある要約署名のうち、この件数のものから始めます。",
            "begin at a remembered checkpoint of so many",
        ),
    )
    add(
        "--whole",
        action="store_true",
        help=says(
            "前に確かめた部分も、もう一度確かめます。", "audit once more what was audited before"
        ),
    )


def check(options: Options) -> None:
    """Return if the options of `verify` go together.

    Raises:
        UsageError: they do not.
    """
    check_signer(options.slug, options.signing_key)
    if problem := _problem(options):
        raise UsageError(problem)


def _problem(options: Options) -> str:
    """Return the code of what is wrong with options; nothing where they go together."""
    signs = bool(options.signing_key) and bool(options.slug)
    checks = {
        "pack-without-key": bool(options.pack) and not options.key,
        "key-without-pack": bool(options.key) and not (options.pack or options.is_remote),
        "state-missing": (options.whole or options.since is not None) and not options.state,
        "since-from-0": options.since is not None and (options.since < 0 or options.whole),
        "mirror-of-folder": bool(options.mirror) and not options.is_remote,
        "sign-month": bool(options.sign) and not is_month(options.sign),
        "sign-signer": bool(options.sign) and not signs,
        "sign-key": bool(options.sign)
        and not (options.key and (options.pack or options.is_remote)),
        "sign-out": bool(options.sign) and not (options.out or options.is_remote),
        "report-suffix": options.report is not None and options.report.suffix not in REPORTS,
    }
    return next((problem for problem, is_so in checks.items() if is_so), "")
