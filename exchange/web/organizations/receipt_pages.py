"""Receipts for people at the portal: what their organization did and was told, each as a file."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from flask import Blueprint, Response, render_template, request

from exchange.services import own_keys, receipts
from exchange.web.http import portal
from exchange.web.http.languages import noted
from exchange.web.http.receipt_files import file_answer, for_people

A_PAGE: Final = 100
ACTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "org.admitted": noted("Organization admitted"),
        "org.cosigned": noted("Admission cosigned"),
        "org.suspended": noted("Organization suspended"),
        "key.registered": noted("Key registered"),
        "key.revoked": noted("Key revoked"),
        "claim.made": noted("Claim made"),
        "claim.approved": noted("Claim accepted by the candidate"),
        "claim.declined": noted("Claim turned down by the candidate"),
        "claim.ended": noted("Claim ended"),
        "identity.released": noted("Contact released"),
        "identity.received": noted("Contact received"),
        "introduction.made": noted("Candidate introduced"),
        "hire.reported": noted("Hire reported"),
        "hire.confirmed": noted("Start of work confirmed"),
        "slot.reserved": noted("Free placement reserved"),
        "slot.ended": noted("Reservation ended"),
        "slot.redeemed": noted("Free placement redeemed"),
        "objection.raised": noted("Objection raised"),
        "objection.decided": noted("Objection decided"),
        "pack.made": noted("Pack of reveals made"),
        "period.audited": noted("Month audited"),
    }
)
"""What acts are called in the list."""
_PLACE: Final = re.compile(r"[0-9]{1,15}", re.ASCII)

receipt_pages = Blueprint("receipt_pages", __name__, url_prefix="/portal/receipts")


@receipt_pages.get("/")
def home() -> str:
    """Show the newest acts of the ledger that name the organization, each with its receipt."""
    before = request.args.get("before", "")
    with portal.visit() as visit:
        acts = receipts.newest(
            visit.work,
            visit.actor,
            limit=A_PAGE,
            before=int(before) if _PLACE.fullmatch(before) else None,
        )
        return render_template(
            "organizations/receipts.html",
            acts=acts,
            earlier=acts[-1].seq if len(acts) == A_PAGE else 0,
            is_newest=not before,
            names=ACTS,
            vkey=own_keys.vkeys(visit.work)[-1],
        )


@receipt_pages.get("/<act_id:attestation>")
def file(attestation: str) -> Response:
    """Give one receipt."""

    def read() -> Response:
        with portal.visit() as visit:
            content = receipts.of_organization(visit.work, visit.actor, attestation)
            return file_answer(attestation, content)

    return for_people(read)
