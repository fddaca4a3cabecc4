"""Whom a candidate excludes, as it is kept."""

from exchange.domain.exclusions import Company, Exclusions
from exchange.services import exclusions
from exchange.store import organizations as organization_rows
from tests.story import referrals
from tests.story.scheme import Consortium


def test_what_was_excluded_is_read_back(consortium: Consortium) -> None:
    origin = consortium.members[0]
    person = referrals.consent(consortium.hub, origin, companies=("みらい販売",))
    with consortium.hub.reading() as work:
        assert exclusions.read(work, person.actor.candidate_id) == Exclusions(
            companies=("みらい販売",), origin_group=origin.number
        )


def test_nobody_is_excluded_by_a_candidate_who_is_gone(consortium: Consortium) -> None:
    with consortium.hub.reading() as work:
        assert exclusions.read(work, "per_00000000000000000000000000") == Exclusions()


def test_an_organization_is_excluded_by_its_numbers_and_both_names(
    consortium: Consortium,
) -> None:
    origin = consortium.members[0]
    with consortium.hub.reading() as work:
        row = organization_rows.organization(work.session, origin.slug)
        assert row is not None
        assert exclusions.company_of(row) == Company(
            corporate_number=origin.number,
            group_number=origin.number,
            names=("株式会社mirai", "mirai Inc."),
        )
