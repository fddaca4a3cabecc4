"""Commands that open the scheme and adopt its rules and notices."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import click

from exchange.cli.opening import as_json, opened, refusals, say
from exchange.config import Settings
from exchange.domain.errors import BadInputError
from exchange.hub import Clock, open_hub
from exchange.services import scheme as services
from exchange.services.scheme import Opening
from exchange.store import migrate, transaction
from exchange.vault import keyring


@click.command()
@click.option("--name", required=True, help="The scheme's name as people see it, in Japanese.")
@click.option("--name-en", required=True, help="The same in English.")
@click.option("--operator", required=True, help="Slug of the consortium's office.")
@click.option("--corporate-number", required=True, help="Its 法人番号, 13 digits.")
@click.option("--contact", required=True, help="Where people reach the office.")
@click.option("--demo", is_flag=True, help="A scheme for trials: its clock may be moved.")
@as_json
def init(
    *,
    name: str,
    name_en: str,
    operator: str,
    corporate_number: str,
    contact: str,
    demo: bool,
    as_json: bool,
) -> None:
    """Create keys, database and ledger of a new scheme.

    Draws the office's, the hub's and the log's keys into EXCHANGE_KEYS (existing keys are never
    overwritten), brings the database to its newest schema and writes entry 0 of the ledger.
    Keep a copy of the keys away from this machine.

    \b
    Example:
      exchange init --name リレー協議会 --name-en "Relay Consortium" --operator office \\
                    --corporate-number 1234567890123 --contact office@example.jp
    """
    with refusals():
        settings = Settings.from_environment()
        migrate.upgrade(settings.database_url, owner_url=settings.owner_url)
        fresh = not (settings.keys / keyring.MASTER_FILE).exists()
        ring = keyring.create(settings.keys) if fresh else keyring.load(settings.keys)
        engine = transaction.connect(settings.database_url)
        opening = Opening(
            name=name,
            name_en=name_en,
            web_origin=settings.url,
            operator=operator,
            operator_number=corporate_number,
            contact=contact,
            demo=demo,
        )
        with transaction.writing(transaction.sessions_of(engine)) as session:
            services.open_scheme(session, ring, opening, Clock().now())
        engine.dispose()
        hub = open_hub(settings)
        hub.sequence()
        vkey = hub.scheme.ledger_vkey
        hub.close()
    say(
        f"The scheme is open at {settings.url}.\nThe ledger's key, to be pinned by all: {vkey}",
        {"url": settings.url, "ledger": vkey},
        as_json=as_json,
    )


@click.command()
def upgrade() -> None:
    """Bring the database to this release's schema; run it after installing a new release.

    Stop `exchange serve` and the worker before it, and start them again after it: an older
    release does not write all that this one looks for.

    \b
    Example, for a database elsewhere:
      DATABASE_URL=postgresql://db.example.jp/exchange exchange upgrade
    """
    with refusals():
        settings = Settings.from_environment()
        migrate.upgrade(settings.database_url, owner_url=settings.owner_url)
    click.echo("The database is at this release's schema.")


@click.group()
def rules() -> None:
    """Adopt the numbers that the scheme plays by."""


@rules.command("adopt")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--from", "valid_from", required=True, help="First day of validity, YYYY-MM-DD.")
@as_json
def adopt_rules(file: Path, valid_from: str, *, as_json: bool) -> None:
    """Adopt the version of the rules in FILE (JSON), valid from a day on.

    A referral is judged for ever by the version in force when it was made.

    \b
    Example:
      exchange rules adopt rules.json --from 2026-12-01
    """
    with opened() as hub:
        document = json_object(file)
        with hub.work() as work:
            adopted = services.adopt_rules(work, document, _day(valid_from))
    text = f"Rules {adopted.version} are adopted, valid from {valid_from}."
    say(text, {"version": adopted.version, "valid_from": valid_from}, as_json=as_json)


@click.group()
def notice() -> None:
    """Adopt the text that candidates read before they decide."""


@notice.command("adopt")
@click.option("--version", default="2026-12-A", show_default=True, help="A shipped version.")
@as_json
def adopt_notice(version: str, *, as_json: bool) -> None:
    """Adopt a version of the notice, in Japanese and English; it never changes afterwards.

    \b
    Example:
      exchange notice adopt --version 2026-12-A
    """
    folder = files("exchange") / "notices"
    with opened() as hub:
        texts = {}
        for language in ("ja", "en"):
            file = folder / f"{version}.{language}.md"
            if not file.is_file():
                raise BadInputError(f"There is no notice {version} in {language}.", field="version")
            texts[language] = file.read_text(encoding="utf-8")
        with hub.work() as work:
            services.adopt_notice(work, version, ja=texts["ja"], en=texts["en"])
    say(f"Notice {version} is adopted.", {"version": version}, as_json=as_json)


def _day(text: str) -> date:
    """Return a day that was typed."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(f"{text} is no day.", field="from", mend="Write YYYY-MM-DD.") from error


def json_object(file: Path) -> dict[str, object]:
    """Return the JSON object that a file holds."""
    try:
        parsed = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInputError(
            f"{file.name} is not JSON in UTF-8: {error}.", field=file.name
        ) from error
    if not isinstance(parsed, dict):
        raise BadInputError(f"{file.name} does not hold a JSON object.", field=file.name)
    return parsed
