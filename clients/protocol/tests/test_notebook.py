"""What an auditor remembers comes back as it was, and nothing else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import canonical
from relay_protocol.canonical import Value
from relay_protocol.errors import NotebookError
from relay_protocol.note import Checkpoint
from relay_protocol.notebook import Notebook
from tests.story.hand_ledger import LOG, HandLedger

VKEY = HandLedger().log_key.verifier.encode()


def seen(size: int) -> Checkpoint:
    return Checkpoint(origin=LOG, size=size, root=bytes(31) + bytes([size]))


NOTEBOOK = Notebook(log=VKEY, checkpoints=(seen(3), seen(9)), opened=frozenset({0, 1, 2, 7}))


def document(notebook: Notebook = NOTEBOOK) -> dict[str, Value]:
    value = canonical.decode(notebook.encode())
    assert isinstance(value, dict)
    return value


def test_a_notebook_comes_back_from_its_bytes() -> None:
    assert Notebook.decode(NOTEBOOK.encode()) == NOTEBOOK


def test_an_empty_notebook_comes_back_from_its_bytes() -> None:
    assert Notebook.decode(Notebook(log=VKEY).encode()) == Notebook(log=VKEY)


@given(st.frozensets(st.integers(0, 400)))
def test_whatever_was_open_comes_back(opened: frozenset[int]) -> None:
    notebook = Notebook(log=VKEY, opened=opened)
    assert Notebook.decode(notebook.encode()).opened == opened


def test_numbers_that_follow_one_another_are_written_as_a_run() -> None:
    assert document()["opened"] == [[0, 2], [7, 7]]


def test_it_remembers_every_checkpoint_once() -> None:
    after = NOTEBOOK.seen(seen(12), None)
    assert after.checkpoints == (seen(3), seen(9), seen(12))
    assert after.seen(seen(9), None) == after


def test_it_remembers_what_the_latest_pack_opened() -> None:
    assert NOTEBOOK.seen(seen(12), [4, 5]).opened == {4, 5}


def test_an_audit_without_a_pack_leaves_what_was_open() -> None:
    assert NOTEBOOK.seen(seen(12), None).opened == NOTEBOOK.opened


def test_it_tells_the_ledgers_key() -> None:
    assert NOTEBOOK.key().encode() == VKEY
    with pytest.raises(NotebookError):
        Notebook(log="no key").key()


@given(st.binary(max_size=40))
def test_bytes_that_are_no_notebook_are_refused(raw: bytes) -> None:
    with pytest.raises(NotebookError):
        Notebook.decode(raw)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("v", 2),
        ("log", "no key"),
        ("log", 5),
        ("checkpoints", {}),
        ("checkpoints", [{"size": 3}]),
        ("checkpoints", [{"size": True, "root": "AAAA"}]),
        ("checkpoints", [{"size": 3, "root": "AAAA"}]),
        ("checkpoints", [{"size": -1, "root": "A" * 43 + "="}]),
        ("checkpoints", ["3"]),
        ("opened", [[2, 1]]),
        ("opened", [[0, 2**40]]),
        ("opened", [[-1, 2]]),
        ("opened", [3]),
        ("opened", [[0, 2], [2, 4]]),
        ("more", 1),
    ],
)
def test_a_notebook_with_a_wrong_part_is_refused(member: str, value: Value) -> None:
    with pytest.raises(NotebookError):
        Notebook.decode(canonical.encode({**document(), member: value}))
