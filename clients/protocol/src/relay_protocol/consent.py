"""What a candidate allows: to whom, for which purpose, which field groups, as of which moment."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from relay_protocol.codes import GROUPS, MODULES, Words
from relay_protocol.errors import ConsentError
from relay_protocol.rules import Rules, add_months, local_day

MAX_MONTHS: Final = 6
"""The longest a consent may hold; the candidate can renew it."""
REMEMBERED: Final = 4_096
"""How many ways to choose modules and groups are judged once each."""

STATES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "accepted": Words("同意があります", "agreed"),
        "declined": Words("同意がありません", "not agreed"),
        "not-asked": Words("まだお尋ねしていません", "not asked yet"),
        "withdrawn": Words("同意が撤回されました", "withdrawn"),
        "expired": Words("同意の期限が過ぎました", "expired"),
    }
)
"""What can be said of one module of a consent at one moment; all but `accepted` mean no."""

REFUSALS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        **{code: words for code, words in STATES.items() if code != "accepted"},
        "beyond-groups": Words("同意した項目を超えています", "goes beyond the consented groups"),
        "too-long": Words("期間は6か月までです", "a consent holds for six months at most"),
        "too-short": Words("終わりの日が始まりより前です", "a consent ends before it begins"),
        "unknown-code": Words("一覧にない項目です", "is no module or field group, or stands twice"),
        "out-of-order": Words("前の記録より前の日時です", "lies before what it changes"),
    }
)
"""Why a consent is refused or does not permit something, by the code of ConsentError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What one candidate allows to one origin's referral.

    Attributes:
        id: of the consent; a changed one keeps it.
        referral: of the referral.
        notice: the version of the notice that was shown.
        modules: some of codes.MODULES, in their order.
        groups: some of codes.GROUPS, in their order.
        given_at: when it was given, or changed last.
        until: the last day on which it holds, by the scheme's clock.
        withdrawn_at: when it was withdrawn, or None.
    """

    id: str
    referral: str
    notice: str
    modules: tuple[str, ...]
    groups: tuple[str, ...]
    given_at: datetime
    until: date
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        """Refuse modules and groups that are unknown, repeated or in another order."""
        if not _are_known(self.modules, self.groups):
            raise _refusal("unknown-code")

    def covers(self, groups: Collection[str]) -> bool:
        """Return whether each of the field groups is among those agreed to."""
        return not groups or set(groups) <= set(self.groups)


@lru_cache(REMEMBERED)
def _are_known(modules: tuple[str, ...], groups: tuple[str, ...]) -> bool:
    """Return whether modules and groups are known, each once and in order; most come again."""
    return all(
        codes == tuple(code for code in known if code in codes)
        for codes, known in ((modules, MODULES), (groups, GROUPS))
    )


def check_term(consent: Consent, rules: Rules) -> None:
    """Return if a consent ends neither before it begins nor after six months.

    Raises:
        ConsentError: it does.
    """
    given_on = local_day(consent.given_at, rules)
    if consent.until < given_on:
        raise _refusal("too-short")
    if consent.until > add_months(given_on, MAX_MONTHS):
        raise _refusal("too-long")


def change(before: Consent, after: Consent) -> Consent:
    """Return the consent as changed, if it is the same one and nobody has withdrawn it.

    Args:
        before: as it stood; it may have run out, which renews it.
        after: what the candidate agrees to from after.given_at on.

    Raises:
        ConsentError: it is withdrawn, another consent, or changed before it was given.
    """
    if before.withdrawn_at is not None:
        raise _refusal("withdrawn")
    if (after.id, after.referral) != (before.id, before.referral):
        raise _refusal("not-asked")
    if after.given_at < before.given_at or after.withdrawn_at is not None:
        raise _refusal("out-of-order")
    return after


def withdraw(consent: Consent, *, at: datetime) -> Consent:
    """Return the consent as withdrawn.

    Raises:
        ConsentError: it is withdrawn already, or was not given yet.
    """
    if consent.withdrawn_at is not None:
        raise _refusal("withdrawn")
    if at < consent.given_at:
        raise _refusal("out-of-order")
    return replace(consent, withdrawn_at=at)


def state_of(consent: Consent | None, module: str, *, as_of: datetime, rules: Rules) -> str:
    """Return a key of STATES: what holds for one module at one moment.

    Args:
        consent: the one on record; None where there is none.
        module: one of codes.MODULES; whatever is unknown counts as declined.
        as_of: the moment.
        rules: for the scheme's day.
    """
    if consent is None or as_of < consent.given_at:
        return "not-asked"
    if consent.withdrawn_at is not None and as_of >= consent.withdrawn_at:
        return "withdrawn"
    if local_day(as_of, rules) > consent.until:
        return "expired"
    return "accepted" if module in consent.modules else "declined"


def permits(
    consent: Consent | None,
    module: str,
    *,
    as_of: datetime,
    rules: Rules,
    groups: Collection[str] = (),
) -> bool:
    """Return whether a consent allows a purpose, with these field groups, at one moment."""
    if state_of(consent, module, as_of=as_of, rules=rules) != "accepted":
        return False
    return consent is not None and consent.covers(groups)


def check_permits(
    consent: Consent | None,
    module: str,
    *,
    as_of: datetime,
    rules: Rules,
    groups: Collection[str] = (),
) -> Consent:
    """Return the consent that allows a purpose, with these field groups, at one moment.

    Raises:
        ConsentError: it does not; the code is the state that it has, or `beyond-groups`.
    """
    state = state_of(consent, module, as_of=as_of, rules=rules)
    if consent is None or state != "accepted":
        raise _refusal(state)
    if not consent.covers(groups):
        raise _refusal("beyond-groups")
    return consent


def refusal_text(error: ConsentError, lang: str) -> str:
    """Return what tells a person why a consent is refused or does not permit something.

    Args:
        error: what a function of this room raised.
        lang: `ja`, or any other for English.
    """
    words = REFUSALS[error.code]
    return f"{words.ja}。" if lang == "ja" else f"The consent: {words.en}."


def _refusal(code: str) -> ConsentError:
    """Return a refusal whose own text is the English words."""
    return ConsentError(code, f"the consent: {REFUSALS[code].en}")
