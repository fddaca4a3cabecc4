"""Records of provision: kept before the hub hears of them, closed once it has taken them."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from career_relay.application import Application
from career_relay.assets import applications, referrals, releases
from career_relay.assets.referrals import Referral
from career_relay.assets.releases import Release
from career_relay.assets.schema import StoreError
from career_relay.assets.store import AssetStore
from career_relay.imports.verdicts import Row

AT = datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC)
RELEASE = Release(
    claim="clm_1",
    referral="ref_1",
    agency="sakura",
    agency_name="さくらキャリア",
    licence="13-ユ-000001",
    job_kind="mid-career",
    consent="con_1",
    approval="A" * 22,
    envelope="env_1",
    items=("name", "email"),
    keys=("K" * 43,),
    digest="D" * 43,
    sealed_at=AT,
    message='{"claim":"clm_1"}',
)


@pytest.fixture
def referred(store: AssetStore, an_application: Application) -> AssetStore:
    """Return a store with one referral."""
    referral = Referral(
        referral="ref_1",
        application=an_application.key,
        token="t",
        job_kind="mid-career",
        locale="ja",
        opened_at=AT,
        expires_on=date(2027, 1, 31),
    )
    with store.transaction() as rows:
        applications.keep(rows, "people.csv", [Row(row=2, application=an_application)], at=AT)
        referrals.draw(rows, referral)
    return store


def test_a_release_comes_back_as_it_was_kept(referred: AssetStore) -> None:
    with referred.transaction() as rows:
        releases.keep(rows, RELEASE)
    with referred.reading() as rows:
        assert releases.find(rows, "clm_1") == RELEASE
        assert releases.find(rows, "clm_2") is None


def test_a_claim_has_one_release(referred: AssetStore) -> None:
    with referred.transaction() as rows:
        releases.keep(rows, RELEASE)
    with pytest.raises(StoreError, match="clm_1"), referred.transaction() as rows:
        releases.keep(rows, replace(RELEASE, envelope="env_2"))
    with referred.reading() as rows:
        assert releases.find(rows, "clm_1") == RELEASE


def test_a_release_of_nobody_is_not_kept(store: AssetStore) -> None:
    with pytest.raises(StoreError), store.transaction() as rows:
        releases.keep(rows, RELEASE)


def test_what_the_hub_has_taken_keeps_its_record_and_lets_the_message_go(
    referred: AssetStore,
) -> None:
    with referred.transaction() as rows:
        releases.keep(rows, RELEASE)
        releases.mark_taken(rows, "clm_1", at=AT)
    with referred.reading() as rows:
        assert releases.find(rows, "clm_1") == replace(RELEASE, message=None, released_at=AT)


def test_what_the_hub_has_refused_is_forgotten(referred: AssetStore) -> None:
    with referred.transaction() as rows:
        releases.keep(rows, RELEASE)
        releases.drop_refused(rows, "clm_1")
    with referred.reading() as rows:
        assert list(releases.every(rows)) == []


def test_what_the_hub_has_taken_is_never_forgotten(referred: AssetStore) -> None:
    with referred.transaction() as rows:
        releases.keep(rows, RELEASE)
        releases.mark_taken(rows, "clm_1", at=AT)
        releases.drop_refused(rows, "clm_1")
    with referred.reading() as rows:
        assert [one.claim for one in releases.every(rows)] == ["clm_1"]
