"""What a hub can do and no audit refuses: played here, and named where a reader looks for it.

The audit says in part 9 what it has not established, and the threat model what limits it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from relay_protocol import note, tiles
from relay_protocol.audit import ALWAYS_OPEN, Brought
from relay_protocol.errors import AuditError
from relay_protocol.note import Checkpoint, SignerKey
from relay_protocol.policy import LogLine, Policy, WitnessLine
from relay_protocol.trust import Trust
from tests.rogue import RogueHub, busy
from tests.story.hand_audit import audit, codes
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import (
    AGENCY,
    HIRER,
    HUB,
    LOG,
    MEMBER,
    OTHER_AGENCY,
    corporate_number,
    signing_key,
)
from tests.story.hand_relay import HandRelay

THREATS = Path(__file__).resolve().parents[2] / "docs" / "threat-model.md"
WITNESS = SignerKey(name="witness.example/w1", kind=note.COSIGNATURE, private_key=signing_key("w1"))


def forge_consent_and_approval(hub: RogueHub) -> None:
    """The hub says that a candidate consented and approved; all others believe it."""
    relay = HandRelay(ledger=hub)
    relay.invite()
    relay.give()
    relay.add()
    relay.show()
    relay.make()
    relay.bind()
    relay.approve()
    relay.let_go()


def confirm_for_the_candidate(hub: RogueHub) -> None:
    """The hub says that a candidate has confirmed a start which an agency made up."""
    relay = HandRelay(ledger=hub)
    relay.until_introduced()
    relay.tell("offer-accepted")
    relay.tell("started")
    relay.confirm(by=HUB)


def forget_a_withdrawal(hub: RogueHub) -> None:
    """The candidate has withdrawn, the hub does not write it down, and all goes on."""
    relay = HandRelay(ledger=hub)
    relay.until_approved()
    relay.let_go()


def refer_one_person_twice(hub: RogueHub) -> None:
    """One person is two referrals, or nobody at all; each of them earns."""
    busy(hub, 2)
    HandBooks(ledger=hub).settle("2026-12")


def list_a_recognizable_profile(hub: RogueHub) -> None:
    """The profile of the only one of their kind is listed without an exception."""
    relay = HandRelay(ledger=hub)
    relay.invite()
    relay.give()
    relay.add()
    relay.show(exception=False)


def seal_nothing(hub: RogueHub) -> None:
    """The envelope holds another name than it should; its digest is true."""
    HandRelay(ledger=hub).until_received()


def erase_who_could_be_asked(hub: RogueHub) -> None:
    """What a month gave follows from nothing that can still be opened."""
    books, relay = HandBooks(ledger=hub), HandRelay(ledger=hub)
    relay.until_introduced()
    books.settle("2026-12")
    books.erase(relay, date(2027, 1, 5), "2027-01")


def erase_before_the_close(hub: RogueHub) -> None:
    """What was earned is what the hub says it was: the facts went before the month closed."""
    books, relay = HandBooks(ledger=hub), HandRelay(ledger=hub)
    hub.wait(days=10)
    books.settle("2026-12")
    relay.until_introduced()
    books.erase(relay, date(2027, 1, 10), "2027-01")
    books.settle("2027-01")


def hire_without_a_word(hub: RogueHub) -> None:
    """The agency has placed somebody, and neither it nor the hirer says so."""
    HandRelay(ledger=hub).until_introduced()


def let_somebody_wait(hub: RogueHub) -> None:
    """An agency's claim is refused, and another's, made later, is taken."""
    relay = HandRelay(ledger=hub, agency=OTHER_AGENCY)
    relay.until_listed()
    relay.make()
    relay.bind()


def use_a_stolen_key(hub: RogueHub) -> None:
    """Somebody acts with an agency's key, and it has not noticed yet."""
    relay = HandRelay(ledger=hub)
    relay.until_claimed()
    relay.end("by-agency", by=AGENCY)


def vouch_for_nobody(hub: RogueHub) -> None:
    """A member cosigns an agency that does not exist, and that agency takes part."""
    hub.turn(*hub.accomplices, "puppet")
    admission = hub.admit("puppet", role="agency", number=corporate_number(99))
    hub.cosign("puppet", admission, by=MEMBER)
    HandRelay(ledger=hub, agency="puppet").until_claimed()


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncaught:
    """Something that an audit does not refuse.

    Attributes:
        name: what the threat model calls it.
        play: does it, on a hub whose members and agencies are deceived or accomplices.
        told: the code of part 9 under which the report names it; "" where a ledger cannot
            speak of it, since nobody ever said anything.
    """

    name: str
    play: Callable[[RogueHub], None]
    told: str = ""


UNCAUGHT = (
    Uncaught(
        name="A consent or approval that the candidate never gave",
        play=forge_consent_and_approval,
        told="consents-by-hub",
    ),
    Uncaught(
        name="A consent or approval that the candidate never gave",
        play=confirm_for_the_candidate,
        told="consents-by-hub",
    ),
    Uncaught(
        name="A consent or withdrawal that the hub does not record",
        play=forget_a_withdrawal,
        told="consents-by-hub",
    ),
    Uncaught(name="Real people", play=refer_one_person_twice, told="referrals-as-persons"),
    Uncaught(
        name="Whether the grouping of one person's referrals is right",
        play=refer_one_person_twice,
        told="referrals-as-persons",
    ),
    Uncaught(
        name="The k-anonymity of what was listed",
        play=list_a_recognizable_profile,
        told="classes-unseen",
    ),
    Uncaught(name="What was in an envelope", play=seal_nothing, told="identities-unseen"),
    Uncaught(
        name="Facts about erased people", play=erase_who_could_be_asked, told="closed-unaudited"
    ),
    Uncaught(name="Facts about erased people", play=erase_before_the_close, told="kept-unproved"),
    Uncaught(name="Hires that nobody reports", play=hire_without_a_word),
    Uncaught(name="Being refused or delayed", play=let_somebody_wait),
    Uncaught(name="A stolen key, before it is revoked", play=use_a_stolen_key),
    Uncaught(name="An organization that vouches for a puppet", play=vouch_for_nobody),
    Uncaught(name="A stolen private link", play=forge_consent_and_approval, told="consents-by-hub"),
)
BESIDE_THE_LEDGER = {
    "Reading": "whoever reads leaves no entry",
    "Traffic and timing": "it is what an honest ledger shows",
    "Receipts and packs kept after an erasure": "they were honest when they were saved",
    "A receipt that is passed on": "it is honest too",
    "A portal's cookie that was copied from a browser": "it moves neither identity nor value",
    "A revocation that a client is not shown": "test_a_client_is_not_shown_what_the_hub_leaves_out",
    "Collusion of a quorum of witnesses with the hub": "test_witnesses_that_cosign_anything",
}
"""What needs no lie in the ledger, or is played by a test of its own."""


@pytest.fixture
def hub() -> RogueHub:
    """Return a hub that lies, whom members and agencies believe."""
    opened = RogueHub.opened()
    opened.turn(MEMBER, AGENCY, OTHER_AGENCY, HIRER)
    return opened


@pytest.mark.parametrize("lie", UNCAUGHT, ids=lambda lie: lie.play.__name__)
def test_an_audit_does_not_refuse_it_and_says_that_it_cannot(
    hub: RogueHub, tmp_path: Path, lie: Uncaught
) -> None:
    lie.play(hub)
    _, findings = audit(hub, tmp_path)
    assert not lie.told or lie.told in codes(findings, 9)


def test_what_no_audit_can_ever_tell_is_played_here() -> None:
    assert set(ALWAYS_OPEN) <= {lie.told for lie in UNCAUGHT}


def test_the_threat_model_names_each_and_each_that_it_names_is_accounted_for() -> None:
    _, _, rest = THREATS.read_text("utf-8").partition("## What nothing catches")
    section, _, _ = rest.partition("\n## ")
    rows = [line.split("|")[1].strip() for line in section.splitlines() if line.startswith("| ")]
    named = {re.sub(r"\*\*(.*?)\*\*.*", r"\1", row).strip(" .") for row in rows[2:] if row}
    known = {lie.name for lie in UNCAUGHT} | set(BESIDE_THE_LEDGER)
    assert not [one for one in known if not any(name.startswith(one) for name in named)]
    assert not [name for name in named if not any(name.startswith(one) for one in known)]


def test_witnesses_that_cosign_anything_deceive_who_has_seen_nothing(
    hub: RogueHub, tmp_path: Path
) -> None:
    busy(hub)
    before = Checkpoint(origin=LOG, size=hub.size, root=hub.tree.root(hub.size))
    other = hub.fork()
    other.cut(hub.size - 1)
    other.count_closed(0)
    shown = Checkpoint(origin=LOG, size=other.size, root=other.tree.root(other.size))
    at = int(other.now.timestamp())
    line = note.cosign(shown, WITNESS, time_s=at)
    other.files[tiles.CHECKPOINT_PATH] = note.add_signatures(other.checkpoint(), [line])
    policy = Policy(
        logs=(LogLine(vkey=other.log_key.verifier),),
        witnesses=(WitnessLine(name="w1", vkey=WITNESS.verifier),),
        quorum="w1",
    )
    brought = Brought(trust=Trust(policy=policy, now=other.now), pack=other.pack())
    _, findings = audit(other, tmp_path / "new", brought)
    assert "no-history" in codes(findings, 9)
    # One honest reader who kept a checkpoint is enough.
    with pytest.raises(AuditError) as refusal:
        audit(other, tmp_path / "old", replace(brought, earlier=(before,)))
    assert (refusal.value.part, refusal.value.code) == (2, "two-histories")


def test_the_hour_of_what_the_hub_records_is_its_own_word(hub: RogueHub, tmp_path: Path) -> None:
    """An entry shows a day; within it, a candidate's answer came when the hub says it came."""
    relay = HandRelay(ledger=hub)
    relay.until_claimed()
    claimed_at = hub.now
    hub.wait(hours=8)
    refs, body = {"claim": relay.claim}, {"job_kind": "mid-career"}
    early = claimed_at + timedelta(minutes=1)
    hub.enter(hub.sign("claim.approved", HUB, refs=refs, body=body, at=early), AGENCY)
    audit(hub, tmp_path)


def test_of_two_claims_the_hub_binds_the_one_it_likes(hub: RogueHub, tmp_path: Path) -> None:
    """The agency that was first has a receipt of its claim, and one of the hub's answer."""
    first = HandRelay(ledger=hub)
    first.until_listed()
    second = HandRelay(ledger=hub, agency=OTHER_AGENCY)
    first.make()
    second.referral = first.referral
    second.make()
    second.bind()
    second.decline()
    first.bind()
    audit(hub, tmp_path)
