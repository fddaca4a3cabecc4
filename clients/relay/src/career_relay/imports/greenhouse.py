"""Greenhouse's published JSON: Harvest candidates and applications, and its webhooks.

Answers that hold no application (reasons, sources, stages, scorecards alone …) are named for what
they are. Notes, private fields and attachments are never read.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from career_relay.imports.columns import Column, Meaning, column_of
from career_relay.imports.rows import Cell, RowReader
from career_relay.imports.table import judge_repeats
from career_relay.imports.verdicts import Note, Refusal, Verdict
from career_relay.words import Words

Json = Mapping[str, object]

_APPLICATION_WEBHOOKS = {
    "reject_candidate",
    "unreject_candidate",
    "hire_candidate",
    "unhire_candidate",
    "candidate_stage_change",
    "new_candidate_application",
}
# What the event itself says, where the application inside does not: a hire carries no status.
_STATUS_OF_ACTION = {
    "hire_candidate": "hired",
    "unhire_candidate": "active",
    "unreject_candidate": "active",
}
_OTHER_WEBHOOKS: dict[str, Words] = {
    "delete_candidate": Words(en="a deleted candidate", ja="候補者の削除の通知"),
    "merge_candidate": Words(en="two candidates merged", ja="候補者の統合の通知"),
    "candidate_anonymized": Words(en="an anonymized candidate", ja="候補者の匿名化の通知"),
}
# Told apart by keys that only this answer has; the first that fits holds.
_WITHOUT_APPLICATION: Sequence[tuple[frozenset[str], Words]] = (
    (
        frozenset({"overall_recommendation", "attributes"}),
        Words(en="scorecards (interview ratings) alone", ja="面接評価(スコアカード)のみ"),
    ),
    (frozenset({"notes", "emails", "activities"}), Words(en="an activity feed", ja="活動履歴")),
    (frozenset({"interview_kit"}), Words(en="an interview kit", ja="面接キット")),
    (frozenset({"application_id", "starts_at"}), Words(en="an offer", ja="オファー")),
    (frozenset({"organizer", "start"}), Words(en="scheduled interviews", ja="面接の予定")),
    (frozenset({"interviews", "priority"}), Words(en="stages of a job", ja="求人の選考段階")),
    (frozenset({"id", "name", "stages"}), Words(en="prospect pools", ja="候補者プール")),
    (frozenset({"openings"}), Words(en="a job", ja="求人")),
    (frozenset({"hiring_team"}), Words(en="a job", ja="求人")),
    (frozenset({"jobs", "meta"}), Words(en="a job board", ja="求人一覧")),
    (frozenset({"absolute_url"}), Words(en="a job board", ja="求人一覧")),
    (
        frozenset({"primary_candidate_id", "duplicate_candidate_id"}),
        Words(en="a request to merge candidates", ja="候補者の統合の依頼"),
    ),
    (
        frozenset({"rejection_reason_id"}),
        Words(en="a request to reject", ja="不採用の操作の依頼"),
    ),
    (
        frozenset({"first_name", "phone_numbers", "emails"}),
        Words(en="a candidate sent in by a partner", ja="パートナーからの候補者登録"),
    ),
    (
        frozenset({"name", "external_id", "applications"}),
        Words(en="a status as a partner sees it", ja="パートナー向けの選考状況"),
    ),
    (
        frozenset({"id", "name", "type"}),
        Words(en="a catalogue of reasons or sources", ja="理由・経路の一覧"),
    ),
)
_CATALOGUE = Words(en="a catalogue of tags", ja="タグの一覧")


def holds_greenhouse(document: object) -> bool:
    """Return whether a document is one of the answers or events that Greenhouse publishes."""
    first = _first(document)
    return (
        _bundle(document) is not None
        or _is_candidate(first)
        or _is_application(first)
        or _kind_without_application(document) is not None
    )


def read_greenhouse(document: object) -> Iterator[Verdict]:
    """Yield the verdict of each application in a parsed document, numbered from 1.

    A candidate with two applications gives two verdicts of the same number.

    Args:
        document: a list of candidates or applications, one of either, a webhook, or the two
            answers side by side as `{"candidates": […], "scorecards": […]}`.
    """
    nothing = _kind_without_application(document)
    bundle = _bundle(document)
    if bundle is None and nothing is not None:
        yield Note(
            row=0,
            column="",
            code="no-application",
            what=Words(
                en="This Greenhouse file holds {what}, and no application.",
                ja="このGreenhouseのファイルは{what}で、応募は含まれていません。",
            ).filled(what=nothing),
        )
        return
    ratings: dict[str, list[Cell]] = {}
    if bundle is not None:
        document = bundle["candidates"]
        ratings = _ratings_by_application(_maps(bundle.get("scorecards")))
    yield from judge_repeats(_verdicts(document, ratings))


def _verdicts(document: object, ratings: Mapping[str, Sequence[Cell]]) -> Iterator[Verdict]:
    items = document if isinstance(document, list) else [document]
    for number, thing in enumerate(items, start=1):
        if not isinstance(thing, dict):
            yield _not_an_object(number)
            continue
        found = list(_applications(cast("Json", thing)))
        if not found:
            yield Note(row=number, column="applications", code="no-application", what=_NONE_HERE)
        for application in found:
            own_id = application.own.get("id")
            if not isinstance(own_id, int | str) or isinstance(own_id, bool):
                yield _without_id(number)
                continue
            cells = [*_cells(application), *ratings.get(str(own_id), ())]
            yield RowReader(row=number, source="greenhouse", cells=cells).verdict()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """One application, whose it is, and the status that an event itself tells."""

    own: Json
    candidate: Json
    status: str


def _applications(thing: Json) -> Iterator[_Found]:
    action = thing.get("action")
    if isinstance(action, str):
        own = _map(_map(thing.get("payload")).get("application"))
        yield _Found(
            own=own,
            candidate=_map(own.get("candidate")),
            status=_STATUS_OF_ACTION.get(action, _text(own.get("status"))),
        )
    elif _is_candidate(thing):
        for own in _maps(thing.get("applications")):
            yield _Found(own=own, candidate=thing, status=_text(own.get("status")))
    else:
        yield _Found(own=thing, candidate={}, status=_text(thing.get("status")))


def _cells(found: _Found) -> Iterator[Cell]:
    own, candidate = found.own, found.candidate
    reason = _map(own.get("rejection_reason"))
    whose = _text(_map(reason.get("type")).get("name"))
    status = found.status
    if status == "rejected" and "they rejected us" in whose.casefold():
        status = "withdrawn"
    if status == "rejected" and own.get("prospect") is True:
        # A prospect was looked at by the company and never applied.
        status = "非選考対象"
    stage = _text(_map(own.get("current_stage")).get("name"))
    source = _map(own.get("source"))
    offer = _map(own.get("offer"))
    yield from _cell("key", "id", own.get("id"))
    yield from _person_cells(candidate)
    yield from _cell("status", "status", status)
    yield from _cell("stage", "current_stage", stage)
    yield from _cell("position", "jobs", _names(own.get("jobs")) or _names(own.get("job")))
    yield from _cell("channel", "source", source.get("public_name") or source.get("name"))
    yield from _cell("reason", "rejection_reason", reason.get("name"))
    yield from _cell("applied-at", "applied_at", own.get("applied_at"))
    # A hire is given no end of its own: the last that happened to the application is taken.
    ended = own.get("rejected_at") or offer.get("resolved_at")
    if not ended and found.status == "hired":
        ended = own.get("last_activity_at")
    yield from _cell("ended-at", "rejected_at", ended)
    yield from _custom_cells(own)
    yield from _custom_cells(candidate)


def _person_cells(candidate: Json) -> Iterator[Cell]:
    given, family = _text(candidate.get("first_name")), _text(candidate.get("last_name"))
    if given == "Anonymized":
        return
    names = [given, family] if (given + family).isascii() else [family, given]
    yield from _cell("name", "last_name", " ".join(name for name in names if name))
    addresses = _maps(candidate.get("email_addresses"))
    private = sorted(addresses, key=lambda address: address.get("type") != "personal")
    yield from _cell("email", "email_addresses", private[0].get("value") if private else None)
    numbers = _maps(candidate.get("phone_numbers"))
    yield from _cell("phone", "phone_numbers", numbers[0].get("value") if numbers else None)
    yield from _cell("may-contact", "can_email", candidate.get("can_email"))
    tags = candidate.get("tags")
    if isinstance(tags, list):
        yield from _cell("skills", "tags", "、".join(tag for tag in tags if isinstance(tag, str)))
    yield from _cell("employer", "company", candidate.get("company"))
    for employment in _maps(candidate.get("employments")):
        yield from _cell("employer", "employments", employment.get("company_name"))


def _custom_cells(thing: Json) -> Iterator[Cell]:
    """Yield the fields a company has added itself, known by their names like any column."""
    keyed = _map(thing.get("keyed_custom_fields")) or _map(thing.get("custom_fields"))
    for custom in keyed.values():
        name = _text(_map(custom).get("name"))
        column = column_of(name) if name else None
        if column is not None and column.meaning not in {"key", "status", "not-kept"}:
            for cell in _cell(column.meaning, name, _map(custom).get("value")):
                yield replace(cell, optional=True)


def _ratings_by_application(scorecards: Sequence[Json]) -> dict[str, list[Cell]]:
    ratings: dict[str, list[Cell]] = {}
    for scorecard in scorecards:
        interview = _text(scorecard.get("interview")) or "scorecard"
        ratings.setdefault(str(scorecard.get("application_id")), []).extend(
            _cell("rating", interview, scorecard.get("overall_recommendation"))
        )
    return ratings


def _cell(meaning: Meaning, path: str, value: object) -> Iterator[Cell]:
    """Yield a cell as a list would hold it, or nothing where the field is absent."""
    if value is None or isinstance(value, (dict, list)) or value == "":
        return
    shown = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    in_ten_thousands = meaning == "salary" and "万" in path
    column = Column(header=path, meaning=meaning, in_ten_thousands=in_ten_thousands)
    yield Cell(column=column, text=shown)


def _kind_without_application(document: object) -> Words | None:
    first = _first(document)
    action = first.get("action")
    if isinstance(action, str):
        return _OTHER_WEBHOOKS.get(action) if action not in _APPLICATION_WEBHOOKS else None
    if _is_candidate(first) or _is_application(first):
        return None
    for keys, words in _WITHOUT_APPLICATION:
        if keys <= first.keys():
            return words
    return _CATALOGUE if first.keys() == {"id", "name"} else None


def _bundle(document: object) -> Json | None:
    whole = _map(document)
    return whole if isinstance(whole.get("candidates"), list) and "scorecards" in whole else None


def _is_candidate(thing: Json) -> bool:
    return {"first_name", "applications", "email_addresses"} <= thing.keys()


def _is_application(thing: Json) -> bool:
    webhook = thing.get("action") in _APPLICATION_WEBHOOKS
    return webhook or {"candidate_id", "applied_at", "rejection_reason"} <= thing.keys()


def _first(document: object) -> Json:
    return _map(document[0] if isinstance(document, list) and document else document)


def _map(value: object) -> Json:
    return cast("Json", value) if isinstance(value, dict) else {}


def _maps(value: object) -> list[Json]:
    return (
        [_map(part) for part in value if isinstance(part, dict)] if isinstance(value, list) else []
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _names(value: object) -> str:
    things = value if isinstance(value, list) else [value]
    return _text(_map(things[0] if things else None).get("name"))


def _not_an_object(number: int) -> Refusal:
    return Refusal(
        row=number,
        column="",
        code="wrong-type",
        what=Words(
            en="Not an object, so no candidate.",
            ja="オブジェクトではなく、候補者として読めません。",
        ),
        mend=Words(en="Export the list anew.", ja="一覧を出力し直してください。"),
    )


def _without_id(number: int) -> Refusal:
    return Refusal(
        row=number,
        column="id",
        code="wrong-type",
        what=Words(
            en="The application's id is no whole number or text.",
            ja="応募のidが整数でも文字列でもありません。",
        ),
        mend=Words(en="Export the list anew.", ja="一覧を出力し直してください。"),
    )


_NONE_HERE = Words(en="No application stands here.", ja="応募は含まれていません。")
