"""One act at its place in the ledger, as whoever replays the ledger takes it up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime

from relay_protocol.attestation import Attestation
from relay_protocol.charter import RECORDED_WITHIN
from relay_protocol.entry import Entry
from relay_protocol.errors import ConsentError, ReplayError, RulesError, StepError
from relay_protocol.kinds import HUB


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """An attestation whose signature was checked, and the entry that it opens."""

    entry: Entry
    said: Attestation

    @property
    def seq(self) -> int:
        """The entry's place."""
        return self.entry.seq

    @property
    def by(self) -> str:
        """Who said it."""
        return self.said.by

    def ref(self, name: str) -> str:
        """Return an id that it names."""
        return self.said.refs[name]

    def text(self, name: str) -> str:
        """Return a value of its body that is a text."""
        return str(self.said.body[name])

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a value of its body that is a list of texts."""
        value = self.said.body[name]
        return tuple(map(str, value)) if isinstance(value, list) else ()

    def day(self, name: str) -> date:
        """Return a value of its body that is a day."""
        return date.fromisoformat(self.text(name))

    def at(self, after: datetime) -> datetime:
        """Return the instant at which it counts, never before the act that it follows.

        The hub's clock decides. Whoever signs an act of their own has another clock, a few
        minutes of which cannot make a step too late or too early.

        Args:
            after: the instant of the act that it follows.
        """
        if self.by == HUB:
            return self.said.at
        if self.said.at - after <= RECORDED_WITHIN:
            return after
        return self.said.at - RECORDED_WITHIN

    def refuse(self, code: str, detail: str = "") -> ReplayError:
        """Return the refusal of this act."""
        return ReplayError(code, self.seq, detail)

    def require_shown(self, *slugs: str) -> None:
        """Return if the entry shows these organizations and no other.

        Raises:
            ReplayError: it does not.
        """
        if self.entry.orgs != tuple(sorted(set(slugs))):
            raise self.refuse("shown-differs")

    @contextmanager
    def steps(self) -> Iterator[None]:
        """Turn what the rules of the relay refuse into the refusal of this act."""
        try:
            yield
        except StepError as error:
            raise self.refuse(f"step-{error.code}") from error
        except ConsentError as error:
            raise self.refuse(f"consent-{error.code}") from error
        except (RulesError, OverflowError) as error:
            raise self.refuse("rules-unfit", str(error)) from error
