"""The ledger's files over HTTP: the same bytes as on a static host, entries for auditors alone."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from exchange.app import create_app
from exchange.hub import Hub
from exchange.services import publication
from relay_protocol import tiles
from tests.story import api, second_reader
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization, admit, corporate_number
from tests.story.stored_ledger import lengthen

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
    # One folder goes with the ledger through every size, as a static host's does.
    for size, count in (
        (17, 3),
        (255, 5),
        (256, 4),
        (257, 6),
        (600, 9),
        # A tile and a bundle for each 256; parts of level 1 for 256, 600 and 65,535 entries.
        (65_535, 1 + 256 + 3 + 256),
        (65_536, 1 + 256 + 1 + 1 + 256),
        (70_000, 1 + 274 + 2 + 1 + 274),
    ):
        assert lengthen(consortium.hub, size) == size
        files = written(consortium, tmp_path / "out")
        assert len(files) == count
        for path, content in files.items():
            answer = auditor.get(f"/ledger/{path}")
            assert (answer.status_code, answer.content) == (200, content), path
        # A reader that was written from the specification takes it as it is.
        stated, _, entries = second_reader.read_log(
            tmp_path / "out", consortium.hub.scheme.ledger_vkey
        )
        assert (stated.size, len(entries)) == (size, size)


def test_types_and_caching_are_those_of_tlog_tiles(visitor: httpx.Client) -> None:
    checkpoint = visitor.get("/ledger/checkpoint")
    assert checkpoint.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert checkpoint.headers["Cache-Control"] == "no-cache"
    tile = visitor.get("/ledger/tile/0/000.p/17")
    assert tile.headers["Content-Type"] == "application/octet-stream"
    assert tile.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    for answer in (checkpoint, tile):
        assert answer.headers["Content-Length"] == str(len(answer.content))
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_checkpoint_that_the_reader_has_is_not_sent_again(
    visitor: httpx.Client, hub: Hub
) -> None:
    first = visitor.get("/ledger/checkpoint")
    tag = first.headers["ETag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = visitor.get("/ledger/checkpoint", headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["ETag"] == tag
    lengthen(hub, 18)
    newer = visitor.get("/ledger/checkpoint", headers={"If-None-Match": tag})
    assert newer.status_code == 200
    assert newer.headers["ETag"] != tag


@pytest.mark.parametrize("path", ["checkpoint", "tile/0/000.p/17"])
def test_the_head_alone_is_the_same_without_the_body(visitor: httpx.Client, path: str) -> None:
    whole = visitor.get(f"/ledger/{path}")
    head = visitor.head(f"/ledger/{path}")
    assert head.content == b""
    assert head.status_code == 200
    for name in ("Content-Type", "Content-Length", "Cache-Control"):
        assert head.headers[name] == whole.headers[name]


def test_only_reading_is_answered(visitor: httpx.Client) -> None:
    for method in ("POST", "PUT", "DELETE"):
        answer = visitor.request(method, "/ledger/checkpoint")
        assert answer.status_code == 405
        assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_what_is_signed_but_not_published_is_not_served(visitor: httpx.Client, hub: Hub) -> None:
    before = visitor.get("/ledger/checkpoint").content
    admit(hub, Organization(slug="minato", role="member", number=corporate_number(20)))
    hub.sign()
    assert visitor.get("/ledger/checkpoint").content == before
    assert visitor.get("/ledger/tile/0/000.p/18").status_code == 404
    hub.publish()
    assert visitor.get("/ledger/checkpoint").content != before
    assert visitor.get("/ledger/tile/0/000.p/18").status_code == 200


def test_a_part_of_a_tile_stays_readable_once_it_is_whole(visitor: httpx.Client, hub: Hub) -> None:
    part = visitor.get("/ledger/tile/0/000.p/17").content
    lengthen(hub, 300)
    assert visitor.get("/ledger/tile/0/000.p/17").content == part
    assert visitor.get("/ledger/tile/0/000").content[: 17 * 32] == part


def test_files_are_counted_by_their_pattern(visitor: httpx.Client) -> None:
    visitor.get("/ledger/tile/0/000.p/17")
    visitor.get("/ledger/tile/0/000.p/17")
    visitor.get("/ledger/checkpoint")
    figures = visitor.get("/metrics").text
    for route, count in (("/ledger/tile/<path:rest>", 2), ("/ledger/checkpoint", 1)):
        line = f'exchange_requests_total{{method="GET",route="{route}",status="200"}} {count}.0'
        assert line in figures


def test_before_the_first_checkpoint_there_is_none(empty_hub: Hub, translated: None) -> None:
    with api.visitor(create_app(empty_hub)) as visitor:
        answer = visitor.get("/ledger/checkpoint")
        assert answer.status_code == 404
        assert answer.headers["Content-Type"].startswith("application/problem+json")


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
