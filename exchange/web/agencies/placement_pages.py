"""Pages of introductions and hires, and of what the agency owes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.domain.errors import ExchangeError
from exchange.services import claims as claim_cases
from exchange.services import hires as hire_cases
from exchange.services import introductions as introduction_cases
from exchange.services import statements
from exchange.services.introductions import LATER_STAGES
from exchange.services.work import Work, local_day, rules_now
from exchange.store import claims as claim_rows
from exchange.store import hires as rows
from exchange.store import organizations as organization_rows
from exchange.store.hires import HireRow, IntroductionRow
from exchange.web.agencies import acts, words
from exchange.web.agencies.acts import AGENCY, Shown
from exchange.web.http import portal
from exchange.web.http.languages import gettext, language
from relay_protocol.hires import STAGES
from relay_protocol.kinds import HIRE_EVENTS

NEXT_EVENTS: Final = {
    "": ("offer-accepted", "offer-declined"),
    "accepted": ("started", "offer-declined"),
    "started": ("left",),
    "declined": (),
    "left": (),
}
"""Which events may be reported after each state of a hire."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One introduction with what came of it, and what may be reported next."""

    row: IntroductionRow
    pairwise_id: str
    hirer_name: str
    hire: HireRow | None
    later: Sequence[str]
    events: Sequence[str]


def introductions() -> str:
    """Show the agency's introductions, what came of them, and the next act."""
    with portal.visit(AGENCY) as visit:
        found = rows.introductions_of(visit.work.session, visit.actor.slug)
        return render_template(
            "agencies/introductions.html",
            lines=[_line(visit.work, row) for row in found],
            words=words,
        )


def introduce_form(claim: str) -> str:
    """Ask to which company the candidate of a claim is introduced."""
    with portal.visit(AGENCY) as visit:
        return _introduce_form(visit, claim, None)


def prepare_introduction(claim: str) -> str | tuple[str, int]:
    """Prepare an introduction, and ask the person to sign it."""
    hirer = request.form.get("hirer", "").strip()
    try:
        with portal.act(AGENCY) as visit:
            row = claim_cases.own(visit.work, visit.actor, claim)
            on = acts.typed_day(request.form.get("on", ""))
            fact = introduction_cases.introducing(
                visit.work,
                visit.actor,
                claim,
                hirer=hirer,
                on=on,
                introduction_id=acts.new_id("int"),
            )
            shown = Shown(
                sentence=gettext("You introduce this candidate to a company."),
                facts=(
                    (gettext("Reception number"), row.pairwise_id),
                    (gettext("Company"), _company(visit.work, hirer)),
                    (gettext("Day"), on.isoformat()),
                ),
                back=url_for("agency_pages.introduce_form", claim=claim),
            )
            return acts.ask(visit, fact, {"claim": claim}, shown)
    except ExchangeError as error:
        if error.field not in {"hirer", "on"}:
            raise
        with portal.visit(AGENCY) as visit:
            return _introduce_form(visit, claim, error), 422


def advance(introduction: str) -> Response:
    """Record that an introduction has reached a later stage."""
    with portal.act(AGENCY) as visit:
        stage = request.form.get("stage", "")
        introduction_cases.advance(visit.work, visit.actor, introduction, stage)
    return redirect(url_for("agency_pages.introductions"), 303)


def report_form(introduction: str) -> str:
    """Ask what came of an introduction, and when."""
    with portal.visit(AGENCY) as visit:
        return _report_form(visit, introduction, None)


def prepare_report(introduction: str) -> str | tuple[str, int]:
    """Prepare a report, and ask the person to sign it."""
    event = request.form.get("event", "")
    try:
        with portal.act(AGENCY) as visit:
            line = _line(visit.work, _own(visit, introduction))
            on = acts.typed_day(request.form.get("on", ""))
            fact = hire_cases.reporting(
                visit.work,
                visit.actor,
                introduction,
                event=event,
                on=on,
                hire_id=acts.new_id("hir"),
            )
            shown = Shown(
                sentence=gettext("You report what came of an introduction."),
                facts=(
                    (gettext("Reception number"), line.pairwise_id),
                    (gettext("Company"), _company(visit.work, line.row.hirer)),
                    (gettext("What happened"), gettext(words.EVENTS[event])),
                    (gettext("Day"), on.isoformat()),
                ),
                back=url_for("agency_pages.report_form", introduction=introduction),
            )
            return acts.ask(visit, fact, {"introduction": introduction}, shown)
    except ExchangeError as error:
        if error.field not in {"event", "on"}:
            raise
        with portal.visit(AGENCY) as visit:
            return _report_form(visit, introduction, error), 422


def dues() -> str:
    """Show what the agency owes and is owed, month by month."""
    with portal.visit(AGENCY) as visit:
        names = {
            row.slug: row.name if language() == "ja" else row.name_en
            for row in organization_rows.organizations(visit.work.session, role="agency")
        }
        return render_template(
            "agencies/dues.html",
            months=statements.dues(visit.work, visit.actor.slug),
            names=names,
            words=words,
        )


def _introduce_form(visit: portal.Visit, claim: str, error: ExchangeError | None) -> str:
    """Return the form of an introduction, the field at fault marked."""
    members = organization_rows.organizations(visit.work.session, role="member", state="active")
    return render_template(
        "agencies/introduce.html",
        claim=claim_cases.own(visit.work, visit.actor, claim),
        members=members,
        typed=request.form,
        today=local_day(visit.work),
        wrong="" if error is None else error.field,
        why=_why(error),
        words=words,
    )


def _report_form(visit: portal.Visit, introduction: str, error: ExchangeError | None) -> str:
    """Return the form of a report, the field at fault marked."""
    return render_template(
        "agencies/report.html",
        months=rules_now(visit.work).start_within_months,
        line=_line(visit.work, _own(visit, introduction)),
        typed=request.form,
        today=local_day(visit.work),
        wrong="" if error is None else error.field,
        why=_why(error),
        words=words,
    )


def _own(visit: portal.Visit, introduction: str) -> IntroductionRow:
    return introduction_cases.own(visit.work, visit.actor, introduction)


def _line(work: Work, row: IntroductionRow) -> Line:
    """Return an introduction with what belongs to it."""
    claim = claim_rows.claim(work.session, row.claim_id)
    hirer = organization_rows.by_corporate_number(work.session, row.hirer)
    hire = rows.hire_of_introduction(work.session, row.id)
    live = claim is not None and claim.state == "released"
    events = NEXT_EVENTS["" if hire is None else hire.state]
    name = "" if hirer is None else hirer.name if language() == "ja" else hirer.name_en
    return Line(
        row=row,
        pairwise_id="" if claim is None else claim.pairwise_id,
        hirer_name=name,
        hire=hire,
        later=LATER_STAGES[STAGES.index(row.stage) :] if live and hire is None else (),
        events=[event for event in HIRE_EVENTS if event in events],
    )


def _company(work: Work, number: str) -> str:
    """Return a company as people read it: its 法人番号, and its name where it is a member."""
    known = organization_rows.by_corporate_number(work.session, number)
    if known is None:
        return number
    return f"{known.name if language() == 'ja' else known.name_en} ({number})"


def _why(error: ExchangeError | None) -> str:
    """Return what a refusal says, in the reader's language."""
    if error is None:
        return ""
    return (error.detail_ja or error.detail) if language() == "ja" else error.detail
