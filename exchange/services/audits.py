"""What auditors sign of the months that they have checked."""

from exchange.domain.errors import AttestationRefusedError, NotFoundError
from exchange.domain.organizations import Actor
from exchange.services import ledger
from exchange.services.ledger import Fact, Recorded
from exchange.services.work import Work
from exchange.store import points as rows
from exchange.store.audits import AuditRow
from relay_protocol.attestation import SignedAttestation


def take(work: Work, actor: Actor, signed: SignedAttestation) -> Recorded:
    """Take what an auditor has signed of a settled month; the same again changes nothing.

    Raises:
        NotFoundError: that month is not settled, or by another attestation than it names.
        AttestationRefusedError: it is not the auditor's own, or states something else.
    """
    said = signed.attestation
    if said.by != actor.slug:
        raise AttestationRefusedError(
            "The attestation is not the organization's own.",
            field="attestation",
            detail_ja="自社の申告ではありません。",
        )
    period, verdict = str(said.body.get("period", "")), str(said.body.get("verdict", ""))
    run = rows.run(work.session, period)
    if run is None or run.attestation_id is None or said.refs.get("settled") != run.attestation_id:
        raise NotFoundError(
            "There is no such settlement.",
            field="attestation",
            mend="Verify the ledger again, and sign the settlement that stands there.",
            detail_ja="この精算はありません。",
            mend_ja="台帳をもう一度確かめ、そこにある精算について署名してください。",
        )
    fact = Fact(
        kind="period.audited",
        refs={"settled": run.attestation_id},
        body={"period": period, "verdict": verdict},
    )
    recorded = ledger.attest(work, signed, fact, orgs=(actor.slug,))
    if not recorded.known:
        work.session.add(
            AuditRow(
                attestation_id=recorded.id,
                slug=actor.slug,
                period=period,
                verdict=verdict,
                audited_at=work.now,
            )
        )
        work.session.flush()
    return recorded
