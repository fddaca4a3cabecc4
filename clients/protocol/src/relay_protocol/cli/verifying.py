"""`relay-audit verify`: reads what was given, goes through the plan, and tells the result."""

import json
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_bytes

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from relay_protocol import ids, report
from relay_protocol.attestation import Attestation, SignedAttestation, sign_jws
from relay_protocol.audit import Evidence, Outcome, verify
from relay_protocol.cli import files
from relay_protocol.cli.arguments import Options
from relay_protocol.cli.files import InputError
from relay_protocol.cli.hub import HubAddress, Signer
from relay_protocol.errors import AuditError, ProtocolError
from relay_protocol.findings import Telling
from relay_protocol.log_reader import FolderReader, LogReader
from relay_protocol.notebook import Notebook
from relay_protocol.pack import Pack, open_pack
from relay_protocol.report import Report
from relay_protocol.report_html import html

SOUND, REFUSED, UNREADABLE = 0, 1, 2
LONG = 10_000
"""Progress within a part is told once in so many steps, or in a tenth of them."""


@dataclass(slots=True)
class Meter:
    """Tells on standard error how far an audit is: a line for each part, more for a long one."""

    _part: int = 0
    _told: int = 0

    def __call__(self, part: int, done: int, total: int) -> None:
        """Take down how much of a part is done."""
        if part != self._part or done - self._told >= max(LONG, total // 10):
            self._part, self._told = part, done
            sys.stderr.write(f"part {part}: {done:,} of {total:,}\n")
            sys.stderr.flush()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an audit is made with, all of it read."""

    source: LogReader
    hub: HubAddress | None
    signer: Signer | None
    evidence: Evidence
    notebook: Notebook | None


@dataclass(slots=True)
class Run:
    """One run of the command."""

    options: Options
    telling: Telling = field(default_factory=lambda: Telling(Meter()))

    def audit(self) -> int:
        """Return the exit code, everything told and written.

        Raises:
            InputError: something that was given cannot be used.
            ProtocolError: something cannot be read.
        """
        given = self._read()
        outcome, refusal = None, None
        try:
            outcome = verify(given.source, given.evidence, self.telling)
        except AuditError as error:
            refusal = error
        made = Report(
            source=self.options.source,
            made_at=files.now(self.options.clock),
            findings=tuple(self.telling.findings),
            refusal=refusal,
        )
        signed = None
        if outcome is not None:
            self._require_demo(outcome)
            signed = self._sign(given, outcome)
            self._remember(given, outcome)
        self._tell(made, signed)
        return SOUND if refusal is None else REFUSED

    def _read(self) -> Given:
        """Return all that the options name."""
        options = self.options
        if not options.is_remote:
            files.require_outside(options.source, options.key, options.signing_key)
        signer = hub = None
        if options.signing_key is not None:
            signer = Signer(slug=options.slug, key=files.read_signing_key(options.signing_key))
        if options.is_remote:
            hub = HubAddress(url=options.source, signer=signer, clock=options.clock)
        log = files.read_vkey(options.vkey)
        notebook = files.read_notebook(options.state, log)
        return Given(
            source=hub.reader() if hub else FolderReader(Path(options.source)),
            hub=hub,
            signer=signer,
            evidence=Evidence(
                log=log or (notebook.key() if notebook else None),
                earlier=notebook.checkpoints if notebook else (),
                opened=notebook.opened if notebook else frozenset(),
                pack=self._pack(hub),
            ),
            notebook=notebook,
        )

    def _pack(self, hub: HubAddress | None) -> Pack | None:
        """Return the pack that was given or that the hub has, opened; None without any."""
        if self.options.key is None:
            return None
        key = files.read_reveal_key(self.options.key)
        found = self._open(hub, key)
        if found is None:
            return None
        if found.is_over(files.now(self.options.clock).astimezone(UTC).date()):
            raise InputError(f"the pack was for use until {found.until}: ask for a new one")
        if self.options.slug not in {"", found.auditor}:
            raise InputError(f"the pack was made for {found.auditor}")
        return found

    def _open(self, hub: HubAddress | None, key: EllipticCurvePrivateKey) -> Pack | None:
        """Return a pack of a file, or of the hub."""
        if self.options.pack is not None:
            return files.read_pack(self.options.pack, key)
        raw = hub.latest_pack() if hub and hub.signer else None
        return None if raw is None else open_pack(raw, key)

    def _require_demo(self, outcome: Outcome) -> None:
        """Refuse a moved clock for a real scheme."""
        if self.options.clock is not None and not outcome.charter.directory.scheme.demo:
            raise InputError("--clock is for demo schemes; this one is real")

    def _sign(self, given: Given, outcome: Outcome) -> SignedAttestation | None:
        """Sign that a period is sound, unless this auditor has; hand it over or keep it."""
        if not self.options.sign or given.signer is None:
            return None
        settled = outcome.settled.get(self.options.sign)
        if settled is None:
            raise InputError(f"{self.options.sign} is not settled in what was audited")
        if given.signer.slug in outcome.audited.get(settled.id, ()):
            sys.stderr.write(f"{given.signer.slug} has signed {self.options.sign} before.\n")
            return None
        attestation = Attestation(
            log=outcome.copy.log.name,
            id=ids.attestation_id(token_bytes(ids.ID_BYTES)),
            kind="period.audited",
            at=self._now(),
            by=given.signer.slug,
            refs={"settled": settled.id},
            body={"period": self.options.sign, "verdict": "sound"},
        )
        signed = sign_jws(attestation, given.signer.key)
        if self.options.out is not None:
            files.write(self.options.out, json.dumps({"attestation": signed.jws}).encode())
        if given.hub is not None:
            given.hub.post_audit(signed)
        return signed

    def _now(self) -> datetime:
        """Return this moment."""
        return files.now(self.options.clock)

    def _remember(self, given: Given, outcome: Outcome) -> None:
        """Keep what was seen for the next audit."""
        if self.options.state is not None:
            before = given.notebook or Notebook(log=outcome.copy.log.encode())
            opened = given.evidence.pack.reveals if given.evidence.pack else None
            after = before.seen(outcome.copy.checkpoint, opened)
            files.write(self.options.state, after.encode())

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


def run(options: Options) -> int:
    """Return the exit code of an audit: 0 sound, 1 refused, 2 something cannot be read."""
    try:
        return Run(options).audit()
    except (InputError, ProtocolError) as error:
        sys.stderr.write(f"relay-audit cannot read this: {error}\n")
        if options.is_remote and options.signing_key is None:
            sys.stderr.write(
                "A hub hands out entries to auditors: give --slug and --signing-key.\n"
            )
        return UNREADABLE
