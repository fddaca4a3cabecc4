"""The threshold of a door to the API: who may pass, what is taken in, what is answered."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, Final, ParamSpec, TypeAlias

from flask import Response, request
from flask_smorest import Blueprint
from marshmallow import Schema

from exchange.domain.organizations import Actor
from exchange.services import receipts
from exchange.services.work import Work
from exchange.web.http import authn, idempotency, waiting, wiring
from exchange.web.http.parsing import MEDIA_TYPE, StrictParser

Answer: TypeAlias = Mapping[str, object]
Parts = ParamSpec("Parts")
View: TypeAlias = Callable[..., Answer]
FileView: TypeAlias = Callable[..., bytes]
Documented: TypeAlias = dict[str, object]

ORGANIZATION: Final = "organization"
TEXT: Final = {"type": "string"}
REPEATED: Final = "Idempotency-Replayed"
RECEIPTS: Final = "/v1/receipts"
MOST_LINKS: Final = 20
"""Of how many acts a write's answer names the receipts one by one."""


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
                parameters=["IdempotencyKey", "PreferWait"],
            )
            return view

        return declare

    def file(self, rule: str, *, media_type: str) -> Callable[[FileView], FileView]:
        """Declare a file for organizations, which may be waited for: view(call, **path) -> bytes.

        Args:
            rule: the route.
            media_type: of the file.
        """

        def declare(view: FileView) -> FileView:
            @wraps(view)
            def give(**path: str) -> Response:
                def read() -> Response:
                    with wiring.hub().reading() as work:
                        caller = authn.authenticate(work, authn.bearer(_authorization()))
                        return Response(
                            view(Call(actor=caller.actor, work=work), **path),
                            content_type=media_type,
                        )

                return waiting.until_ready(read)

            described = {"description": "The file.", "content": {media_type: {"schema": TEXT}}}
            self._publish(
                rule,
                "GET",
                give,
                security=[{ORGANIZATION: []}],
                parameters=["PreferWait"],
                responses={"200": described},
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
                response = Response(first.body, first.status, content_type=MEDIA_TYPE)
                response.headers[REPEATED] = "true"
                links = first.links
            else:
                response = answered(Call(actor=caller.actor, work=work), *args, **kwargs)
                links = _links(receipts.of_write(work, caller.actor, most=MOST_LINKS))
                idempotency.keep(
                    work,
                    asked,
                    status=response.status_code,
                    body=response.get_data(),
                    links=links,
                )
        return waiting.until_covered(_linked(response, links), _acts_of(links))

    return serve


def _links(own: receipts.Links) -> tuple[str, ...]:
    """Return the Link headers of a write: where the receipts of its acts will be (RFC 8288)."""
    if own.count and not own.attestation_ids:
        return (f'<{RECEIPTS}?after={own.after}>; rel="receipts"',)
    return tuple(f'<{RECEIPTS}/{one}>; rel="receipt"' for one in own.attestation_ids)


def _linked(response: Response, links: Sequence[str]) -> Response:
    """Return an answer with its Link headers."""
    for link in links:
        response.headers.add("Link", link)
    return response


def _acts_of(links: Sequence[str]) -> list[str]:
    """Return the ids of the acts whose receipts are linked one by one."""
    targets = (link[1:].partition(">")[0] for link in links)
    return [
        target.removeprefix(f"{RECEIPTS}/")
        for target in targets
        if target.startswith(f"{RECEIPTS}/")
    ]


def _authorization() -> str | None:
    return request.headers.get("Authorization")
