"""`watch` and `mirror` while one key of a log follows another, and after the old one is gone."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from relay_protocol.cli import main
from relay_protocol.note import COSIGNATURE
from relay_protocol.policy import LogLine, Policy, WitnessLine
from tests.story.local_hub import LocalHub
from tests.story.plain_log import named_key
from tests.story.public_ledger import FIRST, SECOND, PublicLedger

LINE = f"log {SECOND.encode()}"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[PublicLedger]:
    hub = LocalHub()
    made = PublicLedger(hub=hub, folder=tmp_path / "ledger")
    made.begin()
    yield made
    hub.close()


def watch(ledger: PublicLedger, *more: str) -> int:
    state = ledger.folder.with_name("state")
    given = ["watch", ledger.url, "--vkey", FIRST.encode(), "--state", str(state), "--once"]
    return main([*given, "--lang", "en", *more])


def mirror(ledger: PublicLedger, *more: str) -> int:
    copy = ledger.folder.with_name("copy")
    given = ["mirror", ledger.url, str(copy), "--no-entries", "--vkey", FIRST.encode()]
    return main([*given, "--lang", "en", *more])


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out


def naming_both(ledger: PublicLedger) -> list[str]:
    """Return the option of a policy that has the line which was told."""
    path = ledger.folder.with_name("policy")
    path.write_text(f"log {FIRST.encode()}\n{LINE}\nquorum none\n", encoding="utf-8")
    return ["--policy", str(path)]


class TestWatching:
    def test_follows_a_key_that_it_saw_come_and_tells_the_line_to_add(
        self, ledger: PublicLedger, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert watch(ledger) == 0
        assert LINE not in said(capsys)
        ledger.let_follow()
        assert watch(ledger) == 0
        told = said(capsys)
        assert f"  {LINE}\n" in told
        assert f"Entry {ledger.hand.size - 1}, signed by the office" in told
        ledger.retire()
        assert watch(ledger, "--json") == 0
        document = json.loads(said(capsys))
        assert (document["result"], document["size"]) == ("sound", ledger.hand.size)
        (key,) = document["keys"]
        assert (key["policy_line"], key["vkey"]) == (LINE, SECOND.encode())
        # Told until it is done, and in either language.
        assert watch(ledger, "--lang", "ja") == 0
        told = said(capsys)
        assert "鍵が交代しています" in told
        assert f"  {LINE}\n" in told
        assert watch(ledger, *naming_both(ledger)) == 0
        assert LINE not in said(capsys)

    def test_asks_the_register_once_only(self, ledger: PublicLedger) -> None:
        assert watch(ledger) == 0
        assert watch(ledger) == 0
        assert registers(ledger) == 0
        ledger.let_follow()
        assert watch(ledger) == 0
        asked = registers(ledger)
        assert asked > 1  # page by page
        assert watch(ledger) == 0
        assert registers(ledger) == asked

    def test_that_slept_through_the_end_follows_by_what_it_remembers(
        self, ledger: PublicLedger, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ledger.let_follow()
        kept = ledger.page
        ledger.page = 0  # the register was not there when the key came
        assert watch(ledger) == 0
        assert LINE not in said(capsys)
        ledger.page = kept
        ledger.retire()
        assert watch(ledger) == 0
        assert LINE in said(capsys)

    def test_that_slept_through_all_of_it_alarms(
        self, ledger: PublicLedger, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert watch(ledger) == 0
        ledger.let_follow()
        ledger.retire()
        said(capsys)
        assert watch(ledger, "--json") == 1
        document = json.loads(said(capsys))
        assert [one["code"] for one in document["alarms"]] == ["checkpoint-invalid"]
        assert document["keys"] == []

    def test_follows_nobody_on_a_register_that_hides_its_entry(
        self, ledger: PublicLedger, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ledger.without = frozenset({"key.registered"})
        ledger.let_follow()
        assert watch(ledger) == 0
        ledger.retire()
        assert watch(ledger) == 1
        assert LINE not in said(capsys)

    def test_follows_nobody_on_a_checkpoint_that_too_few_have_witnessed(
        self, ledger: PublicLedger, capsys: pytest.CaptureFixture[str]
    ) -> None:
        witness = WitnessLine(name="w", vkey=named_key("w.example", COSIGNATURE).verifier)
        policy = Policy(logs=(LogLine(vkey=FIRST),), witnesses=(witness,), quorum="w")
        path = ledger.folder.with_name("policy")
        path.write_text(policy.text(), encoding="utf-8")
        ledger.let_follow()
        assert watch(ledger, "--policy", str(path)) == 1
        assert LINE not in said(capsys)

    def test_of_a_folder_asks_nobody(
        self, ledger: PublicLedger, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ledger.let_follow()
        state = ledger.folder.with_name("state")
        given = ["watch", str(ledger.folder), "--vkey", FIRST.encode(), "--state", str(state)]
        assert main([*given, "--once"]) == 0
        assert LINE not in said(capsys)


class TestMirroring:
    def test_tells_the_line_to_add_while_both_sign_and_after_and_goes_on_with_it(
        self, ledger: PublicLedger, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert mirror(ledger) == 0
        assert LINE not in said(capsys)
        ledger.let_follow()
        assert mirror(ledger) == 0
        assert f"  {LINE}\n" in said(capsys)
        ledger.retire()
        # A copy has no memory for keys: it is refused, and says what to do.
        assert mirror(ledger, "--json") == 1
        document = json.loads(said(capsys))
        assert document["refusal"]["code"] == "checkpoint-invalid"
        assert [one["policy_line"] for one in document["keys"]] == [LINE]
        assert mirror(ledger, *naming_both(ledger)) == 0
        assert LINE not in said(capsys)

    def test_of_a_log_that_somebody_else_signs_names_no_line(
        self, ledger: PublicLedger, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert mirror(ledger) == 0
        ledger.hand.log_signer = "stranger"
        ledger.hand.write_out(ledger.folder)
        said(capsys)
        assert mirror(ledger) == 1
        assert "log " not in said(capsys)


def registers(ledger: PublicLedger) -> int:
    """Return how often the register was asked for."""
    return sum(one.path.startswith("/v1/directory") for one in ledger.hub.requests)
