"""The threshold of a door to the API: who may pass, what is taken in, what is answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeAlias

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema

from exchange.domain.organizations import Actor
from exchange.services.work import Work
from exchange.web.http import authn, idempotency, wiring
from exchange.web.http.parsing import MEDIA_TYPE, StrictParser

Answer: TypeAlias = Mapping[str, object]
Parts = ParamSpec("Parts")
View: TypeAlias = Callable[..., Answer]
Documented: TypeAlias = dict[str, object]

ORGANIZATION: Final = "organization"
REPEATED: Final = "Idempotency-Replayed"


class StrictBlueprint(Blueprint):
    """A blueprint that refuses what its schemas do not name."""

    ARGUMENTS_PARSER = StrictParser()

    def _prepare_arguments_doc(
        self, doc: Documented, doc_info: dict[str, Documented], **rest: object
    ) -> Documented:
        """Leave out the parser's own refusals: one shape stands for every refusal."""
        doc_info.get("arguments", {}).pop("responses", None)
        documented: Documented = super()._prepare_arguments_doc(doc, doc_info, **rest)
        return documented


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request to the API: who calls, and the transaction in which it is served."""

    actor: Actor
    work: Work


class Door:
    """Routes of the API for one audience, documented as they are declared."""

    def __init__(self, name: str, description: str) -> None:
        self.blueprint = StrictBlueprint(name, __name__, description=description)

    def open_to_all(
        self, rule: str, *, answers: type[Schema], query: type[Schema] | None = None
    ) -> Callable[[View], View]:
        """Declare a reading that needs no token: view(work, [query,] **path) -> answer."""

        def declare(view: View) -> View:
            @wraps(view)
            def read(*queries: Mapping[str, object], **path: str) -> Answer:
                with wiring.hub().reading() as work:
                    return view(work, *queries, **path)

            documented = self.blueprint.response(200, answers)(read)
            if query is not None:
                documented = self.blueprint.arguments(query, location="query")(documented)
            self.blueprint.route(rule, methods=["GET"])(documented)
            return view

        return declare

    def read(
        self,
        rule: str,
        *,
        answers: type[Schema],
        roles: tuple[str, ...] = (),
        query: type[Schema] | None = None,
    ) -> Callable[[View], View]:
        """Declare a reading for organizations: view(call, [query,] **path) -> answer.

        Args:
            rule: the route.
            answers: shape of the answer.
            roles: the roles that may pass; empty for all.
            query: shape of the query, handed to the view as a mapping.
        """

        def declare(view: View) -> View:
            @wraps(view)
            def read(*queries: Mapping[str, object], **path: str) -> Answer:
                with wiring.hub().reading() as work:
                    caller = authn.authenticate(work, authn.bearer(_authorization()))
                    authn.allow(caller.actor, roles)
                    return view(Call(actor=caller.actor, work=work), *queries, **path)

            documented = self.blueprint.response(200, answers)(read)
            if query is not None:
                documented = self.blueprint.arguments(query, location="query")(documented)
            self._publish(rule, "GET", documented, security=[{ORGANIZATION: []}])
            return view

        return declare

    def write(
        self,
        rule: str,
        *,
        answers: type[Schema],
        takes: type[Schema] | None = None,
        status: int = 200,
        roles: tuple[str, ...] = (),
    ) -> Callable[[View], View]:
        """Declare a write for organizations: view(call, [body,] **path) -> answer.

        One transaction holds the token's use, the idempotency key, the view's deeds and the
        answer kept for repetitions.

        Args:
            rule: the route.
            answers: shape of the answer.
            takes: shape of the body, handed to the view as a mapping.
            status: status of the answer.
            roles: the roles that may pass; empty for all.
        """

        def declare(view: View) -> View:
            @wraps(view)
            def act(call: Call, *bodies: Mapping[str, object], **path: str) -> Answer:
                return view(call, *bodies, **path)

            answered = self.blueprint.response(status, answers)(act)
            if takes is not None:
                answered = self.blueprint.arguments(takes)(answered)
            self._publish(
                rule,
                "POST",
                _once(answered, roles),
                security=[{ORGANIZATION: []}],
                parameters=["IdempotencyKey"],
            )
            return view

        return declare

    def _publish(
        self, rule: str, method: str, view: Callable[..., Response], **documented: object
    ) -> None:
        """Put a view on a route, and what it needs into the API's document."""
        self.blueprint.route(rule, methods=[method])(self.blueprint.doc(**documented)(view))


def _once(
    answered: Callable[Concatenate[Call, Parts], Response], roles: tuple[str, ...]
) -> Callable[Parts, Response]:
    """Return a view that does its deed once, however often the same write is sent."""

    @wraps(answered)
    def serve(*args: Parts.args, **kwargs: Parts.kwargs) -> Response:
        with wiring.hub().work() as work:
            caller = authn.authenticate(work, authn.bearer(_authorization()))
            authn.allow(caller.actor, roles)
            asked = idempotency.request_of(
                actor=caller.actor.slug,
                key=request.headers.get(idempotency.HEADER),
                method=request.method,
                path=request.full_path,
                body=request.get_data(),
            )
            idempotency.use_token(work, caller, asked)
            if first := idempotency.first_answer(work, asked):
                return Response(
                    first.body,
                    first.status,
                    content_type=MEDIA_TYPE,
                    headers={REPEATED: "true"},
                )
            response = answered(Call(actor=caller.actor, work=work), *args, **kwargs)
            idempotency.keep(work, asked, status=response.status_code, body=response.get_data())
            return response

    return serve


def _authorization() -> str | None:
    return request.headers.get("Authorization")
