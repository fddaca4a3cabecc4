"""The sentences of `relay-audit receipt`, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from relay_protocol.codes import Words

WORDS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "proved": Words(
            "証明されました: 監査台帳「{log}」の {size} 件のうち、記載 {seq} がこの申告です。",
            "Proved: of the {size} entries of the ledger {log}, entry {seq} is this act.",
        ),
        "who": Words(
            "「{by}」が {at} に申告しました: {called} {kind}(番号 {id})",
            "{by} said at {at}: {called}, {kind} (id {id})",
        ),
        "what": Words("  {name}: {value}", "  {name}: {value}"),
        "entered": Words(
            "台帳の日付 {day}、表示された組織 {orgs}、規約 {rules}",
            "Entered on {day}; organizations shown: {orgs}; rules: {rules}",
        ),
        "by-hub": Words(
            "署名: ハブの鍵 {kid}(本人の操作を、ハブが記録したものを含みます)",
            "Signed: by the hub's own key {kid} (a candidate's act is recorded by the hub)",
        ),
        "by-passkey": Words(
            "署名: 「{by}」の担当者のパスキー {kid}",
            "Signed: by a person of {by}, with the passkey {kid}",
        ),
        "by-key": Words(
            "署名: 「{by}」の組織の鍵 {kid}", "Signed: by {by}, with the organization's key {kid}"
        ),
        "signature-checked": Words(
            "この署名は、登録簿の鍵で確かめました。",
            "This signature was checked with the key in the register.",
        ),
        "signature-unchecked": Words(
            "この署名そのものは確かめていません(--register で確かめられます)。",
            "This signature itself was not checked (--register checks it).",
        ),
        "checkpoint": Words(
            "台帳の署名: 記載 {size} 件、ルート {root}",
            "Signed by the ledger: {size} entries with the root {root}",
        ),
        "witness": Words("立会人 {name} が {at} に確認", "Witness {name} cosigned at {at}"),
        "no-witnesses": Words(
            "立会人は求められていません(知らない鍵の署名 {strangers} 件は見ていません)。",
            "No witness was asked for ({strangers} signatures by unknown keys were passed over).",
        ),
        "quorum": Words(
            "ポリシーが求める立会人がそろっています。",
            "The witnesses that the policy asks for have cosigned.",
        ),
        "quorum-missed": Words(
            "立会人の署名が足りません。後でもう一度、控えを受け取ってください。",
            "Fewer witnesses have cosigned than the policy asks for: fetch it again later.",
        ),
        "held": Words(
            "お手元の写し {path}({size} 件)はこの台帳の続きで、記載 {seq} に同じ申告があります。",
            "Your copy {path}, of {size} entries, continues that ledger: entry {seq} is the"
            " same act there.",
        ),
        "other-history": Words(
            "この控えと写し {path} は、両立しません。台帳の鍵は、異なる二つの歴史に署名しています。"
            "控えも写しも残し、ほかの監査人に知らせてください: {why}",
            "This receipt and your copy {path} contradict each other: the key of the ledger has"
            " signed two histories. Keep both, and tell the other auditors: {why}",
        ),
        "not-proved": Words("証明されていないこと:", "What it does not prove:"),
        "not-true": Words(
            "- 申告の中身が事実であること。だれが何を申告したかだけです。",
            "- That what was said is true; only that it was said.",
        ),
        "not-maker": Words(
            "- 「{by}」の鍵による署名であること。台帳が受け付けたことだけです。",
            "- That the key is {by}'s; only that the ledger has accepted it.",
        ),
        "not-forged": Words(
            "- 本人が実際に操作したこと。ハブがそう記録し、もう取り消せないことの証明です。",
            "- That the person really did it: it proves that the hub has recorded so, and the hub"
            " cannot take that back.",
        ),
        "not-later": Words(
            "- その後に撤回・訂正されていないこと。",
            "- That nothing has changed or withdrawn it since.",
        ),
        "not-same": Words(
            "- ほかの人にも同じ台帳が示されていること。立会人の署名があれば分かります。",
            "- That everybody is shown the same ledger; cosignatures of witnesses would.",
        ),
        "refused": Words("この控えは成り立ちません: {why}", "This receipt does not hold: {why}"),
    }
)
