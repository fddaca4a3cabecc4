"""A second reader of the ledger, written from docs/spec/ledger.md; it imports nothing of ours.

It checks what everybody can check of a folder: checkpoint, cosignatures, entries, chain, tree and
tiles, organizations and keys, and whatever reveals it is given. It is slow and short on purpose.
"""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256

CLEAR = {
    "scheme.opened",
    "org.admitted",
    "org.cosigned",
    "org.suspended",
    "key.registered",
    "key.revoked",
    "rules.adopted",
    "notice.adopted",
    "reveals.closed",
    "pack.made",
    "period.audited",
}
LINE = re.compile("— ([^ +\n]+) ([A-Za-z0-9+/]+={0,2})\n")
ENTRY_KEYS = {"v", "seq", "prev", "day", "kind", "orgs", "rules"}


class Refused(Exception):  # noqa: N818 (what the page calls it)
    """The ledger does not hold what the page asks of it."""


@dataclass(kw_only=True)
class Key:
    """A key of somebody: from which entry on it counts, and up to which."""

    owner: str
    purpose: str
    jwk: Mapping[str, str]
    since: int
    until: int | None = None

    def counts(self, seq: int) -> bool:
        """Return whether it counts for an entry, or for a checkpoint of that size."""
        return self.since < seq and (self.until is None or seq <= self.until)


@dataclass(kw_only=True)
class Read:
    """What was read of a ledger.

    Attributes:
        root: of the tree over all entries.
        entries: each as the object that it is.
        said: by its place, the attestation of every entry that could be opened.
        witnesses: when each known witness has cosigned the checkpoint, seconds since 1970.
    """

    size: int = 0
    root: bytes = b""
    entries: list[dict[str, object]] = field(default_factory=list)
    said: dict[int, dict[str, object]] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)
    states: dict[str, str] = field(default_factory=dict)
    witnesses: dict[str, int] = field(default_factory=dict)


def require(holds: object, what: str) -> None:
    """Refuse unless something holds."""
    if not holds:
        raise Refused(what)


def sha(*parts: bytes) -> bytes:
    """Return the SHA-256 of parts, one after the other."""
    return hashlib.sha256(b"".join(parts)).digest()


def url64(text: object) -> bytes:
    """Return the bytes of canonical base64url without padding (conventions)."""
    require(isinstance(text, str) and re.fullmatch(r"[A-Za-z0-9_-]*", text), "not base64url")
    raw = base64.urlsafe_b64decode(str(text) + "=" * (-len(str(text)) % 4))
    require(base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == text, "base64url, other form")
    return raw


def plain64(text: str) -> bytes:
    """Return the bytes of canonical base64 with padding (conventions)."""
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise Refused("not base64") from error
    require(base64.b64encode(raw).decode() == text, "base64, other form")
    return raw


def canonical(raw: bytes) -> dict[str, object]:
    """Return the object of canonical bytes (section 1)."""
    try:
        value = json.loads(raw.decode(), parse_float=_never, parse_constant=_never)
    except ValueError as error:
        raise Refused("not JSON") from error
    again = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    require(again.encode() == raw and isinstance(value, dict), "not canonical")
    return dict(value)


def read_folder(
    folder: Path,
    log: str,
    *,
    witnesses: Sequence[str] = (),
    reveals: Mapping[int, bytes] | None = None,
) -> Read:
    """Return what a folder holds, every bit of it checked.

    Args:
        folder: with `checkpoint` and `tile/`.
        log: the log's verifier key.
        witnesses: verifier keys of witnesses.
        reveals: salt and signed attestation, by place.

    Raises:
        Refused: something does not hold.
    """
    result = Read()
    stated, result.witnesses, raw = read_log(folder, log, witnesses)
    result.size, result.root = stated.size, stated.root
    prev, day = bytes(32), ""
    for seq, one in enumerate(raw):
        entry = read_entry(one, seq, prev, day)
        prev, day = sha(one), str(entry["day"])
        result.entries.append(entry)
        signed = _signed(entry, (reveals or {}).get(seq))
        if signed is not None:
            _take(result, seq, entry, signed, log.split("+", maxsplit=1)[0])
    key = result.keys.get(_thumbprint(_log_jwk(log)))
    require(key and key.purpose == "log" and key.counts(result.size), "no key of this log")
    return result


def read_log(
    folder: Path, log: str, witnesses: Sequence[str] = ()
) -> tuple["Stated", dict[str, int], list[bytes]]:
    """Return checkpoint, cosignatures and entries of any log of the kind (5 to 8).

    What the entries mean is not looked at.
    """
    stated, cosigned = open_checkpoint((folder / "checkpoint").read_bytes(), log, witnesses)
    raw = _entries(folder, stated.size)
    leaves = [sha(b"\x00", one) for one in raw]
    require(tree(leaves) == stated.root, "the entries do not make the root")
    _check_tiles(folder, leaves)
    return stated, cosigned, raw


@dataclass(frozen=True, kw_only=True)
class Stated:
    """What a checkpoint says."""

    size: int
    root: bytes


def open_checkpoint(
    raw: bytes, log: str, witnesses: Sequence[str] = ()
) -> tuple[Stated, dict[str, int]]:
    """Return a checkpoint's size and root, and when which witness has cosigned (6 and 7)."""
    text, _, lines = raw.decode().rpartition("\n\n")
    text += "\n"
    require(len(raw) <= 1_000_000 and lines.count("\n") <= 100, "too long a note")
    require("".join(m[0] for m in LINE.finditer(lines)) == lines, "a malformed signature line")
    keys = {one.split("+")[0] + one.split("+")[1]: one for one in (log, *witnesses)}
    held: dict[str, int] = {}
    for name, blob in LINE.findall(lines):
        signature = plain64(blob)
        known = keys.get(name + signature[:4].hex())
        if known is None:
            continue
        held[known] = _check_line(known, text, signature[4:])
    require(log in held, "the log has not signed")
    require(text.count("\n") == 3, "no checkpoint")
    origin, size, root = text[:-1].split("\n")
    require(origin == log.split("+", maxsplit=1)[0], "another checkpoint")
    require(re.fullmatch(r"0|[1-9][0-9]{0,18}", size) and int(size) < 1 << 63, "no size")
    require(len(plain64(root)) == 32, "no root")
    return (
        Stated(size=int(size), root=plain64(root)),
        {key.split("+")[0]: time_s for key, time_s in held.items() if key != log},
    )


def tree(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes (section 5)."""
    if not leaves:
        return sha()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\x01", tree(leaves[:split]), tree(leaves[split:]))


def read_entry(raw: bytes, seq: int, prev: bytes, day: str) -> dict[str, object]:
    """Return an entry that may stand at its place (section 3)."""
    entry = canonical(raw)
    holds = "signed" if entry.get("kind") in CLEAR else "commitment"
    require(entry.keys() == {*ENTRY_KEYS, holds}, f"entry {seq} has other members")
    require([*map(type, (entry["v"], entry["seq"]))] == [int, int], f"entry {seq} has no number")
    require(entry["v"] == 1 and entry["seq"] == seq, f"entry {seq} is another")
    require(url64(entry["prev"]) == prev, f"entry {seq} breaks the chain")
    require(_is_day(str(entry["day"])), f"entry {seq} is of no day")
    require(str(entry["day"]) >= day, f"entry {seq} lies before the last")
    require((seq == 0) == (entry["kind"] == "scheme.opened"), f"entry {seq} opens nothing")
    return entry


def check_receipt(raw: bytes, log: str) -> dict[str, object]:
    """Return the attestation that a `.tlog-proof` file proves (section 9)."""
    head, _, checkpoint = raw.decode().partition("\n\n")
    first, extra, index, *path = head.split("\n")
    require(first == "c2sp.org/tlog-proof@v1", "no proof file")
    require(extra.startswith("extra ") and index.startswith("index "), "no extra or index")
    octets = plain64(extra.removeprefix("extra "))
    length = int.from_bytes(octets[:2])
    entry, reveal = octets[2 : 2 + length], octets[2 + length :]
    stated, _ = open_checkpoint(checkpoint.encode(), log)
    require(re.fullmatch(r"index (0|[1-9][0-9]{0,18})", index), "no index")
    seq, hashes = int(index.removeprefix("index ")), [plain64(one) for one in path]
    require(all(len(one) == 32 for one in hashes), "a hash of another length")
    reached = _climb(sha(b"\x00", entry), seq, stated.size, hashes)
    require(reached == stated.root, "the path leads elsewhere")
    value = canonical(entry)
    require(value["seq"] == seq, "another entry")
    signed = _signed(value, reveal or None)
    require(signed is not None, "nothing opens the entry")
    return _attestation(signed or b"")[0]


def tile_path(kind: str, index: int, width: int) -> str:
    """Return where a tile lies (section 8)."""
    digits = f"{index:03d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return f"tile/{kind}/{name}" + ("" if width == 256 else f".p/{width}")


def _is_day(text: str) -> bool:
    """Return whether a text is a day of the calendar, `YYYY-MM-DD`."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object in which no key stands twice."""
    found = dict(pairs)
    require(len(found) == len(pairs), "a key twice")
    return found


def _never(text: str) -> object:
    raise Refused(f"no integer: {text}")


def _check_line(key: str, text: str, signature: bytes) -> int:
    """Return the time of a cosignature, 0 for a signature; refuse a false one."""
    name, key_id, blob = key.split("+", 2)
    octets = plain64(blob)
    require(sha(name.encode(), b"\n", octets)[:4].hex() == key_id, "a malformed key")
    message, time_s = text.encode(), 0
    if octets[0] == 4:
        time_s, signature = int.from_bytes(signature[:8]), signature[8:]
        require(0 < time_s < 1 << 63, "no time")
        message = b"cosignature/v1\ntime %d\n" % time_s + message
    _check_ed25519(octets[1:], signature, message)
    return time_s


def _check_ed25519(public: bytes, signature: bytes, message: bytes) -> None:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError) as error:
        raise Refused("a false signature") from error


def _entries(folder: Path, size: int) -> list[bytes]:
    """Return the bytes of all entries (section 8)."""
    found: list[bytes] = []
    for index in range(-(-size // 256)):
        raw = _file(folder, "entries", index, min(256, size - 256 * index))
        while raw:
            length = int.from_bytes(raw[:2])
            require(len(raw) >= 2 + length and len(found) < size, "a bundle too long or short")
            found.append(raw[2 : 2 + length])
            raw = raw[2 + length :]
        require(len(found) == min(size, 256 * (index + 1)), "a bundle of another width")
    return found


def _file(folder: Path, kind: str, index: int, width: int) -> bytes:
    return (folder / tile_path(kind, index, width)).read_bytes()


def _check_tiles(folder: Path, leaves: Sequence[bytes]) -> None:
    """Refuse a tile that the leaves do not make (section 8)."""
    row, level = list(leaves), 0
    while row:
        for index in range(-(-len(row) // 256)):
            part = row[256 * index : 256 * (index + 1)]
            served = _file(folder, str(level), index, len(part))
            require(served == b"".join(part), "another tile")
        whole = range(0, len(row) // 256 * 256, 256)
        row, level = [tree(row[at : at + 256]) for at in whole], level + 1


def _climb(node: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    """Return the root that an inclusion path leads to (RFC 9162, section 2.1.3.2)."""
    last = size - 1
    require(0 <= index <= last, "an index beyond the tree")
    for step in path:
        require(len(step) == 32 and last > 0, "a path too long")
        if index % 2 or index == last:
            node = sha(b"\x01", step, node)
            while not index % 2 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha(b"\x01", node, step)
        index, last = index >> 1, last >> 1
    require(last == 0, "a path too short")
    return node


def _signed(entry: Mapping[str, object], reveal: bytes | None) -> bytes | None:
    """Return the signed attestation of an entry, if it can be opened (section 3)."""
    if "signed" in entry:
        again = json.dumps(
            entry["signed"], ensure_ascii=False, sort_keys=True, separators=(",", ":")
        )
        return again.encode()
    if reveal is None:
        return None
    committed = sha(b"career-relay/commitment/v1\x00", reveal[:32], reveal[32:])
    require(committed == url64(entry["commitment"]), f"entry {entry['seq']}: another reveal")
    return reveal[32:]


def _attestation(signed: bytes) -> tuple[dict[str, object], dict[str, object]]:
    """Return what was said, and the object that carries it and its signature (section 2)."""
    carrier = canonical(signed)
    if "jws" in carrier:
        return canonical(url64(str(carrier["jws"]).split(".")[1])), carrier
    parts = carrier["assertion"]
    require(isinstance(parts, dict), "no assertion")
    return canonical(url64(dict(parts)["attestation"])), carrier  # type: ignore[call-overload]


def _take(result: Read, seq: int, entry: Mapping[str, object], signed: bytes, log: str) -> None:
    """Check who said what an entry holds, and add it to the directory (section 12)."""
    said, carrier = _attestation(signed)
    by, body = str(said["by"]), dict(said["body"])  # type: ignore[call-overload]
    require(said["kind"] == entry["kind"] and said["log"] == log, f"entry {seq}: another's")
    if seq == 0:
        named = body["keys"]
        log_key = _log_jwk(str(named["log"]))
        first = {"sign": named["operator"], "hub": named["hub"], "log": log_key}
        for purpose, jwk in first.items():
            since = -1 if purpose == "sign" else 0
            result.keys[_thumbprint(jwk)] = Key(owner=by, purpose=purpose, jwk=jwk, since=since)
        result.said[-1] = body
        result.states[by] = result.states["hub"] = "active"
    require(result.states.get(by) == "active", f"entry {seq}: {by} was not active")
    _check_signature(result, seq, by, carrier)
    result.said[seq] = said
    _fold(result, seq, said, body)


def _check_signature(result: Read, seq: int, by: str, carrier: Mapping[str, object]) -> None:
    """Refuse what no standing key of its maker has signed (sections 2 and 12)."""
    if "jws" in carrier:
        header, payload, signature = str(carrier["jws"]).split(".")
        kid = str(canonical(url64(header))["kid"])
        owner, purpose = (result.said[-1]["operator"], "hub") if by == "hub" else (by, "sign")
        key = _standing(result, seq, str(owner), kid, purpose)
        _check_ed25519(url64(key.jwk["x"]), url64(signature), f"{header}.{payload}".encode())
        return
    parts = {name: url64(text) for name, text in dict(carrier["assertion"]).items()}  # type: ignore[call-overload]
    name = base64.urlsafe_b64encode(parts["credential"]).rstrip(b"=").decode()
    key = _standing(result, seq, by, name, "passkey")
    client = json.loads(parts["client_data"], object_pairs_hook=_once)
    require(isinstance(client, dict) and client["type"] == "webauthn.get", "not signed")
    require(client.get("crossOrigin", False) is False, "from another site's page")
    require("topOrigin" not in client, "within another page")
    require(url64(client["challenge"]) == sha(parts["attestation"]), "another challenge")
    require(client["origin"] == result.said[-1]["web_origin"], "another site")
    answer = parts["authenticator_data"]
    require(answer[:32] == sha(str(result.said[-1]["rp_id"]).encode()), "another party")
    require(answer[32] & 5 == 5, "nobody present, or not verified")
    require(len(answer) == 37 or (len(answer) > 37 and answer[32] & 0xC0), "bytes unannounced")
    public = EllipticCurvePublicNumbers(
        int.from_bytes(url64(key.jwk["x"])), int.from_bytes(url64(key.jwk["y"])), SECP256R1()
    ).public_key()
    try:
        public.verify(parts["signature"], answer + sha(parts["client_data"]), ECDSA(SHA256()))
    except InvalidSignature as error:
        raise Refused(f"entry {seq}: a false signature") from error


def _standing(result: Read, seq: int, by: str, name: str, purpose: str) -> Key:
    """Return a key that counted at a place."""
    key = result.keys.get(name)
    if key is None or (key.owner, key.purpose) != (by, purpose):
        raise Refused(f"entry {seq}: no key of {by}")
    require(key.counts(seq), f"entry {seq}: a key that did not count")
    return key


def _fold(result: Read, seq: int, said: Mapping[str, object], body: Mapping[str, object]) -> None:
    """Add what an entry says of organizations and keys (section 12)."""
    by, kind = str(said["by"]), said["kind"]
    if kind == "org.admitted":
        slug = str(body["slug"])
        others = set(result.states) - {"hub", str(result.said[-1]["operator"])}
        first = not any(result.states[one] == "active" for one in others)
        new = slug not in result.states
        require(new or result.states[slug] == "suspended", f"entry {seq}: admitted twice")
        for key in result.keys.values():
            if key.owner == slug and key.until is None:
                key.until = seq
        result.states[slug] = "active" if first and new else f"pending {said['id']}"
        _register(result, seq, slug, "sign", body["key"], "")
    elif kind == "org.cosigned":
        admission = dict(said["refs"])["admission"]  # type: ignore[call-overload]
        for slug, state in result.states.items():
            if state == f"pending {admission}" and by not in {slug, result.said[-1]["operator"]}:
                require(body["fingerprint"] in result.keys, f"entry {seq}: another key")
                result.states[slug] = "active"
    elif kind == "org.suspended":
        result.states[str(body["slug"])] = "suspended"
    elif kind == "key.registered":
        purpose = str(body["purpose"])
        by_operator = by == result.said[-1]["operator"]
        require(by_operator or purpose not in {"log", "hub"}, f"entry {seq}: not its key")
        _register(result, seq, by, purpose, body["key"], str(body["credential"]))
    elif kind == "key.revoked":
        key = result.keys[str(body["kid"])]
        require(key.owner == by, f"entry {seq}: another's key")
        key.until = seq if key.until is None else key.until


def _register(
    result: Read, seq: int, owner: str, purpose: str, jwk: object, credential: str
) -> None:
    members = {str(name): str(text) for name, text in dict(jwk).items()}  # type: ignore[call-overload]
    name = credential or _thumbprint(members)
    require(name not in result.keys, f"entry {seq}: a key again")
    result.keys[name] = Key(owner=owner, purpose=purpose, jwk=members, since=seq)


def _log_jwk(vkey: str) -> dict[str, str]:
    """Return the key in a verifier key, as a JWK (section 15)."""
    raw = plain64(vkey.split("+", 2)[2])[1:]
    x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    return {"crv": "Ed25519", "kty": "OKP", "x": x}


def _thumbprint(jwk: Mapping[str, str]) -> str:
    """Return the RFC 7638 thumbprint of a key."""
    raw = json.dumps(dict(jwk), sort_keys=True, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(sha(raw)).rstrip(b"=").decode()
