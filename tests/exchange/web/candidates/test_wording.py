"""Codes, numbers and instants in the words of the pages."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from flask import Flask

from exchange.domain import listing
from exchange.domain.errors import BadInputError
from exchange.store.columns import Json
from exchange.store.organizations import OrganizationRow
from exchange.web.candidates import wording
from exchange.web.http import languages
from relay_protocol import profile
from relay_protocol.codes import GROUPS
from relay_protocol.kinds import CLAIM_END_REASONS, KINDS, UNLIST_REASONS


@pytest.fixture(scope="module")
def speaking() -> Flask:
    """Return an app that speaks both languages."""
    app = Flask("speaking")
    languages.speak(app)
    return app


@pytest.fixture
def in_japanese(speaking: Flask) -> Iterator[None]:
    """Read Japanese."""
    with speaking.test_request_context("/c/x?lang=ja"):
        yield


@pytest.fixture
def in_english(speaking: Flask) -> Iterator[None]:
    """Read English."""
    with speaking.test_request_context("/c/x?lang=en"):
        yield


def test_every_group_field_event_and_reason_has_words() -> None:
    assert set(wording.SHOWN) == set(GROUPS)
    assert set(profile.GROUP_OF_FIELD) | set(listing.GROUP_OF) <= set(wording.NAMES)
    told = {kind for kind in KINDS if kind.split(".")[0] in {"consent", "claim", "introduction"}}
    assert told - {"claim.bound"} <= set(wording.EVENTS)
    assert set(UNLIST_REASONS) | set(CLAIM_END_REASONS) - {"erased"} <= {
        *wording.REASONS,
        "erased",
    }


def test_days_moments_and_months_in_japanese(in_japanese: None) -> None:
    instant = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert wording.day(date(2027, 3, 31)) == "2027年3月31日"
    assert wording.day(instant) == "2026年12月1日"
    assert wording.moment(instant) == "12月1日 0:30"
    assert wording.month("2027-04") == "2027年4月"


def test_days_moments_and_months_in_english(in_english: None) -> None:
    instant = datetime(2026, 11, 30, 15, 30, tzinfo=UTC)
    assert wording.day(date(2027, 3, 31)) == "March 31, 2027"
    assert wording.moment(instant) == "1 Dec 0:30"
    assert wording.month("2027-04") == "April 2027"


VACANCY: dict[str, Json | None] = {
    "title": "バックエンドエンジニア",
    "hirer_name": "",
    "prefectures": ["13", "27"],
    "salary_min_yen": 6_000_000,
    "salary_max_yen": 8_000_000,
    "employment": "permanent",
}


def test_a_job_in_japanese(in_japanese: None) -> None:
    assert wording.job(VACANCY) == [
        "バックエンドエンジニア",
        "東京都、大阪府",
        "600〜800万円",
        "正社員",
    ]


def test_a_job_in_english(in_english: None) -> None:
    assert wording.job({**VACANCY, "salary_max_yen": 0}) == [
        "バックエンドエンジニア",
        "Tokyo, Osaka",
        "¥6,000,000",
        "Permanent",
    ]


def test_a_job_that_says_little(in_english: None) -> None:
    assert wording.job({"title": "Engineer"}) == ["Engineer"]


def test_lines_stand_in_the_order_of_reading_with_their_marks(in_english: None) -> None:
    published = {"region": "east", "skills": ["Go", "COBOL"], "job_kind": "mid-career"}
    lines = wording.lines(published, frozenset({"skills"}), ["COBOL"])
    assert [line.name for line in lines] == ["Kind of job", "Skills", "Wished region"]
    assert [line.from_origin for line in lines] == [False, True, False]
    assert lines[1].parts == ["Go", "COBOL"]
    assert lines[1].rare == {"COBOL"}
    assert lines[2].parts == ["Eastern Japan"]


def test_choices_carry_their_codes(in_english: None) -> None:
    assert ("13", "Tokyo") in wording.options("prefecture")
    groups = dict(wording.occupations())
    assert ("software", "Software development") in groups["Technology"]
    assert sum(len(members) for members in groups.values()) == 20


def test_an_organization_has_a_name_in_each_language(
    speaking: Flask,
) -> None:
    row = OrganizationRow(name="みらい製作所", name_en="Mirai Works")
    unnamed = OrganizationRow(name="みらい製作所", name_en="")
    with speaking.test_request_context("/c/x?lang=en"):
        assert (wording.name_of(row), wording.name_of(unnamed)) == ("Mirai Works", "みらい製作所")
    with speaking.test_request_context("/c/x?lang=ja"):
        assert wording.name_of(row) == "みらい製作所"


def test_a_refusal_speaks_the_readers_language(speaking: Flask) -> None:
    error = BadInputError("wrong", detail_ja="違います")
    with speaking.test_request_context("/c/x?lang=ja"):
        assert wording.refusal(error) == "違います"
        assert wording.refusal(BadInputError("wrong")) == "wrong"
    with speaking.test_request_context("/c/x?lang=en"):
        assert wording.refusal(error) == "wrong"
