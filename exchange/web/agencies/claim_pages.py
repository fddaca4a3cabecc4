"""Pages of claims: the form, the board with its deadlines, the envelopes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from flask import render_template, request, url_for

from exchange.domain.errors import ExchangeError
from exchange.services import claims as claim_cases
from exchange.services import matches as match_cases
from exchange.services import releases, vacancies
from exchange.services.claims import AGENCY_REASONS
from exchange.services.wishes import LONGEST_MESSAGE, Wish
from exchange.services.work import Work, rules_now
from exchange.store import claims as rows
from exchange.store.claims import ClaimRow
from exchange.web.agencies import acts, words
from exchange.web.agencies.acts import AGENCY, Shown
from exchange.web.http import portal
from exchange.web.http.languages import gettext, language, noted

PAST: Final = 20
"""How many claims that are over the board shows."""
COLUMNS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "open": noted("Waits for the candidate"),
        "approved": noted("Waits for the contact"),
        "released": noted("In contact"),
        "over": noted("Over"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One claim on the board.

    Attributes:
        due_at: until when its next step must be taken, or None.
        is_opened: whether its envelope was opened.
    """

    claim: ClaimRow
    title: str
    due_at: datetime | None
    is_opened: bool
    envelope_id: str


def claim_form(vacancy: str, pairwise: str) -> str:
    """Show one profile as far as it is shown, and the form that claims it."""
    with portal.recorded_visit(AGENCY) as visit:
        return _form(visit.work, visit, vacancy, pairwise, None)


def prepare_claim(vacancy: str, pairwise: str) -> str | tuple[str, int]:
    """Prepare the claim, and ask the person to sign it."""
    wish = Wish(
        pairwise_id=pairwise,
        vacancy_id=vacancy,
        message=request.form.get("message", "").replace("\r\n", "\n"),
    )
    try:
        with portal.act(AGENCY) as visit:
            offered = vacancies.offered(visit.work, visit.actor, vacancy)
            fact = claim_cases.wished(visit.work, visit.actor, wish, acts.new_id("clm"))
            shown = Shown(
                sentence=gettext("You ask this candidate, for your agency, to talk about a job."),
                facts=(
                    (gettext("Reception number"), pairwise),
                    (gettext("Job"), offered.vacancy.title),
                    (gettext("Kind"), words.label("job_kind", offered.vacancy.job_kind)),
                    (gettext("Message"), wish.message),
                ),
                back=url_for("agency_pages.claim_form", vacancy=vacancy, pairwise=pairwise),
            )
            form = {
                "pairwise_id": wish.pairwise_id,
                "vacancy_id": wish.vacancy_id,
                "message": wish.message,
            }
            return acts.ask(visit, fact, form, shown)
    except ExchangeError as error:
        if error.field != "message":
            raise
        with portal.recorded_visit(AGENCY) as visit:
            return _form(visit.work, visit, vacancy, pairwise, error), 422


def board() -> str:
    """Show the agency's claims by what they wait for, with deadlines in words."""
    with portal.visit(AGENCY) as visit:
        cards = _cards(visit.work, visit.actor.slug)
        return render_template(
            "agencies/board.html",
            columns=COLUMNS,
            cards=cards,
            now=visit.work.now,
            words=words,
        )


def end_form(claim: str) -> str:
    """Ask why a claim shall end."""
    with portal.visit(AGENCY) as visit:
        row = claim_cases.own(visit.work, visit.actor, claim)
        return render_template(
            "agencies/claim_end.html", claim=row, reasons=AGENCY_REASONS, words=words
        )


def prepare_end(claim: str) -> str:
    """Prepare the end of a claim, and ask the person to sign it."""
    reason = request.form.get("reason", "")
    with portal.act(AGENCY) as visit:
        row = claim_cases.own(visit.work, visit.actor, claim)
        fact = claim_cases.ending(claim, reason)
        shown = Shown(
            sentence=gettext("You end this claim. Other agencies may ask from now on."),
            facts=(
                (gettext("Reception number"), row.pairwise_id),
                (gettext("Reason"), gettext(words.END_REASONS[reason])),
            ),
            back=url_for("agency_pages.board"),
        )
        return acts.ask(visit, fact, {"claim": claim}, shown)


def envelopes() -> str:
    """Show the envelopes that were sent to the agency, and how to open them."""
    with portal.visit(AGENCY) as visit:
        carried = [
            releases.read(visit.work, row)
            for row in rows.envelopes(visit.work.session, visit.actor.slug)
        ]
        return render_template(
            "agencies/envelopes.html", carried=carried, now=visit.work.now, words=words
        )


def _form(
    work: Work, visit: portal.Visit, vacancy: str, pairwise: str, error: ExchangeError | None
) -> str:
    """Return the form of a claim, the message at fault marked."""
    offered, sight = match_cases.sight(work, visit.actor, vacancy, pairwise)
    why = "" if error is None else error.detail
    if error is not None and error.detail_ja and language() == "ja":
        why = error.detail_ja
    return render_template(
        "agencies/claim.html",
        offered=offered,
        sight=sight,
        message=request.form.get("message", ""),
        longest=LONGEST_MESSAGE,
        days=rules_now(work).approval_days,
        why=why,
        words=words,
    )


def _cards(work: Work, agency: str) -> Mapping[str, Sequence[Card]]:
    """Return the cards of the board by column: those due first come first."""
    columns: dict[str, list[Card]] = {name: [] for name in COLUMNS}
    titles = {
        row.id: vacancies.read(row).vacancy.title for row in rows.vacancies(work.session, agency)
    }
    for row in rows.claims_of_agency(work.session, agency):
        envelope = rows.envelope_of_claim(work.session, row.id)
        card = Card(
            claim=row,
            title=titles.get(row.vacancy_id, ""),
            due_at=claim_cases.due_at(work, row),
            is_opened=envelope is not None and envelope.opened_at is not None,
            envelope_id="" if envelope is None else envelope.id,
        )
        columns[row.state if row.state in columns else "over"].append(card)
    for name in ("open", "approved", "released"):
        columns[name].sort(key=lambda card: card.due_at or work.now)
    columns["over"] = columns["over"][:PAST]
    return columns
