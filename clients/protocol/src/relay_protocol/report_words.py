"""The sentences of an audit's report, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from relay_protocol.codes import Words

PART_TITLES: Final[Mapping[int, Words]] = MappingProxyType(
    {
        1: Words("要約署名(チェックポイント)", "Checkpoint"),
        2: Words("以前に確かめた台帳とのつながり", "History"),
        3: Words("台帳の記載", "Entries"),
        4: Words("ハッシュのタイル", "Tiles"),
        5: Words("組織・鍵・規約", "Organizations, keys and rules"),
        6: Words("開示片", "Reveals"),
        7: Words("手順の再現", "Steps"),
        8: Words("ポイント・無償紹介枠・枠明細書・相殺", "Points, slots, statements and netting"),
    }
)

LINES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "title": Words("監査報告", "Audit report"),
        "ledger": Words("台帳: {log}", "Ledger: {log}"),
        "size": Words("記載: {size} 件", "Entries: {size}"),
        "made-at": Words("実施: {at}", "Made at: {at}"),
        "sound": Words(
            "結果: 確かめられることは、すべて確かめました。",
            "Result: sound. All that can be checked holds.",
        ),
        "refused": Words(
            "結果: 第{part}項で不一致が見つかりました。",
            "Result: refused. Part {part} does not hold.",
        ),
        "refused-at": Words(
            "結果: 第{part}項で不一致が見つかりました。最初の不一致は、記載 {seq} です。",
            "Result: refused. Part {part} does not hold. The first fault is at entry {seq}.",
        ),
        "where": Words("詳細(英語): {detail}", "In detail: {detail}"),
        "nothing": Words("今回は対象がありませんでした。", "There was nothing to check here."),
        "not-reached": Words("確かめていません。", "Not reached."),
        "not-beyond": Words(
            "第{part}項から先のこと。そこで止まり、その先は何も確かめていません。",
            "Anything from part {part} on: the audit ended there.",
        ),
        "not-established": Words("第9項 確かめていないこと", "9. What was not established"),
        "part": Words("第{part}項 {title}", "{part}. {title}"),
        "signed": Words(
            "{period} の精算が正しいことに署名しました。",
            "Signed: the settlement of {period} is sound.",
        ),
    }
)

FINDINGS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "checkpoint-signed": Words(
            "{size} 件の記載の要約に、台帳「{log}」の鍵による署名があります。ルート: {root}",
            "Entries: {size}. The key of {log} has signed for them, with the root {root}",
        ),
        "history-continues": Words(
            "以前に確かめた {checkpoints} 個の要約署名(最大 {size} 件)と、つながっています。",
            "Checkpoints seen before: {checkpoints}, of up to {size} entries. The ledger "
            "continues every one of them.",
        ),
        "bytes-before": Words(
            "記載 {size} までのつながりとタイルは、{at} にこの状態ファイルで確かめたものです。",
            "Entries and tiles up to entry {size} were established at {at} by this state file.",
        ),
        "entries-follow": Words(
            "{size} 件の記載は、どれも前の記載につながり、署名された要約と一致します。",
            "Entries read: {size}. Each follows the one before it, and together they make the "
            "root that was signed.",
        ),
        "tiles-recomputed": Words(
            "{tiles} 枚のタイルは、どれも計算結果と一致します。余分なデータはありません。",
            "Tiles computed again: {tiles}. There is nothing beyond them.",
        ),
        "charter-stands": Words(
            "{organizations} の組織と {rules} 版の規約は、どれも正しい署名で台帳に載りました。"
            "どの記載の日付・規約の版・署名も、そのとき有効なものです。",
            "Organizations: {organizations}. Versions of the rules: {rules}. Each was entered "
            "by who could enter it, and every entry's day and rules are those of its time.",
        ),
        "reveals-open": Words(
            "記載 {cut} より前の {reveals} 件を開き、内容と署名を確かめました。",
            "Reveals before entry {cut}: {reveals}. Each opens its entry, and what it says is "
            "signed by who could say it.",
        ),
        "closed-counted": Words(
            "ほかの {closed} 件は閉じられています。数は、台帳の申告と一致します。",
            "Entries that nobody can open any more: {closed}, as many as the ledger states.",
        ),
        "steps-before": Words(
            "記載 {size} までの開示片と手順は、{at} にこの状態ファイルで確かめたものです。",
            "Reveals and steps up to entry {size} were established at {at} by this state file.",
        ),
        "closed-since": Words(
            "前回は開けて、今回は閉じられていたものが {count} 件あります。記載 {entries}",
            "Open in your pack before this one, and closed now: {count}, at entries {entries}.",
        ),
        "pack-attested": Words(
            "開示片の束は、ハブが台帳で申告したものと一致します。",
            "The pack is the very one that the hub attests on the ledger.",
        ),
        "steps-follow": Words(
            "紹介 {referrals} 件、同意 {consents} 件、撤回 {withdrawals} 件、打診 {claims} 件、"
            "連絡先の開示 {releases} 件、推薦 {introductions} 件、確認された入社 {hires} 件。"
            "どの手順も順序どおりで、同意と承諾の範囲内です。",
            "Referrals: {referrals}. Consents: {consents}. Withdrawals: {withdrawals}. "
            "Claims: {claims}. Releases of an identity: {releases}. Introductions: "
            "{introductions}. Confirmed hires: {hires}. Every step follows the one before it, "
            "under a consent and an approval on record.",
        ),
        "closes-agree": Words(
            "{first} から {last} までの {periods} か月の精算を計算し直し、一致しました。"
            "計算し直せた移動 {recomputed} 件、以前の監査によるもの {taken} 件、"
            "確かめられないもの {unproved} 件。",
            "Settlements from {first} to {last}: {periods}. They agree. Movements computed "
            "again: {recomputed}. Taken on an earlier audit: {taken}. Unproved: {unproved}.",
        ),
        "taken-on-audit": Words(
            "{period} の移動のうち {count} 件は、事実が後から消去されたため、"
            "{auditor} が署名した当時の監査によります。",
            "Movements of {period} whose facts were closed since: {count}. {auditor} has "
            "signed that they were sound while they could be seen.",
        ),
        # Witnesses and freshness.
        "witnesses-agree": Words(
            "ポリシーが求める立会人が連署しています({witnesses} 名: {names})。"
            "必要な数がそろった時刻: {at}",
            "Witnesses that have cosigned the checkpoint: {witnesses} ({names}), which is what the "
            "policy asks. The latest time at which enough had: {at}.",
        ),
        "witnesses-ahead": Words(
            "次の立会人の連署。時刻が未来のため数えていません: {names}",
            "What these witnesses say, whose times lie in the future. They were not counted: "
            "{names}.",
        ),
        "freshness-unjudged": Words(
            "要約署名の新しさ。監査の時刻が分からないため、{at} の連署と比べていません。",
            "That the checkpoint is the latest. No clock was at hand to hold its witnesses' "
            "time, {at}, against.",
        ),
        "checkpoint-old": Words(
            "要約署名の新しさ。この写しは、立会人が {at} に連署したときのものです。",
            "That the checkpoint is the latest. This copy is of {at}, when its witnesses "
            "cosigned it.",
        ),
        "no-witnesses": Words(
            "要約署名の新しさと、ほかの人にも同じ台帳が示されていること。"
            "立会人を定めたポリシーが与えられていません。",
            "That the checkpoint is the latest, and that others are shown the same ledger. No "
            "policy was given that names witnesses.",
        ),
        "no-history": Words(
            "台帳が以前と同じであること。以前に確かめた記録がありません。",
            "That the ledger is the one of earlier days. Nothing was seen of it before.",
        ),
        "state-trusted": Words(
            "記載 {size} までの第3項から第7項を、今回あらためて確かめること。{at} の監査の結果を、"
            "この状態ファイルから引き継いでいます。--whole を付けると、すべてを確かめ直します。",
            "That parts 3 to 7 hold up to entry {size}, but by this state file: an audit at {at} "
            "established it. With --whole all of it is audited once more.",
        ),
        "log-key-unpinned": Words(
            "台帳の鍵が、あなたの制度のものであること。次の鍵を制度の公表と見比べてください: {key}",
            "That this is your scheme's ledger. Compare its key with the one published: {key}",
        ),
        "demo-scheme": Words(
            "時刻の正しさ。これは試行用の制度で、時計を進めることができます。",
            "The time of anything. This is a scheme for trials, whose clock may be moved.",
        ),
        "no-pack": Words(
            "同意、手順、精算。開示片の束がないため、記載の中身は開いていません。",
            "Consents, steps and settlements. Without a pack of reveals no entry was opened.",
        ),
        "pack-unattested": Words(
            "開示片の束を、ハブが台帳で申告していること。この写しにはその記載がありません。",
            "That the hub attests this pack. No entry of this copy says so.",
        ),
        "beyond-cut": Words(
            "記載 {cut} 以降の {count} 件の中身。開示片の束に含まれていません。",
            "What the entries from {cut} on say, {count} of them. The pack was made before them.",
        ),
        "no-closes": Words(
            "月次精算。まだ一度も行われていません。",
            "Settlements. There was none yet.",
        ),
        "closed-unaudited": Words(
            "{period} の移動 {count} 件。事実は消去され、当時の監査の署名もありません。",
            "Movements of {period}: {count}. Their facts are closed, and no auditor has "
            "signed that month.",
        ),
        "kept-unproved": Words(
            "{period} の移動 {count} 件。月次精算の前に消去された方の実績で、"
            "ハブが残した記載だけが根拠です。",
            "Movements of {period}: {count}. The people behind them were erased before the "
            "settlement, and only what the hub kept tells of them.",
        ),
        "consents-by-hub": Words(
            "同意と承諾が、ご本人によるものであること。ご本人は鍵を持たないため、"
            "ハブが記録しています。",
            "That the candidates themselves consented and approved. They have no keys: the hub "
            "records it.",
        ),
        "referrals-as-persons": Words(
            "紹介が同じ方についてのものでないこと。一件の紹介を、お一人と数えています。",
            "That two referrals are two people. One referral was counted as one person.",
        ),
        "classes-unseen": Words(
            "公開されたプロフィールに、似た方が十分な人数いたこと。",
            "That enough people were similar when a profile was listed.",
        ),
        "identities-unseen": Words(
            "封書の中身。紹介元が封緘し、紹介会社だけが開けます。",
            "What the envelopes hold. Only the agencies can open them.",
        ),
    }
)
"""A sentence for every code of Finding."""
