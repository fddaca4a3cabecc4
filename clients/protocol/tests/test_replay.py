"""The ledger gone through again: what opens which entry, and what is said of the scheme."""

import pytest

from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import ReplayError
from relay_protocol.facts import Kept, Withdrawn
from relay_protocol.replay import Replay
from tests.story.hand_audit import replay
from tests.story.hand_ledger import AGENCY, AUDITOR, DIGEST, HIRER, HUB, MEMBER, HandLedger
from tests.story.hand_relay import HandRelay


@pytest.fixture
def ledger() -> HandLedger:
    opened = HandLedger()
    opened.open()
    return opened


def refusal(ledger: HandLedger) -> tuple[str, int]:
    with pytest.raises(ReplayError) as refused:
        replay(ledger)
    return refused.value.code, refused.value.seq


def settle(ledger: HandLedger, period: str = "2026-12", cut: int = 3) -> str:
    return ledger.state(
        "period.settled",
        HUB,
        body={
            "period": period,
            "cut": cut,
            "root": DIGEST,
            "statements": DIGEST,
            "netting": DIGEST,
        },
    )


def audited(ledger: HandLedger, settled: str, **changes: str) -> None:
    body = {"period": "2026-12", "verdict": "sound", **changes}
    ledger.state("period.audited", AUDITOR, AUDITOR, refs={"settled": settled}, body=body)


def kept(ledger: HandLedger, *orgs: str, **changes: object) -> None:
    body = {
        "agency": AGENCY,
        "commodity": "points",
        "count": 1,
        "credit": f"points:{MEMBER}:available",
        "debit": "points:hub:issue",
        "due": "2026-12-31",
        "expires": "2028-12-31",
        "lot": DIGEST,
        **changes,
    }
    ledger.state("fact.kept", HUB, *orgs, body=body)  # type: ignore[arg-type]


def test_a_closed_entry_says_nothing(ledger: HandLedger) -> None:
    HandRelay(ledger=ledger).invite()
    ledger.forget(ledger.size - 1)
    assert replay(ledger).facts == []


def test_a_reveal_of_another_entry_is_refused(ledger: HandLedger) -> None:
    HandRelay(ledger=ledger).invite()
    HandRelay(ledger=ledger).invite()
    last = ledger.size - 1
    ledger.reveals[last] = ledger.reveals[last - 1]
    assert refusal(ledger) == ("reveal-differs", last)


def test_a_reveal_with_one_bit_changed_is_refused(ledger: HandLedger) -> None:
    HandRelay(ledger=ledger).invite()
    last = ledger.size - 1
    raw = bytearray(ledger.reveals[last])
    raw[0] ^= 1
    ledger.reveals[last] = bytes(raw)
    assert refusal(ledger) == ("reveal-differs", last)


def test_a_reveal_cut_short_is_refused(ledger: HandLedger) -> None:
    HandRelay(ledger=ledger).invite()
    last = ledger.size - 1
    ledger.reveals[last] = ledger.reveals[last][:40]
    assert refusal(ledger) == ("reveal-differs", last)


def test_a_revealed_act_by_a_key_of_nobodys_is_refused(ledger: HandLedger) -> None:
    signed = ledger.sign(
        "referral.invited",
        MEMBER,
        key=HIRER,
        refs={"referral": ledger.new_id("ref")},
        body={"job_kind": "mid-career"},
    )
    ledger.enter(signed, MEMBER)
    assert refusal(ledger) == ("signature-invalid", ledger.size - 1)


def test_the_same_attestation_twice_is_refused(ledger: HandLedger) -> None:
    name = ledger.state("reveals.closed", HUB, body={"count": 0})
    ledger.enter(ledger.sign("reveals.closed", HUB, body={"count": 1}, name=name))
    assert refusal(ledger) == ("attestation-again", ledger.size - 1)


def test_members_and_rules_are_remembered_with_their_entries(ledger: HandLedger) -> None:
    replayed = replay(ledger)
    assert [slug for _, slug in replayed.members] == [MEMBER, HIRER]
    assert [ledger.entries[seq].kind for seq, _ in replayed.members] == ["org.admitted"] * 2
    ((seq, adoption),) = replayed.adoptions
    assert (ledger.entries[seq].kind, adoption.rules.version) == ("rules.adopted", "demo-1")


def test_a_withdrawal_is_a_fact_for_the_settlement(ledger: HandLedger) -> None:
    relay = HandRelay(ledger=ledger)
    relay.invite()
    relay.give()
    relay.withdraw()
    ((seq, fact),) = replay(ledger).facts
    assert seq == ledger.size - 1
    assert isinstance(fact, Withdrawn)
    assert fact.referral == relay.referral


def test_what_is_kept_of_a_person_is_a_fact_under_the_rules_of_its_entry(
    ledger: HandLedger,
) -> None:
    kept(ledger)
    ((_, fact),) = replay(ledger).facts
    assert isinstance(fact, Kept)
    assert (fact.rules, fact.agency, fact.count) == ("demo-1", AGENCY, 1)


def test_a_kept_fact_of_an_account_that_there_is_not_is_refused(ledger: HandLedger) -> None:
    kept(ledger, debit=f"points:{MEMBER}:issue")
    assert refusal(ledger) == ("kept-malformed", ledger.size - 1)


def test_a_kept_fact_shows_nobody(ledger: HandLedger) -> None:
    kept(ledger, MEMBER)
    assert refusal(ledger) == ("shown-differs", ledger.size - 1)


def test_a_settlement_and_its_audit_belong_together(ledger: HandLedger) -> None:
    settled = settle(ledger)
    audited(ledger, settled)
    replayed = replay(ledger)
    assert [(one.id, one.period, one.cut) for one in replayed.settled] == [(settled, "2026-12", 3)]
    assert b64url_encode(replayed.settled[0].root) == DIGEST
    assert replayed.audited == {settled: [AUDITOR]}


def test_an_audit_that_refuses_a_settlement_vouches_for_nothing(ledger: HandLedger) -> None:
    audited(ledger, settle(ledger), verdict="refused")
    assert replay(ledger).audited == {}


def test_an_audit_of_another_month_than_was_settled_is_refused(ledger: HandLedger) -> None:
    audited(ledger, settle(ledger), period="2027-01")
    assert refusal(ledger) == ("audited-other", ledger.size - 1)


def test_moves_are_remembered_as_they_are_stated(ledger: HandLedger) -> None:
    body = {
        "period": "2026-12",
        "commodity": "points",
        "debit": "points:hub:issue",
        "credit": f"points:{MEMBER}:available",
        "count": 1,
        "lots": [{"lot": DIGEST, "due": "2028-12-31", "count": 1, "agency": AGENCY}],
    }
    ledger.state("points.moved", HUB, body=body)  # type: ignore[arg-type]
    (moved,) = replay(ledger).moves
    assert (moved.seq, moved.problem) == (ledger.size - 1, "")
    assert moved.move is not None
    assert moved.move.body() == body


def test_nothing_hangs_in_an_empty_replay() -> None:
    Replay().check_end()
