"""Opening a scheme and adopting its numbers at the terminal."""

import json
from pathlib import Path

import pytest

from relay_protocol.note import VerifierKey
from relay_protocol.rules import DEMO
from tests.exchange.cli.conftest import INIT, Type, said


def rules_file(folder: Path, **changes: object) -> Path:
    """Write a file of rules."""
    file = folder / "rules.json"
    file.write_text(json.dumps({**DEMO, **changes}))
    return file


def test_init_opens_a_scheme_and_prints_the_key_that_all_pin(typed: Type) -> None:
    opened = said(typed(*INIT, "--json"))
    assert isinstance(opened, dict)
    assert opened["url"] == "http://localhost:8400"
    assert VerifierKey.parse(opened["ledger"]).name == "localhost:8400/ledger"


def test_init_says_the_same_to_people(typed: Type) -> None:
    opened = typed(*INIT)
    assert opened.exit_code == 0
    assert "The scheme is open at http://localhost:8400." in opened.output


def test_init_a_second_time_is_refused_and_changes_nothing(scheme: Type) -> None:
    before = said(scheme("organizations", "--json"))
    again = scheme(*INIT)
    assert again.exit_code == 1
    assert "holds a scheme already" in again.stderr
    assert said(scheme("organizations", "--json")) == before


@pytest.mark.parametrize("wrong", ["123", "7000000000001", "800000000000a"])
def test_init_with_a_corporate_number_that_does_not_check_is_refused(
    typed: Type, wrong: str
) -> None:
    before, after = INIT[: INIT.index("--corporate-number") + 1], INIT[-3:]
    refused = typed(*before, wrong, *after)
    assert refused.exit_code == 1
    assert f"corporate-number: {wrong} is no corporate number." in refused.stderr
    # Nothing stands in the way of doing it right.
    assert typed(*INIT).exit_code == 0


def test_a_command_before_init_says_what_to_do(typed: Type) -> None:
    refused = typed("organizations")
    assert refused.exit_code == 1
    assert "exchange init" in refused.stderr
    assert "Traceback" not in refused.output


def test_rules_are_adopted_from_a_day_on(scheme: Type, tmp_path: Path) -> None:
    adopted = said(scheme("rules", "adopt", rules_file(tmp_path), "--from", "2026-12-01", "--json"))
    assert adopted == {"version": "demo-1", "valid_from": "2026-12-01"}


def test_rules_are_adopted_once(scheme: Type, tmp_path: Path) -> None:
    file = rules_file(tmp_path)
    assert scheme("rules", "adopt", file, "--from", "2026-12-01").exit_code == 0
    refused = scheme("rules", "adopt", file, "--from", "2027-01-01")
    assert refused.exit_code == 1
    assert "To mend it: Give the new numbers a new version." in refused.stderr


@pytest.mark.parametrize(
    ("changes", "said_about"),
    [({"k": 2.5e-42}, "k"), ({"hold_days": "30"}, "hold_days"), ({"surprise": 1}, "surprise")],
)
def test_rules_that_are_none_are_refused_by_their_field(
    scheme: Type, tmp_path: Path, changes: dict[str, object], said_about: str
) -> None:
    refused = scheme("rules", "adopt", rules_file(tmp_path, **changes), "--from", "2026-12-01")
    assert refused.exit_code == 1
    assert said_about in refused.stderr


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"[]", b"", b"[" * 100_000])
def test_a_file_that_is_no_object_is_refused(scheme: Type, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "rules.json"
    file.write_bytes(content)
    refused = scheme("rules", "adopt", file, "--from", "2026-12-01")
    assert refused.exit_code == 1
    assert "rules.json" in refused.stderr


def test_a_day_that_is_none_is_refused(scheme: Type, tmp_path: Path) -> None:
    refused = scheme("rules", "adopt", rules_file(tmp_path), "--from", "tomorrow")
    assert refused.exit_code == 1
    assert "YYYY-MM-DD" in refused.stderr


def test_the_shipped_notice_is_adopted(scheme: Type) -> None:
    assert said(scheme("notice", "adopt", "--json")) == {"version": "2026-12-A"}


def test_a_notice_that_is_not_shipped_is_refused(scheme: Type) -> None:
    refused = scheme("notice", "adopt", "--version", "1999-01-A")
    assert refused.exit_code == 1
    assert "There is no notice 1999-01-A in ja." in refused.stderr


def test_upgrade_of_a_database_at_this_release_changes_nothing(scheme: Type) -> None:
    before = said(scheme("organizations", "--json"))
    assert scheme("upgrade").exit_code == 0
    assert said(scheme("organizations", "--json")) == before


def test_a_real_scheme_refuses_a_clock(
    typed: Type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert typed(*INIT[:-1]).exit_code == 0
    (tmp_path / "clock").write_text("0")
    monkeypatch.setenv("EXCHANGE_CLOCK", str(tmp_path / "clock"))
    refused = typed("organizations")
    assert refused.exit_code == 1
    assert "EXCHANGE_CLOCK is for demo schemes" in refused.stderr
