"""Keys drawn, registered, shown and revoked."""

import pytest

from career_relay import keys
from exchange.hub import Hub
from relay_protocol import jwk
from tests.story.clients import Client
from tests.story.scheme import corporate_number


def test_an_agency_registers_its_sealing_key_and_finds_it_on_the_ledger(
    hub: Hub, newcomer: Client, mirai: Client
) -> None:
    mirai.json("cosign", "kita", "--fingerprint", newcomer.fingerprint())
    registered = newcomer.json("keys", "register")
    assert registered["purpose"] == "seal"
    hub.sequence()
    held = newcomer.json("keys", "show", "--ledger")["keys"]
    assert isinstance(held, list)
    assert {(key["purpose"], key["name"]) for key in held} == {
        ("sign", newcomer.fingerprint()),
        ("seal", registered["name"]),
    }
    here = newcomer.json("keys", "show")["keys"]
    assert isinstance(here, list)
    assert [key["name"] for key in here] == [newcomer.fingerprint(), registered["name"]]


def test_a_new_signing_key_is_drawn_registered_and_takes_over(hub: Hub, mirai: Client) -> None:
    old = mirai.fingerprint()
    following = mirai.folder / "next.pem"
    registered = mirai.json("keys", "register", "--purpose", "sign", "--key", str(following))
    toml = mirai.folder / "relay.toml"
    toml.write_text(toml.read_text("utf-8").replace("sign.pem", "next.pem"), encoding="utf-8")
    assert mirai.fingerprint() == registered["name"]
    revoked = mirai.json("keys", "revoke", old, "--yes")
    assert revoked == {"name": old, "purpose": "sign", "revoked": True}
    assert mirai.json("people", "list") == {"people": []}
    hub.sequence()
    held = mirai.json("keys", "show", "--ledger")["keys"]
    assert isinstance(held, list)
    assert [key["name"] for key in held] == [registered["name"]]
    toml.write_text(toml.read_text("utf-8").replace("next.pem", "sign.pem"), encoding="utf-8")
    assert mirai.run("people", "list").code == 1


def test_the_last_signing_key_stands(mirai: Client) -> None:
    assert mirai.run("keys", "revoke", mirai.fingerprint(), "--yes").code == 1


def test_a_key_of_another_organization_looks_absent(mirai: Client, sakura: Client) -> None:
    assert mirai.run("keys", "revoke", sakura.fingerprint(), "--yes").code == 1


def test_whoever_says_no_revokes_nothing(mirai: Client) -> None:
    assert mirai.run("keys", "revoke", mirai.fingerprint(), answer="n\n").code == 0
    assert mirai.json("people", "list") == {"people": []}


def test_a_member_needs_no_second_key(mirai: Client) -> None:
    assert mirai.run("keys", "register").code == 1


def test_a_new_signing_key_needs_a_file(mirai: Client) -> None:
    assert mirai.run("keys", "register", "--purpose", "sign").code == 1


def test_a_token_made_with_another_organizations_key_is_refused(
    mirai: Client, sakura: Client
) -> None:
    (mirai.folder / "sign.pem").unlink()
    keys.keep(keys.load_signing_key(sakura.folder / "sign.pem"), mirai.folder / "sign.pem")
    said = mirai.run("people", "list")
    assert said.code == 1


def test_what_the_hub_refuses_is_told_in_the_language_of_the_run(mirai: Client) -> None:
    said = mirai.run("--lang", "ja", "keys", "revoke", mirai.fingerprint(), "--yes")
    assert said.code == 1
    assert any("ぁ" <= sign <= "ん" for sign in said.err)


def test_keys_are_drawn_once(newcomer: Client) -> None:
    before = newcomer.fingerprint()
    said = newcomer.run(
        *("keys", "new", "--slug", "kita", "--role", "agency", "--name", "x", "--name-en", "x"),
        *("--corporate-number", corporate_number(50)),
        *("--licence", "01-ユ-000009", "--licence-until", "2031-03-31"),
    )
    assert said.code == 1
    assert newcomer.fingerprint() == before


def test_another_organization_does_not_draw_keys_in_the_same_folder(newcomer: Client) -> None:
    said = newcomer.run(
        *("keys", "new", "--slug", "minami", "--role", "member"),
        *("--name", "x", "--name-en", "x", "--corporate-number", corporate_number(51)),
    )
    assert said.code == 1
    assert "another folder" in " ".join(said.err.split())


class TestARotation:
    """`relay keys rotate`: a new key is drawn, registered under the old one, and used."""

    def test_the_new_signing_key_is_used_from_then_on_and_the_old_one_stands(
        self, hub: Hub, mirai: Client
    ) -> None:
        old = mirai.fingerprint()
        rotated = mirai.json("keys", "rotate")
        assert rotated["file"] == str(mirai.folder / "sign-2.pem")
        assert (rotated["before"], mirai.fingerprint()) == (old, rotated["name"])
        assert mirai.json("people", "list") == {"people": []}
        hub.sequence()
        held = mirai.json("keys", "show", "--ledger")["keys"]
        assert isinstance(held, list)
        assert [key["name"] for key in held] == [old, rotated["name"]]
        mirai.json("keys", "revoke", old, "--yes")
        assert mirai.json("people", "list") == {"people": []}

    def test_every_other_line_of_the_settings_stays(self, mirai: Client) -> None:
        toml = mirai.folder / "relay.toml"
        toml.write_text("# ours\n" + toml.read_text("utf-8"), encoding="utf-8")
        before = toml.read_text("utf-8").splitlines()
        mirai.json("keys", "rotate")
        after = toml.read_text("utf-8").splitlines()
        changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
        assert [line for _, line in changed] == ['signing_key = "sign-2.pem"']

    def test_one_follows_another_as_often_as_is_wanted(self, hub: Hub, mirai: Client) -> None:
        for number in (2, 3):
            rotated = mirai.json("keys", "rotate")
            assert rotated["file"] == str(mirai.folder / f"sign-{number}.pem")
            mirai.json("keys", "revoke", str(rotated["before"]), "--yes")
            hub.sequence()
        assert mirai.json("people", "list") == {"people": []}

    def test_that_was_interrupted_goes_on_with_the_key_it_had_drawn(self, mirai: Client) -> None:
        drawn = keys.draw("sign")
        keys.keep(drawn, mirai.folder / "sign-2.pem")
        rotated = mirai.json("keys", "rotate")
        assert rotated["name"] == jwk.kid_of(drawn.public_key())
        assert not (mirai.folder / "sign-3.pem").exists()

    @pytest.mark.parametrize("is_published", [True, False])
    def test_that_was_interrupted_behind_the_registration_is_finished(
        self, hub: Hub, mirai: Client, *, is_published: bool
    ) -> None:
        toml = mirai.folder / "relay.toml"
        before = toml.read_text("utf-8")
        first = mirai.json("keys", "rotate")
        toml.write_text(before, encoding="utf-8")
        if is_published:
            hub.sequence()
        again = mirai.json("keys", "rotate")
        assert again["name"] == first["name"] == mirai.fingerprint()

    def test_an_agencys_old_envelopes_open_with_the_old_key(
        self, hub: Hub, sakura: Client, envelope: str
    ) -> None:
        rotated = sakura.json("keys", "rotate", "--purpose", "seal")
        hub.sequence()
        sakura.json("keys", "revoke", str(rotated["before"]), "--yes")
        hub.sequence()
        said = sakura.json("envelope", "open", envelope, "--confirm-provenance")
        assert said["envelope"] == envelope

    def test_a_key_that_the_role_does_not_have_is_not_rotated(
        self, mirai: Client, sakura: Client
    ) -> None:
        assert mirai.run("keys", "rotate", "--purpose", "seal").code == 1
        assert sakura.run("keys", "rotate", "--purpose", "reveal").code == 1

    def test_settings_that_cannot_be_changed_are_told_what_to_say(self, mirai: Client) -> None:
        toml = mirai.folder / "relay.toml"
        text = toml.read_text("utf-8").replace("signing_key =", '"signing_key" =')
        toml.write_text(text, encoding="utf-8")
        said = mirai.run("keys", "rotate")
        assert said.code == 1
        assert "signing_key = " in " ".join(said.err.split())
