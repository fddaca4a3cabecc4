"""The command that writes out a settled month's statements."""

from pathlib import Path

import click

from exchange.cli.opening import as_json, opened, say
from exchange.domain.errors import NotFoundError
from exchange.services import statements as cases
from exchange.services.statements import Told
from exchange.services.work import Work
from exchange.store import points as rows


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="Folder to write to; it is made where it is missing.",
)
@click.option("--period", default="", help="Month, YYYY-MM; the last settled one unless given.")
@as_json
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
        raise click.ClickException(f"No month {month} is settled.")
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
        raise NotFoundError("No month is settled yet.", mend="Run `exchange worker --once`.")
    return run.period


def _write(out: Path, one: Told) -> tuple[Path, Path]:
    """Write one statement; return the paths of the original and of the text."""
    original = out / f"{one.period}-{one.statement.company}.json"
    readable = original.with_suffix(".txt")
    original.write_bytes(one.raw)
    readable.write_text(cases.as_text(one), encoding="utf-8")
    return original, readable
