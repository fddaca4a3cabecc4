"""The command line says what can be asked, and refuses what makes no sense."""

from pathlib import Path

import pytest

from relay_protocol.cli import COMMANDS, arguments, main, verifying
from relay_protocol.cli.arguments import options_of


def parse(argv: list[str]) -> verifying.Options:
    """Return what a line asks of `verify`."""
    given, _ = arguments.parse(COMMANDS, argv)
    return options_of(verifying.Options, given)


def test_a_folder_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    options = parse(["verify", "./ledger"])
    assert (options.source, options.is_remote, options.lang) == ("./ledger", False, "en")
    assert (options.pack, options.key, options.vkey, options.sign) == (None, None, [], "")
    assert options.json is False


@pytest.mark.parametrize("url", ["http://localhost:8400", "https://hub.example/ledger"])
def test_an_address_is_known_as_one(url: str) -> None:
    assert parse(["verify", url]).is_remote


def test_everything_can_be_given() -> None:
    options = parse(
        [
            "verify",
            "./ledger",
            "--vkey=key",
            "--pack=pack",
            "--key=reveal.pem",
            "--state=notebook",
            "--slug=kansa",
            "--signing-key=sign.pem",
            "--sign=2026-12",
            "--out=signed",
            "--report=report.html",
            "--json",
            "--lang=ja",
            "--clock=clock",
        ]
    )
    assert (options.vkey, options.slug, options.sign, options.lang) == (
        ["key"],
        "kansa",
        "2026-12",
        "ja",
    )
    assert (options.pack, options.report) == (Path("pack"), Path("report.html"))
    assert options.json is True


@pytest.mark.parametrize(
    ("name", "value", "lang"),
    [
        ("LANG", "ja_JP.UTF-8", "ja"),
        ("LANG", "en_GB.UTF-8", "en"),
        ("LC_ALL", "ja_JP", "ja"),
        ("LANG", "C.UTF-8", "en"),
    ],
)
def test_it_speaks_the_machines_language(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, lang: str
) -> None:
    for other in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, value)
    assert parse(["verify", "./ledger"]).lang == lang


SIGNING = ["--slug=kansa", "--signing-key=sign.pem"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--slug=Kansa", "--signing-key=s"], "no organization's slug"),
        (["--slug=kansa"], "go together"),
        (["--signing-key=sign.pem"], "go together"),
        (["--pack=pack"], "--pack needs --key"),
        (["--sign=2026-13", *SIGNING, "--key=k", "--pack=p", "--out=o"], "a month, YYYY-MM"),
        (["--sign=2026-12", "--key=k", "--pack=p", "--out=o"], "needs --signing-key"),
        (["--sign=2026-12", *SIGNING, "--key=k", "--out=o"], "--pack where SOURCE is a folder"),
        (["--sign=2026-12", *SIGNING, "--pack=p", "--out=o"], "--pack needs --key"),
        (["--sign=2026-12", *SIGNING, "--key=k", "--pack=p"], "--out where SOURCE is a folder"),
        (["--report=report.pdf"], ".html, .txt or .json"),
        (["--lang=fr"], "invalid choice"),
        (["--more"], "unrecognized arguments"),
    ],
)
def test_options_that_do_not_go_together_are_refused(
    capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["verify", "./ledger", *arguments])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("verify", "relay-audit verify: 指定の誤り: 次の指定が必要です: SOURCE"),
        ("verify ./ledger --more", "relay-audit: 指定の誤り: この指定はありません: --more"),
        ("verify ./ledger --sign", "指定の誤り: --sign には値を一つ指定します"),
        ("verify ./ledger --since x", "指定の誤り: --since には整数を指定します: 'x'"),
        ("prove ./ledger", "relay-audit: 指定の誤り: COMMAND に指定できない値です: 'prove'"),
        ("verify ./ledger --slug kansa", "--signing-key と --slug は、両方を指定します"),
        ("sample ./ledger --vkey k --n 0", "指定の誤り: --n は 1 から 10000 までの数です"),
        ("mirror ./ledger ./copy --max-entries 0", "--max-entries は 1 以上の数です"),
        ("evidence ./file", "どの台帳かを指定してください: --vkey KEY か --policy FILE"),
    ],
)
@pytest.mark.parametrize("asked", ["--lang=ja", "--lang ja", ""])
def test_what_makes_no_sense_is_told_in_the_readers_language(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: str,
    said: str,
    asked: str,
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8" if asked else "ja_JP.UTF-8")
    command, *others = words.split()
    with pytest.raises(SystemExit) as ended:
        main([command, *asked.split(), *others])
    assert ended.value.code == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.startswith("使い方: relay-audit")
    with pytest.raises(SystemExit):
        main([command, "--lang=en", *others])
    told = capsys.readouterr().err
    assert told.startswith("usage: relay-audit")
    assert told.isascii()


def test_what_argparse_says_in_no_known_form_stays_as_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["verify", "./ledger", "--whole=yes", "--lang=ja"])
    assert "指定の誤り: argument --whole: ignored explicit argument 'yes'" in (
        capsys.readouterr().err
    )


def test_over_the_network_the_hub_takes_what_was_signed() -> None:
    url = "https://hub.example"
    assert parse(["verify", url, "--sign=2026-12", *SIGNING, "--key=k"]).out is None


@pytest.mark.parametrize("arguments", [[], ["verify"], ["prove", "./ledger"]])
def test_a_line_that_asks_for_nothing_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


def test_help_teaches_by_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["verify", "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "relay-audit verify ./ledger --vkey ledger.vkey" in said
    assert "0 all that can be checked holds" in said


@pytest.mark.parametrize("command", [one.name for one in COMMANDS])
def test_every_command_explains_itself_with_examples(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert f"  relay-audit {command} " in said
    assert all(part in said for part in ("--json", "--lang", "exit codes:"))


def test_the_programs_help_names_every_command_with_an_example(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    for command in COMMANDS:
        assert f"\n    {command.name} " in said
        assert f"\n  relay-audit {command.name} " in said


def test_there_is_a_command_for_each_thing_an_auditor_does() -> None:
    assert {one.name for one in COMMANDS} == {
        "verify",
        "mirror",
        "watch",
        "trace",
        "sample",
        "receipt",
        "evidence",
    }
