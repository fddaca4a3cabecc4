"""Where witnesses that run no server bring their cosignatures; the signature is their token."""

from typing import Final

from flask import Blueprint, Response, abort, jsonify, request

from exchange.domain.errors import EquivocationError
from exchange.services import witnesses
from exchange.web.http import limits, wiring

LONGEST: Final = 16_384
TEXT: Final = "text/plain"

cosignatures = limits.limit_bringing(Blueprint("cosignatures", __name__))


@cosignatures.post("/v1/witness/cosignatures")
def bring() -> Response:
    """Take in a published checkpoint with the cosignatures of witnesses of the policy."""
    if request.mimetype != TEXT:
        abort(415)
    if request.content_length is None or request.content_length > LONGEST:
        abort(413)
    hub = wiring.hub()
    # An alarm is kept before it is told.
    with hub.noting() as work:
        taken = witnesses.take_in(work, hub.policy, request.get_data())
    if taken.contradicts:
        raise EquivocationError(
            f"This ledger has published another checkpoint of {taken.size} entries, and its key "
            f"has signed both.",
            detail_ja=f"{taken.size} 件の要約署名として、別のものが公開されています。"
            f"どちらにも台帳の鍵の署名があります。",
        )
    return jsonify(size=taken.size, accepted=list(taken.accepted), quorate=taken.is_quorate)
