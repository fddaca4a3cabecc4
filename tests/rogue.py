"""A hub that lies on purpose: it holds all that a dishonest operator has, and nobody else's key."""

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

from relay_protocol import chain, merkle, note, tiles
from relay_protocol.attestation import SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.directory import PUBLIC_KINDS
from relay_protocol.entry import Entry, Reveal
from relay_protocol.note import Checkpoint, SignerKey
from relay_protocol.proof import Proof
from tests.story.hand_ledger import HUB, LOG, OFFICE, RP_ID, WEB_ORIGIN, HandLedger
from tests.story.hand_relay import HandRelay
from tests.story.local_hub import Asked, LocalHub, Told

OWN = frozenset({OFFICE, HUB})
"""Whose private keys a hub holds, beside those of the log."""
DRAWN = "rogue"
"""A key that it has drawn for itself, for want of the one that it would need."""
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
OCTETS = {"Content-Type": "application/octet-stream"}

Page: TypeAlias = tuple[Entry, bytes | None]
"""An entry, and what opens it."""


@dataclass(kw_only=True)
class RogueHub(HandLedger):
    """A ledger that is written honestly until its hub turns.

    From then on it signs with its own keys only, and with one that it has drawn where it would
    need another's. Whatever it changes, it numbers, chains, hashes and signs anew.

    Attributes:
        lies: whether it has turned.
        accomplices: organizations that sign whatever it wants.
        files: files that it serves in place of the true ones, or beside them, by path.
        receipts: the file that it gives as the receipt of an attestation, by its id.
    """

    lies: bool = False
    accomplices: frozenset[str] = frozenset()
    files: dict[str, bytes] = field(default_factory=dict)
    receipts: dict[str, bytes] = field(default_factory=dict)

    @classmethod
    def opened(cls, *, demo: bool = True) -> "RogueHub":
        """Return the hub of a scheme in which everybody is admitted."""
        hub = cls(demo=demo)
        hub.open()
        return hub

    def turn(self, *accomplices: str) -> None:
        """Lie from now on."""
        self.lies, self.accomplices = True, frozenset(accomplices)

    def fork(self) -> "RogueHub":
        """Return the same hub as somebody else shall see it."""
        return copy.deepcopy(self)

    def sign(
        self,
        kind: str,
        by: str,
        *,
        refs: Mapping[str, str] | None = None,
        body: Mapping[str, Value] | None = None,
        key: str = "",
        at: datetime | None = None,
        log: str = LOG,
        name: str = "",
    ) -> SignedAttestation:
        """Return an attestation in whoever's name, signed by a key that this hub can have."""
        owner = key or by
        if self.lies and owner not in OWN | self.accomplices:
            owner = DRAWN
        return super().sign(kind, by, refs=refs, body=body, key=owner, at=at, log=log, name=name)

    def sign_by_passkey(
        self,
        signed: SignedAttestation,
        *,
        rp_id: str = RP_ID,
        verified: bool = True,
        origin: str = WEB_ORIGIN,
        asked: bytes = b"",
    ) -> SignedAttestation:
        """Return a fact as its maker's person signs it; nobody lends a hub a passkey."""
        maker = signed.attestation.by
        if self.lies and maker not in self.accomplices:
            raise PermissionError(f"the hub has no passkey of {maker}")
        return super().sign_by_passkey(
            signed, rp_id=rp_id, verified=verified, origin=origin, asked=asked
        )

    def said(self, seq: int) -> SignedAttestation:
        """Return what an entry says, which the hub has in its database."""
        entry = self.entries[seq]
        wire = entry.signed_bytes or Reveal.decode(self.reveals[seq]).signed
        return SignedAttestation(wire=wire)

    def rewrite(self, change: Callable[[list[Page]], object]) -> None:
        """Change what is in the ledger, and number and chain all of it anew."""
        pages = [(entry, self.reveals.get(entry.seq)) for entry in self.entries]
        change(pages)
        self.entries, self.reveals = [], {}
        prev = chain.FIRST_PREV
        for seq, (entry, reveal) in enumerate(pages):
            linked = replace(entry, seq=seq, prev=prev)
            self.entries.append(linked)
            if reveal is not None:
                self.reveals[seq] = reveal
            prev = chain.link(linked.encode())

    def drop(self, seq: int) -> None:
        """Drop an entry."""
        self.rewrite(lambda pages: pages.pop(seq))

    def swap(self, one: int, other: int) -> None:
        """Let two entries change places."""

        def change(pages: list[Page]) -> None:
            pages[one], pages[other] = pages[other], pages[one]

        self.rewrite(change)

    def edit(self, seq: int, **values: object) -> None:
        """Let an entry say something else, of the day, the kind or whom it shows."""

        def change(pages: list[Page]) -> None:
            entry, reveal = pages[seq]
            pages[seq] = (replace(entry, **values), reveal)  # type: ignore[arg-type]

        self.rewrite(change)

    def cut(self, size: int) -> None:
        """Forget everything from a place on."""
        self.rewrite(lambda pages: pages.__delitem__(slice(size, None)))

    def signed(self, size: int, root: bytes, *, key: SignerKey | None = None) -> bytes:
        """Return a checkpoint that says what the hub wants."""
        stated = Checkpoint(origin=LOG, size=size, root=root)
        return note.sign_note(stated.text(), key or self.log_key)

    def prove(self, seq: int, size: int | None = None) -> Proof:
        """Return the proof that an entry stands where it does."""
        covered, tree = self.size if size is None else size, self.tree
        opener = self.reveals.get(seq)
        return Proof(
            entry=self.entries[seq].encode(),
            reveal=None if opener is None else Reveal.decode(opener),
            path=tuple(merkle.inclusion_path(seq, covered, tree.node)),
            checkpoint=self.checkpoint(covered),
        )

    def write_out(self, folder: Path) -> Path:
        """Write the files of the ledger into a folder, and the false ones over them."""
        super().write_out(folder)
        for path, raw in self.files.items():
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(raw)
        return folder

    def show(self, server: LocalHub) -> str:
        """Serve all of it on this machine; return the address."""
        server.tell_else(self.answer)
        return server.url

    def answer(self, asked: Asked) -> Told:
        """Answer as the exchange would: scheme, directory, receipts and the files of the ledger."""
        address = urlsplit(asked.path)
        if address.path == "/v1/scheme":
            return Told.of(self._scheme())
        if address.path == "/v1/directory":
            after = int(parse_qs(address.query)["after"][0])
            public = (one.seq for one in self.entries if one.kind in PUBLIC_KINDS)
            found = [self.prove(seq).document() for seq in public if seq > after]
            return Told.of({"items": found, "next": None})
        if address.path == "/v1/reveals":
            return Told.of({"items": [], "next": None})
        if address.path.startswith("/v1/receipts/"):
            file = self.receipts.get(address.path.rpartition("/")[2])
            return Told(body=file, headers=TEXT) if file else _MISSING
        raw = self._file(address.path.removeprefix("/ledger/"))
        if raw is None:
            return _MISSING
        is_note = address.path == f"/ledger/{tiles.CHECKPOINT_PATH}"
        return Told(body=raw, headers=TEXT if is_note else OCTETS)

    def _scheme(self) -> dict[str, Value]:
        return {
            "name": "リレー協議会",
            "name_en": "Relay Consortium",
            "origin": LOG,
            "web_origin": WEB_ORIGIN,
            "vkey": self.log_key.verifier.encode(),
            "demo": self.demo,
        }

    def _file(self, path: str) -> bytes | None:
        """Return a file of the ledger, or None."""
        if path in self.files:
            return self.files[path]
        if path == tiles.CHECKPOINT_PATH:
            return self.checkpoint()
        for tile in tiles.new_tiles(0, self.size):
            if tile.path == path:
                return self.tree.tile(tile)
        for bundle in tiles.new_bundles(0, self.size):
            if bundle.path == path:
                first = bundle.index * tiles.FULL_WIDTH
                held = self.entries[first : first + bundle.width]
                return tiles.encode_bundle(one.encode() for one in held)
        return None


_MISSING = Told.problem("not-found", 404, "There is no such thing.")


def busy(hub: RogueHub, relays: int = 1) -> list[HandRelay]:
    """Let so many candidates go all the way through a scheme, honestly; return their relays."""
    done = [HandRelay(ledger=hub) for _ in range(relays)]
    for relay in done:
        relay.until_confirmed()
    return done


def first_of(entries: Iterable[Entry], kind: str) -> int:
    """Return the place of the first entry of a kind."""
    return next(entry.seq for entry in entries if entry.kind == kind)
