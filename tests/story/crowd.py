"""A scheme in which every listing holds more than one: two of each kind, all of one agency."""

from dataclasses import dataclass
from secrets import token_bytes

from exchange.hub import Hub
from exchange.services import consents, people
from exchange.services.vacancies import Offered
from exchange.store.claims import ClaimRow, EnvelopeRow
from exchange.store.hires import HireRow, IntroductionRow
from relay_protocol import ids
from tests.story import books, relays
from tests.story.relays import Candidate
from tests.story.scheme import Consortium


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What there is, by the one whose it is: the first member, and the first agency.

    Attributes:
        listed: who can be claimed; everybody else is further on.
        approved: claims whose identity is not released yet.
        envelopes: what was released for the reached.
        hired: hires at the second member, which nobody has confirmed yet.
        person: id of a person of the agency.
    """

    consortium: Consortium
    listed: tuple[Candidate, ...]
    offered: Offered
    approved: tuple[ClaimRow, ...]
    envelopes: tuple[EnvelopeRow, ...]
    introduced: tuple[IntroductionRow, ...]
    hired: tuple[HireRow, ...]
    person: str

    @property
    def hub(self) -> Hub:
        """The hub of the scheme."""
        return self.consortium.hub


def gather(consortium: Consortium) -> Crowd:
    """Return a scheme after two settled months, in the midst of its work."""
    hub = consortium.hub
    _settle_two_months(hub)
    person = _invite_two(consortium)
    envelopes, introduced, hired = zip(*(_hire(consortium) for _ in range(2)), strict=True)
    approved = tuple(_approve(consortium) for _ in range(2))
    for _ in range(2):
        _let_withdraw(consortium)
    listed = tuple(relays.enlist(hub, consortium.members[0]) for _ in range(2))
    offered = relays.describe(hub, consortium.agencies[0])
    hub.sequence()
    return Crowd(
        consortium=consortium,
        listed=listed,
        offered=offered,
        approved=approved,
        envelopes=envelopes,
        introduced=introduced,
        hired=hired,
        person=person,
    )


def new_id(prefix: str) -> str:
    """Return an id that names nothing yet."""
    return ids.new_id(prefix, token_bytes(ids.ID_BYTES))


def _settle_two_months(hub: Hub) -> None:
    """Let two months pass and settle them."""
    books.next_month(hub, 2)
    books.settle(hub)


def _invite_two(consortium: Consortium) -> str:
    """Invite two people of the agency to the portal; return the id of one."""
    agency = consortium.agencies[0].actor
    with consortium.hub.work() as work:
        people.invite_person(work, agency, "佐倉 花子")
        return people.invite_person(work, agency, "佐倉 次郎").person.id


def _hire(consortium: Consortium) -> tuple[EnvelopeRow, IntroductionRow, HireRow]:
    """Bring somebody to a start at the second member."""
    hub, agency = consortium.hub, consortium.agencies[0]
    candidate = relays.enlist(hub, consortium.members[0])
    approved = relays.approve(hub, candidate, relays.claim(hub, agency).id)
    envelope = relays.release(hub, candidate, agency, approved)
    reached = relays.receive(hub, agency, envelope.id).claim
    introduced = relays.introduce(hub, agency, reached, consortium.members[1].number)
    return envelope, introduced, relays.start(hub, agency, introduced)


def _approve(consortium: Consortium) -> ClaimRow:
    """Bring somebody to an approved claim."""
    hub = consortium.hub
    candidate = relays.enlist(hub, consortium.members[0])
    return relays.approve(hub, candidate, relays.claim(hub, consortium.agencies[0]).id)


def _let_withdraw(consortium: Consortium) -> None:
    """Let somebody withdraw whom the agency has claimed: both the origin and it are told."""
    hub = consortium.hub
    candidate = relays.enlist(hub, consortium.members[0])
    relays.claim(hub, consortium.agencies[0])
    with hub.work() as work:
        consents.withdraw(work, candidate.actor)
