"""Whatever the client sends in our name is kept until its receipt comes, by whatever route."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from career_relay.agency import (
    Agency,
    ClaimAnswer,
    EnvelopeAnswer,
    IntroductionAnswer,
    OriginAnswer,
    VacancyAnswer,
)
from career_relay.assets import receipts
from career_relay.auditor import Auditor
from career_relay.connection import Connection
from career_relay.errors import HubAnswerError
from career_relay.member import AddedProfile, HireAnswer, Invitation, Member, ReporterAnswer
from career_relay.organization import Organization, PersonAnswer, TellingAnswer
from relay_protocol import jwk
from relay_protocol.attestation import from_jws
from relay_protocol.canonical import Value
from tests.story.local_hub import LocalHub, Told
from tests.story.shown_ledger import sealing_key, signing_key

CHECKOUT = Path(__file__).resolve().parents[3]
LETTERS = "0" * 26
DAY, AT = date(2026, 12, 1), datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC)
NAMED, REFERRAL = "A" * 22, f"ref_{LETTERS}"
VACANCY = VacancyAnswer(
    id=f"vac_{LETTERS}", title="t", job_kind="mid-career", digest="A" * 43, open_until=DAY
)
CLAIM = ClaimAnswer(
    id=f"clm_{LETTERS}",
    pairwise="CR-2222-2222-22",
    vacancy=VACANCY.id,
    job_kind="mid-career",
    state="open",
)
ENVELOPE = EnvelopeAnswer(
    id=f"env_{LETTERS}",
    claim=CLAIM.id,
    origin=OriginAnswer(slug="mirai", name="n", name_en="n"),
    release=NAMED,
    released_at=AT,
    kept_until=AT,
)
INTRODUCTION = IntroductionAnswer(
    id=f"int_{LETTERS}",
    claim=CLAIM.id,
    hirer="8000000000001",
    job_kind="mid-career",
    on=DAY,
    stage="introduced",
)
HIRE = HireAnswer(
    id=f"hir_{LETTERS}",
    agency=ReporterAnswer(slug="sakura", name="n", name_en="n"),
    state="started",
    report=NAMED,
)
INVITATION = Invitation(
    referral=REFERRAL, token_digest=bytes(32), job_kind="mid-career", locale="ja", expires_on=DAY
)
ADDED = AddedProfile(
    referral=REFERRAL,
    consent=f"con_{LETTERS}",
    groups=("skills",),
    fields={"skills": ["Python"]},
    digest=bytes(32),
)
KEY = dict(jwk.from_key(signing_key(8).public_key()))
PERSON = PersonAnswer(
    id=f"usr_{LETTERS}",
    display_name="佐倉 花子",
    state="enrolled",
    credential=NAMED,
    key=dict(jwk.from_key(sealing_key(8).public_key())),
    check="0000 0000 0000",
)
RELEASE = {"claim": CLAIM.id, "referral": REFERRAL, "approval": NAMED, "envelope": ENVELOPE.id}


def writes(us: Connection) -> Iterator[Callable[[], object]]:
    """Yield all that can be asked of the hub to write, by any role."""
    agency = Agency(us.transport, us.attester)
    yield lambda: agency.describe({"title": "t"})
    yield lambda: agency.claim(CLAIM.pairwise, VACANCY, "お話ししたいです。")
    yield lambda: agency.end_claim(CLAIM.id, "filled")
    yield lambda: agency.receive(ENVELOPE)
    yield lambda: agency.introduce(CLAIM, "8000000000001", DAY)
    yield lambda: agency.advance(INTRODUCTION.id, "final")
    yield lambda: agency.report(INTRODUCTION, "started", DAY)
    member = Member(us.transport, us.attester)
    yield lambda: member.invite([INVITATION])
    yield lambda: member.add_profiles([ADDED])
    body: dict[str, Value] = {"keys": ["A" * 43], "digest": "A" * 43, "items": ["name"]}
    released = member.attest_release(RELEASE, body)
    yield lambda: member.release({"attestation": released.jws}, once=ENVELOPE.id)
    yield lambda: member.confirm_hire(HIRE, DAY)
    ours = Organization(us.transport, us.attester)
    yield lambda: ours.cosign(NAMED, "A" * 43)
    yield lambda: ours.register_key("sign", KEY)
    yield lambda: ours.revoke_key("A" * 43)
    yield lambda: ours.invite_person("佐倉 花子")
    yield lambda: ours.confirm_person(PERSON)
    yield lambda: ours.acknowledge(TellingAnswer(number=1, about="withdrawn", reference=REFERRAL))
    yield lambda: Auditor(us.transport, us.attester).post_audit(NAMED, "2026-12", sound=True)


def test_every_act_that_leaves_is_kept_and_every_route_of_the_hub_is_known(
    mirai: Connection, local_hub: LocalHub
) -> None:
    # Nobody knows whether the hub has taken what it does not answer: all of it must be kept.
    local_hub.tell_else(lambda _asked: Told(status=502, body=b"", headers={}))
    for write in writes(mirai):
        with suppress(HubAnswerError):
            write()

    posted = [asked for asked in local_hub.requests if asked.method == "POST"]
    document = json.loads((CHECKOUT / "docs" / "openapi.json").read_text(encoding="utf-8"))
    routes = {
        re.sub(r"\{[^}]*\}", "*", path)
        for path, ways in document["paths"].items()
        if ways.get("post", {}).get("security")
    }
    assert {re.sub(r"(?<=/)([a-z]{3}_0{26}|1)(?=/|$)", "*", one.path) for one in posted} == routes
    said = [
        from_jws(text).attestation.id
        for asked in posted
        for text in re.findall(r'"attestation":\s*"([^"]+)"', json.dumps(asked.document))
    ]
    with mirai.store.reading() as rows:
        kept = [one.attestation for one in receipts.every(rows)]
    assert sorted(kept) == sorted(said)
    assert len(said) == len(set(said)) == len(posted) - 4
