"""Referrals: drawn once per application, and every step on their way."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from career_relay.application import Application
from career_relay.assets import applications, referrals
from career_relay.assets.referrals import Referral, SeenConsent
from career_relay.assets.schema import StoreError
from career_relay.assets.store import AssetStore
from career_relay.imports.verdicts import Row

AT = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
LATER = AT + timedelta(days=2)
REFERRAL = Referral(
    referral="ref_01",
    application="sheet:A-1",
    token="a-secret-token",
    job_kind="mid-career",
    locale="ja",
    opened_at=AT,
    expires_on=date(2026, 11, 30),
)
CONSENT = SeenConsent(
    consent="con_01",
    notice="2026-12-A",
    modules=("publish", "email"),
    groups=("skills", "experience"),
    until=date(2027, 4, 1),
    attestation="an-attestation",
)


@pytest.fixture
def connection(store: AssetStore, an_application: Application) -> Iterator[sqlite3.Connection]:
    """An open transaction over a store with two applications."""
    rows = [
        Row(row=2, application=an_application),
        Row(row=3, application=replace(an_application, key="sheet:A-2")),
    ]
    with store.transaction() as opened:
        applications.keep(opened, "x.csv", rows, at=AT)
        yield opened


def found(connection: sqlite3.Connection, referral: str = "ref_01") -> Referral:
    held = referrals.find(connection, referral)
    assert held is not None
    return held


def test_a_referral_comes_back_as_it_was_drawn(connection: sqlite3.Connection) -> None:
    referrals.draw(connection, REFERRAL)
    assert found(connection) == REFERRAL
    assert referrals.of_application(connection, "sheet:A-1") == REFERRAL


def test_what_was_never_drawn_is_none(connection: sqlite3.Connection) -> None:
    assert referrals.find(connection, "ref_99") is None
    assert referrals.of_application(connection, "sheet:A-1") is None


def test_the_secret_of_a_link_does_not_show_in_logs() -> None:
    assert "a-secret-token" not in repr(REFERRAL)


@pytest.mark.parametrize(
    "changes",
    [
        {"referral": "ref_02", "token": "other"},
        {"referral": "ref_01", "application": "sheet:A-2", "token": "other"},
        {"referral": "ref_02", "application": "sheet:A-2"},
        {"referral": "ref_02", "application": "sheet:nobody", "token": "other"},
    ],
    ids=["same application", "same id", "same token", "no such application"],
)
def test_one_application_has_one_referral_with_an_id_and_a_token_of_its_own(
    connection: sqlite3.Connection, changes: dict[str, str]
) -> None:
    referrals.draw(connection, REFERRAL)
    with pytest.raises(StoreError):
        referrals.draw(connection, replace(REFERRAL, **changes))  # type: ignore[arg-type]
    assert len(list(referrals.in_states(connection))) == 1


def test_a_second_application_has_a_referral_of_its_own(connection: sqlite3.Connection) -> None:
    other = replace(REFERRAL, referral="ref_02", application="sheet:A-2", token="other")
    referrals.draw(connection, REFERRAL)
    referrals.draw(connection, other)
    assert list(referrals.in_states(connection)) == [REFERRAL, other]
    assert referrals.invited_applications(connection) == {"sheet:A-1", "sheet:A-2"}


def test_a_drawn_referral_counts_as_invited_so_that_none_is_drawn_twice(
    connection: sqlite3.Connection,
) -> None:
    assert referrals.invited_applications(connection) == frozenset()
    referrals.draw(connection, REFERRAL)
    assert referrals.invited_applications(connection) == {"sheet:A-1"}


def test_registration_takes_a_drawn_referral_to_invited(connection: sqlite3.Connection) -> None:
    referrals.draw(connection, REFERRAL)
    referrals.mark_invited(connection, ["ref_01", "ref_99"])
    assert found(connection).state == "invited"


def test_registration_told_late_takes_nobody_back(connection: sqlite3.Connection) -> None:
    referrals.draw(connection, REFERRAL)
    referrals.see_consent(connection, "ref_01", CONSENT, at=LATER)
    referrals.mark_invited(connection, ["ref_01"])
    assert found(connection).state == "consented"


def test_the_letter_is_noted_with_its_moment(connection: sqlite3.Connection) -> None:
    referrals.draw(connection, REFERRAL)
    referrals.mark_letter(connection, "ref_01", at=LATER)
    assert found(connection).letter_at == LATER


def test_a_consent_comes_back_as_it_was_seen(connection: sqlite3.Connection) -> None:
    referrals.draw(connection, REFERRAL)
    referrals.see_consent(connection, "ref_01", CONSENT, at=LATER)
    held = found(connection)
    assert held.state == "consented"
    assert held.consent == CONSENT
    assert held.consent_at == LATER


def test_a_changed_consent_replaces_the_one_before(connection: sqlite3.Connection) -> None:
    referrals.draw(connection, REFERRAL)
    referrals.see_consent(connection, "ref_01", CONSENT, at=AT)
    less = replace(CONSENT, groups=("skills",), attestation="another")
    referrals.see_consent(connection, "ref_01", less, at=LATER)
    assert found(connection).consent == less


def test_what_was_posted_is_remembered_by_its_digest(connection: sqlite3.Connection) -> None:
    referrals.draw(connection, REFERRAL)
    referrals.see_consent(connection, "ref_01", CONSENT, at=AT)
    referrals.mark_profile(connection, "ref_01", "digest-of-fields", at=LATER)
    held = found(connection)
    assert held.profile_digest == "digest-of-fields"
    assert held.profile_at == LATER


@pytest.mark.parametrize("state", ["withdrawn", "expired", "erased"])
def test_an_ended_referral_keeps_no_consent(connection: sqlite3.Connection, state: str) -> None:
    referrals.draw(connection, REFERRAL)
    referrals.see_consent(connection, "ref_01", CONSENT, at=AT)
    referrals.mark_ended(connection, "ref_01", state)  # type: ignore[arg-type]
    held = found(connection)
    assert held.state == state
    assert held.consent is None
    assert held.consent_at is None


def test_referrals_are_found_by_their_states(connection: sqlite3.Connection) -> None:
    referrals.draw(connection, REFERRAL)
    other = replace(REFERRAL, referral="ref_02", application="sheet:A-2", token="other")
    referrals.draw(connection, other)
    referrals.mark_invited(connection, ["ref_02"])

    def ids(*states: str) -> list[str]:
        return [one.referral for one in referrals.in_states(connection, *states)]  # type: ignore[arg-type]

    assert ids("drawn") == ["ref_01"]
    assert ids("invited") == ["ref_02"]
    assert ids("drawn", "invited") == ["ref_01", "ref_02"]
    assert ids("erased") == []
    assert ids() == ["ref_01", "ref_02"]


def test_a_step_of_a_referral_that_is_not_there_is_refused(
    connection: sqlite3.Connection,
) -> None:
    with pytest.raises(StoreError):
        referrals.mark_letter(connection, "ref_99", at=AT)
    with pytest.raises(StoreError):
        referrals.see_consent(connection, "ref_99", CONSENT, at=AT)
    with pytest.raises(StoreError):
        referrals.mark_profile(connection, "ref_99", "x", at=AT)
    with pytest.raises(StoreError):
        referrals.mark_ended(connection, "ref_99", "withdrawn")
