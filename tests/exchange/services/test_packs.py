"""Packs open for their auditor alone, hold all that is open, and what is closed is counted."""

import pytest

from exchange.cli.audit import new_pack
from exchange.domain.errors import ForbiddenError, NotFoundError, StepRefusedError
from exchange.hub import Hub
from exchange.services import packs, subject_requests
from exchange.store import audits as rows
from exchange.store import ledger as ledger_rows
from exchange.store.audits import PackRow
from relay_protocol.attestation import SignedAttestation
from relay_protocol.entry import Entry, Reveal, check_reveal
from relay_protocol.errors import PackError
from relay_protocol.pack import Pack, open_pack
from tests.story import books, relays
from tests.story.scheme import Consortium, Organization, admit, corporate_number

AUDITOR = "kansa"


def entries_of(hub: Hub) -> list[Entry]:
    hub.sequence()
    with hub.reading() as work:
        return [Entry.decode(raw) for raw in ledger_rows.entries(work.session, 0, 10_000)]


def file_of(hub: Hub, row: PackRow) -> bytes:
    return b"".join(packs.lines(hub.reading, row))


def opened(consortium: Consortium) -> Pack:
    row = new_pack(consortium.hub, AUDITOR)
    return open_pack(file_of(consortium.hub, row), consortium.auditor.sealing)


def close(hub: Hub) -> int:
    hub.sequence()
    with hub.work() as work:
        count = packs.close_reveals(work)
    hub.sequence()
    return count


def erase(hub: Hub, candidate: relays.Candidate) -> None:
    with hub.work() as work:
        subject_requests.erase(work, candidate.actor)
    hub.sequence()


def stated(hub: Hub) -> list[int]:
    counts = []
    for entry in entries_of(hub):
        if entry.kind == "reveals.closed":
            said = SignedAttestation(wire=entry.signed_bytes or b"").attestation
            counts.append(int(str(said.body["count"])))
    return counts


def test_a_pack_opens_every_committed_entry_up_to_its_cut(consortium: Consortium) -> None:
    relays.enlist(consortium.hub, consortium.members[0])
    pack = opened(consortium)
    entries = entries_of(consortium.hub)
    committed = [entry for entry in entries[: pack.cut] if entry.commitment is not None]
    assert list(pack.reveals) == [entry.seq for entry in committed]
    for entry in committed:
        check_reveal(entry, Reveal.decode(pack.reveals[entry.seq]))


def test_a_pack_is_cut_where_the_closed_ones_were_counted(consortium: Consortium) -> None:
    pack = opened(consortium)
    entries = entries_of(consortium.hub)
    assert entries[pack.cut - 1].kind == "reveals.closed"
    assert entries[pack.cut].kind == "pack.made"
    assert entries[pack.cut].orgs == (AUDITOR,)


def test_nobody_but_its_auditor_opens_it(consortium: Consortium) -> None:
    row = new_pack(consortium.hub, AUDITOR)
    file = file_of(consortium.hub, row)
    assert open_pack(file, consortium.auditor.sealing).digest() == row.digest
    with pytest.raises(PackError):
        open_pack(file, consortium.agencies[0].sealing)


def test_it_carries_the_documents_of_every_settled_month(consortium: Consortium) -> None:
    relays.wait(consortium.hub, days=62)
    months = books.settle(consortium.hub)
    pack = opened(consortium)
    assert len(pack.closes) == months >= 2
    # One statement for each of the three members.
    assert [len(close.statements) for close in pack.closes] == [3] * months


def test_the_newest_pack_takes_the_place_of_the_one_before(consortium: Consortium) -> None:
    first = new_pack(consortium.hub, AUDITOR)
    second = new_pack(consortium.hub, AUDITOR)
    assert second.cut > first.cut
    with consortium.hub.reading() as work:
        assert packs.latest(work, AUDITOR).digest == second.digest


def test_a_pack_is_handed_out_through_its_last_day(consortium: Consortium) -> None:
    hub = consortium.hub
    new_pack(hub, AUDITOR)
    relays.wait(hub, days=7)
    with hub.reading() as work:
        packs.latest(work, AUDITOR)
    relays.wait(hub, days=1)
    with hub.reading() as work, pytest.raises(NotFoundError):
        packs.latest(work, AUDITOR)


def test_before_any_pack_there_is_none(consortium: Consortium) -> None:
    with consortium.hub.reading() as work, pytest.raises(NotFoundError):
        packs.latest(work, AUDITOR)


@pytest.mark.parametrize(
    ("slug", "refusal"), [("nobody", NotFoundError), ("mirai", ForbiddenError)]
)
def test_packs_are_for_auditors(
    consortium: Consortium, slug: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        new_pack(consortium.hub, slug)


def test_an_auditor_without_a_key_for_reveals_gets_none(consortium: Consortium) -> None:
    other = Organization(slug="shinsa", role="auditor", number=corporate_number(9))
    admit(consortium.hub, other, cosigner=consortium.auditor)
    with pytest.raises(StepRefusedError, match="no key for reveals"):
        new_pack(consortium.hub, "shinsa")


def test_without_erasures_nothing_is_closed(consortium: Consortium) -> None:
    relays.enlist(consortium.hub, consortium.members[0])
    assert close(consortium.hub) == 0


def test_what_an_erased_person_leaves_closed_is_counted_once(consortium: Consortium) -> None:
    hub = consortium.hub
    going = relays.enlist(hub, consortium.members[0])
    relays.enlist(hub, consortium.members[0])
    erase(hub, going)
    # Invited, consented, listed, and unlisted on the way out.
    assert close(hub) == 4
    assert close(hub) == 0
    assert stated(hub) == [4, 0]


def test_what_still_waits_for_its_place_is_counted_later(consortium: Consortium) -> None:
    hub = consortium.hub
    going = relays.enlist(hub, consortium.members[0])
    hub.sequence()
    with hub.work() as work:
        subject_requests.erase(work, going.actor)
    with hub.work() as work:
        # The entry of the unlisting has no place yet.
        assert packs.close_reveals(work) == 3
    hub.sequence()
    assert close(hub) == 1


def test_two_counts_that_wait_together_do_not_count_twice(consortium: Consortium) -> None:
    hub = consortium.hub
    erase(hub, relays.enlist(hub, consortium.members[0]))
    with hub.work() as work:
        assert packs.close_reveals(work) == 4
    with hub.work() as work:
        assert packs.close_reveals(work) == 0


def test_erasing_somebody_withdraws_the_packs_that_hold_them(consortium: Consortium) -> None:
    hub = consortium.hub
    going = relays.enlist(hub, consortium.members[0])
    new_pack(hub, AUDITOR)
    erase(hub, going)
    with hub.reading() as work, pytest.raises(NotFoundError):
        packs.latest(work, AUDITOR)


def test_at_the_end_of_a_day_what_was_closed_is_stated_once(consortium: Consortium) -> None:
    hub = consortium.hub
    with hub.work() as work:
        assert packs.close_day(work) == 0
    assert stated(hub) == []
    erase(hub, relays.enlist(hub, consortium.members[0]))
    with hub.work() as work:
        assert packs.close_day(work) == 4
    hub.sequence()
    erase(hub, relays.enlist(hub, consortium.members[0]))
    with hub.work() as work:
        assert packs.close_day(work) == 0
    assert stated(hub) == [4]
    relays.wait(hub, days=1)
    with hub.work() as work:
        assert packs.close_day(work) == 4
    assert stated(hub) == [4, 4]


def test_at_the_end_of_a_day_packs_that_are_over_go(consortium: Consortium) -> None:
    hub = consortium.hub
    new_pack(hub, AUDITOR)
    relays.wait(hub, days=9)
    with hub.work() as work:
        packs.close_day(work)
    with hub.reading() as work:
        assert rows.pack(work.session, AUDITOR) is None
