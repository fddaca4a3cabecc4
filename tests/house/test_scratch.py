"""Tests run in memory where there is plenty of it, and all the same where there is none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
HEAD = "Filesystem 1024-blocks Used Available Capacity Mounted on"
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there is no bash")


def told_tmpdir(tmp_path: Path, df: str, *, ends: int = 0) -> str:
    """Return the TMPDIR of a command that is run where `df` does so."""
    (tmp_path / "df").write_text(f"#!/bin/sh\n{df}\n", encoding="utf-8")
    (tmp_path / "df").chmod(0o755)
    done = subprocess.run(
        [CHECKOUT / ".ci" / "scratch", "sh", "-c", f'printf %s "$TMPDIR"; exit {ends}'],
        env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ends, done.stderr
    return done.stdout


def test_without_a_place_in_memory_files_stay_where_they_are(tmp_path: Path) -> None:
    assert told_tmpdir(tmp_path, "exit 1") == str(tmp_path)


def test_a_small_place_in_memory_is_not_used(tmp_path: Path) -> None:
    small = f"echo '{HEAD}'; echo 'tmpfs 65536 0 65536 0% /dev/shm'"
    assert told_tmpdir(tmp_path, small) == str(tmp_path)


@pytest.mark.skipif(not os.access("/dev/shm", os.W_OK), reason="there is no place in memory")  # noqa: S108
def test_a_large_one_is_used_and_nothing_is_left_there(tmp_path: Path) -> None:
    large = f"echo '{HEAD}'; echo 'tmpfs 9000000 0 9000000 0% /dev/shm'"
    place = Path(told_tmpdir(tmp_path, large))
    assert place.parent == Path("/dev/shm")  # noqa: S108
    assert not place.exists()


def test_how_the_command_ends_is_how_all_ends(tmp_path: Path) -> None:
    assert told_tmpdir(tmp_path, "exit 1", ends=3) == str(tmp_path)
