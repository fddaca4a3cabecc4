import pytest
from flask import Flask, render_template_string

from exchange.hub import Hub
from exchange.web.http import wiring


@pytest.fixture
def engine() -> str:
    """Ask one engine only: what a door finds does not depend on it."""
    return "sqlite"


def test_a_door_finds_the_hub_and_its_keys(app: Flask, hub: Hub) -> None:
    with app.app_context():
        assert wiring.hub() is hub
        assert wiring.cursors() == wiring.wiring().cursors
        assert wiring.form_keys() == wiring.wiring().form_keys


def test_cursors_and_forms_have_keys_of_their_own(app: Flask) -> None:
    with app.app_context():
        assert wiring.cursors().secret != wiring.form_keys().secret


@pytest.mark.parametrize(
    ("query", "name"), [("?lang=ja", "リレー協議会"), ("?lang=en", "Relay Consortium")]
)
def test_a_page_knows_the_schemes_name_in_its_language(app: Flask, query: str, name: str) -> None:
    with app.test_request_context(f"/{query}"):
        assert render_template_string("{{ scheme_name }}") == name
