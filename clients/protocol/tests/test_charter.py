"""Organizations, keys, rules and days: each breach alone is refused at its entry."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from relay_protocol import canonical, jwk
from relay_protocol.charter import Charter, read
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import ReplayError, RulesError
from relay_protocol.rules import DEMO
from tests.story.hand_ledger import (
    AGENCY,
    AUDITOR,
    CREDENTIAL,
    DIGEST,
    HIRER,
    HUB,
    MEMBER,
    OFFICE,
    OTHER_AGENCY,
    RP_ID,
    RULES,
    WEB_ORIGIN,
    HandLedger,
    number_of,
    signing_key,
)
from tests.story.hand_relay import HandRelay

Wrong = Callable[[HandLedger], object]
LATER = {**DEMO, "version": "demo-2", "hold_days": 60}


@pytest.fixture
def ledger() -> HandLedger:
    opened = HandLedger()
    opened.open()
    return opened


def charter_of(ledger: HandLedger) -> Charter:
    charter = Charter()
    for entry in ledger.entries:
        signed = charter.take(entry)
        if signed is None:
            opened = ledger.reveals[entry.seq][32:]
            charter.check(entry, read(entry, opened))
    return charter


def refusal(ledger: HandLedger) -> tuple[str, int]:
    with pytest.raises(ReplayError) as refused:
        charter_of(ledger)
    return refused.value.code, refused.value.seq


def audited(ledger: HandLedger, by: str, *orgs: str) -> None:
    ledger.state(
        "period.audited",
        by,
        *orgs,
        refs={"settled": "A" * 22},
        body={"period": "2026-12", "verdict": "sound"},
    )


def test_an_honest_ledger_stands(ledger: HandLedger) -> None:
    HandRelay(ledger=ledger).until_confirmed()
    charter = charter_of(ledger)
    assert [org.slug for org in charter.directory.organizations()] == [
        "aozora",
        "hayabusa",
        "kansa",
        "mirai",
        "sakura",
    ]
    assert charter.adoptions[0].rules == RULES
    assert charter.notices == {"2026-12-A"}


def test_who_takes_part_is_known_by_the_corporate_number(ledger: HandLedger) -> None:
    charter = charter_of(ledger)
    assert charter.slug_of(number_of(HIRER)) == HIRER
    assert charter.slug_of("9999999999999") is None


def test_whoever_does_not_take_part_is_a_group_of_its_own(ledger: HandLedger) -> None:
    charter = charter_of(ledger)
    assert charter.group_of(number_of(HIRER)) == number_of(HIRER)
    assert charter.group_of("9999999999999") == "9999999999999"


def test_rules_are_known_by_their_version_once_adopted(ledger: HandLedger) -> None:
    charter = charter_of(ledger)
    assert charter.rules_of("demo-1") == RULES
    with pytest.raises(RulesError):
        charter.rules_of("demo-2")


def test_the_first_entry_must_open_the_scheme() -> None:
    ledger = HandLedger()
    ledger.count_closed(0)
    assert refusal(ledger) == ("scheme-not-opened", 0)


def test_a_scheme_is_not_opened_twice(ledger: HandLedger) -> None:
    ledger.open_scheme()
    assert refusal(ledger) == ("scheme-not-opened", ledger.size - 1)


def test_a_day_before_the_last_is_refused(ledger: HandLedger) -> None:
    ledger.wait(days=1)
    ledger.count_closed(0)
    ledger.enter(ledger.sign("reveals.closed", HUB, body={"count": 0}), day=date(2026, 12, 1))
    assert refusal(ledger) == ("day-decreases", ledger.size - 1)


def close_on(ledger: HandLedger, day: date, **time: int) -> None:
    moment = ledger.now + timedelta(**time)
    ledger.enter(ledger.sign("reveals.closed", HUB, body={"count": 0}, at=moment), day=day)


def test_an_act_of_four_minutes_before_midnight_may_be_entered_after_it(
    ledger: HandLedger,
) -> None:
    # 10:00 in Japan: midnight is 14 hours ahead.
    close_on(ledger, date(2026, 12, 2), hours=13, minutes=56)
    charter_of(ledger)


def test_an_act_of_six_minutes_before_midnight_may_not(ledger: HandLedger) -> None:
    close_on(ledger, date(2026, 12, 2), hours=13, minutes=54)
    assert refusal(ledger) == ("day-differs", ledger.size - 1)


def test_an_act_entered_on_the_day_before_it_was_said_is_refused(ledger: HandLedger) -> None:
    close_on(ledger, date(2026, 12, 1), hours=14, minutes=6)
    assert refusal(ledger) == ("day-differs", ledger.size - 1)


def test_an_act_behind_one_of_the_next_day_bears_that_day(ledger: HandLedger) -> None:
    close_on(ledger, date(2026, 12, 2), hours=14)
    close_on(ledger, date(2026, 12, 2), hours=13)
    charter_of(ledger)


def test_an_act_at_the_end_of_the_calendar_is_refused(ledger: HandLedger) -> None:
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    signed = ledger.sign("reveals.closed", HUB, body={"count": 0}, at=last)
    ledger.enter(signed, day=date(9999, 12, 31))
    assert refusal(ledger) == ("day-differs", ledger.size - 1)


def test_rules_count_from_their_first_day_on(ledger: HandLedger) -> None:
    ledger.wait(days=5)
    ledger.adopt_rules(LATER, valid_from="2026-12-06")
    ledger.count_closed(0)
    charter_of(ledger)


def test_rules_before_their_first_day_are_refused(ledger: HandLedger) -> None:
    ledger.wait(days=4)
    ledger.adopt_rules(LATER, valid_from="2026-12-06")
    ledger.count_closed(0)
    assert refusal(ledger) == ("rules-not-in-force", ledger.size - 1)


def test_rules_replaced_yesterday_may_still_be_named(ledger: HandLedger) -> None:
    ledger.adopt_rules(LATER, valid_from="2026-12-03")
    ledger.rules = "demo-1"
    ledger.wait(days=2)
    ledger.count_closed(0)
    charter_of(ledger)


def test_rules_replaced_two_days_ago_are_refused(ledger: HandLedger) -> None:
    ledger.adopt_rules(LATER, valid_from="2026-12-02")
    ledger.rules = "demo-1"
    ledger.wait(days=2)
    ledger.count_closed(0)
    assert refusal(ledger) == ("rules-not-in-force", ledger.size - 1)


def test_rules_that_were_never_adopted_are_refused(ledger: HandLedger) -> None:
    ledger.rules = "demo-9"
    ledger.count_closed(0)
    assert refusal(ledger) == ("rules-not-in-force", ledger.size - 1)


def adopt_under_another_digest(ledger: HandLedger) -> None:
    numbers = canonical.decode(canonical.encode(LATER))
    body = {"version": "demo-2", "valid_from": "2026-12-01", "digest": DIGEST, "rules": numbers}
    ledger.state("rules.adopted", OFFICE, body=body)


def suspended(ledger: HandLedger) -> None:
    ledger.state("org.suspended", OFFICE, MEMBER, body={"slug": MEMBER, "reason": "left"})
    HandRelay(ledger=ledger).invite()


def revoked(ledger: HandLedger) -> None:
    kid = jwk.kid_of(signing_key(MEMBER).public_key())
    ledger.state("key.revoked", MEMBER, MEMBER, body={"kid": kid})
    HandRelay(ledger=ledger).invite()


def invite(ledger: HandLedger, by: str, *orgs: str, key: str = "") -> None:
    signed = ledger.sign(
        "referral.invited",
        by,
        key=key,
        refs={"referral": ledger.new_id("ref")},
        body={"job_kind": "mid-career"},
    )
    ledger.enter(signed, *orgs)


BREACHES: dict[str, Wrong] = {
    "rules-digest": adopt_under_another_digest,
    "version-again": lambda ledger: ledger.adopt_rules(),
    "organization-unknown": lambda ledger: invite(ledger, MEMBER, MEMBER, "nobody"),
    "organization-again": lambda ledger: ledger.admit(
        "again", role="member", number=number_of(MEMBER)
    ),
    "directory-contradicted": lambda ledger: ledger.admit(MEMBER),
    "maker-not-active": suspended,
    "maker-not-in-part": lambda ledger: invite(ledger, AGENCY, AGENCY),
    "log-differs": lambda ledger: ledger.enter(
        ledger.sign("reveals.closed", HUB, body={"count": 0}, log="other.example/ledger")
    ),
    "signature-invalid": revoked,
    "kind-differs": lambda ledger: ledger.enter(
        ledger.sign("pack.made", HUB, body={"digest": DIGEST, "until": "2026-12-31"}),
        kind="reveals.closed",
    ),
    "shown-differs": lambda ledger: audited(ledger, AUDITOR, AUDITOR, MEMBER),
}


@pytest.mark.parametrize("code", BREACHES)
def test_each_breach_is_refused_at_its_own_entry(ledger: HandLedger, code: str) -> None:
    BREACHES[code](ledger)
    assert refusal(ledger) == (code, ledger.size - 1)


def test_who_is_not_cosigned_yet_cannot_act() -> None:
    ledger = HandLedger()
    ledger.open_scheme()
    ledger.admit(AUDITOR)
    ledger.admit(MEMBER)
    invite(ledger, MEMBER, MEMBER)
    assert refusal(ledger) == ("maker-not-active", 3)


def test_another_members_key_signs_nothing(ledger: HandLedger) -> None:
    invite(ledger, MEMBER, MEMBER, key=HIRER)
    assert refusal(ledger) == ("signature-invalid", ledger.size - 1)


def test_the_hub_signs_with_its_own_key_alone(ledger: HandLedger) -> None:
    ledger.enter(ledger.sign("reveals.closed", HUB, key=OFFICE, body={"count": 0}))
    assert refusal(ledger) == ("signature-invalid", ledger.size - 1)


def test_an_organization_of_any_role_registers_keys(ledger: HandLedger) -> None:
    ledger.register(AUDITOR, "reveal")
    charter_of(ledger)


def test_a_notice_is_adopted_once(ledger: HandLedger) -> None:
    body = {"version": "2027-01-A", "ja": DIGEST, "en": DIGEST}
    ledger.state("notice.adopted", OFFICE, body=body)
    charter_of(ledger)
    ledger.state("notice.adopted", OFFICE, body=body)
    assert refusal(ledger) == ("version-again", ledger.size - 1)


def test_a_pack_is_shown_to_an_auditor(ledger: HandLedger) -> None:
    body = {"digest": DIGEST, "until": "2026-12-31"}
    ledger.state("pack.made", HUB, AUDITOR, body=body)
    charter_of(ledger)
    ledger.state("pack.made", HUB, MEMBER, body=body)
    assert refusal(ledger) == ("shown-differs", ledger.size - 1)


def test_a_pack_that_is_shown_to_nobody_is_refused(ledger: HandLedger) -> None:
    ledger.state("pack.made", HUB, body={"digest": DIGEST, "until": "2026-12-31"})
    assert refusal(ledger) == ("shown-differs", ledger.size - 1)


def test_an_audit_is_signed_by_an_auditor(ledger: HandLedger) -> None:
    audited(ledger, AUDITOR, AUDITOR)
    charter_of(ledger)
    audited(ledger, MEMBER, MEMBER)
    assert refusal(ledger) == ("maker-not-in-part", ledger.size - 1)


def test_bytes_that_are_no_attestation_are_refused(ledger: HandLedger) -> None:
    with pytest.raises(ReplayError, match="attestation-malformed"):
        read(ledger.entries[-1], b'{"jws":"x"}')


def claim_by_passkey(
    ledger: HandLedger,
    by: str = AGENCY,
    *,
    rp_id: str = RP_ID,
    verified: bool = True,
    origin: str = WEB_ORIGIN,
    asked: bytes = b"",
) -> None:
    body = {"pairwise": "CR-2222-2222-22", "vacancy": DIGEST, "job_kind": "mid-career"}
    fact = ledger.sign("claim.made", by, refs={"claim": ledger.new_id("clm")}, body=body)
    signed = ledger.sign_by_passkey(
        fact, rp_id=rp_id, verified=verified, origin=origin, asked=asked
    )
    ledger.enter(signed, by)


def test_a_person_acts_with_a_passkey_that_is_registered(ledger: HandLedger) -> None:
    ledger.register_passkey(AGENCY)
    claim_by_passkey(ledger)
    charter_of(ledger)


def test_a_passkey_counts_from_its_registration_on(ledger: HandLedger) -> None:
    claim_by_passkey(ledger)
    ledger.register_passkey(AGENCY)
    assert refusal(ledger) == ("signature-invalid", ledger.size - 2)


def test_a_passkey_that_was_revoked_signs_nothing(ledger: HandLedger) -> None:
    ledger.register_passkey(AGENCY)
    ledger.state("key.revoked", AGENCY, AGENCY, body={"kid": b64url_encode(CREDENTIAL)})
    claim_by_passkey(ledger)
    assert refusal(ledger) == ("signature-invalid", ledger.size - 1)


def test_a_passkey_of_another_organization_signs_nothing(ledger: HandLedger) -> None:
    ledger.register_passkey(AGENCY)
    claim_by_passkey(ledger, OTHER_AGENCY)
    assert refusal(ledger) == ("signature-invalid", ledger.size - 1)


def test_a_passkey_of_another_site_signs_nothing(ledger: HandLedger) -> None:
    ledger.register_passkey(AGENCY)
    claim_by_passkey(ledger, rp_id="other.example")
    assert refusal(ledger) == ("signature-invalid", ledger.size - 1)


def test_a_passkey_that_did_not_ask_its_person_signs_nothing(ledger: HandLedger) -> None:
    ledger.register_passkey(AGENCY)
    claim_by_passkey(ledger, verified=False)
    assert refusal(ledger) == ("signature-invalid", ledger.size - 1)


def test_a_passkey_that_was_asked_by_another_page_signs_nothing(ledger: HandLedger) -> None:
    ledger.register_passkey(AGENCY)
    claim_by_passkey(ledger, origin="https://other.example")
    assert refusal(ledger) == ("signature-invalid", ledger.size - 1)


def test_a_passkey_that_was_asked_for_something_else_signs_nothing(ledger: HandLedger) -> None:
    ledger.register_passkey(AGENCY)
    claim_by_passkey(ledger, asked=b"something else")
    assert refusal(ledger) == ("signature-invalid", ledger.size - 1)
