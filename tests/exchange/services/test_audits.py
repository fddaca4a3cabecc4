"""What an auditor signs of a settled month is taken once, and as it was signed."""

import pytest

from exchange.domain.errors import AttestationRefusedError, NotFoundError
from exchange.hub import Hub
from exchange.services import audits
from exchange.services.ledger import Fact
from exchange.store import audits as rows
from exchange.store import points as point_rows
from relay_protocol.attestation import SignedAttestation
from relay_protocol.canonical import Value
from tests.story import books, relays
from tests.story.scheme import Consortium, Organization


@pytest.fixture
def settled(consortium: Consortium) -> str:
    """Return the month that was settled last."""
    relays.wait(consortium.hub, days=32)
    books.settle(consortium.hub)
    with consortium.hub.reading() as work:
        newest = point_rows.newest_run(work.session)
    assert newest is not None
    return newest.period


def signed(
    hub: Hub, by: Organization, period: str, *, settlement: str = "", verdict: str = "sound"
) -> SignedAttestation:
    with hub.reading() as work:
        run = point_rows.run(work.session, period)
    known = "A" * 22 if run is None else str(run.attestation_id)
    body: dict[str, Value] = {"period": period, "verdict": verdict}
    refs = {"settled": settlement or known}
    return by.sign(hub, Fact(kind="period.audited", refs=refs, body=body))


def take(consortium: Consortium, attestation: SignedAttestation) -> bool:
    with consortium.hub.work() as work:
        return audits.take(work, consortium.auditor.actor, attestation).known


@pytest.mark.parametrize("verdict", ["sound", "refused"])
def test_a_signed_audit_is_taken_and_kept(
    consortium: Consortium, settled: str, verdict: str
) -> None:
    attestation = signed(consortium.hub, consortium.auditor, settled, verdict=verdict)
    assert take(consortium, attestation) is False
    with consortium.hub.reading() as work:
        (row,) = rows.audits(work.session, "kansa", 10)
    assert (row.period, row.verdict) == (settled, verdict)
    assert row.attestation_id == attestation.attestation.id


def test_the_same_audit_again_changes_nothing(consortium: Consortium, settled: str) -> None:
    attestation = signed(consortium.hub, consortium.auditor, settled)
    assert take(consortium, attestation) is False
    assert take(consortium, attestation) is True
    with consortium.hub.reading() as work:
        assert len(rows.audits(work.session, "kansa", 10)) == 1


def test_it_stands_on_the_ledger_for_all_who_replay_it(
    consortium: Consortium, settled: str
) -> None:
    take(consortium, signed(consortium.hub, consortium.auditor, settled))
    consortium.hub.sequence()
    checked = {one.period: one for one in books.audit(consortium.hub)}
    assert checked[settled].audited_by == ("kansa",)


def test_a_month_that_is_not_settled_is_not_found(consortium: Consortium, settled: str) -> None:
    assert settled
    with pytest.raises(NotFoundError):
        take(consortium, signed(consortium.hub, consortium.auditor, "2040-01"))


def test_another_settlement_than_stands_is_not_found(consortium: Consortium, settled: str) -> None:
    attestation = signed(consortium.hub, consortium.auditor, settled, settlement="B" * 21 + "A")
    with pytest.raises(NotFoundError):
        take(consortium, attestation)


def test_what_somebody_else_signed_is_refused(consortium: Consortium, settled: str) -> None:
    attestation = signed(consortium.hub, consortium.members[0], settled)
    with pytest.raises(AttestationRefusedError, match="not the organization's own"):
        take(consortium, attestation)


def test_a_false_signature_is_refused(consortium: Consortium, settled: str) -> None:
    forger = Organization(slug="kansa", role="auditor", number=consortium.auditor.number)
    with pytest.raises(Exception, match="not signed by a key"):
        take(consortium, signed(consortium.hub, forger, settled))
