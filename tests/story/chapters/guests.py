"""Chapter 2, with INPUT: somebody's own files, their people replaced before anything is written."""

from pathlib import Path

from career_relay.imports.reader import files_in, read
from career_relay.imports.verdicts import CODE_WORDS, Reading, UnreadableFileError
from career_relay.samples.files import csv_bytes
from career_relay.samples.standins import replace_identities
from tests.story.cast import MEMBERS
from tests.story.chapters.admission import home
from tests.story.stage import DemoError, Stage
from tests.story.teller import Teller


def import_files(stage: Stage, teller: Teller, given: Path) -> None:
    """Read somebody's files, replace everybody in them, and import what is left.

    What is kept of a verdict is its code and place: no cell, and no file's name, which may be
    somebody's own. The screen shows the names.
    """
    if not given.exists():
        raise DemoError(f"there is no {given}")
    teller.say("Your own files: every identity is replaced before anything is written.")
    for number, file in enumerate(files_in(given), start=1):
        teller.show(f"file {number} is {file.name}")
        try:
            reading = read(file)
        except UnreadableFileError as error:
            teller.say(f"file {number}: {CODE_WORDS[error.code].en}")
            continue
        _tell(teller, number, reading)
        applications = replace_identities(reading.applications, seed=number)
        if applications:
            _keep(stage, number, csv_bytes(applications))


def _keep(stage: Stage, number: int, content: bytes) -> None:
    """Write the made-up people as a CSV and let member A import it."""
    member = MEMBERS[0].slug
    file = home(stage, member) / f"your-file-{number}.csv"
    file.write_bytes(content)
    config = home(stage, member) / "relay.toml"
    stage.run("relay", "--config", config, "import", file)


def _tell(teller: Teller, number: int, reading: Reading) -> None:
    """Say what became of a file, and of each row."""
    taken, refused = len(reading.rows), len(reading.refusals)
    teller.say(f"file {number}: {taken} rows taken, {refused} refused.")
    for row in reading.rows:
        teller.show(f"  row {row.row}: taken")
    for refusal in reading.refusals:
        teller.say(f"  file {number}, row {refusal.row}: {CODE_WORDS[refusal.code].en}")
        teller.show(f"  {refusal.column}: {refusal.what.en} {refusal.mend.en}")
    for note in reading.notes:
        teller.say(f"  file {number}, row {note.row}: {CODE_WORDS[note.code].en}")
