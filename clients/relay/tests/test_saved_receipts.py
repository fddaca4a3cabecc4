"""Receipts become files that are there whole, are their owner's alone, and are written once."""

import json
from datetime import datetime
from pathlib import Path

import pytest

from career_relay.assets.receipts import Receipt
from career_relay.saved_receipts import SaveError, file_name, save
from relay_protocol.proof import Proof
from relay_protocol.proof_file import decode_proof
from tests.story.shown_ledger import AT, ShownLedger


@pytest.fixture
def receipt(shown: ShownLedger) -> Receipt:
    return Receipt(
        attestation="A" * 22,
        kind="org.admitted",
        seq=1,
        proof=json.dumps(shown.prove(1)),
        kept_at=AT,
    )


def waiting(at: datetime) -> Receipt:
    return Receipt(attestation="B" * 22, kind="claim.made", kept_at=at)


def test_a_receipt_is_written_for_its_owner_alone(
    receipt: Receipt, shown: ShownLedger, tmp_path: Path, moment: datetime
) -> None:
    folder = tmp_path / "new" / "receipts"
    saved = save([receipt, waiting(moment)], folder)
    (path,) = saved.files
    assert path == folder / f"000000001-org.admitted-{'A' * 22}.tlog-proof"
    assert path.stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    assert decode_proof(path.read_bytes()) == Proof.from_document(shown.prove(1))
    assert sorted(folder.iterdir()) == [path]


def test_what_is_there_is_left_alone_and_what_was_damaged_is_written_again(
    receipt: Receipt, tmp_path: Path
) -> None:
    (path,) = save([receipt], tmp_path).files
    whole = path.read_bytes()
    assert save([receipt], tmp_path).known == 1
    path.write_bytes(whole[:-1])
    assert save([receipt], tmp_path).files == (path,)
    assert path.read_bytes() == whole


def test_a_folder_that_cannot_be_is_refused(receipt: Receipt, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(SaveError) as refused:
        save([receipt], tmp_path / "file")
    assert "cannot be written" in refused.value.said.en


def test_files_stand_in_the_ledgers_order(receipt: Receipt) -> None:
    assert file_name(receipt) < file_name(
        Receipt(attestation="0" * 22, kind="a", seq=10, kept_at=AT)
    )
