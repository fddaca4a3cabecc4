"""One ended application as the member's own records hold it: person, career, selection."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from career_relay.words import Language, Words, label

Kind = Literal["new-graduate", "mid-career", "part-time"]
Outcome = Literal["rejected", "withdrawn", "hired", "ongoing", "set-aside"]
Channel = Literal[
    "agency", "job-board", "scout", "own-site", "employee", "school", "event", "other"
]
Stage = Literal["", "document", "first-interview", "second-interview", "final-interview"]
Employment = Literal["", "permanent", "contract", "part-time"]

KINDS: tuple[Kind, ...] = get_args(Kind)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
STAGES: tuple[Stage, ...] = ("document", "first-interview", "second-interview", "final-interview")

KIND_WORDS: dict[Kind, Words] = {kind: label("job_kind", kind) for kind in KINDS}
OUTCOME_WORDS: dict[Outcome, Words] = {
    "rejected": Words(en="rejected by us", ja="不採用"),
    "withdrawn": Words(en="withdrew", ja="応募者辞退"),
    "hired": Words(en="hired", ja="入社決定"),
    "ongoing": Words(en="still open", ja="選考中"),
    "set-aside": Words(en="never screened", ja="非選考対象"),
}
CHANNEL_WORDS: dict[Channel, Words] = {
    "agency": Words(en="Agency", ja="エージェント"),
    "job-board": Words(en="Job board", ja="求人媒体"),
    "scout": Words(en="Scouting", ja="スカウト"),
    "own-site": Words(en="Own site", ja="自社サイト"),
    "employee": Words(en="Employee referral", ja="社員紹介"),
    "school": Words(en="School", ja="学校"),
    "event": Words(en="Event", ja="イベント"),
    "other": Words(en="Other", ja="その他"),
}
STAGE_WORDS: dict[Stage, Words] = {
    "": Words(en="not recorded", ja="記録なし"),
    **{stage: label("stage_reached", stage) for stage in STAGES},
}
MARKS = {4: "◎", 3: "○", 2: "△", 1: "×"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who applied: what identifies a person, and therefore never leaves the member's machine."""

    name: str
    kana: str = ""
    email: str = ""
    phone: str = ""
    born_on: date | None = None
    age: int | None = None
    employers: tuple[str, ...] = ()

    def age_on(self, day: date) -> int | None:
        """Return the whole years on a day; without a birth date the age once written down."""
        if self.born_on is None:
            return self.age
        had_birthday = (day.month, day.day) >= (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - (0 if had_birthday else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Career:
    """What the person can do and wishes for: the only part that can become a profile."""

    occupation: str = ""
    industry: str = ""
    experience_years: int | None = None
    skills: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    desired_salary_yen: int | None = None
    available_from: str = ""
    employment: Employment = ""
    prefecture: str = ""
    remote: bool | None = None
    summary: str = ""
    endorsement: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One interview's mark: 4 ◎, 3 ○, 2 △, 1 ×."""

    interview: str
    mark: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What happened here: stages, decision, ratings, channel. Instants are aware, in UTC."""

    outcome: Outcome
    position: str = ""
    channel: Channel = "other"
    stage: Stage = ""
    reason: str = ""
    comment: str = ""
    ratings: tuple[Rating, ...] = ()
    applied_at: datetime | None = None
    ended_at: datetime | None = None
    destroy_documents: bool = False
    may_contact: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application of one person for one position, under the key its source gave it."""

    key: str
    kind: Kind
    locale: Language
    person: Person
    career: Career
    selection: Selection
