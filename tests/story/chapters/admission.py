"""Chapter 1: the office opens the scheme and admits everyone, each by two signatures."""

import json
from datetime import date
from pathlib import Path

from relay_protocol.rules import DEMO
from tests.story.cast import AGENCIES, AUDITOR, EVERYONE, Player
from tests.story.scheme import corporate_number
from tests.story.stage import Stage
from tests.story.teller import Teller


def open_scheme(stage: Stage, teller: Teller, today: date) -> None:
    """Open the scheme before the hub can start: keys, database, entry 0, rules, notice."""
    teller.chapter(1, "The office opens the scheme")
    opened = stage.ask(
        "exchange",
        "init",
        "--name",
        "リレー協議会",
        "--name-en",
        "Relay Consortium",
        "--operator",
        "office",
        "--corporate-number",
        corporate_number(1),
        "--contact",
        "office@example.jp",
        "--demo",
    )
    vkey = str(opened["ledger"])
    (stage.folder / "ledger.vkey").write_text(vkey + "\n", encoding="utf-8")
    rules = stage.folder / "rules.json"
    rules.write_text(json.dumps(dict(DEMO), indent=2) + "\n", encoding="utf-8")
    stage.ask("exchange", "rules", "adopt", rules, "--from", today.replace(day=1).isoformat())
    stage.ask("exchange", "notice", "adopt")
    teller.say(f"The scheme is open at {stage.url}; its ledger's key is in ledger.vkey.")
    teller.say(f"Rules {DEMO['version']} and the notice to candidates are adopted on the ledger.")


def admit_everyone(stage: Stage, teller: Teller) -> None:
    """Admit the auditor, the members and the agencies, and register the keys they need."""
    stage.each(lambda player: prepare(stage, player), EVERYONE)
    for player in EVERYONE:
        admitted = stage.ask(
            "exchange", "admit", home(stage, player.slug) / f"{player.slug}.public.json"
        )
        if admitted["state"] == "pending":
            # The auditor has been told the fingerprint by the newcomer itself.
            told = str(admitted["fingerprint"])
            stage.relay(AUDITOR.slug, "cosign", player.slug, "--fingerprint", told)
    stage.each(lambda player: stage.relay(player.slug, "keys", "register"), (*AGENCIES, AUDITOR))
    teller.say(
        "1 auditor, 3 members and 2 agencies are admitted, each by the office and one other.",
        organizations=len(EVERYONE),
    )
    teller.say("The agencies registered a key for envelopes, the auditor one for reveals.")


def prepare(stage: Stage, player: Player) -> None:
    """Give an organization its own machine: its relay.toml and the keys that it draws there."""
    keys = stage.folder / "keys" / player.slug
    vkey = (stage.folder / "ledger.vkey").read_text(encoding="utf-8").strip()
    settings = {
        "hub": stage.url,
        "ledger": vkey,
        "slug": player.slug,
        "role": player.role,
        "signing_key": str(keys / "sign.pem"),
        "store": "assets.db",
        "letters": str(stage.folder / "letters" / player.slug),
        "clock": str(stage.clock),
    }
    if stage.policy.exists():
        settings["policy"] = str(stage.policy)
    if player.role != "member":
        settings["sealing_key"] = str(keys / "seal.pem")
    home(stage, player.slug).mkdir(parents=True)
    _write_toml(
        home(stage, player.slug) / "relay.toml",
        settings,
        {
            "name": player.name,
            "name_en": player.name_en,
            "contact": player.contact,
            "sender": player.contact,
        },
    )
    licence = ("--licence", player.licence, "--licence-until", "2031-03-31")
    stage.relay(
        player.slug,
        "keys",
        "new",
        "--slug",
        player.slug,
        "--role",
        player.role,
        "--name",
        player.name,
        "--name-en",
        player.name_en,
        "--corporate-number",
        player.number,
        "--contact",
        player.contact,
        *(licence if player.licence else ()),
    )


def home(stage: Stage, slug: str) -> Path:
    """Return the folder that stands for an organization's own machine."""
    return stage.folder / "organizations" / slug


def _write_toml(path: Path, settings: dict[str, str], company: dict[str, str]) -> None:
    """Write a relay.toml; JSON's strings are TOML's."""
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in settings.items()
    ]
    lines += ["", "[company]"]
    lines += [
        f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in company.items()
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
