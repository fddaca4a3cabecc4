"""What an audit is made with is read carefully: packs, keys, policies, copies of what is far."""

import io
from datetime import UTC, date, datetime
from pathlib import Path
from typing import BinaryIO

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relay_protocol.cli import bringing
from relay_protocol.cli.bringing import PackFile
from relay_protocol.cli.refusals import InputError
from relay_protocol.errors import AuditError, PackError, PolicyError
from relay_protocol.log_reader import FolderReader
from relay_protocol.pack import seal_pack
from relay_protocol.trust import Trust
from tests.story.hand_ledger import AUDITOR, HandLedger, sealing_key

TODAY = date(2026, 12, 1)


@pytest.fixture
def ledger() -> HandLedger:
    opened = HandLedger()
    opened.open()
    return opened


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return pem(tmp_path / "reveal.pem", AUDITOR)


def pem(path: Path, name: str) -> Path:
    raw = sealing_key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(raw)
    return path


def pack_file(path: Path | None, key: Path | None, slug: str = "") -> PackFile:
    return PackFile(path=path, hub=None, key=key, slug=slug)


@pytest.fixture
def pack(ledger: HandLedger, tmp_path: Path) -> Path:
    path = tmp_path / "pack"
    path.write_bytes(seal_pack(ledger.pack(), sealing_key(AUDITOR).public_key()))
    return path


def test_a_pack_is_opened_with_its_key(ledger: HandLedger, pack: Path, key: Path) -> None:
    for slug in ("", AUDITOR):
        with pack_file(pack, key, slug).opened(TODAY) as disclosed:
            assert disclosed is not None
            assert disclosed.manifest == ledger.pack().manifest()


def test_without_a_key_or_a_pack_there_is_none(pack: Path, key: Path) -> None:
    for given in (pack_file(pack, None), pack_file(None, key)):
        with given.opened(TODAY) as disclosed:
            assert disclosed is None


def test_a_pack_for_another_key_is_refused(pack: Path, tmp_path: Path) -> None:
    other = pem(tmp_path / "other.pem", "other")
    with pytest.raises(PackError), pack_file(pack, other).opened(TODAY):
        pass


@pytest.mark.parametrize(
    ("slug", "today", "problem"),
    [
        ("other", TODAY, f"was made for {AUDITOR}"),
        ("", date(2031, 1, 1), "ask for a new one"),
    ],
)
def test_a_pack_of_another_auditor_or_day_is_refused(
    pack: Path, key: Path, slug: str, today: date, problem: str
) -> None:
    with pytest.raises(InputError, match=problem), pack_file(pack, key, slug).opened(today):
        pass


def test_the_last_day_of_a_pack_is_a_day_of_its_use(pack: Path, key: Path) -> None:
    with pack_file(pack, key).opened(date(2030, 12, 31)) as disclosed:
        assert disclosed is not None


def test_a_pack_that_is_not_there_cannot_be_read(tmp_path: Path, key: Path) -> None:
    missing = pack_file(tmp_path / "missing", key)
    with pytest.raises(InputError, match="cannot be read"), missing.opened(TODAY):
        pass


class Hub:
    """A hub that has a pack, or none."""

    signer = object()

    def __init__(self, raw: bytes | None) -> None:
        self.raw = raw

    def latest_pack(self, file: BinaryIO) -> bool:
        """Write the pack into a file."""
        if self.raw is not None:
            io.BytesIO(self.raw).seek(0)
            file.write(self.raw)
        return self.raw is not None


@pytest.mark.parametrize("has_one", [True, False])
def test_a_hub_is_asked_for_its_pack(pack: Path, key: Path, *, has_one: bool) -> None:
    hub = Hub(pack.read_bytes() if has_one else None)
    given = PackFile(path=None, hub=hub, key=key, slug="")  # type: ignore[arg-type]
    with given.opened(TODAY) as disclosed:
        assert (disclosed is not None) == has_one
        assert disclosed is None or list(disclosed.reader.reveals()) == []


def test_keys_are_read_as_texts_or_files(ledger: HandLedger, tmp_path: Path) -> None:
    verifier = ledger.log_key.verifier
    file = tmp_path / "vkey"
    file.write_text(verifier.encode() + "\n", encoding="ascii")
    assert bringing.read_keys([]) == ()
    assert bringing.read_keys([verifier.encode(), str(file), ""]) == (verifier, verifier)
    with pytest.raises(InputError):
        bringing.read_keys([str(tmp_path / "missing")])


def test_a_policy_is_read_from_its_file(ledger: HandLedger, tmp_path: Path) -> None:
    file = tmp_path / "policy"
    file.write_text(f"log {ledger.log_key.verifier.encode()}\nquorum none\n", encoding="ascii")
    found = bringing.read_policy(file)
    assert found is not None
    assert [line.vkey for line in found.logs] == [ledger.log_key.verifier]
    assert bringing.read_policy(None) is None
    file.write_text("nothing\n", encoding="ascii")
    with pytest.raises(PolicyError):
        bringing.read_policy(file)


@pytest.mark.parametrize("stays", [True, False])
def test_what_is_far_is_copied(ledger: HandLedger, tmp_path: Path, *, stays: bool) -> None:
    source = FolderReader(ledger.write_out(tmp_path / "far"))
    trust = Trust(logs=(ledger.log_key.verifier,), now=datetime(2026, 12, 1, tzinfo=UTC))
    near = tmp_path / "near" if stays else None
    with bringing.copied(source, trust, near, "en") as copy:
        assert copy.checkpoint() == source.checkpoint()
        assert isinstance(copy, FolderReader)
        assert copy.entry_bundle(0, ledger.size) == source.entry_bundle(0, ledger.size)
    assert (tmp_path / "near" / "checkpoint").exists() == stays


def test_what_the_log_has_not_signed_is_not_copied(ledger: HandLedger, tmp_path: Path) -> None:
    source = FolderReader(ledger.write_out(tmp_path / "far"))
    trust = Trust(logs=(HandLedger(log_signer="stranger").log_key.verifier,))
    near = tmp_path / "near"
    with pytest.raises(AuditError) as refusal, bringing.copied(source, trust, near, "en"):
        pass
    assert (refusal.value.part, refusal.value.code) == (1, "checkpoint-invalid")
    assert not (near / "checkpoint").exists()
