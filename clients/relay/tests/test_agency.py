"""What an agency's requests say on the wire: every act signed under ids of its own drawing."""

from collections.abc import Mapping
from datetime import date

import pytest

from career_relay.agency import (
    Agency,
    ClaimAnswer,
    EnvelopeAnswer,
    IntroductionAnswer,
    ReportedHireAnswer,
    VacancyAnswer,
)
from career_relay.connection import Connection
from relay_protocol import ids
from relay_protocol.attestation import Attestation, from_jws
from relay_protocol.encoding import b64url_encode
from tests.story.local_hub import Asked, LocalHub, Told
from tests.story.shown_ledger import CORPORATE_NUMBER, ShownLedger

CLAIM, VACANCY = f"clm_{'0' * 26}", f"vac_{'0' * 26}"
INTRODUCTION, HIRE = f"int_{'0' * 26}", f"hir_{'0' * 26}"
ENVELOPE = f"env_{'0' * 26}"
PAIRWISE = ids.pairwise_id(bytes(5))
ON = date(2027, 1, 20)
JOB = VacancyAnswer(
    id=VACANCY,
    title="エンジニア",
    job_kind="mid-career",
    digest=b64url_encode(bytes(32)),
    open_until=date(2027, 3, 31),
)
CLAIMED = ClaimAnswer(
    id=CLAIM, pairwise=PAIRWISE, vacancy=VACANCY, job_kind="mid-career", state="released"
)
INTRODUCED = IntroductionAnswer(
    id=INTRODUCTION,
    claim=CLAIM,
    hirer=CORPORATE_NUMBER,
    job_kind="mid-career",
    on=ON,
    stage="introduced",
)


@pytest.fixture
def agency(sakura: Connection) -> Agency:
    return Agency(sakura.transport, sakura.attester)


class Desk:
    """Answers any write with what it is told to, and reads the act that was signed in it."""

    def __init__(self, shown: ShownLedger, hub: LocalHub) -> None:
        self.shown = shown
        self.hub = hub

    def answers(self, path: str, document: Mapping[str, object]) -> None:
        """Answer writes to a path."""
        self.hub.tell("POST", path, Told.of(document, status=201))

    def act(self) -> tuple[dict[str, object], Attestation]:
        """Return the last write without its act, and the act, signed by the agency."""
        asked: Asked = self.hub.requests[-1]
        document = asked.document
        signed = from_jws(str(document.pop("attestation")))
        signed.check_jws(self.shown.signing["sakura"].public_key())
        return document, signed.attestation


@pytest.fixture
def desk(shown: ShownLedger, local_hub: LocalHub) -> Desk:
    return Desk(shown, local_hub)


def claim_told(**changed: object) -> dict[str, object]:
    told = {"id": CLAIM, "pairwise": PAIRWISE, "vacancy": VACANCY, "job_kind": "mid-career"}
    return {**told, "state": "open", "reason": None, "due_at": None, "envelope": None, **changed}


def test_a_claim_names_the_vacancy_by_its_digest(agency: Agency, desk: Desk) -> None:
    desk.answers("/v1/agency/claims", claim_told())
    assert agency.claim(PAIRWISE, JOB, "お話ししたいです。").state == "open"
    sent, said = desk.act()
    assert sent == {"pairwise": PAIRWISE, "vacancy": VACANCY, "message": "お話ししたいです。"}
    assert said.kind == "claim.made"
    assert ids.is_id("clm", said.refs["claim"])
    assert said.body == {"pairwise": PAIRWISE, "vacancy": JOB.digest, "job_kind": "mid-career"}


def test_no_two_claims_have_one_id(agency: Agency, desk: Desk) -> None:
    desk.answers("/v1/agency/claims", claim_told())
    drawn = set()
    for _ in range(2):
        agency.claim(PAIRWISE, JOB, "お話ししたいです。")
        drawn.add(desk.act()[1].refs["claim"])
    assert len(drawn) == 2


def test_a_claim_is_ended_for_a_reason(agency: Agency, desk: Desk) -> None:
    desk.answers(f"/v1/agency/claims/{CLAIM}/end", claim_told(state="ended", reason="filled"))
    assert agency.end_claim(CLAIM, "filled").reason == "filled"
    sent, said = desk.act()
    assert sent == {"reason": "filled"}
    assert (said.kind, said.refs, said.body) == (
        "claim.ended",
        {"claim": CLAIM},
        {"reason": "filled"},
    )


def test_a_receipt_names_the_release_that_it_answers(agency: Agency, desk: Desk) -> None:
    told = {
        "id": ENVELOPE,
        "claim": CLAIM,
        "origin": {"slug": "mirai", "name": "みらい", "name_en": "Mirai"},
        "release": "A" * 22,
        "released_at": "2026-12-01T03:04:05Z",
        "kept_until": "2026-12-08T03:04:05Z",
    }
    path = f"/v1/agency/envelopes/{ENVELOPE}"
    desk.hub.tell("GET", path, Told.of(told))
    desk.answers(f"{path}/receipt", {**told, "opened_at": "2026-12-01T03:05:00Z"})
    envelope: EnvelopeAnswer = agency.envelope(ENVELOPE)
    assert envelope.opened_at is None
    assert agency.receive(envelope).opened_at is not None
    _, said = desk.act()
    assert said.refs == {"claim": CLAIM, "release": "A" * 22}
    assert said.body == {"provenance": True}


def introduction_told(hire: object = None) -> dict[str, object]:
    return {
        "id": INTRODUCTION,
        "claim": CLAIM,
        "hirer": CORPORATE_NUMBER,
        "job_kind": "mid-career",
        "on": ON.isoformat(),
        "stage": "introduced",
        "hire": hire,
    }


def test_an_introduction_names_the_hirer_by_its_number(agency: Agency, desk: Desk) -> None:
    desk.answers("/v1/agency/introductions", introduction_told())
    assert agency.introduce(CLAIMED, CORPORATE_NUMBER, ON) == INTRODUCED
    sent, said = desk.act()
    assert sent == {"claim": CLAIM, "hirer": CORPORATE_NUMBER, "on": "2027-01-20"}
    assert said.refs["claim"] == CLAIM
    assert ids.is_id("int", said.refs["introduction"])
    assert said.body == {"hirer": CORPORATE_NUMBER, "on": "2027-01-20", "job_kind": "mid-career"}


def test_a_stage_is_recorded_and_attested_by_nobody(agency: Agency, desk: Desk) -> None:
    path = f"/v1/agency/introductions/{INTRODUCTION}/stages"
    desk.answers(path, {**introduction_told(), "stage": "interview"})
    assert agency.advance(INTRODUCTION, "interview").stage == "interview"
    assert desk.hub.to(path)[0].document == {"stage": "interview"}


def test_a_first_report_draws_the_hires_id_and_later_ones_keep_it(
    agency: Agency, desk: Desk
) -> None:
    told = {"id": HIRE, "state": "accepted", "accepted_on": "2027-01-20"}
    desk.answers("/v1/agency/hires", told)
    reported = agency.report(INTRODUCED, "offer-accepted", ON)
    sent, first = desk.act()
    assert sent == {"introduction": INTRODUCTION, "event": "offer-accepted", "on": "2027-01-20"}
    assert ids.is_id("hir", first.refs["hire"])
    known = IntroductionAnswer(
        id=INTRODUCTION,
        claim=CLAIM,
        hirer=CORPORATE_NUMBER,
        job_kind="mid-career",
        on=ON,
        stage="offer",
        hire=ReportedHireAnswer(id=reported.id, state="accepted"),
    )
    agency.report(known, "started", ON)
    _, second = desk.act()
    assert second.refs == {"hire": HIRE, "introduction": INTRODUCTION}
    assert second.body == {"event": "started", "on": "2027-01-20"}


def test_a_vacancy_is_described_as_it_was_written(agency: Agency, desk: Desk) -> None:
    kept = {"id": VACANCY, "title": "エンジニア", "job_kind": "mid-career"}
    digest = {"digest": JOB.digest, "open_until": "2027-03-31", "remote": False}
    desk.answers("/v1/agency/vacancies", {**kept, **digest})
    assert agency.describe({"title": "エンジニア"}) == JOB
    assert desk.hub.to("/v1/agency/vacancies")[0].document == {"title": "エンジニア"}


def test_lists_are_read_whole(agency: Agency, local_hub: LocalHub) -> None:
    empty = Told.of({"items": [], "next": None})
    for path in ("vacancies", "claims", "envelopes", "introductions", "dues"):
        local_hub.tell("GET", f"/v1/agency/{path}", empty)
    local_hub.tell("GET", f"/v1/agency/vacancies/{VACANCY}/matches", empty)
    read = (agency.vacancies(), agency.claims(), agency.envelopes(), agency.introductions())
    assert read == ([], [], [], [])
    assert agency.dues() == []
    assert list(agency.matches(VACANCY)) == []
