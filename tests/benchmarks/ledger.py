"""All figures of the ledger, one program after the other, so that none disturbs another.

make bench NAME=ledger
python tests/benchmarks/ledger.py [--small]

Each figure is one line of JSON, as the programs say that it runs: how fast attestations are taken
in and proved, how fast an audit goes through a million of them, how fast tiles are served. It
takes about a quarter of an hour; --small takes a tenth of the entries, to see that all of it works.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
LARGE: Final = "1000000"
SMALL: Final = "100000"


def programs(entries: str) -> Sequence[Sequence[str]]:
    """Return the programs with their arguments, in the order in which they run."""
    return (
        ("ledger_append.py", "--entries", entries),
        ("ledger_structure.py", "--entries", entries),
        ("ledger_reveals.py",),
        ("ledger_replay.py", "--entries", entries),
        ("ledger_tiles.py",),
    )


def main(arguments: Sequence[str]) -> int:
    """Run every program; return 0 when each of them ended well."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="a tenth of the entries")
    asked = parser.parse_args(arguments)
    for name, *rest in programs(SMALL if asked.small else LARGE):
        subprocess.run([sys.executable, HERE / name, *rest], check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
