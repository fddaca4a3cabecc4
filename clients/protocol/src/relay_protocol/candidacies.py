"""Every referral as replay knows it: its consent, and whether its profile is shown."""

from dataclasses import dataclass, field

from relay_protocol import consent
from relay_protocol.acts import Act
from relay_protocol.charter import Charter
from relay_protocol.consent import Consent
from relay_protocol.facts import Withdrawn
from relay_protocol.rules import Rules
from relay_protocol.steps import may_follow

KINDS = frozenset(
    {
        "referral.invited",
        "consent.given",
        "consent.changed",
        "consent.withdrawn",
        "profile.added",
        "profile.listed",
        "profile.unlisted",
    }
)
"""The kinds of facts that this room replays."""

PUBLISH = "publish"
EXCEPTION = "exception"


@dataclass(slots=True, kw_only=True)
class Candidacy:
    """One candidate's referral.

    Attributes:
        origin: slug of the member that passes the candidate on.
        rules: those in force when it was made, which judge all that follows.
        last: the kind of its latest fact.
        consent: the one that was given or changed last.
        listed: whether its profile is shown, or kept for the agency of a claim.
        live_claim: the claim that keeps other agencies away, or "".
    """

    origin: str
    rules: Rules
    last: str
    consent: Consent | None = None
    listed: bool = False
    live_claim: str = ""

    @property
    def is_withdrawn(self) -> bool:
        """Whether the candidate has withdrawn."""
        return self.consent is not None and self.consent.withdrawn_at is not None


@dataclass(slots=True)
class Candidacies:
    """All referrals whose reveals are open, act after act."""

    charter: Charter
    by_referral: dict[str, Candidacy] = field(default_factory=dict)

    def take(self, act: Act) -> Withdrawn | None:
        """Add what an act says of a referral; return what a settlement must know of it.

        Args:
            act: of one of KINDS.

        Raises:
            ReplayError: it could not be done.
        """
        referral = act.ref("referral")
        known = self.by_referral.get(referral)
        if known is None and act.said.kind != "referral.invited":
            raise act.refuse("referral-unknown")
        if not may_follow(known.last if known else None, act.said.kind):
            after_withdrawal = known is not None and known.is_withdrawn
            raise act.refuse("after-withdrawal" if after_withdrawal else "step-out-of-turn")
        if known is None:
            self._invite(act)
            return None
        with act.steps():
            {
                "consent.given": self._give,
                "consent.changed": self._give,
                "consent.withdrawn": self._withdraw,
                "profile.added": self._add,
                "profile.listed": self._list,
                "profile.unlisted": self._unlist,
            }[act.said.kind](act, known)
        known.last = act.said.kind
        if act.said.kind == "consent.withdrawn":
            return Withdrawn(referral=referral, at=act.said.at)
        return None

    def standing(self, act: Act, referral: str) -> Candidacy:
        """Return a referral whose candidate's consent stands at the moment of an act.

        Raises:
            ReplayError: there is no such referral, or no consent that allows to pass it on.
        """
        known = self.by_referral.get(referral)
        if known is None:
            raise act.refuse("referral-unknown")
        if known.is_withdrawn:
            raise act.refuse("after-withdrawal")
        with act.steps():
            self._permit(act, known)
        return known

    def _invite(self, act: Act) -> None:
        """Add a referral."""
        with act.steps():
            rules = self.charter.rules_of(act.entry.rules)
        act.require_shown(act.by)
        self.by_referral[act.ref("referral")] = Candidacy(
            origin=act.by, rules=rules, last=act.said.kind
        )

    def _give(self, act: Act, known: Candidacy) -> None:
        """Add the consent, or what takes its place."""
        act.require_shown(known.origin)
        if act.text("notice") not in self.charter.notices:
            raise act.refuse("notice-unknown")
        given = Consent(
            id=act.ref("consent"),
            referral=act.ref("referral"),
            notice=act.text("notice"),
            modules=act.texts("modules"),
            groups=act.texts("groups"),
            given_at=act.said.at,
            until=act.day("until"),
        )
        consent.check_term(given, known.rules)
        if known.consent is not None and given.given_at < known.consent.given_at:
            raise act.refuse("consent-out-of-order")
        known.consent = given

    def _withdraw(self, act: Act, known: Candidacy) -> None:
        """End the consent."""
        act.require_shown(known.origin)
        if known.consent is None or act.ref("consent") != known.consent.id:
            raise act.refuse("consent-other")
        known.consent = consent.withdraw(known.consent, at=act.said.at)

    def _add(self, act: Act, known: Candidacy) -> None:
        """See that the origin adds only what the consent on record covers."""
        act.require_shown(known.origin)
        if act.by != known.origin:
            raise act.refuse("maker-not-in-part", act.by)
        if known.consent is not None and act.ref("consent") != known.consent.id:
            raise act.refuse("consent-other")
        self._permit(act, known, groups=act.texts("groups"))

    def _list(self, act: Act, known: Candidacy) -> None:
        """Show the profile."""
        act.require_shown()
        if known.listed:
            raise act.refuse("listed-already")
        self._permit(act, known)
        if act.said.body["exception"] is True:
            self._permit(act, known, module=EXCEPTION)
        known.listed = True

    def _unlist(self, act: Act, known: Candidacy) -> None:
        """Show the profile no longer."""
        act.require_shown()
        if not known.listed:
            raise act.refuse("not-listed")
        known.listed = False

    def _permit(
        self, act: Act, known: Candidacy, *, module: str = PUBLISH, groups: tuple[str, ...] = ()
    ) -> None:
        """Refuse what the consent on record does not allow at the moment of an act."""
        given = known.consent
        as_of = act.said.at if given is None else act.at(given.given_at)
        consent.check_permits(given, module, as_of=as_of, rules=known.rules, groups=groups)
