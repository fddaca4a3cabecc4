"""The audit's plan: what is established, in this order, and what is not (ledger.md, section 4)."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from relay_protocol import note
from relay_protocol.attestation import SignedAttestation
from relay_protocol.charter import Charter
from relay_protocol.closes import Checked, Closes
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, NoteError, ReplayError
from relay_protocol.findings import Figure, Telling
from relay_protocol.log_reader import LogReader
from relay_protocol.note import Checkpoint, VerifierKey
from relay_protocol.pack import Pack
from relay_protocol.replay import Replay, Settled
from relay_protocol.structure import Copy, check_structure

CHARTER, REVEALS, REPLAY, CLOSES = 5, 6, 7, 8

ALWAYS_OPEN = ("consents-by-hub", "referrals-as-persons", "classes-unseen", "identities-unseen")
"""What no audit of this release can tell, however much it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What an auditor brings along.

    Attributes:
        log: the key that signs the ledger's checkpoints, if the auditor knows it.
        earlier: every checkpoint that it saw before.
        opened: numbers of the entries that its latest pack opened.
        pack: the reveals at hand, or None.
    """

    log: VerifierKey | None = None
    earlier: tuple[Checkpoint, ...] = ()
    opened: frozenset[int] = frozenset()
    pack: Pack | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A ledger that was found sound.

    Attributes:
        copy: its bytes.
        charter: organizations, keys and rules at its end.
        settled: every settled period at hand, by its name.
        audited: by the id of a settlement, who has signed that it is sound.
    """

    copy: Copy
    charter: Charter
    settled: dict[str, Settled]
    audited: dict[str, list[str]]


def verify(source: LogReader, evidence: Evidence, tell: Telling) -> Outcome:
    """Return a ledger in which all holds that can be checked.

    Args:
        source: where its files are.
        evidence: what the auditor brings along.
        tell: takes down what holds and what cannot be told, and how far it is.

    Raises:
        AuditError: something does not hold; it names the part, and the first entry at fault.
        LogReadError: a file cannot be read.
    """
    copy = check_structure(source, evidence.log, evidence.earlier, tell)
    charter = _check_charter(copy, tell)
    replay = Replay()
    if evidence.pack is None:
        tell.cannot("no-pack")
    else:
        closed = _check_reveals(copy, evidence, evidence.pack, replay, tell)
        _check_closes(copy, evidence.pack, replay, closed, tell)
    for code in ALWAYS_OPEN:
        tell.cannot(code)
    return Outcome(
        copy=copy,
        charter=charter,
        settled={one.period: one for one in replay.settled},
        audited=replay.audited,
    )


def _check_charter(copy: Copy, tell: Telling) -> Charter:
    """Return organizations, keys and rules as they stand at the end, each of them in its turn."""
    charter = Charter()
    for entry in copy.entries:
        tell.progress(CHARTER, entry.seq, copy.checkpoint.size)
        with _part(CHARTER):
            charter.take(entry)
    if charter.directory.scheme.log_key != copy.log.encode():
        raise AuditError(CHARTER, "log-key-differs", seq=0)
    organizations = charter.directory.organizations()
    figures = {"organizations": len(organizations), "rules": len(charter.adoptions)}
    tell.establish(CHARTER, "charter-stands", figures)
    if charter.directory.scheme.demo:
        tell.cannot("demo-scheme")
    return charter


@dataclass(slots=True)
class _Opened:
    """What became of the entries while they were opened, up to a pack's cut and beyond.

    Attributes:
        kinds: how many were opened, by kind.
        closed: the entries before the cut that nobody can open any more.
        stated: how many the hub says are closed, with the entry that says so.
        beyond: how many entries after the cut were not opened.
        is_attested: whether the hub has attested this very pack.
    """

    pack: Pack
    kinds: Counter[str] = field(default_factory=Counter)
    closed: list[Entry] = field(default_factory=list)
    stated: list[tuple[int, int]] = field(default_factory=list)
    beyond: int = 0
    is_attested: bool = False

    def note(self, entry: Entry, signed: SignedAttestation | None) -> None:
        """Take down one entry."""
        if signed is None and entry.seq < self.pack.cut:
            self.closed.append(entry)
        elif signed is None:
            self.beyond += 1
        else:
            self.kinds[entry.kind] += 1
            body = signed.attestation.body
            if entry.kind == "reveals.closed" and entry.seq < self.pack.cut:
                self.stated.append((entry.seq, int(str(body["count"]))))
            if entry.kind == "pack.made" and entry.orgs == (self.pack.auditor,):
                self.is_attested |= body["digest"] == b64url_encode(self.pack.digest())

    def check_count(self) -> None:
        """Refuse reveals that were held back, or said to be closed before they were.

        A reveal that is closed stays so: what the hub says at any place cannot be more than is
        closed by now among the entries before it, and in the end it is all of them.
        """
        total = 0
        for seq, count in self.stated:
            total += count
            before = bisect_left(self.closed, seq, key=lambda entry: entry.seq)
            if total > before:
                detail = f"{total} stated, {before} are"
                raise AuditError(REVEALS, "closed-count-differs", seq=seq, detail=detail)
        if total < len(self.closed):
            detail = f"{total} stated, {len(self.closed)} are"
            seq = self.closed[total].seq
            raise AuditError(REVEALS, "closed-count-differs", seq=seq, detail=detail)


def _check_reveals(
    copy: Copy, evidence: Evidence, pack: Pack, replay: Replay, tell: Telling
) -> list[Entry]:
    """Open what can be opened, and replay it; return the entries that nobody can open any more.

    What parts 6 and 7 find is told in their order, although both go through the ledger at once.
    """
    _check_pack(copy, pack)
    opened = _Opened(pack)
    broken: ReplayError | None = None
    for entry in copy.entries:
        tell.progress(REVEALS, entry.seq, copy.checkpoint.size)
        with _part(REVEALS):
            signed = replay.open(entry, pack.reveals.get(entry.seq))
        opened.note(entry, signed)
        if signed is not None and broken is None:
            try:
                replay.follow(entry, signed)
            except ReplayError as error:
                broken = error
    opened.check_count()
    _tell_reveals(opened, evidence, tell)
    with _part(REPLAY):
        if broken is not None:
            raise broken
        replay.check_end()
    _tell_replay(opened.kinds, tell)
    return opened.closed


def _check_pack(copy: Copy, pack: Pack) -> None:
    """Refuse a pack of another ledger, or of another history of this one."""
    size = copy.checkpoint.size
    if pack.log != copy.log.name:
        raise AuditError(REVEALS, "pack-of-another-log", detail=pack.log)
    try:
        seen, _ = note.open_checkpoint(pack.checkpoint, copy.log)
    except NoteError as error:
        raise AuditError(REVEALS, "pack-checkpoint-invalid", detail=str(error)) from error
    if seen.size < pack.cut:
        raise AuditError(REVEALS, "pack-beyond-checkpoint", seq=seen.size)
    if seen.size > size:
        raise AuditError(REVEALS, "pack-newer", seq=size, detail=f"{seen.size} entries")
    if copy.tree.root(seen.size) != seen.root:
        raise AuditError(REVEALS, "two-histories", detail=f"the checkpoint of {seen.size} entries")
    for seq in pack.reveals:
        if copy.entries[seq].commitment is None:
            raise AuditError(REVEALS, "reveal-of-clear-entry", seq=seq)


def _check_closes(
    copy: Copy, pack: Pack, replay: Replay, closed: Sequence[Entry], tell: Telling
) -> None:
    """Compute every settled period again."""
    documents = {close.period: close for close in pack.closes}
    closes = Closes(replay, closed, documents)
    checked = []
    for number, settled in enumerate(replay.settled):
        tell.progress(CLOSES, number, len(replay.settled))
        with _part(CLOSES):
            if settled.cut > settled.seq:
                raise ReplayError("cut-misplaced", settled.seq)
            checked.append(closes.check(settled, copy.tree.root(settled.cut)))
    _tell_closes(checked, tell)


def _tell_reveals(opened: _Opened, evidence: Evidence, tell: Telling) -> None:
    """Take down what part 6 has established."""
    count = len(opened.pack.reveals)
    tell.establish(REVEALS, "reveals-open", {"reveals": count, "cut": opened.pack.cut})
    tell.establish(REVEALS, "closed-counted", {"closed": len(opened.closed)})
    since = tuple(entry.seq for entry in opened.closed if entry.seq in evidence.opened)
    if since:
        tell.establish(REVEALS, "closed-since", {"count": len(since), "entries": since})
    if opened.is_attested:
        tell.establish(REVEALS, "pack-attested")
    else:
        tell.cannot("pack-unattested")
    if opened.beyond:
        tell.cannot("beyond-cut", {"count": opened.beyond, "cut": opened.pack.cut})


def _tell_replay(kinds: Mapping[str, int], tell: Telling) -> None:
    """Take down what part 7 has established."""
    figures = {
        "referrals": kinds.get("referral.invited", 0),
        "consents": kinds.get("consent.given", 0),
        "withdrawals": kinds.get("consent.withdrawn", 0),
        "claims": kinds.get("claim.made", 0),
        "releases": kinds.get("identity.released", 0),
        "introductions": kinds.get("introduction.made", 0),
        "hires": kinds.get("hire.confirmed", 0),
    }
    tell.establish(REPLAY, "steps-follow", figures)


def _tell_closes(checked: Sequence[Checked], tell: Telling) -> None:
    """Take down what part 8 has established, and what of it rests on somebody's word."""
    if not checked:
        tell.cannot("no-closes")
        return
    figures: dict[str, Figure] = {
        "periods": len(checked),
        "first": checked[0].period,
        "last": checked[-1].period,
        "recomputed": sum(one.recomputed for one in checked),
        "taken": sum(one.closed for one in checked if one.audited_by),
        "unproved": sum(one.kept + (0 if one.audited_by else one.closed) for one in checked),
    }
    tell.establish(CLOSES, "closes-agree", figures)
    for one in checked:
        if one.closed and one.audited_by:
            who = ", ".join(one.audited_by)
            told: dict[str, Figure] = {"period": one.period, "count": one.closed, "auditor": who}
            tell.establish(CLOSES, "taken-on-audit", told)
        elif one.closed:
            tell.cannot("closed-unaudited", {"period": one.period, "count": one.closed})
        if one.kept:
            tell.cannot("kept-unproved", {"period": one.period, "count": one.kept})


@contextmanager
def _part(part: int) -> Iterator[None]:
    """Say in which part of the plan an act was refused."""
    try:
        yield
    except ReplayError as error:
        raise AuditError(part, error.code, seq=error.seq, detail=error.detail) from error
