"""The hub as an agency's own system meets it: vacancies, matches, claims, envelopes, hires."""

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from career_relay.attest import Attester
from career_relay.transport import Transport
from relay_protocol import ids

MATCHES_PER_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class VacancyAnswer:
    """A job that the agency fills, as the hub keeps it.

    Attributes:
        digest: by which claims name it, base64url.
    """

    id: str
    title: str
    job_kind: str
    digest: str
    open_until: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonAnswer:
    """How a profile stands to one thing that the vacancy asks for."""

    criterion: str
    state: str
    wanted: str
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchAnswer:
    """One profile that matches, with what the agency is shown of it.

    Attributes:
        pairwise: the agency's own id for it, which no other agency knows.
        standing: free, taken by another agency's claim, or yours.
    """

    pairwise: str
    standing: str
    listed_on: date
    profile: dict[str, object]
    reasons: tuple[ReasonAnswer, ...]
    claim: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAnswer:
    """A claim, and where it stands."""

    id: str
    pairwise: str
    vacancy: str
    job_kind: str
    state: str
    reason: str | None = None
    due_at: datetime | None = None
    envelope: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginAnswer:
    """The company that a candidate came from; the agency learns it with the envelope."""

    slug: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvelopeAnswer:
    """A sealed identity for this agency.

    Attributes:
        release: id of the attestation by which the origin released it.
        opened_at: when the agency confirmed where it comes from; None before.
        kept_until: when the hub deletes what is sealed.
        envelope: what is sealed; None in a listing, before the receipt, and once deleted.
    """

    id: str
    claim: str
    origin: OriginAnswer
    release: str
    released_at: datetime
    kept_until: datetime
    opened_at: datetime | None = None
    envelope: dict[str, object] | None = None
    release_proof: dict[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedHireAnswer:
    """A hire as the agency has reported it."""

    id: str
    state: str
    accepted_on: date | None = None
    started_on: date | None = None
    left_on: date | None = None
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IntroductionAnswer:
    """An introduction to a hirer, and what came of it."""

    id: str
    claim: str
    hirer: str
    job_kind: str
    on: date
    stage: str
    hire: ReportedHireAnswer | None = None


class Agency:
    """Asks the hub in an agency's name, and signs what that agency does."""

    def __init__(self, transport: Transport, attester: Attester) -> None:
        """Take the connection and the key; both belong to the same agency."""
        self._transport = transport
        self._attester = attester

    def vacancies(self) -> list[VacancyAnswer]:
        """Return the agency's vacancies, newest first."""
        return list(self._transport.pages("/v1/agency/vacancies", VacancyAnswer))

    def describe(self, vacancy: Mapping[str, object]) -> VacancyAnswer:
        """Describe a job, and return it as the hub keeps it.

        Args:
            vacancy: the vacancy's document; what is left out is not asked for.
        """
        return self._transport.write("/v1/agency/vacancies", dict(vacancy), VacancyAnswer)

    def matches(self, vacancy: str) -> Iterator[MatchAnswer]:
        """Yield the profiles that match a vacancy, in the order that it asks for."""
        path = f"/v1/agency/vacancies/{vacancy}/matches"
        return self._transport.pages(path, MatchAnswer, {"limit": MATCHES_PER_PAGE})

    def claim(self, pairwise: str, vacancy: VacancyAnswer, message: str) -> ClaimAnswer:
        """Claim one profile for one vacancy; nobody else can until the candidate answers.

        Args:
            pairwise: the agency's own id for the profile.
            vacancy: what the candidate is asked about.
            message: what the candidate reads; no contact, no gift.
        """
        claim = ids.new_id("clm", secrets.token_bytes(ids.ID_BYTES))
        signed = self._attester.sign(
            "claim.made",
            refs={"claim": claim},
            body={
                "pairwise": pairwise,
                "vacancy": vacancy.digest,
                "job_kind": vacancy.job_kind,
            },
        )
        body = {
            "pairwise": pairwise,
            "vacancy": vacancy.id,
            "message": message,
            "attestation": signed.jws,
        }
        return self._transport.write("/v1/agency/claims", body, ClaimAnswer, acts=[signed])

    def claims(self) -> list[ClaimAnswer]:
        """Return the agency's claims, newest first."""
        return list(self._transport.pages("/v1/agency/claims", ClaimAnswer))

    def end_claim(self, claim: str, reason: str) -> ClaimAnswer:
        """End one of the agency's own claims.

        Args:
            claim: its id.
            reason: by-agency, filled or not-genuine.
        """
        signed = self._attester.sign("claim.ended", refs={"claim": claim}, body={"reason": reason})
        body = {"reason": reason, "attestation": signed.jws}
        return self._transport.write(
            f"/v1/agency/claims/{claim}/end", body, ClaimAnswer, acts=[signed]
        )

    def envelopes(self) -> list[EnvelopeAnswer]:
        """Return the envelopes for this agency, newest first, without what is sealed."""
        return list(self._transport.pages("/v1/agency/envelopes", EnvelopeAnswer))

    def envelope(self, envelope: str) -> EnvelopeAnswer:
        """Return one envelope with its proof; what is sealed only after the receipt."""
        return self._transport.read(f"/v1/agency/envelopes/{envelope}", EnvelopeAnswer)

    def receive(self, envelope: EnvelopeAnswer) -> EnvelopeAnswer:
        """Confirm where an envelope comes from, and return it with what is sealed."""
        signed = self._attester.sign(
            "identity.received",
            refs={"claim": envelope.claim, "release": envelope.release},
            body={"provenance": True},
        )
        path = f"/v1/agency/envelopes/{envelope.id}/receipt"
        return self._transport.write(
            path, {"attestation": signed.jws}, EnvelopeAnswer, acts=[signed]
        )

    def introductions(self) -> list[IntroductionAnswer]:
        """Return the agency's introductions, newest first, with what came of each."""
        return list(self._transport.pages("/v1/agency/introductions", IntroductionAnswer))

    def introduce(self, claim: ClaimAnswer, hirer: str, on: date) -> IntroductionAnswer:
        """Record that the candidate of a claim was introduced to a hirer.

        Args:
            claim: whose envelope the agency has opened.
            hirer: the company's 法人番号.
            on: the day of the introduction.
        """
        introduction = ids.new_id("int", secrets.token_bytes(ids.ID_BYTES))
        signed = self._attester.sign(
            "introduction.made",
            refs={"introduction": introduction, "claim": claim.id},
            body={"hirer": hirer, "on": on.isoformat(), "job_kind": claim.job_kind},
        )
        body = {
            "claim": claim.id,
            "hirer": hirer,
            "on": on.isoformat(),
            "attestation": signed.jws,
        }
        return self._transport.write(
            "/v1/agency/introductions", body, IntroductionAnswer, acts=[signed]
        )

    def advance(self, introduction: str, stage: str) -> IntroductionAnswer:
        """Record a stage that an introduction has reached; nothing of it is attested."""
        path = f"/v1/agency/introductions/{introduction}/stages"
        return self._transport.write(path, {"stage": stage}, IntroductionAnswer)

    def report(self, introduction: IntroductionAnswer, event: str, on: date) -> ReportedHireAnswer:
        """Report what came of an introduction.

        Args:
            introduction: as listed; a hire that it has led to keeps its id.
            event: offer-accepted, offer-declined, started or left.
            on: the day of the event.
        """
        known = introduction.hire
        hire = known.id if known else ids.new_id("hir", secrets.token_bytes(ids.ID_BYTES))
        signed = self._attester.sign(
            "hire.reported",
            refs={"hire": hire, "introduction": introduction.id},
            body={"event": event, "on": on.isoformat()},
        )
        body = {
            "introduction": introduction.id,
            "event": event,
            "on": on.isoformat(),
            "attestation": signed.jws,
        }
        return self._transport.write("/v1/agency/hires", body, ReportedHireAnswer, acts=[signed])

    def dues(self) -> list[dict[str, object]]:
        """Return what the agency owes and is owed, by month."""
        return list(self._transport.pages("/v1/agency/dues", dict[str, object]))
