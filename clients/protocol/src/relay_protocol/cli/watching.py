"""`relay-audit watch`: looks at a log again and again, and is loud when something is wrong."""

import hashlib
import json
import signal
import threading
import time
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from relay_protocol import watching
from relay_protocol.attestation import instant_text
from relay_protocol.breaches import BREACHES
from relay_protocol.cli import files, following
from relay_protocol.cli.arguments import REFUSED, SOUND, UNREADABLE, Command, options_of
from relay_protocol.cli.hub import address_of, source_of
from relay_protocol.cli.mirroring import side_of
from relay_protocol.cli.refusals import InputError, PostError
from relay_protocol.cli.telling import put, say, tell_unreadable
from relay_protocol.cli.trusting import read_policy
from relay_protocol.cli.watch_options import EXAMPLES, Options, check, describe
from relay_protocol.cli.webhooks import Webhook
from relay_protocol.cli.words import WORDS, line
from relay_protocol.codes import Words
from relay_protocol.encoding import b64_encode
from relay_protocol.errors import AuditError, EvidenceError, LogReadError, ProtocolError, TileError
from relay_protocol.forks import prove_fork
from relay_protocol.log_reader import FolderReader, LogReader
from relay_protocol.mirroring import Kept
from relay_protocol.note import VerifierKey
from relay_protocol.policy import NO_QUORUM, LogLine, Policy
from relay_protocol.succession import Successor
from relay_protocol.watching import LASTING, Alarm, Looked, Watched, look

UNREACHABLE: Final = "log-unreachable"
PLAIN: Final = frozenset({"quorum-missed", "cosigned-early", "checkpoint-stale"})
"""Alarms whose detail is names or a time, which every reader understands."""


def run(given: Namespace) -> int:
    """Return the exit code: 0 all is well, 1 an alarm stands, 2 the log cannot be read.

    Raises:
        UsageError: the options do not go together.
        InputError: a file that was given cannot be used.
        ProtocolError: a file is none of its kind; with --once also: the log cannot be read.
    """
    options = options_of(Options, given)
    check(options)
    policy = read_policy(options.vkey, options.policy)
    webhook = None
    if options.webhook_secret is not None:
        webhook = Webhook.of(options.webhook, options.webhook_secret)
    watch = _Watch(options=options, policy=policy, webhook=webhook)
    if options.once:
        return watch.round()
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        while True:
            watch.try_round()
            time.sleep(options.every)
    except KeyboardInterrupt:
        return watch.code


@dataclass(slots=True, kw_only=True)
class _Watch:
    """The looks at one log.

    Attributes:
        code: what the latest look has found, as an exit code.
        reached_at: when the log was read last, or could have been.
    """

    options: Options
    policy: Policy
    webhook: Webhook | None
    code: int = UNREADABLE
    reached_at: datetime | None = None
    _source: LogReader | None = field(default=None, init=False)
    _given: frozenset[VerifierKey] = field(init=False)

    def __post_init__(self) -> None:
        """Remember which keys were given."""
        self._given = frozenset(log.vkey for log in self.policy.logs)

    @property
    def log(self) -> str:
        """The log's origin."""
        return self.policy.logs[0].vkey.name

    def try_round(self) -> None:
        """Look at the log; tell it, and go on, where it cannot be read."""
        now = files.now(self.options.clock)
        self.reached_at = self.reached_at or now
        try:
            self.round()
        except (InputError, ProtocolError) as error:
            tell_unreadable(error, self.options.lang)
            self._source, self.code = None, UNREADABLE
            if now - self.reached_at > self._fresh_within:
                alarm = Alarm(code=UNREACHABLE, detail=str(error), since=self.reached_at)
                self._tell(Looked(note=None, witnessed=None, alarms=(alarm,)), now)
        else:
            self.reached_at = now

    def round(self) -> int:
        """Return what a look has found, as an exit code.

        Raises:
            InputError: a file cannot be used.
            ProtocolError: the log cannot be read.
        """
        options, now = self.options, files.now(self.options.clock)
        if self._source is None:
            self._source = source_of(
                options.source, options.slug, options.signing_key, options.clock
            )
        remembered = self._remembered()
        self._believe(remembered.keys)
        seen = remembered.kept() + self._mirrored()
        looked = look(self._source, self.policy, seen, now=now, fresh_within=self._fresh_within)
        followed = self._follow(self._source, looked, remembered)
        if followed:
            self._believe(followed)
            looked = look(self._source, self.policy, seen, now=now, fresh_within=self._fresh_within)
        return self._tell(looked, now, followed)

    def _believe(self, keys: tuple[Successor, ...]) -> None:
        """Believe keys of the log that follow those given."""
        known = [log.vkey for log in self.policy.logs]
        new = tuple(LogLine(vkey=one.vkey) for one in keys if one.vkey not in known)
        self.policy = replace(self.policy, logs=(*self.policy.logs, *new))

    def _follow(
        self, source: LogReader, looked: Looked, remembered: Watched
    ) -> tuple[Successor, ...]:
        """Return keys that follow the known ones, by what these have signed, now or before."""
        signed = looked.note or (remembered.notes[-1] if remembered.notes else b"")
        if not looked.has_strangers or not signed:
            return ()
        options = self.options
        address = address_of(options.source, options.slug, options.signing_key, options.clock)
        return following.find(address, source, self.policy, signed)

    @property
    def _fresh_within(self) -> timedelta:
        """How old cosignatures may be, and how long a log may be away."""
        return timedelta(minutes=self.options.stale_after)

    def _remembered(self) -> Watched:
        """Return what is remembered of the log."""
        state = self.options.state
        if not state.exists():
            return Watched(log=self.log)
        found = Watched.decode(files.read(state, watching.MAX_BYTES))
        if found.log != self.log:
            raise InputError("state-of-another", state=state, log=found.log)
        return found

    def _mirrored(self) -> list[Kept]:
        """Return the checkpoint of the copy; none where there is no copy."""
        if self.options.mirror is None:
            return []
        raw = FolderReader(self.options.mirror).checkpoint()
        return [Kept(note=raw, checkpoint=self.policy.check(raw).checkpoint)]

    def _tell(self, looked: Looked, now: datetime, followed: tuple[Successor, ...] = ()) -> int:
        """Keep, post and print what was found; return it as an exit code."""
        before = self._remembered()
        if self.options.acknowledge:
            before = replace(before, alarms=())
        after = before.after(looked.note, looked.alarms)
        after = replace(after, keys=(*after.keys, *followed))
        for alarm in after.alarms:
            if alarm.since == now:
                self._keep_evidence(alarm)
        files.write(self.options.state, after.encode())
        posted = tuple(self._post(alarm, now) for alarm in after.alarms)
        if posted != after.alarms:
            files.write(self.options.state, replace(after, alarms=posted).encode())
        self.code = REFUSED if posted else SOUND
        self._print(looked, posted, now)
        return self.code

    def _keep_evidence(self, alarm: Alarm) -> None:
        """Keep what was signed beside the state, and the proof of a fork if there is one."""
        if not alarm.other:
            return
        files.write(self._beside(alarm, "kept"), alarm.kept)
        files.write(self._beside(alarm, "other"), alarm.other)
        copy = FolderReader(self.options.mirror) if self.options.mirror else self._source
        if copy is None or self._source is None:
            return
        try:
            kept = side_of(self.policy, copy, alarm.kept)
            other = side_of(self.policy, self._source, alarm.other)
            proof = prove_fork((log.vkey for log in self.policy.logs), kept, other)
        except (AuditError, EvidenceError, LogReadError, TileError):
            return
        files.write(self._beside(alarm, "evidence"), proof.encode())

    def _beside(self, alarm: Alarm, kind: str) -> Path:
        """Return where a file of an alarm lies."""
        state = self.options.state
        since = instant_text(alarm.since).replace(":", "").replace("-", "")
        return state.with_name(f"{state.name}.{alarm.code}.{since}.{kind}")

    def _post(self, alarm: Alarm, now: datetime) -> Alarm:
        """Return an alarm after it was posted, unless it was before or nobody takes it."""
        if self.webhook is None or alarm.told:
            return alarm
        named = f"{self.log}\n{alarm.code}\n{instant_text(alarm.since)}".encode()
        name = f"msg_{hashlib.sha256(named).hexdigest()[:32]}"
        document = {
            "type": "log.alarm",
            "timestamp": instant_text(alarm.since),
            "data": {"log": self.log, **self._document(alarm)},
        }
        try:
            self.webhook.post(name, document, now)
        except PostError as error:
            lang = self.options.lang
            say("webhook-refused", lang, alarm=alarm.code, why=error.said(lang))
            return alarm
        return replace(alarm, told=True)

    def _document(self, alarm: Alarm) -> dict[str, object]:
        """Return an alarm as JSON."""
        words = alarm_words(alarm.code)
        document: dict[str, object] = {
            "code": alarm.code,
            "detail": alarm.detail,
            "since": instant_text(alarm.since),
            "en": words.en,
            "ja": words.ja,
        }
        for kind in ("kept", "other", "evidence"):
            place = self._beside(alarm, kind)
            if place.exists():
                document[kind] = str(place)
        return document

    def _print(self, looked: Looked, alarms: tuple[Alarm, ...], now: datetime) -> None:
        """Print what a look has found: a line of JSON, or sentences."""
        if self.options.json:
            document = {**self._found(looked, now), "alarms": [self._document(a) for a in alarms]}
            document["result"] = "alarm" if alarms else "sound"
            document["keys"] = following.documents(self._unnamed())
            put(json.dumps(document, ensure_ascii=False) + "\n")
        else:
            put("".join(f"{one}\n" for one in self._sentences(looked, alarms, now)))

    def _unnamed(self) -> list[Successor]:
        """Return the keys that are believed and stand in no policy that was given."""
        return [one for one in self._remembered().keys if one.vkey not in self._given]

    def _found(self, looked: Looked, now: datetime) -> dict[str, object]:
        """Return what the newest checkpoint says, as JSON."""
        found: dict[str, object] = {"at": instant_text(now), "log": self.log}
        witnessed = looked.witnessed
        if witnessed is not None:
            at = witnessed.quorum_at
            found |= {
                "size": witnessed.checkpoint.size,
                "root": b64_encode(witnessed.checkpoint.root),
                "cosigned": {name: instant_text(t) for name, t in witnessed.cosigned.items()},
                "quorum": witnessed.is_quorate,
                "quorum_at": None if at is None else instant_text(at),
            }
        return found

    def _sentences(self, looked: Looked, alarms: tuple[Alarm, ...], now: datetime) -> Iterator[str]:
        """Yield what a look has found, in sentences."""
        lang, at = self.options.lang, instant_text(now)
        yield from following.sentences(self._unnamed(), lang, following.BELIEVED)
        witnessed = looked.witnessed
        if witnessed is not None:
            yield line("watched", lang, at=at, log=self.log, size=witnessed.checkpoint.size)
        if witnessed is not None and witnessed.quorum_at is not None:
            told = instant_text(witnessed.quorum_at)
            yield line("watched-quorum", lang, count=len(witnessed.cosigned), at=told)
        elif self.policy.quorum == NO_QUORUM:
            yield line("watched-alone", lang)
        for alarm in alarms:
            words = alarm_words(alarm.code)
            told = words.ja if lang == "ja" else words.en
            since = instant_text(alarm.since)
            if lang == "en" or alarm.code in PLAIN:
                yield line("alarm", lang, at=since, words=told, detail=alarm.detail)
            else:
                yield line("alarm-alone", lang, at=since, words=told)
                yield line("detail", lang, detail=alarm.detail)
            if self._beside(alarm, "evidence").exists():
                yield line("evidence-kept", lang, path=self._beside(alarm, "evidence"))
            elif self._beside(alarm, "other").exists():
                yield line("both-kept", lang, path=self._beside(alarm, "other"))
            if alarm.code in LASTING:
                yield line("alarm-lasting", lang)


def alarm_words(code: str) -> Words:
    """Return the sentence for an alarm, in both languages."""
    return WORDS[f"alarm-{code}"] if f"alarm-{code}" in WORDS else BREACHES[code]


COMMAND: Final = Command(
    name="watch",
    tells=Words(
        "台帳を繰り返し見に行き、異常があれば警報を出します。",
        "look at a log again and again, and be loud when something is wrong",
    ),
    examples=EXAMPLES,
    describe=describe,
    run=run,
)
