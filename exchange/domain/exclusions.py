"""The companies that must never see a candidate, as the candidate names them."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from exchange.domain.errors import BadInputError
from relay_protocol.canonical import Encodable
from relay_protocol.grammar import is_corporate_number

MOST_COMPANIES: Final = 30
LONGEST_NAME: Final = 80
_LEGAL_FORMS: Final = (
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "(株)",
    "(有)",
    "(同)",
    "corporation",
    "company",
    "co.",
    "ltd.",
    "inc.",
    "corp.",
    "llc",
    "k.k.",
)
_NUMBER_DIGITS: Final = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """An organization as far as it may be excluded."""

    corporate_number: str
    group_number: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Exclusions:
    """Who must not see a candidate; the origin's own group is among them unless it is allowed.

    Attributes:
        companies: 法人番号 and names, as the candidate wrote them.
        origin_group: the 法人番号 of the origin's group, or "" where the candidate allows it.
    """

    companies: tuple[str, ...] = ()
    origin_group: str = ""

    def hides_from(self, company: Company) -> bool:
        """Return whether a company must not see the candidate, nor learn that there is one."""
        numbers = {company.corporate_number, company.group_number}
        if self.origin_group and self.origin_group in numbers:
            return True
        names = {_folded(name) for name in company.names} - {""}
        return any(
            written in numbers if is_corporate_number(written) else _folded(written) in names
            for written in self.companies
        )

    def document(self) -> dict[str, Encodable]:
        """Return the JSON that from_document() reads back."""
        return {"companies": list(self.companies), "origin_group": self.origin_group}

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "Exclusions":
        """Return the exclusions that document() wrote."""
        companies = document["companies"]
        listed = companies if isinstance(companies, Sequence) else ()
        return cls(
            companies=tuple(str(company) for company in listed),
            origin_group=str(document["origin_group"]),
        )


def read_companies(text: str) -> tuple[str, ...]:
    """Return the companies that a candidate wrote, one a line, by 法人番号 or by name.

    Raises:
        BadInputError: too many, a name too long, or 13 digits that are no 法人番号.
    """
    lines = (unicodedata.normalize("NFKC", line).strip() for line in text.splitlines())
    companies = tuple(dict.fromkeys(line for line in lines if line))
    if len(companies) > MOST_COMPANIES:
        raise BadInputError(
            f"At most {MOST_COMPANIES} companies can be named.",
            field="companies",
            detail_ja=f"会社は{MOST_COMPANIES}社までです。",
        )
    for company in companies:
        digits = company.isdecimal() and len(company) == _NUMBER_DIGITS
        if digits and not is_corporate_number(company):
            raise BadInputError(
                f"{company} is no corporate number: its check digit does not fit.",
                field="companies",
                detail_ja=f"{company} は法人番号として正しくありません(検査数字が合いません)。",
            )
        if len(company) > LONGEST_NAME:
            raise BadInputError(
                f"A company's name has at most {LONGEST_NAME} characters.",
                field="companies",
                detail_ja=f"会社名は{LONGEST_NAME}文字までです。",
            )
    return companies


def _folded(name: str) -> str:
    """Return what spellings of one company's name have in common; "" where nothing is left."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    for form in _LEGAL_FORMS:
        folded = folded.replace(form, "")
    return "".join(letter for letter in folded if letter.isalnum())
