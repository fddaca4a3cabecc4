"""What the commands of a witness say of themselves, in both languages."""

from career_relay.witness.state import AlarmKind
from career_relay.words import Words

HELP = Words(
    en="Witness a log: sign that its history only ever grew.\n\n"
    "A witness keeps the last checkpoint that it saw of a log and signs a new one only when a\n"
    "proof shows that it continues the old one. It needs no access to anybody's entries.\n"
    "Once enough organizations witness, the hub cannot show two histories unseen.\n\n"
    "Begin:\n"
    "  relay witness new-key --name witness.example.jp\n"
    "  relay witness sign --hub https://hub.example.jp --log VKEY",
    ja="ログの立会人になります(履歴が書き換えられず、追記だけされていることへの署名)。\n\n"
    "立会人は、最後に見たチェックポイントを覚えておき、その続きであると証明されたものにだけ\n"
    "署名します。記載の中身は見ません。複数の組織が立会人になると、ハブは相手によって違う履歴を\n"
    "見せることができなくなります。\n\n"
    "はじめに:\n"
    "  relay witness new-key --name witness.example.jp\n"
    "  relay witness sign --hub https://hub.example.jp --log VKEY",
)
NEW_KEY_HELP = Words(
    en="Draw the witness's key, and print its line for the office.\n\n"
    "The private key stays in its file (readable by you alone, never overwritten). The printed\n"
    "line holds the public key: the office puts it into the policy that everybody checks with.\n"
    "One key, one state, one place: never run the same key on two machines.\n\n"
    "Example:\n"
    "  relay witness new-key --name witness.example.jp --key keys/witness.key",
    ja="立会人の鍵を作り、事務局に渡す行を表示します。\n\n"
    "秘密鍵はファイルから出ません(本人だけが読め、上書きしません)。表示される行は公開鍵で、\n"
    "事務局が、全員の検証に使うポリシーに書き加えます。\n"
    "鍵と記録は一組です。同じ鍵を2台で動かさないでください。\n\n"
    "例:\n"
    "  relay witness new-key --name witness.example.jp --key keys/witness.key",
)
NEW_STATE_HELP = Words(
    en="Begin the file of a witness whose key other tools made.\n\n"
    "KEY is a private note key (PRIVATE+KEY+…) that has never cosigned anything. For a key\n"
    "whose file was lost none is begun anew, nor an older copy restored: draw a new key.\n\n"
    "Example:\n"
    "  relay witness new-state --key keys/witness.key --state witness.db",
    ja="ほかのツールで作った鍵のために、立会人の記録を新しく始めます。\n\n"
    "KEY は、まだ何にも署名していない秘密鍵(PRIVATE+KEY+…)です。記録を失った鍵のために\n"
    "作り直したり、古い控えから戻したりしないでください。新しい鍵を作ります。\n\n"
    "例:\n"
    "  relay witness new-state --key keys/witness.key --state witness.db",
)
SERVE_HELP = Words(
    en="Answer logs that ask for cosignatures (C2SP tlog-witness).\n\n"
    "Serves POST add-checkpoint, GET <origin hash>/checkpoint (what was cosigned last, for\n"
    "whoever compares) and GET healthz; nothing else. Put it behind a proxy with TLS. One line\n"
    "of JSON on standard error for each cosignature, refusal and alarm; none says who asked.\n\n"
    "Examples:\n"
    "  relay witness serve --log VKEY --listen 127.0.0.1:8500\n"
    "  relay witness serve --policy relay.policy --key keys/witness.key --state witness.db",
    ja="署名を求めるログに答えるサーバーを動かします(C2SP tlog-witness)。\n\n"
    "POST add-checkpoint、GET <originのハッシュ>/checkpoint(最後に署名したもの。照合用)、\n"
    "GET healthz だけに答えます。TLSのプロキシの後ろに置いてください。署名・拒否・警報ごとに\n"
    "標準エラーへJSONを1行書きます(問い合わせ元は記録しません)。\n\n"
    "例:\n"
    "  relay witness serve --log VKEY --listen 127.0.0.1:8500\n"
    "  relay witness serve --policy relay.policy --key keys/witness.key --state witness.db",
)
SIGN_HELP = Words(
    en="Cosign a log's newest checkpoint once, without a server.\n\n"
    "Fetches the checkpoint, proves by the log's tiles that it continues what you cosigned\n"
    "before, keeps it, and hands the line to the hub. Run it daily, for example by cron.\n"
    "Ends with 1 when the log contradicts what you saw: then nothing is signed.\n\n"
    "Examples:\n"
    "  relay witness sign --hub https://hub.example.jp --log VKEY\n"
    "  relay witness sign --ledger https://log.example/tree --log VKEY --out checkpoint",
    ja="サーバーなしで、ログの最新のチェックポイントに一度だけ署名します。\n\n"
    "チェックポイントを取得し、前に署名したものの続きであることをタイルで証明し、記録してから、\n"
    "署名をハブに渡します。cronなどで毎日実行してください。\n"
    "前に見たものと食い違うときは、署名せずに終了コード1で終わります。\n\n"
    "例:\n"
    "  relay witness sign --hub https://hub.example.jp --log VKEY\n"
    "  relay witness sign --ledger https://log.example/tree --log VKEY --out checkpoint",
)
ALARMS_HELP = Words(
    en="Show where a log has contradicted its own history.\n\n"
    "Ends with 1 when there is any alarm. With --out, the evidence file of two roots of one\n"
    "size: anybody can check it offline with `relay-audit evidence FILE`.\n\n"
    "Example:\n"
    "  relay witness alarms --log VKEY --out evidence.txt",
    ja="ログが自らの履歴と食い違った記録を表示します。\n\n"
    "警報があれば終了コード1で終わります。--out を付けると、同じ件数で根が2つある証拠を\n"
    "ファイルに書き出します。誰でも `relay-audit evidence FILE` で検証できます。\n\n"
    "例:\n"
    "  relay witness alarms --log VKEY --out evidence.txt",
)
ALARM_KINDS: dict[AlarmKind, Words] = {
    "same-size": Words(
        en="two roots of one size, both signed (proof)", ja="同じ件数に2つの根(署名つき・証拠)"
    ),
    "inconsistent": Words(
        en="its tiles do not continue what was cosigned", ja="タイルが署名済みの履歴の続きでない"
    ),
    "rollback": Words(en="smaller than what was cosigned", ja="署名済みの件数より少ない"),
}
