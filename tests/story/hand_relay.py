"""One relay in a ledger written by hand: every step that a test may take, leave out or bend."""

from dataclasses import dataclass, field
from datetime import timedelta

from relay_protocol.canonical import Value
from tests.story.hand_ledger import (
    AGENCY,
    DIGEST,
    GROUPS,
    HIRER,
    HUB,
    MEMBER,
    NOTICE,
    HandLedger,
    kids,
    number_of,
)

JOB_KIND = "mid-career"


@dataclass(kw_only=True)
class HandRelay:
    """One candidate's way through a ledger; each step is written as it would be honestly.

    Keyword arguments of a step replace values of its body; `seqs` are the places of its entries.
    """

    ledger: HandLedger
    agency: str = AGENCY
    origin: str = MEMBER
    hirer: str = HIRER
    referral: str = field(init=False)
    consent: str = field(init=False)
    claim: str = field(init=False)
    introduction: str = field(init=False)
    hire: str = field(init=False)
    approval: str = ""
    release: str = ""
    report: str = ""
    seqs: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Draw the ids."""
        self.referral = self.ledger.new_id("ref")
        self.consent = self.ledger.new_id("con")
        self.claim = self.ledger.new_id("clm")
        self.introduction = self.ledger.new_id("int")
        self.hire = self.ledger.new_id("hir")

    def invite(self) -> None:
        """The origin invites."""
        self._state("referral.invited", self.origin, self.origin, body={"job_kind": JOB_KIND})

    def give(self, kind: str = "consent.given", **changes: Value) -> None:
        """The candidate consents, or changes the consent."""
        until = (self.ledger.now + timedelta(days=170)).date().isoformat()
        body: dict[str, Value] = {
            "notice": NOTICE,
            "modules": ["publish", "exception"],
            "groups": list(GROUPS),
            "until": until,
            **changes,
        }
        self._state(kind, HUB, self.origin, body=body)

    def withdraw(self) -> None:
        """The candidate withdraws."""
        self._state("consent.withdrawn", HUB, self.origin)

    def add(self, *, by: str = "", **changes: Value) -> None:
        """The origin adds to the profile."""
        body: dict[str, Value] = {"groups": list(GROUPS), "digest": DIGEST, **changes}
        self._state("profile.added", by or self.origin, self.origin, body=body)

    def show(self, *, exception: bool = True) -> None:
        """The profile is listed."""
        body: dict[str, Value] = {"digest": DIGEST, "level": 0, "exception": exception}
        self._state("profile.listed", HUB, body=body)

    def hide(self, reason: str = "corrected") -> None:
        """The profile is listed no longer."""
        self._state("profile.unlisted", HUB, body={"reason": reason})

    def make(self, **changes: Value) -> None:
        """The agency claims."""
        body: dict[str, Value] = {
            "pairwise": "CR-2222-2222-22",
            "vacancy": DIGEST,
            "job_kind": JOB_KIND,
            **changes,
        }
        self._state("claim.made", self.agency, self.agency, body=body)

    def bind(self) -> None:
        """The hub tells whom the claim is about."""
        self._state("claim.bound", HUB)

    def approve(self, **changes: Value) -> None:
        """The candidate approves."""
        body: dict[str, Value] = {"job_kind": JOB_KIND, **changes}
        self.approval = self._state("claim.approved", HUB, self.agency, body=body)

    def decline(self) -> None:
        """The candidate declines."""
        self._state("claim.declined", HUB, self.agency)

    def end(self, reason: str, *, by: str = HUB) -> None:
        """The claim ends."""
        self._state("claim.ended", by, self.agency, body={"reason": reason})

    def let_go(self, *, by: str = "", **changes: Value) -> None:
        """The origin releases the identity."""
        body: dict[str, Value] = {
            "keys": kids([self.agency]),
            "digest": DIGEST,
            "items": ["name", "email"],
            **changes,
        }
        self.release = self._state(
            "identity.released", by or self.origin, self.agency, self.origin, body=body
        )

    def receive(self, *, provenance: bool = True, by: str = "") -> None:
        """The agency receives the identity."""
        body: dict[str, Value] = {"provenance": provenance}
        self._state("identity.received", by or self.agency, self.agency, self.origin, body=body)

    def introduce(self, *, by: str = "", **changes: Value) -> None:
        """The agency introduces the candidate to the hirer."""
        body: dict[str, Value] = {
            "hirer": number_of(self.hirer),
            "on": self._today(),
            "job_kind": JOB_KIND,
            **changes,
        }
        self._state("introduction.made", by or self.agency, self.agency, body=body)

    def tell(self, event: str, *, by: str = "", **changes: Value) -> None:
        """The agency reports of the hire."""
        body: dict[str, Value] = {"event": event, "on": self._today(), **changes}
        told = self._state("hire.reported", by or self.agency, self.agency, body=body)
        if event == "started":
            self.report = told

    def confirm(self, *, by: str = "", **changes: Value) -> None:
        """The hirer confirms the start."""
        body: dict[str, Value] = {"on": self._today(), **changes}
        self._state("hire.confirmed", by or self.hirer, self.agency, self.hirer, body=body)

    def until_listed(self) -> None:
        """Every step up to the list."""
        self.invite()
        self.give()
        self.add()
        self.show()

    def until_claimed(self) -> None:
        """Every step up to the claim."""
        self.until_listed()
        self.make()
        self.bind()

    def until_approved(self) -> None:
        """Every step up to the approval."""
        self.until_claimed()
        self.approve()

    def until_received(self) -> None:
        """Every step up to the envelope's opening."""
        self.until_approved()
        self.let_go()
        self.receive()

    def until_introduced(self) -> None:
        """Every step up to the introduction."""
        self.until_received()
        self.introduce()

    def until_confirmed(self) -> None:
        """Every step there is."""
        self.until_introduced()
        self.tell("offer-accepted")
        self.tell("started")
        self.confirm()

    def _today(self) -> str:
        """Return the day that it is in Japan."""
        return (self.ledger.now + timedelta(hours=9)).date().isoformat()

    def _state(self, kind: str, by: str, *orgs: str, body: dict[str, Value] | None = None) -> str:
        """Enter a step with the refs of its kind, and let a minute pass."""
        known = {
            "referral": self.referral,
            "consent": self.consent,
            "claim": self.claim,
            "introduction": self.introduction,
            "hire": self.hire,
            "approval": self.approval,
            "release": self.release,
            "report": self.report,
        }
        names = {
            "referral.invited": ("referral",),
            "consent.given": ("consent", "referral"),
            "consent.changed": ("consent", "referral"),
            "consent.withdrawn": ("consent", "referral"),
            "profile.added": ("referral", "consent"),
            "profile.listed": ("referral",),
            "profile.unlisted": ("referral",),
            "claim.bound": ("claim", "referral"),
            "identity.released": ("claim", "referral", "approval"),
            "identity.received": ("claim", "release"),
            "introduction.made": ("introduction", "claim"),
            "hire.reported": ("hire", "introduction"),
            "hire.confirmed": ("hire", "report"),
        }.get(kind, ("claim",))
        refs = {name: known[name] for name in names}
        if kind == "identity.released":
            refs["envelope"] = self.ledger.new_id("env")
        made = self.ledger.state(kind, by, *orgs, refs=refs, body=body or {})
        self.seqs.append(self.ledger.size - 1)
        self.ledger.wait(minutes=1)
        return made
