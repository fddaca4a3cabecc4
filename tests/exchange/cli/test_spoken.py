"""The office at a Japanese terminal is answered and refused in Japanese."""

import re
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from exchange.cli import main
from exchange.cli.spoken import (
    SpokenCommand,
    SpokenGroup,
    in_column,
    language_option,
    option,
    output_options,
    speaking,
    spoken,
)
from exchange.config import Settings
from exchange.hub import open_hub
from exchange.jobs import timetable
from tests.exchange.cli.conftest import INIT, Type
from tests.exchange.cli.test_ledger import raised
from tests.exchange.cli.test_scheme import rules_file

JAPANESE = re.compile("[ぁ-んァ-ン一-龠]")
ENGLISH = re.compile(r"\b[A-Za-z]+ [a-z]+ [a-z]+\b")
"""Three words in a row: a sentence of English, and no name or file."""
COMMAND = re.compile(r"\b(?:main|exchange|relay|relay-audit)(?: [a-z]+)+")
SAY_JA = """
言います。

それだけです。いつでも、
だれにでも言えます。

例:
  say it --loud
"""


@click.group("say", cls=SpokenGroup, ja="話します。")
@language_option
def say() -> None:
    """Speak."""


@say.command("it", ja=SAY_JA)
@option("--loud", is_flag=True, help="Loudly.", ja="大声で。" + "とても" * 30)
@output_options
def it(*, loud: bool, as_json: bool) -> None:
    """Say it."""
    click.echo(f"{spoken(en='said', ja='言った')} {loud} {as_json}")


def run(*words: str, language: str = "C.UTF-8") -> Result:
    return CliRunner().invoke(say, words, env={"LC_ALL": language, "COLUMNS": "80"})


@pytest.fixture
def japanese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ja_JP.UTF-8")


def told(result: Result) -> str:
    """Return what a command said, which must be Japanese."""
    text = result.output
    assert JAPANESE.search(text), text
    assert not ENGLISH.search(COMMAND.sub("", text)), text
    assert "Traceback" not in text
    return text


@pytest.mark.parametrize(
    ("words", "language", "answer"),
    [
        ("it", "C.UTF-8", "said False False"),
        ("it", "ja_JP.UTF-8", "言った False False"),
        ("it --lang ja", "C.UTF-8", "言った False False"),
        ("--lang ja it --loud", "C.UTF-8", "言った True False"),
        ("--lang ja it --lang en --json", "ja_JP.UTF-8", "said False True"),
    ],
)
def test_the_language_is_that_of_the_line_else_of_the_terminal(
    words: str, language: str, answer: str
) -> None:
    assert run(*words.split(), language=language).output == f"{answer}\n"


def test_one_run_leaves_no_language_to_the_next() -> None:
    assert "使い方:" in run("it", "--lang", "ja", "--help").output
    assert run("it", "--help").output.startswith("Usage:")
    assert "Show this message and exit." in run("it", "--help").output


def test_the_line_of_the_process_is_read_where_none_is_given(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["say", "it", "--lang", "ja"])
    with pytest.raises(SystemExit):
        say()
    assert capsys.readouterr().out == "言った False False\n"


def test_english_help_is_the_docstring() -> None:
    shown = run("it", "--help").output
    assert "Say it." in shown
    assert "Loudly." in shown
    assert not JAPANESE.search(shown)
    assert "it  Say it." in run("--help").output


def test_japanese_help_is_broken_into_lines_that_the_terminal_holds() -> None:
    shown = run("it", "--lang", "ja", "--help").output
    assert "\n  それだけです。いつでも、だれにでも言えます。\n" in shown
    assert "\n    say it --loud\n" in shown
    assert "it  言います。" in run("--lang", "ja", "--help").output
    assert max(len(in_column(line, 80)) for line in shown.splitlines()) <= 80


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("it --soft", "'--soft' というオプションはありません。"),
        ("them", "'them' というコマンドはありません。"),
        ("it more", "余分な引数があります(more)。"),
        ("it --lang", "オプション '--lang' には値が必要です。"),
        ("it --lang fr", "'fr' は使えません。"),
    ],
)
def test_what_is_wrong_with_a_line_is_said_in_its_language(words: str, why: str) -> None:
    refused = run("--lang", "ja", *words.split())
    assert refused.exit_code == 2
    assert "指定の誤り: " in refused.stderr
    assert why in refused.stderr
    assert "Error: " in run(*words.split()).stderr


def test_click_speaks_english_again_after_a_run_that_failed() -> None:
    with pytest.raises(ZeroDivisionError), speaking(["--lang", "ja"]):
        1 / 0  # noqa: B018 - it fails
    assert run("it", "--soft").stderr.startswith("Usage:")


def test_a_group_makes_commands_of_its_own_kind() -> None:
    assert isinstance(it, SpokenCommand)


class TestADayOfTheOffice:
    @pytest.mark.usefixtures("japanese")
    def test_every_answer_is_in_japanese(
        self, typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert "制度を開きました" in told(typed(*INIT))
        adopted = typed("rules", "adopt", rules_file(tmp_path), "--from", "2026-12-01")
        assert "採択しました" in told(adopted)
        assert "採択しました" in told(typed("notice", "adopt"))
        assert "事務局    有効" in told(typed("organizations"))
        assert "log       有効" in told(typed("keys", "list"))
        assert "新しい鍵を登録しました" in told(typed("keys", "rotate", "log"))
        assert "すでに二つ有効です" in told(typed("keys", "rotate", "log"))
        (tmp_path / "keys" / "log-2.pem").rename(tmp_path / "log-2.pem")
        assert "ファイルがありません" in told(typed("keys", "list"))
        (tmp_path / "log-2.pem").rename(tmp_path / "keys" / "log-2.pem")
        (tmp_path / "clock").write_text("3600", encoding="ascii")
        monkeypatch.setenv("EXCHANGE_CLOCK", str(tmp_path / "clock"))
        assert "0 日だけです" in told(typed("keys", "retire", "log"))
        assert typed("people", "invite", "見本 花子").exit_code == 0
        assert "招待中" in told(typed("people", "list"))
        assert "精算した月" in told(typed("worker", "--once"))
        assert "書き出しました" in told(typed("ledger", "publish", tmp_path / "out"))
        assert "警報が上がったことはありません" in told(typed("ledger", "alarms"))
        assert "入れました" in told(typed("ledger", "guard", "--trust-database"))
        assert "この版の構造です" in told(typed("upgrade"))

    @pytest.mark.usefixtures("japanese")
    def test_an_alarm_is_told_in_japanese(self, scheme: Type, tmp_path: Path) -> None:
        raised(tmp_path)
        shown = told(scheme("ledger", "alarms", "--out", tmp_path / "evidence.txt"))
        assert "二つの歴史が証明されています  未確認" in shown
        assert "ネットワークなしで確かめられます" in shown

    @pytest.mark.usefixtures("japanese")
    @pytest.mark.parametrize(
        ("words", "why"),
        [
            ((*INIT,), "すでに制度があります。"),
            (("rules", "adopt", "FILE", "--from", "soon"), "from: soon は日付ではありません。"),
            (("rules", "adopt", "BROKEN", "--from", "2026-12-01"), "UTF-8のJSONではありません"),
            (("rules", "adopt", "LIST", "--from", "2026-12-01"), "オブジェクトではありません。"),
            (("notice", "adopt", "--version", "x"), "説明文 x(ja)は収められていません。"),
            (("admit", "FILE"), "公開鍵のファイルに slug がありません。"),
            (("suspend", "none", "--reason", "x"), "slug: その組織はありません。"),
            (("people", "invite", ""), "名前は 1〜60 文字で入れてください。"),
            (("people", "confirm", "x"), "事務局の担当者はいません。"),
            (("keys", "retire", "hub"), "ファイルがここにあるものは、ほかにありません。"),
            (("keys", "retire", "hub", "--key", "x"), "有効なハブの鍵はありません。"),
            (("audit-pack", "--for", "none"), "for: その組織はありません。"),
            (("audit-pack", "--for", "office"), "監査人だけが受け取れます。"),
            (("statements", "--out", "out"), "精算した月はまだありません。"),
            (("ledger", "alarms", "--out", "x"), "ような警報はありません。"),
            (("ledger", "alarms", "--out", "x", "--number", "7"), "警報 7 はありません。"),
            (("ledger", "publish", "FILE/x"), "フォルダではありません。"),
        ],
    )
    def test_every_refusal_is_in_japanese(
        self, scheme: Type, tmp_path: Path, words: tuple[str, ...], why: str
    ) -> None:
        for name, text in (("FILE", "{}"), ("BROKEN", "{"), ("LIST", "[]")):
            (tmp_path / name).write_text(text, encoding="utf-8")
            words = tuple(word.replace(name, str(tmp_path / name)) for word in words)
        refused = scheme(*words)
        assert refused.exit_code == 1
        assert refused.stderr.startswith("実行できません。")
        assert why in (refused.stderr if "BROKEN" in str(words) else told(refused))

    @pytest.mark.usefixtures("japanese")
    def test_what_the_protocol_says_of_a_value_stays_in_english_behind_a_japanese_sentence(
        self, scheme: Type, tmp_path: Path
    ) -> None:
        file = rules_file(tmp_path, surprise=1)
        refused = scheme("rules", "adopt", file, "--from", "2026-12-01")
        assert "渡された内容が取り決めに合いません。詳細(英語): " in refused.stderr

    @pytest.mark.usefixtures("japanese")
    @pytest.mark.parametrize(
        ("words", "why"),
        [
            (("ledger", "guard"), "どちらか一つを指定してください。"),
            (("worker", "--as-of", "2026-12-01"), "--once とともに指定してください。"),
            (("worker", "--once", "--as-of", "soon"), "の形ではありません。"),
            (("keys", "retire", "none"), "'none' は使えません。"),
            (("admit",), "引数を指定してください: 'FILE'"),
            (("audit-pack",), "オプションを指定してください: '--for'"),
            (("audit-pack", "--for", "x", "--since", "-1"), "範囲(x>=0)の外です。"),
        ],
    )
    def test_a_line_that_makes_no_sense_ends_with_2_in_japanese(
        self, scheme: Type, words: tuple[str, ...], why: str
    ) -> None:
        refused = scheme(*words)
        assert refused.exit_code == 2
        assert why in told(refused)

    @pytest.mark.usefixtures("japanese")
    def test_a_hub_that_is_not_set_up_says_so_in_japanese(
        self, scheme: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        hub = open_hub(Settings.from_environment())
        key = hub.settings.keys / "log.pem"
        hub.close()
        key.chmod(0o644)
        assert "ほかの利用者も読めます。" in told(scheme("organizations"))
        key.chmod(0o600)
        said_before = scheme("ledger", "publish", tmp_path / "out")
        assert said_before.exit_code == 0
        (tmp_path / "var" / "published-checkpoint").unlink()
        lost = scheme("ledger", "publish", tmp_path / "out").stderr
        assert "最後に公開した要約署名を入れておくファイル" in lost
        nonsense = tmp_path / "nonsense"
        nonsense.write_bytes(b"x")
        refused = scheme("ledger", "guard", "--from", nonsense).stderr
        assert "この台帳が署名した要約署名ではありません" in refused
        monkeypatch.setenv("EXCHANGE_PROXIES", "many")
        assert "プロキシの数" in told(scheme("organizations"))
        monkeypatch.delenv("EXCHANGE_PROXIES")
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/empty.db")
        assert "まだ制度がありません。" in told(scheme("organizations"))

    def test_every_job_of_a_round_has_japanese_words(self) -> None:
        run_room = main.get_command(click.Context(main), "worker")
        assert run_room is not None
        words = sys.modules["exchange.cli.run"].JOBS_JA
        assert set(words) == {job.name for job in timetable()}
