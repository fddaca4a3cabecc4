"""Samples in Greenhouse's shape: the fields that its documentation publishes, and their words."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from career_relay.application import Application, Outcome
from career_relay.samples.greenhouse import greenhouse_document

Change = Callable[..., Application]


def candidate(application: Application) -> dict[str, object]:
    (made,) = greenhouse_document([application])["candidates"]
    return made


def own(application: Application) -> dict[str, object]:
    applications = candidate(application)["applications"]
    assert isinstance(applications, list)
    (made,) = applications
    assert isinstance(made, dict)
    return made


@pytest.mark.parametrize(
    ("outcome", "status", "whose"),
    [
        ("rejected", "rejected", "We rejected them"),
        ("withdrawn", "rejected", "They rejected us"),
        ("set-aside", "rejected", "None specified"),
        ("hired", "hired", None),
        ("ongoing", "active", None),
    ],
)
def test_an_outcome_is_a_status_and_a_reasons_type(
    with_selection: Change, outcome: Outcome, status: str, whose: str | None
) -> None:
    made = own(with_selection(outcome=outcome))
    assert made["status"] == status
    reason = made["rejection_reason"]
    if whose is None:
        assert reason is None
        assert made["rejected_at"] is None
    else:
        assert isinstance(reason, dict)
        assert reason["type"] == {"id": 1, "name": whose}
        assert made["rejected_at"] == "2026-09-01T01:00:00.000Z"


def test_someone_never_screened_is_a_prospect(with_selection: Change) -> None:
    assert own(with_selection(outcome="set-aside"))["prospect"] is True
    assert own(with_selection(outcome="rejected"))["prospect"] is False


def test_ids_count_on_and_lead_from_scorecard_to_application(
    an_application: Application,
) -> None:
    document = greenhouse_document([an_application, replace(an_application, key="sheet:A-2")])
    first, second = document["candidates"]
    assert first["id"] != second["id"]
    ids = {
        inner["id"]
        for made in (first, second)
        for inner in made["applications"]  # type: ignore[attr-defined]
    }
    assert {card["application_id"] for card in document["scorecards"]} == ids
    assert len({card["id"] for card in document["scorecards"]}) == 4


def test_marks_are_recommendations(an_application: Application) -> None:
    cards = greenhouse_document([an_application])["scorecards"]
    assert [(card["interview"], card["overall_recommendation"]) for card in cards] == [
        ("一次面接", "strong_yes"),
        ("二次面接", "yes"),
    ]


def test_without_an_address_the_list_of_addresses_is_empty(with_person: Change) -> None:
    assert candidate(with_person(email=""))["email_addresses"] == []


def test_no_key_is_one_that_the_published_candidate_does_not_have(
    vendor_samples: Path, an_application: Application
) -> None:
    path = vendor_samples / "greenhouse" / "harvest-candidate.json"
    published = json.loads(path.read_text(encoding="utf-8"))
    made = candidate(an_application)
    assert set(made) <= set(published)
    assert set(own(an_application)) <= {
        *published["applications"][0],
        "keyed_custom_fields",
    }
