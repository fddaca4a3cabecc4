"""Every claim, introduction and hire as replay knows it, with what it may not do."""

from collections import Counter
from dataclasses import dataclass, field

from relay_protocol import hires, relay
from relay_protocol.acts import Act
from relay_protocol.candidacies import Candidacies, Candidacy
from relay_protocol.charter import RECORDED_WITHIN, Charter
from relay_protocol.errors import ReplayError
from relay_protocol.facts import Introduced, Left, OfferEnded, Started
from relay_protocol.hires import Hire, Introduction
from relay_protocol.kinds import HUB
from relay_protocol.relay import LIVE_STATES, Claim
from relay_protocol.rules import local_day

KINDS = frozenset(
    {
        "claim.made",
        "claim.bound",
        "claim.approved",
        "claim.declined",
        "claim.ended",
        "identity.released",
        "identity.received",
        "introduction.made",
        "hire.reported",
        "hire.confirmed",
    }
)
"""The kinds of facts that this room replays."""

OVERDUE = ("approval-overdue", "release-overdue")
AGENCY_REASONS = ("by-agency", "filled", "not-genuine")


@dataclass(slots=True, kw_only=True)
class _Dealing:
    """One claim, and whose it is.

    Attributes:
        made: the place of its first entry.
        referral: whom it is about; "" until the hub has bound it.
        step: how far it has come.
        approval: id of the attestation that approved it.
        release: id of the attestation that released the identity.
    """

    agency: str
    job_kind: str
    made: int
    referral: str = ""
    step: Claim | None = None
    approval: str = ""
    release: str = ""


@dataclass(slots=True, kw_only=True)
class _Introduced:
    """One introduction, and the claim that it came of."""

    dealing: _Dealing
    step: Introduction


@dataclass(slots=True, kw_only=True)
class _Hired:
    """One hire, the introduction that it came of, and the report of its start."""

    introduction: str
    step: Hire
    started: str = ""


@dataclass(slots=True)
class Dealings:
    """All claims whose reveals are open, act after act, and what came of them."""

    charter: Charter
    candidacies: Candidacies
    claims: dict[str, _Dealing] = field(default_factory=dict)
    introductions: dict[str, _Introduced] = field(default_factory=dict)
    hired: dict[str, _Hired] = field(default_factory=dict)
    _unanswered: Counter[str] = field(default_factory=Counter)
    _with_hire: set[str] = field(default_factory=set)

    def take(self, act: Act) -> Introduced | Started | Left | OfferEnded | None:
        """Add what an act says; return what a settlement must know of it.

        Args:
            act: of one of KINDS.

        Raises:
            ReplayError: it could not be done.
        """
        match act.said.kind:
            case "claim.made":
                self._make(act)
            case "claim.bound":
                self._bind(act)
            case "introduction.made":
                return self._introduce(act)
            case "hire.reported":
                return self._report(act)
            case "hire.confirmed":
                return self._confirm(act)
            case _:
                self._go_on(act)
        return None

    def check_end(self) -> None:
        """Return if the hub has told of every claim whom it is about.

        Raises:
            ReplayError: it has not.
        """
        for dealing in self.claims.values():
            if not dealing.referral:
                raise ReplayError("claim-unbound", dealing.made)

    def _make(self, act: Act) -> None:
        """Add a claim, by an agency whose licence is valid."""
        if act.ref("claim") in self.claims:
            raise act.refuse("claim-again")
        act.require_shown(act.by)
        agency = self.charter.directory.organization(act.by)
        with act.steps():
            rules = self.charter.rules_of(act.entry.rules)
            on = local_day(act.said.at - RECORDED_WITHIN, rules).isoformat()
        if agency is None or agency.licence_until < on:
            raise act.refuse("licence-over", act.by)
        self.claims[act.ref("claim")] = _Dealing(
            agency=act.by, job_kind=act.text("job_kind"), made=act.seq
        )

    def _bind(self, act: Act) -> None:
        """Tell whom a claim is about: a profile that is shown, and that nobody else claims."""
        act.require_shown()
        dealing = self._claim(act)
        if dealing.referral:
            raise act.refuse("claim-bound-already")
        referral = act.ref("referral")
        known = self.candidacies.standing(act, referral)
        if not known.listed:
            raise act.refuse("not-listed")
        if known.live_claim:
            raise act.refuse("claimed-already")
        with act.steps():
            limit = self.charter.rules_of(act.entry.rules).open_claims_per_agency
        if self._unanswered[dealing.agency] >= limit:
            raise act.refuse("too-many-claims", dealing.agency)
        self._unanswered[dealing.agency] += 1
        dealing.referral = referral
        dealing.step = relay.make_claim(at=act.said.at)
        known.live_claim = act.ref("claim")

    def _go_on(self, act: Act) -> None:
        """Take a claim one step further."""
        dealing = self._claim(act)
        known = self.candidacies.by_referral.get(dealing.referral)
        if dealing.step is None or known is None:
            raise act.refuse("claim-unbound")
        step = {
            "claim.approved": self._approve,
            "claim.declined": self._decline,
            "claim.ended": self._end,
            "identity.released": self._release,
            "identity.received": self._receive,
        }[act.said.kind]
        self._unanswered[dealing.agency] -= dealing.step.state == "open"
        with act.steps():
            dealing.step = step(act, dealing, dealing.step, known)
        if dealing.step.state not in LIVE_STATES:
            known.live_claim = ""

    def _approve(self, act: Act, dealing: _Dealing, step: Claim, known: Candidacy) -> Claim:
        """Approve, for the kind of job that was asked about."""
        act.require_shown(dealing.agency)
        if act.text("job_kind") != dealing.job_kind:
            raise act.refuse("job-kind-differs")
        approved = relay.approve(step, at=act.said.at, rules=known.rules)
        self.candidacies.standing(act, dealing.referral)
        dealing.approval = act.said.id
        return approved

    def _decline(self, act: Act, dealing: _Dealing, step: Claim, _known: Candidacy) -> Claim:
        """Decline."""
        act.require_shown(dealing.agency)
        return relay.decline(step, at=act.said.at)

    def _end(self, act: Act, dealing: _Dealing, step: Claim, known: Candidacy) -> Claim:
        """End a claim: the agency its own, the hub when time is up or the candidate has gone."""
        act.require_shown(dealing.agency)
        reason = act.text("reason")
        if act.by not in {HUB, dealing.agency}:
            raise act.refuse("maker-not-in-part", act.by)
        if (act.by == HUB) == (reason in AGENCY_REASONS):
            raise act.refuse("reason-not-theirs", reason)
        if reason in OVERDUE:
            expired = relay.expire(step, at=act.said.at, rules=known.rules)
            if expired.reason != reason:
                raise act.refuse("reason-not-theirs", reason)
            return expired
        return relay.end(step, at=act.at(step.claimed_at), reason=reason)

    def _release(self, act: Act, dealing: _Dealing, step: Claim, known: Candidacy) -> Claim:
        """Release the identity: the origin, upon the approval, to keys of the agency."""
        act.require_shown(dealing.agency, known.origin)
        if act.by != known.origin:
            raise act.refuse("maker-not-in-part", act.by)
        if act.ref("referral") != dealing.referral:
            raise act.refuse("referral-differs")
        released = relay.release(
            step, at=act.at(step.answered_at or step.claimed_at), rules=known.rules
        )
        if act.ref("approval") != dealing.approval:
            raise act.refuse("approval-differs")
        standing = {key.name for key in self.charter.directory.keys_of(dealing.agency, "seal")}
        if not set(act.texts("keys")) <= standing:
            raise act.refuse("key-not-registered")
        self.candidacies.standing(act, dealing.referral)
        dealing.release = act.said.id
        return released

    def _receive(self, act: Act, dealing: _Dealing, step: Claim, known: Candidacy) -> Claim:
        """Receive the identity, its provenance confirmed."""
        act.require_shown(dealing.agency, known.origin)
        if act.by != dealing.agency:
            raise act.refuse("maker-not-in-part", act.by)
        received = relay.receive(step, at=act.at(step.released_at or step.claimed_at))
        if act.ref("release") != dealing.release:
            raise act.refuse("release-differs")
        if act.said.body["provenance"] is not True:
            raise act.refuse("provenance-unconfirmed")
        return received

    def _introduce(self, act: Act) -> Introduced:
        """Add an introduction; one approval covers one agency and one kind of job."""
        dealing = self._claim(act)
        if act.ref("introduction") in self.introductions:
            raise act.refuse("introduction-again")
        act.require_shown(dealing.agency)
        if act.by != dealing.agency:
            raise act.refuse("maker-not-in-part", act.by)
        known = self.candidacies.by_referral.get(dealing.referral)
        if dealing.step is None or known is None:
            raise act.refuse("claim-unbound")
        with act.steps():
            step = hires.introduce(
                dealing.step, agency=act.by, hirer=act.text("hirer"), on=act.day("on")
            )
        if known.is_withdrawn:
            raise act.refuse("after-withdrawal")
        if act.text("job_kind") != dealing.job_kind:
            raise act.refuse("job-kind-differs")
        self.introductions[act.ref("introduction")] = _Introduced(dealing=dealing, step=step)
        return Introduced(
            id=act.ref("introduction"),
            referral=dealing.referral,
            origin=known.origin,
            origin_group=self._group(known.origin),
            agency=act.by,
            agency_group=self._group(act.by),
            hirer_group=self.charter.group_of(step.hirer),
            at=act.said.at,
            rules=known.rules.version,
        )

    def _report(self, act: Act) -> Left | OfferEnded | None:
        """Add what the agency reports of a hire."""
        introduced = self.introductions.get(act.ref("introduction"))
        if introduced is None:
            raise act.refuse("introduction-unknown")
        act.require_shown(introduced.dealing.agency)
        hire, event = self.hired.get(act.ref("hire")), act.text("event")
        if hire is None and act.ref("introduction") in self._with_hire:
            raise act.refuse("hire-again")
        if hire is not None and hire.introduction != act.ref("introduction"):
            raise act.refuse("introduction-differs")
        known = self.candidacies.by_referral[introduced.dealing.referral]
        if known.is_withdrawn and event in {"offer-accepted", "started"}:
            raise act.refuse("after-withdrawal")
        with act.steps():
            step = hires.report(
                introduced.step,
                hire.step if hire else None,
                event=event,
                on=act.day("on"),
                by=act.by,
                rules=known.rules,
            )
        started = act.said.id if event == "started" else hire.started if hire else ""
        self._with_hire.add(act.ref("introduction"))
        self.hired[act.ref("hire")] = _Hired(
            introduction=act.ref("introduction"), step=step, started=started
        )
        if event == "left":
            return Left(hire=act.ref("hire"), on=act.day("on"))
        if event == "offer-declined":
            return OfferEnded(hire=act.ref("hire"), on=act.day("on"))
        return None

    def _confirm(self, act: Act) -> Started:
        """Add the confirmation of a start, by the hirer or by the candidate through the hub."""
        hire = self.hired.get(act.ref("hire"))
        if hire is None:
            raise act.refuse("hire-unknown")
        introduced = self.introductions[hire.introduction]
        agency, hirer = introduced.dealing.agency, self.charter.slug_of(introduced.step.hirer)
        act.require_shown(agency, *([hirer] if hirer else []))
        with act.steps():
            hire.step = hires.confirm(hire.step, by=act.by, on=act.day("on"))
        if act.by not in {HUB, hirer}:
            raise act.refuse("maker-not-in-part", act.by)
        if act.ref("report") != hire.started or act.day("on") != hire.step.started_on:
            raise act.refuse("report-differs")
        known = self.candidacies.by_referral[introduced.dealing.referral]
        return Started(
            hire=act.ref("hire"),
            referral=introduced.dealing.referral,
            origin=known.origin,
            origin_group=self._group(known.origin),
            agency=agency,
            agency_group=self._group(agency),
            hirer_group=self.charter.group_of(introduced.step.hirer),
            on=act.day("on"),
            confirmed_at=act.said.at,
            rules=known.rules.version,
        )

    def _claim(self, act: Act) -> _Dealing:
        """Return the claim that an act names."""
        dealing = self.claims.get(act.ref("claim"))
        if dealing is None:
            raise act.refuse("claim-unknown")
        return dealing

    def _group(self, slug: str) -> str:
        """Return the corporate number of an organization's group."""
        organization = self.charter.directory.organization(slug)
        return organization.group if organization else ""
