"""A pack beside a ledger: in memory or sealed, alone or with other hands, it opens the same."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from relay_protocol import contents, disclosure, sealed
from relay_protocol.attestation import Attestation
from relay_protocol.disclosure import Disclosure, SealedPack, WholePack, disclosure_of
from relay_protocol.entry import Entry
from relay_protocol.errors import PackError
from relay_protocol.pack import PackReader, seal_pack
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import AUDITOR, HandLedger, sealing_key
from tests.story.hand_relay import HandRelay

KEY = sealing_key(AUDITOR)


class Kept:
    """The entries of a ledger written by hand."""

    def __init__(self, ledger: HandLedger) -> None:
        self.ledger = ledger

    def entries(self, start: int = 0) -> Iterator[Entry]:
        """Yield the entries from a place on."""
        return iter(self.ledger.entries[start:])


@pytest.fixture
def ledger(monkeypatch: pytest.MonkeyPatch) -> HandLedger:
    # Small parts and windows, so that a small ledger has several of each.
    monkeypatch.setattr(contents, "REVEALS_A_PART", 4)
    monkeypatch.setattr(disclosure, "WINDOW", 5)
    written = HandLedger()
    written.open()
    for _ in range(2):
        HandRelay(ledger=written).until_confirmed()
    HandBooks(ledger=written).settle("2026-12")
    written.count_closed(0)
    return written


def sealed_pack(ledger: HandLedger, first: int = 0) -> SealedPack:
    raw = seal_pack(ledger.pack(first=first), KEY.public_key())
    return SealedPack(PackReader(io.BytesIO(raw), KEY), sealed.key_bytes(KEY))


def opened(
    pack: Disclosure, ledger: HandLedger, start: int = 0, hands: int = 0
) -> list[tuple[int, Attestation | None]]:
    """Return each entry from a place on beside what it says."""
    found: list[tuple[int, Attestation | None]] = []
    with ThreadPoolExecutor(2) as executor:
        for window in pack.windows(Kept(ledger), start, executor if hands else None):
            said = {one.seq: one.said for one in window.opened}
            assert window.refusal is None
            found += [
                (entry.seq, said.get(entry.seq)) for entry in window.entries if entry.seq >= start
            ]
    return found


@pytest.mark.parametrize("start", [0, 1, 14, 17, 20, 40])
def test_whoever_opens_it_finds_the_same(ledger: HandLedger, start: int) -> None:
    whole = opened(WholePack(ledger.pack()), ledger, start)
    assert [seq for seq, _ in whole] == list(range(start, ledger.size))
    assert sum(said is not None for _, said in whole) == sum(seq >= start for seq in ledger.reveals)
    assert opened(sealed_pack(ledger), ledger, start) == whole
    assert opened(sealed_pack(ledger), ledger, start, hands=2) == whole


def test_an_incremental_pack_opens_what_is_new(ledger: HandLedger) -> None:
    whole = opened(WholePack(ledger.pack()), ledger, 20)
    assert opened(sealed_pack(ledger, 20), ledger, 20) == whole
    assert opened(WholePack(ledger.pack(first=20)), ledger, 20) == whole


def test_the_documents_come_after_everything(ledger: HandLedger) -> None:
    for pack in (WholePack(ledger.pack()), sealed_pack(ledger)):
        opened(pack, ledger)
        assert tuple(pack.closes()) == tuple(ledger.closes)


@pytest.mark.parametrize("hands", [0, 2])
def test_nothing_is_opened_after_what_cannot_stand(ledger: HandLedger, hands: int) -> None:
    bad = sorted(ledger.reveals)[6]
    ledger.reveals[bad] = ledger.reveals[bad][:-1] + b"]"
    for pack in (WholePack(ledger.pack()), sealed_pack(ledger)):
        with ThreadPoolExecutor(2) as executor:
            windows = list(pack.windows(Kept(ledger), 0, executor if hands else None))
        (window,) = [one for one in windows if one.refusal is not None]
        assert window.refusal is not None
        assert (window.refusal.seq, window.refusal.code) == (bad, "reveal-differs")
        assert all(one.seq < bad for one in window.opened)


@pytest.mark.parametrize("hands", [0, 2])
def test_a_pack_that_is_cut_is_none(ledger: HandLedger, hands: int) -> None:
    raw = seal_pack(ledger.pack(), KEY.public_key())
    lines = raw.splitlines(keepends=True)
    for cut in (b"".join(lines[:2]), b"".join([*lines[:2], lines[3], lines[2], *lines[4:]])):
        pack = SealedPack(PackReader(io.BytesIO(cut), KEY), sealed.key_bytes(KEY))
        with pytest.raises(PackError):
            opened(pack, ledger, hands=hands)


def test_a_pack_discloses_whether_it_is_sealed_or_not(ledger: HandLedger) -> None:
    pack, closed = ledger.pack(), sealed_pack(ledger)
    assert disclosure_of(pack).manifest == pack.manifest() == closed.manifest
    assert disclosure_of(closed) is closed
