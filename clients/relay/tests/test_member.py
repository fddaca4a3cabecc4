"""What a member's requests say on the wire: the acts in them signed, and nothing else besides."""

from datetime import date

import pytest

from career_relay.connection import Connection
from career_relay.errors import HubAnswerError
from career_relay.member import AddedProfile, HireAnswer, Invitation, Member, ReporterAnswer
from relay_protocol.attestation import Attestation, from_jws
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from tests.story.local_hub import LocalHub, Told
from tests.story.shown_ledger import ShownLedger

REFERRAL, CONSENT = f"ref_{'0' * 26}", f"con_{'0' * 26}"
HIRE = f"hir_{'0' * 26}"
REPORT = "A" * 22


@pytest.fixture
def member(mirai: Connection) -> Member:
    return Member(mirai.transport, mirai.attester)


def signed_by(shown: ShownLedger, slug: str, text: object) -> Attestation:
    """Return the attestation in a request, which that organization has signed."""
    signed = from_jws(str(text))
    signed.check_jws(shown.signing[slug].public_key())
    assert signed.attestation.by == slug
    return signed.attestation


def the_item(document: dict[str, object], name: str) -> dict[str, object]:
    items = document[name]
    assert isinstance(items, list)
    (item,) = items
    assert isinstance(item, dict)
    return item


def test_an_invitation_says_a_random_id_a_digest_and_no_more(
    member: Member, shown: ShownLedger, local_hub: LocalHub
) -> None:
    path = "/v1/member/invitations"
    verdict = {"referral": REFERRAL, "status": "registered"}
    local_hub.tell("POST", path, Told.of({"items": [verdict]}))
    invitation = Invitation(
        referral=REFERRAL,
        token_digest=bytes(range(32)),
        job_kind="mid-career",
        locale="ja",
        expires_on=date(2027, 1, 31),
    )
    (answered,) = member.invite([invitation])
    assert (answered.referral, answered.status) == (REFERRAL, "registered")
    sent = the_item(local_hub.to(path)[0].document, "invitations")
    said = signed_by(shown, "mirai", sent.pop("attestation"))
    assert sent == {
        "referral": REFERRAL,
        "token_digest": b64url_encode(bytes(range(32))),
        "job_kind": "mid-career",
        "locale": "ja",
        "expires_on": "2027-01-31",
    }
    assert (said.kind, said.refs, said.body) == (
        "referral.invited",
        {"referral": REFERRAL},
        {"job_kind": "mid-career"},
    )


def test_a_profile_is_sent_with_the_digest_of_its_fields_signed(
    member: Member, shown: ShownLedger, local_hub: LocalHub
) -> None:
    path = "/v1/member/profiles"
    problem = {"title": "x", "detail": "no", "field": "profiles/0/fields/skills/0", "type": "y"}
    refused = {"referral": REFERRAL, "status": "refused", "problem": problem}
    local_hub.tell("POST", path, Told.of({"items": [refused]}))
    added = AddedProfile(
        referral=REFERRAL,
        consent=CONSENT,
        groups=("skills",),
        fields={"skills": ["Python"]},
        digest=bytes(32),
    )
    (verdict,) = member.add_profiles([added])
    assert verdict.problem is not None
    assert verdict.problem.field == "profiles/0/fields/skills/0"
    sent = the_item(local_hub.to(path)[0].document, "profiles")
    said = signed_by(shown, "mirai", sent.pop("attestation"))
    assert sent == {"referral": REFERRAL, "consent": CONSENT, "fields": {"skills": ["Python"]}}
    assert said.refs == {"referral": REFERRAL, "consent": CONSENT}
    assert said.body == {"groups": ["skills"], "digest": b64url_encode(bytes(32))}


def test_a_verdict_of_an_unknown_word_is_not_taken(member: Member, local_hub: LocalHub) -> None:
    path = "/v1/member/profiles"
    local_hub.tell("POST", path, Told.of({"items": [{"referral": REFERRAL, "status": "maybe"}]}))
    with pytest.raises(HubAnswerError):
        member.add_profiles([])


def test_a_release_is_sent_under_its_envelopes_id(member: Member, local_hub: LocalHub) -> None:
    path = "/v1/member/releases"
    local_hub.tell("POST", path, Told.of({"claim": "clm_1", "envelope": "env_1"}))
    claim, envelope = f"clm_{'0' * 26}", f"env_{'0' * 26}"
    refs = {"claim": claim, "referral": REFERRAL, "approval": REPORT, "envelope": envelope}
    body: dict[str, Value] = {"keys": ["A" * 43], "digest": "A" * 43, "items": ["name"]}
    message = {"attestation": member.attest_release(refs, body).jws, "claim": claim}
    member.release(message, once="env_1")
    member.release(message, once="env_1")
    first, second = local_hub.to(path)
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"] == "env_1"
    assert first.body == second.body
    assert first.document == message


def test_a_start_is_confirmed_with_the_report_that_it_answers(
    member: Member, shown: ShownLedger, local_hub: LocalHub
) -> None:
    path = f"/v1/member/hires/{HIRE}/confirmation"
    agency = {"slug": "sakura", "name": "さくら", "name_en": "Sakura"}
    told = {"id": HIRE, "agency": agency, "state": "started", "confirmed_by": "mirai"}
    local_hub.tell("POST", path, Told.of(told))
    hire = HireAnswer(
        id=HIRE,
        agency=ReporterAnswer(slug="sakura", name="さくら", name_en="Sakura"),
        state="started",
        started_on=date(2027, 4, 1),
        report=REPORT,
    )
    assert member.confirm_hire(hire, date(2027, 4, 1)).confirmed_by == "mirai"
    said = signed_by(shown, "mirai", local_hub.to(path)[0].document["attestation"])
    assert said.refs == {"hire": HIRE, "report": REPORT}
    assert said.body == {"on": "2027-04-01"}


def test_one_months_statement_is_asked_for_by_its_month(
    member: Member, local_hub: LocalHub
) -> None:
    path = "/v1/member/statements"
    local_hub.tell("GET", path, Told.of({"items": [], "next": None}))
    assert member.statements("2027-01") == []
    assert member.statements() == []
    first, second = local_hub.to(path)
    assert "period=2027-01" in first.path
    assert "period" not in second.path


def test_totals_are_told_as_the_hub_tells_them(member: Member, local_hub: LocalHub) -> None:
    totals = {"k": 3, "invited": "12", "consented": "<3"}
    local_hub.tell("GET", "/v1/member/totals", Told.of(totals))
    assert member.totals() == totals
