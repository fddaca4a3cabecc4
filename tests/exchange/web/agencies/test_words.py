"""Amounts, places and deadlines are told in the reader's own way."""

from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask

from exchange.domain import matching
from exchange.domain.vacancies import FIELDS, Vacancy
from exchange.web.agencies import words
from exchange.web.http import languages

NOW = datetime(2026, 12, 1, tzinfo=UTC)
EMPTY: dict[str, object] = {
    **dict.fromkeys(FIELDS, ""),
    "title": "事務",
    "job_kind": "mid-career",
    "required_skills": [],
    "welcome_skills": [],
    "languages": [],
    "prefectures": [],
    "remote": False,
    "experience_years_min": 0,
    "salary_min_yen": 0,
    "salary_max_yen": 0,
    "fee_percent": 0,
    "open_until": "2026-12-20",
}


@pytest.fixture
def pages(translated: None) -> Flask:
    app = Flask("exchange")
    languages.speak(app)
    return app


def vacancy(**asked: object) -> Vacancy:
    return Vacancy.from_document({**EMPTY, **asked})


@pytest.mark.parametrize(
    ("time", "ja", "en"),
    [
        (timedelta(days=7), "あと7日", "7 days left"),
        (timedelta(days=2), "あと2日", "2 days left"),
        (timedelta(days=2, seconds=-1), "あと47時間", "47 hours left"),
        (timedelta(hours=1), "あと1時間", "1 hours left"),
        (timedelta(minutes=59), "あと1時間未満", "less than an hour left"),
        (timedelta(0), "期限切れ", "overdue"),
        (timedelta(days=-1), "期限切れ", "overdue"),
    ],
)
def test_a_deadline_is_told_as_the_time_that_is_left(
    pages: Flask, time: timedelta, ja: str, en: str
) -> None:
    for tongue, said in (("ja", ja), ("en", en)):
        with pages.test_request_context(f"/portal/?lang={tongue}"):
            assert words.left(NOW + time, NOW) == said


def test_where_no_deadline_runs_nothing_is_told(pages: Flask) -> None:
    with pages.test_request_context("/portal/?lang=ja"):
        assert not words.left(None, NOW)


@pytest.mark.parametrize(
    ("least", "most", "ja", "en"),
    [
        (6_000_000, 8_000_000, "600万円〜800万円", "¥6.0m–¥8.0m"),
        (0, 12_500_000, "〜1,250万円", "–¥12.5m"),
        (6_000_000, 0, "600万円〜", "¥6.0m–"),
        (0, 0, "–", "–"),
    ],
)
def test_a_salary_is_told_in_the_readers_units(
    pages: Flask, least: int, most: int, ja: str, en: str
) -> None:
    asked = vacancy(salary_min_yen=least, salary_max_yen=most)
    for tongue, said in (("ja", ja), ("en", en)):
        with pages.test_request_context(f"/portal/?lang={tongue}"):
            assert words.salary(asked) == said


def test_places_years_and_codes_are_told_in_words(pages: Flask) -> None:
    asked = vacancy(prefectures=["13", "27"], remote=True, experience_years_min=3)
    with pages.test_request_context("/portal/?lang=ja"):
        assert words.places(asked) == "東京都・大阪府・リモート可"
        assert words.experience(asked) == "3年以上"
        assert words.label("job_kind", "mid-career") == "中途"
    with pages.test_request_context("/portal/?lang=en"):
        assert words.places(asked) == "Tokyo, Osaka, remote possible"
        assert words.experience(asked) == "3 years or more"
        assert words.label("employment", "") == "–"
        assert words.places(vacancy()) == words.experience(vacancy()) == "–"


def test_a_match_is_told_by_what_is_met_possible_and_missing(pages: Flask) -> None:
    asked = vacancy(
        required_skills=["Python", "SQL"],
        languages=["en:B2"],
        occupation="software",
        prefectures=["13"],
        salary_max_yen=5_000_000,
    )
    published = {
        "job_kind": "mid-career",
        "skills": ["Python"],
        "languages": ["en:C1"],
        "occupation_group": "technology",
        "region": "east",
        "salary": "6m-plus",
    }
    (match,) = matching.order(asked, {"CR": published}, date(2026, 12, 1))
    with pages.test_request_context("/portal/?lang=ja"):
        assert words.counts(match) == "必須 1/2 · 歓迎 1/1"
        assert words.others(match) == [
            ("合う", "職種"),
            ("合う可能性", "場所"),
            ("合わない", "年収"),
        ]
        assert words.shown(published, "region") == "東日本"
        assert words.shown(published, "summary") == "非公開"
    with pages.test_request_context("/portal/?lang=en"):
        told = [words.wanted(reason, asked) for reason in match.reasons if reason.wanted]
    assert told == ["Python", "SQL", "English B2 (upper intermediate)"]
