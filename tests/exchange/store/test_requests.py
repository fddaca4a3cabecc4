from datetime import UTC, datetime, timedelta
from threading import Barrier, Thread
from time import sleep

from exchange.hub import Hub
from exchange.store import requests as rows

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ONE, OTHER = b"1" * 32, b"2" * 32


def record(hub: Hub, digest: bytes, *, slug: str = "sakura", jti: str = "j-1") -> bytes:
    with hub.work() as work:
        return rows.record_token(
            work.session, slug=slug, jti=jti, request_digest=digest, expires_at=AT
        )


def test_a_token_is_bound_to_the_first_request_it_wrote(empty_hub: Hub) -> None:
    assert record(empty_hub, ONE) == ONE
    assert record(empty_hub, ONE) == ONE
    assert record(empty_hub, OTHER) == ONE


def test_the_same_token_id_of_another_organization_is_another_token(empty_hub: Hub) -> None:
    record(empty_hub, ONE)

    assert record(empty_hub, OTHER, slug="hayabusa") == OTHER
    assert record(empty_hub, OTHER, jti="j-2") == OTHER


def reserve(hub: Hub, key: str = "k") -> rows.AnswerRow | None:
    with hub.work() as work:
        return rows.reserve_answer(work.session, actor="sakura", key=key, request_digest=ONE, at=AT)


def test_a_key_is_reserved_once_and_then_gives_the_answer_that_was_kept(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        first = rows.reserve_answer(
            work.session, actor="sakura", key="k", request_digest=ONE, at=AT
        )
        rows.keep_answer(work.session, actor="sakura", key="k", status=201, body=b"sealed")

    again = reserve(empty_hub)

    assert first is None
    assert again is not None
    assert (again.status, again.body, again.request_digest) == (201, b"sealed", ONE)


def test_a_reservation_that_was_rolled_back_leaves_the_key_free(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        rows.reserve_answer(work.session, actor="sakura", key="k", request_digest=ONE, at=AT)
        work.session.rollback()

    assert reserve(empty_hub) is None


def test_two_at_once_under_one_key_wait_for_each_other(empty_hub: Hub) -> None:
    both = Barrier(2)
    found: list[tuple[int, bytes] | None] = []

    def ask() -> None:
        both.wait()
        with empty_hub.work() as work:
            row = rows.reserve_answer(
                work.session, actor="sakura", key="k", request_digest=ONE, at=AT
            )
            if row is None:
                sleep(0.2)
                rows.keep_answer(work.session, actor="sakura", key="k", status=201, body=b"x")
            found.append(None if row is None else (row.status, row.body))

    threads = [Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [None, (201, b"x")]


def test_what_is_stale_is_forgotten_and_the_rest_is_not(empty_hub: Hub) -> None:
    record(empty_hub, ONE)
    reserve(empty_hub)

    with empty_hub.work() as work:
        rows.forget_stale(work.session, AT, AT)
    assert record(empty_hub, OTHER) == ONE
    assert reserve(empty_hub) is not None

    later = AT + timedelta(seconds=1)
    with empty_hub.work() as work:
        rows.forget_stale(work.session, later, later)
    assert record(empty_hub, OTHER) == OTHER
    assert reserve(empty_hub) is None
