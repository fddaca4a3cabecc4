"""An auditor of a demo scheme: takes a copy of the ledger and a pack, and goes through the plan."""

from pathlib import Path

from exchange.cli.audit import new_pack
from exchange.hub import Hub
from exchange.services import publication
from relay_protocol.audit import Evidence, Outcome, verify
from relay_protocol.findings import Telling
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import VerifierKey
from relay_protocol.pack import open_pack
from tests.story.scheme import Organization


def audit(hub: Hub, auditor: Organization, folder: Path) -> Outcome:
    """Return what an auditor with a fresh pack finds in a fresh copy of the whole ledger.

    Args:
        folder: where the copy goes; it is made.

    Raises:
        AuditError: something does not hold.
    """
    sealed = new_pack(hub, auditor.slug).sealed
    hub.sequence()
    with hub.reading() as work:
        publication.write_out(work, folder, with_entries=True)
    evidence = Evidence(
        log=VerifierKey.parse(hub.scheme.ledger_vkey), pack=open_pack(sealed, auditor.sealing)
    )
    return verify(FolderReader(folder), evidence, Telling(_unwatched))


def _unwatched(part: int, done: int, total: int) -> None:
    """Take no notice of how far an audit is."""
    del part, done, total
