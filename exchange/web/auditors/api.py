"""The API of auditors: the newest pack of reveals, and what they sign of settled months."""

from collections.abc import Mapping
from typing import Final

from flask import Response, request

from exchange.services import audits, ledger, packs
from exchange.web.auditors import schemas
from exchange.web.http import authn, wiring
from exchange.web.http.door import ORGANIZATION, Answer, Call, Door
from relay_protocol.sealed import MEDIA_TYPE

AUDITOR: Final = ("auditor",)
LINES: Final = {
    "type": "string",
    "description": "Lines of JSON: the sealed manifest, then its sealed parts one by one.",
}

audit_door = Door("audits", "For auditors: packs of reveals, and signed audits.")


@audit_door.blueprint.route("/v1/auditor/packs/latest", methods=["GET"])
@audit_door.blueprint.doc(
    security=[{ORGANIZATION: []}],
    responses={
        "200": {
            "description": "The pack, as a file that `relay-audit verify` opens.",
            "content": {MEDIA_TYPE: {"schema": LINES}},
        }
    },
)
def latest_pack() -> Response:
    """Return the pack that was made last for the auditor, sealed to its key.

    It comes line by line. Where it is withdrawn meanwhile, because somebody was erased, it ends
    before its announced length.
    """
    hub = wiring.hub()
    with hub.reading() as work:
        caller = authn.authenticate(work, authn.bearer(request.headers.get("Authorization")))
        authn.allow(caller.actor, AUDITOR)
        pack = packs.latest(work, caller.actor.slug)
        size = packs.size_of(work, pack)
    answer = Response(packs.lines(hub.reading, pack), content_type=MEDIA_TYPE)
    answer.content_length = size
    return answer


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
