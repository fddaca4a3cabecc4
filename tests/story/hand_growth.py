"""A ledger written by hand that grows by chance: people come, months are settled, some go again."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from relay_protocol.rules import next_period
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import AGENCY, OTHER_AGENCY, HandLedger
from tests.story.hand_relay import HandRelay

STEPS = (
    HandRelay.invite,
    HandRelay.give,
    HandRelay.add,
    HandRelay.show,
    HandRelay.make,
    HandRelay.bind,
    HandRelay.approve,
    HandRelay.let_go,
    HandRelay.receive,
    HandRelay.introduce,
    lambda relay: relay.tell("offer-accepted"),
    lambda relay: relay.tell("started"),
    HandRelay.confirm,
)


@dataclass(kw_only=True)
class _Way:
    """How far somebody has come."""

    relay: HandRelay
    taken: int = 0


@dataclass(kw_only=True)
class HandGrowth:
    """A ledger and its books, and how far each person has come."""

    chance: Random
    ledger: HandLedger = field(default_factory=HandLedger)
    books: HandBooks = field(init=False)
    period: str = "2026-12"
    on_their_way: list[_Way] = field(default_factory=list)
    arrived: list[HandRelay] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Open the scheme."""
        self.ledger.open()
        self.books = HandBooks(ledger=self.ledger)

    def go_on(self) -> None:
        """Do one thing, most often some steps of somebody's way."""
        chosen = self.chance.choices(
            [self.come, self.walk, self.settle, self.leave, self.count], [3, 6, 1, 1, 1]
        )
        chosen[0]()

    def come(self) -> None:
        """Let one more person come."""
        agency = self.chance.choice([AGENCY, OTHER_AGENCY])
        self.on_their_way.append(_Way(relay=HandRelay(ledger=self.ledger, agency=agency)))

    def walk(self) -> None:
        """Take some steps of somebody's way."""
        if self.on_their_way:
            self._take(self.chance.choice(self.on_their_way), self.chance.randint(1, 8))

    def settle(self) -> None:
        """Settle the month, once nobody waits for anybody; perhaps somebody signs it."""
        for way in list(self.on_their_way):
            self._take(way, len(STEPS))
        self.ledger.wait(days=31)
        self.books.settle(self.period)
        if self.chance.random() < 0.5:
            self.books.audit(self.period)
        self.period = next_period(self.period)

    def leave(self) -> None:
        """Erase somebody who has come to the end of their way."""
        if self.arrived:
            relay = self.arrived.pop(self.chance.randrange(len(self.arrived)))
            today = (self.ledger.now + timedelta(hours=9)).date()
            self.books.erase(relay, today, self.period)

    def count(self) -> None:
        """State that no reveals were closed."""
        self.ledger.count_closed(0)

    def _take(self, way: _Way, count: int) -> None:
        """Take steps of a way; the hub tells at once whom a claim is about."""
        until = min(way.taken + count, len(STEPS))
        until += until == STEPS.index(HandRelay.make) + 1
        for step in STEPS[way.taken : until]:
            step(way.relay)
        way.taken = until
        if until == len(STEPS):
            self.on_their_way.remove(way)
            self.arrived.append(way.relay)
