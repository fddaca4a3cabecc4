"""What many hand in at once is written together, and a refused one is nobody else's affair."""

from collections.abc import Sequence
from dataclasses import replace
from threading import Event, Thread

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from exchange.domain.errors import AttestationReusedError, BusyError, KeyRevokedError
from exchange.hub import Hub
from exchange.services import intake
from exchange.services.grouping import Grouping
from exchange.services.ledger import Act, Fact
from exchange.store import ledger as rows
from exchange.store import organizations
from relay_protocol import ids
from relay_protocol.attestation import sign_jws
from tests.story.scheme import Consortium, Organization


class Book:
    """Writes numbers down, all of a group or none, and refuses some."""

    def __init__(self, refused: Sequence[int] = (), error: Exception | None = None) -> None:
        self.groups: list[list[int]] = []
        self.asked = 0
        self.refused, self.error = refused, error or BusyError("refused")

    def write(self, group: Sequence[int]) -> list[str]:
        """Write a group, or raise."""
        self.asked += 1
        if any(one in self.refused for one in group):
            raise self.error
        self.groups.append(list(group))
        return [f"wrote {one}" for one in group]

    @property
    def written(self) -> list[int]:
        """Everything that was written, in order."""
        return [one for group in self.groups for one in group]


def test_all_are_written_in_their_order_and_each_gets_its_own_answer() -> None:
    book = Book()
    grouping = Grouping(book.write)
    futures = grouping.submit_all(range(10))
    with grouping.running():
        assert [future.result() for future in futures] == [f"wrote {n}" for n in range(10)]
    assert book.groups == [list(range(10))]


@pytest.mark.parametrize(("count", "groups"), [(4, [4]), (5, [4, 1]), (8, [4, 4])])
def test_no_group_is_larger_than_the_most(count: int, groups: list[int]) -> None:
    book = Book()
    grouping = Grouping(book.write, most=4)
    grouping.submit_all(range(count))
    with grouping.running():
        pass
    assert [len(group) for group in book.groups] == groups


def test_a_refused_one_gets_its_refusal_and_the_others_are_written_in_order() -> None:
    book = Book(refused=(3, 6))
    grouping = Grouping(book.write)
    futures = grouping.submit_all(range(8))
    with grouping.running():
        pass
    assert [number for number, one in enumerate(futures) if one.exception()] == [3, 6]
    assert book.written == [0, 1, 2, 4, 5, 7]


def test_one_bad_among_many_costs_few_further_transactions() -> None:
    book = Book(refused=(700,))
    grouping = Grouping(book.write)
    futures = grouping.submit_all(range(1024))
    with grouping.running():
        pass
    assert sum(future.exception() is not None for future in futures) == 1
    # Two for each of the ten halvings, and the first.
    assert book.asked == 21


def test_a_conflict_with_rows_that_stand_is_the_fault_of_one() -> None:
    book = Book(refused=(1,), error=IntegrityError("INSERT", None, ValueError("twice")))
    grouping = Grouping(book.write)
    futures = grouping.submit_all(range(3))
    with grouping.running():
        pass
    assert [one.exception() is None for one in futures] == [True, False, True]


def test_a_database_that_is_gone_is_not_asked_again_for_each() -> None:
    book = Book(refused=(1,), error=OperationalError("INSERT", None, ValueError("gone")))
    grouping = Grouping(book.write)
    futures = grouping.submit_all(range(8))
    with grouping.running():
        pass
    assert book.asked == 1
    assert all(isinstance(future.exception(), OperationalError) for future in futures)


def test_as_many_may_wait_as_the_limit_says_and_then_it_is_busy() -> None:
    book = Book()
    grouping = Grouping(book.write, limit=3)
    waiting = grouping.submit_all((1, 2))
    with pytest.raises(BusyError):
        grouping.submit_all((3, 4))
    waiting.append(grouping.submit(3))
    with pytest.raises(BusyError):
        grouping.submit(4)
    with grouping.running():
        assert [future.result() for future in waiting] == ["wrote 1", "wrote 2", "wrote 3"]
        assert grouping.submit(4).result() == "wrote 4"


def test_what_waits_at_the_end_is_still_written_and_nothing_is_taken_afterwards() -> None:
    book = Book()
    grouping = Grouping(book.write)
    with grouping.running():
        future = grouping.submit(1)
    assert future.done()
    with pytest.raises(BusyError):
        grouping.submit(2)


def test_what_comes_while_a_group_is_written_forms_the_next_one() -> None:
    book, may_write, is_writing = Book(), Event(), Event()

    def slowly(group: Sequence[int]) -> list[str]:
        is_writing.set()
        assert may_write.wait(60)
        return book.write(group)

    grouping = Grouping(slowly)
    with grouping.running():
        grouping.submit(0)
        assert is_writing.wait(60)
        writers = [Thread(target=grouping.submit, args=(number,)) for number in range(1, 30)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join(60)
        may_write.set()
    assert [len(group) for group in book.groups] == [1, 29]
    assert sorted(book.written) == list(range(30))


def invited(hub: Hub, member: Organization, number: int) -> Act:
    """Return a member's act."""
    fact = Fact(
        kind="referral.invited",
        refs={"referral": ids.new_id("ref", number.to_bytes(16, "big"))},
        body={"job_kind": "mid-career"},
    )
    return Act(signed=member.sign(hub, fact), fact=fact, orgs=(member.slug,))


def test_the_hub_s_own_writes_acts_of_many_into_one_ledger(consortium: Consortium) -> None:
    hub, member = consortium.hub, consortium.members[0]
    good = [invited(hub, member, number) for number in range(6)]
    stolen = invited(hub, member, 7)
    other = Act(signed=member.sign(hub, good[0].fact), fact=stolen.fact, orgs=(member.slug,))
    start = hub.sequence()
    grouping = hub.grouping()
    futures = grouping.submit_all([*good[:3], other, *good[3:], good[0]])
    with grouping.running():
        pass
    assert hub.sequence() == start + 6
    assert futures.pop(3).exception() is not None
    assert [future.result().known for future in futures] == [False] * 6 + [True]
    with hub.reading() as work:
        held = [rows.attestation(work.session, future.result().id) for future in futures[:6]]
    assert [row.seq for row in held if row] == list(range(start, start + 6))


def test_two_of_one_id_and_other_contents_in_one_group_leave_the_first(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    first = invited(hub, member, 1)
    second = renamed(hub, member, first)
    grouping = hub.grouping()
    futures = grouping.submit_all([first, second])
    with grouping.running():
        pass
    assert not futures[0].result().known
    assert isinstance(futures[1].exception(), AttestationReusedError)


def renamed(hub: Hub, member: Organization, first: Act) -> Act:
    """Return another act under the id of a first one."""
    other = invited(hub, member, 2)
    attestation = replace(other.signed.attestation, id=first.signed.attestation.id)
    return replace(other, signed=sign_jws(attestation, member.signing))


def test_a_key_that_is_revoked_after_the_proof_is_refused_in_the_group(
    consortium: Consortium,
) -> None:
    hub, member = consortium.hub, consortium.members[0]
    with hub.reading() as work:
        acts = intake.prove(work, [invited(hub, member, number) for number in range(2)])
    grouping = hub.grouping()
    with hub.work() as work:
        key = organizations.key(work.session, member.kid)
        assert key is not None
        key.revoked_at = work.now
    futures = grouping.submit_all(acts)
    with grouping.running():
        pass
    assert all(isinstance(future.exception(), KeyRevokedError) for future in futures)
