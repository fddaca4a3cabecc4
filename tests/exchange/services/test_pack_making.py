"""A pack is made part by part; one that is not whole, or whose people went, is no pack."""

import pytest

from exchange.cli.audit import new_pack
from exchange.domain.errors import BusyError, ForbiddenError, NotFoundError, StepRefusedError
from exchange.hub import Hub
from exchange.services import pack_making, packs, subject_requests
from exchange.services.pack_making import Making
from exchange.services.work import Work
from exchange.store import audits as rows
from exchange.store import ledger as ledger_rows
from exchange.store.audits import PackRow
from relay_protocol import contents
from relay_protocol.entry import Entry, Reveal, check_reveal
from relay_protocol.pack import Pack, open_pack
from tests.story import books, relays
from tests.story.scheme import Consortium, Organization, admit, corporate_number

AUDITOR = "kansa"


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a part hold three reveals, so that a short ledger makes several."""
    monkeypatch.setattr(contents, "REVEALS_A_PART", 3)
    monkeypatch.setattr(pack_making, "REVEALS_A_PART", 3)


def opened(consortium: Consortium, row: PackRow) -> Pack:
    file = b"".join(packs.lines(consortium.hub.reading, row))
    return open_pack(file, consortium.auditor.sealing)


def erase(hub: Hub, candidate: relays.Candidate) -> None:
    with hub.work() as work:
        subject_requests.erase(work, candidate.actor)


def begun(hub: Hub, since: int = 0) -> Making:
    hub.sequence()
    with hub.work() as work:
        packs.close_reveals(work)
    hub.sequence()
    with hub.work() as work:
        return pack_making.begin(work, AUDITOR, since)


def add(hub: Hub, making: Making, after: int = -1) -> int | None:
    with hub.work() as work:
        return pack_making.add_reveals(work, making, after)


def finish(hub: Hub, making: Making) -> PackRow | None:
    with hub.work() as work:
        return pack_making.finish(work, making)


def held_parts(hub: Hub, making: Making) -> int:
    with hub.reading() as work:
        return len(list(rows.parts(work.session, making.id)))


def entries(hub: Hub) -> list[Entry]:
    with hub.reading() as work:
        return [Entry.decode(raw) for raw in ledger_rows.entries(work.session, 0, 10_000)]


def test_a_pack_of_many_parts_opens_every_entry(consortium: Consortium, small_parts: None) -> None:
    hub = consortium.hub
    relays.wait(hub, days=32)
    for _ in range(3):
        relays.enlist(hub, consortium.members[0])
    row = new_pack(hub, AUDITOR)
    pack = opened(consortium, row)
    committed = {one.seq: one for one in entries(hub)[: pack.cut] if one.commitment is not None}
    assert list(pack.reveals) == list(committed)
    for seq, entry in committed.items():
        check_reveal(entry, Reveal.decode(pack.reveals[seq]))
    assert len(pack.manifest().parts) == -(-len(committed) // 3) >= 3
    assert pack.closed == ()
    assert pack.digest() == row.digest


def test_what_is_closed_is_listed(consortium: Consortium, small_parts: None) -> None:
    hub = consortium.hub
    going = relays.enlist(hub, consortium.members[0])
    relays.enlist(hub, consortium.members[0])
    erase(hub, going)
    hub.sequence()
    pack = opened(consortium, new_pack(hub, AUDITOR))
    closed = {seq for first, last in pack.closed for seq in range(first, last + 1)}
    assert closed == {
        one.seq
        for one in entries(hub)[: pack.cut]
        if one.commitment is not None and one.seq not in pack.reveals
    }
    assert len(closed) == 4


def test_a_later_pack_holds_what_came_since(consortium: Consortium, small_parts: None) -> None:
    hub = consortium.hub
    going = relays.enlist(hub, consortium.members[0])
    relays.wait(hub, days=62)
    months = books.settle(hub)
    whole = opened(consortium, new_pack(hub, AUDITOR))
    assert len(whole.closes) == months >= 2
    erase(hub, going)
    relays.enlist(hub, consortium.members[0])
    hub.sequence()
    row = new_pack(hub, AUDITOR, since=whole.cut)
    later = opened(consortium, row)
    assert (row.first, later.first) == (whole.cut, whole.cut)
    assert later.reveals
    assert min(later.reveals) >= whole.cut
    # Closed is what was open in the first pack too.
    assert later.closed[0][0] < whole.cut
    assert later.closes == ()


@pytest.mark.parametrize("since_end", [0, 1])
def test_a_pack_cannot_begin_behind_the_ledger(consortium: Consortium, since_end: int) -> None:
    hub = consortium.hub
    hub.sequence()
    with hub.work() as work:
        checkpoint = ledger_rows.checkpoint(work.session)
        assert checkpoint is not None
        if since_end == 0:
            pack_making.begin(work, AUDITOR, checkpoint.size)
        else:
            with pytest.raises(StepRefusedError, match="entries so far"):
                pack_making.begin(work, AUDITOR, checkpoint.size + 1)


def test_half_a_pack_is_none_and_the_one_before_stays(
    consortium: Consortium, small_parts: None
) -> None:
    hub = consortium.hub
    relays.enlist(hub, consortium.members[0])
    first = new_pack(hub, AUDITOR)
    making = begun(hub)
    assert add(hub, making) is not None
    with hub.reading() as work:
        assert packs.latest(work, AUDITOR).making == first.making
    assert opened(consortium, first).digest() == first.digest


def test_what_a_broken_making_left_goes_with_the_next(
    consortium: Consortium, small_parts: None
) -> None:
    hub = consortium.hub
    relays.enlist(hub, consortium.members[0])
    broken = begun(hub)
    add(hub, broken)
    assert held_parts(hub, broken) == 1
    row = new_pack(hub, AUDITOR)
    assert held_parts(hub, broken) == 0
    assert finish(hub, broken) is None
    assert opened(consortium, row).digest() == row.digest


def test_the_parts_of_the_pack_before_go_with_it(consortium: Consortium, small_parts: None) -> None:
    hub = consortium.hub
    relays.enlist(hub, consortium.members[0])
    first = new_pack(hub, AUDITOR)
    kept = Making(slug=AUDITOR, id=first.making or "")
    assert held_parts(hub, kept) >= 1
    new_pack(hub, AUDITOR)
    assert held_parts(hub, kept) == 0


@pytest.mark.parametrize("parts_before", [0, 1, 2])
def test_whoever_is_erased_while_it_is_made_takes_it_away(
    consortium: Consortium, small_parts: None, parts_before: int
) -> None:
    hub = consortium.hub
    going = relays.enlist(hub, consortium.members[0])
    relays.enlist(hub, consortium.members[0])
    making = begun(hub)
    last: int | None = -1
    for _ in range(parts_before):
        last = add(hub, making, last if last is not None else -1)
        assert last is not None
    erase(hub, going)
    assert held_parts(hub, making) == 0
    assert add(hub, making, last if last is not None else -1) is None
    assert finish(hub, making) is None


def test_a_count_that_does_not_hold_makes_no_pack(consortium: Consortium) -> None:
    hub = consortium.hub
    going = relays.enlist(hub, consortium.members[0])
    erase(hub, going)
    hub.sequence()
    with hub.work() as work:
        making = pack_making.begin(work, AUDITOR)
    # Nobody has said yet that this person's entries are closed.
    assert add(hub, making) is None
    assert finish(hub, making) is None
    again = begun(hub)
    assert finish(hub, again) is not None


def test_it_comes_again_until_nobody_goes(
    consortium: Consortium, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub = consortium.hub
    going = [relays.enlist(hub, consortium.members[0]) for _ in range(2)]
    honest = pack_making.finish

    def erase_first(work: Work, making: Making) -> PackRow | None:
        if going:
            subject_requests.erase(work, going.pop().actor)
        return honest(work, making)

    monkeypatch.setattr(pack_making, "finish", erase_first)
    pack = opened(consortium, new_pack(hub, AUDITOR))
    assert not going
    assert sum(last - first + 1 for first, last in pack.closed) == 8


def test_it_does_not_come_again_for_ever(
    consortium: Consortium, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pack_making, "finish", lambda _work, _making: None)
    with pytest.raises(BusyError, match="being erased"):
        new_pack(consortium.hub, AUDITOR)


def test_a_pack_that_is_withdrawn_while_it_is_fetched_ends(
    consortium: Consortium, small_parts: None
) -> None:
    hub = consortium.hub
    going = relays.enlist(hub, consortium.members[0])
    row = new_pack(hub, AUDITOR)
    lines = packs.lines(hub.reading, row)
    next(lines)
    next(lines)
    erase(hub, going)
    with pytest.raises(NotFoundError):
        next(lines)


def test_its_size_is_known_before_it_is_read(consortium: Consortium, small_parts: None) -> None:
    hub = consortium.hub
    relays.enlist(hub, consortium.members[0])
    row = new_pack(hub, AUDITOR)
    with hub.reading() as work:
        size = packs.size_of(work, row)
    assert size == sum(map(len, packs.lines(hub.reading, row)))


@pytest.mark.parametrize(
    ("slug", "refusal"), [("nobody", NotFoundError), ("mirai", ForbiddenError)]
)
def test_packs_are_for_auditors(
    consortium: Consortium, slug: str, refusal: type[Exception]
) -> None:
    with consortium.hub.work() as work, pytest.raises(refusal):
        pack_making.begin(work, slug)


def test_an_auditor_without_a_key_for_reveals_gets_none(consortium: Consortium) -> None:
    other = Organization(slug="shinsa", role="auditor", number=corporate_number(9))
    admit(consortium.hub, other, cosigner=consortium.auditor)
    with consortium.hub.work() as work, pytest.raises(StepRefusedError, match="no key for reveals"):
        pack_making.begin(work, "shinsa")
