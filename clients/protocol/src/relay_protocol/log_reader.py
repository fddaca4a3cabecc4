"""Where the ledger's files are read from: a folder, or the hub over HTTP, and never without end."""

import os
import ssl
import stat
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

from relay_protocol import note, tiles
from relay_protocol.asking import TEXT, ask
from relay_protocol.errors import LogMissingError, LogReadError, TileError

CHECKPOINT_LIMIT_BYTES = note.MAX_BYTES
# Twice a full tile: what trails one is for tiles.split_tile to name. A full bundle of the
# largest entries is as large as any may be.
TILE_LIMIT_BYTES = 16_384
BUNDLE_LIMIT_BYTES = tiles.FULL_WIDTH * (2 + tiles.MAX_ENTRY_BYTES)

SLACK_S = 600.0
"""How long a hub may keep a reader waiting altogether, beyond what its files take."""
PACE_S = 5.0
"""What each file may take, beside its bytes, without drawing on the slack."""
PACE_BYTES_PER_S = 65_536

_FOLDERS_AT_HAND = 1_024
# Where a file can be opened through a link unnoticed, each is looked for by itself.
_MUST_RESOLVE = not hasattr(os, "O_NOFOLLOW")
_OCTETS = "application/octet-stream"

Headers: TypeAlias = Callable[[str], Mapping[str, str]]
"""Gives the request headers for a URL, such as an Authorization that is made for it alone."""

_Fetch: TypeAlias = Callable[[str, str, int], bytes]
"""Gives the bytes at a path, of a content type, up to a limit."""


class LogReader(Protocol):
    """Gives the files of a ledger as they are served; nothing in them is verified."""

    def checkpoint(self) -> bytes:
        """Return the latest checkpoint, a signed note."""

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the bytes of a tile; a partial one may have been cut from the full one."""

    def entry_bundle(self, index: int, width: int) -> bytes:
        """Return the bytes of an entry bundle; a partial one may have been cut likewise."""

    def paths(self) -> Iterable[str]:
        """Return the path of whatever lies below `tile/`, where that can be listed."""

    def file(self, path: str) -> bytes:
        """Return the bytes at one of these paths."""


class FolderReader:
    """Reads a ledger from a folder that mirrors what a hub serves.

    Each method raises LogReadError where the file is not there, is empty or too large, is no
    regular file, or lies outside the folder through a link.
    """

    def __init__(self, folder: Path) -> None:
        """Take the folder in which `checkpoint` and `tile/` lie."""
        self._folder = folder
        self._inside: dict[str, Path] = {}

    def checkpoint(self) -> bytes:
        """Return the mirrored checkpoint, a signed note."""
        return self._fetch(tiles.CHECKPOINT_PATH, TEXT, CHECKPOINT_LIMIT_BYTES)

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the bytes of a tile, cut from the full one where the partial one is gone."""
        return _tile(self._fetch, level, index, width)

    def entry_bundle(self, index: int, width: int) -> bytes:
        """Return the bytes of an entry bundle, cut likewise."""
        return _entry_bundle(self._fetch, index, width)

    def paths(self) -> Iterator[str]:
        """Yield the path of every file below `tile/`, known or not, in one fixed order."""
        waiting = ["tile/"]
        while waiting:
            path = waiting.pop()
            if path.endswith("/"):
                waiting += [path + name for name in sorted(self._list(path), reverse=True)]
            else:
                yield path

    def file(self, path: str) -> bytes:
        """Return the bytes of a file that paths() has named."""
        return self._fetch(path, _OCTETS, BUNDLE_LIMIT_BYTES)

    def _list(self, path: str) -> list[str]:
        """Return what lies in a folder, folders with a slash; links are not gone along."""
        try:
            with os.scandir(self._resolved(path)) as found:
                return [one.name + "/" * one.is_dir(follow_symlinks=False) for one in found]
        except FileNotFoundError:
            return []
        except (OSError, RuntimeError) as error:
            raise LogReadError(f"cannot list {path}") from error

    def _fetch(self, path: str, _content_type: str, limit_bytes: int) -> bytes:
        """Return the bytes of a file of the folder."""
        try:
            folder, _, name = path.rpartition("/")
            place = self._resolved(folder) / name
            if _MUST_RESOLVE or place.is_symlink():
                place = self._resolve(path)
            raw = _read_file(place, limit_bytes + 1)
        except FileNotFoundError as error:
            raise LogMissingError(f"the folder holds no {path}") from error
        except (OSError, RuntimeError, ValueError) as error:
            # A circle of links was a RuntimeError once, a zero byte in a name a ValueError.
            raise LogReadError(f"cannot read {path}") from error
        return _bounded(raw, path, limit_bytes)

    def _resolved(self, path: str) -> Path:
        """Return where a folder inside the folder really lies; each is looked for once."""
        if path not in self._inside:
            if len(self._inside) >= _FOLDERS_AT_HAND:
                self._inside.clear()
            self._inside[path] = self._resolve(path)
        return self._inside[path]

    def _resolve(self, path: str) -> Path:
        """Return where a path really lies, which is inside the folder."""
        root = self._folder.resolve(strict=True)
        place = (root / path).resolve(strict=True)
        if not place.is_relative_to(root):
            raise LogReadError(f"{path} lies outside the folder")
        return place


class HttpReader:
    """Reads a ledger from the address at which a hub serves it.

    Each method raises LogReadError where the hub does not answer in time, answers with
    anything but 200 and the right content type, redirects, or sends nothing or too much. So
    does a hub that is a little too slow every time: then all requests together take too long.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Headers | None = None,
        stall_timeout_s: float = 10.0,
        total_timeout_s: float = 60.0,
        slack_s: float = SLACK_S,
        pace_s: float = PACE_S,
    ) -> None:
        """Take the address below which `checkpoint` and `tile/` are served.

        Args:
            url: http or https, without query; a final slash makes no difference.
            headers: gives the headers of each request by its URL.
            stall_timeout_s: longest silence of the hub, in seconds.
            total_timeout_s: longest duration of one request, in seconds.
            slack_s: longest delay of all requests together, in seconds.
            pace_s: what one request may take, beside its bytes, before it counts as delayed.

        Raises:
            LogReadError: the address has another form.
        """
        self._url = _log_url(url)
        self._headers = headers
        self._stall_timeout_s = stall_timeout_s
        self._total_timeout_s = total_timeout_s
        self._slack = _Slack(slack_s, pace_s)
        self._tls = ssl.create_default_context()

    def checkpoint(self) -> bytes:
        """Return the hub's latest checkpoint, a signed note."""
        return self._fetch(tiles.CHECKPOINT_PATH, TEXT, CHECKPOINT_LIMIT_BYTES)

    def tile(self, level: int, index: int, width: int) -> bytes:
        """Return the bytes of a tile, cut from the full one where the partial one is gone."""
        return _tile(self._fetch, level, index, width)

    def entry_bundle(self, index: int, width: int) -> bytes:
        """Return the bytes of an entry bundle, cut likewise."""
        return _entry_bundle(self._fetch, index, width)

    def paths(self) -> tuple[str, ...]:
        """Return nothing: over HTTP nobody can ask what else there is."""
        return ()

    def file(self, path: str) -> bytes:
        """Return the bytes at a path."""
        return self._fetch(path, _OCTETS, BUNDLE_LIMIT_BYTES)

    def _fetch(self, path: str, content_type: str, limit_bytes: int) -> bytes:
        """Return the body of the answer to one request."""
        url = self._url + path
        request = urllib.request.Request(  # noqa: S310 (_log_url)
            url, headers={**(self._headers(url) if self._headers else {}), "Accept": content_type}
        )
        begun_at = time.monotonic()
        raw = ask(
            request,
            path,
            limit_bytes=limit_bytes,
            stall_timeout_s=self._stall_timeout_s,
            total_timeout_s=self._total_timeout_s,
            tls=self._tls,
        )
        self._slack.spend(begun_at, len(raw))
        return raw


class _Slack:
    """What is left of the time that a hub may lose; whoever leaves it in peace gets it back."""

    def __init__(self, seconds: float, pace_s: float) -> None:
        self._most_s = self._left_s = seconds
        self._pace_s = pace_s
        self._ended_at = time.monotonic()
        self._lock = threading.Lock()  # two may ask at once

    def spend(self, begun_at: float, count: int) -> None:
        """Count how long an answer of so many bytes took; refuse when too much time is lost."""
        due_s = self._pace_s + count / PACE_BYTES_PER_S
        with self._lock:
            idle_s, now = max(0.0, begun_at - self._ended_at), time.monotonic()
            self._left_s = min(self._most_s, self._left_s + idle_s)
            self._left_s -= max(0.0, now - begun_at - due_s)
            self._ended_at = now
            if self._left_s < 0:
                raise LogReadError("the hub is too slow: it has used up all patience")


def _log_url(url: str) -> str:
    """Return a log's address with its final slash."""
    try:
        parts = urllib.parse.urlsplit(url)
        hostname, _ = parts.hostname, parts.port
    except ValueError as error:
        raise LogReadError("not the address of a log") from error
    if parts.scheme not in {"http", "https"} or not hostname or "@" in parts.netloc:
        raise LogReadError("a log's address is http or https with a host, and no user")
    if parts.query or parts.fragment or url.rstrip("/").endswith(("?", "#")):
        raise LogReadError("a log's address has no query and no fragment")
    return url.rstrip("/") + "/"


def _tile(fetch: _Fetch, level: int, index: int, width: int) -> bytes:
    """Return a tile; a partial one that is gone comes from the full one (C2SP tlog-tiles)."""
    try:
        return fetch(tiles.tile_path(level, index, width), _OCTETS, TILE_LIMIT_BYTES)
    except LogMissingError:
        if width == tiles.FULL_WIDTH:
            raise
    full = fetch(tiles.tile_path(level, index), _OCTETS, TILE_LIMIT_BYTES)
    try:
        return b"".join(tiles.split_tile(full, tiles.FULL_WIDTH)[:width])
    except TileError as error:
        raise LogReadError(f"tile {index} of level {level} is not full") from error


def _entry_bundle(fetch: _Fetch, index: int, width: int) -> bytes:
    """Return an entry bundle; a partial one that is gone comes from the full one."""
    try:
        return fetch(tiles.entries_path(index, width), _OCTETS, BUNDLE_LIMIT_BYTES)
    except LogMissingError:
        if width == tiles.FULL_WIDTH:
            raise
    full = fetch(tiles.entries_path(index), _OCTETS, BUNDLE_LIMIT_BYTES)
    try:
        return tiles.encode_bundle(tiles.decode_bundle(full, tiles.FULL_WIDTH)[:width])
    except TileError as error:
        raise LogReadError(f"entry bundle {index} is not full") from error


def _read_file(place: Path, count: int) -> bytes:
    """Return at most `count` bytes of a regular file; a pipe must not keep us waiting."""
    flags = os.O_RDONLY
    for name in ("O_NONBLOCK", "O_NOFOLLOW", "O_BINARY", "O_CLOEXEC"):  # not on every system
        flags |= getattr(os, name, 0)
    with open(os.open(place, flags), "rb") as file:  # noqa: PTH123 (no path)
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise LogReadError(f"{place.name} is no regular file")
        return file.read(min(count, found.st_size + 1))


def _bounded(raw: bytes, path: str, limit_bytes: int) -> bytes:
    """Return bytes that are neither none nor too many."""
    if not raw:
        raise LogReadError(f"{path} is empty")
    if len(raw) > limit_bytes:
        raise LogReadError(f"{path} is larger than {limit_bytes} bytes")
    return raw
