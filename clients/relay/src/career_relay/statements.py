"""Reading a member's statements: their form, their sums, and the chain from month to month."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import cast

from career_relay.errors import DistrustError
from career_relay.member import StatementAnswer
from career_relay.words import Words
from relay_protocol import canonical
from relay_protocol.canonical import Value
from relay_protocol.errors import ProtocolError
from relay_protocol.statements import Statement


def read_statements(answers: Sequence[StatementAnswer], *, company: str) -> list[Statement]:
    """Return the statements, oldest first, each month naming the one before it.

    Args:
        answers: as the hub gives them, in any order.
        company: slug of the member whose they must be.

    Raises:
        DistrustError: one is malformed, does not add up, is another company's, or does not
            follow from the one before it.
    """
    try:
        read = [_decoded(answer) for answer in answers]
    except ProtocolError as error:
        raise _wrong(str(error)) from error
    read.sort(key=lambda statement: statement.period)
    for statement in read:
        if statement.company != company:
            raise _wrong(f"{statement.period} is that of {statement.company}")
    for before, after in pairwise(read):
        if after.prev != before.digest():
            raise _wrong(f"{after.period} does not follow from {before.period}")
    return read


def _decoded(answer: StatementAnswer) -> Statement:
    """Return a statement; canonical.encode() refuses what no statement holds."""
    return Statement.decode(canonical.encode(cast("Mapping[str, Value]", answer.statement)))


def _wrong(why: str) -> DistrustError:
    return DistrustError(
        Words(
            en=f"The hub's statements cannot be right: {why}.",
            ja=f"ハブの枠明細書に誤りがあります: {why}",
        ),
        Words(
            en="Show this to the office and an auditor.",
            ja="事務局と監査人に、この表示を見せてください。",
        ),
    )
