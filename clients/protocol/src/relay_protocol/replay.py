"""The ledger gone through again: every entry opened as far as it can be, every act checked."""

from dataclasses import dataclass, field

from relay_protocol import candidacies, dealings
from relay_protocol.acts import Act
from relay_protocol.attestation import SignedAttestation
from relay_protocol.candidacies import Candidacies
from relay_protocol.charter import Charter, read
from relay_protocol.dealings import Dealings
from relay_protocol.encoding import b64url_decode
from relay_protocol.entry import Entry, Reveal, check_reveal
from relay_protocol.errors import PointsError, ReplayError, RevealError
from relay_protocol.facts import Fact, Kept
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


@dataclass(slots=True)
class Replay:
    """All that the open entries say, entry after entry.

    Attributes:
        charter: organizations, keys, rules and notices so far.
        adoptions: every adoption of rules, with its entry.
        members: every member admitted, with its entry.
        facts: what settlements must know, with its entry.
        moves: the bodies of points.moved, with their entries.
        settled: every settled period, in order.
        audited: by the id of a settlement, who has signed that it is sound.
    """

    charter: Charter = field(default_factory=Charter)
    adoptions: list[tuple[int, Adoption]] = field(default_factory=list)
    members: list[tuple[int, str]] = field(default_factory=list)
    facts: list[tuple[int, Fact]] = field(default_factory=list)
    moves: list[Act] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    audited: dict[str, list[str]] = field(default_factory=dict)
    _ids: set[str] = field(default_factory=set)
    _periods: dict[str, str] = field(default_factory=dict)
    _candidacies: Candidacies = field(init=False)
    _dealings: Dealings = field(init=False)

    def __post_init__(self) -> None:
        """Begin with nobody referred and nothing claimed."""
        self._candidacies = Candidacies(self.charter)
        self._dealings = Dealings(self.charter, self._candidacies)

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

    def follow(self, entry: Entry, signed: SignedAttestation) -> None:
        """Take up what an opened entry says, if it could be done at that place.

        Raises:
            ReplayError: it could not.
        """
        act = Act(entry=entry, said=signed.attestation)
        if act.said.id in self._ids:
            raise act.refuse("attestation-again")
        self._ids.add(act.said.id)
        fact: Fact | None = None
        if act.said.kind in candidacies.KINDS:
            fact = self._candidacies.take(act)
        elif act.said.kind in dealings.KINDS:
            fact = self._dealings.take(act)
        elif act.said.kind == "fact.kept":
            fact = _kept(act)
        else:
            self._follow_scheme(act)
        if fact is not None:
            self.facts.append((entry.seq, fact))

    def check_end(self) -> None:
        """Return if nothing is left hanging that belongs together.

        Raises:
            ReplayError: it is.
        """
        self._dealings.check_end()

    def _follow_scheme(self, act: Act) -> None:
        """Take up what is said of the scheme itself."""
        match act.said.kind:
            case "org.admitted" if act.text("role") == "member":
                self.members.append((act.seq, act.text("slug")))
            case "rules.adopted":
                self.adoptions.append((act.seq, self.charter.adoptions[-1]))
            case "points.moved":
                act.require_shown()
                self.moves.append(act)
            case "period.settled":
                self._settle(act)
            case "period.audited":
                self._audit(act)
            case _:
                pass

    def _settle(self, act: Act) -> None:
        """Take up a settled period."""
        act.require_shown()
        cut = act.said.body["cut"]
        self._periods[act.said.id] = act.text("period")
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
        if self._periods.get(act.ref("settled"), act.text("period")) != act.text("period"):
            raise act.refuse("audited-other")
        if act.text("verdict") == "sound":
            self.audited.setdefault(act.ref("settled"), []).append(act.by)


def _kept(act: Act) -> Kept:
    """Return what was earned by somebody since erased."""
    act.require_shown()
    try:
        return Kept.from_body(act.said.body, act.entry.rules)
    except PointsError as error:
        raise act.refuse("kept-malformed", str(error)) from error
