"""A key of the log that nobody has given: looked up in the hub's public register, and proved."""

from collections.abc import Iterable, Iterator
from typing import Final

from relay_protocol.cli.hub import HubAddress
from relay_protocol.cli.words import line
from relay_protocol.errors import ProtocolError
from relay_protocol.log_reader import LogReader
from relay_protocol.note import open_note
from relay_protocol.policy import Policy
from relay_protocol.report import Lang
from relay_protocol.served_tree import ServedTree
from relay_protocol.succession import Successor, successors

BELIEVED: Final = "key-believed"
TO_ADD: Final = "key-add"


def find(
    address: HubAddress | None, reader: LogReader, policy: Policy, raw: bytes
) -> tuple[Successor, ...]:
    """Return the keys that follow those which have signed a checkpoint.

    None where this cannot be shown: then nothing but the policy counts, as it did before.

    Args:
        address: of the hub that shows the register; None where the log is read from a folder.
        reader: of the log's tiles.
        policy: the known keys; its witnesses must have cosigned the checkpoint too.
        raw: the signed checkpoint.
    """
    if address is None:
        return ()
    try:
        witnessed = policy.check(raw)
        logs = [log.vkey for log in policy.logs]
        opened = open_note(raw, logs)
        signers = [key for key in logs if opened.signed_by(key)]
        if not witnessed.is_quorate:
            return ()
        tree = ServedTree(reader, witnessed.checkpoint)
        found = successors(address.register(), tree, signers)
    except ProtocolError:
        return ()
    return tuple(one for one in found if one.vkey not in logs)


def sentences(found: Iterable[Successor], lang: Lang, code: str) -> Iterator[str]:
    """Yield what to tell of keys, each with its line for the policy; `code` is what follows."""
    for one in found:
        yield line("key-follows", lang, seq=one.seq, size=one.size)
        yield line(code, lang)
        yield f"  {one.line}"


def documents(found: Iterable[Successor]) -> list[dict[str, object]]:
    """Return keys as JSON."""
    return [
        {"vkey": one.vkey.encode(), "seq": one.seq, "size": one.size, "policy_line": one.line}
        for one in found
    ]
