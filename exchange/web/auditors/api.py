"""The API of auditors: the newest pack of reveals, and what they sign of settled months."""

import json
from collections.abc import Mapping
from typing import Final

from exchange.services import audits, ledger, packs
from exchange.web.auditors import schemas
from exchange.web.http.door import Answer, Call, Door

AUDITOR: Final = ("auditor",)

audit_door = Door("audits", "For auditors: packs of reveals, and signed audits.")


@audit_door.read("/v1/auditor/packs/latest", answers=schemas.SealedPackShape, roles=AUDITOR)
def latest_pack(call: Call) -> Answer:
    """Return the pack that was made last for the auditor, sealed to its key."""
    row = packs.latest(call.work, call.actor.slug)
    cover: dict[str, object] = json.loads(row.sealed)
    return {**cover, "until": row.until}


@audit_door.write(
    "/v1/auditor/audits",
    takes=schemas.SignedAuditShape,
    answers=schemas.TakenAuditShape,
    roles=AUDITOR,
)
def audited(call: Call, body: Mapping[str, object]) -> Answer:
    """Take what the auditor has signed of a settled month."""
    signed = ledger.read_jws(str(body["attestation"]))
    recorded = audits.take(call.work, call.actor, signed)
    said = signed.attestation.body
    return {"period": said["period"], "verdict": said["verdict"], "attestation": recorded.id}
