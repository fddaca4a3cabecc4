"""Commands for the people of the office itself: invite, compare, confirm."""

import click

from exchange.cli.opening import opened, say
from exchange.cli.spoken import SpokenGroup, in_column, language_option, output_options, spoken
from exchange.domain.errors import NotFoundError
from exchange.domain.organizations import Actor
from exchange.services import ledger, own_keys
from exchange.services import people as services
from exchange.services.ledger import Fact
from exchange.services.passkeys import check_words
from exchange.store import people as rows
from relay_protocol.attestation import sign_jws

PEOPLE_JA = """
事務局の担当者がポータルに入れるようにします。
"""

INVITE_JA = """
事務局の担当者がパスキーを登録するための、一回だけ使えるリンクを作ります。

例:
  exchange people invite "見本 花子"
"""

LIST_JA = """
事務局の担当者を、確認の前に見比べる文字とともに一覧にします。

プログラムで読むとき:
  exchange people list --json
"""

CONFIRM_JA = """
担当者のパスキーを事務局の鍵にします。事務局の鍵で署名します。

先に、登録を終えた担当者の画面に出る文字と、`people list` の文字を見比べてください。

例:
  exchange people confirm usr_0123456789abcdefghjkmnpqrs
"""


_STATES_JA = {"invited": "招待中", "enrolled": "確認待ち", "confirmed": "確認済み"}


@click.group(cls=SpokenGroup, ja=PEOPLE_JA)
@language_option
def people() -> None:
    """Let the office's own people into the portal."""


@people.command("invite", ja=INVITE_JA)
@click.argument("name")
@output_options
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


@people.command("list", ja=LIST_JA)
@output_options
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
    lines = [
        f"{p['id']} {in_column(spoken(en=p['state'], ja=_STATES_JA[p['state']]), 10)} "
        f"{p['check']:<20} {p['name']}"
        for p in found
    ]
    say("\n".join(lines), found, as_json=as_json)


@people.command("confirm", ja=CONFIRM_JA)
@click.argument("user_id")
@output_options
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
                raise NotFoundError(
                    "No person of the office with that id has enrolled.",
                    detail_ja="その番号で登録を終えた、事務局の担当者はいません。",
                )
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
    text = spoken(
        en=f"{user_id} may sign in.", ja=f"{user_id} の方がサインインできるようになりました。"
    )
    say(text, {"id": user_id, "state": "confirmed"}, as_json=as_json)
