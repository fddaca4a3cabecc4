"""An audit in several steps finds what one that begins anew finds, and refuses what it refuses."""

import random
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from relay_protocol.attestation import SignedAttestation
from relay_protocol.audit import Brought, Outcome
from relay_protocol.canonical import Value
from relay_protocol.cli.state import StateFile
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import AuditError, StateError
from relay_protocol.findings import Finding
from relay_protocol.memory import Memory, PlainMemory
from relay_protocol.rules import DEMO
from relay_protocol.walkthrough import NEWEST, PROGRESS
from tests.story.hand_audit import audit, codes
from tests.story.hand_books import HandBooks
from tests.story.hand_growth import HandGrowth
from tests.story.hand_ledger import (
    AGENCY,
    CREDENTIAL,
    HIRER,
    HUB,
    MEMBER,
    OFFICE,
    OTHER_AGENCY,
    RP_ID,
    WEB_ORIGIN,
    HandLedger,
    kid_of,
)
from tests.story.hand_relay import HandRelay

Refused = tuple[int, str, int | None]


def position(memory: Memory) -> int:
    progress = memory.shelf(PROGRESS).get(NEWEST)
    return progress.position if progress else 0


@contextmanager
def remembering(folder: Path, *, in_file: bool) -> Iterator[Callable[[], Memory]]:
    """Give a memory that is opened anew each time it is asked for, if it lies in a file."""
    if not in_file:
        kept = PlainMemory(lasts=True)
        yield lambda: kept
        return
    opened: list[object] = []

    def again() -> Memory:
        while opened:
            opened.pop().__exit__(None, None, None)  # type: ignore[attr-defined]
        manager = StateFile.open(folder / "state")
        opened.append(manager)
        return manager.__enter__()

    yield again
    while opened:
        opened.pop().__exit__(None, None, None)  # type: ignore[attr-defined]


def result(
    ledger: HandLedger, folder: Path, memory: Memory | None, first: int = 0
) -> tuple[Outcome, list[Finding]] | Refused:
    brought = Brought(log=ledger.log_key.verifier, pack=ledger.pack(first=first))
    try:
        return audit(ledger, folder, brought, memory=memory)
    except AuditError as error:
        return error.part, error.code, error.seq


def told(findings: list[Finding], *names: str) -> dict[str, object]:
    return {one.code: dict(one.figures) for one in findings if one.code in names}


ALIKE = ("charter-stands", "reveals-open", "closed-counted", "steps-follow")


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_an_audit_in_steps_finds_what_a_whole_one_finds(
    tmp_path: Path, seed: int, *, in_file: bool
) -> None:
    chance = random.Random(seed)
    growth = HandGrowth(chance=chance)
    ledger = growth.ledger
    with remembering(tmp_path, in_file=in_file) as memory:
        for step in range(4):
            for _ in range(chance.randint(0, 12)):
                growth.go_on()
            known = memory()
            first = chance.choice([0, position(known)])
            found = result(ledger, tmp_path / "grown", known, first)
            whole = result(ledger, tmp_path / "grown", None)
            assert not isinstance(whole[0], int), whole
            assert not isinstance(found[0], int), (step, found)
            assert told(found[1], *ALIKE) == told(whole[1], *ALIKE)
            assert found[0].settled == whole[0].settled
            assert found[0].audited == whole[0].audited
            assert found[0].charter.state() == whole[0].charter.state()
            if not any(fate.kind == "reveals.closed" for fate in ledger.entries):
                assert told(found[1], "closes-agree") == told(whole[1], "closes-agree")


def unbidden_step(growth: HandGrowth) -> None:
    relay = HandRelay(ledger=growth.ledger)
    relay.invite()
    relay.add()


def foreign_key(growth: HandGrowth) -> None:
    ledger = growth.ledger
    refs = {"referral": ledger.new_id("ref")}
    signed = ledger.sign(
        "referral.invited", MEMBER, key=HUB, refs=refs, body={"job_kind": "mid-career"}
    )
    ledger.enter(signed, MEMBER)


def false_reveal(growth: HandGrowth) -> None:
    HandRelay(ledger=growth.ledger).invite()
    last = growth.ledger.size - 1
    growth.ledger.reveals[last] = growth.ledger.reveals[last][:-1] + b"]"


def withheld_reveal(growth: HandGrowth) -> None:
    HandRelay(ledger=growth.ledger).invite()
    growth.ledger.forget(growth.ledger.size - 1)


def miscount(growth: HandGrowth) -> None:
    growth.ledger.count_closed(1_000)


def attestation_again(growth: HandGrowth) -> None:
    ledger = growth.ledger
    first = ledger.state("reveals.closed", HUB, body={"count": 0})
    ledger.enter(ledger.sign("reveals.closed", HUB, body={"count": 0}, name=first))


def second_claim(growth: HandGrowth) -> None:
    relay = HandRelay(ledger=growth.ledger)
    relay.until_claimed()
    other = HandRelay(ledger=growth.ledger)
    other.referral = relay.referral
    other.make()
    other.bind()


def false_month(growth: HandGrowth) -> None:
    growth.books.settle(growth.period, lambda told: replace(told, root=bytes(32)))


def move_again(ledger: HandLedger) -> bool:
    """Enter a move once more that stands in the ledger, if there is one."""
    for entry_seq, raw in list(ledger.reveals.items()):
        if ledger.entries[entry_seq].kind == "points.moved":
            said = SignedAttestation(wire=raw[32:]).attestation
            ledger.state("points.moved", HUB, body=said.body)
            return True
    return False


def late_move(growth: HandGrowth) -> None:
    growth.come()
    growth.settle()
    if not move_again(growth.ledger):
        false_month(growth)


def suspended(growth: HandGrowth) -> None:
    ledger = growth.ledger
    ledger.state("org.suspended", "office", MEMBER, body={"slug": MEMBER, "reason": "left"})
    HandRelay(ledger=ledger).invite()


BREAKS = (
    unbidden_step,
    foreign_key,
    false_reveal,
    withheld_reveal,
    miscount,
    attestation_again,
    second_claim,
    false_month,
    late_move,
    suspended,
)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("break_", BREAKS, ids=lambda break_: break_.__name__)
def test_a_break_is_refused_alike_in_steps_and_as_a_whole(
    tmp_path: Path, seed: int, break_: Callable[[HandGrowth], None]
) -> None:
    chance = random.Random(seed)
    growth = HandGrowth(chance=chance)
    for _ in range(chance.randint(0, 10)):
        growth.go_on()
    with remembering(tmp_path, in_file=True) as memory:
        known = memory()
        assert not isinstance(result(growth.ledger, tmp_path / "grown", known)[0], int)
        first = position(known)
        break_(growth)
        whole = result(growth.ledger, tmp_path / "grown", None)
        assert isinstance(whole[0], int)
        for begin in (0, first):
            # What was refused once is refused again: nothing of it is taken for checked.
            assert result(growth.ledger, tmp_path / "grown", memory(), begin) == whole
        assert position(memory()) == first


@pytest.mark.parametrize("in_file", [False, True])
def test_a_move_in_a_month_that_an_earlier_audit_saw_settled_is_refused(
    tmp_path: Path, *, in_file: bool
) -> None:
    ledger = HandLedger()
    ledger.open()
    HandRelay(ledger=ledger).until_introduced()
    HandBooks(ledger=ledger).settle("2026-12")
    with remembering(tmp_path, in_file=in_file) as memory:
        known = memory()
        assert not isinstance(result(ledger, tmp_path / "grown", known)[0], int)
        first = position(known)
        assert move_again(ledger)
        late = (8, "moved-after-close", ledger.size - 1)
        assert result(ledger, tmp_path / "grown", memory(), first) == late
        assert result(ledger, tmp_path / "grown", None) == late


def test_an_entry_that_opens_to_a_fact_of_another_kind_is_refused(tmp_path: Path) -> None:
    growth = HandGrowth(chance=random.Random(1))
    ledger = growth.ledger
    refs = {"referral": ledger.new_id("ref")}
    invited = ledger.sign("referral.invited", MEMBER, refs=refs, body={"job_kind": "mid-career"})
    ledger.enter(invited, MEMBER, kind="profile.listed")
    assert result(ledger, tmp_path, None) == (6, "kind-differs", ledger.size - 1)


def test_a_pack_that_leaves_out_what_was_not_audited_is_refused(tmp_path: Path) -> None:
    growth = HandGrowth(chance=random.Random(1))
    with pytest.raises(StateError, match="ask for a pack with --since 0"):
        result(growth.ledger, tmp_path, None, 5)


def test_a_pack_older_than_what_was_audited_is_refused(tmp_path: Path) -> None:
    growth, memory = HandGrowth(chance=random.Random(1)), PlainMemory(lasts=True)
    result(growth.ledger, tmp_path, memory)
    old = Brought(log=growth.ledger.log_key.verifier, pack=growth.ledger.pack(5))
    with pytest.raises(StateError, match="ask for a newer pack"):
        audit(growth.ledger, tmp_path, old, memory=memory)


def gone(ledger: HandLedger) -> HandRelay:
    relay = HandRelay(ledger=ledger)
    relay.until_confirmed()
    ledger.forget(*relay.seqs)
    ledger.count_closed(len(relay.seqs))
    return relay


def test_what_was_closed_and_can_be_opened_again_is_refused(tmp_path: Path) -> None:
    growth, memory = HandGrowth(chance=random.Random(1)), PlainMemory(lasts=True)
    ledger = growth.ledger
    before = dict(ledger.reveals)
    relay = HandRelay(ledger=ledger)
    relay.until_confirmed()
    held = dict(ledger.reveals)
    ledger.forget(*relay.seqs)
    ledger.count_closed(len(relay.seqs))
    result(ledger, tmp_path, memory)
    ledger.reveals = {**before, **held}
    ledger.count_closed(0)
    found = result(ledger, tmp_path, memory)
    assert found == (6, "closed-reopened", relay.seqs[0])


def test_a_clear_entry_that_was_seen_cannot_be_said_to_be_closed(tmp_path: Path) -> None:
    growth, memory = HandGrowth(chance=random.Random(1)), PlainMemory(lasts=True)
    ledger = growth.ledger
    result(ledger, tmp_path, memory)
    pack = replace(ledger.pack(), closed=((2, 2),))
    brought = Brought(log=ledger.log_key.verifier, pack=pack)
    with pytest.raises(AuditError) as refusal:
        audit(ledger, tmp_path, brought, memory=memory)
    assert (refusal.value.code, refusal.value.seq) == ("closed-clear-entry", 2)


def test_nothing_is_remembered_of_people_who_are_erased_but_their_numbers(tmp_path: Path) -> None:
    growth, memory = HandGrowth(chance=random.Random(1)), PlainMemory(lasts=True)
    relay = HandRelay(ledger=growth.ledger)
    relay.until_confirmed()
    result(growth.ledger, tmp_path, memory)
    known = {name: dict(shelf) for name, shelf in memory._shelves.items()}  # type: ignore[call-overload] # noqa: SLF001
    assert relay.referral in known["candidacy"]
    growth.ledger.forget(*relay.seqs)
    growth.ledger.count_closed(len(relay.seqs))
    result(growth.ledger, tmp_path, memory)
    left = {name: dict(shelf) for name, shelf in memory._shelves.items()}  # type: ignore[call-overload] # noqa: SLF001
    for shelf in ("candidacy", "claim", "introduction", "hire", "fact"):
        assert not left[shelf]


@pytest.mark.parametrize(
    ("closed", "code"),
    [
        ("claim.made", "claim-unknown"),
        ("referral.invited", "referral-unknown"),
        ("introduction.made", "introduction-unknown"),
        ("hire.reported", "hire-unknown"),
    ],
)
def test_a_hire_of_which_the_hub_closed_one_step_cannot_be_confirmed(
    tmp_path: Path, closed: str, code: str
) -> None:
    growth, memory = HandGrowth(chance=random.Random(1)), PlainMemory(lasts=True)
    ledger = growth.ledger
    relay = HandRelay(ledger=ledger)
    relay.until_introduced()
    relay.tell("offer-accepted")
    relay.tell("started")
    result(ledger, tmp_path, memory)
    ledger.forget(next(seq for seq in relay.seqs if ledger.entries[seq].kind == closed))
    ledger.count_closed(1)
    relay.confirm()
    assert result(ledger, tmp_path, memory) == (7, code, ledger.size - 1)


def test_an_audit_without_a_pack_goes_on_where_the_last_one_ended(tmp_path: Path) -> None:
    growth, memory = HandGrowth(chance=random.Random(1)), PlainMemory(lasts=True)
    brought = Brought(log=growth.ledger.log_key.verifier)
    audit(growth.ledger, tmp_path, brought, memory=memory)
    growth.ledger.adopt_rules({**DEMO, "version": "demo-2"})
    outcome, findings = audit(growth.ledger, tmp_path, brought, memory=memory)
    assert [one.rules.version for one in outcome.charter.adoptions] == ["demo-1", "demo-2"]
    assert "bytes-before" in codes(findings, 2)
    # With a pack, all that it opens is gone through from the first entry on.
    _, findings = audit(growth.ledger, tmp_path, memory=memory)
    assert "steps-before" not in codes(findings, 6)


@dataclass(kw_only=True)
class PersonsLedger(HandLedger):
    """A ledger in which a person's passkey signs every act of one kind, honestly or not."""

    kind: str
    rp_id: str = RP_ID
    verified: bool = True
    origin: str = WEB_ORIGIN
    asked: bytes = b""
    first: int = -1

    def state(
        self,
        kind: str,
        by: str,
        *orgs: str,
        refs: Mapping[str, str] | None = None,
        body: Mapping[str, Value] | None = None,
    ) -> str:
        """Sign and enter a fact, note the place of the first that a person has signed."""
        signed = self.sign(kind, by, refs=refs, body=body)
        if kind == self.kind:
            self.first = self.size if self.first < 0 else self.first
            signed = self.sign_by_passkey(
                signed,
                rp_id=self.rp_id,
                verified=self.verified,
                origin=self.origin,
                asked=self.asked,
            )
        return self.enter(signed, *orgs)


BY_PERSONS = [
    ("claim.made", AGENCY),
    ("introduction.made", AGENCY),
    ("hire.reported", AGENCY),
    ("hire.confirmed", HIRER),
]


def persons_ledger(kind: str, by: str, *, registered: str | None = None) -> PersonsLedger:
    """Return a ledger with a person's passkey registered: of who acts, or of another."""
    ledger = PersonsLedger(kind=kind)
    ledger.open()
    ledger.register_passkey(by if registered is None else registered)
    return ledger


def refused_at(ledger: HandLedger, folder: Path) -> tuple[int, str, int | None]:
    """Return part, code and place of what an audit of the whole ledger refuses."""
    with pytest.raises(AuditError) as refusal:
        audit(ledger, folder)
    return refusal.value.part, refusal.value.code, refusal.value.seq


@pytest.mark.parametrize(("kind", "by"), BY_PERSONS)
class TestWhatAPersonSigns:
    """What moves identity or value is signed by a passkey, and verified offline."""

    def test_holds_under_the_passkey_that_was_registered(
        self, kind: str, by: str, tmp_path: Path
    ) -> None:
        ledger = persons_ledger(kind, by)
        HandRelay(ledger=ledger).until_confirmed()
        assert ledger.first > 0
        audit(ledger, tmp_path)

    @pytest.mark.parametrize(
        "otherwise",
        [
            {"origin": "https://other.example"},
            {"origin": f"{WEB_ORIGIN}.other.example"},
            {"rp_id": "other.example"},
            {"verified": False},
            {"asked": b"another fact"},
        ],
    )
    def test_is_refused_where_the_person_was_asked_otherwise(
        self, kind: str, by: str, tmp_path: Path, otherwise: dict[str, object]
    ) -> None:
        ledger = persons_ledger(kind, by)
        for name, value in otherwise.items():
            setattr(ledger, name, value)
        HandRelay(ledger=ledger).until_confirmed()
        assert refused_at(ledger, tmp_path) == (6, "signature-invalid", ledger.first)

    def test_is_refused_under_a_passkey_that_was_revoked(
        self, kind: str, by: str, tmp_path: Path
    ) -> None:
        ledger = persons_ledger(kind, by)
        ledger.revoke(by, b64url_encode(CREDENTIAL))
        HandRelay(ledger=ledger).until_confirmed()
        assert refused_at(ledger, tmp_path) == (6, "signature-invalid", ledger.first)

    def test_is_refused_under_the_passkey_of_another_organizations_person(
        self, kind: str, by: str, tmp_path: Path
    ) -> None:
        ledger = persons_ledger(kind, by, registered=OTHER_AGENCY)
        HandRelay(ledger=ledger).until_confirmed()
        assert refused_at(ledger, tmp_path) == (6, "signature-invalid", ledger.first)

    def test_is_refused_under_a_passkey_that_was_registered_only_later(
        self, kind: str, by: str, tmp_path: Path
    ) -> None:
        ledger = PersonsLedger(kind=kind)
        ledger.open()
        HandRelay(ledger=ledger).until_confirmed()
        ledger.register_passkey(by)
        assert refused_at(ledger, tmp_path) == (6, "signature-invalid", ledger.first)


@dataclass(kw_only=True)
class SecondKey(HandLedger):
    """A ledger in which one maker has a second key, and acts with it or with its first."""

    owner: str
    following: str
    uses_following: bool = False
    made_by: dict[int, str] = field(default_factory=dict)

    def state(
        self,
        kind: str,
        by: str,
        *orgs: str,
        refs: Mapping[str, str] | None = None,
        body: Mapping[str, Value] | None = None,
    ) -> str:
        """Sign and enter a fact, and note who has made it."""
        key = self.following if by == self.owner and self.uses_following else ""
        self.made_by[self.size] = by
        return self.enter(self.sign(kind, by, refs=refs, body=body, key=key), *orgs)

    def follow(self, purpose: str) -> None:
        """Register the second key."""
        self.register_signing(self._registrar(purpose), self.following, purpose)

    def end_first(self, purpose: str) -> None:
        """Revoke the first key."""
        by = self._registrar(purpose)
        self.revoke(by, kid_of(self.owner), key="" if purpose == "hub" else self.following)

    def _registrar(self, purpose: str) -> str:
        return OFFICE if purpose == "hub" else self.owner


class TestKeysThatFollow:
    """Whoever acts: with a key that stands, and with no other."""

    @pytest.mark.parametrize(
        ("owner", "purpose", "following"),
        [(HUB, "hub", "hub-2"), (MEMBER, "sign", "mirai-2"), (AGENCY, "sign", "sakura-2")],
    )
    def test_an_act_counts_under_either_while_both_stand(
        self, tmp_path: Path, owner: str, purpose: str, following: str
    ) -> None:
        ledger = SecondKey(owner=owner, following=following)
        ledger.open()
        ledger.follow(purpose)
        HandRelay(ledger=ledger).until_approved()
        ledger.uses_following = True
        HandRelay(ledger=ledger).until_approved()
        audit(ledger, tmp_path)

    @pytest.mark.parametrize(
        ("owner", "purpose", "following"),
        [(HUB, "hub", "hub-2"), (MEMBER, "sign", "mirai-2"), (AGENCY, "sign", "sakura-2")],
    )
    def test_an_act_under_the_first_after_its_end_is_found(
        self, tmp_path: Path, owner: str, purpose: str, following: str
    ) -> None:
        ledger = SecondKey(owner=owner, following=following)
        ledger.open()
        HandRelay(ledger=ledger).until_approved()
        ledger.follow(purpose)
        ledger.end_first(purpose)
        audit(ledger, tmp_path / "before")
        ledger.uses_following = True
        HandRelay(ledger=ledger).until_approved()
        audit(ledger, tmp_path / "since")
        ledger.uses_following, size = False, ledger.size
        HandRelay(ledger=ledger).until_approved()
        own = [seq for seq in range(size, ledger.size) if ledger.made_by[seq] == owner]
        assert refused_at(ledger, tmp_path / "false") == (6, "signature-invalid", own[0])

    def test_an_act_under_the_second_before_it_was_registered_is_found(
        self, tmp_path: Path
    ) -> None:
        ledger = SecondKey(owner=HUB, following="hub-2", uses_following=True)
        ledger.open()
        HandRelay(ledger=ledger).until_approved()
        ledger.follow("hub")
        own = [seq for seq, by in ledger.made_by.items() if by == HUB]
        assert refused_at(ledger, tmp_path) == (6, "signature-invalid", own[0])
