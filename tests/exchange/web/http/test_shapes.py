from collections.abc import Mapping

import pytest
from marshmallow import ValidationError, fields

from exchange.web.http.shapes import (
    Code,
    ListQuery,
    ProblemShape,
    Shape,
    attestation,
    name_of,
    page_of,
    relay_id,
    slug,
    whole,
)


class ClaimShape(Shape):
    claim = relay_id("clm", "The claim.")
    agency = slug("Who claims.")
    days = whole(least=1, most=10, said="How long.")
    attestation = attestation()
    mark = Code("met|missing", said="A mark.", example="met", required=False)


GOOD: Mapping[str, object] = {
    "claim": "clm_0123456789abcdefghjkmnpqrs",
    "agency": "sakura",
    "days": 10,
    "attestation": "a.b.c",
}


def faults(**changed: object) -> set[str]:
    return set(ClaimShape().validate({**GOOD, **changed}))


def test_a_value_of_the_shape_passes() -> None:
    assert ClaimShape().load(GOOD) == GOOD
    assert faults(days=1, mark="met") == set()


@pytest.mark.parametrize(
    "claim",
    [
        "clm_0123456789abcdefghjkmnpqr",
        "clm_0123456789abcdefghjkmnpqrst",
        "ref_0123456789abcdefghjkmnpqrs",
        "clm_0123456789ABCDEFGHJKMNPQRS",
        "clm_0123456789abcdefghjkmnpqrl",
        "clm_0123456789abcdefghjkmnpqrs\n",
        " clm_0123456789abcdefghjkmnpqrs",
        5,
        None,
    ],
)
def test_an_id_of_another_form_is_refused(claim: object) -> None:
    assert faults(claim=claim) == {"claim"}


@pytest.mark.parametrize("agency", ["s", "Sakura", "1sakura", "sakura_x", "a" * 32, "sakura\n", ""])
def test_a_slug_of_another_form_is_refused(agency: str) -> None:
    assert faults(agency=agency) == {"agency"}


@pytest.mark.parametrize("days", [0, 11, 2.59e-42, 2.5, 2.0, "2", True, None, 10**30])
def test_only_whole_numbers_in_range_are_numbers(days: object) -> None:
    assert faults(days=days) == {"days"}


def test_what_the_shape_does_not_name_is_refused() -> None:
    with pytest.raises(ValidationError, match="Unknown field"):
        ClaimShape().load({**GOOD, "more": 1})


@pytest.mark.parametrize(
    ("length", "refused"), [(0, True), (1, False), (65_535, False), (65_536, True)]
)
def test_an_attestation_has_a_length(length: int, *, refused: bool) -> None:
    assert (faults(attestation="a" * length) == {"attestation"}) is refused


def test_a_page_holds_items_of_its_shape_and_a_cursor() -> None:
    shape = page_of(ClaimShape)

    assert shape().validate({"items": [GOOD], "next": None}) == {}
    assert shape().validate({"items": [{}]}).keys() == {"items", "next"}
    assert page_of(ClaimShape) is shape


def test_shapes_are_named_in_the_document_without_their_ending() -> None:
    assert name_of(ClaimShape) == "Claim"
    assert name_of(ProblemShape()) == "Problem"
    assert name_of(page_of(ClaimShape)) == "ClaimPage"


@pytest.mark.parametrize(
    ("limit", "refused"), [("0", True), ("1", False), ("1000", False), ("1001", True), ("x", True)]
)
def test_a_page_has_from_one_to_a_thousand_items(limit: str, *, refused: bool) -> None:
    assert ("limit" in ListQuery().validate({"limit": limit})) is refused


def test_a_list_begins_at_the_start_with_a_hundred_items() -> None:
    assert ListQuery().load({}) == {"limit": 100, "cursor": ""}


def test_every_field_of_a_problem_is_described() -> None:
    for name, field in ProblemShape().fields.items():
        assert isinstance(field, fields.Field)
        assert field.metadata.get("description"), name
