"""Whose file it looks like: told by what each system's documents have and no other's."""

import json
from pathlib import Path

import pytest

from career_relay.imports.vendors import name_vendor

TEAMTAILOR = {"data": [{"id": "1", "type": "candidates", "attributes": {"first-name": "Sora"}}]}
LEVER = {"data": [{"id": "x", "stageChanges": [], "archived": None}], "hasNext": True}
WORKABLE = {"candidates": [{"id": "x", "firstname": "Sora", "stage": "Applied"}], "paging": {}}


@pytest.mark.parametrize(
    ("document", "vendor"),
    [
        (TEAMTAILOR, "Teamtailor"),
        ({"data": {"type": "job-applications", "attributes": {}}}, "Teamtailor"),
        (LEVER, "Lever"),
        ({"data": [{"id": "x"}], "hasNext": False}, "Lever"),
        (WORKABLE, "Workable"),
        ({"candidate": {"id": "x", "firstname": "Sora"}}, "Workable"),
        ({"id": "1", "shortcode": "GROOV005", "full_title": "x"}, "Workable"),
        ({"basics": {"name": "Sora"}}, "JSON Resume"),
        ({"personal_info": {"name": "夢原"}}, "履歴書"),
        ({}, ""),
        ([], ""),
        (None, ""),
        ({"data": [], "hasNext": False}, "Lever"),
        ({"data": []}, ""),
        ({"data": [3]}, ""),
        ({"candidates": [3]}, ""),
        ({"candidates": [{"first_name": "Sora"}]}, ""),
        ({"something": "else"}, ""),
    ],
)
def test_a_document_is_told_by_what_only_its_system_writes(document: object, vendor: str) -> None:
    assert name_vendor(document) == vendor


@pytest.mark.parametrize(
    ("folder", "vendor"),
    [("teamtailor", "Teamtailor"), ("lever", "Lever"), ("workable", "Workable")],
)
def test_every_published_file_of_other_systems_is_named(
    vendor_samples: Path, folder: str, vendor: str
) -> None:
    paths = sorted((vendor_samples / folder).glob("*.json"))
    assert paths
    for path in paths:
        assert name_vendor(json.loads(path.read_text(encoding="utf-8"))) == vendor, path.name
