"""Behind the link of an invitation: from whom, what and to whom, and the consent itself."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, request

from exchange.domain.errors import BadInputError, FormKeyError, InvitationEndedError
from exchange.domain.exclusions import read_companies
from exchange.services import candidate_links, candidate_page, consents, invitations
from exchange.services.consent_records import CHOICES, last_day
from exchange.services.consents import Answer
from exchange.services.invitations import Opened
from exchange.services.work import Work
from exchange.store import organizations as organization_rows
from exchange.store import scheme as scheme_rows
from exchange.web.candidates import notice_text, wording
from exchange.web.candidates.threshold import form_key, require_form
from exchange.web.http import wiring
from exchange.web.http.languages import language
from exchange.web.http.limits import limit_guessing
from relay_protocol.codes import GROUPS

invitation = limit_guessing(Blueprint("invitation", __name__, url_prefix="/i"))
invitation.context_processor(lambda: {"wording": wording})

CONSENT = "consent"
STOP = "stop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody has filled in on the page of consent so far."""

    groups: Collection[str] = ()
    modules: Collection[str] = ()
    adult: bool = False
    companies: str = ""
    origin_group_sees: bool = False


@invitation.get("/<token:token>")
def first(token: str) -> tuple[str, int] | str:
    """Show from whom the invitation is, and "no" before "yes"."""
    with wiring.hub().reading() as work:
        opened = invitations.opened(work, token)
        if opened.state != "open":
            return _over(work, token, opened)
        office = organization_rows.organization(work.session, work.scheme.operator)
        return render_template(
            "candidates/invitation.html", token=token, origin=opened.origin, office=office
        )


@invitation.get("/<token:token>/no")
def declined(token: str) -> str:
    """Say that nothing happens; nothing does."""
    with wiring.hub().reading() as work:
        opened = invitations.opened(work, token)
        return render_template("candidates/declined.html", token=token, origin=opened.origin)


@invitation.get("/<token:token>/consent")
def asking(token: str) -> tuple[str, int] | str:
    """Show what would be shown to whom, and ask."""
    with wiring.hub().reading() as work:
        opened = invitations.opened(work, token)
        if opened.state != "open":
            return _over(work, token, opened)
        return _ask(work, token, opened, Asked(), candidate_links.new_nonce(), {})


@invitation.post("/<token:token>/consent")
def consent(token: str) -> tuple[str, int] | str:
    """Take the consent, and show the candidate's own link, this once."""
    asked = _asked()
    nonce = request.form.get("nonce", "")
    try:
        with wiring.hub().work() as work:
            require_form(work, token, CONSENT)
            own = consents.give(work, token, _answer(asked, nonce))
    except InvitationEndedError:
        return first(token)
    except (BadInputError, FormKeyError) as error:
        wrong = {error.field or "form": wording.refusal(error)}
        with wiring.hub().reading() as work:
            opened = invitations.opened(work, token)
            return _ask(work, token, opened, asked, nonce, wrong), 422
    with wiring.hub().reading() as work:
        opened = invitations.opened(work, token)
        return render_template(
            "candidates/consented.html",
            origin=opened.origin,
            own=own,
            address=f"{work.scheme.web_origin}/c/{own}",
        )


@invitation.post("/<token:token>/stop")
def stop(token: str) -> str:
    """Withdraw what somebody else consented to with this link."""
    with wiring.hub().work() as work:
        require_form(work, token, STOP)
        if request.form.get("sure") != "yes":
            raise BadInputError(
                "Tick the box to stop everything.",
                field="sure",
                detail_ja="すべて止めるときは、確認の欄にチェックを入れてください。",
            )
        consents.stop_by_invitation(work, token)
        opened = invitations.opened(work, token)
        return render_template("candidates/stopped.html", origin=opened.origin)


@invitation.get("/<token:token>/stop")
def stopping(token: str) -> tuple[str, int] | str:
    """Show the page that the form to stop stands on."""
    return first(token)


def _asked() -> Asked:
    """Return what was filled in."""
    return Asked(
        groups=[group for group in GROUPS if group in request.form.getlist("groups")],
        modules=[module for module in CHOICES if module in request.form.getlist("modules")],
        adult=request.form.get("adult") == "yes",
        companies=request.form.get("companies", ""),
        origin_group_sees=request.form.get("origin_group") == "yes",
    )


def _answer(asked: Asked, nonce: str) -> Answer:
    """Return the answer that was given.

    Raises:
        BadInputError: a company's number is none, or the page is a made-up one.
    """
    if len(nonce) != len(candidate_links.new_nonce()):
        raise BadInputError("This form is incomplete.", field="form")
    return Answer(
        notice=request.form.get("notice", ""),
        groups=asked.groups,
        modules=asked.modules,
        adult=asked.adult,
        companies=read_companies(asked.companies),
        origin_group_sees=asked.origin_group_sees,
        locale=language(),
        nonce=nonce,
    )


def _ask(
    work: Work,
    token: str,
    opened: Opened,
    asked: Asked,
    nonce: str,
    wrong: Mapping[str, str],
) -> str:
    """Return the page of consent, with what is to be mended where something is."""
    notice = scheme_rows.current_notice(work.session)
    text = "" if notice is None else notice.ja if language() == "ja" else notice.en
    return render_template(
        "candidates/consent.html",
        token=token,
        origin=opened.origin,
        office=organization_rows.organization(work.session, work.scheme.operator),
        agencies=candidate_page.recipients(work),
        notice="" if notice is None else notice.version,
        sections=notice_text.sections(text),
        groups=GROUPS,
        asked=asked,
        wrong=wrong,
        nonce=nonce,
        until=last_day(work),
        form_key=form_key(work, token, CONSENT),
    )


def _over(work: Work, token: str, opened: Opened) -> tuple[str, int] | str:
    """Return the page of an invitation that can be answered no more."""
    if opened.state == "answered":
        return render_template(
            "candidates/answered.html",
            token=token,
            origin=opened.origin,
            form_key=form_key(work, token, STOP),
        )
    return render_template("candidates/ended.html", origin=opened.origin), 410
