"""Refusals as problem documents (RFC 9457) for machines, and as pages for people."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Final

import structlog
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from exchange import faults
from exchange.domain import errors
from exchange.store import transaction
from exchange.web.http.languages import is_for_machines, language
from exchange.web.http.limits import RETRY_AFTER_S
from exchange.web.http.problem_words import WORDS, Words
from exchange.web.http.validation import Fault, faults_of

MEDIA_TYPE: Final = "application/problem+json"

PROBLEMS: dict[type[errors.ExchangeError], tuple[int, str]] = {
    errors.MalformedError: (400, "malformed"),
    errors.BadInputError: (422, "bad-input"),
    errors.IdentityInProfileError: (422, "identity-in-profile"),
    errors.AttestationRefusedError: (422, "attestation-refused"),
    errors.AttestationStaleError: (422, "attestation-stale"),
    errors.AttestationReusedError: (409, "attestation-reused"),
    errors.UnauthenticatedError: (401, "unauthenticated"),
    errors.TokenMissingError: (401, "token-missing"),
    errors.TokenMalformedError: (401, "token-malformed"),
    errors.TokenExpiredError: (401, "token-expired"),
    errors.TokenLifetimeError: (401, "token-lifetime"),
    errors.TokenAudienceError: (401, "token-audience"),
    errors.TokenSignatureError: (401, "token-signature"),
    errors.TokenReplayedError: (401, "token-replayed"),
    errors.KeyUnknownError: (401, "key-unknown"),
    errors.KeyRevokedError: (401, "key-revoked"),
    errors.PasskeyRefusedError: (401, "passkey-refused"),
    errors.SignInNeededError: (401, "sign-in-needed"),
    errors.ForbiddenError: (403, "forbidden"),
    errors.NotActiveError: (403, "not-active"),
    errors.LicenceError: (403, "licence"),
    errors.FormKeyError: (403, "form-key"),
    errors.NotFoundError: (404, "not-found"),
    errors.ReceiptNotReadyError: (404, "receipt-not-ready"),
    errors.EquivocationError: (409, "equivocation"),
    errors.AlreadyKnownError: (409, "already-known"),
    errors.EnrolmentEndedError: (410, "enrolment-ended"),
    errors.InvitationEndedError: (410, "invitation-ended"),
    errors.ActEndedError: (410, "act-ended"),
    errors.IdempotencyKeyMissingError: (400, "idempotency-key-missing"),
    errors.IdempotencyKeyReusedError: (422, "idempotency-key-reused"),
    errors.ConsentMissingError: (403, "consent-missing"),
    errors.BeyondConsentError: (403, "beyond-consent"),
    errors.StepRefusedError: (409, "step-refused"),
    errors.DeadlinePassedError: (409, "deadline-passed"),
    errors.ClaimTakenError: (409, "claim-taken"),
    errors.ClaimLimitError: (409, "claim-limit"),
    errors.ConfirmationByReporterError: (409, "confirmation-by-reporter"),
    errors.PeriodClosedError: (409, "period-closed"),
    errors.BooksBrokenError: (503, "books-broken"),
    errors.BusyError: (503, "busy"),
}

# What Flask and Werkzeug refuse before any of our code runs.
HTTP_PROBLEMS: dict[int, str] = {
    400: "malformed",
    404: "not-found",
    405: "method-not-allowed",
    408: "too-slow",
    413: "too-large",
    415: "media-type",
    422: "bad-input",
    429: "too-many-requests",
    500: "internal",
}

DATABASE_AWAY: Final = errors.BusyError(
    "The exchange's database does not take anything at this moment.",
    retry_after_s=5,
    detail_ja="ただいまデータベースが応答していません。",
)

log = structlog.get_logger("exchange.web")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A refusal as the asker is told of it, in one language."""

    slug: str
    status: int
    title: str
    detail: str
    mend: str
    headers: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    field: str = ""

    def document(self) -> dict[str, object]:
        """Return the members of the problem document (RFC 9457, section 3)."""
        document: dict[str, object] = {
            "type": f"/docs/problems#{self.slug}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        }
        if self.field:
            document["field"] = self.field
        if self.mend:
            document["mend"] = self.mend
        if self.faults:
            document["errors"] = [
                {"field": fault.field, "detail": fault.detail} for fault in self.faults
            ]
        return document


def problem_of(error: errors.ExchangeError, tongue: str) -> Problem:
    """Return a refusal of the exchange as the asker is told of it.

    Args:
        error: the refusal.
        tongue: "ja" or "en".
    """
    status, slug = _entry(type(error))
    words = WORDS[slug]
    headers = {}
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.BusyError | errors.ReceiptNotReadyError):
        headers["Retry-After"] = str(error.retry_after_s)
    japanese = tongue == "ja"
    return Problem(
        slug=slug,
        status=status,
        title=words.ja if japanese else words.en,
        detail=(error.detail_ja or error.detail) if japanese else error.detail,
        mend=_mend(words, error, tongue),
        field=error.field,
        headers=headers,
    )


def http_problem(error: HTTPException, tongue: str) -> Problem:
    """Return a refusal of the framework as the asker is told of it, its own text left out."""
    plain = _plain(_known(error.code), tongue)
    faults = faults_of(getattr(error, "data", None), tongue)
    headers = {
        name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}
    }
    if plain.status == HTTPStatus.TOO_MANY_REQUESTS:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if not faults:
        return replace(plain, headers=headers)
    return replace(
        plain, detail=faults[0].detail, field=faults[0].field, faults=faults, headers=headers
    )


def answer(problem: Problem) -> Response:
    """Return a problem as a document to machines, and as a page to people."""
    if is_for_machines(request.path) or _wants_json():
        body = json.dumps(problem.document(), ensure_ascii=False)
        response = Response(body, problem.status, content_type=MEDIA_TYPE)
    else:
        layout = "work.html" if request.path.startswith("/portal") else "quiet.html"
        page = render_template("refusal.html", problem=problem, layout=layout)
        response = Response(page, problem.status, content_type="text/html; charset=utf-8")
    response.headers["Content-Language"] = language()
    response.headers.update(problem.headers)
    return response


def refuse_in_words(app: Flask) -> None:
    """Make every error of an app a problem, and tell no one but the log about our own faults."""
    app.register_error_handler(errors.ExchangeError, _refuse)
    app.register_error_handler(HTTPException, _refuse_http)
    app.register_error_handler(Exception, _confess)


def _refuse(error: errors.ExchangeError) -> Response:
    return answer(problem_of(error, language()))


def _refuse_http(error: HTTPException) -> Response:
    return answer(http_problem(error, language()))


def _confess(error: Exception) -> Response:
    """Log where an error arose, without its message, which may hold what nobody should read.

    A database that takes nothing now is no fault of ours in one place: whoever asks comes again.
    """
    if transaction.is_away(error):
        log.warning("the database takes nothing", error=type(error).__qualname__)
        return _refuse(DATABASE_AWAY)
    log.error("failed", error=type(error).__qualname__, at=faults.frames_of(error))
    return answer(_plain(HTTPStatus.INTERNAL_SERVER_ERROR, language()))


def _plain(status: int, tongue: str) -> Problem:
    """Return a problem that says no more than its title."""
    slug = HTTP_PROBLEMS[status]
    words = WORDS[slug]
    title, mend = (words.ja, words.mend_ja) if tongue == "ja" else (words.en, words.mend_en)
    return Problem(slug=slug, status=status, title=title, detail=title, mend=mend)


def _known(code: int | None) -> int:
    """Return the code itself where we have words for it, else the plainest of its class."""
    if code in HTTP_PROBLEMS:
        return code
    theirs = code is not None and code < HTTPStatus.INTERNAL_SERVER_ERROR
    return HTTPStatus.BAD_REQUEST if theirs else HTTPStatus.INTERNAL_SERVER_ERROR


def _entry(kind: type[errors.ExchangeError]) -> tuple[int, str]:
    """Return status and slug of a refusal: its own, else that of the refusal it refines."""
    return next(PROBLEMS[ancestor] for ancestor in kind.__mro__ if ancestor in PROBLEMS)


def _mend(words: Words, error: errors.ExchangeError, tongue: str) -> str:
    if tongue == "ja":
        return error.mend_ja or words.mend_ja
    return error.mend or words.mend_en


def _wants_json() -> bool:
    best = request.accept_mimetypes.best_match(["text/html", "application/json", MEDIA_TYPE])
    return best in {"application/json", MEDIA_TYPE}
