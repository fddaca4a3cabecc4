"""From the cells of one row, whatever the format, to one application or one refusal."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import TypeVar

from career_relay.application import (
    Application,
    Career,
    Kind,
    Outcome,
    Person,
    Rating,
    Selection,
)
from career_relay.clock import day_in_japan
from career_relay.imports import cells, occupations, vocabulary
from career_relay.imports.cells import CellError
from career_relay.imports.columns import Column, Meaning
from career_relay.imports.verdicts import Note, Refusal, Row
from career_relay.words import Language, Words

_OLDEST = 110
_SKILL_LENGTH = 40
_SKILLS = 20
_Value = TypeVar("_Value")
_Absent = TypeVar("_Absent")
_Found = TypeVar("_Found", bound=str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell, the column it stands in, and whether a fault in it is passed over with a note."""

    column: Column
    text: str
    optional: bool = False


@dataclass(slots=True, kw_only=True)
class RowReader:
    """The cells of one row, asked for by meaning; it collects the remarks on what it gives."""

    row: int
    source: str
    cells: Sequence[Cell]
    notes: list[Note] = field(default_factory=list)

    def verdict(self) -> Row | Refusal:
        """Return the application these cells hold, or the first reason why they hold none."""
        try:
            application = self._application()
        except _RowFaultError as fault:
            return Refusal(
                row=self.row, column=fault.column, code=fault.code, what=fault.what, mend=fault.mend
            )
        return Row(row=self.row, application=application, notes=tuple(self.notes))

    def _application(self) -> Application:
        person = self._person()
        selection = self._selection()
        self._compare_ages(person, selection)
        if not person.name and not person.email:
            self._note("", "no-person", _NO_PERSON)
        return Application(
            key=f"{self.source}:{self._key(person, selection.applied_at)}",
            kind=self._kind(),
            locale=self._locale(person),
            person=person,
            career=self._career(selection.position),
            selection=selection,
        )

    def _key(self, person: Person, applied_at: datetime | None) -> str:
        written = self._text("key")
        if written:
            return written[:100]
        if not person.name and not person.email:
            raise _RowFaultError(
                "",
                "missing",
                Words(
                    en="The row has neither an id, a name nor an e-mail address.",
                    ja="応募ID・氏名・メールアドレスのいずれもありません。",
                ),
                Words(en="Fill in one of them.", ja="どれか一つを入れてください。"),
            )
        # Without an id, person and moment of application name the row, so that a second import
        # of the same list finds it again.
        marks = "\n".join((person.email.casefold(), person.name, str(applied_at)))
        return f"row-{sha256(marks.encode()).hexdigest()[:16]}"

    def _person(self) -> Person:
        name = self._text("name") or self._joined("family-name", "given-name")
        return Person(
            name=name,
            kana=self._text("kana") or self._joined("family-kana", "given-kana"),
            email=self._or_note("email", cells.email_address, ""),
            phone=self._text("phone")[:40],
            born_on=self._typed("born-on", cells.calendar_day),
            age=self._typed("age", lambda text: cells.whole_number(text, least=10, most=_OLDEST)),
            employers=tuple(dict.fromkeys(cell.text for cell in self._all("employer"))),
        )

    def _compare_ages(self, person: Person, selection: Selection) -> None:
        """Note an age that the birth date contradicts; the birth date holds."""
        seen_at = selection.applied_at or selection.ended_at
        if person.born_on is None or seen_at is None:
            return
        age = person.age_on(day_in_japan(seen_at))
        if age is None or not 0 <= age <= _OLDEST:
            raise _RowFaultError(
                self._header("born-on"),
                "out-of-range",
                Words(en="Nobody is that old or that young.", ja="生年月日が応募日と合いません。"),
                Words(en="Correct the date of birth.", ja="生年月日を直してください。"),
            )
        if person.age is not None and abs(age - person.age) > 1:
            self._note(self._header("age"), "age-differs", _AGE_DIFFERS)

    def _career(self, position: str) -> Career:
        return Career(
            occupation=occupations.occupation_of(position),
            industry=self._or_note("industry", _found(occupations.industry_of), ""),
            experience_years=self._typed(
                "experience-years", lambda text: cells.whole_number(text, least=0, most=60)
            ),
            skills=cells.words_of_list(self._text("skills"), longest=_SKILL_LENGTH, most=_SKILLS),
            languages=tuple(self._languages()),
            desired_salary_yen=self._salary(),
            available_from=self._or_note("available-from", cells.month, ""),
            employment=self._or_note("employment", _found(vocabulary.employment_of), ""),
            prefecture=self._or_note("prefecture", _found(occupations.prefecture_of), ""),
            remote=self._typed("remote", cells.yes_or_no),
            summary=self._text("summary"),
            endorsement=self._text("endorsement"),
        )

    def _selection(self) -> Selection:
        applied_at = self._typed("applied-at", cells.instant)
        ended_at = self._typed("ended-at", cells.instant)
        if applied_at and ended_at and ended_at < applied_at:
            raise _RowFaultError(
                self._header("ended-at"),
                "out-of-order",
                Words(
                    en="The end lies before the application.", ja="終了日時が応募日時より前です。"
                ),
                Words(en="Correct one of the two dates.", ja="どちらかの日時を直してください。"),
            )
        return Selection(
            outcome=self._outcome(),
            position=self._text("position"),
            channel=self._or_note("channel", _found(vocabulary.channel_of), "other"),
            stage=self._or_note("stage", _found(vocabulary.stage_of), ""),
            reason=self._text("reason") or self._text("end-reason"),
            comment=self._text("comment"),
            ratings=tuple(self._ratings()),
            applied_at=applied_at,
            ended_at=ended_at,
            destroy_documents=self._typed("destroy-documents", cells.yes_or_no) or False,
            may_contact=self._typed("may-contact", cells.yes_or_no) is not False,
        )

    def _outcome(self) -> Outcome:
        # A status such as 終了 says only that it is over; then the end's reason says how.
        told = [cell for name in ("status", "end-reason") for cell in self._all(name)]
        for cell in told:
            outcome = vocabulary.outcome_of(cell.text)
            if outcome is not None:
                return outcome
        if not told:
            raise _RowFaultError(
                self._header("status"),
                "missing",
                Words(
                    en="Nothing says how the application ended.",
                    ja="選考の結果が書かれていません。",
                ),
                _STATUS_MEND,
            )
        raise _RowFaultError(
            told[0].column.header,
            "unknown-value",
            Words(
                en="“{text}” is no status known here.",
                ja="「{text}」は選考ステータスとして読めません。",
            ).filled(text=told[0].text[:40]),
            _STATUS_MEND,
        )

    def _kind(self) -> Kind:
        return self._or_note("kind", _found(vocabulary.kind_of), "mid-career")

    def _locale(self, person: Person) -> Language:
        wish = self._text("language").casefold()
        if wish:
            return "en" if wish.startswith(("en", "英")) else "ja"
        return "en" if person.name and person.name.isascii() and not person.kana else "ja"

    def _salary(self) -> int | None:
        cell = next(self._all("salary"), None)
        if cell is None:
            return None
        unit = cell.column.in_ten_thousands
        return self._typed("salary", lambda text: cells.salary_yen(text, in_ten_thousands=unit))

    def _ratings(self) -> Iterator[Rating]:
        for cell in self._all("rating"):
            value = self._read(cell, cells.mark)
            if value is not None:
                # 一次面接評価 and 一次面接 name the same interview.
                yield Rating(interview=cell.column.header.removesuffix("評価"), mark=value)

    def _languages(self) -> Iterator[str]:
        for written in cells.words_of_list(self._text("languages"), longest=60, most=10):
            language = occupations.language_of(written)
            if language:
                yield language
            else:
                self._note(self._header("languages"), "unknown-value", _unknown(written).what)

    def _all(self, meaning: Meaning) -> Iterator[Cell]:
        for cell in self.cells:
            if cell.column.meaning == meaning:
                text = self._read(cell, cells.clean)
                if text:
                    yield replace(cell, text=text)

    def _text(self, meaning: Meaning) -> str:
        return next((cell.text for cell in self._all(meaning)), "")

    def _joined(self, *meanings: Meaning) -> str:
        return " ".join(text for text in map(self._text, meanings) if text)

    def _header(self, meaning: Meaning) -> str:
        headers = (cell.column.header for cell in self.cells if cell.column.meaning == meaning)
        return next(headers, "")

    def _typed(self, meaning: Meaning, read: Callable[[str], _Value]) -> _Value | None:
        """Return what the first such cell holds; a fault in it refuses the row."""
        cell = next(self._all(meaning), None)
        if cell is None:
            return None
        if cell.optional:
            return self._or_note(meaning, read, None)
        return self._read(cell, read)

    def _or_note(
        self, meaning: Meaning, read: Callable[[str], _Value], absent: _Absent
    ) -> _Value | _Absent:
        """Return what the first such cell holds; a fault in it becomes a note."""
        cell = next(self._all(meaning), None)
        if cell is None:
            return absent
        try:
            return read(cell.text)
        except CellError as error:
            self._note(cell.column.header, error.code, error.what)
            return absent

    def _read(self, cell: Cell, read: Callable[[str], _Value]) -> _Value:
        try:
            return read(cell.text)
        except CellError as error:
            raise _RowFaultError(cell.column.header, error.code, error.what, error.mend) from error

    def _note(self, column: str, code: str, what: Words) -> None:
        self.notes.append(Note(row=self.row, column=column, code=code, what=what))


class _RowFaultError(Exception):
    """The row cannot be taken; becomes a Refusal at the reader's one exit."""

    def __init__(self, column: str, code: str, what: Words, mend: Words) -> None:
        super().__init__(what.en)
        self.column = column
        self.code = code
        self.what = what
        self.mend = mend


def _found(look_up: Callable[[str], _Found | None]) -> Callable[[str], _Found]:
    """Return a reader of cells that refuses where the look-up finds nothing."""

    def read(text: str) -> _Found:
        found = look_up(text)
        if not found:
            raise _unknown(text)
        return found

    return read


def _unknown(text: str) -> CellError:
    return CellError(
        "unknown-value",
        Words(en="“{text}” is not known here.", ja="「{text}」は読み取れませんでした。").filled(
            text=text[:40]
        ),
        Words(en="Nothing needs to be done.", ja="そのままでもかまいません。"),
    )


_NO_PERSON = Words(
    en="No person stands with this application; it counts in the funnel only.",
    ja="応募者の情報がありません。集計だけに使います。",
)
_AGE_DIFFERS = Words(
    en="The age contradicts the date of birth, which holds.",
    ja="年齢が生年月日と合いません。生年月日を使います。",
)
_STATUS_MEND = Words(
    en="Write rejected, withdrawn, hired, or open.",
    ja="「不採用」「応募者辞退」「入社決定」「選考中」などと書いてください。",
)
