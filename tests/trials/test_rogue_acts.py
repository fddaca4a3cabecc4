"""What a hub that lies gets from an auditor for acts that were never done, or could not be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from relay_protocol import jwk
from relay_protocol.attestation import SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import AuditError
from relay_protocol.memory import PlainMemory
from tests.rogue import DRAWN, RogueHub, busy
from tests.story.hand_audit import audit
from tests.story.hand_books import HandBooks, Published
from tests.story.hand_ledger import (
    AGENCY,
    AUDITOR,
    HIRER,
    HUB,
    MEMBER,
    OFFICE,
    OTHER_AGENCY,
    corporate_number,
    kids,
    sealing_key,
    signing_key,
)
from tests.story.hand_relay import HandRelay

Caught = tuple[int, str, int | None]


@pytest.fixture
def hub() -> RogueHub:
    """Return a hub that was honest so far: a candidate has gone all the way."""
    opened = RogueHub.opened()
    busy(opened)
    return opened


@pytest.fixture
def relay(hub: RogueHub) -> HandRelay:
    """Return another candidate, of whom nothing is known yet."""
    return HandRelay(ledger=hub)


def caught(hub: RogueHub, folder: Path) -> Caught:
    """Return how an auditor refuses what the hub serves: part, code and first entry at fault."""
    with pytest.raises(AuditError) as refusal:
        audit(hub, folder)
    return refusal.value.part, refusal.value.code, refusal.value.seq


# It acts in others' names.


def test_an_act_of_an_organization_is_not_forged(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_claimed()
    hub.turn()
    relay.end("by-agency", by=AGENCY)
    assert caught(hub, tmp_path) == (6, "signature-invalid", hub.size - 1)


def test_an_act_that_everybody_may_read_is_not_forged_either(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    hub.register(AUDITOR, "reveal")
    assert caught(hub, tmp_path) == (5, "signature-invalid", hub.size - 1)


def test_the_hubs_own_key_is_no_organizations(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_claimed()
    hub.turn()
    refs = {"claim": relay.claim}
    hub.enter(
        hub.sign("claim.ended", AGENCY, refs=refs, body={"reason": "filled"}, key=HUB), AGENCY
    )
    assert caught(hub, tmp_path) == (6, "signature-invalid", hub.size - 1)


def test_an_organization_does_not_act_for_another(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_claimed()
    hub.turn(OTHER_AGENCY)
    refs = {"claim": relay.claim}
    signed = hub.sign("claim.ended", AGENCY, refs=refs, body={"reason": "filled"}, key=OTHER_AGENCY)
    hub.enter(signed, AGENCY)
    assert caught(hub, tmp_path) == (6, "signature-invalid", hub.size - 1)


def revoke_and_go_on(hub: RogueHub) -> None:
    """Let the agency have a second key, and revoke the first, which was stolen."""
    second: dict[str, Value] = dict(jwk.from_key(signing_key("second").public_key()))
    body: dict[str, Value] = {"purpose": "sign", "key": second, "person": "", "credential": ""}
    hub.state("key.registered", AGENCY, AGENCY, body=body)
    stolen = jwk.kid_of(signing_key(AGENCY).public_key())
    hub.state("key.revoked", AGENCY, AGENCY, body={"kid": stolen})


def test_a_key_that_was_revoked_signs_nothing_more(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_listed()
    revoke_and_go_on(hub)
    audit(hub, tmp_path / "before")
    hub.turn(AGENCY)  # the thief has sold it to the hub
    relay.make()
    assert caught(hub, tmp_path / "after") == (6, "signature-invalid", hub.size - 1)


def test_a_key_that_was_revoked_registers_no_other(hub: RogueHub, tmp_path: Path) -> None:
    revoke_and_go_on(hub)
    hub.turn(AGENCY)
    hub.register(AGENCY, "reveal")
    assert caught(hub, tmp_path) == (5, "signature-invalid", hub.size - 1)


def test_a_persons_signature_serves_no_other_act(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    hub.register_passkey(AGENCY)
    relay.until_claimed()
    refs = {"claim": relay.claim}
    true = hub.sign_by_passkey(
        hub.sign("claim.ended", AGENCY, refs=refs, body={"reason": "filled"})
    )
    hub.turn()
    said = replace(true.attestation, body={"reason": "not-genuine"})
    old, new = (b64url_encode(one.encode()).encode() for one in (true.attestation, said))
    false = SignedAttestation(wire=true.wire.replace(old, new))
    hub.enter(false, AGENCY)
    assert caught(hub, tmp_path) == (6, "signature-invalid", hub.size - 1)


def test_a_person_signs_for_this_site_alone(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    hub.register_passkey(AGENCY)
    relay.until_claimed()
    hub.turn(AGENCY)  # its person was lured to another site
    refs = {"claim": relay.claim}
    signed = hub.sign("claim.ended", AGENCY, refs=refs, body={"reason": "filled"})
    hub.enter(hub.sign_by_passkey(signed, rp_id="hub.example.com"), AGENCY)
    assert caught(hub, tmp_path) == (6, "signature-invalid", hub.size - 1)


def puppet(hub: RogueHub) -> str:
    """Admit an agency that does not exist; return the id of its admission."""
    return hub.admit("puppet", role="agency", number=corporate_number(99))


def test_an_organization_that_nobody_cosigned_stays_without_rights(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_listed()
    hub.turn("puppet")
    puppet(hub)
    outcome, _ = audit(hub, tmp_path / "pending")
    admitted = outcome.charter.directory.organization("puppet")
    assert admitted is not None
    assert admitted.state == "pending"
    HandRelay(ledger=hub, agency="puppet").make()
    assert caught(hub, tmp_path / "acts") == (6, "maker-not-active", hub.size - 1)


@pytest.mark.parametrize("cosigner", [AUDITOR, "puppet", OFFICE])
def test_a_hub_cannot_cosign_whom_it_admits(hub: RogueHub, tmp_path: Path, cosigner: str) -> None:
    hub.turn("puppet")
    hub.cosign("puppet", puppet(hub), by=cosigner)
    part, code, seq = caught(hub, tmp_path)
    assert (part, seq) == (5, hub.size - 1)
    assert (
        code
        == {
            AUDITOR: "signature-invalid",
            "puppet": "maker-not-active",
            OFFICE: "directory-contradicted",
        }[cosigner]
    )


def test_a_sealing_key_that_an_agency_never_registered_cannot_be_registered_for_it(
    hub: RogueHub, tmp_path: Path
) -> None:
    hub.turn()
    own: dict[str, Value] = dict(jwk.from_key(sealing_key(DRAWN).public_key()))
    body: dict[str, Value] = {"purpose": "seal", "key": own, "person": "", "credential": ""}
    hub.state("key.registered", AGENCY, AGENCY, body=body)
    assert caught(hub, tmp_path) == (5, "signature-invalid", hub.size - 1)


def test_an_origin_that_is_handed_a_swapped_key_leaves_it_in_its_own_act(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_approved()
    hub.turn(MEMBER)  # its client is broken and seals to whatever the hub shows
    relay.let_go(keys=kids([DRAWN]))
    assert caught(hub, tmp_path) == (7, "key-not-registered", hub.size - 1)


def test_a_revocation_that_an_origin_was_not_shown_is_found_by_what_it_has_sealed(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    """A client knows as much of the register as the hub shows it; an auditor has all of it."""
    relay.until_approved()
    hub.revoke(AGENCY, str(kids([AGENCY])[0]))  # it was stolen
    hub.turn(MEMBER)  # its client was shown the register up to here
    relay.let_go()
    assert caught(hub, tmp_path) == (7, "key-not-registered", hub.size - 1)


# It lets happen what may not happen.


def release_unapproved(relay: HandRelay) -> None:
    relay.until_claimed()
    relay.approval = relay.ledger.said(relay.seqs[0]).attestation.id  # type: ignore[attr-defined]


Step = Callable[[HandRelay], None]
OFFERED: Step = lambda relay: relay.tell("offer-accepted")  # noqa: E731 (beside its like)
STARTED: Step = lambda relay: relay.tell("started")  # noqa: E731
BY_ITSELF: Step = lambda relay: relay.confirm(by=AGENCY)  # noqa: E731

LETS: dict[str, tuple[tuple[Step, ...], Step, str]] = {
    "lists without consent": ((HandRelay.invite,), HandRelay.show, "step-out-of-turn"),
    "claims what is not listed": (
        (HandRelay.invite, HandRelay.give, HandRelay.add, HandRelay.make),
        HandRelay.bind,
        "not-listed",
    ),
    "releases without approval": ((release_unapproved,), HandRelay.let_go, "step-not-approved"),
    "introduces without a release": (
        (HandRelay.until_approved,),
        HandRelay.introduce,
        "step-not-released",
    ),
    "lists after withdrawal": (
        (HandRelay.until_listed, HandRelay.hide, HandRelay.withdraw),
        HandRelay.show,
        "after-withdrawal",
    ),
    "releases after withdrawal": (
        (HandRelay.until_approved, HandRelay.withdraw),
        HandRelay.let_go,
        "after-withdrawal",
    ),
    "introduces after withdrawal": (
        (HandRelay.until_received, HandRelay.withdraw),
        HandRelay.introduce,
        "after-withdrawal",
    ),
    "lets the agency confirm its own hire": (
        (HandRelay.until_introduced, OFFERED, STARTED),
        BY_ITSELF,
        "maker-not-in-part",
    ),
}
"""What may not be: what goes before, the act itself, and the code by which it is refused."""


@pytest.mark.parametrize("lie", LETS)
def test_what_may_not_be_done_is_refused_where_it_was(
    hub: RogueHub, relay: HandRelay, tmp_path: Path, lie: str
) -> None:
    before, act, code = LETS[lie]
    for step in before:
        step(relay)
    hub.turn(MEMBER, AGENCY, HIRER)
    act(relay)
    part = 6 if code == "maker-not-in-part" else 7
    assert caught(hub, tmp_path) == (part, code, hub.size - 1)


def test_a_release_is_not_forged_for_want_of_an_approval(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    release_unapproved(relay)
    hub.turn()
    relay.let_go()
    assert caught(hub, tmp_path) == (6, "signature-invalid", hub.size - 1)


def test_a_confirmation_is_not_forged(hub: RogueHub, relay: HandRelay, tmp_path: Path) -> None:
    relay.until_introduced()
    relay.tell("offer-accepted")
    relay.tell("started")
    hub.turn(AGENCY)
    relay.confirm()
    assert caught(hub, tmp_path) == (6, "signature-invalid", hub.size - 1)


def test_a_second_claim_on_a_profile_is_refused(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_claimed()
    second = HandRelay(ledger=hub, agency=OTHER_AGENCY)
    second.make()
    hub.turn()
    second.referral = relay.referral
    second.bind()
    assert caught(hub, tmp_path) == (7, "claimed-already", hub.size - 1)


def test_a_claim_of_which_the_hub_does_not_say_whom_it_is_about_is_refused(
    hub: RogueHub, relay: HandRelay, tmp_path: Path
) -> None:
    relay.until_listed()
    relay.make()
    hub.turn()
    hub.count_closed(0)
    assert caught(hub, tmp_path) == (7, "claim-unbound", relay.seqs[-1])


def test_an_attestation_is_not_entered_twice(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    last = max(hub.reveals)
    hub.enter(hub.said(last), *hub.entries[last].orgs)
    assert caught(hub, tmp_path) == (7, "attestation-again", hub.size - 1)


def test_an_attestation_is_not_entered_twice_beyond_what_an_auditor_has_gone_through(
    hub: RogueHub, tmp_path: Path
) -> None:
    memory = PlainMemory(lasts=True)
    audit(hub, tmp_path / "before", memory=memory)
    hub.turn()
    last = max(hub.reveals)
    hub.enter(hub.said(last), *hub.entries[last].orgs)
    with pytest.raises(AuditError) as refusal:
        audit(hub, tmp_path / "after", memory=memory)
    assert (refusal.value.part, refusal.value.code) == (7, "attestation-again")


# It cooks the books.


def settled(hub: RogueHub, bend: Callable[[Published], Published]) -> None:
    """Settle December falsely."""
    hub.turn()
    HandBooks(ledger=hub).settle("2026-12", bend)


def unearned(published: Published) -> Published:
    """Move a slot's worth that nobody has earned."""
    first, *others = published.moves
    lot = replace(first.lots[0], count=first.lots[0].count + 1)
    return replace(published, moves=(replace(first, lots=(lot, *first.lots[1:])), *others))


BENT: dict[str, Callable[[Published], Published]] = {
    "pays twice": lambda told: replace(told, moves=(*told.moves, *told.moves)),
    "moves what nobody earned": unearned,
    "keeps what was earned": lambda told: replace(told, moves=()),
}


@pytest.mark.parametrize("lie", BENT)
def test_what_is_moved_is_what_follows_from_the_facts(
    hub: RogueHub, tmp_path: Path, lie: str
) -> None:
    settled(hub, BENT[lie])
    part, code, _ = caught(hub, tmp_path)
    assert (part, code) == (8, "moves-differ")


def test_statements_that_say_something_else_are_refused(hub: RogueHub, tmp_path: Path) -> None:
    settled(hub, lambda told: replace(told, statements=told.statements[:1]))
    part, code, _ = caught(hub, tmp_path)
    assert (part, code) == (8, "statements-differ")


FALSE_STATEMENTS: dict[str, Callable[[Published], Published]] = {
    "names another statement before it": lambda told: replace(
        told,
        statements=(replace(told.statements[0], prev=bytes([1]) * 32), *told.statements[1:]),
    ),
    "leaves a member out": lambda told: replace(told, statements=told.statements[1:]),
}


@pytest.mark.parametrize("lie", ["", *FALSE_STATEMENTS])
def test_statements_of_a_month_whose_facts_were_erased_since_are_held_against_the_rest(
    hub: RogueHub, relay: HandRelay, tmp_path: Path, lie: str
) -> None:
    """Where nobody sees the facts any more, what was moved must still bear the statements out."""
    relay.until_introduced()
    books = HandBooks(ledger=hub)
    hub.turn()
    books.settle("2026-12", FALSE_STATEMENTS.get(lie))
    settled_at = hub.size - 1
    books.erase(relay, date(2027, 1, 5), "2027-01")
    if not lie:
        audit(hub, tmp_path)
    else:
        assert caught(hub, tmp_path) == (8, "statements-differ", settled_at)


def test_a_month_settled_from_another_ledger_is_refused(hub: RogueHub, tmp_path: Path) -> None:
    settled(hub, lambda told: replace(told, root=bytes(32)))
    part, code, _ = caught(hub, tmp_path)
    assert (part, code) == (8, "cut-root-differs")


def test_what_is_moved_after_a_month_was_settled_is_refused(hub: RogueHub, tmp_path: Path) -> None:
    hub.turn()
    books = HandBooks(ledger=hub)
    closing = books.settle("2026-12")
    audit(hub, tmp_path / "before")
    body = hub.said(hub.size - 2).attestation.body
    assert closing.moves
    hub.state("points.moved", HUB, body=body)
    assert caught(hub, tmp_path / "after") == (8, "moved-after-close", hub.size - 1)
