"""Our own witness as a process of its own, as an organization runs it."""

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from career_relay.witness.serving import WitnessSettings
from tests.story.machine import free_port

_PATIENCE_S = 30.0


@contextmanager
def served(settings: WitnessSettings) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Run `relay witness serve`; yield its address and its process, a group of its own."""
    port = free_port()
    command = [sys.executable, "-c", "from career_relay.cli import main; main()", "witness"]
    options = [f"--listen=127.0.0.1:{port}", "--key", str(settings.key), "--state"]
    options.append(str(settings.state))
    for vkey in settings.log_keys:
        options += ["--log", vkey]
    process = subprocess.Popen(
        [*command, "serve", *options], stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, process)
        yield url, process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=_PATIENCE_S)


def _wait_for(url: str, process: "subprocess.Popen[str]") -> None:
    """Return once the witness answers."""
    ends_at = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=2):  # noqa: S310 (our own)
                return
        except OSError:
            assert process.poll() is None, "the witness ended too early"
            assert time.monotonic() < ends_at, "the witness does not answer"
            time.sleep(0.05)
