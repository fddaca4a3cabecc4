"""Where a point or slot comes from: its lot, the facts behind it, and the rules that decided."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, TypeAlias

from relay_protocol.attestation import Attestation
from relay_protocol.entry import Entry
from relay_protocol.facts import Kept
from relay_protocol.moves import Move
from relay_protocol.points import Account, Cause
from relay_protocol.rules import Adoption, in_force, last_day

MIN_PREFIX: Final = 6
CHAIN: Final = frozenset({"referral", "claim", "introduction", "hire"})
"""What an act must name to belong to a candidate's way."""

Origin: TypeAlias = Literal["referral", "hire", "converted", "kept", "closed"]


class Stated(NamedTuple):
    """An entry with what it says, as far as it could be opened.

    Attributes:
        said: None where nobody can open it, or the pack does not.
        method: how it is signed, `jws` or `assertion`; "" where it is not open.
        kid: the name of the key that signed.
    """

    entry: Entry
    said: Attestation | None
    method: str = ""
    kid: str = ""


class TraceError(LookupError):
    """Nothing of this name stands in the books; the text says what may be asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """A lot's part in what took effect in a period (points.moved).

    Attributes:
        seq: the entry that states it.
        due: the day on which the lot ends.
    """

    seq: int
    period: str
    debit: Account
    credit: Account
    count: int
    agency: str
    due: str

    @property
    def is_gain(self) -> bool:
        """Whether a lot is made by it."""
        return self.credit.bucket == "available"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """The close of a period, as the ledger states it.

    Attributes:
        seq: the entry that states it.
        audited_by: who has signed that it is sound.
    """

    period: str
    seq: int
    audited_by: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """A lot, and what lies behind it.

    Attributes:
        lot: its id.
        account: whose it is; None of a lot that nothing has moved yet.
        origin: what it comes of; `closed` where nobody can open that any more.
        rules: the version of the rules that decided, or "".
        rules_seq: the entry that adopted them; None where they are not known.
        movements: all that was published of it, in order.
        settlement: the close that made it.
        kept_seq: the entry fact.kept which stands for the fact of a person since erased.
        steps: the candidate's way, in the order of the ledger.
        parts: of a slot made from points: the lots of points that it was made from.
    """

    lot: str
    account: Account | None
    origin: Origin
    rules: str = ""
    rules_seq: int | None = None
    movements: tuple[Movement, ...] = ()
    settlement: Settlement | None = None
    kept_seq: int | None = None
    steps: tuple[Stated, ...] = ()
    parts: tuple["Trace", ...] = ()


class _Source(NamedTuple):
    """The fact behind a lot: of which kind, which referral and hire, under which rules."""

    origin: Literal["referral", "hire"]
    names: frozenset[str]
    rules: str


@dataclass(slots=True)
class Books:
    """What a ledger says of lots, gathered in one pass; acts are read again where they matter.

    Attributes:
        movements: by lot, in order.
        settlements: by period.
    """

    movements: dict[str, list[Movement]] = field(default_factory=dict)
    settlements: dict[str, Settlement] = field(default_factory=dict)
    _converted: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    _adopted: dict[str, int] = field(default_factory=dict)
    _kept: dict[str, int] = field(default_factory=dict)
    _rules: dict[str, str] = field(default_factory=dict)
    _referral_of: dict[str, str] = field(default_factory=dict)
    _claim_of: dict[str, str] = field(default_factory=dict)
    _introduction_of: dict[str, str] = field(default_factory=dict)
    _confirmed: set[str] = field(default_factory=set)
    _sources: dict[str, _Source] = field(default_factory=dict)

    @classmethod
    def of(cls, stated: Iterable[Stated]) -> "Books":
        """Return what a ledger that was found sound says of lots."""
        books = cls()
        for one in stated:
            if one.said is not None:
                books._take(one.entry, one.said)
        books._name_sources()
        return books

    def lots(self, name: str) -> list[str]:
        """Return the lots that a name stands for, in order.

        Args:
            name: `lot:` and a lot's id or its beginning, or that alone; an account; or
                `points:slug`, `slots:slug`.

        Raises:
            TraceError: there is none, or the beginning is that of several.
        """
        known = sorted({*self.movements, *self._sources, *self._kept})
        name = name.removeprefix("lot:")
        if ":" in name:
            commodity, owner = (*name.split(":"), "")[:2]
            found = [lot for lot in known if self._is_of(lot, commodity, owner)]
            if not found:
                raise TraceError(f"no lot of {name} was ever moved: try slots:SLUG or points:SLUG")
            return found
        if len(name) < MIN_PREFIX:
            raise TraceError(f"give {MIN_PREFIX} signs or more of a lot's name, or slots:SLUG")
        found = [name] if name in known else [lot for lot in known if lot.startswith(name)]
        if len(found) != 1:
            told = "no lot begins" if not found else f"{len(found)} lots begin"
            raise TraceError(f"{told} with {name}: slots:SLUG and points:SLUG list those there are")
        return found

    def trace(
        self, lots: Sequence[str], adoptions: Sequence[Adoption], stated: Iterable[Stated]
    ) -> list[Trace]:
        """Return what lies behind lots.

        Args:
            lots: of lots().
            adoptions: every adoption of rules.
            stated: the ledger once more; only the acts behind these lots are kept.
        """
        behind = {part for lot in lots for part in (lot, *self._parts(lot, adoptions))}
        names = {n for one in behind if one in self._sources for n in self._sources[one].names}
        steps = [one for one in stated if one.said and _names(one.said) & names] if names else []
        return [self._trace(lot, adoptions, steps) for lot in lots]

    def _trace(self, lot: str, adoptions: Sequence[Adoption], steps: Sequence[Stated]) -> Trace:
        """Return what lies behind a lot, its acts being at hand."""
        movements = tuple(self.movements.get(lot, ()))
        gain = next((one for one in movements if one.is_gain), None)
        source = self._sources.get(lot)
        parts = self._parts(lot, adoptions)
        origin: Origin = "closed"
        rules = ""
        if source is not None:
            origin, rules = source.origin, source.rules
        elif parts and gain is not None:
            origin, rules = "converted", in_force(adoptions, last_day(gain.period)).version
        elif lot in self._kept:
            origin = "kept"
        return Trace(
            lot=lot,
            account=gain.credit if gain else None,
            origin=origin,
            rules=rules,
            rules_seq=self._adopted.get(rules),
            movements=movements,
            settlement=self.settlements.get(gain.period) if gain else None,
            kept_seq=self._kept.get(lot),
            steps=tuple(one for one in steps if one.said and _names(one.said) & source.names)
            if source
            else (),
            parts=tuple(self._trace(part, adoptions, steps) for part in parts),
        )

    def _parts(self, lot: str, adoptions: Sequence[Adoption]) -> list[str]:
        """Return the lots of points that a slot was made from; none of any other lot."""
        gain = next((one for one in self.movements.get(lot, ()) if one.is_gain), None)
        if gain is None or gain.debit.bucket != "net" or lot in self._sources:
            return []
        member = gain.credit.owner
        rules = in_force(adoptions, last_day(gain.period)).version
        leg = f"granted:{member}:{gain.agency}"
        if Cause(rules=rules, fact=gain.period, leg=leg).transfer_id() != lot:
            return []
        return sorted(self._converted.get((gain.period, member), ()))

    def _is_of(self, lot: str, commodity: str, owner: str) -> bool:
        """Return whether a lot is an owner's."""
        return any(
            one.is_gain and (one.credit.commodity, one.credit.owner) == (commodity, owner)
            for one in self.movements.get(lot, ())
        )

    def _take(self, entry: Entry, said: Attestation) -> None:
        """Take up what an act says of lots, or of who is behind them."""
        body = said.body
        match said.kind:
            case "points.moved":
                self._move(entry.seq, Move.from_body(body))
            case "fact.kept":
                self._kept[Kept.from_body(body, entry.rules).lot] = entry.seq
            case "rules.adopted":
                self._adopted[str(body["version"])] = entry.seq
            case "period.settled":
                period = str(body["period"])
                self.settlements[period] = Settlement(period=period, seq=entry.seq, audited_by=())
            case "period.audited" if body["verdict"] == "sound":
                self._audit(str(body["period"]), said.by)
            case _:
                self._follow(entry, said)

    def _follow(self, entry: Entry, said: Attestation) -> None:
        """Take up which referral, claim, introduction and hire belong together."""
        refs = said.refs
        match said.kind:
            case "referral.invited":
                self._rules[refs["referral"]] = entry.rules
            case "claim.bound":
                self._referral_of[refs["claim"]] = refs["referral"]
            case "introduction.made":
                self._claim_of[refs["introduction"]] = refs["claim"]
            case "hire.reported":
                self._introduction_of[refs["hire"]] = refs["introduction"]
            case "hire.confirmed":
                self._confirmed.add(refs["hire"])
            case _:
                pass

    def _move(self, seq: int, move: Move) -> None:
        """Take up what took effect between two accounts."""
        for lot in move.lots:
            if move.credit.bucket == "convert":
                place = (move.period, move.debit.owner)
                self._converted.setdefault(place, []).append(lot.lot)
            self.movements.setdefault(lot.lot, []).append(
                Movement(
                    seq=seq,
                    period=move.period,
                    debit=move.debit,
                    credit=move.credit,
                    count=lot.count,
                    agency=lot.agency,
                    due=lot.due_on.isoformat(),
                )
            )

    def _audit(self, period: str, by: str) -> None:
        """Take up who has signed that a period is sound."""
        known = self.settlements.get(period)
        if known is not None and by not in known.audited_by:
            self.settlements[period] = Settlement(
                period=period, seq=known.seq, audited_by=(*known.audited_by, by)
            )

    def _name_sources(self) -> None:
        """Name the lot that each introduction and each hire makes, or would have made."""
        for introduction, claim in self._claim_of.items():
            self._name("referral", introduction, "counted", frozenset({introduction, claim}))
        for hire in self._confirmed:
            introduction = self._introduction_of.get(hire, "")
            claim = self._claim_of.get(introduction, "")
            self._name("hire", hire, "hired", frozenset({hire, introduction, claim}))

    def _name(
        self, origin: Literal["referral", "hire"], fact: str, leg: str, names: frozenset[str]
    ) -> None:
        """Name the lot of a fact, if its referral is open."""
        referral = next((self._referral_of[one] for one in names if one in self._referral_of), "")
        rules = self._rules.get(referral)
        if rules is not None:
            lot = Cause(rules=rules, fact=fact, leg=leg).transfer_id()
            self._sources[lot] = _Source(origin, names | {referral}, rules)


def _names(said: Attestation) -> frozenset[str]:
    """Return the ids of a candidate's way that an act names."""
    return frozenset(said.refs[name] for name in CHAIN if name in said.refs)
