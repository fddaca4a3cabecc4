"""Why a step is refused, and which kind of fact may follow which."""

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Final

from relay_protocol.codes import Words
from relay_protocol.errors import StepError

REFUSALS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "claim-over": Words("この打診はすでに終わっています", "this claim is over"),
        "not-open": Words("この打診にはすでに回答があります", "this claim is answered already"),
        "not-approved": Words(
            "ご本人の承諾がありません", "the candidate has not approved this claim"
        ),
        "not-released": Words("連絡先がまだ開示されていません", "the identity is not released yet"),
        "already-released": Words("連絡先は開示済みです", "the identity is released already"),
        "not-received": Words("封書がまだ開かれていません", "the envelope is not opened yet"),
        "already-received": Words("封書は受け取り済みです", "the envelope is received already"),
        "deadline-passed": Words("期限を過ぎています", "the deadline has passed"),
        "deadline-running": Words("期限はまだ過ぎていません", "the deadline has not passed yet"),
        "out-of-order": Words("前の手順より前の日時です", "this lies before the step it follows"),
        "unknown-reason": Words(
            "終了の理由が一覧にありません", "this is no reason for a claim's end"
        ),
        "unknown-event": Words("出来事が一覧にありません", "this is no event of a hire"),
        "unknown-stage": Words("選考段階が一覧にありません", "this is no stage of an introduction"),
        "stage-backwards": Words(
            "選考段階は前に進むだけです", "an introduction only goes on to a later stage"
        ),
        "hire-before-introduction": Words(
            "推薦の記録がありません", "nobody has introduced this candidate to that company"
        ),
        "another-agency": Words(
            "報告できるのは推薦した紹介会社だけです", "only the agency that introduced may report"
        ),
        "offer-not-accepted": Words("内定承諾の記録がありません", "no offer has been accepted"),
        "offer-accepted": Words("内定承諾は記録済みです", "the offer is accepted already"),
        "offer-over": Words("この内定は終わっています", "this offer is over"),
        "already-started": Words("入社は記録済みです", "the hire has started already"),
        "start-too-late": Words(
            "入社日が内定承諾から離れすぎています", "the start lies too long after the offer"
        ),
        "not-started": Words("入社の記録がありません", "the hire has not started"),
        "already-left": Words("退職は記録済みです", "the hire has left already"),
        "already-confirmed": Words("この入社は確認済みです", "the hire is confirmed already"),
        "confirmed-by-reporter": Words(
            "報告した会社は、自分の報告を確認できません", "nobody confirms their own report"
        ),
    }
)
"""Why a step is refused, by the code that StepError carries."""


def refusal(code: str) -> StepError:
    """Return the refusal of a step for one of REFUSALS; its own text is the English words."""
    return StepError(code, REFUSALS[code].en)


def refusal_text(error: StepError, lang: str) -> str:
    """Return the sentence that tells a person why a step is refused.

    Args:
        error: what a step raised.
        lang: `ja`, or any other for English.
    """
    words = REFUSALS[error.code]
    return f"{words.ja}。" if lang == "ja" else f"{words.en[0].upper()}{words.en[1:]}."


FOLLOWERS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        before: frozenset(after.split())
        for before, after in {
            "referral.invited": "consent.given",
            "consent.given": "consent.changed consent.withdrawn profile.added profile.listed",
            "consent.changed": "consent.changed consent.withdrawn profile.added profile.listed "
            "profile.unlisted",
            "consent.withdrawn": "profile.unlisted",
            "profile.added": "profile.added profile.listed profile.unlisted consent.changed "
            "consent.withdrawn",
            "profile.listed": "profile.added profile.unlisted consent.changed consent.withdrawn",
            "profile.unlisted": "profile.added profile.listed consent.changed consent.withdrawn",
            "claim.made": "claim.bound",
            "claim.bound": "claim.approved claim.declined claim.ended",
            "claim.approved": "identity.released claim.ended",
            "claim.declined": "",
            "identity.released": "identity.received claim.ended",
            "identity.received": "claim.ended",
            "claim.ended": "",
            "introduction.made": "",
            "hire.reported": "hire.reported hire.confirmed",
            "hire.confirmed": "hire.reported",
        }.items()
    }
)
"""The kinds that may come next on the same referral, claim, introduction or hire."""

FIRST_KINDS: Final = frozenset(
    {"referral.invited", "claim.made", "introduction.made", "hire.reported"}
)
"""The kinds that begin a referral, a claim, an introduction and a hire."""


def may_follow(before: str | None, after: str) -> bool:
    """Return whether a kind of fact may come next on the same subject.

    Args:
        before: the kind of the last fact on this referral, claim, introduction or hire; None
            where there is none.
        after: the kind of the next.
    """
    if before is None:
        return after in FIRST_KINDS
    return before in FOLLOWERS and after in FOLLOWERS[before]


def require_after(before: datetime, at: datetime) -> None:
    """Return if a step is not taken at an instant before that of the step it follows.

    Raises:
        StepError: it is.
    """
    if at < before:
        raise refusal("out-of-order")


def require_from(first: date, on: date) -> None:
    """Return if a step is not taken on a day before that of the step it follows.

    Raises:
        StepError: it is.
    """
    if on < first:
        raise refusal("out-of-order")
