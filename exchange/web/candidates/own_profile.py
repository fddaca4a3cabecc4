"""Behind a candidate's own link: the short form, the preview as agencies see it, and listing."""

from collections.abc import Mapping

from flask import Blueprint, render_template, request

from exchange.domain.drafts import ORIGIN_ONLY
from exchange.domain.errors import (
    ConsentMissingError,
    ExchangeError,
    FormKeyError,
    IdentityInProfileError,
)
from exchange.services import (
    candidate_links,
    listing,
    permissions,
    profiles,
    sealing,
)
from exchange.services.work import local_day
from exchange.web.candidates import forms, wording
from exchange.web.candidates.own_page import page_of
from exchange.web.candidates.threshold import form_key, require_form
from exchange.web.http import wiring
from exchange.web.http.languages import gettext, language
from exchange.web.http.limits import limit_guessing
from relay_protocol import profile as fields
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.errors import ProtocolError

own_profile = limit_guessing(Blueprint("own_profile", __name__, url_prefix="/c"))
own_profile.context_processor(lambda: {"wording": wording})

FORM = "form"
PREVIEW = "preview"


@own_profile.get("/<token:token>/form")
def form(token: str) -> str:
    """Show the short form, filled in as far as anybody has."""
    return _form(token)


@own_profile.post("/<token:token>/form")
def save(token: str) -> tuple[str, int] | str:
    """Keep what was written, and show how agencies would see it."""
    try:
        with wiring.hub().work() as work:
            actor = candidate_links.candidate_of(work, token)
            require_form(work, token, FORM)
            row = profiles.profile_of(work, actor.candidate_id)
            allowed = permissions.require(work, row.referral_id).groups
            kept = [name for name in ORIGIN_ONLY if name in request.form.getlist("kept")]
            profiles.save_form(work, actor, forms.written(request.form, allowed), kept)
    except ConsentMissingError as error:
        return page_of(token, wrong=wording.refusal(error)), 403
    except (FormKeyError, ExchangeError) as error:
        return _form(token, sent=request.form, error=error), 422
    return _preview(token)


@own_profile.get("/<token:token>/preview")
@own_profile.get("/<token:token>/list")
def preview(token: str) -> str:
    """Show the profile as agencies will see it."""
    return _preview(token)


@own_profile.post("/<token:token>/list")
def ask(token: str) -> tuple[str, int] | str:
    """Ask to be shown, as seen on the page that the form stands on."""
    try:
        with wiring.hub().work() as work:
            actor = candidate_links.candidate_of(work, token)
            require_form(work, token, PREVIEW)
            row = listing.ask(work, actor, _seen())
    except ConsentMissingError as error:
        return page_of(token, wrong=wording.refusal(error)), 403
    except (FormKeyError, ExchangeError) as error:
        return _preview(token, wrong=wording.refusal(error)), 409
    shown = row.state in listing.ON_SHOW
    return page_of(
        token,
        said=gettext("Your profile is shown to agencies.")
        if shown
        else gettext("We will show your profile as soon as that is possible."),
    )


def _form(
    token: str, *, sent: Mapping[str, str] | None = None, error: ExchangeError | None = None
) -> str:
    """Return the form, with what is to be mended where something is."""
    with wiring.hub().reading() as work:
        actor = candidate_links.candidate_of(work, token)
        row = profiles.profile_of(work, actor.candidate_id)
        permission = permissions.standing(work, row.referral_id)
        if permission is None:
            return page_of(token)
        draft = profiles.draft_of(row, sealing.key_of(work, actor.candidate_id))
        added = draft.added.document()
        return render_template(
            "candidates/form.html",
            token=token,
            groups=permission.groups,
            inputs=forms.shown(draft.merged()) if sent is None else dict(sent),
            from_origin=draft.from_origin(),
            origin_only=[name for name in ORIGIN_ONLY if name in added],
            added=added,
            left_out=draft.left_out,
            months=forms.months_from(local_day(work)),
            language_rows=range(forms.LANGUAGE_ROWS),
            wrong={} if error is None else _wrong(error),
            form_key=form_key(work, token, FORM),
        )


def _preview(token: str, *, wrong: str = "") -> str:
    """Return the preview, with the form that lists exactly what it shows."""
    with wiring.hub().reading() as work:
        actor = candidate_links.candidate_of(work, token)
        row = profiles.profile_of(work, actor.candidate_id)
        permission = permissions.standing(work, row.referral_id)
        if permission is None:
            return page_of(token)
        seen = profiles.preview(work, row, permission)
        rare = listing.rare_skills(work, row, seen.published)
        return render_template(
            "candidates/preview.html",
            token=token,
            lines=wording.lines(seen.published, seen.from_origin, rare),
            rare=rare,
            seen=b64url_encode(seen.digest),
            is_on_show=row.state in listing.ON_SHOW,
            is_empty=not permission.groups or len(seen.published) == 1,
            exception="exception" in permission.modules,
            wrong=wrong,
            form_key=form_key(work, token, PREVIEW),
        )


def _seen() -> bytes:
    """Return the digest of what the page showed; none that fits where it is malformed."""
    try:
        return b64url_decode(request.form.get("seen", ""))
    except ProtocolError:
        return b""


def _wrong(error: ExchangeError) -> dict[str, str]:
    """Return what is wrong by the name of the input; a code name becomes the input's words."""
    name = error.field.partition("/")[0]
    known = name in fields.GROUP_OF_FIELD
    said = wording.refusal(error)
    if isinstance(error, IdentityInProfileError):
        # What follows the first sentence tells a program what to do.
        end = "。" if language() == "ja" else ". "
        said = said.partition(end)[0] + end + gettext("Please remove it.")
    if known:
        for quoted in (f"「{error.field}」", f'"{error.field}"'):
            said = said.replace(quoted, f"「{gettext(wording.NAMES[name])}」")
    return {name if known else FORM: said}
