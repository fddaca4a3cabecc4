"""The ledger gone through again: every entry opened as far as it can be, every act checked."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from relay_protocol import candidacies, dealings
from relay_protocol.acts import NOT_PERMITTED, Act
from relay_protocol.attestation import Attestation, SignedAttestation
from relay_protocol.candidacies import Candidacies
from relay_protocol.charter import Charter, CharterState, read
from relay_protocol.dealings import Dealings
from relay_protocol.documents import Form
from relay_protocol.encoding import b64url_decode
from relay_protocol.entry import Entry, Reveal, check_reveal
from relay_protocol.errors import PointsError, ReplayError, RevealError
from relay_protocol.facts import Fact, Kept, Left, OfferEnded
from relay_protocol.memory import Kind, Memory, PlainMemory, Shelf, place
from relay_protocol.moves import Move
from relay_protocol.rules import Adoption


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What the hub attests of a settled period (period.settled).

    Attributes:
        seq: the entry's place.
        id: of the attestation.
        period: `YYYY-MM`.
        cut: how many entries the close took account of.
        root: the ledger's root at the cut, 32 bytes.
        statements: root over the statements, 32 bytes.
        netting: digest of the netting, 32 bytes.
    """

    seq: int
    id: str
    period: str
    cut: int
    root: bytes
    statements: bytes
    netting: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What the hub published of a period in one entry (points.moved).

    Attributes:
        seq: the entry's place.
        move: what was moved; None where the body states what cannot be.
        problem: why it cannot be.
    """

    seq: int
    move: Move | None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayState:
    """A replay as it can be kept beside its shelves, and gone on with."""

    charter: CharterState
    adopted: tuple[int, ...]
    members: tuple[tuple[int, str], ...]
    settled: tuple[Settled, ...]
    audited: Mapping[str, tuple[str, ...]]
    unanswered: Mapping[str, int]
    unbound: Mapping[str, int]


_ENDING: Final = (Left, OfferEnded)
ATTESTATION: Final = Kind[int](name="attestation", form=Form[int](int))
FACT: Final = Kind[Fact](name="fact", form=Form[Fact](Fact))
ENDS: Final = Kind[tuple[int, ...]](name="ends", form=Form[tuple[int, ...]](tuple[int, ...]))
MOVED: Final = Kind[Moved](name="moved", form=Form[Moved](Moved))


@dataclass(slots=True)
class Replay:
    """All that the open entries say, entry after entry.

    Attributes:
        memory: where it lies what the entries say.
        charter: organizations, keys, rules and notices so far.
        adoptions: every adoption of rules, with its entry.
        members: every member admitted, with its entry.
        settled: every settled period, in order.
        audited: by the id of a settlement, who has signed that it is sound.
    """

    memory: Memory = field(default_factory=PlainMemory)
    charter: Charter = field(default_factory=Charter)
    adoptions: list[tuple[int, Adoption]] = field(default_factory=list)
    members: list[tuple[int, str]] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    audited: dict[str, list[str]] = field(default_factory=dict)
    _candidacies: Candidacies = field(init=False)
    _dealings: Dealings = field(init=False)
    _ids: Shelf[int] = field(init=False)
    _facts: Shelf[Fact] = field(init=False)
    _late: set[str] | None = None

    def __post_init__(self) -> None:
        """Begin with nobody referred and nothing claimed, but for what is remembered."""
        self._ids, self._facts = self.memory.shelf(ATTESTATION), self.memory.shelf(FACT)
        self._candidacies = Candidacies(self.charter, self.memory)
        self._dealings = Dealings(self.charter, self._candidacies, self.memory)

    @classmethod
    def of(cls, state: ReplayState, memory: Memory) -> "Replay":
        """Return the replay that was kept, whose shelves are those of the memory."""
        charter = Charter.of(state.charter)
        replay = cls(memory, charter)
        replay.adoptions = list(zip(state.adopted, charter.adoptions, strict=True))
        replay.members, replay.settled = list(state.members), list(state.settled)
        replay.audited = {name: list(who) for name, who in state.audited.items()}
        replay._dealings.unanswered = dict(state.unanswered)
        replay._dealings.unbound = dict(state.unbound)
        return replay

    def state(self) -> ReplayState:
        """Return what of() goes on with."""
        return ReplayState(
            charter=self.charter.state(),
            adopted=tuple(seq for seq, _ in self.adoptions),
            members=tuple(self.members),
            settled=tuple(self.settled),
            audited={name: tuple(who) for name, who in self.audited.items()},
            unanswered={name: count for name, count in self._dealings.unanswered.items() if count},
            unbound=dict(self._dealings.unbound),
        )

    @property
    def facts(self) -> list[tuple[int, Fact]]:
        """What settlements must know, with its entries."""
        return list(self.facts_between(0, None))

    @property
    def moves(self) -> list[Moved]:
        """What the hub published as moved, by period."""
        return [moved for _, moved in self.memory.shelf(MOVED).between("", "~")]

    def facts_between(self, first: int, end: int | None) -> Iterator[tuple[int, Fact]]:
        """Yield what settlements must know of the entries from one place up to another."""
        until = "~" if end is None else place(end)
        for name, fact in self._facts.between(place(first), until):
            yield int(name), fact

    def ends_of(self, hire: str) -> Iterator[tuple[int, Left | OfferEnded]]:
        """Yield what was reported of the end of a hire, with its entries."""
        facts = self._facts
        for seq in self.memory.shelf(ENDS).get(hire) or ():
            fact = facts.get(place(seq))
            if isinstance(fact, Left | OfferEnded):
                yield seq, fact

    def moved_in(self, period: str) -> Iterator[Moved]:
        """Yield what the hub published as moved in a period, in order."""
        for _, moved in self.memory.shelf(MOVED).between(f"{period}/", f"{period}0"):
            yield moved

    def open(self, entry: Entry, reveal: bytes | None) -> SignedAttestation | None:
        """Return what an entry says, its signature checked; None where nobody can open it.

        Args:
            entry: the one after the entry opened before.
            reveal: the bytes that open it; None for a clear or a closed one.

        Raises:
            ReplayError: the reveal is another's, or the attestation is not what the entry says.
        """
        signed = self.charter.take(entry)
        if reveal is None:
            return signed
        try:
            opened = Reveal.decode(reveal)
            check_reveal(entry, opened)
        except RevealError as error:
            raise ReplayError("reveal-differs", entry.seq, str(error)) from error
        signed = read(entry, opened.signed)
        self.charter.check(entry, signed)
        return signed

    def follow(self, entry: Entry, said: Attestation) -> None:
        """Take up what an opened entry says, if it could be done at that place.

        Raises:
            ReplayError: it could not.
        """
        act, kind = Act(entry, said), said.kind
        self._take_id(act)
        try:
            if kind in candidacies.KINDS:
                fact: Fact | None = self._candidacies.take(act)
            elif kind in dealings.KINDS:
                fact = self._dealings.take(act)
            else:
                fact = self._follow_scheme(act)
        except NOT_PERMITTED as error:
            raise act.refusal_of(error) from error
        if fact is not None:
            self._facts[place(entry.seq)] = fact
            if isinstance(fact, _ENDING):
                ends = self.memory.shelf(ENDS)
                ends[fact.hire] = (*(ends.get(fact.hire) or ()), entry.seq)

    def seal(self) -> None:
        """Keep nothing of what is followed from here on: reveals of it are still to come.

        Only clear entries can be followed then, each of which is read again next time.
        """
        self._late = set()

    def forget(self, seqs: frozenset[int]) -> list[tuple[int, Fact]]:
        """Keep nothing of those who are behind some entries; return the facts that go with them."""
        self._dealings.forget(seqs)
        self._candidacies.forget(seqs)
        gone = [(seq, self._facts.drop(place(seq))) for seq in sorted(seqs)]
        return [(seq, fact) for seq, fact in gone if fact is not None]

    def check_end(self) -> None:
        """Return if nothing is left hanging that belongs together.

        Raises:
            ReplayError: it is.
        """
        self._dealings.check_end()

    def _take_id(self, act: Act) -> None:
        """Refuse what was said before."""
        name, known = act.said.id, self._ids
        if name in known or (self._late is not None and name in self._late):
            raise act.refuse("attestation-again")
        if self._late is None:
            known[name] = act.seq
        else:
            self._late.add(name)

    def _follow_scheme(self, act: Act) -> Fact | None:
        """Take up what is said of the scheme itself; return what a settlement must know of it."""
        match act.said.kind:
            case "fact.kept":
                return _kept(act)
            case "org.admitted" if act.text("role") == "member":
                self.members.append((act.seq, act.text("slug")))
            case "rules.adopted":
                self.adoptions.append((act.seq, self.charter.adoptions[-1]))
            case "points.moved":
                act.require_shown()
                self._move(act)
            case "period.settled":
                self._settle(act)
            case "period.audited":
                self._audit(act)
            case _:
                pass
        return None

    def _move(self, act: Act) -> None:
        """Take up what the hub published of a period."""
        try:
            moved = Moved(seq=act.seq, move=Move.from_body(act.said.body))
        except PointsError as error:
            moved = Moved(seq=act.seq, move=None, problem=str(error))
        self.memory.shelf(MOVED)[f"{act.text('period')}/{place(act.seq)}"] = moved

    def _settle(self, act: Act) -> None:
        """Take up a settled period."""
        act.require_shown()
        cut = act.said.body["cut"]
        self.settled.append(
            Settled(
                seq=act.seq,
                id=act.said.id,
                period=act.text("period"),
                cut=cut if isinstance(cut, int) else 0,
                root=b64url_decode(act.text("root")),
                statements=b64url_decode(act.text("statements")),
                netting=b64url_decode(act.text("netting")),
            )
        )

    def _audit(self, act: Act) -> None:
        """Take up what an auditor has signed of a settled period."""
        settled, period = act.ref("settled"), act.text("period")
        if any(one.id == settled and one.period != period for one in self.settled):
            raise act.refuse("audited-other")
        if act.text("verdict") == "sound":
            self.audited.setdefault(settled, []).append(act.by)


def _kept(act: Act) -> Kept:
    """Return what was earned by somebody since erased."""
    act.require_shown()
    try:
        return Kept.from_body(act.said.body, act.entry.rules)
    except PointsError as error:
        raise act.refuse("kept-malformed", str(error)) from error
