"""What the tests of the witness begin from: its key and file, a log of some entries, a clock."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import pytest

from career_relay.witness.cosigner import Happening, Witness
from career_relay.witness.key_file import keep_key
from career_relay.witness.state import WitnessState
from relay_protocol import merkle, tiles
from relay_protocol.note import COSIGNATURE, SignerKey
from relay_protocol.witnessing import AddCheckpoint
from tests.story.plain_log import PlainLog, named_key

NOON = 1_800_000_000


@pytest.fixture
def signer() -> SignerKey:
    """Return the witness's key."""
    return named_key("witness.example/w1", COSIGNATURE)


@pytest.fixture
def key_path(signer: SignerKey, tmp_path: Path) -> Path:
    """Return the file of the witness's key."""
    keep_key(signer, tmp_path / "witness.key")
    return tmp_path / "witness.key"


@pytest.fixture
def log() -> PlainLog:
    """Return a log of 300 entries."""
    return PlainLog.of(300)


@pytest.fixture
def happenings() -> list[Happening]:
    """Return what the witness has told its operator."""
    return []


@pytest.fixture
def clock() -> dict[str, int]:
    """Return the witness's clock, to be set."""
    return {"now_s": NOON}


@pytest.fixture
def witness(
    signer: SignerKey,
    log: PlainLog,
    tmp_path: Path,
    happenings: list[Happening],
    clock: Mapping[str, int],
) -> Witness:
    """Return a witness that watches the log and has cosigned nothing."""
    return Witness(
        signer=signer,
        log_keys=(log.key.verifier,),
        state=WitnessState.begin(tmp_path / "witness.db", signer.verifier),
        now_s=lambda: clock["now_s"],
        tell=happenings.append,
    )


@pytest.fixture
def asked() -> Callable[[PlainLog, int, int], bytes]:
    """Return a maker of a log's own requests: from an old size to a new one."""

    def request(log: PlainLog, old: int, new: int) -> bytes:
        whole = PlainLog(entries=log.entries[:new], name=log.name)
        whole.publish()
        node = tiles.nodes_of(lru_cache(whole.tile), new)
        path = merkle.consistency_path(min(old, new), new, node)
        return AddCheckpoint(old_size=old, path=tuple(path), note=whole.note()).encode()

    return request
