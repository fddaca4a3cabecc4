"""The hub loses its power at the worst of places, is started again, and owes nobody anything."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import httpx
import pytest
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

from exchange import jobs
from exchange.store import ledger as ledger_rows
from exchange.store import points as point_rows
from exchange.store import profiles as profile_rows
from exchange.store.candidates import CandidateRow
from exchange.store.columns import Base
from exchange.store.referrals import ReferralRow
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Entry
from tests.story import books, referrals, relays
from tests.story.candidate import Candidate as Visitor
from tests.story.machine import KILLED, START_S, Place

if TYPE_CHECKING:
    from tests.trials.conftest import Scene

MANY = 40
TEN = 10
ANSWERED = Place(module="flask.app", function="Flask.full_dispatch_request", when="after")
"""After a transaction's commit, before its answer leaves."""


Deed: TypeAlias = Callable[[httpx.Client], httpx.Response]


def lose_power(scene: "Scene", place: Place, deed: Callable[[httpx.Client], object]) -> None:
    """Let a deed be done at a hub that dies of it, or right after it."""
    scene.hub.close()
    with scene.machine.serving(fails_at=place) as server:
        with suppress(httpx.TransportError):
            deed(scene.http)
        assert server.wait(timeout=START_S) == KILLED


def entries_of(scene: "Scene", kind: str) -> int:
    """Return how many entries of a kind stand in the ledger."""
    with scene.hub.reading() as work:
        raw = ledger_rows.entries(work.session, 0, 1 << 30)
    return sum(Entry.decode(one).kind == kind for one in raw)


def rows_of(scene: "Scene", table: type[Base]) -> int:
    """Return how many rows a table has."""
    with scene.hub.reading() as work:
        return work.session.scalar(select(func.count()).select_from(table)) or 0


def waiting(scene: "Scene") -> int:
    """Return how many attestations wait for their place."""
    with scene.hub.reading() as work:
        return ledger_rows.queue_length(work.session)


def posting(scene: "Scene", path: str, body: object) -> Deed:
    """Return what sends one write of the first member, again and again the same."""
    caller = scene.client_of(scene.consortium.members[0])
    return lambda http: replace(caller, http=http).post(path, body, key="the-one-key")


def invitation(scene: "Scene") -> Deed:
    """Return what registers one invitation."""
    asked = referrals.invitation(
        scene.hub,
        scene.consortium.members[0],
        referral=referrals.new_referral(),
        token=referrals.new_token(),
    )
    shape = {
        "referral": asked.referral,
        "token_digest": b64url_encode(asked.token_digest),
        "job_kind": asked.job_kind,
        "locale": asked.locale,
        "expires_on": asked.expires_on.isoformat(),
        "attestation": asked.attestation,
    }
    return posting(scene, "/v1/member/invitations", {"invitations": [shape]})


def statuses(answer: httpx.Response) -> set[object]:
    """Return what became of all that was sent together."""
    assert answer.status_code == 200, answer.text
    return {one["status"] for one in answer.json()["items"]}


class TestAfterTheDeedAndBeforeSequencing:
    def test_the_deed_waits_with_its_attestation_and_gets_its_place_at_the_next_start(
        self, scene: "Scene"
    ) -> None:
        invite = invitation(scene)

        lose_power(scene, Place(module="exchange.hub", function="Hub.sequence"), invite)

        assert (rows_of(scene, ReferralRow), waiting(scene)) == (1, 1)
        assert entries_of(scene, "referral.invited") == 0
        with scene.started_again() as http:
            again = invite(http)
        assert statuses(again) == {"registered"}
        assert again.headers["Idempotency-Replayed"] == "true"
        scene.hub.sequence()
        assert (entries_of(scene, "referral.invited"), waiting(scene)) == (1, 0)
        scene.audit()


class TestWhileSequencing:
    @pytest.mark.parametrize(
        "place",
        [
            Place(module="exchange.store.appending", function="unqueue"),
            Place(module="exchange.services.sequencing", function="sequence", when="after"),
        ],
        ids=["before-the-queue-is-emptied", "before-the-commit"],
    )
    def test_a_batch_that_was_not_committed_is_sequenced_as_if_for_the_first_time(
        self, scene: "Scene", place: Place
    ) -> None:
        invite = invitation(scene)

        lose_power(scene, place, invite)

        assert (entries_of(scene, "referral.invited"), waiting(scene)) == (0, 1)
        scene.hub.sequence()
        assert (entries_of(scene, "referral.invited"), waiting(scene)) == (1, 0)
        scene.audit()

    @pytest.mark.parametrize(
        "place",
        [
            Place(module="exchange.services.checkpoints", function="sign_checkpoint"),
            Place(module="exchange.services.checkpoints", function="publish"),
            Place(module="pathlib", function="Path.replace"),
        ],
        ids=["before-it-is-signed", "before-it-is-published", "halfway"],
    )
    def test_entries_without_a_published_checkpoint_get_one_and_never_two_of_a_size(
        self, scene: "Scene", place: Place
    ) -> None:
        before = scene.hub.published.read_bytes()

        lose_power(scene, place, invitation(scene))

        assert (entries_of(scene, "referral.invited"), waiting(scene)) == (1, 0)
        assert scene.hub.published.read_bytes() == before
        size = scene.hub.sequence()
        with scene.hub.reading() as work:
            newest = ledger_rows.checkpoint(work.session)
        assert newest is not None
        assert newest.size == size
        assert scene.hub.published.read_bytes() == newest.note != before
        scene.audit()


class TestInTheBatchUpload:
    @pytest.fixture
    def post(self, scene: "Scene") -> Deed:
        """Return what adds to the profiles of many, who have consented."""
        member = scene.consortium.members[0]
        people = [referrals.consent(scene.hub, member) for _ in range(MANY)]
        sent = [
            referrals.addition(scene.hub, one, {"skills": [f"Python {number}"]})
            for number, one in enumerate(people)
        ]
        scene.hub.sequence()
        shapes = [
            {
                "referral": one.referral,
                "consent": one.consent,
                "fields": dict(one.fields),
                "attestation": one.attestation,
            }
            for one in sent
        ]
        return posting(scene, "/v1/member/profiles", {"profiles": shapes})

    def added(self, scene: "Scene") -> int:
        """Return how many profiles hold anything of the origin's."""
        with scene.hub.reading() as work:
            profiles = work.session.scalars(select(profile_rows.ProfileRow))
            return sum(row.sealed_added is not None for row in profiles)

    def test_of_a_batch_that_was_cut_nothing_is_left_and_it_can_be_sent_again(
        self, scene: "Scene", post: Deed
    ) -> None:
        halfway = Place(module="exchange.services.profiles", function="_add_one", times=MANY // 2)

        lose_power(scene, halfway, post)

        assert (self.added(scene), waiting(scene)) == (0, 0)
        with scene.started_again() as http:
            again = post(http)
        assert statuses(again) == {"added"}
        assert "Idempotency-Replayed" not in again.headers
        scene.hub.sequence()
        assert self.added(scene) == entries_of(scene, "profile.added") == MANY
        scene.audit()

    def test_a_batch_whose_answer_was_lost_is_answered_and_not_done_again(
        self, scene: "Scene", post: Deed
    ) -> None:
        lose_power(scene, ANSWERED, post)

        assert self.added(scene) == MANY
        with scene.started_again() as http:
            again = post(http)
        assert statuses(again) == {"added"}
        assert again.headers["Idempotency-Replayed"] == "true"
        scene.hub.sequence()
        assert entries_of(scene, "profile.added") == MANY
        scene.audit()


class TestInSettlement:
    def let_two_months_pass(self, scene: "Scene") -> None:
        """Let ten people be introduced and one of them hired, and let two months pass."""
        hub, (origin, hirer, _) = scene.hub, scene.consortium.members
        agency = scene.consortium.agencies[0]
        introduced = [
            relays.introduce(
                hub, agency, relays.reach(hub, relays.enlist(hub, origin), agency), hirer.number
            )
            for _ in range(TEN)
        ]
        relays.confirm(hub, hirer, relays.start(hub, agency, introduced[0]))
        hub.sequence()
        relays.wait(hub, days=62)

    def settled(self, scene: "Scene") -> Mapping[tuple[str, str], bytes]:
        """Return every statement there is, by company and month."""
        with scene.hub.reading() as work:
            kept = work.session.scalars(select(point_rows.StatementRow))
            return {(row.slug, row.period): row.statement for row in kept}

    @pytest.mark.parametrize(
        ("place", "months"),
        [
            (Place(module="exchange.services.books", function="write"), 0),
            (Place(module="exchange.services.settlement", function="_attest", when="after"), 0),
            (Place(module="exchange.services.settlement", function="settle_due", times=2), 1),
        ],
        ids=["before-the-transfers", "before-the-commit", "between-two-months"],
    )
    def test_a_month_is_settled_wholly_or_not_at_all_and_never_twice(
        self, scene: "Scene", place: Place, months: int
    ) -> None:
        self.let_two_months_pass(scene)
        scene.hub.close()

        assert scene.machine.run("worker", "--once", fails_at=place) == KILLED

        left = self.settled(scene)
        assert len({period for _, period in left}) == months
        assert rows_of(scene, point_rows.RunRow) == months
        jobs.run_once(scene.hub)
        done = self.settled(scene)
        assert len({period for _, period in done}) == 2
        assert left.items() <= done.items()
        assert entries_of(scene, "period.settled") == rows_of(scene, point_rows.RunRow) == 2
        jobs.run_once(scene.hub)
        assert self.settled(scene) == done
        assert len(books.audit(scene.hub)) == 2
        scene.audit()


class TestInErasure:
    @pytest.fixture
    def person(self, scene: "Scene") -> relays.Candidate:
        """Return somebody who is listed and approved a claim, beside somebody who stays."""
        hub, consortium = scene.hub, scene.consortium
        leaving = relays.enlist(hub, consortium.members[0])
        relays.reach(hub, leaving, consortium.agencies[0])
        relays.enlist(hub, consortium.members[1])
        hub.sequence()
        return leaving

    def visitor(self, http: httpx.Client, person: relays.Candidate) -> Visitor:
        """Return a person at their page."""
        return Visitor(http=http, invitation="", member="mirai", number=1, own=f"/c/{person.token}")

    @pytest.mark.parametrize(
        "place",
        [
            Place(module="exchange.services.subject_requests", function="keep_facts"),
            Place(module="exchange.store.subjects", function="erase", when="after"),
        ],
        ids=["halfway", "before-the-commit"],
    )
    def test_an_erasure_that_was_cut_leaves_the_person_whole_and_can_be_asked_again(
        self, scene: "Scene", person: relays.Candidate, place: Place
    ) -> None:
        lose_power(scene, place, lambda http: self.visitor(http, person).erase())

        assert waiting(scene) == 0
        with scene.hub.reading() as work:
            profile = profile_rows.of_candidate(work.session, person.id)
        assert profile is not None
        assert profile.state == "claimed"
        with scene.started_again() as http:
            visitor = self.visitor(http, person)
            assert person.referral in visitor.take_along()
            visitor.erase()
            assert http.get(visitor.own).status_code == 404
        assert rows_of(scene, CandidateRow) == 1
        scene.audit()

    def test_an_erasure_whose_answer_was_lost_is_done_and_its_bytes_go_at_the_next_start(
        self, scene: "Scene", person: relays.Candidate
    ) -> None:
        with scene.hub.reading() as work:
            wrapped = work.session.get_one(CandidateRow, person.id).wrapped_key
        scrubbing = Place(module="exchange.hub", function="Hub.scrub", times=2)

        lose_power(scene, scrubbing, lambda http: self.visitor(http, person).erase())

        # An open connection, as the worker has one, keeps SQLite from tidying up by itself.
        with scene.hub.engine.connect():
            assert rows_of(scene, CandidateRow) == 1
            with scene.machine.serving():
                assert scene.http.get(f"/c/{person.token}").status_code == 404
                found = [file for file in database_files(scene) if wrapped in file.read_bytes()]
        assert found == []
        scene.audit()


def database_files(scene: "Scene") -> list[Path]:
    """Return the files of an embedded database; none of another one, which is not ours to read."""
    url = make_url(scene.hub.settings.database_url)
    if url.get_backend_name() != "sqlite" or url.database is None:
        return []
    database = Path(url.database)
    return [file for file in database.parent.glob(f"{database.name}*") if file.is_file()]
