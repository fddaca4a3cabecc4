"""Invitations, consents and additions, as a member's client sends and reads them."""

import json
from collections.abc import Callable, Mapping

import pytest

from exchange.hub import Hub
from exchange.services import consents
from relay_protocol.encoding import b64url_encode
from tests.story import referrals
from tests.story.api import Caller
from tests.story.referrals import Candidate
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]


@pytest.fixture
def member(client_of: ClientOf, consortium: Consortium) -> Caller:
    """Return the client of the first member."""
    return client_of(consortium.members[0])


def invitation(hub: Hub, origin: Organization, **changed: object) -> dict[str, object]:
    """Return a new invitation as JSON."""
    asked = referrals.invitation(
        hub, origin, referral=referrals.new_referral(), token=referrals.new_token()
    )
    return {
        "referral": asked.referral,
        "token_digest": b64url_encode(asked.token_digest),
        "job_kind": asked.job_kind,
        "locale": asked.locale,
        "expires_on": asked.expires_on.isoformat(),
        "attestation": asked.attestation,
        **changed,
    }


def addition(hub: Hub, person: Candidate, fields: Mapping[str, object]) -> dict[str, object]:
    """Return what the origin adds, as JSON."""
    sent = referrals.addition(hub, person, fields)
    return {
        "referral": sent.referral,
        "consent": sent.consent,
        "fields": dict(sent.fields),
        "attestation": sent.attestation,
    }


def test_invitations_are_registered_and_known_again(member: Caller, hub: Hub) -> None:
    sent = {"invitations": [invitation(hub, member.organization) for _ in range(2)]}
    first = member.post("/v1/member/invitations", sent)
    assert first.status_code == 200
    assert [item["status"] for item in first.json()["items"]] == ["registered"] * 2
    assert [item["referral"] for item in first.json()["items"]] == [
        item["referral"] for item in sent["invitations"]
    ]
    again = member.post("/v1/member/invitations", sent)
    assert [item["status"] for item in again.json()["items"]] == ["known"] * 2


def test_a_repeated_request_gets_its_first_answer(member: Caller, hub: Hub) -> None:
    sent = {"invitations": [invitation(hub, member.organization)]}
    answers = [member.post("/v1/member/invitations", sent, key="once").json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[0]["items"][0]["status"] == "registered"


def test_a_refused_one_among_many_says_which_and_why(member: Caller, hub: Hub) -> None:
    good = invitation(hub, member.organization)
    bad = invitation(hub, member.organization, job_kind="part-time")
    answer = member.post("/v1/member/invitations", {"invitations": [good, bad]})
    items = answer.json()["items"]
    assert [item["status"] for item in items] == ["registered", "refused"]
    assert items[1]["problem"]["field"] == "invitations/1/attestation"
    assert items[1]["problem"]["type"] == "/docs/problems#attestation-refused"


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"referral": "ref_1"}, "invitations/0/referral"),
        ({"token_digest": "short"}, "invitations/0/token_digest"),
        ({"token_digest": "A" * 42 + "B"}, "invitations/0/token_digest"),
        ({"job_kind": 3}, "invitations/0/job_kind"),
        ({"locale": "fr"}, "invitations/0/locale"),
        ({"expires_on": "2027-02-30"}, "invitations/0/expires_on"),
        ({"name": "山田太郎"}, "invitations/0/name"),
    ],
)
def test_an_invitation_of_another_shape_is_refused_by_its_field(
    member: Caller, hub: Hub, changed: dict[str, object], field: str
) -> None:
    answer = member.post(
        "/v1/member/invitations", {"invitations": [invitation(hub, member.organization, **changed)]}
    )
    assert answer.status_code == 422
    assert answer.json()["field"] == field


@pytest.mark.parametrize("count", [0, 1001])
def test_a_batch_has_one_to_a_thousand(member: Caller, hub: Hub, count: int) -> None:
    one = invitation(hub, member.organization)
    answer = member.post("/v1/member/invitations", {"invitations": [one] * count})
    assert answer.status_code == 422


def test_only_members_invite(client_of: ClientOf, consortium: Consortium, hub: Hub) -> None:
    agency = client_of(consortium.agencies[0])
    sent = {"invitations": [invitation(hub, consortium.agencies[0])]}
    assert agency.post("/v1/member/invitations", sent).status_code == 403
    for path in ("referrals", "totals"):
        assert agency.get(f"/v1/member/{path}").status_code == 403


def test_consents_are_read_page_by_page(member: Caller, hub: Hub) -> None:
    people = [referrals.consent(hub, member.organization) for _ in range(3)]
    referrals.invite(hub, member.organization)
    first = member.get("/v1/member/referrals?limit=2").json()
    second = member.get(f"/v1/member/referrals?limit=2&cursor={first['next']}").json()
    assert second["next"] is None
    items = [*first["items"], *second["items"]]
    assert [item["referral"] for item in items] == sorted(person.referral for person in people)
    permission = referrals.permission(hub, people[0])
    told = next(item for item in items if item["referral"] == people[0].referral)
    assert told["consent"] == {
        "id": permission.consent_id,
        "notice": "2026-12-A",
        "modules": ["publish"],
        "groups": list(referrals.GROUPS),
        "until": permission.until.isoformat(),
        "attestation": permission.attestation_id,
    }
    assert (told["state"], told["profile_state"], told["outcome"]) == ("consented", "draft", "")


def test_a_neighbours_consents_are_not_told(
    client_of: ClientOf, consortium: Consortium, hub: Hub
) -> None:
    referrals.consent(hub, consortium.members[0])
    assert client_of(consortium.members[1]).get("/v1/member/referrals").json()["items"] == []


def test_totals_tell_no_count_below_k(member: Caller, hub: Hub) -> None:
    people = [referrals.consent(hub, member.organization) for _ in range(3)]
    referrals.invite(hub, member.organization)
    totals = member.get("/v1/member/totals").json()
    assert totals == {
        "k": 3,
        "invited": "4",
        "consented": "3",
        "withdrawn": "<3",
        "expired": "<3",
    }
    with hub.work() as work:
        consents.withdraw(work, people[0].actor)
    assert member.get("/v1/member/totals").json()["consented"] == "<3"


def test_additions_are_taken_and_known_again(member: Caller, hub: Hub) -> None:
    person = referrals.consent(hub, member.organization)
    sent = {"profiles": [addition(hub, person, {"skills": ["Java"]})]}
    assert member.post("/v1/member/profiles", sent).json()["items"] == [
        {"referral": person.referral, "status": "added"}
    ]
    assert member.post("/v1/member/profiles", sent).json()["items"][0]["status"] == "known"


@pytest.mark.parametrize(
    ("fields", "slug", "field", "said"),
    [
        (
            {"summary": "090-0000-1234"},
            "identity-in-profile",
            "profiles/1/fields/summary",
            '"summary" seems to hold a telephone number (at character 1)',
        ),
        (
            {"summary": "taro@example.com"},
            "identity-in-profile",
            "profiles/1/fields/summary",
            "an e-mail address",
        ),
        (
            {"summary": "山田太郎と申します。"},
            "identity-in-profile",
            "profiles/1/fields/summary",
            "name",
        ),
        ({"evaluation": 4}, "beyond-consent", "profiles/1/fields/evaluation", "did not consent"),
    ],
)
def test_what_may_not_be_added_is_refused_by_its_place_in_the_batch(
    member: Caller, hub: Hub, fields: dict[str, object], slug: str, field: str, said: str
) -> None:
    people = [
        referrals.consent(hub, member.organization, groups=["skills", "summary"]) for _ in range(2)
    ]
    good = addition(hub, people[0], {"skills": ["Java"]})
    bad = {**addition(hub, people[1], {"skills": ["Java"]}), "fields": fields}
    items = member.post("/v1/member/profiles", {"profiles": [good, bad]}).json()["items"]
    assert [item["status"] for item in items] == ["added", "refused"]
    problem = items[1]["problem"]
    assert problem["type"] == f"/docs/problems#{slug}"
    assert problem["field"] == field
    assert said in problem["detail"]


def test_a_refusal_speaks_japanese_to_who_reads_it(member: Caller, hub: Hub) -> None:
    person = referrals.consent(hub, member.organization, groups=["summary"])
    sent = addition(hub, person, {"summary": "開発"})
    member.http.headers["Accept-Language"] = "ja"
    answer = member.post(
        "/v1/member/profiles", {"profiles": [{**sent, "fields": {"summary": "電話 090-0000-1234"}}]}
    )
    assert "電話番号らしい文字列があります" in answer.json()["items"][0]["problem"]["detail"]


def test_a_profile_without_consent_is_refused(member: Caller, hub: Hub) -> None:
    person = referrals.consent(hub, member.organization)
    sent = addition(hub, person, {"skills": ["Java"]})
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    (item,) = member.post("/v1/member/profiles", {"profiles": [sent]}).json()["items"]
    assert item["problem"]["type"] == "/docs/problems#consent-missing"
    assert item["problem"]["field"] == "profiles/0"


def test_a_neighbours_referral_looks_exactly_like_an_absent_one(
    client_of: ClientOf, consortium: Consortium, hub: Hub
) -> None:
    person = referrals.consent(hub, consortium.members[0])
    theirs = addition(hub, person, {"skills": ["Java"]})
    absent = {**theirs, "referral": referrals.new_referral()}
    neighbour = client_of(consortium.members[1])
    problems = []
    for sent in (theirs, absent):
        (item,) = neighbour.post("/v1/member/profiles", {"profiles": [sent]}).json()["items"]
        problems.append(item["problem"])
    assert problems[0] == problems[1]


@pytest.mark.parametrize("fields", [[], "text", None])
def test_fields_of_another_type_are_refused(member: Caller, hub: Hub, fields: object) -> None:
    person = referrals.consent(hub, member.organization)
    sent = {**addition(hub, person, {"skills": ["Java"]}), "fields": fields}
    answer = member.post("/v1/member/profiles", {"profiles": [sent]})
    assert answer.status_code == 422
    assert answer.json()["field"] == "profiles/0/fields"


def test_no_personal_data_is_on_the_wire_of_an_invitation(member: Caller, hub: Hub) -> None:
    sent = invitation(hub, member.organization)
    assert set(sent) == {
        "referral",
        "token_digest",
        "job_kind",
        "locale",
        "expires_on",
        "attestation",
    }
    assert json.dumps(sent).isascii()
