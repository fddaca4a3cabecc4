"""Applications written out as systems export them: an Excel workbook, a CSV, Greenhouse's JSON."""

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from openpyxl import Workbook
from openpyxl.styles import Font

from career_relay.application import (
    CHANNEL_WORDS,
    KIND_WORDS,
    MARKS,
    OUTCOME_WORDS,
    STAGE_WORDS,
    Application,
)
from career_relay.clock import JAPAN
from career_relay.samples.careers import LANGUAGE_WORDS
from career_relay.samples.greenhouse import greenhouse_document
from career_relay.words import label

SAMPLES = files("career_relay.samples") / "data"
SAMPLE_FILES: Mapping[str, str] = MappingProxyType(
    {"xlsx": "applications.xlsx", "csv": "applications.csv", "greenhouse": "greenhouse.json"}
)
"""The shipped files in SAMPLES, by the name that `relay try --sample` knows them under."""

CellValue = str | int | date | datetime | None

_RATED = ("一次面接", "二次面接", "最終面接")
# The archive's own times are fixed, so that the same applications give the same file.
_ZIP_TIME = (2026, 1, 1, 0, 0, 0)


def write_samples(applications: Sequence[Application], folder: Path, *, made_at: datetime) -> None:
    """Write the three sample files into a folder.

    Args:
        applications: what to write.
        folder: made when there is none.
        made_at: the instant that the workbook says it was made at.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SAMPLE_FILES["xlsx"]).write_bytes(workbook_bytes(applications, made_at=made_at))
    (folder / SAMPLE_FILES["csv"]).write_bytes(csv_bytes(applications))
    (folder / SAMPLE_FILES["greenhouse"]).write_bytes(greenhouse_bytes(applications))


def workbook_bytes(applications: Sequence[Application], *, made_at: datetime) -> bytes:
    """Return an .xlsx workbook with one sheet, its dates as dates and its numbers as numbers."""
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None  # noqa: S101 a new workbook has a sheet
    sheet.title = "応募者一覧"
    sheet.freeze_panes = "C2"
    for place, header in enumerate(_COLUMNS, start=1):
        sheet.cell(row=1, column=place, value=header).font = Font(bold=True)
    for row, application in enumerate(applications, start=2):
        for place, write in enumerate(_COLUMNS.values(), start=1):
            sheet.cell(row=row, column=place, value=write(application) or None)
    workbook.properties.creator = "Career Relay"
    workbook.properties.created = made_at.replace(tzinfo=None)
    written = io.BytesIO()
    workbook.save(written)
    return _repacked(written.getvalue(), made_at)


def csv_bytes(applications: Sequence[Application], *, coding: str = "utf-8-sig") -> bytes:
    """Return a CSV as Japanese systems write it: quoted, CRLF, `2026/06/11 11:07:06`.

    Args:
        applications: what to write.
        coding: `utf-8-sig` (with BOM), `utf-8` or `cp932`.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for application in applications:
        writer.writerow(_as_text(write(application)) for write in _COLUMNS.values())
    return written.getvalue().encode(coding)


def greenhouse_bytes(applications: Sequence[Application]) -> bytes:
    """Return Greenhouse's answers as JSON, one candidate and one scorecard a line."""
    lists: list[str] = []
    for name, things in greenhouse_document(applications).items():
        lines = [json.dumps(thing, ensure_ascii=False, separators=(",", ":")) for thing in things]
        lists.append(f'"{name}":[\n' + ",\n".join(lines) + "\n]")
    return ("{" + ",\n".join(lists) + "}\n").encode()


def _repacked(workbook: bytes, made_at: datetime) -> bytes:
    """Return the workbook with the times of its making taken out."""
    stamp = made_at.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook)) as before,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in sorted(before.namelist()):
            content = before.read(name)
            if name == "docProps/core.xml":
                head, _, rest = content.partition(b"<dcterms:modified")
                opening, _, tail = rest.partition(b">")
                closing = tail[tail.index(b"</dcterms:modified>") :]
                content = head + b"<dcterms:modified" + opening + b">" + stamp + closing
            member = zipfile.ZipInfo(name, _ZIP_TIME)
            member.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(member, content)
    return packed.getvalue()


def _as_text(value: CellValue) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y/%m/%d %H:%M:%S")
    return value.strftime("%Y/%m/%d") if isinstance(value, date) else str(value or "")


def _in_japan(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(JAPAN).replace(tzinfo=None)


def _rating(interview: str) -> Callable[[Application], CellValue]:
    def write(application: Application) -> CellValue:
        marks = {rating.interview: rating.mark for rating in application.selection.ratings}
        return MARKS[marks[interview]] if interview in marks else ""

    return write


def _remote(application: Application) -> CellValue:
    wish = application.career.remote
    return "" if wish is None else "希望する" if wish else "希望しない"


def _years(application: Application) -> CellValue:
    years = application.career.experience_years
    return "" if years is None else f"{years}年"


def _salary(application: Application) -> CellValue:
    yen = application.career.desired_salary_yen
    return None if yen is None else yen // 10_000


_COLUMNS: dict[str, Callable[[Application], CellValue]] = {
    "応募ID": lambda one: one.key.partition(":")[2],
    "氏名": lambda one: one.person.name,
    "フリガナ": lambda one: one.person.kana,
    "生年月日": lambda one: one.person.born_on,
    "年齢": lambda one: one.person.age,
    "メールアドレス": lambda one: one.person.email,
    "電話番号": lambda one: one.person.phone,
    "新卒/中途": lambda one: KIND_WORDS[one.kind].ja,
    "応募職種": lambda one: one.selection.position,
    "応募経路": lambda one: CHANNEL_WORDS[one.selection.channel].ja,
    "応募日時": lambda one: _in_japan(one.selection.applied_at),
    "選考ステータス": lambda one: OUTCOME_WORDS[one.selection.outcome].ja,
    "選考段階": lambda one: STAGE_WORDS[one.selection.stage].ja if one.selection.stage else "",
    "選考終了日時": lambda one: _in_japan(one.selection.ended_at),
    "選考理由": lambda one: one.selection.reason,
    **{f"{interview}評価": _rating(interview) for interview in _RATED},
    "勤務先": lambda one: "、".join(one.person.employers),
    "業界": lambda one: label("industry", one.career.industry).ja,
    "経験年数": _years,
    "スキル": lambda one: "、".join(one.career.skills),
    "語学": lambda one: "、".join(LANGUAGE_WORDS[code] for code in one.career.languages),
    "希望年収(万円)": _salary,
    "希望勤務地": lambda one: label("prefecture", one.career.prefecture).ja,
    "雇用形態": lambda one: label("employment", one.career.employment).ja,
    "入社可能時期": lambda one: one.career.available_from,
    "リモート希望": _remote,
    "職務要約": lambda one: one.career.summary,
    "推薦コメント": lambda one: one.career.endorsement,
    "書類破棄の約束": lambda one: "あり" if one.selection.destroy_documents else "なし",
    "連絡可否": lambda one: "可" if one.selection.may_contact else "不可",
    "備考": lambda one: one.selection.comment,
    # A column that means nothing here, as every real list has one.
    "更新者": lambda _: "採用担当",
}
