"""A newcomer, compared by telephone and cosigned by another organization."""

from exchange.hub import Hub
from tests.story.clients import Client


def test_a_newcomer_waits_for_a_cosigner_and_is_served_after_one(
    hub: Hub, newcomer: Client, mirai: Client
) -> None:
    assert newcomer.run("agency", "claim").code == 1
    waiting = mirai.json("cosign")["waiting"]
    assert waiting == [{"slug": "kita", "fingerprint": newcomer.fingerprint()}]
    said = mirai.json("cosign", "kita", "--fingerprint", newcomer.fingerprint())
    assert said == {"slug": "kita", "state": "active"}
    assert newcomer.json("agency", "claim") == {"claims": []}
    hub.sequence()
    assert mirai.json("cosign")["waiting"] == []


def test_a_fingerprint_that_was_told_otherwise_is_not_signed(
    newcomer: Client, mirai: Client
) -> None:
    said = mirai.run("cosign", "kita", "--fingerprint", mirai.fingerprint())
    assert said.code == 1
    assert "Do not sign" in " ".join(said.err.split())
    assert newcomer.run("agency", "claim").code == 1


def test_whoever_is_asked_and_says_no_signs_nothing(newcomer: Client, mirai: Client) -> None:
    said = mirai.run("cosign", "kita", answer="n\n")
    assert said.code == 1
    assert newcomer.fingerprint() in said.err
    assert newcomer.run("agency", "claim").code == 1


def test_whoever_was_never_admitted_is_not_cosigned(mirai: Client) -> None:
    said = mirai.run("cosign", "nobody")
    assert said.code == 1
    assert "nobody" in said.err
