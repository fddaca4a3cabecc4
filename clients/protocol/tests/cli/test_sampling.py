"""`relay-audit sample`: the draw is told, and its paper can be filled in by hand."""

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from openpyxl import Workbook, load_workbook

from relay_protocol.cli import main
from relay_protocol.pack import seal_pack
from relay_protocol.sampling import draw, strata
from tests.story.hand_ledger import AUDITOR, HandLedger, sealing_key
from tests.story.hand_relay import HandRelay


@dataclass
class Desk:
    """An auditor's machine with a copy of a ledger, and the pack that opens it."""

    folder: Path
    ledger: HandLedger

    def __post_init__(self) -> None:
        self.copy = self.ledger.write_out(self.folder / "ledger")
        key = sealing_key(AUDITOR)
        self.reveal = self.folder / "reveal.pem"
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        self.reveal.write_bytes(pem)
        self.pack = self.folder / "pack"
        self.pack.write_bytes(seal_pack(self.ledger.pack(), key.public_key()))

    def sample(self, *more: str | Path, pack: bool = True) -> int:
        opens = ["--pack", self.pack, "--key", self.reveal] if pack else []
        vkey = self.ledger.log_key.verifier.encode()
        return main(["sample", *map(str, [self.copy, "--vkey", vkey, *opens, *more])])


@pytest.fixture
def ledger() -> HandLedger:
    written = HandLedger()
    written.open()
    for _ in range(3):
        HandRelay(ledger=written).until_confirmed()
    return written


@pytest.fixture
def desk(ledger: HandLedger, tmp_path: Path) -> Desk:
    return Desk(tmp_path, ledger)


def paper(path: Path) -> Workbook:
    return load_workbook(path)


def test_what_is_drawn_is_told(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.sample("--n", "25", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    root = ledger.tree.root(ledger.size)
    expected = draw(strata(ledger.entries), 25, root)
    assert [one["seq"] for one in said["entries"]] == list(expected)
    assert (said["seed"], said["size"]) == (root.hex(), ledger.size)
    assert all(one["open"] for one in said["entries"])


def test_the_paper_has_a_cover_and_a_row_for_each_entry(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    out = desk.folder / "paper.xlsx"
    assert desk.sample("--n", "25", "--out", out, "--lang", "en") == 0
    assert f"Work paper: {out}" in capsys.readouterr().out
    cover, entries, register = paper(out)
    told = {row[0].value: row[1].value for row in cover.iter_rows(max_col=2)}
    assert told["Ledger"] == "hub.example/ledger"
    assert ledger.tree.root(ledger.size).hex() in str(told["Seed"])
    assert "Prepared by, date" in told
    assert entries.print_title_rows == "$1:$1"
    admitted = [entry.seq for entry in ledger.entries if entry.kind == "org.admitted"]
    told_seqs = [row[3].value for row in register.iter_rows(min_row=2)]
    assert sorted(map(str, told_seqs)) == sorted(map(str, admitted))
    head = [cell.value for cell in entries[1]]
    assert head[-3:] == ["Result", "Initials", "Date"]
    rows = list(entries.iter_rows(min_row=2, values_only=True))
    assert [row[0] for row in rows] == list(range(1, 26))
    assert all(row[-3:] == (None, None, None) for row in rows)
    assert all("Signed by" in str(row[6]) for row in rows)
    assert [str(ledger.entries[int(str(row[1]))].kind) in str(row[3]) for row in rows] == [
        True
    ] * 25


def test_the_paper_is_there_in_japanese(desk: Desk) -> None:
    out = desk.folder / "paper.xlsx"
    assert desk.sample("--out", out, "--lang", "ja") == 0
    cover, entries, register = paper(out)
    assert (cover.title, register.title) == ("表紙", "登録簿")
    assert cover["A1"].value == "監査調書 抽出した記載の照合"
    assert entries["J1"].value == "署名"


def test_an_earlier_size_is_drawn_from_again_by_its_own_root(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.sample("--n", "20", "--json") == 0
    first = json.loads(capsys.readouterr().out)
    size = ledger.size
    HandRelay(ledger=ledger).until_confirmed()
    later = Desk(desk.folder, ledger)
    assert later.sample("--n", "20", "--size", str(size), "--json") == 0
    again = json.loads(capsys.readouterr().out)
    assert (again["entries"], again["seed"]) == (first["entries"], first["seed"])
    assert later.sample("--n", "20", "--json") == 0
    assert json.loads(capsys.readouterr().out)["seed"] != first["seed"]


def test_another_seed_and_one_kind_alone_can_be_asked_for(
    desk: Desk, ledger: HandLedger, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = "ab" * 32
    assert desk.sample("--seed", seed, "--kind", "claim.made", "--n", "2", "--json") == 0
    said = json.loads(capsys.readouterr().out)
    assert said["population"] == {"claim.made": 3}
    only = strata(ledger.entries, frozenset({"claim.made"}))
    assert [one["seq"] for one in said["entries"]] == list(draw(only, 2, bytes.fromhex(seed)))


def test_without_a_pack_entries_stay_closed_and_the_paper_says_so(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    out = desk.folder / "paper.xlsx"
    assert desk.sample("--kind", "claim.made", "--out", out, "--lang", "en", pack=False) == 0
    _, entries, _ = paper(out)
    assert "no reveal is at hand" in str(entries["F2"].value)
    capsys.readouterr()


def test_what_an_entry_says_cannot_calculate_in_the_paper(desk: Desk) -> None:
    out = desk.folder / "paper.xlsx"
    assert desk.sample("--n", "500", "--out", out) == 0
    types = {cell.data_type for sheet in paper(out) for row in sheet.iter_rows() for cell in row}
    assert types <= {"s", "n", "inlineStr"}


def test_nothing_is_drawn_from_a_ledger_that_is_not_sound(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = next((desk.copy / "tile/entries/000.p").iterdir())
    raw = bytearray(bundle.read_bytes())
    raw[40] ^= 1
    bundle.write_bytes(raw)
    out = desk.folder / "paper.xlsx"
    assert desk.sample("--out", out, "--json") == 1
    assert json.loads(capsys.readouterr().out)["result"] == "refused"
    assert not out.exists()


@pytest.mark.parametrize(
    "more",
    [
        ["--n", "0"],
        ["--n", "10001"],
        ["--size", "-1"],
        ["--size", "1000000"],
        ["--seed", "ab"],
        ["--seed", "zz" * 32],
        ["--kind", "claim"],
        ["--out", "paper.csv"],
    ],
)
def test_options_that_make_no_sense_are_refused(desk: Desk, more: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        desk.sample(*more)
    assert ended.value.code == 2
