"""Applications in the shape that Greenhouse publishes: candidates, with their scorecards beside."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from career_relay.application import (
    CHANNEL_WORDS,
    KIND_WORDS,
    STAGE_WORDS,
    Application,
    Outcome,
)
from career_relay.samples.careers import LANGUAGE_WORDS
from career_relay.words import label

Json = dict[str, object]

_STATUS: Mapping[Outcome, str] = {
    "rejected": "rejected",
    "withdrawn": "rejected",
    "set-aside": "rejected",
    "hired": "hired",
    "ongoing": "active",
}
_WHOSE: Mapping[Outcome, str] = {
    "rejected": "We rejected them",
    "withdrawn": "They rejected us",
    "set-aside": "None specified",
}
_RECOMMENDATIONS = {4: "strong_yes", 3: "yes", 2: "mixed", 1: "no"}
_FIRST_ID = 900_000


def greenhouse_document(applications: Sequence[Application]) -> dict[str, list[Json]]:
    """Return two of Harvest's answers side by side: `candidates`, and `scorecards` of them."""
    return {
        "candidates": [
            _candidate(application, _FIRST_ID + number)
            for number, application in enumerate(applications, start=1)
        ],
        "scorecards": [
            {
                "id": (_FIRST_ID + number) * 10 + place,
                "interview": rating.interview,
                "application_id": _FIRST_ID + number,
                "overall_recommendation": _RECOMMENDATIONS[rating.mark],
                "attributes": [],
            }
            for number, application in enumerate(applications, start=1)
            for place, rating in enumerate(application.selection.ratings)
        ],
    }


def _candidate(application: Application, number: int) -> Json:
    person, career = application.person, application.career
    family, _, given = person.name.partition(" ")
    applied_at = _moment(application.selection.applied_at)
    fields: list[tuple[str, str, object]] = [
        ("kana", "フリガナ", person.kana),
        ("birth_date", "生年月日", person.born_on.isoformat() if person.born_on else None),
        ("age", "年齢", person.age),
        ("industry", "業界", label("industry", career.industry).ja),
        ("experience_years", "経験年数", career.experience_years),
        ("languages", "語学", "、".join(LANGUAGE_WORDS[code] for code in career.languages)),
        ("desired_salary", "希望年収(円)", career.desired_salary_yen),
        ("prefecture", "希望勤務地", label("prefecture", career.prefecture).ja),
        ("employment", "雇用形態", label("employment", career.employment).ja),
        ("available_from", "入社可能時期", career.available_from),
        ("remote", "リモート希望", career.remote),
        ("summary", "職務要約", career.summary),
    ]
    return {
        "id": number + 1_000_000,
        "first_name": given,
        "last_name": family,
        "company": person.employers[0] if person.employers else None,
        "title": None,
        "created_at": applied_at,
        "can_email": application.selection.may_contact,
        "phone_numbers": [{"value": person.phone, "type": "mobile"}],
        "addresses": [],
        "email_addresses": [{"value": person.email, "type": "personal"}] if person.email else [],
        "tags": list(career.skills),
        "applications": [_application(application, number)],
        "employments": [],
        "keyed_custom_fields": _custom(fields),
    }


def _application(application: Application, number: int) -> Json:
    selection = application.selection
    ended_at = _moment(selection.ended_at)
    rejected = _STATUS[selection.outcome] == "rejected"
    stage = STAGE_WORDS[selection.stage].ja if selection.stage else None
    reason = {
        "id": 1,
        "name": selection.reason,
        "type": {"id": 1, "name": _WHOSE.get(selection.outcome, "")},
    }
    return {
        "id": number,
        "candidate_id": number + 1_000_000,
        "prospect": selection.outcome == "set-aside",
        "applied_at": _moment(selection.applied_at),
        "rejected_at": ended_at if rejected else None,
        "last_activity_at": ended_at,
        "source": {"id": 1, "public_name": CHANNEL_WORDS[selection.channel].ja},
        "rejection_reason": reason if rejected else None,
        "jobs": [{"id": 1, "name": selection.position}],
        "status": _STATUS[selection.outcome],
        "current_stage": {"id": 1, "name": stage} if stage else None,
        "keyed_custom_fields": _custom(
            [
                ("kind", "採用区分", KIND_WORDS[application.kind].ja),
                ("destroy_documents", "書類破棄の約束", selection.destroy_documents),
                ("endorsement", "推薦コメント", application.career.endorsement),
                ("comment", "備考", selection.comment),
            ]
        ),
    }


def _custom(fields: Sequence[tuple[str, str, object]]) -> Json:
    return {key: {"name": name, "value": value} for key, name, value in fields if value != ""}


def _moment(moment: datetime | None) -> str | None:
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
