"""Writing the ledger out at the terminal."""

from pathlib import Path

from tests.exchange.cli.conftest import Type, said


def test_publish_writes_checkpoint_and_tiles(scheme: Type, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert said(scheme("ledger", "publish", out, "--json")) == {"size": 1}
    files = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert files == ["checkpoint", "tile/0/000.p/1"]


def test_publish_writes_entries_when_asked(scheme: Type, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert said(scheme("ledger", "publish", out, "--with-entries", "--json")) == {"size": 1}
    assert (out / "tile/entries/000.p/1").is_file()
