"""What is sent is kept before it leaves, and dropped only where the hub has said no."""

import pytest

from career_relay.agency import Agency
from career_relay.assets import receipts
from career_relay.assets.receipts import Receipt
from career_relay.assets.store import open_store
from career_relay.connection import Connection
from career_relay.errors import HubAnswerError, HubRefusedError
from career_relay.member import Invitation, Member
from relay_protocol.attestation import from_jws
from tests.story.local_hub import Asked, LocalHub, Told
from tests.story.shown_ledger import AT

CLAIM = f"clm_{'0' * 26}"
END = f"/v1/agency/claims/{CLAIM}/end"
ENDED = {"id": CLAIM, "pairwise": "p", "vacancy": "v", "job_kind": "k", "state": "ended"}


@pytest.fixture
def agency(sakura: Connection) -> Agency:
    return Agency(sakura.transport, sakura.attester)


def kept(connection: Connection) -> list[Receipt]:
    with connection.store.reading() as rows:
        return list(receipts.every(rows))


def test_an_act_is_in_the_store_before_the_hub_hears_of_it(
    agency: Agency, sakura: Connection, local_hub: LocalHub
) -> None:
    path = sakura.config.store
    seen: list[str] = []

    def answer(asked: Asked) -> Told:
        with open_store(path) as store, store.reading() as rows:
            seen.extend(one.attestation for one in receipts.every(rows))
        return Told.of(ENDED)

    local_hub.tell("POST", END, answer)
    agency.end_claim(CLAIM, "filled")
    (one,) = kept(sakura)
    sent = from_jws(str(local_hub.to(END)[0].document["attestation"]))
    assert (one.attestation, one.kind, one.sent) == (sent.attestation.id, "claim.ended", sent.wire)
    assert one.accepted_at is not None
    assert (one.proof, seen) == ("", [one.attestation])


def test_what_the_hub_refuses_leaves_nothing_to_wait_for(
    agency: Agency, sakura: Connection, local_hub: LocalHub
) -> None:
    local_hub.tell("POST", END, Told.problem("step-refused", 409, "Not now."))
    with pytest.raises(HubRefusedError):
        agency.end_claim(CLAIM, "filled")
    assert kept(sakura) == []


def test_where_no_true_answer_comes_the_act_stays_as_one_that_may_have_been_taken(
    agency: Agency, sakura: Connection, local_hub: LocalHub
) -> None:
    local_hub.tell("POST", END, Told(status=502, body=b"", headers={}))
    with pytest.raises(HubAnswerError):
        agency.end_claim(CLAIM, "filled")
    (one,) = kept(sakura)
    assert one.sent_at is not None
    assert one.accepted_at is None


def test_of_a_batch_only_what_was_taken_is_waited_for(
    mirai: Connection, local_hub: LocalHub
) -> None:
    names = [f"ref_{number:026}" for number in range(3)]
    statuses = ("registered", "known", "refused")
    items = [
        {"referral": name, "status": status} for name, status in zip(names, statuses, strict=True)
    ]
    local_hub.tell("POST", "/v1/member/invitations", Told.of({"items": items}))
    Member(mirai.transport, mirai.attester).invite(
        [
            Invitation(
                referral=name,
                token_digest=bytes(32),
                job_kind="mid-career",
                locale="ja",
                expires_on=AT.date(),
            )
            for name in names
        ]
    )
    posted = local_hub.to("/v1/member/invitations")[0].document["invitations"]
    assert isinstance(posted, list)
    assert [one.attestation for one in kept(mirai)] == [
        from_jws(posted[0]["attestation"]).attestation.id
    ]
