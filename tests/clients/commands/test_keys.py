"""Keys drawn, registered, shown and revoked."""

from career_relay import keys
from exchange.hub import Hub
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
