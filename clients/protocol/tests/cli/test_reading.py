"""A ledger is lent to a command once it was audited, from a folder or from the hub."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relay_protocol.cli.reading import LedgerOptions, audited
from relay_protocol.cli.refusals import InputError, UsageError
from relay_protocol.errors import AuditError
from relay_protocol.pack import Pack, seal_pack
from tests.story.hand_ledger import AUDITOR, HandLedger, sealing_key, signing_key
from tests.story.hand_relay import HandRelay
from tests.story.local_hub import Asked, LocalHub, Told


@pytest.fixture
def ledger() -> HandLedger:
    written = HandLedger()
    written.open()
    HandRelay(ledger=written).until_confirmed()
    return written


@pytest.fixture
def options(ledger: HandLedger, tmp_path: Path) -> LedgerOptions:
    """Return what reads the ledger from a folder, with a pack of all that it holds."""
    for name, key in (("reveal", sealing_key(AUDITOR)), ("sign", signing_key(AUDITOR))):
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / f"{name}.pem").write_bytes(pem)
    seal(tmp_path / "pack", ledger.pack())
    return LedgerOptions(
        source=str(ledger.write_out(tmp_path / "ledger")),
        vkey=ledger.log_key.verifier.encode(),
        policy=None,
        pack=tmp_path / "pack",
        key=tmp_path / "reveal.pem",
        slug="",
        signing_key=None,
        json=False,
        lang="en",
        clock=None,
    )


def seal(path: Path, pack: Pack) -> None:
    path.write_bytes(seal_pack(pack, sealing_key(AUDITOR).public_key()))


def kinds(options: LedgerOptions) -> list[str | None]:
    """Return what each entry says, by its kind; None of one that is closed."""
    with audited(options) as ledger:
        return [one.said.kind if one.said else None for one in ledger.stated()]


def test_every_entry_is_there_with_what_it_says(options: LedgerOptions, ledger: HandLedger) -> None:
    assert kinds(options) == [entry.kind for entry in ledger.entries]
    with audited(options) as found:
        assert {one.method for one in found.stated()} == {"jws"}
        # It can be gone through again.
        assert len(list(found.stated())) == found.size == ledger.size


def test_without_a_pack_clear_entries_speak_for_themselves(
    options: LedgerOptions, ledger: HandLedger
) -> None:
    found = kinds(replace(options, pack=None, key=None))
    expected = [entry.kind if entry.signed else None for entry in ledger.entries]
    assert found == expected


def test_what_is_erased_is_closed(
    options: LedgerOptions, ledger: HandLedger, tmp_path: Path
) -> None:
    ledger.forget(*ledger.reveals)
    closed = sum(entry.commitment is not None for entry in ledger.entries)
    ledger.count_closed(closed)
    seal(tmp_path / "pack", ledger.pack())
    ledger.write_out(Path(options.source))
    assert kinds(options).count(None) == closed


def test_a_ledger_that_is_not_sound_is_not_lent(options: LedgerOptions) -> None:
    bundle = next((Path(options.source) / "tile/entries/000.p").iterdir())
    raw = bytearray(bundle.read_bytes())
    raw[40] ^= 1
    bundle.write_bytes(raw)
    with pytest.raises(AuditError), audited(options):
        pass


def test_a_key_in_the_ledgers_folder_is_refused(options: LedgerOptions) -> None:
    assert options.key is not None
    inside = Path(options.source) / "reveal.pem"
    inside.write_bytes(options.key.read_bytes())
    with pytest.raises(InputError, match="move it away"), audited(replace(options, key=inside)):
        pass


def test_a_pack_after_its_last_day_is_refused(
    options: LedgerOptions, ledger: HandLedger, tmp_path: Path
) -> None:
    seal(tmp_path / "pack", replace(ledger.pack(), until="2020-01-01"))
    with pytest.raises(InputError, match="ask for a new one"), audited(options):
        pass


def test_a_moved_clock_is_for_demos(options: LedgerOptions, tmp_path: Path) -> None:
    clock = tmp_path / "clock"
    clock.write_text("60", encoding="ascii")
    with audited(replace(options, clock=clock)) as ledger:
        assert ledger.now > datetime.now(UTC)
    real = HandLedger(demo=False, now=datetime(2026, 1, 1, tzinfo=UTC))
    real.open()
    source = str(real.write_out(tmp_path / "real"))
    alone = replace(options, source=source, pack=None, key=None, clock=clock)
    with pytest.raises(InputError, match="this one is real"), audited(alone):
        pass


def test_whose_ledger_it_is_must_be_said(options: LedgerOptions) -> None:
    with pytest.raises(UsageError), audited(replace(options, vkey="")):
        pass


@pytest.fixture
def hub(options: LedgerOptions) -> Iterator[LocalHub]:
    """Serve the ledger's files as a hub does: entries and packs to who bears a token."""
    local = LocalHub()
    folder = Path(options.source)

    def answer(asked: Asked) -> Told:
        name = asked.path.removeprefix("/ledger/")
        if name.startswith("tile/entries") and "Authorization" not in asked.headers:
            return Told.problem("token-missing", 401, "The request has no token.")
        if not asked.path.startswith("/ledger/") or not (folder / name).is_file():
            return Told.problem("not-found", 404, "There is no such file.")
        kind = "text/plain" if name == "checkpoint" else "application/octet-stream"
        return Told(body=(folder / name).read_bytes(), headers={"Content-Type": kind})

    local.tell_else(answer)
    yield local
    local.close()


def test_a_hub_is_copied_once_and_then_read_as_a_folder(
    options: LedgerOptions, ledger: HandLedger, hub: LocalHub, tmp_path: Path
) -> None:
    remote = replace(options, source=hub.url, slug=AUDITOR, signing_key=tmp_path / "sign.pem")
    assert kinds(remote) == [entry.kind for entry in ledger.entries]
    bundles = [asked for asked in hub.requests if "entries" in asked.path]
    assert len(bundles) == 1


def test_without_a_token_the_hub_says_what_is_missing(
    options: LedgerOptions, hub: LocalHub
) -> None:
    remote = replace(options, source=hub.url)
    with pytest.raises(InputError, match="give --slug and --signing-key"), audited(remote):
        pass
