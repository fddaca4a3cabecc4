"""Commands for the people of the office itself: invite, compare, confirm."""

import click

from exchange.cli.opening import as_json, opened, say
from exchange.domain.errors import NotFoundError
from exchange.domain.organizations import Actor
from exchange.services import ledger, own_keys
from exchange.services import people as services
from exchange.services.ledger import Fact
from exchange.services.passkeys import check_words
from exchange.store import people as rows
from relay_protocol.attestation import sign_jws


@click.group()
def people() -> None:
    """Let the office's own people into the portal."""


@people.command("invite")
@click.argument("name")
@as_json
def invite(name: str, *, as_json: bool) -> None:
    """Make a one-time link with which a person of the office enrols a passkey.

    \b
    Example:
      exchange people invite "見本 花子"
    """
    with opened() as hub:
        office = Actor(kind="organization", slug=hub.scheme.operator, role="operator")
        with hub.work() as work:
            invited = services.invite_person(work, office, name)
            user_id = invited.person.id
        link = f"{hub.scheme.web_origin}/portal/enrol/{invited.token}"
    say(f"{user_id}\n{link}", {"id": user_id, "enrolment_url": link}, as_json=as_json)


@people.command("list")
@as_json
def list_people(*, as_json: bool) -> None:
    """List the office's people, with the letters to compare before one is confirmed.

    \b
    Example, for a program:
      exchange people list --json
    """
    with opened() as hub, hub.reading() as work:
        found = [
            {
                "id": row.id,
                "name": row.display_name,
                "state": row.state,
                "check": check_words(services.passkey_of(row)) if row.credential else "",
            }
            for row in rows.people_of(work.session, hub.scheme.operator)
        ]
    lines = [f"{p['id']} {p['state']:<10} {p['check']:<20} {p['name']}" for p in found]
    say("\n".join(lines), found, as_json=as_json)


@people.command("confirm")
@click.argument("user_id")
@as_json
def confirm(user_id: str, *, as_json: bool) -> None:
    """Make a person's passkey a key of the office, signed with the office's own key.

    Compare the letters that the person sees after enrolling with those of `people list` first.

    \b
    Example:
      exchange people confirm usr_0123456789abcdefghjkmnpqrs
    """
    with opened() as hub:
        office = Actor(kind="organization", slug=hub.scheme.operator, role="operator")
        with hub.work() as work:
            row = rows.person(work.session, user_id)
            if row is None or row.slug != office.slug or not row.credential:
                raise NotFoundError("No person of the office with that id has enrolled.")
            fact = Fact(
                kind="key.registered",
                body={
                    "purpose": "passkey",
                    "key": dict(services.passkey_of(row)),
                    "person": row.id,
                    "credential": row.credential,
                },
            )
            attestation = ledger.new_attestation(work, fact, by=office.slug)
            key = own_keys.signing_key(work, own_keys.OPERATOR)
            signed = sign_jws(attestation, key)
            services.confirm_person(work, office, user_id, signed)
    say(f"{user_id} may sign in.", {"id": user_id, "state": "confirmed"}, as_json=as_json)
