"""The command line says what can be asked, and refuses what makes no sense."""

import shlex

import pytest

from relay_protocol.cli import COMMANDS, arguments, main
from relay_protocol.report import Lang


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
    assert arguments.parse(COMMANDS, ["verify", "./ledger"])[0].lang == lang


@pytest.mark.parametrize(
    "words", ["--lang=ja verify ./ledger", "--lang ja verify ./ledger", "verify ./ledger --lang ja"]
)
def test_the_language_may_stand_before_the_command_and_behind_it(
    monkeypatch: pytest.MonkeyPatch, words: str
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert arguments.parse(COMMANDS, words.split())[0].lang == "ja"
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    other = words.replace("ja", "en").split()
    assert arguments.parse(COMMANDS, other)[0].lang == "en"


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


@pytest.mark.parametrize("arguments", [[], ["verify"], ["prove", "./ledger"]])
def test_a_line_that_asks_for_nothing_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2


HEADS: dict[Lang, tuple[str, ...]] = {
    "ja": ("使い方: ", "\n引数:\n", "\nオプション:\n", "\n例:\n", "\n終了コード: 0 "),
    "en": (
        "usage: ",
        "\npositional arguments:\n",
        "\noptions:\n",
        "\nexamples:\n",
        "\nexit codes: 0 ",
    ),
}


def explained(words: str, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what a line that asks for an explanation prints."""
    with pytest.raises(SystemExit) as ended:
        main(words.split())
    assert ended.value.code == 0
    said = capsys.readouterr()
    assert not said.err
    return said.out


def test_help_teaches_by_example(capsys: pytest.CaptureFixture[str]) -> None:
    said = explained("verify --help --lang=en", capsys)
    assert "relay-audit verify ./ledger --vkey ledger.vkey" in said
    assert "0 all that can be checked holds" in said
    said = explained("verify --help --lang=ja", capsys)
    assert "relay-audit verify ./ledger --vkey ledger.vkey" in said
    assert "0 確かめられることはすべて正しい" in said


@pytest.mark.parametrize("lang", HEADS)
@pytest.mark.parametrize("command", [one.name for one in COMMANDS])
def test_every_command_explains_itself_with_examples(
    command: str, lang: Lang, capsys: pytest.CaptureFixture[str]
) -> None:
    said = explained(f"{command} --help --lang {lang}", capsys)
    assert f"  relay-audit {command} " in said
    assert all(part in said for part in ("--json", "--lang", *HEADS[lang]))


@pytest.mark.parametrize("lang", HEADS)
def test_the_programs_help_names_every_command_with_an_example(
    lang: Lang, capsys: pytest.CaptureFixture[str]
) -> None:
    said = explained(f"--lang {lang} --help", capsys)
    assert all(part in said for part in HEADS[lang])
    for command in COMMANDS:
        assert f"\n    {command.name} " in said
        assert f"\n  relay-audit {command.name} " in said


@pytest.mark.parametrize("command", ["", *(one.name for one in COMMANDS)])
def test_help_speaks_the_language_asked_for_anywhere_on_the_line(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")
    ja = explained(f"{command} --help", capsys)
    assert explained(f"--lang=en {command} -h", capsys).startswith("usage: ")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert explained(f"{command} --help", capsys).startswith("usage: ")
    lines = ("{} --help --lang=ja", "{} --lang ja --help", "--lang ja {} -h", "--lang=ja {} -h")
    assert {explained(line.format(command), capsys) for line in lines} == {ja}
    assert ja.startswith("使い方: ")


def test_help_of_a_language_that_is_not_spoken_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    with pytest.raises(SystemExit) as ended:
        main(["--lang=fr", "--help"])
    assert ended.value.code == 2
    assert "invalid choice: 'fr'" in capsys.readouterr().err


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_an_example_is_a_line_that_the_program_takes(command: arguments.Command) -> None:
    for example in command.examples:
        program, *words = shlex.split(example.typed.replace("\\\n", ""))
        assert program == "relay-audit"
        assert arguments.parse(COMMANDS, words)[1] == command


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
