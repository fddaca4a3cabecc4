"""Another maker's witness, from the text of C2SP tlog-witness alone; it can also misbehave.

Nothing of ours is used: not our notes, our tree or our requests.
"""

import base64
import hashlib
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from tests.story.local_hub import Asked, LocalHub, Told

TEXT = {"Content-Type": "text/plain; charset=utf-8"}
SIZE = {"Content-Type": "text/x.tlog.size"}
TIME_S = 1_800_000_000

Misbehaves = Callable[[Asked], Told]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a witness remembers of a log."""

    size: int
    root: bytes
    note: bytes


@dataclass(kw_only=True)
class OtherWitness:
    """A witness of one log.

    Attributes:
        origin: the log's first line.
        log_key: the log's Ed25519 key, 32 bytes.
        misbehaves: answers instead, where it is set.
        time_s: the time of its clock.
    """

    name: str
    origin: str
    log_key: bytes
    url: str = ""
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    misbehaves: Misbehaves | None = None
    time_s: int = TIME_S
    seen: Seen | None = None
    asked: int = 0
    _lock: Lock = field(default_factory=Lock)

    @property
    def vkey(self) -> str:
        """Its verifier key, as policies hold it."""
        public = self.key.public_key().public_bytes_raw()
        encoded = _b64(b"\x04" + public)
        return f"{self.name}+{self._key_id().hex()}+{encoded}"

    @property
    def policy_line(self) -> str:
        """Its line of a policy."""
        return f"witness {self.name} {self.vkey} {self.url}"

    def answer(self, asked: Asked) -> Told:
        """Answer one request."""
        shown = f"/{hashlib.sha256(self.origin.encode()).hexdigest()}/checkpoint"
        if asked.method == "GET" and asked.path == shown and self.seen is not None:
            return Told(body=self.seen.note, headers=TEXT)
        if asked.method != "POST" or asked.path != "/add-checkpoint":
            return Told(status=404, body=b"no such page", headers=TEXT)
        with self._lock:
            self.asked += 1
            if self.misbehaves is not None:
                return self.misbehaves(asked)
            return self.judge(asked.body)

    def judge(self, body: bytes) -> Told:
        """Cosign a checkpoint that continues the one before, or say why not."""
        head, _, note = body.partition(b"\n\n")
        old_line, *proof = head.decode("ascii").split("\n")
        old_size = int(old_line.removeprefix("old "))
        text, _, signatures = note.decode().rpartition("\n\n")
        origin, size, root = text.split("\n")
        text += "\n"
        if origin != self.origin:
            return Told(status=404, body=b"unknown log", headers=TEXT)
        if not any(self._signed(line, text) for line in signatures.splitlines()):
            return Told(status=403, body=b"not signed by the log", headers=TEXT)
        if old_size > int(size):
            return Told(status=400, body=b"old size too large", headers=TEXT)
        known = 0 if self.seen is None else self.seen.size
        if old_size != known:
            return Told(status=409, body=f"{known}\n".encode(), headers=SIZE)
        new_root = base64.b64decode(root, validate=True)
        path = [base64.b64decode(line, validate=True) for line in proof]
        if self.seen is not None and not continues(
            known, self.seen.root, int(size), new_root, path
        ):
            same = known == int(size)
            return Told(status=409 if same else 422, body=b"inconsistent", headers=TEXT)
        line = self.cosignature(text)
        self.seen = Seen(size=int(size), root=new_root, note=note + line)
        return Told(body=line, headers=TEXT)

    def cosignature(self, text: str) -> bytes:
        """Return its signature line over a checkpoint's text."""
        message = f"cosignature/v1\ntime {self.time_s}\n{text}".encode()
        signature = struct.pack(">Q", self.time_s) + self.key.sign(message)
        return f"— {self.name} {_b64(self._key_id() + signature)}\n".encode()

    def _key_id(self) -> bytes:
        public = self.key.public_key().public_bytes_raw()
        return hashlib.sha256(self.name.encode() + b"\n\x04" + public).digest()[:4]

    def _signed(self, line: str, text: str) -> bool:
        name, encoded = line.removeprefix("— ").split(" ")
        raw = base64.b64decode(encoded, validate=True)
        key_id = hashlib.sha256(self.origin.encode() + b"\n\x01" + self.log_key).digest()[:4]
        if name != self.origin or raw[:4] != key_id:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(self.log_key).verify(raw[4:], text.encode())
        except InvalidSignature:
            return False
        return True


def continues(
    old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: list[bytes]
) -> bool:
    """Return whether a consistency path leads from an older tree to a newer (RFC 9162, 2.1.4.2)."""
    if old_size == new_size:
        return not path and old_root == new_root
    if not path:
        return False
    steps = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = _node(step, first), _node(step, second)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = _node(second, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and (first, second) == (old_root, new_root)


@contextmanager
def listening(witness: OtherWitness) -> Iterator[OtherWitness]:
    """Let a witness answer on a port of this machine."""
    server = LocalHub()
    server.tell_else(witness.answer)
    witness.url = server.url
    try:
        yield witness
    finally:
        server.close()


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
