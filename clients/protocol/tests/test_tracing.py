"""From a lot back to the people's own acts, as far as they are open; the rest is said."""

from datetime import timedelta

import pytest

from relay_protocol.attestation import SignedAttestation
from relay_protocol.entry import Reveal
from relay_protocol.points import Cause
from relay_protocol.rules import Adoption
from relay_protocol.tracing import Books, Stated, Trace, TraceError
from tests.story.hand_books import ADOPTIONS, HandBooks
from tests.story.hand_ledger import AGENCY, AUDITOR, MEMBER, OTHER_AGENCY, RULES, HandLedger
from tests.story.hand_relay import HandRelay


@pytest.fixture
def books() -> HandBooks:
    ledger = HandLedger()
    ledger.open()
    return HandBooks(ledger=ledger)


def stated(ledger: HandLedger) -> list[Stated]:
    """Return every entry with what it says, as a pack of all reveals opens it."""
    told = []
    for entry in ledger.entries:
        raw = entry.signed_bytes
        if entry.seq in ledger.reveals:
            raw = Reveal.decode(ledger.reveals[entry.seq]).signed
        if raw is None:
            told.append(Stated(entry, None))
        else:
            signed = SignedAttestation(wire=raw)
            told.append(Stated(entry, signed.attestation, signed.method, signed.kid))
    return told


def trace(books: HandBooks, name: str) -> list[Trace]:
    told = stated(books.ledger)
    found = Books.of(told)
    return found.trace(found.lots(name), ADOPTIONS, told)


def lot_of(fact: str, leg: str) -> str:
    return Cause(rules=RULES.version, fact=fact, leg=leg).transfer_id()


def ten_of_december(books: HandBooks) -> list[HandRelay]:
    relays = [
        HandRelay(ledger=books.ledger, agency=agency)
        for agency in [AGENCY] * 6 + [OTHER_AGENCY] * 4
    ]
    for relay in relays:
        relay.until_introduced()
    return relays


def kinds(one: Trace) -> list[str]:
    return [step.entry.kind for step in one.steps]


def test_a_slot_for_a_hire_leads_back_to_the_consent(books: HandBooks) -> None:
    relay = HandRelay(ledger=books.ledger)
    relay.until_confirmed()
    HandRelay(ledger=books.ledger).until_confirmed()
    for month in ("2026-12", "2027-01", "2027-02", "2027-03"):
        books.settle(month)
    books.audit("2027-03")
    (one,) = trace(books, lot_of(relay.hire, "hired"))
    assert (one.origin, str(one.account), one.rules) == (
        "hire",
        f"slots:{MEMBER}:available",
        RULES.version,
    )
    assert [step.entry.seq for step in one.steps] == relay.seqs
    assert kinds(one)[:3] == ["referral.invited", "consent.given", "profile.added"]
    assert kinds(one)[-1] == "hire.confirmed"
    assert one.settlement is not None
    assert (one.settlement.period, one.settlement.audited_by) == ("2027-03", (AUDITOR,))
    (gain,) = one.movements
    assert (gain.period, gain.count, gain.agency) == ("2027-03", 1, AGENCY)
    assert books.ledger.entries[gain.seq].kind == "points.moved"
    assert one.rules_seq is not None
    assert books.ledger.entries[one.rules_seq].kind == "rules.adopted"


def test_a_slot_from_points_leads_back_to_ten_referrals(books: HandBooks) -> None:
    relays = ten_of_december(books)
    books.settle("2026-12")
    (one,) = trace(books, f"slots:{MEMBER}")
    assert (one.origin, one.steps, len(one.parts)) == ("converted", (), 10)
    assert {part.lot for part in one.parts} == {
        lot_of(relay.introduction, "counted") for relay in relays
    }
    for part in one.parts:
        assert part.origin == "referral"
        assert "consent.given" in kinds(part)
        assert kinds(part)[-1] == "introduction.made"
        # Earned, and exchanged, in the same month.
        assert [move.credit.bucket for move in part.movements] == ["available", "convert"]


def test_the_way_of_one_candidate_is_no_other_ones(books: HandBooks) -> None:
    relays = ten_of_december(books)
    books.settle("2026-12")
    (one,) = trace(books, lot_of(relays[3].introduction, "counted"))
    assert [step.entry.seq for step in one.steps] == relays[3].seqs


def test_what_has_not_moved_yet_is_traced_as_well(books: HandBooks) -> None:
    relay = HandRelay(ledger=books.ledger)
    relay.until_confirmed()
    (one,) = trace(books, lot_of(relay.hire, "hired"))
    assert (one.origin, one.movements, one.account) == ("hire", (), None)
    assert [step.entry.seq for step in one.steps] == relay.seqs


def test_an_erased_person_leaves_a_lot_that_is_closed(books: HandBooks) -> None:
    relays = ten_of_december(books)
    books.settle("2026-12")
    books.ledger.forget(*relays[0].seqs)
    books.ledger.count_closed(len(relays[0].seqs))
    (one,) = trace(books, f"slots:{MEMBER}")
    gone = lot_of(relays[0].introduction, "counted")
    states = {part.lot: (part.origin, len(part.steps)) for part in one.parts}
    assert states.pop(gone) == ("closed", 0)
    assert {origin for origin, _ in states.values()} == {"referral"}


def test_a_fact_that_was_kept_is_named(books: HandBooks) -> None:
    relay = HandRelay(ledger=books.ledger)
    relay.until_introduced()
    books.ledger.wait(days=1)
    books.erase(relay, books.ledger.now.date() + timedelta(days=40), "2027-01")
    (kept,) = [entry for entry in books.ledger.entries if entry.kind == "fact.kept"]
    (one,) = trace(books, lot_of(relay.introduction, "counted"))
    assert (one.origin, one.kept_seq, one.steps) == ("kept", kept.seq, ())


def test_a_lot_is_found_by_its_beginning(books: HandBooks) -> None:
    ten_of_december(books)
    books.settle("2026-12")
    found = Books.of(stated(books.ledger))
    for lot in found.lots(f"points:{MEMBER}"):
        assert found.lots(lot) == found.lots(f"lot:{lot[:12]}") == [lot]
    assert len(found.lots(f"points:{MEMBER}:available")) == 10


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "6 signs or more"),
        ("abcde", "6 signs or more"),
        ("abcdef", "no lot begins"),
        ("slots:nobody", "no lot of slots:nobody"),
        ("shares:mirai", "no lot of"),
    ],
)
def test_a_name_of_nothing_is_refused(books: HandBooks, name: str, said: str) -> None:
    ten_of_december(books)
    books.settle("2026-12")
    with pytest.raises(TraceError, match=said):
        trace(books, name)


def test_the_rules_are_those_of_the_referral_and_of_the_close(books: HandBooks) -> None:
    ten_of_december(books)
    books.settle("2026-12")
    (one,) = trace(books, f"slots:{MEMBER}")
    assert {one.rules, *(part.rules for part in one.parts)} == {RULES.version}
    assert isinstance(ADOPTIONS[0], Adoption)
