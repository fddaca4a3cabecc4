"""The order of matches is what the vacancy asks for, and nothing else."""

import hashlib
import random
from collections.abc import Mapping
from datetime import date

import pytest

from exchange.domain import matching
from exchange.domain.matching import CRITERIA, Reason
from exchange.domain.vacancies import Vacancy
from relay_protocol.canonical import Encodable

DAY = date(2026, 12, 1)
NOTHING_ASKED: dict[str, object] = {
    "title": "バックエンドエンジニア",
    "hirer": "",
    "hirer_name": "",
    "job_kind": "mid-career",
    "occupation": "",
    "required_skills": [],
    "welcome_skills": [],
    "languages": [],
    "experience_years_min": 0,
    "prefectures": [],
    "remote": False,
    "salary_min_yen": 0,
    "salary_max_yen": 0,
    "employment": "",
    "fee_percent": 35,
    "description": "",
    "open_until": "2026-12-20",
}


def asking(**wanted: object) -> Vacancy:
    return Vacancy.from_document({**NOTHING_ASKED, **wanted})


def showing(**values: Encodable) -> dict[str, Encodable]:
    return {"job_kind": "mid-career", **values}


def ordered(vacancy: Vacancy, profiles: Mapping[str, Mapping[str, Encodable]]) -> list[str]:
    return [match.pairwise_id for match in matching.order(vacancy, profiles, DAY)]


def only_reason(vacancy: Vacancy, published: Mapping[str, Encodable]) -> Reason:
    (reason,) = matching.reasons(vacancy, published)
    return reason


def test_given_required_skills_then_more_of_them_comes_first() -> None:
    profiles = {
        "one": showing(skills=["Python", "Ruby", "Go", "Kubernetes"]),
        "two": showing(skills=["PostgreSQL", "Python"]),
    }
    vacancy = asking(required_skills=["Python", "PostgreSQL"], welcome_skills=["Go", "Kubernetes"])
    assert ordered(vacancy, profiles) == ["two", "one"]


def test_given_equal_required_skills_then_welcome_skills_and_languages_decide() -> None:
    profiles = {
        "no-more": showing(skills=["Python"]),
        "one-skill": showing(skills=["Python", "Go"]),
        "skill-and-language": showing(skills=["Go", "Python"], languages=["en:C1"]),
    }
    vacancy = asking(required_skills=["Python"], welcome_skills=["Go"], languages=["en:B2"])
    assert ordered(vacancy, profiles) == ["skill-and-language", "one-skill", "no-more"]


def test_given_every_criterion_then_each_outweighs_all_that_follow_it() -> None:
    best = showing(
        skills=["Python", "Go"],
        occupation_group="technology",
        experience="5-plus",
        region="east",
        remote=True,
        salary="under-6m",
        employment="permanent",
    )
    spoiled: dict[str, dict[str, Encodable]] = {
        "required": {"skills": ["Go"]},
        "welcome": {"skills": ["Python"]},
        "occupation": {"occupation_group": "sales"},
        "experience": {"experience": "0-4"},
        "place": {"remote": False},
        "salary": {"salary": "6m-plus"},
        "employment": {"employment": "contract"},
    }
    profiles: dict[str, dict[str, Encodable]] = {
        "best": best,
        **{name: {**best, **change} for name, change in spoiled.items()},
    }
    vacancy = asking(
        required_skills=["Python"],
        welcome_skills=["Go"],
        occupation="software",
        experience_years_min=3,
        prefectures=["13"],
        remote=True,
        salary_max_yen=8_000_000,
        employment="permanent",
    )
    assert ordered(vacancy, profiles) == ["best", *reversed(CRITERIA)]


def test_given_another_kind_of_job_then_the_profile_is_no_match() -> None:
    graduate: dict[str, Encodable] = {"job_kind": "new-graduate"}
    profiles = {"graduate": graduate, "experienced": showing()}
    assert ordered(asking(), profiles) == ["experienced"]


def test_given_nothing_of_what_is_asked_then_the_profile_is_no_match() -> None:
    profiles = {
        "neither": showing(skills=["Ruby"], occupation_group="sales"),
        "occupation": showing(skills=["Ruby"], occupation_group="technology"),
    }
    vacancy = asking(required_skills=["Python"], occupation="software")
    assert ordered(vacancy, profiles) == ["occupation"]


def test_given_a_vacancy_that_asks_for_nothing_then_everybody_of_its_kind_matches() -> None:
    assert set(ordered(asking(), {"a": showing(), "b": showing()})) == {"a", "b"}


def test_given_a_tie_then_the_hash_of_day_vacancy_and_pairwise_id_decides() -> None:
    vacancy = asking()
    # Written apart from the code under test: the day, the digest and the id with NUL between.
    seed = b"career-relay/ties/v1\x00" + b"2026-12-01" + b"\x00" + vacancy.digest() + b"\x00"
    ids = [f"CR-{number}" for number in range(20)]
    expected = sorted(ids, key=lambda name: hashlib.sha256(seed + name.encode()).digest())
    assert ordered(vacancy, {name: showing() for name in ids}) == expected


def test_given_another_day_then_ties_are_broken_in_another_order() -> None:
    vacancy = asking()
    profiles = {f"CR-{number}": showing() for number in range(20)}
    today = [match.pairwise_id for match in matching.order(vacancy, profiles, DAY)]
    tomorrow = [match.pairwise_id for match in matching.order(vacancy, profiles, date(2026, 12, 2))]
    assert sorted(today) == sorted(tomorrow)
    assert today != tomorrow


def test_the_order_does_not_depend_on_what_only_the_hub_knows() -> None:
    """The hub may hold the same profiles in any order and know anything of them besides."""
    chance = random.Random(7)
    vacancy = asking(required_skills=["Python", "Go"], occupation="software")
    profiles: dict[str, Mapping[str, Encodable]] = {
        f"CR-{number}": showing(
            skills=chance.sample(["Python", "Go", "Ruby", "SQL"], 2),
            occupation_group=chance.choice(["technology", "sales"]),
        )
        for number in range(40)
    }
    expected = ordered(vacancy, profiles)
    for _ in range(20):
        shuffled = list(profiles.items())
        chance.shuffle(shuffled)
        assert ordered(vacancy, dict(shuffled)) == expected
    for hidden in ("origin", "evaluation", "stage_reached", "age", "endorsement", "summary"):
        coloured = {
            name: {**published, hidden: chance.choice(["1", "2", "3", "4"])}
            for name, published in profiles.items()
        }
        assert ordered(vacancy, coloured) == expected


def test_given_a_spelling_of_a_skill_then_it_is_met_all_the_same() -> None:
    reason = only_reason(asking(required_skills=["Python"]), showing(skills=["ＰＹＴＨＯＮ"]))
    assert reason == Reason(
        criterion="required", state="met", wanted="Python", shown="ＰＹＴＨＯＮ"
    )


@pytest.mark.parametrize(
    ("wanted", "published", "state"),
    [
        ({"required_skills": ["Go"]}, {"skills": ["Python"]}, "missing"),
        ({"required_skills": ["Go"]}, {}, "not-shown"),
        ({"welcome_skills": ["Go"]}, {"skills": ["Go"]}, "met"),
        ({"languages": ["en:B2"]}, {"languages": ["en:B2"]}, "met"),
        ({"languages": ["en:B2"]}, {"languages": ["zh:B2", "en:native"]}, "met"),
        ({"languages": ["en:B2"]}, {"languages": ["en:B1"]}, "missing"),
        ({"languages": ["en:B2"]}, {"languages": ["zh:native"]}, "missing"),
        ({"languages": ["en:B2"]}, {}, "not-shown"),
        ({"occupation": "software"}, {"occupation_group": "technology"}, "met"),
        ({"occupation": "software"}, {"occupation_group": "sales"}, "missing"),
        ({"occupation": "software"}, {}, "not-shown"),
        ({"experience_years_min": 5}, {"experience": "5-plus"}, "met"),
        ({"experience_years_min": 6}, {"experience": "5-plus"}, "possible"),
        ({"experience_years_min": 4}, {"experience": "0-4"}, "possible"),
        ({"experience_years_min": 5}, {"experience": "0-4"}, "missing"),
        ({"experience_years_min": 1}, {}, "not-shown"),
        ({"prefectures": ["13"]}, {"region": "east"}, "possible"),
        ({"prefectures": ["13"]}, {"region": "west"}, "missing"),
        ({"prefectures": ["13", "27"]}, {"region": "west"}, "possible"),
        ({"prefectures": ["13"]}, {}, "not-shown"),
        ({"prefectures": ["13"], "remote": True}, {"region": "west", "remote": True}, "met"),
        ({"prefectures": ["13"], "remote": True}, {"remote": True}, "met"),
        ({"prefectures": ["13"], "remote": True}, {"region": "west", "remote": False}, "missing"),
        ({"prefectures": ["13"]}, {"region": "west", "remote": True}, "missing"),
        ({"salary_max_yen": 6_000_000}, {"salary": "under-6m"}, "met"),
        ({"salary_max_yen": 5_999_999}, {"salary": "under-6m"}, "possible"),
        ({"salary_max_yen": 6_000_000}, {"salary": "6m-plus"}, "possible"),
        ({"salary_max_yen": 5_999_999}, {"salary": "6m-plus"}, "missing"),
        ({"salary_max_yen": 6_000_000}, {}, "not-shown"),
        ({"employment": "permanent"}, {"employment": "permanent"}, "met"),
        ({"employment": "permanent"}, {"employment": "contract"}, "missing"),
        ({"employment": "permanent"}, {}, "not-shown"),
    ],
)
def test_each_thing_asked_for_is_met_possible_missing_or_not_shown(
    wanted: dict[str, object], published: dict[str, Encodable], state: str
) -> None:
    assert only_reason(asking(**wanted), showing(**published)).state == state


def test_given_a_match_then_it_counts_what_is_met_of_what_is_asked() -> None:
    vacancy = asking(required_skills=["Python", "SQL"], welcome_skills=["Go"])
    (match,) = matching.order(vacancy, {"a": showing(skills=["python", "Go", "Excel"])}, DAY)
    assert (match.met("required"), match.asked("required")) == (1, 2)
    assert (match.met("welcome"), match.asked("welcome")) == (1, 1)
    assert match.asked("salary") == 0
    assert not match.meets_all_required
    assert match.extra_skills == ("Excel",)


def test_given_all_required_skills_then_the_match_says_so() -> None:
    vacancy = asking(required_skills=["Python"])
    (match,) = matching.order(vacancy, {"a": showing(skills=["Python"])}, DAY)
    assert match.meets_all_required
