"""The hub as a member meets it: invitations, answers, profiles, releases, hires, statements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, TypeAlias

from career_relay.attest import Attester
from career_relay.transport import Transport
from relay_protocol.attestation import SignedAttestation, from_jws
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode

BATCH_ITEMS: Final = 1000
TAKEN: Final = frozenset({"registered", "added"})
"""Verdicts by which an act of a batch has entered the queue of the ledger, and not before."""

ProofDocument: TypeAlias = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemProblem:
    """Why one item of a batch is refused; `field` is a path: `profiles/3/fields/summary`."""

    title: str = ""
    detail: str = ""
    field: str = ""
    mend: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one item of a batch."""

    referral: str
    status: Literal["registered", "added", "known", "refused"]
    problem: ItemProblem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts:
    """What became of each item of a batch, in the batch's order."""

    items: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """One invitation to register: nothing in it says who is invited."""

    referral: str
    token_digest: bytes
    job_kind: str
    locale: str
    expires_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAnswer:
    """A consent as the hub tells of it; its proof is `attestation`'s."""

    id: str
    notice: str
    modules: tuple[str, ...]
    groups: tuple[str, ...]
    until: date
    attestation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralAnswer:
    """A referral whose candidate has said yes, or has withdrawn since; never one that is silent."""

    referral: str
    state: str
    consent: ConsentAnswer | None = None
    profile_state: str | None = None
    outcome: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddedProfile:
    """What the origin adds to one profile, within the consent."""

    referral: str
    consent: str
    groups: tuple[str, ...]
    fields: Mapping[str, object]
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKeyAnswer:
    """A key that the hub says the agency is sealed to with; the ledger decides."""

    kid: str
    jwk: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyAnswer:
    """The agency that a candidate has approved."""

    slug: str
    name: str
    licence: str
    seal_keys: tuple[SealKeyAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAnswer:
    """An approved claim that waits for the identity; the proofs come with their checkpoint."""

    claim: str
    referral: str
    job_kind: str
    agency: AgencyAnswer
    approved_until: datetime
    consent_proof: dict[str, object] | None = None
    approval_proof: dict[str, object] | None = None
    bound_proof: dict[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleasedAnswer:
    """An envelope that the hub has taken."""

    claim: str
    envelope: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReporterAnswer:
    """The agency that has reported a hire."""

    slug: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HireAnswer:
    """A hire that an agency has reported against this member.

    Attributes:
        report: id of the report of the start; None before it.
        confirmed_by: who has confirmed the start; None before anybody has.
    """

    id: str
    agency: ReporterAnswer
    state: str
    accepted_on: date | None = None
    started_on: date | None = None
    left_on: date | None = None
    report: str | None = None
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAnswer:
    """A statement of one month; its canonical bytes are the original."""

    period: str
    statement: dict[str, object]


class Member:
    """Asks the hub in a member's name, and signs what that member does."""

    def __init__(self, transport: Transport, attester: Attester) -> None:
        """Take the connection and the key; both belong to the same member."""
        self._transport = transport
        self._attester = attester

    def invite(self, invitations: Sequence[Invitation]) -> tuple[Verdict, ...]:
        """Register up to BATCH_ITEMS invitations; return what became of each."""
        signed = [
            self._attester.sign(
                "referral.invited",
                refs={"referral": invitation.referral},
                body={"job_kind": invitation.job_kind},
            )
            for invitation in invitations
        ]
        posted = [
            {
                "referral": invitation.referral,
                "token_digest": b64url_encode(invitation.token_digest),
                "job_kind": invitation.job_kind,
                "locale": invitation.locale,
                "expires_on": invitation.expires_on.isoformat(),
                "attestation": act.jws,
            }
            for invitation, act in zip(invitations, signed, strict=True)
        ]
        return self._post("/v1/member/invitations", {"invitations": posted}, signed)

    def referrals(self) -> Iterator[ReferralAnswer]:
        """Yield the referrals that were answered with yes, or withdrawn since."""
        return self._transport.pages("/v1/member/referrals", ReferralAnswer)

    def totals(self) -> dict[str, object]:
        """Return how many were invited and have answered, small counts veiled."""
        return self._transport.read("/v1/member/totals", dict[str, object])

    def add_profiles(self, profiles: Sequence[AddedProfile]) -> tuple[Verdict, ...]:
        """Post what is added to up to BATCH_ITEMS profiles; return what became of each."""
        signed = [
            self._attester.sign(
                "profile.added",
                refs={"referral": added.referral, "consent": added.consent},
                body={"groups": list(added.groups), "digest": b64url_encode(added.digest)},
            )
            for added in profiles
        ]
        posted = [
            {
                "referral": added.referral,
                "consent": added.consent,
                "fields": dict(added.fields),
                "attestation": act.jws,
            }
            for added, act in zip(profiles, signed, strict=True)
        ]
        return self._post("/v1/member/profiles", {"profiles": posted}, signed)

    def releases(self) -> Iterator[ReleaseAnswer]:
        """Yield the approved claims that wait for this member to release an identity."""
        return self._transport.pages("/v1/member/releases", ReleaseAnswer)

    def attest_release(
        self, refs: Mapping[str, str], body: Mapping[str, Value]
    ) -> SignedAttestation:
        """Return the signed attestation of a release."""
        return self._attester.sign("identity.released", refs=refs, body=body)

    def release(self, message: Mapping[str, object], *, once: str) -> ReleasedAnswer:
        """Hand a sealed envelope over.

        Args:
            message: claim, envelope and attestation.
            once: the envelope's id: sent again after a lost answer, it counts once.
        """
        acts = [from_jws(str(message["attestation"]))]
        path = "/v1/member/releases"
        return self._transport.write(path, message, ReleasedAnswer, once=once, acts=acts)

    def hires(self) -> list[HireAnswer]:
        """Return the hires that agencies have reported against this member's 法人番号."""
        return list(self._transport.pages("/v1/member/hires", HireAnswer))

    def confirm_hire(self, hire: HireAnswer, on: date) -> HireAnswer:
        """Confirm that a person has started.

        Args:
            hire: as listed, its start reported.
            on: the day on which they started.
        """
        signed = self._attester.sign(
            "hire.confirmed",
            refs={"hire": hire.id, "report": hire.report or ""},
            body={"on": on.isoformat()},
        )
        path = f"/v1/member/hires/{hire.id}/confirmation"
        body = {"attestation": signed.jws}
        return self._transport.write(path, body, HireAnswer, acts=[signed])

    def statements(self, period: str = "") -> list[StatementAnswer]:
        """Return the member's statements, of one month (`YYYY-MM`) or of all."""
        query = {"period": period} if period else {}
        return list(self._transport.pages("/v1/member/statements", StatementAnswer, query))

    def _post(
        self, path: str, body: Mapping[str, object], signed: Sequence[SignedAttestation]
    ) -> tuple[Verdict, ...]:
        """Post a batch; of what the hub does not take, or had taken before, no receipt comes."""
        verdicts = self._transport.write(path, body, Verdicts, acts=signed).items
        taken = {one.referral for one in verdicts if one.status in TAKEN}
        self._transport.not_taken(
            [act for act in signed if act.attestation.refs["referral"] not in taken]
        )
        return verdicts
