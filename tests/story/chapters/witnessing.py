"""Chapters 1 and 14: who watches the hub, what everybody holds against it, and a hub that lies."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final

import httpx

from exchange.vault import keyring
from relay_protocol import note
from relay_protocol.note import Checkpoint, SignerKey, VerifierKey
from relay_protocol.policy import Policy
from relay_protocol.witnessing import AddCheckpoint
from tests.story.cast import AUDITOR, MEMBERS, Player
from tests.story.chapters.admission import home
from tests.story.machine import free_port
from tests.story.stage import PROGRAMS, START_S, DemoError, Stage
from tests.story.teller import Teller

SERVERS: Final = MEMBERS[:2]
"""Who runs a server; the auditor goes on errands."""
QUORUM: Final = 2
EQUIVOCATION: Final = 422


def appoint(stage: Stage, teller: Teller) -> dict[str, int]:
    """Let three witnesses draw keys, write the scheme's policy; return their servers' ports."""
    drawn = stage.each(lambda player: _draw(stage, player), (*SERVERS, AUDITOR))
    ports = {player.slug: free_port() for player in SERVERS}
    vkey = (stage.folder / "ledger.vkey").read_text(encoding="utf-8").strip()
    lines = [f"log {vkey} {stage.url}/ledger"]
    for player, line in zip((*SERVERS, AUDITOR), drawn, strict=True):
        port = ports.get(player.slug)
        lines.append(f"witness {player.slug} {line}" + (f" http://127.0.0.1:{port}" * bool(port)))
    names = " ".join(player.slug for player in (*SERVERS, AUDITOR))
    lines += [f"group watchers {QUORUM} {names}", "quorum watchers"]
    stage.policy.write_text("\n".join(lines) + "\n", encoding="utf-8")
    teller.say(
        "Two members and the auditor will witness the ledger; policy.txt asks for two of three.",
        witnesses=len(drawn),
    )
    return ports


def appointed(stage: Stage) -> dict[str, int]:
    """Return the ports of the witnesses' servers that the policy of a played demo names."""
    if not stage.policy.exists():
        return {}
    policy = Policy.parse(stage.policy.read_text(encoding="utf-8"))
    return {one.name: int(one.url.rpartition(":")[2]) for one in policy.witnesses if one.url}


@contextmanager
def watching(stage: Stage, ports: dict[str, int]) -> Iterator[None]:
    """Run the witnesses' servers until the end of the block."""
    with ExitStack() as running:
        for slug, port in ports.items():
            running.enter_context(_serving(stage, slug, port))
        for port in ports.values():
            _wait_for(port)
        yield


def tell_receipts(stage: Stage, teller: Teller) -> None:
    """Let an organization save its receipts, and check one of them offline."""
    teller.chapter(14, "What everybody holds against the hub, and a hub that lies")
    member = MEMBERS[0]
    folder = stage.folder / "receipts"
    stage.relay(member.slug, "receipts", "save", folder)
    files = sorted(folder.glob("*.tlog-proof"))
    if not files:
        raise DemoError(f"{member.name_en} has no receipts")
    stage.ask("relay-audit", "receipt", files[-1], "--policy", stage.policy)
    teller.say(
        f"{member.name_en} keeps {len(files)} receipts as files; one is checked offline, its "
        "witnesses too.",
        receipts=len(files),
    )


def run_errand(stage: Stage, teller: Teller) -> None:
    """Let the auditor cosign without a server, and look at the hub as a watcher does."""
    stage.ask_relay(
        "witness",
        "sign",
        "--hub",
        stage.url,
        "--policy",
        stage.policy,
        "--clock",
        stage.clock,
        *_files(stage, AUDITOR.slug),
    )
    state = home(stage, AUDITOR.slug) / "hub.watch"
    looked = stage.ask(
        "relay-audit",
        "watch",
        stage.url,
        "--policy",
        stage.policy,
        "--state",
        state,
        "--clock",
        stage.clock,
        "--once",
    )
    if looked.get("alarms"):
        raise DemoError(f"the watcher is alarmed: {looked}")
    teller.say("The auditor cosigns on an errand, and watches the hub: all is well.")


def lie(stage: Stage, teller: Teller, ports: dict[str, int]) -> None:
    """Let a hub sign a second history: a witness refuses, and keeps what proves it."""
    slug, port = next(iter(ports.items()))
    honest = httpx.get(f"{stage.url}/ledger/checkpoint", timeout=START_S).content
    vkey = VerifierKey.parse((stage.folder / "ledger.vkey").read_text(encoding="utf-8").strip())
    checkpoint, _ = note.open_checkpoint(honest, vkey)
    other = Checkpoint(origin=checkpoint.origin, size=checkpoint.size, root=bytes(32))
    keys = keyring.load(stage.folder / "keys" / "hub")
    signer = SignerKey(name=vkey.name, kind=note.ED25519, private_key=keys.signing["log"])
    asked = AddCheckpoint(
        old_size=checkpoint.size, path=(), note=note.sign_note(other.text(), signer)
    )
    answer = httpx.post(
        f"http://127.0.0.1:{port}/add-checkpoint", content=asked.encode(), timeout=START_S
    )
    if answer.status_code != EQUIVOCATION:
        raise DemoError(f"the witness answers {answer.status_code} to a second history")
    evidence = stage.folder / "evidence.txt"
    stage.run(
        "relay",
        "witness",
        "alarms",
        "--policy",
        stage.policy,
        "--out",
        evidence,
        *_files(stage, slug),
        ends=1,
    )
    stage.ask("relay-audit", "evidence", evidence, "--policy", stage.policy)
    teller.say(
        "A hub signs a second history of the same length: the witness refuses, and keeps the proof."
    )
    teller.say("Anybody can check the proof offline: relay-audit evidence evidence.txt.")


def _draw(stage: Stage, player: Player) -> str:
    """Draw a witness's key on its own machine; return its verifier key."""
    drawn = stage.ask_relay(
        "witness", "new-key", "--name", f"{player.slug}.example.jp", *_files(stage, player.slug)
    )
    return str(drawn["vkey"])


def _files(stage: Stage, slug: str) -> tuple[str | Path, ...]:
    """Return where a witness keeps its key and its state."""
    return (
        "--key",
        stage.folder / "keys" / slug / "witness.key",
        "--state",
        stage.folder / "keys" / slug / "witness.db",
    )


@contextmanager
def _serving(stage: Stage, slug: str, port: int) -> Iterator[None]:
    """Run one witness's server."""
    listen = ("--listen", f"127.0.0.1:{port}", "--policy", str(stage.policy))
    with (stage.folder / f"witness-{slug}.log").open("ab") as log:
        server = subprocess.Popen(
            [
                str(PROGRAMS / "relay"),
                *("witness", "serve", *listen, "--clock", str(stage.clock)),
                *map(str, _files(stage, slug)),
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            server.terminate()
            server.wait(timeout=START_S)


def _wait_for(port: int) -> None:
    """Return when a witness answers."""
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise DemoError(f"the witness at port {port} did not start")
