"""Whoever has the machine of a real hub: its database, its keys, and the file outside of both."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from exchange.hub import Hub, open_hub
from relay_protocol import note, tiles
from relay_protocol.cli import main
from relay_protocol.forks import Side, prove_fork
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import VerifierKey
from tests.conftest import Engine
from tests.story import relays, scheme
from tests.story.auditing import Desk, Said
from tests.story.scheme import Consortium


@dataclass(kw_only=True)
class Machine:
    """A scheme, and the auditor who looks at it again and again."""

    consortium: Consortium
    desk: Desk
    copies: Engine
    folder: Path

    @property
    def hub(self) -> Hub:
        """The hub as it runs now."""
        return self.consortium.hub

    def refer(self, people: int = 1) -> None:
        """Let some candidates consent, and their profiles be listed."""
        for _ in range(people):
            relays.enlist(self.hub, self.consortium.members[0])
        self.hub.sequence()

    def backup(self) -> Consortium:
        """Return the whole machine as it is now, to be put in its place later."""
        self.hub.close()
        kept = scheme.copy_of(self.consortium, self.copies.copy, self.folder)
        self.put(open_hub(self.consortium.hub.settings))
        return kept

    def put(self, hub: Hub) -> None:
        """Let another hub run in its place."""
        self.hub.close()
        self.consortium = replace(self.consortium, hub=hub)
        self.desk = Desk.of(self.consortium, self.desk.folder)

    def audit(self) -> Said:
        """Let the auditor look, who remembers what it saw before."""
        self.desk.receive()
        return self.desk.offline()

    def side(self, folder: Path) -> Side:
        """Return a copy of the ledger as one of two histories."""
        reader = FolderReader(folder)
        key = VerifierKey.parse(self.hub.scheme.ledger_vkey)
        checkpoint, _ = note.open_checkpoint(reader.checkpoint(), key)
        node = tiles.nodes_of(reader.tile, checkpoint.size)
        return Side(note=reader.checkpoint(), checkpoint=checkpoint, node=node)


@pytest.fixture
def machine(sqlite_engine: Engine, tmp_path: Path) -> Iterator[Machine]:
    """Return the machine of a scheme in which somebody is referred."""
    for name in ("first", "second", "kansa"):
        (tmp_path / name).mkdir()
    consortium = scheme.consortium(sqlite_engine.fresh(), tmp_path / "first")
    opened = Machine(
        consortium=consortium,
        desk=Desk.of(consortium, tmp_path / "kansa"),
        copies=sqlite_engine,
        folder=tmp_path / "second",
    )
    opened.refer()
    yield opened
    opened.hub.close()


def test_a_machine_that_nobody_tampered_with_goes_on(machine: Machine) -> None:
    assert machine.audit().code == 0
    machine.put(machine.backup().hub)
    machine.refer()
    assert machine.audit().code == 0


def test_a_past_that_is_put_back_and_goes_on_otherwise_is_a_second_history(
    machine: Machine, tmp_path: Path
) -> None:
    """Even with the file put back in which a hub remembers what it signed last."""
    past = machine.backup()
    machine.refer()
    assert machine.audit().code == 0
    seen = machine.desk.ledger.rename(tmp_path / "seen")
    machine.hub.close()
    machine.put(past.hub)
    machine.refer(people=2)
    said = machine.audit()
    assert said.code == 1
    assert (said.refusal["part"], said.refusal["code"]) == (2, "history-rewritten")
    # Both are signed: that is proof enough for anybody.
    key = VerifierKey.parse(machine.hub.scheme.ledger_vkey)
    found = prove_fork([key], machine.side(seen), machine.side(machine.desk.ledger))
    (tmp_path / "evidence").write_bytes(found.encode())
    assert main(["evidence", str(tmp_path / "evidence"), "--vkey", key.encode()]) == 0


def test_an_entry_that_is_changed_in_the_database_is_found(machine: Machine) -> None:
    machine.refer()
    assert machine.audit().code == 0
    url = machine.hub.settings.database_url
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as database:
        with pytest.raises(sqlite3.IntegrityError):
            tamper(database)
        of_entries = "type = 'trigger' AND tbl_name = 'ledger_entries'"
        guards = database.execute(f"SELECT name FROM sqlite_master WHERE {of_entries}")  # noqa: S608
        for (guard,) in guards.fetchall():
            database.execute(f'DROP TRIGGER "{guard}"')
        tamper(database)
        database.commit()
    said = machine.audit()
    assert said.code == 1
    assert (said.refusal["part"], said.refusal["code"]) == (3, "entry-changed")
    assert said.refusal["seq"] == 10


def tamper(database: sqlite3.Connection) -> None:
    """Let an entry be of another day."""
    database.execute(
        'UPDATE ledger_entries SET entry = CAST(replace(CAST(entry AS TEXT), \'"day":"20\','
        ' \'"day":"19\') AS BLOB) WHERE seq = 10'
    )
