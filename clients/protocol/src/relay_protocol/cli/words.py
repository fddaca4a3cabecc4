"""The sentences of the commands beside `verify`, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from relay_protocol.codes import Words
from relay_protocol.report import Lang

WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        # every command
        "cannot-read": Words(
            "relay-audit は読み取れませんでした。{why}", "relay-audit cannot read this: {why}"
        ),
        "detail": Words("詳細(英語): {detail}", "In detail: {detail}"),
        "stopped": Words("relay-audit を中断しました。", "relay-audit was stopped."),
        "usage": Words("使い方:", "usage:"),
        "usage-wrong": Words("指定の誤り: {why}", "error: {why}"),
        "progress-part": Words(
            "第{part}項: {total} 件中 {done} 件({title})",
            "part {part}: {done} of {total} ({title})",
        ),
        "progress-files": Words("ファイル: {total} 個中 {done} 個", "files: {done} of {total}"),
        # verify
        "signed-before": Words(
            "{slug} は {period} に署名済みです。", "{slug} has signed {period} before."
        ),
        "state-remembers": Words(
            "どこまで確かめたかは {path} に残っています。もう一度実行すると、続きから始めます。",
            "{path} remembers how far it was: run it again to go on.",
        ),
        "entries-for-auditors": Words(
            "台帳の記載は、監査人だけが受け取れます。--slug と --signing-key を指定してください。",
            "A hub hands out entries to auditors: give --slug and --signing-key.",
        ),
        # mirror
        "mirrored": Words(
            "台帳「{log}」の写しができました。記載 {size} 件(これまで {before} 件)、"
            "取り寄せたファイル {files} 個。",
            "The copy of {log} is complete. Entries: {size} (before: {before}). "
            "Files fetched: {files}.",
        ),
        "mirrored-hashes": Words(
            "記載そのものは写していません。ハッシュだけの写しです。",
            "The copy holds hashes only, and no entries.",
        ),
        "quorum-missed": Words(
            "この要約署名には、ポリシーが求める数の立会人の署名がありません。",
            "Fewer witnesses have cosigned this checkpoint than the policy asks for.",
        ),
        "other-kept": Words(
            "写しはそのまま残しました。食い違う要約署名は {path} にあります。",
            "The copy was left as it was. The other signed checkpoint is kept in {path}.",
        ),
        "evidence-kept": Words(
            "台帳が二つの歴史に署名した証拠は {path} にあります。"
            "`relay-audit evidence` で、だれでも確かめられます。",
            "Proof that the log has signed two histories is kept in {path}; "
            "`relay-audit evidence` shows it to anybody.",
        ),
        # a key of the log that follows another
        "key-follows": Words(
            "台帳の鍵が交代しています。新しい鍵は、事務局の署名のある記載 {seq} で登録され、"
            "お手元の鍵が署名した {size} 件の要約署名に含まれています。",
            "The log's key is being followed by another. Entry {seq}, signed by the office, "
            "registers it, and a checkpoint of {size} entries, signed by a key that you knew, "
            "covers that entry.",
        ),
        "key-believed": Words(
            "これからは新しい鍵も信じます。ポリシー(--policy)に次の行を加えてください。",
            "The new key is believed from now on. Add this line to your policy (--policy):",
        ),
        "key-add": Words(
            "ポリシー(--policy)に次の行を加えてください。",
            "Add this line to your policy (--policy):",
        ),
        # evidence
        "evidence-proves": Words(
            "証明されました: 台帳「{log}」は、両立しない二つの歴史に署名しています。",
            "Proved: {log} has signed two histories that contradict each other.",
        ),
        "evidence-checkpoint": Words(
            "署名された要約: 記載 {size} 件、ルート {root}",
            "Signed: {size} entries with the root {root}",
        ),
        "evidence-same-size": Words(
            "同じ {size} 件の台帳に、ルートが二つあります。",
            "A ledger of {size} entries cannot have both roots.",
        ),
        "evidence-same-index": Words(
            "記載 {index} が、二つの台帳で異なります。どちらも、それぞれの署名につながっています。",
            "Entry {index} is not the same in both, and each is bound to its own signature.",
        ),
        "evidence-meaning": Words(
            "台帳の鍵を持つ者だけが作れるもので、取り消せません。ほかの監査人と立会人に渡してください。",
            "Only the holder of the log's key can have made this, and it cannot be taken back. "
            "Pass it on to the other auditors and to the witnesses.",
        ),
        "evidence-proves-nothing": Words(
            "このファイルは何も証明しません: {detail}",
            "This file proves nothing: {detail}",
        ),
        # watch
        "watched": Words("{at} 台帳「{log}」: 記載 {size} 件。", "{at} {log}: {size} entries."),
        "watched-quorum": Words(
            "立会人の署名 {count} 件。必要な数がそろった時刻: {at}。",
            "Witnesses: {count}. Enough of them as of {at}.",
        ),
        "watched-alone": Words(
            "立会人がいないため、これが最新の台帳か、ほかの人にも同じ台帳が示されているかは分かりません。",
            "No witnesses are asked for: that this is the newest ledger, and the one that others "
            "see, cannot be told.",
        ),
        "alarm": Words("警報({at} から): {words} {detail}", "ALARM (since {at}): {words} {detail}"),
        "alarm-alone": Words("警報({at} から): {words}", "ALARM (since {at}): {words}"),
        "alarm-lasting": Words(
            "この警報は、後の要約署名では解消しません。記録したうえで、--acknowledge で外せます。",
            "No later checkpoint makes this good; --acknowledge puts it aside, once dealt with.",
        ),
        "both-kept": Words(
            "食い違う要約署名は {path} にあります。以前のものは、同じ名前の .kept です。",
            "The other signed checkpoint is kept in {path}, the earlier one beside it (.kept).",
        ),
        "alarm-quorum-missed": Words(
            "要約署名に、必要な数の立会人の署名がありません。署名した立会人:",
            "Fewer witnesses than the quorum have cosigned the checkpoint. Those who have:",
        ),
        "alarm-checkpoint-stale": Words(
            "台帳が止まっています。必要な数の立会人が最後に署名した時刻:",
            "The log is stuck. Enough witnesses have cosigned it last at:",
        ),
        "alarm-cosigned-early": Words(
            "立会人の署名の時刻が未来です:", "Witnesses have cosigned it at a time to come:"
        ),
        "alarm-log-unreachable": Words(
            "台帳を読めない状態が続いています。", "The log has been out of reach for long."
        ),
        "webhook-refused": Words(
            "警報 {alarm} を送れませんでした: {why}", "the webhook has not taken {alarm}: {why}"
        ),
        # sample
        "sampled": Words(
            "記載 {size} 件から {count} 件を抽出しました。種: {seed}",
            "Drawn: {count} of {size} entries, by the seed {seed}",
        ),
        "paper-written": Words("監査調書: {path}", "Work paper: {path}"),
        "paper-title": Words("監査調書 抽出した記載の照合", "Work paper: entries compared by hand"),
        "paper-cover": Words("表紙", "Cover"),
        "paper-entries": Words("照合", "Entries"),
        "paper-log": Words("台帳", "Ledger"),
        "paper-checkpoint": Words("要約署名(件数 / ルート)", "Checkpoint (size / root)"),
        "paper-size": Words("抽出の対象(件)", "Drawn from (entries)"),
        "paper-seed": Words("乱数の種", "Seed"),
        "paper-seed-root": Words(
            "この件数での台帳のルートです。だれも選べません。",
            "The root of the ledger at that size: nobody can have chosen it.",
        ),
        "paper-seed-own": Words(
            "監査人が与えたものです(--seed)。", "Given by the auditor (--seed)."
        ),
        "paper-method": Words("抽出の方法", "How it was drawn"),
        "paper-method-text": Words(
            "記載の種類ごとの層別抽出です。どの種類からも1件、残りは件数に比例(最大剰余法)。"
            '層の中では SHA-256(種 ‖ "career-relay/sample/v1" ‖ 00 ‖ 種類 ‖ 00 ‖ 番号8バイト) の'
            "先頭8バイトを、偏りが出る値を捨てて、件数で割った余りとします。"
            "同じ種なら、どの道具でも同じ結果になります。",
            "By kind of entry: one of each, the rest in proportion (largest remainder). Within a "
            'kind: the first 8 bytes of SHA-256(seed ‖ "career-relay/sample/v1" ‖ 00 ‖ kind ‖ 00 ‖ '
            "counter in 8 bytes), modulo the number of entries, numbers that would favour some "
            "passed over. Any tool draws the same from the same seed.",
        ),
        "paper-method-plain": Words(
            "抽出する件数が種類の数より少ないため、すべての記載を一つの層として抽出しました。"
            "一件も選ばれない種類があります。"
            'SHA-256(種 ‖ "career-relay/sample/v1" ‖ 00 ‖ 00 ‖ 番号8バイト) の'
            "先頭8バイトを、偏りが出る値を捨てて、件数で割った余りとします。"
            "同じ種なら、どの道具でも同じ結果になります。",
            "From all entries alike, whatever their kind, because fewer were to be drawn than "
            "there are kinds; some kinds are not in it. The first 8 bytes of "
            'SHA-256(seed ‖ "career-relay/sample/v1" ‖ 00 ‖ 00 ‖ counter in 8 bytes), modulo the '
            "number of entries, numbers that would favour some passed over. Any tool draws the "
            "same from the same seed.",
        ),
        "paper-made": Words("作成日時", "Made at"),
        "paper-auditor": Words("監査人", "Auditor"),
        "paper-strata": Words("種類", "Kind"),
        "paper-strata-head": Words("抽出 / 全体(件)", "Drawn / all"),
        "paper-machine": Words("機械による確認", "Checked by machine"),
        "paper-part": Words("第{part}項", "Part {part}"),
        "paper-open": Words("確かめていないこと", "Not established"),
        "paper-prepared": Words("作成者・日付", "Prepared by, date"),
        "paper-reviewed": Words("査閲者・日付", "Reviewed by, date"),
        "paper-head": Words(
            "No.|記載|日付|行為|表示された組織|申告の内容|機械による確認|組織で照合するもの|結果|署名|照合日",
            "No.|Entry|Day|Act|Organizations shown|What it says|Checked by machine|"
            "To compare at the organization|Result|Initials|Date",
        ),
        "paper-register": Words("登録簿", "Register"),
        "paper-register-head": Words(
            "組織|役割|状態|記載|法人番号|グループの法人番号|許可番号・期限|最初の鍵の指紋|結果|署名|照合日",
            "Organization|Role|State|Entry|Corporate number|Group's number|Licence and its end|"
            "Fingerprint of the first key|Result|Initials|Date",
        ),
        "paper-role-member": Words("参加企業", "Member"),
        "paper-role-agency": Words("紹介会社", "Agency"),
        "paper-role-auditor": Words("監査人", "Auditor"),
        "paper-role-operator": Words("事務局", "Office"),
        "paper-state-active": Words("参加中", "Active"),
        "paper-state-pending": Words("連署待ち", "Not cosigned yet"),
        "paper-state-suspended": Words("停止中", "Suspended"),
        "paper-nobody": Words("(なし)", "(none)"),
        "paper-included": Words(
            "署名された台帳のこの位置にあり、前の記載につながっている。",
            "Stands at this place of the signed ledger, and follows the entry before it.",
        ),
        "paper-opened": Words(
            "開示片が約束の値を開く。手順の再現に矛盾がない。",
            "The reveal opens its commitment, and the replay of all steps agrees.",
        ),
        "paper-jws": Words(
            "{by} の鍵 {kid}… による署名が正しい。", "Signed by {by} with the key {kid}…"
        ),
        "paper-passkey": Words(
            "{by} の担当者のパスキー {kid}… による署名が正しい。",
            "Signed by a person of {by} with the passkey {kid}…",
        ),
        "paper-closed": Words(
            "開けません(消去されたか、開示片がありません)。",
            "Closed: erased since, or no reveal is at hand.",
        ),
        "paper-closed-compare": Words(
            "消去の依頼と記録。組織に控えが残っていないこと。",
            "The request for erasure and its record; that the organization holds no copy.",
        ),
        # trace
        "trace-lot": Words("lot:{lot}({account})", "lot:{lot} ({account})"),
        "trace-moved": Words(
            "{period} 記載 {seq}: {debit} から {credit} へ {count}(紹介会社 {agency}、期限 {due})",
            "{period}, entry {seq}: {count} from {debit} to {credit} (by {agency}, until {due})",
        ),
        "trace-unmoved": Words(
            "まだ何も移動していません(保留・保証の期間中か、取り消されました)。",
            "Nothing was moved by it: it waits for its hold or guarantee, or was undone.",
        ),
        "trace-referral": Words("他社紹介の推薦によるポイントです。", "Points for a referral."),
        "trace-hire": Words("採用による無償紹介枠です。", "A slot for a hire."),
        "trace-converted": Words(
            "月次精算で、下のポイントから換えられた枠です。"
            "紹介会社の負担は、ポイントの割合で決まります。",
            "A slot made at the month's close from the points below; which agency funds it "
            "follows from all of them together.",
        ),
        "trace-kept": Words(
            "元の事実は消去されています。残された記載は {seq} です。",
            "The fact behind it was erased; entry {seq} stands in its place.",
        ),
        "trace-closed": Words(
            "元の事実は開けません(消去されたか、開示片の束に含まれていません)。",
            "The fact behind it is closed: erased since, or not in this pack.",
        ),
        "trace-rules": Words(
            "決めた規約の数値: {version}(記載 {seq})",
            "Decided by the rules {version} (entry {seq})",
        ),
        "trace-audited": Words(
            "{period} の精算(記載 {seq})。{by} が正しいと署名。",
            "Settled in {period} (entry {seq}); signed as sound by {by}.",
        ),
        "trace-unaudited": Words(
            "{period} の精算(記載 {seq})。監査の署名はまだありません。",
            "Settled in {period} (entry {seq}); no auditor has signed it yet.",
        ),
        "trace-step": Words(
            "記載 {seq} {day} {called}: {by}(鍵 {kid}…)",
            "entry {seq} {day} {called}: {by} (key {kid}…)",
        ),
        "trace-step-passkey": Words(
            "記載 {seq} {day} {called}: {by} の担当者(パスキー {kid}…)",
            "entry {seq} {day} {called}: a person of {by} (passkey {kid}…)",
        ),
        "trace-step-closed": Words(
            "記載 {seq} {called}: 開けません", "entry {seq} {called}: closed"
        ),
    }
)


def line(code: str, lang: Lang, **figures: object) -> str:
    """Return a sentence with its figures."""
    words = WORDS[code]
    return (words.ja if lang == "ja" else words.en).format(
        **{name: f"{value:,}" if type(value) is int else value for name, value in figures.items()}
    )
