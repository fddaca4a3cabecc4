"""Pages of vacancies and of what matches them."""

from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from exchange.domain import matching
from exchange.domain.errors import ExchangeError
from exchange.domain.matching import CRITERIA
from exchange.services import matches as match_cases
from exchange.services import vacancies as vacancy_cases
from exchange.services.work import local_day
from exchange.store import claims as rows
from exchange.web.agencies import words
from exchange.web.agencies.telling import count_told
from exchange.web.agencies.vacancy_form import document_of
from exchange.web.http import portal
from exchange.web.http.languages import language
from relay_protocol import codes

AGENCY: Final = "agency"
A_PAGE: Final = 50


def vacancies() -> str:
    """Show the agency's vacancies, newest first."""
    with portal.visit(AGENCY) as visit:
        offered = [
            vacancy_cases.read(row) for row in rows.vacancies(visit.work.session, visit.actor.slug)
        ]
        return render_template(
            "agencies/vacancies.html", offered=offered, today=local_day(visit.work), words=words
        )


def new_vacancy() -> str:
    """Show the form that describes a vacancy."""
    with portal.visit(AGENCY):
        return _form(MultiDict(), None)


def describe_vacancy() -> str | tuple[str, int] | Response:
    """Keep the vacancy that was described, and show what matches it."""
    try:
        with portal.act(AGENCY) as visit:
            offered = vacancy_cases.describe(visit.work, visit.actor, document_of(request.form))
    except ExchangeError as error:
        if error.field.partition("/")[0] not in document_of(request.form):
            raise
        return _form(request.form, error), 422
    return redirect(url_for("agency_pages.matches", vacancy=offered.row.id), 303)


def matches(vacancy: str) -> str:
    """Show the profiles that match a vacancy, in the order that it asks for."""
    start = _start(request.args.get("start", ""))
    with portal.recorded_visit(AGENCY) as visit:
        found = match_cases.matches(visit.work, visit.actor, vacancy, start=start, limit=A_PAGE)
    return render_template(
        "agencies/matches.html",
        found=found,
        offered=found.offered,
        start=start,
        following=start + A_PAGE if start + A_PAGE < found.total else None,
        before=max(0, start - A_PAGE) if start else None,
        total=count_told(found.total, found.k),
        complete=count_told(found.complete, found.k),
        words=words,
    )


def formula() -> str:
    """Show the published formula by which matches are ordered."""
    with portal.visit(AGENCY):
        return render_template(
            "agencies/formula.html", criteria=CRITERIA, words=words, tie=matching.TIES.decode()
        )


def _form(typed: MultiDict[str, str], error: ExchangeError | None) -> str:
    """Return the form as it was filled in, the field at fault marked."""
    why = "" if error is None else error.detail
    if error is not None and error.detail_ja and language() == "ja":
        why = error.detail_ja
    return render_template(
        "agencies/vacancy_new.html",
        typed=typed,
        wrong="" if error is None else error.field.partition("/")[0],
        why=why,
        labels=codes.LABELS,
        occupations=codes.OCCUPATIONS,
        words=words,
    )


def _start(text: str) -> int:
    """Return how many matches come before the page that is asked for."""
    return int(text) if text.isdecimal() and len(text) <= len("100000") else 0
