"""`relay-audit verify`: reads what was given, goes through the plan, and tells the result."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes
from typing import Final

from relay_protocol import ids, report
from relay_protocol.attestation import Attestation, SignedAttestation, sign_jws
from relay_protocol.audit import SEEN, Brought, Outcome, remembered, trusted, verify
from relay_protocol.cli import bringing, files
from relay_protocol.cli.arguments import (
    REFUSED,
    SOUND,
    UNREADABLE,
    Command,
    add_clock,
    add_output,
    add_policy,
    add_signer,
    check_signer,
    is_remote,
    options_of,
)
from relay_protocol.cli.bringing import PackFile
from relay_protocol.cli.hands import hands, new_entries, seldom_collecting
from relay_protocol.cli.hub import HubAddress, Signer
from relay_protocol.cli.refusals import InputError, UsageError
from relay_protocol.cli.state import StateFile
from relay_protocol.cli.telling import Meter, say, tell_unreadable
from relay_protocol.errors import AuditError, ProtocolError
from relay_protocol.findings import Telling
from relay_protocol.grammar import is_month
from relay_protocol.log_reader import FolderReader, LogReader
from relay_protocol.memory import Memory, PlainMemory
from relay_protocol.report import Lang, Report
from relay_protocol.report_html import html
from relay_protocol.trust import Trust

REPORTS: Final = (".html", ".txt", ".json")
EXAMPLES: Final = """\
  relay-audit verify ./ledger --vkey ledger.vkey
      a copy of the ledger: its bytes, organizations and keys
  relay-audit verify ./ledger --vkey ledger.vkey --pack new.pack --key reveal.pem
      with the reveals that were sealed to you: consents, steps, settlements
  relay-audit verify https://hub.example.jp --slug kansa --signing-key sign.pem \\
      --key reveal.pem --state kansa.state --sign 2026-12
      over the network, going on after what was audited before, and signing that December
      is sound
  relay-audit verify ./ledger --policy scheme.policy --state kansa.state --whole
      all of it once more, with the witnesses that your policy asks for
"""


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


@dataclass(slots=True)
class Run:
    """One run of the command."""

    options: Options
    telling: Telling = field(init=False)
    signer: Signer | None = None
    hub: HubAddress | None = None

    def __post_init__(self) -> None:
        """Begin with nothing found."""
        self.telling = Telling(Meter(self.options.lang))

    def audit(self) -> int:
        """Return the exit code, everything told and written.

        Raises:
            InputError: something that was given cannot be used.
            ProtocolError: something cannot be read.
        """
        self._read()
        outcome, refusal, signed = None, None, None
        try:
            with self._memory() as memory, seldom_collecting():
                outcome = self._verify(memory)
                self._require_demo(outcome)
        except AuditError as error:
            refusal = error
        except BrokenExecutor as error:
            raise InputError("hands-lost") from error
        made = Report(
            source=self.options.source,
            made_at=self._now(),
            findings=tuple(self.telling.findings),
            refusal=refusal,
        )
        if outcome is not None:
            signed = self._sign(outcome)
        self._tell(made, signed)
        return SOUND if refusal is None else REFUSED

    def _read(self) -> None:
        """Take up who asks, and whom."""
        options = self.options
        if not options.is_remote:
            files.require_outside(options.source, options.key, options.signing_key)
        if options.signing_key is not None:
            self.signer = Signer(slug=options.slug, key=files.read_signing_key(options.signing_key))
        if options.is_remote:
            self.hub = HubAddress(url=options.source, signer=self.signer, clock=options.clock)

    @contextmanager
    def _memory(self) -> Iterator[Memory]:
        """Open what is remembered, or remember nothing."""
        if self.options.state is None:
            yield PlainMemory()
            return
        with StateFile.open(self.options.state) as state:
            if self.options.whole:
                state.clear(SEEN)
            yield state

    def _verify(self, memory: Memory) -> Outcome:
        """Return a ledger in which all holds that can be checked."""
        options, now = self.options, self._now()
        trust = Trust(
            logs=bringing.read_keys(options.vkey),
            policy=bringing.read_policy(options.policy),
            now=now,
            is_live=options.is_remote,
        )
        known = remembered(memory)
        since = 0 if options.whole else options.since
        pack_file = PackFile(path=options.pack, hub=self.hub, key=options.key, slug=options.slug)
        with ExitStack() as stack:
            source = self._source(stack, trusted(trust, known), is_new=not known or since == 0)
            pack = stack.enter_context(pack_file.opened(now.astimezone(UTC).date()))
            brought = Brought(trust=trust, pack=pack, since=since)
            begun = known[-1].frontier.size if known and since is None else since or 0
            is_near = isinstance(source, FolderReader)
            new = new_entries(source, begun) if is_near else 0
            both = stack.enter_context(hands(new))
            return verify(source, brought, self.telling, memory=memory, hands=both)

    def _source(self, stack: ExitStack, trust: Trust, *, is_new: bool) -> LogReader:
        """Return the reader of the ledger, copied first where it comes from far away."""
        if self.hub is None:
            return FolderReader(Path(self.options.source))
        reader = self.hub.reader()
        # Without a key nobody can tell a true copy yet; what is new since the last audit is little.
        if self.options.mirror is None and (not is_new or not (trust.logs or trust.policy)):
            return reader
        return stack.enter_context(
            bringing.copied(reader, trust, self.options.mirror, self.options.lang)
        )

    def _require_demo(self, outcome: Outcome) -> None:
        """Refuse a moved clock for a real scheme."""
        if self.options.clock is not None and not outcome.charter.directory.scheme.demo:
            raise InputError("clock-for-demos")

    def _sign(self, outcome: Outcome) -> SignedAttestation | None:
        """Sign that a period is sound, unless this auditor has; hand it over or keep it."""
        if not self.options.sign or self.signer is None:
            return None
        settled = outcome.settled.get(self.options.sign)
        if settled is None:
            raise InputError("not-settled", period=self.options.sign)
        if self.signer.slug in outcome.audited.get(settled.id, ()):
            figures = {"slug": self.signer.slug, "period": self.options.sign}
            say("signed-before", self.options.lang, **figures)
            return None
        attestation = Attestation(
            log=outcome.copy.log.name,
            id=ids.attestation_id(token_bytes(ids.ID_BYTES)),
            kind="period.audited",
            at=self._now(),
            by=self.signer.slug,
            refs={"settled": settled.id},
            body={"period": self.options.sign, "verdict": "sound"},
        )
        signed = sign_jws(attestation, self.signer.key)
        if self.options.out is not None:
            files.write(self.options.out, json.dumps({"attestation": signed.jws}).encode())
        if self.hub is not None:
            self.hub.post_audit(signed)
        return signed

    def _now(self) -> datetime:
        """Return this moment."""
        return files.now(self.options.clock)

    def _tell(self, made: Report, signed: SignedAttestation | None) -> None:
        """Print the report, and write it where it was asked for."""
        document = json.dumps(
            {**made.document(), "signed": signed.jws if signed else None},
            ensure_ascii=False,
            indent=2,
        )
        text = report.text(made, self.options.lang)
        if signed is not None:
            text += "\n" + report.line("signed", self.options.lang, period=self.options.sign) + "\n"
        sys.stdout.write(f"{document}\n" if self.options.json else text)
        if self.options.report is not None:
            page = {
                ".html": lambda: html(made, self.options.lang),
                ".json": lambda: document,
                ".txt": lambda: text,
            }[self.options.report.suffix]()
            files.write(self.options.report, page.encode())


def describe(parser: ArgumentParser) -> None:
    """Add the options of `verify`."""
    add = parser.add_argument
    add("source", metavar="SOURCE", help="the ledger: a folder, or the exchange's address")
    add(
        "--vkey",
        metavar="KEY",
        action="append",
        default=[],
        help="the ledger's verifier key, or its file; twice while one follows another",
    )
    add_policy(parser)
    add("--mirror", metavar="DIR", type=Path, help="keep a copy of what comes from the network")
    add("--pack", metavar="FILE", type=Path, help="reveals, as `exchange audit-pack` made them")
    add("--key", metavar="FILE", type=Path, help="your private key for reveals (PEM)")
    add("--state", metavar="FILE", type=Path, help="what you remember from audit to audit")
    add("--since", metavar="SIZE", type=int, help="begin at a remembered checkpoint of so many")
    add("--whole", action="store_true", help="audit once more what was audited before")
    add_signer(parser)
    add("--sign", metavar="YYYY-MM", default="", help="sign that this month's settlement is sound")
    add("--out", metavar="FILE", type=Path, help="keep what was signed in a file")
    add("--report", metavar="FILE", type=Path, help="write the report: .html, .txt or .json")
    add_output(parser)
    add_clock(parser)


def run(given: Namespace) -> int:
    """Return the exit code of an audit: 0 sound, 1 refused, 2 something cannot be read.

    Raises:
        UsageError: the options do not go together.
    """
    options = options_of(Options, given)
    check_signer(options.slug, options.signing_key)
    if problem := _problem(options):
        raise UsageError(problem)
    try:
        return Run(options).audit()
    except KeyboardInterrupt:
        if options.state is not None:
            say("state-remembers", options.lang, path=options.state)
        raise
    except (InputError, ProtocolError) as error:
        tell_unreadable(error, options.lang)
        if options.is_remote and options.signing_key is None:
            say("entries-for-auditors", options.lang)
        return UNREADABLE


def _problem(options: Options) -> str:
    """Return the code of what is wrong with options; nothing where they go together."""
    signs = bool(options.signing_key) and bool(options.slug)
    checks = {
        "pack-without-key": bool(options.pack) and not options.key,
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


COMMAND: Final = Command(
    name="verify",
    tells="check a ledger, and say what was established and what was not",
    examples=EXAMPLES,
    describe=describe,
    run=run,
)
