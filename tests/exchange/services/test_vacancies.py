"""Vacancies are described by licensed agencies, and are nobody else's to see."""

from datetime import timedelta

import pytest

from exchange.domain.errors import (
    BadInputError,
    DeadlinePassedError,
    ForbiddenError,
    IdentityInProfileError,
    LicenceError,
    NotActiveError,
    NotFoundError,
)
from exchange.services import organizations, vacancies
from exchange.services.work import local_day
from exchange.store import organizations as organization_rows
from tests.story import relays
from tests.story.scheme import Consortium


def test_given_a_description_then_the_agency_finds_the_vacancy_as_described(
    consortium: Consortium,
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    described = relays.describe(hub, agency)
    with hub.reading() as work:
        found = vacancies.offered(work, agency.actor, described.row.id)
    assert found.vacancy == described.vacancy
    assert found.vacancy.title == relays.BACKEND["title"]
    assert found.row.digest == found.vacancy.digest()
    assert found.row.id.startswith("vac_")


def test_given_a_neighbours_vacancy_then_it_looks_absent(consortium: Consortium) -> None:
    hub, (agency, neighbour) = consortium.hub, consortium.agencies
    described = relays.describe(hub, agency)
    refusals = []
    for vacancy_id in (described.row.id, "vac_" + "0" * 26):
        with hub.reading() as work, pytest.raises(NotFoundError) as refused:
            vacancies.offered(work, neighbour.actor, vacancy_id)
        refusals.append((refused.value.detail, refused.value.field, refused.value.mend))
    assert refusals[0] == refusals[1]


def test_given_the_last_day_is_today_then_the_vacancy_is_open_until_tomorrow(
    consortium: Consortium,
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    with hub.reading() as work:
        today = local_day(work)
    described = relays.describe(hub, agency, open_until=today.isoformat())
    with hub.reading() as work:
        vacancies.require_open(work, described)
    relays.wait(hub, days=1)
    with hub.reading() as work, pytest.raises(DeadlinePassedError):
        vacancies.require_open(work, described)


def test_given_a_last_day_that_is_over_then_the_vacancy_is_refused(
    consortium: Consortium,
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    with hub.reading() as work:
        yesterday = local_day(work) - timedelta(days=1)
    with pytest.raises(BadInputError) as refused:
        relays.describe(hub, agency, open_until=yesterday.isoformat())
    assert refused.value.field == "open_until"


@pytest.mark.parametrize(
    ("field", "value", "named"),
    [
        ("description", "詳しくは 090-0000-1234 まで", "description"),
        ("title", "応募は jobs@example.com へ", "title"),
        ("required_skills", ["Python", "https://example.com/skill"], "required_skills/1"),
    ],
)
def test_given_a_way_past_the_hub_in_a_text_then_its_field_is_named(
    consortium: Consortium, field: str, value: object, named: str
) -> None:
    with pytest.raises(IdentityInProfileError) as refused:
        relays.describe(consortium.hub, consortium.agencies[0], **{field: value})
    assert refused.value.field == named


def test_given_a_member_then_it_describes_no_vacancy(consortium: Consortium) -> None:
    with pytest.raises(ForbiddenError):
        relays.describe(consortium.hub, consortium.members[0])


def test_given_a_licence_then_it_serves_on_its_last_day_and_not_on_the_next(
    consortium: Consortium,
) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    with hub.work() as work:
        row = organization_rows.organization(work.session, agency.slug)
        assert row is not None
        row.licence_until = local_day(work)
    relays.describe(hub, agency)
    relays.wait(hub, days=1)
    with pytest.raises(LicenceError):
        relays.describe(hub, agency)


def test_given_a_suspended_agency_then_it_describes_no_vacancy(consortium: Consortium) -> None:
    hub, agency = consortium.hub, consortium.agencies[0]
    with hub.work() as work:
        organizations.suspend(work, agency.slug, "rules-broken")
    with pytest.raises(NotActiveError):
        relays.describe(hub, agency)
