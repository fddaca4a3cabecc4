"""How commands tell what was held back or refused."""

import io

import pytest
from rich.console import Console

from career_relay.additions import Held
from career_relay.commands.holding import held_documents, show_held
from career_relay.commands.terminal import Terminal
from career_relay.words import Language, Words

TITLE = Words(en="Kept here", ja="手元に残した項目")


def terminal(language: Language, screen: io.StringIO) -> Terminal:
    console = Console(file=screen, width=100)
    return Terminal(language=language, as_json=False, console=console, aside=console)


def held(number: int) -> Held:
    why = Words(en="seems to hold a telephone number", ja="電話番号らしい文字列があります")
    return Held(application=f"sheet:A-{number}", field="summary", why=why)


@pytest.mark.parametrize(
    ("language", "title", "why"),
    [("en", "Kept here", "telephone number"), ("ja", "手元に残した項目", "電話番号らしい")],
)
def test_each_is_told_with_its_application_field_and_reason(
    language: Language, title: str, why: str
) -> None:
    screen = io.StringIO()
    show_held(terminal(language, screen), TITLE, [held(1)])
    told = screen.getvalue()
    assert title in told
    assert "A-1" in told
    assert "sheet:" not in told
    assert "summary" in told
    assert why in told


def test_where_nothing_was_held_nothing_is_told() -> None:
    screen = io.StringIO()
    show_held(terminal("en", screen), TITLE, [])
    assert screen.getvalue() == ""


@pytest.mark.parametrize(("count", "more"), [(20, False), (21, True)])
def test_of_many_the_first_twenty_are_shown_and_the_rest_counted(count: int, *, more: bool) -> None:
    screen = io.StringIO()
    show_held(terminal("en", screen), TITLE, [held(number) for number in range(count)])
    assert ("and 1 more" in screen.getvalue()) is more
    assert "A-19" in screen.getvalue()
    assert "A-20" not in screen.getvalue()


def test_programs_get_all_of_them_in_the_language_of_the_run() -> None:
    documents = held_documents(terminal("ja", io.StringIO()), [held(1)])
    assert documents == [
        {
            "application": "sheet:A-1",
            "field": "summary",
            "why": "電話番号らしい文字列があります",
        }
    ]
