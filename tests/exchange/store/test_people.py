from datetime import UTC, datetime, timedelta

from exchange.hub import Hub
from exchange.services.work import Work
from exchange.store import people as rows
from exchange.store.people import ChallengeRow, PendingActRow, PersonRow

AT = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
ONE, OTHER = "usr_0123456789abcdefghjkmnpqrs", "usr_1123456789abcdefghjkmnpqrs"
THIRD = "usr_2123456789abcdefghjkmnpqrs"


def add_person(
    work: Work, user_id: str, *, minutes: int = 0, credential: str | None = None
) -> None:
    work.session.add(
        PersonRow(
            id=user_id,
            slug="office",
            display_name="見本 太郎",
            state="invited",
            enrol_digest=user_id.encode(),
            enrol_until=AT,
            credential=credential,
            jwk=None,
            sign_count=0,
            created_at=AT + timedelta(minutes=minutes),
        )
    )
    work.session.flush()


def test_a_person_is_found_by_id_link_and_passkey_and_nobody_else_is(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        add_person(work, ONE, credential="cred")

        for found in (
            rows.person(work.session, ONE),
            rows.by_enrolment(work.session, ONE.encode()),
            rows.by_credential(work.session, "cred"),
        ):
            assert found is not None
            assert found.id == ONE
        assert rows.person(work.session, OTHER) is None
        assert rows.by_enrolment(work.session, b"x") is None
        assert rows.by_credential(work.session, "") is None


def test_people_come_oldest_first_and_of_one_organization(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        add_person(work, ONE, minutes=2)
        add_person(work, OTHER, minutes=1)

        assert [row.id for row in rows.people_of(work.session, "office")] == [OTHER, ONE]
        assert rows.people_of(work.session, "mirai") == []


def test_people_begin_after_somebody_and_end_at_a_limit(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        # Those two of one moment stand in the order of their ids.
        for user_id, minutes in ((ONE, 2), (OTHER, 1), (THIRD, 2)):
            add_person(work, user_id, minutes=minutes)

        def of(after: str, limit: int) -> list[str]:
            found = rows.people_of(work.session, "office", after=after, limit=limit)
            return [row.id for row in found]

        assert of("", 2) == [OTHER, ONE]
        assert of(OTHER, 2) == [ONE, THIRD]
        assert of(ONE, 1) == [THIRD]
        assert of(THIRD, 2) == []


def test_a_prepared_act_is_its_persons_own(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        add_person(work, ONE)
        work.session.add(
            PendingActRow(id="a", user_id=ONE, attestation=b"x", form={"n": 1}, expires_at=AT)
        )
        work.session.flush()

        own = rows.pending_act(work.session, "a", ONE)
        assert own is not None
        assert own.form == {"n": 1}
        assert rows.pending_act(work.session, "a", OTHER) is None
        assert rows.pending_act(work.session, "b", ONE) is None


def add_challenge(work: Work) -> None:
    work.session.add(ChallengeRow(challenge=b"c", purpose="sign-in", user_id=None, expires_at=AT))
    work.session.flush()


def test_a_challenge_serves_once_and_for_its_purpose(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        add_challenge(work)

        assert rows.take_challenge(work.session, b"c", "enrol") is None
        taken = rows.take_challenge(work.session, b"c", "sign-in")
        assert taken is not None
        assert taken.expires_at == AT
        assert rows.take_challenge(work.session, b"c", "sign-in") is None
        assert rows.take_challenge(work.session, b"d", "sign-in") is None


def test_challenges_and_acts_are_forgotten_once_their_time_is_over(empty_hub: Hub) -> None:
    with empty_hub.work() as work:
        add_person(work, ONE)
        add_challenge(work)
        work.session.add(
            PendingActRow(id="a", user_id=ONE, attestation=b"x", form={}, expires_at=AT)
        )
        work.session.flush()

        rows.forget_stale(work.session, AT)
        assert rows.pending_act(work.session, "a", ONE) is not None
        rows.forget_stale(work.session, AT + timedelta(seconds=1))
        work.session.expire_all()
        assert rows.pending_act(work.session, "a", ONE) is None
        assert rows.take_challenge(work.session, b"c", "sign-in") is None
