"""The audit's plan: what is established, in this order, and what is not (ledger.md, section 4)."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from relay_protocol.attestation import instant_text
from relay_protocol.charter import Charter
from relay_protocol.closes import Checked, Closes
from relay_protocol.disclosure import Disclosure, disclosure_of
from relay_protocol.documents import Form
from relay_protocol.errors import AuditError, LogKeyError, NoteError, ReplayError, StateError
from relay_protocol.fates import CLOSED, OPEN
from relay_protocol.findings import Figure, Telling
from relay_protocol.ledger_copy import Copy, Frontier
from relay_protocol.log_reader import LogReader
from relay_protocol.manifest import CloseDocuments
from relay_protocol.memory import Kind, Memory, PlainMemory, place
from relay_protocol.note import Checkpoint, VerifierKey
from relay_protocol.pack import Pack
from relay_protocol.replay import Settled
from relay_protocol.signatures import Signatures
from relay_protocol.structure import check_structure
from relay_protocol.trust import Trust
from relay_protocol.walkthrough import CHARTER, REPLAY, REVEALS, Walkthrough, check_charter

HISTORY: Final = 2
CLOSES: Final = 8
DAYS_AHEAD: Final = timedelta(days=1)
"""How far an entry's day may lie ahead of the auditor's clock: a scheme has its own midnight."""

ALWAYS_OPEN = ("consents-by-hub", "referrals-as-persons", "classes-unseen", "identities-unseen")
"""What no audit of this release can tell, however much it is given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What an auditor brings along.

    Attributes:
        log: a key that signs the ledger's checkpoints, if the auditor knows it.
        trust: whom else the auditor believes, and when this is.
        earlier: checkpoints that it saw before, beside those that the memory holds.
        pack: the reveals at hand, or None.
        since: size of the remembered checkpoint to begin at; 0 for the first entry, None for
            the newest.
    """

    log: VerifierKey | None = None
    trust: Trust = Trust()  # noqa: RUF009 (it is frozen)
    earlier: tuple[Checkpoint, ...] = ()
    pack: Pack | Disclosure | None = None
    since: int | None = None


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A ledger's edge as an audit saw it.

    Attributes:
        logs: the keys by which its checkpoints were believed, as verifier keys.
        at: when, by the clock of whoever audited; None where there was none.
    """

    logs: tuple[str, ...]
    frontier: Frontier
    at: datetime | None


SEEN: Final = Kind[Seen](name="seen", form=Form[Seen](Seen))


def verify(
    source: LogReader,
    brought: Brought,
    tell: Telling,
    *,
    memory: Memory | None = None,
    hands: Executor | None = None,
) -> Outcome:
    """Return a ledger in which all holds that can be checked.

    With a memory that lasts, what an earlier audit has established is not established again:
    this one goes on from there, and is bound to it by the ledger's root.

    Args:
        source: where its files are.
        brought: what the auditor brings along.
        tell: takes down what holds and what cannot be told, and how far it is.
        memory: what is known of earlier audits, and takes up what this one finds.
        hands: other processes that help.

    Raises:
        AuditError: something does not hold; it names the part, and the first entry at fault.
        LogReadError: a file cannot be read.
        PackError: the pack is not whole, or not what its manifest lists.
        StateError: what is remembered is of another ledger, or does not fit what was brought.
    """
    shelves = memory or PlainMemory()
    copy = _check_bytes(source, brought, tell, shelves, hands)
    if brought.pack is None:
        charter = check_charter(copy, shelves, tell)
        _tell_charter(copy, charter, brought.trust.now, tell)
        tell.cannot("no-pack")
        _learn(copy, charter, shelves)
        shelves.commit()
        settled, audited = {}, {}
    else:
        walk = Walkthrough(copy, disclosure_of(brought.pack), shelves, tell, at=brought.trust.now)
        _go_through(walk, shelves, tell, hands)
        walk.keep()
        charter, audited = walk.replay.charter, walk.replay.audited
        settled = {one.period: one for one in walk.replay.settled}
    for code in ALWAYS_OPEN:
        tell.cannot(code)
    return Outcome(copy=copy, charter=charter, settled=settled, audited=audited)


def remembered(memory: Memory) -> tuple[Seen, ...]:
    """Return what earlier audits saw of a ledger's edge, the oldest first."""
    return tuple(seen for _, seen in memory.shelf(SEEN).between("", "~"))


def _check_bytes(
    source: LogReader, brought: Brought, tell: Telling, memory: Memory, hands: Executor | None
) -> Copy:
    """Return the copy of a ledger in which parts 1 to 4 hold, and remember it."""
    known = remembered(memory)
    trust = trusted(_named(brought), known)
    since = _since(brought, known)
    earlier = [*brought.earlier, *(_checkpoint(one) for one in known if one is not since)]
    copy = check_structure(
        source, trust, earlier, tell, since=since.frontier if since else None, hands=hands
    )
    if since is not None:
        figures = _when(since.frontier.size, since.at)
        tell.establish(HISTORY, "bytes-before", figures)
        tell.cannot("state-trusted", figures)
    if memory.lasts:
        logs = {key: None for one in known for key in one.logs} | {copy.log.encode(): None}
        seen = Seen(logs=tuple(logs), frontier=copy.frontier(), at=trust.now)
        memory.shelf(SEEN)[place(copy.checkpoint.size)] = seen
        memory.commit()
    return copy


def _named(brought: Brought) -> Trust:
    """Return whom the auditor names."""
    if brought.log is None:
        return brought.trust
    return replace(brought.trust, logs=(brought.log, *brought.trust.logs))


def trusted(trust: Trust, known: Sequence[Seen]) -> Trust:
    """Return whom to believe: whom the auditor names, or else whom it believed before.

    Raises:
        StateError: what is remembered is of another ledger, or was signed by other keys.
    """
    if not known:
        return trust
    before = tuple(VerifierKey.parse(text) for text in known[-1].logs)
    lines = trust.policy.logs if trust.policy else ()
    named = (*trust.logs, *(line.vkey for line in lines))
    if not named:
        return replace(trust, logs=before)
    if before[0].name not in {key.name for key in named}:
        raise StateError(
            f"what is remembered is of another ledger, {before[0].name}: give another --state file"
        )
    if not set(before) & set(named):
        raise StateError(
            f"what is remembered was signed by another key, {before[-1].encode()}: if the ledger "
            "has a new key, give both, else another --state file"
        )
    return replace(trust, logs=tuple(dict.fromkeys((*trust.logs, *before))))


def _since(brought: Brought, known: Sequence[Seen]) -> Seen | None:
    """Return the edge at which this audit begins; None where it begins at the first entry."""
    if brought.since is None:
        return known[-1] if known else None
    if brought.since == 0:
        return None
    for one in known:
        if one.frontier.size == brought.since:
            return one
    sizes = ", ".join(str(one.frontier.size) for one in known) or "none"
    raise StateError(f"no checkpoint of {brought.since} entries is remembered; there are: {sizes}")


def _checkpoint(seen: Seen) -> Checkpoint:
    """Return the checkpoint that was seen."""
    origin = VerifierKey.parse(seen.logs[0]).name
    return Checkpoint(origin=origin, size=seen.frontier.size, root=seen.frontier.root)


def _go_through(walk: Walkthrough, memory: Memory, tell: Telling, hands: Executor | None) -> None:
    """Go through parts 5 to 8 with a pack, and tell of each in its turn."""
    walk.go(hands, Signatures(hands))
    _tell_charter(walk.copy, walk.replay.charter, walk.at, tell)
    _learn(walk.copy, walk.replay.charter, memory)
    walk.conclude()
    _tell_reveals(walk, tell)
    walk.conclude_replay()
    _tell_replay(walk.kinds, tell)
    closes = Closes(walk.replay, walk.fates.first(CLOSED), _Documents(walk.disclosure.closes()))
    with _part(CLOSES):
        closes.check_all(walk.copy.root, lambda done, total: tell.progress(CLOSES, done, total))
    _tell_closes(closes.told(), tell)


class _Documents:
    """Documents of settled periods that come one after the other, asked for in their order."""

    def __init__(self, closes: Iterator[CloseDocuments]) -> None:
        self._closes = closes
        self._held: dict[str, CloseDocuments] = {}

    def get(self, period: str, /) -> CloseDocuments | None:
        """Return the documents of a period, or None; those before it are let go."""
        while period not in self._held:
            one = next(self._closes, None)
            if one is None:
                return None
            self._held[one.period] = one
        return self._held.pop(period)


def _when(size: int, at: datetime | None) -> dict[str, Figure]:
    """Return up to which entry something was established before, and when."""
    return {"size": size, "at": instant_text(at) if at else "?"}


def _tell_charter(copy: Copy, charter: Charter, now: datetime | None, tell: Telling) -> None:
    """Take down what part 5 has established."""
    _check_log_key(copy, charter)
    if now is not None and not charter.directory.scheme.demo:
        _check_clock(copy, now)
    organizations = charter.directory.organizations()
    figures = {"organizations": len(organizations), "rules": len(charter.adoptions)}
    tell.establish(CHARTER, "charter-stands", figures)
    if charter.directory.scheme.demo:
        tell.cannot("demo-scheme")


def _check_log_key(copy: Copy, charter: Charter) -> None:
    """Refuse a checkpoint that is not signed by a key which the log goes by at that size."""
    directory = charter.directory
    if copy.log not in directory.log_keys():
        raise AuditError(CHARTER, "log-key-differs", seq=0)
    try:
        directory.check_checkpoint(copy.note)
    except LogKeyError as error:
        code = "log-key-differs" if error.revoked is None else "log-key-revoked"
        raise AuditError(CHARTER, code, seq=error.revoked or 0, detail=str(error)) from error
    except NoteError as error:
        raise AuditError(CHARTER, "log-key-differs", seq=0, detail=str(error)) from error


def _check_clock(copy: Copy, now: datetime) -> None:
    """Refuse a ledger whose days run ahead of the time: guarantees and points would end early.

    A demo scheme may move its own clock. Days never decrease, so the last entry has the latest.
    """
    latest = (now + DAYS_AHEAD).astimezone(UTC).date().isoformat()
    last = copy.entry(copy.checkpoint.size - 1).day
    if last > latest:
        seqs = range(copy.checkpoint.size)
        first = bisect_right(seqs, latest, key=lambda seq: copy.entry(seq).day)
        detail = f"{copy.entry(first).day}; now {instant_text(now)}"
        raise AuditError(CHARTER, "day-ahead", seq=first, detail=detail)


def _learn(copy: Copy, charter: Charter, memory: Memory) -> None:
    """Remember the keys that followed the one by which a checkpoint was believed.

    Never those before it: whoever was told of a key need not believe what went before. One that
    was revoked is still remembered, as what the auditor named; it signs for nothing more.
    """
    seen = memory.shelf(SEEN).get(place(copy.checkpoint.size)) if memory.lasts else None
    if seen is None:
        return
    known = charter.directory.log_keys()
    later = [key.encode() for key, one in known.items() if one.seq > known[copy.log].seq]
    logs = tuple(dict.fromkeys((*seen.logs, *later)))
    memory.shelf(SEEN)[place(copy.checkpoint.size)] = replace(seen, logs=logs)


def _tell_reveals(walk: Walkthrough, tell: Telling) -> None:
    """Take down what part 6 has established."""
    cut = walk.manifest.cut
    tell.establish(REVEALS, "reveals-open", {"reveals": walk.fates.count(OPEN), "cut": cut})
    tell.establish(REVEALS, "closed-counted", {"closed": walk.fates.count(CLOSED)})
    if walk.begun is not None:
        tell.establish(REVEALS, "steps-before", _when(walk.begun.position, walk.begun.at))
    if walk.since:
        figures: dict[str, Figure] = {"count": len(walk.since), "entries": tuple(walk.since)}
        tell.establish(REVEALS, "closed-since", figures)
    if walk.is_attested:
        tell.establish(REVEALS, "pack-attested")
    else:
        tell.cannot("pack-unattested")
    if walk.beyond:
        tell.cannot("beyond-cut", {"count": walk.beyond, "cut": cut})


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
