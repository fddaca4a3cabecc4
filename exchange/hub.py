"""The wired exchange: one frozen value that is handed down to every door and job."""

import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Final

import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from exchange import witnessing
from exchange.config import Settings
from exchange.domain.errors import OfficeError
from exchange.services import checkpoints, ledger, own_keys, sequencing
from exchange.services.bell import Bell
from exchange.services.grouping import Grouping
from exchange.services.ledger import Act, Recorded
from exchange.services.work import Scheme, Work, load_scheme
from exchange.store import appending, schema, transaction
from exchange.vault import keyring
from exchange.vault.keyring import Keyring
from exchange.witnessing import Witnesses
from relay_protocol.errors import PolicyError
from relay_protocol.note import VerifierKey
from relay_protocol.policy import Policy

WORKER_SIGN: Final = "worker-was-here"
"""Name of an empty file in EXCHANGE_STATE; its time says when the worker last did its work."""


class HubError(OfficeError):
    """The hub cannot be opened as it is set up; the text says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The only "now" of the hub; a demo scheme may move it forward by a file of seconds."""

    offset_file: Path | None = None

    def now(self) -> datetime:
        """Return this moment, aware and in UTC."""
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """Return how far the clock is moved forward; nothing without a file.

        Raises:
            HubError: the file holds something else than a whole number of seconds, 0 or more.
        """
        if self.offset_file is None or not self.offset_file.exists():
            return timedelta()
        text = self.offset_file.read_text(encoding="ascii", errors="replace").strip()
        if not text.isdecimal():
            raise HubError(
                f"{self.offset_file} must hold a whole number of seconds, 0 or more",
                detail_ja=f"{self.offset_file} には 0 以上の秒数を整数で書いてください。",
            )
        return timedelta(seconds=int(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Database, keys, clock and scheme, wired once at the start.

    Attributes:
        written: set when something was attested; whoever sequences waits for it.
        signed: set when a checkpoint was signed; whoever publishes waits for it.
        bell: rung when one was published.
        witnesses: who asks those of the policy; None where there is no policy.
    """

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    keyring: Keyring
    clock: Clock
    scheme: Scheme
    written: Event = field(default_factory=Event)
    signed: Event = field(default_factory=Event)
    bell: Bell = field(default_factory=Bell)
    witnesses: Witnesses | None = None

    @contextmanager
    def work(self) -> Iterator[Work]:
        """Open one transaction that writes; it commits at the end, or nothing has happened."""
        with transaction.writing(self.sessions) as session:
            yield self._work(session)
        self.written.set()

    @contextmanager
    def reading(self) -> Iterator[Work]:
        """Open one transaction that only reads."""
        with transaction.reading(self.sessions) as session:
            yield self._work(session)

    @contextmanager
    def noting(self) -> Iterator[Work]:
        """Open one transaction that writes what the ledger is not about: it wakes nobody."""
        with transaction.writing(self.sessions) as session:
            yield self._work(session)

    def sequence(self) -> int:
        """Drain the queue, then sign and publish what stands; return the published size."""
        self.sign()
        return self.publish()

    def drain(self) -> int:
        """Give what waits now its places in the ledger; return how many entries were written.

        What comes meanwhile is left to the next turn: otherwise no checkpoint would be signed as
        long as writers keep coming.
        """
        with self.reading() as work:
            upto = appending.queue_end(work.session)
        written = 0
        while upto is not None:
            with transaction.writing(self.sessions) as session:
                batch = sequencing.sequence(session, upto=upto)
            if not batch:
                break
            written += batch
        return written

    def grouping(self) -> Grouping[Act, Recorded]:
        """Return a group commit: signed acts of concurrent writers, many in one transaction."""

        def write(acts: Sequence[Act]) -> list[Recorded]:
            with self.work() as work:
                return ledger.attest_many(work, acts)

        return Grouping(write)

    def sign(self) -> None:
        """Drain the queue, and sign the ledger as it stands then."""
        self.drain()
        with self.noting() as work:
            checkpoints.sign_checkpoint(work, self.published)
        self.signed.set()

    def publish(self) -> int:
        """Publish the newest signed checkpoint; return the published size.

        Where there are witnesses it waits for their quorum, but not for long: the checkpoint is
        then published with the cosignatures it has, and that the quorum was missed is told.
        """
        with self.reading() as work:
            size, before = checkpoints.signed_and_published(work.session)
        is_quorate = True
        if self.witnesses is not None and size:
            is_quorate = self.witnesses.ask(size, wait_s=witnessing.WAIT_S if size > before else 0)
        if size <= before:
            return before
        with self.noting() as work:
            was_quorate = checkpoints.was_quorate(work.session, before)
            now_at = checkpoints.publish(work, self.published, size=size, is_quorate=is_quorate)
        self.bell.ring()
        # Told when it changes: a quorum may be missed for days, and a checkpoint comes each second.
        if is_quorate != was_quorate and now_at == size:
            log = structlog.get_logger("exchange.witnesses")
            tell = log.info if is_quorate else log.warning
            tell("quorum met again" if is_quorate else "quorum missed", size=size)
        return now_at

    @property
    def published(self) -> Path:
        """The file that holds the last published checkpoint."""
        return self.settings.state / "published-checkpoint"

    def require_published(self) -> None:
        """Return if the database contains the last published checkpoint.

        Raises:
            OlderDatabaseError: it does not, or nothing tells.
        """
        with self.reading() as work:
            checkpoints.require_published(work, self.published)

    def note_worker(self) -> None:
        """Leave a sign that the worker did its work just now, for whoever watches the hub."""
        self.settings.state.mkdir(parents=True, exist_ok=True)
        (self.settings.state / WORKER_SIGN).touch()

    def worker_age_s(self) -> float:
        """Return how long ago the worker left its sign, in seconds; infinite for never."""
        try:
            left_at = (self.settings.state / WORKER_SIGN).stat().st_mtime
        except OSError:
            return math.inf
        return max(time.time() - left_at, 0.0)

    @property
    def policy(self) -> Policy | None:
        """The witnesses and their quorum, or None where none are asked."""
        return None if self.witnesses is None else self.witnesses.policy

    def scrub(self) -> None:
        """Make erased bytes unreadable in the database's own files."""
        transaction.scrub(self.engine)

    def close(self) -> None:
        """End what asks the witnesses, and give the database's connections back."""
        if self.witnesses is not None:
            self.witnesses.close()
        self.engine.dispose()

    def _work(self, session: Session) -> Work:
        """Return a unit of work at this moment."""
        return Work(session=session, keyring=self.keyring, scheme=self.scheme, now=self.clock.now())


def open_hub(settings: Settings) -> Hub:
    """Return the hub of an opened scheme.

    Raises:
        HubError: no scheme is opened in this database, or a clock is set that is not a demo's.
        KeyringError: a key is missing or readable by others.
    """
    engine = transaction.connect(settings.database_url)
    try:
        return _wired(settings, engine)
    except BaseException:
        engine.dispose()
        raise


def _wired(settings: Settings, engine: Engine) -> Hub:
    """Return the hub of a database whose schema and scheme are in order."""
    stands = schema.revision(engine)
    if stands != schema.newest():
        if stands is None:
            raise _not_opened("there is no scheme in this database")
        raise HubError(
            "the database's schema is of another release: run `exchange upgrade`",
            detail_ja="データベースの構造が別の版のものです。"
            "`exchange upgrade` を実行してください。",
        )
    sessions = transaction.sessions_of(engine)
    with transaction.reading(sessions) as session:
        scheme = load_scheme(session)
    if scheme is None:
        raise _not_opened("no scheme is opened in this database")
    if settings.clock is not None and not scheme.demo:
        raise HubError(
            "EXCHANGE_CLOCK is for demo schemes; this one is real: unset it",
            detail_ja="EXCHANGE_CLOCK は試行用の制度だけのものです。ここは実運用の制度ですので、"
            "設定を外してください。",
        )
    hub = Hub(
        settings=settings,
        engine=engine,
        sessions=sessions,
        keyring=keyring.load(settings.keys),
        clock=Clock(offset_file=settings.clock),
        scheme=scheme,
    )
    with hub.reading() as work:
        policy = _policy(settings, own_keys.log_verifiers(work))
    if policy is None:
        return hub
    asking = Witnesses(policy, writing=hub.noting, reading=hub.reading)
    return replace(hub, witnesses=asking)


def _policy(settings: Settings, log_keys: Sequence[VerifierKey]) -> Policy | None:
    """Return the witnesses' policy, or None where none is set.

    Args:
        log_keys: of which it must name one.

    Raises:
        HubError: it cannot be read, or is about another log.
    """
    if settings.policy is None:
        return None
    try:
        policy = Policy.decode(settings.policy.read_bytes())
    except OSError as error:
        raise HubError(
            f"EXCHANGE_POLICY: {settings.policy} cannot be read: {error.strerror}",
            detail_ja=f"EXCHANGE_POLICY: {settings.policy} を読めません({error.strerror})。",
        ) from error
    except PolicyError as error:
        raise HubError(
            f"EXCHANGE_POLICY: {settings.policy}: {error}",
            detail_ja=f"EXCHANGE_POLICY: {settings.policy} はポリシーとして読めません({error})。",
        ) from error
    if all(line.vkey not in log_keys for line in policy.logs):
        line = f"log {log_keys[-1].encode()}"
        raise HubError(
            f"EXCHANGE_POLICY: {settings.policy} is not about this ledger: "
            f"it lacks the line `{line}`",
            detail_ja=f"EXCHANGE_POLICY: {settings.policy} はこの台帳のポリシーではありません。"
            f"次の行がありません: `{line}`",
        )
    return policy


def _not_opened(what: str) -> HubError:
    """Return the refusal of a database that is still without a scheme."""
    return HubError(
        f"{what}: run `exchange init`",
        detail_ja="このデータベースには、まだ制度がありません。"
        "`exchange init` を実行してください。",
    )
