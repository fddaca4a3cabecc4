"""The office's page: the ledger's pace, the queue, the organizations, the settlements."""

from flask import Blueprint, render_template

from exchange.store import ledger as ledger_rows
from exchange.store import organizations as organization_rows
from exchange.store import points as point_rows
from exchange.web.http import portal

operator_pages = Blueprint("operator_pages", __name__, url_prefix="/portal/office")


@operator_pages.get("/")
def home() -> str:
    """Show how the hub is."""
    with portal.visit("operator") as visit:
        session = visit.work.session
        return render_template(
            "operators/home.html",
            now=visit.work.now,
            checkpoint=ledger_rows.checkpoint(session),
            waiting=ledger_rows.queue_length(session),
            organizations=organization_rows.organizations(session),
            runs=point_rows.runs(session),
        )
