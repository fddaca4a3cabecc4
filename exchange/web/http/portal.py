"""People at work in the portal: who is signed in, what they may open, and how they act."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import urlencode

from flask import Flask, current_app, g, request, session, url_for
from flask_wtf.csrf import CSRFError, CSRFProtect

from exchange.domain.errors import ForbiddenError, FormKeyError, SignInNeededError
from exchange.domain.organizations import Actor
from exchange.services import sign_in
from exchange.services.sign_in import Visitor
from exchange.services.work import Work
from exchange.web.http import wiring
from exchange.web.http.languages import gettext, noted

SIGNED_IN: Final = "person"
SINCE: Final = "since"
STAY_S: Final = 8 * 3600
RECEIPT: Final = "receipt"
"""By which the address of a page names the act that was just signed."""

csrf: Final = CSRFProtect()

# Where each role can go: endpoint and the words of the way. A way whose door is not there yet
# is left out.
WAYS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "agency": (
        ("agency_pages.vacancies", noted("Vacancies")),
        ("agency_pages.board", noted("Progress")),
        ("agency_pages.envelopes", noted("Envelopes")),
        ("agency_pages.introductions", noted("Introductions and hires")),
        ("agency_pages.dues", noted("Settlement")),
        ("receipt_pages.home", noted("Receipts")),
    ),
    "member": (
        ("member_pages.home", noted("Overview")),
        ("member_pages.hires", noted("Hires")),
        ("member_pages.statements", noted("Statements")),
        ("receipt_pages.home", noted("Receipts")),
    ),
    "auditor": (
        ("auditor_pages.home", noted("Audit")),
        ("receipt_pages.home", noted("Receipts")),
    ),
    "operator": (
        ("operator_pages.home", noted("Health")),
        ("receipt_pages.home", noted("Receipts")),
    ),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way of the portal's main navigation."""

    url: str
    label: str
    here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of a person who is signed in, and the transaction in which it is served."""

    visitor: Visitor
    work: Work

    @property
    def actor(self) -> Actor:
        """The person, as the services know those who act."""
        return self.visitor.actor


@contextmanager
def visit(*roles: str) -> Iterator[Visit]:
    """Open a reading for the person who is signed in.

    Args:
        roles: the roles that may see this; none named means all.

    Raises:
        SignInNeededError: nobody is signed in, or they may no longer be.
        ForbiddenError: their organization's role is another.
    """
    with wiring.hub().reading() as work:
        yield _visit(work, roles)


@contextmanager
def recorded_visit(*roles: str) -> Iterator[Visit]:
    """Open a transaction for a page whose reading is itself put on record: who looked at whom.

    Raises:
        SignInNeededError: nobody is signed in, or they may no longer be.
        ForbiddenError: their organization's role is another.
    """
    with wiring.hub().work() as work:
        yield _visit(work, roles)


@contextmanager
def act(*roles: str) -> Iterator[Visit]:
    """Open a transaction for a form that the person who is signed in has sent.

    Raises:
        FormKeyError: the form was not given out to them.
        SignInNeededError: nobody is signed in, or they may no longer be.
        ForbiddenError: their organization's role is another.
    """
    require_own_form()
    with wiring.hub().work() as work:
        yield _visit(work, roles)


def require_own_form() -> None:
    """Check that a form comes from a page of the portal in this browser.

    Raises:
        FormKeyError: its CSRF token is missing, foreign or old.
    """
    try:
        csrf.protect()
    except CSRFError as error:
        raise FormKeyError(
            "This form was open for too long, or is not from this browser.",
            detail_ja="時間がたったか、別のブラウザーのフォームのため、送信できませんでした。",
        ) from error


def remember(visitor: Visitor) -> None:
    """Let a person be signed in, in this browser, for eight hours."""
    session.clear()
    session.permanent = True
    session[SIGNED_IN] = visitor.actor.user_id
    session[SINCE] = visitor.since.isoformat()


def forget(work: Work) -> None:
    """Sign out whoever is signed in, here and wherever else they are."""
    user_id = session.get(SIGNED_IN)
    if isinstance(user_id, str):
        sign_in.sign_out(work, user_id)
    session.clear()


def ways(role: str) -> list[Way]:
    """Return the main navigation of a role; the pages below a way belong to it."""
    found = []
    for endpoint, label in WAYS.get(role, ()):
        if endpoint in current_app.view_functions:
            url = url_for(endpoint)
            path = url.partition("?")[0].rstrip("/")
            here = request.path == path or request.path.startswith(f"{path}/")
            found.append(Way(url=url, label=gettext(label), here=here))
    return found


def with_receipt(address: str, attestation_id: str) -> str:
    """Return the address of a page that says of a signed act where its receipt will be.

    The page says so in this browser alone: nobody can make it up by a link.
    """
    session[RECEIPT] = attestation_id
    return f"{address}?{urlencode({RECEIPT: attestation_id})}"


def first_way(role: str) -> str | None:
    """Return the address where a role's work begins, or None while it has no pages."""
    return next((way.url for way in ways(role)), None)


def furnish(app: Flask, *, secret: bytes, https: bool) -> None:
    """Give an app the portal's cookie, forms and navigation."""
    app.config.update(
        SECRET_KEY=secret,
        SESSION_COOKIE_NAME="__Host-relay" if https else "relay",
        SESSION_COOKIE_SECURE=https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=STAY_S,
        # Only the portal's own forms are checked, each where it is served; the referrer that
        # the extension would ask for on https is what our pages never send.
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_SSL_STRICT=False,
        WTF_CSRF_TIME_LIMIT=STAY_S,
    )
    csrf.init_app(app)
    app.context_processor(
        lambda: {"visitor": _visitor_on_page(), "ways": ways, "signed_act": _signed_act()}
    )


def _visit(work: Work, roles: tuple[str, ...]) -> Visit:
    user_id, since = session.get(SIGNED_IN), session.get(SINCE)
    if not isinstance(user_id, str) or not isinstance(since, str):
        raise SignInNeededError("Nobody is signed in.", detail_ja="サインインしていません。")
    visitor = sign_in.visitor(work, user_id, datetime.fromisoformat(since))
    if roles and visitor.actor.role not in roles:
        raise ForbiddenError(
            "This page is for organizations of another role.",
            detail_ja="別の役割の組織のためのページです。",
        )
    g.visitor = visitor
    return Visit(visitor=visitor, work=work)


def _signed_act() -> str:
    """Return the id of the act that was just signed, as the address tells it; else ""."""
    named = request.args.get(RECEIPT, "")
    return named if named and named == session.get(RECEIPT) else ""


def _visitor_on_page() -> Visitor | None:
    """Return who the page at hand is for, once its view has opened a visit."""
    found: Visitor | None = g.get("visitor")
    return found
