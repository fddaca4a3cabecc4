"""What the commands of a witness show: an errand, alarms, and the file that proves one."""

from collections.abc import Iterable

from career_relay.commands.terminal import Terminal
from career_relay.commands.witness_words import ALARM_KINDS
from career_relay.errors import NotDueError
from career_relay.witness.errand import Errand
from career_relay.witness.state import Alarm
from career_relay.words import Words, same
from relay_protocol.errors import EvidenceError
from relay_protocol.evidence import same_size
from relay_protocol.note import VerifierKey


def evidence_of(
    found: Iterable[Alarm], number: int | None, log_keys: Iterable[VerifierKey]
) -> bytes:
    """Return the evidence file of an alarm that is proof for a third person.

    Args:
        found: all alarms.
        number: which one; None for the first that is proof.
        log_keys: every key of its log.

    Raises:
        NotDueError: there is none, or these are not the keys that signed.
    """
    wanted = (
        alarm for alarm in found if alarm.kind == "same-size" and number in {None, alarm.number}
    )
    for alarm in wanted:
        try:
            return same_size(log_keys, alarm.cosigned, alarm.shown).encode()
        except EvidenceError as error:
            raise NotDueError(
                Words(
                    en=f"Alarm {alarm.number} is no proof under the keys given: {error}.",
                    ja=f"警報 {alarm.number} は、指定された鍵では証拠になりません: {error}",
                ),
                Words(
                    en="Give every key of the log with --log or --policy.",
                    ja="ログのすべての鍵を --log か --policy で指定してください。",
                ),
            ) from error
    raise NotDueError(
        Words(
            en="There is no alarm that proves a contradiction by itself.",
            ja="それだけで食い違いの証拠になる警報はありません。",
        ),
        Words(
            en="Keep the state's file, and let an auditor compare with the ledger.",
            ja="記録ファイルを保管し、監査人に台帳との照合を依頼してください。",
        ),
    )


def show_errand(terminal: Terminal, errand: Errand, answer: dict[str, object] | None) -> None:
    """Say what was cosigned, since when, and what the hub made of it."""
    checkpoint = errand.now.checkpoint
    before = errand.before.checkpoint.size if errand.before else None
    since = {
        None: Words(en=" (the first time)", ja="(初回)"),
        checkpoint.size: Words(en=" (unchanged since the last time)", ja="(前回から変わりなし)"),
    }.get(before, Words(en=f", which continue the {before}", ja=f"({before}件からの続き)"))
    terminal.say(
        Words(
            en=f"Cosigned: {checkpoint.origin}, {checkpoint.size} entries{since.en}.",
            ja=f"署名しました: {checkpoint.origin} {checkpoint.size}件{since.ja}。",
        )
    )
    if answer is not None:
        terminal.say(Words(en="The hub has taken the line.", ja="ハブが署名を受け取りました。"))
    terminal.emit(
        {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "before": before,
            "at": errand.now.at,
            "note": errand.now.note.decode(),
            "hub": answer,
        }
    )


def show_alarms(terminal: Terminal, found: tuple[Alarm, ...]) -> None:
    """Show every alarm, or say that there is none."""
    if not found:
        terminal.say(
            Words(en="No log has contradicted itself here.", ja="食い違いは見つかっていません。")
        )
    else:
        terminal.table(
            Words(en="Alarms", ja="警報"),
            [
                same("#"),
                Words(en="when", ja="時刻"),
                Words(en="log", ja="ログ"),
                Words(en="size", ja="件数"),
                Words(en="what", ja="内容"),
            ],
            (
                (
                    str(alarm.number),
                    alarm.said_at,
                    alarm.checkpoint.origin,
                    str(alarm.checkpoint.size),
                    ALARM_KINDS[alarm.kind].into(terminal.language),
                )
                for alarm in found
            ),
        )
    terminal.emit(
        {
            "alarms": [
                {
                    "number": alarm.number,
                    "kind": alarm.kind,
                    "origin": alarm.checkpoint.origin,
                    "size": alarm.checkpoint.size,
                    "at": alarm.said_at,
                    "cosigned": alarm.cosigned.decode(),
                    "shown": alarm.shown.decode(),
                }
                for alarm in found
            ]
        }
    )
