"""The member's round with the real hub: answers, profiles, releases, and what stops them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from career_relay.application import Application
from career_relay.assets import receipts, referrals, releases
from career_relay.assets.referrals import Referral
from career_relay.assets.releases import Release
from career_relay.assets.store import open_store
from exchange.hub import Hub
from exchange.services import consents, profiles, subject_requests
from exchange.services import releases as release_cases
from exchange.services.sealing import key_of
from relay_protocol import envelope as envelopes
from tests.story import relays
from tests.story.clients import Client
from tests.story.relays import ENGINEER, Candidate
from tests.story.scheme import Consortium

Yes = Callable[..., Candidate]
Invite = Callable[..., Referral]


def ours(client: Client, referral: str) -> Referral:
    with open_store(client.config.store) as store, store.reading() as connection:
        found = referrals.find(connection, referral)
    assert found is not None
    return found


def records(client: Client) -> list[Release]:
    with open_store(client.config.store) as store, store.reading() as connection:
        return list(releases.every(connection))


def added_fields(hub: Hub, candidate: Candidate) -> dict[str, object]:
    """Return what the hub holds of the origin's words."""
    with hub.reading() as work:
        row = profiles.profile_of(work, candidate.id)
        return dict(profiles.draft_of(row, key_of(work, candidate.id)).added.document())


@pytest.fixture
def approved(
    hub: Hub, consortium: Consortium, mirai: Client, invited: Invite, says_yes: Yes
) -> Candidate:
    """Return somebody whose profile was claimed by the first agency, and who has approved."""
    candidate = says_yes(invited(1))
    mirai.json("sync")
    relays.fill_in(hub, candidate, ENGINEER)
    made = relays.claim(hub, consortium.agencies[0])
    relays.approve(hub, candidate, made.id)
    hub.sequence()
    return candidate


class TestAnswers:
    def test_nobody_who_has_not_answered_is_known_to_have(
        self, mirai: Client, invited: Invite
    ) -> None:
        referral = invited(1)
        said = mirai.json("sync")
        assert said["consented"] == []
        assert ours(mirai, referral.referral).state == "invited"

    def test_a_yes_is_taken_with_its_proof_and_the_link_is_forgotten(
        self, mirai: Client, invited: Invite, says_yes: Yes
    ) -> None:
        referral = invited(1)
        says_yes(referral, ["skills", "experience"])
        assert mirai.json("sync")["consented"] == [referral.referral]
        kept = ours(mirai, referral.referral)
        assert kept.state == "consented"
        assert kept.consent is not None
        assert kept.consent.groups == ("skills", "experience")
        assert kept.token == ""
        with open_store(mirai.config.store) as store, store.reading() as connection:
            receipt = receipts.find(connection, kept.consent.attestation)
        assert receipt is not None
        assert receipt.referral == referral.referral

    def test_a_yes_without_a_checkpoint_waits(
        self,
        hub: Hub,
        mirai: Client,
        invited: Invite,
        says_yes: Yes,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        referral = invited(1)
        with monkeypatch.context() as held:
            held.setattr(type(hub), "sequence", lambda _hub: 0)
            says_yes(referral)
        said = mirai.json("sync")
        assert (said["consented"], said["unproven"]) == ([], [referral.referral])
        assert said["added"] == 0
        hub.sequence()
        assert mirai.json("sync")["consented"] == [referral.referral]

    def test_a_withdrawal_stops_everything(
        self, hub: Hub, mirai: Client, invited: Invite, says_yes: Yes
    ) -> None:
        candidate = says_yes(invited(1))
        mirai.json("sync")
        with hub.work() as work:
            consents.withdraw(work, candidate.actor)
        hub.sequence()
        said = mirai.json("sync")
        assert said["ended"] == [candidate.referral]
        kept = ours(mirai, candidate.referral)
        assert (kept.state, kept.consent, kept.token) == ("withdrawn", None, "")
        assert mirai.json("sync")["ended"] == []

    def test_an_erasure_is_told_and_acknowledged(
        self, hub: Hub, mirai: Client, invited: Invite, says_yes: Yes
    ) -> None:
        candidate = says_yes(invited(1))
        mirai.json("sync")
        with hub.work() as work:
            subject_requests.erase(work, candidate.actor)
        hub.sequence()
        assert mirai.json("sync")["erased"] == [candidate.referral]
        assert ours(mirai, candidate.referral).state == "erased"
        assert mirai.json("sync")["erased"] == []


class TestProfiles:
    def test_only_consented_groups_are_sent(
        self, hub: Hub, mirai: Client, invited: Invite, says_yes: Yes
    ) -> None:
        candidate = says_yes(invited(1), ["skills", "stage"])
        assert mirai.json("sync")["added"] == 1
        assert added_fields(hub, candidate) == {
            "skills": ["Python", "SQL"],
            "stage_reached": "second-interview",
        }

    def test_nothing_is_sent_twice_and_a_change_is_sent_once(
        self,
        hub: Hub,
        mirai: Client,
        invited: Invite,
        says_yes: Yes,
        person: Callable[..., Application],
    ) -> None:
        candidate = says_yes(invited(1))
        assert mirai.json("sync")["added"] == 1
        assert mirai.json("sync")["added"] == 0
        mirai.keep(person(1, summary="在庫管理の仕組みを整えました。"))
        assert mirai.json("sync")["added"] == 1
        assert added_fields(hub, candidate)["summary"] == "在庫管理の仕組みを整えました。"

    def test_a_text_that_tells_who_it_is_stays_here_and_is_named(
        self, hub: Hub, mirai: Client, invited: Invite, says_yes: Yes
    ) -> None:
        candidate = says_yes(invited(1, summary="夢原と申します。090-0000-0001まで。"))
        said = mirai.json("sync")
        (held,) = said["withheld"]  # type: ignore[misc]
        assert (held["application"], held["field"]) == ("sheet:1", "summary")
        assert "summary" not in added_fields(hub, candidate)
        assert "夢原" not in json.dumps(said, ensure_ascii=False)

    def test_what_the_hub_refuses_is_named_and_tried_again(
        self, mirai: Client, invited: Invite, says_yes: Yes
    ) -> None:
        candidate = says_yes(invited(1), ["skills"])
        assert mirai.json("sync")["added"] == 1
        with open_store(mirai.config.store) as store, store.transaction() as connection:
            # As if we believed the consent to reach further than it does.
            connection.execute(
                """UPDATE referral SET consent = replace(consent, '["skills"]', '["skills","stage"]')"""
            )
        for _ in range(2):
            said = mirai.run("--json", "sync")
            assert said.code == 1
            (refused,) = said.document["refused"]  # type: ignore[misc]
            assert refused["application"] == "sheet:1"
            assert refused["field"].startswith("profiles/0/fields")
        assert ours(mirai, candidate.referral).state == "consented"

    def test_a_consent_that_was_changed_changes_what_is_sent(
        self, hub: Hub, mirai: Client, invited: Invite, says_yes: Yes
    ) -> None:
        candidate = says_yes(invited(1), ["skills", "stage"])
        mirai.json("sync")
        with hub.work() as work:
            consents.change(work, candidate.actor, groups=["skills"], modules=["exception"])
        hub.sequence()
        said = mirai.json("sync")
        assert said["consented"] == [candidate.referral]
        kept = ours(mirai, candidate.referral).consent
        assert kept is not None
        assert kept.groups == ("skills",)
        assert added_fields(hub, candidate) == {"skills": ["Python", "SQL"]}


class TestReleases:
    def test_given_an_approval_then_the_identity_is_sealed_to_that_agency_alone(
        self, hub: Hub, consortium: Consortium, mirai: Client, approved: Candidate
    ) -> None:
        (released,) = mirai.json("sync")["released"]  # type: ignore[misc]
        assert released["agency"] == "sakura"
        (record,) = records(mirai)
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
        identity = envelopes.open_envelope(document, agency.sealing, kid)  # type: ignore[arg-type]
        assert identity == {
            "name": "夢原 空太1",
            "kana": "ユメハラ ソラタ1",
            "email": "yumehara1@example.jp",
            "phone": "090-0000-0001",
        }

    def test_a_release_happens_once(self, mirai: Client, approved: Candidate) -> None:
        mirai.json("sync")
        assert mirai.json("sync")["released"] == []
        assert len(records(mirai)) == 1
        assert approved.referral == records(mirai)[0].referral

    def test_given_a_lost_answer_then_the_same_envelope_is_sent_again(
        self, mirai: Client, approved: Candidate
    ) -> None:
        first = mirai.json("sync")["released"]
        (record,) = records(mirai)
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
        assert records(mirai)[0].digest == record.digest
        assert approved.referral == record.referral

    def test_given_a_run_that_ended_before_posting_then_the_next_one_seals_anew(
        self, hub: Hub, mirai: Client, approved: Candidate, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def killed(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as cut:
            cut.setattr("career_relay.member.Member.release", killed)
            assert mirai.run("sync").code != 0
        (begun,) = records(mirai)
        assert begun.message is not None
        # Ten minutes later the attestation is too old to be taken.
        relays.wait(hub, minutes=10)
        (released,) = mirai.json("sync")["released"]  # type: ignore[misc]
        assert released["envelope"] != begun.envelope
        assert [one.released_at is not None for one in records(mirai)] == [True]
        assert approved.referral == begun.referral

    def test_a_withdrawn_consent_releases_nothing(
        self, hub: Hub, mirai: Client, approved: Candidate
    ) -> None:
        with hub.work() as work:
            consents.withdraw(work, approved.actor)
        hub.sequence()
        assert mirai.json("sync")["released"] == []
        assert records(mirai) == []

    def test_after_the_deadline_nothing_is_released(
        self, hub: Hub, mirai: Client, approved: Candidate
    ) -> None:
        relays.wait(hub, hours=73)
        assert mirai.json("sync")["released"] == []
        assert approved.referral not in {one.referral for one in records(mirai)}

    def test_no_name_reaches_the_hubs_files(
        self, hub: Hub, mirai: Client, approved: Candidate
    ) -> None:
        assert mirai.json("sync")["released"] != []
        assert approved.referral
        kept = hub.settings.database_url.removeprefix("sqlite:///")
        files = [Path(kept), *Path(kept).parent.glob(f"{Path(kept).name}*")]
        content = b"".join(file.read_bytes() for file in files)
        assert approved.referral.encode() in content
        for text in ("夢原", "ユメハラ", "yumehara1", "090-0000-0001"):
            assert text.encode() not in content
            assert text.encode() not in mirai.wire.bytes_sent()


def test_an_agency_has_no_round_of_its_own(sakura: Client) -> None:
    assert sakura.run("sync").code == 1


def test_the_round_is_told_in_japanese(mirai: Client, approved: Candidate) -> None:
    said = mirai.run("--lang", "ja", "sync")
    assert said.code == 0
    assert "株式会社sakura" in said.out
    assert "13-ユ-000001" in said.out
    assert approved.referral

