"""Letters as files: one `.eml` draft each, and `links.csv` for a mail merge elsewhere."""

import csv
import io
import os
import re
from collections.abc import Sequence
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path

from career_relay.letters.letter import Letter

_OWNER_ONLY = 0o600
_FOLDER_MODE = 0o700
_LINKS_HEADER = ("応募ID", "氏名", "メールアドレス", "リンク", "期限", "言語")
# A spreadsheet runs what begins so; a name does not, but what was imported may.
_RUNS_IN_SPREADSHEETS = ("=", "+", "-", "@", "\t", "\r")


def eml_bytes(letter: Letter, *, at: datetime) -> bytes:
    """Return a letter as a message that mail programs open as a draft (RFC 5322, X-Unsent).

    Args:
        letter: the letter.
        at: the instant it bears.
    """
    message = EmailMessage(policy=SMTP)
    local, _, domain = letter.to_address.rpartition("@")
    message["From"] = letter.sender
    message["To"] = Address(display_name=letter.to_name, username=local, domain=domain)
    message["Subject"] = letter.subject
    message["Date"] = at
    message["X-Unsent"] = "1"
    message.set_content(letter.text, cte="base64")
    message.add_alternative(letter.html, subtype="html", cte="base64")
    # Set last: making the alternative moves what was said about the content into its first part.
    message["Content-Language"] = letter.language
    # The same letter gives the same bytes: the boundary is not drawn, but follows from it.
    message.set_boundary(f"relay-{sha256(letter.link.encode()).hexdigest()[:32]}")
    return message.as_bytes()


def links_bytes(letters: Sequence[Letter]) -> bytes:
    """Return all links as a CSV in UTF-8 with BOM, which Excel opens without asking."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(_LINKS_HEADER)
    for letter in letters:
        row = (
            letter.application.partition(":")[2],
            letter.to_name,
            letter.to_address,
            letter.link,
            letter.expires_on.strftime("%Y/%m/%d"),
            letter.language,
        )
        writer.writerow(_harmless(cell) for cell in row)
    return written.getvalue().encode("utf-8-sig")


def write_letters(letters: Sequence[Letter], folder: Path, *, at: datetime) -> list[Path]:
    """Write one draft per letter and one `links.csv`, readable by their owner alone.

    A file is there whole or not at all; writing again replaces it.

    Args:
        letters: all that belong together.
        folder: made when there is none.
        at: the instant the letters bear.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_MODE)
    written = [
        _write(folder / f"{_file_name(letter)}.eml", eml_bytes(letter, at=at)) for letter in letters
    ]
    return [*written, _write(folder / "links.csv", links_bytes(letters))]


def _write(path: Path, content: bytes) -> Path:
    draft = path.with_name(path.name + ".part")
    with os.fdopen(
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY), "wb"
    ) as file:
        file.write(content)
    return draft.replace(path)


def _file_name(letter: Letter) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", letter.application.partition(":")[2]).strip("-.")
    # Ids that differ only in what a file name cannot hold still get files of their own.
    mark = sha256(letter.application.encode()).hexdigest()[:8]
    return f"{plain[:60] or 'letter'}-{mark}.{letter.language}"


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_RUNS_IN_SPREADSHEETS) else cell
