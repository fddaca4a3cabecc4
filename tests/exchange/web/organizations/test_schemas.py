import pytest

from exchange.web.organizations.schemas import (
    AdmissionQuery,
    AttestedShape,
    NewPersonShape,
    RevealQuery,
)


def test_a_body_with_an_attestation_holds_nothing_else() -> None:
    assert AttestedShape().validate({"attestation": "a.b.c"}) == {}
    assert AttestedShape().validate({}).keys() == {"attestation"}
    assert AttestedShape().validate({"attestation": "a.b.c", "slug": "x"}).keys() == {"slug"}


@pytest.mark.parametrize(("length", "faults"), [(0, 1), (1, 0), (60, 0), (61, 1)])
def test_a_name_has_one_to_sixty_characters(length: int, faults: int) -> None:
    assert len(NewPersonShape().validate({"display_name": "花" * length})) == faults


def test_own_acts_are_read_from_the_beginning_a_hundred_at_a_time() -> None:
    assert RevealQuery().load({}) == {"after": -1, "limit": 100}


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ({"after": "-1"}, 0),
        ({"after": "-2"}, 1),
        ({"after": str(2**53 - 1)}, 0),
        ({"after": str(2**53)}, 1),
        ({"limit": "1000"}, 0),
        ({"limit": "1001"}, 1),
        ({"limit": "0"}, 1),
    ],
)
def test_a_page_of_own_acts_has_bounds(query: dict[str, str], faults: int) -> None:
    assert len(RevealQuery().validate(query)) == faults


@pytest.mark.parametrize("state", ["pending", "active", "suspended"])
def test_admissions_are_asked_for_by_state(state: str) -> None:
    assert AdmissionQuery().load({"state": state})["state"] == state


@pytest.mark.parametrize("state", ["asleep", "", "pending\n", "PENDING"])
def test_a_state_that_there_is_not_is_refused(state: str) -> None:
    assert AdmissionQuery().validate({"state": state}).keys() == {"state"}


def test_without_a_state_all_admissions_are_meant() -> None:
    assert "state" not in AdmissionQuery().load({})
