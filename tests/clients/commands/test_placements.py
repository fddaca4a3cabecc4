"""Introductions and what comes of them, from the agency's command line."""

from collections.abc import Callable

from tests.story.clients import Client, the_one
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Client]


def test_a_hire_before_an_introduction_is_refused(sakura: Client, claimed: str) -> None:
    assert sakura.run("agency", "report", "int_" + "0" * 26, "started").code == 1
    assert claimed


def test_an_introduction_before_the_envelope_is_open_is_refused(
    consortium: Consortium, sakura: Client, envelope: str, claimed: str
) -> None:
    said = sakura.run("agency", "introduce", claimed, "--hirer", consortium.members[1].number)
    assert said.code == 1
    assert envelope


def test_an_introduction_is_listed_with_how_far_it_has_come(
    consortium: Consortium, sakura: Client, envelope: str, claimed: str
) -> None:
    sakura.json("envelope", "open", envelope, "--confirm-provenance")
    hirer = consortium.members[1].number
    introduced = sakura.json("agency", "introduce", claimed, "--hirer", hirer)
    introduction = str(the_one(introduced, "introductions")["id"])
    listed = sakura.run("agency", "introduce")
    assert introduction in listed.out
    assert "introduced" in listed.out
    sakura.json("agency", "report", introduction, "offer-accepted")
    assert "内定承諾" in sakura.run("--lang", "ja", "agency", "introduce").out


def test_an_introduction_of_a_claim_that_is_not_ours_is_refused(
    consortium: Consortium, sakura: Client
) -> None:
    hirer = consortium.members[1].number
    said = sakura.run("agency", "introduce", "clm_" + "0" * 26, "--hirer", hirer)
    assert said.code == 1


def test_a_day_that_is_none_is_not_sent(sakura: Client, claimed: str) -> None:
    said = sakura.run("agency", "introduce", claimed, "--hirer", "1", "--on", "2027-02-30")
    assert said.code == 2
    assert "YYYY-MM-DD" in said.err
