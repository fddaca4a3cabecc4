"""Whom a candidate keeps away."""

import pytest

from exchange.domain.errors import BadInputError
from exchange.domain.exclusions import Company, Exclusions, read_companies
from tests.story.scheme import corporate_number

MIRAI = corporate_number(3)
GROUP = corporate_number(9)


def company(
    number: str = MIRAI, group: str = "", names: tuple[str, ...] = ("株式会社みらい製作所",)
) -> Company:
    """Return a company, by default the head of its own group."""
    return Company(corporate_number=number, group_number=group or number, names=names)


def test_nobody_is_kept_away_by_nothing() -> None:
    assert not Exclusions().hides_from(company())


def test_a_company_is_kept_away_by_its_number() -> None:
    assert Exclusions(companies=(MIRAI,)).hides_from(company())
    assert not Exclusions(companies=(corporate_number(4),)).hides_from(company())


def test_a_company_is_kept_away_by_the_number_of_its_group() -> None:
    assert Exclusions(companies=(GROUP,)).hides_from(company(group=GROUP))


@pytest.mark.parametrize(
    "written",
    [
        "株式会社みらい製作所",
        "みらい製作所",
        "(株)みらい製作所",
        "㈱みらい製作所",
        "みらい 製作所 株式会社",
    ],
)
def test_a_company_is_kept_away_by_its_name_however_it_is_written(written: str) -> None:
    assert Exclusions(companies=(written,)).hides_from(company())


@pytest.mark.parametrize("written", ["Mirai Works", "MIRAI WORKS Co., Ltd.", "mirai works, inc."])
def test_a_company_is_kept_away_by_its_english_name(written: str) -> None:
    assert Exclusions(companies=(written,)).hides_from(company(names=("みらい", "Mirai Works")))


@pytest.mark.parametrize("written", ["みらい", "株式会社", "みらい製作所販売"])
def test_a_part_of_a_name_or_a_longer_one_keeps_nobody_away(written: str) -> None:
    assert not Exclusions(companies=(written,)).hides_from(company())


def test_a_company_without_number_and_name_is_never_meant() -> None:
    nobody = Company(corporate_number="", group_number="", names=("",))
    assert not Exclusions(companies=("株式会社",), origin_group="").hides_from(nobody)


def test_the_origins_group_is_kept_away_unless_the_candidate_allows_it() -> None:
    assert Exclusions(origin_group=GROUP).hides_from(company(group=GROUP))
    assert not Exclusions(origin_group="").hides_from(company(group=GROUP))


def test_exclusions_are_read_back_from_their_document() -> None:
    exclusions = Exclusions(companies=(MIRAI, "あおぞら"), origin_group=GROUP)
    assert Exclusions.from_document(exclusions.document()) == exclusions


def test_companies_are_read_line_by_line_each_once_in_half_width() -> None:
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in MIRAI)
    text = f"  みらい製作所 \n\n{wide}\nみらい製作所\n"
    assert read_companies(text) == ("みらい製作所", MIRAI)


def test_thirteen_digits_with_a_wrong_check_digit_are_refused_by_their_number() -> None:
    wrong = str((int(MIRAI[0]) + 1) % 10) + MIRAI[1:]
    with pytest.raises(BadInputError, match=wrong) as refused:
        read_companies(f"みらい\n{wrong}")
    assert refused.value.field == "companies"
    assert wrong in refused.value.detail_ja


@pytest.mark.parametrize(("lines", "taken"), [(30, True), (31, False)])
def test_thirty_companies_can_be_named(lines: int, *, taken: bool) -> None:
    text = "\n".join(f"会社{number}" for number in range(lines))
    if taken:
        assert len(read_companies(text)) == lines
    else:
        with pytest.raises(BadInputError):
            read_companies(text)


@pytest.mark.parametrize(("letters", "taken"), [(80, True), (81, False)])
def test_a_name_has_eighty_characters_at_most(letters: int, *, taken: bool) -> None:
    if taken:
        assert read_companies("あ" * letters) == ("あ" * letters,)
    else:
        with pytest.raises(BadInputError):
            read_companies("あ" * letters)
