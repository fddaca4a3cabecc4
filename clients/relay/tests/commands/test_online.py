"""What online commands begin with: the right role, and a hub that answers."""

from pathlib import Path

import click
import click.testing
import pytest

from career_relay.cli import main
from career_relay.commands.online import asked
from career_relay.commands.terminal import terminal_of
from career_relay.keys import keep
from career_relay.words import Words
from tests.story.local_hub import LocalHub, Told
from tests.story.shown_ledger import ShownLedger


@pytest.fixture
def toml(shown: ShownLedger, local_hub: LocalHub, tmp_path: Path) -> Path:
    """Return the settings of the member of the shown ledger."""
    keep(shown.signing["mirai"], tmp_path / "sign.pem")
    path = tmp_path / "relay.toml"
    path.write_text(
        f'hub = "{local_hub.url}"\nslug = "mirai"\nrole = "member"\nsigning_key = "sign.pem"\n',
        encoding="utf-8",
    )
    return path


def run(toml: Path, *arguments: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(main, ["--config", str(toml), *arguments])


def test_a_command_of_another_role_is_refused_before_the_hub_is_asked(
    toml: Path, local_hub: LocalHub
) -> None:
    said = run(toml, "envelope", "list")
    assert said.exit_code == 1
    assert "agency" in said.stderr
    assert local_hub.requests == []


def test_a_command_of_ones_own_role_is_served_over_the_network(
    toml: Path, local_hub: LocalHub
) -> None:
    local_hub.tell("GET", "/v1/member/hires", Told.of({"items": [], "next": None}))
    said = run(toml, "--json", "hires", "list")
    assert said.exit_code == 0
    assert len(local_hub.to("/v1/member/hires")) == 1


def test_the_hub_is_asked_in_the_language_of_the_run(toml: Path, local_hub: LocalHub) -> None:
    refusal = Told.problem("forbidden", 403, "できません。", mend="事務局にご相談ください。")
    local_hub.tell("GET", "/v1/member/hires", refusal)
    said = run(toml, "hires", "list", "--lang", "ja")
    assert said.exit_code == 1
    assert "できません。" in said.stderr
    assert "事務局" in said.stderr
    assert local_hub.to("/v1/member/hires")[0].headers["Accept-Language"] == "ja"


def test_an_answer_that_is_none_ends_with_2(toml: Path, local_hub: LocalHub) -> None:
    local_hub.tell("GET", "/v1/member/hires", Told(status=500, body=b"oops", headers={}))
    assert run(toml, "hires", "list").exit_code == 2


def test_a_ledger_of_another_key_is_not_trusted(toml: Path) -> None:
    text = toml.read_text(encoding="utf-8")
    toml.write_text(f'ledger = "other+00000000+AAAA"\n{text}', encoding="utf-8")
    said = run(toml, "hires", "list")
    assert said.exit_code == 1
    assert "auditor" in said.stderr


@pytest.mark.parametrize(("typed", "yes"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_a_question_is_put_aside_from_the_answer(typed: str, *, yes: bool) -> None:
    @click.command()
    @click.pass_context
    def command(context: click.Context) -> None:
        said = asked(terminal_of(context), Words(en="Sure?", ja="よろしいですか。"))
        click.echo(str(said))

    said = click.testing.CliRunner().invoke(command, input=typed)
    assert said.stdout == f"{yes}\n"
    assert "Sure?" in said.stderr
