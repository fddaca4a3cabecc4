"""The ledger's files over HTTP: the same bytes as on a static host, entries for auditors alone."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from exchange.services import publication
from relay_protocol import tiles
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]


def written(consortium: Consortium, folder: Path) -> dict[str, bytes]:
    """Return every file that `exchange ledger publish --with-entries` writes, by its path."""
    with consortium.hub.reading() as work:
        publication.write_out(work, folder, with_entries=True)
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_served_is_what_is_written_for_static_hosts(
    consortium: Consortium, client_of: ClientOf, tmp_path: Path
) -> None:
    auditor = client_of(consortium.auditor)
    files = written(consortium, tmp_path / "out")
    assert len(files) == 3
    for path, content in files.items():
        answer = auditor.get(f"/ledger/{path}")
        assert (answer.status_code, answer.content) == (200, content), path


def test_types_and_caching_are_those_of_tlog_tiles(visitor: httpx.Client) -> None:
    checkpoint = visitor.get("/ledger/checkpoint")
    assert checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint.headers["Cache-Control"] == "no-cache"
    tile = visitor.get("/ledger/tile/0/000.p/17")
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert "immutable" in tile.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [
        "tile/0/000.p/18",
        "tile/0/000",
        "tile/0/001",
        "tile/1/000.p/1",
        "tile/0/0",
        "tile/00/000",
        "tile/0/x000",
        "tile/0/000.p/0",
        "tile/64/000",
        "tile/0/../0/000",
        "entries",
    ],
)
def test_what_is_not_there_is_not_found(visitor: httpx.Client, path: str) -> None:
    assert visitor.get(f"/ledger/{path}").status_code == 404


def test_entries_need_a_token(visitor: httpx.Client) -> None:
    answer = visitor.get("/ledger/tile/entries/000.p/17")
    assert answer.status_code == 401
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_entries_are_refused_to_members_and_agencies(
    consortium: Consortium, client_of: ClientOf
) -> None:
    for organization in (consortium.members[0], consortium.agencies[0]):
        client = client_of(organization)
        assert client.get("/ledger/tile/entries/000.p/17").status_code == 403


def test_entries_are_kept_by_nobody_on_the_way(consortium: Consortium, client_of: ClientOf) -> None:
    auditor = client_of(consortium.auditor)
    answer = auditor.get("/ledger/tile/entries/000.p/17")
    assert answer.headers["Cache-Control"].startswith("private")
    assert len(tiles.decode_bundle(answer.content, 17)) == 17


@pytest.mark.parametrize("width", [1, 18, 255])
def test_bundles_of_widths_beyond_the_checkpoint_are_not_found(
    consortium: Consortium, client_of: ClientOf, width: int
) -> None:
    auditor = client_of(consortium.auditor)
    answer = auditor.get(f"/ledger/tile/entries/000.p/{width}")
    assert answer.status_code == (200 if width <= 17 else 404)
