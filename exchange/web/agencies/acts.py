"""Acts of people at the portal: prepared, shown in words, signed with a passkey, and done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from secrets import token_bytes
from typing import Final

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from exchange.domain.errors import BadInputError
from exchange.services import claims, hires, introductions, sign_in
from exchange.services.ledger import Fact
from exchange.services.sign_in import TakenAct
from exchange.services.wishes import Wish
from exchange.store.columns import Json
from exchange.web.http import portal
from exchange.web.http.portal import Visit
from relay_protocol import ids

AGENCY: Final = "agency"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a person reads before they sign.

    Attributes:
        sentence: what they sign, in one sentence.
        facts: names and values of what it is about.
        back: the address that they came from.
    """

    sentence: str
    facts: tuple[tuple[str, str], ...]
    back: str


def new_id(prefix: str) -> str:
    """Return a new id, drawn for an act that begins something."""
    return ids.new_id(prefix, token_bytes(ids.ID_BYTES))


def ask(visit: Visit, fact: Fact, form: Mapping[str, Json], shown: Shown) -> str:
    """Prepare an act for the person's signature; return the page that asks for it."""
    act = sign_in.prepare_act(visit.work, visit.actor, fact, form)
    return render_template(
        "sign.html",
        act=act,
        action=url_for("agency_pages.sign"),
        sentence=shown.sentence,
        facts=shown.facts,
        back=shown.back,
    )


def sign() -> Response:
    """Do what a person has signed, and show what came of it."""
    with portal.act(AGENCY) as visit:
        taken = sign_in.take_act(
            visit.work,
            visit.actor,
            request.form.get("act", ""),
            request.form.get("answer", ""),
        )
        place = _done(visit, taken)
    return redirect(portal.with_receipt(place, taken.signed.attestation.id), 303)


def typed_day(text: str) -> date:
    """Return the day that somebody typed.

    Raises:
        BadInputError: it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(
            "A day is written YYYY-MM-DD.",
            field="on",
            detail_ja="日付を YYYY-MM-DD で入力してください。",
        ) from error


def _done(visit: Visit, taken: TakenAct) -> str:
    """Do a signed act by its kind; return the address to go on at."""
    work, actor, signed = visit.work, visit.actor, taken.signed
    said, form = signed.attestation, {name: str(value) for name, value in taken.form.items()}
    if said.kind == "claim.made":
        claims.make(work, actor, signed, Wish(**form))
        return url_for("agency_pages.board")
    if said.kind == "claim.ended":
        claims.end(work, actor, signed, form["claim"], str(said.body["reason"]))
        return url_for("agency_pages.board")
    on = date.fromisoformat(str(said.body["on"]))
    if said.kind == "introduction.made":
        hirer = str(said.body["hirer"])
        introductions.introduce(work, actor, signed, form["claim"], hirer=hirer, on=on)
    else:
        event = str(said.body["event"])
        hires.report(work, actor, signed, form["introduction"], event=event, on=on)
    return url_for("agency_pages.introductions")
