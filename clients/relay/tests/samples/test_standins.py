"""Stand-ins: what happened stays, whom it happened to is gone, whole."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pytest

from career_relay.application import Application, Career, Person
from career_relay.imports.reader import read
from career_relay.pseudonymize import known_names
from career_relay.samples.standins import replace_identities

Change = Callable[..., Application]
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z")


def replaced(application: Application) -> Application:
    (made,) = replace_identities([application], seed=3)
    return made


def everything(application: Application) -> str:
    return msgspec.json.encode(application).decode()


def test_no_mark_of_the_real_person_is_left(an_application: Application) -> None:
    real = replace(
        an_application,
        key="sheet:real-id-77",
        person=replace(an_application.person, phone="090-0000-7777"),
        career=replace(
            an_application.career,
            skills=("Python", "夢原メソッド"),
            summary="夢原です。real-summary",
            endorsement="real-endorsement",
        ),
        selection=replace(
            an_application.selection,
            position="real-position",
            reason="real-reason",
            comment="real-comment",
        ),
    )
    told = everything(replaced(real))
    for mark in (*known_names(real.person), real.person.phone, "1991-04-02", "real-", "夢原"):
        assert mark not in told, mark


def test_what_happened_stays(an_application: Application) -> None:
    made = replaced(an_application)
    before, after = an_application.selection, made.selection
    assert made.kind == an_application.kind
    assert (after.outcome, after.channel, after.stage) == (
        before.outcome,
        before.channel,
        before.stage,
    )
    assert (after.applied_at, after.ended_at) == (before.applied_at, before.ended_at)
    assert [rating.mark for rating in after.ratings] == [4, 3]
    assert made.career.occupation == "software"
    assert made.career.desired_salary_yen == 6_000_000
    assert made.career.prefecture == "13"


def test_the_age_stays_in_whole_years_and_the_birth_date_goes(
    an_application: Application,
) -> None:
    made = replaced(an_application).person
    assert made.born_on is None
    assert made.age == an_application.person.age_on(date(2026, 7, 1)) == 35


def test_the_stand_in_is_made_up_and_can_be_written_to(an_application: Application) -> None:
    made = replaced(an_application).person
    assert made.email.endswith("@example.jp")
    assert made.phone.startswith("090-0000-")
    assert made.kana
    assert made.employers != an_application.person.employers
    assert len(made.employers) == len(an_application.person.employers)


@pytest.mark.parametrize("field", ["email", "phone"])
def test_whoever_could_not_be_reached_still_cannot(with_person: Change, field: str) -> None:
    assert getattr(replaced(with_person(**{field: ""})).person, field) == ""


def test_a_skill_stays_only_where_it_is_one_beyond_doubt(with_career: Change) -> None:
    made = replaced(with_career(skills=("Python", "python", "ruby", "Sayid", "VIP", "要件定義")))
    assert made.career.skills == ("Python", "python", "ruby", "要件定義")


def test_one_person_twice_is_one_stand_in_twice(
    an_application: Application, with_person: Change
) -> None:
    again = replace(with_person(email="YUMEHARA@example.jp"), key="sheet:B-9")
    other = replace(with_person(email="other@example.jp"), key="sheet:C-1")
    first, second, third = replace_identities([an_application, again, other], seed=3)
    assert first.person == second.person
    assert first.key != second.key
    assert third.person != first.person


def test_people_without_an_address_are_not_taken_for_one(with_person: Change) -> None:
    nobody = with_person(email="")
    first, second = replace_identities([nobody, replace(nobody, key="sheet:Z")], seed=3)
    assert first.person.name != second.person.name or first.person.phone != second.person.phone


def test_the_same_seed_gives_the_same_people_and_another_others(
    an_application: Application,
) -> None:
    assert replace_identities([an_application], seed=3) == [replaced(an_application)]
    (other,) = replace_identities([an_application], seed=4)
    assert other.key != replaced(an_application).key


def test_the_stand_in_does_not_follow_from_the_person(
    an_application: Application, with_person: Change
) -> None:
    somebody = with_person(name="別人 花子", email="betsujin@example.jp")
    assert replaced(somebody).person == replaced(an_application).person


def test_texts_that_were_empty_stay_empty(an_application: Application) -> None:
    bare = replace(
        an_application,
        career=Career(),
        selection=replace(an_application.selection, reason="", comment="", position=""),
        person=Person(name="夢原 空太"),
    )
    made = replaced(bare)
    assert made.career == Career()
    assert made.selection.reason == made.selection.comment == made.selection.position == ""
    assert made.person.age is None


def strings(thing: object) -> set[str]:
    """Return every text within a parsed JSON document that is long enough to tell anything."""
    if isinstance(thing, dict):
        return set().union(*(strings(part) for part in thing.values()), set())
    if isinstance(thing, list):
        return set().union(*(strings(part) for part in thing), set())
    return {thing} if isinstance(thing, str) and len(thing) > 4 else set()


def test_of_the_published_files_no_text_is_left_but_codes_and_instants(
    vendor_samples: Path,
) -> None:
    for path in sorted((vendor_samples / "greenhouse").glob("*.json")):
        real = strings(json.loads(path.read_text(encoding="utf-8")))
        made = replace_identities(read(path).applications, seed=1)
        told = strings(json.loads(msgspec.json.encode(made)))
        codes = {"rejected", "hired", "ongoing", "agency", "Python"}
        left = {text for text in real & told - codes if not INSTANT.fullmatch(text)}
        assert left == set(), path.name
