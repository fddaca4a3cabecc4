"""The command that makes a pack of reveals for an auditor."""

from pathlib import Path
from typing import Final

import click

from exchange.cli.opening import opened, say
from exchange.cli.spoken import SpokenCommand, option, output_options, spoken
from exchange.domain.errors import BusyError
from exchange.hub import Hub
from exchange.services import pack_making, packs
from exchange.store.audits import PackRow

TRIES: Final = 10


AUDIT_PACK_JA = """
監査人に渡す開示片の束を作ります。

いま開けるものすべてを、その監査人の鍵で封じます。監査人は
`relay-audit verify` で受け取るか、ファイルを受け取ります。ほかの人には開けません。
使えるのは7日間で、次の束を作ると入れ替わります。どなたかの記録が消去されると
取り下げになりますので、作り直してください。

最初の束にはすべてが入ります。どこまで確かめたかを残している監査人
(`relay-audit verify --state`)には、その後の分だけで足ります。--since に、
前回の監査のときの記載の件数を指定してください。

例:
  exchange audit-pack --for kansa --out kansa.pack
  exchange audit-pack --for kansa --since 120400
"""


@click.command("audit-pack", cls=SpokenCommand, ja=AUDIT_PACK_JA)
@option(
    "--for",
    "slug",
    required=True,
    help="Slug of the auditor.",
    ja="監査人の略称(slug)。",
)
@option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep the sealed pack in a file too.",
    ja="封じた束をファイルにも残します。",
)
@option(
    "--since",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="SIZE",
    help="Leave out what the auditor's own state holds: the first SIZE entries of the ledger.",
    ja="監査人の手元にある分、台帳の最初の SIZE 件を除きます。",
)
@output_options
def audit_pack(slug: str, out: Path | None, since: int, *, as_json: bool) -> None:
    """Make a pack of everything that can still be opened, sealed to an auditor's key.

    The auditor fetches it with `relay-audit verify`, or gets the file; nobody else can open it.
    It may be used for seven days, and the next pack takes its place. When somebody is erased,
    it is withdrawn: make a new one.

    The first pack holds everything. An auditor who keeps a state (`relay-audit verify --state`)
    needs only what came after: give with --since how many entries the ledger had then.

    \b
    Example:
      exchange audit-pack --for kansa --out kansa.pack
      exchange audit-pack --for kansa --since 120400
    """
    with opened() as hub:
        pack = new_pack(hub, slug, since)
        if out is not None:
            write_out(hub, pack, out)
    covered = f"entries {since} to {pack.cut - 1}" if since else f"{pack.cut} entries"
    covered_ja = f"記載 {since}〜{pack.cut - 1}" if since else f"記載 {pack.cut} 件"
    say(
        spoken(
            en=f"A pack of {covered} is made for {slug}, for use until {pack.until}.",
            ja=f"{slug} あての開示片の束を作りました({covered_ja})。{pack.until} まで使えます。",
        ),
        {"for": slug, "first": since, "cut": pack.cut, "until": pack.until.isoformat()},
        as_json=as_json,
    )


def new_pack(hub: Hub, slug: str, since: int = 0) -> PackRow:
    """Return a new pack, cut where the hub has just said how many reveals are closed.

    Args:
        slug: the auditor's.
        since: the entry from which on it holds reveals.

    Raises:
        BusyError: again and again somebody was erased meanwhile.
    """
    for _ in range(TRIES):
        with hub.work() as work:
            packs.close_reveals(work)
        hub.sequence()
        made = _made(hub, slug, since)
        if made is not None:
            return made
    raise BusyError(
        "People are being erased at this moment. Run the command again in a minute.",
        detail_ja="いま消去の処理が続いています。一分ほどおいて、もう一度実行してください。",
    )


def write_out(hub: Hub, pack: PackRow, out: Path) -> None:
    """Write the file of a pack, in one step that a crash cannot halve.

    Raises:
        NotFoundError: the pack was withdrawn meanwhile.
    """
    beside = out.with_name(f"{out.name}.new")
    try:
        with beside.open("wb") as file:
            file.writelines(packs.lines(hub.reading, pack))
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)


def _made(hub: Hub, slug: str, since: int) -> PackRow | None:
    """Return a pack, made in a transaction for each part; None where it must be begun anew."""
    with hub.work() as work:
        making = pack_making.begin(work, slug, since)
    last: int | None = -1
    while last is not None:
        with hub.work() as work:
            last = pack_making.add_reveals(work, making, last)
    with hub.work() as work:
        return pack_making.finish(work, making)
