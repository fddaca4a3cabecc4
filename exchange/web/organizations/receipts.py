"""Receipts of the organization's own acts, as files that anybody can check (C2SP tlog-proof)."""

from collections.abc import Mapping

from marshmallow import fields

from exchange.services import receipts as cases
from exchange.services.receipts import Kept
from exchange.web.http.door import RECEIPTS, Answer, Call, Door
from exchange.web.http.shapes import Shape
from exchange.web.organizations.schemas import RevealQuery
from relay_protocol.proof_file import MEDIA_TYPE

receipt_door = Door("receipts", "For everybody: receipts of the organization's own acts.")


class ActReceiptShape(Shape):
    """One act with its receipt."""

    attestation = fields.String(required=True, metadata={"description": "The act's id."})
    kind = fields.String(required=True, metadata={"description": "What kind of act it is."})
    seq = fields.Integer(required=True, metadata={"description": "Its entry's number."})
    file = fields.String(required=True, metadata={"description": "The `.tlog-proof`, as text."})


class ActReceiptsShape(Shape):
    """Receipts of acts whose entries name the organization, in the ledger's order."""

    items = fields.List(fields.Nested(ActReceiptShape), required=True)
    next = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "`after` for the next page, or null."},
    )


@receipt_door.read(RECEIPTS, query=RevealQuery, answers=ActReceiptsShape)
def page(call: Call, query: Mapping[str, int]) -> Answer:
    """Return the receipts of every act whose entry names the organization."""
    kept = cases.shown_to(call.work, call.actor, after=query["after"], limit=query["limit"])
    return {
        "items": [_receipt(one) for one in kept],
        "next": kept[-1].seq if len(kept) == query["limit"] else None,
    }


@receipt_door.file(f"{RECEIPTS}/<act_id:attestation>", media_type=MEDIA_TYPE)
def one(call: Call, attestation: str) -> bytes:
    """Return the receipt of an act that the organization made, or that its entry shows it.

    It is a `.tlog-proof` with the entry and what opens it; `receipt-not-ready` until a published
    checkpoint covers the act.
    """
    return cases.of_organization(call.work, call.actor, attestation)


def _receipt(kept: Kept) -> Answer:
    return {
        "attestation": kept.attestation_id,
        "kind": kept.kind,
        "seq": kept.seq,
        "file": kept.file.decode(),
    }
