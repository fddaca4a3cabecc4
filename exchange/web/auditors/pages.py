"""The auditor's page: the checkpoint, the pack at hand, and the months that were audited."""

from typing import Final

from flask import Blueprint, render_template

from exchange.services import own_keys, published
from exchange.store import audits as rows
from exchange.store import points as point_rows
from exchange.web.http import portal

MONTHS_SHOWN: Final = 24

auditor_pages = Blueprint("auditor_pages", __name__, url_prefix="/portal/audit")


@auditor_pages.get("/")
def home() -> str:
    """Show what there is to audit, and what the auditor has signed."""
    with portal.visit("auditor") as visit:
        work, slug = visit.work, visit.actor.slug
        signed = {row.period: row for row in reversed(rows.audits(work.session, slug, 10_000))}
        return render_template(
            "auditors/home.html",
            scheme=work.scheme,
            vkeys=own_keys.vkeys(work),
            slug=slug,
            checkpoint=published.newest(work.session),
            pack=rows.pack(work.session, slug),
            runs=point_rows.runs_before(work.session, "", MONTHS_SHOWN),
            signed=signed,
        )
