"""How fast the ledger's own bytes are checked: parts 1 to 4 of the audit, whole and incremental.

python tests/benchmarks/ledger_structure.py [--entries N]

Each figure is one line of JSON: its name, value and unit, the bound that it stands beside, and
value / bound. The bounds are taken in the same run: one SHA-256 of each entry, which nobody who
checks leaves can do without, and one of the same bytes at a stretch.
"""

import argparse
import hashlib
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from relay_protocol import tiles
from relay_protocol.cli.hands import hands
from relay_protocol.findings import Telling
from relay_protocol.ledger_copy import Frontier
from relay_protocol.log_reader import FolderReader
from relay_protocol.structure import check_structure
from relay_protocol.trust import Trust
from tests.story import long_ledger

ENTRIES = 1_000_000
NEW = 1_000
TIMES = 3
AIM_S, NEW_AIM_S, MEMORY_AIM_MIB = 2.5, 0.1, 1_536
KIB = 1_024


def tell(name: str, value: float, unit: str, bound: float) -> None:
    """Print one figure beside its bound."""
    figure = {
        "name": name,
        "value": round(value, 3),
        "unit": unit,
        "bound": round(bound, 3),
        "ratio": float(f"{value / bound:.3g}"),
    }
    print(json.dumps(figure), flush=True)


def best(work: Callable[[], object]) -> float:
    """Return the least time in seconds that some work took, of a few times."""
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def check(folder: Path, helpers: Executor | None, since: Frontier | None = None) -> Frontier:
    """Return the edge of a ledger that was checked."""
    trust = Trust(logs=(long_ledger.LOG_KEY.verifier,))
    telling = Telling(lambda *_step: None)
    source = FolderReader(folder)
    copy = check_structure(source, trust, (), telling, since=since, hands=helpers)
    return copy.frontier()


def passes(folder: Path, size: int) -> tuple[float, float]:
    """Return how long one SHA-256 takes of each entry by itself, and of each bundle, in seconds."""
    source, each_s, bundles_s = FolderReader(folder), 0.0, 0.0
    for bundle in tiles.new_bundles(0, size):
        raw = source.entry_bundle(bundle.index, bundle.width)
        held = tiles.decode_bundle(raw, bundle.width)
        began = time.perf_counter()
        for entry in held:
            hashlib.sha256(entry).digest()
        middle = time.perf_counter()
        hashlib.sha256(raw).digest()
        each_s += middle - began
        bundles_s += time.perf_counter() - middle
    return each_s, bundles_s


def measure(folder: Path, size: int) -> None:
    """Measure with and without other processes, whole and from an earlier audit on."""
    long_ledger.write_out(folder / "all", long_ledger.entries(size))
    before = folder / "before"
    long_ledger.write_out(before, islice(long_ledger.entries(size), size - NEW))
    found = [passes(folder / "all", size) for _ in range(TIMES)]
    each_s, stretch_s = (min(one) for one in zip(*found, strict=True))

    def helped() -> None:
        with hands(size) as helpers:
            check(folder / "all", helpers)

    took_s = best(helped)
    name = f"structure of {size:,} entries, two processes"
    tell(f"{name}, beside its aim", took_s, "s", AIM_S)
    tell(f"{name}, beside one SHA-256 of each entry", took_s, "s", each_s)
    tell(f"{name}, beside one SHA-256 at a stretch", took_s, "s", stretch_s)
    alone_s = best(lambda: check(folder / "all", None))
    tell(f"structure of {size:,} entries, one process", alone_s, "s", each_s)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as fresh:
        held = fresh.submit(peak, folder / "all").result()
    tell(f"memory for {size:,} entries", held, "MiB", MEMORY_AIM_MIB)
    since = check(before, None)
    new_s = best(lambda: check(folder / "all", None, since))
    tell(f"structure of {NEW:,} new entries on {size - NEW:,}", new_s, "s", NEW_AIM_S)


def peak(folder: Path) -> float:
    """Return how many MiB a process held at most that has done nothing but check a ledger."""
    check(folder, None)
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KIB


def main() -> int:
    """Measure, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), options.entries)
    return 0


if __name__ == "__main__":
    sys.exit(main())
