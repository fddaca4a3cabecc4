"""The letters that tell candidates of a release: one for each, signed by the company."""

from pathlib import Path

from career_relay.assets.store import open_store
from tests.story.clients import Client
from tests.story.relays import Candidate


def letters(client: Client) -> list[Path]:
    return sorted((client.config.letters / "released").glob("*.eml"))


def test_whoever_is_released_is_told_once(mirai: Client, approved: Candidate) -> None:
    said = mirai.json("sync")
    (letter,) = letters(mirai)
    assert said["letters"] == [str(letter)]
    assert letter.stat().st_mode & 0o777 == 0o600
    assert b"yumehara1@example.jp" in letter.read_bytes()
    (record,) = mirai.releases()
    assert record.told_at is not None
    assert record.referral == approved.referral
    letter.unlink()
    assert mirai.json("sync")["letters"] == []
    assert letters(mirai) == []


def test_without_somebody_to_sign_the_letter_it_waits(mirai: Client, approved: Candidate) -> None:
    toml = mirai.folder / "relay.toml"
    whole = toml.read_text(encoding="utf-8")
    toml.write_text(whole.partition("[company]")[0], encoding="utf-8")
    said = mirai.json("sync")
    assert said["released"] != []
    assert said["letters"] == []
    toml.write_text(whole, encoding="utf-8")
    assert len(mirai.json("sync")["letters"]) == len(letters(mirai)) == 1  # type: ignore[arg-type]
    assert mirai.releases()[0].referral == approved.referral


def test_whoever_has_no_address_gets_no_letter(mirai: Client, approved: Candidate) -> None:
    mirai.json("sync", "--lang", "ja")
    for letter in letters(mirai):
        letter.unlink()
    with open_store(mirai.config.store) as store, store.transaction() as rows:
        rows.execute("UPDATE release SET told_at = NULL")
        rows.execute("UPDATE application SET content = replace(content, 'yumehara1@', '@')")
        rows.execute("UPDATE application SET content = replace(content, '\"@example.jp\"', '\"\"')")
    assert mirai.json("sync")["letters"] == []
    assert approved.referral == mirai.releases()[0].referral
