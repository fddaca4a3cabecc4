"""What can be asked of `relay-audit`, and how it explains itself."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from relay_protocol.grammar import SLUG, is_month
from relay_protocol.report import Lang

EXAMPLES: Final = """\
examples:
  relay-audit verify ./ledger --vkey ledger.vkey
      a copy of the ledger: its bytes, organizations and keys
  relay-audit verify ./ledger --vkey ledger.vkey --pack pack.json --key reveal.pem
      with the reveals that were sealed to you: consents, steps, settlements
  relay-audit verify https://hub.example.jp --slug kansa --signing-key sign.pem \\
      --key reveal.pem --state kansa.notebook --sign 2026-12
      over the network, remembering what was seen, and signing that December is sound

exit codes: 0 all that can be checked holds, 1 something does not, 2 something cannot be read
"""
REPORTS: Final = (".html", ".txt", ".json")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        source: a folder, or an http(s) address.
        pack: the file of a sealed pack.
        key: the file of the private key that opens it.
        vkey: the ledger's verifier key, or the file that holds it.
        state: the file in which this auditor remembers what it saw.
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
    vkey: str
    state: Path | None
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
        return self.source.startswith(("http://", "https://"))


def parse(argv: Sequence[str] | None) -> Options:
    """Return what a command line asks for; one that makes no sense ends the program (code 2)."""
    parser = argparse.ArgumentParser(
        prog="relay-audit", description="Check a Career Relay ledger, trusting nobody."
    )
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    verify = commands.add_parser(
        "verify",
        help="check a ledger, and say what was established and what was not",
        description="Check a ledger, and say what was established and what was not.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _describe(verify)
    given = vars(parser.parse_args(argv))
    options = Options(**{field.name: given[field.name] for field in fields(Options)})
    if problem := _problem(options):
        verify.error(problem)
    return options


def _describe(verify: argparse.ArgumentParser) -> None:
    """Add the options of `verify`."""
    add = verify.add_argument
    add("source", metavar="SOURCE", help="the ledger: a folder, or the exchange's address")
    add("--vkey", metavar="KEY", default="", help="the ledger's verifier key, or its file")
    add("--pack", metavar="FILE", type=Path, help="reveals, as `exchange audit-pack` made them")
    add("--key", metavar="FILE", type=Path, help="your private key for reveals (PEM)")
    add("--state", metavar="FILE", type=Path, help="what you remember from audit to audit")
    add("--slug", default="", help="your organization's slug")
    add("--signing-key", metavar="FILE", type=Path, help="your private signing key (PEM)")
    add("--sign", metavar="YYYY-MM", default="", help="sign that this month's settlement is sound")
    add("--out", metavar="FILE", type=Path, help="keep what was signed in a file")
    add("--report", metavar="FILE", type=Path, help="write the report: .html, .txt or .json")
    add("--json", action="store_true", help="print the report as JSON")
    add("--lang", choices=("ja", "en"), default=_lang(), help="language of the report")
    add("--clock", metavar="FILE", type=Path, help="a demo's clock: the seconds it is ahead")


def _lang() -> Lang:
    """Return the language that this machine speaks."""
    tongues = (os.environ.get(name) for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    return "ja" if next(filter(None, tongues), "").startswith("ja") else "en"


def _problem(options: Options) -> str:
    """Return what is wrong with options that do not go together; nothing where all is well."""
    signs = bool(options.signing_key) and bool(options.slug)
    checks = {
        "--slug is no organization's slug": bool(options.slug) and not SLUG.accepts(options.slug),
        "--signing-key and --slug go together": bool(options.signing_key) != bool(options.slug),
        "--pack needs --key, which opens it": bool(options.pack) and not options.key,
        "--sign needs a month, YYYY-MM": bool(options.sign) and not is_month(options.sign),
        "--sign needs --signing-key and --slug": bool(options.sign) and not signs,
        "--sign needs --key, and --pack where SOURCE is a folder": bool(options.sign)
        and not (options.key and (options.pack or options.is_remote)),
        "--sign needs --out where SOURCE is a folder": bool(options.sign)
        and not (options.out or options.is_remote),
        "--report ends in .html, .txt or .json": options.report is not None
        and options.report.suffix not in REPORTS,
    }
    return next((problem for problem, is_so in checks.items() if is_so), "")
