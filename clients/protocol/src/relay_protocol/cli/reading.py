"""A ledger read and audited with all that the auditor has, for a command that goes into it."""

from argparse import Namespace
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from relay_protocol.attestation import SignedAttestation
from relay_protocol.audit import Brought, Outcome, verify
from relay_protocol.cli import files
from relay_protocol.cli.arguments import (
    add_clock,
    add_ledger,
    add_output,
    add_policy,
    add_signer,
    add_vkey,
    check_signer,
    is_remote,
    options_of,
)
from relay_protocol.cli.bringing import PackFile, copied
from relay_protocol.cli.explaining import Parser
from relay_protocol.cli.hands import hands, new_entries
from relay_protocol.cli.hub import HubAddress, Signer
from relay_protocol.cli.refusals import InputError, UsageError
from relay_protocol.cli.telling import Meter
from relay_protocol.cli.trusting import read_policy
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, LogDeniedError
from relay_protocol.findings import Telling
from relay_protocol.log_reader import FolderReader, LogReader
from relay_protocol.report import Lang
from relay_protocol.tracing import Stated
from relay_protocol.trust import Trust

REVEALS: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerOptions:
    """Which ledger is read, and what the auditor has of it.

    Attributes:
        source: a folder, or an http(s) address.
        vkey: the ledger's verifier key, or the file that holds it, or "".
        policy: the file of a policy that names the ledger.
        pack: the file of a sealed pack.
        key: the file of the private key that opens it.
    """

    source: str
    vkey: str
    policy: Path | None
    pack: Path | None
    key: Path | None
    slug: str
    signing_key: Path | None
    json: bool
    lang: Lang
    clock: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditedLedger:
    """A ledger that was found sound; it is at hand as long as audited() lends it.

    Attributes:
        outcome: what the audit has found.
        telling: all that it has established, and what it has not.
        pack: what opens it.
        now: when it was audited.
    """

    outcome: Outcome
    telling: Telling
    pack: PackFile
    now: datetime

    @property
    def size(self) -> int:
        """How many entries it has."""
        return self.outcome.copy.checkpoint.size

    def stated(self) -> Iterator[Stated]:
        """Yield every entry with what it says, in order.

        Raises:
            AuditError: the files are not those any more that were audited.
            InputError: the pack cannot be read again.
            ProtocolError: likewise.
        """
        copy = self.outcome.copy
        with self.pack.opened(self.now.date()) as disclosure:
            if disclosure is None:
                yield from map(_clear, copy.entries())
                return
            for window in disclosure.windows(copy, 0, None):
                if window.refusal is not None:
                    raise AuditError(REVEALS, window.refusal.code, seq=window.refusal.seq)
                opened = {one.seq: one for one in window.opened}
                for entry in window.entries:
                    one = opened.get(entry.seq)
                    if one is None:
                        yield _clear(entry)
                    else:
                        yield Stated(entry, one.said, one.signature.method, one.signature.kid)


def describe_ledger(parser: Parser, *, needs_pack: bool) -> None:
    """Add which ledger is read."""
    add, says = parser.add_argument, parser.says
    add_ledger(parser)
    add_vkey(parser)
    add_policy(parser)
    without = says("(なければ、記載は閉じたままです)", " (without it, entries stay closed)")
    told = "" if needs_pack else without
    add(
        "--pack",
        metavar="FILE",
        type=Path,
        help=says(f"ハブで作られた開示片の束{told}。", f"reveals, as the exchange made them{told}"),
    )
    add(
        "--key",
        metavar="FILE",
        type=Path,
        help=says("開示片を開く、ご自身の秘密鍵(PEM)。", "your private key for reveals (PEM)"),
    )
    add_signer(parser)
    add_output(parser)
    add_clock(parser)


def ledger_options(given: Namespace) -> LedgerOptions:
    """Return which ledger is read.

    Raises:
        UsageError: the options do not go together.
    """
    options = options_of(LedgerOptions, given)
    check_signer(options.slug, options.signing_key)
    if options.pack and not options.key:
        raise UsageError("pack-without-key")
    if options.key and not options.pack and not is_remote(options.source):
        raise UsageError("key-without-pack")
    return options


@contextmanager
def audited(options: LedgerOptions) -> Iterator[AuditedLedger]:
    """Lend a ledger once all holds that can be checked with what there is.

    Raises:
        AuditError: something does not hold.
        InputError: a file that was given cannot be used.
        ProtocolError: the ledger or the pack cannot be read.
        UsageError: nobody said whose ledger it is.
    """
    now = files.now(options.clock)
    policy = read_policy(options.vkey, options.policy)
    trust = Trust(policy=policy, now=now, is_live=is_remote(options.source))
    telling = Telling(Meter(options.lang))
    with ExitStack() as stack:
        source, pack = _opened(options, trust, stack)
        disclosure = stack.enter_context(pack.opened(now.date()))
        if disclosure is not None and disclosure.manifest.first:
            raise InputError("pack-in-the-middle")
        with hands(new_entries(source, 0)) as both:
            outcome = verify(source, Brought(trust=trust, pack=disclosure), telling, hands=both)
        if options.clock is not None and not outcome.charter.directory.scheme.demo:
            raise InputError("clock-for-demos")
        yield AuditedLedger(outcome=outcome, telling=telling, pack=pack, now=now)


def _opened(options: LedgerOptions, trust: Trust, stack: ExitStack) -> tuple[LogReader, PackFile]:
    """Return the files of a ledger, copied first where they are far away, and its pack."""
    if not is_remote(options.source):
        files.require_folder(options.source)
        files.require_outside(options.source, options.key, options.signing_key)
        pack = PackFile(path=options.pack, hub=None, key=options.key, slug=options.slug)
        return FolderReader(Path(options.source)), pack
    signer = None
    if options.signing_key is not None:
        signer = Signer(slug=options.slug, key=files.read_signing_key(options.signing_key))
    hub = HubAddress(url=options.source, signer=signer, clock=options.clock)
    try:
        source = stack.enter_context(copied(hub.reader(), trust, None, options.lang))
    except LogDeniedError as error:
        if signer is None:
            raise InputError("entries-for-auditors", detail=str(error).rstrip(".")) from error
        raise
    return source, PackFile(path=options.pack, hub=hub, key=options.key, slug=options.slug)


def _clear(entry: Entry) -> Stated:
    """Return what an entry says by itself."""
    raw = entry.signed_bytes
    if raw is None:
        return Stated(entry, None)
    signed = SignedAttestation(wire=raw)
    return Stated(entry, signed.attestation, signed.method, signed.kid)
