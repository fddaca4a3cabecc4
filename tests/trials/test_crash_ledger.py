"""The ledger loses its power before each of its steps in turn, and neither loses nor forks.

The steps are not listed here: one trial that comes to its end tells which there are.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from exchange.config import Settings
from exchange.hub import Hub, open_hub
from exchange.services import ledger
from exchange.store import checkpoints as checkpoint_rows
from exchange.store import ledger as rows
from exchange.store import witnesses as witness_rows
from exchange.store.shown import ShownRow
from relay_protocol import chain, merkle, note
from relay_protocol.entry import SALT_BYTES, Entry, commit
from tests.conftest import Engine
from tests.story import scheme, traced
from tests.story.machine import CHECKOUT, KILLED
from tests.story.scheme import Consortium

BEGINS_WITH = 255
"""Entries that every trial begins with: what comes fills a tile, and partial ones are pruned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a process said that was killed, and what it left behind.

    Attributes:
        said: the lines of its log: what about, and what.
    """

    hub: Hub
    ended: int
    said: list[tuple[str, str]]

    def told(self, about: str) -> list[str]:
        """Return what it said about something, in order."""
        return [what for one, what in self.said if one == about]


@dataclass(frozen=True, slots=True, kw_only=True)
class Laboratory:
    """Copies one scheme for each trial and lets a process live in the copy, until it is killed."""

    founded: Consortium
    databases: Engine
    nursery: subprocess.Popen[str]
    folder: Path

    def try_once(self, last: int) -> Trial:
        """Return what becomes of a hub that dies before its step of a number, or of none: 0."""
        folder = self.folder / str(last)
        folder.mkdir()
        settings = scheme.settings_of_copy(self.founded, self.databases.copy, folder)
        asked = {**_texts(settings), "log": str(folder / "log"), "last": last}
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        print(json.dumps(asked), file=self.nursery.stdin, flush=True)
        ended = int(self.nursery.stdout.readline())
        lines = (folder / "log").read_text(encoding="utf-8").splitlines()
        said = [(about, what) for about, _, what in (line.partition(" ") for line in lines)]
        return Trial(hub=open_hub(settings), ended=ended, said=said)

    def end(self, trial: Trial) -> None:
        """Tidy a trial's copy away."""
        trial.hub.close()
        self.databases.drop(trial.hub.settings.database_url)


@pytest.fixture
def laboratory(request: pytest.FixtureRequest, engine: str, tmp_path: Path) -> Iterator[Laboratory]:
    """Yield a laboratory on each of the databases."""
    databases: Engine = request.getfixturevalue(f"{engine}_engine")
    (tmp_path / "founded").mkdir()
    founded = scheme.consortium(databases.fresh(), tmp_path / "founded")
    with founded.hub.work() as work:
        missing = BEGINS_WITH - rows.size(work.session)
        ledger.attest_all_as_hub(work, [traced.declined(9, one) for one in range(missing)])
    assert founded.hub.sequence() == BEGINS_WITH
    founded.hub.close()
    founded.hub.scrub()
    founded.hub.close()
    nursery = subprocess.Popen(
        [sys.executable, "-m", "tests.story.traced"],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with nursery:
        yield Laboratory(founded=founded, databases=databases, nursery=nursery, folder=tmp_path)
    databases.drop(founded.hub.settings.database_url)


def test_a_trial_to_the_end_tells_statements_commits_and_what_is_done_to_files(
    laboratory: Laboratory,
) -> None:
    trial = laboratory.try_once(0)
    steps = trial.told(traced.STEP)
    assert trial.ended == 0
    rounds = len(traced.ROUNDS)
    for kind in (
        "INSERT INTO attestations",
        "INSERT INTO ledger_queue",
        "INSERT INTO ledger_entries",
        "INSERT INTO ledger_shown",
        "INSERT INTO ledger_tiles",
        "DELETE FROM ledger_queue",
        "INSERT INTO ledger_checkpoints",
        "INSERT INTO ledger_publications",
        "INSERT INTO ledger_cosignatures",
        "open .published-checkpoint",
        "file write",
        "file flush",
        "os.rename .published-checkpoint",
    ):
        assert sum(step.startswith(kind) for step in steps) >= rounds, (kind, steps)
    # Taking in, sequencing, signing, publishing, cosigning: five commits a round.
    assert steps.count("commit") >= 5 * rounds
    # The file itself, and its name in its folder.
    assert steps.count("fsync") == 2 * rounds
    assert len(trial.told(traced.TAKEN)) == sum(traced.ROUNDS)
    require_sound(trial)
    laboratory.end(trial)


@pytest.mark.timeout(300)
def test_the_ledger_may_die_before_any_of_its_steps(laboratory: Laboratory) -> None:
    whole = laboratory.try_once(0)
    steps = whole.told(traced.STEP)
    laboratory.end(whole)
    assert steps

    for last, step in enumerate(steps, start=1):
        trial = laboratory.try_once(last)
        assert trial.ended == KILLED, (last, step, trial.said)
        assert trial.told(traced.STEP) == steps[:last], (last, step)
        try:
            require_sound(trial)
        except Exception as error:
            error.add_note(f"killed before step {last}: {step}")
            raise
        laboratory.end(trial)


def require_sound(trial: Trial) -> None:
    """Return if nothing that was said before the end is lost or contradicted by what comes."""
    hub, before = trial.hub, shown(trial.hub)
    size = hub.sequence()
    with hub.reading() as work:
        session = work.session
        entries = list(rows.entries(session, 0, size + 1))
        held = list(session.scalars(select(rows.AttestationRow)))
        signed = list(session.scalars(select(rows.CheckpointRow)))
        published = list(session.scalars(select(checkpoint_rows.PublicationRow)))
        cosigned = {row.size for row in session.scalars(select(witness_rows.CosignatureRow))}
        noted = {(row.slug, row.bundle) for row in session.scalars(select(ShownRow))}
        assert rows.queue_length(session) == 0

    # No gap, no double, and one chain.
    assert len(entries) == size
    assert sorted(-1 if row.seq is None else row.seq for row in held) == list(range(size))
    reveals = {row.seq: row.reveal or b"" for row in held}
    prev = chain.FIRST_PREV
    for seq, raw in enumerate(entries):
        entry = Entry.decode(raw)
        assert (entry.seq, entry.prev) == (seq, prev)
        prev = chain.link(raw)
        if entry.commitment is not None:
            assert commit(reveals[seq][:SALT_BYTES], reveals[seq][SALT_BYTES:]) == entry.commitment

    # Whom entries name is noted with them.
    assert noted == {
        (slug, seq // 256) for seq, raw in enumerate(entries) for slug in Entry.decode(raw).orgs
    }

    # Whatever was said to be taken has its place, once; what was not said may be there as well,
    # but wholly: each round is one transaction.
    assert set(trial.told(traced.TAKEN)) <= {row.id for row in held}
    assert size - BEGINS_WITH in {0, traced.ROUNDS[0], sum(traced.ROUNDS)}

    # One root for each size, the root of the very entries that stand.
    leaves = [merkle.leaf_hash(raw) for raw in entries]
    for row in signed:
        assert row.root == merkle.root(leaves[: row.size])
    sizes = {row.size for row in published}
    assert {int(one) for one in trial.told(traced.SHOWN)} <= sizes
    assert {int(one) for one in trial.told(traced.COSIGNED)} <= cosigned <= sizes

    # The file outside and the database say the same, before the restart and after it.
    stored = {row.size: row.note for row in signed}
    assert stored[before.size] == before.raw
    assert before.root == merkle.root(leaves[: before.size])
    after = shown(hub)
    assert (after.size, after.raw) == (size, stored[size])
    assert max(sizes) == size


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The checkpoint that stands outside the database."""

    size: int
    root: bytes
    raw: bytes


def shown(hub: Hub) -> Shown:
    """Return the checkpoint that stands outside the database."""
    raw = hub.published.read_bytes()
    checkpoint, _ = note.open_checkpoint(raw, note.VerifierKey.parse(hub.scheme.ledger_vkey))
    return Shown(size=checkpoint.size, root=checkpoint.root, raw=raw)


def _texts(settings: Settings) -> dict[str, str]:
    """Return settings as a process is told them."""
    return {
        "database_url": settings.database_url,
        "keys": str(settings.keys),
        "state": str(settings.state),
        "url": settings.url,
        "clock": str(settings.clock),
    }
