"""Commands that open the scheme and adopt its rules and notices."""

import json
from datetime import date
from importlib.resources import files
from pathlib import Path

import click

from exchange.cli.opening import opened, refusals, say
from exchange.cli.spoken import (
    SpokenCommand,
    SpokenGroup,
    language_option,
    option,
    output_options,
    spoken,
)
from exchange.config import Settings
from exchange.domain.errors import BadInputError
from exchange.hub import Clock, open_hub
from exchange.services import scheme as services
from exchange.services.scheme import Opening
from exchange.store import migrate, transaction
from exchange.vault import keyring

INIT_JA = """
新しい制度の鍵、データベース、台帳を作ります。

事務局、ハブ、台帳の鍵を EXCHANGE_KEYS に作り(すでにある鍵は上書きしません)、
データベースを最新の構造にし、台帳に記載 0 を書きます。鍵は、この機械とは
別の場所にもバックアップしてください。

例:
  exchange init --name リレー協議会 --name-en "Relay Consortium" --operator office \\
                --corporate-number 8000000000001 --contact office@example.jp
"""

UPGRADE_JA = """
データベースの構造をこの版に合わせます。

新しい版を入れた後に実行します。先に `exchange serve` と worker を止め、終わったら
起動してください。前の版は、この版が必要とするものをすべては書き込みません。

データベースが別の場所にあるときの例:
  DATABASE_URL=postgresql://db.example.jp/exchange exchange upgrade
"""

RULES_JA = """
制度の規約の数値を採択します。
"""

ADOPT_RULES_JA = """
FILE(JSON)の規約の数値を採択します。

指定の日から有効です。他社紹介は、行われたときに有効だった版に、その後もずっと従います。

例:
  exchange rules adopt rules.json --from 2026-12-01
"""

NOTICE_JA = """
ご本人が同意の前に読む説明文を採択します。
"""

ADOPT_NOTICE_JA = """
説明文の版(和文と英文)を採択します。

採択した後に変わることはありません。

例:
  exchange notice adopt --version 2026-12-A
"""


@click.command(cls=SpokenCommand, ja=INIT_JA)
@option(
    "--name",
    required=True,
    help="The scheme's name as people see it, in Japanese.",
    ja="利用者が目にする制度の名前(和文)。",
)
@option("--name-en", required=True, help="The same in English.", ja="制度の名前(英文)。")
@option(
    "--operator",
    required=True,
    help="Slug of the consortium's office.",
    ja="事務局の略称(slug)。",
)
@option(
    "--corporate-number",
    required=True,
    help="Its 法人番号, 13 digits.",
    ja="事務局の法人番号(13桁)。",
)
@option(
    "--contact",
    required=True,
    help="Where people reach the office.",
    ja="事務局の連絡先。",
)
@option(
    "--demo",
    is_flag=True,
    help="A scheme for trials: its clock may be moved.",
    ja="試行用の制度にします(時計を進められます)。",
)
@output_options
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
                    --corporate-number 8000000000001 --contact office@example.jp
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
        try:
            with transaction.writing(transaction.sessions_of(engine)) as session:
                services.open_scheme(session, ring, opening, Clock().now())
        finally:
            engine.dispose()
        hub = open_hub(settings)
        try:
            hub.sequence()
        finally:
            hub.close()
        vkey = hub.scheme.ledger_vkey
    say(
        spoken(
            en=f"The scheme is open at {settings.url}.\n"
            f"The ledger's key, to be pinned by all: {vkey}",
            ja=f"制度を開きました: {settings.url}\n全員の手元に置く、台帳の検証鍵: {vkey}",
        ),
        {"url": settings.url, "ledger": vkey},
        as_json=as_json,
    )


@click.command(cls=SpokenCommand, ja=UPGRADE_JA)
@language_option
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
    click.echo(
        spoken(
            en="The database is at this release's schema.",
            ja="データベースは、この版の構造です。",
        )
    )


@click.group(cls=SpokenGroup, ja=RULES_JA)
@language_option
def rules() -> None:
    """Adopt the numbers that the scheme plays by."""


@rules.command("adopt", ja=ADOPT_RULES_JA)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option(
    "--from",
    "valid_from",
    required=True,
    help="First day of validity, YYYY-MM-DD.",
    ja="有効になる日(YYYY-MM-DD)。",
)
@output_options
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
    text = spoken(
        en=f"Rules {adopted.version} are adopted, valid from {valid_from}.",
        ja=f"規約の数値 {adopted.version} を採択しました。{valid_from} から有効です。",
    )
    say(text, {"version": adopted.version, "valid_from": valid_from}, as_json=as_json)


@click.group(cls=SpokenGroup, ja=NOTICE_JA)
@language_option
def notice() -> None:
    """Adopt the text that candidates read before they decide."""


@notice.command("adopt", ja=ADOPT_NOTICE_JA)
@option(
    "--version",
    default="2026-12-A",
    show_default=True,
    help="A shipped version.",
    ja="収められている版の名前。",
)
@output_options
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
                raise BadInputError(
                    f"There is no notice {version} in {language}.",
                    field="version",
                    detail_ja=f"説明文 {version}({language})は収められていません。",
                )
            texts[language] = file.read_text(encoding="utf-8")
        with hub.work() as work:
            services.adopt_notice(work, version, ja=texts["ja"], en=texts["en"])
    text = spoken(en=f"Notice {version} is adopted.", ja=f"説明文 {version} を採択しました。")
    say(text, {"version": version}, as_json=as_json)


def _day(text: str) -> date:
    """Return a day that was typed."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInputError(
            f"{text} is no day.",
            field="from",
            mend="Write YYYY-MM-DD.",
            detail_ja=f"{text} は日付ではありません。",
            mend_ja="YYYY-MM-DD の形で指定してください。",
        ) from error


def json_object(file: Path) -> dict[str, object]:
    """Return the JSON object that a file holds."""
    try:
        parsed = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise BadInputError(
            f"{file.name} is not JSON in UTF-8: {error}.",
            field=file.name,
            detail_ja=f"{file.name} はUTF-8のJSONではありません({error})。",
        ) from error
    if not isinstance(parsed, dict):
        raise BadInputError(
            f"{file.name} does not hold a JSON object.",
            field=file.name,
            detail_ja=f"{file.name} の中身がJSONのオブジェクトではありません。",
        )
    return parsed
