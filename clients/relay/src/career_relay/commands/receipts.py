"""`relay receipts`: what proves our acts: how each stands, and as files to keep."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

import click

from career_relay import receipts as cases
from career_relay.assets import receipts as rows_of
from career_relay.assets import sightings
from career_relay.assets.receipts import Receipt
from career_relay.assets.store import open_store
from career_relay.clock import day_in_japan, read_clock
from career_relay.commands.online import online
from career_relay.commands.spoken import SpokenCommand, SpokenGroup, SpokenOption, output_options
from career_relay.commands.terminal import OK, REFUSED, config_of, terminal_of
from career_relay.receipts import State, state_of
from career_relay.saved_receipts import save as save_files
from career_relay.words import Words

HELP = Words(
    en="What proves your acts, whatever the hub says later.\n\n"
    "Every act gets a receipt: it shows that the ledger holds exactly what you have signed.\n"
    "Every online command fetches and checks the receipts that are due. One that is false,\n"
    "or has not come within a day, is told in red, and the command ends with exit code 1.\n\n"
    "Examples:\n"
    "  relay receipts list\n"
    "  relay receipts save receipts/",
    ja="自社の操作の控え(証明)を確かめ、保存します。\n\n"
    "どの操作にも控えが届きます。署名した内容そのものが台帳にあることの証明です。\n"
    "オンラインのコマンドは、届くべき控えを毎回受け取って確かめます。偽の控えや、1日たっても\n"
    "届かない控えは赤で知らせ、終了コード1で終わります。\n\n"
    "例:\n"
    "  relay receipts list\n"
    "  relay receipts save receipts/",
)
LIST_HELP = Words(
    en="List the receipts and how each stands; works without the hub.\n\n"
    "Example:\n"
    "  relay receipts list --open          only what has yet to come, or is wrong",
    ja="控えの一覧と状態を表示します。ハブにつながらなくても使えます。\n\n"
    "例:\n"
    "  relay receipts list --open          まだ届かないもの、おかしいものだけ",
)
SAVE_HELP = Words(
    en="Write each receipt as a .tlog-proof file; works without the hub.\n\n"
    "They hold what you have signed: keep them as you keep contracts.\n\n"
    "Example:\n"
    "  relay receipts save receipts/",
    ja="控えを .tlog-proof ファイルとして書き出します。ハブにつながらなくても使えます。\n\n"
    "署名した内容を含みます。契約書と同じように保管してください。\n\n"
    "例:\n"
    "  relay receipts save receipts/",
)
COLLECT_HELP = Words(
    en="Fetch and check the receipts that are due now.\n\nExample:\n  relay receipts collect",
    ja="届くべき控えをいま受け取り、確かめます。\n\n例:\n  relay receipts collect",
)

STATES: Mapping[State, Words] = {
    "kept": Words(en="checked and kept", ja="確認し保管"),
    "unwitnessed": Words(en="NOT WITNESSED yet", ja="立会人の署名が不足"),
    "waiting": Words(en="not yet come", ja="未着"),
    "unanswered": Words(en="sent; the hub has not answered", ja="送信済み・応答なし"),
    "late": Words(en="LATE: more than a day", ja="遅延(1日超)"),
    "false": Words(en="FALSE", ja="偽"),
}
_BAD: frozenset[State] = frozenset({"late", "false"})


@click.group("receipts", cls=SpokenGroup, words=HELP)
def receipts() -> None:
    """What proves our acts."""


@receipts.command("list", cls=SpokenCommand, words=LIST_HELP)
@click.option(
    "--open",
    "only_open",
    is_flag=True,
    cls=SpokenOption,
    words=Words(en="Only what has yet to come, or is wrong.", ja="届いていないものだけ。"),
)
@output_options
@click.pass_context
def list_receipts(context: click.Context, *, only_open: bool) -> None:
    """List the receipts and how each stands."""
    terminal = terminal_of(context)
    config = config_of(context)
    now = read_clock(config.clock)
    with open_store(config.store) as store, store.reading() as rows:
        found = [
            (receipt, state_of(receipt, now, with_policy=config.policy is not None))
            for receipt in rows_of.every(rows)
        ]
    counted = Counter(state for _, state in found)
    shown = [(one, state) for one, state in found if not only_open or state != "kept"]
    terminal.table(
        Words(en="Receipts: {count}", ja="控え: {count}件").filled(count=len(shown)),
        [
            Words(en="entry", ja="記載"),
            Words(en="act", ja="操作"),
            Words(en="since", ja="日付"),
            Words(en="state", ja="状態"),
            Words(en="id", ja="ID"),
        ],
        (
            (
                "" if one.seq is None else str(one.seq),
                one.kind,
                day_in_japan(one.kept_at).isoformat(),
                STATES[state].into(terminal.language)
                + (f": {one.complaint}" if one.complaint else ""),
                one.attestation,
            )
            for one, state in shown
        ),
    )
    terminal.emit(
        {
            "states": {state: counted[state] for state in STATES},
            "receipts": [_document(one, state) for one, state in shown],
        }
    )
    context.exit(REFUSED if any(state in _BAD for _, state in found) else OK)


@receipts.command("save", cls=SpokenCommand, words=SAVE_HELP)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@output_options
@click.pass_context
def save(context: click.Context, folder: Path) -> None:
    """Write each receipt as a file."""
    terminal = terminal_of(context)
    config = config_of(context)
    with open_store(config.store) as store, store.reading() as rows:
        kept = [receipt for receipt in rows_of.every(rows) if receipt.proof]
        seen = sightings.ledger(rows)
    saved = save_files(kept, folder)
    vkey = "" if seen is None else seen.vkey
    how = f"relay-audit receipt FILE --vkey '{vkey}'"
    terminal.say(
        Words(
            en="{new} receipts written to {folder}, {known} were there. Anybody can check one,"
            " even without the hub:",
            ja="控え{new}件を {folder} に書き出しました(既存 {known}件)。ハブがなくても、だれでも"
            "次のコマンドで確かめられます:",
        ).filled(new=len(saved.files), folder=str(folder), known=saved.known)
    )
    terminal.show(f"  {how}")
    terminal.emit(
        {"written": [str(path) for path in saved.files], "known": saved.known, "check": how}
    )


@receipts.command("collect", cls=SpokenCommand, words=COLLECT_HELP)
@output_options
@click.pass_context
def collect(context: click.Context) -> None:
    """Fetch and check the receipts that are due now."""
    terminal = terminal_of(context)
    with online(context, terminal) as connection:
        done = cases.complete(connection)
    terminal.say(
        Words(
            en="{kept} receipts checked and kept; {waiting} have yet to come.",
            ja="控え{kept}件を確認し保管しました。未着{waiting}件。",
        ).filled(kept=done.kept, waiting=done.waiting)
    )
    terminal.emit({"kept": done.kept, "waiting": done.waiting, "unwitnessed": done.unwitnessed})
    if done.unreachable is not None:
        raise done.unreachable


def _document(receipt: Receipt, state: State) -> dict[str, object]:
    """Return one receipt as JSON."""
    return {
        "attestation": receipt.attestation,
        "kind": receipt.kind,
        "seq": receipt.seq,
        "state": state,
        "since": receipt.kept_at.isoformat(),
        "own": bool(receipt.sent),
        "witnessed": receipt.witnessed_at is not None,
        "complaint": receipt.complaint,
    }
