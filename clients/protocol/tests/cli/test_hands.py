"""Other processes are lent where they are worth it, and end with whoever borrowed them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from textwrap import dedent

import pytest

from relay_protocol.cli.hands import WORTH_IT, hands, new_entries
from relay_protocol.errors import LogReadError
from relay_protocol.log_reader import FolderReader
from tests.story.hand_ledger import HandLedger


@pytest.fixture
def ledger() -> HandLedger:
    opened = HandLedger()
    opened.open()
    return opened


def test_what_is_new_is_what_the_checkpoint_states_beyond_what_is_known(
    ledger: HandLedger, tmp_path: Path
) -> None:
    source = FolderReader(ledger.write_out(tmp_path))
    assert new_entries(source, 0) == ledger.size
    assert new_entries(source, 5) == ledger.size - 5


def test_nothing_is_new_where_nothing_can_be_told(ledger: HandLedger, tmp_path: Path) -> None:
    folder = ledger.write_out(tmp_path)
    (folder / "checkpoint").write_bytes(b"nothing")
    assert new_entries(FolderReader(folder), 0) == 0
    (folder / "checkpoint").unlink()
    with pytest.raises(LogReadError):
        new_entries(FolderReader(folder), 0)


def test_a_short_audit_is_made_alone() -> None:
    with hands(WORTH_IT - 1) as lent:
        assert lent is None


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is one processor")
def test_a_long_one_has_others_help() -> None:
    with hands(WORTH_IT) as lent:
        assert lent is not None
        assert lent.submit(os.getpid).result(timeout=60) != os.getpid()


BORROWING = dedent(
    """
    import os, time
    from relay_protocol.cli.hands import WORTH_IT, hands

    if __name__ == "__main__":
        with hands(WORTH_IT) as lent:
            print(lent.submit(os.getpid).result(), flush=True)
            time.sleep(60)
    """
)


def is_running(pid: int) -> bool:
    listed = Path("/proc") / str(pid) / "stat"
    try:
        os.kill(pid, 0)
        # Where nobody asks how orphans ended, as in many a container, they stay listed: as Z.
        return not listed.exists() or ") Z " not in listed.read_text("utf-8")
    except (ProcessLookupError, FileNotFoundError):
        return False


@pytest.mark.skipif((os.cpu_count() or 1) < 2, reason="there is one processor")
@pytest.mark.skipif(sys.platform == "win32", reason="nothing can be killed so there")
def test_who_helps_ends_with_an_audit_that_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "borrowing.py"
    script.write_text(BORROWING, encoding="utf-8")
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as audit:
        assert audit.stdout is not None
        helper = int(audit.stdout.readline())
        assert is_running(helper)
        audit.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while is_running(helper) and time.monotonic() < until:
        time.sleep(0.05)
    assert not is_running(helper)
