"""What can be wrong with a ledger, in words: a sentence for each code of AuditError."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from relay_protocol import consent, steps
from relay_protocol.codes import Words

_BYTES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "checkpoint-invalid": Words(
            "要約署名(チェックポイント)が正しくありません。", "The checkpoint is not valid."
        ),
        "quorum-missed": Words(
            "ポリシーが求める数の立会人が、この要約署名に連署していません。",
            "Too few witnesses have cosigned the checkpoint for what the policy asks.",
        ),
        "checkpoint-stale": Words(
            "立会人が最後に連署してから、時間がたちすぎています。今の台帳とはいえません。",
            "It is too long since enough witnesses cosigned: this is not the ledger as it is now.",
        ),
        "source-changed": Words(
            "確かめている間に、読み取り元のデータが変わりました。",
            "What is read has changed since it was checked.",
        ),
        "ledger-empty": Words("台帳に記載が一つもありません。", "The ledger has no entry at all."),
        "log-key-unknown": Words(
            "台帳の鍵が分かりません。", "The key of the ledger cannot be told."
        ),
        "ledger-shrank": Words(
            "台帳が、以前に確かめたときより短くなっています。",
            "The ledger is shorter than it was when it was seen before.",
        ),
        "two-histories": Words(
            "同じ長さの台帳が、以前に確かめたものと異なります。",
            "There are two different ledgers of the same length.",
        ),
        "history-rewritten": Words(
            "以前に確かめた部分が書き換えられています。",
            "What was seen of the ledger before has been rewritten.",
        ),
        "entry-malformed": Words("記載の形式が正しくありません。", "The entry is malformed."),
        "entry-misplaced": Words(
            "記載の番号が位置と一致しません。", "The entry bears the number of another place."
        ),
        "chain-broken": Words(
            "直前の記載とつながっていません。", "The entry does not follow the one before it."
        ),
        "entry-changed": Words(
            "記載が、署名された台帳のものと異なります。",
            "The entry is not the one that the ledger's key has signed.",
        ),
        "bundle-cut": Words("記載の束が途中で切れています。", "The bundle of entries is cut off."),
        "root-differs": Words(
            "記載全体の要約が、署名されたものと一致しません。",
            "The entries do not make the root that was signed.",
        ),
        "tile-changed": Words(
            "ハッシュのタイルが記載と一致しません。", "A tile is not what the entries make of it."
        ),
        "bytes-beyond": Words(
            "最後の記載のあとに余分なデータがあります。",
            "There are bytes beyond the last entry.",
        ),
        "file-unknown": Words(
            "台帳の一部ではないファイルがあります。", "There is a file that is no part of a ledger."
        ),
        "file-beyond": Words(
            "署名された範囲を超えるファイルがあります。",
            "There is a file beyond what was signed.",
        ),
        "bundle-changed": Words(
            "記載の束が、台帳の記載と一致しません。",
            "A bundle holds other entries than the ledger.",
        ),
    }
)

_CHARTER: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "scheme-not-opened": Words(
            "最初の記載だけが、制度の開始でなければなりません。",
            "The scheme must be opened by the first entry, and only there.",
        ),
        "log-key-differs": Words(
            "要約署名の鍵は、制度の開始時の鍵でも、その後に登録された台帳の鍵でもありません。",
            "The checkpoint is signed by a key that the ledger was not given: neither at its "
            "opening, nor by an entry that it covers.",
        ),
        "log-key-revoked": Words(
            "要約署名の鍵は、すでに失効しています。",
            "The checkpoint is signed by a key of the ledger that was revoked.",
        ),
        "day-decreases": Words("日付が前の記載より前です。", "The day lies before the last."),
        "day-ahead": Words(
            "記載の日付が、この監査の時計より先です。時計が正しいか確かめてください。",
            "The day lies ahead of this audit's clock. Check that the clock is right.",
        ),
        "day-differs": Words(
            "記載の日付が、申告の時刻と合いません。",
            "The day is not the one on which this was said.",
        ),
        "rules-not-in-force": Words(
            "記載された規約の版は、その日に有効ではありません。",
            "The version of the rules was not in force on that day.",
        ),
        "rules-digest": Words(
            "規約の版または要約値が、数値と一致しません。",
            "Version or digest of the rules are not those of the numbers.",
        ),
        "rules-unfit": Words(
            "規約の数値を当てはめられません。", "The rules cannot be applied to this."
        ),
        "version-again": Words(
            "同じ版が二度採択されています。", "The same version is adopted a second time."
        ),
        "organization-unknown": Words(
            "参加していない組織が示されています。",
            "An organization is shown that was never admitted.",
        ),
        "organization-again": Words(
            "同じ法人番号の組織が二度承認されています。",
            "The corporate number belongs to an organization admitted before.",
        ),
        "directory-contradicted": Words(
            "組織または鍵の記載が、それまでの記載と矛盾します。",
            "What is said of an organization or key contradicts what stands.",
        ),
        "maker-not-active": Words(
            "申告した組織は、そのとき有効ではありませんでした。",
            "Who said this was not active at that place.",
        ),
        "maker-not-in-part": Words(
            "この申告をする立場にない組織によるものです。",
            "Who said this had no part in which to say it.",
        ),
        "signature-invalid": Words(
            "署名が正しくないか、有効な鍵によるものではありません。",
            "The signature is false, or not by a key that stood at that place.",
        ),
        "log-differs": Words("別の台帳のための申告です。", "This was said for another ledger."),
        "attestation-malformed": Words(
            "申告の形式が正しくありません。", "The attestation is malformed."
        ),
        "attestation-again": Words(
            "同じ申告が二度記載されています。", "The same attestation stands there a second time."
        ),
        "kind-differs": Words(
            "申告の種類が記載と異なります。",
            "The attestation is of another kind than the entry says.",
        ),
        "shown-differs": Words(
            "記載が示す組織が、申告の当事者と異なります。",
            "The entry shows other organizations than it concerns.",
        ),
    }
)

_REVEALS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "pack-of-another-log": Words(
            "開示片の束は別の台帳のものです。", "The pack belongs to another ledger."
        ),
        "pack-checkpoint-invalid": Words(
            "開示片の束にある要約署名が正しくありません。",
            "The checkpoint in the pack is not valid.",
        ),
        "pack-beyond-checkpoint": Words(
            "開示片の束が、その要約署名の範囲を超えています。",
            "The pack goes beyond its own checkpoint.",
        ),
        "pack-newer": Words(
            "台帳の写しが、開示片の束より古いものです。写しを取り直してください。",
            "This copy of the ledger is older than the pack. Fetch a newer copy.",
        ),
        "reveal-of-clear-entry": Words(
            "開示片の要らない記載に、開示片があります。",
            "There is a reveal for an entry that hides nothing.",
        ),
        "reveal-differs": Words(
            "開示片が記載と一致しません。", "The reveal does not open this entry."
        ),
        "closed-clear-entry": Words(
            "開示片の要らない記載が、閉じられたとされています。",
            "An entry that hides nothing is said to be closed.",
        ),
        "closed-reopened": Words(
            "以前は閉じられていた記載が、また開けることになっています。消去は取り消せません。",
            "An entry that was closed can be opened again. What is erased stays so.",
        ),
        "closed-count-differs": Words(
            "閉じられた開示片の数が、台帳の申告と一致しません。",
            "There are not as many closed reveals as the ledger states.",
        ),
    }
)

_RELAY: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "referral-unknown": Words("この紹介の記録がありません。", "There is no such referral."),
        "referral-differs": Words(
            "別の方の紹介についての申告です。", "This is about another referral than the claim."
        ),
        "step-out-of-turn": Words(
            "前の手順のあとに続くものではありません。", "This does not follow the step before it."
        ),
        "after-withdrawal": Words(
            "同意が撤回されたあとの行為です。", "This was done after the candidate withdrew."
        ),
        "notice-unknown": Words(
            "採択されていない説明文による同意です。",
            "The consent was given to a notice that was never adopted.",
        ),
        "consent-other": Words(
            "有効な同意ではありません。", "This is not the consent that stands."
        ),
        "listed-already": Words(
            "すでに公開されているプロフィールです。", "The profile is listed already."
        ),
        "not-listed": Words("公開されていないプロフィールです。", "The profile is not listed."),
        "claim-unknown": Words("この打診の記録がありません。", "There is no such claim."),
        "claim-again": Words(
            "同じ番号の打診がすでにあります。", "There is a claim of this number already."
        ),
        "claim-unbound": Words(
            "だれについての打診か、記録がありません。",
            "Nothing tells whom this claim is about.",
        ),
        "claim-bound-already": Words(
            "対象の方がすでに記録された打診です。", "It was told before whom this claim is about."
        ),
        "claimed-already": Words(
            "別の打診が進んでいるプロフィールです。",
            "Another claim on this profile was open.",
        ),
        "too-many-claims": Words(
            "回答待ちの打診が、規約の上限を超えています。",
            "The agency has more open claims than the rules allow.",
        ),
        "licence-over": Words(
            "紹介会社の許可の有効期間が過ぎています。", "The agency's licence was over."
        ),
        "job-kind-differs": Words(
            "承諾された求人の種類と異なります。",
            "This is for another kind of job than was approved.",
        ),
        "reason-not-theirs": Words(
            "その理由で打診を終えることはできません。",
            "Who ended the claim cannot end it for this reason.",
        ),
        "approval-differs": Words(
            "この打診への承諾ではありません。", "This is not the approval of this claim."
        ),
        "key-not-registered": Words(
            "台帳にある紹介会社の鍵ではないものに封緘されています。",
            "The identity was sealed to a key that is none of the agency's on the ledger.",
        ),
        "release-differs": Words(
            "この打診の連絡先の開示ではありません。", "This is not the release of this claim."
        ),
        "provenance-unconfirmed": Words(
            "提供元の確認がありません。", "The provenance was not confirmed."
        ),
        "introduction-unknown": Words(
            "この推薦の記録がありません。", "There is no such introduction."
        ),
        "introduction-again": Words(
            "同じ番号の推薦がすでにあります。", "There is an introduction of this number already."
        ),
        "introduction-differs": Words(
            "別の推薦についての報告です。", "This hire came of another introduction."
        ),
        "hire-unknown": Words("この入社の記録がありません。", "There is no such hire."),
        "hire-again": Words(
            "一つの推薦に、二つの入社が報告されています。",
            "A second hire is reported for one introduction.",
        ),
        "report-differs": Words(
            "報告された入社の確認ではありません。", "This confirms another report than the start's."
        ),
    }
)

_CLOSES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "kept-malformed": Words(
            "残された実績の記載が正しくありません。", "What was kept of a gain is malformed."
        ),
        "audited-other": Words(
            "別の月の精算についての監査の申告です。",
            "The audit is signed for the settlement of another month.",
        ),
        "period-out-of-turn": Words(
            "月次精算の順序が正しくありません。", "A month is settled out of turn."
        ),
        "cut-misplaced": Words(
            "月次精算の区切りの位置が正しくありません。",
            "The settlement's cut lies where it cannot lie.",
        ),
        "cut-root-differs": Words(
            "月次精算の区切りの要約値が、台帳と一致しません。",
            "The settlement was made from another ledger than this.",
        ),
        "close-undocumented": Words(
            "月次精算の書類が開示片の束にありません。",
            "The pack holds no documents of this settlement.",
        ),
        "close-impossible": Words(
            "月次精算を計算し直せません。", "The settlement cannot be computed again."
        ),
        "moved-after-close": Words(
            "精算が済んだ月の移動が、あとから記載されています。",
            "Something is moved in a month that was settled before.",
        ),
        "move-malformed": Words(
            "移動の記載が正しくありません。", "What was moved is stated in a way that cannot be."
        ),
        "moves-differ": Words(
            "ポイントまたは無償紹介枠の移動が、計算結果と一致しません。",
            "Points or slots moved are not those that follow from the facts.",
        ),
        "statements-malformed": Words(
            "枠明細書の形式が正しくありません。", "A statement is malformed."
        ),
        "statements-differ": Words(
            "枠明細書が、計算結果または申告と一致しません。",
            "The statements are not those that follow, or that were attested.",
        ),
        "netting-differs": Words(
            "相殺の結果が、計算結果と一致しません。",
            "The netting is not the one that follows.",
        ),
        "gains-without-facts": Words(
            "消去された事実の数より多くの実績が、根拠なく残されています。",
            "More gains stand without an open fact than facts were closed.",
        ),
    }
)


def _sentence(words: Words) -> Words:
    """Return the words of a refused step as sentences."""
    return Words(f"{words.ja}。", f"{words.en[0].upper()}{words.en[1:]}.")


BREACHES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        **_BYTES,
        **_CHARTER,
        **_REVEALS,
        **_RELAY,
        **_CLOSES,
        **{f"step-{code}": _sentence(words) for code, words in steps.REFUSALS.items()},
        **{
            f"consent-{code}": Words(f"{words.ja}。", f"The consent: {words.en}.")
            for code, words in consent.REFUSALS.items()
        },
    }
)
"""A sentence for every code, in both languages."""
