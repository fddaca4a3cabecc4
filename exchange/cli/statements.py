"""The command that writes out a settled month's statements."""

from pathlib import Path

import click

from exchange.cli.opening import opened, say
from exchange.cli.spoken import SpokenCommand, option, output_options, spoken
from exchange.domain.errors import NotFoundError
from exchange.services import statements as cases
from exchange.services.statements import Told
from exchange.services.work import Work
from exchange.store import points as rows

STATEMENTS_JA = """
精算した月の枠明細書(全社分)と相殺を書き出します。

枠明細書は会社ごとに、原本のJSONと、そのハッシュを記した和文・英文のテキストになります。
相殺(紹介会社どうしの貸し借り)は、台帳にハッシュがあるとおりのJSONです。

例:
  exchange statements --out var/statements --period 2027-01
"""


@click.command(cls=SpokenCommand, ja=STATEMENTS_JA)
@option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write to; it is made where it is missing.",
    ja="書き出すフォルダ。なければ作ります。",
)
@option(
    "--period",
    default="",
    help="Month, YYYY-MM; the last settled one unless given.",
    ja="月(YYYY-MM)。指定がなければ、最後に精算した月。",
)
@output_options
def statements(*, out: Path, period: str, as_json: bool) -> None:
    """Write every company's statement of a settled month, and what agencies owe one another.

    Each statement comes as JSON, the original to the byte, and as a text in Japanese and English
    that carries the original's hash; the netting comes as JSON, as the ledger has its hash.

    \b
    Example:
      exchange statements --out var/statements --period 2027-01
    """
    with opened() as hub, hub.reading() as work:
        month = period or _newest(work)
        found = cases.of_period(work, month)
        netting = cases.netting_of(work, month)
    if netting is None:
        raise click.ClickException(
            spoken(en=f"No month {month} is settled.", ja=f"{month} はまだ精算されていません。")
        )
    out.mkdir(parents=True, exist_ok=True)
    written = [str(path) for one in found for path in _write(out, one)]
    owed = out / f"{month}-netting.json"
    owed.write_bytes(netting)
    written.append(str(owed))
    say("\n".join(written), {"written": written}, as_json=as_json)


def _newest(work: Work) -> str:
    """Return the month settled last."""
    run = rows.newest_run(work.session)
    if run is None:
        raise NotFoundError(
            "No month is settled yet.",
            mend="Run `exchange worker --once`.",
            detail_ja="精算した月はまだありません。",
            mend_ja="`exchange worker --once` を実行してください。",
        )
    return run.period


def _write(out: Path, one: Told) -> tuple[Path, Path]:
    """Write one statement; return the paths of the original and of the text."""
    original = out / f"{one.period}-{one.statement.company}.json"
    readable = original.with_suffix(".txt")
    original.write_bytes(one.raw)
    readable.write_text(cases.as_text(one), encoding="utf-8")
    return original, readable
