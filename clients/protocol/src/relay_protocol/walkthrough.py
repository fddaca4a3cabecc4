"""Parts 5 to 7 of the audit's plan: every entry in its turn, opened where it can be."""

from collections import Counter
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Final

from relay_protocol import jwk
from relay_protocol.attestation import Attestation
from relay_protocol.charter import Charter, CharterState
from relay_protocol.closes import STRUCK, Struck, note_gone
from relay_protocol.directory import PUBLIC_KINDS
from relay_protocol.disclosure import Disclosure, Window
from relay_protocol.documents import Form
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Entry
from relay_protocol.errors import (
    AttestationError,
    AuditError,
    LogKeyError,
    NoteError,
    ReplayError,
    SignatureError,
    StateError,
)
from relay_protocol.fates import CLEAR, CLOSED, OPEN, Fates
from relay_protocol.findings import Telling
from relay_protocol.jwk import PublicKey
from relay_protocol.ledger_copy import Copy
from relay_protocol.memory import Kind, Memory, place
from relay_protocol.note import Checkpoint, Note
from relay_protocol.opening import Opened
from relay_protocol.replay import Replay, ReplayState
from relay_protocol.signatures import Signatures
from relay_protocol.unchecked import Unchecked

CHARTER, REVEALS, REPLAY = 5, 6, 7
KEPT_EVERY: Final = 65_536
"""Progress is kept once in so many entries, all of which were found sound."""
NEWEST: Final = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far entries were gone through, and what stands there.

    Attributes:
        position: how many entries.
        at: when, by the clock of whoever audited; None where there was none.
        kinds: how many facts of each kind were open.
        stated: how many reveals the hub said were closed.
        since: entries found closed since the last audit that came to its end.
    """

    position: int
    at: datetime | None
    replay: ReplayState
    kinds: Mapping[str, int]
    stated: int
    since: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterSeen:
    """Organizations, keys and rules as they stood after so many entries."""

    position: int
    charter: CharterState


PROGRESS: Final = Kind[Progress](name="progress", form=Form[Progress](Progress))
CHARTERS: Final = Kind[CharterSeen](name="charters", form=Form[CharterSeen](CharterSeen))


def check_charter(copy: Copy, memory: Memory, tell: Telling) -> Charter:
    """Return organizations, keys and rules as they stand at the end, each of them in its turn.

    Raises:
        AuditError: one of them cannot stand.
    """
    seen = memory.shelf(CHARTERS).get(NEWEST)
    charter = Charter.of(seen.charter) if seen else Charter()
    go_on(copy, charter, seen.position if seen else 0, tell)
    if memory.lasts:
        kept = CharterSeen(position=copy.checkpoint.size, charter=charter.state())
        memory.shelf(CHARTERS)[NEWEST] = kept
    return charter


def go_on(copy: Copy, charter: Charter, start: int, tell: Telling) -> None:
    """Take up what the entries from a place on say of organizations, keys and rules.

    Raises:
        AuditError: one of them cannot stand.
    """
    for entry in copy.entries(start):
        tell.progress(CHARTER, entry.seq, copy.checkpoint.size)
        try:
            charter.take(entry)
        except ReplayError as error:
            raise _refusal(CHARTER, error) from error


class Walkthrough:
    """One way through a ledger with a pack beside it.

    What parts 6 and 7 refuse waits until the parts before are through with the whole ledger.
    """

    def __init__(
        self,
        copy: Copy,
        disclosure: Disclosure,
        memory: Memory,
        tell: Telling,
        *,
        at: datetime | None = None,
    ) -> None:
        """Begin where the last audit with this memory has come to.

        Raises:
            StateError: the pack presumes what nobody has audited.
        """
        self.copy, self.disclosure = copy, disclosure
        self.manifest = disclosure.manifest
        known = memory.shelf(PROGRESS).get(NEWEST)
        self.begun = known
        self.replay = Replay.of(known.replay, memory) if known else Replay(memory)
        self.kinds = Counter(known.kinds if known else {})
        self.since = list(known.since if known else ())
        self.stated = known.stated if known else 0
        self.position = known.position if known else 0
        self.fates = Fates(memory, self.position)
        self.beyond, self.is_attested = 0, False
        self._memory, self._tell, self.at = memory, tell, at
        self._digest = b64url_encode(self.manifest.digest())
        self._kept = self.position
        self._sealed: Progress | None = None
        self._fault: AuditError | None = None
        self._miscount: AuditError | None = None
        self._broken: ReplayError | None = None
        self._keys: dict[str, PublicKey] = {}
        # Who has signed since the last public entry, and which key, by the key's name.
        self._signers: dict[str, tuple[str, bytes]] = {}
        self._require_fitting()

    def go(self, hands: Executor | None, signatures: Signatures) -> None:
        """Go through all entries that the memory does not know yet.

        Args:
            hands: other processes to open parts of a pack in.
            signatures: where signatures are checked.

        Raises:
            AuditError: something of parts 5 to 7 does not hold.
            PackError: a part of the pack is not what its manifest lists.
        """
        self._fault = self._fault_of_pack() or self._close()
        if self._fault is None:
            for window in self.disclosure.windows(self.copy, self.position, hands):
                self._look_at(window, signatures)
                if self.position - self._kept >= KEPT_EVERY:
                    self._keep(signatures)
                if self._is_refused():
                    break
        self._settle(signatures)
        if self._is_refused():
            go_on(self.copy, self.replay.charter, self.position, self._tell)

    def conclude(self) -> None:
        """Return if parts 6 and 7 hold; part 5 does.

        Raises:
            AuditError: they do not.
        """
        total, closed = self.stated, self.fates.count(CLOSED)
        if self._miscount is None and total < closed:
            seq = self.fates.nth(CLOSED, total)
            self._miscount = _miscount(seq, total, closed)
        if fault := self._fault or self._miscount or self._fault_of_signature():
            raise fault

    def conclude_replay(self) -> None:
        """Return if part 7 holds.

        Raises:
            AuditError: it does not.
        """
        try:
            if self._broken is not None:
                raise self._broken
            self.replay.check_end()
        except ReplayError as error:
            raise _refusal(REPLAY, error) from error

    def keep(self) -> None:
        """Remember how far this has come, now that all of it was found sound."""
        if self._memory.lasts:
            seen = CharterSeen(position=self.position, charter=self.replay.charter.state())
            self._memory.shelf(CHARTERS)[NEWEST] = seen
            self.since.clear()
            self._put(replace(self._sealed or self._progress(), since=()))

    def _require_fitting(self) -> None:
        """Refuse a pack that leaves out what was not audited yet, or is older than what was."""
        first, cut = self.manifest.first, self.manifest.cut
        if first > self.position:
            raise StateError(
                f"the pack begins at entry {first}, and entries were audited up to "
                f"{self.position} only: give the --state file of the audit before, or ask for "
                f"a pack with --since {self.position}"
            )
        if cut < self.position:
            raise StateError(
                f"the pack ends at entry {cut}, and entries were audited up to {self.position} "
                "already: ask for a newer pack, or begin anew with --whole"
            )

    def _fault_of_pack(self) -> AuditError | None:
        """Return what is wrong with a pack of another ledger, or of another history of this."""
        size, cut = self.copy.checkpoint.size, self.manifest.cut
        if self.manifest.log != self.copy.log.name:
            return AuditError(REVEALS, "pack-of-another-log", detail=self.manifest.log)
        try:
            seen = Checkpoint.parse(Note.parse(self.manifest.checkpoint).text)
        except NoteError as error:
            return AuditError(REVEALS, "pack-checkpoint-invalid", detail=str(error))
        if seen.size < cut:
            return AuditError(REVEALS, "pack-beyond-checkpoint", seq=seen.size)
        if seen.size > size:
            return AuditError(REVEALS, "pack-newer", seq=size, detail=f"{seen.size} entries")
        if self.copy.root(seen.size) != seen.root:
            told = f"the checkpoint of {seen.size} entries"
            return AuditError(REVEALS, "two-histories", detail=told)
        return None

    def _fault_of_signature(self) -> AuditError | None:
        """Return what is wrong with the signature of a pack's checkpoint, whose root is right."""
        try:
            self.replay.charter.directory.check_checkpoint(self.manifest.checkpoint)
        except (LogKeyError, NoteError) as error:
            return AuditError(REVEALS, "pack-checkpoint-invalid", detail=str(error))
        return None

    def _close(self) -> AuditError | None:
        """Close what an earlier audit has seen open; return what is wrong with that."""
        stated = 0
        for first, last in self.manifest.closed:
            end = min(last, self.position - 1)
            if end < first:
                break
            stated += end - first + 1
            try:
                opened = self.fates.close(first, end)
            except ValueError as clear:
                return AuditError(REVEALS, "closed-clear-entry", seq=int(str(clear)))
            self._forget(opened)
        if stated < self.fates.count(CLOSED):
            return AuditError(REVEALS, "closed-reopened", seq=self._reopened())
        return None

    def _forget(self, seqs: list[int]) -> None:
        """Let go of what is known of entries that nobody can open any more."""
        for start in range(0, len(seqs), KEPT_EVERY):
            some = seqs[start : start + KEPT_EVERY]
            entries = islice(self.copy.entries(some[0]), some[-1] - some[0] + 1)
            wanted = frozenset(some)
            for entry in entries:
                if entry.seq in wanted:
                    self.kinds[entry.kind] -= 1
                    note_gone(self._memory, entry)
            for seq, fact in self.replay.forget(wanted):
                struck = Struck.of(fact)
                if struck is not None:
                    self._memory.shelf(STRUCK)[place(seq)] = struck
        self.since += seqs

    def _reopened(self) -> int | None:
        """Return the first entry that was closed, and that the pack does not call so."""
        seq = self.fates.first(CLOSED)
        while seq is not None and self.manifest.is_closed(seq):
            seq = self.fates.first(CLOSED, seq + 1)
        return seq

    def _look_at(self, window: Window, signatures: Signatures) -> None:
        """Go through a window, up to the first that part 6 refuses."""
        opened = iter(window.opened)
        one = next(opened, None)
        charter, cut = self.replay.charter, self.manifest.cut
        refused = None if window.refusal is None else window.refusal.seq
        self._tell.progress(REVEALS, self.position, self.copy.checkpoint.size)
        for entry in window.entries:
            shown = None
            if one is not None and one.seq == entry.seq:
                shown, one = one, next(opened, None)
            seq = entry.seq
            if seq < self.position:
                continue
            if seq == cut:
                self._seal()
            self.position = seq + 1
            try:
                clear = charter.take(entry)
            except ReplayError as error:
                raise _refusal(CHARTER, error) from error
            if clear is not None and entry.kind in PUBLIC_KINDS:
                self._signers.clear()
            if seq == refused and window.refusal is not None:
                self._refuse(*window.refusal)
                return
            try:
                said = clear.attestation if clear else self._read(entry, shown, signatures)
            except ReplayError as error:
                self._fault = _refusal(REVEALS, error)
                return
            self._note(entry, said)
            self._follow(entry, said)

    def _read(
        self, entry: Entry, shown: Opened | None, signatures: Signatures
    ) -> Attestation | None:
        """Return what an opened entry says, but for its signature; None of a closed one."""
        if shown is None:
            return None
        said = shown.said
        if said.kind != entry.kind:
            raise ReplayError("kind-differs", entry.seq, said.kind)
        charter, how = self.replay.charter, shown.signature
        charter.check_part(entry, said)
        known = self._signers.get(how.kid)
        if known is not None and known[0] == said.by and how.method == "jws":
            signatures.add(entry.seq, Unchecked(known[1], how.signed, how.signature))
            return said
        scheme = charter.directory.scheme
        try:
            jwk_of = charter.directory.signer(said.by, how.method, how.kid, entry.seq)
            key = self._key(how.kid, jwk_of)
            unchecked = shown.unchecked(key, web_origin=scheme.web_origin, rp_id=scheme.rp_id)
        except (AttestationError, SignatureError) as error:
            raise ReplayError("signature-invalid", entry.seq, str(error)) from error
        if how.method == "jws":
            self._signers[how.kid] = (said.by, unchecked.key)
        signatures.add(entry.seq, unchecked)
        return said

    def _key(self, name: str, members: Mapping[str, str]) -> PublicKey:
        """Return a public key, read once."""
        key = self._keys.get(name)
        if key is None:
            key = self._keys[name] = jwk.to_key(members)
        return key

    def _note(self, entry: Entry, said: Attestation | None) -> None:
        """Take down what became of an entry."""
        is_before = entry.seq < self.manifest.cut
        if said is not None and entry.commitment is not None:
            if is_before:
                self.fates.add(OPEN)
            self.kinds[entry.kind] += 1
            return
        if said is None and not is_before:
            self.beyond += 1
            return
        if is_before:
            self.fates.add(CLOSED if said is None else CLEAR)
        if said is None:
            note_gone(self._memory, entry)
            return
        self.kinds[entry.kind] += 1
        if entry.kind == "reveals.closed" and is_before:
            self._count(entry.seq, int(str(said.body["count"])))
        if entry.kind == "pack.made" and entry.orgs == (self.manifest.auditor,):
            self.is_attested |= said.body["digest"] == self._digest

    def _count(self, seq: int, count: int) -> None:
        """Take down how many were closed so far, which cannot be more than are by now."""
        self.stated += count
        closed = self.fates.count(CLOSED)
        if self.stated > closed and self._miscount is None:
            self._miscount = _miscount(seq, self.stated, closed)

    def _follow(self, entry: Entry, said: Attestation | None) -> None:
        """Replay an act, unless one before it could not be done."""
        if said is not None and self._broken is None:
            try:
                self.replay.follow(entry, said)
            except ReplayError as error:
                self._broken = error

    def _refuse(self, seq: int, code: str, detail: str) -> None:
        """Take down what is wrong with a reveal."""
        self._fault = AuditError(REVEALS, code, seq=seq, detail=detail)

    def _is_refused(self) -> bool:
        """Return whether part 6 does not hold."""
        return self._fault is not None

    def _settle(self, signatures: Signatures) -> None:
        """Take down a false signature, if it stands before everything else that is wrong."""
        false = signatures.settle()
        fault = self._fault
        if false is not None and (fault is None or fault.seq is None or false < fault.seq):
            self._refuse(false, "signature-invalid", "the signature is false")

    def _seal(self) -> None:
        """Stop remembering: what lies behind the cut of a pack is opened by another one."""
        self._sealed = self._progress()
        self.replay.seal()

    def _progress(self) -> Progress:
        """Return how far this has come."""
        return Progress(
            position=min(self.position, self.manifest.cut),
            at=self.at,
            replay=self.replay.state(),
            kinds=dict(self.kinds),
            stated=self.stated,
            since=tuple(self.since),
        )

    def _keep(self, signatures: Signatures) -> None:
        """Remember how far this has come, if all of it is sound so far."""
        if self._is_refused():
            return
        self._kept = self.position
        self._settle(signatures)
        faults = (self._fault, self._miscount, self._broken)
        if self._memory.lasts and self._sealed is None and not any(faults):
            self._put(self._progress())

    def _put(self, progress: Progress) -> None:
        """Put progress where it is remembered, all at once."""
        self.fates.keep()
        self._memory.shelf(PROGRESS)[NEWEST] = progress
        self._memory.commit()


def _refusal(part: int, error: ReplayError) -> AuditError:
    """Return in which part of the plan an act was refused."""
    return AuditError(part, error.code, seq=error.seq, detail=error.detail)


def _miscount(seq: int | None, stated: int, closed: int) -> AuditError:
    """Return the refusal of a wrong count of closed reveals."""
    detail = f"{stated} stated, {closed} are"
    return AuditError(REVEALS, "closed-count-differs", seq=seq, detail=detail)
