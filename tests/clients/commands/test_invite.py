"""`relay invite` as its reader meets it."""

from collections.abc import Callable

from career_relay.application import Application
from tests.story.clients import Client


def test_it_asks_before_it_invites_and_tells_where_the_letters_are(
    mirai: Client, person: Callable[..., Application]
) -> None:
    mirai.keep(person(1), person(2))
    said = mirai.run("invite", answer="y\n")
    assert said.code == 0
    assert "People to invite: 2" in said.err
    told = " ".join(said.out.split())
    assert "Invitations registered: 2." in told
    assert "Letters: 2, with links.csv" in told
    assert "夢原" not in said.out


def test_it_speaks_japanese(mirai: Client, person: Callable[..., Application]) -> None:
    mirai.keep(person(1))
    said = mirai.run("--lang", "ja", "invite", answer="y\n")
    assert said.code == 0
    assert "1名にご案内し" in said.err
    assert "1件のご案内を登録しました" in said.out


def test_with_nobody_eligible_nothing_is_asked(mirai: Client) -> None:
    said = mirai.run("invite")
    assert said.code == 0
    assert said.err == ""
    assert "Invitations registered: 0." in said.out


def test_what_the_hub_refuses_is_shown_and_ends_with_1(
    mirai: Client, person: Callable[..., Application]
) -> None:
    mirai.keep(person(1))
    toml = mirai.folder / "relay.toml"
    # The hub keeps a link open for 180 days at most.
    toml.write_text(
        toml.read_text(encoding="utf-8") + "\n[invitation]\nvalid_days = 200\n", encoding="utf-8"
    )
    said = mirai.run("invite", "--yes")
    assert said.code == 1
    assert "Refused by the hub" in said.out
    assert "invitations/0/expires_on" in said.out.replace("\n", "")
    assert not mirai.config.letters.exists()
