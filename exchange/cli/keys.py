"""Commands for the keys of the operator, the hub and the log: one follows another."""

import click

from exchange.cli.opening import as_json, opened, say
from exchange.services import key_rotation, own_keys
from exchange.services.own_keys import HUB, LOG, OPERATOR
from exchange.vault import keyring

_PURPOSES = click.Choice([LOG, HUB, OPERATOR])
_AFTERWARDS = {
    LOG: "Both keys sign every checkpoint now. Publish the new verifier key where you published "
    "the old one, and add it as a `log` line to the policies of your witnesses and auditors:\n"
    "  {vkey}",
    HUB: "The hub attests with the new key from now on.",
    OPERATOR: "The office signs with the new key from now on.",
}


@click.group()
def keys() -> None:
    """Look after the keys of the log, of the hub and of the office itself.

    \b
    log       signs checkpoints; clients, auditors and witnesses have pinned it
    hub       signs what the hub attests, such as candidates' consents
    operator  signs the office's own acts, among them every change of these keys

    A key is followed by another one while both stand, so that everybody sees on the ledger, under
    the old key, that the new one is yours. Then the old one is retired. A running hub takes part
    without a restart, if it reads the same EXCHANGE_KEYS.

    \b
    Once a year:
      exchange keys rotate log
      … at least 7 days later …
      exchange keys retire log
    """


@keys.command("list")
@as_json
def list_keys(*, as_json: bool) -> None:
    """List the keys with their fingerprints, files and state.

    \b
    Example, for a program:
      exchange keys list --json
    """
    with opened() as hub, hub.reading() as work:
        found = []
        for purpose in own_keys.PURPOSE_ON_LEDGER:
            for key in own_keys.keys(work, purpose):
                file = keyring.file_of(hub.settings.keys, purpose, key.name)
                vkey = own_keys.verifier_of(work, key).encode() if purpose == LOG else ""
                found.append(
                    {
                        "purpose": purpose,
                        "name": key.name,
                        "state": "stands" if key.stands else "revoked",
                        "file": "" if file is None else str(file),
                        "vkey": vkey,
                    }
                )
    lines = []
    for one in found:
        lines.append(f"{one['purpose']:<9} {one['state']:<8} {one['name']}")
        missing = "  NO FILE IN EXCHANGE_KEYS" if one["state"] == "stands" else "  no file any more"
        lines.append(f"  {one['file']}" if one["file"] else missing)
        if one["vkey"]:
            lines.append(f"  {one['vkey']}")
    say("\n".join(lines), found, as_json=as_json)


@keys.command("rotate")
@click.argument("purpose", type=_PURPOSES)
@as_json
def rotate(purpose: str, *, as_json: bool) -> None:
    """Draw a key that follows the one in use, and register it on the ledger.

    The new file lies beside the old one in EXCHANGE_KEYS: copy it to wherever you keep a copy of
    the keys. If this command is interrupted, run it again: it goes on with the key it has drawn.

    \b
    Example:
      exchange keys rotate log
    """
    with opened() as hub:
        with hub.reading() as work:
            under_way = key_rotation.is_under_way(work, purpose)
            drawn = key_rotation.undrawn(work, purpose)
        if not under_way:
            private = drawn or keyring.draw(hub.settings.keys, purpose)[1]
            with hub.work() as work:
                key_rotation.register(work, purpose, private)
        hub.sequence()
        with hub.reading() as work:
            newest = own_keys.standing(work, purpose)[-1]
            file = keyring.file_of(hub.settings.keys, purpose, newest.name)
            vkey = own_keys.verifier_of(work, newest).encode() if purpose == LOG else ""
    began = (
        f"Two keys of the {purpose} stand already; nothing was drawn. The newer one is"
        if under_way
        else f"Registered: the new key of the {purpose},"
    )
    after = _AFTERWARDS[purpose].format(vkey=vkey)
    say(
        f"{began} {newest.name}, in {file}.\n{after}\n"
        f"In {key_rotation.OVERLAP.days} days: exchange keys retire {purpose}",
        {
            "purpose": purpose,
            "name": newest.name,
            "file": str(file),
            "vkey": vkey,
            "drawn": not under_way,
        },
        as_json=as_json,
    )


@keys.command("retire")
@click.argument("purpose", type=_PURPOSES)
@click.option("--key", "name", default="", help="Which one; the oldest that stands unless given.")
@click.option("--now", "at_once", is_flag=True, help="Although it is less than 7 days: emergency.")
@as_json
def retire(purpose: str, name: str, *, at_once: bool, as_json: bool) -> None:
    """Revoke the older of two keys; nothing signed with it later counts.

    Whoever has not looked at the ledger while both stood must be told the new verifier key of
    the log by you: that is why both stand for 7 days at least. In a demo they need not.

    \b
    Examples:
      exchange keys retire log
      exchange keys retire hub --now       (the key is in the wrong hands)
    """
    with opened() as hub, hub.work() as work:
        retired = key_rotation.retire(work, purpose, name=name, at_once=at_once)
        file = keyring.file_of(hub.settings.keys, purpose, retired.name)
    warning = (
        f"\nWarning: both stood for {retired.overlap.days} days only. Tell everybody who has not "
        "looked meanwhile the fingerprint of the new key by another way."
        if retired.is_short
        else ""
    )
    gone = "" if file is None else f"\nIts file is not needed any more: {file}"
    say(
        f"{retired.name} is revoked. {retired.by} stands.{gone}{warning}",
        {
            "purpose": purpose,
            "revoked": retired.name,
            "stands": retired.by,
            "overlap_s": int(retired.overlap.total_seconds()),
            "short": retired.is_short,
        },
        as_json=as_json,
    )
