"""Steps: refusals in the exchange's words, rows that hold what replay will find."""

from pathlib import Path

import pytest

from exchange.domain.errors import (
    AttestationRefusedError,
    AttestationReusedError,
    BadInputError,
    ConfirmationByReporterError,
    DeadlinePassedError,
    ExchangeError,
    StepRefusedError,
)
from exchange.hub import Hub
from exchange.services import claims, consents, hires, scheme, steps
from exchange.services.work import local_day
from relay_protocol.ids import new_id
from relay_protocol.rules import DEMO
from relay_protocol.steps import refusal
from tests.story import relays
from tests.story.auditing import Desk
from tests.story.scheme import Consortium


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("deadline-passed", DeadlinePassedError),
        ("confirmed-by-reporter", ConfirmationByReporterError),
        ("unknown-reason", BadInputError),
        ("unknown-event", BadInputError),
        ("unknown-stage", BadInputError),
        ("claim-over", StepRefusedError),
        ("hire-before-introduction", StepRefusedError),
    ],
)
def test_each_refusal_of_the_protocol_becomes_one_of_the_exchange_in_both_languages(
    code: str, kind: type[ExchangeError]
) -> None:
    with pytest.raises(ExchangeError) as refused, steps.taken("event"):
        raise refusal(code)
    assert type(refused.value) is kind
    assert refused.value.field == "event"
    assert refused.value.detail.endswith(".")
    assert refused.value.detail_ja.endswith("。")


def test_given_no_refusal_then_the_step_is_taken() -> None:
    with steps.taken():
        done = True
    assert done


def test_given_anothers_attestation_then_it_is_refused_before_anything(
    hub: Hub, consortium: Consortium
) -> None:
    agency, other = consortium.agencies
    candidate = relays.enlist(hub, consortium.members[0])
    fact = claims.ending(new_id("clm", bytes(16)), "filled")
    signed = other.sign(hub, fact)
    with hub.work() as work, pytest.raises(AttestationRefusedError, match="own"):
        steps.attest(work, agency.actor, signed, fact, orgs=("sakura",), candidate_id=candidate.id)


def test_given_an_attestation_of_an_earlier_act_then_it_serves_no_other_one(
    hub: Hub, consortium: Consortium
) -> None:
    agency = consortium.agencies[0]
    candidate = relays.enlist(hub, consortium.members[0])
    first = claims.ending(new_id("clm", bytes(16)), "filled")
    other = claims.ending(new_id("clm", bytes(16)), "by-agency")
    signed = agency.sign(hub, first)
    with hub.work() as work:
        taken = [
            steps.attest(
                work, agency.actor, signed, first, orgs=("sakura",), candidate_id=candidate.id
            )
            for _ in range(2)
        ]
    assert [one.known for one in taken] == [False, True]
    with hub.work() as work, pytest.raises(AttestationReusedError):
        steps.attest(work, agency.actor, signed, other, orgs=("sakura",), candidate_id=candidate.id)


def test_a_referral_is_judged_by_the_rules_in_force_when_it_was_made(
    hub: Hub, consortium: Consortium
) -> None:
    candidate = relays.enlist(hub, consortium.members[0])
    with hub.work() as work:
        document = {**DEMO, "version": "2026-12-X", "approval_days": 3}
        scheme.adopt_rules(work, document, local_day(work))
    later = relays.enlist(hub, consortium.members[1])
    with hub.reading() as work:
        assert steps.rules_of(work, candidate.referral).approval_days == 7
        assert steps.rules_of(work, later.referral).approval_days == 3


def test_whatever_way_claims_go_an_auditor_finds_every_step_in_order(
    hub: Hub, consortium: Consortium, tmp_path: Path
) -> None:
    """Each path of a claim, to its last second, goes through the independent replay."""
    one, other = consortium.agencies
    members = consortium.members
    declined = relays.enlist(hub, members[0])
    relays.decline(hub, declined, relays.claim(hub, one).id)
    relays.claim(hub, other)
    relays.wait(hub, days=7, seconds=1)
    with hub.work() as work:
        assert claims.expire_due(work) == 1
    again = relays.claim(hub, one)
    relays.wait(hub, days=6)
    relays.approve(hub, declined, again.id)
    relays.wait(hub, hours=72, seconds=1)
    with hub.work() as work:
        assert claims.expire_due(work) == 1
    with hub.work() as work:
        consents.withdraw(work, declined.actor)

    hired = relays.enlist(hub, members[1])
    reached = relays.reach(hub, hired, one)
    introduced = relays.introduce(hub, one, reached, members[2].number)
    relays.confirm(hub, members[2], relays.start(hub, one, introduced))
    left = relays.report(hub, one, introduced, "left")
    assert left.confirmed_by == members[2].slug

    ended = relays.enlist(hub, members[2])
    own = relays.reach(hub, ended, other)
    signed = other.sign(hub, claims.ending(own.id, "not-genuine"))
    with hub.work() as work:
        claims.end(work, other.actor, signed, own.id, "not-genuine")
    back = relays.introduce(hub, one, relays.reach(hub, ended, one), members[1].number)
    started = relays.start(hub, one, back)
    with hub.work() as work:
        hires.confirm_by_candidate(work, ended.actor, started.id)

    desk = Desk.of(consortium, tmp_path / "auditor")
    desk.receive()
    said = desk.offline()
    assert said.code == 0, said.errors
