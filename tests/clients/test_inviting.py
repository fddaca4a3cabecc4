"""Inviting against the real hub: what is registered, what is written, and what never leaves."""

import base64
import csv
import io
import unicodedata
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from career_relay.application import Application
from career_relay.assets import referrals
from career_relay.assets.referrals import Referral
from career_relay.assets.store import open_store
from exchange.hub import Hub
from exchange.store.referrals import ReferralRow
from relay_protocol.ids import link_digest
from tests.story.clients import Client

PEOPLE = 3


def kept(client: Client) -> list[Referral]:
    with open_store(client.config.store) as store, store.reading() as connection:
        return list(referrals.in_states(connection))


def rows_of(hub: Hub) -> dict[str, ReferralRow]:
    with hub.reading() as work:
        return {row.id: row for row in work.session.scalars(select(ReferralRow))}


def links(client: Client) -> list[dict[str, str]]:
    (file,) = client.config.letters.glob("*/links.csv")
    return list(csv.DictReader(io.StringIO(file.read_bytes().decode("utf-8-sig"))))


def spellings(text: str) -> set[bytes]:
    """Return a text in every form in which it might leave: plain, wide, coded."""
    forms = {text, unicodedata.normalize("NFKC", text), unicodedata.normalize("NFD", text)}
    forms |= {form.casefold() for form in forms} | {form.replace(" ", "") for form in forms}
    found: set[bytes] = set()
    for form in forms:
        for raw in (form.encode(), form.encode("utf-16-le"), form.encode("utf-16-be")):
            found |= {raw, raw.hex().encode(), raw.hex().upper().encode()}
            # Of base64 the middle is the same wherever the text begins, save for its three phases.
            for phase in range(3):
                coded = base64.b64encode(bytes(phase) + raw)
                middle = coded[4 : len(coded) - 4]
                found |= {middle, middle.translate(bytes.maketrans(b"+/", b"-_"))}
        found.add(form.encode("cp932", "ignore"))
        found.add(form.encode("unicode_escape"))
    return {one for one in found if len(one) >= 6}


def test_given_eligible_people_when_inviting_then_hub_store_and_letters_agree(
    hub: Hub, mirai: Client, person: Callable[..., Application]
) -> None:
    mirai.keep(*(person(number) for number in range(1, PEOPLE + 1)))
    said = mirai.json("invite", "--yes")
    assert said["refused"] == []
    rows = rows_of(hub)
    ours = {one.referral: one for one in kept(mirai)}
    assert sorted(rows) == sorted(ours) == sorted(map(str, said["registered"]))  # type: ignore[call-overload]
    for referral, row in rows.items():
        assert row.token_digest == link_digest(ours[referral].token)
        assert (row.origin, row.state, row.job_kind) == ("mirai", "invited", "mid-career")
        assert ours[referral].state == "invited"
        assert ours[referral].letter_at is not None
        assert row.expires_on == ours[referral].expires_on
    assert {one["リンク"] for one in links(mirai)} == {
        f"{mirai.config.hub}/i/{one.token}" for one in ours.values()
    }
    assert len(list(mirai.config.letters.glob("*/*.eml"))) == PEOPLE


def test_given_people_invited_then_no_byte_on_the_wire_tells_who_they_are(
    mirai: Client, person: Callable[..., Application]
) -> None:
    people = [person(number) for number in range(1, PEOPLE + 1)]
    mirai.keep(*people)
    mirai.json("invite", "--yes")
    sent = mirai.wire.bytes_sent()
    assert b"/v1/member/invitations" in sent
    tokens = [one.token for one in kept(mirai)]
    secrets = [
        text
        for one in people
        for text in (
            one.person.name,
            one.person.kana,
            one.person.email,
            one.person.phone,
            *one.person.employers,
            one.key,
            one.selection.position,
            one.career.summary,
        )
    ]
    for text in (*secrets, *tokens):
        found = [form for form in spellings(text) if form in sent]
        assert found == [], text


def test_the_search_for_names_would_find_one(
    mirai: Client, person: Callable[..., Application]
) -> None:
    for form in ("夢原 空太1", "yumehara1@example.jp"):
        hidden = base64.urlsafe_b64encode(b'{"x":"' + form.encode() + b'","y":"zzzzzz"}')
        assert any(one in hidden for one in spellings(form))


def test_inviting_twice_invites_nobody_twice(
    hub: Hub, mirai: Client, person: Callable[..., Application]
) -> None:
    mirai.keep(person(1))
    mirai.json("invite", "--yes")
    again = mirai.json("invite", "--yes")
    assert again == {"registered": [], "refused": [], "letters": []}
    with hub.reading() as work:
        assert work.session.scalar(select(func.count()).select_from(ReferralRow)) == 1


def test_whoever_is_not_eligible_is_not_invited(
    hub: Hub,
    mirai: Client,
    person: Callable[..., Application],
    through_agency: Callable[[Application], Application],
) -> None:
    mirai.keep(person(1), through_agency(person(2)))
    mirai.json("invite", "--yes")
    assert [one.application for one in kept(mirai)] == ["sheet:1"]
    assert len(rows_of(hub)) == 1


def test_only_so_many_are_invited_as_were_asked_for(
    mirai: Client, person: Callable[..., Application]
) -> None:
    mirai.keep(*(person(number) for number in range(1, PEOPLE + 1)))
    mirai.json("invite", "--yes", "--limit", "2")
    assert len(kept(mirai)) == 2
    mirai.json("invite", "--yes")
    assert len(kept(mirai)) == PEOPLE


def test_without_a_yes_nothing_is_registered(
    hub: Hub, mirai: Client, person: Callable[..., Application]
) -> None:
    mirai.keep(person(1))
    said = mirai.run("invite", answer="n\n")
    assert said.code == 0
    assert rows_of(hub) == {}
    assert kept(mirai) == []


def test_given_a_lost_answer_when_inviting_again_then_the_same_link_goes_out(
    hub: Hub, mirai: Client, person: Callable[..., Application]
) -> None:
    mirai.keep(person(1))
    mirai.json("invite", "--yes")
    (before,) = kept(mirai)
    # As if the run had ended after the hub had heard of it and before anything was noted here.
    with open_store(mirai.config.store) as store, store.transaction() as connection:
        connection.execute("UPDATE referral SET state = 'drawn', letter_at = NULL")
    for file in mirai.config.letters.glob("*/*"):
        file.unlink()
    for folder in mirai.config.letters.iterdir():
        folder.rmdir()
    again = mirai.json("invite", "--yes")
    assert again["registered"] == [before.referral]
    assert len(rows_of(hub)) == 1
    assert [one["リンク"] for one in links(mirai)] == [f"{mirai.config.hub}/i/{before.token}"]


def test_a_letter_that_cannot_be_signed_stops_before_anything_is_registered(
    hub: Hub, mirai: Client, person: Callable[..., Application]
) -> None:
    mirai.keep(person(1))
    toml = mirai.folder / "relay.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.replace("contact", "name_en", 1).replace("[company]\n", ""), "utf-8")
    toml.write_text(text.partition("[company]")[0], encoding="utf-8")
    assert mirai.run("invite", "--yes").code == 2
    assert rows_of(hub) == {}
    assert kept(mirai) == []


def test_an_agency_does_not_invite(sakura: Client) -> None:
    said = sakura.run("invite", "--yes")
    assert said.code == 1
    assert "member" in said.err


def test_letters_are_readable_by_their_owner_alone(
    mirai: Client, person: Callable[..., Application]
) -> None:
    mirai.keep(person(1))
    said = mirai.json("invite", "--yes")
    letters = said["letters"]
    assert isinstance(letters, list)
    assert {Path(str(file)).stat().st_mode & 0o777 for file in letters} == {0o600}
