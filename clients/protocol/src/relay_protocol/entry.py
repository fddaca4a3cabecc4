"""The public entry of the ledger, and the reveal that opens what it only commits to."""

import hashlib
import re
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from itertools import repeat
from typing import TypeVar

from relay_protocol import canonical
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_bytes, b64url_decode, b64url_encode
from relay_protocol.errors import CanonicalError, EntryError, RevealError

Kind = TypeVar("Kind", int, str, list[Value], dict[str, Value])

VERSION = 1
HASH_BYTES = 32
SALT_BYTES = 32

CLEAR_KINDS = frozenset(
    {
        "scheme.opened",
        "org.admitted",
        "org.suspended",
        "org.cosigned",
        "key.registered",
        "key.revoked",
        "rules.proposed",
        "rules.adopted",
        "notice.adopted",
        "reveals.closed",
        "pack.made",
        "period.audited",
    }
)
"""Kinds whose signed attestation stands in the entry itself."""

COMMITTED_KINDS = frozenset(
    {
        "referral.invited",
        "consent.given",
        "consent.changed",
        "consent.withdrawn",
        "profile.added",
        "profile.listed",
        "profile.unlisted",
        "persons.linked",
        "claim.made",
        "claim.bound",
        "claim.approved",
        "claim.declined",
        "claim.ended",
        "identity.released",
        "identity.received",
        "introduction.made",
        "hire.reported",
        "hire.confirmed",
        "objection.raised",
        "objection.decided",
        "slot.reserved",
        "slot.ended",
        "slot.redeemed",
        "points.moved",
        "fact.kept",
        "period.settled",
    }
)
"""Kinds of which the entry shows a commitment only."""

KINDS = CLEAR_KINDS | COMMITTED_KINDS

_REMEMBERED = 4_096
"""How many days, and how many ways to show organizations, are judged once each."""

_COMMITMENT_DOMAIN = b"career-relay/commitment/v1\x00"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_SLUG = re.compile(r"[a-z][a-z0-9-]{1,30}", re.ASCII)
# Before the first rules are adopted an entry names none. Longer texts could say anything.
_RULES = re.compile(r"(?:[A-Za-z0-9][A-Za-z0-9._-]{0,31})?", re.ASCII)
_SHARED_KEYS = frozenset({"v", "seq", "prev", "day", "kind", "orgs", "rules"})


def committed_form(hashes: bytes) -> bytes:
    """Return an expression for the canonical bytes of almost every committed entry.

    Groups: commitment, day, what is shown, prev, rules, seq. Bytes that it matches are a valid
    entry if besides is_day() and is_shown() hold and both hashes are canonical base64url. Of
    bytes that it does not match nothing is said: Entry.decode() reads those in full.

    Args:
        hashes: the expression for the text of a hash.
    """
    return (
        rb'\{"commitment":"(%b)","day":"([0-9-]{10})",'
        rb'"kind":"([a-z.]{1,32}","orgs":\[[a-z0-9",-]{0,400})\],"prev":"(%b)",'
        rb'"rules":"((?:[A-Za-z0-9][A-Za-z0-9._-]{0,31})?)","seq":(0|[1-9][0-9]{0,14}),"v":1\}'
    ) % (hashes, hashes)


_COMMITTED = re.compile(committed_form(rb"[A-Za-z0-9_-]{43}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the ledger; there is none whose values are not valid.

    Attributes:
        seq: its place, from 0.
        prev: chain.link() of the entry before it, 32 bytes.
        day: the day of the fact, `YYYY-MM-DD`.
        kind: one of KINDS.
        orgs: slugs of the organizations shown, sorted.
        rules: the version of the rules in force, or "" before the first.
        signed: the signed attestation of a clear kind, a JSON object.
        commitment: commit() of the signed attestation of any other kind, 32 bytes.
    """

    seq: int
    prev: bytes
    day: str
    kind: str
    orgs: tuple[str, ...]
    rules: str
    signed: Mapping[str, Value] | None = None
    commitment: bytes | None = None
    v: int = VERSION

    def __post_init__(self) -> None:
        """Refuse values that no entry can have."""
        if type(self.v) is not int or self.v != VERSION:
            raise EntryError("an entry of an unknown version")
        if type(self.seq) is not int or not 0 <= self.seq <= canonical.MAX_INTEGER:
            raise EntryError("an entry's seq is a number from 0")
        _require_hash(self.prev)
        _require_day(self.day)
        _require_orgs(self.orgs)
        if not _RULES.fullmatch(self.rules):
            raise EntryError("an entry's rules are not the name of a version")
        if self.kind in CLEAR_KINDS:
            if self.signed is None or self.commitment is not None:
                raise EntryError(f"an entry {self.kind} holds its signed attestation")
            _require_object(self.signed)
        elif self.kind in COMMITTED_KINDS:
            if self.commitment is None or self.signed is not None:
                raise EntryError(f"an entry {self.kind} holds a commitment")
            _require_hash(self.commitment)
        else:
            raise EntryError("an entry of an unknown kind")

    @property
    def signed_bytes(self) -> bytes | None:
        """The canonical bytes of the signed attestation of a clear entry."""
        return None if self.signed is None else canonical.encode(self.signed)

    def encode(self) -> bytes:
        """Return the entry's canonical bytes, of which leaf and link are hashes.

        Raises:
            EntryError: they are more than 65,535.
        """
        if self.commitment is not None:
            return self._encode_committed(self.commitment)
        value: dict[str, canonical.Encodable] = {
            "v": self.v,
            "seq": self.seq,
            "prev": b64url_encode(self.prev),
            "day": self.day,
            "kind": self.kind,
            "orgs": self.orgs,
            "rules": self.rules,
            "signed": self.signed,
        }
        try:
            return canonical.encode(value)
        except CanonicalError as error:
            raise EntryError("the entry has no canonical bytes") from error

    def _encode_committed(self, commitment: bytes) -> bytes:
        """Return the bytes of an entry in which nothing is left that JSON would escape."""
        raw = (
            f'{{"commitment":"{b64url_encode(commitment)}","day":"{self.day}",'
            f'"kind":"{self.kind}","orgs":{_list(self.orgs)},"prev":"{b64url_encode(self.prev)}",'
            f'"rules":"{self.rules}","seq":{self.seq},"v":{self.v}}}'
        ).encode()
        if len(raw) > canonical.MAX_BYTES:
            raise EntryError("the entry has no canonical bytes")
        return raw

    @classmethod
    def decode(cls, raw: bytes) -> "Entry":
        """Return the entry of canonical bytes; its encode() gives these very bytes again.

        Raises:
            EntryError: the bytes are not canonical, or say anything but a valid entry.
        """
        match = _COMMITTED.fullmatch(raw)
        return (match and _committed(*match.groups())) or cls._decode_in_full(raw)

    @classmethod
    def decode_all(cls, raws: Sequence[bytes]) -> "Iterable[Entry]":
        """Return what decode() gives for each of some bytes; hashes of many are read at once.

        Raises:
            EntryError: as decode() does, at the latest once it is the entry's turn.
        """
        return _all_committed(raws) or map(cls.decode, raws)

    @classmethod
    def _decode_in_full(cls, raw: bytes) -> "Entry":
        """Return the entry of any canonical bytes."""
        try:
            value = canonical.decode(raw)
            if not isinstance(value, dict):
                raise EntryError("an entry is a JSON object")
            if value.keys() - _SHARED_KEYS not in ({"signed"}, {"commitment"}):
                raise EntryError("an entry has exactly the keys of its kind")
            return cls(
                v=_typed(value["v"], int),
                seq=_typed(value["seq"], int),
                prev=_hash(value["prev"]),
                day=_typed(value["day"], str),
                kind=_typed(value["kind"], str),
                orgs=tuple(_typed(org, str) for org in _typed(value["orgs"], list)),
                rules=_typed(value["rules"], str),
                signed=_typed(value["signed"], dict) if "signed" in value else None,
                commitment=_hash(value["commitment"]) if "commitment" in value else None,
            )
        except (CanonicalError, KeyError) as error:
            raise EntryError("not the canonical bytes of an entry") from error


_PUT: Sequence[Callable[[Entry, object], None]] = tuple(
    vars(Entry)[one.name].__set__ for one in fields(Entry)
)
"""What sets each attribute of an entry whose values are judged already.

__init__ would judge them once more, at several times the cost: a million are read.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reveal:
    """What opens a commitment: the salt, and the bytes of the signed attestation."""

    salt: bytes
    signed: bytes

    def __post_init__(self) -> None:
        """Refuse a salt of another length, and what is no canonical JSON object."""
        if len(self.salt) != SALT_BYTES:
            raise RevealError(f"a reveal's salt has {SALT_BYTES} bytes")
        try:
            value = canonical.decode(self.signed)
        except CanonicalError as error:
            raise RevealError("a reveal's attestation is not canonical") from error
        if not isinstance(value, dict):
            raise RevealError("a reveal's attestation is no JSON object")

    @property
    def commitment(self) -> bytes:
        """The commitment that this reveal opens, 32 bytes."""
        return commit(self.salt, self.signed)

    def encode(self) -> bytes:
        """Return the reveal's bytes: salt, then signed attestation."""
        return self.salt + self.signed

    @classmethod
    def decode(cls, raw: bytes) -> "Reveal":
        """Return the reveal of its bytes.

        Raises:
            RevealError: the bytes are too few, or no canonical object follows the salt.
        """
        return cls(salt=raw[:SALT_BYTES], signed=raw[SALT_BYTES:])


def commit(salt: bytes, signed: bytes) -> bytes:
    """Return the commitment to a signed attestation: SHA-256 over domain, 00, salt, attestation.

    Args:
        salt: 32 bytes drawn for this entry alone.
        signed: the canonical bytes of the signed attestation.

    Raises:
        RevealError: the salt has another length.
    """
    if len(salt) != SALT_BYTES:
        raise RevealError(f"a reveal's salt has {SALT_BYTES} bytes")
    return hashlib.sha256(_COMMITMENT_DOMAIN + salt + signed).digest()


def check_reveal(entry: Entry, reveal: Reveal) -> None:
    """Return if a reveal opens the commitment of an entry.

    Raises:
        RevealError: it does not, or the entry is clear and commits to nothing.
    """
    if reveal.commitment != entry.commitment:
        raise RevealError(f"the reveal does not open entry {entry.seq}")


def is_day(text: bytes) -> bool:
    """Return whether a text is a day of the calendar in its one form."""
    return _day(text) is not None


def is_shown(text: bytes) -> bool:
    """Return whether a text, the third of committed_form(), is a committed kind with slugs."""
    return _shown(text) is not None


def is_slug(text: str) -> bool:
    """Return whether a text can be an organization's slug: a letter, then 1 to 30 of a-z0-9-."""
    return _SLUG.fullmatch(text) is not None


def _require_hash(value: bytes) -> None:
    """Refuse what is not a SHA-256 hash by its length."""
    if len(value) != HASH_BYTES:
        raise EntryError("an entry's prev and commitment have 32 bytes")


@lru_cache(_REMEMBERED)
def _day(text: bytes) -> str | None:
    """Return a day as an entry has it, or None if the text is none."""
    day = text.decode()
    try:
        _require_day(day)
    except EntryError:
        return None
    return day


@lru_cache(_REMEMBERED)
def _shown(text: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Return kind and organizations as an entry has them, or None if the text is neither."""
    kind, _, rest = text.decode().partition('","orgs":[')
    orgs = tuple(rest[1:-1].split('","')) if rest else ()
    if kind not in COMMITTED_KINDS or _list(orgs) != f"[{rest}]":
        return None
    try:
        _require_orgs(orgs)
    except EntryError:
        return None
    return kind, orgs


def _committed(  # the groups of committed_form()
    commitment: bytes, day: bytes, shown: bytes, prev: bytes, rules: bytes, seq: bytes
) -> Entry | None:
    """Return the entry of these parts, or None if one of them is not valid."""
    try:
        hashes = b64url_bytes(commitment), b64url_bytes(prev)
    except CanonicalError:
        return None
    known_day, known = _day(day), _shown(shown)
    if known_day is None or known is None:
        return None
    entry = object.__new__(Entry)
    values = (int(seq), hashes[1], known_day, *known, _name(rules), None, hashes[0], VERSION)
    for put, value in zip(_PUT, values, strict=True):
        put(entry, value)
    return entry


def _all_committed(raws: Sequence[bytes]) -> list[Entry] | None:
    """Return the entries of bytes that are all of committed_form(), or None: decode() can tell."""
    found = [match.groups() for match in map(_COMMITTED.fullmatch, raws) if match is not None]
    if not found or len(found) < len(raws):
        return None
    commitments, days, shown, prevs, rules, seqs = zip(*found, strict=True)
    hashes = _hashes(prevs), _hashes(commitments)
    known_days = [one for one in map(_day, days) if one is not None]
    known = [one for one in map(_shown, shown) if one is not None]
    if hashes[0] is None or hashes[1] is None or not len(known_days) == len(known) == len(found):
        return None
    kinds, orgs = zip(*known, strict=True)
    return _judged(
        list(map(int, seqs)), hashes[0], known_days, kinds, orgs, list(map(_name, rules)), hashes[1]
    )


def _hashes(texts: Sequence[bytes]) -> list[bytes] | None:
    """Return the hashes of texts of 43 signs, or None where one is not the only text of its hash.

    With an A behind it each is the text of 33 bytes, of which the last is zero.
    """
    try:
        raw = b64url_bytes(b"A".join((*texts, b"")))
    except CanonicalError:
        return None
    if raw[HASH_BYTES :: HASH_BYTES + 1] != bytes(len(texts)):
        return None
    return [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES + 1)]


def _judged(  # the attributes of entries, in their order
    seqs: Sequence[int],
    prevs: Sequence[bytes],
    days: Sequence[str],
    kinds: Sequence[str],
    orgs: Sequence[tuple[str, ...]],
    rules: Sequence[str],
    commitments: Sequence[bytes],
) -> list[Entry]:
    """Return committed entries of which all is judged, as __init__ would judge it once more."""
    entries = [object.__new__(Entry) for _ in seqs]
    unsigned, version = repeat(None), repeat(VERSION)
    shown = (seqs, prevs, days, kinds, orgs, rules)
    columns: tuple[Iterable[object], ...] = (*shown, unsigned, commitments, version)
    for put, column in zip(_PUT, columns, strict=True):
        deque(map(put, entries, column), maxlen=0)
    return entries


@lru_cache(_REMEMBERED)
def _name(text: bytes) -> str:
    """Return a version's name, the same text each time."""
    return text.decode()


def _list(slugs: tuple[str, ...]) -> str:
    """Return the JSON of slugs."""
    return "[" + ",".join(f'"{slug}"' for slug in slugs) + "]"


@lru_cache(_REMEMBERED)
def _require_day(day: str) -> None:
    """Refuse what is no day of the calendar in its one form."""
    try:
        if not _DAY.fullmatch(day):
            raise EntryError("an entry's day is written YYYY-MM-DD")
        date.fromisoformat(day)
    except ValueError as error:
        raise EntryError("an entry's day is not in the calendar") from error


@lru_cache(_REMEMBERED)
def _require_orgs(orgs: tuple[str, ...]) -> None:
    """Refuse organizations that are not slugs, or not sorted, or named twice."""
    if not all(map(is_slug, orgs)):
        raise EntryError("an entry's orgs are slugs")
    if list(orgs) != sorted(set(orgs)):
        raise EntryError("an entry's orgs are sorted, each once")


def _require_object(signed: Mapping[str, Value]) -> None:
    """Refuse a signed attestation without canonical bytes."""
    try:
        canonical.encode(signed)
    except CanonicalError as error:
        raise EntryError("an entry's signed attestation has no canonical bytes") from error


def _hash(value: Value) -> bytes:
    """Return the bytes of a decoded value that is base64url."""
    return b64url_decode(_typed(value, str))


def _typed(value: Value, kind: type[Kind]) -> Kind:
    """Return a decoded value that is of the kind its place asks for; true is no number."""
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise EntryError(f"an entry holds another value where {kind.__name__} belongs")
    return value
