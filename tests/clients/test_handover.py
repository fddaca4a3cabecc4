"""Identities that a member hands over: once, to that agency alone, whatever breaks on the way."""

from pathlib import Path

import pytest

from career_relay.assets.store import open_store
from exchange.hub import Hub
from exchange.services import consents
from exchange.services import releases as release_cases
from relay_protocol import envelope as envelopes
from tests.story import relays
from tests.story.clients import Client, the_one
from tests.story.relays import Candidate
from tests.story.scheme import Consortium


def test_given_an_approval_then_the_identity_is_sealed_to_that_agency_alone(
    hub: Hub, consortium: Consortium, mirai: Client, approved: Candidate
) -> None:
    released = the_one(mirai.json("sync"), "released")
    assert released["agency"] == "sakura"
    (record,) = mirai.releases()
    assert record.released_at is not None
    assert record.message is None
    assert record.items == ("name", "kana", "email", "phone")
    assert record.referral == approved.referral
    agency = consortium.agencies[0]
    with hub.reading() as work:
        carried = release_cases.carried(work, agency.actor, str(released["envelope"]))
        document = carried.envelope.document
    assert isinstance(document, dict)
    (kid,) = record.keys
    identity = envelopes.open_envelope(document, agency.sealing, kid)
    assert identity == {
        "name": "夢原 空太1",
        "kana": "ユメハラ ソラタ1",
        "email": "yumehara1@example.jp",
        "phone": "090-0000-0001",
    }


def test_a_release_happens_once(mirai: Client, approved: Candidate) -> None:
    mirai.json("sync")
    assert mirai.json("sync")["released"] == []
    assert len(mirai.releases()) == 1
    assert approved.referral == mirai.releases()[0].referral


def test_given_a_lost_answer_then_the_same_envelope_is_sent_again(
    mirai: Client, approved: Candidate
) -> None:
    first = mirai.json("sync")["released"]
    (record,) = mirai.releases()
    posted = next(
        request
        for request in mirai.wire.requests
        if request.method == "POST" and request.url.path == "/v1/member/releases"
    )
    with open_store(mirai.config.store) as store, store.transaction() as connection:
        connection.execute(
            "UPDATE release SET released_at = NULL, message = ?", (posted.content.decode(),)
        )
    assert mirai.json("sync")["released"] == first
    assert mirai.releases()[0].digest == record.digest
    assert approved.referral == record.referral


def test_given_a_run_that_ended_before_posting_then_the_next_one_seals_anew(
    hub: Hub, mirai: Client, approved: Candidate, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr("career_relay.member.Member.release", killed)
        assert mirai.run("sync").code != 0
    (begun,) = mirai.releases()
    assert begun.message is not None
    # Ten minutes later the attestation is too old to be taken.
    relays.wait(hub, minutes=10)
    released = the_one(mirai.json("sync"), "released")
    assert released["envelope"] != begun.envelope
    assert [one.released_at is not None for one in mirai.releases()] == [True]
    assert approved.referral == begun.referral


def test_a_withdrawn_consent_releases_nothing(hub: Hub, mirai: Client, approved: Candidate) -> None:
    with hub.work() as work:
        consents.withdraw(work, approved.actor)
    hub.sequence()
    assert mirai.json("sync")["released"] == []
    assert mirai.releases() == []


def test_after_the_deadline_nothing_is_released(
    hub: Hub, mirai: Client, approved: Candidate
) -> None:
    relays.wait(hub, hours=73)
    assert mirai.json("sync")["released"] == []
    assert approved.referral not in {one.referral for one in mirai.releases()}


def test_no_name_reaches_the_hubs_files(hub: Hub, mirai: Client, approved: Candidate) -> None:
    assert mirai.json("sync")["released"] != []
    assert approved.referral
    kept = hub.settings.database_url.removeprefix("sqlite:///")
    files = [Path(kept), *Path(kept).parent.glob(f"{Path(kept).name}*")]
    content = b"".join(file.read_bytes() for file in files)
    assert approved.referral.encode() in content
    for text in ("夢原", "ユメハラ", "yumehara1", "090-0000-0001"):
        assert text.encode() not in content
        assert text.encode() not in mirai.wire.bytes_sent()
