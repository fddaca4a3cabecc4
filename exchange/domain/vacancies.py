"""What an agency says of a job it fills: a closed form, whose digest its claims are made for."""

import hashlib
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from exchange.domain.errors import BadInputError
from relay_protocol import canonical
from relay_protocol.canonical import Value
from relay_protocol.codes import JOB_KINDS, LABELS, OCCUPATIONS, PREFECTURES
from relay_protocol.grammar import is_corporate_number, is_date

MOST_SKILLS: Final = 10
LONGEST_SKILL: Final = 40
LONGEST_TITLE: Final = 80
LONGEST_DESCRIPTION: Final = 600
MOST_YEARS: Final = 60
MOST_YEN: Final = 100_000_000

FIELDS: Final = frozenset(
    {
        "title",
        "hirer",
        "hirer_name",
        "job_kind",
        "occupation",
        "required_skills",
        "welcome_skills",
        "languages",
        "experience_years_min",
        "prefectures",
        "remote",
        "salary_min_yen",
        "salary_max_yen",
        "employment",
        "fee_percent",
        "description",
        "open_until",
    }
)
"""The members of a vacancy's document; every one of them stands in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vacancy:
    """One job, and what counts in it; what is empty or 0 was not asked for.

    Attributes:
        hirer: the company's 法人番号, or "" while the agency keeps it to itself.
        occupation: a code of codes.OCCUPATIONS, or "".
        languages: such as `en:B2`; each asks for that level or a higher one.
        salary_max_yen: the highest yearly salary of the job; 0 where the job states none.
        fee_percent: what the hirer pays the agency, in percent of a year's salary.
        open_until: the last day on which claims are made for it.
    """

    title: str
    hirer: str
    hirer_name: str
    job_kind: str
    occupation: str
    required_skills: tuple[str, ...]
    welcome_skills: tuple[str, ...]
    languages: tuple[str, ...]
    experience_years_min: int
    prefectures: tuple[str, ...]
    remote: bool
    salary_min_yen: int
    salary_max_yen: int
    employment: str
    fee_percent: int
    description: str
    open_until: date

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "Vacancy":
        """Return the vacancy that a document states.

        Raises:
            BadInputError: a field is missing, unknown, of another type or out of its range.
        """
        _require_fields(document)
        salary_min_yen = _whole(document, "salary_min_yen", MOST_YEN)
        salary_max_yen = _whole(document, "salary_max_yen", MOST_YEN)
        if salary_max_yen and salary_min_yen > salary_max_yen:
            raise BadInputError(
                "the lowest salary is above the highest",
                field="salary_min_yen",
                detail_ja="年収の下限が上限を上回っています。",
            )
        return cls(
            title=_text(document, "title", LONGEST_TITLE, needed=True),
            hirer=_hirer(document),
            hirer_name=_text(document, "hirer_name", LONGEST_TITLE),
            job_kind=_code(document, "job_kind", JOB_KINDS, needed=True),
            occupation=_code(document, "occupation", OCCUPATIONS),
            required_skills=_skills(document, "required_skills"),
            welcome_skills=_skills(document, "welcome_skills"),
            languages=_languages(document),
            experience_years_min=_whole(document, "experience_years_min", MOST_YEARS),
            prefectures=_prefectures(document),
            remote=_boolean(document, "remote"),
            salary_min_yen=salary_min_yen,
            salary_max_yen=salary_max_yen,
            employment=_code(document, "employment", LABELS["employment"]),
            fee_percent=_whole(document, "fee_percent", 100),
            description=_text(document, "description", LONGEST_DESCRIPTION),
            open_until=_day(document, "open_until"),
        )

    def document(self) -> dict[str, Value]:
        """Return the document that from_document() reads back as this vacancy."""
        return {
            "title": self.title,
            "hirer": self.hirer,
            "hirer_name": self.hirer_name,
            "job_kind": self.job_kind,
            "occupation": self.occupation,
            "required_skills": list(self.required_skills),
            "welcome_skills": list(self.welcome_skills),
            "languages": list(self.languages),
            "experience_years_min": self.experience_years_min,
            "prefectures": list(self.prefectures),
            "remote": self.remote,
            "salary_min_yen": self.salary_min_yen,
            "salary_max_yen": self.salary_max_yen,
            "employment": self.employment,
            "fee_percent": self.fee_percent,
            "description": self.description,
            "open_until": self.open_until.isoformat(),
        }

    def digest(self) -> bytes:
        """Return what a claim names the vacancy by: SHA-256 of the document's canonical bytes."""
        return hashlib.sha256(canonical.encode(self.document())).digest()


def skill_key(skill: str) -> str:
    """Return what two spellings of one skill have in common: NFKC, case and spaces folded."""
    return " ".join(unicodedata.normalize("NFKC", skill).casefold().split())


def _require_fields(document: Mapping[str, object]) -> None:
    """Refuse a document that lacks a field or has one more."""
    for name in sorted(FIELDS - document.keys()):
        raise BadInputError(
            "the field is missing", field=name, detail_ja="必須の項目がありません。"
        )
    for name in sorted(document.keys() - FIELDS):
        raise BadInputError(
            "no field of a vacancy has this name",
            field=name[:LONGEST_SKILL],
            detail_ja="知らない項目です。",
        )


def _text(document: Mapping[str, object], name: str, longest: int, *, needed: bool = False) -> str:
    """Return a text, its ends trimmed."""
    value = document[name]
    text = value.strip() if isinstance(value, str) else None
    if text is None or len(text) > longest or (needed and not text):
        least = 1 if needed else 0
        raise BadInputError(
            f"a text of {least} to {longest} characters is expected",
            field=name,
            detail_ja=f"{least}〜{longest}文字で入力してください。",
        )
    return text


def _code(
    document: Mapping[str, object], name: str, codes: Collection[str], *, needed: bool = False
) -> str:
    """Return a code of a closed list, or "" where nothing needs to be chosen."""
    value = document[name]
    if isinstance(value, str) and (value in codes or (not value and not needed)):
        return value
    raise BadInputError(
        f"one of {', '.join(codes)} is expected",
        field=name,
        detail_ja="決められた値から選んでください。",
    )


def _whole(document: Mapping[str, object], name: str, most: int) -> int:
    """Return a whole number from 0; True and 1.0 are none."""
    value = document[name]
    if type(value) is int and 0 <= value <= most:
        return value
    raise BadInputError(
        f"a whole number from 0 to {most} is expected",
        field=name,
        detail_ja=f"0〜{most}の整数で入力してください。",
    )


def _boolean(document: Mapping[str, object], name: str) -> bool:
    """Return true or false."""
    value = document[name]
    if isinstance(value, bool):
        return value
    raise BadInputError(
        "true or false is expected", field=name, detail_ja="true か false で指定してください。"
    )


def _texts(document: Mapping[str, object], name: str, most: int) -> Sequence[str]:
    """Return a list of texts."""
    value = document[name]
    if isinstance(value, list) and len(value) <= most:
        texts = [text for text in value if isinstance(text, str)]
        if len(texts) == len(value):
            return texts
    raise BadInputError(
        f"a list of at most {most} texts is expected",
        field=name,
        detail_ja=f"{most}件までの一覧で指定してください。",
    )


def _skills(document: Mapping[str, object], name: str) -> tuple[str, ...]:
    """Return skills in the order given, each once whatever its spelling."""
    found: dict[str, str] = {}
    for index, skill in enumerate(_texts(document, name, MOST_SKILLS)):
        trimmed = skill.strip()
        if not 0 < len(trimmed) <= LONGEST_SKILL:
            raise BadInputError(
                f"a skill of 1 to {LONGEST_SKILL} characters is expected",
                field=f"{name}/{index}",
                detail_ja=f"スキルは1〜{LONGEST_SKILL}文字です。",
            )
        found.setdefault(skill_key(trimmed), trimmed)
    return tuple(found.values())


def _languages(document: Mapping[str, object]) -> tuple[str, ...]:
    """Return languages with the level asked for, each language once."""
    languages = _texts(document, "languages", MOST_SKILLS)
    for index, code in enumerate(languages):
        language, _, level = code.partition(":")
        if language not in LABELS["language"] or level not in LABELS["language_level"]:
            raise BadInputError(
                "a language and level such as en:B2 is expected",
                field=f"languages/{index}",
                detail_ja="en:B2 のように、言語と水準を指定してください。",
            )
    return tuple({code.partition(":")[0]: code for code in languages}.values())


def _prefectures(document: Mapping[str, object]) -> tuple[str, ...]:
    """Return prefectures in the order of their numbers, each once."""
    codes = _texts(document, "prefectures", len(PREFECTURES))
    for index, code in enumerate(codes):
        if code not in PREFECTURES:
            raise BadInputError(
                "the number of a prefecture, 01 to 47, is expected",
                field=f"prefectures/{index}",
                detail_ja="都道府県の番号 01〜47 で指定してください。",
            )
    return tuple(sorted(set(codes)))


def _hirer(document: Mapping[str, object]) -> str:
    """Return a 法人番号, or "" where none is stated."""
    value = document["hirer"]
    if isinstance(value, str) and (not value or is_corporate_number(value)):
        return value
    raise BadInputError(
        "this is no 法人番号: 13 digits with a check digit in front",
        field="hirer",
        detail_ja="法人番号(13桁)が正しくありません。",
    )


def _day(document: Mapping[str, object], name: str) -> date:
    """Return a day of the calendar."""
    value = document[name]
    if isinstance(value, str) and is_date(value):
        return date.fromisoformat(value)
    raise BadInputError(
        "a day written YYYY-MM-DD is expected",
        field=name,
        detail_ja="YYYY-MM-DD の日付で入力してください。",
    )
