"""Hires that an agency reports, and the hirer confirms."""

from collections.abc import Callable

from tests.story.clients import Client, the_one
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Client]


def test_from_the_introduction_to_a_start_that_the_hirer_confirms(
    consortium: Consortium,
    client_of: ClientOf,
    sakura: Client,
    envelope: str,
    claimed: str,
) -> None:
    hirer = consortium.members[1]
    aozora = client_of(hirer)
    sakura.json("envelope", "open", envelope, "--confirm-provenance")
    introduced = sakura.json("agency", "introduce", claimed, "--hirer", hirer.number)
    introduction = str(the_one(introduced, "introductions")["id"])
    accepted = sakura.json("agency", "report", introduction, "offer-accepted")
    assert aozora.run("hires", "confirm", str(accepted["id"])).code == 1
    started = sakura.json("agency", "report", introduction, "started")
    assert started["id"] == accepted["id"]
    hire = the_one(aozora.json("hires", "list"), "hires")
    assert (hire["id"], hire["agency"], hire["state"]) == (started["id"], "sakura", "started")
    confirmed = aozora.json("hires", "confirm", str(hire["id"]))
    assert confirmed["confirmed_by"] == "aozora"
    assert "confirmed" in aozora.run("hires", "list").out


def test_a_hire_at_another_company_looks_absent(
    consortium: Consortium,
    sakura: Client,
    mirai: Client,
    envelope: str,
    claimed: str,
) -> None:
    sakura.json("envelope", "open", envelope, "--confirm-provenance")
    hirer = consortium.members[1]
    introduced = sakura.json("agency", "introduce", claimed, "--hirer", hirer.number)
    introduction = str(the_one(introduced, "introductions")["id"])
    sakura.json("agency", "report", introduction, "offer-accepted")
    started = sakura.json("agency", "report", introduction, "started")
    assert mirai.json("hires", "list") == {"hires": []}
    assert mirai.run("hires", "confirm", str(started["id"])).code == 1
