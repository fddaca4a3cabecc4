"""What click may say of a line is known in Japanese, for the click that is installed."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from babel.messages.extract import extract_from_file

from relay_protocol.click_words import JAPANESE, ROOMS, in_japanese

PLACE = re.compile(r"[{](\w+)")
OURS_ONLY = {
    # mistakes of the one who writes a command, whom nobody but himself will hear
    "Name '{name}' defined twice",
    "Boolean option {decl!r} cannot use the same flag for true/false.",
    "Could not determine name for option with declarations {decls!r}",
    (
        "No options defined but a name was passed ({name}). Did you mean to declare an argument "
        "instead? Did you mean to pass '--{name}'?"
    ),
    "Arguments take exactly one parameter declaration, got {length}: {decls}.",
    "Invalid start character for option ({option})",
    "Unknown color {colour!r}",
    "DeprecationWarning: The command {name!r} is deprecated.{extra_message}",
    "DeprecationWarning: The {param_type} {name!r} is deprecated.{extra_message}",
    "Choice({choices})",
    # names of kinds of files, settled when a command is loaded
    "file",
    "directory",
    "path",
}


def sentences() -> Iterator[str]:
    """Yield every sentence that the installed click looks up."""
    for room in ROOMS:
        source = Path(click.__file__).with_name(f"{room}.py")
        found = extract_from_file("python", source, keywords={"_": None, "ngettext": (1, 2)})
        for _, message, _, _ in found:
            yield from (message,) if isinstance(message, str) else message


def test_click_looks_up_what_it_says() -> None:
    assert {"Usage:", "Options", "No such command {name!r}."} <= set(sentences())


def test_every_sentence_that_a_reader_may_see_is_known() -> None:
    assert {one for one in sentences() if one not in JAPANESE} <= OURS_ONLY


@pytest.mark.parametrize("english", JAPANESE)
def test_a_sentence_fills_no_place_that_click_does_not(english: str) -> None:
    assert set(PLACE.findall(JAPANESE[english])) <= set(PLACE.findall(english))


@pytest.mark.parametrize("english", JAPANESE)
def test_a_sentence_is_japanese(english: str) -> None:
    assert re.search("[ぁ-んァ-ン一-龠]", JAPANESE[english])


def test_click_speaks_japanese_until_the_end_and_english_after_a_fault() -> None:
    context = click.Context(click.Command("try"), info_name="try")
    heard = []

    def fail() -> None:
        with in_japanese(click):
            heard.append(context.get_help())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert heard[0].startswith("使い方: try")
    assert context.get_help().startswith("Usage: try")


def test_a_number_of_things_is_counted_in_japanese() -> None:
    command = click.Command("try")
    with in_japanese(click):
        for extra in (["a"], ["a", "b"]):
            with pytest.raises(click.UsageError, match="余分な引数があります"):
                command.make_context("try", extra)
