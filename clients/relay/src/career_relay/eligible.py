"""Who may be invited and why not: rules over the member's own records, for one day.

An invitation goes only to a person whom we rejected, lately, who came by no agency, whose
documents we did not promise to destroy, who is grown up, and whom we can write to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from career_relay.application import Application, Outcome
from career_relay.clock import day_in_japan
from career_relay.words import Words

Reason = Literal[
    "hired", "withdrew", "still-open", "never-screened", "no-end-date", "too-old", "not-yet-ended",
    "through-agency", "documents-destroyed", "asked-for-silence", "under-age", "age-unknown",
    "no-name", "no-email", "hired-elsewhere-here", "open-elsewhere-here", "later-application",
    "already-invited",
]  # fmt: skip

ADULT = 18
RECENT_DAYS = 180

REASON_WORDS: dict[Reason, Words] = {
    "hired": Words(en="we hired them", ja="自社で採用した"),
    "withdrew": Words(en="they withdrew themselves", ja="ご本人が辞退した"),
    "still-open": Words(en="the selection is still open", ja="選考がまだ終わっていない"),
    "never-screened": Words(en="never screened, so never rejected", ja="選考の対象外だった"),
    "no-end-date": Words(en="no date says when it ended", ja="選考終了日が分からない"),
    "too-old": Words(en="the decision is too long ago", ja="選考終了から日が経ちすぎた"),
    "not-yet-ended": Words(en="the end lies in the future", ja="選考終了日が未来の日付"),
    "through-agency": Words(en="an agency introduced them to us", ja="紹介会社からの応募"),
    "documents-destroyed": Words(
        en="we promised to destroy the documents", ja="応募書類の破棄を約束した"
    ),
    "asked-for-silence": Words(en="they want no messages", ja="連絡を望まない"),
    "under-age": Words(en="younger than 18", ja="18歳未満"),
    "age-unknown": Words(en="age unknown, and may be a minor", ja="年齢が不明(未成年の可能性)"),
    "no-name": Words(en="no name recorded", ja="氏名がない"),
    "no-email": Words(en="no e-mail address recorded", ja="メールアドレスがない"),
    "hired-elsewhere-here": Words(en="we hired them for another job", ja="別の応募で採用した"),
    "open-elsewhere-here": Words(
        en="still in selection for another job here", ja="別の応募の選考が続いている"
    ),
    "later-application": Words(
        en="a later application of theirs is the one to write about", ja="より新しい応募がある"
    ),
    "already-invited": Words(en="already invited", ja="ご案内を送付済み"),
}

_BY_OUTCOME: dict[Outcome, Reason] = {
    "hired": "hired",
    "withdrawn": "withdrew",
    "ongoing": "still-open",
    "set-aside": "never-screened",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """One application with every reason against inviting its person; none means eligible."""

    application: Application
    reasons: tuple[Reason, ...]

    @property
    def eligible(self) -> bool:
        """Whether the person may be invited."""
        return not self.reasons


def judge(
    applications: Sequence[Application],
    *,
    today: date,
    recent_days: int = RECENT_DAYS,
    invited: Iterable[str] = (),
) -> list[Judgement]:
    """Return one judgement per application, in the same order.

    Applications with one e-mail address are one person's: whoever was hired, or is still in
    selection, for one job is not invited for another, and only the latest rejection counts.

    Args:
        today: the day in Japan on which is asked.
        recent_days: how long ago a decision may lie, that day included.
        invited: keys of the applications that already have a referral.
    """
    known = frozenset(invited)
    by_person = _by_person(applications)
    return [
        Judgement(
            application=application,
            reasons=(
                *_reasons_within(application, today=today, recent_days=recent_days),
                *_reasons_beside(application, by_person, known),
            ),
        )
        for application in applications
    ]


def _reasons_within(application: Application, *, today: date, recent_days: int) -> Iterable[Reason]:
    """Yield what speaks against an application taken alone."""
    selection, person = application.selection, application.person
    if selection.outcome != "rejected":
        yield _BY_OUTCOME[selection.outcome]
    elif selection.ended_at is None:
        yield "no-end-date"
    else:
        days_ago = (today - day_in_japan(selection.ended_at)).days
        if days_ago > recent_days:
            yield "too-old"
        if days_ago < 0:
            yield "not-yet-ended"
    if selection.channel == "agency":
        yield "through-agency"
    if selection.destroy_documents:
        yield "documents-destroyed"
    if not selection.may_contact:
        yield "asked-for-silence"
    yield from _reasons_of_age(application, today)
    if not person.name:
        yield "no-name"
    if not person.email:
        yield "no-email"


def _reasons_of_age(application: Application, today: date) -> Iterable[Reason]:
    """Yield whether the person is, or may be, a minor.

    Mid-career people of unknown age are grown up for all we know, and the candidate states it
    again when consenting; new graduates and part-timers of unknown age may still be at school.
    """
    age = application.person.age_on(today)
    if age is not None and age < ADULT:
        yield "under-age"
    if age is None and application.kind != "mid-career":
        yield "age-unknown"


def _reasons_beside(
    application: Application,
    by_person: dict[str, list[Application]],
    invited: frozenset[str],
) -> Iterable[Reason]:
    """Yield what speaks against an application because of the same person's others."""
    others = [
        other
        for other in by_person.get(_person_key(application), [])
        if other.key != application.key
    ]
    if application.key in invited or any(other.key in invited for other in others):
        yield "already-invited"
    if any(other.selection.outcome == "hired" for other in others):
        yield "hired-elsewhere-here"
    if any(other.selection.outcome == "ongoing" for other in others):
        yield "open-elsewhere-here"
    if any(_ended_later(other, application) for other in others):
        yield "later-application"


def _ended_later(other: Application, application: Application) -> bool:
    theirs, ours = other.selection.ended_at, application.selection.ended_at
    if other.selection.outcome != "rejected" or theirs is None or ours is None:
        return False
    return (theirs, other.key) > (ours, application.key)


def _by_person(applications: Iterable[Application]) -> dict[str, list[Application]]:
    people: dict[str, list[Application]] = {}
    for application in applications:
        if application.person.email:
            people.setdefault(_person_key(application), []).append(application)
    return people


def _person_key(application: Application) -> str:
    return application.person.email.casefold()
