"""A folder in which a copy of a log is kept, so that a crash leaves each file whole or absent."""

import contextlib
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from relay_protocol import note
from relay_protocol.cli import files
from relay_protocol.cli.refusals import InputError
from relay_protocol.log_reader import FolderReader

if sys.platform != "win32":
    import fcntl

INCOMING: Final = ".incoming"
"""Where a file is written before it is put in its place; it is outside of what is served."""


@dataclass(slots=True)
class FolderKeeper:
    """Keeps a copy in a folder (a mirroring.Keeper); `reader` reads it.

    Files are durable once `checkpoint` or another note of the folder itself is written: the
    directories of the tiles written before are flushed first.
    """

    folder: Path
    reader: FolderReader = field(init=False)
    _unflushed: set[Path] = field(default_factory=set)

    @classmethod
    def at(cls, folder: Path) -> "FolderKeeper":
        """Return the keeper of a folder, which is made if it is not there.

        Raises:
            InputError: it is no folder, or cannot be made.
        """
        try:
            (folder / INCOMING).mkdir(parents=True, exist_ok=True)
            return cls(folder.resolve(strict=True))
        except OSError as error:
            raise InputError("folder-unusable", folder=folder, why=error.strerror) from error

    def __post_init__(self) -> None:
        """Read what is kept so far as any other log."""
        self.reader = FolderReader(self.folder)

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process from this folder until the end of the block.

        Raises:
            InputError: another one is at work there.
        """
        with (self.folder / INCOMING / "lock").open("wb") as lock:
            if sys.platform != "win32":
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    raise InputError("folder-busy", folder=self.folder) from error
            yield

    def read(self, path: str) -> bytes | None:
        """Return the bytes of a signed note of the copy; None where there is none.

        Raises:
            InputError: it cannot be read.
        """
        place = self.folder / path
        return files.read(place, note.MAX_BYTES) if place.exists() else None

    def write(self, path: str, raw: bytes) -> None:
        """Keep a file, in place of any other at its path.

        Raises:
            InputError: it cannot be written, or its path leads out of the folder.
        """
        place = self.folder / path
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            if not place.parent.resolve(strict=True).is_relative_to(self.folder):
                raise InputError("path-outside", path=place, folder=self.folder)
            if place.parent == self.folder:
                self._flush()
            self._put(place, raw)
            self._unflushed.add(place.parent)
            if place.parent == self.folder:
                self._flush()
        except OSError as error:
            raise InputError("cannot-be-written", path=place, why=error.strerror) from error

    def remove(self, path: str) -> None:
        """Keep a file no longer, if it was kept.

        Raises:
            InputError: it cannot be removed.
        """
        try:
            (self.folder / path).unlink(missing_ok=True)
        except OSError as error:
            raise InputError("cannot-be-removed", path=path, why=error.strerror) from error

    def prune(self, path: str) -> None:
        """Keep the partial files no longer of a tile or bundle that is full now.

        Raises:
            InputError: they cannot be removed.
        """
        partial = self.folder / f"{path}.p"
        if partial.is_dir() and not partial.is_symlink():
            try:
                shutil.rmtree(partial)
            except OSError as error:
                raise InputError("cannot-be-removed", path=partial, why=error.strerror) from error

    def keep_beside(self, kind: str, raw: bytes) -> Path:
        """Return where a file was kept beside the copy, named after its kind and content."""
        path = f"{kind}-{hashlib.sha256(raw).hexdigest()[:16]}"
        self.write(path, raw)
        return self.folder / path

    def _put(self, place: Path, raw: bytes) -> None:
        """Write a file aside, make it durable, and put it in its place."""
        handle, beside = tempfile.mkstemp(dir=self.folder / INCOMING)
        try:
            with open(handle, "wb") as file:  # noqa: PTH123 (no path)
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(beside).chmod(0o644)
            Path(beside).replace(place)
        except BaseException:
            Path(beside).unlink(missing_ok=True)
            raise

    def _flush(self) -> None:
        """Make the names of all files durable that were written since the last time."""
        if sys.platform != "win32":
            for folder in sorted(self._unflushed):
                handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
                try:
                    os.fsync(handle)
                finally:
                    os.close(handle)
        self._unflushed.clear()
