"""What an audit is made with: the ledger, where it may be copied to, the pack, whom to believe."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import BinaryIO

from relay_protocol import policy, sealed
from relay_protocol.cli import files, telling
from relay_protocol.cli.folders import FolderKeeper
from relay_protocol.cli.hub import HubAddress
from relay_protocol.cli.mirroring import hands as fetching
from relay_protocol.cli.refusals import InputError
from relay_protocol.disclosure import SealedPack
from relay_protocol.findings import Telling
from relay_protocol.log_reader import LogReader
from relay_protocol.mirroring import mirror
from relay_protocol.note import Checkpoint, VerifierKey
from relay_protocol.pack import READ_AHEAD_BYTES, PackReader
from relay_protocol.policy import Policy
from relay_protocol.report import Lang
from relay_protocol.trust import Trust, open_checkpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFile:
    """Where a pack comes from.

    Attributes:
        path: its file, if there is one.
        hub: who may have one, if a hub is asked.
        key: the file of the private key that opens it, if there is one.
        slug: of the auditor that it must be for, or "".
    """

    path: Path | None
    hub: HubAddress | None
    key: Path | None
    slug: str

    @contextmanager
    def opened(self, today: date) -> Iterator[SealedPack | None]:
        """Open the pack from its beginning; None where there is none.

        Raises:
            InputError: it cannot be read, is for somebody else, or its last day is over.
            LogReadError: the hub does not hand it out.
            PackError: it is no pack, or for another key.
        """
        if self.key is None:
            yield None
            return
        key = files.read_reveal_key(self.key)
        with self._file() as file:
            if file is None:
                yield None
                return
            pack = SealedPack(PackReader(file, key), sealed.key_bytes(key))
            manifest = pack.manifest
            if manifest.is_over(today):
                raise InputError("pack-over", until=manifest.until)
            if self.slug not in {"", manifest.auditor}:
                raise InputError("pack-of-another", auditor=manifest.auditor)
            yield pack

    @contextmanager
    def _file(self) -> Iterator[BinaryIO | None]:
        """Open the file of the pack, fetched from the hub if that has it."""
        if self.path is not None:
            try:
                file = self.path.open("rb", buffering=READ_AHEAD_BYTES)
            except OSError as error:
                raise InputError("cannot-be-read", path=self.path, why=error.strerror) from error
            with file:
                yield file
        elif self.hub is not None and self.hub.signer is not None:
            with tempfile.TemporaryFile() as fetched:
                if self.hub.latest_pack(fetched):
                    fetched.seek(0)
                    yield fetched
                else:
                    yield None
        else:
            yield None


def read_keys(texts: list[str]) -> tuple[VerifierKey, ...]:
    """Return the verifier keys of texts, or of the files that they name.

    Raises:
        InputError: one is none.
    """
    return tuple(key for text in texts if (key := files.read_vkey(text)) is not None)


def read_policy(path: Path | None) -> Policy | None:
    """Return the policy of a file; None without one.

    Raises:
        InputError: it cannot be read.
        PolicyError: it is none.
    """
    return None if path is None else Policy.decode(files.read(path, policy.MAX_BYTES))


@contextmanager
def copied(source: LogReader, trust: Trust, folder: Path | None, lang: Lang) -> Iterator[LogReader]:
    """Copy a ledger from the network first: to a folder that stays, or to one that does not.

    Raises:
        AuditError: what is served is not what was signed, or not what was kept.
        InputError: the folder cannot be used.
        LogReadError: a file cannot be read.
    """
    if folder is None:
        with tempfile.TemporaryDirectory(prefix="relay-audit-") as temporary:
            yield _copy(source, trust, FolderKeeper.at(Path(temporary)), lang)
    else:
        keeper = FolderKeeper.at(folder)
        with keeper.alone():
            yield _copy(source, trust, keeper, lang)


def _copy(source: LogReader, trust: Trust, keeper: FolderKeeper, lang: Lang) -> LogReader:
    """Return the reader of a copy once it is complete."""

    def opener(raw: bytes) -> Checkpoint:
        return open_checkpoint(raw, source, trust, Telling(lambda *_: None))[1]

    with fetching() as both:
        mirror(source, keeper, opener, progress=telling.Progress(lang), hands=both)
    return keeper.reader
