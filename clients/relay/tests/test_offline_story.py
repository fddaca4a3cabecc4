"""The member's offline side from end to end: lists and events in, letters and profiles out."""

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from career_relay.application import Application
from career_relay.assets import applications, referrals
from career_relay.assets.applications import Import
from career_relay.assets.referrals import Referral, SeenConsent
from career_relay.assets.store import AssetStore
from career_relay.config import Company
from career_relay.eligible import judge
from career_relay.imports.reader import read
from career_relay.letters.files import write_letters
from career_relay.letters.letter import compose
from career_relay.letters.templates import choose_template
from career_relay.pseudonymize import profile_without_leaks
from career_relay.samples.files import csv_bytes
from career_relay.samples.generate import SAMPLE_DAY
from career_relay.samples.generate import applications as drawn
from relay_protocol import profile

AT = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
COMPANY = Company(
    name="株式会社みらい製作所",
    contact="saiyo@example.jp",
    sender="採用担当 <saiyo@example.jp>",
)


def taken(store: AssetStore, path: Path, *, at: datetime = AT) -> Import:
    reading = read(path)
    assert reading.refusals == ()
    with store.transaction() as connection:
        return applications.keep(connection, path.name, reading.rows, at=at)


def eligible(store: AssetStore, today: date = SAMPLE_DAY) -> list[Application]:
    with store.reading() as connection:
        judgements = judge(
            list(applications.every(connection)),
            today=today,
            invited=referrals.invited_applications(connection),
        )
    return [one.application for one in judgements if one.eligible]


def drawn_referral(application: Application) -> Referral:
    number = application.key.rpartition("-")[2]
    return Referral(
        referral=f"ref_{number}",
        application=application.key,
        token=f"token-{number}",
        job_kind=application.kind,
        locale=application.locale,
        opened_at=AT,
        expires_on=AT.date() + timedelta(days=60),
    )


@pytest.fixture
def listed(store: AssetStore, tmp_path: Path) -> AssetStore:
    """A store into which a list of forty has been imported."""
    path = tmp_path / "list.csv"
    path.write_bytes(csv_bytes(drawn(4, 40, today=SAMPLE_DAY)))
    assert taken(store, path).count("new") == 40
    return store


def test_whoever_has_a_link_is_not_eligible_again_and_nobody_is_lost(
    listed: AssetStore,
) -> None:
    first = eligible(listed)
    assert len(first) >= 10
    with listed.transaction() as connection:
        for application in first[:4]:
            referrals.draw(connection, drawn_referral(application))
    assert [one.key for one in eligible(listed)] == [one.key for one in first[4:]]


def test_every_eligible_person_gets_one_letter_with_a_link_of_their_own(
    listed: AssetStore, tmp_path: Path
) -> None:
    people = eligible(listed)
    letters = [
        compose(
            one,
            choose_template(one.locale, None),
            COMPANY,
            link=f"https://relay.example.jp/i/{drawn_referral(one).token}",
            expires_on=date(2026, 11, 30),
        )
        for one in people
    ]
    written = write_letters(letters, tmp_path / "letters", at=AT)
    assert len(written) == len(people) + 1
    text = written[-1].read_bytes().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["氏名"] for row in rows] == [one.person.name for one in people]
    assert len({row["リンク"] for row in rows}) == len(people)


def test_of_a_consent_only_its_groups_leave_and_the_digest_is_remembered(
    listed: AssetStore,
) -> None:
    person = eligible(listed)[0]
    consent = SeenConsent(
        consent="con_1",
        notice="2026-12-A",
        modules=("publish",),
        groups=("experience", "location"),
        until=date(2027, 4, 1),
        attestation="att-1",
    )
    with listed.transaction() as connection:
        referral = drawn_referral(person)
        referrals.draw(connection, referral)
        referrals.see_consent(connection, referral.referral, consent, at=AT)
        (seen,) = referrals.in_states(connection, "consented")
        assert seen.consent is not None
        held = applications.find(connection, seen.application)
        assert held is not None
        made = profile_without_leaks(held, seen.consent.groups, today=SAMPLE_DAY)
        digest = profile.digest(made.fields).hex()
        referrals.mark_profile(connection, seen.referral, digest, at=AT)
    assert set(profile.groups_of(made.fields)) == {"experience", "location"}
    with listed.reading() as connection:
        after = referrals.find(connection, referral.referral)
        assert after is not None
        assert after.profile_digest == digest


def event(action: str, **changes: object) -> str:
    """Return a webhook of Greenhouse about one application."""
    own = {
        "id": 501,
        "applied_at": "2026-06-11T02:07:06Z",
        "rejected_at": None,
        "status": "active",
        "source": {"id": 1, "public_name": "Indeed"},
        "rejection_reason": None,
        "current_stage": {"id": 1, "name": "Phone Screen"},
        "jobs": [{"id": 1, "name": "Software Engineer"}],
        "candidate": {
            "id": 601,
            "first_name": "空太",
            "last_name": "夢原",
            "can_email": True,
            "email_addresses": [{"value": "yumehara@example.jp", "type": "personal"}],
        },
        **changes,
    }
    return json.dumps({"action": action, "payload": {"application": own}})


REJECTED = {
    "status": "rejected",
    "rejected_at": "2026-09-20T01:00:00Z",
    "rejection_reason": {"id": 1, "name": "x", "type": {"id": 1, "name": "We rejected them"}},
}


@pytest.mark.parametrize(
    ("events", "invited"),
    [
        ([("new_candidate_application", {})], False),
        ([("new_candidate_application", {}), ("reject_candidate", REJECTED)], True),
        ([("reject_candidate", REJECTED), ("unreject_candidate", {})], False),
        (
            [
                ("reject_candidate", REJECTED),
                ("unreject_candidate", {}),
                ("reject_candidate", REJECTED),
            ],
            True,
        ),
        ([("hire_candidate", {}), ("unhire_candidate", {})], False),
        ([("reject_candidate", REJECTED), ("hire_candidate", {})], False),
    ],
    ids=lambda value: " ".join(name for name, _ in value) if isinstance(value, list) else "",
)
def test_what_the_system_tells_later_decides_who_is_eligible(
    store: AssetStore,
    tmp_path: Path,
    *,
    events: list[tuple[str, dict[str, object]]],
    invited: bool,
) -> None:
    for number, (action, changes) in enumerate(events):
        path = tmp_path / f"{number}.json"
        path.write_text(event(action, **changes), encoding="utf-8")
        taken(store, path, at=AT + timedelta(minutes=number))
    assert bool(eligible(store)) is invited


def test_a_list_brought_in_again_after_the_letters_changes_nobodys_link(
    listed: AssetStore, tmp_path: Path
) -> None:
    person = eligible(listed)[0]
    with listed.transaction() as connection:
        referrals.draw(connection, drawn_referral(person))
    assert taken(listed, tmp_path / "list.csv", at=AT + timedelta(days=1)).count("same") == 40
    with listed.reading() as connection:
        assert referrals.of_application(connection, person.key) == drawn_referral(person)
