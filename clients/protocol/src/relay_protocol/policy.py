"""Whom an auditor believes: logs, witnesses, and how many of them it takes (C2SP tlog-policy)."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from relay_protocol.errors import NoteError, PolicyError
from relay_protocol.note import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    OpenedNote,
    VerifierKey,
    open_note,
)

MAX_LOGS = MAX_WITNESSES = MAX_GROUPS = 64
MAX_BYTES = 100_000
NO_QUORUM = "none"

_ALL, _ANY = "all", "any"
_THRESHOLD = re.compile(r"[1-9][0-9]{0,3}", re.ASCII)
_SPACE = re.compile(r"[ \t]+")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LOG_FORM = "log <verifier key> [<url>]"
_WITNESS_FORM = "witness <name> <verifier key> [<url>]"
_GROUP_FORM = "group <name> all|any|<number> <member>…"
_QUORUM_FORM = "quorum <name>|none"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """A log that may be believed: its key, whose name is the log's origin, and its address."""

    vkey: VerifierKey
    url: str = ""

    def text(self) -> str:
        """Return the line of the policy, without its newline."""
        return f"log {self.vkey.encode()} {self.url}".rstrip(" ")


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessLine:
    """A witness: its name within the policy, its key, and where it is asked."""

    name: str
    vkey: VerifierKey
    url: str = ""

    def text(self) -> str:
        """Return the line of the policy, without its newline."""
        return f"witness {self.name} {self.vkey.encode()} {self.url}".rstrip(" ")


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """Witnesses and groups of which a number must have cosigned for the whole to count."""

    name: str
    threshold: int
    members: tuple[str, ...]

    def text(self) -> str:
        """Return the line of the policy, without its newline."""
        return " ".join(("group", self.name, str(self.threshold), *self.members))


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What a policy establishes about a signed checkpoint.

    Attributes:
        checkpoint: signed by a log of the policy.
        cosigned: the latest cosignature of each witness, an aware instant by its policy name.
        is_quorate: whether these witnesses meet the quorum.
        quorum_at: the latest instant at which they met it; None where they do not, or where
            the policy asks for no witness.
    """

    checkpoint: Checkpoint
    cosigned: Mapping[str, datetime]
    is_quorate: bool
    quorum_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Logs, witnesses, groups of these, and which of them must have cosigned a checkpoint.

    A group may have only witnesses and earlier groups as members, and nobody is a member
    twice: each witness counts in one way.
    """

    logs: tuple[LogLine, ...] = ()
    witnesses: tuple[WitnessLine, ...] = ()
    groups: tuple[GroupLine, ...] = ()
    quorum: str = NO_QUORUM

    def __post_init__(self) -> None:
        """Refuse lines that contradict one another, as parse() does."""
        draft = _Draft()
        for log in self.logs:
            draft.add_log(log)
        for witness in self.witnesses:
            draft.add_witness(witness)
        for group in self.groups:
            draft.add_group(group)
        draft.set_quorum(self.quorum)

    @classmethod
    def decode(cls, raw: bytes) -> "Policy":
        """Return the policy of a file's bytes; what is not ASCII in it has no meaning of its own.

        Raises:
            PolicyError: as parse().
        """
        if len(raw) > MAX_BYTES:
            raise PolicyError(
                f"a policy has at most {MAX_BYTES} bytes", mend="Take out comments and old lines."
            )
        return cls.parse(raw.decode("utf-8", "surrogateescape"))

    @classmethod
    def parse(cls, text: str) -> "Policy":
        """Return the policy of a file's text (C2SP tlog-policy).

        Raises:
            PolicyError: a line has another form, defines again or names what is not defined
                above it, or there is not exactly one quorum; with the line and its mend.
        """
        draft = _Draft()
        for number, line in enumerate(text.split("\n"), start=1):
            try:
                draft.read(line)
            except PolicyError as error:
                raise PolicyError(error.detail, mend=error.mend, line=number) from error
            except NoteError as error:
                raise PolicyError(
                    f"not a verifier key that can be used ({error})",
                    mend="Copy the key again: <name>+<8 hex digits>+<base64>.",
                    line=number,
                ) from error
        if draft.quorum is None:
            raise PolicyError(
                "there is no quorum line",
                mend=f"End the file with `{_QUORUM_FORM}`: the witnesses that it takes, or none.",
            )
        return cls(
            logs=tuple(draft.logs),
            witnesses=tuple(draft.witnesses),
            groups=tuple(draft.groups),
            quorum=draft.quorum,
        )

    def text(self) -> str:
        """Return the file of this policy: one line each, groups behind what they are made of."""
        lines: list[LogLine | WitnessLine | GroupLine] = [*self.logs, *self.witnesses]
        lines += self.groups
        return "\n".join((*(line.text() for line in lines), f"quorum {self.quorum}", ""))

    def is_met_by(self, names: Collection[str]) -> bool:
        """Return whether these witnesses, by their policy names, are the quorum."""
        if self.quorum == NO_QUORUM:
            return True
        present = {witness.name for witness in self.witnesses} & set(names)
        for group in self.groups:
            if len(present.intersection(group.members)) >= group.threshold:
                present.add(group.name)
        return self.quorum in present

    def check(self, raw: bytes, *, log_keys: Iterable[VerifierKey] = ()) -> Witnessed:
        """Return what the signatures of a checkpoint establish; freshness is the caller's to judge.

        Args:
            raw: the signed note.
            log_keys: keys to believe beside the policy's own, such as one that followed it.

        Raises:
            NoteError: no log of the policy with the checkpoint's origin has signed it, a known
                key's signature is false or of an impossible time, or it is no checkpoint.
        """
        logs = tuple(dict.fromkeys((*(log.vkey for log in self.logs), *log_keys)))
        opened = open_note(raw, (*logs, *(witness.vkey for witness in self.witnesses)))
        checkpoint = Checkpoint.parse(opened.text)
        if not any(opened.signed_by(key) for key in logs if key.name == checkpoint.origin):
            raise NoteError(f"no known key of {checkpoint.origin} has signed the checkpoint")
        cosigned = {}
        for witness in self.witnesses:
            at = _cosigned_at(opened, witness.vkey)
            if at is not None:
                cosigned[witness.name] = at
        return Witnessed(
            checkpoint=checkpoint,
            cosigned=cosigned,
            is_quorate=self.is_met_by(cosigned),
            quorum_at=self._quorum_at(cosigned),
        )

    def _quorum_at(self, cosigned: Mapping[str, datetime]) -> datetime | None:
        """Return the latest instant from which on enough witnesses have cosigned."""
        if self.quorum == NO_QUORUM:
            return None
        names: list[str] = []
        for name, at in sorted(cosigned.items(), key=lambda pair: pair[1], reverse=True):
            names.append(name)
            if self.is_met_by(names):
                return at
        return None


@dataclass(slots=True)
class _Draft:
    """A policy in the making: each line is held against those before it."""

    logs: list[LogLine] = field(default_factory=list)
    witnesses: list[WitnessLine] = field(default_factory=list)
    groups: list[GroupLine] = field(default_factory=list)
    quorum: str | None = None
    names: set[str] = field(default_factory=set)
    members: set[str] = field(default_factory=set)

    def read(self, line: str) -> None:
        """Take in a line of the file, given without its newline."""
        _require_signs(line)
        words = _SPACE.split(line.strip(" \t"))
        if not words[0] or words[0].startswith("#"):
            return
        match words:
            case ["log", vkey, *url] if len(url) <= 1:
                self.add_log(LogLine(vkey=VerifierKey.parse(vkey), url="".join(url)))
            case ["witness", name, vkey, *url] if len(url) <= 1:
                key = VerifierKey.parse(vkey)
                self.add_witness(WitnessLine(name=name, vkey=key, url="".join(url)))
            case ["group", name, threshold, *members] if members:
                count = _threshold(threshold, len(members))
                self.add_group(GroupLine(name=name, threshold=count, members=tuple(members)))
            case ["quorum", name]:
                self.set_quorum(name)
            case _:
                raise _unknown_line(words[0])

    def add_log(self, log: LogLine) -> None:
        """Take in a log that was not known yet."""
        _require_token(log.url or "-")
        _require_room(self.logs, MAX_LOGS, "logs")
        if log.vkey.kind != ED25519:
            raise PolicyError(
                "this key cosigns checkpoints: it is a witness's, not a log's",
                mend=f"Write it as `{_WITNESS_FORM}`, or ask the log for its own key.",
            )
        _require_new_key(log.vkey, (known.vkey for known in self.logs), "log")
        self.logs.append(log)

    def add_witness(self, witness: WitnessLine) -> None:
        """Take in a witness that was not known yet."""
        _require_token(witness.url or "-")
        _require_room(self.witnesses, MAX_WITNESSES, "witnesses")
        self._require_new_name(witness.name)
        if witness.vkey.kind != COSIGNATURE:
            raise PolicyError(
                "this key signs notes and does not cosign checkpoints: it is no witness's",
                mend="Ask the witness for its key for cosignatures (type 04).",
            )
        _require_new_key(witness.vkey, (known.vkey for known in self.witnesses), "witness")
        self.witnesses.append(witness)
        self.names.add(witness.name)

    def add_group(self, group: GroupLine) -> None:
        """Take in a group of members that are known already."""
        _require_room(self.groups, MAX_GROUPS, "groups")
        self._require_new_name(group.name)
        if not 1 <= group.threshold <= len(group.members):
            raise PolicyError(
                f"{group.threshold} of {len(group.members)} members cannot be",
                mend=f"Write a number from 1 to {len(group.members)}, or all, or any.",
            )
        for member in group.members:
            self._require_defined(member)
            if member in self.members:
                raise PolicyError(
                    f"{member} is a member for the second time",
                    mend="Name every witness and group as a member once, so that it counts once.",
                )
            self.members.add(member)
        self.groups.append(group)
        self.names.add(group.name)

    def set_quorum(self, name: str) -> None:
        """Take in the one quorum."""
        if self.quorum is not None:
            raise PolicyError("a second quorum line", mend="Keep one of the two.")
        if name != NO_QUORUM:
            self._require_defined(name)
        self.quorum = name

    def _require_new_name(self, name: str) -> None:
        _require_token(name)
        if name == NO_QUORUM:
            raise PolicyError("the name none has a meaning already", mend="Take another name.")
        if name in self.names:
            raise PolicyError(
                f"{name} is defined already", mend="Witnesses and groups need names of their own."
            )

    def _require_defined(self, name: str) -> None:
        if name not in self.names:
            raise PolicyError(
                f"no witness or group {name} is defined above this line",
                mend="Check the spelling, and define it first.",
            )


def _threshold(text: str, members: int) -> int:
    """Return how many members a group takes: a number, or the words for one of them or all."""
    if text in {_ALL, _ANY}:
        return members if text == _ALL else 1
    if not _THRESHOLD.fullmatch(text):
        raise PolicyError(f"{text} is no number of members", mend=f"Write `{_GROUP_FORM}`.")
    return int(text)


def _unknown_line(keyword: str) -> PolicyError:
    """Return the refusal of a line that begins as none does, or goes on as none does."""
    forms = {
        "log": _LOG_FORM,
        "witness": _WITNESS_FORM,
        "group": _GROUP_FORM,
        "quorum": _QUORUM_FORM,
    }
    if keyword in forms:
        return PolicyError(f"not the form of a {keyword} line", mend=f"Write `{forms[keyword]}`.")
    return PolicyError(
        f"no line begins with {keyword!r}",
        mend="A line begins with log, witness, group or quorum, or with # as a comment.",
    )


def _require_signs(line: str) -> None:
    """Refuse control characters other than the tab."""
    if any((sign < " " and sign != "\t") or sign == "\x7f" for sign in line):
        raise PolicyError(
            "a control character",
            mend="Save the file as plain text whose lines end in a newline alone (LF, not CR LF).",
        )


def _require_token(word: str) -> None:
    """Refuse what could not stand as one word of a line."""
    _require_signs(word)
    if not word or set(" \t\n") & set(word):
        raise PolicyError("a name or address is one word", mend="Take out the spaces.")


def _require_room(known: Sequence[object], limit: int, what: str) -> None:
    if len(known) >= limit:
        raise PolicyError(f"more than {limit} {what}", mend="Take out those that are not needed.")


def _require_new_key(key: VerifierKey, known: Iterable[VerifierKey], what: str) -> None:
    """Refuse a key that stands in the policy already, under whatever name."""
    if any(other.public_key == key.public_key for other in known):
        raise PolicyError(
            f"the key of this {what} stands in the policy already",
            mend="Take out one of the two lines: one key counts once, whatever its name.",
        )


def _cosigned_at(opened: OpenedNote, key: VerifierKey) -> datetime | None:
    """Return the instant of a witness's latest cosignature, or None without one."""
    times = [
        one.time_s
        for one in opened.signatures.get(key.name, ())
        if one.key == key and one.time_s is not None
    ]
    if not times:
        return None
    if min(times) <= 0:
        raise NoteError(f"a cosignature of {key.name} has no time")
    try:
        return _EPOCH + timedelta(seconds=max(times))
    except OverflowError as error:
        raise NoteError(f"a cosignature of {key.name} has no possible time") from error
