"""A ledger written by hand, gone through as an auditor does it."""

from pathlib import Path

from relay_protocol.audit import Brought, Outcome, verify
from relay_protocol.findings import Finding, Telling
from relay_protocol.log_reader import FolderReader
from relay_protocol.memory import Memory
from relay_protocol.replay import Replay
from tests.story.hand_ledger import HandLedger


def silent(_part: int, _done: int, _total: int) -> None:
    """Tell nobody how far an audit is."""


def replay(ledger: HandLedger) -> Replay:
    """Return what all entries say, each opened if it can be.

    Raises:
        ReplayError: an act could not be done where it stands.
    """
    replayed = Replay()
    for entry in ledger.entries:
        signed = replayed.open(entry, ledger.reveals.get(entry.seq))
        if signed is not None:
            replayed.follow(entry, signed.attestation)
    replayed.check_end()
    return replayed


def audit(
    ledger: HandLedger,
    folder: Path,
    brought: Brought | None = None,
    *,
    memory: Memory | None = None,
) -> tuple[Outcome, list[Finding]]:
    """Return what an audit of the ledger's files establishes, by default with its whole pack.

    Raises:
        AuditError: something does not hold.
    """
    telling = Telling(silent)
    whole = brought or Brought(log=ledger.log_key.verifier, pack=ledger.pack())
    outcome = verify(FolderReader(ledger.write_out(folder)), whole, telling, memory=memory)
    return outcome, telling.findings


def codes(findings: list[Finding], part: int) -> list[str]:
    """Return the codes of what was found in one part."""
    return [finding.code for finding in findings if finding.part == part]
