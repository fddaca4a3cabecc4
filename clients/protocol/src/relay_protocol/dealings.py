"""Every claim, introduction and hire as replay knows it, with what it may not do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

from relay_protocol import hires, relay
from relay_protocol.acts import Act
from relay_protocol.candidacies import Candidacies, Candidacy
from relay_protocol.charter import RECORDED_WITHIN, Charter
from relay_protocol.documents import Form
from relay_protocol.errors import ReplayError
from relay_protocol.facts import Introduced, Left, OfferEnded, Started
from relay_protocol.hires import Hire, Introduction
from relay_protocol.kinds import HUB
from relay_protocol.memory import Kind, Memory, Shelf
from relay_protocol.relay import LIVE_STATES, Claim
from relay_protocol.rules import local_day

OVERDUE = ("approval-overdue", "release-overdue")
AGENCY_REASONS = ("by-agency", "filled", "not-genuine")


@dataclass(slots=True, kw_only=True, eq=False)
class Dealing:
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


@dataclass(slots=True, kw_only=True, eq=False)
class Introducing:
    """One introduction, the claim that it came of, and whether a hire is reported of it."""

    made: int
    claim: str
    step: Introduction
    has_hire: bool = False


@dataclass(slots=True, kw_only=True, eq=False)
class Hired:
    """One hire, the introduction that it came of, and the report of its start."""

    reported: int
    introduction: str
    step: Hire
    started: str = ""


CLAIM: Final = Kind[Dealing](name="claim", form=Form[Dealing](Dealing), born=lambda one: one.made)
INTRODUCTION: Final = Kind[Introducing](
    name="introduction", form=Form[Introducing](Introducing), born=lambda one: one.made
)
HIRE: Final = Kind[Hired](name="hire", form=Form[Hired](Hired), born=lambda one: one.reported)


@dataclass(slots=True)
class Dealings:
    """All claims whose reveals are open, act after act, and what came of them.

    Attributes:
        unanswered: how many claims of each agency wait for the candidate.
        unbound: claims of which the hub has not told whom they are about, with their entries.
    """

    charter: Charter
    candidacies: Candidacies
    memory: Memory
    unanswered: dict[str, int] = field(default_factory=dict)
    unbound: dict[str, int] = field(default_factory=dict)
    claims: Shelf[Dealing] = field(init=False)
    introductions: Shelf[Introducing] = field(init=False)
    hired: Shelf[Hired] = field(init=False)

    def __post_init__(self) -> None:
        """Take up what is known from before."""
        self.claims = self.memory.shelf(CLAIM)
        self.introductions = self.memory.shelf(INTRODUCTION)
        self.hired = self.memory.shelf(HIRE)

    def take(self, act: Act) -> Introduced | Started | Left | OfferEnded | None:
        """Add what an act says; return what a settlement must know of it.

        Args:
            act: of one of KINDS.

        Raises:
            ReplayError: it could not be done.
            StepError: likewise, as ConsentError, RulesError and OverflowError.
        """
        return _ACTS[act.said.kind](self, act)

    def check_end(self) -> None:
        """Return if the hub has told of every claim whom it is about.

        Raises:
            ReplayError: it has not.
        """
        for made in self.unbound.values():
            raise ReplayError("claim-unbound", made)

    def forget(self, seqs: frozenset[int]) -> None:
        """Keep nothing of claims, introductions and hires that began with one of some entries."""
        for claim in self.claims.born_at(seqs):
            dealing = self.claims.drop(claim)
            self.unbound.pop(claim, None)
            if dealing is None or dealing.step is None:
                continue
            if dealing.step.state == "open":
                self.unanswered[dealing.agency] -= 1
            known = self.candidacies.by_referral.get(dealing.referral)
            if known is not None and known.live_claim == claim:
                known.live_claim = ""
        for introduction in self.introductions.born_at(seqs):
            self.introductions.drop(introduction)
        for hire in self.hired.born_at(seqs):
            self.hired.drop(hire)

    def _make(self, act: Act) -> None:
        """Add a claim, by an agency whose licence is valid."""
        if act.ref("claim") in self.claims:
            raise act.refuse("claim-again")
        act.require_shown(act.by)
        agency = self.charter.directory.organization(act.by)
        rules = self.charter.rules_of(act.entry.rules)
        on = local_day(act.said.at - RECORDED_WITHIN, rules).isoformat()
        if agency is None or agency.licence_until < on:
            raise act.refuse("licence-over", act.by)
        self.claims[act.ref("claim")] = Dealing(
            agency=act.by, job_kind=act.text("job_kind"), made=act.seq
        )
        self.unbound[act.ref("claim")] = act.seq

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
        waiting = self.unanswered.get(dealing.agency, 0)
        if waiting >= self.charter.rules_of(act.entry.rules).open_claims_per_agency:
            raise act.refuse("too-many-claims", dealing.agency)
        self.unanswered[dealing.agency] = waiting + 1
        del self.unbound[act.ref("claim")]
        dealing.referral = referral
        dealing.step = relay.make_claim(at=act.said.at)
        known.live_claim = act.ref("claim")

    def _go_on(self, act: Act) -> None:
        """Take a claim one step further."""
        dealing = self._claim(act)
        known = self.candidacies.by_referral.get(dealing.referral)
        if dealing.step is None or known is None:
            raise act.refuse("claim-unbound")
        if dealing.step.state == "open":
            self.unanswered[dealing.agency] -= 1
        dealing.step = _STEPS[act.said.kind](self, act, dealing, dealing.step, known)
        if dealing.step.state not in LIVE_STATES:
            known.live_claim = ""

    def _approve(self, act: Act, dealing: Dealing, step: Claim, known: Candidacy) -> Claim:
        """Approve, for the kind of job that was asked about."""
        act.require_shown(dealing.agency)
        if act.text("job_kind") != dealing.job_kind:
            raise act.refuse("job-kind-differs")
        approved = relay.approve(step, at=act.said.at, rules=self.charter.rules_of(known.rules))
        self.candidacies.standing(act, dealing.referral)
        dealing.approval = act.said.id
        return approved

    def _decline(self, act: Act, dealing: Dealing, step: Claim, _known: Candidacy) -> Claim:
        """Decline."""
        act.require_shown(dealing.agency)
        return relay.decline(step, at=act.said.at)

    def _end(self, act: Act, dealing: Dealing, step: Claim, known: Candidacy) -> Claim:
        """End a claim: the agency its own, the hub when time is up or the candidate has gone."""
        act.require_shown(dealing.agency)
        reason = act.text("reason")
        if act.by not in {HUB, dealing.agency}:
            raise act.refuse("maker-not-in-part", act.by)
        if (act.by == HUB) == (reason in AGENCY_REASONS):
            raise act.refuse("reason-not-theirs", reason)
        if reason in OVERDUE:
            expired = relay.expire(step, at=act.said.at, rules=self.charter.rules_of(known.rules))
            if expired.reason != reason:
                raise act.refuse("reason-not-theirs", reason)
            return expired
        return relay.end(step, at=act.at(step.claimed_at), reason=reason)

    def _release(self, act: Act, dealing: Dealing, step: Claim, known: Candidacy) -> Claim:
        """Release the identity: the origin, upon the approval, to keys of the agency."""
        act.require_shown(dealing.agency, known.origin)
        if act.by != known.origin:
            raise act.refuse("maker-not-in-part", act.by)
        if act.ref("referral") != dealing.referral:
            raise act.refuse("referral-differs")
        rules = self.charter.rules_of(known.rules)
        released = relay.release(step, at=act.at(step.answered_at or step.claimed_at), rules=rules)
        if act.ref("approval") != dealing.approval:
            raise act.refuse("approval-differs")
        standing = {key.name for key in self.charter.directory.keys_of(dealing.agency, "seal")}
        if not set(act.texts("keys")) <= standing:
            raise act.refuse("key-not-registered")
        self.candidacies.standing(act, dealing.referral)
        dealing.release = act.said.id
        return released

    def _receive(self, act: Act, dealing: Dealing, step: Claim, known: Candidacy) -> Claim:
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
        step = hires.introduce(
            dealing.step, agency=act.by, hirer=act.text("hirer"), on=act.day("on")
        )
        if known.is_withdrawn:
            raise act.refuse("after-withdrawal")
        if act.text("job_kind") != dealing.job_kind:
            raise act.refuse("job-kind-differs")
        self.introductions[act.ref("introduction")] = Introducing(
            made=act.seq, claim=act.ref("claim"), step=step
        )
        return Introduced(
            id=act.ref("introduction"),
            referral=dealing.referral,
            origin=known.origin,
            origin_group=self._group(known.origin),
            agency=act.by,
            agency_group=self._group(act.by),
            hirer_group=self.charter.group_of(step.hirer),
            at=act.said.at,
            rules=known.rules,
        )

    def _report(self, act: Act) -> Left | OfferEnded | None:
        """Add what the agency reports of a hire."""
        introduced = self.introductions.get(act.ref("introduction"))
        if introduced is None:
            raise act.refuse("introduction-unknown")
        dealing, known = self._origin(act, introduced)
        act.require_shown(dealing.agency)
        hire, event = self.hired.get(act.ref("hire")), act.text("event")
        if hire is None and introduced.has_hire:
            raise act.refuse("hire-again")
        if hire is not None and hire.introduction != act.ref("introduction"):
            raise act.refuse("introduction-differs")
        if known.is_withdrawn and event in {"offer-accepted", "started"}:
            raise act.refuse("after-withdrawal")
        step = hires.report(
            introduced.step,
            hire.step if hire else None,
            event=event,
            on=act.day("on"),
            by=act.by,
            rules=self.charter.rules_of(known.rules),
        )
        started = act.said.id if event == "started" else hire.started if hire else ""
        introduced.has_hire = True
        self.hired[act.ref("hire")] = Hired(
            reported=hire.reported if hire else act.seq,
            introduction=act.ref("introduction"),
            step=step,
            started=started,
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
        introduced = self.introductions.get(hire.introduction)
        if introduced is None:
            raise act.refuse("introduction-unknown")
        dealing, known = self._origin(act, introduced)
        agency, hirer = dealing.agency, self.charter.slug_of(introduced.step.hirer)
        act.require_shown(agency, *([hirer] if hirer else []))
        confirmed = hires.confirm(hire.step, by=act.by, on=act.day("on"))
        if act.by not in {HUB, hirer}:
            raise act.refuse("maker-not-in-part", act.by)
        if act.ref("report") != hire.started or act.day("on") != confirmed.started_on:
            raise act.refuse("report-differs")
        hire.step = confirmed
        return Started(
            hire=act.ref("hire"),
            referral=dealing.referral,
            origin=known.origin,
            origin_group=self._group(known.origin),
            agency=agency,
            agency_group=self._group(agency),
            hirer_group=self.charter.group_of(introduced.step.hirer),
            on=act.day("on"),
            confirmed_at=act.said.at,
            rules=known.rules,
        )

    def _claim(self, act: Act) -> Dealing:
        """Return the claim that an act names."""
        dealing = self.claims.get(act.ref("claim"))
        if dealing is None:
            raise act.refuse("claim-unknown")
        return dealing

    def _origin(self, act: Act, introduced: Introducing) -> tuple[Dealing, Candidacy]:
        """Return the claim and the referral that an introduction came of."""
        dealing = self.claims.get(introduced.claim)
        if dealing is None:
            raise act.refuse("claim-unknown")
        known = self.candidacies.by_referral.get(dealing.referral)
        if known is None:
            raise act.refuse("referral-unknown")
        return dealing, known

    def _group(self, slug: str) -> str:
        """Return the corporate number of an organization's group."""
        organization = self.charter.directory.organization(slug)
        return organization.group if organization else ""


_Told: TypeAlias = Introduced | Started | Left | OfferEnded | None
_Step: TypeAlias = Callable[[Dealings, Act, Dealing, Claim, Candidacy], Claim]

_STEPS: Final[Mapping[str, _Step]] = MappingProxyType(
    {
        "claim.approved": Dealings._approve,  # noqa: SLF001 (the table of this class's own steps)
        "claim.declined": Dealings._decline,  # noqa: SLF001
        "claim.ended": Dealings._end,  # noqa: SLF001
        "identity.released": Dealings._release,  # noqa: SLF001
        "identity.received": Dealings._receive,  # noqa: SLF001
    }
)
_ACTS: Final[Mapping[str, Callable[[Dealings, Act], _Told]]] = MappingProxyType(
    {
        "claim.made": Dealings._make,
        "claim.bound": Dealings._bind,  # noqa: SLF001
        "introduction.made": Dealings._introduce,  # noqa: SLF001
        "hire.reported": Dealings._report,  # noqa: SLF001
        "hire.confirmed": Dealings._confirm,  # noqa: SLF001
        **dict.fromkeys(_STEPS, Dealings._go_on),  # noqa: SLF001
    }
)

KINDS: Final = frozenset(_ACTS)
"""The kinds of facts that this room replays."""
