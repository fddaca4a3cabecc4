"""`relay envelope`: list the sealed identities for an agency, and open one on its own machine."""

import json
import os
from pathlib import Path

import click

from career_relay.agency import Agency
from career_relay.clock import day_in_japan
from career_relay.commands.online import asked, online
from career_relay.commands.spoken import SpokenCommand, SpokenGroup, SpokenOption, output_options
from career_relay.commands.terminal import Terminal, terminal_of
from career_relay.errors import NotDueError
from career_relay.keys import load_sealing_keys
from career_relay.open_envelope import Provenance, open_envelope
from career_relay.words import Words, label
from relay_protocol.envelope import items_of

_OWNER_ONLY = 0o600

HELP = Words(
    en="List and open the envelopes sent to your agency.\n\n"
    "Examples:\n"
    "  relay envelope list\n"
    "  relay envelope open env_…",
    ja="紹介会社あての封書を一覧にし、開きます。\n\n"
    "例:\n"
    "  relay envelope list\n"
    "  relay envelope open env_…",
)
LIST_HELP = Words(
    en="List the envelopes sent to your agency.\n\nExample:\n  relay envelope list",
    ja="紹介会社あての封書を一覧にします。\n\n例:\n  relay envelope list",
)
OPEN_HELP = Words(
    en="Open an envelope on this machine, with your own key.\n\n"
    "First the ledger is asked who sealed it, for which claim and on whose approval; you\n"
    "confirm that (APPI 30), and the hub records your receipt. Your key never leaves.\n\n"
    "Examples:\n"
    "  relay envelope open env_…\n"
    "  relay envelope open env_… --confirm-provenance --out candidate.json",
    ja="自社の鍵で、この端末で封書を開きます。\n\n"
    "まず、だれが、どの打診のために封緘したかを監査台帳で確かめます。提供の経緯を確認する\n"
    "と(個人情報保護法30条)、ハブに受領が記録されます。鍵は端末から出ません。\n\n"
    "例:\n"
    "  relay envelope open env_…\n"
    "  relay envelope open env_… --confirm-provenance --out candidate.json",
)


@click.group("envelope", cls=SpokenGroup, words=HELP)
def envelope() -> None:
    """List and open the envelopes sent to the agency."""


@envelope.command("list", cls=SpokenCommand, words=LIST_HELP)
@output_options
@click.pass_context
def list_envelopes(context: click.Context) -> None:
    """List the envelopes sent to the agency."""
    terminal = terminal_of(context)
    with online(context, terminal, "agency") as connection:
        known = Agency(connection.transport, connection.attester).envelopes()
    terminal.table(
        Words(en="Envelopes", ja="封書"),
        [
            Words(en="id", ja="ID"),
            Words(en="from", ja="紹介元"),
            Words(en="sent", ja="開示日"),
            Words(en="opened", ja="開封日"),
        ],
        (
            (
                one.id,
                one.origin.name,
                day_in_japan(one.released_at).isoformat(),
                "" if one.opened_at is None else day_in_japan(one.opened_at).isoformat(),
            )
            for one in known
        ),
    )
    terminal.emit(
        {
            "envelopes": [
                {
                    "id": one.id,
                    "claim": one.claim,
                    "origin": one.origin.slug,
                    "opened": one.opened_at is not None,
                }
                for one in known
            ]
        }
    )


@envelope.command("open", cls=SpokenCommand, words=OPEN_HELP)
@click.argument("envelope_id", metavar="ID")
@click.option(
    "--confirm-provenance",
    "confirmed",
    is_flag=True,
    cls=SpokenOption,
    words=Words(
        en="You have checked where it comes from.", ja="提供の経緯を確認したものとします。"
    ),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    cls=SpokenOption,
    words=Words(
        en="Write it into this new file instead of the screen.",
        ja="画面の代わりに、新しいファイルに書き出します。",
    ),
)
@output_options
@click.pass_context
def open_one(
    context: click.Context, envelope_id: str, *, confirmed: bool, out: Path | None
) -> None:
    """Open an envelope on this machine."""
    terminal = terminal_of(context)
    if out is not None and out.exists():
        raise NotDueError(
            Words(en=f"{out} is there already.", ja=f"{out} はすでにあります。"),
            Words(en="Name another file.", ja="別のファイル名を指定してください。"),
        )
    with online(context, terminal, "agency") as connection:
        identity = open_envelope(
            connection,
            envelope_id,
            load_sealing_keys(connection.config.sealing_key),
            confirm=lambda provenance: confirmed or asked(terminal, _question(provenance)),
        )
    if out is not None:
        _write(out, identity)
        terminal.say(Words(en=f"Written into {out}.", ja=f"{out} に書き出しました。"))
        terminal.emit({"envelope": envelope_id, "out": str(out), "items": list(identity)})
        return
    _show(terminal, identity)
    terminal.emit({"envelope": envelope_id, "identity": identity})


def _question(provenance: Provenance) -> Words:
    """Return what whoever opens the envelope confirms."""
    values = {
        "name": provenance.origin_name,
        "number": provenance.origin.corporate_number,
        "claim": provenance.claim,
    }
    items = [label("identity_item", item) for item in provenance.items]
    inside = Words(en=", ".join(one.en for one in items), ja="、".join(one.ja for one in items))
    return Words(
        en="Sealed by {name} (法人番号 {number}) for your claim {claim}, on the candidate's\n"
        "approval. It holds: {items}.\n"
        "Do you confirm that you have checked where it comes from?",
        ja="{name}(法人番号 {number})が、ご本人の承諾を受けて、打診 {claim} のために\n"
        "封緘しました。中身: {items}\n"
        "提供の経緯を確認しましたか。",
    ).filled(**values, items=inside)


def _show(terminal: Terminal, identity: dict[str, str]) -> None:
    for item in items_of(identity):
        name = label("identity_item", item)
        terminal.say(Words(en=f"{name.en}: {identity[item]}", ja=f"{name.ja}: {identity[item]}"))


def _write(path: Path, identity: dict[str, str]) -> None:
    """Write an identity into a new file that its owner alone can read."""
    text = json.dumps(identity, ensure_ascii=False, indent=2)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(path, flags, _OWNER_ONLY), "wb") as file:
        file.write(f"{text}\n".encode())
