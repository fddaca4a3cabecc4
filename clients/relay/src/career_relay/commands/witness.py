"""`relay witness`: draw a witness's key, serve or sign on an errand, show what contradicts."""

import os
from pathlib import Path

import click

from career_relay.commands.spoken import SpokenCommand, SpokenGroup, SpokenOption, output_options
from career_relay.commands.terminal import REFUSED, Terminal, terminal_of
from career_relay.commands.witness_settings import (
    WitnessSettingError,
    key_option,
    listening,
    require_logs,
    settings_options,
    state_option,
)
from career_relay.commands.witness_showing import evidence_of, show_alarms, show_errand
from career_relay.commands.witness_words import (
    ALARMS_HELP,
    HELP,
    NEW_KEY_HELP,
    NEW_STATE_HELP,
    SERVE_HELP,
    SIGN_HELP,
)
from career_relay.witness.errand import cosign_latest, hand_in, read_log
from career_relay.witness.key_file import draw_key, keep_key, load_key
from career_relay.witness.serving import WitnessSettings, open_witness, serve
from career_relay.witness.state import WitnessState
from career_relay.words import Words
from relay_protocol.note import SignerKey


@click.group("witness", cls=SpokenGroup, words=HELP)
def witness() -> None:
    """Witness the ledger of this hub, and any other log of its kind."""


@witness.command("new-key", cls=SpokenCommand, words=NEW_KEY_HELP)
@click.option(
    "--name",
    required=True,
    cls=SpokenOption,
    words=Words(
        en="Name for good: your address without https://.",
        ja="変えない名前(https:// を除いたアドレス)。",
    ),
)
@key_option
@state_option
@output_options
@click.pass_context
def new_key(context: click.Context, /, name: str, key: Path, state: Path) -> None:
    """Draw the witness's key, begin its file, and print what the office needs."""
    terminal = terminal_of(context)
    signer = draw_key(name)
    keep_key(signer, key)
    WitnessState.begin(state, signer.verifier)
    _show_key(terminal, signer, key, state)


@witness.command("new-state", cls=SpokenCommand, words=NEW_STATE_HELP)
@key_option
@state_option
@output_options
@click.pass_context
def new_state(context: click.Context, /, key: Path, state: Path) -> None:
    """Begin the file of what was cosigned, for a key that was made elsewhere."""
    signer = load_key(key)
    WitnessState.begin(state, signer.verifier)
    _show_key(terminal_of(context), signer, key, state)


@witness.command("serve", cls=SpokenCommand, words=SERVE_HELP)
@click.option(
    "--listen",
    default="127.0.0.1:8500",
    show_default=True,
    metavar="HOST:PORT",
    cls=SpokenOption,
    words=Words(en="Where to listen.", ja="待ち受けるアドレス。"),
)
@output_options
@click.pass_context
@settings_options
def serve_witness(context: click.Context, /, listen: str, settings: WitnessSettings) -> None:
    """Serve the witness until it is stopped."""
    terminal = terminal_of(context)
    host, port = listening(listen)
    require_logs(settings)
    opened = open_witness(settings)
    origins = sorted({key.name for key in opened.log_keys})
    terminal.aside.print(
        Words(
            en=f"Witness {opened.signer.name} at http://{listen}/ watches: {', '.join(origins)}",
            ja=f"立会人 {opened.signer.name}(http://{listen}/)が見ています: {', '.join(origins)}",
        ).into(terminal.language),
        markup=False,
        highlight=False,
    )
    serve(settings, host, port)


@witness.command("sign", cls=SpokenCommand, words=SIGN_HELP)
@click.option(
    "--hub",
    default="",
    cls=SpokenOption,
    words=Words(
        en="A hub: read its ledger, hand in the line.", ja="ハブ。台帳を読み、署名を渡します。"
    ),
)
@click.option(
    "--ledger",
    default="",
    cls=SpokenOption,
    words=Words(en="Any log's address (tlog-tiles).", ja="任意のログのアドレス(tlog-tiles)。"),
)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    cls=SpokenOption,
    words=Words(
        en="Write the cosigned checkpoint there.", ja="署名済みチェックポイントの書き出し先。"
    ),
)
@output_options
@click.pass_context
@settings_options
def sign(
    context: click.Context,
    /,
    hub: str,
    ledger: str,
    out: Path | None,
    settings: WitnessSettings,
) -> None:
    """Cosign a log's newest checkpoint once, without a server."""
    terminal = terminal_of(context)
    if bool(hub) == bool(ledger):
        raise WitnessSettingError(
            Words(
                en="Name either --hub or --ledger.",
                ja="--hub と --ledger のどちらか一方を指定してください。",
            )
        )
    require_logs(settings)
    log = read_log(ledger or f"{hub.rstrip('/')}/ledger")
    # What happens on an errand is said below, to whoever sits here.
    errand = cosign_latest(open_witness(settings, tell=lambda _: None), log)
    if out is not None:
        _write(out, errand.now.note)
    answer = hand_in(hub, errand.now.note) if hub else None
    show_errand(terminal, errand, answer)


@witness.command("alarms", cls=SpokenCommand, words=ALARMS_HELP)
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    cls=SpokenOption,
    words=Words(en="Write the evidence file there.", ja="証拠ファイルの書き出し先。"),
)
@click.option(
    "--number",
    type=click.IntRange(min=1),
    cls=SpokenOption,
    words=Words(
        en="Which alarm; the first that proves.", ja="警報の番号(省略時は証拠になる最初のもの)。"
    ),
)
@output_options
@click.pass_context
@settings_options
def alarms(
    context: click.Context,
    /,
    out: Path | None,
    number: int | None,
    settings: WitnessSettings,
) -> None:
    """Show what logs have shown against their own history; end with 1 where there is any."""
    terminal = terminal_of(context)
    opened = open_witness(settings)
    found = opened.state.alarms()
    show_alarms(terminal, found)
    if out is not None:
        _write(out, evidence_of(found, number, opened.log_keys))
        terminal.say(
            Words(
                en=f"The evidence is written to {out}. Anybody checks it, without a network: "
                f"relay-audit evidence {out} --vkey VKEY",
                ja=f"証拠を {out} に書き出しました。誰でも、ネットワークなしで確かめられます: "
                f"relay-audit evidence {out} --vkey VKEY",
            )
        )
    if found:
        context.exit(REFUSED)


def _show_key(terminal: Terminal, signer: SignerKey, key: Path, state: Path) -> None:
    """Say where key and file are, and give the line for the office."""
    vkey = signer.verifier.encode()
    line = f"witness {signer.name} {vkey}"
    terminal.say(
        Words(
            en=f"The key is in {key} and never leaves this machine; what it cosigns is kept in"
            f" {state}. Give the office this line for its policy, with your address behind it if"
            " you run a server:",
            ja=f"鍵は {key}(このパソコンから出しません)、署名の記録は {state} です。"
            "次の行を事務局に渡してください。サーバーを動かす場合は、行末にアドレスを書き加えます:",
        )
    )
    if not terminal.as_json:
        click.echo(line)  # whole, however narrow the terminal: it is to be copied
    terminal.emit({"key": str(key), "state": str(state), "vkey": vkey, "policy_line": line})


def _write(path: Path, raw: bytes) -> None:
    """Write a file whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(raw)
        os.replace(part, path)  # noqa: PTH105
    except OSError as error:
        raise WitnessSettingError(
            Words(en=f"{path} cannot be written.", ja=f"{path} に書き込めません。")
        ) from error
