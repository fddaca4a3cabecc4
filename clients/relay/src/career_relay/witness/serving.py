"""Running the witness as a server of its own, in granian's one worker process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from career_relay.clock import read_clock
from career_relay.errors import NotReadyError
from career_relay.witness.app import WitnessApp
from career_relay.witness.cosigner import Happening, Witness, tell_stderr
from career_relay.witness.key_file import load_key
from career_relay.witness.state import WitnessState
from career_relay.words import Words
from relay_protocol import listening
from relay_protocol.note import VerifierKey

# So many requests at once may wait for their bodies; what comes beyond waits in the backlog.
WAITING = 4_096
HEADERS_WITHIN_MS = 5_000
MAX_HEADER_BYTES = 16_384


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessSettings:
    """Where a witness's key and state are, and which logs it watches.

    Attributes:
        clock: moves the clock of a demonstration; None for the machine's own.
    """

    key: Path
    state: Path
    log_keys: Sequence[str]
    clock: Path | None = None


def open_witness(
    settings: WitnessSettings, tell: Callable[[Happening], None] = tell_stderr
) -> Witness:
    """Return the witness of some settings.

    Args:
        settings: of its key, its state and its logs.
        tell: is told of what happens; standard error unless given.

    Raises:
        KeyFileError: its key cannot be used.
        WitnessStateError: its state cannot be used, or is another key's.
        ClockError: the demonstration's clock cannot be read.
    """
    read_clock(settings.clock)
    signer = load_key(settings.key)
    return Witness(
        signer=signer,
        log_keys=tuple(map(VerifierKey.parse, settings.log_keys)),
        state=WitnessState(settings.state, signer.verifier),
        now_s=lambda: int(read_clock(settings.clock).timestamp()),
        tell=tell,
    )


def serve(settings: WitnessSettings, host: str, port: int) -> None:
    """Serve a witness until it is stopped.

    Raises:
        NotReadyError: what serves it is not installed, or the address is not to be had.
    """
    try:
        from granian.constants import Interfaces  # noqa: PLC0415 (an extra)
        from granian.http import HTTP1Settings  # noqa: PLC0415
        from granian.log import LogLevels  # noqa: PLC0415
        from granian.server import Server  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise NotReadyError(
            Words(
                en="The witness's server is not installed.",
                ja="立会人サーバーがインストールされていません。",
            ),
            Words(
                en="Run: pip install 'career-relay[witness]'. `relay witness sign` does"
                " without it.",
                ja="次を実行してください: pip install 'career-relay[witness]'"
                "(`relay witness sign` は、なしで使えます)。",
            ),
        ) from error
    _require_own(host, port)
    server = Server(
        "career_relay.witness.serving",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        backpressure=WAITING,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADERS_WITHIN_MS, max_buffer_size=MAX_HEADER_BYTES
        ),
        log_access=False,
        log_level=LogLevels.error,
        websockets=False,
    )
    server.serve(target_loader=partial(_load, settings), wrap_loader=False)


def _load(settings: WitnessSettings) -> WitnessApp:
    """Return the application, in the process that serves it."""
    listening.end_with_parent()
    return WitnessApp(open_witness(settings))


def _require_own(host: str, port: int) -> None:
    """Return if nobody listens at an address, and this process may.

    Raises:
        NotReadyError: somebody does, or it may not.
    """
    try:
        listening.require_own(host, port)
    except (OSError, OverflowError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise NotReadyError(
            Words(
                en=f"{host}:{port} cannot be listened at: {why}.",
                ja=f"{host}:{port} では待ち受けられません({why})。",
            ),
            Words(
                en="Choose another address, or stop who listens there.",
                ja="別のアドレスを指定するか、そこで待ち受けているものを止めてください。",
            ),
        ) from error
