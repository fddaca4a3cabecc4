"""The terminal: sentences for people, or one JSON document for programs, never both."""

import io
import json
from pathlib import Path

import click
import pytest
from rich.console import Console

from career_relay.commands.terminal import CONFIG, Terminal, config_of, config_path
from career_relay.config import ConfigError
from career_relay.words import Language, Words, same

HELLO = Words(en="3 rows [taken]", ja="3行[読取]")


def terminal(language: Language = "en", *, as_json: bool = False) -> tuple[Terminal, io.StringIO]:
    written = io.StringIO()
    return (
        Terminal(
            language=language,
            as_json=as_json,
            console=Console(file=written, width=80),
            aside=Console(file=io.StringIO(), width=80),
        ),
        written,
    )


@pytest.mark.parametrize(("language", "said"), [("en", "3 rows [taken]"), ("ja", "3行[読取]")])
def test_a_sentence_is_said_as_it_is_brackets_included(language: Language, said: str) -> None:
    speaking, written = terminal(language)
    speaking.say(HELLO)
    assert written.getvalue() == f"{said}\n"


def test_with_json_nothing_but_the_document_is_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    speaking, written = terminal(as_json=True)
    speaking.say(HELLO)
    speaking.table(HELLO, [same("a")], [["1"]])
    speaking.emit({"行": [1]})
    assert written.getvalue() == ""
    assert json.loads(capsys.readouterr().out) == {"行": [1]}


def test_without_json_no_document_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    speaking, _ = terminal()
    speaking.emit({"a": 1})
    assert capsys.readouterr().out == ""


def test_a_table_shows_cells_as_they_are_and_figures_to_the_right() -> None:
    speaking, written = terminal()
    rows = [["[bold]x[/bold]", "7"], ["y", "1,200"]]
    speaking.table(same("Title"), [same("what"), same("count")], rows)
    lines = written.getvalue().splitlines()
    assert lines[0].strip() == "Title"
    seven, thousand = (next(line for line in lines if text in line) for text in ("[bold]", "1,200"))
    assert seven.rstrip().endswith("7")
    assert seven.rstrip().index("7") == thousand.rstrip().index("1,200") + 4


def test_a_table_of_nobody_has_its_header() -> None:
    speaking, written = terminal()
    speaking.table(same("Title"), [same("what")], [])
    assert "what" in written.getvalue()


def test_things_pass_by_the_progress_bar_unchanged() -> None:
    speaking, _ = terminal()
    assert list(speaking.track([1, 2, 3], HELLO)) == [1, 2, 3]


def context_with(config: Path | None) -> click.Context:
    context = click.Context(click.Command("x"))
    if config is not None:
        context.meta[CONFIG] = config
    return context


def test_the_configuration_stands_in_the_present_folder_unless_said(tmp_path: Path) -> None:
    assert config_path(context_with(None)) == Path("relay.toml")
    assert config_path(context_with(tmp_path / "own.toml")) == tmp_path / "own.toml"


def test_the_configuration_is_read_when_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "relay.toml"
    path.write_text('hub = "h"\nslug = "mirai"\n', encoding="utf-8")
    assert config_of(context_with(path)).slug == "mirai"
    with pytest.raises(ConfigError):
        config_of(context_with(tmp_path / "nowhere.toml"))


def test_where_somebody_watches_a_bar_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    # Machines that build things often say "dumb", where nothing can move.
    monkeypatch.setenv("TERM", "xterm-256color")
    watched = io.StringIO()
    speaking = Terminal(
        language="ja",
        as_json=False,
        console=Console(file=io.StringIO()),
        aside=Console(file=watched, force_terminal=True, width=80),
    )
    assert list(speaking.track([1, 2, 3], HELLO)) == [1, 2, 3]
    assert "3行" in watched.getvalue()


@pytest.mark.parametrize("as_json", [True, False])
def test_for_programs_and_files_there_is_no_bar(*, as_json: bool) -> None:
    aside = io.StringIO()
    speaking = Terminal(
        language="en",
        as_json=as_json,
        console=Console(file=io.StringIO()),
        aside=Console(file=aside, force_terminal=as_json, width=80),
    )
    assert list(speaking.track([1, 2], HELLO)) == [1, 2]
    assert aside.getvalue() == ""
