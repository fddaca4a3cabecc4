"""Why a command is refused, in both languages: a sentence for each code, a lead for each kind."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from relay_protocol import errors
from relay_protocol.codes import Words

USAGE: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "no-slug": Words(
            "--slug が組織の名前(slug)ではありません", "--slug is no organization's slug"
        ),
        "signer-pair": Words(
            "--signing-key と --slug は、両方を指定します", "--signing-key and --slug go together"
        ),
        "log-unsaid": Words(
            "どの台帳かを指定してください: --vkey KEY か --policy FILE",
            "say whose log it is: --vkey KEY, or --policy FILE",
        ),
        "log-many": Words(
            "ポリシーの台帳が一つに決まりません。--vkey KEY で指定してください",
            "the policy does not name one log alone: say which with --vkey KEY",
        ),
        "pack-without-key": Words(
            "--pack には、それを開く --key が必要です", "--pack needs --key, which opens it"
        ),
        "key-without-pack": Words(
            "SOURCE がフォルダのとき、--key には --pack が必要です",
            "--key needs --pack where SOURCE is a folder",
        ),
        "state-missing": Words(
            "--since と --whole には --state が必要です", "--since and --whole need --state"
        ),
        "since-from-0": Words(
            "--since は 0 以上の数で、--whole とは同時に指定できません",
            "--since is a number from 0, without --whole",
        ),
        "mirror-of-folder": Words(
            "--mirror は、SOURCE がアドレスのときだけ使えます",
            "--mirror is for a SOURCE that is an address",
        ),
        "sign-month": Words(
            "--sign には月を YYYY-MM の形で指定します", "--sign needs a month, YYYY-MM"
        ),
        "sign-signer": Words(
            "--sign には --signing-key と --slug が必要です",
            "--sign needs --signing-key and --slug",
        ),
        "sign-key": Words(
            "--sign には --key が必要です。SOURCE がフォルダなら --pack も必要です",
            "--sign needs --key, and --pack where SOURCE is a folder",
        ),
        "sign-out": Words(
            "SOURCE がフォルダのとき、--sign には --out が必要です",
            "--sign needs --out where SOURCE is a folder",
        ),
        "report-suffix": Words(
            "--report のファイル名は .html、.txt、.json のどれかで終わります",
            "--report ends in .html, .txt or .json",
        ),
        "every-from-1": Words(
            "--every と --stale-after は 1 以上の数です",
            "--every and --stale-after are numbers from 1",
        ),
        "webhook-pair": Words(
            "--webhook と --webhook-secret は、両方を指定します",
            "--webhook and --webhook-secret go together",
        ),
        "max-entries-from-1": Words(
            "--max-entries は 1 以上の数です", "--max-entries is a number from 1"
        ),
        "n-range": Words("--n は 1 から {most} までの数です", "--n is a number from 1 to {most}"),
        "size-from-1": Words("--size は 1 以上の数です", "--size is a number from 1"),
        "size-beyond": Words(
            "--size が台帳の件数({size} 件)を超えています",
            "--size is larger than the ledger, which has {size} entries",
        ),
        "seed-digits": Words("--seed は 16 進数 64 桁です", "--seed has 64 hexadecimal digits"),
        "kind-unknown": Words("{kind} という種類はありません", "there is no kind {kind}"),
        "out-suffix": Words("--out のファイル名は .xlsx で終わります", "--out ends in .xlsx"),
        "lot-first": Words(
            "先に SLOT(slots:SLUG、points:SLUG、lot:NAME)、次に {name} を指定してください",
            "SLOT comes first (slots:SLUG, points:SLUG or lot:NAME), then {name}",
        ),
        "lots-not-public": Words(
            "--key が必要です。SOURCE がフォルダなら --pack も必要です。"
            "枠とポイントは公開されていません",
            "--key is needed, and --pack where SOURCE is a folder: lots are not public",
        ),
    }
)
"""Why options make no sense together, or hold what they cannot."""

INPUT: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "no-regular-file": Words(
            "{path} は通常のファイルではありません", "{path} is no regular file"
        ),
        "cannot-be-read": Words("{path} を読み取れません({why})", "{path} cannot be read: {why}"),
        "cannot-be-written": Words(
            "{path} に書き込めません({why})", "{path} cannot be written: {why}"
        ),
        "cannot-be-removed": Words(
            "{path} を削除できません({why})", "{path} cannot be removed: {why}"
        ),
        "too-large": Words("{path} が大きすぎます", "{path} is larger than it can be"),
        "no-folder": Words(
            "{source} というフォルダはありません。アドレスなら https:// か http:// で始めます",
            "{source} is no folder here, and an address begins with https:// or http://",
        ),
        "vkey-misread": Words(
            "{text} の検証鍵は、どこかが違っています。受け取ったものと一字ずつ見比べてください",
            "the verifier key of {text} has a slip in it: compare it letter by letter with the one "
            "that you were told",
        ),
        "untold": Words("結果を書き出せません({why})", "the result cannot be written: {why}"),
        "no-vkey": Words("{text} に、台帳の検証鍵がありません", "{text} holds no verifier key"),
        "no-signing-key": Words(
            "{path} は署名用の鍵(Ed25519)ではありません",
            "{path} is no key to sign with (Ed25519)",
        ),
        "no-reveal-key": Words(
            "{path} は開示片用の鍵(P-256)ではありません", "{path} is no key for reveals (P-256)"
        ),
        "no-private-key": Words(
            "{path} は、パスワードのない PEM 形式の秘密鍵ではありません",
            "{path} is no private key in PEM without a password",
        ),
        "key-within": Words(
            "{key} は台帳のフォルダの中にある秘密鍵です。ほかの場所へ移してください",
            "{key} is a private key within the ledger's folder: move it away",
        ),
        "clock-beyond": Words(
            "{clock} は試行用の時計ではありません。暦の範囲を超えます",
            "{clock} is no demo's clock: it leaves the calendar",
        ),
        "clock-no-number": Words(
            "{clock} は試行用の時計ではありません。秒数(整数)が書かれていません",
            "{clock} is no demo's clock: it holds no whole number of seconds",
        ),
        "clock-for-demos": Words(
            "--clock は試行用の制度のためのものです。この台帳は本番の制度のものです",
            "--clock is for demo schemes; this one is real",
        ),
        "folder-unusable": Words(
            "{folder} をフォルダとして使えません({why})",
            "{folder} cannot be used as a folder: {why}",
        ),
        "folder-busy": Words(
            "ほかのプロセスが {folder} に書き込んでいます", "another process writes into {folder}"
        ),
        "path-outside": Words("{path} は {folder} の外にあります", "{path} lies outside {folder}"),
        "pack-over": Words(
            "この開示片の束の期限は {until} でした。新しい束を求めてください",
            "the pack was for use until {until}: ask for a new one",
        ),
        "pack-of-another": Words(
            "この開示片の束は {auditor} のものです", "the pack was made for {auditor}"
        ),
        "pack-in-the-middle": Words(
            "この開示片の束は台帳の途中から始まっています。全体の束を求めてください",
            "the pack begins in the middle of the ledger: ask for a whole one",
        ),
        "hands-lost": Words(
            "手伝いのプロセスが終了しました。メモリーが足りているか、確かめてください",
            "a process that helped has ended: is there enough memory?",
        ),
        "not-settled": Words(
            "{period} は、確かめた範囲ではまだ精算されていません",
            "{period} is not settled in what was audited",
        ),
        "entries-for-auditors": Words(
            "台帳の記載は、監査人だけが受け取れます。--slug と --signing-key を指定してください。"
            "詳細(英語): {detail}",
            "{detail}. A hub hands out entries to auditors: give --slug and --signing-key.",
        ),
        "entries-or-hashes": Words(
            "台帳の記載は、監査人だけが受け取れます。--slug と --signing-key を指定するか、"
            "ハッシュだけを写すなら --no-entries を付けてください。詳細(英語): {detail}",
            "{detail}. A hub hands out entries to auditors only: give --slug and --signing-key, "
            "or --no-entries for a copy of the hashes.",
        ),
        "more-than-allowed": Words(
            "台帳の件数が、写してよい上限を超えています。--max-entries N で上限を上げられます。"
            "詳細(英語): {detail}",
            "{detail} (--max-entries N allows more)",
        ),
        "lot-unknown": Words(
            "その名前の枠やポイントが一つに決まりません。"
            "slots:SLUG か points:SLUG で一覧を見られます。"
            "詳細(英語): {detail}",
            "{detail}",
        ),
        "lots-many": Words(
            "{name} には枠やポイントが {count} 口あります。その一つを指定してください",
            "{name} has {count} lots: trace one of them",
        ),
        "state-of-another": Words(
            "{state} は別の台帳 {log} のものです。ほかのファイルを指定してください",
            "{state} remembers another log, {log}: take another file",
        ),
        "register-no-list": Words(
            "登録簿に、記載の一覧がありません", "the register has no list of entries"
        ),
        "register-other": Words(
            "登録簿が、/v1/directory の応答の形ではありません",
            "the register is not what /v1/directory answers",
        ),
        "register-no-proofs": Words(
            "登録簿に、証明でないものが含まれています",
            "the register holds something else than proofs",
        ),
        "copy-of-another": Words(
            "写しは、この台帳のものではありません。詳細(英語): {why}",
            "the copy is not one of this ledger: {why}",
        ),
        "copy-older": Words(
            "写しは {size} 件、控えは {held} 件の台帳のものです。写しを取り直してください(mirror)",
            "the copy has {size} entries, and the receipt is one of {held}: mirror the ledger "
            "once more",
        ),
        "webhook-address": Words(
            "警報の送り先は、http か https で始まる、ホスト名のあるアドレスです",
            "a webhook's address is http or https with a host",
        ),
        "secret-none": Words(
            "{path} に秘密の値がありません。whsec_ と base64 です",
            "{path} holds no secret: whsec_ and base64",
        ),
        "secret-length": Words(
            "{path} に秘密の値がありません。whsec_ と、24 から 64 バイトの base64 です",
            "{path} holds no secret: whsec_ and 24 to 64 bytes in base64",
        ),
    }
)
"""Why a file or an address that was given cannot be used."""

POST: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "no-answer": Words(
            "{seconds} 秒以内に応答がありませんでした", "no answer within {seconds} seconds"
        ),
        "answer": Words("応答は {status} でした", "the answer is {status}"),
        "nobody": Words("受け取る相手がいません({why})", "nobody takes it: {why}"),
    }
)
"""Why an alarm was not taken."""

ARGPARSE: Final[Mapping[str, Words]] = MappingProxyType(
    {
        r"the following arguments are required: (.*)": Words(
            "次の指定が必要です: {0}", "the following arguments are required: {0}"
        ),
        r"unrecognized arguments: (.*)": Words(
            "この指定はありません: {0}", "unrecognized arguments: {0}"
        ),
        r"argument (\S+): expected one argument": Words(
            "{0} には値を一つ指定します", "argument {0}: expected one argument"
        ),
        r"argument (\S+): invalid choice: (.*)": Words(
            "{0} に指定できない値です: {1}", "argument {0}: invalid choice: {1}"
        ),
        r"argument (\S+): invalid int value: (.*)": Words(
            "{0} には整数を指定します: {1}", "argument {0}: invalid int value: {1}"
        ),
    }
)
"""What argparse says in English of a line that it cannot read, and what it means."""

READING: Final[Mapping[type[errors.ProtocolError], Words]] = MappingProxyType(
    {
        errors.ProtocolError: Words(
            "渡されたものが取り決めどおりの形ではありません。正しいファイルかを確かめてください。",
            "What was given does not follow the protocol: see that it is the right file.",
        ),
        errors.CanonicalError: Words(
            "値の書き方が取り決めと違います。作られたままのファイルをお使いください。",
            "A value is not in its canonical form: take the file as it was made.",
        ),
        errors.DirectoryError: Words(
            "組織と鍵の登録が、前の登録と矛盾しています。取り直しても同じなら、ほかの監査人に知らせてください。",
            "The register of organizations and keys contradicts itself: fetch it again, and tell "
            "the other auditors if it still does.",
        ),
        errors.LogKeyError: Words(
            "要約署名が、そのとき有効だった台帳の鍵によるものではありません。"
            "別の経路で得た鍵と見比べてください。",
            "No key of the log that was valid then has signed the checkpoint: compare it with the "
            "key that you got by another way.",
        ),
        errors.ProofError: Words(
            "証明が、示すはずのことを示していません。控えを受け取り直してください。",
            "The proof does not show what it is meant to show: fetch it again.",
        ),
        errors.NoteError: Words(
            "署名された文書か鍵の形式が正しくないか、信じる鍵の署名がありません。"
            "台帳の鍵(--vkey、--policy)を確かめてください。",
            "A signed note or a key is malformed, or nobody whom you trust has signed it: check "
            "--vkey and --policy.",
        ),
        errors.PolicyError: Words(
            "ポリシー(--policy)を読み取れません。詳細に示された行を直してください。",
            "The policy (--policy) cannot be read: mend the line that is named.",
        ),
        errors.EvidenceError: Words(
            "証拠のファイルの形式が正しくないか、この台帳の矛盾を示していません。",
            "The file of evidence is malformed, or proves no contradiction of this log.",
        ),
        errors.WitnessRefusal: Words(
            "立会人が連署を断りました。", "The witness does not cosign the checkpoint."
        ),
        errors.TileError: Words(
            "ハッシュのタイルか記載の束の形式が正しくないか、台帳の外を指しています。"
            "写しを取り直してください。",
            "A tile or a bundle of entries is malformed, or lies outside the ledger: copy it "
            "again.",
        ),
        errors.EntryError: Words(
            "台帳の記載の形式が正しくありません。写しを取り直してください。",
            "An entry of the ledger is malformed: copy it again.",
        ),
        errors.ChainError: Words(
            "記載が、直前の記載につながっていません。写しを取り直してください。",
            "An entry does not follow the one before it: copy the ledger again.",
        ),
        errors.AttestationError: Words(
            "申告の形式が正しくないか、その種類に許されない内容です。",
            "An attestation is malformed, or says what its kind does not permit.",
        ),
        errors.SignatureError: Words(
            "申告の署名がないか、正しくないか、有効でない鍵によるものです。",
            "The signature of an attestation is missing, false, or by a key not valid for it.",
        ),
        errors.RevealError: Words(
            "開示片の形式が正しくないか、その記載を開きません。新しい束を求めてください。",
            "A reveal is malformed, or does not open its entry: ask for a new pack.",
        ),
        errors.RulesError: Words(
            "規約の数値の形式が正しくないか、そのとき有効な版がありません。",
            "The rules of the scheme are malformed, or no version of them was in force.",
        ),
        errors.StepError: Words(
            "手順が、それまでの経過に合いません。",
            "A step does not follow from the state that it was taken in.",
        ),
        errors.ConsentError: Words(
            "同意の形式が正しくないか、行われたことを認めていません。",
            "A consent is malformed, or does not permit what was done.",
        ),
        errors.ProfileError: Words(
            "プロフィールの項目が正しくありません。", "A field of a profile holds what it cannot."
        ),
        errors.EnvelopeError: Words(
            "封書の形式が正しくないか、この鍵では開けません。",
            "An envelope is malformed, or does not open with this key.",
        ),
        errors.PointsError: Words(
            "ポイントか無償紹介枠の移動が釣り合いません。", "A transfer does not balance."
        ),
        errors.ReplayError: Words(
            "記載と開示片を順にたどれません。規約に反する手順があります。",
            "The steps cannot be replayed: one of them broke a rule of the scheme.",
        ),
        errors.PackError: Words(
            "開示片の束を読み取れません。鍵(--key)を確かめ、合っていれば新しい束を求めてください。",
            "The pack of reveals cannot be read: check --key, and if it is the right one, ask for "
            "a new pack.",
        ),
        errors.StateError: Words(
            "状態ファイル(--state)を使えません。ほかの監査が動いていないことを確かめ、"
            "詳細に従ってください。",
            "The state file (--state) cannot be gone on with: see that no other audit is at work, "
            "and do as is said there.",
        ),
        errors.LogReadError: Words(
            "台帳の一部を読み取れません。置き場所(SOURCE)と通信を確かめて、もう一度お試しください。",
            "A part of the ledger could not be read: check SOURCE and the network, and try again.",
        ),
        errors.LogDeniedError: Words(
            "ハブが断りました。--slug、--signing-key と、このパソコンの時計が正しいかを"
            "確かめてください。",
            "The hub does not show it to you: check --slug, --signing-key and the clock of this "
            "machine.",
        ),
        errors.LogMissingError: Words(
            "台帳に必要なファイルが、置き場所にありません。"
            "SOURCE が正しいか、写しが最後まで取れているかを確かめてください。",
            "A file of the ledger is not there: see that SOURCE is right, and the copy complete.",
        ),
        errors.AuditError: Words(
            "台帳に、成り立たないところがあります。", "Something of the ledger does not hold."
        ),
    }
)
"""What each kind of thing is that cannot be read, and what to do; the detail stays in English."""
