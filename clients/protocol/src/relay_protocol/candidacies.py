"""Every referral as replay knows it: its consent, and whether its profile is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from relay_protocol import consent
from relay_protocol.acts import Act
from relay_protocol.charter import Charter
from relay_protocol.consent import Consent
from relay_protocol.documents import Form
from relay_protocol.facts import Withdrawn
from relay_protocol.memory import Kind, Memory, Shelf
from relay_protocol.steps import may_follow

PUBLISH = "publish"
EXCEPTION = "exception"


@dataclass(slots=True, kw_only=True, eq=False)
class Candidacy:
    """One candidate's referral.

    Attributes:
        invited: the place of its first entry.
        origin: slug of the member that passes the candidate on.
        rules: the version in force when it was made, which judges all that follows.
        last: the kind of its latest fact.
        consent: the one that was given or changed last.
        listed: whether its profile is shown, or kept for the agency of a claim.
        live_claim: the claim that keeps other agencies away, or "".
    """

    invited: int
    origin: str
    rules: str
    last: str
    consent: Consent | None = None
    listed: bool = False
    live_claim: str = ""

    @property
    def is_withdrawn(self) -> bool:
        """Whether the candidate has withdrawn."""
        return self.consent is not None and self.consent.withdrawn_at is not None


CANDIDACY: Final = Kind[Candidacy](
    name="candidacy", form=Form[Candidacy](Candidacy), born=lambda known: known.invited
)


@dataclass(slots=True)
class Candidacies:
    """All referrals whose reveals are open, act after act."""

    charter: Charter
    memory: Memory
    by_referral: Shelf[Candidacy] = field(init=False)

    def __post_init__(self) -> None:
        """Take up what is known from before."""
        self.by_referral = self.memory.shelf(CANDIDACY)

    def take(self, act: Act) -> Withdrawn | None:
        """Add what an act says of a referral; return what a settlement must know of it.

        Args:
            act: of one of KINDS.

        Raises:
            ReplayError: it could not be done.
            StepError: likewise, as ConsentError, RulesError and OverflowError.
        """
        kind, referral = act.said.kind, act.ref("referral")
        known = self.by_referral.get(referral)
        if known is None and kind != "referral.invited":
            raise act.refuse("referral-unknown")
        if not may_follow(known.last if known else None, kind):
            after_withdrawal = known is not None and known.is_withdrawn
            raise act.refuse("after-withdrawal" if after_withdrawal else "step-out-of-turn")
        if known is None:
            self._invite(act)
            return None
        _STEPS[kind](self, act, known)
        known.last = kind
        if kind == "consent.withdrawn":
            return Withdrawn(referral=referral, at=act.said.at)
        return None

    def standing(self, act: Act, referral: str) -> Candidacy:
        """Return a referral whose candidate's consent stands at the moment of an act.

        Raises:
            ReplayError: there is no such referral, or the candidate has withdrawn.
            ConsentError: there is no consent that allows to pass it on.
        """
        known = self.by_referral.get(referral)
        if known is None:
            raise act.refuse("referral-unknown")
        if known.is_withdrawn:
            raise act.refuse("after-withdrawal")
        self._permit(act, known)
        return known

    def forget(self, seqs: frozenset[int]) -> None:
        """Keep nothing of the referrals that began with one of some entries."""
        for referral in self.by_referral.born_at(seqs):
            self.by_referral.drop(referral)

    def _invite(self, act: Act) -> None:
        """Add a referral."""
        version = self.charter.rules_of(act.entry.rules).version
        act.require_shown(act.by)
        self.by_referral[act.ref("referral")] = Candidacy(
            invited=act.seq, origin=act.by, rules=version, last=act.said.kind
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
        consent.check_term(given, self.charter.rules_of(known.rules))
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
        rules = self.charter.rules_of(known.rules)
        consent.check_permits(given, module, as_of=as_of, rules=rules, groups=groups)


_STEPS: Final[Mapping[str, Callable[[Candidacies, Act, Candidacy], None]]] = MappingProxyType(
    {
        "consent.given": Candidacies._give,  # noqa: SLF001 (the table of this class's own steps)
        "consent.changed": Candidacies._give,  # noqa: SLF001
        "consent.withdrawn": Candidacies._withdraw,  # noqa: SLF001
        "profile.added": Candidacies._add,  # noqa: SLF001
        "profile.listed": Candidacies._list,  # noqa: SLF001
        "profile.unlisted": Candidacies._unlist,  # noqa: SLF001
    }
)

KINDS: Final = frozenset({"referral.invited", *_STEPS})
"""The kinds of facts that this room replays."""
