"""Settlement: each month once, all of it or nothing, and the same for whoever knows the same."""

from tests.story import books, relays
from tests.story.scheme import Consortium


def introduce_ten(consortium: Consortium) -> list:
    introduced = []
    for number in range(10):
        agency = consortium.agencies[0 if number < 6 else 1]
        candidate = relays.enlist(consortium.hub, consortium.members[0])
        claim = relays.reach(consortium.hub, candidate, agency)
        introduced.append(
            relays.introduce(consortium.hub, agency, claim, consortium.members[1].number)
        )
    return introduced


def test_thin(consortium: Consortium) -> None:
    hub = consortium.hub
    ten = introduce_ten(consortium)
    hire = relays.start(hub, consortium.agencies[0], ten[0])
    relays.confirm(hub, consortium.members[1], hire)
    relays.wait(hub, days=130)
    assert books.settle(hub) >= 2
    told = books.statement(hub, "mirai")
    print(told)
    assert told.slots.available == 2
    print(books.audit(hub))
