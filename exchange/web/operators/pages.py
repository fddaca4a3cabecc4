"""The office's page: the ledger and its witnesses, the queue, the organizations, settlements."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from exchange.services import alarms, published, witnesses
from exchange.store import ledger as ledger_rows
from exchange.store import organizations as organization_rows
from exchange.store import points as point_rows
from exchange.web.http import portal, wiring

OFFICE = "operator"

operator_pages = Blueprint("operator_pages", __name__, url_prefix="/portal/office")


@operator_pages.get("/")
def home() -> str:
    """Show how the hub is; alarms first, until somebody has acknowledged them."""
    with portal.visit(OFFICE) as visit:
        session = visit.work.session
        return render_template(
            "operators/home.html",
            now=visit.work.now,
            checkpoint=published.newest(session),
            ledger=witnesses.state(visit.work, wiring.hub().policy),
            alarms=[alarm for alarm in alarms.listed(visit.work) if alarm.is_open],
            waiting=ledger_rows.queue_length(session),
            organizations=organization_rows.organizations(session),
            runs=point_rows.runs(session),
        )


@operator_pages.post("/alarms/<int:alarm>/acknowledgement")
def acknowledge(alarm: int) -> Answer:
    """Note that the person who is signed in has read an alarm."""
    with portal.act(OFFICE) as visit:
        alarms.acknowledge(visit.work, visit.actor, alarm)
    return redirect(url_for("operator_pages.home"), 303)
