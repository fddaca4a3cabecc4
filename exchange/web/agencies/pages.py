"""The agency's part of the portal, page by page and by address."""

from typing import Final

from flask import Blueprint

from exchange.web.agencies import acts, claim_pages, placement_pages, vacancy_pages

agency_pages = Blueprint("agency_pages", __name__, url_prefix="/portal")

ROUTES: Final = (
    ("GET", "/vacancies", vacancy_pages.vacancies),
    ("GET", "/vacancies/new", vacancy_pages.new_vacancy),
    ("POST", "/vacancies/new", vacancy_pages.describe_vacancy),
    ("GET", "/vacancies/<relay_id:vacancy>", vacancy_pages.matches),
    ("GET", "/formula", vacancy_pages.formula),
    ("GET", "/vacancies/<relay_id:vacancy>/claim/<pairwise>", claim_pages.claim_form),
    ("POST", "/vacancies/<relay_id:vacancy>/claim/<pairwise>", claim_pages.prepare_claim),
    ("GET", "/claims", claim_pages.board),
    ("GET", "/claims/<relay_id:claim>/end", claim_pages.end_form),
    ("POST", "/claims/<relay_id:claim>/end", claim_pages.prepare_end),
    ("GET", "/envelopes", claim_pages.envelopes),
    ("GET", "/introductions", placement_pages.introductions),
    ("GET", "/claims/<relay_id:claim>/introduce", placement_pages.introduce_form),
    ("POST", "/claims/<relay_id:claim>/introduce", placement_pages.prepare_introduction),
    ("POST", "/introductions/<relay_id:introduction>/stage", placement_pages.advance),
    ("GET", "/introductions/<relay_id:introduction>/report", placement_pages.report_form),
    ("POST", "/introductions/<relay_id:introduction>/report", placement_pages.prepare_report),
    ("GET", "/dues", placement_pages.dues),
    ("POST", "/agency/acts", acts.sign),
)
"""Every page and act: method, address below /portal, and the view, whose name is the endpoint."""

for _method, _rule, _view in ROUTES:
    agency_pages.add_url_rule(_rule, view_func=_view, methods=[_method])
