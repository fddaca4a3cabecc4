"""`relay-audit verify`: reads what was given, goes through the plan, and tells the result."""

import json
from argparse import Namespace
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
from relay_protocol.cli.arguments import REFUSED, SOUND, UNREADABLE, Command, options_of
from relay_protocol.cli.bringing import PackFile
from relay_protocol.cli.hands import hands, new_entries, seldom_collecting
from relay_protocol.cli.hub import HubAddress, Signer
from relay_protocol.cli.refusals import InputError
from relay_protocol.cli.state import StateFile
from relay_protocol.cli.telling import Meter, put, say, tell_unreadable
from relay_protocol.cli.verify_options import EXAMPLES, Options, check, describe
from relay_protocol.codes import Words
from relay_protocol.errors import AuditError, LogDeniedError, ProtocolError
from relay_protocol.findings import Telling
from relay_protocol.log_reader import FolderReader, LogReader
from relay_protocol.memory import Memory, PlainMemory
from relay_protocol.report import Report
from relay_protocol.report_html import html
from relay_protocol.trust import Trust


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
            files.require_folder(options.source)
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
        at = self._now()
        attestation = Attestation(
            log=outcome.copy.log.name,
            id=ids.attestation_id_at(at, token_bytes(ids.DRAWN_BYTES)),
            kind="period.audited",
            at=at,
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
        put(f"{document}\n" if self.options.json else text)
        if self.options.report is not None:
            page = {
                ".html": lambda: html(made, self.options.lang),
                ".json": lambda: document,
                ".txt": lambda: text,
            }[self.options.report.suffix]()
            files.write(self.options.report, page.encode())


def run(given: Namespace) -> int:
    """Return the exit code of an audit: 0 sound, 1 refused, 2 something cannot be read.

    Raises:
        UsageError: the options do not go together.
    """
    options = options_of(Options, given)
    check(options)
    try:
        return Run(options).audit()
    except KeyboardInterrupt:
        if options.state is not None:
            say("state-remembers", options.lang, path=options.state)
        raise
    except (InputError, ProtocolError) as error:
        tell_unreadable(error, options.lang)
        if isinstance(error, LogDeniedError) and options.signing_key is None:
            say("entries-for-auditors", options.lang)
        return UNREADABLE


COMMAND: Final = Command(
    name="verify",
    tells=Words(
        "台帳を確かめ、確かめられたことと確かめていないことを報告します。",
        "check a ledger, and say what was established and what was not",
    ),
    examples=EXAMPLES,
    describe=describe,
    run=run,
)
