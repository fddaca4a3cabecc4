"""Receipts as files that anybody can check without us, without the hub, and for good."""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from career_relay.assets.receipts import Receipt
from career_relay.errors import RelayError
from career_relay.words import Words
from relay_protocol.proof import Proof
from relay_protocol.proof_file import SUFFIX, encode_proof

_FOLDER_MODE: Final = 0o700
_OWNER_ONLY: Final = 0o600


class SaveError(RelayError):
    """The files of receipts cannot be written where they should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What was written: new files, and how many were there before."""

    files: tuple[Path, ...]
    known: int


def save(kept: Iterable[Receipt], folder: Path) -> Saved:
    """Write one `.tlog-proof` for each receipt that has come, readable by its owner alone.

    A file is there whole or not at all; one that is there as it should be is left alone.

    Args:
        kept: receipts; those without a proof are passed over.
        folder: made when there is none.

    Raises:
        SaveError: it cannot be written.
    """
    files, known = [], 0
    try:
        folder.mkdir(mode=_FOLDER_MODE, parents=True, exist_ok=True)
        for receipt in kept:
            if not receipt.proof:
                continue
            content = encode_proof(Proof.from_document(json.loads(receipt.proof)))
            path = folder / file_name(receipt)
            if path.is_file() and path.read_bytes() == content:
                known += 1
            else:
                files.append(_write(path, content))
    except OSError as error:
        raise SaveError(
            Words(
                en="The receipts cannot be written to {folder} ({fault}).",
                ja="控えを {folder} に書き込めません({fault})。",
            ).filled(folder=str(folder), fault=error.strerror or "")
        ) from error
    return Saved(files=tuple(files), known=known)


def file_name(receipt: Receipt) -> str:
    """Return what a receipt's file is called: place, kind and id."""
    return f"{receipt.seq or 0:09}-{receipt.kind}-{receipt.attestation}{SUFFIX}"


def _write(path: Path, content: bytes) -> Path:
    """Write one file, whole or not at all."""
    draft = path.with_name(path.name + ".part")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(draft, flags, _OWNER_ONLY), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return draft.replace(path)
