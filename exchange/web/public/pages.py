"""The front page, and the API explained for people: no script, nothing from elsewhere."""

from flask import Blueprint, current_app, render_template

from exchange.services import own_keys
from exchange.web.http import wiring
from exchange.web.http.problem_words import WORDS
from exchange.web.http.problems import HTTP_PROBLEMS, PROBLEMS
from exchange.web.public.reference import operations_of, shapes_of

public = Blueprint("public", __name__)


@public.get("/")
def front() -> str:
    """Show what this is, and where each kind of visitor goes on."""
    hub = wiring.hub()
    with hub.reading() as work:
        vkeys = own_keys.vkeys(work)
    return render_template("public/front.html", scheme=hub.scheme, vkeys=vkeys)


@public.get("/docs")
def docs() -> str:
    """Show the API as people read it."""
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    document = api.spec.to_dict()
    return render_template(
        "public/docs.html",
        scheme=wiring.hub().scheme,
        about=document["info"]["description"],
        groups=operations_of(document),
        shapes=shapes_of(document),
    )


@public.get("/docs/problems")
def problems() -> str:
    """Show every refusal and what to do about it."""
    known = sorted({*PROBLEMS.values(), *HTTP_PROBLEMS.items()}, key=lambda entry: entry[1])
    return render_template(
        "public/problems.html",
        problems=[(status, slug, WORDS[slug]) for status, slug in known],
    )
