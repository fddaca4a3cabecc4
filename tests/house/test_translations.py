"""Whatever a page says in English, it says in Japanese too."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
KEYWORDS = {"_": None, "gettext": None, "noted": None, "ngettext": (1, 2)}


def said(checkout: Path) -> Iterator[tuple[str, str]]:
    """Yield every message of the pages with the place it stands at."""
    folder = checkout / "exchange" / "web"
    for name, line, message, _, _ in extract_from_dir(
        folder, method_map=METHODS, options_map={}, keywords=KEYWORDS
    ):
        yield (message if isinstance(message, str) else message[0]), f"{name}:{line}"


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    """Return the Japanese catalogue as its source has it."""
    web = Path(__file__).resolve().parents[2] / "exchange" / "web"
    source = web / "translations" / "ja" / "LC_MESSAGES" / "messages.po"
    with source.open("rb") as text:
        return read_po(text, abort_invalid=True)


def places(message: str) -> set[str]:
    """Return the names that a message leaves places for: %(name)s."""
    return {part.partition(")")[0] for part in message.split("%(")[1:]}


def test_every_message_has_japanese_words(checkout: Path, catalogue: Catalog) -> None:
    missing = {
        f"{place}: {message}"
        for message, place in said(checkout)
        if not (found := catalogue.get(message)) or not found.string
    }

    assert missing == set()


def test_no_japanese_words_are_left_over(checkout: Path, catalogue: Catalog) -> None:
    used = {message for message, _ in said(checkout)}
    known = {
        entry.id if isinstance(entry.id, str) else entry.id[0] for entry in catalogue if entry.id
    }

    assert known - used == set()


def test_the_places_of_a_message_are_the_same_in_both_languages(catalogue: Catalog) -> None:
    for entry in catalogue:
        if entry.id and isinstance(entry.id, str) and isinstance(entry.string, str):
            assert places(entry.string) == places(entry.id), entry.id


def test_no_words_shout_at_anybody(catalogue: Catalog) -> None:
    for entry in catalogue:
        if entry.id and isinstance(entry.string, str):
            assert "!" not in entry.string
            assert "\uff01" not in entry.string
            assert "!" not in entry.id
