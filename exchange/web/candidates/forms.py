"""The candidate's short form: fields out of what a browser sends, and back into its inputs."""

import re
from collections.abc import Collection
from datetime import date
from typing import Final

from werkzeug.datastructures import MultiDict

from relay_protocol import profile
from relay_protocol.codes import LABELS
from relay_protocol.profile import Fields
from relay_protocol.rules import add_months, month_of

YEN_PER_MAN: Final = 10_000
LANGUAGE_ROWS: Final = 3
MONTHS_AHEAD: Final = 18
PLAIN: Final = (
    "occupation",
    "industry",
    "age_band",
    "available_from",
    "employment",
    "prefecture",
    "summary",
)
"""Fields that are sent as they are."""
# Lines, commas of either width, and the comma of Japanese.
_BETWEEN: Final = re.compile("[\n\r,\uff0c\u3001]+")


def written(sent: MultiDict[str, str], groups: Collection[str]) -> dict[str, object]:
    """Return the fields that somebody filled in, as far as the form asked for their groups.

    What cannot be read as its type is passed on as it was written, to be refused by its name.
    """
    fields: dict[str, object] = {
        name: text for name in PLAIN if (text := _text(sent.get(name, "")))
    }
    if years := _text(sent.get("experience_years", "")):
        fields["experience_years"] = _whole(years)
    if salary := _text(sent.get("desired_salary_man", "")):
        yen = _whole(salary)
        fields["desired_salary_yen"] = yen * YEN_PER_MAN if isinstance(yen, int) else yen
    if sent.get("remote"):
        fields["remote"] = sent["remote"] == "yes"
    skills = [skill.strip() for skill in _BETWEEN.split(sent.get("skills", ""))]
    if any(skills):
        fields["skills"] = list(dict.fromkeys(skill for skill in skills if skill))
    if languages := _languages(sent):
        fields["languages"] = languages
    return {name: fields[name] for name in fields if profile.GROUP_OF_FIELD[name] in groups}


def shown(fields: Fields) -> dict[str, str]:
    """Return what stands in the form's inputs before anybody types."""
    inputs = {name: str(value) for name, value in fields.document().items() if name in PLAIN}
    if fields.experience_years is not None:
        inputs["experience_years"] = str(fields.experience_years)
    if fields.desired_salary_yen is not None:
        inputs["desired_salary_man"] = str(fields.desired_salary_yen // YEN_PER_MAN)
    if fields.remote is not None:
        inputs["remote"] = "yes" if fields.remote else "no"
    inputs["skills"] = "\n".join(fields.skills or ())
    for row, code in enumerate(fields.languages or ()):
        inputs[f"language_{row}"], _, inputs[f"level_{row}"] = code.partition(":")
    return inputs


def months_from(today: date) -> list[str]:
    """Return the months in which somebody may want to start, `YYYY-MM`, from this month on."""
    return [month_of(add_months(today, ahead)) for ahead in range(MONTHS_AHEAD + 1)]


def _languages(sent: MultiDict[str, str]) -> list[str]:
    """Return the languages that were chosen, each with its level; one without is refused later."""
    chosen = {}
    for row in range(LANGUAGE_ROWS):
        language = sent.get(f"language_{row}", "")
        if language in LABELS["language"]:
            chosen[language] = f"{language}:{sent.get(f'level_{row}', '')}"
    return list(chosen.values())


def _text(text: str) -> str:
    """Return a text with its ends trimmed and its lines ended in one way."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _whole(text: str) -> int | str:
    """Return a whole number, full-width digits and thousands' commas allowed; else the text."""
    digits = text.replace(",", "").replace("\uff0c", "")
    return int(digits) if digits.isdecimal() and len(digits) <= len(str(10**9)) else text
