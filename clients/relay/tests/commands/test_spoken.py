"""Commands that explain themselves in two languages, wherever --lang stands."""

import click
import pytest
from click.testing import CliRunner

from career_relay.commands.spoken import (
    SpokenCommand,
    SpokenGroup,
    SpokenOption,
    output_options,
    spoken_language,
    wants_json,
)
from career_relay.words import Words

WORDS = Words(en="Say it.\n\nExample:\n  say it --loud", ja="言います。\n\n例:\n  say it --loud")


@click.group("say", cls=SpokenGroup, words=Words(en="Speak.", ja="話します。"))
@output_options
def say() -> None:
    """Speak."""


@say.command("it", cls=SpokenCommand, words=WORDS)
@click.option("--loud", cls=SpokenOption, words=Words(en="Loudly.", ja="大声で。"), is_flag=True)
@output_options
@click.pass_context
def it(context: click.Context, *, loud: bool) -> None:
    """Say it."""
    click.echo(f"{spoken_language(context)} {wants_json(context)} {loud}")


def run(*arguments: str, language: str = "en_US.UTF-8") -> str:
    environment = {"LANG": language, "LC_ALL": None, "LC_MESSAGES": None}
    result = CliRunner().invoke(say, arguments, env=environment)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("arguments", "spoken"),
    [
        (["it"], "en False False"),
        (["it", "--lang", "ja"], "ja False False"),
        (["--lang", "ja", "it"], "ja False False"),
        (["--lang", "ja", "it", "--lang", "en"], "en False False"),
        (["it", "--json"], "en True False"),
        (["--json", "it", "--loud"], "en True True"),
    ],
)
def test_language_and_form_are_taken_before_or_behind_the_command(
    arguments: list[str], spoken: str
) -> None:
    assert run(*arguments).strip() == spoken


def test_the_terminals_language_is_spoken_where_none_is_asked_for() -> None:
    assert run("it", language="ja_JP.UTF-8").startswith("ja")


def test_one_run_leaves_no_language_to_the_next() -> None:
    assert run("it", "--lang", "ja").startswith("ja")
    assert run("it").startswith("en")


def test_help_is_told_in_the_language_asked_for() -> None:
    english, japanese = run("it", "--help"), run("it", "--lang", "ja", "--help")
    assert "Say it." in english
    assert "Loudly." in english
    assert "言います。" in japanese
    assert "大声で。" in japanese


def test_the_lines_of_an_example_stay_lines() -> None:
    assert "\n    say it --loud\n" in run("it", "--help")


def test_a_group_lists_its_commands_by_their_first_line() -> None:
    assert "it  Say it." in run("--help")
    assert "it  言います。" in run("--lang", "ja", "--help")
    assert "話します。" in run("--lang", "ja", "--help")


def test_another_language_is_refused() -> None:
    result = CliRunner().invoke(say, ["it", "--lang", "de"])
    assert result.exit_code == 2
    assert "'en', 'ja'" in result.output


def test_headings_and_what_stands_behind_an_option_are_in_the_language_of_the_line() -> None:
    japanese = run("it", "--lang", "ja", "--help")
    assert japanese.startswith("使い方: say it [OPTIONS]")
    assert "\nオプション:\n" in japanese
    assert "この説明を表示して終わります。" in japanese
    english = run("it", "--help")
    assert english.startswith("Usage: say it [OPTIONS]")
    assert "Show this message and exit." in english


def test_the_language_may_stand_behind_the_wish_for_help() -> None:
    assert run("it", "--help", "--lang", "ja").startswith("使い方:")


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("--lang ja it --soft", "指定の誤り: '--soft' というオプションはありません。"),
        ("them --lang ja", "指定の誤り: 'them' というコマンドはありません。"),
        ("it --soft", "Error: No such option"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_in_its_language(line: str, why: str) -> None:
    environment = {"LANG": "en_US.UTF-8", "LC_ALL": None, "LC_MESSAGES": None}
    refused = CliRunner().invoke(say, line.split(), env=environment)
    assert refused.exit_code == 2
    assert why in refused.output
