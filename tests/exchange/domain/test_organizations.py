"""What an organization must show, at both sides of every boundary."""

from datetime import date

import pytest

from exchange.domain.errors import BadInputError, LicenceError
from exchange.domain.organizations import check_application, check_licence

DAY = date(2026, 12, 1)
# The National Tax Agency's own worked example: 700110005901 has the check digit 8.
NUMBER = "8700110005901"


def application(**changes: str) -> dict[str, str]:
    """Return a member's application with some fields changed."""
    facts = {"role": "member", "corporate_number": NUMBER, "group": NUMBER}
    return {**facts, "licence": "", "licence_until": "", **changes}


@pytest.mark.parametrize("role", ["member", "auditor"])
def test_members_and_auditors_need_no_licence(role: str) -> None:
    check_application(**application(role=role), on=DAY)


def test_an_agency_needs_its_licence() -> None:
    licensed = application(role="agency", licence="13-ユ-000000", licence_until="2026-12-01")
    check_application(**licensed, on=DAY)
    with pytest.raises(LicenceError):
        check_application(**application(role="agency"), on=DAY)


@pytest.mark.parametrize("digit", [str(n) for n in range(10) if str(n) != NUMBER[0]])
def test_a_wrong_check_digit_is_refused(digit: str) -> None:
    with pytest.raises(BadInputError) as refused:
        check_application(**application(corporate_number=digit + NUMBER[1:]), on=DAY)
    assert refused.value.field == "corporate_number"


@pytest.mark.parametrize("number", [NUMBER[:-1], NUMBER + "0", "８700110005901", "", "x" * 13])
def test_what_is_not_13_digits_is_refused(number: str) -> None:
    with pytest.raises(BadInputError) as refused:
        check_application(**application(group=number), on=DAY)
    assert refused.value.field == "group"


@pytest.mark.parametrize("licence", ["01-ユ-000000", "47-ユ-999999", "13-ム-123456"])
def test_licences_of_every_prefecture_and_both_kinds_pass(licence: str) -> None:
    check_licence(licence, "2026-12-01", DAY)


@pytest.mark.parametrize(
    "licence", ["00-ユ-000000", "48-ユ-000000", "13-ｲ-000000", "13ユ000000", "13-ユ-0000000", ""]
)
def test_what_is_no_licence_number_is_refused(licence: str) -> None:
    with pytest.raises(LicenceError) as refused:
        check_licence(licence, "2026-12-01", DAY)
    assert refused.value.field == "licence"


@pytest.mark.parametrize("until", ["2026-11-30", "", "soon"])
def test_a_licence_that_is_over_or_has_no_end_is_refused(until: str) -> None:
    with pytest.raises(LicenceError) as refused:
        check_licence("13-ユ-000000", until, DAY)
    assert refused.value.field == "licence_until"
