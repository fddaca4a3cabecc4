"""Commands that run the hub: the web server, and the worker with its timetable."""

import resource
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pkgutil import resolve_name
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

import click
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from exchange import jobs
from exchange.cli.opening import opened, refusals, say
from exchange.cli.spoken import SpokenCommand, language_option, option, output_options, spoken
from exchange.config import Settings
from exchange.hub import HubError, open_hub
from relay_protocol import listening

# So many clients may be connected at once; what comes beyond waits in the backlog.
CONNECTIONS = 4_096
FILES_BESIDES = 256
HEAD_WITHIN_S = 30
LARGEST_HEAD_BYTES = 64 * 1024
# Whoever is still being answered when the server is told to stop has so long.
ENDS_WITHIN_S = 10


SERVE_JA = """
ページ、API、台帳を、止められるまで提供します。

プロキシの後ろでは、EXCHANGE_URL に利用者から見えるアドレスを設定してください。
トークンとパスキーは、そのアドレスのために作られます。

プロキシの後ろの例:
  EXCHANGE_URL=https://hub.example.jp exchange serve --port 8400
"""

WORKER_JA = """
期限の来たことを処理し、月次精算をします。

期限の過ぎた打診と同意を終え、プロフィールを掲載し、終わった月を精算します。

`exchange serve` とは別の、一つのプロセスで動かします。毎回、何の期限が来ているかを
データベースに尋ねますので、一回抜けても次に取り戻し、余分に動かしても何も起きません。

試すとき、障害の後の例:
  exchange worker --once
  exchange worker --once --as-of 2027-01-31
"""

JOBS_JA: Final[Mapping[str, str]] = MappingProxyType(
    {
        "consents end": "期限が来て終わった同意",
        "invitations end": "期限が来て終わったご案内",
        "claims end": "期限が来て終わった打診",
        "envelopes are emptied": "中身を消した封書",
        "profiles are listed": "掲載したプロフィール",
        "stale requests are forgotten": "片づけた古いリクエスト",
        "months are settled": "精算した月",
        "closed reveals are stated": "閉じた開示片の申告",
        "books are checked": "確かめた月次精算",
    }
)
"""What each job has done, as a round is told of in Japanese."""


@click.command(cls=SpokenCommand, ja=SERVE_JA)
@option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen at.",
    ja="待ち受けるアドレス。",
)
@option(
    "--port",
    type=int,
    default=None,
    help="Port; that of EXCHANGE_URL unless given.",
    ja="ポート。指定がなければ EXCHANGE_URL のもの。",
)
@language_option
def serve(host: str, port: int | None) -> None:
    """Serve the pages, the API and the ledger until it is stopped.

    Behind a proxy, set EXCHANGE_URL to the address that people see: tokens and passkeys are
    made for it.

    \b
    Example, behind a proxy:
      EXCHANGE_URL=https://hub.example.jp exchange serve --port 8400
    """
    with refusals():
        settings = Settings.from_environment()
        hub = open_hub(settings)
        try:
            # What an older database took in would be lost with it.
            hub.require_published()
        finally:
            hub.close()
        port = port or urlsplit(settings.url).port or 8400
        _require_own(host, port)
    serve_target("exchange.app:whole_from_environment", host, port)


def serve_target(target: str, host: str, port: int) -> None:
    """Serve an ASGI application from one worker process, until this process is told to stop.

    Args:
        target: "module:function" that makes the application in the worker process.
        host: the address to listen at.
        port: the port.
    """
    Server(
        target,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        # One connection is one request at a time: their number bounds what is being received.
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEAD_WITHIN_S * 1000, max_buffer_size=LARGEST_HEAD_BYTES
        ),
        backpressure=connections_allowed(),
        workers_kill_timeout=ENDS_WITHIN_S,
        log_access=False,
        websockets=False,
    ).serve(target_loader=partial(_load, target), wrap_loader=False)


def _load(target: str) -> Callable[..., object]:
    """Return the application, in the process that serves it."""
    listening.end_with_parent()
    make: Callable[[], Callable[..., object]] = resolve_name(target)
    return make()


def _require_own(host: str, port: int) -> None:
    """Return if this process may listen at an address, and nobody else does.

    Raises:
        HubError: it cannot; the text says why.
    """
    try:
        listening.require_own(host, port)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise HubError(
            f"{host}:{port} cannot be listened at: {why}; choose --port or --host",
            detail_ja=f"{host}:{port} では待ち受けられません({why})。"
            "--port か --host で別の場所を指定してください。",
        ) from error


def connections_allowed() -> int:
    """Return how many clients may be connected at once, with a file for the body of each.

    Granian has raised the number of files that the process may open as far as it may.
    """
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return CONNECTIONS
    return max(min(CONNECTIONS, (files - FILES_BESIDES) // 2), 1)


@click.command(cls=SpokenCommand, ja=WORKER_JA)
@option(
    "--once",
    is_flag=True,
    help="Do one round of all that is due, and end.",
    ja="期限の来たものを一回りして終わります。",
)
@option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="With --once: settle only months that were over by this day.",
    ja="--once とともに: この日までに終わった月だけを精算します。",
)
@output_options
def worker(*, once: bool, as_of: datetime | None, as_json: bool) -> None:
    """Do what comes due: end claims and consents, list profiles, settle months.

    Run it as one process of its own beside `exchange serve`. Every round asks the database what
    is due, so that a missed round heals by itself and one too many does nothing.

    \b
    Examples, for trials and after a failure:
      exchange worker --once
      exchange worker --once --as-of 2027-01-31
    """
    if as_of is not None and not once:
        raise click.UsageError(
            spoken(
                en="--as-of goes with --once",
                ja="--as-of は --once とともに指定してください。",
            )
        )
    with opened() as hub:
        if not once:
            jobs.run_for_ever(hub)
            return
        done = jobs.run_once(hub, None if as_of is None else as_of.date())
    lines = [f"{count:>6}  {spoken(en=name, ja=JOBS_JA[name])}" for name, count in done.items()]
    say("\n".join(lines), done, as_json=as_json)
