"""What each problem is called and what to do about it, in English and in Japanese."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A problem in a few words, and the usual way out of it, in both languages."""

    en: str
    ja: str
    mend_en: str
    mend_ja: str


def _words(en: str, ja: str, mend_en: str, mend_ja: str) -> Words:
    return Words(en=en, ja=ja, mend_en=mend_en, mend_ja=mend_ja)


_SIGN_ANEW_EN = "Make a new token and send the request again."
_SIGN_ANEW_JA = "トークンを作り直して、もう一度送ってください。"
_LOOK_EN = "Ask for its present state, and go on from there."
_LOOK_JA = "いまの状態を取得し直して、そこから続けてください。"

WORDS: dict[str, Words] = {
    "malformed": _words(
        "The request cannot be read",
        "リクエストを読み取れません",
        "Send JSON in UTF-8, as the API page describes it.",
        "API の説明にあるとおり、UTF-8 の JSON で送ってください。",
    ),
    "bad-input": _words(
        "A value is not as it must be",
        "値が正しくありません",
        "Mend the fields that are named, and send the request again.",
        "示された項目を直して、もう一度送ってください。",
    ),
    "identity-in-profile": _words(
        "A text seems to tell who somebody is",
        "本人を特定できそうな文字列があります",
        "Remove it, or post without the field.",
        "消すか、その項目を除いて送り直してください。",
    ),
    "attestation-refused": _words(
        "The attestation is refused",
        "申告を受け付けられません",
        "Sign an attestation of this act with a key of yours that is registered.",
        "この行為の申告を、登録済みの自社の鍵で署名してください。",
    ),
    "attestation-stale": _words(
        "The attestation was signed at another time",
        "申告の署名時刻がずれています",
        "Set your clock, and sign anew with a new id.",
        "時計を合わせ、新しい番号で署名し直してください。",
    ),
    "attestation-reused": _words(
        "The attestation's id is known with other content",
        "同じ番号の、内容の違う申告があります",
        "Sign anew with a new id.",
        "新しい番号で署名し直してください。",
    ),
    "unauthenticated": _words(
        "It is not shown who is asking",
        "どなたからの要求か確認できません",
        "Send a token signed by your organization's key.",
        "自社の鍵で署名したトークンを付けてください。",
    ),
    "token-missing": _words(
        "The request carries no token",
        "トークンがありません",
        "Send it as Authorization: Bearer, signed by your organization's key.",
        "自社の鍵で署名し、Authorization: Bearer として付けてください。",
    ),
    "token-malformed": _words(
        "The token cannot be read",
        "トークンを読み取れません",
        "Make it an EdDSA JWT with kid, iss, aud, iat, exp and jti.",
        "kid・iss・aud・iat・exp・jti をもつ EdDSA の JWT にしてください。",
    ),
    "token-expired": _words(
        "The token is not valid at this time",
        "トークンの有効期間外です",
        "Set your clock, and make a new token.",
        "時計を合わせ、トークンを作り直してください。",
    ),
    "token-lifetime": _words(
        "The token lives too long",
        "トークンの有効期間が長すぎます",
        "Let exp be at most 300 seconds after iat.",
        "exp を iat から 300 秒以内にしてください。",
    ),
    "token-audience": _words(
        "The token is for another exchange",
        "ほかの宛先のトークンです",
        "Put this exchange's address in aud.",
        "aud にこの取引所のアドレスを入れてください。",
    ),
    "token-signature": _words(
        "The token's signature does not check",
        "トークンの署名を検証できません",
        "Sign it with the key that kid names.",
        "kid の鍵で署名してください。",
    ),
    "token-replayed": _words(
        "The token was used for another write",
        "すでに別の書き込みに使われたトークンです",
        _SIGN_ANEW_EN,
        _SIGN_ANEW_JA,
    ),
    "key-unknown": _words(
        "The key is not known",
        "登録のない鍵です",
        "Use a signing key that your organization has registered.",
        "登録済みの署名鍵を使ってください。",
    ),
    "key-revoked": _words(
        "The key has been revoked",
        "失効した鍵です",
        "Use another signing key of your organization.",
        "自社の別の署名鍵を使ってください。",
    ),
    "passkey-refused": _words(
        "The passkey is refused",
        "パスキーを確認できません",
        "Try again with the passkey that you registered here.",
        "ここで登録したパスキーで、もう一度お試しください。",
    ),
    "sign-in-needed": _words(
        "Please sign in",
        "サインインしてください",
        "Sign in with your passkey.",
        "パスキーでサインインしてください。",
    ),
    "forbidden": _words(
        "This is not yours to do",
        "この操作はできません",
        "Ask with an organization whose part this is.",
        "担当する組織として要求してください。",
    ),
    "not-active": _words(
        "The organization may not act now",
        "この組織は、いま操作できません",
        "Wait for the admission to be cosigned, or ask the operator.",
        "参加承認の連署を待つか、事務局にお問い合わせください。",
    ),
    "licence": _words(
        "The agency's licence is not valid",
        "紹介会社の許可番号が有効ではありません",
        "Give the operator your current licence.",
        "最新の許可番号を事務局にお届けください。",
    ),
    "form-key": _words(
        "The form has run out",
        "フォームの有効時間が過ぎました",
        "Open the page again, and answer there.",
        "ページを開き直して、もう一度お答えください。",
    ),
    "not-found": _words(
        "There is no such page or thing",
        "見つかりません",
        "Check the address. What is not yours to see looks the same.",
        "アドレスをお確かめください。閲覧できないものも、同じ表示になります。",
    ),
    "equivocation": _words(
        "The ledger has signed two histories",
        "台帳が、食い違う二つの履歴に署名しています",
        "Keep what you hold, and give it to the auditors and to the other witnesses.",
        "お手元の要約署名を保管し、監査人とほかの立会人に渡してください。",
    ),
    "receipt-not-ready": _words(
        "The receipt is not ready yet",
        "控えは、まだできていません",
        "The act is taken. Ask again in a second; `Prefer: wait=2` waits for it.",
        "操作は受け付けています。1 秒後にもう一度取得するか、`Prefer: wait=2` を付けてください。",
    ),
    "already-known": _words(
        "It is there already",
        "すでに登録されています",
        "Look at what is registered; to change it is another act.",
        "登録済みの内容をお確かめください。変更は別の操作です。",
    ),
    "enrolment-ended": _words(
        "This enrolment link has ended",
        "この登録リンクは使えません",
        "Ask your organization for a new one.",
        "所属組織に、新しいリンクを依頼してください。",
    ),
    "invitation-ended": _words(
        "This invitation has ended",
        "このご案内は終了しています",
        "If it was not you who answered, stop everything from that page.",
        "お答えに心当たりがなければ、そのページからすべて止められます。",
    ),
    "act-ended": _words(
        "This act is no longer waiting to be signed",
        "この操作の署名待ちは終了しました",
        "Begin the act again.",
        "操作を最初からやり直してください。",
    ),
    "idempotency-key-missing": _words(
        "The write has no Idempotency-Key",
        "Idempotency-Key がありません",
        "Send a new random one for each new write, and the same one when you repeat it.",
        "新しい書き込みごとに新しい値を付け、再送のときは同じ値にしてください。",
    ),
    "idempotency-key-reused": _words(
        "The Idempotency-Key belongs to another request",
        "別のリクエストで使われた Idempotency-Key です",
        "Send this request with a new one.",
        "新しい値を付けて送ってください。",
    ),
    "consent-missing": _words(
        "There is no consent to this",
        "ご本人の同意がありません",
        "Leave it out. Ask for the referrals to see what stands.",
        "送らないでください。いまの同意は他社紹介の一覧で確かめられます。",
    ),
    "beyond-consent": _words(
        "This goes beyond the consent",
        "同意の範囲を超えています",
        "Post only the field groups that the candidate has allowed.",
        "ご本人が認めた項目だけを送ってください。",
    ),
    "step-refused": _words(
        "This step does not follow from where things stand",
        "いまの状態では、この手続きに進めません",
        _LOOK_EN,
        _LOOK_JA,
    ),
    "deadline-passed": _words(
        "The time for this is over",
        "期限が過ぎています",
        _LOOK_EN,
        _LOOK_JA,
    ),
    "claim-taken": _words(
        "Another agency's claim is open",
        "ほかの紹介会社が打診中です",
        "Try again when that claim has ended.",
        "その打診が終わってから、お試しください。",
    ),
    "claim-limit": _words(
        "Too many claims are open",
        "打診中の件数が上限に達しています",
        "End a claim, or wait for an answer.",
        "打診を終えるか、返事をお待ちください。",
    ),
    "confirmation-by-reporter": _words(
        "The reporter cannot confirm",
        "報告した側は確認できません",
        "The hirer or the candidate confirms.",
        "求人企業かご本人が確認します。",
    ),
    "period-closed": _words(
        "The period is not open to this",
        "この期間は操作できません",
        "Late facts count in the period that is open.",
        "遅れた事実は、いま開いている期間に計上されます。",
    ),
    "books-broken": _words(
        "The books do not hold",
        "帳簿に不整合があります",
        "Nothing is settled until the office has mended them; all else goes on.",
        "事務局が直すまで月次精算は止まります。ほかの機能は使えます。",
    ),
    "busy": _words(
        "The exchange is busy",
        "混み合っています",
        "Send the same request again after the seconds in Retry-After.",
        "Retry-After の秒数のあと、同じリクエストを送り直してください。",
    ),
    "method-not-allowed": _words(
        "This address does not answer that method",
        "このアドレスでは使えないメソッドです",
        "Use a method that the header Allow names.",
        "Allow ヘッダーにあるメソッドを使ってください。",
    ),
    "too-large": _words(
        "The request is too large",
        "リクエストが大きすぎます",
        "Send it in smaller batches.",
        "小さく分けて送ってください。",
    ),
    "too-slow": _words(
        "The request took too long to come in",
        "リクエストの受信に時間がかかりすぎました",
        "Send it again, in smaller batches where your line is slow.",
        "もう一度送ってください。回線が遅いときは、小さく分けて送ってください。",
    ),
    "media-type": _words(
        "The request is of another type",
        "リクエストの種類が違います",
        "Send Content-Type: application/json.",
        "Content-Type: application/json で送ってください。",
    ),
    "too-many-requests": _words(
        "Too many attempts",
        "試行の回数が多すぎます",
        "Wait a minute, then try again.",
        "1分ほど待ってから、もう一度お試しください。",
    ),
    "internal": _words(
        "Something went wrong at the exchange",
        "取引所の側で問題が起きました",
        "Send the same request again; a write is safe to repeat with its Idempotency-Key.",
        "同じリクエストを送り直してください。書き込みは同じ Idempotency-Key なら重複しません。",
    ),
}
