"""Behind a candidate's own link: the page to live on, what it changes, and every way out."""

import json
from collections.abc import Callable

from flask import Blueprint, Response, render_template, request

from exchange.domain.errors import BadInputError, ExchangeError, FormKeyError, NotFoundError
from exchange.domain.exclusions import read_companies
from exchange.domain.organizations import Actor
from exchange.services import (
    candidate_links,
    candidate_page,
    claims,
    consents,
    hires,
    receipts,
    subject_requests,
)
from exchange.services.consent_records import CHOICES
from exchange.services.work import Work
from exchange.store import organizations as organization_rows
from exchange.web.candidates import wording
from exchange.web.candidates.threshold import form_key, require_form
from exchange.web.http import wiring
from exchange.web.http.languages import gettext
from exchange.web.http.limits import limit_guessing
from exchange.web.http.receipt_files import file_answer, for_people
from relay_protocol.codes import GROUPS

own = limit_guessing(Blueprint("own", __name__, url_prefix="/c"))
own.context_processor(lambda: {"wording": wording})

OWN = "own"
"""The page under whose name these forms are given out: one link, one key an hour."""


@own.get("/<token:token>")
def home(token: str) -> str:
    """Show where the candidate stands, who asks, who looked, and what was."""
    return page_of(token)


@own.get("/<token:token>/settings")
@own.get("/<token:token>/companies")
@own.get("/<token:token>/renew")
@own.get("/<token:token>/claims/<relay_id:claim>/approve")
@own.get("/<token:token>/claims/<relay_id:claim>/decline")
@own.get("/<token:token>/hires/<relay_id:hire>/confirm")
def home_again(token: str, claim: str = "", hire: str = "") -> str:
    """Show the page whose form was sent to this address."""
    del claim, hire
    return page_of(token)


@own.post("/<token:token>/settings")
def change(token: str) -> tuple[str, int] | str:
    """Change what is shown, and how."""

    def deed(work: Work, actor: Actor) -> None:
        consents.change(
            work,
            actor,
            groups=[group for group in GROUPS if group in request.form.getlist("groups")],
            modules=[module for module in CHOICES if module in request.form.getlist("modules")],
            renew=request.form.get("renew") == "yes",
        )

    return _do(token, deed, gettext("Your choice is saved."))


@own.post("/<token:token>/renew")
def renew(token: str) -> tuple[str, int] | str:
    """Let a consent that has run out stand again."""
    return _do(token, consents.renew, gettext("Your consent is renewed."))


@own.post("/<token:token>/companies")
def exclude(token: str) -> tuple[str, int] | str:
    """Change which companies must never see the candidate."""

    def deed(work: Work, actor: Actor) -> None:
        consents.exclude(
            work,
            actor,
            read_companies(request.form.get("companies", "")),
            origin_group=request.form.get("origin_group") != "yes",
        )

    return _do(token, deed, gettext("Your list is saved."))


@own.post("/<token:token>/claims/<relay_id:claim>/approve")
def approve(token: str, claim: str) -> tuple[str, int] | str:
    """Let one agency learn name and contact."""

    def deed(work: Work, actor: Actor) -> None:
        _require_sure(f"sure-{claim}")
        claims.approve(work, actor, claim)

    return _do(token, deed, gettext("You have accepted. Your contact will be sent to this agency."))


@own.post("/<token:token>/claims/<relay_id:claim>/decline")
def decline(token: str, claim: str) -> tuple[str, int] | str:
    """Let one request pass by."""

    def deed(work: Work, actor: Actor) -> None:
        claims.decline(work, actor, claim)

    return _do(token, deed, gettext("You have turned the request down."))


@own.post("/<token:token>/hires/<relay_id:hire>/confirm")
def confirm(token: str, hire: str) -> tuple[str, int] | str:
    """Say that the start of work is so as the agency reported it."""

    def deed(work: Work, actor: Actor) -> None:
        _require_sure(f"sure-{hire}")
        hires.confirm_by_candidate(work, actor, hire)

    return _do(token, deed, gettext("You have confirmed your start of work."))


@own.get("/<token:token>/withdraw")
def withdrawing(token: str) -> str:
    """Ask once more before everything stops."""
    return _plain(token, "candidates/withdraw.html")


@own.post("/<token:token>/withdraw")
def withdraw(token: str) -> tuple[str, int] | str:
    """Stop everything at once."""
    said = gettext("You have withdrawn. You are not shown anywhere any more.")
    return _do(token, consents.withdraw, said)


@own.get("/<token:token>/export")
def exporting(token: str) -> str:
    """Show what the file to take along holds."""
    return _plain(token, "candidates/export.html")


@own.post("/<token:token>/export")
def export(token: str) -> Response:
    """Give everything that is held about the candidate, as a file."""
    with wiring.hub().reading() as work:
        require_form(work, token, OWN)
        document = subject_requests.export(work, candidate_links.candidate_of(work, token))
    return _file(document, "career-relay.json")


@own.get("/<token:token>/receipts/<act_id:attestation>")
def receipt(token: str, attestation: str) -> Response:
    """Give the file that proves one thing that happened."""

    def read() -> Response:
        with wiring.hub().reading() as work:
            actor = candidate_links.candidate_of(work, token)
            return file_answer(attestation, receipts.of_candidate(work, actor, attestation))

    return for_people(read)


@own.get("/<token:token>/erase")
def erasing(token: str) -> str:
    """Say what erasing does, and ask for a deliberate tick."""
    return _plain(token, "candidates/erase.html")


@own.post("/<token:token>/erase")
def erase(token: str) -> tuple[str, int] | str:
    """Forget the candidate for good."""
    try:
        with wiring.hub().work() as work:
            require_form(work, token, OWN)
            _require_sure("sure")
            subject_requests.erase(work, candidate_links.candidate_of(work, token))
    except BadInputError as error:
        return _plain(token, "candidates/erase.html", wrong=wording.refusal(error)), 422
    wiring.hub().scrub()
    return render_template("candidates/erased.html")


def page_of(token: str, *, said: str = "", wrong: str = "", field: str = "") -> str:
    """Return the candidate's page.

    Args:
        said: what has just been done, to stand on top.
        wrong: what could not be done.
        field: the field that `wrong` is about, or "".
    """
    with wiring.hub().reading() as work:
        actor = candidate_links.candidate_of(work, token)
        return render_template(
            "candidates/page.html",
            token=token,
            page=candidate_page.page(work, actor),
            groups=GROUPS,
            choices=CHOICES,
            office=organization_rows.organization(work.session, work.scheme.operator),
            said=said,
            wrong=wrong,
            field=field,
            form_key=form_key(work, token, OWN),
        )


def _do(token: str, deed: Callable[[Work, Actor], object], said: str) -> tuple[str, int] | str:
    """Do what a form of the candidate's page asks for, and show the page again."""
    try:
        with wiring.hub().work() as work:
            actor = candidate_links.candidate_of(work, token)
            require_form(work, token, OWN)
            deed(work, actor)
    except NotFoundError:
        raise
    except (BadInputError, FormKeyError) as error:
        return page_of(token, wrong=wording.refusal(error), field=error.field), 422
    except ExchangeError as error:
        return page_of(token, wrong=wording.refusal(error)), 409
    return page_of(token, said=said)


def _plain(token: str, template: str, *, wrong: str = "") -> str:
    """Return a page that explains one deed and asks for it."""
    with wiring.hub().reading() as work:
        actor = candidate_links.candidate_of(work, token)
        return render_template(
            template,
            token=token,
            page=candidate_page.page(work, actor),
            wrong=wrong,
            form_key=form_key(work, token, OWN),
        )


def _require_sure(name: str) -> None:
    """Refuse a deed that was not ticked on purpose."""
    if request.form.get(name) != "yes":
        raise BadInputError(
            "Tick the box first.", field=name, detail_ja="確認の欄にチェックを入れてください。"
        )


def _file(document: dict[str, object], name: str) -> Response:
    """Return a document as a file to keep."""
    body = json.dumps(document, ensure_ascii=False, indent=2)
    response = Response(body, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
