"""Telling candidates ourselves that their contact was passed on, so that no hub can hide it."""

import os
from pathlib import Path

from career_relay.application import Application
from career_relay.assets import applications, referrals, releases
from career_relay.assets.releases import Release
from career_relay.clock import day_in_japan
from career_relay.connection import Connection
from career_relay.letters.provision import provision_eml

FOLDER = "released"

_FOLDER_MODE = 0o700
_OWNER_ONLY = 0o600


def tell_released(connection: Connection) -> list[Path]:
    """Write a letter for everybody who was not told yet that their contact was passed on.

    Without [company] in relay.toml nobody could sign it: then they are told in a later round.
    Who has no e-mail address, or has withdrawn or been forgotten since, gets none.
    """
    company = connection.config.company
    if not (company.contact and company.sender and (company.name or company.name_en)):
        return []
    with connection.store.reading() as rows:
        due = [one for one in releases.every(rows) if one.released_at and not one.told_at]
    return [path for one in due if (path := _tell(connection, one)) is not None]


def _tell(connection: Connection, release: Release) -> Path | None:
    """Write one letter, and note that it was written."""
    with connection.store.reading() as rows:
        referral = referrals.find(rows, release.referral)
        application = None if referral is None else applications.find(rows, referral.application)
    path = None
    if application is not None and application.person.email and referral is not None:
        path = connection.config.letters / FOLDER / f"{release.claim}.{application.locale}.eml"
        _write(path, _letter(connection, release, application))
    with connection.store.transaction() as rows:
        releases.mark_told(rows, release.claim, at=connection.now())
    return path


def _letter(connection: Connection, release: Release, application: Application) -> bytes:
    return provision_eml(
        application,
        connection.config.company,
        agency=release.agency_name,
        licence=release.licence,
        items=release.items,
        on=day_in_japan(release.released_at or release.sealed_at),
    )


def _write(path: Path, content: bytes) -> None:
    """Write a letter that its owner alone can read."""
    path.parent.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, _OWNER_ONLY), "wb") as file:
        file.write(content)
