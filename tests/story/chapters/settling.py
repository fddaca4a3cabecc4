"""Chapters 11 to 13: month after month, a withdrawal and an erasure, and the audit of it all."""

import json
import shutil
from datetime import timedelta
from pathlib import Path

from relay_protocol.rules import last_day, month_of, next_period
from tests.story.cast import AUDITOR, MEMBERS
from tests.story.chapters import placing
from tests.story.chapters.admission import home
from tests.story.chapters.consenting import People, listed
from tests.story.chapters.placing import Dealings
from tests.story.stage import DemoError, Stage
from tests.story.teller import Teller

MONTHS_AFTER_START = 4
SLOTS_IN_THE_END = 2
"""One for ten counted referrals, one for the hire that was confirmed, none for the other."""
ORIGIN = MEMBERS[0]


def settle(stage: Stage, teller: Teller, dealings: Dealings, people: People) -> str:
    """Settle month after month until the hire's guarantee is over; return the last period."""
    teller.chapter(11, "The months are settled, and each close is audited and signed")
    period = month_of(stage.today())
    close(stage, teller, period)
    placing.start(stage, teller, dealings)
    slots, stopped, periods = 0, False, [period]
    for _ in range(MONTHS_AFTER_START):
        period = next_period(period)
        slots = close(stage, teller, period)
        # Whoever is erased before the hold is over earns nothing, and nine make no slot: at the
        # end of January the hold reaches beyond February.
        if slots and not stopped:
            stop_two(stage, teller, people, dealings)
            stopped = True
        periods.append(period)
    settle_again(stage, teller, periods)
    if slots != SLOTS_IN_THE_END:
        raise DemoError(f"{ORIGIN.name_en} should have {SLOTS_IN_THE_END} slots, and has {slots}")
    return period


def close(stage: Stage, teller: Teller, period: str) -> int:
    """Move the clock over a month's end, settle the month, and let the auditor sign it.

    Returns:
        How many slots the origin has then.
    """
    stage.forward_to(last_day(period) + timedelta(days=1))
    stage.ask("exchange", "worker", "--once")
    stage.each(lambda act: act(stage, period), (write, sign))
    slots = _slots(stage.folder / "statements" / period)
    teller.say(
        f"{period} is settled; the auditor verifies and signs it. "
        f"{ORIGIN.name_en}'s slots: {slots}.",
        **{period: slots},
    )
    return slots


def write(stage: Stage, period: str) -> dict[str, bytes]:
    """Write out a month's statements and netting; return what was written."""
    folder = stage.folder / "statements" / period
    stage.ask("exchange", "statements", "--out", folder, "--period", period)
    return {f"{period}/{path.name}": path.read_bytes() for path in folder.iterdir()}


def sign(stage: Stage, period: str) -> dict[str, bytes]:
    """Let the auditor verify everything up to a month's close, and sign that it is sound."""
    verify(stage, "--sign", period)
    return {}


def settle_again(stage: Stage, teller: Teller, periods: list[str]) -> None:
    """Settle once more: no statement of any month may change by a byte."""
    kept = stage.folder / "statements"
    before = {
        path.relative_to(kept).as_posix(): path.read_bytes()
        for path in kept.rglob("*")
        if path.is_file()
    }
    stage.ask("exchange", "worker", "--once")
    after: dict[str, bytes] = {}
    for written in stage.each(lambda period: write(stage, period), periods):
        after |= written
    if before != after:
        raise DemoError("settling again changed a statement")
    owed = json.loads(after[f"{periods[-1]}/{periods[-1]}-netting.json"])
    nets = {str(one["agency"]): int(one["slots"]) for one in owed["nets"]}
    teller.say("Settled once more: no statement of any month changes by a byte.")
    teller.say(f"What agencies owe, in free placements (below 0): {nets}.", nets=nets)


def verify(stage: Stage, *words: str) -> dict[str, object]:
    """Let the auditor verify the hub over the network with a fresh pack."""
    stage.ask("exchange", "audit-pack", "--for", AUDITOR.slug, "--out", pack_of(stage))
    stage.until_witnessed()
    return stage.ask("relay-audit", "verify", stage.url, *keys_of(stage), *words)


def stop_two(stage: Stage, teller: Teller, people: People, dealings: Dealings) -> None:
    """Let one candidate withdraw, and one take everything along and be erased."""
    teller.chapter(12, "One candidate withdraws, one takes everything along and is erased")
    leaving, going = listed(people.consented)[:2]
    leaving.withdraw()
    if "You are not shown anywhere" not in leaving.page():
        raise DemoError("a candidate who withdrew is still shown")
    teller.say("One withdraws with two taps, and is shown nowhere at once.")
    taken = json.loads(going.take_along())
    going.erase()
    if going.http.get(going.own).status_code != 404:
        raise DemoError("the page of an erased candidate still opens")
    teller.say(
        f"One downloads everything ({len(json.dumps(taken))} characters of JSON) and is erased."
    )
    introduced = next(
        one for wanted, (_, one) in dealings.claimed.items() if wanted in dealings.introductions
    )
    introduced.erase()
    teller.say("So is one of the ten who were introduced: the closed month stands all the same.")
    stage.each(lambda member: stage.relay(member.slug, "sync"), MEMBERS)


def audit(stage: Stage, teller: Teller, period: str) -> None:
    """Let the auditor verify everything online and offline, and then a forged copy."""
    teller.chapter(13, "The auditor verifies everything, online, offline, and a forgery")
    ledger = stage.folder / "ledger"
    online = verify(stage)
    stage.ask("exchange", "ledger", "publish", ledger, "--with-entries")
    offline = stage.ask("relay-audit", "verify", ledger, "--pack", pack_of(stage), *keys_of(stage))
    teller.say(f"Online and offline, up to {period}: {online['result']} and {offline['result']}.")
    for line in _established(offline):
        teller.say(f"- {line}")
    forged = stage.folder / "forged"
    shutil.copytree(ledger, forged)
    bundle = max((forged / "tile" / "entries").rglob("*"))
    flip(bundle)
    # Another auditor, who has seen nothing of this ledger before.
    newcomer = (*keys_of(stage), "--state", stage.folder / "newcomer.audit")
    refused = stage.ask(
        "relay-audit", "verify", forged, "--pack", pack_of(stage), *newcomer, ends=1
    )
    why = refused["refusal"]
    if not isinstance(why, dict):
        raise DemoError("the forgery was refused without a reason")
    teller.say(f"One byte of a copy is flipped; refused, at entry {why['seq']}: {why['en']}")
    shutil.rmtree(forged)


def flip(file: Path) -> None:
    """Flip one bit in the middle of a file."""
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def pack_of(stage: Stage) -> Path:
    """Return where the auditor keeps the newest pack."""
    return stage.folder / "audit.pack"


def keys_of(stage: Stage) -> tuple[str | Path, ...]:
    """Return what the auditor hands to every audit: its keys, the ledger's key, the clock."""
    keys = stage.folder / "keys" / AUDITOR.slug
    return (
        "--vkey",
        stage.folder / "ledger.vkey",
        "--slug",
        AUDITOR.slug,
        "--signing-key",
        keys / "sign.pem",
        "--key",
        keys / "seal.pem",
        "--state",
        home(stage, AUDITOR.slug) / "kansa.audit",
        "--clock",
        stage.clock,
        "--policy",
        stage.policy,
    )


def _slots(folder: Path) -> int:
    """Return how many slots the origin's statement carries forward."""
    file = next(path for path in folder.glob("*.json") if ORIGIN.slug in path.name)
    statement = json.loads(file.read_bytes())
    return int(statement["slots"]["carried_forward"])


def _established(report: dict[str, object]) -> list[str]:
    """Return the report's own sentences, what was not established last."""
    parts = report["parts"]
    if not isinstance(parts, list):
        raise DemoError("the report has no parts")
    return [finding["en"] for part in parts for finding in part["findings"]]


def play(stage: Stage, teller: Teller, people: People, dealings: Dealings) -> None:
    """Play these chapters."""
    period = settle(stage, teller, dealings, people)
    audit(stage, teller, period)
