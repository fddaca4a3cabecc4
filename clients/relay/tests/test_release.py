"""Releases asked for by a hub that may lie: every fact is looked up, none is taken on trust."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from career_relay.application import Person
from career_relay.assets.referrals import Referral, SeenConsent
from career_relay.assets.store import AssetStore
from career_relay.errors import DistrustError, NotDueError, NotReadyError
from career_relay.member import AgencyAnswer, ReleaseAnswer, SealKeyAnswer
from career_relay.pins import Pins, pinned
from career_relay.release import Permitted, permitted, seal
from career_relay.transport import Transport
from relay_protocol import envelope, jwk
from relay_protocol.attestation import SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import EnvelopeError
from relay_protocol.jwk import kid_of
from tests.story.local_hub import LocalHub
from tests.story.shown_ledger import AGENCY_LICENCE, AT, ShownLedger, sealing_key, signing_key

REFERRAL, OTHER_REFERRAL = f"ref_{'0' * 26}", f"ref_{'1' * 26}"
CLAIM, OTHER_CLAIM = f"clm_{'0' * 26}", f"clm_{'1' * 26}"
CONSENT = f"con_{'0' * 26}"
ENVELOPE = f"env_{'0' * 26}"
UNTIL = date(2027, 3, 31)
NOW = AT + timedelta(hours=1)
SEAL = sealing_key(7)
SEAL_KID = kid_of(SEAL.public_key())
CONSENTED: dict[str, Value] = {
    "notice": "2026-12-A",
    "modules": ["publish"],
    "groups": ["skills"],
    "until": UNTIL.isoformat(),
}


@dataclass(kw_only=True)
class Scene:
    """An honest relay up to the approval; a test changes one thing in it.

    Attributes:
        consent, approval, bound: places of the three entries.
    """

    shown: ShownLedger
    pins: Pins
    consent: int
    approval: int
    bound: int
    referral: Referral

    def answer(self, **changed: object) -> ReleaseAnswer:
        """Return what the hub asks for."""
        answer = ReleaseAnswer(
            claim=CLAIM,
            referral=REFERRAL,
            job_kind="mid-career",
            agency=AgencyAnswer(
                slug="sakura",
                name="さくらキャリア",
                licence=AGENCY_LICENCE,
                seal_keys=(SealKeyAnswer(kid=SEAL_KID, jwk=jwk.from_key(SEAL.public_key())),),
            ),
            approved_until=NOW + timedelta(hours=71),
            consent_proof=dict(self.shown.prove(self.consent)),
            approval_proof=dict(self.shown.prove(self.approval)),
            bound_proof=dict(self.shown.prove(self.bound)),
        )
        return replace(answer, **changed)  # type: ignore[arg-type]

    def permitted(
        self, answer: ReleaseAnswer | None = None, *, now: datetime = NOW, **referral: object
    ) -> Permitted:
        """Return what comes of the hub's wish."""
        self.pins.refresh()
        ours = replace(self.referral, **referral)  # type: ignore[arg-type]
        return permitted(answer or self.answer(), ours, self.pins, slug="mirai", now=now)


def state_consent(shown: ShownLedger, **changed: Value) -> int:
    refs = {"consent": CONSENT, "referral": REFERRAL}
    return shown.state("consent.given", "hub", "mirai", refs=refs, body={**CONSENTED, **changed})


def state_approval(shown: ShownLedger, claim: str = CLAIM, agency: str = "sakura") -> int:
    body: dict[str, Value] = {"job_kind": "mid-career"}
    return shown.state("claim.approved", "hub", agency, refs={"claim": claim}, body=body)


def state_bound(shown: ShownLedger, claim: str = CLAIM, referral: str = REFERRAL) -> int:
    return shown.state("claim.bound", "hub", refs={"claim": claim, "referral": referral})


def attestation_id(shown: ShownLedger, seq: int) -> str:
    return SignedAttestation(wire=shown.reveals[seq].signed).attestation.id


@pytest.fixture
def scene(store: AssetStore, transport: Transport, shown: ShownLedger) -> Scene:
    consent = state_consent(shown)
    approval, bound = state_approval(shown), state_bound(shown)
    seen = SeenConsent(
        consent=CONSENT,
        notice="2026-12-A",
        modules=("publish",),
        groups=("skills",),
        until=UNTIL,
        attestation=attestation_id(shown, consent),
    )
    return Scene(
        shown=shown,
        pins=pinned(store, transport, shown.vkey),
        consent=consent,
        approval=approval,
        bound=bound,
        referral=Referral(
            referral=REFERRAL,
            application="sheet:1",
            job_kind="mid-career",
            locale="ja",
            opened_at=AT,
            expires_on=UNTIL,
            state="consented",
            consent=seen,
        ),
    )


class TestWhatSpeaksForARelease:
    def test_with_everything_proven_it_may_be_made_to_the_keys_on_the_ledger(
        self, scene: Scene
    ) -> None:
        permission = scene.permitted()
        assert (permission.claim, permission.referral) == (CLAIM, REFERRAL)
        assert (permission.agency, permission.consent) == ("sakura", CONSENT)
        assert permission.approval == attestation_id(scene.shown, scene.approval)
        assert list(permission.keys) == [SEAL_KID]

    @pytest.mark.parametrize("missing", ["consent_proof", "approval_proof", "bound_proof"])
    def test_without_a_proof_it_waits(self, scene: Scene, missing: str) -> None:
        with pytest.raises(NotReadyError):
            scene.permitted(scene.answer(**{missing: None}))

    @pytest.mark.parametrize("changed", ["consent_proof", "approval_proof", "bound_proof"])
    def test_one_proof_does_not_serve_for_another(self, scene: Scene, changed: str) -> None:
        other = scene.consent if changed != "consent_proof" else scene.approval
        proof = dict(scene.shown.prove(other))
        with pytest.raises(DistrustError):
            scene.permitted(scene.answer(**{changed: proof}))

    @pytest.mark.parametrize("forged", ["consent", "approval", "bound"])
    def test_a_fact_that_the_hub_has_not_signed_does_not_count(
        self, scene: Scene, forged: str
    ) -> None:
        scene.shown.signing["hub"] = signing_key(99)
        made = {
            "consent": lambda: state_consent(scene.shown),
            "approval": lambda: state_approval(scene.shown),
            "bound": lambda: state_bound(scene.shown),
        }[forged]()
        proof = dict(scene.shown.prove(made))
        with pytest.raises(DistrustError, match="no key of hub"):
            scene.permitted(scene.answer(**{f"{forged}_proof": proof}))


class TestTheConsent:
    @pytest.mark.parametrize("state", ["drawn", "invited", "withdrawn", "expired", "erased"])
    def test_only_a_referral_that_stands_consented_counts(self, scene: Scene, state: str) -> None:
        with pytest.raises(NotDueError, match="no referral of ours"):
            scene.permitted(state=state)

    def test_a_referral_that_is_not_ours_is_refused(self, scene: Scene) -> None:
        scene.pins.refresh()
        with pytest.raises(NotDueError, match="no referral of ours"):
            permitted(scene.answer(), None, scene.pins, slug="mirai", now=NOW)

    def test_a_consent_that_we_have_not_seen_is_looked_at_first(self, scene: Scene) -> None:
        with pytest.raises(NotDueError):
            scene.permitted(consent=None)

    def test_a_consent_that_has_changed_since_is_looked_at_first(self, scene: Scene) -> None:
        changed = state_consent(scene.shown, groups=["skills", "stage"])
        with pytest.raises(NotDueError, match="has changed"):
            scene.permitted(scene.answer(consent_proof=dict(scene.shown.prove(changed))))

    def test_the_consent_of_another_referral_is_another(self, scene: Scene) -> None:
        other = scene.shown.state(
            "consent.given",
            "hub",
            "mirai",
            refs={"consent": CONSENT, "referral": OTHER_REFERRAL},
            body=CONSENTED,
        )
        with pytest.raises(DistrustError, match="consent"):
            scene.permitted(scene.answer(consent_proof=dict(scene.shown.prove(other))))

    def test_a_consent_shown_to_another_company_is_another(self, scene: Scene) -> None:
        refs = {"consent": CONSENT, "referral": REFERRAL}
        other = scene.shown.state("consent.given", "hub", "sakura", refs=refs, body=CONSENTED)
        with pytest.raises(DistrustError, match="consent"):
            scene.permitted(scene.answer(consent_proof=dict(scene.shown.prove(other))))

    def test_a_consent_without_publication_permits_nothing(self, scene: Scene) -> None:
        seq = state_consent(scene.shown, modules=["email"])
        seen = scene.referral.consent
        assert seen is not None
        seen = replace(seen, modules=("email",), attestation=attestation_id(scene.shown, seq))
        answer = scene.answer(consent_proof=dict(scene.shown.prove(seq)))
        with pytest.raises(NotDueError, match="no longer holds"):
            scene.permitted(answer, consent=seen)

    @pytest.mark.parametrize(
        ("now", "holds"),
        [
            # Until the end of 31 March in Japan, which is 15:00 of that day in Greenwich.
            (datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC), True),
            (datetime(2027, 3, 31, 15, 0, 0, tzinfo=UTC), False),
        ],
    )
    def test_a_consent_holds_until_the_end_of_its_last_day(
        self, scene: Scene, now: datetime, *, holds: bool
    ) -> None:
        answer = scene.answer(approved_until=now + timedelta(hours=1))
        if holds:
            assert scene.permitted(answer, now=now).consent == CONSENT
        else:
            with pytest.raises(NotDueError, match="no longer holds"):
                scene.permitted(answer, now=now)


class TestTheApproval:
    def test_the_approval_of_another_claim_is_another(self, scene: Scene) -> None:
        other = state_approval(scene.shown, claim=OTHER_CLAIM)
        with pytest.raises(DistrustError, match="approval"):
            scene.permitted(scene.answer(approval_proof=dict(scene.shown.prove(other))))

    def test_the_approval_of_another_agency_is_another(self, scene: Scene) -> None:
        other = state_approval(scene.shown, agency="mirai")
        with pytest.raises(DistrustError, match="approval"):
            scene.permitted(scene.answer(approval_proof=dict(scene.shown.prove(other))))

    def test_the_approval_of_another_kind_of_job_is_another(self, scene: Scene) -> None:
        with pytest.raises(DistrustError, match="approval"):
            scene.permitted(scene.answer(job_kind="part-time"))

    def test_a_decline_is_no_approval(self, scene: Scene) -> None:
        declined = scene.shown.state("claim.declined", "hub", "sakura", refs={"claim": CLAIM})
        with pytest.raises(DistrustError, match="approval"):
            scene.permitted(scene.answer(approval_proof=dict(scene.shown.prove(declined))))

    @pytest.mark.parametrize(("seconds", "open_still"), [(0, True), (-1, False)])
    def test_the_time_for_the_release_has_an_end(
        self, scene: Scene, seconds: int, *, open_still: bool
    ) -> None:
        answer = scene.answer(approved_until=NOW + timedelta(seconds=seconds))
        if open_still:
            assert scene.permitted(answer).claim == CLAIM
        else:
            with pytest.raises(NotDueError, match="time for this release"):
                scene.permitted(answer)


class TestTheClaim:
    def test_a_claim_on_somebody_else_releases_nobody(self, scene: Scene) -> None:
        other = state_bound(scene.shown, referral=OTHER_REFERRAL)
        with pytest.raises(DistrustError, match="claim"):
            scene.permitted(scene.answer(bound_proof=dict(scene.shown.prove(other))))

    def test_another_claim_on_the_same_person_is_another(self, scene: Scene) -> None:
        other = state_bound(scene.shown, claim=OTHER_CLAIM)
        with pytest.raises(DistrustError, match="claim"):
            scene.permitted(scene.answer(bound_proof=dict(scene.shown.prove(other))))


class TestTheAgency:
    def test_the_keys_that_the_hub_names_count_for_nothing(self, scene: Scene) -> None:
        hubs_own = sealing_key(66).public_key()
        agency = replace(
            scene.answer().agency,
            seal_keys=(SealKeyAnswer(kid=kid_of(hubs_own), jwk=jwk.from_key(hubs_own)),),
        )
        assert list(scene.permitted(scene.answer(agency=agency)).keys) == [SEAL_KID]

    def test_a_suspended_agency_gets_nothing(self, scene: Scene) -> None:
        body: dict[str, Value] = {"slug": "sakura", "reason": "left"}
        scene.shown.state("org.suspended", "office", "sakura", body=body)
        with pytest.raises(DistrustError, match="agency"):
            scene.permitted()

    def test_an_agency_that_nobody_has_cosigned_gets_nothing(self, scene: Scene) -> None:
        scene.shown.admit("kita", "agency")
        approval = state_approval(scene.shown, agency="kita")
        agency = replace(scene.answer().agency, slug="kita")
        answer = scene.answer(agency=agency, approval_proof=dict(scene.shown.prove(approval)))
        with pytest.raises(DistrustError, match="agency"):
            scene.permitted(answer)

    def test_a_member_is_no_agency(self, scene: Scene) -> None:
        approval = state_approval(scene.shown, agency="mirai")
        agency = replace(scene.answer().agency, slug="mirai")
        answer = scene.answer(agency=agency, approval_proof=dict(scene.shown.prove(approval)))
        with pytest.raises(DistrustError, match="agency"):
            scene.permitted(answer)

    def test_another_licence_than_the_ledger_holds_is_another(self, scene: Scene) -> None:
        agency = replace(scene.answer().agency, licence="13-ユ-999999")
        with pytest.raises(DistrustError, match="licence"):
            scene.permitted(scene.answer(agency=agency))

    def test_a_licence_that_is_over_gets_nothing(self, scene: Scene) -> None:
        later = datetime(2031, 4, 1, 3, tzinfo=UTC)
        seen = scene.referral.consent
        assert seen is not None
        seq = state_consent(scene.shown, until="2031-09-01")
        seen = replace(seen, until=date(2031, 9, 1), attestation=attestation_id(scene.shown, seq))
        answer = scene.answer(
            approved_until=later + timedelta(hours=1),
            consent_proof=dict(scene.shown.prove(seq)),
        )
        with pytest.raises(NotDueError, match="2031-03-31"):
            scene.permitted(answer, now=later, consent=seen)

    def test_without_a_standing_key_it_waits(self, scene: Scene) -> None:
        scene.shown.state("key.revoked", "sakura", "sakura", body={"kid": SEAL_KID})
        with pytest.raises(NotReadyError, match="no sealing key"):
            scene.permitted()

    def test_of_many_keys_the_five_newest_are_sealed_to(self, scene: Scene) -> None:
        more = [sealing_key(number) for number in range(20, 26)]
        for key in more:
            scene.shown.register("sakura", key)
        kids = [kid_of(key.public_key()) for key in more]
        assert list(scene.permitted().keys) == kids[1:]


PERSON = Person(name="夢原 空太", kana="ユメハラ ソラタ", email="yumehara@example.jp")


class TestSealing:
    def test_what_is_sealed_opens_with_the_agencys_key_and_says_who_it_is(
        self, scene: Scene
    ) -> None:
        sealed = seal(scene.permitted(), PERSON, ENVELOPE)
        identity = envelope.open_envelope(sealed.document, SEAL, SEAL_KID)
        assert identity == {
            "name": "夢原 空太",
            "kana": "ユメハラ ソラタ",
            "email": "yumehara@example.jp",
        }
        assert sealed.items == ("name", "kana", "email")

    def test_what_is_signed_of_it_names_claim_approval_keys_and_digest(self, scene: Scene) -> None:
        permission = scene.permitted()
        sealed = seal(permission, PERSON, ENVELOPE)
        assert sealed.refs == {
            "claim": CLAIM,
            "referral": REFERRAL,
            "approval": permission.approval,
            "envelope": ENVELOPE,
        }
        assert sealed.body == {
            "keys": [SEAL_KID],
            "digest": b64url_encode(envelope.digest(sealed.document)),
            "items": ["name", "kana", "email"],
        }

    def test_nothing_of_the_identity_shows_outside(self, scene: Scene) -> None:
        sealed = seal(scene.permitted(), PERSON, ENVELOPE)
        shown = str((sealed.document, sealed.refs, sealed.body))
        assert "夢原" not in shown
        assert "yumehara" not in shown

    @pytest.mark.parametrize("name", ["", " ", "長" * 201])
    def test_an_identity_without_a_fitting_name_is_not_sealed(
        self, scene: Scene, name: str
    ) -> None:
        with pytest.raises(EnvelopeError):
            seal(scene.permitted(), replace(PERSON, name=name), ENVELOPE)


def test_the_hub_on_this_machine_was_asked_for_public_things_only(
    scene: Scene, local_hub: LocalHub
) -> None:
    scene.permitted()
    paths = {asked.path.partition("?")[0] for asked in local_hub.requests}
    assert paths <= {"/v1/scheme", "/v1/directory", "/ledger/checkpoint"}
    assert {asked.method for asked in local_hub.requests} == {"GET"}
