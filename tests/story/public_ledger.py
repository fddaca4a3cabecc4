"""A hand-made ledger as a hub serves it to everybody: its files, and the register of keys."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from relay_protocol.directory import PUBLIC_KINDS
from relay_protocol.proof import Proof
from tests.story.hand_ledger import OFFICE, HandLedger, kid_of, log_key
from tests.story.local_hub import Asked, LocalHub, Told


@dataclass(kw_only=True)
class PublicLedger:
    """A ledger on a port of this machine, whose log's key is followed by another.

    Attributes:
        hub: the server.
        folder: where its files lie.
        page: entries of the register that one answer has, at most.
        without: kinds of entries that the register hides.
    """

    hub: LocalHub
    folder: Path
    hand: HandLedger = field(default_factory=HandLedger)
    page: int = 3
    without: frozenset[str] = frozenset()

    @property
    def url(self) -> str:
        """The hub's address."""
        return self.hub.url

    def begin(self) -> None:
        """Open the ledger under its first key, and serve it."""
        self.hand.open()
        self.hand.write_out(self.folder)
        self.hub.tell_else(self.answer)

    def let_follow(self) -> None:
        """Register a second key; from now on both sign."""
        self.hand.register_signing(OFFICE, "log-2", "log")
        self.hand.further_log_signers = ("log-2",)
        self.hand.write_out(self.folder)

    def retire(self) -> None:
        """Revoke the first key; from now on the second signs alone."""
        self.hand.revoke(OFFICE, kid_of("log"))
        self.hand.log_signer, self.hand.further_log_signers = "log-2", ()
        self.hand.write_out(self.folder)

    def answer(self, asked: Asked) -> Told:
        """Answer one request."""
        url = urlsplit(asked.path)
        if url.path == "/v1/directory":
            return self._register({name: int(n[0]) for name, n in parse_qs(url.query).items()})
        place = self.folder / url.path.removeprefix("/ledger/")
        if not url.path.startswith("/ledger/") or not place.is_file():
            return Told.problem("not-found", 404, "There is no such file.")
        kind = "text/plain" if place.name == "checkpoint" else "application/octet-stream"
        return Told(body=place.read_bytes(), headers={"Content-Type": kind})

    def _register(self, query: dict[str, int]) -> Told:
        shown = [one for one in self.hand.entries if one.kind in PUBLIC_KINDS - self.without]
        found = [one for one in shown if one.seq > query["after"]][: self.page]
        proofs = [
            Proof(entry=one.encode(), reveal=None, path=(), checkpoint=self.hand.checkpoint())
            for one in found
        ]
        body = {
            "items": [one.document() for one in proofs],
            "next": found[-1].seq if len(found) == self.page else None,
        }
        return Told(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})


FIRST, SECOND = (log_key(name).verifier for name in ("log", "log-2"))
