"""The wired exchange: one frozen value that is handed down to every door and job."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from exchange.config import Settings
from exchange.services import sequencing
from exchange.services.work import Scheme, Work, load_scheme
from exchange.store import migrate, transaction
from exchange.vault import keyring
from exchange.vault.keyring import Keyring


class HubError(Exception):
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
            message = f"{self.offset_file} must hold a whole number of seconds, 0 or more"
            raise HubError(message)
        return timedelta(seconds=int(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Hub:
    """Database, keys, clock and scheme, wired once at the start."""

    settings: Settings
    engine: Engine
    sessions: sessionmaker[Session]
    keyring: Keyring
    clock: Clock
    scheme: Scheme
    written: Event = field(default_factory=Event)

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

    def sequence(self) -> int:
        """Drain the queue, then sign and publish what stands; return the ledger's size."""
        while True:
            with transaction.writing(self.sessions) as session:
                if not sequencing.sequence(session):
                    break
        with transaction.writing(self.sessions) as session:
            sequencing.sign_checkpoint(self._work(session), self.published)
        with transaction.writing(self.sessions) as session:
            return sequencing.publish(session, self.published)

    @property
    def published(self) -> Path:
        """The file that holds the last published checkpoint."""
        return self.settings.state / "published-checkpoint"

    def scrub(self) -> None:
        """Make erased bytes unreadable in the database's own files."""
        transaction.scrub(self.engine)

    def close(self) -> None:
        """Give the database's connections back."""
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
    stands = migrate.revision(engine)
    if stands != migrate.newest():
        message = (
            "there is no scheme in this database: run `exchange init`"
            if stands is None
            else "the database's schema is of another release: run `exchange upgrade`"
        )
        raise HubError(message)
    sessions = transaction.sessions_of(engine)
    with transaction.reading(sessions) as session:
        scheme = load_scheme(session)
    if scheme is None:
        message = "no scheme is opened in this database: run `exchange init`"
        raise HubError(message)
    if settings.clock is not None and not scheme.demo:
        message = "EXCHANGE_CLOCK is for demo schemes; this one is real: unset it"
        raise HubError(message)
    return Hub(
        settings=settings,
        engine=engine,
        sessions=sessions,
        keyring=keyring.load(settings.keys),
        clock=Clock(offset_file=settings.clock),
        scheme=scheme,
    )
