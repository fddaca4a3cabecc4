"""What a profile may say: the closed schema of its fields, and the groups they belong to."""

import hashlib
import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import TypeVar

from relay_protocol import canonical
from relay_protocol.canonical import Encodable
from relay_protocol.codes import GROUPS, LABELS, Words
from relay_protocol.errors import ProfileError

Checked = TypeVar("Checked")

MAX_SKILLS = 20
MAX_SKILL_CHARACTERS = 40
MAX_LANGUAGES = 20
MAX_EXPERIENCE_YEARS = 60
MAX_SALARY_YEN = 100_000_000
MAX_ENDORSEMENT_CHARACTERS = 400
MAX_SUMMARY_CHARACTERS = 600
EVALUATION_ENDS = (1, 4)

FIELDS_OF_GROUP: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "skills": ("skills",),
        "experience": ("occupation", "industry", "experience_years", "age_band"),
        "preferences": ("desired_salary_yen", "available_from", "employment"),
        "location": ("prefecture", "remote"),
        "languages": ("languages",),
        "stage": ("stage_reached",),
        "endorsement": ("endorsement",),
        "evaluation": ("evaluation",),
        "summary": ("summary",),
    }
)
"""The fields of each group, in the order in which people read them."""

GROUP_OF_FIELD: Mapping[str, str] = MappingProxyType(
    {field: group for group in GROUPS for field in FIELDS_OF_GROUP[group]}
)

REASONS: Mapping[str, Words] = MappingProxyType(
    {
        "unknown": Words("この項目はありません", "is no field of a profile"),
        "not-a-text": Words("文字列ではありません", "is not a text"),
        "not-a-list": Words("一覧ではありません", "is not a list"),
        "not-an-integer": Words("整数ではありません", "is not an integer"),
        "not-a-boolean": Words("true・false のどちらでもありません", "is neither true nor false"),
        "not-a-code": Words("選択肢にない値です", "is not one of the values to choose from"),
        "not-a-month": Words("年月(YYYY-MM)ではありません", "is not a month (YYYY-MM)"),
        "out-of-range": Words("範囲を外れています", "lies outside its range"),
        "blank": Words("空です", "is empty"),
        "too-long": Words("長すぎます", "is too long"),
        "too-many": Words("数が多すぎます", "holds too many"),
        "repeated": Words("同じ値が二つあります", "stands there twice"),
        "unseen": Words("目に見えない文字を含みます", "holds a character that cannot be seen"),
    }
)
"""Why a field is refused, in words that follow its name."""

_MONTH = re.compile(r"(?!0000)[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)
# Control, format (bidirectional overrides, joiners), surrogate, private and unassigned.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """The fields of a profile, None where there is none; check_fields() alone makes them.

    Attributes:
        desired_salary_yen: a year, before tax.
        available_from: a month, `YYYY-MM`.
        prefecture: the wished place of work, `01` to `47` (JIS X 0401).
        languages: such as `en:B2` (CEFR) or `ja:native`.
        evaluation: 1 to 4, for ×, △, ○ and ◎.
    """

    skills: tuple[str, ...] | None = None
    occupation: str | None = None
    industry: str | None = None
    experience_years: int | None = None
    age_band: str | None = None
    desired_salary_yen: int | None = None
    available_from: str | None = None
    employment: str | None = None
    prefecture: str | None = None
    remote: bool | None = None
    languages: tuple[str, ...] | None = None
    stage_reached: str | None = None
    endorsement: str | None = None
    evaluation: int | None = None
    summary: str | None = None

    def document(self) -> dict[str, Encodable]:
        """Return the JSON object that check_fields() reads back as these fields."""
        held = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in held.items()
            if value is not None
        }


def check_fields(document: Mapping[str, object]) -> Fields:
    """Return the fields that a JSON object states.

    Args:
        document: some of the fields, each of its type; a field set to null is refused.

    Raises:
        ProfileError: a field is unknown, of another type, out of its range or too long; its
            `field` is the path to it (`skills/2`), its `reason` a key of REASONS.
    """
    for name in document:
        if name not in GROUP_OF_FIELD:
            raise _refusal(str(name)[:64], "unknown")

    def checked(name: str, check: Callable[[str, object], Checked]) -> Checked | None:
        return check(name, document[name]) if name in document else None

    return Fields(
        skills=checked("skills", _list(MAX_SKILLS, _text(MAX_SKILL_CHARACTERS, lines=False))),
        occupation=checked("occupation", _code("occupation")),
        industry=checked("industry", _code("industry")),
        experience_years=checked("experience_years", _integer(0, MAX_EXPERIENCE_YEARS)),
        age_band=checked("age_band", _code("age_band")),
        desired_salary_yen=checked("desired_salary_yen", _integer(0, MAX_SALARY_YEN)),
        available_from=checked("available_from", _month),
        employment=checked("employment", _code("employment")),
        prefecture=checked("prefecture", _code("prefecture")),
        remote=checked("remote", _boolean),
        languages=checked("languages", _list(MAX_LANGUAGES, _language)),
        stage_reached=checked("stage_reached", _code("stage_reached")),
        endorsement=checked("endorsement", _text(MAX_ENDORSEMENT_CHARACTERS, lines=True)),
        evaluation=checked("evaluation", _integer(*EVALUATION_ENDS)),
        summary=checked("summary", _text(MAX_SUMMARY_CHARACTERS, lines=True)),
    )


def digest(profile: Fields) -> bytes:
    """Return the SHA-256 of the canonical bytes of the fields, 32 bytes."""
    return hashlib.sha256(canonical.encode(profile.document())).digest()


def groups_of(profile: Fields) -> tuple[str, ...]:
    """Return the groups of which the profile holds a field, in the order of codes.GROUPS."""
    held = {GROUP_OF_FIELD[name] for name in profile.document()}
    return tuple(group for group in GROUPS if group in held)


def within(profile: Fields, groups: Collection[str]) -> Fields:
    """Return the profile without any field of a group that is not among these."""
    kept = {name for group in groups for name in FIELDS_OF_GROUP.get(group, ())}
    gone = (name for name in GROUP_OF_FIELD if name not in kept)
    return replace(profile, **dict.fromkeys(gone))


def texts_of(profile: Fields) -> Iterator[tuple[str, str]]:
    """Return each text that a person wrote, with the path to it; these are what is screened."""
    for index, skill in enumerate(profile.skills or ()):
        yield f"skills/{index}", skill
    if profile.endorsement is not None:
        yield "endorsement", profile.endorsement
    if profile.summary is not None:
        yield "summary", profile.summary


def refusal_text(error: ProfileError, lang: str) -> str:
    """Return the sentence that tells a person why a field is refused.

    Args:
        error: what check_fields() raised.
        lang: `ja`, or any other for English.
    """
    words = REASONS[error.reason]
    return f"「{error.field}」は{words.ja}。" if lang == "ja" else f'"{error.field}" {words.en}.'


def _refusal(field: str, reason: str) -> ProfileError:
    """Return a refusal whose own text is the English sentence."""
    return ProfileError(field, reason, f'"{field}" {REASONS[reason].en}.')


def _integer(least: int, most: int) -> Callable[[str, object], int]:
    """Return the check of an integer between two ends, both allowed."""

    def check(field: str, value: object) -> int:
        if type(value) is not int:
            raise _refusal(field, "not-an-integer")
        if not least <= value <= most:
            raise _refusal(field, "out-of-range")
        return value

    return check


def _code(kind: str) -> Callable[[str, object], str]:
    """Return the check of a code that LABELS has words for."""

    def check(field: str, value: object) -> str:
        if not isinstance(value, str):
            raise _refusal(field, "not-a-text")
        if value not in LABELS[kind]:
            raise _refusal(field, "not-a-code")
        return value

    return check


def _text(most: int, *, lines: bool) -> Callable[[str, object], str]:
    """Return the check of a text of so many characters, in one line or in several."""

    def check(field: str, value: object) -> str:
        if not isinstance(value, str):
            raise _refusal(field, "not-a-text")
        if not value.strip():
            raise _refusal(field, "blank")
        if len(value) > most:
            raise _refusal(field, "too-long")
        if any(
            unicodedata.category(letter) in _UNSEEN and not (lines and letter == "\n")
            for letter in value
        ):
            raise _refusal(field, "unseen")
        return value

    return check


def _list(
    most: int, inner: Callable[[str, object], str]
) -> Callable[[str, object], tuple[str, ...]]:
    """Return the check of a list of different texts."""

    def check(field: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, list | tuple):
            raise _refusal(field, "not-a-list")
        if not value:
            raise _refusal(field, "blank")
        if len(value) > most:
            raise _refusal(field, "too-many")
        checked = tuple(inner(f"{field}/{index}", one) for index, one in enumerate(value))
        for index, one in enumerate(checked):
            if one in checked[:index]:
                raise _refusal(f"{field}/{index}", "repeated")
        return checked

    return check


def _month(field: str, value: object) -> str:
    """Return a month, written YYYY-MM."""
    if not isinstance(value, str):
        raise _refusal(field, "not-a-text")
    if not _MONTH.fullmatch(value):
        raise _refusal(field, "not-a-month")
    return value


def _boolean(field: str, value: object) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise _refusal(field, "not-a-boolean")
    return value


def _language(field: str, value: object) -> str:
    """Return a language with its level."""
    if not isinstance(value, str):
        raise _refusal(field, "not-a-text")
    language, _, level = value.partition(":")
    if language not in LABELS["language"] or level not in LABELS["language_level"]:
        raise _refusal(field, "not-a-code")
    return value
