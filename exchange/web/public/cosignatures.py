"""Where witnesses that run no server bring their cosignatures; the signature is their token."""

from collections.abc import Mapping
from typing import Final

import structlog
from flask import abort, request
from marshmallow import fields

from exchange.domain.errors import EquivocationError
from exchange.services import witnesses
from exchange.web.http import limits, wiring
from exchange.web.http.door import TEXT, Door
from exchange.web.http.shapes import Shape

DOOR: Final = "/v1/witness/cosignatures"
LONGEST: Final = 16_384
MEDIA_TYPE: Final = "text/plain"
BODY: Final = {
    "description": (
        f"A checkpoint as `/ledger/checkpoint` serves it, with the witness's own signature line"
        f" (C2SP tlog-cosignature) below; at most {LONGEST} bytes, not compressed."
    ),
    "required": True,
    "content": {MEDIA_TYPE: {"schema": TEXT}},
}

witness_door = Door("witnesses", "For witnesses that run no server; no token, signatures count.")


class TakenInShape(Shape):
    """What became of cosignatures that were brought."""

    size = fields.Integer(required=True, metadata={"description": "The checkpoint's size."})
    accepted = fields.List(
        fields.String(),
        required=True,
        metadata={"description": "Names, in the policy, of the witnesses whose lines counted."},
    )
    quorate = fields.Boolean(
        required=True, metadata={"description": "Whether the checkpoint's quorum is met now."}
    )


@witness_door.blueprint.route(DOOR, methods=["POST"])
@witness_door.blueprint.doc(requestBody=BODY)
@witness_door.blueprint.response(200, TakenInShape)
def bring() -> Mapping[str, object]:
    """Take in a published checkpoint with the cosignatures of witnesses of the policy.

    The same once more is harmless, and an older cosignature changes nothing. A checkpoint that
    the log has signed and never published is kept as an alarm, and answered with `equivocation`.
    """
    if request.mimetype != MEDIA_TYPE:
        abort(415)
    if request.content_length is None or request.content_length > LONGEST:
        abort(413)
    hub = wiring.hub()
    # An alarm is kept before it is told.
    with hub.noting() as work:
        taken = witnesses.take_in(work, hub.policy, request.get_data())
    if taken.contradicts:
        structlog.get_logger("exchange.witnesses").error(
            "EQUIVOCATION ALARM: the ledger's key has signed another history", size=taken.size
        )
        raise EquivocationError(
            f"This ledger has published another checkpoint of {taken.size} entries, and its key "
            f"has signed both.",
            detail_ja=f"{taken.size} 件の要約署名として、別のものが公開されています。"
            f"どちらにも台帳の鍵の署名があります。",
        )
    return {"size": taken.size, "accepted": list(taken.accepted), "quorate": taken.is_quorate}


limits.limit_bringing(witness_door.blueprint)
