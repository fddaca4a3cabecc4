"""The members' pages: where points and slots stand, hires to confirm, statements to read."""

from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from exchange.domain.errors import NotFoundError
from exchange.services import answered, hires, sign_in, statements
from exchange.services.statements import Told
from exchange.services.work import rules_now
from exchange.store import organizations as organization_rows
from exchange.store.hires import HireRow
from exchange.web.http import portal
from exchange.web.http.languages import gettext, language
from exchange.web.http.portal import Visit

MEMBER: Final = "member"
A_PAGE: Final = 36

member_pages = Blueprint("member_pages", __name__, url_prefix="/portal/member")


@member_pages.get("/overview")
def home() -> str:
    """Show where the member stands: slots, points, hires that wait, referrals in totals."""
    with portal.visit(MEMBER) as visit:
        work, actor = visit.work, visit.actor
        newest = statements.told(work, actor.slug, limit=1)
        invited, totals = answered.totals(work, actor)
        return render_template(
            "members/home.html",
            newest=newest[0].statement if newest else None,
            waiting=[row for row in hires.at_hirer(work, actor) if _waits(row)],
            invited=invited,
            totals=totals,
            rules=rules_now(work),
        )


@member_pages.get("/hires", endpoint="hires")
def hire_list() -> str:
    """Show the hires that agencies report at the member's company."""
    with portal.visit(MEMBER) as visit:
        found = hires.at_hirer(visit.work, visit.actor)
        return render_template(
            "members/hires.html",
            hires=sorted(found, key=lambda row: (not _waits(row), row.id)),
            waits=_waits,
            agency=lambda slug: _agency(visit, slug),
        )


@member_pages.post("/hires/<relay_id:hire>/signature")
def prepare(hire: str) -> str:
    """Show what is signed to confirm that somebody has started."""
    with portal.act(MEMBER) as visit:
        row, fact = hires.confirmable(visit.work, visit.actor, hire)
        act = sign_in.prepare_act(visit.work, visit.actor, fact, {"hire": row.id})
        started = "" if row.started_on is None else row.started_on.isoformat()
        return render_template(
            "sign.html",
            act=act,
            action=url_for("member_pages.confirm"),
            sentence=gettext("You confirm that this person has started work at your company."),
            facts=[
                (gettext("Agency"), _agency(visit, row.agency)),
                (gettext("Start date"), started),
                (gettext("Hire"), row.id),
            ],
            back=url_for("member_pages.hires"),
        )


@member_pages.post("/hires/confirmation")
def confirm() -> Answer:
    """Keep the confirmation that the person has signed."""
    with portal.act(MEMBER) as visit:
        taken = sign_in.take_act(
            visit.work, visit.actor, request.form.get("act", ""), request.form.get("answer", "")
        )
        hires.confirm(visit.work, visit.actor, taken.signed, str(taken.form["hire"]))
    place = url_for("member_pages.hires")
    return redirect(portal.with_receipt(place, taken.signed.attestation.id), 303)


@member_pages.get("/statements", endpoint="statements")
def statement_list() -> str:
    """Show the member's statements, month by month."""
    with portal.visit(MEMBER) as visit:
        found = statements.told(visit.work, visit.actor.slug, limit=A_PAGE)
        return render_template("members/statements.html", found=found)


@member_pages.get("/statements/<period>")
def statement(period: str) -> str:
    """Show one month's statement, as it can be printed."""
    with portal.visit(MEMBER) as visit:
        one = _statement(visit, period)
        return render_template(
            "members/statement.html", one=one, lines=statements.lines_of(one.statement)
        )


@member_pages.get("/statements/<period>/original")
def original(period: str) -> Response:
    """Give the original of one month's statement, to the byte."""
    with portal.visit(MEMBER) as visit:
        one = _statement(visit, period)
    name = f"{one.period}-{one.statement.company}.json"
    return Response(
        one.raw,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _statement(visit: Visit, period: str) -> Told:
    """Return the member's own statement of a month.

    Raises:
        NotFoundError: the month is not settled, or the member has no statement of it.
    """
    one = statements.one(visit.work, visit.actor.slug, period)
    if one is None:
        raise NotFoundError(
            "There is no statement of this month.", detail_ja="この月の枠明細書はありません。"
        )
    return one


def _waits(row: HireRow) -> bool:
    """Return whether a start is reported that nobody has confirmed."""
    return row.started_on is not None and row.confirmed_by is None


def _agency(visit: Visit, slug: str) -> str:
    """Return an agency's name in the reader's language."""
    row = organization_rows.organization(visit.work.session, slug)
    if row is None:
        return slug
    return row.name if language() == "ja" else row.name_en
