"""Answers told by a hub that may lie: a consent counts only as the ledger has it."""

from datetime import date

import pytest

from career_relay.answers import take_answers, take_tellings
from career_relay.application import Application
from career_relay.assets import applications, receipts, referrals
from career_relay.assets.referrals import Referral
from career_relay.connection import Connection
from career_relay.errors import DistrustError
from career_relay.imports.verdicts import Row
from career_relay.receipts import collect
from relay_protocol.attestation import SignedAttestation
from relay_protocol.canonical import Value
from tests.story.local_hub import LocalHub, Told
from tests.story.shown_ledger import AT, ShownLedger

REFERRAL, OTHER = f"ref_{'0' * 26}", f"ref_{'1' * 26}"
CONSENT = f"con_{'0' * 26}"
BODY: dict[str, Value] = {
    "notice": "2026-12-A",
    "modules": ["publish"],
    "groups": ["skills"],
    "until": "2027-03-31",
}


@pytest.fixture
def invited(mirai: Connection, an_application: Application) -> Referral:
    """Return a referral of the member whose link is out."""
    referral = Referral(
        referral=REFERRAL,
        application=an_application.key,
        token="t" * 43,
        job_kind="mid-career",
        locale="ja",
        opened_at=AT,
        expires_on=date(2027, 1, 31),
        state="invited",
    )
    with mirai.store.transaction() as rows:
        applications.keep(rows, "people.csv", [Row(row=2, application=an_application)], at=AT)
        referrals.draw(rows, referral)
    return referral


class Tale:
    """What the hub tells the member: receipts by their places, and the answers."""

    def __init__(self, shown: ShownLedger, hub: LocalHub) -> None:
        self.shown = shown
        self.hub = hub
        self.receipts([])
        self.answers([])
        self.hub.tell("GET", "/v1/tellings", Told.of({"items": [], "next": None}))

    def consent(self, referral: str = REFERRAL, **changed: Value) -> int:
        """Enter a consent, and return its place."""
        refs = {"consent": CONSENT, "referral": referral}
        return self.shown.state(
            "consent.given", "hub", "mirai", refs=refs, body={**BODY, **changed}
        )

    def name(self, seq: int) -> str:
        """Return the id of the attestation at a place."""
        return SignedAttestation(wire=self.shown.reveals[seq].signed).attestation.id

    def receipts(self, places: list[int]) -> None:
        """Tell of these entries as the member's own."""
        items = [self.shown.prove(seq) for seq in places]
        self.hub.tell("GET", "/v1/reveals", Told.of({"items": items, "next": None}))

    def answers(self, items: list[dict[str, object]]) -> None:
        """Tell of these answers."""
        self.hub.tell("GET", "/v1/member/referrals", Told.of({"items": items, "next": None}))

    def answer(self, seq: int, **changed: object) -> dict[str, object]:
        """Return the answer that a consent at a place is."""
        consent = {"id": CONSENT, **BODY, "attestation": self.name(seq), **changed}
        return {"referral": REFERRAL, "state": "consented", "consent": consent}


@pytest.fixture
def tale(shown: ShownLedger, local_hub: LocalHub) -> Tale:
    return Tale(shown, local_hub)


def kept(mirai: Connection) -> Referral:
    with mirai.store.reading() as rows:
        found = referrals.find(rows, REFERRAL)
    assert found is not None
    return found


class TestReceipts:
    def test_a_receipt_is_kept_once_with_its_proof(
        self, mirai: Connection, tale: Tale, invited: Referral
    ) -> None:
        mirai.pins.refresh()
        seq = tale.consent()
        tale.receipts([seq])
        (proven,) = collect(mirai)
        with mirai.store.reading() as rows:
            receipt = receipts.find(rows, proven.signed.attestation.id)
            assert receipts.last_collected(rows) == seq
        assert receipt is not None
        assert (receipt.referral, receipt.kind) == (invited.referral, "consent.given")
        assert receipt.reveal == tale.shown.reveals[seq].encode()

    def test_only_later_ones_are_asked_for(
        self, mirai: Connection, tale: Tale, local_hub: LocalHub
    ) -> None:
        mirai.pins.refresh()
        seq = tale.consent()
        tale.receipts([seq])
        collect(mirai)
        tale.receipts([])
        collect(mirai)
        asked = [request.path for request in local_hub.to("/v1/reveals")]
        assert f"after={seq}" in asked[-1]

    def test_an_entry_of_somebody_else_is_no_receipt_of_ours(
        self, mirai: Connection, tale: Tale
    ) -> None:
        mirai.pins.refresh()
        refs = {"consent": CONSENT, "referral": REFERRAL}
        foreign = tale.shown.state("consent.given", "hub", "sakura", refs=refs, body=BODY)
        tale.receipts([foreign])
        with pytest.raises(DistrustError, match="not"):
            collect(mirai)
        with mirai.store.reading() as rows:
            assert receipts.last_collected(rows) == -1


class TestConsents:
    def test_a_consent_counts_with_its_receipt(
        self, mirai: Connection, tale: Tale, invited: Referral
    ) -> None:
        mirai.pins.refresh()
        seq = tale.consent()
        tale.receipts([seq])
        tale.answers([tale.answer(seq)])
        assert take_answers(mirai).consented == [invited.referral]
        assert kept(mirai).state == "consented"
        assert kept(mirai).token == ""

    def test_without_its_receipt_it_waits(
        self, mirai: Connection, tale: Tale, invited: Referral
    ) -> None:
        mirai.pins.refresh()
        tale.answers([tale.answer(tale.consent())])
        news = take_answers(mirai)
        assert (news.consented, news.unproven) == ([], [invited.referral])
        assert kept(mirai).state == "invited"

    @pytest.mark.parametrize(
        "changed",
        [
            {"groups": ["skills", "stage"]},
            {"modules": ["publish", "exception"]},
            {"until": "2027-04-30"},
            {"notice": "2026-12-B"},
            {"id": f"con_{'1' * 26}"},
        ],
    )
    def test_a_consent_told_otherwise_than_the_ledger_has_it_is_not_believed(
        self, mirai: Connection, tale: Tale, invited: Referral, changed: dict[str, object]
    ) -> None:
        mirai.pins.refresh()
        seq = tale.consent()
        tale.receipts([seq])
        tale.answers([tale.answer(seq, **changed)])
        with pytest.raises(DistrustError, match=invited.referral):
            take_answers(mirai)
        assert kept(mirai).state == "invited"

    def test_the_consent_of_one_person_does_not_serve_for_another(
        self, mirai: Connection, tale: Tale, invited: Referral
    ) -> None:
        mirai.pins.refresh()
        seq = tale.consent(referral=OTHER)
        tale.receipts([seq])
        tale.answers([tale.answer(seq)])
        with pytest.raises(DistrustError, match=invited.referral):
            take_answers(mirai)

    def test_an_answer_for_nobody_of_ours_is_passed_over(
        self, mirai: Connection, tale: Tale, invited: Referral
    ) -> None:
        mirai.pins.refresh()
        seq = tale.consent()
        tale.receipts([seq])
        tale.answers([{**tale.answer(seq), "referral": OTHER}])
        assert take_answers(mirai).consented == []
        assert kept(mirai).referral == invited.referral

    def test_a_withdrawal_on_the_ledger_counts_though_the_hub_keeps_silent(
        self, mirai: Connection, tale: Tale, invited: Referral
    ) -> None:
        mirai.pins.refresh()
        seq = tale.consent()
        refs = {"consent": CONSENT, "referral": REFERRAL}
        withdrawn = tale.shown.state("consent.withdrawn", "hub", "mirai", refs=refs)
        tale.receipts([seq, withdrawn])
        tale.answers([tale.answer(seq)])
        news = take_answers(mirai)
        assert (news.consented, news.ended) == ([], [invited.referral])
        assert kept(mirai).state == "withdrawn"

    def test_a_consent_that_has_run_out_can_come_back(
        self, mirai: Connection, tale: Tale, invited: Referral
    ) -> None:
        mirai.pins.refresh()
        seq = tale.consent()
        tale.receipts([seq])
        tale.answers([{**tale.answer(seq), "state": "expired"}])
        assert take_answers(mirai).ended == [invited.referral]
        assert kept(mirai).state == "expired"
        renewed = tale.consent(until="2027-09-30")
        tale.receipts([renewed])
        tale.answers([tale.answer(renewed, until="2027-09-30")])
        assert take_answers(mirai).consented == [invited.referral]

    def test_whoever_has_withdrawn_does_not_come_back(
        self, mirai: Connection, tale: Tale, invited: Referral
    ) -> None:
        mirai.pins.refresh()
        seq = tale.consent()
        tale.receipts([seq])
        tale.answers([{**tale.answer(seq), "state": "withdrawn"}])
        take_answers(mirai)
        tale.receipts([])
        tale.answers([tale.answer(seq)])
        assert take_answers(mirai).consented == []
        assert kept(mirai).state == "withdrawn"
        assert invited.referral == REFERRAL


class TestTellings:
    @pytest.mark.parametrize(
        ("about", "state", "erased"),
        [
            ("erased", "erased", [REFERRAL]),
            ("withdrawn", "withdrawn", []),
            ("corrected", "invited", []),
        ],
    )
    def test_what_is_told_is_done_and_acknowledged(
        self,
        mirai: Connection,
        tale: Tale,
        invited: Referral,
        about: str,
        state: str,
        erased: list[str],
    ) -> None:
        telling = {"number": 7, "about": about, "reference": invited.referral}
        tale.hub.tell("GET", "/v1/tellings", Told.of({"items": [telling], "next": None}))
        path = "/v1/tellings/7/acknowledgement"
        tale.hub.tell("POST", path, Told.of({"number": 7}))
        assert take_tellings(mirai) == erased
        assert kept(mirai).state == state
        assert len(tale.hub.to(path)) == 1

    def test_a_telling_of_somebody_unknown_is_acknowledged_too(
        self, mirai: Connection, tale: Tale
    ) -> None:
        telling = {"number": 8, "about": "erased", "reference": OTHER}
        tale.hub.tell("GET", "/v1/tellings", Told.of({"items": [telling], "next": None}))
        path = "/v1/tellings/8/acknowledgement"
        tale.hub.tell("POST", path, Told.of({"number": 8}))
        assert take_tellings(mirai) == []
        assert len(tale.hub.to(path)) == 1
