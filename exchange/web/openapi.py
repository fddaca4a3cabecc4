"""Every door of the web in one tuple, and the document that describes the API behind them."""

import json
import sys
from pathlib import Path
from typing import Final

from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Blueprint, Flask
from flask_smorest import Api

from exchange.web.agencies.claims import claims
from exchange.web.agencies.dues import due_door
from exchange.web.agencies.envelopes import envelopes
from exchange.web.agencies.pages import agency_pages
from exchange.web.agencies.placements import placements
from exchange.web.agencies.vacancies import vacancies
from exchange.web.auditors.api import audit_door
from exchange.web.auditors.ledger_files import ledger_files
from exchange.web.auditors.pages import auditor_pages
from exchange.web.candidates.invitation import invitation
from exchange.web.candidates.own_page import own
from exchange.web.candidates.own_profile import own_profile
from exchange.web.http import routes
from exchange.web.http.door import ORGANIZATION, Door
from exchange.web.http.idempotency import HEADER, LONGEST_KEY
from exchange.web.http.problem_words import WORDS
from exchange.web.http.problems import HTTP_PROBLEMS, MEDIA_TYPE, PROBLEMS
from exchange.web.http.shapes import ProblemShape, name_of
from exchange.web.http.waiting import LONGEST_WAIT_S, PREFER
from exchange.web.members.hires import hire_door
from exchange.web.members.pages import member_pages
from exchange.web.members.referrals import referrals
from exchange.web.members.releases import release_door
from exchange.web.members.statements import statement_door
from exchange.web.operators.pages import operator_pages
from exchange.web.organizations.api import organizations
from exchange.web.organizations.receipt_pages import receipt_pages
from exchange.web.organizations.receipts import receipt_door
from exchange.web.organizations.tellings import tellings
from exchange.web.people.pages import people
from exchange.web.public.cosignatures import witness_door
from exchange.web.public.health import health
from exchange.web.public.pages import public

DOORS: Final[tuple[Door | Blueprint, ...]] = (
    organizations,
    receipt_door,
    tellings,
    referrals,
    release_door,
    hire_door,
    statement_door,
    member_pages,
    vacancies,
    claims,
    envelopes,
    placements,
    due_door,
    audit_door,
    invitation,
    own,
    own_profile,
    people,
    agency_pages,
    operator_pages,
    auditor_pages,
    receipt_pages,
    ledger_files,
    witness_door,
    public,
    health,
)

PROBLEM: Final = "PROBLEM"
ABOUT: Final = """\
The interface of one Career Relay exchange, for the systems of members, agencies and auditors.

Every call carries a token that the organization's own key has signed. Every write carries an
`Idempotency-Key`: sent again with the same body, it gets the first answer. Witnesses need neither:
their cosignatures speak for themselves. Lists come in pages:
`next` is the `cursor` of the page after. Every refusal is a problem document, in Japanese or
English by `Accept-Language`; `/docs/problems` tells what to do about each."""


class ExchangeApi(Api):
    """The API's document; refusals are ours, and so is their shape."""

    DEFAULT_ERROR_RESPONSE_NAME = PROBLEM

    def _register_responses(self) -> None:
        """Describe the one shape of all refusals."""
        self.spec.components.response(
            PROBLEM,
            {
                "description": "Why the request was refused, and what to do about it.",
                "content": {MEDIA_TYPE: {"schema": ProblemShape}},
            },
        )

    def _register_error_handlers(self) -> None:
        """Leave refusals to exchange.web.http.problems."""

    def _register_etag_headers(self) -> None:
        """Describe no entity tags: nothing here is cached."""

    def _register_pagination_header(self) -> None:
        """Describe no paging header: the cursor stands in the body."""


def open_doors(app: Flask) -> None:
    """Register every door in an app, and describe those of the API."""
    routes.name_parts(app)
    app.config.update(API_TITLE="Career Relay exchange", API_VERSION="v1", OPENAPI_VERSION="3.1.0")
    api = ExchangeApi(
        app,
        spec_kwargs={
            "info": {"description": ABOUT},
            "marshmallow_plugin": MarshmallowPlugin(schema_name_resolver=name_of),
        },
    )
    for converter in routes.CONVERTERS.values():
        api.register_converter(converter, routes.describe_part)
    api.spec.components.security_scheme(
        ORGANIZATION,
        {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": (
                'An EdDSA JWT with header {"alg":"EdDSA","kid","typ":"JWT"} and the claims iss '
                "(your slug), aud (this exchange's address), iat, exp (at most 300 seconds "
                "later) and jti (new for each write)."
            ),
        },
    )
    api.spec.components.parameter(
        "IdempotencyKey",
        "header",
        {
            "name": HEADER,
            "required": True,
            "description": "New for each new write; the same when it is sent again.",
            "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
        },
    )
    api.spec.components.parameter(
        "PreferWait",
        "header",
        {
            "name": PREFER,
            "required": False,
            "description": (
                f"`wait=N`, N up to {LONGEST_WAIT_S}: answer when a published checkpoint covers"
                " the act, or after N seconds. `Preference-Applied` tells that it was followed."
            ),
            "schema": {"type": "string", "examples": ["wait=2"]},
        },
    )
    for door in DOORS:
        if isinstance(door, Door):
            api.register_blueprint(door.blueprint)
        else:
            app.register_blueprint(door)


def document() -> dict[str, object]:
    """Return the OpenAPI 3.1 document of the API."""
    app = Flask("exchange")
    open_doors(app)
    described: dict[str, object] = app.extensions["flask-smorest"]["apis"][""][
        "ext_obj"
    ].spec.to_dict()
    return described


def problems_page() -> str:
    """Return docs/problems.md: every refusal, what it means and what to do about it."""
    known = sorted({*PROBLEMS.values(), *HTTP_PROBLEMS.items()}, key=lambda entry: entry[1])
    lines = [
        "# Problems",
        "",
        "Every refusal of the API is a problem document (RFC 9457). Its `type` ends in one of",
        "these names. `detail` tells the case at hand, `field` the value at fault, `mend` what",
        "to do.",
    ]
    for status, slug in known:
        words = WORDS[slug]
        lines += [
            "",
            f"## `{slug}`",
            "",
            f"**{status}** {words.en} ({words.ja})",
            "",
            f"- {words.mend_en}",
            f"- {words.mend_ja}",
        ]
    return "\n".join([*lines, ""])


def main(arguments: list[str]) -> int:
    """Write the API's document to the path given, and the list of problems beside it."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m exchange.web.openapi docs/openapi.json\n")
        return 2
    target = Path(arguments[0])
    target.write_text(json.dumps(document(), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (target.parent / "problems.md").write_text(problems_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
