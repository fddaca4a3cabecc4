"""Chapters 0, 2 and 3: a newcomer's first look, the members' imports, their letters."""

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

from career_relay.samples.files import csv_bytes, greenhouse_bytes, workbook_bytes
from career_relay.samples.generate import Mix, applications
from tests.story.cast import MEMBERS, Player
from tests.story.chapters.admission import home
from tests.story.stage import DemoError, Stage
from tests.story.teller import Teller

ROWS_EACH = 120
FORMATS = {"mirai": "xlsx", "aozora": "csv", "kaname": "json"}
MIX = Mix(focus=0.85, leaking=0.02)


def first_look(stage: Stage, teller: Teller) -> None:
    """Let a newcomer look at the shipped samples, without hub or keys."""
    teller.chapter(0, "A newcomer tries a file, without hub or keys")
    samples = ("xlsx", "csv", "greenhouse")
    tried = stage.each(lambda sample: stage.ask_relay("try", "--sample", sample), samples)
    for sample, seen in zip(samples, tried, strict=True):
        eligible = _count(seen, "eligible")
        rows = _count(seen, "taken")
        teller.say(
            f"relay try --sample {sample}: {rows} rows read, {eligible} eligible.",
            **{f"{sample}_eligible": eligible},
        )


def import_everything(stage: Stage, teller: Teller, today: date) -> None:
    """Let each member import its own export, each from another system, and once more."""
    teller.chapter(2, "Members A, B and C import what their systems hold")
    found = stage.each(lambda member: import_export(stage, member, today), MEMBERS)
    for member, eligible in zip(MEMBERS, found, strict=True):
        teller.say(
            f"{member.name_en}: {ROWS_EACH} rows from {FORMATS[member.slug]}, {eligible} eligible; "
            "a second import changed nothing.",
            **{f"{member.slug}_eligible": eligible},
        )


def import_export(stage: Stage, member: Player, today: date) -> int:
    """Import a member's export twice, and return how many may be invited."""
    file = export_of(stage, member, today)
    stage.relay(member.slug, "import", file)
    if _changes(stage.relay(member.slug, "import", file)):
        message = f"importing {file.name} twice changed something"
        raise DemoError(message)
    return _count(stage.relay(member.slug, "eligible"), "eligible")


def invite_everybody(stage: Stage, teller: Teller) -> dict[str, list[str]]:
    """Let each member register invitations and write letters; return the links by member."""
    teller.chapter(3, "Invitations without personal data, and the letters")
    links = {}
    stage.each(lambda member: stage.relay(member.slug, "invite", "--yes"), MEMBERS)
    for member in MEMBERS:
        (folder,) = (stage.folder / "letters" / member.slug).iterdir()
        links[member.slug] = [row["リンク"] for row in _links(folder)]
        letters = len(list(folder.glob("*.eml")))
        teller.say(
            f"{member.name_en}: {letters} letters written as .eml, the links in links.csv.",
            **{f"{member.slug}_letters": letters},
        )
    return links


def export_of(stage: Stage, member: Player, today: date) -> Path:
    """Write what a member's own system would export, in that system's format."""
    held = applications(member.seed, ROWS_EACH, today=today, mix=MIX)
    form = FORMATS[member.slug]
    made_at = datetime(today.year, today.month, today.day, tzinfo=UTC)
    content = {
        "xlsx": lambda: workbook_bytes(held, made_at=made_at),
        "csv": lambda: csv_bytes(held),
        "json": lambda: greenhouse_bytes(held),
    }[form]()
    file = home(stage, member.slug) / f"ended-applications.{form}"
    file.write_bytes(content)
    return file


def _links(folder: Path) -> list[dict[str, str]]:
    """Return the rows of links.csv."""
    text = (folder / "links.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def _count(answer: dict[str, object], name: str) -> int:
    """Return a number of a command's answer, or how long a list of it is."""
    value = answer.get(name)
    if isinstance(value, list):
        return len(value)
    if not isinstance(value, int):
        message = f"no count of {name} among {sorted(answer)}"
        raise DemoError(message)
    return value


def _changes(answer: dict[str, object]) -> bool:
    """Return whether an import says that it took anything new, or changed anything."""
    files = answer["files"]
    if not isinstance(files, list):
        raise DemoError(str(answer))
    return any(file["new"] or file["changed"] for file in files)
