"""`relay statements` as its reader meets it."""

from pathlib import Path

import click.testing
import pytest

from career_relay.cli import main
from career_relay.keys import keep
from relay_protocol.encoding import b64url_encode
from tests.story.local_hub import LocalHub, Told
from tests.story.shown_ledger import ShownLedger

POINTS = {"brought_forward": 0, "earned": 12, "converted": 10, "expired": 0, "reversed": 0}
SLOTS = {"brought_forward": 0, "earned": 1, "converted": 1, "returned": 0, "redeemed": 0}
STATEMENT = {
    "company": "mirai",
    "period": "2027-01",
    "rules": "2026-12",
    "points": {**POINTS, "adjusted": 0, "carried_forward": 2, "pending": 3, "not_counted": 4},
    "slots": {
        **SLOTS,
        "expired": 0,
        "reversed": 0,
        "adjusted": 0,
        "carried_forward": 2,
        "available": 2,
        "reserved": 0,
        "debt": 0,
        "pending": 0,
    },
    "prev": b64url_encode(bytes(32)),
    "salt": b64url_encode(bytes(32)),
    "v": 1,
}


@pytest.fixture
def toml(shown: ShownLedger, local_hub: LocalHub, tmp_path: Path) -> Path:
    keep(shown.signing["mirai"], tmp_path / "sign.pem")
    path = tmp_path / "relay.toml"
    path.write_text(
        f'hub = "{local_hub.url}"\nslug = "mirai"\nrole = "member"\nsigning_key = "sign.pem"\n',
        encoding="utf-8",
    )
    return path


def tell(hub: LocalHub, *statements: dict[str, object]) -> None:
    items = [{"period": one["period"], "statement": one} for one in statements]
    hub.tell("GET", "/v1/member/statements", Told.of({"items": items, "next": None}))


def run(toml: Path, *arguments: str) -> click.testing.Result:
    return click.testing.CliRunner().invoke(main, ["--config", str(toml), *arguments])


@pytest.mark.parametrize(
    ("language", "title", "line"),
    [("en", "Statement of 2027-01", "carried forward"), ("ja", "2027-01 枠明細書", "翌月繰越")],
)
def test_points_and_slots_stand_side_by_side(
    toml: Path, local_hub: LocalHub, language: str, title: str, line: str
) -> None:
    tell(local_hub, STATEMENT)
    said = run(toml, "statements", "--lang", language)
    assert said.exit_code == 0
    assert title in said.stdout
    rows = [text.split() for text in said.stdout.splitlines() if line in text]
    assert [row[-2:] for row in rows] == [["2", "2"]]


def test_programs_get_the_originals(toml: Path, local_hub: LocalHub) -> None:
    tell(local_hub, STATEMENT)
    said = run(toml, "--json", "statements", "--period", "2027-01")
    assert '"carried_forward": 2' in said.stdout
    assert "period=2027-01" in local_hub.to("/v1/member/statements")[0].path


def test_before_the_first_month_is_closed_there_is_none(toml: Path, local_hub: LocalHub) -> None:
    tell(local_hub)
    said = run(toml, "statements")
    assert said.exit_code == 0
    assert "no statement yet" in said.stdout


def test_a_statement_that_does_not_add_up_is_not_shown(toml: Path, local_hub: LocalHub) -> None:
    points = {**STATEMENT["points"], "earned": 13}  # type: ignore[dict-item]
    tell(local_hub, {**STATEMENT, "points": points})
    said = run(toml, "statements")
    assert said.exit_code == 1
    assert "add up" in said.stderr
    assert "carried forward" not in said.stdout
