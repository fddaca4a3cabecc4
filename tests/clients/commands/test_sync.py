"""`relay sync` as its reader meets it."""

from tests.story.clients import Client
from tests.story.relays import Candidate


def test_an_agency_has_no_round_of_its_own(sakura: Client) -> None:
    assert sakura.run("sync").code == 1


def test_the_round_is_told_in_japanese(mirai: Client, approved: Candidate) -> None:
    said = mirai.run("--lang", "ja", "sync")
    assert said.code == 0
    assert "株式会社sakura" in said.out
    assert "13-ユ-000001" in said.out
    assert approved.referral
