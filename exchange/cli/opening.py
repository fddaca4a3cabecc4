"""How every command opens the hub, speaks, and fails in plain words."""

import errno
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Final, NoReturn

import click

from exchange.cli.spoken import spoken
from exchange.config import Settings
from exchange.domain.errors import ExchangeError, OfficeError
from exchange.hub import Hub, open_hub
from exchange.store import transaction
from exchange.store.columns import Json
from relay_protocol.errors import ProtocolError

_FAULTS_JA: Final[Mapping[int, str]] = MappingProxyType(
    {
        errno.ENOENT: "ファイルかフォルダがありません。",
        errno.EACCES: "権限がありません。",
        errno.EPERM: "権限がありません。",
        errno.EEXIST: "同じ名前のものがあります。",
        errno.ENOTDIR: "フォルダではありません。",
        errno.EISDIR: "フォルダです。",
        errno.EROFS: "書き込めない場所です。",
        errno.ENOSPC: "空き容量がありません。",
        errno.ENAMETOOLONG: "名前が長すぎます。",
    }
)
"""What is wrong with a file, as the system numbers it."""


@contextmanager
def opened() -> Iterator[Hub]:
    """Open the hub of the environment; whatever was attested is sequenced at the end."""
    with refusals():
        hub = open_hub(Settings.from_environment())
        try:
            yield hub
            hub.sequence()
        finally:
            hub.close()


@contextmanager
def refusals() -> Iterator[None]:
    """Turn a refusal into one sentence on standard error and exit code 1."""
    try:
        yield
    except ExchangeError as error:
        place = f"{error.field}: " if error.field else ""
        detail = spoken(en=error.detail, ja=error.detail_ja or _in_english(error.detail))
        mend = spoken(en=error.mend, ja=error.mend_ja or error.mend)
        heading = spoken(en="To mend it:", ja="対処:")
        _refuse(f"{place}{detail}" + (f"\n  {heading} {mend}" if mend else ""))
    except OfficeError as error:
        _refuse(spoken(en=str(error), ja=error.detail_ja))
    except ProtocolError as error:
        _refuse(spoken(en=str(error), ja=_in_english(str(error))))
    except OSError as error:
        # Whoever has closed the pipe that is written to wants no more of it: click knows how.
        if error.filename is None:
            raise
        why = spoken(
            en=str(error.strerror), ja=_FAULTS_JA.get(error.errno or 0, str(error.strerror))
        )
        _refuse(f"{error.filename}: {why}")
    except Exception as error:
        if not transaction.is_away(error):
            raise
        _refuse(
            spoken(
                en="The database of DATABASE_URL takes nothing now: see that it runs, is not full, "
                "and lets the hub in.",
                ja="DATABASE_URL のデータベースを使えません。動いているか、空きがあるか、"
                "ハブが接続できるかを確かめてください。",
            )
        )


def _refuse(why: str) -> NoReturn:
    """Say why nothing was done, and end with exit code 1."""
    click.echo(f"{spoken(en='Refused. ', ja='実行できません。')}{why}", err=True)
    sys.exit(1)


def _in_english(detail: str) -> str:
    """Return what the protocol says of a value, which is the same for all of its programs."""
    return f"渡された内容が取り決めに合いません。詳細(英語): {detail}"


def say(text: str, document: Json, *, as_json: bool) -> None:
    """Print a sentence for people, or the same as one JSON object for programs."""
    click.echo(json.dumps(document, ensure_ascii=False, sort_keys=True) if as_json else text)
