"""What each kind of entry is called, and what a person compares it with at an organization."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from relay_protocol.codes import Words


class Kind(NamedTuple):
    """One kind of entry, in words.

    Attributes:
        called: what happened.
        compare: what of the organization's own papers a person compares it with.
    """

    called: Words
    compare: Words


_DIRECTORY: Final[Mapping[str, Kind]] = {
    "scheme.opened": Kind(
        Words("制度の開始", "Scheme opened"),
        Words("設立の合意書、公開鍵の控え", "The founding agreement, and the record of its keys"),
    ),
    "org.admitted": Kind(
        Words("組織の参加", "Organization admitted"),
        Words(
            "参加契約書、法人番号公表サイト、許可証(番号と有効期限)",
            "The contract, the public register of corporate numbers, the licence and its end",
        ),
    ),
    "org.suspended": Kind(
        Words("参加の停止", "Organization suspended"),
        Words("停止の決定と通知", "The decision, and the notice that was given"),
    ),
    "org.cosigned": Kind(
        Words("参加の確認署名", "Admission cosigned"),
        Words(
            "鍵の指紋を、ハブを通さずに照合した記録",
            "The record that the fingerprint was compared without the hub",
        ),
    ),
    "key.registered": Kind(
        Words("鍵の登録", "Key registered"),
        Words(
            "鍵の管理簿、鍵の名前、登録を決めた人",
            "The list of keys, the key's name, and who decided to register it",
        ),
    ),
    "key.revoked": Kind(
        Words("鍵の失効", "Key revoked"),
        Words("鍵の管理簿、失効の理由", "The list of keys, and the reason"),
    ),
    "rules.proposed": Kind(
        Words("規約の数値の提案", "Rules proposed"),
        Words("議事録と提案書", "The minutes, and the proposal"),
    ),
    "rules.adopted": Kind(
        Words("規約の数値の採択", "Rules adopted"),
        Words("議事録と、採択された数値の表", "The minutes, and the table that was adopted"),
    ),
    "notice.adopted": Kind(
        Words("説明文の採択", "Notice adopted"),
        Words("ご本人に示す説明文(日本語・英語)", "The notice as candidates see it, ja and en"),
    ),
}
_REFERRALS: Final[Mapping[str, Kind]] = {
    "referral.invited": Kind(
        Words("他社紹介のご案内", "Candidate invited"),
        Words(
            "応募者管理の記録: 選考の終了日、ご案内の送付",
            "The applicant's record: the end of the selection, and the invitation that was sent",
        ),
    ),
    "consent.given": Kind(
        Words("同意", "Consent given"),
        Words(
            "ご本人の控え(受領証)、説明文の版、選ばれた項目と期限",
            "The candidate's own receipt, the notice's version, the items and the end chosen",
        ),
    ),
    "consent.changed": Kind(
        Words("同意の変更", "Consent changed"),
        Words(
            "ご本人の控え(受領証)、変更前後の項目",
            "The candidate's own receipt, and the items before and after",
        ),
    ),
    "consent.withdrawn": Kind(
        Words("同意の撤回", "Consent withdrawn"),
        Words(
            "撤回後に提供・利用していない記録",
            "The record that nothing was passed on or used afterwards",
        ),
    ),
    "profile.added": Kind(
        Words("プロフィールの登録", "Profile added"),
        Words(
            "元の選考記録: 同意された項目だけであること、氏名を含まないこと",
            "The selection's own record: only items consented to, and no name among them",
        ),
    ),
    "profile.listed": Kind(
        Words("プロフィールの公開", "Profile listed"),
        Words("公開の条件(似た方の人数)の記録", "The record of how many similar people there were"),
    ),
    "profile.unlisted": Kind(
        Words("プロフィールの公開終了", "Profile unlisted"),
        Words("公開終了の理由", "The reason"),
    ),
    "persons.linked": Kind(
        Words("同一人物の照合", "Persons linked"),
        Words("照合の記録(二者の評価)", "The record of the linkage by its two evaluators"),
    ),
}
_DEALINGS: Final[Mapping[str, Kind]] = {
    "claim.made": Kind(
        Words("打診", "Claim made"),
        Words("求人票と、求人企業からの依頼", "The vacancy, and the hirer's order for it"),
    ),
    "claim.bound": Kind(
        Words("打診と紹介の対応", "Claim bound to its referral"),
        Words("事務局の記録", "The exchange's own record"),
    ),
    "claim.approved": Kind(
        Words("打診の承諾", "Claim approved"),
        Words("ご本人の控え(受領証)", "The candidate's own receipt"),
    ),
    "claim.declined": Kind(
        Words("打診の見送り", "Claim declined"),
        Words("ご本人の控え(受領証)", "The candidate's own receipt"),
    ),
    "claim.ended": Kind(
        Words("打診の終了", "Claim ended"),
        Words("終了の理由と、求職管理簿", "The reason, and the agency's register"),
    ),
    "identity.released": Kind(
        Words("連絡先の開示", "Identity released"),
        Words(
            "開示の記録: 承諾の日時、開示した項目、相手の紹介会社",
            "The record of the release: the approval, the items, and the agency",
        ),
    ),
    "identity.received": Kind(
        Words("連絡先の受領", "Identity received"),
        Words("受領の記録と、出所の確認", "The record of receipt, and of where it came from"),
    ),
    "introduction.made": Kind(
        Words("推薦", "Introduction made"),
        Words(
            "推薦状、求職管理簿・求人管理簿、求人企業名と日付",
            "The letter of introduction and the registers: hirer and date",
        ),
    ),
    "hire.reported": Kind(
        Words("採用の報告", "Hire reported"),
        Words(
            "内定通知・承諾書、手数料管理簿、日付",
            "The offer and its acceptance, the register of fees, and the date",
        ),
    ),
    "hire.confirmed": Kind(
        Words("入社の確認", "Start of work confirmed"),
        Words("労働条件通知書・入社日の人事記録", "The contract of work, and the first day"),
    ),
    "objection.raised": Kind(
        Words("異議の申立て", "Objection raised"),
        Words("申立書と証拠", "The objection, and its evidence"),
    ),
    "objection.decided": Kind(
        Words("異議の決定", "Objection decided"),
        Words("決定書と議事録", "The decision, and the minutes"),
    ),
}
_BOOKS: Final[Mapping[str, Kind]] = {
    "slot.reserved": Kind(
        Words("無償紹介枠の予約", "Slot reserved"),
        Words("枠明細書と、求人の依頼", "The statement of slots, and the order for the search"),
    ),
    "slot.ended": Kind(
        Words("予約の終了", "Reservation ended"),
        Words("終了の理由と枠明細書", "The reason, and the statement of slots"),
    ),
    "slot.redeemed": Kind(
        Words("無償紹介枠の利用", "Slot redeemed"),
        Words("請求書(手数料が無償であること)と枠明細書", "The bill without a fee, the statement"),
    ),
    "points.moved": Kind(
        Words("ポイント・枠の移動", "Points or slots moved"),
        Words("当月の枠明細書(両者の控え)", "The month's statements, as both sides hold them"),
    ),
    "fact.kept": Kind(
        Words("消去後に残る実績", "Fact kept after an erasure"),
        Words("消去の依頼と記録", "The request for erasure, and its record"),
    ),
    "period.settled": Kind(
        Words("月次精算", "Month settled"),
        Words("枠明細書と相殺の通知", "The statements, and the notice of netting"),
    ),
    "reveals.closed": Kind(
        Words("開示片の終了の計数", "Closed reveals counted"),
        Words("消去の依頼の台帳", "The list of requests for erasure"),
    ),
    "pack.made": Kind(
        Words("開示片の束の作成", "Pack made"),
        Words("監査人が受け取った束", "The pack that the auditor got"),
    ),
    "period.audited": Kind(
        Words("月次精算の監査", "Month audited"),
        Words("監査報告書", "The audit report"),
    ),
}
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {**_DIRECTORY, **_REFERRALS, **_DEALINGS, **_BOOKS}
)
"""Words for every kind of entry."""
