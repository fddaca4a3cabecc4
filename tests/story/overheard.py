"""Every write that the hub has accepted, overheard: by which route, from whom, what it attested."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from wsgiref.types import StartResponse, WSGIEnvironment

import jwt
from flask import Flask
from sqlalchemy import select

from exchange.hub import Hub
from exchange.services import ledger
from exchange.store.ledger import AttestationRow
from relay_protocol.attestation import SignedAttestation
from relay_protocol.entry import Entry

READING = frozenset({"GET", "HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """One attestation that a write led to.

    Attributes:
        parties: who made it, and whom its entry names.
        candidate_id: whom it is about; None for nobody.
    """

    id: str
    kind: str
    parties: frozenset[str]
    candidate_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Write:
    """One write that was accepted.

    Attributes:
        rule: the route, as the application knows it.
        caller: slug of the organization whose token it carried, or "".
        links: targets of the answer's Link headers.
        location: where the answer leads, or "".
    """

    rule: str
    caller: str
    made: tuple[Attested, ...]
    links: tuple[str, ...]
    location: str


@dataclass(kw_only=True)
class Overheard:
    """The writes of an application since it was listened to, one after another."""

    app: Flask
    hub: Hub
    writes: list[Write] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Stand before the application."""
        self._inner = self.app.wsgi_app
        self.app.wsgi_app = self._hear  # type: ignore[method-assign, assignment]  # as Flask's documentation says

    @property
    def rules(self) -> set[str]:
        """The routes that were written to."""
        return {write.rule for write in self.writes}

    def every_rule(self) -> set[str]:
        """Return every route of the application that takes a write."""
        return {
            rule.rule for rule in self.app.url_map.iter_rules() if set(rule.methods or ()) - READING
        }

    def _hear(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Let a request through, and note what it attested."""
        if environ["REQUEST_METHOD"] in READING:
            return self._inner(environ, start)
        rule, _ = self.app.url_map.bind_to_environ(environ).match(return_rule=True)
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def note(status: str, headers: list[tuple[str, str]], *rest: object) -> object:
            told.append((status, headers))
            return start(status, headers, *rest)  # type: ignore[arg-type]

        before = self._known()
        body = list(self._inner(environ, note))  # type: ignore[arg-type]
        (status, headers), made = told[-1], self._known() - before
        if status[0] in "23":
            self.writes.append(
                Write(
                    rule=rule.rule,
                    caller=_caller(str(environ.get("HTTP_AUTHORIZATION", ""))),
                    made=tuple(self._attested(made)),
                    links=tuple(
                        text[1:].partition(">")[0] for name, text in headers if name == "Link"
                    ),
                    location=dict(headers).get("Location", ""),
                )
            )
        return body

    def _known(self) -> set[str]:
        """Return the ids of all attestations that are held."""
        with self.hub.reading() as work:
            return set(work.session.scalars(select(AttestationRow.id)))

    def _attested(self, names: Iterable[str]) -> Iterable[Attested]:
        """Yield what is known of attestations."""
        for name in sorted(names):
            with self.hub.reading() as work:
                row = work.session.get_one(AttestationRow, name)
                shown = row.orgs if isinstance(row.orgs, list) else []
                yield Attested(
                    id=name,
                    kind=row.kind,
                    parties=frozenset({_maker(self.hub, name), *map(str, shown)}),
                    candidate_id=row.candidate_id,
                )


def _maker(hub: Hub, name: str) -> str:
    """Return who made an act, once it is in the ledger."""
    hub.sequence()
    with hub.reading() as work:
        proof = ledger.proof_of(work, name)
    if proof is None:
        raise LookupError(name)
    clear = Entry.decode(proof.entry).signed_bytes
    wire = proof.reveal.signed if proof.reveal is not None else clear or b""
    return SignedAttestation(wire=wire).attestation.by


def _caller(authorization: str) -> str:
    """Return whose token a request carries."""
    token = authorization.removeprefix("Bearer ")
    if not token:
        return ""
    return str(jwt.decode(token, options={"verify_signature": False})["iss"])
