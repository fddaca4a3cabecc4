"""What a member adds to profiles: within the consent, nothing that tells who it is, once."""

import json
from collections.abc import Callable

from career_relay.application import Application
from career_relay.assets.referrals import Referral
from career_relay.assets.store import open_store
from exchange.hub import Hub
from exchange.services import consents, profiles
from exchange.services.sealing import key_of
from tests.story.clients import Client, the_one
from tests.story.relays import Candidate

Yes = Callable[..., Candidate]
Invite = Callable[..., Referral]


def added_fields(hub: Hub, candidate: Candidate) -> dict[str, object]:
    """Return what the hub holds of the origin's words."""
    with hub.reading() as work:
        row = profiles.profile_of(work, candidate.id)
        return dict(profiles.draft_of(row, key_of(work, candidate.id)).added.document())


def test_only_consented_groups_are_sent(
    hub: Hub, mirai: Client, invited: Invite, says_yes: Yes
) -> None:
    candidate = says_yes(invited(1), ["skills", "stage"])
    assert mirai.json("sync")["added"] == 1
    assert added_fields(hub, candidate) == {
        "skills": ["Python", "SQL"],
        "stage_reached": "second-interview",
    }


def test_nothing_is_sent_twice_and_a_change_is_sent_once(
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
    hub: Hub, mirai: Client, invited: Invite, says_yes: Yes
) -> None:
    candidate = says_yes(invited(1, summary="夢原と申します。090-0000-0001まで。"))
    said = mirai.json("sync")
    held = the_one(said, "withheld")
    assert (held["application"], held["field"]) == ("sheet:1", "summary")
    assert "summary" not in added_fields(hub, candidate)
    assert "夢原" not in json.dumps(said, ensure_ascii=False)


def test_what_the_hub_refuses_is_named_and_tried_again(
    mirai: Client, invited: Invite, says_yes: Yes
) -> None:
    candidate = says_yes(invited(1), ["skills"])
    assert mirai.json("sync")["added"] == 1
    with open_store(mirai.config.store) as store, store.transaction() as connection:
        # As if we believed the consent to reach further than it does.
        believed = ('["skills"]', '["skills","stage"]')
        connection.execute("UPDATE referral SET consent = replace(consent, ?, ?)", believed)
    for _ in range(2):
        said = mirai.run("--json", "sync")
        assert said.code == 1
        refused = the_one(said.document, "refused")
        assert refused["application"] == "sheet:1"
        assert str(refused["field"]).startswith("profiles/0/fields")
    assert mirai.referral(candidate.referral).state == "consented"


def test_a_consent_that_was_changed_changes_what_is_sent(
    hub: Hub, mirai: Client, invited: Invite, says_yes: Yes
) -> None:
    candidate = says_yes(invited(1), ["skills", "stage"])
    mirai.json("sync")
    with hub.work() as work:
        consents.change(work, candidate.actor, groups=["skills"], modules=["exception"])
    hub.sequence()
    said = mirai.json("sync")
    assert said["consented"] == [candidate.referral]
    kept = mirai.referral(candidate.referral).consent
    assert kept is not None
    assert kept.groups == ("skills",)
    assert added_fields(hub, candidate) == {"skills": ["Python", "SQL"]}
