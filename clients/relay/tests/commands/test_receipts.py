"""`relay receipts` without a hub: how each stands, and what the exit code says of it."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click.testing
import pytest

from career_relay.assets import receipts
from career_relay.assets.receipts import Receipt
from career_relay.assets.store import open_store
from career_relay.cli import main

LONG_AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(days=3)


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "relay.toml"
    path.write_text(
        'hub = "http://127.0.0.1:9"\nslug = "mirai"\nrole = "member"\n', encoding="utf-8"
    )
    return path


def keep(toml: Path, **state: object) -> None:
    with open_store(toml.parent / "assets.db") as store, store.transaction() as rows:
        receipts.keep(rows, Receipt(attestation="a", kind="claim.made", kept_at=LONG_AGO))
        for name, value in state.items():
            rows.execute(f"UPDATE receipt SET {name} = ?", (value,))  # noqa: S608 our own names


def run(toml: Path, *arguments: str) -> tuple[int, str]:
    said = click.testing.CliRunner().invoke(main, ["--config", str(toml), *arguments])
    return said.exit_code, said.stdout


def test_nothing_sent_is_nothing_to_list(toml: Path) -> None:
    code, out = run(toml, "--json", "receipts", "list")
    assert (code, json.loads(out)["receipts"]) == (0, [])


@pytest.mark.parametrize(
    ("columns", "state", "code"),
    [
        ({"proof": "{}", "seq": 1}, "kept", 0),
        ({}, "unanswered", 0),
        ({"accepted_at": datetime.now(UTC).isoformat()}, "waiting", 0),
        ({"accepted_at": LONG_AGO.isoformat()}, "late", 1),
        ({"complaint": "two roots"}, "false", 1),
    ],
)
def test_each_receipt_says_how_it_stands(
    toml: Path, columns: dict[str, object], state: str, code: int
) -> None:
    keep(toml, **columns)
    ended, out = run(toml, "--json", "receipts", "list")
    document = json.loads(out)
    assert (ended, document["receipts"][0]["state"]) == (code, state)
    assert document["states"][state] == 1
    shown = json.loads(run(toml, "--json", "receipts", "list", "--open")[1])["receipts"]
    assert bool(shown) is (state != "kept")


def test_with_a_policy_a_receipt_without_witnesses_is_said_to_be_one(toml: Path) -> None:
    text = toml.read_text(encoding="utf-8")
    toml.write_text(f'{text}policy = "policy.txt"\n', encoding="utf-8")
    keep(toml, proof="{}", seq=1)
    code, out = run(toml, "--json", "receipts", "list")
    assert (code, json.loads(out)["receipts"][0]["state"]) == (0, "unwitnessed")


def test_the_list_speaks_japanese(toml: Path) -> None:
    keep(toml, accepted_at=LONG_AGO.isoformat())
    code, out = run(toml, "--lang", "ja", "receipts", "list")
    assert code == 1
    assert "控え" in out
    assert "遅延" in out
