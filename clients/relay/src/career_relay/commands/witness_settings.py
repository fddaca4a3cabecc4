"""Which key, state and logs a witness's command works with, as its options say."""

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path

import click

from career_relay.commands.spoken import SpokenOption
from career_relay.errors import RelayError
from career_relay.witness.serving import WitnessSettings
from career_relay.words import Words, same
from relay_protocol.errors import NoteError, PolicyError
from relay_protocol.note import ED25519, VerifierKey
from relay_protocol.policy import Policy

_MAX_PORT = 65_535

key_option = click.option(
    "--key",
    default=Path("keys/witness.key"),
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    cls=SpokenOption,
    words=Words(en="The witness's private key.", ja="立会人の秘密鍵。"),
)
state_option = click.option(
    "--state",
    default=Path("witness.db"),
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    cls=SpokenOption,
    words=Words(
        en="What was cosigned so far; keep it as long as the key.",
        ja="これまでの署名の記録。鍵がある限り保管します。",
    ),
)
_log_option = click.option(
    "--log",
    "logs",
    multiple=True,
    metavar="VKEY",
    cls=SpokenOption,
    words=Words(
        en="Verifier key of a log to watch; may be given several times.",
        ja="監視するログの検証鍵(複数指定できます)。",
    ),
)
_policy_option = click.option(
    "--policy",
    type=click.Path(path_type=Path, dir_okay=False),
    cls=SpokenOption,
    words=Words(
        en="A policy file; its log lines are watched too.",
        ja="ポリシーファイル。その log の行も監視します。",
    ),
)


_clock_option = click.option(
    "--clock",
    type=click.Path(path_type=Path, dir_okay=False),
    cls=SpokenOption,
    words=Words(
        en="By how many seconds a demonstration runs ahead.",
        ja="デモの時計を進める秒数のファイル。",
    ),
)


class WitnessSettingError(RelayError):
    """A policy, a verifier key or an address given to a command cannot be read."""


def settings_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add --key, --state, --log, --policy and --clock to a command, as its `settings`."""

    @wraps(command)
    def called(
        context: click.Context,
        /,
        key: Path,
        state: Path,
        logs: tuple[str, ...],
        policy: Path | None,
        clock: Path | None,
        **told: object,
    ) -> None:
        settings = WitnessSettings(
            key=key, state=state, log_keys=_log_keys(logs, policy), clock=clock
        )
        command(context, settings=settings, **told)

    for option in (_clock_option, _policy_option, _log_option, state_option, key_option):
        called = option(called)
    return called


def require_logs(settings: WitnessSettings) -> None:
    """Refuse to witness without a log to watch.

    Raises:
        WitnessSettingError: neither --log nor --policy names one.
    """
    if not settings.log_keys:
        raise WitnessSettingError(
            Words(en="No log is named.", ja="ログが指定されていません。"),
            Words(
                en="Give the log's verifier key with --log, or a policy with --policy.",
                ja="--log でログの検証鍵を、または --policy でポリシーを指定してください。",
            ),
        )


def _log_keys(logs: Iterable[str], policy: Path | None) -> tuple[str, ...]:
    """Return the verifier keys of all logs to watch."""
    found = [] if policy is None else [line.vkey for line in _policy(policy).logs]
    for text in logs:
        try:
            key = VerifierKey.parse(text)
        except NoteError as error:
            raise _not_a_log_key(text) from error
        if key.kind != ED25519:
            raise _not_a_log_key(text)
        found.append(key)
    return tuple(dict.fromkeys(key.encode() for key in found))


def _policy(path: Path) -> Policy:
    try:
        return Policy.decode(path.read_bytes())
    except OSError as error:
        raise WitnessSettingError(
            Words(en=f"{path} cannot be read.", ja=f"{path} を開けません。")
        ) from error
    except PolicyError as error:
        raise WitnessSettingError(
            Words(
                en=f"{path}, line {error.line}: {error.detail}.",
                ja=f"{path} の {error.line} 行目を読めません({error.detail})。",
            ),
            same(error.mend),
        ) from error


def _not_a_log_key(text: str) -> WitnessSettingError:
    return WitnessSettingError(
        Words(
            en=f"{text!r} is no log's verifier key.", ja=f"{text!r} はログの検証鍵ではありません。"
        ),
        Words(
            en="It has the form name+hex8+base64; take it from the office's papers.",
            ja="name+hex8+base64 の形です。事務局の書面で確かめてください。",
        ),
    )


def listening(listen: str) -> tuple[str, int]:
    """Return host and port of where to listen.

    Raises:
        WitnessSettingError: it is no HOST:PORT.
    """
    host, _, port = listen.rpartition(":")
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port) <= _MAX_PORT:
        raise WitnessSettingError(
            Words(en=f"{listen!r} is no HOST:PORT.", ja=f"{listen!r} は HOST:PORT ではありません。")
        )
    return host.strip("[]"), int(port)
