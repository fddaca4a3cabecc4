"""What is asked of `relay-audit verify` is read, and refused where it makes no sense."""

from pathlib import Path

import pytest

from relay_protocol.cli import COMMANDS, arguments, main
from relay_protocol.cli.arguments import options_of
from relay_protocol.cli.verify_options import Options


def parse(argv: list[str]) -> Options:
    """Return what a line asks of `verify`."""
    given, _ = arguments.parse(COMMANDS, argv)
    return options_of(Options, given)


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
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    with pytest.raises(SystemExit) as ended:
        main(["verify", "./ledger", *arguments])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


def test_over_the_network_the_hub_takes_what_was_signed() -> None:
    url = "https://hub.example"
    assert parse(["verify", url, "--sign=2026-12", *SIGNING, "--key=k"]).out is None
