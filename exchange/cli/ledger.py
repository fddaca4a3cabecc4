"""Commands about the ledger: write it out, read its alarms, and mend its guard."""

import sys
from pathlib import Path

import click

from exchange.cli.opening import opened, refusals, say
from exchange.cli.spoken import SpokenGroup, language_option, option, output_options, spoken
from exchange.config import Settings
from exchange.hub import open_hub
from exchange.services import alarms as alarm_cases
from exchange.services import checkpoints, publication
from exchange.services.alarms import Alarm

LEDGER_JA = """
台帳に署名して書き出し、立会人からの警報を読みます。
"""

PUBLISH_JA = """
配信用のファイルを FOLDER に書き出します。

要約署名とタイル(C2SP tlog-tiles)です。静的な配信なら、どこにでも置けます。前に
書き出したフォルダには、新しいものだけを書き、要約署名を最後に書きます。一分ごとに実行し、
`checkpoint` が最後になる順で複製してください。配信するとき、`checkpoint` は
text/plain; charset=utf-8 で Cache-Control: no-cache とし、tile/ の下はすべて
application/octet-stream で、期限なく保存できるものとします。記載の束は監査人だけのもの
です。配信の場所には、けっして置かないでください。

だれにでも配信するとき、監査人に渡すときの例:
  exchange ledger publish public/ledger
  exchange ledger publish copy --with-entries
"""

ALARMS_JA = """
立会人が上げた警報を一覧にします。

未確認のものがあれば、終了コードは1です。立会人は、この台帳から、自分が連署した歴史の続きではないものを示されると、警報を
上げます。警報が消されることはありません。事務局がポータルで確認したことを記します。

例と、ほかの人がそのファイルをネットワークなしで確かめる方法:
  exchange ledger alarms
  exchange ledger alarms --out evidence.txt
  relay-audit evidence evidence.txt --vkey KEY
"""

GUARD_JA = """
最後に公開した要約署名のファイルを元に戻します。

なくしたときや、壊れたときに使います。このファイルがないと、ハブは署名をしません。古いデータベースが復元されていると、
二つ目の歴史を示してしまうからです。ほかの人が持つ最新の要約署名を使ってください。
このデータベースに含まれることを、ハブが確かめます。

写しにあるものを使うとき、引っ越しただけで何も復元していないときの例:
  exchange ledger guard --from mirror/checkpoint
  exchange ledger guard --trust-database
"""


@click.group(cls=SpokenGroup, ja=LEDGER_JA)
@language_option
def ledger() -> None:
    """Sign and write out the ledger, and read what its witnesses raised."""


@ledger.command("publish", ja=PUBLISH_JA)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@option(
    "--with-entries",
    is_flag=True,
    help="Entry bundles too, for an auditor's copy.",
    ja="監査人の写しのために、記載の束も書き出します。",
)
@output_options
def publish(folder: Path, *, with_entries: bool, as_json: bool) -> None:
    """Write checkpoint and tiles (C2SP tlog-tiles) into FOLDER, for any static host.

    A folder that was written before gets only what is new, the checkpoint last: run it every
    minute and copy in any order that puts `checkpoint` last. Let the host serve `checkpoint` as
    text/plain; charset=utf-8 with Cache-Control: no-cache, and all below tile/ as
    application/octet-stream, for ever. Entry bundles are for auditors only: never put them there.

    \b
    Examples, for everybody and for an auditor:
      exchange ledger publish public/ledger
      exchange ledger publish copy --with-entries
    """
    with opened() as hub:
        hub.sequence()
        with hub.reading() as work:
            size = publication.write_out(work, folder, with_entries=with_entries)
    text = spoken(
        en=f"{size} entries are written to {folder}.",
        ja=f"台帳(記載 {size} 件)を {folder} に書き出しました。",
    )
    say(text, {"size": size}, as_json=as_json)


@ledger.command("alarms", ja=ALARMS_JA)
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the evidence of an alarm that proves two histories.",
    ja="二つの歴史を証明する警報の、証拠のファイルを書き出します。",
)
@option(
    "--number",
    type=click.IntRange(min=1),
    help="Which alarm --out is about; the newest that proves.",
    ja="--out で書き出す警報の番号。指定がなければ、証明になる最新のもの。",
)
@output_options
def alarms(out: Path | None, number: int | None, *, as_json: bool) -> None:
    """List the alarms of equivocation that witnesses raised; end with 1 while one is open.

    A witness raises one when this ledger shows it a history that does not continue the one it
    has cosigned. Alarms are never deleted; the office acknowledges them in the portal.

    \b
    Examples, and what a third person does with the file, offline:
      exchange ledger alarms
      exchange ledger alarms --out evidence.txt
      relay-audit evidence evidence.txt --vkey KEY
    """
    with refusals():
        hub = open_hub(Settings.from_environment())
        try:
            with hub.reading() as work:
                found = alarm_cases.listed(work)
                if out is not None:
                    out.write_bytes(alarm_cases.evidence(work, number))
        finally:
            hub.close()
    none = spoken(en="No alarm was ever raised.", ja="警報が上がったことはありません。")
    lines = [_line(alarm) for alarm in found] or [none]
    if out is not None:
        written = spoken(
            en=f"The evidence is written to {out}. Anybody checks it, without a network:",
            ja=f"証拠を {out} に書き出しました。だれでも、ネットワークなしで確かめられます:",
        )
        lines.append(written)
        lines.append(f"relay-audit evidence {out} --vkey KEY")
    document = {"alarms": [alarm.document() for alarm in found]}
    say("\n".join(lines), document, as_json=as_json)
    if any(alarm.is_open for alarm in found):
        sys.exit(1)


@ledger.command("guard", ja=GUARD_JA)
@option(
    "--from",
    "source",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The newest checkpoint that a witness, a mirror or a member holds.",
    ja="立会人、写し、参加企業が持つ最新の要約署名。",
)
@option(
    "--trust-database",
    is_flag=True,
    help="Nothing was restored: this database is the newest.",
    ja="何も復元しておらず、このデータベースが最新のとき。",
)
@output_options
def guard(source: Path | None, *, trust_database: bool, as_json: bool) -> None:
    """Put back the file of the last published checkpoint, after it was lost or damaged.

    Without that file the hub signs nothing: a database restored from before it would tell a
    second history. Take the newest checkpoint that others hold; the hub checks that its database
    contains it.

    \b
    Examples, with what a mirror holds, and after a move where nothing was restored:
      exchange ledger guard --from mirror/checkpoint
      exchange ledger guard --trust-database
    """
    if (source is None) == (not trust_database):
        raise click.UsageError(
            spoken(
                en="give either --from FILE or --trust-database",
                ja="--from FILE か --trust-database のどちらか一つを指定してください。",
            )
        )
    with refusals():
        hub = open_hub(Settings.from_environment())
        try:
            newest = None if source is None else source.read_bytes()
            with hub.noting() as work:
                size = checkpoints.restore_guard(work, hub.published, newest)
        finally:
            hub.close()
    text = spoken(
        en=f"{hub.published} holds the checkpoint of {size} entries.",
        ja=f"{hub.published} に、記載 {size} 件の要約署名を入れました。",
    )
    say(text, {"size": size}, as_json=as_json)


def _line(alarm: Alarm) -> str:
    """Return an alarm as one line for people."""
    proof = (
        spoken(en="two histories are proven", ja="二つの歴史が証明されています")
        if alarm.is_proof
        else spoken(en="the witness showed no proof", ja="立会人は証明を示していません")
    )
    state = (
        spoken(en="open", ja="未確認")
        if alarm.is_open
        else spoken(en="acknowledged", ja="確認済み")
    )
    at = alarm.raised_at.isoformat(timespec="seconds")
    brought = spoken(en="(brought by somebody)", ja="(外部からの届け出)")
    who = brought if alarm.is_brought else alarm.witness
    size = spoken(en=f"size {alarm.size}", ja=f"記載 {alarm.size} 件")
    return f"{alarm.id:>4}  {at}  {who}  {size}  {proof}  {state}"
