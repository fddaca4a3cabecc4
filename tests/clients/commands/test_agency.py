"""An agency at its command line against the real hub: claims and introductions."""

import json
from collections.abc import Callable

from tests.story.clients import Client, the_one
from tests.story.relays import BACKEND
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Client]


def test_a_vacancy_that_was_described_is_listed(sakura: Client, vacancy: str) -> None:
    listed = the_one(sakura.json("agency", "vacancies"), "vacancies")
    assert (listed["id"], listed["job_kind"]) == (vacancy, "mid-career")


def test_a_claim_that_was_made_is_open_until_its_candidate_answers(
    sakura: Client, claimed: str
) -> None:
    claim = the_one(sakura.json("agency", "claim"), "claims")
    assert (claim["id"], claim["state"], claim["envelope"]) == (claimed, "open", None)


def test_a_second_agency_finds_it_taken(
    consortium: Consortium,
    client_of: ClientOf,
    claimed: str,
    vacancy: str,
) -> None:
    hayabusa = client_of(consortium.agencies[1])
    file = hayabusa.folder / "vacancy.json"
    document = {**BACKEND, "open_until": "2099-12-31"}
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    added = hayabusa.json("agency", "vacancies", "--add", str(file))
    theirs = str(the_one(added, "vacancies")["id"])
    match = the_one(hayabusa.json("agency", "matches", theirs), "matches")
    assert match["standing"] == "taken"
    said = hayabusa.run(
        "agency", "claim", str(match["pairwise"]), "--vacancy", theirs, "--message", "お話を。"
    )
    assert said.code == 1
    assert claimed != vacancy


def test_the_vacancy_of_another_agency_looks_absent(
    consortium: Consortium,
    client_of: ClientOf,
    vacancy: str,
) -> None:
    hayabusa = client_of(consortium.agencies[1])
    assert hayabusa.run("agency", "matches", vacancy).code == 1


def test_a_file_that_holds_no_vacancy_is_refused(sakura: Client) -> None:
    file = sakura.folder / "vacancy.json"
    for content in ("[]", "{", "[" * 100_000, '{"title": "x"}'):
        file.write_text(content, encoding="utf-8")
        assert sakura.run("agency", "vacancies", "--add", str(file)).code == 1


def test_a_member_does_not_claim(mirai: Client) -> None:
    assert mirai.run("agency", "claim").code == 1
