"""One act at its place in the ledger, as whoever replays the ledger takes it up."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from relay_protocol.attestation import Attestation
from relay_protocol.charter import RECORDED_WITHIN
from relay_protocol.entry import Entry
from relay_protocol.errors import ConsentError, ReplayError, RulesError, StepError
from relay_protocol.kinds import HUB

PAIR: Final = 2

NOT_PERMITTED: Final = (StepError, ConsentError, RulesError, OverflowError)
"""What the rules of the relay raise where a step, a consent or a day does not fit."""


# Not frozen: there is one for every entry, and freezing triples what making one costs.
@dataclass(slots=True, eq=False)
class Act:
    """An attestation that was read and checked, and the entry that it opens."""

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
        shown = self.entry.orgs
        if shown != slugs and (len(slugs) < PAIR or shown != tuple(sorted(set(slugs)))):
            raise self.refuse("shown-differs")

    def refusal_of(self, error: Exception) -> ReplayError:
        """Return the refusal of this act for one of NOT_PERMITTED."""
        if isinstance(error, StepError):
            return self.refuse(f"step-{error.code}")
        if isinstance(error, ConsentError):
            return self.refuse(f"consent-{error.code}")
        return self.refuse("rules-unfit", str(error))
